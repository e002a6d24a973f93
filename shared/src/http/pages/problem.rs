//! What went wrong with a form that has no page of its own to say it on.

use maud::{Markup, html};

use super::{
    layout::{Frame, page},
    words,
};
use crate::login::Card;

pub fn problem(card: &Card, title: &str, detail: &str) -> Markup {
    let frame = Frame { mechanism: Some(card.mechanism), title, path: "" };
    page(
        &frame,
        &html! {
            section.sheet.narrow {
                h1 { (title) }
                p role="alert" { (words::sentence(detail)) }
                p { a href="/" { "Back to the start" } }
            }
        },
    )
}
