//! The icon of a mechanism: a shape and a letter, so that colour is never the only difference.

use maud::{Markup, html};

/// The icon as an inline picture. It is decorative, since the name always follows it.
pub fn mark(mechanism: &str) -> Markup {
    let letter: String = mechanism.chars().take(1).flat_map(char::to_uppercase).collect();
    html! {
        svg.mark viewBox="0 0 24 24" aria-hidden="true" {
            @match mechanism {
                "cookie" => circle.shape cx="12" cy="12" r="11.5" {},
                "session" => rect.shape x="1.5" y="1.5" width="21" height="21" rx="1.5" {},
                "token" => path.shape d="M12 -1.5 25.5 12 12 25.5 -1.5 12Z" {},
                _ => path.shape d="M6.5 1.5h11L23 12l-5.5 10.5h-11L1 12Z" {},
            }
            text.letter x="12" y="12.5" { (letter) }
        }
    }
}

/// The shape without letter, as a `data:` address for the browser's tab. No style sheet applies there.
pub(super) fn icon(mechanism: &str) -> String {
    let shape = match mechanism {
        "cookie" => "%3Ccircle cx='12' cy='12' r='11' fill='%23c79a10'/%3E",
        "session" => "%3Crect x='1' y='1' width='22' height='22' rx='2' fill='%233d74ea'/%3E",
        "token" => "%3Cpath d='M12 0 24 12 12 24 0 12Z' fill='%23d63a86'/%3E",
        _ => "%3Cpath d='M6.5 1.5h11L23 12l-5.5 10.5h-11L1 12Z' fill='%2376857a'/%3E",
    };
    // The namespace is percent-encoded too: it is a name, not an address to load.
    format!(
        "data:image/svg+xml,%3Csvg xmlns='http%3A%2F%2Fwww.w3.org%2F2000%2Fsvg' viewBox='0 0 24 24'%3E{shape}%3C/svg%3E"
    )
}
