//! `/logins`: the account's logins, for mechanisms that know them.

use axum::{
    Json,
    extract::{Path, State},
    response::Response,
};

use super::done;
use crate::{
    http::{
        App,
        carriage::{Caller, Delivery},
        contract::LoginList,
        problem::{Problem, ProblemBody},
    },
    login::LoginId,
};

/// The account's logins, the newest first
#[utoipa::path(
    get, path = "/logins", tag = "login",
    responses(
        (status = 200, description = "The logins", body = LoginList),
        (status = 401, description = "Not logged in", body = ProblemBody, content_type = "application/problem+json"),
        (status = 501, description = "This mechanism keeps no record of logins", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn list(State(app): State<App>, caller: Caller) -> Result<Json<LoginList>, Problem> {
    let logins = app.mechanism.logins()?.list(&caller.presented).await?;
    Ok(Json(LoginList { logins }))
}

/// End one of the account's logins
#[utoipa::path(
    delete, path = "/logins/{id}", tag = "login",
    params(("id" = String, Path, description = "As listed")),
    responses(
        (status = 204, description = "It has ended"),
        (status = 401, description = "Not logged in", body = ProblemBody, content_type = "application/problem+json"),
        (status = 501, description = "This mechanism keeps no record of logins", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn end_one(State(app): State<App>, caller: Caller, Path(id): Path<String>) -> Result<Response, Problem> {
    let handover = app.mechanism.logins()?.end(&caller.presented, &LoginId(id)).await?;
    Ok(done(caller.deliver(&app, handover, Delivery::Cookie)?))
}

/// End all of the account's logins, this one included
#[utoipa::path(
    delete, path = "/logins", tag = "login",
    responses(
        (status = 204, description = "They have ended"),
        (status = 401, description = "Not logged in", body = ProblemBody, content_type = "application/problem+json"),
        (status = 501, description = "This mechanism cannot reach the account's logins", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn end_all(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let handover = app.mechanism.revocation()?.end_all(&caller.presented).await?;
    Ok(done(caller.deliver(&app, handover, Delivery::Cookie)?))
}
