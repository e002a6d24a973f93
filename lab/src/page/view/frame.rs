//! The common frame of every page.

use authlab_web::pages::mark;
use axum::response::Html;
use maud::{DOCTYPE, Markup, html};

use super::Page;

/// The marks of the three mechanisms, as the icon in the browser's tab.
const ICON: &str = "data:image/svg+xml,%3Csvg xmlns='http%3A%2F%2Fwww.w3.org%2F2000%2Fsvg' viewBox='0 0 24 24'%3E\
                    %3Ccircle cx='6.5' cy='7' r='5.5' fill='%23c79a10'/%3E\
                    %3Crect x='12.5' y='2' width='10' height='10' rx='1' fill='%233d74ea'/%3E\
                    %3Cpath d='M12 11l6 6-6 6-6-6z' fill='%23d63a86'/%3E%3C/svg%3E";

pub(super) fn page(title: &str, body: &Markup) -> Page {
    let markup = html! {
        (DOCTYPE)
        html lang="en" {
            head {
                meta charset="utf-8";
                meta name="viewport" content="width=device-width, initial-scale=1";
                meta name="color-scheme" content="light dark";
                title { (title) " · authlab" }
                link rel="icon" href=(ICON);
                link rel="stylesheet" href="/style.css";
                link rel="stylesheet" href="/lab.css";
                script src="/lab.js" defer {}
            }
            body.lab {
                a.skip href="#content" { "Skip to the content" }
                header.top {
                    a.nameplate href="/" {
                        span.marks aria-hidden="true" {
                            @for mechanism in ["cookie", "session", "token"] {
                                span data-mechanism=(mechanism) { (mark(mechanism)) }
                            }
                        }
                        "authlab"
                    }
                    p.soft { "One contract, three ways to remember who is logged in" }
                    nav.where { a href="/" { "Run it" } a href="/attacks" { "What each withstands" } a href="/claims" { "What people say" } }
                }
                main #content { (body) }
                footer.bottom {
                    "Everything on this page comes from this machine. Secrets are shortened before they are shown."
                }
            }
        }
    };
    Html(markup.into_string())
}
