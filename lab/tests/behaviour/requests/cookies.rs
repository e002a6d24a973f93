//! Unusual `Cookie` headers that must not harm the service or its users.

use std::time::Duration;

use serde_json::json;
use tokio::time::Instant;

use super::raw::{ask, cookie_line, credential_of, log_in_by_form, registered};
use crate::support::service::{NAMES, Service};

/// 15 KB of tiny cookies, with different names or all with the same name.
fn tiny_cookies(different: bool) -> Vec<u8> {
    let pairs = (0..3_000).map(|n| if different { format!("{n:x}=;") } else { "aa=;".to_owned() });
    let mut line = b"Cookie: ".to_vec();
    for pair in pairs {
        if line.len() < 15_000 {
            line.extend_from_slice(pair.as_bytes());
        }
    }
    line
}

#[test]
fn thousands_of_tiny_cookies_cost_little() {
    for name in NAMES {
        let service = Service::start(name, &[]);
        for different in [false, true] {
            let line = tiny_cookies(different);
            let begun = Instant::now();
            for path in ["/mine", "/items", "/items/x", "/livez"] {
                for _ in 0..25 {
                    ask(&service.target, &format!("GET {path}"), &[&line], None);
                }
            }
            // With a quadratic parser the unoptimised build needed more than a minute.
            let took = begun.elapsed();
            assert!(took < Duration::from_secs(10), "{name}, different: {different}: {took:?}");
        }
    }
}

#[test]
fn a_byte_that_is_no_text_hides_nothing_but_its_own_cookie() {
    for name in NAMES {
        let service = Service::start(name, &[]);
        let target = &service.target;
        let credential = credential_of(name);
        let value = log_in_by_form(target, "alice").cookie(credential);
        let line = [b"Cookie: theirs=caf\xe9; ", &cookie_line(&[(credential, &value)])[b"Cookie: ".len()..]].concat();
        assert_eq!(ask(target, "GET /mine", &[&line], None).status, 200, "{name}");
        assert_eq!(ask(target, "PUT /items/theme", &[&line], Some(&json!({"value": "dark"}))).status / 100, 2);
        assert_eq!(ask(target, "GET /mine", &[&line], None).status, 200, "{name}: a write keeps the login");
        assert_eq!(ask(target, "POST /logout", &[&line], None).status, 204);
        assert_eq!(ask(target, "GET /mine", &[&line], None).status, 401, "{name}: the logout ends the login");
    }
}

#[test]
fn white_space_of_unicode_does_not_make_a_host_cookie() {
    let service =
        Service::start("session-svc", &["--session-cookie-name", "__Host-sessionid", "--cookie-secure", "on"]);
    let target = &service.target;
    let id = log_in_by_form(target, "mallory").cookie("__Host-sessionid");
    assert_eq!(ask(target, "GET /mine", &[&cookie_line(&[("__Host-sessionid", &id)])], None).status, 200);
    for space in ["\u{2000}", "\u{a0}", "\u{85}", "\u{2028}", "\u{3000}"] {
        let spoofed = cookie_line(&[(&format!("{space}__Host-sessionid"), &id)]);
        assert_eq!(ask(target, "GET /mine", &[&spoofed], None).status, 401, "{space:?}");
    }
}

#[test]
fn an_item_with_two_values_is_left_out_of_lists_and_refused_by_name() {
    let service = Service::start("cookie-svc", &[]);
    let target = &service.target;
    let kept = |value: &str| ask(target, "PUT /items/theme", &[], Some(&json!({"value": value}))).cookie("theme");
    let (dark, light) = (kept("dark"), kept("light"));
    let both = cookie_line(&[("theme", &dark), ("theme", &light)]);
    assert_eq!(ask(target, "GET /items", &[&both], None).json()["items"], json!({}));
    assert_eq!(ask(target, "GET /items/theme", &[&both], None).status, 400);
    let twice = cookie_line(&[("theme", &dark), ("theme", &dark)]);
    assert_eq!(ask(target, "GET /items", &[&twice], None).json()["items"], json!({"theme": "dark"}));
    let deleted = ask(target, "POST /logout", &[&both], None);
    assert!(deleted.all("set-cookie").iter().any(|line| line.starts_with("theme=\"\"")), "{deleted:?}");
}

#[test]
fn the_cookies_of_other_sites_are_in_nobodys_way() {
    let service = Service::start("cookie-svc", &[]);
    let target = &service.target;
    registered(target, "alice");
    let others: Vec<(String, String)> = (0..60).map(|n| (format!("_ga{n}"), "GA1.1.1234567890".to_owned())).collect();
    let mut pairs: Vec<(&str, &str)> = others.iter().map(|(name, value)| (name.as_str(), value.as_str())).collect();
    let put = ask(target, "PUT /items/theme", &[&cookie_line(&pairs)], Some(&json!({"value": "dark"})));
    assert_eq!(put.status, 204);
    let theme = put.cookie("theme");
    pairs.push(("theme", &theme));
    assert_eq!(ask(target, "GET /items", &[&cookie_line(&pairs)], None).json()["items"], json!({"theme": "dark"}));
}
