//! The attributes of a mechanism's cookies (RFC 6265bis §4.1.2), and the combinations that browsers reject.

use std::borrow::Cow;

/// Bytes that browsers keep of one cookie, its name and attributes included (RFC 6265 §6.1).
pub const MAX_COOKIE_SIZE: usize = 4_096;

/// The attributes of all cookies of a mechanism. `HttpOnly` is not among them: every cookie has it.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieAttributes {
    /// `None`: as `COOKIE_SECURE` says for the whole service.
    pub secure: Option<SecureCookies>,
    pub same_site: SameSite,
    /// `None`: only the host that set the cookie.
    pub domain: Option<String>,
    pub path: Cow<'static, str>,
}

/// Whether cookies are sent over TLS only.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SecureCookies {
    /// Yes, unless the client called the service by a loopback name.
    #[default]
    Auto,
    On,
    Off,
}

/// Whether browsers send cookies with requests that another site started.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
pub enum SameSite {
    /// With no such request, not even when the user follows a link.
    Strict,
    /// Only when the user follows a link.
    #[default]
    Lax,
    /// With every such request; browsers require `Secure` for this.
    None,
}

/// A cookie that browsers would drop, or keep with another meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum Contradiction {
    #[error("a cookie's name is letters, digits and any of !#$%&'*+-.^_`|~ (RFC 6265 §4.1.1)")]
    Name,
    #[error("a cookie's path starts with `/` and holds neither `;` nor control characters")]
    Path,
    #[error("a cookie's domain is a host name such as `example.com`")]
    Domain,
    #[error("a cookie with SameSite=None is dropped by browsers unless it is Secure; switch Secure on")]
    NoneWithoutSecure,
    #[error("a cookie called `__Host-…` or `__Secure-…` is dropped by browsers unless it is Secure; switch Secure on")]
    PrefixWithoutSecure,
    #[error("a cookie called `__Host-…` is dropped by browsers if it has a domain; leave the domain out")]
    HostWithDomain,
    #[error("a cookie called `__Host-…` is dropped by browsers unless its path is `/`")]
    HostWithPath,
}

impl CookieAttributes {
    /// `Path=/; SameSite=Lax`, and `Secure` as `COOKIE_SECURE` says.
    pub const DEFAULT: Self = Self { secure: None, same_site: SameSite::Lax, domain: None, path: Cow::Borrowed("/") };

    /// Whether a browser would keep a cookie of this name, given what `COOKIE_SECURE` says.
    pub fn check(&self, name: &str, cookie_secure: SecureCookies) -> Result<(), Contradiction> {
        let always_secure = self.secure.unwrap_or(cookie_secure) == SecureCookies::On;
        let begins = |prefix: &str| name.get(..prefix.len()).is_some_and(|found| found.eq_ignore_ascii_case(prefix));
        let host = begins("__Host-");
        let wrong = [
            (!is_token(name), Contradiction::Name),
            (!is_path(&self.path), Contradiction::Path),
            (self.domain.as_deref().is_some_and(|domain| !is_domain(domain)), Contradiction::Domain),
            (self.same_site == SameSite::None && !always_secure, Contradiction::NoneWithoutSecure),
            ((host || begins("__Secure-")) && !always_secure, Contradiction::PrefixWithoutSecure),
            (host && self.domain.is_some(), Contradiction::HostWithDomain),
            (host && self.path != "/", Contradiction::HostWithPath),
        ];
        wrong.into_iter().find(|(is_wrong, _)| *is_wrong).map_or(Ok(()), |(_, contradiction)| Err(contradiction))
    }
}

impl SecureCookies {
    /// Whether cookies are `Secure` in an answer to a request for this host.
    pub fn is_secure(self, is_local: bool) -> bool {
        match self {
            Self::On => true,
            Self::Off => false,
            Self::Auto => !is_local,
        }
    }
}

impl SameSite {
    /// The value in `Set-Cookie`.
    pub fn name(self) -> &'static str {
        match self {
            Self::Strict => "Strict",
            Self::Lax => "Lax",
            Self::None => "None",
        }
    }
}

/// Whether a `Host` header names this machine.
pub fn is_loopback(host: &str) -> bool {
    let name = host.trim_end_matches(|letter: char| letter.is_ascii_digit()).strip_suffix(':').unwrap_or(host);
    name == "localhost"
        || name.ends_with(".localhost")
        || name == "[::1]"
        || name.parse::<std::net::Ipv4Addr>().is_ok_and(|address| address.is_loopback())
}

/// RFC 9110 §5.6.2.
fn is_token(name: &str) -> bool {
    !name.is_empty() && name.bytes().all(|byte| byte.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&byte))
}

pub fn is_path(path: &str) -> bool {
    path.starts_with('/') && path.bytes().all(|byte| (b' '..=b'~').contains(&byte) && byte != b';')
}

pub fn is_domain(domain: &str) -> bool {
    let labels = domain.strip_prefix('.').unwrap_or(domain).split('.');
    let allowed = |byte: u8| byte.is_ascii_alphanumeric() || byte == b'-';
    labels.into_iter().all(|label| !label.is_empty() && label.bytes().all(allowed))
}

#[cfg(test)]
mod tests {
    use super::{Contradiction, CookieAttributes, SameSite, SecureCookies, is_loopback};

    const PLAIN: CookieAttributes = CookieAttributes::DEFAULT;

    fn secure() -> CookieAttributes {
        CookieAttributes { secure: Some(SecureCookies::On), ..PLAIN }
    }

    fn of_domain(domain: &str) -> CookieAttributes {
        CookieAttributes { domain: Some(domain.to_owned()), ..secure() }
    }

    fn under(path: &'static str) -> CookieAttributes {
        CookieAttributes { path: path.into(), ..secure() }
    }

    #[test]
    fn cookies_need_tls_everywhere_but_at_home() {
        let local = ["127.0.0.1:8001", "localhost", "localhost:8001", "[::1]:8001", "cookie.localhost:80", "127.9.9.9"];
        for host in local {
            assert!(!SecureCookies::Auto.is_secure(is_loopback(host)), "{host}");
        }
        let remote = ["example.com", "example.com:8001", "127.0.0.1.example.com", "localhost.example.com", "10.0.0.1"];
        for host in remote.iter().chain(&[""]) {
            assert!(SecureCookies::Auto.is_secure(is_loopback(host)), "{host}");
        }
    }

    #[test]
    fn what_a_browser_keeps_is_accepted() {
        for (name, attributes) in [
            ("sessionid", PLAIN),
            ("sessionid", of_domain("example.com")),
            ("sessionid", of_domain(".example.com")),
            ("sessionid", under("/app")),
            ("sessionid", CookieAttributes { same_site: SameSite::None, ..secure() }),
            ("__Host-sessionid", secure()),
            ("__Secure-sessionid", of_domain("example.com")),
            ("__Hostess", PLAIN),
        ] {
            assert_eq!(attributes.check(name, SecureCookies::Auto), Ok(()), "{name} {attributes:?}");
        }
        assert_eq!(PLAIN.check("__Host-sessionid", SecureCookies::On), Ok(()), "as the whole service is");
    }

    #[test]
    fn what_a_browser_would_drop_is_refused() {
        let none = CookieAttributes { same_site: SameSite::None, ..PLAIN };
        let auto = CookieAttributes { secure: Some(SecureCookies::Auto), ..none.clone() };
        let off = CookieAttributes { secure: Some(SecureCookies::Off), ..PLAIN };
        for (name, attributes, contradiction) in [
            ("sessionid", none, Contradiction::NoneWithoutSecure),
            ("sessionid", auto, Contradiction::NoneWithoutSecure),
            ("__Host-sessionid", PLAIN, Contradiction::PrefixWithoutSecure),
            ("__Secure-sessionid", off.clone(), Contradiction::PrefixWithoutSecure),
            ("__Host-sessionid", of_domain("example.com"), Contradiction::HostWithDomain),
            // Browsers know the prefix in any case, so that no server is fooled by another.
            ("__host-sessionid", of_domain("example.com"), Contradiction::HostWithDomain),
            ("__Host-sessionid", under("/app"), Contradiction::HostWithPath),
            ("session id", PLAIN, Contradiction::Name),
            ("", PLAIN, Contradiction::Name),
            ("sitzung=", PLAIN, Contradiction::Name),
            ("sessionid", under("app"), Contradiction::Path),
            ("sessionid", under("/; Domain=evil.example"), Contradiction::Path),
            ("sessionid", of_domain("evil.example; Path=/"), Contradiction::Domain),
            ("sessionid", of_domain(""), Contradiction::Domain),
        ] {
            assert_eq!(attributes.check(name, SecureCookies::Auto), Err(contradiction), "{name} {attributes:?}");
        }
        let checked = off.check("__Host-a", SecureCookies::On);
        let why = "a setting of one's own goes before that of the whole service";
        assert_eq!(checked, Err(Contradiction::PrefixWithoutSecure), "{why}");
    }
}
