//! `/.well-known/jwks.json`: the keys with which others verify what a mechanism signs.

use authlab_mechanism::public_keys::PublicKeys;
use axum::{
    Json,
    extract::State,
    response::{IntoResponse, Response},
};
use http::header;

use crate::{App, contract::PublicKeysBody};

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
