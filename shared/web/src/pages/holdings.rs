//! Shows what the client and the server each keep.

use authlab_mechanism::login::{Card, StateLives};
use maud::{Markup, html};

use super::words;

/// Highlights the side that keeps the login's state.
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
