//! The report's text by chapter. Contenders and journeys without a known name are included too.

mod attacks;
mod claims;
mod cost;
mod habits;
mod latency;
mod limits;
mod memory;
mod peers;
mod run;
mod wire;

use authlab_results::{Contender, Family, Metric, Point, statistics::Estimate};

use super::{
    chart::{
        Chart,
        forest::{ForestRow, forest},
    },
    document::Block,
    figures::{Figures, Quantity, mine, with},
    material::Material,
    numbers::{range, short},
    verdicts::Verdicts,
};

const CPU: [Quantity; 3] = [Quantity::Of(Metric::ServerCpu), Quantity::Of(Metric::StoreCpu), Quantity::Cpu];
const LATENCY: [Quantity; 3] =
    [Quantity::Of(Metric::LatencyMedian), Quantity::Of(Metric::Latency99), Quantity::Of(Metric::Latency999)];

/// This page is long, and most readers want less.
const NOT_THIS_PAGE: &str =
    "Which mechanism to take, with settings: [choose.md](choose.md). All verdicts on one page: [claims.md](claims.md).";

/// `overview` is the summary chart, and comes first.
pub fn all(title: &str, overview: Chart, material: &Material, verdicts: &Verdicts) -> Vec<Block> {
    let figures = Figures(&material.run);
    [
        vec![Block::Heading { level: 1, anchor: String::new(), title: title.to_owned() }],
        run::warnings(verdicts),
        vec![run::in_a_sentence(material), Block::text(NOT_THIS_PAGE), Block::Chart(overview)],
        claims::summary(verdicts),
        cost::chapter(figures),
        wire::chapter(figures),
        memory::chapter(figures),
        latency::chapter(figures),
        peers::chapter(figures),
        attacks::chapter(material),
        habits::chapter(figures),
        claims::chapter(verdicts),
        run::chapter(material, verdicts),
        limits::chapter(),
    ]
    .concat()
}

/// The command that repeats the figures.
fn repeated(figures: Figures<'_>) -> Block {
    Block::text(format!("Repeat these figures: `{}`, then `cargo run --release -- report`.", figures.0.command))
}

/// `1.14 [1.13, 1.15]`, or a dash without a figure.
fn cell(found: Option<Estimate>, scale: f64) -> String {
    found.map_or_else(|| "–".to_owned(), |found| range(found, scale))
}

/// The estimates of these quantities, each in its unit.
fn cells(figures: Figures<'_>, point: &Point, quantities: &[Quantity]) -> Vec<String> {
    quantities.iter().map(|quantity| cell(figures.estimate(*quantity, point), quantity.unit().1)).collect()
}

/// The multiple of the baseline, or a dash without a baseline.
fn times(figures: Figures<'_>, quantity: impl Into<Quantity>, point: &Point, base: Option<&Point>) -> String {
    cell(base.and_then(|base| figures.ratio(quantity, point, base)), 1.0)
}

/// The chart of these contenders, relative to the answer with the fewest layers.
fn ratios<'a>(
    figures: Figures<'a>,
    id: &str,
    whose: &str,
    more: &str,
    contenders: impl Iterator<Item = &'a Contender>,
) -> Option<Block> {
    let base = base(figures, &mine(""))?;
    let row = |contender: &Contender| {
        let found = figures.ratio(Quantity::Cpu, &mine(&contender.name), &base)?;
        Some(ForestRow { label: contender.name.clone(), found, limit: None })
    };
    let rows: Vec<_> = contenders.filter(|contender| contender.name != base.contender).filter_map(row).collect();
    let title = format!("GET /mine, logged in, one request at a time: {whose}");
    let words = format!("CPU time of service and store, as a multiple of “{}”{more}", base.contender);
    (!rows.is_empty()).then(|| Block::Chart(forest(id, &title, &words, &rows)))
}

/// The heading of a table with these conditions.
fn section(place: &str, condition: &Point) -> Block {
    let conditions = conditions(condition);
    let title = format!("{}: {conditions}", journey(&condition.journey));
    Block::section(&anchor(&format!("{place} {conditions}")), title.trim_end_matches(": "))
}

/// One row per contender with this figure under these conditions: its name, and the result of `cells`.
fn rows<'a>(
    contenders: impl Iterator<Item = &'a Contender>,
    figures: Figures<'_>,
    metric: Metric,
    condition: &Point,
    cells: impl Fn(&Point) -> Vec<String>,
) -> Vec<Vec<String>> {
    let measured = contenders.map(|contender| with(&contender.name, condition));
    let measured = measured.filter(|point| figures.0.figure(metric, point).is_some());
    measured.map(|point| [vec![point.contender.clone()], cells(&point)].concat()).collect()
}

/// Our services, and the baselines.
fn ours(figures: Figures<'_>) -> impl Iterator<Item = &Contender> {
    figures.contenders().filter(|contender| !matches!(contender.family, Family::Peer | Family::Control))
}

/// Whether the figure belongs to no other chapter.
fn is_usual(point: &Point) -> bool {
    point.habit.is_none() && point.rate.is_none() && point.logins.is_none()
}

/// The baseline under these conditions: the measured answer with the fewest layers.
fn base(figures: Figures<'_>, condition: &Point) -> Option<Point> {
    let nulls = figures.contenders().filter(|contender| contender.family == Family::Null);
    nulls.map(|null| with(&null.name, condition)).find(|point| figures.0.figure(Metric::ServerCpu, point).is_some())
}

/// The conditions in words: `16 in flight, 1,024 bytes of items, by cookie`.
fn conditions(point: &Point) -> String {
    let parts = [
        point.in_flight.map(|count| format!("{count} in flight")),
        point.item_bytes.map(|bytes| format!("{bytes} bytes of items")),
        point.carrier.as_ref().map(|carrier| format!("by {carrier}")),
        point.logins.map(|logins| format!("{logins} active logins")),
        point.rate.map(|rate| format!("{rate} a second")),
        point.store_delay.map(|delay| format!("the store {} ms further away", short(f64::from(delay) / 1e3))),
    ];
    parts.into_iter().flatten().collect::<Vec<_>>().join(", ")
}

/// A journey in words; an unknown journey keeps its name.
fn journey(name: &str) -> &str {
    match name {
        "mine" => "`GET /mine`, logged in",
        "anonymous" => "`GET /mine`, not logged in",
        "forged" => "`GET /mine` with a forged credential",
        "expired" => "`GET /mine` with an expired credential",
        "item read" => "Reading an item of 64 bytes",
        "item write" => "Writing an item of 64 bytes",
        "login" => "`POST /login`, without the password check",
        "logout" => "`POST /logout`",
        "refresh" => "`POST /token`: a refresh",
        "mix" => "A mix: 1 login, 50 reads, 5 writes, 1 logout",
        other => other,
    }
}

fn anchor(text: &str) -> String {
    let kept = |character: char| if character.is_ascii_alphanumeric() { character.to_ascii_lowercase() } else { '-' };
    text.chars().map(kept).collect::<String>().split('-').filter(|part| !part.is_empty()).collect::<Vec<_>>().join("-")
}

fn capitalised(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map(|first| first.to_uppercase().chain(letters).collect()).unwrap_or_default()
}
