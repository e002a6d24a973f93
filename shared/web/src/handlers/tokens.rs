//! `/token`, `/revoke` and `/introspect`: what OAuth 2.0 clients ask, for mechanisms whose credentials are tokens.

use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;

use authlab_mechanism::handover::Handover;
use crate::{App, body::OauthForm, door::{Caller, Delivery, TokenBody}, contract::{IntrospectionBody, RefreshRequest, TokenInQuestion}, problem::{Kind, Problem, ProblemBody}};
use authlab_secrets::Secret;

/// Exchange a refresh token for a new pair
///
/// Of an access token that is shown along, in the header or the cookie and expired or not, the items go over.
#[utoipa::path(
    post, path = "/token", tag = "tokens",
    request_body(content = RefreshRequest, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "The new pair; the old refresh token is spent", body = TokenBody),
        (status = 400, description = "`error` says why, as in RFC 6749 §5.2", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body is no form", body = ProblemBody, content_type = "application/problem+json"),
        (status = 501, description = "This mechanism has no tokens", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn refresh(
    State(app): State<App>,
    caller: Caller,
    OauthForm(request): OauthForm<RefreshRequest>,
) -> Result<Json<TokenBody>, Problem> {
    let tokens = app.mechanism().tokens()?;
    match request.grant_type.as_deref() {
        Some("refresh_token") => {}
        Some(_) => return Err(unsupported_grant_type()),
        None => return Err(invalid_request("send `grant_type=refresh_token`")),
    }
    let refresh_token = request.refresh_token.ok_or_else(|| invalid_request("send a `refresh_token`"))?;
    let token = tokens.refresh(&caller.presented, &refresh_token).await?;
    let delivered = caller.deliver(&app.door, Handover::token(token), Delivery::Body)?;
    Ok(Json(delivered.token.expect("a body was asked for")))
}

/// End the login of a token, whether access or refresh token; also when it is unknown
#[utoipa::path(
    post, path = "/revoke", tag = "tokens",
    request_body(content = TokenInQuestion, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "It opens nothing any more"),
        (status = 400, description = "There is no `token`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body is no form", body = ProblemBody, content_type = "application/problem+json"),
        (status = 501, description = "This mechanism has no tokens, or cannot end this one", body = ProblemBody, content_type = "application/problem+json"),
    )
)]
pub async fn revoke(
    State(app): State<App>,
    OauthForm(request): OauthForm<TokenInQuestion>,
) -> Result<Response, Problem> {
    app.mechanism().tokens()?.revoke(&in_question(request)?).await?;
    Ok(StatusCode::OK.into_response())
}

/// What is known of a token, for those who may ask
///
/// They show `INTROSPECTION_SECRET` as their bearer token.
#[utoipa::path(
    post, path = "/introspect", tag = "tokens",
    request_body(content = TokenInQuestion, content_type = "application/x-www-form-urlencoded"),
    responses(
        (status = 200, description = "Whether it is active, and if so, whose and until when", body = IntrospectionBody),
        (status = 400, description = "There is no `token`", body = ProblemBody, content_type = "application/problem+json"),
        (status = 401, description = "The asker did not show that it may know", body = ProblemBody, content_type = "application/problem+json"),
        (status = 415, description = "The body is no form", body = ProblemBody, content_type = "application/problem+json"),
        (status = 501, description = "This mechanism has no tokens, or nobody may ask", body = ProblemBody, content_type = "application/problem+json"),
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
    request.token.ok_or_else(|| invalid_request("send a `token`"))
}

fn invalid_request(detail: &'static str) -> Problem {
    Problem { error: Some("invalid_request"), ..Problem::new(Kind::MalformedRequest, detail) }
}

fn unsupported_grant_type() -> Problem {
    let detail = "the only `grant_type` is refresh_token; POST /login with a password";
    Problem { error: Some("unsupported_grant_type"), ..Problem::new(Kind::MalformedRequest, detail) }
}
