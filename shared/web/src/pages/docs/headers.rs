//! The headers of answers, one line each.

use maud::{Markup, html};
use serde_json::Value;

use super::prose;

/// The headers of every answer.
pub(super) fn of_every_answer(document: &Value) -> Markup {
    let described = &document["components"]["headers"];
    html! {
        @if described.is_object() {
            section aria-labelledby="headers" {
                h2 #headers { "Headers of every answer" }
                @for (name, header) in all(described) { (line(name, header)) }
            }
        }
    }
}

pub(super) fn all(headers: &Value) -> impl Iterator<Item = (&String, &Value)> {
    headers.as_object().into_iter().flatten()
}

pub(super) fn line(name: &str, header: &Value) -> Markup {
    html! {
        div.soft { code { (name) } " " (prose::inline(header["description"].as_str().unwrap_or_default())) }
    }
}
