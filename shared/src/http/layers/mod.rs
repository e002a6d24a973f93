//! What every request goes through, in one order for all services.

mod headers;
mod limits;
mod observe;
mod problems;

use std::time::Duration;

use axum::{Router, extract::DefaultBodyLimit, middleware::from_fn_with_state};
use http::StatusCode;
use tower_http::{catch_panic::CatchPanicLayer, timeout::TimeoutLayer};

use super::{App, body::BIGGEST_BODY};

/// A request that is not answered by then never will be.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The layers around the routes; read from below: a request meets the last one first.
pub fn around(routes: Router<App>, app: &App) -> Router<App> {
    routes
        .layer(DefaultBodyLimit::max(BIGGEST_BODY))
        .layer(app.cross_site.clone())
        .layer(axum::middleware::from_fn(limits::refuse_malformed))
        .layer(TimeoutLayer::with_status_code(StatusCode::REQUEST_TIMEOUT, REQUEST_TIMEOUT))
        .layer(CatchPanicLayer::new())
        .layer(from_fn_with_state(app.clone(), problems::write))
        .layer(from_fn_with_state(app.clone(), headers::add))
        .layer(from_fn_with_state(app.clone(), observe::observe))
}
