//! A verdict as a mark, a word and, if there is one, its reason.

use maud::{Markup, html};

use crate::journey::transcript::StepVerdict;

/// The CSS class of a verdict, its sign for users who cannot see colours, and its name.
pub(super) fn sign(verdict: &StepVerdict) -> (&'static str, &'static str, &'static str) {
    match verdict {
        StepVerdict::AsContract => ("plain", "✓", "as the contract says"),
        StepVerdict::AllowedDifference(_) => ("allowed", "≠", "allowed difference"),
        StepVerdict::Breach(_) => ("breach", "✗", "breach of the contract"),
        StepVerdict::Skipped(_) => ("skipped", "–", "not played"),
    }
}

pub(super) fn chip(verdict: &StepVerdict) -> Markup {
    let (class, sign, name) = sign(verdict);
    html! { span.verdict.(class) { span aria-hidden="true" { (sign) } " " (name) } }
}

pub(super) fn reason(verdict: &StepVerdict) -> Option<&str> {
    match verdict {
        StepVerdict::AsContract => None,
        StepVerdict::AllowedDifference(because) | StepVerdict::Breach(because) | StepVerdict::Skipped(because) => {
            Some(because)
        }
    }
}
