//! The attack matrix: what a thief, a forger or another site tries, over HTTP, against any service.
//!
//! In reading order:
//!
//! * [`row`]: one attack; [`played`]: how its function reports the outcome
//! * [`rows`]: all attacks, a file for each family. A new attack is a function there and a line in the list
//! * [`attempt`]: one attack on one service, with the victim and the thief; [`recording`]: the exchanges between them
//! * [`forge`], [`wire`]: forged credentials, and requests that no HTTP client sends
//! * [`deployments`]: our services in the settings that change a result
//! * [`claims`]: the claims that the results decide
//!
//! An attack that cannot succeed proves nothing. `lab/tests/attack` plays each row against a weak twin of the service, in which
//! exactly one defence is undone. There the attack succeeds (`docs/decisions/0006-weak-twins.md`).

pub mod attempt;
pub mod claims;
pub mod deployments;
pub mod forge;
pub mod played;
pub mod recording;
pub mod row;
pub mod rows;
mod wire;

use anyhow::Result;
use authlab_results::{
    Machine,
    attacks::{AttackCell, AttackRow, AttackTable, AttackedTarget, Column, Outcome, SCHEMA_VERSION},
};
use futures_util::future::try_join_all;
use jiff::Timestamp;

use self::{attempt::Attempt, deployments::Deployment, played::Ended, recording::RecordedExchange, row::Row};

/// The results of all attacks, and how each of them went.
#[derive(Clone, Debug)]
pub struct Report {
    pub table: AttackTable,
    /// The exchanges of each cell, by row and column.
    pub recordings: Vec<Vec<Vec<RecordedExchange>>>,
}

/// Plays these rows against these deployments: one row after the other, each against all deployments at once. `on_row` is called
/// before each row. `began` is when the run began.
///
/// Fails only if a deployment cannot be reached.
pub async fn run(
    deployments: &[Deployment],
    rows: &[&'static Row],
    began: Timestamp,
    mut on_row: impl FnMut(&Row),
) -> Result<Report> {
    let columns = try_join_all(deployments.iter().map(column)).await?;
    let (mut played, mut recordings) = (Vec::new(), Vec::new());
    for row in rows {
        on_row(row);
        let results = try_join_all(deployments.iter().map(|deployment| play(row, deployment))).await?;
        let (cells, exchanges) = results.into_iter().unzip();
        played.push(AttackRow {
            number: row.number.to_owned(),
            id: row.id.to_owned(),
            family: row.family,
            title: row.title.to_owned(),
            standard: row.standard.to_owned(),
            cells,
        });
        recordings.push(exchanges);
    }
    let mut table = AttackTable {
        schema_version: SCHEMA_VERSION,
        authlab: env!("CARGO_PKG_VERSION").to_owned(),
        played_at: began,
        machine: Machine::here(),
        columns,
        holds: true,
        rows: played,
        claims: Vec::new(),
    };
    let is_breached = table.cells().any(|cell| cell.outcome.is_breach());
    table.holds = !is_breached;
    table.claims = claims::decide(&table);
    Ok(Report { table, recordings })
}

/// Plays one row against one deployment.
pub async fn play(row: &'static Row, deployment: &Deployment) -> Result<(AttackCell, Vec<RecordedExchange>)> {
    let mut attempt = Attempt::start(deployment).await?;
    let outcome = (row.play)(&mut attempt).await.err().map_or(Outcome::Held, |Ended(outcome)| outcome);
    let recorded = attempt.recording.finish();
    // Whatever the attack shows, it must not cause a fault of the service.
    let outcome = match recorded.fault {
        Some(fault) if !matches!(outcome, Outcome::Fell { .. }) => Outcome::Fell { what: fault },
        _ => outcome,
    };
    let cell = AttackCell { outcome, accepted_after_end: attempt.accepted_after_end, requests: recorded.requests };
    Ok((cell, recorded.exchanges))
}

async fn column(deployment: &Deployment) -> Result<Column> {
    let about = Attempt::start(deployment).await?.about;
    let target = AttackedTarget { name: deployment.target.name.clone(), url: deployment.target.url() };
    Ok(Column { target, mechanism: about.mechanism, setting: deployment.setting.to_owned() })
}
