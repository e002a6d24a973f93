//! `/logins`: the account's logins, for mechanisms that keep a record of them.

use authlab_mechanism::{handover::Handover, login::LoginId, refusal::Refusal};
use axum::{
    Json,
    extract::{Path, Query, State},
    response::Response,
};
use serde::Deserialize;

use super::done;
use crate::{
    App,
    contract::{ExceptedLogin, LoginList},
    door::{Caller, Delivery},
    events::Event,
    problem::{Kind, Problem},
};

/// List the account's logins, newest first
#[utoipa::path(
    get, path = "/logins", tag = "login", security(("login" = [])),
    responses(
        (status = 200, description = "The logins", body = LoginList),
        (status = 501, description = "This mechanism keeps no record of logins"),
    )
)]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<LoginList>, Problem> {
    let logins = app.mechanism().logins()?.list(&caller.presented).await?;
    Ok(Json(LoginList { logins: logins.into_iter().map(Into::into).collect() }))
}

/// End one of the account's logins
#[utoipa::path(
    delete, path = "/logins/{id}", tag = "login", security(("login" = [])),
    params(("id" = String, Path, description = "An id from `GET /logins`")),
    responses(
        (status = 204, description = "The login has ended"),
        (status = 501, description = "This mechanism keeps no record of logins"),
    )
)]
pub async fn end_one(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let ended = app.mechanism().logins()?.end(&caller.presented, &LoginId(id)).await;
    finished(&app, &caller, Event::LOGIN_ENDED, ended)
}

/// The parameter `except`, not parsed yet.
#[derive(Debug, Deserialize)]
pub struct EndQuery {
    except: Option<String>,
}

/// End all of the account's logins, including this one unless it is excepted
#[utoipa::path(
    delete, path = "/logins", tag = "login", security(("login" = [])),
    params(("except" = inline(Option<ExceptedLogin>), Query, description = "`current`: this login continues")),
    responses(
        (status = 204, description = "The logins have ended"),
        (status = 422, description = "`except` is not `current`"),
        (status = 501, description = "This mechanism cannot end the account's logins"),
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
        Some(_) => return Err(Problem::new(Kind::InvalidInput, "`except` must be `current`, or left out")),
    };
    finished(&app, &caller, Event::LOGINS_ENDED, ended)
}

fn finished(app: &App, caller: &Caller, event: Event, ended: Result<Handover, Refusal>) -> Result<Response, Problem> {
    let ended = ended.map_err(Problem::from);
    app.happened(event, caller.address, ended.as_ref().map(|_| None));
    Ok(done(caller.deliver(&app.door, ended?, Delivery::Cookie)?))
}
