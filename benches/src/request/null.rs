//! What there is to compare with: an answer without layers, and the layers without a mechanism.

use std::{borrow::Cow, collections::BTreeMap, sync::Arc, time::Duration};

use async_trait::async_trait;
use axum::{Json, Router, routing::get};
use http::{HeaderName, header};
use jiff::Timestamp;
use rustix::time::{ClockId, clock_gettime};
use shared::{
    cookie_attributes::CookieAttributes,
    handover::Handover,
    http::contract::Mine,
    items::{Item, ItemKey, NewItem, Opening, Which},
    login::{Account, Card, Carrier, Device, Granted, Login, Recalled, Record, Scheme, StateLives},
    mechanism::{Logins, Mechanism, PartialLogout, Revocation},
    presented::Presented,
    refusal::{Cannot, Refusal, Unavailable},
    service::{Ground, Service, StartError},
};

use super::login::ALICE;

/// What the layers of `shared` add to every answer.
pub(super) const HEADERS: [(HeaderName, &str); 6] = [
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
/// As long as cookie-svc's: the answers are to be of one length.
const CARD: Card = Card {
    mechanism: "cookie",
    state_lives: StateLives::Client,
    store: None,
    carriers: &[Carrier::Cookie],
    scheme: Scheme::Cookie(Cow::Borrowed("login")),
    cookies: CookieAttributes::DEFAULT,
    lifetime: FORTNIGHT,
    anonymous_items: true,
    concurrent_item_writes: true,
};

/// A router with one handler that answers as the services do, after `spin` of work.
pub fn bare(spin: Duration) -> Router {
    Router::new().route(
        "/mine",
        get(async move || {
            work(spin);
            (HEADERS, Json(Mine::new(&CARD, alice(), BTreeMap::new())))
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

fn alice() -> Login {
    let at = |seconds| Timestamp::from_second(seconds).unwrap_or_default();
    Login { username: ALICE.to_owned(), issued_at: at(1_750_000_000), expires_at: at(1_751_209_600) }
}

/// A service whose mechanism takes everybody for alice.
#[derive(Clone, Debug, clap::Args)]
pub struct NullSettings {}

impl Service for NullSettings {
    const NAME: &'static str = "null";
    const ABOUT: &'static str = "A mechanism that looks at nothing";
    const DEFAULT_PORT: u16 = 0;
    const VERSION: &'static str = env!("CARGO_PKG_VERSION");

    async fn mechanism(&self, _: &Ground) -> Result<Arc<dyn Mechanism>, StartError> {
        Ok(Arc::new(KnowsEverybody))
    }
}

#[derive(Debug)]
struct KnowsEverybody;

const CANNOT: Cannot = Cannot {
    mechanism: "null",
    what: "do anything but know everybody",
    because: "nothing else is measured",
    instead: "use a service",
};

#[async_trait]
impl Mechanism for KnowsEverybody {
    fn card(&self) -> &Card {
        const { &CARD }
    }

    async fn recall(&self, _: &Presented) -> Result<Recalled, Refusal> {
        Ok(Recalled { login: Ok(alice()), items: BTreeMap::new(), handover: Handover::nothing() })
    }

    async fn login(&self, _: &Presented, _: &Account, _: &Device) -> Result<Granted, Refusal> {
        Err(CANNOT.into())
    }

    async fn renew(&self, _: &Presented, _: &Account, _: &Device) -> Result<Granted, Refusal> {
        Err(CANNOT.into())
    }

    async fn logout(&self, _: &Presented) -> Result<Handover, Refusal> {
        Err(CANNOT.into())
    }

    async fn record(&self, _: &Presented) -> Result<Record, Refusal> {
        Err(CANNOT.into())
    }

    async fn item(&self, _: &Presented, _: &ItemKey, _: &Opening) -> Result<Option<Item>, Refusal> {
        Err(CANNOT.into())
    }

    async fn put_item(&self, _: &Presented, _: NewItem) -> Result<Handover, Refusal> {
        Err(CANNOT.into())
    }

    async fn remove_items(&self, _: &Presented, _: Which<'_>) -> Result<Handover, Refusal> {
        Err(CANNOT.into())
    }

    fn logins(&self) -> Result<&dyn Logins, Cannot> {
        Err(CANNOT)
    }

    fn revocation(&self) -> Result<&dyn Revocation, Cannot> {
        Err(CANNOT)
    }

    fn partial_logout(&self) -> Result<&dyn PartialLogout, Cannot> {
        Err(CANNOT)
    }

    async fn ready(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}
