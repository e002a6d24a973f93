//! Runs the lab's attacks on other libraries and frameworks, at the versions and settings in `peers/`. `just
//! attack-peers` runs it and writes `benches/results/attacks-on-peers.json` for the report.
//!
//! Only rows whose result a library decides are run. If an attack succeeds that should not, it is not published but
//! printed, so that the authors can be told first.

use std::{
    fs,
    io::{self, Write as _},
    process::ExitCode,
};

use benches::harness::{contender::CONTENDERS, server::Server, stores::Stores};
use lab::{
    attack::{self, arena::Mark, report::Report, row::Outcome, rows::find},
    report::material::{self, ATTACKS_ON_PEERS, Attacks},
    target::Target,
};
use shared::clock::Clock;
use tokio::runtime::Builder;

const ROWS: [&str; 10] = ["A41", "A05", "A25", "A10", "A11", "A12", "A01", "A02", "A56", "A57"];
const RESULTS: &str = concat!(env!("CARGO_MANIFEST_DIR"), "/results");

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
    fs::create_dir_all(RESULTS)?;
    fs::write(format!("{RESULTS}/{ATTACKS_ON_PEERS}"), serde_json::to_string(&published(&report))? + "\n")?;
    let breaches = unpublished(&report);
    for breach in &breaches {
        say(breach);
    }
    Ok(ExitCode::from(u8::from(!breaches.is_empty())))
}

fn published(report: &Report) -> Attacks {
    let mark = |mark: &Mark| material::Mark { mechanism: mark.name(), setting: String::new() };
    let cell = |outcome: &Outcome| material::Cell { outcome: word(outcome).to_owned(), leak: None };
    let rows = report.lines().map(|(row, cells)| material::Row {
        number: row.number.to_owned(),
        title: row.title.to_owned(),
        standard: row.standard.to_owned(),
        cells: cells.iter().map(|played| cell(&played.outcome)).collect(),
    });
    Attacks {
        played_at: Clock::system().now(),
        marks: report.marks.iter().map(mark).collect(),
        rows: rows.collect(),
        claims: Vec::new(),
    }
}

/// The outcome's name in `lab attack --json`.
fn word(outcome: &Outcome) -> &'static str {
    match outcome {
        Outcome::Held => "held",
        Outcome::ByNature(_) => "by_nature",
        Outcome::NotApplicable { .. } => "not_applicable",
        Outcome::Fell { .. } | Outcome::NotPlayed { .. } => "not_stated",
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
