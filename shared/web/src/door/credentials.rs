//! The credentials of a request: cookies, bearer token and `?token=`, as far as the mechanism takes them.

use authlab_mechanism::{
    login::{Card, Carrier},
    presented::{Cookies, Presented},
};
use authlab_secrets::Secret;
use axum::extract::Request;
use http::{HeaderMap, header};

use super::cookies;

/// What cannot be read, and what to send instead.
pub(super) type Unreadable = &'static str;

/// Reads only what the mechanism takes: a credential by a carrier that is switched off does not exist.
pub(super) fn read(request: &Request, card: &Card) -> Result<Presented, Unreadable> {
    let headers = request.headers();
    let takes = |carrier| card.carriers.contains(&carrier);
    let cookies = if takes(Carrier::Cookie) { cookies::read(headers) } else { Cookies::default() };
    let bearer = if takes(Carrier::Bearer) { bearer(headers)? } else { None };
    let query = if takes(Carrier::Query) { query(request.uri().query().unwrap_or_default())? } else { None };
    Ok(Presented::read(cookies, bearer, query))
}

/// `Authorization: Bearer` (RFC 6750 §2.1), the scheme in any case (RFC 9110 §11.1).
fn bearer(headers: &HeaderMap) -> Result<Option<Secret>, Unreadable> {
    let mut values = headers.get_all(header::AUTHORIZATION).iter();
    let Some(value) = values.next() else { return Ok(None) };
    if values.next().is_some() {
        return Err("send one Authorization header");
    }
    let text = value.to_str().map_err(|_| "the Authorization header is not plain text")?;
    let (scheme, token) = text.split_once(' ').unwrap_or((text, ""));
    if !scheme.eq_ignore_ascii_case("bearer") {
        return Ok(None);
    }
    // Without an early end: then many bytes are compared at once, and a JWT has hundreds.
    let in_alphabet = token.bytes().fold(true, |so_far, byte| so_far & is_token_byte(byte));
    if token.is_empty() || !in_alphabet {
        return Err("what follows `Bearer ` is not a token (RFC 6750 §2.1)");
    }
    Ok(Some(Secret::new(token)))
}

/// `b64token` (RFC 6750 §2.1).
fn is_token_byte(byte: u8) -> bool {
    // `-`, `.`, `/` and the digits are neighbours: few comparisons for each byte.
    byte.is_ascii_alphabetic() | matches!(byte, b'-'..=b'9' | b'+' | b'=' | b'_' | b'~')
}

/// `?token=`, once.
fn query(query: &str) -> Result<Option<Secret>, Unreadable> {
    let mut tokens = query.split('&').filter_map(|pair| pair.strip_prefix("token="));
    let first = tokens.next();
    if tokens.next().is_some() {
        return Err("send `token` once");
    }
    Ok(first.map(Secret::new))
}

#[cfg(test)]
mod tests {
    use super::is_token_byte;

    #[test]
    fn the_alphabet_is_that_of_rfc_6750() {
        let alphabet = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789-._~+/=";
        for byte in 0..=255 {
            assert_eq!(is_token_byte(byte), alphabet.contains(&byte), "{byte}");
        }
    }
}
