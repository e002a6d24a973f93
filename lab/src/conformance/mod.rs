//! The contract, clause by clause, asked of any service that claims to speak it.
//!
//! `clauses` names every clause in the order in which they run; each is a plain function in a file of its kin.
//!
//! To add a clause, write the function there, and its line in the list.

pub mod clause;
mod clauses;
mod context;
pub mod json;
pub mod report;
pub mod terminal;

use anyhow::Result;

use crate::target::Target;

use self::{clause::ClauseResult, clauses::CLAUSES, context::Context, report::Report};

/// Asks a target for every clause, one after the other; `on_clause` sees each result as it comes.
///
/// Fails only if the target cannot be reached at all.
pub async fn run(target: &Target, mut on_clause: impl FnMut(&ClauseResult)) -> Result<Report> {
    let context = Context::arrive(target).await?;
    let mut results = Vec::with_capacity(CLAUSES.len());
    for clause in CLAUSES {
        let result = clause.ask(&context).await;
        on_clause(&result);
        results.push(result);
    }
    Ok(Report { target: target.clone(), results })
}
