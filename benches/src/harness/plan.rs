//! The measurements, and their duration.

use std::time::Duration;

use authlab_results::Point;

use super::{
    contender::{CONTENDERS, Carrier, Contender},
    journey::Journey::{self, Anonymous, Expired, Forged, ItemRead, ItemWrite, Login, Logout, Mine, Mix, Refresh},
};

/// The thoroughness of a run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    /// The number of launches with fresh processes.
    pub launches: u32,
    /// No launch starts that would end after this time, so a slow machine measures less instead of longer.
    pub time: Duration,
    /// Rounds with the same processes.
    pub rounds: u32,
    /// Earlier rounds, which are not recorded.
    pub warm_up_rounds: u32,
    /// No further round of a launch starts after this time, for the same reason.
    pub rounds_time: Duration,
    /// The maximum number of requests in a batch.
    pub batch: u32,
    /// A small and a large number of live logins, for comparing reads.
    pub logins: [u32; 2],
    /// Further steps, for the memory per login. Up to the large number, freed memory is used again.
    pub more_logins: &'static [u32],
    /// The same for a database, which takes longer because it writes each login to the disk.
    pub more_in_sql: &'static [u32],
    /// How often each launch measures the latency of every contender.
    pub latency_turns: u32,
    /// Seconds per latency measurement, at each rate.
    pub latency_seconds: u32,
}

impl Plan {
    /// Everything once, to check that it works.
    pub const SMOKE: Self = Self {
        launches: 1,
        time: Duration::MAX,
        rounds: 1,
        warm_up_rounds: 0,
        rounds_time: Duration::from_mins(1),
        batch: 4,
        logins: [100, 200],
        more_logins: &[300],
        more_in_sql: &[300],
        latency_turns: 1,
        latency_seconds: 1,
    };
    /// Takes some minutes.
    pub const SHORT: Self = Self {
        launches: 7,
        time: Duration::from_secs(13 * 60 + 30),
        rounds: 6,
        warm_up_rounds: 1,
        rounds_time: Duration::from_secs(55),
        batch: 400,
        logins: [1_000, 10_000],
        more_logins: &[50_000, 90_000],
        more_in_sql: &[30_000, 50_000],
        latency_turns: 1,
        latency_seconds: 1,
    };
    /// Takes hours.
    pub const THOROUGH: Self = Self {
        launches: 10,
        time: Duration::from_hours(3),
        rounds: 20,
        rounds_time: Duration::from_mins(4),
        more_logins: &[50_000, 100_000, 300_000, 1_000_000],
        more_in_sql: &[50_000, 100_000],
        latency_turns: 4,
        latency_seconds: 5,
        ..Self::SHORT
    };
}

/// A set of conditions under which all capable contenders are compared.
#[derive(Clone, Copy, Debug, Eq, Ord, PartialEq, PartialOrd)]
pub struct Spot {
    pub journey: Journey,
    pub in_flight: u32,
    pub item_bytes: Option<u32>,
    pub carrier: Option<Carrier>,
}

const DEPTHS: [u32; 4] = [1, 4, 16, 64];
/// Shows whether a peer's store handles concurrent requests.
const PEER_DEPTHS: [u32; 2] = [1, 16];
const ITEM_BYTES: [u32; 3] = [0, 1_024, 3_072];
const CARRYING: [&str; 5] =
    ["cookie signed, feed", "cookie private, feed", "session, memory", "session, redis", "token HS256, feed"];
const TRANSPORTED: &str = "token HS256, feed";

impl Spot {
    const fn of(journey: Journey, in_flight: u32) -> Self {
        Self { journey, in_flight, item_bytes: None, carrier: None }
    }

    /// All spots. The first is `mine` with one request at a time, which fresh servers get first.
    pub fn all() -> Vec<Self> {
        let depths = DEPTHS.into_iter().map(|in_flight| Self::of(Mine, in_flight));
        let others = [Anonymous, Forged, Expired, ItemRead, ItemWrite, Login, Refresh, Logout];
        let others = others.map(|journey| Self::of(journey, 1));
        let items = ITEM_BYTES.map(|bytes| Self { item_bytes: Some(bytes), ..Self::of(Mine, 1) });
        let carriers = [Carrier::Cookie, Carrier::Bearer];
        let carriers = carriers.map(|carrier| Self { carrier: Some(carrier), ..Self::of(Mine, 1) });
        depths.chain(others).chain([Self::of(Mix, 4)]).chain(items).chain(carriers).collect()
    }

    /// Whether this contender supports the spot.
    pub fn takes(&self, contender: &Contender) -> bool {
        if self.item_bytes.is_some() {
            CARRYING.contains(&contender.name)
        } else if self.carrier.is_some() {
            contender.name == TRANSPORTED
        } else if contender.is_a_program() && self.journey == Mine {
            PEER_DEPTHS.contains(&self.in_flight)
        } else {
            contender.plays.contains(&self.journey)
        }
    }

    /// The spot that provides the clients. Its clients do not depend on concurrency, or a server would cache them
    /// several times.
    #[must_use]
    pub fn clients(&self) -> Self {
        let in_flight = if self.journey == Mix { self.in_flight } else { 1 };
        Self { in_flight, ..*self }
    }

    /// The item sizes of its clients.
    pub fn items(&self) -> Vec<u32> {
        self.item_bytes.map_or_else(|| self.journey.items().to_owned(), |bytes| vec![bytes])
    }

    pub fn point(&self, contender: &Contender) -> Point {
        Point {
            in_flight: Some(self.in_flight),
            item_bytes: self.item_bytes,
            carrier: self.carrier.map(|carrier| carrier.name().to_owned()),
            ..Point::new(contender.name, self.journey.name())
        }
    }
}

/// The indices of the contenders that are measured here.
pub fn contenders(spot: &Spot) -> Vec<usize> {
    (0..CONTENDERS.len()).filter(|index| spot.takes(CONTENDERS[*index])).collect()
}
