//! Cookies on the wire: reading `Cookie`, writing `Set-Cookie`, dressed as the mechanism's card says.

use std::{fmt::Write as _, time::Duration};

use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;

use crate::{
    clock::after,
    cookie_attributes::CookieAttributes,
    django::cookie_value,
    handover::{CookieChange, NewCookie},
    http::problem::Problem,
    secret::Secret,
};

/// What browsers keep of one cookie, its name and attributes included (RFC 6265 §6.1).
pub const BIGGEST_COOKIE: usize = 4_096;
/// Browsers cut longer lifetimes to this (RFC 6265bis §5.5).
const LONGEST_LIFETIME: Duration = Duration::from_hours(400 * 24);

/// What a cookie wears in the answer to one request.
#[derive(Clone, Copy, Debug)]
pub struct Dress<'a> {
    pub attributes: &'a CookieAttributes,
    /// Whether this client is to send it over TLS alone.
    pub secure: bool,
}

/// Every cookie in every `Cookie` header (HTTP/2 may split them, RFC 6265bis §4.2.1), unquoted.
pub fn read(headers: &HeaderMap) -> Vec<(String, Secret)> {
    headers
        .get_all(header::COOKIE)
        .iter()
        .filter_map(|value| std::str::from_utf8(value.as_bytes()).ok())
        .flat_map(|line| line.split(';'))
        .filter_map(|pair| pair.split_once('='))
        .map(|(name, value)| (name.trim().to_owned(), Secret::new(cookie_value::unquote(value.trim()))))
        .collect()
}

/// The `Set-Cookie` that makes the change; 413 if a browser would not keep it whole.
pub fn write(change: &CookieChange, now: Timestamp, dress: Dress<'_>) -> Result<HeaderValue, Problem> {
    let line = match change {
        CookieChange::Set(cookie) => set(cookie, now, dress)?,
        CookieChange::Delete(name) => delete(name, dress),
    };
    if line.len() > BIGGEST_COOKIE {
        return Err(Problem::too_large("a cookie, its name and attributes included,", BIGGEST_COOKIE));
    }
    let mut value = HeaderValue::from_str(&line).map_err(|_| not_a_cookie())?;
    value.set_sensitive(true);
    Ok(value)
}

/// In the order in which Django writes them.
fn set(cookie: &NewCookie, now: Timestamp, dress: Dress<'_>) -> Result<String, Problem> {
    let value = cookie_value::quote(cookie.value.expose()).ok_or_else(not_a_cookie)?;
    let CookieAttributes { same_site, domain, path, .. } = dress.attributes;
    let mut line = format!("{}={value}", cookie.name);
    let max_age = cookie.max_age.map(|max_age| max_age.min(LONGEST_LIFETIME));
    // Writing to a String cannot fail.
    if let Some(domain) = domain {
        let _ = write!(line, "; Domain={domain}");
    }
    if let Some(max_age) = max_age {
        let expires = after(now, max_age).strftime("%a, %d %b %Y %H:%M:%S GMT");
        let _ = write!(line, "; expires={expires}");
    }
    line.push_str("; HttpOnly");
    if let Some(max_age) = max_age {
        let _ = write!(line, "; Max-Age={}", max_age.as_secs());
    }
    let _ = write!(line, "; Path={path}; SameSite={}", same_site.name());
    if dress.secure {
        line.push_str("; Secure");
    }
    Ok(line)
}

/// With the attributes it was set with: a browser takes anything else for another cookie.
fn delete(name: &str, dress: Dress<'_>) -> String {
    let CookieAttributes { same_site, domain, path, .. } = dress.attributes;
    let domain = domain.as_ref().map_or(String::new(), |domain| format!("; Domain={domain}"));
    let secure = if dress.secure { "; Secure" } else { "" };
    format!(
        "{name}=\"\"{domain}; expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path={path}; SameSite={}{secure}",
        same_site.name()
    )
}

fn not_a_cookie() -> Problem {
    Problem::new(crate::http::problem::Kind::InvalidInput, "a cookie cannot hold this text")
}
