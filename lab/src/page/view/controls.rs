//! The buttons that run the next steps, and the switch between the columns in narrow windows.

use maud::{Markup, html};

use super::channel::Channel;
use crate::page::runs::Played;

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
                (button(id, "next", "Next step", done))
                (button(id, "all", "Run the rest", done))
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

/// A button that runs steps: `action` is the last segment of its path, and begins with its key.
fn button(id: &str, action: &str, name: &str, done: usize) -> Markup {
    let key = &action[..1];
    html! {
        form method="post" action={ "/journeys/" (id) "/" (action) } data-key=(key) {
            input type="hidden" name="after" value=(done);
            button.quiet[action == "all"] id={ "play-" (action) } { (name) kbd hidden { (key) } }
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
