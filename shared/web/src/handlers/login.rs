//! `/login` and `/logout`.

use authlab_mechanism::{
    handover::Handover,
    login::{Granted, PartlyLoggedOut, Scheme},
    refusal::Refusal,
    tokens::TokenKind,
};
use authlab_secrets::Secret;
use axum::{
    Json,
    extract::{Query, State},
    response::{IntoResponse, Response},
};
use http::HeaderMap;
use serde::{Deserialize, de::IntoDeserializer as _};

use super::{credentials, done, page_or_json, refused, see_other};
use crate::{
    App,
    body::{Input, is_form},
    contract::{Credentials, FormDescription, HalfLogout, LoggedIn, LogoutWay},
    door::{Caller, Delivered, Delivery},
    events::Event,
    local_path::local_path,
    pages,
    problem::{Kind, Problem},
};

/// Where to go after the login, and whether to go there at once if the login can be refreshed.
#[derive(Debug, Deserialize)]
pub struct FormQuery {
    next: Option<String>,
    refresh: Option<String>,
}

/// Get the login form
#[utoipa::path(
    get, path = "/login", tag = "login",
    params(
        ("next" = Option<String>, Query, description = "The local path to go to afterwards"),
        ("refresh" = Option<String>, Query, description = "`on`: if the browser has a refresh token, refresh and redirect to `next` at once"),
    ),
    responses(
        (status = 200, description = "The form", content((FormDescription = "application/json"), (String = "text/html"))),
        (status = 303, description = "With `refresh=on`: the token was refreshed; redirect to `next` or /mine"),
    )
)]
pub async fn login_form(
    State(app): State<App>,
    caller: Caller,
    Query(FormQuery { next, refresh }): Query<FormQuery>,
) -> Result<Response, Problem> {
    if refresh.as_deref() == Some("on")
        && let Some(delivered) = refreshed(&app, &caller).await?
    {
        return Ok(see_other(next.as_deref().and_then(local_path).unwrap_or("/mine"), delivered));
    }
    let form = page_or_json(
        &caller,
        || pages::login(app.site(), &credentials(&app, "", next.as_deref(), None)),
        || FormDescription { method: "POST", action: "/login", fields: vec!["username", "password", "next"] },
    );
    Ok(form)
}

/// Refreshes the browser's token, expired or not: this instance's clock may be behind that of the one at which it has expired. `None` if
/// there is nothing to refresh.
async fn refreshed(app: &App, caller: &Caller) -> Result<Option<Delivered>, Problem> {
    let (Scheme::Bearer(cookies), Ok(tokens)) = (&app.mechanism().card().scheme, app.mechanism().tokens()) else {
        return Ok(None);
    };
    let Some(refresh_token) = caller.presented.credential(cookies.refresh).map(Secret::new) else { return Ok(None) };
    match tokens.refresh(&caller.presented, &refresh_token).await {
        Ok(token) => caller.deliver(&app.door, Handover::token(token), Delivery::Cookie).map(Some),
        Err(unavailable @ Refusal::Unavailable(_)) => Err(unavailable.into()),
        Err(_) => Ok(None),
    }
}

/// Log in
#[utoipa::path(
    post, path = "/login", tag = "login",
    request_body(content((Credentials = "application/json"), (Credentials = "application/x-www-form-urlencoded"))),
    responses(
        (status = 200, description = "Logged in; the credential comes as a cookie, or for JSON clients of token-svc as `token`", body = LoggedIn),
        (status = 303, description = "A form succeeded: redirect to `next` or /mine"),
        (status = 401, description = "Wrong username or password"),
        (status = 429, description = "Too many failed attempts"),
        (status = 501, description = "The request names a `kind`, but this mechanism has no tokens"),
    )
)]
pub async fn login(State(app): State<App>, caller: Caller, input: Input<Credentials>) -> Result<Response, Problem> {
    let Credentials { username, password, next, kind } = input.value;
    let begun = begin(&app, &caller, (&username, password), kind.map(Into::into), input.is_form).await;
    app.happened(Event::LOGIN, caller.address, begun.as_ref().map(|(account, _)| Some(*account)));
    let granted = match begun {
        Ok((_, granted)) => granted,
        Err(problem) => {
            return refused(problem, input.is_form, &caller, |error| {
                pages::login(app.site(), &credentials(&app, &username, next.as_deref(), Some(error)))
            });
        }
    };
    let delivery = if input.is_form { Delivery::Cookie } else { Delivery::Body };
    let delivered = caller.deliver_to_all_scopes(&app.door, granted.handover, delivery)?;
    if input.is_form {
        return Ok(see_other(next.as_deref().and_then(local_path).unwrap_or("/mine"), delivered));
    }
    let Delivered { headers, token } = delivered;
    let authlab_mechanism::login::Login { username, issued_at, expires_at } = granted.login;
    let mechanism = app.mechanism().card().mechanism;
    Ok((headers, Json(LoggedIn { username, mechanism, issued_at, expires_at, token })).into_response())
}

/// Begins a login and returns the account's id, if the password is correct.
async fn begin(
    app: &App,
    caller: &Caller,
    (username, password): (&str, Secret),
    kind: Option<TokenKind>,
    is_form: bool,
) -> Result<(i64, Granted), Problem> {
    let account = app.accounts.verify(username, password, caller.address).await?;
    if kind.is_some() {
        app.mechanism().tokens()?;
    }
    let into_cookies = is_form || !app.mechanism().card().cookieless_clients();
    let granted = app.mechanism().login(caller.new_login(&account, &caller.device(), kind, into_cookies)).await?;
    Ok((account.id, granted))
}

/// The parameter `how`, not parsed yet.
#[derive(Debug, Deserialize)]
pub struct LogoutQuery {
    how: Option<String>,
}

/// Log out; succeeds also without a login, and a second time
#[utoipa::path(
    post, path = "/logout", tag = "login", security(("login" = []), ()),
    params(("how" = Option<LogoutWay>, Query, description = "session-svc: which way of logging out; `flush` by default")),
    responses(
        (status = 200, description = "session-svc: logged out as far as `how` says", body = HalfLogout),
        (status = 204, description = "The client is logged out"),
        (status = 303, description = "A form succeeded: redirect to /"),
        (status = 422, description = "`how` is unknown"),
        (status = 501, description = "This mechanism keeps no record on the server, so it has no partial logout"),
    )
)]
pub async fn logout(
    State(app): State<App>,
    caller: Caller,
    Query(LogoutQuery { how }): Query<LogoutQuery>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let how = how.as_deref().map_or(Ok(LogoutWay::default()), logout_way)?;
    let ended = log_out(&app, &caller, how).await;
    app.happened(Event::LOGOUT, caller.address, ended.as_ref().map(|_| None));
    let (handover, half) = ended?;
    let delivered = caller.deliver_to_all_scopes(&app.door, handover, Delivery::Cookie)?;
    Ok(match half {
        _ if is_form(&headers) => see_other("/", delivered),
        Some(half) => (delivered.headers, Json(half)).into_response(),
        None => done(delivered),
    })
}

/// Logs out. Returns the cookies to set, and the effect of a partial logout.
async fn log_out(app: &App, caller: &Caller, how: LogoutWay) -> Result<(Handover, Option<HalfLogout>), Problem> {
    let presented = &caller.presented;
    let partly = match how {
        LogoutWay::Flush => return Ok((app.mechanism().logout(presented).await?, None)),
        LogoutWay::DeleteCookie => app.mechanism().partial_logout()?.delete_cookie(presented).await?,
        LogoutWay::DeleteLogin => app.mechanism().partial_logout()?.delete_login(presented).await?,
        LogoutWay::Clear => app.mechanism().partial_logout()?.clear(presented).await?,
    };
    let PartlyLoggedOut { handover, record_left, login_left } = partly;
    let half = HalfLogout { how, cookie_cleared: handover.deletes_cookie(), record_left, login_left };
    Ok((handover, Some(half)))
}

fn logout_way(text: &str) -> Result<LogoutWay, Problem> {
    LogoutWay::deserialize(text.into_deserializer()).map_err(|_: serde::de::value::Error| {
        Problem::new(
            Kind::InvalidInput,
            "`how` must be flush, delete-cookie, delete-login or clear; the default is flush",
        )
    })
}
