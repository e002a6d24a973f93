//! Only the answer, to measure axum in its own serve loop.

use axum::{Json, Router, routing::get};
use contract::bodies::{HEADERS, Items, Login, Mine};

pub(crate) fn router() -> Router {
    let answer = async || (HEADERS, Json(Mine::new("cookie", Login::begin("u00000".to_owned()), Items::new())));
    Router::new().route("/mine", get(answer))
}
