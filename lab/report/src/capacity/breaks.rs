//! The number of users at which a limit is reached, and what happens then. The name and the description of a design say what it uses.

use std::time::Duration;

use authlab_results::Metric;
use serde::Serialize;

use super::{
    Load, Need,
    habits::{Habits, Kind},
};
use crate::{
    figures::{Figures, at},
    numbers::{real, whole},
};

/// A limit.
#[derive(Clone, Debug, Serialize)]
pub struct Break {
    pub users: f64,
    /// The exhausted resource, and the effect.
    pub what: String,
}

/// Settings of the services on which a limit depends. The caller knows them.
#[derive(Clone, Copy, Debug)]
pub struct ServiceLimits {
    /// How long a login cookie of cookie-svc is valid.
    pub cookie_lifetime: Duration,
    /// How long a JWT of token-svc is valid.
    pub token_lifetime: Duration,
    /// Ended logins that a service keeps in memory.
    pub max_ended_logins: usize,
}

/// The limits of this design that depend on the number of users, in the order in which they are reached.
pub(super) fn all(figures: Figures<'_>, need: &Need, load: Load) -> Vec<Break> {
    let Load { users, habits, limits, password } = load;
    let machine = &figures.0.machine;
    let processors = real(machine.processors);
    let memory = real(machine.memory_bytes);
    let these = format!("all {} processors of the measured machine", machine.processors);
    let told = figures.contenders().find(|contender| contender.name == need.name);
    let told = told.map_or_else(String::new, |told| format!("{} {}", told.name, told.about).to_lowercase());
    let is = |word: &str| told.contains(word);
    let passwords = password.map(|seconds| seconds * habits.peak_rate(Kind::Login) * users);
    let mut met: Vec<Break> = Vec::new();
    let mut grows = |used: Option<f64>, limit: f64, what: &str| {
        let used = used.filter(|used| *used > 0.0);
        met.extend(used.map(|used| Break { users: users * limit / used, what: what.to_owned() }));
    };
    grows(Some(need.service_cores), processors, &format!("the service uses {these}: start more instances"));
    grows(passwords, processors, &format!("checking passwords uses {these}, whatever the design"));
    if is("redis") {
        let what = "one core of Redis is full, and a Redis uses only one: shard it, or read less often";
        grows(Some(need.store_cores), 1.0, what);
        grows(need.store_bytes, memory, "Redis fills the memory of the measured machine");
    } else if is("postgres") {
        let what = format!("PostgreSQL uses {these}: replicas serve reads only");
        grows(Some(need.store_cores), processors, &what);
    } else if is("memory") {
        let what = "sessions fill the memory of the measured machine, and no second instance shares them";
        grows(need.service_bytes, memory, what);
    }
    if is("sqlite") {
        // A mechanism with a feed keeps its items in the client.
        met.extend(one_writer(figures, need, habits, !is("feed")));
    }
    if is("feed") {
        met.extend(full_feed(need, habits, limits));
    }
    met.sort_by(|one, other| one.users.total_cmp(&other.users));
    met
}

/// `SQLite` has one writer at a time, so its wall time is the limit.
fn one_writer(figures: Figures<'_>, need: &Need, habits: Habits, keeps_items: bool) -> Option<Break> {
    let writes = |kind: &Kind| match kind {
        Kind::Read => false,
        Kind::Write => keeps_items,
        Kind::Login | Kind::Logout | Kind::Refresh => true,
    };
    let busy = |kind: Kind| {
        let wall = figures.median(Metric::Wall, &at(&need.name, kind.journey(), Some(1)))?;
        Some(habits.peak_rate(kind) * wall / 1e9)
    };
    let busy: f64 = Kind::ALL.into_iter().filter(writes).filter_map(busy).sum();
    let what = "SQLite's only writer is always busy (computed from the wall time of sequential writes)".to_owned();
    (busy > 0.0).then(|| Break { users: 1.0 / busy, what })
}

/// An ended login stays in the set until its credential would have expired.
fn full_feed(need: &Need, habits: Habits, limits: ServiceLimits) -> Option<Break> {
    let cookie = need.name.starts_with("cookie");
    let life = if cookie { limits.cookie_lifetime } else { limits.token_lifetime };
    let days = life.as_secs_f64() / 86_400.0;
    let kept_for_each = habits.logouts * days;
    let most = real(limits.max_ended_logins);
    let what = format!(
        "the set of ended logins holds {} (each for {} s): beyond that, each request reads the database, as with REVOCATION=read",
        whole(most),
        whole(life.as_secs_f64()),
    );
    (kept_for_each > 0.0).then(|| Break { users: most / kept_for_each, what })
}
