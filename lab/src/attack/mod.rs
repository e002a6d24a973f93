//! The attack matrix: attempts of a thief, a forger or another site, made against any service over HTTP only.
//!
//! In reading order:
//!
//! * [`row`]: one attack, and its possible outcomes
//! * [`rows`]: all attacks, one file per family; to add an attack, write its function there and add a line to the list
//! * [`stage`]: the clients of a row, such as victim and thief; [`script`] records every exchange
//! * [`forge`], [`wire`]: forged credentials, and requests that no HTTP client would send
//! * [`arena`]: our services in each setting that changes a result
//! * [`report`]: the results, rendered by [`terminal`], [`explain`] and [`json`], and used by [`claims`]
//!
//! An attack that cannot succeed proves nothing. So `lab/tests/attack` runs each row against a weak twin: the service
//! without exactly one defence. There the attack must succeed (`docs/decisions/0006-weak-twins.md`).

pub mod arena;
pub mod claims;
pub mod explain;
pub mod forge;
pub mod json;
pub mod report;
pub mod row;
pub mod rows;
pub mod script;
pub mod stage;
pub mod terminal;
pub mod wire;

use anyhow::Result;
use futures_util::future::try_join_all;

use self::{
    arena::Mark,
    report::{Cell, Report},
    row::{Outcome, Row},
    stage::Stage,
};

/// Runs these rows, one after the other, each against all targets at once. `on_row` is called before each row.
///
/// Fails only if a target cannot be reached.
pub async fn run(marks: &[Mark], rows: &[&'static Row], mut on_row: impl FnMut(&Row)) -> Result<Report> {
    let stages = try_join_all(marks.iter().map(Stage::set)).await?;
    let mechanisms = stages.into_iter().map(|stage| stage.about.mechanism).collect();
    let mut cells = Vec::with_capacity(rows.len());
    for row in rows {
        on_row(row);
        cells.push(try_join_all(marks.iter().map(|mark| play(row, mark))).await?);
    }
    Ok(Report { marks: marks.to_vec(), mechanisms, rows: rows.to_vec(), cells })
}

/// Runs one row against one target.
pub async fn play(row: &'static Row, mark: &Mark) -> Result<Cell> {
    let mut stage = Stage::set(mark).await?;
    let outcome = match (row.play)(&mut stage).await {
        Ok(outcome) => outcome,
        Err(failure) => Outcome::NotPlayed { because: failure.to_string() },
    };
    let script = stage.script.finish();
    // Every row also checks for server faults, because no attack may make the service fail.
    let outcome = match script.fault {
        Some(fault) if !matches!(outcome, Outcome::Fell { .. }) => Outcome::Fell { what: fault },
        _ => outcome,
    };
    Ok(Cell { outcome, leak: stage.leak, requests: script.requests, acts: script.acts })
}
