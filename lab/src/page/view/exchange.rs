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
            (request(exchange))
            h3.label { "Answer" span.bytes { (weight::bytes(exchange.bytes_received)) } }
            (answer(exchange, differences))
        }
    }
}

// A scrolling box must be reachable by keyboard, hence the tabindex.
fn request(exchange: &Exchange) -> Markup {
    html! {
        pre.wire tabindex="0" {
            span.line.first { (exchange.method) " " (exchange.path) }
            @for (name, value) in &exchange.request_headers { (header(name, value, false)) }
            @if let Some(body) = &exchange.request_body { span.line {} (plain(body)) }
        }
    }
}

fn answer(exchange: &Exchange, differences: &Differences) -> Markup {
    html! {
        pre.wire tabindex="0" {
            span.line.first.differs[differences.status] { (exchange.status) " " (reason(exchange.status)) }
            @for (name, value) in &exchange.response_headers {
                (header(name, value, differences.headers.contains(&name.to_ascii_lowercase())))
            }
            @if let Some(body) = &exchange.response_body {
                span.line {}
                @for line in body.lines() {
                    span.line.differs[differences.lines.iter().any(|other| other == bare(line))] { (line) }
                }
            }
        }
    }
}

fn header(name: &str, value: &str, differs: bool) -> Markup {
    html! { span.line.differs[differs] { span.name { (name) ":" } " " (value) } }
}

fn plain(body: &str) -> Markup {
    html! { @for line in body.lines() { span.line { (line) } } }
}

fn reason(status: u16) -> &'static str {
    StatusCode::from_u16(status).ok().and_then(|status| status.canonical_reason()).unwrap_or_default()
}
