//! The lab's attacks, played on what others have made: how each behaves at its version, set as in `peers/`. `just attack-peers` runs it
//! and keeps what it saw as `docs/peers-under-attack.md`.
//!
//! These are the rows that a library decides and not the application around it. Where one succeeds that should not, nothing is published:
//! it is said here, for whoever then tells the makers.

use std::{
    fmt::Write as _,
    fs,
    io::{self, Write as _},
    process::ExitCode,
};

use benches::harness::{contender::CONTENDERS, peer, server::Server, stores::Stores};
use lab::{
    attack::{
        self,
        arena::Mark,
        report::{Cell, Report},
        row::Outcome,
        rows::find,
    },
    target::Target,
};
use tokio::runtime::Builder;

const ROWS: [&str; 10] = ["A41", "A05", "A25", "A10", "A11", "A12", "A01", "A02", "A56", "A57"];
const DOCUMENT: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/peers-under-attack.md");
const HEAD: &str = "\
# What others do under the same attacks

Rows of `lab attack` that a library decides and not the application around it, played on the [peers](../peers/README.md) by `just attack-peers`. This is
behaviour that was observed, at these versions and in these settings, and that their documentation lets one expect. *Works*: the attack succeeds, by the
nature of what is kept where. *Withstood*: it does not. *–*: there is nothing there to be attacked so. *Not stated*: nothing is claimed.

";

fn main() -> io::Result<ExitCode> {
    let stores = Stores::start()?;
    let mut servers = Vec::new();
    for contender in CONTENDERS.iter().filter(|contender| contender.is_a_program() && contender.asks()) {
        let settings = stores.flags(contender)?.ok_or("its store is not installed here".to_owned());
        match settings.and_then(|settings| Server::start(contender, &settings).map_err(|error| error.to_string())) {
            Ok(server) => servers.push(server),
            Err(why) => say(&format!("left out: {}: {why}", contender.name)),
        }
    }
    let mark = |server: &Server| Mark::stranger(Target::at(server.contender.name, server.address), None);
    let marks: Vec<Mark> = servers.iter().map(mark).collect();
    let rows: Vec<_> = ROWS.iter().filter_map(|number| find(number)).collect();
    let runtime = Builder::new_current_thread().enable_all().build()?;
    let played = runtime.block_on(attack::run(&marks, &rows, |row| say(&format!("{} {}", row.number, row.title))));
    let report = played.map_err(io::Error::other)?;
    fs::write(DOCUMENT, document(&report))?;
    let breaches = unpublished(&report);
    for breach in &breaches {
        say(breach);
    }
    Ok(ExitCode::from(u8::from(!breaches.is_empty())))
}

fn document(report: &Report) -> String {
    let mut text = HEAD.to_owned();
    let names: Vec<&str> = report.marks.iter().map(|mark| mark.target.name.as_str()).collect();
    // Writing to a String cannot fail.
    let _ = writeln!(text, "| attack | {} |\n|---|{}", names.join(" | "), "---|".repeat(names.len()));
    for (row, cells) in report.lines() {
        let cells: Vec<&str> = cells.iter().map(word).collect();
        let _ = writeln!(text, "| {} {} | {} |", row.number, row.title, cells.join(" | "));
    }
    text += "\nVersions:";
    for (name, version) in peer::versions() {
        let _ = write!(text, " {name} {version},");
    }
    text.trim_end_matches(',').to_owned() + ".\n"
}

fn word(cell: &Cell) -> &'static str {
    match cell.outcome {
        Outcome::Held => "withstood",
        Outcome::ByNature(_) => "works",
        Outcome::NotApplicable { .. } => "–",
        Outcome::Fell { .. } | Outcome::NotPlayed { .. } => "not stated",
    }
}

fn unpublished(report: &Report) -> Vec<String> {
    let mut told = Vec::new();
    for (row, cells) in report.lines() {
        for (mark, cell) in report.marks.iter().zip(cells) {
            match &cell.outcome {
                Outcome::Fell { what } => told.push(format!("not published: {}, {}: {what}", mark.name(), row.number)),
                Outcome::NotPlayed { because } => {
                    say(&format!("not played: {}, {}: {because}", mark.name(), row.number));
                }
                Outcome::Held | Outcome::ByNature(_) | Outcome::NotApplicable { .. } => {}
            }
        }
    }
    told
}

fn say(line: &str) {
    let _ = writeln!(io::stdout(), "{line}");
}
