//! The style sheets and the script, compiled into the program.

use axum::response::{IntoResponse as _, Response};
use http::header;

const CSS: &str = "text/css; charset=utf-8";
const JAVASCRIPT: &str = "text/javascript; charset=utf-8";

/// The services' style sheet: design tokens, fonts, buttons.
pub(super) async fn base_style() -> Response {
    file(CSS, authlab_web::pages::STYLE)
}

pub(super) async fn style() -> Response {
    file(
        CSS,
        concat!(
            include_str!("frame.css"),
            include_str!("journey.css"),
            include_str!("claims.css"),
            include_str!("narrow.css")
        ),
    )
}

pub(super) async fn script() -> Response {
    file(JAVASCRIPT, include_str!("lab.js"))
}

fn file(media_type: &'static str, content: &'static str) -> Response {
    // Without `no-cache`, a browser would combine files of an older build with a newer page.
    ([(header::CONTENT_TYPE, media_type), (header::CACHE_CONTROL, "no-cache")], content).into_response()
}
