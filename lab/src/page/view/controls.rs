//! The buttons that run the next steps, and the switch between the columns in narrow windows.

use maud::{Markup, html};

use super::channel::Channel;
use crate::page::runs::Played;

/// A button that runs steps.
struct Move {
    /// The last segment of the button's path.
    action: &'static str,
    name: &'static str,
    key: &'static str,
    quiet: bool,
}

const MOVES: [Move; 2] = [
    Move { action: "next", name: "Next step", key: "n", quiet: false },
    Move { action: "all", name: "Run the rest", key: "a", quiet: true },
];

pub(super) fn controls(id: &str, played: &Played) -> Markup {
    let (done, all) = (played.steps.len(), played.scenario.steps.len());
    html! {
        div #controls.controls data-finished[played.finished] {
            @if played.finished {
                form method="post" action="/journeys" {
                    input type="hidden" name="scenario" value=(played.scenario.id);
                    button #again { "Start again" }
                }
            } @else {
                @for way in &MOVES { (button(id, way, done)) }
            }
            p.progress {
                @if played.finished { "All " (all) " steps done" } @else { "Step " (done) " of " (all) }
            }
            // Single keys can disturb speech input, so users can switch them off (WCAG 2.1.4). Without script there are
            // no keys, and the box stays hidden.
            label.keys hidden { input #keys type="checkbox" checked; "Keys " kbd { "n" } " " kbd { "a" } }
        }
    }
}

fn button(id: &str, way: &Move, done: usize) -> Markup {
    html! {
        form method="post" action={ "/journeys/" (id) "/" (way.action) } data-key=(way.key) {
            input type="hidden" name="after" value=(done);
            button.quiet[way.quiet] id={ "play-" (way.action) } { (way.name) kbd hidden { (way.key) } }
        }
    }
}

/// The switch works without script: the style sheet hides the columns that are not selected.
pub(super) fn switch(channels: &[Channel]) -> Markup {
    html! {
        fieldset.switch {
            legend.unseen { "Service shown" }
            @for channel in channels {
                label data-mechanism=(channel.mechanism) {
                    input.unseen type="radio" name="shown" id={ "show-" (channel.number) } checked[channel.number == 1];
                    (channel.label())
                }
            }
        }
    }
}
