//! An account's logins in SQL: begins, ends and limits them.
//!
//! Transactions that begin or end logins of one account are serialized, so that each sees the effects of the other, without deadlocks.
//! One transaction ends a limited number of logins.

use std::num::NonZeroU32;

use authlab_database::Lease;
use authlab_mechanism::login::LoginId;
use jiff::Timestamp;
use sqlx::{AnyConnection, Row as _};

use super::{SqlStore, rows::SessionRow, statements::LOGINS_BEFORE};
use crate::{
    id::SessionId,
    store::{BeginLogin, Begun, Spared},
};

/// Maximum number of logins that one transaction ends.
pub(super) const STEP: usize = 1_000;
/// No session has this id.
const NO_ID: &str = "";

impl SqlStore {
    /// Begins a login. The account may still exceed its limit if this ended [`STEP`] logins.
    pub(super) async fn logged_in(&self, begins: BeginLogin<'_>, now: Timestamp) -> sqlx::Result<Begun> {
        let BeginLogin { former, id, login } = begins;
        let account = login.account.id;
        let mut transaction = self.begin_on(account).await?;
        let mut kept = None;
        if let Some(former) = former {
            kept = self.find_row(&mut transaction, former, now, true).await?;
            if kept.is_some() {
                self.delete_row(&mut transaction, former.expose()).await?;
            }
        }
        let kept = SessionRow::passed_on(kept, login, self.lifetimes, now);
        let session = kept.session.clone();
        self.write_row(&mut transaction, (id, kept), now, true).await?;
        let ended = self.delete_surplus(&mut transaction, account, id, now).await?;
        transaction.commit().await?;
        Ok(Begun { session, ended })
    }

    /// Ends some of the logins beyond the limit, which a higher limit has left. There may be more if it ended [`STEP`].
    pub(super) async fn end_surplus(
        &self,
        account: i64,
        own: &SessionId,
        now: Timestamp,
    ) -> sqlx::Result<Vec<LoginId>> {
        let mut transaction = self.begin_on(account).await?;
        let ended = self.delete_surplus(&mut transaction, account, own, now).await?;
        transaction.commit().await?;
        Ok(ended)
    }

    /// Ends some of the logins that are not spared. Returns whether there may be more.
    pub(super) async fn end_some_logins(&self, account: i64, spared: Spared<'_>) -> sqlx::Result<bool> {
        let own = spared.session.map_or(NO_ID, SessionId::expose);
        let mut transaction = self.begin_on(account).await?;
        let query = sqlx::query(LOGINS_BEFORE).bind(account).bind(own).bind(spared.since.unwrap_or(i64::MAX));
        let rows = query.bind(as_limit(STEP)).fetch_all(&mut *transaction).await?;
        self.delete_rows(&mut transaction, &rows).await?;
        transaction.commit().await?;
        Ok(rows.len() == STEP)
    }

    async fn begin_on(&self, account: i64) -> sqlx::Result<Lease> {
        let mut transaction = self.database.begin_to_write().await?;
        self.database.serialize_account(&mut transaction, account).await?;
        Ok(transaction)
    }

    async fn delete_surplus(
        &self,
        connection: &mut AnyConnection,
        account: i64,
        own: &SessionId,
        now: Timestamp,
    ) -> sqlx::Result<Vec<LoginId>> {
        let Some(at_most) = self.at_most.0.map(NonZeroU32::get) else { return Ok(Vec::new()) };
        let query = sqlx::query(self.statements.by_use).bind(account).bind(own.expose());
        let query = query.bind(now.as_second()).bind(as_limit(STEP)).bind(i64::from(at_most) - 1);
        let rows = query.fetch_all(&mut *connection).await?;
        self.delete_rows(connection, &rows).await?;
        rows.iter().map(|row| row.try_get("id").map(LoginId)).collect()
    }
}

pub(super) fn as_limit(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
