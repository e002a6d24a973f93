//! The login behind an opaque token.

use authlab_clock::instant;
use authlab_endings::Shown;
use authlab_mechanism::login::{Place, Record};
use serde_json::json;
use sqlx::{Row as _, any::AnyRow};

use crate::{items::Items, login_row::LoginRow};

/// The length of a digest in hexadecimal.
const U_TOKEN_BYTES: usize = 64;

#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpaqueLogin {
    pub(crate) row: LoginRow,
    pub(crate) items: Items,
    /// The size in the store. A row of the database counts its texts as they are, and eight bytes for each number.
    pub(super) bytes: usize,
}

impl OpaqueLogin {
    pub(super) fn read(found: &AnyRow) -> sqlx::Result<Self> {
        let (row, json): (_, &str) = (LoginRow::read(found)?, found.try_get("items")?);
        let bytes = U_TOKEN_BYTES + row.text_bytes() + json.len() + 5 * size_of::<i64>();
        Ok(Self { row, items: parse_items(json)?, bytes })
    }

    pub(crate) fn for_endings(&self) -> Shown<'_> {
        for_endings((self.row.account.id, self.row.account.generation), &self.row.id)
    }

    /// Everything that this store keeps, except the digest of the token.
    pub(crate) fn record(&self, place: Place, now: i64) -> Record {
        let row = &self.row;
        let record = json!({
            "id": row.id,
            "username": row.account.username,
            "items": self.items.live(now),
            "created_at": instant(row.created_at),
            "last_seen_at": instant(row.last_seen_at),
            "expires_at": instant(row.expires_at),
            "user_agent": row.device.user_agent,
        });
        Record { place, bytes: u64::try_from(self.bytes).unwrap_or(u64::MAX), record: Some(record) }
    }
}

/// What endings look up for a login of this account and generation.
pub(super) fn for_endings((account, generation): (i64, i64), id: &str) -> Shown<'_> {
    Shown { account: Some(account), generation, login: id, username: "", issued_at: i64::MAX }
}

pub(super) fn parse_items(json: &str) -> sqlx::Result<Items> {
    serde_json::from_str(json).map_err(|error| sqlx::Error::Decode(error.into()))
}

pub(super) fn items_as_json(items: &Items) -> String {
    serde_json::to_string(items).expect("items are JSON")
}
