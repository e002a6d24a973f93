//! `/`: what this service is, in plain words, and where to go from here.

use maud::{Markup, html};

use super::{
    Site,
    holdings::holdings,
    layout::{Frame, page},
    words,
};
use authlab_mechanism::login::Card;

/// `who` is the name of whoever is logged in.
pub fn home(site: Site<'_>, who: Option<&str>) -> Markup {
    let frame = Frame { site, title: "Home", path: "/" };
    page(
        &frame,
        &html! {
            section.sheet {
                p.label { "How this service knows you again" }
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
        ("/login", "Log in", "Get what the service will know you by."),
        ("/mine", "Mine", "Who you are here, since when, until when."),
        ("/docs", "Docs", "Every call of this service, to read."),
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
