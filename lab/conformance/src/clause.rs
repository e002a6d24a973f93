//! One clause of the contract, and its result at a target.

use authlab_client::expect::Failure;
use futures_util::future::BoxFuture;
use serde::Serialize;

use super::context::Context;

/// A sentence of the contract that requests over HTTP can check.
#[derive(Clone, Copy, Debug)]
pub struct Clause {
    /// Stable: the file and the name of the clause's function.
    pub id: &'static str,
    pub section: ContractSection,
    pub sentence: &'static str,
    pub check: ClauseCheck,
}

/// A clause's function: makes the requests, and compares the answers with the sentence.
pub type ClauseCheck = for<'a> fn(&'a Context) -> BoxFuture<'a, Applied>;

/// The result of a clause's function: the service does as the clause says, or this is the difference.
pub type Checked = Result<(), Failure>;

/// The result of a clause that does not apply to every service.
pub type Applied = Result<ClauseOutcome, Failure>;

/// The section of the contract that a clause belongs to, in the contract's order.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractSection {
    Shapes,
    Guards,
    Accounts,
    Items,
    About,
    OnlyCookie,
    OnlySession,
    OnlyToken,
    Throttling,
}

/// A clause and its result.
#[derive(Clone, Debug, Serialize)]
pub struct ClauseResult {
    pub id: &'static str,
    pub section: ContractSection,
    pub sentence: &'static str,
    #[serde(flatten)]
    pub outcome: ClauseOutcome,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(tag = "result", rename_all = "snake_case")]
pub enum ClauseOutcome {
    Passed,
    Failed { expected: String, came: String },
    NotApplicable { reason: String },
}

impl Clause {
    pub(super) async fn ask(&self, context: &Context) -> ClauseResult {
        let outcome = self.outcome(context).await;
        let outcome = outcome.unwrap_or_else(|Failure { expected, came }| ClauseOutcome::Failed { expected, came });
        ClauseResult { id: self.id, section: self.section, sentence: self.sentence, outcome }
    }

    async fn outcome(&self, context: &Context) -> Applied {
        if let Some(only) = self.section.only_for() {
            let mechanism = &context.about()?.mechanism;
            if mechanism != only {
                return Ok(ClauseOutcome::not_applicable(format!("the mechanism is `{mechanism}`")));
            }
        }
        (self.check)(context).await
    }
}

impl ClauseOutcome {
    pub(super) fn not_applicable(reason: impl Into<String>) -> Self {
        Self::NotApplicable { reason: reason.into() }
    }
}

/// Every check of the clause passed.
impl From<()> for ClauseOutcome {
    fn from((): ()) -> Self {
        Self::Passed
    }
}

impl ContractSection {
    /// The mechanism that the section is about, if it is about only one.
    fn only_for(self) -> Option<&'static str> {
        match self {
            Self::OnlyCookie => Some("cookie"),
            Self::OnlySession => Some("session"),
            Self::OnlyToken => Some("token"),
            _ => None,
        }
    }

    /// The section's title in the contract.
    pub fn title(self) -> &'static str {
        match self {
            Self::Shapes => "Shapes",
            Self::Guards => "Guards around every call",
            Self::Accounts => "Accounts and login",
            Self::Items => "Items",
            Self::About => "About, health, docs",
            Self::OnlyCookie => "Only in cookie-svc",
            Self::OnlySession => "Only in session-svc",
            Self::OnlyToken => "Only in token-svc",
            Self::Throttling => "Accounts and login: repeated failures",
        }
    }
}
