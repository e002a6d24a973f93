//! `/login` and `/logout`.

use axum::{
    Json,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use serde::Deserialize;

use super::{html, local_path, page_or_json, see_other};
use crate::http::{
    App,
    body::{Input, IsForm},
    carriage::{Caller, Delivered, Delivery},
    contract::{Credentials, FormDescription, LoggedIn},
    handlers::done,
    pages::{self, CredentialsForm},
    problem::{Problem, ProblemBody},
};

/// Where to go after the login.
#[derive(Debug, Deserialize)]
pub struct Next {
    next: Option<String>,
}

/// The login form
#[utoipa::path(
    get, path = "/login", tag = "login",
    params(("next" = Option<String>, Query, description = "The local path to go to afterwards")),
    responses((status = 200, description = "The form", body = FormDescription))
)]
pub async fn login_form(State(app): State<App>, caller: Caller, Query(Next { next }): Query<Next>) -> Response {
    page_or_json(
        &caller,
        || pages::login(app.mechanism.card(), &form(&app, "", next.as_deref(), None)),
        || FormDescription { method: "POST", action: "/login", fields: vec!["username", "password", "next"] },
    )
}

/// Log in
#[utoipa::path(
    post, path = "/login", tag = "login",
    request_body(content((Credentials = "application/json"), (Credentials = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "Logged in; the credential comes as a cookie, or for JSON clients of token-svc as `token`", body = LoggedIn),
        (status = 303, description = "A form: go on to `next` or /mine"),
        (status = 401, description = "Username and password do not fit together", body = ProblemBody, content_type = "application/problem+json"),
        (status = 429, description = "Too many failed attempts", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn login(State(app): State<App>, caller: Caller, input: Input<Credentials>) -> Result<Response, Problem> {
    let Credentials { username, password, next } = input.value;
    let verified = app.accounts.verify(&username, password, caller.address).await.map_err(Problem::from);
    app.metrics.login(verified.as_ref().err().map(|problem| problem.kind));
    let account = match verified {
        Ok(account) => account,
        Err(problem) if input.is_form && caller.prefers_html => {
            let form = form(&app, &username, next.as_deref(), Some(&problem.detail));
            return Ok(html(problem.kind.status(), pages::login(app.mechanism.card(), &form)));
        }
        Err(problem) => return Err(problem),
    };
    let granted = app.mechanism.login(&caller.presented, &account, &caller.device()).await?;
    let delivery = if input.is_form { Delivery::Cookie } else { Delivery::Body };
    let delivered = caller.deliver(&app, granted.handover, delivery)?;
    if input.is_form {
        return Ok(see_other(next.as_deref().and_then(local_path).unwrap_or("/mine"), delivered));
    }
    let Delivered { headers, token } = delivered;
    let crate::login::Login { username, issued_at, expires_at } = granted.login;
    let mechanism = app.mechanism.card().mechanism;
    Ok((headers, Json(LoggedIn { username, mechanism, issued_at, expires_at, token })).into_response())
}

/// Log out; also when nobody is logged in, and also a second time
#[utoipa::path(
    post, path = "/logout", tag = "login",
    responses((status = 204, description = "Nobody is logged in any more"), (status = 303, description = "A form: go on to /"))
)]
pub async fn logout(State(app): State<App>, caller: Caller, IsForm(is_form): IsForm) -> Result<Response, Problem> {
    let handover = app.mechanism.logout(&caller.presented).await?;
    let delivered = caller.deliver(&app, handover, Delivery::Cookie)?;
    Ok(if is_form { see_other("/", delivered) } else { done(delivered) })
}

fn form<'a>(app: &App, username: &'a str, next: Option<&'a str>, error: Option<&'a str>) -> CredentialsForm<'a> {
    CredentialsForm {
        username,
        next: next.and_then(local_path),
        error,
        password_min_length: app.accounts.password_min_length(),
    }
}
