//! The `Host` header: HTTP/1.1 needs exactly one valid host, HTTP/1.0 needs none.

use super::raw::exchange;
use crate::support::service::{NAMES, Service};

#[test]
fn an_invalid_host_is_refused_with_words() {
    let service = Service::start("cookie-svc", &[]);
    for host in ["", "a b", "a/b", "user@a", "a:b", "a:99999", "[::1", "a\u{a0}", "a?b", "<a>"] {
        let answer = exchange(
            &service.target,
            format!("GET /about HTTP/1.1\r\nHost: {host}\r\nConnection: close\r\n\r\n").as_bytes(),
        );
        let answer = answer.expect("the service answers");
        assert_eq!(answer.status, 400, "{host:?}");
        assert_eq!(answer.json()["type"], "/problems/malformed-request", "{host:?}");
    }
}

#[test]
fn a_health_check_of_http_1_0_needs_no_host() {
    for name in NAMES {
        let service = Service::start(name, &[]);
        for path in ["/livez", "/readyz"] {
            let answer = exchange(&service.target, format!("GET {path} HTTP/1.0\r\n\r\n").as_bytes()).unwrap();
            assert_eq!(answer.status, 200, "{name} {path}");
        }
        let without = exchange(&service.target, b"GET /livez HTTP/1.1\r\nConnection: close\r\n\r\n").unwrap();
        assert_eq!(without.status, 400, "{name}");
    }
}
