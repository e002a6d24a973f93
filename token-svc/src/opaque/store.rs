//! The trait of the stores of opaque tokens.
//!
//! A change may have a part in the database that must be one transaction with the mechanism's own, and a part outside of the database. A
//! store in the database takes part in the transaction of the mechanism. Any other store begins a login before that transaction, which
//! then checks that the login may live, and ends logins after it. Each method is atomic unless it says otherwise. An ended login is never
//! written again: a change finds a login or changes nothing. An unreachable store is an error; a missing login is not.

use std::fmt::Debug;

use async_trait::async_trait;
use authlab_mechanism::{
    items::{NewItem, Which},
    login::{Account, LoginId, Place},
    refusal::{Refusal, Unavailable},
};
use authlab_secrets::Secret;
use authlab_telemetry::Collector;
use sqlx::AnyConnection;

use super::{login::OpaqueLogin, token::TokenKey};
use crate::{items::Items, login_row::LoginRow};

/// Keys and values of the items of one login, in bytes, as in a session.
pub(super) const MAX_ITEM_BYTES: usize = 64 * 1024;

pub(super) fn too_large() -> Refusal {
    Refusal::TooLarge { what: "the items of a token", limit: MAX_ITEM_BYTES }
}

#[async_trait]
pub(crate) trait OpaqueStore: Debug + Send + Sync {
    /// The kind of store, for `/about` and `/mine/record`.
    fn place(&self) -> Place;

    /// A fresh token for a login of this account, and the id of that login.
    fn new_token(&self, account: i64) -> (Secret, String);

    /// The login of the token, if it has not expired. Does not count as a use, and asks for no endings.
    async fn find(&self, token: TokenKey<'_>, now: i64) -> Result<Option<OpaqueLogin>, Unavailable>;

    /// Records a use of the token. Returns whether its login is still there.
    async fn touch(&self, token: TokenKey<'_>, now: i64) -> Result<bool, Unavailable>;

    /// Changes the items, which counts as a use. Refused, with nothing changed, if the login has ended or the items would be too large.
    async fn change_items(&self, token: TokenKey<'_>, change: ChangeItems<'_>, now: i64) -> Result<(), Refusal>;

    /// The account's logins, in any order, perhaps without items. A store may return only the latest of very many.
    async fn of_account(&self, account: i64, now: i64) -> Result<Vec<OpaqueLogin>, Unavailable>;

    /// Begins a login before the transaction of the mechanism. If the account then exceeds its limit, the least recently used logins end.
    async fn begin(&self, _login: &NewOpaqueLogin) -> Result<(), Unavailable> {
        Ok(())
    }

    /// Does the same within the transaction.
    async fn begin_within(&self, _connection: &mut AnyConnection, _login: &NewOpaqueLogin) -> sqlx::Result<()> {
        Ok(())
    }

    /// Ends logins within the transaction of the mechanism. Returns what is left to do after its commit.
    async fn end_within<'e>(
        &self,
        _connection: &mut AnyConnection,
        ends: Vec<OpaqueEnd<'e>>,
    ) -> sqlx::Result<EndedWithin<'e>> {
        Ok(EndedWithin { left: ends, spared_exists: true })
    }

    /// Ends logins. Succeeds if they have already ended. After a failure some have ended, and the next call ends the rest.
    async fn end(&self, ends: Vec<OpaqueEnd<'_>>) -> Result<(), Unavailable>;

    /// Called for a login that has ended at another service, or that was refused after [`begin`](Self::begin). A store outside of the
    /// database deletes it, so that no later setting revives it.
    async fn discard(&self, _token: TokenKey<'_>) -> Result<(), Unavailable> {
        Ok(())
    }

    /// Deletes expired logins, if the store does not do so by itself.
    async fn purge(&self, _now: i64) -> Result<(), Unavailable> {
        Ok(())
    }

    /// The metrics of the store, if the database's own do not cover it.
    fn collectors(&self) -> Vec<Collector> {
        Vec::new()
    }

    /// An error if the store cannot do its work now. The database is checked in any case.
    async fn ready(&self) -> Result<(), Unavailable> {
        Ok(())
    }
}

/// A login that begins.
#[derive(Debug)]
pub(crate) struct NewOpaqueLogin {
    pub(crate) token: Secret,
    pub(crate) row: LoginRow,
    pub(crate) items: Items,
}

impl NewOpaqueLogin {
    pub(crate) fn key(&self) -> TokenKey<'_> {
        TokenKey::parse(self.token.expose()).expect("a fresh token is one of this service")
    }
}

#[derive(Debug)]
pub(crate) enum ChangeItems<'a> {
    Put(NewItem),
    Remove(Which<'a>),
}

/// Logins that end.
#[derive(Clone, Debug)]
pub(crate) enum OpaqueEnd<'a> {
    /// The login of this token.
    Token(TokenKey<'a>),
    /// The login with this id, if it belongs to the account.
    Login(Account, LoginId),
    /// The account's logins that began before its generation, except the one with this id.
    Others(Account, LoginId),
}

/// What a transaction has ended.
#[derive(Debug)]
pub(crate) struct EndedWithin<'a> {
    /// What is left to do outside of the database.
    pub(crate) left: Vec<OpaqueEnd<'a>>,
    /// Whether the login that [`OpaqueEnd::Others`] spares exists. `true` if the store cannot say so within the transaction.
    pub(crate) spared_exists: bool,
}
