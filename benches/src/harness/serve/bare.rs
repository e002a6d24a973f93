//! The baseline: the services' answer in the same serve loop, without layers.

use std::{borrow::Cow, collections::BTreeMap, time::Duration};

use authlab_mechanism::{
    cookie_attributes::CookieAttributes,
    login::{Card, Carrier, Login, Scheme, StateLives},
};
use authlab_web::contract::Mine;
use axum::{Json, Router, routing::get};
use http::{HeaderName, header};
use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};

/// The username in every answer.
pub(super) const SOMEBODY: &str = "u00000";
/// The headers that the layers add to every answer.
pub const HEADERS: [(HeaderName, &str); 6] = [
    (header::X_CONTENT_TYPE_OPTIONS, "nosniff"),
    (
        header::CONTENT_SECURITY_POLICY,
        "default-src 'none'; style-src 'self'; img-src 'self' data:; form-action 'self'; frame-ancestors 'none'; \
         base-uri 'none'",
    ),
    (HeaderName::from_static("cross-origin-resource-policy"), "same-origin"),
    (header::REFERRER_POLICY, "same-origin"),
    (header::CACHE_CONTROL, "no-store"),
    (HeaderName::from_static("x-request-id"), "0123456789abcdef"),
];
const FORTNIGHT: Duration = Duration::from_hours(14 * 24);
/// As long as cookie-svc's, so that the answers have the same length.
pub(super) const CARD: Card = Card {
    mechanism: "cookie",
    state_lives: StateLives::Client,
    store: None,
    carriers: &[Carrier::Cookie],
    scheme: Scheme::Cookie(Cow::Borrowed("login")),
    cookies: CookieAttributes::DEFAULT,
    lifetime: FORTNIGHT,
    login_lifetime: FORTNIGHT,
    logins_at_most: None,
    staleness: Duration::ZERO,
    anonymous_items: true,
    concurrent_item_writes: true,
};

/// A router with one handler that answers like the services, after this many microseconds of work.
pub(super) fn bare(more: u64) -> Router {
    let spin = Duration::from_micros(more);
    Router::new().route(
        "/mine",
        get(async move || {
            work(spin);
            (HEADERS, Json(Mine::new(&CARD, somebody(), BTreeMap::new())))
        }),
    )
}

fn work(spin: Duration) {
    if spin.is_zero() {
        return;
    }
    let now = || Duration::try_from(clock_gettime(ClockId::Monotonic)).unwrap_or_default();
    let end = now() + spin;
    while now() < end {
        std::hint::spin_loop();
    }
}

pub(super) fn somebody() -> Login {
    let at = |seconds| Timestamp::from_second(seconds).unwrap_or_default();
    Login { username: SOMEBODY.to_owned(), issued_at: at(1_750_000_000), expires_at: at(1_751_209_600) }
}
