//! What every request goes through, in one order for all services.
//!
//! It stands around the router as a whole and not as layers on its routes: axum boxes and clones each layer for each
//! request, and nine of them cost more than everything a mechanism does (`benches/benches/request.rs`). The purposes keep
//! files of their own.

mod headers;
mod limits;
mod observe;
mod problems;
mod routes;

use std::{
    panic::AssertUnwindSafe,
    pin::{Pin, pin},
    time::Duration,
};

use axum::{
    Router,
    extract::Request,
    response::{IntoResponse as _, Response},
};
use futures_util::{
    FutureExt as _,
    future::{Either, poll_immediate},
};
use http::StatusCode;
use tokio::time::timeout;
use tower::{Layer as _, Service as _};
use tower_http::csrf::Csrf;
use tracing::Instrument as _;

pub use self::routes::Routes;
use authlab_server::Answer;

use self::{headers::AnswerHeaders, observe::Observed};
use super::{
    App,
    door::{Caller, caller::address},
    gateway,
};

/// Requests that take longer are answered 408.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// A whole service: its routes, and what is around all of them.
#[derive(Clone, Debug)]
pub struct Site {
    app: App,
    known: Routes,
    router: Router,
}

impl Site {
    pub fn new(app: App, router: Router<App>, known: Routes) -> Self {
        let router = router.with_state(app.clone());
        Self { app, known, router }
    }
}

impl Answer for Site {
    async fn answer(self, request: Request) -> Response {
        let Self { app, known, router } = self;
        let observed = Observed::begin(&app, &known, &request);
        let address = address(&request);
        let caller = Caller::read(&request, address);
        let html = caller.prefers_html;
        let headers = AnswerHeaders::new(&app, &caller, &request);
        let (takes_a_login, for_gateways) = (observed.takes_a_login(request.uri()), observed.is_for_gateways());
        let mut response = match limits::examine(&request) {
            Ok(()) => {
                // A gateway sends the method of a request that may come from another site. `/verify` changes nothing that such a site wants.
                let handlers =
                    if for_gateways { Either::Left(router) } else { Either::Right(app.cross_site.layer(router)) };
                observed.throughout(pin!(answered(&app, handlers, request, caller, takes_a_login))).await
            }
            Err(problem) => problem.into_response(),
        };
        if for_gateways {
            response = gateway::narrowed(response);
        }
        let mut response = observed.within(|| problems::written(&app, html, address, response));
        headers.put_on(&app, response.headers_mut());
        observed.finish(response)
    }
}

/// The handler's answer, with the cookies of a refresh. 408 if the handler took too long, 500 if it panicked; the log has the panic.
async fn answered(
    app: &App,
    handlers: Either<Router, Csrf<Router>>,
    mut request: Request,
    caller: Caller,
    takes_a_login: bool,
) -> Response {
    let opened = match app.door.open(&mut request, caller, takes_a_login).await {
        Ok(opened) => opened,
        Err(problem) => return problem.into_response(),
    };
    let changes = !request.method().is_safe();
    // A router is always ready.
    let handled = match handlers {
        Either::Left(mut unguarded) => Either::Left(unguarded.call(request)),
        Either::Right(mut guarded) => Either::Right(guarded.call(request)),
    };
    let handled = AssertUnwindSafe(handled).catch_unwind();
    let response = if changes { finished(app, handled).await } else { in_time(pin!(handled)).await };
    let mut response = match response {
        Some(Ok(Ok(response))) => response,
        Some(Err(_panic)) => StatusCode::INTERNAL_SERVER_ERROR.into_response(),
        None => StatusCode::REQUEST_TIMEOUT.into_response(),
    };
    opened.close(response.headers_mut());
    response
}

/// Carries out a request that may change something, to its end: a client that goes away, or the time limit, would otherwise drop it
/// between two steps that belong together.
async fn finished<T: Send + 'static>(app: &App, handled: impl Future<Output = T> + Send + 'static) -> Option<T> {
    let under_way = app.draining.under_way();
    let to_its_end = async move {
        let handled = handled.await;
        drop(under_way);
        handled
    };
    in_time(pin!(tokio::spawn(to_its_end.in_current_span()))).await?.ok()
}

/// The answer, if it comes in time.
async fn in_time<T>(mut answer: Pin<&mut impl Future<Output = T>>) -> Option<T> {
    // Most answers need not be waited for, and then no timer is set.
    match poll_immediate(&mut answer).await {
        Some(answered) => Some(answered),
        None => timeout(REQUEST_TIMEOUT, answer).await.ok(),
    }
}
