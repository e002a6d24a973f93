//! The frame of every page of a service: head, name, links, footer.

use authlab_accounts::Registration;
use maud::{DOCTYPE, Markup, html};

use super::{
    Site,
    mark::{icon, mark},
};

/// What the frame needs to know about its page.
pub(super) struct Frame<'a> {
    pub(super) site: Site<'a>,
    pub(super) title: &'a str,
    /// The path of the page, to mark it among the links.
    pub(super) path: &'a str,
}

const LINKS: [(&str, &str); 5] =
    [("/", "Home"), ("/login", "Log in"), (REGISTER, "Register"), ("/mine", "Mine"), ("/docs", "Docs")];
const REGISTER: &str = "/register";

impl Site<'_> {
    /// Whether a page may lead to this path.
    pub(super) fn leads_to(&self, path: &str) -> bool {
        path != REGISTER || self.registration == Registration::Open
    }
}

pub(super) fn page(frame: &Frame<'_>, body: &Markup) -> Markup {
    html! {
        (DOCTYPE)
        html lang="en" data-mechanism=(frame.site.card.mechanism) {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (frame.title) " · " (service(frame)) }
                link rel="icon" href=(icon(frame.site.card.mechanism));
                link rel="stylesheet" href="/style.css";
            }
            body {
                a.skip href="#content" { "Skip to the content" }
                (plate(frame))
                main #content.bench { (body) }
                footer.foot {
                    "One of three services on one HTTP contract, each with its own way to remember who is logged in."
                }
            }
        }
    }
}

fn service(frame: &Frame<'_>) -> String {
    format!("{} service", frame.site.card.mechanism)
}

fn plate(frame: &Frame<'_>) -> Markup {
    html! {
        header.plate {
            a.nameplate href="/" { (mark(frame.site.card.mechanism)) (service(frame)) }
            nav aria-label="Pages" {
                ul {
                    @for (path, name) in LINKS.into_iter().filter(|(path, _)| frame.site.leads_to(path)) {
                        li { a href=(path) aria-current=[(path == frame.path).then_some("page")] { (name) } }
                    }
                }
            }
        }
    }
}
