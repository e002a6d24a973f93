//! `/token`, `/revoke` and `/introspect`: the OAuth 2.0 endpoints, for mechanisms whose credentials are tokens.

use authlab_mechanism::handover::Handover;
use authlab_secrets::Secret;
use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;

use crate::{
    App,
    body::OauthForm,
    contract::{IntrospectionBody, RefreshRequest, TokenInQuestion},
    door::{Caller, Delivery, TokenBody},
    problem::Problem,
};

/// Exchange a refresh token for a new pair
///
/// If the header or the cookie also carries an access token, its items are copied, even if it has expired.
#[utoipa::path(
    post, path = "/token", tag = "tokens",
    request_body(content = RefreshRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The new pair; the old refresh token is used up", body = TokenBody),
        (status = 400, description = "The refusal; `error` is a code of RFC 6749 §5.2"),
        (status = 501, description = "This mechanism has no tokens"),
    )
)]
pub async fn refresh(
    State(app): State<App>,
    caller: Caller,
    OauthForm(request): OauthForm<RefreshRequest>,
) -> Result<Json<TokenBody>, Problem> {
    let tokens = app.mechanism().tokens()?;
    let invalid_request = |detail| Problem::oauth("invalid_request", detail);
    match request.grant_type.as_deref() {
        Some("refresh_token") => {}
        Some(_) => {
            let detail = "the only `grant_type` is refresh_token; log in with a password by `POST /login`";
            return Err(Problem::oauth("unsupported_grant_type", detail));
        }
        None => return Err(invalid_request("send `grant_type=refresh_token`")),
    }
    let refresh_token = request.refresh_token.ok_or_else(|| invalid_request("send a `refresh_token`"))?;
    let token = tokens.refresh(&caller.presented, &refresh_token).await?;
    let delivered = caller.deliver(&app.door, Handover::token(token), Delivery::Body)?;
    Ok(Json(delivered.token.expect("a body was asked for")))
}

/// End the login of an access token or refresh token; succeeds also for an unknown token
#[utoipa::path(
    post, path = "/revoke", tag = "tokens",
    request_body(content = TokenInQuestion, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The token is not accepted any more"),
        (status = 400, description = "There is no `token`"),
        (status = 501, description = "This mechanism has no tokens, or cannot end this one"),
    )
)]
pub async fn revoke(
    State(app): State<App>,
    OauthForm(request): OauthForm<TokenInQuestion>,
) -> Result<Response, Problem> {
    app.mechanism().tokens()?.revoke(&in_question(request)?).await?;
    Ok(StatusCode::OK.into_response())
}

/// Get the state of a token
///
/// Requires `INTROSPECTION_SECRET` as bearer token.
#[utoipa::path(
    post, path = "/introspect", tag = "tokens",
    request_body(content = TokenInQuestion, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Whether the token is active, and if so, its account and expiry", body = IntrospectionBody),
        (status = 400, description = "There is no `token`"),
        (status = 401, description = "The bearer token is not `INTROSPECTION_SECRET`"),
        (status = 501, description = "This mechanism has no tokens, or no `INTROSPECTION_SECRET` is configured"),
    )
)]
pub async fn introspect(
    State(app): State<App>,
    caller: Caller,
    OauthForm(request): OauthForm<TokenInQuestion>,
) -> Result<Json<IntrospectionBody>, Problem> {
    let tokens = app.mechanism().tokens()?;
    Ok(Json(tokens.introspect(&caller.presented, &in_question(request)?).await?.into()))
}

fn in_question(request: TokenInQuestion) -> Result<Secret, Problem> {
    request.token.ok_or_else(|| Problem::oauth("invalid_request", "send a `token`"))
}
