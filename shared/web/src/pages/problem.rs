//! A page for a problem, if no form can show it.

use maud::{Markup, html};

use super::{Site, words};

pub fn problem(site: Site<'_>, title: &str, detail: &str) -> Markup {
    let body = html! {
        section.sheet.narrow {
            h1 { (title) }
            p role="alert" { (words::sentence(detail)) }
            p { a href="/" { "Back to the start" } }
        }
    };
    site.page(title, "", &body)
}
