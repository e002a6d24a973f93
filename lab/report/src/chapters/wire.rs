//! Counted figures that do not vary: bytes on the wire, commands to the store, and kinds of clients.

use authlab_results::{Metric, Point, statistics::Estimate};

use super::{Figures, conditions, ours, repeated};
use crate::{
    chart::{
        Chart,
        bars::{Bar, bars},
    },
    document::Block,
    figures::{at, with},
    numbers::{short, whole},
};

pub(super) fn chapter(figures: Figures<'_>) -> Vec<Block> {
    let mut blocks = vec![
        Block::chapter("wire", "Bytes on the wire, and store commands"),
        Block::text(
            "Counted, so the same in every run of the same versions. Bytes are those of whole requests and answers, heads and \
                 bodies, over HTTP/1.1 with the fewest possible headers. A browser sends some hundred bytes more.",
        ),
    ];
    blocks.extend(bytes(figures).map(Block::Chart));
    blocks.push(Block::section("bytes", "Bytes of the request / of the answer"));
    blocks.push(table(figures, Metric::BytesSent, |point| {
        let [sent, received] = sent_and_received(figures, point)?;
        Some(format!("{}\u{a0}/\u{a0}{}", whole(sent), whole(received)))
    }));
    blocks.push(Block::section("commands", "Store commands for one request"));
    blocks.push(Block::text(
        "Redis counts every command that it receives, PostgreSQL every statement. A service that is not listed keeps its \
             data in the client, in its own process, or in SQLite, which is a library.",
    ));
    let counted = |metric| table(figures, metric, |point| figures.median(metric, point).map(short));
    blocks.push(counted(Metric::StoreCommands));
    blocks.push(Block::section("clients", "Kinds of clients that each service recognises"));
    blocks.push(Block::text(
        "Each service has its defaults. A browser logs in by form and sends its cookies only. A program without cookies \
             sends only what the body of the login answer contained. A service that verifies tokens itself has the published \
             public key only.",
    ));
    blocks.push(counted(Metric::ClientKinds));
    blocks.push(repeated(figures));
    blocks
}

fn sent_and_received(figures: Figures<'_>, point: &Point) -> Option<[f64; 2]> {
    Some([figures.median(Metric::BytesSent, point)?, figures.median(Metric::BytesReceived, point)?])
}

fn bytes(figures: Figures<'_>) -> Option<Chart> {
    let bar = |name: &str| {
        let [sent, received] = sent_and_received(figures, &at(name, "mine", None))?;
        let sum = sent + received;
        let told = format!("{} + {}", whole(sent), whole(received));
        let whole = Estimate { median: sum, low: sum, high: sum };
        Some(Bar { label: name.to_owned(), parts: vec![sent, received], whole, told })
    };
    let all: Vec<Bar> = ours(figures).filter_map(|contender| bar(&contender.name)).collect();
    let title = "GET /mine, logged in: bytes on the wire";
    (!all.is_empty()).then(|| bars("bytes", title, "bytes", &["request", "answer"], &all))
}

/// One row per contender, one column per kind of request.
fn table(figures: Figures<'_>, metric: Metric, cell: impl Fn(&Point) -> Option<String>) -> Block {
    let columns = figures.conditions(metric, |point| point.habit.is_none());
    let head = columns.iter().map(|condition| match conditions(condition).as_str() {
        "" => condition.journey.clone(),
        more => format!("{}, {more}", condition.journey),
    });
    let head = std::iter::once("for one request".to_owned()).chain(head);
    let row = |name: &str| {
        let cells: Vec<Option<String>> = columns.iter().map(|condition| cell(&with(name, condition))).collect();
        let told = cells.iter().map(|cell| cell.clone().unwrap_or_else(|| "–".to_owned()));
        cells.iter().any(Option::is_some).then(|| std::iter::once(name.to_owned()).chain(told).collect())
    };
    let rows = figures.contenders().filter_map(|contender| row(&contender.name)).collect();
    Block::table(head, rows)
}
