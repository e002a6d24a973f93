//! Starts and verifies all contenders. A contender that answers wrongly is not measured.

use std::{
    collections::BTreeMap,
    io,
    time::{Duration, Instant},
};

use super::{
    contender::{BARE, CONTENDERS, Contender},
    cost::Cost,
    held::Held,
    journey::{Journey, Play},
    lanes::{Carried, Lanes},
    plan::Spot,
    server::Server,
    stores::Stores,
    wire::{Answer, exchange},
};

/// The contender whose answer the nulls repeat, byte for byte.
const MODEL: &str = "cookie signed, off";

/// The contenders of one launch, indexed as in [`CONTENDERS`].
#[derive(Debug)]
pub struct Fleet {
    pub stores: Stores,
    /// The error says why a contender is left out.
    pub runners: Vec<Result<Runner, String>>,
}

/// A contender and its clients.
#[derive(Debug)]
pub struct Runner {
    pub server: Server,
    ready: BTreeMap<Spot, Play>,
}

impl Fleet {
    /// Leaves out contenders whose store is not installed, and peers that do not start.
    pub fn start() -> io::Result<Self> {
        let stores = Stores::start()?;
        let start = |contender: &&'static Contender| -> io::Result<Result<Runner, String>> {
            let Some(settings) = stores.flags(contender)? else {
                return Ok(Err("its store is not installed here".to_owned()));
            };
            match Server::start(contender, &settings) {
                Err(error) if contender.is_a_program() => Ok(Err(error.to_string())),
                server => Ok(Ok(Runner { server: server?, ready: BTreeMap::new() })),
            }
        };
        let runners = CONTENDERS.iter().map(start).collect::<io::Result<_>>()?;
        let mut fleet = Self { stores, runners };
        fleet.verify()?;
        Ok(fleet)
    }

    pub fn runner(&mut self, name: &str) -> Option<&mut Runner> {
        self.runners.iter_mut().flatten().find(|runner| runner.server.contender.name == name)
    }

    /// The CPU time of all processes, including this one.
    pub fn cpu_time(&self) -> io::Result<Duration> {
        let servers =
            self.runners.iter().flatten().map(|runner| runner.server.cpu_time()).sum::<io::Result<Duration>>()?;
        Ok(servers + self.stores.cpu_time_of_all()? + crate::cpu_time::spent())
    }

    /// Panics unless each contender accepts its client and refuses others. Each answer must have the same headers and
    /// body as the model, except the mechanism's name. A peer may send more headers; the nulls must be equal byte for
    /// byte.
    fn verify(&mut self) -> io::Result<()> {
        let mut answers = BTreeMap::new();
        for runner in self.runners.iter_mut().flatten() {
            let contender = runner.server.contender;
            answers.insert(contender.name, (contender, runner.verified()?));
        }
        let (_, model) = &answers[MODEL];
        let headers = model.header_names();
        for (name, (contender, answer)) in &answers {
            let mut sent = answer.header_names();
            if contender.is_a_peer() {
                sent.retain(|header| headers.contains(header));
            }
            assert_eq!(sent, headers, "{name} answers with other headers");
            assert_eq!(shape(answer), shape(model), "{name} answers otherwise: {answer:?} {model:?}");
            let null = !contender.asks() && !contender.is_a_program();
            assert!(!null || answer.bytes() == model.bytes(), "{name} answers otherwise: {answer:?} {model:?}");
        }
        assert!(answers.contains_key(BARE), "there is something to compare with");
        Ok(())
    }
}

/// The body without the mechanism's name and the digits of its times.
fn shape(answer: &Answer) -> String {
    let words = ["cookie", "session", "token"];
    let body = words.into_iter().fold(answer.body().to_owned(), |body, word| body.replacen(word, "", 1));
    body.replace(|letter: char| letter.is_ascii_digit(), "0")
}

impl Runner {
    fn verified(&mut self) -> io::Result<Answer> {
        let contender = self.server.contender;
        let over_http = if contender.asks() { self.server.log_in_over_http(0, &[])? } else { Held::default() };
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

    /// The cost of `count` requests. Each call uses new, warm connections, because servers close idle ones. A server
    /// that writes the last use once a minute has just done so. Otherwise only the contender that waited a minute would
    /// pay for it.
    pub fn cost(&mut self, spot: &Spot, stores: &Stores, count: u32) -> io::Result<Cost> {
        let mut play = self.play(spot, count)?;
        let mut lanes = Lanes::open(self.server.address, spot.in_flight)?;
        if self.server.contender.notes_last_use() && spot.journey.uses_a_login() {
            lanes.carry(&mut play, self.server.contender.population()).map_err(|error| self.named(spot, &error))?;
        }
        let cost =
            Cost::of(&self.server, stores, || lanes.carry(&mut play, count).map_err(|error| self.named(spot, &error)))?;
        self.keep(spot, play);
        Ok(cost)
    }

    /// Sends requests one at a time, and counts their bytes and the store's commands.
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

    /// The clients of this spot. They are reused unless a request uses up the credential.
    pub fn play(&mut self, spot: &Spot, count: u32) -> io::Result<Play> {
        if let Some(play) = self.ready.remove(&spot.clients()) {
            return Ok(play);
        }
        let contender = self.server.contender;
        let population = contender.population();
        let held = match spot.journey {
            Journey::Mix => return Ok(Play::visits(contender, spot.in_flight)),
            Journey::Anonymous | Journey::Login => vec![Held::default()],
            Journey::Logout | Journey::Refresh => self.server.log_in(count, count, &[])?,
            Journey::Expired => self.server.expired(population)?,
            Journey::Forged => self.server.log_in(population, population, &[])?.iter().map(Held::forged).collect(),
            Journey::Mine | Journey::ItemRead | Journey::ItemWrite => {
                self.server.log_in(population, population, &spot.items())?
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
            self.ready.insert(spot.clients(), play);
        }
    }
}

/// Wall time, to limit a run and to show how wall time misleads.
#[expect(clippy::disallowed_methods, reason = "it is time itself that is measured here")]
pub fn now() -> Instant {
    Instant::now()
}
