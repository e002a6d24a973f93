//! The answer of `GET /about`: what a service says of itself, and by which the others are judged.

use serde::{Deserialize, Serialize};

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct About {
    pub mechanism: String,
    pub version: String,
    pub state_lives: StateLives,
    pub store: Option<String>,
    pub carriers: Vec<Carrier>,
    /// Seconds.
    pub lifetime: u64,
    /// Seconds, refreshing and prolonging included.
    pub login_lifetime: u64,
    pub logins_at_most: Option<u32>,
    pub can: Can,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum StateLives {
    Client,
    Server,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Deserialize, Serialize)]
#[serde(rename_all = "lowercase")]
pub enum Carrier {
    Cookie,
    Bearer,
    Query,
}

#[derive(Clone, Copy, Debug, Deserialize, Serialize)]
#[expect(clippy::struct_excessive_bools, reason = "the contract lists them so; each stands alone")]
pub struct Can {
    pub list_logins: bool,
    pub revoke_login: bool,
    pub revoke_all: bool,
    pub anonymous_items: bool,
    pub cookieless_clients: bool,
    pub concurrent_item_writes: bool,
}

impl About {
    /// Whether the credential goes into the body for a client that asked in JSON.
    pub fn hands_out_tokens(&self) -> bool {
        self.can.cookieless_clients
    }

    /// Whether a copy of a credential stops working when the login ends.
    pub fn can_end_copies(&self) -> bool {
        self.can.revoke_login || self.can.revoke_all
    }
}
