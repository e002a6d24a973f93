//! The door: reads what a request says about its sender, once, before any handler.
//!
//! [`Door::open`] makes the [`Caller`] of a request and puts it into the request's extensions. Handlers take it from there; nothing
//! reads a credential from a header afterwards. A browser whose access token has expired gets a fresh one here ([`refresh`]): the
//! caller then presents the fresh token, and [`Opened::close`] adds its cookies to the answer.
//!
//! * [`caller`]: who sent the request
//! * [`credentials`]: cookies, bearer token and `?token=`, from the request's head
//! * [`layer`]: the door as a tower layer
//! * [`delivery`]: what the caller is to hold, as headers and body
//! * [`cookies`], [`cookie_scopes`]: `Cookie` and `Set-Cookie`, and where browsers keep cookies of one name

pub mod caller;
pub mod cookie_scopes;
pub mod cookies;
mod credentials;
pub mod delivery;
mod layer;
mod refresh;

use std::sync::Arc;

use authlab_clock::Clock;
use authlab_mechanism::{Mechanism, cookie_attributes::SecureCookies};
use axum::extract::Request;
use http::HeaderMap;

pub use self::{
    caller::Caller,
    delivery::{Delivered, Delivery, TokenBody},
    layer::{BehindDoor, DoorLayer},
};
use self::{cookie_scopes::CookieScope, refresh::Refreshed};
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

/// A request that has passed the door, and what its answer must carry.
#[derive(Debug, Default)]
pub struct Opened(Option<Refreshed>);

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
        let refreshed = if takes_a_login { refresh::refresh(self, &mut caller).await? } else { None };
        request.extensions_mut().insert(caller);
        Ok(Opened(refreshed))
    }
}

impl Opened {
    /// Adds the cookies of a refresh to the answer.
    pub fn close(self, headers: &mut HeaderMap) {
        if let Some(refreshed) = self.0 {
            refreshed.put_on(headers);
        }
    }
}

impl std::fmt::Debug for Door {
    fn fmt(&self, formatter: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(formatter, "Door({})", self.mechanism.card().mechanism)
    }
}
