//! The headers that every answer carries.

use axum::extract::Request;
use http::{HeaderMap, HeaderName, HeaderValue, Uri, header};

use crate::{App, door::Caller};

/// Pages load their own style sheet and send forms home; nothing else.
const CONTENT_SECURITY_POLICY: &str = "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; \
                                       frame-ancestors 'none'; base-uri 'none'";
const ALWAYS: [(HeaderName, &str); 3] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (header::CONTENT_SECURITY_POLICY, CONTENT_SECURITY_POLICY),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
];

/// What depends on the request.
pub(super) struct AnswerHeaders {
    secure: bool,
    referrer_policy: HeaderValue,
}

impl AnswerHeaders {
    pub(super) fn new(app: &App, caller: &Caller, request: &Request) -> Self {
        Self { secure: caller.is_secure(app.door.secure_cookies), referrer_policy: referrer_policy(request.uri()) }
    }

    pub(super) fn put_on(self, app: &App, headers: &mut HeaderMap) {
        // Room for all of them at once, and for the request's id.
        headers.reserve(ALWAYS.len() + 4);
        for (name, value) in ALWAYS {
            headers.insert(name, HeaderValue::from_static(value));
        }
        headers.insert(header::REFERRER_POLICY, self.referrer_policy);
        if self.secure {
            // Browsers heed it over TLS alone, and there it keeps the cookie from ever going out in the clear.
            headers.insert(header::STRICT_TRANSPORT_SECURITY, HeaderValue::from_static("max-age=31536000"));
        }
        forbid_caching(headers);
        if app.draining.has_begun() {
            headers.insert(header::CONNECTION, HeaderValue::from_static("close"));
        }
    }
}

/// No address of ours leaves this site; one that holds a token goes nowhere at all (RFC 6750 §5.3). With `no-referrer` for
/// all, browsers would send our own forms with `Origin: null`, and they would be refused as another site's.
fn referrer_policy(uri: &Uri) -> HeaderValue {
    let holds_token = uri.query().is_some_and(|query| query.split('&').any(|pair| pair.starts_with("token=")));
    HeaderValue::from_static(if holds_token { "no-referrer" } else { "same-origin" })
}

/// Any answer may depend on the login, unless its handler said otherwise; and whatever the handler said, no cache keeps a cookie.
fn forbid_caching(headers: &mut HeaderMap) {
    const NO_STORE: HeaderValue = HeaderValue::from_static("no-store");
    if headers.contains_key(header::SET_COOKIE) {
        headers.insert(header::CACHE_CONTROL, NO_STORE);
    } else {
        headers.entry(header::CACHE_CONTROL).or_insert(NO_STORE);
    }
}

#[cfg(test)]
mod tests {
    use http::{HeaderMap, HeaderValue, header};

    use super::forbid_caching;

    #[test]
    fn what_carries_a_credential_is_kept_by_no_cache_whatever_its_handler_said() {
        let mut headers = HeaderMap::new();
        headers.insert(header::CACHE_CONTROL, HeaderValue::from_static("public, max-age=300"));
        forbid_caching(&mut headers);
        assert_eq!(headers[header::CACHE_CONTROL], "public, max-age=300");
        headers.insert(header::SET_COOKIE, HeaderValue::from_static("token=x"));
        forbid_caching(&mut headers);
        assert_eq!(headers[header::CACHE_CONTROL], "no-store");
    }
}
