//! What families and opaque tokens have in common, as columns of their tables.

use std::time::Duration;

use authlab_clock::{instant, whole_seconds};
use authlab_mechanism::login::{Account, Device, Identity, ListedLogin, Login, LoginId};
use sqlx::{Row as _, any::AnyRow};

/// Instants are seconds since the epoch.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(crate) struct LoginRow {
    pub(crate) id: String,
    pub(crate) account: Account,
    pub(crate) created_at: i64,
    /// The last refresh of a family, or the last use of an opaque token.
    pub(crate) last_seen_at: i64,
    pub(crate) expires_at: i64,
    pub(crate) device: Device,
}

impl LoginRow {
    /// The row of a login with this id that begins now.
    pub(crate) fn new(id: String, account: &Account, device: &Device, now: i64, lifetime: Duration) -> Self {
        Self {
            id,
            account: account.clone(),
            created_at: now,
            last_seen_at: now,
            expires_at: now.saturating_add(whole_seconds(lifetime)),
            device: device.clone(),
        }
    }

    pub(crate) fn read(row: &AnyRow) -> sqlx::Result<Self> {
        Ok(Self {
            id: row.try_get("id")?,
            account: Account {
                id: row.try_get("account")?,
                username: row.try_get("username")?,
                generation: row.try_get("account_generation")?,
            },
            created_at: row.try_get("created_at")?,
            last_seen_at: row.try_get("last_seen_at")?,
            expires_at: row.try_get("expires_at")?,
            device: Device { user_agent: row.try_get("user_agent")? },
        })
    }

    pub(crate) fn login_id(&self) -> LoginId {
        LoginId(self.id.clone())
    }

    pub(crate) fn login(&self) -> Login {
        let username = self.account.username.clone();
        Login { username, issued_at: instant(self.created_at), expires_at: instant(self.expires_at) }
    }

    pub(crate) fn identity(&self) -> Identity {
        Identity { login: self.login(), login_id: self.login_id(), account: Some(self.account.id) }
    }

    /// The size of the texts in bytes.
    pub(crate) fn text_bytes(&self) -> usize {
        self.id.len() + self.device.user_agent.as_ref().map_or(0, String::len)
    }

    pub(crate) fn listed(self, current: &LoginId) -> ListedLogin {
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
