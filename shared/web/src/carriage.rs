//! How credentials travel: read from a request, handed over in an answer.
//!
//! The one file that knows both HTTP and credentials. What a client may present depends on the mechanism's carriers; how a
//! token is handed over depends on the client: in the body to those that speak JSON, in a cookie to those that came with one.

use std::net::{IpAddr, Ipv4Addr, SocketAddr};

use axum::extract::{ConnectInfo, FromRequestParts};
use http::{HeaderMap, HeaderValue, header, request::Parts};
use serde::Serialize;
use utoipa::ToSchema;

use super::{
    App,
    cookies::{self, Dress},
    negotiation::prefers_html,
    problem::{Kind, Problem},
};
use crate::cookie_scopes::other_scopes;
use authlab_mechanism::{handover::{CookieChange, Handover, NewCookie, REFRESH_COOKIE, TOKEN_COOKIE, Token, TokenChange}, login::{Account, Card, Carrier, Device, NewLogin, Scheme}, presented::{Cookies, Presented}, tokens::TokenKind};
use authlab_secrets::Secret;

/// Longest `User-Agent` that is kept, in characters.
const LONGEST_USER_AGENT: usize = 256;

/// Who sent this request, as far as the request tells.
#[derive(Debug)]
pub struct Caller {
    pub presented: Presented,
    pub address: IpAddr,
    pub prefers_html: bool,
    host: Option<HeaderValue>,
    user_agent: Option<HeaderValue>,
    token_came_by_cookie: bool,
}

/// How a token is handed over.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Delivery {
    /// In the body alone: a JSON client that logs in.
    Body,
    /// In a cookie alone: a form.
    Cookie,
    /// In the body, and in the cookie too if that is how the old one came.
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
    /// What it calls itself, cut to a sane length.
    pub fn device(&self) -> Device {
        let text = self.user_agent.as_ref().map(|agent| String::from_utf8_lossy(agent.as_bytes()));
        Device { user_agent: text.map(|text| text.chars().take(LONGEST_USER_AGENT).collect()) }
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

    /// Turns what the client is to hold into headers and body; 413 if a cookie could not hold it.
    pub fn deliver(&self, app: &App, handover: Handover, delivery: Delivery) -> Result<Delivered, Problem> {
        self.delivered(&Scopes::of(app, self.host.as_ref()), handover, delivery)
    }

    /// The same at a login and at a logout: a credential cookie that the client showed is deleted wherever else a browser may
    /// keep it.
    pub fn deliver_to_all_scopes(
        &self,
        app: &App,
        handover: Handover,
        delivery: Delivery,
    ) -> Result<Delivered, Problem> {
        let scopes = Scopes { deletes_credentials: true, ..Scopes::of(app, self.host.as_ref()) };
        self.delivered(&scopes, handover, delivery)
    }

    fn delivered(&self, scopes: &Scopes<'_>, handover: Handover, delivery: Delivery) -> Result<Delivered, Problem> {
        let mut delivered = Delivered::default();
        let mut changes = handover.cookies;
        match handover.token {
            Some(TokenChange::Take(token)) => {
                let cookies = token_cookies(&token);
                // Whoever carries it, a token must fit into a cookie: else it would work for one client and not the other.
                for cookie in &cookies {
                    let dress = Dress { secure: true, ..scopes.dress };
                    cookies::write(cookie, scopes.app.clock.now(), dress)?;
                }
                if delivery == Delivery::Cookie || (delivery == Delivery::AsItCame && self.token_came_by_cookie) {
                    changes.extend(cookies);
                } else if scopes.deletes_credentials {
                    // It takes the token in the body. Cookies that contradict one another are of no use beside it.
                    changes.extend(self.forgotten(Presented::shows_several));
                }
                if delivery != Delivery::Cookie {
                    delivered.token = Some(token_body(&token));
                }
            }
            // A client that showed no cookie has none to be taken from it.
            Some(TokenChange::Forget) => changes.extend(self.forgotten(Presented::shows)),
            None => {}
        }
        for change in &changes {
            for value in scopes.written(change, &self.presented)? {
                delivered.headers.append(header::SET_COOKIE, value);
            }
        }
        Ok(delivered)
    }

    fn forgotten(&self, shown: impl Fn(&Presented, &str) -> bool) -> impl Iterator<Item = CookieChange> {
        let names = [TOKEN_COOKIE, REFRESH_COOKIE].into_iter().filter(move |name| shown(&self.presented, name));
        names.map(|name| CookieChange::Delete(name.to_owned()))
    }
}

/// Where the cookies of one request are kept, and how they are dressed.
#[derive(Debug)]
pub(super) struct Scopes<'a> {
    app: &'a App,
    host: &'a str,
    dress: Dress<'a>,
    /// At a login and a logout.
    deletes_credentials: bool,
}

impl<'a> Scopes<'a> {
    pub(super) fn of(app: &'a App, host: Option<&'a HeaderValue>) -> Self {
        let host = host.and_then(|host| host.to_str().ok()).unwrap_or_default();
        let attributes = &app.mechanism.card().cookies;
        let secure = attributes.secure.unwrap_or(app.secure_cookies).for_host(host);
        Self { app, host, dress: Dress { attributes, secure }, deletes_credentials: false }
    }

    /// The lines that make the change. What else a browser may keep under this name is deleted before: cookies that were shown
    /// several times, and where it is asked for, credentials that were shown.
    pub(super) fn written(&self, change: &CookieChange, presented: &Presented) -> Result<Vec<HeaderValue>, Problem> {
        let name = change.name();
        let several = presented.shows_several(name);
        let asked_for = self.deletes_credentials && self.is_credential(name) && presented.shows(name);
        let mut lines = vec![cookies::write(change, self.app.clock.now(), self.dress)?];
        if several || asked_for {
            for scope in other_scopes(name, self.host, self.dress.attributes, &self.app.former_cookie_scopes) {
                lines.push(cookies::write_deletion(name, &scope, self.dress)?);
            }
        }
        if matches!(change, CookieChange::Set(_)) {
            // Last: for some clients a cookie for the host and one for the host as a domain are the same.
            lines.rotate_left(1);
        }
        Ok(lines)
    }

    fn is_credential(&self, name: &str) -> bool {
        match &self.app.mechanism.card().scheme {
            Scheme::Cookie(credential) => credential == name,
            Scheme::Bearer => [TOKEN_COOKIE, REFRESH_COOKIE].contains(&name),
        }
    }
}

/// Cookies that were renewed on the way to the handler, by name: it sees these and no others of their names.
#[derive(Clone, Debug)]
pub(super) struct ShownInstead(pub(super) Vec<(String, Secret)>);

/// The access token first, and the refresh token beside it where there is a new one.
pub fn token_cookies(token: &Token) -> Vec<CookieChange> {
    let access = (TOKEN_COOKIE, &token.access_token, token.kept_for);
    let refresh = token.refresh_token.as_ref().map(|refresh| (REFRESH_COOKIE, &refresh.text, refresh.expires_in));
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

impl FromRequestParts<App> for Caller {
    type Rejection = Problem;

    async fn from_request_parts(parts: &mut Parts, app: &App) -> Result<Self, Problem> {
        let card = app.mechanism.card();
        let presented = present(parts, card)?;
        // Whatever else carries it: a cookie that kept the old token would contradict the new one.
        let token_came_by_cookie = card.carriers.contains(&Carrier::Bearer) && presented.shows(TOKEN_COOKIE);
        Ok(Self {
            presented,
            // Without a socket (a router called directly) every client is one and the same.
            address: parts
                .extensions
                .get::<ConnectInfo<SocketAddr>>()
                .map_or(IpAddr::V4(Ipv4Addr::UNSPECIFIED), |info| info.0.ip()),
            prefers_html: prefers_html(&parts.headers),
            host: parts.headers.get(header::HOST).cloned(),
            user_agent: parts.headers.get(header::USER_AGENT).cloned(),
            token_came_by_cookie,
        })
    }
}

/// Only what the mechanism takes is read: a credential by a carrier that is switched off does not exist.
fn present(parts: &Parts, card: &Card) -> Result<Presented, Problem> {
    let takes = |carrier| card.carriers.contains(&carrier);
    let cookies = if takes(Carrier::Cookie) { cookies::read(&parts.headers) } else { Cookies::default() };
    let bearer = if takes(Carrier::Bearer) { bearer(&parts.headers)? } else { None };
    let query = if takes(Carrier::Query) { query(parts.uri.query().unwrap_or_default())? } else { None };
    let mut presented = Presented::read(cookies, bearer, query);
    for (name, value) in parts.extensions.get::<ShownInstead>().iter().flat_map(|instead| &instead.0) {
        presented.replace_cookie(name, value);
    }
    Ok(presented)
}

/// `Authorization: Bearer` (RFC 6750 §2.1), the scheme in any case (RFC 9110 §11.1).
fn bearer(headers: &HeaderMap) -> Result<Option<Secret>, Problem> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err(malformed("send one Authorization header"));
    }
    let text = value.to_str().map_err(|_| malformed("the Authorization header is not plain text"))?;
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Ok(None);
    }
    // Without leaving early: many bytes are then compared at once, and a JWT has hundreds.
    let in_alphabet = token.bytes().fold(true, |so_far, byte| so_far & is_of_a_token(byte));
    if token.is_empty() || !in_alphabet {
        return Err(malformed("what follows `Bearer ` is not a token (RFC 6750 §2.1)"));
    }
    Ok(Some(Secret::new(token)))
}

/// `b64token` (RFC 6750 §2.1).
fn is_of_a_token(byte: u8) -> bool {
    // Beside the letters `-`, `.`, `/` and the digits are neighbours: few comparisons, since there are hundreds of bytes.
    byte.is_ascii_alphabetic() | matches!(byte, b'-'..=b'9' | b'+' | b'=' | b'_' | b'~')
}

/// `?token=`, once.
fn query(query: &str) -> Result<Option<Secret>, Problem> {
    let mut tokens = query.split('&').filter_map(|pair| pair.strip_prefix("token="));
    let first = tokens.next();
    if tokens.next().is_some() {
        return Err(malformed("send `token` once"));
    }
    Ok(first.map(Secret::new))
}

fn malformed(detail: &'static str) -> Problem {
    Problem::new(Kind::MalformedRequest, detail)
}

#[cfg(test)]
mod tests {
    use super::is_of_a_token;

    #[test]
    fn the_alphabet_is_that_of_rfc_6750() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";
        for byte in 0..=u8::MAX {
            assert_eq!(is_of_a_token(byte), alphabet.contains(&byte), "{byte:#x}");
        }
    }
}
