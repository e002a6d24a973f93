//! All that is markup: the start page, a journey, and the parts of one that `lab.js` puts into a page.

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
mod lanes;
mod mechanisms;
mod step;
#[cfg(test)]
mod tests;
mod verdict;
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

/// A page that says what went wrong and leads back.
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

/// The same for a page that is there already.
pub(super) fn trouble(detail: &str) -> Page {
    Html(trouble_box(Some(detail)).into_string())
}

/// The place for trouble is always there: a screen reader announces only what changes in a region that it knows.
fn trouble_box(detail: Option<&str>) -> Markup {
    html! {
        div #trouble role="alert" hidden[detail.is_none()] {
            @if let Some(detail) = detail { (detail) " " a href="/" { "Start a new journey" } }
        }
    }
}
