//! One request and its answer.

use authlab_client::recording::Exchange;
use http::StatusCode;
use maud::{Markup, html};

use super::weight;
use crate::page::differences::{Differences, bare};

pub(super) fn exchange(exchange: &Exchange, differences: &Differences, open: bool) -> Markup {
    html! {
        details.exchange open[open] {
            summary {
                code.asked { b { (exchange.method) } " " (exchange.path) }
                span.status.differs[differences.status] { (exchange.status) }
            }
            h3.label { "Request" span.bytes { (weight::bytes(exchange.bytes_sent)) } }
            (wire(
                &format!("{} {}", exchange.method, exchange.path),
                &exchange.request_headers,
                exchange.request_body.as_deref(),
                &Differences::default(),
            ))
            h3.label { "Answer" span.bytes { (weight::bytes(exchange.bytes_received)) } }
            (wire(
                &format!("{} {}", exchange.status, reason(exchange.status)),
                &exchange.response_headers,
                exchange.response_body.as_deref(),
                differences,
            ))
        }
    }
}

// A scrolling box must be reachable by keyboard, hence the tabindex.
fn wire(first: &str, headers: &[(String, String)], body: Option<&str>, differences: &Differences) -> Markup {
    html! {
        pre.wire tabindex="0" {
            span.line.first.differs[differences.status] { (first) }
            @for (name, value) in headers {
                @let differs = differences.headers.contains(&name.to_ascii_lowercase());
                span.line.differs[differs] { span.name { (name) ":" } " " (value) }
            }
            @if let Some(body) = body {
                span.line {}
                @for line in body.lines() {
                    span.line.differs[differences.lines.iter().any(|other| other == bare(line))] { (line) }
                }
            }
        }
    }
}

fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default()
}
