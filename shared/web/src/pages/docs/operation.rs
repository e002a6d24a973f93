//! One call: its method and path, its parameters and body, its answers.

use maud::{Markup, html};
use serde_json::Value;

use super::{anchor, headers, prose, schema};

pub(super) struct Operation<'a> {
    method: &'a str,
    path: &'a str,
    /// Parameters that all methods of the path share.
    shared: &'a Value,
    content: &'a Value,
}

const METHODS: [&str; 7] = ["get", "head", "post", "put", "patch", "delete", "options"];

impl<'a> Operation<'a> {
    pub(super) fn all(document: &'a Value) -> impl Iterator<Item = Self> {
        let paths = document["paths"].as_object().into_iter().flatten();
        paths.flat_map(|(path, item)| {
            METHODS.into_iter().filter_map(move |method| {
                let content = item.get(method)?;
                Some(Self { method, path, shared: &item["parameters"], content })
            })
        })
    }

    pub(super) fn tag(&self) -> &'a str {
        self.content["tags"][0].as_str().unwrap_or("Calls")
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
                    span { (prose::inline(self.content["summary"].as_str().unwrap_or_default())) }
                }
                // The anchor is inside, because browsers then open the closed element around it.
                div id=(self.id()) {
                    (prose::paragraphs(self.content["description"].as_str()))
                    (self.parameters(document))
                    (self.body(document))
                    (self.responses(document))
                }
            }
        }
    }

    fn parameters(&self, document: &Value) -> Markup {
        let lists = [self.shared, &self.content["parameters"]];
        let parameters: Vec<&Value> = lists
            .into_iter()
            .filter_map(Value::as_array)
            .flatten()
            .map(|parameter| schema::resolved(document, parameter))
            .collect();
        html! {
            @if !parameters.is_empty() {
                h4.label { "Parameters" }
                div.scroll { table { tbody {
                    @for parameter in parameters {
                        tr {
                            th scope="row" {
                                code { (parameter["name"].as_str().unwrap_or_default()) }
                                @if parameter["required"] == true { br; span.must { "required" } }
                            }
                            td { (parameter["in"].as_str().unwrap_or_default()) }
                            td { (schema::label(&parameter["schema"])) }
                            td { (prose::inline(parameter["description"].as_str().unwrap_or_default())) }
                        }
                    }
                } } }
            }
        }
    }

    fn body(&self, document: &Value) -> Markup {
        let body = schema::resolved(document, &self.content["requestBody"]);
        html! {
            @if body.is_object() {
                h4.label { "Body" @if body["required"] == true { " (required)" } }
                (prose::paragraphs(body["description"].as_str()))
                @for (media_type, content) in body["content"].as_object().into_iter().flatten() {
                    p { code { (media_type) } ": " (schema::label(&content["schema"])) }
                    (schema::fields(document, &content["schema"]))
                }
            }
        }
    }

    fn responses(&self, document: &Value) -> Markup {
        html! {
            h4.label { "Answers" }
            div.scroll { table { tbody {
                @for (status, response) in self.content["responses"].as_object().into_iter().flatten() {
                    @let response = schema::resolved(document, response);
                    tr {
                        th scope="row" { code { (status) } }
                        td {
                            (prose::inline(response["description"].as_str().unwrap_or_default()))
                            (answered(response))
                        }
                    }
                }
            } } }
        }
    }
}

fn answered(response: &Value) -> Markup {
    html! {
        @for (media_type, content) in response["content"].as_object().into_iter().flatten() {
            div.soft { code { (media_type) } " " (schema::label(&content["schema"])) }
        }
        // Headers with a `$ref` are the same on every answer, and are listed once at the end of the page.
        @for (name, header) in headers::all(&response["headers"]).filter(|(_, header)| header["$ref"].is_null()) {
            (headers::line(name, header))
        }
    }
}
