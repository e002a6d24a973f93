//! The summary of a finished journey, service by service.

use maud::{Markup, html};

use super::{channel::Channel, weight};
use crate::{
    journey::transcript::{StepOutcome, StepVerdict},
    page::runs::Played,
};

pub(super) fn ending(channels: &[Channel], played: &Played) -> Markup {
    html! {
        section #ending tabindex="-1" hidden[!played.finished] aria-labelledby="ending-title" {
            @if played.finished {
                h2 #ending-title { "What it came to" }
                div.scroll tabindex="0" role="region" aria-labelledby="ending-title" {
                    table {
                        thead {
                            tr {
                                th scope="col" { "Service" }
                                th.number scope="col" { "Requests" }
                                th.number scope="col" { "Bytes out" }
                                th.number scope="col" { "Bytes back" }
                                th.number scope="col" { "As the contract says" }
                                th.number scope="col" { "Allowed differences" }
                                th.number scope="col" { "Breaches" }
                            }
                        }
                        tbody {
                            @for (column, channel) in channels.iter().enumerate() { (row(channel, column, played)) }
                        }
                    }
                }
            }
        }
    }
}

fn row(channel: &Channel, column: usize, played: &Played) -> Markup {
    let outcomes: Vec<&StepOutcome> = played.steps.iter().filter_map(|step| step.outcomes.get(column)).collect();
    let count = |wanted: fn(&StepVerdict) -> bool| outcomes.iter().filter(|outcome| wanted(&outcome.verdict)).count();
    let sum = |of: fn(&StepOutcome) -> usize| weight::bytes(outcomes.iter().copied().map(of).sum());
    let breaches = count(|verdict| matches!(verdict, StepVerdict::Breach(_)));
    html! {
        tr data-mechanism=(channel.mechanism) {
            th scope="row" { (channel.label()) }
            td.number { (outcomes.iter().map(|outcome| outcome.exchanges.len()).sum::<usize>()) }
            td.number { (sum(weight::sent)) }
            td.number { (sum(weight::received)) }
            td.number { (count(|verdict| matches!(verdict, StepVerdict::AsContract))) }
            td.number { (count(|verdict| matches!(verdict, StepVerdict::AllowedDifference(_)))) }
            td.number { span.verdict.breach[breaches > 0] { (breaches) } }
        }
    }
}
