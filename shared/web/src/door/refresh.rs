//! Keeps a browser logged in past the end of its access token: the token is refreshed before the handler runs, and the answer carries
//! the new cookies.
//!
//! A page cannot refresh: our pages run no script, and a script that can read a refresh token can be made to give it away. Several
//! tabs at once do no harm: within the grace period each gets the same successor.

use authlab_mechanism::{handover::CookieChange, login::Scheme};
use http::{HeaderMap, HeaderValue, header};

use super::{
    Caller, Door,
    delivery::{Scopes, token_cookies},
};
use crate::problem::Problem;

/// A request that has passed the door, and what its answer must carry: the `Set-Cookie` lines of a refresh, by the names of the cookies.
#[derive(Debug, Default)]
pub struct Opened(Vec<(String, Vec<HeaderValue>)>);

/// Puts a fresh token into the place of an expired one. A client that presents a bearer token refreshes by itself.
pub(super) async fn refresh(door: &Door, caller: &mut Caller) -> Result<Opened, Problem> {
    let mut opened = Opened::default();
    let Scheme::Bearer(names) = door.mechanism.card().scheme else { return Ok(opened) };
    let Ok(tokens) = door.mechanism.tokens() else { return Ok(opened) };
    if caller.presented.bearer().is_some() || !tokens.shows_refresh_token(&caller.presented) {
        return Ok(opened);
    }
    let Some(token) = tokens.refresh_expired(&caller.presented).await? else { return Ok(opened) };
    for change in token_cookies(names, &token) {
        let lines = Scopes::new(door, caller, false).written(&change, &caller.presented)?;
        if let CookieChange::Set(cookie) = change {
            caller.presented.replace_cookie(&cookie.name, &cookie.value);
            opened.0.push((cookie.name, lines));
        }
    }
    Ok(opened)
}

impl Opened {
    /// Adds the lines to the answer, except where the handler set or deleted a cookie of that name: its line is newer.
    pub fn close(self, headers: &mut HeaderMap) {
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
