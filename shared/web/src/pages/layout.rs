//! The frame of every page of a service: head, name, links, footer.

use authlab_accounts::Registration;
use maud::{DOCTYPE, Markup, html};

use super::{
    Site,
    mark::{icon, mark},
};

const LINKS: [(&str, &str); 5] =
    [("/", "Home"), ("/login", "Log in"), (REGISTER, "Register"), ("/mine", "Mine"), ("/docs", "Docs")];
const REGISTER: &str = "/register";

impl Site<'_> {
    /// Whether a page may lead to this path.
    pub(super) fn leads_to(&self, path: &str) -> bool {
        path != REGISTER || self.registration == Registration::Open
    }

    /// A whole page; its `path` marks it among the links.
    pub(super) fn page(&self, title: &str, path: &str, body: &Markup) -> Markup {
        let mechanism = self.card.mechanism;
        html! {
            (DOCTYPE)
            html lang="en" data-mechanism=(mechanism) {
                head {
                    meta charset="utf-8";
                    meta name="viewport" content="width=device-width, initial-scale=1";
                    meta name="color-scheme" content="light dark";
                    title { (title) " · " (mechanism) " service" }
                    link rel="icon" href=(icon(mechanism));
                    link rel="stylesheet" href="/style.css";
                }
                body {
                    a.skip href="#content" { "Skip to the content" }
                    (self.plate(path))
                    main #content.bench { (body) }
                    footer.foot {
                        "One of three services on one HTTP contract, each with its own way to remember who is logged in."
                    }
                }
            }
        }
    }

    fn plate(&self, page: &str) -> Markup {
        let mechanism = self.card.mechanism;
        html! {
            header.plate {
                a.nameplate href="/" { (mark(mechanism)) (mechanism) " service" }
                nav aria-label="Pages" {
                    ul {
                        @for (path, name) in LINKS.into_iter().filter(|(path, _)| self.leads_to(path)) {
                            li { a href=(path) aria-current=[(path == page).then_some("page")] { (name) } }
                        }
                    }
                }
            }
        }
    }
}
