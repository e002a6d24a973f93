//! The latency of requests that are sent at a fixed rate.

use authlab_results::Metric;

use super::{Figures, anchor, cell, conditions, journey, repeated, rows};
use crate::{document::Block, figures::Quantity};

pub(super) fn chapter(figures: Figures<'_>) -> Vec<Block> {
    let by_the_clock = figures.conditions(Metric::LatencyMedian, |point| point.rate.is_some() && point.habit.is_none());
    if by_the_clock.is_empty() {
        return Vec::new();
    }
    let mut blocks = vec![
        Block::chapter("latency", "Latency"),
        Block::text(
            "Requests are sent at fixed times, whether or not earlier ones were answered. Each is timed from when it was due \
                 (open loop). Everything runs on one machine over loopback. A network between service and store adds its latency \
                 to every request that needs the store.",
        ),
    ];
    for condition in &by_the_clock {
        let found = rows(figures.contenders(), figures, Quantity::LatencyMedian, condition, |point| {
            [Quantity::LatencyMedian, Quantity::Latency99, Quantity::Latency999]
                .map(|quantity| cell(figures.estimate(quantity, point), quantity.unit().1))
                .to_vec()
        });
        let title = format!("{}: {}", journey(&condition.journey), conditions(condition));
        let place = anchor(&format!("latency {} {}", condition.journey, conditions(condition)));
        blocks.push(Block::section(&place, &title));
        blocks.push(Block::table(&["ms until the answer, at most, for", "half", "99 of 100", "999 of 1,000"], found));
    }
    blocks.push(repeated(figures));
    blocks
}
