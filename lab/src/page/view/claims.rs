//! The verdicts that this program was built with.

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
            "Courses end with three sentences, and everybody has heard some more. Each is decided by a rule that was written down before \
             anything was measured, or by the attacks that were played."
        }
        p.soft {
            "From " code { (verdicts.run) } ", measured on " (verdicts.processor) ". The whole comparison, each figure with its interval \
             and how to repeat it, is " code { "docs/comparison.md" } "."
        }
        @if !verdicts.doubts.is_empty() {
            p role="alert" { strong { "Do not rely on this run: " (verdicts.doubts.join("; ")) ". No time in it decides anything." } }
        }
        @for (sentence, parts) in verdicts.sentences() {
            h2.rule { (sentence) }
            p { "All in all, " (chip(Verdict::of_parts(parts.iter().map(|part| part.verdict)))) }
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

/// With a sign, for readers who do not see the colour.
fn chip(verdict: Verdict) -> Markup {
    let class = match verdict {
        Verdict::True => "holds",
        Verdict::False => "fails",
        Verdict::Depends => "depends",
        Verdict::Undecided => "open",
    };
    html! { span.decided.(class) { span aria-hidden="true" { (verdict.sign()) } " " (verdict.words()) } }
}
