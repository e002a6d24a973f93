//! Cookies on the wire: reading `Cookie`, writing `Set-Cookie`, with the attributes decided here alone.

use std::{fmt::Write as _, time::Duration};

use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;

use crate::{
    clock::after,
    django::cookie_value,
    handover::{CookieChange, NewCookie},
    http::problem::Problem,
    secret::Secret,
};

/// What browsers keep of one cookie, its name and attributes included (RFC 6265 §6.1).
pub const BIGGEST_COOKIE: usize = 4_096;
/// Browsers cut longer lifetimes to this (RFC 6265bis §5.5).
const LONGEST_LIFETIME: Duration = Duration::from_hours(400 * 24);

/// Whether cookies are sent over TLS alone.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, clap::ValueEnum)]
pub enum SecureCookies {
    /// Yes, unless the client called the service by a loopback name.
    #[default]
    Auto,
    On,
    Off,
}

impl SecureCookies {
    /// For a request that named this host.
    pub fn for_host(self, host: &str) -> bool {
        match self {
            Self::On => true,
            Self::Off => false,
            Self::Auto => !is_loopback(host),
        }
    }
}

fn is_loopback(host: &str) -> bool {
    let name = match host.rsplit_once(':') {
        Some((name, port)) if port.bytes().all(|byte| byte.is_ascii_digit()) => name,
        _ => host,
    };
    name == "localhost"
        || name.ends_with(".localhost")
        || name == "[::1]"
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
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
pub fn write(change: &CookieChange, now: Timestamp, secure: bool) -> Result<HeaderValue, Problem> {
    let line = match change {
        CookieChange::Set(cookie) => set(cookie, now, secure)?,
        CookieChange::Delete(name) => delete(name, secure),
    };
    if line.len() > BIGGEST_COOKIE {
        return Err(Problem::too_large("a cookie, its name and attributes included,", BIGGEST_COOKIE));
    }
    let mut value = HeaderValue::from_str(&line).map_err(|_| not_a_cookie())?;
    value.set_sensitive(true);
    Ok(value)
}

/// In the order in which Django writes them.
fn set(cookie: &NewCookie, now: Timestamp, secure: bool) -> Result<String, Problem> {
    let value = cookie_value::quote(cookie.value.expose()).ok_or_else(not_a_cookie)?;
    let mut line = format!("{}={value}", cookie.name);
    let max_age = cookie.max_age.map(|max_age| max_age.min(LONGEST_LIFETIME));
    if let Some(max_age) = max_age {
        let expires = after(now, max_age).strftime("%a, %d %b %Y %H:%M:%S GMT");
        // Writing to a String cannot fail.
        let _ = write!(line, "; expires={expires}");
    }
    line.push_str("; HttpOnly");
    if let Some(max_age) = max_age {
        let _ = write!(line, "; Max-Age={}", max_age.as_secs());
    }
    line.push_str("; Path=/; SameSite=Lax");
    if secure {
        line.push_str("; Secure");
    }
    Ok(line)
}

/// With the attributes it was set with: a browser takes anything else for another cookie.
fn delete(name: &str, secure: bool) -> String {
    let secure = if secure { "; Secure" } else { "" };
    format!("{name}=\"\"; expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path=/; SameSite=Lax{secure}")
}

fn not_a_cookie() -> Problem {
    Problem::new(crate::http::problem::Kind::InvalidInput, "a cookie cannot hold this text")
}

#[cfg(test)]
mod tests {
    use super::SecureCookies;

    #[test]
    fn cookies_need_tls_everywhere_but_at_home() {
        for host in ["127.0.0.1:8001", "localhost", "localhost:8001", "[::1]:8001", "cookie.localhost:80", "127.9.9.9"]
        {
            assert!(!SecureCookies::Auto.for_host(host), "{host}");
        }
        for host in
            ["example.com", "example.com:8001", "127.0.0.1.example.com", "localhost.example.com", "10.0.0.1", ""]
        {
            assert!(SecureCookies::Auto.for_host(host), "{host}");
        }
    }
}
