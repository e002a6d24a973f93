//! Other libraries and frameworks that give the same answer, if they were measured.

use authlab_results::{Contender, Family, Metric, Point};

use super::{Figures, anchor, base, cell, conditions, journey, repeated, rows};
use crate::{
    chart::{
        Chart,
        forest::{ForestRow, forest},
    },
    document::Block,
    figures::{Quantity, mine, with},
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
    blocks.extend(ratios(figures).map(Block::Chart));
    let is_plain = |point: &Point| point.habit.is_none() && point.rate.is_none() && point.logins.is_none();
    for condition in figures.conditions(Metric::ServerCpu, is_plain) {
        blocks.extend(table(figures, &condition));
    }
    blocks.push(repeated(figures));
    blocks
}

fn peers(figures: Figures<'_>) -> impl Iterator<Item = &Contender> {
    figures.0.contenders.iter().filter(|contender| contender.family == Family::Peer)
}

fn ratios(figures: Figures<'_>) -> Option<Chart> {
    let base = base(figures, &mine(""))?;
    let twig = |peer: &Contender| {
        let found = figures.ratio(Quantity::Cpu, &mine(&peer.name), &base)?;
        Some(ForestRow { label: peer.name.clone(), found, limit: None })
    };
    let twigs: Vec<ForestRow> = peers(figures).filter_map(twig).collect();
    let title = "GET /mine, logged in, one request at a time: other implementations";
    let words = format!("CPU time of service and store, as a multiple of “{}”", base.contender);
    (!twigs.is_empty()).then(|| forest("peers", title, &words, &twigs))
}

fn table(figures: Figures<'_>, condition: &Point) -> Vec<Block> {
    let base = base(figures, condition);
    let found = rows(peers(figures), figures, Quantity::ServerCpu, condition, |point| {
        let against = base.as_ref().and_then(|base| figures.ratio(Quantity::Cpu, point, base));
        let nothing = nothing_of(figures, &point.contender).map(|nothing| with(nothing, condition));
        let more = nothing.and_then(|nothing| figures.difference(Quantity::Cpu, point, &nothing));
        vec![
            cell(figures.estimate(Quantity::Cpu, point), IN_MICROSECONDS),
            cell(more, IN_MICROSECONDS),
            cell(against, 1.0),
        ]
    });
    if found.is_empty() {
        return Vec::new();
    }
    let title = format!("{}: {}", journey(&condition.journey), conditions(condition));
    let place = anchor(&format!("peers {} {}", condition.journey, conditions(condition)));
    let times = base.as_ref().map_or_else(|| "times".to_owned(), |base| format!("times `{}`", base.contender));
    let head = ["µs of CPU a request", "service and store", "more than nothing", &times];
    vec![Block::section(&place, &title), Block::table(&head, found)]
}

/// The same framework's answer without a mechanism, found by the peer's name or description.
fn nothing_of<'a>(figures: Figures<'a>, name: &str) -> Option<&'a str> {
    let about = figures.0.contenders.iter().find(|contender| contender.name == name)?.about.as_str();
    let all = figures.0.contenders.iter().map(|contender| contender.name.as_str());
    let mut nothings = all.filter_map(|nothing| Some((nothing, nothing.strip_suffix(NOTHING)?)));
    let own = |(nothing, framework): &(&str, &str)| {
        *nothing != name && (name.starts_with(framework) || about.contains(&format!("under {framework}")))
    };
    nothings.find(own).map(|(nothing, _)| nothing)
}
