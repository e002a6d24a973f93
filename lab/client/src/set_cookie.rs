//! One `Set-Cookie` header, as the crate `cookie` reads it: a reading of RFC 6265 that shares no code with the services.

use std::ops::Deref;

use cookie::{
    Cookie,
    time::{Duration, OffsetDateTime},
};

#[derive(Clone, Debug, PartialEq)]
pub struct SetCookie(Cookie<'static>);

impl SetCookie {
    /// `None` for a header that a browser ignores. The value keeps its quotes, and nothing is percent-decoded.
    pub fn parse(header: &str) -> Option<Self> {
        Cookie::parse(header.to_owned()).ok().map(Self)
    }

    /// Whether the header deletes the cookie; `Max-Age` has precedence over `Expires`.
    pub fn deletes(&self) -> bool {
        match self.max_age() {
            Some(age) => age <= Duration::ZERO,
            None => self.expires_datetime().is_some_and(|end| end <= OffsetDateTime::now_utc()),
        }
    }
}

impl From<Cookie<'static>> for SetCookie {
    fn from(cookie: Cookie<'static>) -> Self {
        Self(cookie)
    }
}

impl Deref for SetCookie {
    type Target = Cookie<'static>;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

#[cfg(test)]
mod tests {
    use super::SetCookie;

    #[test]
    fn a_value_is_read_byte_by_byte() {
        let cookie = SetCookie::parse("a=\"b=c%20\\073\"; HTTPONLY; Path=/; max-age=60").unwrap();
        assert_eq!((cookie.name(), cookie.value()), ("a", "\"b=c%20\\073\""));
    }

    #[test]
    fn a_cookie_is_deleted_by_its_age_or_by_the_epoch() {
        for header in ["a=; Max-Age=0", "a=\"\"; Max-Age=-1", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"] {
            assert!(SetCookie::parse(header).unwrap().deletes(), "{header}");
        }
        assert!(!SetCookie::parse("a=; Max-Age=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT").unwrap().deletes());
    }

    #[test]
    fn a_header_without_a_pair_is_ignored() {
        assert_eq!(SetCookie::parse("HttpOnly; Path=/"), None);
    }
}
