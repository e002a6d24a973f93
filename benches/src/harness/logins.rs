//! The memory of live logins in the service and its store, and the cost of a read with many logins.

use std::{fmt::Write as _, io};

use authlab_results::{Metric, Point};

use super::{
    contender::{Contender, Store},
    cost::Cost,
    journey::{Journey, Play},
    lanes::Lanes,
    plan::Plan,
    record::{Recorder, float},
    server::Server,
    stores::Stores,
};

/// Contenders that store something per login (a session, a token, a refresh token), and one that stores nothing.
const KEEPING: [&str; 7] = [
    "session, memory",
    "session, redis",
    "session, sqlite",
    "session, postgres",
    "token opaque",
    "cookie signed, feed",
    "token HS256, feed",
];
/// The logins that are read, spread evenly.
const READ: u32 = 256;
/// The number of batches; each is a sample.
const BATCHES: u32 = 40;
const BATCH: u32 = 100;
/// Logins per command to the child.
const AT_ONCE: u32 = 5_000;

/// Compares reads with few and with many logins. Then adds logins in steps and measures the growth of memory.
///
/// The servers with few and with many logins are read in turn, so that a slower machine affects both.
///
/// Memory is allocated in blocks, so one launch would show chance, and each launch repeats the steps. In a database the
/// steps are slow and always give the same growth, so only the first launch does them.
pub fn measure(plan: &Plan, launch: u32, record: &mut Recorder, say: impl Fn(&str)) -> io::Result<()> {
    for contender in KEEPING.iter().filter_map(|name| Contender::named(name)) {
        let (Some(mut few), Some(mut many)) = (Crowd::start(contender)?, Crowd::start(contender)?) else {
            record.leave_out(contender.name, "its store is not installed here");
            continue;
        };
        let mut book = Book { launch, record };
        few.grow(plan.logins[0])?;
        many.grow(plan.logins[1])?;
        book.read_in_turn(&[&few, &many])?;
        drop(few);
        let steps = match (many.is_in_sql(), launch) {
            (false, _) => plan.more_logins,
            (true, 0) => plan.more_in_sql,
            (true, _) => continue,
        };
        let told = book.climb(&mut many, steps)?;
        if launch == 0 {
            say(&format!("    {:<20} {told}", contender.name));
        }
    }
    Ok(())
}

/// A server and its logins.
struct Crowd {
    server: Server,
    stores: Stores,
    logins: u32,
    /// Read requests of some of the newest logins.
    requests: Vec<String>,
}

impl Crowd {
    /// `None` if its store is not installed.
    fn start(contender: &'static Contender) -> io::Result<Option<Self>> {
        let stores = Stores::start_for(contender)?;
        let Some(settings) = stores.flags(contender)? else { return Ok(None) };
        let server = Server::start(contender, &settings)?;
        Ok(Some(Self { server, stores, logins: 0, requests: Vec::new() }))
    }

    /// Logs accounts in until the server has this many logins.
    fn grow(&mut self, logins: u32) -> io::Result<()> {
        let come = logins - self.logins;
        self.requests.clear();
        for from in (0..come).step_by(AT_ONCE as usize) {
            let count = AT_ONCE.min(come - from);
            self.requests.extend(self.server.reads(count, (READ * count / come).max(1))?);
        }
        self.logins = logins;
        Ok(())
    }

    /// The bytes of memory that the server and the store use.
    fn taken(&self) -> io::Result<[f64; 2]> {
        let store = match (self.server.contender.store, &self.stores.redis, &self.stores.postgres) {
            (Store::Redis, Some(redis), _) => used_by(&redis.info("memory")?),
            (Store::Postgres, _, Some(postgres)) => {
                let answer = postgres.ask("CHECKPOINT; SELECT sum(pg_database_size(oid)) FROM pg_database")?;
                answer.trim().parse().ok()
            }
            (Store::Sqlite, ..) => Some(self.server.files()?),
            _ => Some(0),
        };
        Ok([self.server.memory()?, store.unwrap_or_default()].map(float))
    }

    fn is_in_sql(&self) -> bool {
        matches!(self.server.contender.store, Store::Sqlite | Store::Postgres)
    }
}

/// Where the results are recorded.
struct Book<'a> {
    launch: u32,
    record: &'a mut Recorder,
}

impl Book<'_> {
    fn read_in_turn(&mut self, crowds: &[&Crowd]) -> io::Result<()> {
        let mut readers = Vec::new();
        for crowd in crowds {
            let mut play = Play::turns(crowd.requests.clone(), "200");
            let mut lanes = Lanes::open(crowd.server.address, 1)?;
            lanes.carry(&mut play, READ)?;
            readers.push((crowd, lanes, play));
        }
        for _ in 0..BATCHES {
            for (crowd, lanes, play) in &mut readers {
                let contender = crowd.server.contender;
                let mine = Point::new(contender.name, Journey::Mine.name());
                let at = Point { in_flight: Some(1), logins: Some(crowd.logins), ..mine };
                let cost = Cost::of(&crowd.server, &crowd.stores, || lanes.carry(play, BATCH))?;
                cost.note(self.record, self.launch, contender, &at);
            }
        }
        Ok(())
    }

    /// Adds logins in steps. The growth of memory per login in each step is a sample.
    fn climb(&mut self, crowd: &mut Crowd, steps: &[u32]) -> io::Result<String> {
        let mut told = String::new();
        let mut before = crowd.taken()?;
        for step in steps {
            let logins = f64::from(step - crowd.logins);
            crowd.grow(*step)?;
            let after = crowd.taken()?;
            self.read_in_turn(&[crowd])?;
            let [server, store] = [0, 1].map(|part| (after[part] - before[part]) / logins);
            let Contender { name, store: kind, .. } = crowd.server.contender;
            let at = Point::new(name, Journey::Login.name());
            self.record.push(self.launch, Metric::ServerMemory, &at, server);
            if *kind != Store::None {
                self.record.push(self.launch, Metric::StoreMemory, &at, store);
            }
            // Writing to a String cannot fail.
            let _ = write!(told, "to {step}: {server:.0} B here, {store:.0} B in the store a login; ");
            before = after;
        }
        Ok(told)
    }
}

fn used_by(info: &str) -> Option<u64> {
    info.lines().find_map(|line| line.strip_prefix("used_memory:"))?.trim().parse().ok()
}
