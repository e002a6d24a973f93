//! The three mechanisms in plain words: the picture next to the title, and a card for each target.

use maud::{Markup, html};

use super::channel::Channel;

/// The texts of a mechanism. The client holds the login's data, unless the server keeps some.
struct Words {
    mechanism: &'static str,
    /// In the picture: what the client holds, what travels with each request, and what the server does or holds.
    lane: [&'static str; 3],
    likeness: &'static str,
    plainly: &'static str,
    client_holds: &'static str,
    server_keeps: &'static [&'static str],
    good_at: &'static str,
    pays_with: &'static str,
}

static WORDS: [Words; 3] = [
    Words {
        mechanism: "cookie",
        lane: ["name, time, signature", "all of it", "checks the signature"],
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
        lane: ["a random id", "the id", "name, time, items"],
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
        lane: ["name, time, items, signature", "all of it, in a header", "checks the signature"],
        likeness: "A short-lived pass",
        plainly: "A program gets a signed pass in the body of an answer and shows it in a header. It lives for \
                  minutes, needs no cookies, and any server that knows the key can check it.",
        client_holds: "Authorization: Bearer eyJhbGciOi…",
        server_keeps: &[],
        good_at: "Works for programs as for browsers, and across services.",
        pays_with: "It must be refreshed every few minutes, and its content travels with every request.",
    },
];

fn words(channel: &Channel) -> Option<&'static Words> {
    WORDS.iter().find(|words| words.mechanism == channel.mechanism)
}

/// One request in each mechanism, and the side that holds the login's data. Drawn only for the known mechanisms.
pub(super) fn lanes(channels: &[Channel]) -> Markup {
    html! {
        figure.lanes {
            figcaption { span.label { "The client holds" } span.label { "The server holds" } }
            @for channel in channels {
                @if let Some(words) = words(channel) {
                    @let [client, travels, server] = words.lane;
                    @let client_is_full = words.server_keeps.is_empty();
                    div.lane data-mechanism=(channel.mechanism) {
                        span.box.full[client_is_full] { (client) }
                        span.wire-between { span.parcel { (channel.mark()) } small { (travels) } }
                        span.box.full[!client_is_full] { (server) }
                    }
                }
            }
        }
    }
}

pub(super) fn mechanisms(channels: &[Channel], reachable: &[bool]) -> Markup {
    html! {
        ul.mechanisms {
            @for (at, channel) in channels.iter().enumerate() {
                li.card data-mechanism=(channel.mechanism) {
                    div.card-head {
                        h3 { (channel.label()) }
                        @if reachable.get(at) == Some(&true) { span.lamp.on { "answers" } } @else { span.lamp.off { "no answer" } }
                    }
                    @match words(channel) {
                        Some(words) => (described(words)),
                        None => p { "Another implementation of the same contract, shown in a separate column." },
                    }
                    (links(channel))
                }
            }
        }
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
