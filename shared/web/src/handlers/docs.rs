//! `/openapi.json`, `/docs` and the style sheet: texts that are rendered once, when the router is built.

use std::future::ready;

use axum::{
    body::Bytes,
    routing::{MethodRouter, get},
};
use http::{HeaderName, header};

use crate::{App, openapi, pages};

/// The document and its page.
pub fn documents(app: &App, collected: &utoipa::openapi::OpenApi) -> (MethodRouter<App>, MethodRouter<App>) {
    let document = openapi::document(app, collected);
    let page = pages::docs(app.site(), &document).into_string();
    (
        fixed([(header::CONTENT_TYPE, "application/json")], document.to_string()),
        fixed([(header::CONTENT_TYPE, "text/html; charset=utf-8")], page),
    )
}

pub fn style() -> MethodRouter<App> {
    fixed([(header::CONTENT_TYPE, "text/css; charset=utf-8"), (header::CACHE_CONTROL, "max-age=3600")], pages::STYLE)
}

/// A route that answers every request with the same text.
fn fixed<const N: usize>(headers: [(HeaderName, &'static str); N], text: impl Into<Bytes>) -> MethodRouter<App> {
    let text = text.into();
    get(move || ready((headers, text)))
}
