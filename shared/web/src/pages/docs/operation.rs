//! One call: its method and path, its parameters and body, its answers.

use maud::{Markup, html};
use serde_json::Value;

use super::{anchor, members, prose, schema, text};

pub(super) struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    content: &'a Value,
}

impl<'a> Operation<'a> {
    pub(super) fn all(document: &'a Value) -> impl Iterator<Item = Self> {
        members(&document["paths"])
            .flat_map(|(path, item)| members(item).map(move |(method, content)| Self { method, path, content }))
    }

    pub(super) fn has(&self, tag: &Value) -> bool {
        self.content["tags"][0] == tag["name"]
    }

    pub(super) fn name(&self) -> String {
        format!("{} {}", self.method.to_uppercase(), self.path)
    }

    pub(super) fn id(&self) -> String {
        anchor(&self.name())
    }

    pub(super) fn markup(&self, document: &Value) -> Markup {
        let writes = !matches!(self.method, "get" | "head" | "options");
        html! {
            details.call {
                summary {
                    span.method.writes[writes] { (self.method.to_uppercase()) }
                    code { (self.path) }
                    span { (prose::inline(text(&self.content["summary"]))) }
                }
                // The anchor is inside, because browsers then open the closed element around it.
                div id=(self.id()) {
                    (prose::paragraphs(self.content))
                    (self.parameters())
                    (self.body(document))
                    (self.responses())
                }
            }
        }
    }

    fn parameters(&self) -> Markup {
        html! {
            @if let Some(parameters) = self.content["parameters"].as_array() {
                h4.label { "Parameters" }
                div.scroll { table { tbody {
                    @for parameter in parameters {
                        (schema::row(text(&parameter["name"]), parameter["required"] == true, &html! {
                            td { (text(&parameter["in"])) }
                            td { (schema::label(&parameter["schema"])) }
                            td { (prose::inline(text(&parameter["description"]))) }
                        }))
                    }
                } } }
            }
        }
    }

    fn body(&self, document: &Value) -> Markup {
        let body = &self.content["requestBody"];
        html! {
            @if body.is_object() {
                h4.label { "Body" @if body["required"] == true { " (required)" } }
                (prose::paragraphs(body))
                @for (media_type, content) in members(&body["content"]) {
                    p { code { (media_type) } ": " (schema::label(&content["schema"])) }
                    (schema::fields(document, &content["schema"]))
                }
            }
        }
    }

    fn responses(&self) -> Markup {
        html! {
            h4.label { "Answers" }
            div.scroll { table { tbody {
                @for (status, response) in members(&self.content["responses"]) {
                    (schema::row(status, false, &html! {
                        td { (prose::inline(text(&response["description"]))) (answered(response)) }
                    }))
                }
            } } }
        }
    }
}

fn answered(response: &Value) -> Markup {
    html! {
        @for (media_type, content) in members(&response["content"]) {
            div.soft { code { (media_type) } " " (schema::label(&content["schema"])) }
        }
        // Headers with a `$ref` are the same on every answer, and are listed once at the end of the page.
        @for (name, description) in members(&response["headers"]).filter(|(_, header)| header["$ref"].is_null()) {
            (header(name, description))
        }
    }
}

pub(super) fn header(name: &str, header: &Value) -> Markup {
    html! {
        div.soft { code { (name) } " " (prose::inline(text(&header["description"]))) }
    }
}
