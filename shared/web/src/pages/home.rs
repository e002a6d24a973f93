//! `/`: what this service is, and links to its pages.

use authlab_mechanism::login::{Card, StateLives};
use maud::{Markup, html};

use super::{Site, words};

/// `who` is the username, if the client is logged in.
pub fn home(site: Site<'_>, who: Option<&str>) -> Markup {
    let body = html! {
        section.sheet {
            p.label { "How this service remembers who is logged in" }
            h1 { "By " (words::credential(site.card)) "." }
            p { (words::recognition(site.card)) }
            (holdings(site.card))
            (facts(site.card))
            @match who {
                Some(name) => p { "You are logged in as " strong { (name) } "." },
                None => p { "You are not logged in." },
            }
        }
        (ways(site))
    };
    site.page("Home", "/", &body)
}

/// Shows what the client and the server each keep, and highlights the side that keeps the login's state.
pub(super) fn holdings(card: &Card) -> Markup {
    let in_the_client = card.state_lives == StateLives::Client;
    html! {
        dl.holdings {
            div.full[in_the_client] {
                dt.label { "Your client holds" }
                dd { (words::credential(card)) }
            }
            div.full[!in_the_client] {
                dt.label { "The server keeps" }
                dd { (words::kept(card)) }
            }
        }
    }
}

fn facts(card: &Card) -> Markup {
    let carriers: Vec<_> = card.carriers.iter().copied().map(words::carrier).collect();
    let at_once = if card.concurrent_item_writes { "all survive" } else { "may overwrite each other" };
    let facts = [
        ("Mechanism", card.mechanism),
        ("A login lasts", &words::duration(card.lifetime)),
        ("It travels in", &carriers.join(", or ")),
        ("Items before login", if card.anonymous_items { "are kept" } else { "need a login first" }),
        ("Items written at once", at_once),
        ("Without cookies", if card.cookieless_clients() { "works" } else { "does not work" }),
    ];
    html! {
        dl.facts { @for (name, value) in facts { div { dt.label { (name) } dd { (value) } } } }
    }
}

fn ways(site: Site<'_>) -> Markup {
    const WAYS: [(&str, &str, &str); 5] = [
        ("/register", "Register", "Choose a name and a password."),
        ("/login", "Log in", "Get the credential of this service."),
        ("/mine", "Mine", "Your login, its beginning and its end."),
        ("/docs", "Docs", "All calls of this service."),
        ("/about", "About", "The facts above as JSON, for programs."),
    ];
    html! {
        ul.ways {
            @for (path, name, what) in WAYS.into_iter().filter(|(path, ..)| site.leads_to(path)) {
                li { a href=(path) { b { (name) } span { (what) } } }
            }
        }
    }
}
