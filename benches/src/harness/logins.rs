//! What live logins cost: memory of the service and of its store, and a read among so many.

use std::{fmt::Write as _, io};

use authlab_results::{Metric, Point};

use super::{contender::{Contender, Store}, cost::Cost, journey::{Journey, Play}, lanes::Lanes, plan::Plan, record::{Recorder, float}, server::Server, stores::Stores};

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
/// Logins that are read, evenly spread among all.
const READ: u32 = 256;
/// In so many batches, each a sample.
const BATCHES: u32 = 40;
const BATCH: u32 = 100;
/// Logins at once between two looks.
const AT_ONCE: u32 = 5_000;

/// Few logins and many, and what a read costs among them; then more from step to step, and what each takes.
///
/// Few and many live on two servers that are read in turn: a machine that grows slower meanwhile would pass for what more logins cost.
/// Memory is given and taken in blocks, so that one launch would tell of chance: the steps come anew with each. In a database they
/// are slow, and what they take is the same each time: there they come with the first launch alone.
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

/// A server, and who is logged in there.
struct Crowd {
    server: Server,
    stores: Stores,
    logins: u32,
    /// Reads of some of those who came last.
    requests: Vec<String>,
}

/// What it takes at so many logins.
#[derive(Clone, Copy)]
struct Taken {
    logins: u32,
    server: u64,
    store: u64,
}

impl Crowd {
    /// `None` if its store is not there.
    fn start(contender: &'static Contender) -> io::Result<Option<Self>> {
        let stores = Stores::start_for(contender)?;
        let Some(settings) = stores.flags(contender)? else { return Ok(None) };
        let server = Server::start(contender, &settings)?;
        Ok(Some(Self { server, stores, logins: 0, requests: Vec::new() }))
    }

    /// Until so many are logged in.
    fn grow(&mut self, logins: u32) -> io::Result<()> {
        let contender = self.server.contender;
        let come = logins - self.logins;
        self.requests.clear();
        for from in (0..come).step_by(AT_ONCE as usize) {
            let count = AT_ONCE.min(come - from);
            let known = self.server.log_in(count, (READ * count / come).max(1), &[])?;
            self.requests.extend(known.iter().map(|held| Journey::Mine.request(contender, contender.carrier, held)));
        }
        self.logins = logins;
        Ok(())
    }

    fn taken(&self) -> io::Result<Taken> {
        let store = match (self.server.contender.store, &self.stores.redis, &self.stores.postgres) {
            (Store::Redis, Some(redis), _) => used_by(&redis.info("memory")?),
            (Store::Postgres, _, Some(postgres)) => {
                let answer = postgres.ask("CHECKPOINT; SELECT sum(pg_database_size(oid)) FROM pg_database")?;
                answer.trim().parse().ok()
            }
            (Store::Sqlite, ..) => Some(self.server.files()?),
            _ => Some(0),
        };
        Ok(Taken { logins: self.logins, server: self.server.memory()?, store: store.unwrap_or_default() })
    }

    fn is_in_sql(&self) -> bool {
        matches!(self.server.contender.store, Store::Sqlite | Store::Postgres)
    }

    fn at(&self) -> Point {
        let journey = Journey::Mine.name().to_owned();
        Point { contender: self.server.contender.name.to_owned(), journey, ..Point::default() }
    }
}

/// Where it is written down.
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
                self.read(crowd, lanes, play)?;
            }
        }
        Ok(())
    }

    fn read(&mut self, crowd: &Crowd, lanes: &mut Lanes, play: &mut Play) -> io::Result<()> {
        let at = Point { in_flight: Some(1), logins: Some(crowd.logins), ..crowd.at() };
        let cost = Cost::of(&crowd.server, &crowd.stores, || lanes.carry(play, BATCH))?;
        cost.note(self.record, self.launch, crowd.server.contender, &at);
        Ok(())
    }

    fn climb(&mut self, crowd: &mut Crowd, steps: &[u32]) -> io::Result<String> {
        let mut taken = vec![crowd.taken()?];
        for step in steps {
            crowd.grow(*step)?;
            taken.push(crowd.taken()?);
            self.read_in_turn(&[crowd])?;
        }
        Ok(self.slopes(crowd, &taken))
    }

    /// By how much both grow from login to login, between one step and the next: each is a sample.
    fn slopes(&mut self, crowd: &Crowd, taken: &[Taken]) -> String {
        let mut told = String::new();
        for pair in taken.windows(2) {
            let [less, more] = pair else { continue };
            let logins = f64::from(more.logins - less.logins);
            let slope = |less: u64, more: u64| (float(more) - float(less)) / logins;
            let (server, store) = (slope(less.server, more.server), slope(less.store, more.store));
            let at = Point { journey: "login".to_owned(), ..crowd.at() };
            self.record.push(self.launch, Metric::ServerMemory, &at, server);
            if crowd.server.contender.store != Store::None {
                self.record.push(self.launch, Metric::StoreMemory, &at, store);
            }
            // Writing to a String cannot fail.
            let _ = write!(told, "to {}: {server:.0} B here, {store:.0} B in the store a login; ", more.logins);
        }
        told
    }
}

fn used_by(info: &str) -> Option<u64> {
    info.lines().find_map(|line| line.strip_prefix("used_memory:"))?.trim().parse().ok()
}
