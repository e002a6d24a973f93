//! The claims of an access token (RFC 7519 §4.1, RFC 9068 §2.2).

use authlab_clock::instant;
use authlab_endings::Shown;
use authlab_mechanism::login::{Account, Identity, Login, LoginId};
use serde::{Deserialize, Serialize};

use crate::items::Items;

/// Instants are seconds since the epoch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) aud: String,
    /// The id of the account.
    pub(crate) sub: String,
    pub(crate) username: String,
    /// The id of the login. All tokens of a login have the same.
    pub(crate) jti: String,
    /// When the user gave the password.
    pub(crate) auth_time: i64,
    pub(crate) iat: i64,
    pub(crate) nbf: i64,
    pub(crate) exp: i64,
    /// The generation of the account when the login began; absent for 0.
    #[serde(default, rename = "gen", skip_serializing_if = "is_zero")]
    pub(crate) generation: i64,
    #[serde(default, skip_serializing_if = "Items::is_empty")]
    pub(crate) items: Items,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde passes a reference")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl Claims {
    pub(crate) fn account(&self) -> Account {
        Account { id: self.account_id(), username: self.username.clone(), generation: self.generation }
    }

    pub(crate) fn login_id(&self) -> LoginId {
        LoginId(self.jti.clone())
    }

    /// The rules refuse a token whose `sub` is not an account's id.
    fn account_id(&self) -> i64 {
        self.sub.parse().unwrap_or_default()
    }

    /// What endings look up. They know a login by its id, because one token has several spellings.
    pub(crate) fn for_endings(&self) -> Shown<'_> {
        Shown {
            account: Some(self.account_id()),
            generation: self.generation,
            login: &self.jti,
            username: &self.username,
            issued_at: self.iat,
        }
    }

    pub(crate) fn identity(&self) -> Identity {
        Identity { login: self.login(), login_id: self.login_id(), account: self.account_id() }
    }

    pub(crate) fn login(&self) -> Login {
        Login { username: self.username.clone(), issued_at: instant(self.auth_time), expires_at: instant(self.exp) }
    }
}
