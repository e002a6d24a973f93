//! The latency of requests that are sent at a fixed rate.

use authlab_results::Metric;

use super::{Figures, LATENCY, cells, repeated, rows, section};
use crate::document::Block;

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
        let found = rows(figures.contenders(), figures, Metric::LatencyMedian, condition, |point| {
            cells(figures, point, &LATENCY)
        });
        blocks.push(section(&format!("latency {}", condition.journey), condition));
        blocks.push(Block::table(["ms until the answer, at most, for", "half", "99 of 100", "999 of 1,000"], found));
    }
    blocks.push(repeated(figures));
    blocks
}
