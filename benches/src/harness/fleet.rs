//! All contenders, running and verified: one that answers wrongly is not timed.

use std::{
    collections::BTreeMap,
    io,
    time::{Duration, Instant},
};

use super::{
    contender::{BARE, CONTENDERS, Contender},
    journey::{Journey, Play},
    lanes::{Carried, Lanes},
    plan::Spot,
    server::Server,
    stores::Stores,
    wire::{Answer, exchange},
};

/// How many logins take turns.
pub const POPULATION: u32 = 256;
/// Whose answer the nulls give too, byte for byte.
const MODEL: &str = "cookie signed, off";

/// The contenders of one launch, by their place in [`CONTENDERS`].
#[derive(Debug)]
pub struct Fleet {
    pub stores: Stores,
    pub runners: Vec<Option<Runner>>,
}

/// A contender, and its clients.
#[derive(Debug)]
pub struct Runner {
    pub server: Server,
    ready: BTreeMap<Spot, Play>,
}

/// What some requests cost.
#[derive(Clone, Copy, Debug)]
pub struct Cost {
    pub server: Duration,
    pub store: Duration,
    pub wall: Duration,
    pub carried: Carried,
}

impl Fleet {
    /// Whoever's store is not there is left out.
    pub fn start() -> io::Result<Self> {
        let stores = Stores::start()?;
        let start = |contender: &'static Contender| {
            let Some(settings) = stores.flags(contender.store) else { return Ok(None) };
            let server = Server::start(contender, &settings)?;
            Ok(Some(Runner { server, ready: BTreeMap::new() }))
        };
        let runners = CONTENDERS.iter().map(start).collect::<io::Result<_>>()?;
        let mut fleet = Self { stores, runners };
        fleet.verify()?;
        Ok(fleet)
    }

    /// The CPU time that all of it has used, this process included.
    pub fn cpu_time(&self) -> io::Result<Duration> {
        let servers =
            self.runners.iter().flatten().map(|runner| runner.server.cpu_time()).sum::<io::Result<Duration>>()?;
        Ok(servers + self.stores.cpu_time_of_all()? + crate::cpu_time::spent())
    }

    /// Panics unless each knows its client and nobody else, all answer with the same headers, and the nulls with as many bytes as
    /// the model.
    fn verify(&mut self) -> io::Result<()> {
        let mut answers = BTreeMap::new();
        for runner in self.runners.iter_mut().flatten() {
            answers.insert(runner.server.contender.name, runner.verified()?);
        }
        let model = &answers[MODEL];
        for (name, answer) in &answers {
            assert_eq!(answer.header_names(), model.header_names(), "{name} answers with other headers");
            let null = Contender::named(name).is_some_and(|contender| !contender.asks());
            assert!(!null || answer.bytes() == model.bytes(), "{name} answers otherwise: {answer:?} {model:?}");
        }
        assert!(answers.contains_key(BARE), "there is something to compare with");
        Ok(())
    }
}

impl Runner {
    fn verified(&mut self) -> io::Result<Answer> {
        let contender = self.server.contender;
        let over_http = if contender.asks() { self.server.log_in_over_http()? } else { super::held::Held::default() };
        let known = Journey::Mine.request(contender, contender.carrier, &over_http);
        let answer = exchange(self.server.address, &known)?;
        assert_eq!(answer.status(), "200", "{}: {answer:?}", contender.name);
        assert!(answer.body().starts_with(r#"{"username":"u00000","mechanism":""#), "{}: {answer:?}", contender.name);
        let nobody =
            exchange(self.server.address, &Journey::Anonymous.request(contender, contender.carrier, &over_http))?;
        let expected = if contender.asks() { "401" } else { "200" };
        assert_eq!(nobody.status(), expected, "{} without a credential: {nobody:?}", contender.name);
        Ok(answer)
    }

    /// What `count` requests cost. Connections are new, and warm, for each call: a server closes what has been idle for some
    /// seconds.
    pub fn cost(&mut self, spot: &Spot, stores: &Stores, count: u32) -> io::Result<Cost> {
        let mut play = self.play(spot, count)?;
        let store = self.server.contender.store;
        let mut lanes = Lanes::open(self.server.address, spot.in_flight)?;
        let (server_before, store_before, began) = (self.server.cpu_time()?, stores.cpu_time(store)?, now());
        let carried = lanes.carry(&mut play, count).map_err(|error| self.named(spot, &error))?;
        let wall = began.elapsed();
        let server = self.server.cpu_time()?.saturating_sub(server_before);
        let store = stores.cpu_time(store)?.saturating_sub(store_before);
        self.keep(spot, play);
        Ok(Cost { server, store, wall, carried })
    }

    /// What some requests, one at a time, carried and asked of the store.
    pub fn count(&mut self, spot: &Spot, stores: &Stores, count: u32) -> io::Result<(Carried, Option<u64>)> {
        let mut play = self.play(spot, count)?;
        let mut lanes = Lanes::open(self.server.address, 1)?;
        let mut carried = Carried::default();
        let asked = stores.asked(self.server.contender.store, || {
            carried = lanes.carry(&mut play, count)?;
            Ok(())
        })?;
        self.keep(spot, play);
        Ok((carried, asked))
    }

    /// The clients of this spot: those that were there already, unless credentials are spent.
    pub fn play(&mut self, spot: &Spot, count: u32) -> io::Result<Play> {
        if let Some(play) = self.ready.remove(spot) {
            return Ok(play);
        }
        let contender = self.server.contender;
        let held = match spot.journey {
            Journey::Mix => return Ok(Play::visits(contender, spot.in_flight)),
            Journey::Anonymous | Journey::Login => vec![super::held::Held::default()],
            Journey::Logout => self.server.log_in(count, count, &[])?,
            Journey::Expired => self.server.expired(POPULATION)?,
            Journey::Forged => {
                self.server.log_in(POPULATION, POPULATION, &[])?.iter().map(super::held::Held::forged).collect()
            }
            Journey::Mine | Journey::ItemRead | Journey::ItemWrite => {
                self.server.log_in(POPULATION, POPULATION, &spot.items())?
            }
        };
        let carrier = spot.carrier.unwrap_or(contender.carrier);
        let requests = held.iter().map(|held| spot.journey.request(contender, carrier, held)).collect();
        Ok(Play::turns(requests, spot.journey.expected(contender)))
    }

    fn named(&self, spot: &Spot, error: &io::Error) -> io::Error {
        io::Error::other(format!("{}, {}: {error}", self.server.contender.name, spot.journey.name()))
    }

    fn keep(&mut self, spot: &Spot, play: Play) {
        if !spot.journey.spends() {
            self.ready.insert(*spot, play);
        }
    }
}

/// Of the wall, to show how it misleads.
#[expect(clippy::disallowed_methods, reason = "it is time itself that is measured here")]
pub(super) fn now() -> Instant {
    Instant::now()
}
