//! What is true of what people say, as it was decided from the last run that was kept.

use maud::{Markup, html};

use super::{Page, frame};
use crate::report::{
    claims::{Decided, Verdict, together},
    verdicts::Verdicts,
};

pub(in crate::page) fn claims(kept: Option<&Verdicts>) -> Page {
    frame::page(
        "What people say",
        &html! {
            section.claims {
                h1 { "What is true of it?" }
                @match kept {
                    Some(verdicts) => (decided(verdicts)),
                    None => (nothing()),
                }
            }
        },
    )
}

fn nothing() -> Markup {
    html! {
        p.lead {
            "Nothing was measured when this program was built, so nothing is said here. "
            code { "cargo bench --package benches --bench comparison" } " measures, and "
            code { "cargo run --release -- report" } " decides; the next build shows it."
        }
    }
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
            p { "All in all, " (chip(together(parts.iter().map(|part| part.verdict)))) }
            ul.verdicts { @for claim in parts { (shown(claim)) } }
        }
        h2.rule { "Heard most often" }
        ul.verdicts { @for claim in verdicts.heard() { (shown(claim)) } }
    }
}

fn shown(claim: &Decided) -> Markup {
    html! {
        li id={ "claim-" (claim.id) } {
            details {
                summary { (chip(claim.verdict)) " " (claim.says) }
                p.soft { @if let Some(source) = &claim.source { "Said by: " (source) ". " } (claim.why) }
                @for finding in &claim.findings {
                    p { b { (finding.under) } " " (finding.found) @if !finding.rule.is_empty() { span.soft { " · holds if " (finding.rule) } } }
                }
            }
        }
    }
}

/// A sign besides the colour, for whoever does not see it.
fn chip(verdict: Verdict) -> Markup {
    let class = match verdict {
        Verdict::Holds => "holds",
        Verdict::DoesNotHold => "fails",
        Verdict::DependsOn => "depends",
        Verdict::Inconclusive => "open",
    };
    html! { span.decided.(class) { span aria-hidden="true" { (verdict.sign()) } " " (verdict.words()) } }
}
