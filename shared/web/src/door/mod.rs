//! The door: reads what a request says about its sender, once, before any handler.
//!
//! [`Door::open`] makes the [`Caller`] of a request and puts it into the request's extensions. Handlers take it from there; nothing
//! reads a credential from a header afterwards. A browser whose access token has expired gets a fresh one here ([`refresh`]): the
//! caller then presents the fresh token, and [`Opened::close`] adds its cookies to the answer.
//!
//! * [`caller`]: who sent the request
//! * [`credentials`]: cookies, bearer token and `?token=`, from the request's head
//! * [`delivery`]: what the caller is to hold, as headers and body
//! * [`cookies`], [`cookie_scopes`]: `Cookie` and `Set-Cookie`, and where browsers keep cookies of one name

pub mod caller;
pub mod cookie_scopes;
pub mod cookies;
mod credentials;
pub mod delivery;
mod refresh;

use std::sync::Arc;

use authlab_clock::Clock;
use authlab_mechanism::{Mechanism, cookie_attributes::SecureCookies};
use axum::{
    extract::{Request, State},
    middleware::Next,
    response::Response,
};

use self::cookie_scopes::CookieScope;
pub use self::{
    caller::Caller,
    delivery::{Delivered, Delivery, TokenBody},
    refresh::Opened,
};
use crate::problem::Problem;

/// Everything that decides how credentials travel between clients and one mechanism.
#[derive(Clone)]
pub struct Door {
    pub mechanism: Arc<dyn Mechanism>,
    pub clock: Clock,
    pub secure_cookies: SecureCookies,
    /// Where cookies were kept under former settings.
    pub former_cookie_scopes: Arc<[CookieScope]>,
}

impl Door {
    /// Reads the credentials, and puts the caller of this request into its extensions. With `takes_a_login`, an expired access token is refreshed first.
    /// An answer that caches keep must not carry a credential, and a probe must not depend on a store, so only routes that take a
    /// login refresh.
    pub async fn open(
        &self,
        request: &mut Request,
        mut caller: Caller,
        takes_a_login: bool,
    ) -> Result<Opened, Problem> {
        caller.read_credentials(request, self.mechanism.card());
        let opened = if takes_a_login { refresh::refresh(self, &mut caller).await? } else { Opened::default() };
        request.extensions_mut().insert(caller);
        Ok(opened)
    }
}

/// Puts every request through the door, for a router of any application, by `axum::middleware::from_fn_with_state`. Handlers take the
/// [`Caller`] as an argument. The services hold a [`Door`] directly, which saves a box per request.
pub async fn behind_door(State(door): State<Door>, mut request: Request, next: Next) -> Result<Response, Problem> {
    let caller = Caller::read(&request, caller::address(&request));
    let opened = door.open(&mut request, caller, true).await?;
    let mut response = next.run(request).await;
    opened.close(response.headers_mut());
    Ok(response)
}

impl std::fmt::Debug for Door {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Door({})", self.mechanism.card().mechanism)
    }
}
