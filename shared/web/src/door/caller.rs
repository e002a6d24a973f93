//! Who sent a request, as far as the request tells.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use authlab_mechanism::{
    cookie_attributes::{SecureCookies, is_loopback},
    login::{Account, Card, Carrier, Device, NewLogin, Scheme},
    presented::Presented,
    tokens::TokenKind,
};
use axum::extract::{ConnectInfo, FromRequestParts, Request};
use http::{HeaderValue, header, request::Parts};

use super::credentials::{self, Unreadable};
use crate::{
    negotiation::prefers_html,
    problem::{Kind, Problem},
};

/// Longest `User-Agent` that is kept, in characters.
const MAX_USER_AGENT: usize = 256;

/// The sender of a request. Made once, at the door.
#[derive(Clone, Debug)]
pub struct Caller {
    pub presented: Presented,
    /// The client's address, behind trusted proxies too.
    pub address: IpAddr,
    /// Whether the client prefers a page to JSON.
    pub prefers_html: bool,
    /// Whether the client called the service by a loopback name.
    pub(super) is_local: bool,
    pub(super) host: Option<HeaderValue>,
    user_agent: Option<HeaderValue>,
    pub(super) token_came_by_cookie: bool,
    /// Why the credentials could not be read. Routes without a caller answer all the same.
    unreadable: Option<Unreadable>,
}

impl Caller {
    /// Reads who sends a request, without its credentials: [`Door::open`] reads those. `address` is the client's; `None` where there is no
    /// socket.
    ///
    /// [`Door::open`]: super::Door::open
    pub fn read(request: &Request, address: Option<IpAddr>) -> Self {
        let headers = request.headers();
        let host = headers.get(header::HOST).cloned();
        Self {
            presented: Presented::default(),
            // Without a socket every client is the same.
            address: address.unwrap_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED)),
            prefers_html: prefers_html(headers),
            is_local: is_loopback(host.as_ref().map(text).unwrap_or_default()),
            host,
            user_agent: headers.get(header::USER_AGENT).cloned(),
            token_came_by_cookie: false,
            unreadable: None,
        }
    }

    /// Reads the credentials of the request. Its head has been found to be of a sane size.
    pub(super) fn read_credentials(&mut self, request: &Request, card: &Card) {
        match credentials::read(request, card) {
            Ok(presented) => self.presented = presented,
            Err(unreadable) => self.unreadable = Some(unreadable),
        }
        // Whichever carrier brought the token: a cookie that kept the old token would contradict the new one.
        if let Scheme::Bearer(cookies) = &card.scheme {
            self.token_came_by_cookie =
                card.carriers.contains(&Carrier::Bearer) && self.presented.shows(cookies.access);
        }
    }

    /// The name that the client called the service by; empty where the request names none.
    pub(super) fn host(&self) -> &str {
        self.host.as_ref().map(text).unwrap_or_default()
    }

    /// Whether this client is to send cookies over TLS only.
    pub fn is_secure(&self, cookies: SecureCookies) -> bool {
        cookies.is_secure(self.is_local)
    }

    /// What the client calls itself, cut to a sane length.
    pub fn device(&self) -> Device {
        let text = self.user_agent.as_ref().map(|agent| String::from_utf8_lossy(agent.as_bytes()));
        Device { user_agent: text.map(|text| text.chars().take(MAX_USER_AGENT).collect()) }
    }

    /// A login of this account that is to begin for the caller.
    pub fn new_login<'a>(
        &'a self,
        account: &'a Account,
        device: &'a Device,
        kind: Option<TokenKind>,
        into_cookies: bool,
    ) -> NewLogin<'a> {
        NewLogin { presented: &self.presented, account, device, kind, into_cookies }
    }
}

fn text(host: &HeaderValue) -> &str {
    host.to_str().unwrap_or_default()
}

/// The address of the client, as far as a socket tells.
pub fn address(request: &Request) -> Option<IpAddr> {
    request.extensions().get::<ConnectInfo<SocketAddr>>().map(|info| info.0.ip())
}

impl<S: Sync> FromRequestParts<S> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, _: &S) -> Result<Self, Problem> {
        let caller: Self = parts.extensions.remove().expect("every request passes the door");
        match caller.unreadable {
            Some(unreadable) => Err(Problem::new(Kind::MalformedRequest, unreadable)),
            None => Ok(caller),
        }
    }
}
