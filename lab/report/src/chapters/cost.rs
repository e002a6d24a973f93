//! The cost of a request, for the service and its store.

use authlab_results::{Family, Metric, Point};

use super::{CPU, Figures, base, cells, is_usual, ours, ratios, repeated, rows, section, times};
use crate::{
    chart::{
        SERVICE_AND_STORE,
        panels::{Frame, Panel, panels},
    },
    document::Block,
    figures::{Quantity, is_plain, mine, with},
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
    blocks.extend(headline(figures));
    let bar = "; the bar is the interval of 95 %";
    blocks.extend(ratios(figures, "ratios", "how many times a bare answer", bar, ours(figures)));
    for condition in figures.conditions(Metric::ServerCpu, |point| is_usual(point) && point.journey != "password") {
        blocks.extend(table(figures, &condition));
    }
    blocks.extend(password(figures));
    blocks.push(repeated(figures));
    blocks
}

/// CPU time over concurrent requests, for service and store.
fn headline(figures: Figures<'_>) -> Option<Block> {
    let depths = figures.conditions(Metric::ServerCpu, |point| is_plain(point) && point.in_flight.is_some());
    if depths.is_empty() {
        return None;
    }
    let all = ours(figures).map(|contender| Panel {
        label: contender.name.clone(),
        columns: depths.iter().map(|depth| figures.parts(Quantity::Cpu, &with(&contender.name, depth))).collect(),
    });
    let all: Vec<Panel> = all.filter(|panel| panel.columns.iter().any(Option::is_some)).collect();
    let steps: Vec<String> = depths.iter().map(|depth| depth.in_flight.unwrap_or(1).to_string()).collect();
    let bare = figures.median(Metric::ServerCpu, &mine("bare"));
    let frame = Frame {
        id: "in-flight",
        title: "GET /mine, logged in: CPU time a request, over requests in flight",
        unit: "µs of CPU a request",
        parts: &SERVICE_AND_STORE,
        steps: &steps,
        over: "requests in flight",
        line: bare.map(|bare| (bare * IN_MICROSECONDS, "bare answer, 1 in flight")),
    };
    Some(Block::Chart(panels(frame, &all)))
}

/// Every contender under the same conditions.
fn table(figures: Figures<'_>, condition: &Point) -> Vec<Block> {
    let base = base(figures, condition);
    let all = figures.contenders().filter(|contender| contender.family != Family::Peer);
    let found = rows(all, figures, Metric::ServerCpu, condition, |point| {
        let times = base.as_ref().map(|base| times(figures, Quantity::Cpu, point, Some(base)));
        cells(figures, point, &CPU).into_iter().chain(times).collect()
    });
    if found.is_empty() {
        return Vec::new();
    }
    let times = base.map(|base| format!("times `{}`", base.contender));
    let head = ["µs of CPU a request", "service", "store", "both"].into_iter().chain(times.as_deref());
    vec![section(&format!("cost {}", condition.journey), condition), Block::table(head, found)]
}

/// In a separate section, because its cost is so much larger than all others.
fn password(figures: Figures<'_>) -> Vec<Block> {
    let conditions = figures.conditions(Metric::ServerCpu, |point| point.journey == "password");
    let Some(condition) = conditions.first() else { return Vec::new() };
    let found = rows(figures.contenders(), figures, Metric::ServerCpu, condition, |point| {
        cells(figures, point, &[Metric::ServerCpu.into()])
    });
    vec![
        Block::section("cost-password", "The password check"),
        Block::text("Every login costs one password check on top, with every mechanism."),
        Block::table(["", "µs of CPU"], found),
    ]
}
