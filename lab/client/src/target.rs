//! A service by its URL, with a name for the column.

use std::{fmt, net::SocketAddr, str::FromStr};

use anyhow::{Result, anyhow, bail};
use http::Uri;
use serde::{Serialize, Serializer};

/// Any implementation of the contract, in any language, reachable over plain HTTP.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Target {
    /// The name in columns and messages.
    pub name: String,
    host: String,
    port: u16,
    /// The URL for browsers, if it differs.
    public: Option<String>,
}

impl Target {
    /// A service on this machine, by its listening address.
    pub fn at(name: impl Into<String>, address: SocketAddr) -> Self {
        Self { name: name.into(), host: bracketed(address), port: address.port(), public: None }
    }

    /// A service by its URL: `http://host:port`, with nothing after the port.
    pub fn new(name: impl Into<String>, url: &str) -> Result<Self> {
        let refuse = |why: &str| anyhow!("`{url}` is no target: {why}");
        let uri: Uri = url.parse().map_err(|_| refuse("it is no URL; give http://host:port"))?;
        match uri.scheme_str() {
            Some("http") => {}
            Some("https") => {
                bail!(refuse("only http:// targets are supported; give the address behind the proxy that ends TLS"))
            }
            _ => bail!(refuse("it does not start with http://")),
        }
        // The contract's paths are absolute (`/problems/…`, `/login?next=/mine`), so a prefix is not possible.
        if uri.path() != "/" || uri.query().is_some() {
            bail!(refuse("nothing may follow the port, since the contract's paths are absolute"));
        }
        let host = uri.host().filter(|host| !host.is_empty()).ok_or_else(|| refuse("it names no host"))?;
        Ok(Self { name: name.into(), host: host.to_owned(), port: uri.port_u16().unwrap_or(80), public: None })
    }

    /// `host:port`, for the `Host` header and the socket.
    pub fn authority(&self) -> String {
        format!("{}:{}", self.host, self.port)
    }

    /// Sets the URL under which browsers find the target: behind a proxy, or outside its container.
    #[must_use]
    pub fn seen_at(self, public: Option<String>) -> Self {
        Self { public, ..self }
    }

    /// The URL for a browser.
    pub fn public_url(&self) -> String {
        self.public.clone().unwrap_or_else(|| self.url())
    }

    /// `http://host:port`, without a trailing slash.
    pub fn url(&self) -> String {
        format!("http://{}", self.authority())
    }
}

/// Brackets an IPv6 address, as URLs and the `Host` header need it.
fn bracketed(address: SocketAddr) -> String {
    match address {
        SocketAddr::V4(address) => address.ip().to_string(),
        SocketAddr::V6(address) => format!("[{}]", address.ip()),
    }
}

/// `NAME=URL`, as on the command line.
impl FromStr for Target {
    type Err = anyhow::Error;

    fn from_str(text: &str) -> Result<Self> {
        match text.split_once('=') {
            Some((name, url)) if !name.trim().is_empty() => Self::new(name.trim(), url.trim()),
            _ => bail!("`{text}` is not of the form NAME=URL, such as mine=http://127.0.0.1:9000"),
        }
    }
}

impl Serialize for Target {
    fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
        serializer.collect_map([("name", &self.name), ("url", &self.url())])
    }
}

impl fmt::Display for Target {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(formatter, "{} at {}", self.name, self.url())
    }
}

#[cfg(test)]
mod tests {
    use super::Target;

    #[test]
    fn a_target_is_a_name_and_a_url() {
        let target: Target = "mine=http://127.0.0.1:9000/".parse().unwrap();
        assert_eq!(target.to_string(), "mine at http://127.0.0.1:9000");
    }

    #[test]
    fn an_ipv6_address_keeps_its_brackets() {
        let target: Target = "six=http://[::1]:9000".parse().unwrap();
        assert_eq!(target.authority(), "[::1]:9000");
        assert_eq!(Target::at("six", "[::1]:9000".parse().unwrap()), target);
    }

    #[test]
    fn a_text_that_is_no_target_is_refused_with_a_sentence() {
        for (text, why) in [
            ("http://127.0.0.1:9000", "NAME=URL"),
            ("=http://127.0.0.1:9000", "NAME=URL"),
            ("mine=https://example.org", "only http:// targets are supported"),
            ("mine=ftp://example.org", "does not start with http://"),
            ("mine=http://example.org/api", "nothing may follow the port"),
            ("mine=::::", "is no URL"),
        ] {
            let refusal = text.parse::<Target>().unwrap_err().to_string();
            assert!(refusal.contains(why), "{text}: {refusal}");
        }
    }
}
