//! `/docs`: the OpenAPI 3.1 document as a page, without scripts and without resources from other hosts.

mod operation;
mod prose;
mod schema;

use maud::{Markup, html};
use serde_json::Value;

use self::operation::Operation;
use super::Site;

/// `document` is what `/openapi.json` answers.
pub fn docs(site: Site<'_>, document: &Value) -> Markup {
    let info = &document["info"];
    let groups = grouped(document);
    let body = html! {
        section.sheet {
            p.label { "OpenAPI " (text(&document["openapi"])) " · version " (text(&info["version"])) }
            h1 { (text(&info["title"])) }
            (prose::paragraphs(info))
            p { "The same for programs: " a href="/openapi.json" { "openapi.json" } "." }
            nav aria-label="Calls" { (contents(&groups)) }
        }
        @for (tag, operations) in &groups {
            section aria-labelledby=(tag_id(tag)) {
                h2 id=(tag_id(tag)) { (text(&tag["name"])) }
                (prose::paragraphs(tag))
                @for operation in operations { (operation.markup(document)) }
            }
        }
        section aria-labelledby="headers" {
            h2 #headers { "Headers of every answer" }
            @for (name, header) in members(&document["components"]["headers"]) { (operation::header(name, header)) }
        }
        (schema::all(document))
    };
    site.page("Docs", "/docs", &body)
}

/// The tags that some operation has, each with its operations.
fn grouped(document: &Value) -> Vec<(&Value, Vec<Operation<'_>>)> {
    let tags = document["tags"].as_array().into_iter().flatten();
    let operations = |tag| Operation::all(document).filter(|operation| operation.has(tag)).collect::<Vec<_>>();
    tags.map(|tag| (tag, operations(tag))).filter(|(_, operations)| !operations.is_empty()).collect()
}

fn contents(groups: &[(&Value, Vec<Operation<'_>>)]) -> Markup {
    html! {
        ul.contents {
            @for (tag, operations) in groups {
                li {
                    a.label href={ "#" (tag_id(tag)) } { (text(&tag["name"])) }
                    ul {
                        @for operation in operations {
                            li { a href={ "#" (operation.id()) } { code { (operation.name()) } } }
                        }
                    }
                }
            }
        }
    }
}

fn tag_id(tag: &Value) -> String {
    format!("tag-{}", anchor(text(&tag["name"])))
}

/// Text as a part of an `id`: letters and digits, everything else a hyphen.
fn anchor(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}

/// The text of a string; empty if there is none.
fn text(value: &Value) -> &str {
    value.as_str().unwrap_or_default()
}

/// The members of an object; none if it is not there.
fn members(object: &Value) -> impl Iterator<Item = (&String, &Value)> {
    object.as_object().into_iter().flatten()
}
