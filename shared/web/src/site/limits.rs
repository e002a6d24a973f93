//! What no handler needs to see: requests without one host, with endless targets or heads.

use std::net::Ipv6Addr;

use axum::extract::Request;
use http::{HeaderMap, HeaderValue, StatusCode, Version, header};

use crate::problem::{Kind, Problem};

/// Longest path and query, in bytes.
const MAX_TARGET_LENGTH: usize = 8 * 1024;
/// Names and values of all headers, in bytes. Fifty foreign cookies fit beside our own.
const MAX_HEAD_SIZE: usize = 16 * 1024;

pub(super) fn examine(request: &Request) -> Result<(), Problem> {
    let target = request.uri().path_and_query().map_or(0, |target| target.as_str().len());
    if target > MAX_TARGET_LENGTH {
        return Err(too_long(StatusCode::URI_TOO_LONG, "the path and query", MAX_TARGET_LENGTH));
    }
    let Head { bytes, hosts, host, transfer_encoding, content_length } = Head::of(request.headers());
    if bytes > MAX_HEAD_SIZE {
        return Err(too_long(StatusCode::REQUEST_HEADER_FIELDS_TOO_LARGE, "the headers", MAX_HEAD_SIZE));
    }
    // RFC 9112 §3.2: without exactly one Host it cannot be known who was meant. HTTP/1.0, which health checks of load balancers
    // speak, knew no Host.
    if hosts > 1 || (hosts == 0 && request.version() > Version::HTTP_10) {
        return Err(Problem::new(Kind::MalformedRequest, "send one Host header"));
    }
    if host.is_some_and(|host| !is_host(host.as_bytes())) {
        return Err(Problem::new(Kind::MalformedRequest, "send a Host header with a host name, and a port if need be"));
    }
    // RFC 9112 §6.1: both together are how requests are smuggled past a proxy.
    if transfer_encoding && content_length {
        return Err(Problem::new(Kind::MalformedRequest, "send Content-Length or Transfer-Encoding, not both"));
    }
    Ok(())
}

/// What is asked of the headers, in one look at each.
#[derive(Default)]
struct Head<'r> {
    bytes: usize,
    hosts: usize,
    host: Option<&'r HeaderValue>,
    transfer_encoding: bool,
    content_length: bool,
}

impl<'r> Head<'r> {
    fn of(headers: &'r HeaderMap) -> Self {
        let mut head = Self::default();
        for (name, value) in headers {
            head.bytes += name.as_str().len() + value.len();
            if name == header::HOST {
                head.hosts += 1;
                head.host = Some(value);
            }
            head.transfer_encoding |= name == header::TRANSFER_ENCODING;
            head.content_length |= name == header::CONTENT_LENGTH;
        }
        head
    }
}

fn too_long(status: StatusCode, what: &str, limit: usize) -> Problem {
    Problem { limit: Some(limit), ..Problem::new(Kind::Other(status), format!("{what} may be {limit} bytes at most")) }
}

/// `uri-host [":" port]` (RFC 9110 §7.2), where the host is not empty: a name, an IPv4 address, or an IPv6 address in brackets.
fn is_host(value: &[u8]) -> bool {
    let Some(in_brackets) = value.strip_prefix(b"[") else {
        let (name, port) = match value.iter().position(|byte| *byte == b':') {
            Some(at) => (&value[..at], &value[at + 1..]),
            None => (value, &b""[..]),
        };
        return is_name(name) && is_port(port);
    };
    let Some(end) = in_brackets.iter().position(|byte| *byte == b']') else { return false };
    let address = std::str::from_utf8(&in_brackets[..end]).is_ok_and(|text| text.parse::<Ipv6Addr>().is_ok());
    let rest = &in_brackets[end + 1..];
    address && (rest.is_empty() || rest.strip_prefix(b":").is_some_and(is_port))
}

/// `reg-name` (RFC 3986 §3.2.2), which an IPv4 address is as well.
fn is_name(name: &[u8]) -> bool {
    let is_plain = |byte: u8| byte.is_ascii_alphanumeric() || b"-._~!$&'()*+,;=".contains(&byte);
    let mut rest = name;
    while let [byte, after @ ..] = rest {
        rest = match after {
            [high, low, after @ ..] if *byte == b'%' && high.is_ascii_hexdigit() && low.is_ascii_hexdigit() => after,
            _ if is_plain(*byte) => after,
            _ => return false,
        };
    }
    !name.is_empty()
}

/// Digits, or none.
fn is_port(port: &[u8]) -> bool {
    let digits = port.iter().all(u8::is_ascii_digit);
    digits && (port.is_empty() || std::str::from_utf8(port).is_ok_and(|text| text.parse::<u16>().is_ok()))
}

#[cfg(test)]
mod tests {
    use super::is_host;

    #[test]
    fn hosts_are_names_and_addresses_with_or_without_a_port() {
        let names = ["localhost", "Example.com:8001", "example.com.", "example.com:", "my_host", "x%C3%A9.example"];
        for host in names.iter().chain(&["127.0.0.1:1", "[::1]", "[2001:db8::1]:443"]) {
            assert!(is_host(host.as_bytes()), "{host}");
        }
    }

    #[test]
    fn what_no_uri_could_name_is_no_host() {
        let names =
            ["", "a b", "a/b", "http://a", "user@a", "a?b", "a#b", "a\\b", "%", "%zz", "<a>", "a\"", "é", "a\u{a0}"];
        let ports = [":80", "a:b", "a:80:80", "a:99999", "a:-1"];
        let addresses = ["::1", "[::1", "[::1]x", "[127.0.0.1]", "[fe80::1%25eth0]"];
        for host in names.iter().chain(&ports).chain(&addresses) {
            assert!(!is_host(host.as_bytes()), "{host}");
        }
    }
}
