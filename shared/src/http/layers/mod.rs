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

use std::{panic::AssertUnwindSafe, pin::pin, time::Duration};

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use futures_util::{FutureExt as _, future::poll_immediate};
use http::StatusCode;
use tokio::time::timeout;
use tower::{Layer as _, Service as _};
use tower_http::csrf::Csrf;

pub use self::routes::Routes;
use self::{headers::Dress, observe::Observed};
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
        let response = match limits::examine(&request) {
            Ok(()) => observed.throughout(pin!(answered(&app, router, request))).await,
            Err(problem) => problem.into_response(),
        };
        let mut response = observed.within(|| problems::written(&app, html, observed.from(), response));
        dress.put_on(&app, response.headers_mut());
        observed.finish(response)
    }
}

/// What the handler answers, and what a browser is given beside it; or that it took too long, or that it panicked: the panic's
/// words are in the log already.
async fn answered(app: &App, mut router: Csrf<Router>, mut request: Request) -> Response {
    let renewed = match renewal::renew(app, &mut request).await {
        Ok(renewed) => renewed,
        Err(problem) => return problem.into_response(),
    };
    // A router is always ready.
    let mut answer = pin!(AssertUnwindSafe(router.call(request)).catch_unwind());
    // Most answers need not be waited for, and then no timer is set.
    let answered = match poll_immediate(&mut answer).await {
        Some(answered) => Ok(answered),
        None => timeout(REQUEST_TIMEOUT, answer).await,
    };
    let mut response = match answered {
        Ok(Ok(Ok(response))) => response,
        Ok(Err(_panic)) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        Err(_elapsed) => StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    if let Some(renewed) = renewed {
        renewed.put_on(response.headers_mut());
    }
    response
}
