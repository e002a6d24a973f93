//! Keys that everybody may have: whoever trusts this service verifies with them what it signs.

use serde_json::{Map, Value};

/// A JSON Web Key Set (RFC 7517 §5). Never holds a key that signs.
#[derive(Clone, Debug, Default)]
pub struct PublicKeys {
    pub keys: Vec<Map<String, Value>>,
}

impl PublicKeys {
    /// How long a verifier may keep them, in seconds: a new key has to be among them for that long before it signs.
    pub const MAX_AGE: u32 = 300;
}
