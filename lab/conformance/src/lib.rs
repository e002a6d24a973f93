//! Checks any service against the contract, clause by clause.
//!
//! The list [`CLAUSES`] is in the order of the run. Each clause is a function in the file of its subject.
//!
//! To add a clause, write its function there, add a line to the list, and name its id in `docs/contract.md`. [`run_these`] checks clauses that are not in the list.

pub mod clause;
mod clauses;
pub mod context;
pub mod json;
pub mod report;
pub mod terminal;

use anyhow::Result;
use authlab_client::target::Target;

pub use self::clauses::CLAUSES;
use self::{
    clause::{Clause, ClauseResult},
    context::Context,
    report::ConformanceReport,
};

/// Checks a target against every clause, one after the other. `on_clause` is called with each result.
///
/// Fails only if the target cannot be reached.
pub async fn run(target: &Target, on_clause: impl FnMut(&ClauseResult)) -> Result<ConformanceReport> {
    run_these(CLAUSES, target, on_clause).await
}

/// The same with these clauses.
pub async fn run_these(
    clauses: &[Clause],
    target: &Target,
    mut on_clause: impl FnMut(&ClauseResult),
) -> Result<ConformanceReport> {
    let context = Context::connect(target).await?;
    let mut results = Vec::with_capacity(clauses.len());
    for clause in clauses {
        let result = clause.ask(&context).await;
        on_clause(&result);
        results.push(result);
    }
    Ok(ConformanceReport { target: target.clone(), results })
}
