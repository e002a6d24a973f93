//! `/logins`: the account's logins, for mechanisms that know them.

use axum::{
    Json,
    extract::{Path, Query, State},
    response::Response,
};
use serde::Deserialize;

use super::done;
use authlab_mechanism::{handover::Handover, login::LoginId, refusal::Refusal};
use crate::{App, door::{Caller, Delivery}, contract::{ExceptedLogin, LoginList}, events::Event, problem::{Kind, Problem, ProblemBody}};

/// The account's logins, the newest first
#[utoipa::path(
    get, path = "/logins", tag = "login", security(("login" = [])),
    responses(
        (status = 200, description = "The logins", body = LoginList),
        (status = 401, description = "Not logged in", body = ProblemBody, content_type = "application/problem+json"),
        (status = 501, description = "This mechanism keeps no record of logins", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<LoginList>, Problem> {
    let logins = app.mechanism().logins()?.list(&caller.presented).await?;
    Ok(Json(LoginList { logins: logins.into_iter().map(Into::into).collect() }))
}

/// End one of the account's logins
#[utoipa::path(
    delete, path = "/logins/{id}", tag = "login", security(("login" = [])),
    params(("id" = String, Path, description = "As listed")),
    responses(
        (status = 204, description = "It has ended"),
        (status = 401, description = "Not logged in", body = ProblemBody, content_type = "application/problem+json"),
        (status = 501, description = "This mechanism keeps no record of logins", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn end_one(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let ended = app.mechanism().logins()?.end(&caller.presented, &LoginId(id)).await;
    finished(&app, &caller, Event::LoginEnded, ended)
}

/// Which logins stay, as it was written.
#[derive(Debug, Deserialize)]
pub struct EndQuery {
    except: Option<String>,
}

/// End all of the account's logins, this one included unless it is excepted
#[utoipa::path(
    delete, path = "/logins", tag = "login", security(("login" = [])),
    params(("except" = inline(Option<ExceptedLogin>), Query, description = "`current`: this login goes on")),
    responses(
        (status = 204, description = "They have ended"),
        (status = 401, description = "Not logged in", body = ProblemBody, content_type = "application/problem+json"),
        (status = 422, description = "`except` is not `current`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 501, description = "This mechanism cannot reach the account's logins", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn end_all(
    State(app): State<App>,
    caller: Caller,
    Query(EndQuery { except }): Query<EndQuery>,
) -> Result<Response, Problem> {
    let revocation = app.mechanism().revocation()?;
    let ended = match except.as_deref() {
        None => revocation.end_all(&caller.presented).await,
        Some("current") => revocation.end_others(&caller.presented).await,
        Some(_) => return Err(Problem::new(Kind::InvalidInput, "`except` is `current`, or left out")),
    };
    finished(&app, &caller, Event::LoginsEnded, ended)
}

fn finished(app: &App, caller: &Caller, event: Event, ended: Result<Handover, Refusal>) -> Result<Response, Problem> {
    let ended = ended.map_err(Problem::from);
    app.happened(event, caller.address, ended.as_ref().map(|_| None));
    Ok(done(caller.deliver(&app.door, ended?, Delivery::Cookie)?))
}
