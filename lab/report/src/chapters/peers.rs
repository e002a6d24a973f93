//! Other libraries and frameworks that give the same answer, if they were measured.

use authlab_results::{Contender, Family, Metric, Point};

use super::{Figures, base, cell, is_usual, ratios, repeated, rows, section, times};
use crate::{
    document::Block,
    figures::{Quantity, with},
    numbers::IN_MICROSECONDS,
};

/// The suffix in the name of a peer without a mechanism.
const NOTHING: &str = ", nothing";

pub(super) fn chapter(figures: Figures<'_>) -> Vec<Block> {
    if peers(figures).next().is_none() {
        return Vec::new();
    }
    let mut blocks = vec![
        Block::chapter("peers", "Other implementations"),
        Block::text(
            "Programs of others answer the same request in the same rounds. They do less than the services: they have no \
                 layers, revocation or limits, unless their line says so. So this shows the cost of a mechanism in these \
                 programs, not which program is better. **More than nothing** is the difference to the answer of the same \
                 framework without a mechanism.",
        ),
        Block::List(peers(figures).map(|peer| format!("**{}**: {}", peer.name, peer.about)).collect()),
    ];
    blocks.extend(ratios(figures, "peers", "other implementations", "", peers(figures)));
    for condition in figures.conditions(Metric::ServerCpu, is_usual) {
        blocks.extend(table(figures, &condition));
    }
    blocks.push(repeated(figures));
    blocks
}

fn peers(figures: Figures<'_>) -> impl Iterator<Item = &Contender> {
    figures.contenders().filter(|contender| contender.family == Family::Peer)
}

fn table(figures: Figures<'_>, condition: &Point) -> Vec<Block> {
    let base = base(figures, condition);
    let found = rows(peers(figures), figures, Metric::ServerCpu, condition, |point| {
        let nothing = nothing_of(figures, &point.contender).map(|nothing| with(nothing, condition));
        let more = nothing.and_then(|nothing| figures.difference(Quantity::Cpu, point, &nothing));
        vec![
            cell(figures.estimate(Quantity::Cpu, point), IN_MICROSECONDS),
            cell(more, IN_MICROSECONDS),
            times(figures, Quantity::Cpu, point, base.as_ref()),
        ]
    });
    if found.is_empty() {
        return Vec::new();
    }
    let times = base.map_or_else(|| "times".to_owned(), |base| format!("times `{}`", base.contender));
    let head = ["µs of CPU a request", "service and store", "more than nothing", &times];
    vec![section(&format!("peers {}", condition.journey), condition), Block::table(head, found)]
}

/// The same framework's answer without a mechanism, found by the peer's name or description.
fn nothing_of<'a>(figures: Figures<'a>, name: &str) -> Option<&'a str> {
    let about = &figures.contenders().find(|contender| contender.name == name)?.about;
    let all = figures.contenders().map(|contender| contender.name.as_str());
    let mut nothings = all.filter_map(|nothing| Some((nothing, nothing.strip_suffix(NOTHING)?)));
    let own = |(nothing, framework): &(&str, &str)| {
        *nothing != name && (name.starts_with(framework) || about.contains(&format!("under {framework}")))
    };
    nothings.find(own).map(|(nothing, _)| nothing)
}
