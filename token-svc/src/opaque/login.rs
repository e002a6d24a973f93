//! The login behind an opaque token: one row of the database.

use authlab_endings::Shown;
use authlab_mechanism::login::{Account, Device, ListedLogin, Login, LoginId, Place, Record};
use serde_json::json;

use crate::items::{Items, instant};

/// Instants are seconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct OpaqueLogin {
    pub(crate) id: String,
    pub(crate) account: Account,
    pub(crate) items: Items,
    pub(crate) created_at: i64,
    pub(super) last_seen_at: i64,
    pub(crate) expires_at: i64,
    pub(super) device: Device,
    /// The size of the row: the texts as they are, and eight bytes for each number.
    pub(super) bytes: usize,
}

impl OpaqueLogin {
    pub(crate) fn for_endings(&self) -> Shown<'_> {
        for_endings((self.account.id, self.account.generation), &self.id)
    }

    pub(crate) fn login(&self) -> Login {
        Login {
            username: self.account.username.clone(),
            issued_at: instant(self.created_at),
            expires_at: instant(self.expires_at),
        }
    }

    pub(crate) fn login_id(&self) -> LoginId {
        LoginId(self.id.clone())
    }

    /// The whole row except the digest of the token.
    pub(crate) fn record(&self, now: i64) -> Record {
        let record = json!({
            "id": self.id,
            "username": self.account.username,
            "items": self.items.live(now),
            "created_at": instant(self.created_at),
            "last_seen_at": instant(self.last_seen_at),
            "expires_at": instant(self.expires_at),
            "user_agent": self.device.user_agent,
        });
        Record { place: Place::Sql, bytes: u64::try_from(self.bytes).unwrap_or(u64::MAX), record: Some(record) }
    }

    pub(super) fn listed(self, current: &LoginId) -> ListedLogin {
        ListedLogin {
            current: self.id == current.0,
            id: LoginId(self.id),
            created_at: instant(self.created_at),
            last_seen_at: instant(self.last_seen_at),
            expires_at: instant(self.expires_at),
            user_agent: self.device.user_agent,
        }
    }
}

/// What endings look up for a login of this account and generation.
pub(super) fn for_endings((account, generation): (i64, i64), id: &str) -> Shown<'_> {
    Shown { account: Some(account), generation, login: id, username: "", issued_at: i64::MAX }
}
