//! `Cookie`, one header a line: any bytes are read, and what was written is read again.

#![no_main]

use std::time::Duration;

use http::{HeaderMap, HeaderValue, header::COOKIE};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;
use shared::{
    cookie_attributes::CookieAttributes,
    django::cookie_value::{extend, reduce},
    handover::{CookieChange, NewCookie},
    http::cookies::{self, BIGGEST_COOKIE, Dress},
    presented::Presented,
    refusal::Refusal,
    secret::Secret,
};

fuzz_target!(|input: &[u8]| {
    let lines: Vec<HeaderValue> =
        input.split(|byte| *byte == b'\n').filter_map(|line| HeaderValue::from_bytes(line).ok()).collect();
    let found = read(lines.clone());
    let pairs = lines.iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    assert!(found.len() <= pairs.filter(|pair| pair.contains(&b'=')).count());
    for (name, _) in &found {
        assert!(name.trim_matches([' ', '\t']) == name && !name.contains(['=', ';']), "{name:?}");
    }
    // HTTP/2 may split a header at its semicolons.
    let crumbs = lines.iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let crumbs = crumbs.map(|crumb| HeaderValue::from_bytes(crumb).expect("part of a header")).collect();
    assert_eq!(read(crumbs), found);
    different_values_of_one_name_are_refused(&found);
    if let Ok(text) = std::str::from_utf8(input) {
        what_was_written_is_read(text);
    }
});

fn read(lines: Vec<HeaderValue>) -> Vec<(String, String)> {
    let headers = HeaderMap::from_iter(lines.into_iter().map(|line| (COOKIE, line)));
    cookies::read(&headers).iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn different_values_of_one_name_are_refused(found: &[(String, String)]) {
    let secrets = found.iter().map(|(name, value)| (name.clone(), Secret::new(value.as_str())));
    let presented = Presented::new(secrets.collect(), None, None);
    let names: Vec<&str> = presented.cookie_names().collect();
    for (at, name) in names.iter().enumerate() {
        assert!(!names[..at].contains(name), "{name:?} is named twice");
        let values: Vec<&str> =
            found.iter().filter(|(other, _)| other == name).map(|(_, value)| value.as_str()).collect();
        match presented.cookie(name) {
            Ok(value) => {
                let value = value.expect("a cookie of that name");
                assert!(values.iter().all(|other| *other == value));
                assert_eq!(presented.credential(name), Some(value));
            }
            Err(Refusal::Ambiguous(_)) => {
                assert!(values.iter().any(|other| *other != values[0]));
                assert_eq!(presented.credential(name), None);
            }
            Err(other) => panic!("{other}"),
        }
    }
    assert!(found.iter().all(|(name, _)| names.contains(&name.as_str())));
}

fn what_was_written_is_read(text: &str) {
    let max_age = text.starts_with('a').then(|| Duration::from_secs(text.len() as u64));
    let cookie = NewCookie { name: "name".to_owned(), value: Secret::new(extend(text)), max_age };
    let dress = Dress { attributes: &CookieAttributes::DEFAULT, secure: true };
    let written = match cookies::write(&CookieChange::Set(cookie), Timestamp::UNIX_EPOCH, dress) {
        Ok(written) => written,
        // Any text has a spelling, but some have a long one: four bytes become twelve, and a byte becomes four.
        Err(problem) => return assert!(text.len() * 4 + 256 > BIGGEST_COOKIE, "{text:?} was refused: {problem:?}"),
    };
    assert!(written.len() <= BIGGEST_COOKIE);
    let line = written.to_str().expect("plain text");
    let mut parts = line.split("; ");
    let pair = parts.next().unwrap_or_default();
    let attributes: Vec<&str> = parts.collect();
    match max_age {
        Some(max_age) => {
            assert!(attributes[0].starts_with("expires=Thu, 01 Jan 1970 ") || text.len() >= 86_400, "{line}");
            let max_age = format!("Max-Age={}", max_age.as_secs());
            assert_eq!(attributes[1..], ["HttpOnly", max_age.as_str(), "Path=/", "SameSite=Lax", "Secure"]);
        }
        None => assert_eq!(attributes, ["HttpOnly", "Path=/", "SameSite=Lax", "Secure"]),
    }
    // Between others, as a browser sends it.
    let header = HeaderValue::from_str(&format!("a=b; {pair}; c=d")).expect("plain text");
    let found = read(vec![header]);
    assert_eq!(found.len(), 3, "{pair:?}");
    assert_eq!((found[1].0.as_str(), reduce(&found[1].1).as_deref()), ("name", Some(text)));
}
