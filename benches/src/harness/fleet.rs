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
    verify::{self, MODEL},
    wire::Answer,
};

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

    /// Panics unless each contender passes the checks of [`verify`].
    fn verify(&mut self) -> io::Result<()> {
        let mut answers = BTreeMap::new();
        for runner in self.runners.iter_mut().flatten() {
            let contender = runner.server.contender;
            answers.insert(contender.name, (contender, runner.verified()?));
        }
        let (_, model) = &answers[MODEL];
        for (contender, answer) in answers.values() {
            verify::answers_like_the_model(contender, answer, model);
        }
        assert!(answers.contains_key(BARE), "there is something to compare with");
        Ok(())
    }
}

impl Runner {
    fn verified(&mut self) -> io::Result<Answer> {
        let contender = self.server.contender;
        let held = if contender.asks() { self.server.log_in_over_http(0, &[])? } else { Held::default() };
        verify::accepts_its_client_only(contender, self.server.address, &held)
    }

    /// The cost of `count` requests. Each call uses new, warm connections, because servers close idle ones. A server
    /// that writes the last use once a minute has just done so. Otherwise only the contender that waited a minute would
    /// pay for it.
    pub fn cost(&mut self, spot: &Spot, stores: &Stores, count: u32) -> io::Result<Cost> {
        let mut play = self.play(spot, count)?;
        let mut lanes = Lanes::open(self.server.address, spot.in_flight)?;
        let mut carry = |count| {
            let named = |error| {
                let (contender, journey) = (self.server.contender.name, spot.journey.name());
                io::Error::other(format!("{contender}, {journey}: {error}"))
            };
            lanes.carry(&mut play, count).map_err(named)
        };
        if self.server.contender.notes_last_use() && spot.journey.uses_a_login() {
            carry(self.server.contender.population())?;
        }
        let cost = Cost::of(&self.server, stores, || carry(count))?;
        self.keep(spot, play);
        Ok(cost)
    }

    /// Sends requests one at a time, and counts their bytes and the store's commands.
    pub fn count(&mut self, spot: &Spot, stores: &Stores, count: u32) -> io::Result<(Carried, Option<u64>)> {
        let mut play = self.play(spot, count)?;
        let mut lanes = Lanes::open(self.server.address, 1)?;
        let counted = stores.asked(self.server.contender.store, || lanes.carry(&mut play, count))?;
        self.keep(spot, play);
        Ok(counted)
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
