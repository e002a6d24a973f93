//! `/`: what this service is, and links to its pages.

use authlab_mechanism::login::Card;
use maud::{Markup, html};

use super::{
    Site,
    holdings::holdings,
    layout::{Frame, page},
    words,
};

/// `who` is the username, if the client is logged in.
pub fn home(site: Site<'_>, who: Option<&str>) -> Markup {
    let frame = Frame { site, title: "Home", path: "/" };
    page(
        &frame,
        &html! {
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
        },
    )
}

fn facts(card: &Card) -> Markup {
    let carriers: Vec<_> = card.carriers.iter().copied().map(words::carrier).collect();
    html! {
        dl.facts {
            (fact("Mechanism", card.mechanism))
            (fact("A login lasts", &words::duration(card.lifetime)))
            (fact("It travels in", &carriers.join(", or ")))
            (fact("Items before login", if card.anonymous_items { "are kept" } else { "need a login first" }))
            (fact(
                "Items written at once",
                if card.concurrent_item_writes { "all survive" } else { "may overwrite each other" },
            ))
            (fact("Without cookies", if card.cookieless_clients() { "works" } else { "does not work" }))
        }
    }
}

fn fact(name: &str, value: &str) -> Markup {
    html! { div { dt.label { (name) } dd { (value) } } }
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
