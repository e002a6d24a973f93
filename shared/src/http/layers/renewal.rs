//! A browser stays logged in past the end of its access token: the next pair is bought on the way to the handler, which never
//! sees the token that has ended, and goes out with whatever the answer is.
//!
//! A page cannot do it: no script runs in ours, and one that could read a refresh token could be made to give it away. Several
//! tabs at once are no harm: within the grace each is told the same successor.

use axum::extract::Request;
use http::{HeaderMap, HeaderValue, header};

use crate::{
    handover::{CookieChange, NewCookie, REFRESH_COOKIE},
    http::{
        App,
        carriage::token_cookies,
        cookies::{self, Dress},
        problem::Problem,
    },
    presented::Presented,
};

/// What goes out with the answer, by the names of the cookies.
pub(super) struct Renewed(Vec<(String, HeaderValue)>);

/// Puts a fresh token into the place of an expired one.
pub(super) async fn renew(app: &App, request: &mut Request) -> Result<Option<Renewed>, Problem> {
    let Ok(tokens) = app.mechanism.tokens() else { return Ok(None) };
    if !shows_refresh_token(request.headers()) {
        return Ok(None);
    }
    let presented = Presented::new(cookies::read(request.headers()), None, None);
    let Some(token) = tokens.renew_expired(&presented).await? else { return Ok(None) };
    let host = request.headers().get(header::HOST).and_then(|host| host.to_str().ok()).unwrap_or_default();
    let attributes = &app.mechanism.card().cookies;
    let dress = Dress { attributes, secure: attributes.secure.unwrap_or(app.secure_cookies).for_host(host) };
    let mut renewed = Vec::new();
    for change in token_cookies(&token) {
        let written = cookies::write(&change, app.clock.now(), dress)?;
        if let CookieChange::Set(cookie) = change {
            show(request.headers_mut(), &cookie);
            renewed.push((cookie.name, written));
        }
    }
    Ok(Some(Renewed(renewed)))
}

impl Renewed {
    /// What the handler set or deleted by itself is newer.
    pub(super) fn put_on(self, headers: &mut HeaderMap) {
        for (name, value) in self.0 {
            let is_it = |set: &HeaderValue| set.to_str().is_ok_and(|set| set.split('=').next() == Some(&name));
            if !headers.get_all(header::SET_COOKIE).iter().any(is_it) {
                headers.append(header::SET_COOKIE, value);
            }
        }
    }
}

/// Nearly every request ends here. One with a header of its own renews its token by itself.
fn shows_refresh_token(headers: &HeaderMap) -> bool {
    let is_it =
        |pair: &[u8]| pair.trim_ascii_start().split(|byte| *byte == b'=').next() == Some(REFRESH_COOKIE.as_bytes());
    !headers.contains_key(header::AUTHORIZATION)
        && headers.get_all(header::COOKIE).iter().any(|line| line.as_bytes().split(|byte| *byte == b';').any(is_it))
}

/// The request shows this cookie, and none other of its name.
fn show(headers: &mut HeaderMap, cookie: &NewCookie) {
    let others = headers.get_all(header::COOKIE).iter().filter_map(|line| line.to_str().ok());
    let others = others.flat_map(|line| line.split(';')).map(str::trim);
    let others = others.filter(|pair| pair.split('=').next() != Some(&cookie.name));
    let own = format!("{}={}", cookie.name, cookie.value.expose());
    let line = others.map(str::to_owned).chain([own]).collect::<Vec<_>>().join("; ");
    if let Ok(mut line) = HeaderValue::from_str(&line) {
        line.set_sensitive(true);
        headers.insert(header::COOKIE, line);
    }
}
