//! The nouns of the seam as they stand in bodies. The seam itself knows neither JSON nor OpenAPI.

use std::borrow::Cow;

use authlab_mechanism::{
    items::Seal,
    login::{Carrier, ListedLogin, Place, Record, StateLives},
    public_keys::PublicKeys,
    tokens::{Introspection, TokenKind},
};
use jiff::Timestamp;
use serde::{Deserialize, Deserializer, Serialize, Serializer, de::Error as _};
use serde_json::{Map, Value};
use utoipa::{
    PartialSchema, ToSchema,
    openapi::{
        RefOr, Schema,
        schema::{ObjectBuilder, Type},
    },
};

/// An enum of the seam by the words of the contract.
macro_rules! words {
    ($($(#[doc = $doc:literal])* $(#[derive($also:ident)])? $name:ident($noun:ident) { $($variant:ident = $word:literal,)+ })+) => {$(
        $(#[doc = $doc])*
        #[derive(Clone, Copy, Debug $(, $also)?)]
        pub struct $name(pub $noun);

        impl $name {
            const WORDS: &[(&str, $noun)] = &[$(($word, $noun::$variant),)+];

            /// As the contract spells it.
            pub fn word(self) -> &'static str {
                match self.0 {
                    $($noun::$variant => $word,)+
                }
            }
        }

        impl Serialize for $name {
            fn serialize<S: Serializer>(&self, serializer: S) -> Result<S::Ok, S::Error> {
                serializer.serialize_str(self.word())
            }
        }

        impl<'de> Deserialize<'de> for $name {
            fn deserialize<D: Deserializer<'de>>(deserializer: D) -> Result<Self, D::Error> {
                let text = Cow::<str>::deserialize(deserializer)?;
                let found = Self::WORDS.iter().find(|(word, _)| *word == text);
                found.map(|(_, noun)| Self(*noun)).ok_or_else(|| D::Error::unknown_variant(&text, &[$($word),+]))
            }
        }

        impl PartialSchema for $name {
            fn schema() -> RefOr<Schema> {
                let description = [$($doc.trim()),*].join(" ");
                let object = ObjectBuilder::new().schema_type(Type::String).enum_values(Some([$($word),+]));
                object.description(Some(description)).into()
            }
        }

        impl ToSchema for $name {
            fn name() -> Cow<'static, str> {
                stringify!($noun).into()
            }
        }
    )+};
}

words! {
    /// Where a record is kept.
    PlaceWord(Place) { Client = "client", Memory = "memory", Redis = "redis", Sql = "sql", }

    /// How a credential may travel.
    CarrierWord(Carrier) { Cookie = "cookie", Bearer = "bearer", Query = "query", }

    /// Whether the client or the server keeps the state of a login.
    StateLivesWord(StateLives) { Client = "client", Server = "server", }

    /// A signed JSON Web Token that carries everything, or a random token and a row on the server.
    TokenKindWord(TokenKind) { Jwt = "jwt", Opaque = "opaque", }

    /// `plain`: the client can read and change the item. `signed`: it can read it. `private`: neither.
    #[derive(Default)]
    SealWord(Seal) { Plain = "plain", Signed = "signed", Private = "private", }
}

/// One login of the account.
#[derive(Debug, Serialize, ToSchema)]
#[schema(as = ListedLogin)]
pub struct ListedLoginBody {
    pub id: String,
    /// Whether the request came from this login.
    pub current: bool,
    #[schema(value_type = String, format = DateTime)]
    pub created_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
    pub last_seen_at: Timestamp,
    #[schema(value_type = String, format = DateTime)]
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
        Self { place: PlaceWord(record.place), bytes: record.bytes, record: record.record }
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
