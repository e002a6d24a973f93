//! A `Set-Cookie` header, parsed as a browser does (RFC 6265 §5.2).

/// The `Expires` value that deletes a cookie without `Max-Age`.
const EPOCH: &str = "Thu, 01 Jan 1970 00:00:00 GMT";

#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct SetCookie {
    pub name: String,
    pub value: String,
    /// The attributes after the pair: names in lower case, values unchanged.
    attributes: Vec<(String, Option<String>)>,
    /// Bytes of name, value and attributes. Browsers limit this sum to 4,096.
    pub bytes: usize,
}

impl SetCookie {
    /// `None` for headers that a browser ignores too.
    pub fn parse(header: &str) -> Option<Self> {
        let mut parts = header.split(';').map(str::trim);
        let (name, value) = parts.next()?.split_once('=')?;
        let attributes = parts
            .filter(|part| !part.is_empty())
            .map(|part| match part.split_once('=') {
                Some((name, value)) => (name.trim().to_ascii_lowercase(), Some(value.trim().to_owned())),
                None => (part.to_ascii_lowercase(), None),
            })
            .collect();
        let (name, value) = (name.trim().to_owned(), value.trim().to_owned());
        Some(Self { name, value, attributes, bytes: header.len() })
    }

    /// Whether a flag such as `HttpOnly` is set; `attribute` is in lower case.
    pub fn has(&self, attribute: &str) -> bool {
        self.attributes.iter().any(|(name, _)| name == attribute)
    }

    /// The value of an attribute such as `Path`, in lower case. The last occurrence counts.
    pub fn attribute(&self, attribute: &str) -> Option<&str> {
        self.attributes.iter().rev().find(|(name, _)| name == attribute)?.1.as_deref()
    }

    /// `Max-Age` in seconds, if it is a number.
    pub fn max_age(&self) -> Option<i64> {
        self.attribute("max-age")?.parse().ok()
    }

    /// Whether the header deletes the cookie. `Max-Age` overrides `Expires`.
    pub fn deletes(&self) -> bool {
        match self.max_age() {
            Some(seconds) => seconds <= 0,
            None => self.attribute("expires") == Some(EPOCH),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::SetCookie;

    #[test]
    fn attributes_are_found_whatever_their_case() {
        let cookie = SetCookie::parse("a=b=c; HTTPONLY; Path=/; max-age=60; SameSite=Lax").unwrap();
        assert_eq!((cookie.name.as_str(), cookie.value.as_str()), ("a", "b=c"));
        assert!(cookie.has("httponly"));
        assert_eq!(cookie.attribute("path"), Some("/"));
        assert_eq!(cookie.attribute("samesite"), Some("Lax"));
        assert_eq!(cookie.max_age(), Some(60));
    }

    #[test]
    fn a_cookie_is_deleted_by_its_age_or_by_the_epoch() {
        for header in ["a=; Max-Age=0", "a=\"\"; Max-Age=-1", "a=; Expires=Thu, 01 Jan 1970 00:00:00 GMT"] {
            assert!(SetCookie::parse(header).unwrap().deletes(), "{header}");
        }
        assert!(!SetCookie::parse("a=; Max-Age=5; Expires=Thu, 01 Jan 1970 00:00:00 GMT").unwrap().deletes());
    }

    #[test]
    fn what_is_no_pair_is_ignored() {
        assert_eq!(SetCookie::parse("HttpOnly; Path=/"), None);
    }
}
