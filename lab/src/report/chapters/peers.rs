//! Other people's libraries and frameworks on the same answer, where they were measured.

use super::{Figures, base, cell, conditions, journey, repeated, rows};
use crate::{
    report::{document::Block, figures::Quantity, numbers::IN_MICROSECONDS},
    results::{Family, Metric, Point},
};

pub(super) fn chapter(figures: Figures<'_>) -> Vec<Block> {
    let peers = || figures.contenders().filter(|contender| contender.family == Family::Peer);
    if peers().next().is_none() {
        return Vec::new();
    }
    let mut blocks = vec![
        Block::chapter("peers", "Other implementations"),
        Block::text(
            "The same request answered by others, in the same rounds. They do less than the services do: no layers, no revocation, no \
             limits, unless their line says otherwise; so this says what their mechanism costs, and not which is better.",
        ),
        Block::List(peers().map(|peer| format!("**{}**: {}", peer.name, peer.about)).collect()),
    ];
    let is_plain = |point: &Point| point.habit.is_none() && point.rate.is_none() && point.logins.is_none();
    for condition in figures.conditions(Metric::ServerCpu, is_plain) {
        let base = base(figures, &condition);
        let found = rows(peers(), figures, Quantity::ServerCpu, &condition, |point| {
            let against = base.as_ref().and_then(|base| figures.ratio(Quantity::Cpu, point, base));
            vec![cell(figures.estimate(Quantity::Cpu, point), IN_MICROSECONDS), cell(against, 1.0)]
        });
        if !found.is_empty() {
            let title = format!("{}: {}", journey(&condition.journey), conditions(&condition));
            blocks.push(Block::section(
                &super::anchor(&format!("peers {} {}", condition.journey, conditions(&condition))),
                &title,
            ));
            let times = base.as_ref().map_or_else(|| "times".to_owned(), |base| format!("times `{}`", base.contender));
            blocks.push(Block::table(&["µs of CPU a request", "service and store", &times], found));
        }
    }
    blocks.push(repeated(figures));
    blocks
}
