//! What one request costs: the first chart of the report, and the table of `docs/choose.md`.

use authlab_results::{Family, Metric};

use super::{
    chart::{
        Chart, SERVICE_AND_STORE,
        bars::{Bar, bars},
    },
    figures::{Figures, Quantity, at, mine},
    numbers::{IN_MICROSECONDS, range, short},
};

/// Each choice: its name, the contender that was measured, and its store in words.
const CHOICES: [(&str, &str, &str); 10] = [
    ("cookie-svc", "cookie signed, feed", "–"),
    ("cookie-svc, `REVOCATION=read`", "cookie signed, read", "SQLite"),
    ("session-svc", "session, memory", "memory"),
    ("session-svc", "session, redis", "Redis"),
    ("session-svc", "session, sqlite", "SQLite"),
    ("session-svc", "session, postgres", "PostgreSQL"),
    ("token-svc, opaque", "token opaque", "SQLite"),
    ("token-svc, opaque", "token opaque, postgres", "PostgreSQL"),
    ("token-svc, JWT by HS256", "token HS256, feed", "SQLite, for refresh tokens"),
    ("token-svc, JWT by EdDSA, seen for the first time", "token EdDSA", "SQLite, for refresh tokens"),
];

/// Every design that supports all requests, next to an answer without a mechanism.
pub(super) fn chart(figures: Figures<'_>) -> Chart {
    let does_all = |name: &str| figures.median(Metric::ServerCpu, &at(name, "item write", Some(1))).is_some();
    let shown = figures.contenders().filter(|contender| match contender.family {
        Family::Null => true,
        Family::Cookie | Family::Session | Family::Token => does_all(&contender.name),
        Family::Control | Family::Peer => false,
    });
    let bar = |name: &str| {
        let point = mine(name);
        let mut whole = figures.estimate(Quantity::Cpu, &point)?;
        for value in [&mut whole.median, &mut whole.low, &mut whole.high] {
            *value *= IN_MICROSECONDS;
        }
        let times = figures.ratio(Quantity::Cpu, &point, &mine("bare"));
        let times = times.map_or_else(String::new, |times| format!(" · {}×", short(times.median)));
        let parts = figures.parts(Quantity::Cpu, &point)?;
        Some(Bar { label: name.to_owned(), parts, whole, told: format!("{} µs{times}", short(whole.median)) })
    };
    let all: Vec<Bar> = shown.filter_map(|contender| bar(&contender.name)).collect();
    bars("overview", "What a request costs the server: CPU time of service and store", "µs", &SERVICE_AND_STORE, &all)
}

/// The choices with their costs, as a Markdown table.
pub(super) fn table(figures: Figures<'_>) -> String {
    let or_dash = |found: Option<String>| found.unwrap_or_else(|| "–".to_owned());
    let row = |(choice, name, store): (&str, &str, &str)| {
        let cost = figures.estimate(Quantity::Cpu, &mine(name)).map(|found| range(found, IN_MICROSECONDS));
        let sent = figures.median(Metric::BytesSent, &at(name, "mine", None)).map(short);
        let kept = figures.estimate(Quantity::Memory, &at(name, "login", None)).map(|found| range(found, 1.0));
        format!("| {choice} | {store} | {} | {} | {} |", or_dash(cost), or_dash(sent), or_dash(kept))
    };
    let head = "| choice | store | µs of CPU for a request | bytes of a request | bytes kept per login |\n\
                |---|---|---:|---:|---:|\n";
    head.to_owned() + &CHOICES.map(row).join("\n") + "\n"
}
