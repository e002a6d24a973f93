//! `/openapi.json`, `/docs` and the style sheet: rendered once, when the router is built.

use std::sync::Arc;

use axum::{
    Extension,
    response::{Html, IntoResponse, Response},
};
use http::header;

use crate::{http::pages, login::Card};

/// The document and its page.
#[derive(Clone, Debug)]
pub struct Rendered {
    json: Arc<str>,
    page: Arc<str>,
}

impl Rendered {
    pub fn new(card: &Card, document: &utoipa::openapi::OpenApi) -> Self {
        let value = serde_json::to_value(document).expect("an OpenAPI document is JSON");
        Self { json: value.to_string().into(), page: pages::docs(card, &value).into_string().into() }
    }
}

pub async fn openapi(Extension(rendered): Extension<Rendered>) -> Response {
    ([(header::CONTENT_TYPE, "application/json")], rendered.json.to_string()).into_response()
}

pub async fn page(Extension(rendered): Extension<Rendered>) -> Html<String> {
    Html(rendered.page.to_string())
}

pub async fn style() -> Response {
    ([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")], pages::STYLE)
        .into_response()
}
