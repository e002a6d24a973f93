//! `/`, `/about`, and `/.well-known/jwks.json` with the keys that verify what the mechanism signs.

use authlab_mechanism::{login::Recalled, public_keys::PublicKeys};
use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::{StatusCode, header};

use super::html;
use crate::{
    App,
    contract::{About, PublicKeysBody},
    door::{Caller, Delivery},
    pages,
    problem::Problem,
};

/// Describe this service as a page
#[utoipa::path(
    get, path = "/", tag = "about",
    responses(
        (status = 200, description = "As /about; an HTML page for browsers", content((About = "application/json"), (String = "text/html"))),
        (status = 503, description = "A store cannot be reached"),
    )
)]
pub async fn home(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    if !caller.prefers_html {
        return Ok(Json(About::new(app.mechanism(), app.version)).into_response());
    }
    let Recalled { login, handover, .. } = app.recall(&caller.presented).await?;
    let delivered = caller.deliver(&app.door, handover, Delivery::AsItCame)?;
    let username = login.as_ref().ok().map(|login| login.username.as_str());
    let page = html(StatusCode::OK, pages::home(app.site(), username));
    Ok((delivered.headers, page).into_response())
}

/// Describe this service
#[utoipa::path(get, path = "/about", tag = "about", responses((status = 200, description = "The mechanism and its capabilities", body = About)))]
pub async fn about(State(app): State<App>) -> Json<About> {
    Json(About::new(app.mechanism(), app.version))
}

/// Get the public keys with which tokens of this service are verified
#[utoipa::path(
    get, path = "/.well-known/jwks.json", tag = "about",
    responses((status = 200, description = "A JSON Web Key Set (RFC 7517); empty if no key is public", body = PublicKeysBody))
)]
pub async fn public_keys(State(app): State<App>) -> Response {
    let age = format!("public, max-age={}", PublicKeys::MAX_AGE);
    ([(header::CACHE_CONTROL, age)], Json(PublicKeysBody::from(app.mechanism().public_keys().unwrap_or_default())))
        .into_response()
}
