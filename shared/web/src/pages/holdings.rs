//! Who holds what: the client on one side, the server on the other.

use maud::{Markup, html};

use super::words;
use authlab_mechanism::login::{Card, StateLives};

/// The side that knows who the client is stands out.
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
