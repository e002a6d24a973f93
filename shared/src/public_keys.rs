//! Public keys, with which others verify what this service signs.

use serde::Serialize;
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// A JSON Web Key Set (RFC 7517 §5). Never contains a private key.
#[derive(Clone, Debug, Default, Serialize, ToSchema)]
pub struct PublicKeys {
    #[schema(value_type = Vec<Object>)]
    pub keys: Vec<Map<String, Value>>,
}

impl PublicKeys {
    /// How long a verifier may cache the keys, in seconds. A new key must be published for this long before it signs.
    pub const MAX_AGE: u32 = 300;
}
