//! The door as a tower layer, for a router of any application. The services hold a [`Door`] directly, which saves a box per request.

use std::{
    convert::Infallible,
    mem::replace,
    task::{Context, Poll},
};

use axum::{
    extract::Request,
    response::{IntoResponse as _, Response},
};
use futures_util::future::BoxFuture;
use tower::{Layer, Service};

use super::{Caller, Door, caller::address};

/// Puts every request through the door. Handlers take the [`Caller`] as an argument.
#[derive(Clone, Debug)]
pub struct DoorLayer(pub Door);

/// A service behind the door.
#[derive(Clone, Debug)]
pub struct BehindDoor<S> {
    door: Door,
    inner: S,
}

impl<S> Layer<S> for DoorLayer {
    type Service = BehindDoor<S>;

    fn layer(&self, inner: S) -> BehindDoor<S> {
        BehindDoor { door: self.0.clone(), inner }
    }
}

impl<S> Service<Request> for BehindDoor<S>
where
    S: Service<Request, Response = Response, Error = Infallible> + Clone + Send + 'static,
    S::Future: Send,
{
    type Response = Response;
    type Error = Infallible;
    type Future = BoxFuture<'static, Result<Response, Infallible>>;

    fn poll_ready(&mut self, context: &mut Context<'_>) -> Poll<Result<(), Infallible>> {
        self.inner.poll_ready(context)
    }

    fn call(&mut self, mut request: Request) -> Self::Future {
        let door = self.door.clone();
        // The clone has not been asked whether it is ready; the service that was asked answers.
        let clone = self.inner.clone();
        let mut inner = replace(&mut self.inner, clone);
        Box::pin(async move {
            let caller = Caller::read(&request, address(&request));
            let opened = match door.open(&mut request, caller, true).await {
                Ok(opened) => opened,
                Err(problem) => return Ok(problem.into_response()),
            };
            let mut response = inner.call(request).await?;
            opened.close(response.headers_mut());
            Ok(response)
        })
    }
}
