//! The scopes in which a browser keeps cookies of one name. Name, domain and path identify a cookie (RFC 6265 §5.3).
//!
//! A browser sends all of them, without their scopes. After a login or logout no second cookie may remain. It may come from a former
//! configuration, or from a sibling host that set it for the whole domain.

use std::{borrow::Cow, str::FromStr};

use authlab_mechanism::cookie_attributes::{Contradiction, CookieAttributes, is_domain, is_path};

/// Parent domains that are considered. Real host names have fewer labels.
const MAX_PARENTS: usize = 16;

/// A domain and a path for which a browser keeps a cookie.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct CookieScope {
    /// `None`: the host that set the cookie, and no other.
    pub domain: Option<String>,
    pub path: Cow<'static, str>,
}

impl CookieScope {
    /// The scope of cookies with these attributes.
    pub fn new(attributes: &CookieAttributes) -> Self {
        Self { domain: attributes.domain.clone(), path: attributes.path.clone() }
    }

    /// Whether a browser would keep a cookie of this name in this scope.
    fn fits(&self, name: &str) -> bool {
        let is_host_cookie = name.get(..7).is_some_and(|prefix| prefix.eq_ignore_ascii_case("__Host-"));
        !is_host_cookie || (self.domain.is_none() && self.path == "/")
    }

    fn key(&self) -> (Option<String>, &str) {
        // Browsers ignore a leading dot and the case.
        let domain = self.domain.as_deref().map(|domain| domain.trim_start_matches('.').to_ascii_lowercase());
        (domain, &self.path)
    }
}

/// `DOMAIN/PATH`: `example.com/`, `example.com/app`, or `/app` for the host itself.
impl FromStr for CookieScope {
    type Err = Contradiction;

    fn from_str(text: &str) -> Result<Self, Contradiction> {
        let (domain, path) = text.split_at(text.find('/').unwrap_or(text.len()));
        let path = if path.is_empty() { "/" } else { path };
        if !domain.is_empty() && !is_domain(domain) {
            return Err(Contradiction::Domain);
        }
        if !is_path(path) {
            return Err(Contradiction::Path);
        }
        Ok(Self { domain: (!domain.is_empty()).then(|| domain.to_owned()), path: path.to_owned().into() })
    }
}

/// The other scopes in which a browser that called the service `host` may keep a cookie of this name. These are host-only, the host as
/// a domain, and each parent domain, with the path `/` and with the configured one. The former scopes follow.
pub fn other_scopes(name: &str, host: &str, attributes: &CookieAttributes, former: &[CookieScope]) -> Vec<CookieScope> {
    let own = CookieScope::new(attributes);
    let mut scopes: Vec<CookieScope> = Vec::new();
    let domains = [None].into_iter().chain(domains(host).map(Some));
    let paths = [Cow::Borrowed("/"), attributes.path.clone()];
    let found = domains.flat_map(|domain| paths.clone().map(|path| CookieScope { domain: domain.clone(), path }));
    for scope in found.chain(former.iter().cloned()) {
        let known = [&own].into_iter().chain(&scopes).any(|other| other.key() == scope.key());
        if scope.fits(name) && !known {
            scopes.push(scope);
        }
    }
    scopes
}

/// The host and its parent domains. None for an address, and no domain of one label, which browsers treat as a public suffix.
fn domains(host: &str) -> impl Iterator<Item = String> {
    let name = host.rsplit_once(':').map_or(host, |(name, _)| name).trim_end_matches('.').to_ascii_lowercase();
    let is_name = is_domain(&name) && !name.starts_with('.') && name.parse::<std::net::Ipv4Addr>().is_err();
    let first = is_name.then_some(name);
    let parent = |name: &String| name.split_once('.').map(|(_, parent)| parent.to_owned());
    std::iter::successors(first, parent).filter(|name| name.contains('.')).take(MAX_PARENTS)
}

#[cfg(test)]
mod tests {
    use authlab_mechanism::cookie_attributes::CookieAttributes;

    use super::{CookieScope, other_scopes};

    fn others(name: &str, host: &str, attributes: &CookieAttributes, former: &[&str]) -> Vec<String> {
        let former: Vec<CookieScope> = former.iter().map(|scope| scope.parse().unwrap()).collect();
        let text = |scope: CookieScope| format!("{}{}", scope.domain.unwrap_or_default(), scope.path);
        other_scopes(name, host, attributes, &former).into_iter().map(text).collect()
    }

    #[test]
    fn the_host_and_each_parent_are_scopes_and_the_own_one_is_left_out() {
        let plain = CookieAttributes::DEFAULT;
        let parents = ["a.b.example.com/", "b.example.com/", "example.com/"];
        assert_eq!(others("id", "A.b.example.com:8001", &plain, &[]), parents);
        for host in ["localhost", "127.0.0.1:8001", "[::1]:8001", "", "x; Path=/y.z"] {
            assert!(others("id", host, &plain, &[]).is_empty(), "{host}");
        }
        let own = CookieAttributes { domain: Some(".Example.com".to_owned()), path: "/app".into(), ..plain };
        let expected = ["/", "/app", "www.example.com/", "www.example.com/app", "example.com/"];
        assert_eq!(others("id", "www.example.com", &own, &[]), expected);
    }

    #[test]
    fn former_scopes_are_added() {
        let former = ["example.org/old", "/old", "example.org", "example.com/"];
        let expected = ["example.com/", "example.org/old", "/old", "example.org/"];
        assert_eq!(others("id", "example.com", &CookieAttributes::DEFAULT, &former), expected);
        for bad in ["exa mple.com/", "example.com/; Secure"] {
            assert!(bad.parse::<CookieScope>().is_err(), "{bad}");
        }
    }

    #[test]
    fn a_host_cookie_has_one_scope() {
        assert!(others("__host-id", "www.example.com", &CookieAttributes::DEFAULT, &["/old"]).is_empty());
    }

    #[test]
    fn a_name_of_many_labels_costs_little() {
        let host = format!("{}com", "a.".repeat(120));
        assert_eq!(others("id", &host, &CookieAttributes::DEFAULT, &[]).len(), super::MAX_PARENTS);
    }
}
