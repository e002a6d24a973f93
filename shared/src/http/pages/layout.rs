//! The frame that every page of a service stands in: head, name plate, links, foot.

use maud::{DOCTYPE, Markup, html};

use super::mark::{icon, mark};

/// What the frame must know of the page inside it.
pub(super) struct Frame<'a> {
    /// `None` where the page is the same for every service.
    pub(super) mechanism: Option<&'a str>,
    pub(super) title: &'a str,
    /// The path of the page, to mark it among the links.
    pub(super) path: &'a str,
}

const LINKS: [(&str, &str); 5] =
    [("/", "Home"), ("/login", "Log in"), ("/register", "Register"), ("/mine", "Mine"), ("/docs", "Docs")];

pub(super) fn page(frame: &Frame<'_>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-mechanism=[frame.mechanism] {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (frame.title) " · " (service(frame)) }
                link rel="icon" href=(icon(frame.mechanism.unwrap_or("api")));
                link rel="stylesheet" href="/style.css";
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                (plate(frame))
                main #content.bench { (body) }
                footer.foot {
                    "One of three services on one HTTP contract, each with its own way to know a client again."
                }
            }
        }
    }
}

fn service(frame: &Frame<'_>) -> String {
    match frame.mechanism {
        Some(mechanism) => format!("{mechanism} service"),
        None => "authlab service".to_owned(),
    }
}

fn plate(frame: &Frame<'_>) -> Markup {
    html! {
        header.plate {
            a.nameplate href="/" { (mark(frame.mechanism.unwrap_or("api"))) (service(frame)) }
            nav aria-label="Pages" {
                ul {
                    @for (path, name) in LINKS {
                        li { a href=(path) aria-current=[(path == frame.path).then_some("page")] { (name) } }
                    }
                }
            }
        }
    }
}
