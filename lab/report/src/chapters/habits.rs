//! Why published figures disagree: common measurement mistakes, each made on purpose in the same run, next to the
//! correct figure.

use authlab_results::{Metric, Point};

use super::{Figures, LATENCY, anchor, base, capitalised, cell, cells, conditions, ours, repeated, rows, times};
use crate::{
    document::Block,
    figures::{Quantity, is_plain, with},
};

/// The effect of each mistake, by the harness's name for it. Mistakes without an entry get no text.
const WORDS: [(&str, &str); 4] = [
    (
        "closed loop",
        "A client that waits for each answer sends nothing while the server stalls. It counts one slow request, where an \
             open loop counts all requests that had to wait. Here the store stalls twice a second, for both alike.",
    ),
    (
        "generator inside",
        "The cost of requests that are created in the server process counts as cost of the server. Every figure grows, \
             and every ratio between two mechanisms shrinks towards 1.",
    ),
    (
        "no warm-up",
        "The first requests of a fresh process pay for pages, caches and branches that later requests find ready. A short \
             measurement consists of such requests.",
    ),
    (
        "key parsed per call",
        "Parsing a key for each request can cost more than verifying the signature. Comparisons of algorithms and \
             libraries that do so compare parsers.",
    ),
];

pub(super) fn chapter(figures: Figures<'_>) -> Vec<Block> {
    let mut blocks = vec![
        Block::chapter("habits", "Why published figures disagree"),
        Block::text(
            "The same servers in the same run, measured properly and with a common mistake. Each mistake is a switch of the \
                 harness (`benches/src/harness/habits.rs`). No other chapter uses these figures.",
        ),
    ];
    let mut habits: Vec<String> = Vec::new();
    for figure in &figures.0.figures {
        habits.extend(figure.at.habit.clone().filter(|habit| !habits.contains(habit)));
    }
    for habit in &habits {
        blocks.extend(section(figures, habit));
    }
    blocks.extend(wall(figures));
    blocks.push(repeated(figures));
    blocks
}

fn section(figures: Figures<'_>, habit: &str) -> Vec<Block> {
    let mut blocks = vec![Block::section(&anchor(&format!("habit {habit}")), &capitalised(habit))];
    blocks.extend(WORDS.iter().find(|(name, _)| *name == habit).map(|(_, words)| Block::text(*words)));
    let has_it = |point: &Point| point.habit.as_deref() == Some(habit);
    for condition in figures.conditions(Metric::ServerCpu, has_it) {
        blocks.push(cost(figures, &condition));
    }
    for condition in figures.conditions(Metric::LatencyMedian, has_it) {
        blocks.push(latency(figures, &condition));
    }
    blocks
}

/// CPU time with the mistake and without it, and the resulting comparison.
fn cost(figures: Figures<'_>, condition: &Point) -> Block {
    let proper = Point { habit: None, ..condition.clone() };
    let metric = Metric::ServerCpu;
    let with_it = base(figures, condition);
    // Both columns use the same baseline, otherwise they could not be compared.
    let same = with_it.as_ref().map(|base| with(&base.contender, &proper));
    let without = same.or_else(|| base(figures, &proper));
    let found = rows(figures.contenders(), figures, metric, condition, |point| {
        let properly = with(&point.contender, &proper);
        let cost = |point| cell(figures.estimate(metric, point), Quantity::Of(metric).unit().1);
        vec![
            cost(&properly),
            cost(point),
            times(figures, metric, point, Some(&properly)),
            times(figures, metric, &properly, without.as_ref()),
            times(figures, metric, point, with_it.as_ref()),
        ]
    });
    let named = without.as_ref().map_or("–", |base| &base.contender);
    let (properly, habitually) = (format!("times `{named}`, properly"), format!("times `{named}`, with the habit"));
    Block::table(["µs of CPU of the service", "properly", "with the habit", "times", &properly, &habitually], found)
}

/// Latency with the mistake and without it: clients that wait, and clients that send at a fixed rate.
fn latency(figures: Figures<'_>, condition: &Point) -> Block {
    let same_journey = |point: &Point| point.journey == condition.journey && point.habit.is_none();
    let by_the_clock = figures.conditions(Metric::LatencyMedian, same_journey);
    let lines = by_the_clock.iter().chain([condition]).flat_map(|line| {
        let name = line.habit.clone().unwrap_or_else(|| format!("properly, {}", conditions(line)));
        rows(figures.contenders(), figures, Metric::LatencyMedian, line, |point| {
            [vec![name.clone()], cells(figures, point, &LATENCY)].concat()
        })
    });
    let head = ["ms until the answer, at most, for", "measured", "half", "99 of 100", "999 of 1,000"];
    Block::table(head, lines.collect())
}

/// This mistake needs no switch, because every run records both clocks.
fn wall(figures: Figures<'_>) -> Vec<Block> {
    let mut blocks = vec![
        Block::section("habit-wall", "Wall time instead of CPU time"),
        Block::text(
            "Wall time between request and answer contains the work of the client, the network, and other load of the \
                 machine. Concurrent requests share it. It tells how long a client waits, not what a server costs.",
        ),
    ];
    for condition in figures.conditions(Metric::Wall, is_plain) {
        let base = base(figures, &condition);
        let found = rows(ours(figures), figures, Metric::Wall, &condition, |point| {
            let quantities = [Quantity::Cpu, Metric::Wall.into()];
            let against = quantities.map(|quantity| times(figures, quantity, point, base.as_ref()));
            [cells(figures, point, &quantities), against.to_vec()].concat()
        });
        let named = base.as_ref().map_or("–", |base| &base.contender);
        let head = format!("µs a request, {} in flight", condition.in_flight.unwrap_or(1));
        let (cpu, clock) = (format!("times `{named}`, CPU"), format!("times `{named}`, wall"));
        blocks.push(Block::table([&*head, "CPU of service and store", "wall", &cpu, &clock], found));
    }
    blocks
}
