//! The start page: what this is, the way to begin, the three mechanisms in plain words, and the attacks.

use maud::{Markup, html};

use super::{Page, channel::Channel, frame, lanes::lanes, mechanisms::mechanisms};
use crate::journey::scenarios::{ATTACKS, JOURNEY_STEPS};

/// `reachable` tells for each channel whether its service answers.
pub(in crate::page) fn welcome(channels: &[Channel], reachable: &[bool]) -> Page {
    frame::page(
        "The lab",
        &html! {
            section.hero {
                div {
                    h1 { "Who are you again?" }
                    p.lead {
                        "A client logs in once and is known from then on. The services below do that on one and the \
                         same HTTP contract, each in its own way. Play one journey against all of them and read what \
                         travels, what the client holds and what the server keeps."
                    }
                    (silent(channels, reachable))
                    (begin())
                }
                (lanes(channels))
            }
            section aria-labelledby="mechanisms" {
                h2 #mechanisms.rule { "The mechanisms" }
                (mechanisms(channels, reachable))
            }
            section aria-labelledby="attacks" {
                h2 #attacks.rule { "Attacks to play" }
                (attacks())
            }
            section aria-labelledby="steps-ahead" {
                h2 #steps-ahead.rule { "The journey" }
                ol.ahead {
                    @for step in JOURNEY_STEPS { li { b { (step.title) } span { (step.shows) } } }
                }
            }
        },
    )
}

fn begin() -> Markup {
    html! {
        form.begin method="post" action="/journeys" {
            button { "Start, step by step" }
            button.quiet name="play" value="all" { "Play it all at once" }
        }
    }
}

/// The rows of the attack matrix that a person can follow; the rest is in the terminal.
fn attacks() -> Markup {
    html! {
        ul.attacks {
            @for attack in ATTACKS {
                li {
                    h3 { (attack.title) }
                    p.soft { (attack.shows) }
                    form method="post" action="/journeys" {
                        input type="hidden" name="scenario" value=(attack.id);
                        button.quiet { "Play it" span.unseen { ": " (attack.title) } }
                    }
                }
            }
        }
        p.soft {
            "All the others: " a href="/attacks" { "what each mechanism withstands" } ", and played anew by "
            code { "cargo run --release -- attack" }
        }
    }
}

/// Names each service that does not answer, and what to do about it.
fn silent(channels: &[Channel], reachable: &[bool]) -> Markup {
    let silent: Vec<&Channel> =
        channels.iter().zip(reachable).filter(|(_, answers)| !**answers).map(|(channel, _)| channel).collect();
    html! {
        @if !silent.is_empty() {
            div role="alert" {
                ul {
                    @for channel in &silent {
                        li { strong { (channel.name) } " does not answer at " code { (channel.url) } "." }
                    }
                }
                p { "A journey needs all its services. Start what is missing, then load this page again." }
            }
        }
    }
}
