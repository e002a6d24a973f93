//! `/` and `/about`.

use authlab_mechanism::login::Recalled;
use axum::{
    Json,
    extract::State,
    response::{IntoResponse as _, Response},
};
use http::StatusCode;

use super::html;
use crate::{
    App,
    contract::About,
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
