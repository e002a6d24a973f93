//! Renders descriptions from doc comments: paragraphs, and code between back-ticks. No other Markdown.

use maud::{Markup, html};

pub(super) fn paragraphs(text: Option<&str>) -> Markup {
    html! {
        @for paragraph in text.unwrap_or_default().split("\n\n").filter(|text| !text.trim().is_empty()) {
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
