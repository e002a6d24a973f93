//! Renders descriptions from doc comments: paragraphs, and code between back-ticks. No other Markdown.

use maud::{Markup, html};
use serde_json::Value;

use super::text;

/// The description of a part of the document.
pub(super) fn paragraphs(described: &Value) -> Markup {
    html! {
        @for paragraph in text(&described["description"]).split("\n\n").filter(|text| !text.trim().is_empty()) {
            p { (inline(paragraph)) }
        }
    }
}

pub(super) fn inline(text: &str) -> Markup {
    html! {
        @for (at, part) in text.split('`').enumerate() {
            // Every second part is between back-ticks.
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
