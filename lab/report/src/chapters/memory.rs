//! The cost of live logins: memory per login, and reads with many logins.

use authlab_results::{Metric, Point, statistics::median};

use super::{Figures, cell, conditions, journey, ours, repeated, rows};
use crate::{
    chart::{
        SERVICE_AND_STORE,
        bars::{Bar, bars},
    },
    document::Block,
    figures::{Quantity, at},
    numbers::{IN_MICROSECONDS, range},
};

pub(super) fn chapter(figures: Figures<'_>) -> Vec<Block> {
    let mut blocks = vec![
        Block::chapter("memory", "Memory per active login"),
        Block::text(
            "Growth of the memory of the service and of its store for each login, as the slope between two numbers of active \
                 logins, since the memory of a fresh process says nothing. For PostgreSQL and SQLite it is the size of their \
                 files.",
        ),
    ];
    let condition = at("", "login", None);
    blocks.extend(slopes(figures).map(Block::Chart));
    let found = rows(figures.contenders(), figures, Quantity::Memory, &condition, |point| {
        let of = |metric| figures.0.figure(metric, point).map(authlab_results::Figure::estimate);
        vec![
            cell(of(Metric::ServerMemory), 1.0),
            cell(of(Metric::StoreMemory), 1.0),
            cell(figures.estimate(Quantity::Memory, point), 1.0),
        ]
    });
    blocks.push(Block::table(&["bytes per active login", "service", "store", "both"], found));
    for condition in figures.conditions(Metric::ServerCpu, |point| point.logins.is_some() && point.habit.is_none()) {
        blocks.extend(reads(figures, &condition));
    }
    blocks.push(repeated(figures));
    blocks
}

fn slopes(figures: Figures<'_>) -> Option<crate::chart::Chart> {
    let bar = |name: &str| {
        let point = at(name, "login", None);
        let whole = figures.estimate(Quantity::Memory, &point)?;
        let part = |metric| figures.0.figure(metric, &point).map(|figure| median(&figure.samples.concat()));
        let parts = vec![part(Metric::ServerMemory)?.max(0.0), part(Metric::StoreMemory).unwrap_or_default().max(0.0)];
        Some(Bar { label: name.to_owned(), parts, whole, told: format!("{} B", range(whole, 1.0)) })
    };
    let all: Vec<Bar> = ours(figures).filter_map(|contender| bar(&contender.name)).collect();
    (!all.is_empty()).then(|| bars("memory", "Bytes per active login", "bytes", &SERVICE_AND_STORE, &all))
}

fn reads(figures: Figures<'_>, condition: &Point) -> Vec<Block> {
    let found = rows(figures.contenders(), figures, Quantity::ServerCpu, condition, |point| {
        [Quantity::ServerCpu, Quantity::StoreCpu, Quantity::Cpu]
            .map(|quantity| cell(figures.estimate(quantity, point), IN_MICROSECONDS))
            .to_vec()
    });
    let title = format!("{}: {}", journey(&condition.journey), conditions(condition));
    let place = super::anchor(&format!("memory {}", conditions(condition)));
    vec![Block::section(&place, &title), Block::table(&["µs of CPU a request", "service", "store", "both"], found)]
}
