//! A browser stays logged in past the end of its access token: the next pair is bought on the way to the handler, which never
//! sees the token that has ended, and goes out with whatever the answer is.
//!
//! A page cannot do it: no script runs in ours, and one that could read a refresh token could be made to give it away. Several
//! tabs at once are no harm: within the grace each is told the same successor.
//!
//! Only on routes that take a login: an answer that caches keep must not carry a credential, and a probe must not depend on a
//! store because of a cookie.

use axum::extract::Request;
use http::{HeaderMap, HeaderValue, header};

use authlab_mechanism::{handover::{CookieChange, REFRESH_COOKIE}, presented::Presented};
use crate::{App, carriage::{Scopes, ShownInstead, token_cookies}, cookies, problem::Problem, white_space::trimmed};

/// What goes out with the answer, by the names of the cookies.
pub(super) struct Renewed(Vec<(String, Vec<HeaderValue>)>);

/// Puts a fresh token into the place of an expired one.
pub(super) async fn renew(app: &App, request: &mut Request) -> Result<Option<Renewed>, Problem> {
    let Ok(tokens) = app.mechanism.tokens() else { return Ok(None) };
    if !shows_refresh_token(request.headers()) {
        return Ok(None);
    }
    let presented = Presented::read(cookies::read(request.headers()), None, None);
    let Some(token) = tokens.renew_expired(&presented).await? else { return Ok(None) };
    let scopes = Scopes::of(app, request.headers().get(header::HOST));
    let (mut renewed, mut shown) = (Vec::new(), Vec::new());
    for change in token_cookies(&token) {
        let written = scopes.written(&change, &presented)?;
        if let CookieChange::Set(cookie) = change {
            renewed.push((cookie.name.clone(), written));
            shown.push((cookie.name, cookie.value));
        }
    }
    request.extensions_mut().insert(ShownInstead(shown));
    Ok(Some(Renewed(renewed)))
}

impl Renewed {
    /// What the handler set or deleted by itself is newer.
    pub(super) fn put_on(self, headers: &mut HeaderMap) {
        for (name, lines) in self.0 {
            let is_it = |set: &HeaderValue| set.as_bytes().split(|byte| *byte == b'=').next() == Some(name.as_bytes());
            if !headers.get_all(header::SET_COOKIE).iter().any(is_it) {
                for line in lines {
                    headers.append(header::SET_COOKIE, line);
                }
            }
        }
    }
}

/// Nearly every request ends here. One with a header of its own renews its token by itself.
fn shows_refresh_token(headers: &HeaderMap) -> bool {
    let name = |pair: &[u8]| pair.split(|byte| *byte == b'=').next().map(trimmed) == Some(REFRESH_COOKIE.as_bytes());
    !headers.contains_key(header::AUTHORIZATION)
        && headers.get_all(header::COOKIE).iter().any(|line| line.as_bytes().split(|byte| *byte == b';').any(name))
}
