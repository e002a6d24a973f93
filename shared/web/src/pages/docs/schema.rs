//! Renders JSON Schema: a label for a type, a table for its fields, and a list of all named schemas.

use maud::{Markup, html};
use serde_json::Value;

use super::{anchor, members, prose, text};

/// The named schemas, each with an anchor that labels link to.
pub(super) fn all(document: &Value) -> Markup {
    html! {
        section aria-labelledby="schemas" {
            h2 #schemas { "Schemas" }
            @for (name, schema) in members(&document["components"]["schemas"]) {
                details.call {
                    summary {
                        code { (name) }
                        span { (prose::inline(text(&schema["description"]).split("\n\n").next().unwrap_or_default())) }
                    }
                    div id=(schema_id(name)) {
                        (prose::paragraphs(schema))
                        p { (label(schema)) }
                        (fields(document, schema))
                    }
                }
            }
        }
    }
}

/// A short name of a type. A named schema becomes a link to its fields.
pub(super) fn label(schema: &Value) -> Markup {
    if let Some(name) = schema["$ref"].as_str().and_then(|reference| reference.rsplit('/').next()) {
        return html! { a href={ "#" (schema_id(name)) } { code { (name) } } };
    }
    let choices = ["oneOf", "anyOf", "allOf"].into_iter().find_map(|way| schema[way].as_array());
    if let Some(choices) = choices {
        let between = if schema["allOf"].is_array() { " and " } else { " or " };
        return html! {
            @for (at, choice) in choices.iter().enumerate() { @if at > 0 { (between) } (label(choice)) }
        };
    }
    if let Some(values) = schema["enum"].as_array() {
        return html! {
            @for (at, value) in values.iter().enumerate() { @if at > 0 { " or " } code { (value.to_string()) } }
        };
    }
    plain(schema)
}

/// A type that is neither named nor a choice.
fn plain(schema: &Value) -> Markup {
    let kinds: Vec<&str> = match &schema["type"] {
        Value::String(kind) => vec![kind],
        Value::Array(kinds) => kinds.iter().filter_map(Value::as_str).collect(),
        _ => vec!["anything"],
    };
    html! {
        (kinds.join(" or "))
        @if schema["items"].is_object() { " of " (label(&schema["items"])) }
        @if schema["additionalProperties"].is_object() { " of " (label(&schema["additionalProperties"])) }
        @if let Some(format) = schema["format"].as_str() { " (" (format) ")" }
    }
}

/// The fields of an object, including those of every part of an `allOf`.
pub(super) fn fields(document: &Value, schema: &Value) -> Markup {
    // This project's documents have no references to references.
    let reference = schema["$ref"].as_str().and_then(|reference| reference.strip_prefix('#'));
    let schema = reference.and_then(|pointer| document.pointer(pointer)).unwrap_or(schema);
    let required = schema["required"].as_array();
    let is_required = |name: &str| required.is_some_and(|names| names.iter().any(|other| other == name));
    html! {
        @for part in schema["allOf"].as_array().into_iter().flatten() { (fields(document, part)) }
        @if let Some(properties) = schema["properties"].as_object() {
            div.scroll { table { tbody {
                @for (name, property) in properties {
                    (row(name, is_required(name), &html! {
                        td { (label(property)) }
                        td { (prose::inline(text(&property["description"]))) }
                    }))
                }
            } } }
        }
    }
}

/// A row of a table, which begins with a name.
pub(super) fn row(name: &str, is_required: bool, cells: &Markup) -> Markup {
    html! {
        tr {
            th scope="row" { code { (name) } @if is_required { br; span.must { "required" } } }
            (cells)
        }
    }
}

fn schema_id(name: &str) -> String {
    format!("schema-{}", anchor(name))
}
