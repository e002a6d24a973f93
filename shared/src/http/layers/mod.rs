//! What every request goes through, in one order for all services.
//!
//! It stands around the router as a whole and not as layers on its routes: axum boxes and clones each layer for each
//! request, and nine of them cost more than everything a mechanism does (`benches/benches/request.rs`). The purposes keep
//! files of their own.

mod headers;
mod limits;
mod observe;
mod problems;
mod renewal;
mod routes;

use std::{convert::Infallible, panic::AssertUnwindSafe, time::Duration};

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use futures_util::FutureExt as _;
use http::StatusCode;
use tokio::time::timeout;
use tower::{Layer as _, ServiceExt as _};
use tower_http::csrf::Csrf;
use tracing::Instrument as _;

pub use self::routes::Routes;
use self::{headers::Dress, observe::Observed, renewal::Renewed};
use super::{App, negotiation::prefers_html};
use crate::serve::Answer;

/// A request that is not answered by then never will be.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A whole service: its routes, and what is around all of them.
#[derive(Clone, Debug)]
pub struct Site {
    app: App,
    known: Routes,
    router: Csrf<Router>,
}

impl Site {
    pub fn new(app: App, router: Router<App>, known: Routes) -> Self {
        let router = app.cross_site.layer(router.with_state(app.clone()));
        Self { app, known, router }
    }
}

impl Answer for Site {
    async fn answer(self, request: Request) -> Response {
        let Self { app, known, router } = self;
        let observed = Observed::begin(&app, &known, &request);
        let dress = Dress::of_the_answer_to(&request, &app);
        let html = prefers_html(request.headers());
        let (renewed, response) = match limits::examine(&request) {
            Ok(()) => answered(&app, router, request).instrument(observed.span()).await,
            Err(problem) => (None, problem.into_response()),
        };
        let mut response = observed.span().in_scope(|| problems::written(&app, html, observed.from(), response));
        if let Some(renewed) = renewed {
            renewed.put_on(response.headers_mut());
        }
        dress.put_on(&app, response.headers_mut());
        observed.finish(response)
    }
}

/// What the handler answers, and what a browser is given beside it.
async fn answered(app: &App, router: Csrf<Router>, mut request: Request) -> (Option<Renewed>, Response) {
    match renewal::renew(app, &mut request).await {
        Ok(renewed) => (renewed, in_time(router.oneshot(request)).await),
        Err(problem) => (None, problem.into_response()),
    }
}

/// What the handler answers; or that it took too long, or that it panicked: the panic's words are in the log already.
async fn in_time(answer: impl Future<Output = Result<Response, Infallible>>) -> Response {
    match timeout(REQUEST_TIMEOUT, AssertUnwindSafe(answer).catch_unwind()).await {
        Ok(Ok(Ok(response))) => response,
        Ok(Err(_panic)) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Err(_elapsed) => StatusCode::REQUEST_TIMEOUT.into_response(),
    }
}
