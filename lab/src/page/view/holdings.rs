//! What each side holds after a step. Unchanged parts are folded.

use authlab_client::recording::Holding;
use maud::{Markup, html};
use serde_json::Value;

use super::weight::bytes;
use crate::journey::transcript::StepOutcome;

pub(super) fn client(outcome: &StepOutcome, before: Option<&StepOutcome>) -> Markup {
    let held = &outcome.client_holds;
    let as_before = before.is_some_and(|before| is_the_same(held, &before.client_holds));
    let total: usize = held.iter().map(|held| held.bytes).sum();
    html! {
        h3.label { "The client holds" }
        @if held.is_empty() {
            p.nothing { "nothing" }
        } @else {
            details open[!as_before] {
                summary { (bytes(total)) " with each request" @if as_before { ", as before" } }
                ul.held {
                    @for held in held {
                        li {
                            span.kind { (held.kind) }
                            code { (held.name) "=" (held.value) }
                            span.bytes { (bytes(held.bytes)) }
                        }
                    }
                }
            }
        }
    }
}

fn is_the_same(now: &[Holding], before: &[Holding]) -> bool {
    let all = |held: &Holding| (held.kind, held.name.clone(), held.value.clone(), held.bytes);
    now.iter().map(all).eq(before.iter().map(all))
}

pub(super) fn server(outcome: &StepOutcome, before: Option<&StepOutcome>) -> Markup {
    let record = outcome.server_keeps.as_ref();
    let place = record.and_then(|record| record["where"].as_str());
    html! {
        h3.label { "The server keeps" }
        @match (record, place) {
            (None, _) => p.nothing { "no record to show" },
            (Some(record), Some("client")) if size(record).is_none_or(|bytes| bytes == 0) => {
                p.nothing { "nothing; it is all in the client" }
            },
            (Some(record), Some(place)) => {
                @let before = before.and_then(|before| size(before.server_keeps.as_ref()?));
                @let place = if place == "client" { "in addition to what the client holds".to_owned() } else { format!("in {place}") };
                (kept(record, &place, size(record) == before))
            },
            (Some(record), None) => pre tabindex="0" { (format!("{record:#}")) },
        }
    }
}

/// Compares only the size, because the record also contains the time of the last request.
fn kept(record: &Value, place: &str, as_before: bool) -> Markup {
    html! {
        details open[!as_before] {
            summary {
                (bytes(usize::try_from(size(record).unwrap_or(0)).unwrap_or(usize::MAX))) " " (place)
                @if as_before { ", as before" }
            }
            @if !record["record"].is_null() { pre tabindex="0" { (format!("{:#}", record["record"])) } }
        }
    }
}

fn size(record: &Value) -> Option<u64> {
    record["bytes"].as_u64()
}
