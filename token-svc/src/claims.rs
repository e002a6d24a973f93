//! What a token says (RFC 7519 §4.1, RFC 9068 §2.2).

use serde::{Deserialize, Serialize};
use shared::{
    endings::Shown,
    login::{Account, Login, LoginId},
};

use crate::items::{Items, instant};

/// The claims of an access token. Instants are seconds since the epoch.
#[derive(Clone, Debug, Serialize, Deserialize)]
pub(crate) struct Claims {
    pub(crate) iss: String,
    pub(crate) aud: String,
    /// The account's id.
    pub(crate) sub: String,
    pub(crate) username: String,
    /// Names this login; every token of one login has the same.
    pub(crate) jti: String,
    /// When the password was given.
    pub(crate) auth_time: i64,
    pub(crate) iat: i64,
    pub(crate) nbf: i64,
    pub(crate) exp: i64,
    /// How often the account's logins had been ended when this one began; absent for 0.
    #[serde(default, rename = "gen", skip_serializing_if = "is_zero")]
    pub(crate) generation: i64,
    #[serde(default, skip_serializing_if = "Items::is_empty")]
    pub(crate) items: Items,
}

#[expect(clippy::trivially_copy_pass_by_ref, reason = "serde hands it over so")]
fn is_zero(number: &i64) -> bool {
    *number == 0
}

impl Claims {
    /// The account, as far as a token knows it. The rules have seen to it that `sub` names one.
    pub(crate) fn account(&self) -> Account {
        Account { id: self.account_id(), username: self.username.clone(), generation: self.generation }
    }

    pub(crate) fn login_id(&self) -> LoginId {
        LoginId(self.jti.clone())
    }

    fn account_id(&self) -> i64 {
        self.sub.parse().unwrap_or_default()
    }

    /// As the endings know it: by its id, never by its text, which has several spellings.
    pub(crate) fn shown(&self) -> Shown<'_> {
        Shown {
            account: Some(self.account_id()),
            generation: self.generation,
            login: &self.jti,
            username: &self.username,
            issued_at: self.iat,
        }
    }

    pub(crate) fn login(&self) -> Login {
        Login { username: self.username.clone(), issued_at: instant(self.auth_time), expires_at: instant(self.exp) }
    }
}
