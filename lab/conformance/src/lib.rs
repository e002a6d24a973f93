//! Checks any service against the contract, clause by clause.
//!
//! `clauses` lists every clause in the order in which they run. Each is a function in the file of its subject.
//!
//! To add a clause, write its function there, and its line in the list.

pub mod clause;
mod clauses;
mod context;
pub mod json;
pub mod report;
pub mod terminal;

use anyhow::Result;
use authlab_client::target::Target;

use self::{clause::ClauseResult, clauses::CLAUSES, context::Context, report::ConformanceReport};

/// Checks every clause, one after the other. `on_clause` gets each result as it comes.
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
