//! The README's part of the report: the verdicts on the course's sentences, one chart, and a guide to the choice.

use anyhow::{Context as _, Result};
use authlab_results::{Family, Metric, Verdict};

use super::{
    chart::{
        Chart, SERVICE_AND_STORE,
        bars::{Bar, bars},
    },
    claims::DecidedClaim,
    figures::{Figures, Quantity, at, mine},
    material::Material,
    numbers::{IN_MICROSECONDS, range, short},
    verdicts::Verdicts,
};

const BEGIN: &str = "<!-- comparison: written by `lab report` -->";
const END: &str = "<!-- end of the comparison -->";

/// The section; `chart` is the [`overview`].
pub fn section(material: &Material, verdicts: &Verdicts, chart: &Chart) -> String {
    let (run, machine) = (&material.run, &material.run.machine);
    let doubt = match verdicts.doubts.as_slice() {
        [] => String::new(),
        doubts => format!("> [!WARNING]\n> **DO NOT RELY ON THIS RUN: {}.**\n\n", doubts.join("; ")),
    };
    format!(
        "{doubt}![{}. {}](docs/comparison.svg)\n\n\
         One request of somebody who is logged in, {}, on one processor of {} ({}), Linux {}: every figure with its interval, every \
         verdict with its rule, and how to repeat it, in **[docs/comparison.md](docs/comparison.md)** \
         ([as one page](docs/comparison.html)).\n\n\
         {}\n{}",
        chart.title,
        chart.description.replace('[', "(").replace(']', ")"),
        run.started.strftime("%-d %B %Y"),
        machine.processors,
        machine.processor,
        machine.kernel,
        sentences(verdicts),
        guide(Figures(run)),
    )
}

/// The README with this section between its markers.
pub fn put(readme: &str, section: &str) -> Result<String> {
    let (before, rest) = readme.split_once(BEGIN).context("the README has no marker where the comparison begins")?;
    let (_, after) = rest.split_once(END).context("the README has no marker where the comparison ends")?;
    Ok(format!("{before}{BEGIN}\n\n{section}\n{END}{after}"))
}

/// Every design that supports all requests, next to an answer without a mechanism.
pub fn overview(figures: Figures<'_>) -> Chart {
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

fn sentences(verdicts: &Verdicts) -> String {
    let head = ["| web courses say | verdict | reason |".to_owned(), "|---|---|---|".to_owned()];
    let rows = verdicts.sentences().map(|(sentence, verdict, parts)| {
        let because: Vec<String> = Verdict::ALL.into_iter().filter_map(|verdict| listed(parts, verdict)).collect();
        format!("| {sentence} | **{}** | {} |", verdict.words(), because.join("<br>"))
    });
    head.into_iter().chain(rows).collect::<Vec<_>>().join("\n") + "\n"
}

/// The parts with this verdict, each with a link into the document.
fn listed(parts: &[DecidedClaim], verdict: Verdict) -> Option<String> {
    let link = |part: &DecidedClaim| format!("[{}](docs/comparison.md#claim-{})", unprefixed(&part.says), part.id);
    let links: Vec<String> = parts.iter().filter(|part| part.verdict == verdict).map(link).collect();
    (!links.is_empty()).then(|| format!("{} **{}**: {}", verdict.sign(), verdict.words(), links.join(", ")))
}

/// Without the first half of the sentence, which the table row already shows.
fn unprefixed(says: &str) -> &str {
    says.split_once(": ").map_or(says, |(_, rest)| rest)
}

/// The guide: when to choose which service, with figures.
fn guide(figures: Figures<'_>) -> String {
    let or_not =
        |found: Option<String>, unit| found.map_or("not measured".to_owned(), |found| format!("{found} {unit}"));
    let cost =
        |name| or_not(figures.estimate(Quantity::Cpu, &mine(name)).map(|found| range(found, IN_MICROSECONDS)), "µs");
    let bytes = |quantity: Quantity, point| or_not(figures.median(quantity, &point).map(short), "bytes");
    let memory = |name| bytes(Quantity::Memory, at(name, "login", None));
    let sent = |name| bytes(Metric::BytesSent.into(), at(name, "mine", None));
    format!(
        "| choose | if | cost of a request |\n|---|---|---|\n\
         | **cookie-svc** | the data is small, its owner may read it, and an older version may come back; the server should store nothing; \
         logins may wait when the database has not answered for 5 s (`REVOCATION=feed`) | {}; {} on the wire, no memory per login |\n\
         | **session-svc, in memory** | one process serves all requests, and its restart may end all logins | {}; {} per active login |\n\
         | **session-svc, in Redis** | a login must end everywhere at once, users want a list of devices, the data changes often or must \
         stay hidden | {}, Redis included; {} per active login |\n\
         | **session-svc, in SQL** | the same, with a database and without Redis; or Django shares the sessions | {} in PostgreSQL, {} in \
         SQLite |\n\
         | **token-svc, JWT** | programs and other services are your clients, or others verify your tokens; the feed needs the database as \
         for cookie-svc | {}; {} on the wire |\n\
         | **token-svc, opaque** | programs are your clients, and a login must end at once and be in a list of devices | {} in SQLite; {} on \
         the wire |\n",
        cost("cookie signed, feed"),
        sent("cookie signed, feed"),
        cost("session, memory"),
        memory("session, memory"),
        cost("session, redis"),
        memory("session, redis"),
        cost("session, postgres"),
        cost("session, sqlite"),
        cost("token HS256, feed"),
        sent("token HS256, feed"),
        cost("token opaque"),
        sent("token opaque"),
    )
}
