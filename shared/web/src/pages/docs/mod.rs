//! `/docs`: the OpenAPI 3.1 document as a page, without scripts and without resources from other hosts.

mod headers;
mod operation;
mod prose;
mod schema;

use maud::{Markup, html};
use serde_json::Value;

use self::operation::Operation;
use super::{
    Site,
    layout::{Frame, page},
};

/// `document` is what `/openapi.json` answers.
pub fn docs(site: Site<'_>, document: &Value) -> Markup {
    let info = &document["info"];
    let title = info["title"].as_str().unwrap_or("HTTP API");
    let groups = grouped(document);
    let frame = Frame { site, title: "Docs", path: "/docs" };
    page(
        &frame,
        &html! {
            section.sheet {
                p.label {
                    "OpenAPI " (document["openapi"].as_str().unwrap_or("3.1"))
                    " · version " (info["version"].as_str().unwrap_or("unknown"))
                }
                h1 { (title) }
                (prose::paragraphs(info["description"].as_str()))
                p { "The same for programs: " a href="/openapi.json" { "openapi.json" } "." }
                nav aria-label="Calls" { (contents(&groups)) }
            }
            @for (tag, operations) in &groups {
                section aria-labelledby=(tag_id(tag)) {
                    h2 id=(tag_id(tag)) { (tag) }
                    (prose::paragraphs(tag_description(document, tag)))
                    @for operation in operations { (operation.markup(document)) }
                }
            }
            (headers::of_every_answer(document))
            (schema::all(document))
        },
    )
}

/// The operations under their first tag, tags and operations in the order of the document.
fn grouped(document: &Value) -> Vec<(&str, Vec<Operation<'_>>)> {
    let mut groups: Vec<(&str, Vec<Operation<'_>>)> = Vec::new();
    for tag in document["tags"].as_array().into_iter().flatten() {
        groups.extend(tag["name"].as_str().map(|name| (name, Vec::new())));
    }
    for operation in Operation::all(document) {
        match groups.iter_mut().find(|(tag, _)| *tag == operation.tag()) {
            Some((_, operations)) => operations.push(operation),
            None => groups.push((operation.tag(), vec![operation])),
        }
    }
    groups.retain(|(_, operations)| !operations.is_empty());
    groups
}

fn contents(groups: &[(&str, Vec<Operation<'_>>)]) -> Markup {
    html! {
        ul.contents {
            @for (tag, operations) in groups {
                li {
                    a.label href={ "#" (tag_id(tag)) } { (tag) }
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

fn tag_description<'a>(document: &'a Value, tag: &str) -> Option<&'a str> {
    let tags = document["tags"].as_array()?;
    tags.iter().find(|known| known["name"] == tag)?["description"].as_str()
}

fn tag_id(tag: &str) -> String {
    format!("tag-{}", anchor(tag))
}

/// Text as a part of an `id`: letters and digits, everything else a hyphen.
fn anchor(text: &str) -> String {
    text.chars().map(|c| if c.is_alphanumeric() { c.to_ascii_lowercase() } else { '-' }).collect()
}
