//! A journey: the controls, the chart, the steps so far, and at the end the summary.

use axum::response::Html;
use maud::{Markup, html};

use super::{Page, channel::Channel, chart, controls, ending, frame, step, trouble_box};
use crate::{journey::scenarios::JOURNEY, page::runs::Played};

pub(in crate::page) fn journey(id: &str, channels: &[Channel], played: &Played) -> Page {
    frame::page(
        played.scenario.title,
        &html! {
            h1.scenario.unseen[played.scenario.id == JOURNEY.id] { (played.scenario.title) }
            div.console {
                div.dock {
                    (controls::switch(channels))
                    (controls::controls(id, played))
                }
                (chart::chart(channels, played))
            }
            (trouble_box(None))
            p #announcement.unseen role="status" {}
            div #steps { (steps(channels, played, 0)) }
            (ending::ending(channels, played))
        },
    )
}

/// The steps after the first `shown`, and the parts of the page that change with them. Each part has the id of the
/// element that it replaces.
pub(in crate::page) fn fragment(id: &str, channels: &[Channel], played: &Played, shown: usize) -> Page {
    let markup = html! {
        (steps(channels, played, shown))
        (controls::controls(id, played))
        (chart::chart(channels, played))
        (ending::ending(channels, played))
    };
    Html(markup.into_string())
}

fn steps(channels: &[Channel], played: &Played, shown: usize) -> Markup {
    html! {
        @for (at, result) in played.steps.iter().enumerate().skip(shown) {
            @let before = at.checked_sub(1).map(|at| &*played.steps[at]);
            (step::step(channels, at + 1, result, before))
        }
    }
}
