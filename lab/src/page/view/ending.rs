//! The summary of a finished journey, service by service.

use maud::{Markup, html};

use super::{channel::Channel, weight::bytes};
use crate::{compare::summary::Totals, page::runs::Played};

const NUMBERS: [&str; 6] =
    ["Requests", "Bytes out", "Bytes back", "As the contract says", "Allowed differences", "Breaches"];

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
                                @for number in NUMBERS { th.number scope="col" { (number) } }
                            }
                        }
                        tbody {
                            @for (column, channel) in channels.iter().enumerate() {
                                (row(channel, &Totals::of(played.steps.iter().map(|step| &**step), column)))
                            }
                        }
                    }
                }
            }
        }
    }
}

fn row(channel: &Channel, totals: &Totals) -> Markup {
    html! {
        tr data-mechanism=(channel.mechanism) {
            th scope="row" { (channel.label()) }
            td.number { (totals.requests) }
            td.number { (bytes(totals.bytes_sent)) }
            td.number { (bytes(totals.bytes_received)) }
            td.number { (totals.as_contract) }
            td.number { (totals.allowed_differences) }
            td.number { span.verdict.breach[totals.breaches > 0] { (totals.breaches) } }
        }
    }
}
