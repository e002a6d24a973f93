//! The body of `GET /about`.

use std::num::NonZeroU32;

use authlab_mechanism::Mechanism;
use serde::Serialize;
use utoipa::ToSchema;

use super::{CarrierWord, PlaceWord, StateLivesWord};

#[derive(Debug, Serialize, ToSchema)]
pub struct About {
    pub mechanism: &'static str,
    pub version: &'static str,
    pub state_lives: StateLivesWord,
    pub store: Option<PlaceWord>,
    pub carriers: Vec<CarrierWord>,
    /// Seconds for which a login is valid.
    pub lifetime: u64,
    /// Seconds for which a login can continue, with refreshing and prolonging.
    pub login_lifetime: u64,
    /// Maximum number of concurrent logins per account. One more ends the least recently used. `null`: unlimited.
    pub logins_at_most: Option<u32>,
    /// Seconds for which `/verify` may answer without a look at the store. 0: it always looks.
    pub staleness: u64,
    pub can: Can,
}

/// What the mechanism can do, as it is configured.
#[derive(Debug, Serialize, ToSchema)]
#[expect(clippy::struct_excessive_bools, reason = "the contract lists six independent facts")]
pub struct Can {
    pub list_logins: bool,
    pub revoke_login: bool,
    pub revoke_all: bool,
    pub anonymous_items: bool,
    pub cookieless_clients: bool,
    pub concurrent_item_writes: bool,
}

impl About {
    /// The facets decide what can be listed and revoked, so `/about` never promises what the routes refuse.
    pub fn new(mechanism: &dyn Mechanism, version: &'static str) -> Self {
        let card = mechanism.card();
        let logins = mechanism.logins().is_ok();
        Self {
            mechanism: card.mechanism,
            version,
            state_lives: card.state_lives.into(),
            store: card.store.map(Into::into),
            carriers: card.carriers.iter().copied().map(Into::into).collect(),
            lifetime: card.lifetime.as_secs(),
            login_lifetime: card.login_lifetime.as_secs(),
            logins_at_most: card.logins_at_most.map(NonZeroU32::get),
            staleness: card.staleness.as_secs(),
            can: Can {
                list_logins: logins,
                revoke_login: logins,
                revoke_all: mechanism.revocation().is_ok(),
                anonymous_items: card.anonymous_items,
                cookieless_clients: card.cookieless_clients(),
                concurrent_item_writes: card.concurrent_item_writes,
            },
        }
    }
}
