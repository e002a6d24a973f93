//! The three mechanisms in plain words, with a card for each target.

use maud::{Markup, html};

use super::channel::Channel;

/// The texts of a card.
struct Words {
    mechanism: &'static str,
    likeness: &'static str,
    plainly: &'static str,
    client_holds: &'static str,
    server_keeps: &'static [&'static str],
    good_at: &'static str,
    pays_with: &'static str,
}

const WORDS: [Words; 3] = [
    Words {
        mechanism: "cookie",
        likeness: "A signed note that you carry",
        plainly: "The server writes your name and the time on a note, signs it and gives it to you as a cookie. You \
                  show it with each request. The server checks the signature and believes what it reads.",
        client_holds: "login=eyJ1IjoiYWxpY2UifQ:1vN4kE:x7Q…",
        server_keeps: &[],
        good_at: "No store is needed; any instance can answer.",
        pays_with: "At most 4,096 bytes. A copy of the note works too, until the server is \
                    told that the login has ended.",
    },
    Words {
        mechanism: "session",
        likeness: "A cloakroom ticket",
        plainly: "The server writes a record about you and gives you a random ticket for it, as a cookie. The ticket \
                  contains no data: with each request the server looks the record up.",
        client_holds: "sessionid=k3v9a1qd0z7m…",
        server_keeps: &["who: alice", "since, until", "items: {…}"],
        good_at: "Each login can be listed, changed and ended at once.",
        pays_with: "Every request needs the store.",
    },
    Words {
        mechanism: "token",
        likeness: "A short-lived pass",
        plainly: "A program gets a signed pass in the body of an answer and shows it in a header. It lives for \
                  minutes, needs no cookies, and any server that knows the key can check it.",
        client_holds: "Authorization: Bearer eyJhbGciOi…",
        server_keeps: &[],
        good_at: "Works for programs as for browsers, and across services.",
        pays_with: "It must be refreshed every few minutes, and its content travels with every request.",
    },
];

pub(super) fn mechanisms(channels: &[Channel], reachable: &[bool]) -> Markup {
    html! {
        ul.mechanisms {
            @for (at, channel) in channels.iter().enumerate() {
                li.card data-mechanism=(channel.mechanism) {
                    div.card-head {
                        h3 { (channel.label()) }
                        (lamp(reachable.get(at).copied().unwrap_or(false)))
                    }
                    @match WORDS.iter().find(|words| words.mechanism == channel.mechanism) {
                        Some(words) => (described(words)),
                        None => p { "Another implementation of the same contract, shown in a separate column." },
                    }
                    (links(channel))
                }
            }
        }
    }
}

fn lamp(answers: bool) -> Markup {
    html! {
        @if answers { span.lamp.on { "answers" } } @else { span.lamp.off { "no answer" } }
    }
}

fn described(words: &Words) -> Markup {
    html! {
        p.likeness { (words.likeness) }
        p { (words.plainly) }
        dl.sides {
            div { dt.label { "In the client" } dd { code { (words.client_holds) } } }
            div.empty[words.server_keeps.is_empty()] {
                dt.label { "On the server" }
                dd {
                    @if words.server_keeps.is_empty() { "no record of your login" }
                    @for line in words.server_keeps { code { (line) } }
                }
            }
        }
        dl.balance {
            dt { "Good at" } dd { (words.good_at) }
            dt { "Pays with" } dd { (words.pays_with) }
        }
    }
}

/// Links to the service's pages; all other links stay within the lab.
fn links(channel: &Channel) -> Markup {
    html! {
        p.card-links {
            @for (path, name) in [("/", "Home"), ("/login", "Log in"), ("/docs", "Docs"), ("/about", "About")] {
                a href={ (channel.url) (path) } { (name) span.unseen { " of " (channel.name) } }
            }
        }
    }
}
