//! `/` and `/about`.

use axum::{Json, extract::State, response::Response};

use super::page_or_json;
use crate::http::{App, carriage::Caller, contract::About, pages, problem::Problem};

/// What this service is, as a page
#[utoipa::path(get, path = "/", tag = "about", responses((status = 200, description = "As /about; a page for browsers", body = About)))]
pub async fn home(State(app): State<App>, caller: Caller) -> Result<Response, Problem> {
    let who = app.mechanism.recall(&caller.presented).await?.login.ok();
    Ok(page_or_json(
        &caller,
        || pages::home(app.mechanism.card(), who.as_ref().map(|login| login.username.as_str())),
        || About::new(&*app.mechanism, app.version),
    ))
}

/// What this service is
#[utoipa::path(get, path = "/about", tag = "about", responses((status = 200, description = "The mechanism and what it can", body = About)))]
pub async fn about(State(app): State<App>) -> Json<About> {
    Json(About::new(&*app.mechanism, app.version))
}
