//! The cost of a request, for the service and its store.

use authlab_results::{Family, Metric, Point, statistics::median};

use super::{Figures, anchor, base, cell, conditions, journey, ours, repeated, rows};
use crate::{
    chart::{
        SERVICE_AND_STORE,
        forest::{ForestRow, forest},
        panels::{Frame, Panel, panels},
    },
    document::Block,
    figures::{Quantity, mine, with},
    numbers::IN_MICROSECONDS,
};

pub(super) fn chapter(figures: Figures<'_>) -> Vec<Block> {
    let mut blocks = vec![
        Block::chapter("cost", "Cost of a request"),
        Block::text(
            "CPU time of the service and of its store, in microseconds a request: median [95 % interval over launches and \
                 rounds]. `bare` is the same answer, byte for byte, without layers and mechanism. `null` has all layers and a \
                 mechanism that does nothing. The cost of a mechanism is the difference to `null`.",
        ),
    ];
    blocks.extend(headline(figures).map(Block::Chart));
    blocks.extend(ratios(figures).map(Block::Chart));
    let usual = |point: &Point| point.habit.is_none() && point.rate.is_none() && point.logins.is_none();
    for condition in figures.conditions(Metric::ServerCpu, |point| usual(point) && point.journey != "password") {
        blocks.extend(table(figures, &condition));
    }
    blocks.extend(password(figures));
    blocks.push(repeated(figures));
    blocks
}

/// CPU time over concurrent requests, for service and store.
fn headline(figures: Figures<'_>) -> Option<crate::chart::Chart> {
    let depths = figures.conditions(Metric::ServerCpu, is_depth);
    if depths.is_empty() {
        return None;
    }
    let middle = |quantity, point: &Point| {
        figures.samples(quantity, point).map(|samples| median(&samples.concat()) * IN_MICROSECONDS)
    };
    let column = |name: &str, depth: &Point| {
        let point = with(name, depth);
        let service = middle(Quantity::ServerCpu, &point)?;
        Some(vec![service, middle(Quantity::StoreCpu, &point).unwrap_or_default()])
    };
    let all = ours(figures).map(|contender| Panel {
        label: contender.name.clone(),
        columns: depths.iter().map(|depth| column(&contender.name, depth)).collect(),
    });
    let all: Vec<Panel> = all.filter(|panel| panel.columns.iter().any(Option::is_some)).collect();
    let steps: Vec<String> = depths.iter().map(|depth| depth.in_flight.unwrap_or(1).to_string()).collect();
    let line = middle(Quantity::ServerCpu, &mine("bare")).map(|bare| (bare, "bare answer, 1 in flight"));
    let frame = Frame {
        id: "in-flight",
        title: "GET /mine, logged in: CPU time a request, over requests in flight",
        unit: "µs of CPU a request",
        parts: &SERVICE_AND_STORE,
        steps: &steps,
        over: "requests in flight",
        line,
    };
    Some(panels(frame, &all))
}

fn is_depth(point: &Point) -> bool {
    *point == Point { contender: point.contender.clone(), in_flight: point.in_flight, ..mine("") }
        && point.in_flight.is_some()
}

/// Every contender relative to the answer with the fewest layers.
fn ratios(figures: Figures<'_>) -> Option<crate::chart::Chart> {
    let condition = mine("");
    let base = base(figures, &condition)?;
    let all = ours(figures).filter(|contender| contender.name != base.contender);
    let twigs = all.filter_map(|contender| {
        let found = figures.ratio(Quantity::Cpu, &with(&contender.name, &condition), &base)?;
        Some(ForestRow { label: contender.name.clone(), found, limit: None })
    });
    let title = "GET /mine, logged in, one request at a time: how many times a bare answer";
    let words = format!(
        "CPU time of service and store, as a multiple of “{}”; the bar is the interval of 95 %",
        base.contender
    );
    Some(forest("ratios", title, &words, &twigs.collect::<Vec<_>>()))
}

/// Every contender under the same conditions.
fn table(figures: Figures<'_>, condition: &Point) -> Vec<Block> {
    let base = base(figures, condition);
    let all = figures.contenders().filter(|contender| contender.family != Family::Peer);
    let found = rows(all, figures, Quantity::ServerCpu, condition, |point| {
        let parts = [Quantity::ServerCpu, Quantity::StoreCpu, Quantity::Cpu];
        let parts = parts.map(|quantity| cell(figures.estimate(quantity, point), IN_MICROSECONDS));
        let times = base.as_ref().map(|base| cell(figures.ratio(Quantity::Cpu, point, base), 1.0));
        parts.into_iter().chain(times).collect()
    });
    if found.is_empty() {
        return Vec::new();
    }
    let times = base.as_ref().map(|base| format!("times `{}`", base.contender));
    let head: Vec<&str> =
        ["µs of CPU a request", "service", "store", "both"].into_iter().chain(times.as_deref()).collect();
    let title = format!("{}: {}", journey(&condition.journey), conditions(condition));
    let place = anchor(&format!("cost {} {}", condition.journey, conditions(condition)));
    vec![Block::section(&place, title.trim_end_matches(": ")), Block::table(&head, found)]
}

/// In a separate section, because its cost is so much larger than all others.
fn password(figures: Figures<'_>) -> Vec<Block> {
    let conditions = figures.conditions(Metric::ServerCpu, |point| point.journey == "password");
    let Some(condition) = conditions.first() else { return Vec::new() };
    let found = rows(figures.contenders(), figures, Quantity::ServerCpu, condition, |point| {
        vec![cell(figures.estimate(Quantity::ServerCpu, point), IN_MICROSECONDS)]
    });
    vec![
        Block::section("cost-password", "The password check"),
        Block::text("Every login costs one password check on top, with every mechanism."),
        Block::table(&["", "µs of CPU"], found),
    ]
}
