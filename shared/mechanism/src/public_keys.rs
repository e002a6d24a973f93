//! Public keys, with which others verify what this service signs.

use serde_json::{Map, Value};

/// A JSON Web Key Set (RFC 7517 §5). Never contains a private key.
#[derive(Clone, Debug, Default)]
pub struct PublicKeys {
    pub keys: Vec<Map<String, Value>>,
}

impl PublicKeys {
    /// How long a verifier may cache the keys, in seconds. A new key must be published for this long before it signs.
    pub const MAX_AGE: u32 = 300;
}
