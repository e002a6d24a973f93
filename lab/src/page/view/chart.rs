//! The strip chart: a line for each service and a cell for each step, so that differences are visible at once.

use maud::{Markup, html};

use super::{channel::Channel, step::sign};
use crate::{journey::transcript::StepResult, page::runs::Played};

pub(super) fn chart(channels: &[Channel], played: &Played) -> Markup {
    html! {
        div #chart.chart tabindex="0" role="region" aria-label="Verdicts so far" {
            table {
                thead {
                    tr {
                        td {}
                        @for (at, step) in played.scenario.steps.iter().enumerate() {
                            th scope="col" {
                                @if at < played.steps.len() {
                                    a href={ "#step-" (step.id) } title=(step.title) {
                                        (at + 1) span.unseen { " " (step.title) }
                                    }
                                } @else {
                                    span title=(step.title) { (at + 1) }
                                }
                            }
                        }
                    }
                }
                tbody {
                    @for (column, channel) in channels.iter().enumerate() {
                        tr data-mechanism=(channel.mechanism) {
                            th scope="row" { (channel.label()) }
                            @for at in 0..played.scenario.steps.len() {
                                (cell(played.steps.get(at).map(|step| &**step), column))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn cell(step: Option<&StepResult>, column: usize) -> Markup {
    let Some(outcome) = step.and_then(|step| step.outcomes.get(column)) else { return html! { td.ahead {} } };
    let (class, sign, name) = sign(&outcome.verdict);
    html! { td { span.spot.(class) title=(name) { span aria-hidden="true" { (sign) } span.unseen { (name) } } } }
}
