//! What every request goes through, in one order for all services.
//!
//! It is one layer and not one for each purpose: each costs a request some boxes and clones, and nine of them cost more than
//! everything a mechanism does (`benches/benches/request.rs`). The purposes keep files of their own.

mod headers;
mod limits;
mod observe;
mod problems;

use std::{
    convert::Infallible,
    panic::AssertUnwindSafe,
    pin::Pin,
    task::{Context, Poll},
    time::Duration,
};

use axum::{
    Router,
    extract::{DefaultBodyLimit, Request},
    response::{IntoResponse as _, Response},
};
use futures_util::FutureExt as _;
use http::StatusCode;
use tokio::time::timeout;
use tower::{Layer, Service};
use tracing::Instrument as _;

use self::{headers::Dress, observe::Observed};
use super::{App, body::BIGGEST_BODY, negotiation::prefers_html};

/// A request that is not answered by then never will be.
const REQUEST_TIMEOUT: Duration = Duration::from_secs(30);

/// The layers around the routes; a request meets the first one first.
pub fn around(routes: Router<App>, app: &App) -> Router<App> {
    let all = (AroundEverything(app.clone()), app.cross_site.clone(), DefaultBodyLimit::max(BIGGEST_BODY));
    routes.layer(all)
}

#[derive(Clone)]
struct AroundEverything(App);

#[derive(Clone)]
struct Around<S> {
    app: App,
    inner: S,
}

impl<S> Layer<S> for AroundEverything {
    type Service = Around<S>;

    fn layer(&self, inner: S) -> Around<S> {
        Around { app: self.0.clone(), inner }
    }
}

impl<S> Service<Request> for Around<S>
where
    S: Service<Request, Response = Response, Error = Infallible, Future: Send + 'static>,
{
    type Response = Response;
    type Error = Infallible;
    type Future = Pin<Box<dyn Future<Output = Result<Response, Infallible>> + Send>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, request: Request) -> Self::Future {
        let app = self.app.clone();
        let observed = Observed::begin(&app, &request);
        let dress = Dress::of_the_answer_to(&request, &app);
        let html = prefers_html(request.headers());
        let answer = limits::examine(&request).map(|()| self.inner.call(request));
        Box::pin(async move {
            let response = match answer {
                Ok(answer) => in_time(answer).instrument(observed.span()).await,
                Err(problem) => problem.into_response(),
            };
            let mut response = problems::written(&app, html, response);
            dress.put_on(&app, response.headers_mut());
            Ok(observed.finish(&app, response))
        })
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
