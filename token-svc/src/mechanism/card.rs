//! What `/about` says. It describes logins of the kind that a login gets if it names none.

use authlab_mechanism::{
    cookie_attributes::CookieAttributes,
    login::{Card, Carrier, Place, Scheme, StateLives},
    tokens::TokenKind,
};
use authlab_service::settings::LoginsAtMost;

use crate::{access_token::COOKIES, settings::TokenSettings};

pub(super) fn card(settings: &TokenSettings, at_most: LoginsAtMost) -> Card {
    let opaque = settings.token_kind == TokenKind::Opaque;
    Card {
        mechanism: "token",
        state_lives: if opaque { StateLives::Server } else { StateLives::Client },
        store: opaque.then_some(Place::Sql),
        carriers: if settings.token_query {
            &[Carrier::Cookie, Carrier::Bearer, Carrier::Query]
        } else {
            &[Carrier::Cookie, Carrier::Bearer]
        },
        scheme: Scheme::Bearer(COOKIES),
        cookies: CookieAttributes::DEFAULT,
        lifetime: if opaque { settings.opaque_token_lifetime } else { settings.access_token_lifetime },
        login_lifetime: if opaque { settings.opaque_token_lifetime } else { settings.refresh_token_lifetime },
        logins_at_most: at_most.0,
        anonymous_items: false,
        concurrent_item_writes: opaque,
    }
}
