//! A verdict as a mark, a word and, if there is one, its reason.

use maud::{Markup, html};

use crate::journey::transcript::Verdict;

/// The CSS class of a verdict, its sign for users who cannot see colours, and its name.
pub(super) fn sign(verdict: &Verdict) -> (&'static str, &'static str, &'static str) {
    match verdict {
        Verdict::AsContract => ("plain", "✓", "as the contract says"),
        Verdict::AllowedDifference(_) => ("allowed", "≠", "allowed difference"),
        Verdict::Breach(_) => ("breach", "✗", "breach of the contract"),
        Verdict::Skipped(_) => ("skipped", "–", "not played"),
    }
}

pub(super) fn chip(verdict: &Verdict) -> Markup {
    let (class, sign, name) = sign(verdict);
    html! { span.verdict.(class) { span aria-hidden="true" { (sign) } " " (name) } }
}

pub(super) fn reason(verdict: &Verdict) -> Option<&str> {
    match verdict {
        Verdict::AsContract => None,
        Verdict::AllowedDifference(because) | Verdict::Breach(because) | Verdict::Skipped(because) => Some(because),
    }
}
