//! The HTML: the start page, a journey, and the parts that `lab.js` puts into a page.

mod attacks;
pub(super) mod channel;
mod chart;
mod claims;
mod controls;
mod ending;
mod exchange;
mod frame;
mod holdings;
mod journey;
mod mechanisms;
mod step;
#[cfg(test)]
mod tests;
mod weight;
mod welcome;

use axum::response::Html;
use maud::{Markup, html};

pub(super) use self::{
    attacks::attacks,
    claims::claims,
    journey::{fragment, journey},
    welcome::welcome,
};

type Page = Html<String>;

/// A page that says what went wrong and links back.
pub(super) fn problem(title: &str, detail: &str) -> Page {
    frame::page(
        title,
        &html! {
            section.sheet.narrow {
                h1 { (title) }
                p role="alert" { (detail) }
                p { a href="/" { "To the start of the lab" } }
            }
        },
    )
}

/// The same message for the current page.
pub(super) fn trouble(detail: &str) -> Page {
    Html(trouble_box(Some(detail)).into_string())
}

/// The region exists even without a message, because a screen reader announces only changes in a region that it knows.
fn trouble_box(detail: Option<&str>) -> Markup {
    html! {
        div #trouble role="alert" hidden[detail.is_none()] {
            @if let Some(detail) = detail { (detail) " " a href="/" { "Start a new journey" } }
        }
    }
}
