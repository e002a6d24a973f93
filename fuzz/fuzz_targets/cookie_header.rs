//! `Cookie`, one header per line: the parser agrees with a slow and simple one, and written cookies can be read.

#![no_main]

use std::time::Duration;

use authlab_django_signing::cookie_value::{extend, reduce};
use authlab_mechanism::{cookie_attributes::{CookieAttributes, MAX_COOKIE_SIZE}, handover::{CookieChange, NewCookie}, refusal::Refusal};
use authlab_secrets::Secret;
use authlab_web::door::cookies::{self, CookieContext};
use fuzz::{simple, with_cookies};
use http::{HeaderMap, HeaderValue, header::COOKIE};
use jiff::Timestamp;
use libfuzzer_sys::fuzz_target;

fuzz_target!(|input: &[u8]| {
    let lines: Vec<HeaderValue> =
        input.split(|byte| *byte == b'\n').filter_map(|line| HeaderValue::from_bytes(line).ok()).collect();
    let found = read(lines.clone());
    let bytes: Vec<&[u8]> = lines.iter().map(HeaderValue::as_bytes).collect();
    assert_eq!(found, simple::cookies(&bytes));
    // HTTP/2 may split a header at its semicolons.
    let crumbs = lines.iter().flat_map(|line| line.as_bytes().split(|byte| *byte == b';'));
    let crumbs = crumbs.map(|crumb| HeaderValue::from_bytes(crumb).expect("part of a header")).collect();
    assert_eq!(read(crumbs), found);
    each_name_is_worth_its_values(&found);
    if let Ok(text) = std::str::from_utf8(input) {
        what_was_written_is_read(text);
    }
});

fn read(lines: Vec<HeaderValue>) -> Vec<(String, String)> {
    let headers = HeaderMap::from_iter(lines.into_iter().map(|line| (COOKIE, line)));
    cookies::read(&headers).iter().map(|(name, value)| (name.to_owned(), value.to_owned())).collect()
}

fn each_name_is_worth_its_values(found: &[(String, String)]) {
    let presented = with_cookies(found.iter().map(|(name, value)| (name.as_str(), value.as_str())));
    let listed: Vec<(&str, Option<&str>)> = presented.cookies().collect();
    let mut expected: Vec<(&str, Option<&str>)> = Vec::new();
    for (name, _) in found {
        let values = simple::values(found, name);
        let believed = (values.len() == 1).then(|| values[0]);
        assert_eq!(presented.credential(name), believed);
        match presented.cookie(name) {
            Ok(value) => assert!(value.is_some() && value == believed),
            Err(Refusal::Ambiguous(_)) => assert_eq!(believed, None),
            Err(other) => panic!("{other}"),
        }
        let ended = presented.credentials(name);
        assert!(ended == values || (ended.len() >= 100 && values.starts_with(&ended)), "a logout ends them all");
        assert!(presented.shows(name));
        if !expected.iter().any(|(other, _)| other == name) {
            expected.push((name, believed));
        }
    }
    assert_eq!(listed, expected);
    assert_eq!(presented.credential("of that name there is none\n"), None);
}

fn what_was_written_is_read(text: &str) {
    let max_age = text.starts_with('a').then(|| Duration::from_secs(text.len() as u64));
    let cookie = NewCookie { name: "name".to_owned(), value: Secret::new(extend(text)), max_age };
    let context = CookieContext { attributes: &CookieAttributes::DEFAULT, secure: true };
    let written = match cookies::write(&CookieChange::Set(cookie), Timestamp::UNIX_EPOCH, context) {
        Ok(written) => written,
        // Any text has a spelling, but it may be longer: four bytes become twelve, and one byte becomes four.
        Err(problem) => return assert!(text.len() * 4 + 256 > MAX_COOKIE_SIZE, "{text:?} was refused: {problem:?}"),
    };
    assert!(written.len() <= MAX_COOKIE_SIZE);
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
    // Between other cookies, as a browser sends it.
    let header = HeaderValue::from_str(&format!("a=b; {pair}; c=d")).expect("plain text");
    let found = read(vec![header]);
    assert_eq!(found.len(), 3, "{pair:?}");
    assert_eq!((found[1].0.as_str(), reduce(&found[1].1).as_deref()), ("name", Some(text)));
}
