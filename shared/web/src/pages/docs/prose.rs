//! Descriptions as they are written in doc comments: paragraphs, and code between back-ticks. No other Markdown.

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
            // Between the first and the second back-tick, the third and the fourth, and so on.
            @if at % 2 == 1 { code { (part) } } @else { (part) }
        }
    }
}
