//! One step: its description, and each service's result in columns.

use authlab_web::pages::sentence;
use maud::{Markup, html};

use super::{channel::Channel, exchange::exchange, holdings, weight};
use crate::{
    journey::transcript::{StepOutcome, StepResult, StepVerdict},
    page::differences::{Remark, differences, remark},
};

/// A step with more exchanges than this opens only the first.
const MAX_OPEN: usize = 2;

/// `before` is the previous step.
pub(super) fn step(channels: &[Channel], number: usize, result: &StepResult, before: Option<&StepResult>) -> Markup {
    html! {
        article.step id={ "step-" (result.id) } tabindex="-1" aria-labelledby={ "title-" (result.id) }
            data-announce=(announcement(channels, number, result)) {
            header.step-head {
                p.step-number aria-hidden="true" { (format!("{number:02}")) }
                div {
                    h2 id={ "title-" (result.id) } { span.unseen { "Step " (number) ": " } (result.title) }
                    p.shows { (result.shows) }
                    @match remark(result) {
                        Some(Remark::Differs) => p.flag { "The services differ here" },
                        Some(Remark::Breached) => p.flag.breached { "The contract is breached here" },
                        None => {},
                    }
                }
            }
            div.columns {
                @for (column, channel) in channels.iter().enumerate() {
                    @if let Some(outcome) = result.outcomes.get(column) {
                        @let before = before.and_then(|step| step.outcomes.get(column));
                        (self::channel(channel, result, column, outcome, before))
                    }
                }
            }
        }
    }
}

fn channel(
    channel: &Channel,
    result: &StepResult,
    column: usize,
    outcome: &StepOutcome,
    before: Option<&StepOutcome>,
) -> Markup {
    let few = outcome.exchanges.len() <= MAX_OPEN;
    html! {
        section.channel data-channel=(channel.number) data-mechanism=(channel.mechanism) aria-label=(channel.name) {
            div.readout {
                (channel.label())
                (statuses(result, column, outcome))
                (chip(&outcome.verdict))
            }
            div.because {
                @if let Some(because) = reason(&outcome.verdict) { p { (sentence(because)) } }
                (weight::bars(result, outcome))
            }
            div.exchanges.detail {
                @for (at, own) in outcome.exchanges.iter().enumerate() {
                    (exchange(own, &differences(result, column, at), few || at == 0))
                }
                @if outcome.exchanges.is_empty() { p.soft { "Nothing was sent." } }
            }
            div.holds.detail { (holdings::client(outcome, before)) }
            div.keeps.detail { (holdings::server(outcome, before)) }
        }
    }
}

/// The status of every answer, marked if another service answered with a different status.
fn statuses(result: &StepResult, column: usize, outcome: &StepOutcome) -> Markup {
    html! {
        span.statuses {
            @for (at, exchange) in outcome.exchanges.iter().enumerate() {
                span.status.differs[differences(result, column, at).status] { (exchange.status) }
                " "
            }
        }
    }
}

/// The text that a screen reader announces when the step appears.
fn announcement(channels: &[Channel], number: usize, result: &StepResult) -> String {
    let each: Vec<String> = channels
        .iter()
        .zip(&result.outcomes)
        .map(|(channel, outcome)| format!("{}: {}", channel.name, sign(&outcome.verdict).2))
        .collect();
    format!("Step {number}, {}. {}.", result.title, each.join("; "))
}

/// The CSS class of a verdict, its sign for users who cannot see colours, and its name.
pub(super) fn sign(verdict: &StepVerdict) -> (&'static str, &'static str, &'static str) {
    match verdict {
        StepVerdict::AsContract => ("plain", "✓", "same"),
        StepVerdict::AllowedDifference(_) => ("allowed", "≠", "differs, as the contract allows"),
        StepVerdict::Breach(_) => ("breach", "✗", "breaks the contract"),
        StepVerdict::Skipped(_) => ("skipped", "–", "not run"),
    }
}

fn chip(verdict: &StepVerdict) -> Markup {
    let (class, sign, name) = sign(verdict);
    html! { span.verdict.(class) { span aria-hidden="true" { (sign) } " " (name) } }
}

fn reason(verdict: &StepVerdict) -> Option<&str> {
    match verdict {
        StepVerdict::AsContract => None,
        StepVerdict::AllowedDifference(because) | StepVerdict::Breach(because) | StepVerdict::Skipped(because) => {
            Some(because)
        }
    }
}
