//! What live logins cost: memory of the service and of its store, and a read among so many.

use std::{fmt::Write as _, io, time::Duration};

use lab::results::{Metric, Point};

use super::{
    contender::{Contender, Store},
    journey::{Journey, Play},
    lanes::Lanes,
    plan::Plan,
    record::{Recorder, float},
    server::Server,
    stores::Stores,
};

/// Who keeps something for a login: a session, a token, what refreshes a token; and one that keeps nothing.
const KEEPING: [&str; 7] = [
    "session, memory",
    "session, redis",
    "session, sqlite",
    "session, postgres",
    "token opaque",
    "cookie signed, feed",
    "token HS256, feed",
];
/// A database writes each login to its disk and waits for it: more than this would take the hour by itself.
const MOST_IN_SQL: u32 = 100_000;
/// Logins that are read, evenly spread among all.
const READ: u32 = 256;
/// In so many batches, each a sample.
const BATCHES: u32 = 40;
const BATCH: u32 = 100;
/// Logins at once between two looks.
const AT_ONCE: u32 = 5_000;
/// Steps whose reads are compared with each other.
const COMPARED: usize = 2;

/// From step to step: more logins, what they take, and what a read costs then.
///
/// The steps lie apart in time, and a machine that grows slower meanwhile would pass for what more logins cost: they come anew with
/// each launch. In a database the later ones, which only show what a login takes, come with the first launch alone: there they are
/// slow, and what they take is the same each time. Memory is given and taken in blocks, so that one launch would tell of chance.
pub fn measure(plan: &Plan, launch: u32, record: &mut Recorder, say: impl Fn(&str)) -> io::Result<()> {
    for contender in KEEPING.iter().filter_map(|name| Contender::named(name)) {
        let stores = Stores::start()?;
        let Some(settings) = stores.flags(contender)? else {
            record.leave_out(contender.name, "its store is not installed here");
            continue;
        };
        let server = Server::start(contender, &settings)?;
        let few = launch > 0 && is_in_sql(contender);
        let steps = if few { &plan.logins[..COMPARED.min(plan.logins.len())] } else { plan.logins };
        let told = Steps { contender, launch, server, stores, record }.climb(steps)?;
        if launch == 0 {
            say(&format!("  {:<20} {told}", contender.name));
        }
    }
    Ok(())
}

struct Steps<'a> {
    contender: &'static Contender,
    launch: u32,
    server: Server,
    stores: Stores,
    record: &'a mut Recorder,
}

/// What it takes at so many logins.
#[derive(Clone, Copy)]
struct Taken {
    logins: u32,
    server: u64,
    store: u64,
}

impl Steps<'_> {
    fn climb(&mut self, steps: &[u32]) -> io::Result<String> {
        let most = if is_in_sql(self.contender) { MOST_IN_SQL } else { u32::MAX };
        let mut taken: Vec<Taken> = Vec::new();
        for step in steps.iter().copied().filter(|step| *step <= most) {
            let before = taken.last().map_or(0, |taken| taken.logins);
            let mut known = Vec::new();
            for from in (before..step).step_by(AT_ONCE as usize) {
                let count = AT_ONCE.min(step - from);
                known.extend(self.server.log_in(count, (READ * count / (step - before)).max(1), &[])?);
            }
            taken.push(self.taken(step)?);
            let carrier = self.contender.carrier;
            let requests = known.iter().map(|held| Journey::Mine.request(self.contender, carrier, held)).collect();
            self.read(step, requests)?;
        }
        Ok(self.slopes(&taken))
    }

    fn taken(&self, logins: u32) -> io::Result<Taken> {
        let store = match (self.contender.store, &self.stores.redis, &self.stores.postgres) {
            (Store::Redis, Some(redis), _) => used_by(&redis.info("memory")?),
            (Store::Postgres, _, Some(postgres)) => {
                let answer = postgres.ask("CHECKPOINT; SELECT sum(pg_database_size(oid)) FROM pg_database")?;
                answer.trim().parse().ok()
            }
            (Store::Sqlite, ..) => Some(self.server.files()?),
            _ => Some(0),
        };
        Ok(Taken { logins, server: self.server.memory()?, store: store.unwrap_or_default() })
    }

    fn read(&mut self, logins: u32, requests: Vec<String>) -> io::Result<()> {
        let mut play = Play::turns(requests, "200");
        let mut lanes = Lanes::open(self.server.address, 1)?;
        lanes.carry(&mut play, READ)?;
        let store = self.contender.store;
        let each = |spent: Duration| spent.as_secs_f64() * 1e9 / f64::from(BATCH);
        let at = Point { in_flight: Some(1), logins: Some(logins), ..self.at() };
        for _ in 0..BATCHES {
            let (server_before, store_before) = (self.server.cpu_time()?, self.stores.cpu_time(store)?);
            lanes.carry(&mut play, BATCH)?;
            let server = self.server.cpu_time()?.saturating_sub(server_before);
            self.record.push(self.launch, Metric::ServerCpu, &at, each(server));
            if matches!(store, Store::Redis | Store::Postgres) {
                let store = self.stores.cpu_time(store)?.saturating_sub(store_before);
                self.record.push(self.launch, Metric::StoreCpu, &at, each(store));
            }
        }
        Ok(())
    }

    /// By how much both grow from login to login, between one step and the next: each is a sample, but for the first. Until then
    /// what the first requests had used and given back is taken again.
    fn slopes(&mut self, taken: &[Taken]) -> String {
        let mut told = String::new();
        for pair in taken.windows(2).skip(1) {
            let [less, more] = pair else { continue };
            let logins = f64::from(more.logins - less.logins);
            let slope = |less: u64, more: u64| (float(more) - float(less)) / logins;
            let (server, store) = (slope(less.server, more.server), slope(less.store, more.store));
            let at = Point { journey: "login".to_owned(), ..self.at() };
            self.record.push(self.launch, Metric::ServerMemory, &at, server);
            if self.contender.store != Store::None {
                self.record.push(self.launch, Metric::StoreMemory, &at, store);
            }
            // Writing to a String cannot fail.
            let _ = write!(told, "to {}: {server:.0} B here, {store:.0} B in the store a login; ", more.logins);
        }
        told
    }

    fn at(&self) -> Point {
        let journey = Journey::Mine.name().to_owned();
        Point { contender: self.contender.name.to_owned(), journey, ..Point::default() }
    }
}

fn is_in_sql(contender: &Contender) -> bool {
    matches!(contender.store, Store::Sqlite | Store::Postgres)
}

fn used_by(info: &str) -> Option<u64> {
    info.lines().find_map(|line| line.strip_prefix("used_memory:"))?.trim().parse().ok()
}
