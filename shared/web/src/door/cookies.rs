//! Reads `Cookie` and writes `Set-Cookie`, with the attributes that the mechanism's card names.

use std::{fmt::Write as _, time::Duration};

use authlab_clock::after;
use authlab_django_signing::cookie_value;
use authlab_mechanism::{
    cookie_attributes::{CookieAttributes, MAX_COOKIE_SIZE},
    handover::{CookieChange, NewCookie},
    presented::Cookies,
};
use authlab_server::white_space::trimmed;
use http::{HeaderMap, HeaderValue, header};
use jiff::Timestamp;
use zeroize::Zeroizing;

use super::cookie_scopes::CookieScope;
use crate::problem::Problem;

/// Browsers shorten longer lifetimes to this (RFC 6265bis §5.5).
const MAX_COOKIE_LIFETIME: Duration = Duration::from_hours(400 * 24);

/// The attributes of cookies in the answer to one request.
#[derive(Clone, Copy, Debug)]
pub struct CookieContext<'a> {
    pub attributes: &'a CookieAttributes,
    /// Whether this client sends the cookie over TLS only.
    pub secure: bool,
}

/// Every cookie in every `Cookie` header (HTTP/2 may split them, RFC 6265bis §4.2.1), unquoted.
///
/// The lines are bytes, since any site of the domain may have set their content. A pair that is not UTF-8 is skipped. Only SP and HTAB
/// are trimmed: other white space belongs to the name, and a browser did not check such a name for `__Host-`.
pub fn read(headers: &HeaderMap) -> Cookies {
    let lines = || headers.get_all(header::COOKIE).iter().map(HeaderValue::as_bytes);
    let mut cookies = Cookies::with_capacity(lines().map(<[u8]>::len).sum());
    for pair in lines().flat_map(|line| line.split(|byte| *byte == b';')) {
        let Some((name, value)) = name_and_value(pair) else { continue };
        if value.starts_with('"') {
            cookies.push(name, &Zeroizing::new(cookie_value::unquote(value)));
        } else {
            cookies.push(name, value);
        }
    }
    cookies
}

fn name_and_value(pair: &[u8]) -> Option<(&str, &str)> {
    let (name, value) = pair.split_at(pair.iter().position(|byte| *byte == b'=')?);
    let text = |bytes| std::str::from_utf8(trimmed(bytes)).ok();
    Some((text(name)?, text(&value[1..])?))
}

/// The `Set-Cookie` that makes the change; 413 if a browser would not keep it whole.
pub fn write(change: &CookieChange, now: Timestamp, context: CookieContext<'_>) -> Result<HeaderValue, Problem> {
    let line = match change {
        CookieChange::Set(cookie) => set(cookie, now, context)?,
        CookieChange::Delete(name) => delete(name, &CookieScope::new(context.attributes), context),
    };
    if line.len() > MAX_COOKIE_SIZE {
        return Err(Problem::too_large("a cookie, its name and attributes included,", MAX_COOKIE_SIZE));
    }
    let mut value = HeaderValue::from_str(&line).map_err(|_| not_a_cookie())?;
    value.set_sensitive(true);
    Ok(value)
}

/// Writes the attributes in Django's order.
fn set(cookie: &NewCookie, now: Timestamp, context: CookieContext<'_>) -> Result<String, Problem> {
    let value = cookie_value::quote(cookie.value.expose()).ok_or_else(not_a_cookie)?;
    let CookieAttributes { same_site, domain, path, .. } = context.attributes;
    let mut line = format!("{}={value}", cookie.name);
    let max_age = cookie.max_age.map(|max_age| max_age.min(MAX_COOKIE_LIFETIME));
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
    if context.secure {
        line.push_str("; Secure");
    }
    Ok(line)
}

/// The `Set-Cookie` that deletes a cookie of this name in another scope than its own.
pub fn write_deletion(name: &str, scope: &CookieScope, context: CookieContext<'_>) -> Result<HeaderValue, Problem> {
    HeaderValue::from_str(&delete(name, scope, context)).map_err(|_| not_a_cookie())
}

/// Names the scope in which the cookie was set: another scope would name another cookie.
fn delete(name: &str, scope: &CookieScope, context: CookieContext<'_>) -> String {
    let CookieScope { domain, path } = scope;
    let domain = domain.as_ref().map_or(String::new(), |domain| format!("; Domain={domain}"));
    let secure = if context.secure { "; Secure" } else { "" };
    format!(
        "{name}=\"\"{domain}; expires=Thu, 01 Jan 1970 00:00:00 GMT; HttpOnly; Max-Age=0; Path={path}; SameSite={}{secure}",
        context.attributes.same_site.name()
    )
}

fn not_a_cookie() -> Problem {
    Problem::new(crate::problem::Kind::InvalidInput, "a cookie cannot hold this text; use other characters")
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header::COOKIE};
    use proptest::prelude::*;

    use super::read;

    fn pairs(lines: &[&[u8]]) -> Vec<(String, String)> {
        let lines = lines.iter().map(|line| (COOKIE, HeaderValue::from_bytes(line).unwrap()));
        let cookies = read(&lines.collect::<HeaderMap>());
        cookies.iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
    }

    fn pair(name: &str, value: &str) -> (String, String) {
        (name.to_owned(), value.to_owned())
    }

    #[test]
    fn a_pair_that_is_no_text_is_left_out_and_the_others_count() {
        let line = b"theirs=caf\xe9; id=1;\tx = \"a\\073b\" ; \xff=2; nothing; =3";
        assert_eq!(pairs(&[line]), [pair("id", "1"), pair("x", "a;b"), pair("", "3")]);
        assert_eq!(pairs(&[b"a=\xff", b"b=2"]), [pair("b", "2")]);
    }

    #[test]
    fn no_white_space_but_space_and_tab_is_trimmed() {
        for space in ["\u{2000}", "\u{a0}", "\u{3000}", "\u{2028}", "\u{85}", "\u{feff}"] {
            let (name, value) = (format!("{space}__Host-sessionid"), format!("ID{space}"));
            let line = format!("{name}={value}; \t__Host-sessionid = ID ");
            let read = pairs(&[line.as_bytes()]);
            assert_eq!(read, [pair(&name, &value), pair("__Host-sessionid", "ID")], "{space:?}");
        }
    }

    proptest! {
        /// Compares with a slow and simple reading.
        #[test]
        fn every_line_is_read_as_rfc_6265_says(line in prop::collection::vec(prop::sample::select(b"ab=;\" \t\\\xc3\xa9\xff1".to_vec()), 0..60)) {
            let text = |bytes: &[u8]| String::from_utf8(bytes.to_vec()).ok();
            let mut expected = Vec::new();
            for pair in line.split(|byte| *byte == b';') {
                let Some(at) = pair.iter().position(|byte| *byte == b'=') else { continue };
                let (Some(name), Some(value)) = (text(&pair[..at]), text(&pair[at + 1..])) else { continue };
                let trim = |text: &str| text.trim_matches([' ', '\t']).to_owned();
                expected.push((trim(&name), authlab_django_signing::cookie_value::unquote(&trim(&value))));
            }
            // The HTTP library has already trimmed the ends of the header.
            prop_assert_eq!(pairs(&[&line]), expected);
        }
    }
}
