//! The nouns of the seam as they stand in bodies. The seam itself knows neither JSON nor OpenAPI.

use authlab_mechanism::{
    items::Seal,
    login::{Carrier, ListedLogin, Place, Record, StateLives},
    public_keys::PublicKeys,
    tokens::{Introspection, TokenKind},
};
use jiff::Timestamp;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value};
use utoipa::ToSchema;

/// An enum of the seam as an enum of words.
macro_rules! words {
    ($($(#[$meta:meta])* $name:ident($noun:ident) { $($(#[$attribute:meta])? $variant:ident),+ })+) => {$(
        $(#[$meta])*
        #[derive(Clone, Copy, Debug, Deserialize, Serialize, ToSchema)]
        #[serde(rename_all = "lowercase")]
        #[schema(as = $noun)]
        pub enum $name {
            $($(#[$attribute])? $variant,)+
        }

        impl From<$noun> for $name {
            fn from(noun: $noun) -> Self {
                match noun {
                    $($noun::$variant => Self::$variant,)+
                }
            }
        }

        impl From<$name> for $noun {
            fn from(word: $name) -> Self {
                match word {
                    $($name::$variant => Self::$variant,)+
                }
            }
        }
    )+};
}

words! {
    /// Where a record is kept.
    PlaceWord(Place) { Client, Memory, Redis, Sql }

    /// How a credential may travel.
    CarrierWord(Carrier) { Cookie, Bearer, Query }

    /// Whether the client or the server keeps the state of a login.
    StateLivesWord(StateLives) { Client, Server }

    /// A signed JSON Web Token that carries everything, or a random token and a row on the server.
    TokenKindWord(TokenKind) { Jwt, Opaque }

    /// `plain`: the client can read and change the item. `signed`: it can read it. `private`: neither.
    #[derive(Default)]
    SealWord(Seal) { Plain, #[default] Signed, Private }
}

/// One login of the account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedLogin)]
pub struct ListedLoginBody {
    pub id: String,
    /// Whether the request came from this login.
    pub current: bool,
    pub created_at: Timestamp,
    pub last_seen_at: Timestamp,
    pub expires_at: Timestamp,
    pub user_agent: Option<String>,
}

impl From<ListedLogin> for ListedLoginBody {
    fn from(listed: ListedLogin) -> Self {
        let ListedLogin { id, current, created_at, last_seen_at, expires_at, user_agent } = listed;
        Self { id: id.0, current, created_at, last_seen_at, expires_at, user_agent }
    }
}

/// What the server keeps for a login.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Record)]
pub struct RecordBody {
    #[serde(rename = "where")]
    pub place: PlaceWord,
    /// Bytes of the record, without the overhead of the store.
    pub bytes: u64,
    /// The record itself, without anything that would let its reader log in.
    #[schema(value_type = Option<Object>)]
    pub record: Option<Value>,
}

impl From<Record> for RecordBody {
    fn from(record: Record) -> Self {
        Self { place: record.place.into(), bytes: record.bytes, record: record.record }
    }
}

/// A JSON Web Key Set (RFC 7517 §5).
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = PublicKeys)]
pub struct PublicKeysBody {
    #[schema(value_type = Vec<Object>)]
    pub keys: Vec<Map<String, Value>>,
}

impl From<PublicKeys> for PublicKeysBody {
    fn from(keys: PublicKeys) -> Self {
        Self { keys: keys.keys }
    }
}

/// What is known of a token (RFC 7662 §2.2). Of one that is not active, nothing else is told.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = Introspection)]
pub struct IntrospectionBody {
    pub active: bool,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub username: Option<String>,
    /// The account's id.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub sub: Option<String>,
    /// Names the login.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub jti: Option<String>,
    /// `Bearer` of an access token; a refresh token has none, since it opens nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub token_type: Option<&'static str>,
    /// Seconds since the epoch, as is `exp`.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iat: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub exp: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub iss: Option<String>,
    #[serde(skip_serializing_if = "Option::is_none")]
    pub aud: Option<String>,
}

impl From<Introspection> for IntrospectionBody {
    fn from(known: Introspection) -> Self {
        let Introspection { active, username, sub, jti, token_type, iat, exp, iss, aud } = known;
        Self { active, username, sub, jti, token_type, iat, exp, iss, aud }
    }
}
