//! The cost of live logins: memory per login, and reads with many logins.

use authlab_results::{Metric, Point};

use super::{CPU, Figures, cells, ours, repeated, rows, section};
use crate::{
    chart::{
        SERVICE_AND_STORE,
        bars::{Bar, bars},
    },
    document::Block,
    figures::{Quantity, at},
    numbers::range,
};

const MEMORY: [Quantity; 3] = [Quantity::Of(Metric::ServerMemory), Quantity::Of(Metric::StoreMemory), Quantity::Memory];

pub(super) fn chapter(figures: Figures<'_>) -> Vec<Block> {
    let mut blocks = vec![
        Block::chapter("memory", "Memory per active login"),
        Block::text(
            "Growth of the memory of the service and of its store for each login, as the slope between two numbers of active \
                 logins, since the memory of a fresh process says nothing. For PostgreSQL and SQLite it is the size of their \
                 files.",
        ),
    ];
    blocks.extend(slopes(figures));
    let all = |quantities: &'static [Quantity], metric, condition: &Point| {
        rows(figures.contenders(), figures, metric, condition, |point| cells(figures, point, quantities))
    };
    let found = all(&MEMORY, Metric::ServerMemory, &at("", "login", None));
    blocks.push(Block::table(["bytes per active login", "service", "store", "both"], found));
    for condition in figures.conditions(Metric::ServerCpu, |point| point.logins.is_some() && point.habit.is_none()) {
        blocks.push(section("memory", &condition));
        let found = all(&CPU, Metric::ServerCpu, &condition);
        blocks.push(Block::table(["µs of CPU a request", "service", "store", "both"], found));
    }
    blocks.push(repeated(figures));
    blocks
}

fn slopes(figures: Figures<'_>) -> Option<Block> {
    let bar = |name: &str| {
        let point = at(name, "login", None);
        let whole = figures.estimate(Quantity::Memory, &point)?;
        let parts = figures.parts(Quantity::Memory, &point)?;
        Some(Bar { label: name.to_owned(), parts, whole, told: format!("{} B", range(whole, 1.0)) })
    };
    let all: Vec<Bar> = ours(figures).filter_map(|contender| bar(&contender.name)).collect();
    let chart = || bars("memory", "Bytes per active login", "bytes", &SERVICE_AND_STORE, &all);
    (!all.is_empty()).then(chart).map(Block::Chart)
}
