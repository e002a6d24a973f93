//! What a caller is to hold, turned into `Set-Cookie` headers and the token of a JSON answer.

use authlab_mechanism::{
    handover::{CookieChange, Handover, NewCookie, Token, TokenChange},
    login::{Scheme, TokenCookies},
    presented::Presented,
};
use authlab_secrets::Secret;
use http::{HeaderMap, HeaderValue, header};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    Caller, Door,
    cookie_scopes::other_scopes,
    cookies::{self, CookieContext},
};
use crate::problem::Problem;

/// How a token is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// In the body only: a JSON client that logs in.
    Body,
    /// In a cookie only: a form.
    Cookie,
    /// In the body, and in the cookie too if the old token came by cookie.
    AsItCame,
}

/// The token of a JSON answer (RFC 6749 §5.1).
#[derive(Clone, Debug, Serialize, ToSchema)]
pub struct TokenBody {
    pub access_token: String,
    #[schema(example = "Bearer")]
    pub token_type: &'static str,
    /// Seconds.
    pub expires_in: u64,
    /// For `POST /token`, once. Only with a login and with a refresh, and only where a token is refreshed.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub refresh_token: Option<String>,
}

/// What an answer must carry.
#[derive(Debug, Default)]
pub struct Delivered {
    pub headers: HeaderMap,
    pub token: Option<TokenBody>,
}

impl Caller {
    /// Turns what the client is to hold into headers and body; 413 if a cookie could not hold it.
    pub fn deliver(&self, door: &Door, handover: Handover, delivery: Delivery) -> Result<Delivered, Problem> {
        self.delivered(&Scopes::new(door, self, false), handover, delivery)
    }

    /// The same at a login and at a logout: a credential cookie that the client presented is deleted wherever else a browser may
    /// keep it.
    pub fn deliver_to_all_scopes(
        &self,
        door: &Door,
        handover: Handover,
        delivery: Delivery,
    ) -> Result<Delivered, Problem> {
        self.delivered(&Scopes::new(door, self, true), handover, delivery)
    }

    fn delivered(&self, scopes: &Scopes<'_>, handover: Handover, delivery: Delivery) -> Result<Delivered, Problem> {
        let mut delivered = Delivered::default();
        let mut changes = handover.cookies;
        if let (Some(change), Scheme::Bearer(names)) = (handover.token, &scopes.door.mechanism.card().scheme) {
            match change {
                TokenChange::Take(token) => {
                    let cookies = token_cookies(*names, &token);
                    // A token must fit into a cookie even if it travels in the body: else it would work for one client and not the other.
                    for cookie in &cookies {
                        let context = CookieContext { secure: true, ..scopes.context };
                        cookies::write(cookie, scopes.door.clock.now(), context)?;
                    }
                    if delivery == Delivery::Cookie || (delivery == Delivery::AsItCame && self.token_came_by_cookie) {
                        changes.extend(cookies);
                    } else if scopes.deletes_credentials {
                        // The client takes the token in the body. Cookies that contradict one another are of no use to it.
                        changes.extend(self.forgotten(*names, Presented::shows_several));
                    }
                    if delivery != Delivery::Cookie {
                        delivered.token = Some(token_body(&token));
                    }
                }
                // Only a client that presented the cookie has one to delete.
                TokenChange::Forget => changes.extend(self.forgotten(*names, Presented::shows)),
            }
        }
        for change in &changes {
            for value in scopes.written(change, &self.presented)? {
                delivered.headers.append(header::SET_COOKIE, value);
            }
        }
        Ok(delivered)
    }

    fn forgotten(
        &self,
        names: TokenCookies,
        presented: impl Fn(&Presented, &str) -> bool,
    ) -> impl Iterator<Item = CookieChange> {
        let names = [names.access, names.refresh].into_iter().filter(move |name| presented(&self.presented, name));
        names.map(|name| CookieChange::Delete(name.to_owned()))
    }
}

/// Where the cookies of one request are kept, and with which attributes.
#[derive(Debug)]
pub(super) struct Scopes<'a> {
    door: &'a Door,
    host: &'a str,
    context: CookieContext<'a>,
    /// At a login and a logout.
    deletes_credentials: bool,
}

impl<'a> Scopes<'a> {
    pub(super) fn new(door: &'a Door, caller: &'a Caller, deletes_credentials: bool) -> Self {
        let attributes = &door.mechanism.card().cookies;
        let secure = caller.is_secure(attributes.secure.unwrap_or(door.secure_cookies));
        Self { door, host: caller.host(), context: CookieContext { attributes, secure }, deletes_credentials }
    }

    /// The `Set-Cookie` lines that make the change. What else a browser may keep under this name is deleted first: cookies that were
    /// presented several times, and at a login or logout, credentials that were presented.
    pub(super) fn written(&self, change: &CookieChange, presented: &Presented) -> Result<Vec<HeaderValue>, Problem> {
        let name = change.name();
        let is_credential = || self.door.mechanism.card().scheme.is_credential(name);
        let everywhere =
            presented.shows_several(name) || (self.deletes_credentials && is_credential() && presented.shows(name));
        let mut lines = vec![cookies::write(change, self.door.clock.now(), self.context)?];
        if everywhere {
            for scope in other_scopes(name, self.host, self.context.attributes, &self.door.former_cookie_scopes) {
                lines.push(cookies::write_deletion(name, &scope, self.context)?);
            }
        }
        if matches!(change, CookieChange::Set(_)) {
            // Last: for some clients a cookie for the host and one for the host as a domain are the same.
            lines.rotate_left(1);
        }
        Ok(lines)
    }
}

/// The access token first, then the refresh token where there is a new one.
pub(super) fn token_cookies(names: TokenCookies, token: &Token) -> Vec<CookieChange> {
    let access = (names.access, &token.access_token, token.kept_for);
    let refresh = token.refresh_token.as_ref().map(|refresh| (names.refresh, &refresh.text, refresh.expires_in));
    let cookie = |(name, value, max_age): (&str, &Secret, _)| NewCookie {
        name: name.to_owned(),
        value: value.clone(),
        max_age: Some(max_age),
    };
    [access].into_iter().chain(refresh).map(cookie).map(CookieChange::Set).collect()
}

fn token_body(token: &Token) -> TokenBody {
    TokenBody {
        access_token: token.access_token.expose().to_owned(),
        token_type: "Bearer",
        expires_in: token.expires_in.as_secs(),
        refresh_token: token.refresh_token.as_ref().map(|refresh| refresh.text.expose().to_owned()),
    }
}
