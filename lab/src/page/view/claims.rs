//! The verdicts on common claims, from the last stored run.

use authlab_report::{claims::DecidedClaim, verdicts::Verdicts};
use authlab_results::Verdict;
use maud::{Markup, html};

use super::{Page, frame};

pub(in crate::page) fn claims(verdicts: &Verdicts) -> Page {
    frame::page(
        "What people say",
        &html! {
            section.claims {
                h1 { "What is true of it?" }
                (decided(verdicts))
            }
        },
    )
}

fn decided(verdicts: &Verdicts) -> Markup {
    html! {
        p.lead {
            "Web courses teach three rules of thumb, and other claims are common. A rule that was written before any measurement decides each \
             claim, or the attack table does."
        }
        p.soft {
            "From " code { (verdicts.run) } ", measured on " (verdicts.processor) ". The full comparison, with the interval of each figure \
             and the command to repeat it, is " code { "docs/comparison.md" } "."
        }
        @if !verdicts.doubts.is_empty() {
            p role="alert" { strong { "Do not rely on this run: " (verdicts.doubts.join("; ")) ". No time in it decides anything." } }
        }
        @for (sentence, verdict, parts) in verdicts.sentences() {
            h2.rule { (sentence) }
            p { "All in all, " (chip(verdict)) }
            ul.verdicts { @for claim in parts { (shown(claim)) } }
        }
        h2.rule { "Heard most often" }
        ul.verdicts { @for claim in verdicts.other_claims() { (shown(claim)) } }
    }
}

fn shown(claim: &DecidedClaim) -> Markup {
    html! {
        li id={ "claim-" (claim.id) } {
            details {
                summary { (chip(claim.verdict)) " " (claim.says) }
                p.soft { @if let Some(source) = &claim.source { "Said by: " (source) ". " } (claim.why) }
                @for finding in &claim.findings {
                    p { b { (finding.under) } " " (finding.found) @if !finding.rule.is_empty() { span.soft { " · true if " (finding.rule) } } }
                }
            }
        }
    }
}

/// A sign in addition to the colour, for users who cannot see colours.
fn chip(verdict: Verdict) -> Markup {
    let class = match verdict {
        Verdict::True => "holds",
        Verdict::False => "fails",
        Verdict::Depends => "depends",
        Verdict::Undecided => "open",
    };
    html! { span.decided.(class) { span aria-hidden="true" { (verdict.sign()) } " " (verdict.words()) } }
}
