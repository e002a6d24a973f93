//! The buttons that move the journey on, and the switch between the columns where there is room for one only.

use maud::{Markup, html};

use super::channel::Channel;
use crate::page::runs::Played;

/// A way to move the journey on.
struct Move {
    /// The last segment of its address.
    action: &'static str,
    name: &'static str,
    key: &'static str,
    quiet: bool,
}

const MOVES: [Move; 2] = [
    Move { action: "next", name: "Next step", key: "n", quiet: false },
    Move { action: "all", name: "Play the rest", key: "a", quiet: true },
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
                @if played.finished { "All " (all) " steps played" } @else { "Step " (done) " of " (all) }
            }
            // Single keys can be in the way of speech input, so they can be switched off (WCAG 2.1.4). Without script
            // there are none, and the box stays hidden.
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

/// Works without script: the style sheet hides the columns that are not chosen.
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
