//! Checks any service against the contract, clause by clause.
//!
//! The list in `clauses` is in the order of the run. Each clause is a function in the file of its subject.
//!
//! To add a clause, write its function there and add a line to the list.

pub mod clause;
mod clauses;
mod context;
pub mod json;
pub mod report;
pub mod terminal;

use anyhow::Result;
use authlab_client::target::Target;

use self::{clause::ClauseResult, clauses::CLAUSES, context::Context, report::ConformanceReport};

/// Checks a target against every clause, one after the other. `on_clause` is called with each result.
///
/// Fails only if the target cannot be reached.
pub async fn run(target: &Target, mut on_clause: impl FnMut(&ClauseResult)) -> Result<ConformanceReport> {
    let context = Context::connect(target).await?;
    let mut results = Vec::with_capacity(CLAUSES.len());
    for clause in CLAUSES {
        let result = clause.ask(&context).await;
        on_clause(&result);
        results.push(result);
    }
    Ok(ConformanceReport { target: target.clone(), results })
}
