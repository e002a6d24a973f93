//! The start page: an introduction, the start button, the three mechanisms in plain words, and the attacks.

use maud::{Markup, html};

use super::{
    Page,
    channel::Channel,
    frame,
    mechanisms::{lanes, mechanisms},
};
use crate::journey::scenarios::{ATTACKS, JOURNEY_STEPS};

/// `reachable` says for each channel whether its service answers.
pub(in crate::page) fn welcome(channels: &[Channel], reachable: &[bool]) -> Page {
    frame::page(
        "The lab",
        &html! {
            section.hero {
                div {
                    h1 { "Who are you again?" }
                    p.lead {
                        "A client logs in once, and the service remembers the login. The services below do this on the \
                         same HTTP contract, each with a different mechanism. Run one journey against all of them, and compare what \
                         travels, what the client holds and what the server stores."
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
                h2 #attacks.rule { "Attacks, step by step" }
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
            button.quiet name="play" value="all" { "Run all steps" }
        }
    }
}

/// The rows of the attack matrix that a user can follow step by step. The command line has all rows.
fn attacks() -> Markup {
    html! {
        ul.attacks {
            @for attack in ATTACKS {
                li {
                    h3 { (attack.title) }
                    p.soft { (attack.shows) }
                    form method="post" action="/journeys" {
                        input type="hidden" name="scenario" value=(attack.id);
                        button.quiet { "Run it" span.unseen { ": " (attack.title) } }
                    }
                }
            }
        }
        p.soft {
            "For all other attacks, see " a href="/attacks" { "what each mechanism withstands" } ", or run them with "
            code { "cargo run --release -- attack" }
        }
    }
}

/// Names each service that does not answer, and the remedy.
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
                p { "A journey needs all its services. Start the missing services, then reload this page." }
            }
        }
    }
}
