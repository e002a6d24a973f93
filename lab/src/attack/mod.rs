//! The attack matrix: what a thief, a forger or another site tries, played against any service over HTTP alone.
//!
//! In reading order:
//!
//! * [`row`]: one attack, and how it may end
//! * [`rows`]: all of them, a file for each family; to add one, write its function there, and its line in the list
//! * [`stage`]: who plays, the victim and the thief, and the [`script`] in which every exchange is noted
//! * [`forge`], [`wire`]: credentials that nobody handed out, and requests that no client would send
//! * [`arena`]: our services in the settings that change a row
//! * [`report`], and its readers: [`terminal`], [`explain`], [`json`], [`claims`]
//!
//! An attack that cannot succeed proves nothing. `lab/tests/attack` plays each row against a weak twin of the service, in which
//! exactly one defence is undone, and there it succeeds (`docs/decisions/0006-weak-twins.md`).

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

/// Plays these rows against all marks: one row after the other, and each against all marks at once. `on_row` sees each row
/// before it is played.
///
/// Fails only if a mark cannot be reached at all.
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

/// One row against one mark.
pub async fn play(row: &'static Row, mark: &Mark) -> Result<Cell> {
    let mut stage = Stage::set(mark).await?;
    let outcome = match (row.play)(&mut stage).await {
        Ok(outcome) => outcome,
        Err(failure) => Outcome::NotPlayed { because: failure.to_string() },
    };
    let script = stage.script.finish();
    // Whatever else a row shows: no attack may make the service fail.
    let outcome = match script.fault {
        Some(fault) if !matches!(outcome, Outcome::Fell { .. }) => Outcome::Fell { what: fault },
        _ => outcome,
    };
    Ok(Cell { outcome, leak: stage.leak, requests: script.requests, acts: script.acts })
}
