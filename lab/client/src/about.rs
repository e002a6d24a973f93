//! The answer of `GET /about`: what the service can do, and the standard for judging its other answers.

use serde::{Deserialize, Serialize};

use crate::{answer::Answer, expect::Failure};

#[derive(Clone, Debug, Deserialize, Serialize)]
pub struct About {
    pub mechanism: String,
    pub version: String,
    pub state_lives: StateLives,
    pub store: Option<String>,
    pub carriers: Vec<Carrier>,
    /// In seconds.
    pub lifetime: u64,
    /// In seconds, including refreshes and extensions.
    pub login_lifetime: u64,
    pub logins_at_most: Option<u32>,
    /// Seconds for which `/verify` may not notice an ending.
    pub staleness: u64,
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
#[expect(clippy::struct_excessive_bools, reason = "the contract lists them so; each is independent")]
pub struct Can {
    pub list_logins: bool,
    pub revoke_login: bool,
    pub revoke_all: bool,
    pub anonymous_items: bool,
    pub cookieless_clients: bool,
    pub concurrent_item_writes: bool,
}

impl Answer {
    /// This answer of `GET /about`.
    pub fn about(&self) -> Result<About, Failure> {
        serde_json::from_value(self.is_json(200)?)
            .map_err(|error| Failure::new("the members that the contract gives /about", error.to_string()))
    }
}

impl About {
    /// Whether a JSON login gets the credential in the body.
    pub fn hands_out_tokens(&self) -> bool {
        self.can.cookieless_clients
    }

    /// Whether a copy of a credential stops working when the login ends.
    pub fn can_end_copies(&self) -> bool {
        self.can.revoke_login || self.can.revoke_all
    }
}
