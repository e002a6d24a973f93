//! Compares with a real Django: each side reads what the other signs, and both refuse changed texts.
//!
//! * [`formats`]: the signing formats, compared with Django's
//! * [`headers`]: signed cookies in headers
//! * [`service`]: a running cookie-svc that shares its key with a Django site
//! * [`sessions`]: a running session-svc that shares its key and its database with a Django site

mod formats;
mod headers;
mod python;
mod service;
mod sessions;
mod texts;

/// Cases of each kind: enough to combine all kinds of text with many lengths and ages.
const CASES: usize = 300;

const KEY: &str = "a key that a Django site and a service share, 1";
const FORMER: &str = "a key that both had until they rotated it, 0";
const FOREIGN: &str = "a key that belongs to somebody else, number 9";

fn bytes<'k>(keys: &'k [&'k str]) -> impl Iterator<Item = &'k [u8]> {
    keys.iter().map(|key| key.as_bytes())
}
