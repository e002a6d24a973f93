//! Estimates the capacity for a number of users from the measured cost of each kind of request. The estimate only
//! multiplies. The output contains each formula and the limits of the estimate.
//!
//! * [`habits`]: how often a user does each kind of request
//! * this module: processors, memory, bandwidth and commands of each design
//! * [`breaks`]: the number of users at which each limit is reached

pub mod breaks;
pub mod habits;
#[cfg(test)]
mod tests;

use authlab_results::{Family, Metric};
use serde::Serialize;

use self::{
    breaks::{Break, ServiceLimits},
    habits::{Habits, Kind},
};
use super::{
    claims::rule::RULES,
    figures::{Figures, at},
    material::Material,
};

/// The estimate for a number of users.
#[derive(Debug, Serialize)]
pub struct Capacity {
    pub users: f64,
    pub habits: Habits,
    pub run: String,
    /// Why the run's times, and so this estimate, are in doubt.
    pub doubts: Vec<String>,
    /// Requests per second at the peak.
    pub peak_requests: f64,
    /// Processors that only the password checks need at the peak, in every design; `None` if they were not measured.
    pub password_cores: Option<f64>,
    pub designs: Vec<Need>,
    pub formulae: Vec<&'static str>,
    pub not_known: Vec<String>,
}

/// The needs of one design at the peak.
#[derive(Clone, Debug, Serialize)]
pub struct Need {
    pub name: String,
    pub service_cores: f64,
    pub store_cores: f64,
    /// Bytes of live logins, in the service and in its store; `None` if they were not measured.
    pub service_bytes: Option<f64>,
    pub store_bytes: Option<f64>,
    pub bits_a_second: f64,
    /// Commands or statements a second. `None` if the store receives none, or they cannot be counted.
    pub store_commands: Option<f64>,
    /// The limits of the design, in the order in which they are reached.
    pub breaks: Vec<Break>,
}

/// The users, and what is known about them and the services.
#[derive(Clone, Copy, Debug)]
struct Load {
    users: f64,
    habits: Habits,
    limits: ServiceLimits,
    /// Seconds of CPU for one password check.
    password: Option<f64>,
}

pub const FORMULAE: &[&str] = &[
    "peak rate of a kind of request = users × times per day × peak / 86,400 s",
    "cores = Σ over kinds: peak rate × CPU time of one, at 16 in flight where that was measured, else one at a time",
    "memory = users × logins that live × bytes that grow with each",
    "bandwidth = Σ over kinds: peak rate × (bytes of request + bytes of answer) × 8",
    "store commands = Σ over kinds: peak rate × commands of one",
    "passwords = peak rate of logins × CPU time of one check",
    "a limit is reached at the number of users for which the formula gives its value",
];

const NOT_KNOWN: [&str; 6] = [
    "the cost of your handlers, TLS, the proxy and the logs: add it, it is probably more than all of this",
    "the target load of a processor: these are cores at 100 %; for 60 %, divide by 0.6",
    "the store under other conditions: concurrent requests, a separate machine, replication, persistence, a network between",
    "events beyond the peak factor, such as a sale or a push message",
    "other machines: one core here is the one that the run names",
    "failed instances, deployments and cold caches: keep capacity for one instance less",
];

/// The designs for which all kinds of requests were measured.
pub fn of(material: &Material, users: f64, habits: Habits, limits: ServiceLimits) -> Capacity {
    let figures = Figures(&material.run);
    let peak = |kind: Kind| habits.peak_rate(kind) * users;
    let password = figures.median(Metric::ServerCpu, &at("argon2id", "password", None)).map(|found| found / 1e9);
    let load = Load { users, habits, limits, password };
    let ours = figures
        .contenders()
        .filter(|contender| matches!(contender.family, Family::Cookie | Family::Session | Family::Token));
    let mut not_known: Vec<String> = NOT_KNOWN.map(str::to_owned).to_vec();
    not_known.extend(material.run.left_out.iter().map(|left| format!("{}: {}", left.what, left.why)));
    Capacity {
        users,
        habits,
        run: material.file.clone(),
        doubts: RULES.run.doubts(figures),
        peak_requests: Kind::ALL.into_iter().filter(|kind| kind.is_everywhere()).map(peak).sum(),
        password_cores: password.map(|seconds| seconds * peak(Kind::Login)),
        designs: ours.filter_map(|contender| need(figures, &contender.name, load)).collect(),
        formulae: FORMULAE.to_vec(),
        not_known,
    }
}

fn need(figures: Figures<'_>, name: &str, load: Load) -> Option<Need> {
    let Load { users, habits, .. } = load;
    let costs = Cost::all(figures, name)?;
    let summed = |part: fn(&Cost) -> f64| {
        costs.iter().map(|(kind, cost)| habits.peak_rate(*kind) * users * part(cost)).sum::<f64>()
    };
    let slope = |metric: Metric| {
        let bytes = figures.median(metric, &at(name, "login", None))?;
        Some(bytes.max(0.0) * habits.live * users)
    };
    let asked = costs.iter().any(|(_, cost)| cost.commands > 0.0);
    let mut need = Need {
        name: name.to_owned(),
        service_cores: summed(|cost| cost.service),
        store_cores: summed(|cost| cost.store),
        service_bytes: slope(Metric::ServerMemory),
        store_bytes: slope(Metric::StoreMemory),
        bits_a_second: summed(|cost| 8.0 * cost.bytes),
        store_commands: asked.then(|| summed(|cost| cost.commands)),
        breaks: Vec::new(),
    };
    need.breaks = breaks::all(figures, &need, load);
    Some(need)
}

/// The cost of one request of a kind: seconds of CPU time, bytes in both directions, commands.
#[derive(Clone, Copy, Debug)]
struct Cost {
    service: f64,
    store: f64,
    bytes: f64,
    commands: f64,
}

impl Cost {
    /// `None` unless every kind of request that all designs have was measured.
    fn all(figures: Figures<'_>, name: &str) -> Option<Vec<(Kind, Self)>> {
        let found = Kind::ALL.into_iter().map(|kind| (kind, Self::of(figures, name, kind)));
        let counted = found.filter(|(kind, cost)| kind.is_everywhere() || cost.is_some());
        counted.map(|(kind, cost)| Some((kind, cost?))).collect()
    }

    fn of(figures: Figures<'_>, name: &str, kind: Kind) -> Option<Self> {
        let point = |in_flight| at(name, kind.journey(), in_flight);
        let busy = |metric| [16, 1].into_iter().find_map(|depth| figures.median(metric, &point(Some(depth))));
        let counted = |metric| figures.median(metric, &point(None)).unwrap_or_default();
        Some(Self {
            service: busy(Metric::ServerCpu)? / 1e9,
            store: busy(Metric::StoreCpu).unwrap_or_default() / 1e9,
            bytes: counted(Metric::BytesSent) + counted(Metric::BytesReceived),
            commands: counted(Metric::StoreCommands),
        })
    }
}
