//! What a token says (RFC 7519 §4.1, RFC 9068 §2.2).

use serde::{Deserialize, Serialize};
use shared::{
    login::{Account, Login, LoginId},
    revocation::Shown,
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
    #[serde(default, skip_serializing_if = "Items::is_empty")]
    pub(crate) items: Items,
}

impl Claims {
    /// The account, as far as a token knows it. The rules have seen to it that `sub` names one.
    pub(crate) fn account(&self) -> Account {
        Account { id: self.sub.parse().unwrap_or_default(), username: self.username.clone() }
    }

    pub(crate) fn login_id(&self) -> LoginId {
        LoginId(self.jti.clone())
    }

    /// As the list of ended logins knows it: by its id, never by its text, which has several spellings.
    pub(crate) fn shown(&self) -> Shown<'_> {
        Shown { account: &self.sub, login: &self.jti, issued_at: self.iat }
    }

    pub(crate) fn login(&self) -> Login {
        Login { username: self.username.clone(), issued_at: instant(self.auth_time), expires_at: instant(self.exp) }
    }
}
