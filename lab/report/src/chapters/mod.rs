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

use authlab_results::{Contender, Family, Point, statistics::Estimate};

use super::{
    chart::Chart,
    document::Block,
    figures::{Figures, Quantity, with},
    material::Material,
    numbers::{range, short},
    verdicts::Verdicts,
};

/// `overview` is the summary chart, and comes first.
pub fn all(title: &str, overview: Chart, material: &Material, verdicts: &Verdicts) -> Vec<Block> {
    let figures = Figures(&material.run);
    let mut blocks = vec![Block::Heading { level: 1, anchor: String::new(), title: title.to_owned() }];
    blocks.extend(run::warnings(verdicts));
    blocks.push(run::in_a_sentence(material));
    blocks.push(Block::Chart(overview));
    blocks.extend(claims::summary(verdicts));
    blocks.extend(cost::chapter(figures));
    blocks.extend(wire::chapter(figures));
    blocks.extend(memory::chapter(figures));
    blocks.extend(latency::chapter(figures));
    blocks.extend(peers::chapter(figures));
    blocks.extend(attacks::chapter(material));
    blocks.extend(habits::chapter(figures));
    blocks.extend(claims::chapter(verdicts));
    blocks.extend(run::chapter(material, verdicts));
    blocks.extend(limits::chapter());
    blocks
}

/// The command that repeats the figures.
fn repeated(figures: Figures<'_>) -> Block {
    Block::text(format!("Repeat these figures: `{}`, then `cargo run --release -- report`.", figures.0.command))
}

/// `1.14 [1.13, 1.15]`, or a dash without a figure.
fn cell(found: Option<Estimate>, scale: f64) -> String {
    found.map_or_else(|| "–".to_owned(), |found| range(found, scale))
}

/// One row per contender with this figure under these conditions: its name, and the result of `cells`.
fn rows<'a>(
    contenders: impl Iterator<Item = &'a Contender>,
    figures: Figures<'_>,
    quantity: Quantity,
    condition: &Point,
    cells: impl Fn(&Point) -> Vec<String>,
) -> Vec<Vec<String>> {
    let measured = contenders.map(|contender| with(&contender.name, condition));
    let measured = measured.filter(|point| figures.samples(quantity, point).is_some());
    measured.map(|point| [vec![point.contender.clone()], cells(&point)].concat()).collect()
}

/// Our services, and the baselines.
fn ours(figures: Figures<'_>) -> impl Iterator<Item = &Contender> + Clone {
    figures.0.contenders.iter().filter(|contender| !matches!(contender.family, Family::Peer | Family::Control))
}

/// The baseline under these conditions: the measured answer with the fewest layers.
fn base(figures: Figures<'_>, condition: &Point) -> Option<Point> {
    let nulls = figures.contenders().filter(|contender| contender.family == Family::Null);
    nulls.map(|null| with(&null.name, condition)).find(|point| figures.samples(Quantity::ServerCpu, point).is_some())
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
