//! `/openapi.json`, `/docs` and the style sheet. The document is rendered once, when the router is built.

use std::sync::Arc;

use axum::{
    Extension,
    response::{Html, IntoResponse, Response},
};
use http::header;

use crate::{App, openapi, pages};

/// The document and its page.
#[derive(Clone, Debug)]
pub struct Rendered {
    json: Arc<str>,
    page: Arc<str>,
}

impl Rendered {
    pub fn new(app: &App, collected: &utoipa::openapi::OpenApi) -> Self {
        let document = openapi::document(app, collected);
        let page = pages::docs(app.site(), &document).into_string();
        Self { json: document.to_string().into(), page: page.into() }
    }
}

pub async fn document(Extension(rendered): Extension<Rendered>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], rendered.json.to_string()).into_response()
}

pub async fn page(Extension(rendered): Extension<Rendered>) -> Html<String> {
    Html(rendered.page.to_string())
}

pub async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")], pages::STYLE)
        .into_response()
}
