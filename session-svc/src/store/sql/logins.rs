//! An account's logins in SQL: begun, listed, ended, and kept to their number.
//!
//! Who begins or ends logins of an account does so alone, so that each sees what the other has done, and no two wait for one another.
//! Of many logins, a transaction ends only so many.

use std::num::NonZeroU32;

use jiff::Timestamp;
use shared::login::LoginId;
use sqlx::{Any, AnyConnection, Row as _, Transaction};

use super::{
    SqlStore,
    rows::{self, Kept},
    statements::{KEY_OF_LOGIN, LOGINS_BEFORE},
};
use crate::{
    id::SessionId,
    session::Session,
    store::{Begins, MAX_LISTED, Spared},
};

/// Logins that one transaction ends at most.
const STEP: usize = 1_000;
/// No session has this key.
const NO_KEY: &str = "";

impl SqlStore {
    /// The session in which a login has begun, and whether the account may still have more logins than it may have.
    pub(super) async fn logged_in(&self, begins: Begins<'_>, now: Timestamp) -> sqlx::Result<(Session, bool)> {
        let Begins { former, id, login } = begins;
        let account = login.account.id;
        let mut transaction = self.begin_on(account).await?;
        let mut kept = None;
        if let Some(former) = former {
            kept = self.rows.find(&mut transaction, former, now, true).await?;
            if kept.is_some() {
                self.rows.delete(&mut transaction, former.expose()).await?;
            }
        }
        let kept = Kept::passed_on(kept, login, self.lifetimes, now);
        let session = kept.session.clone();
        self.rows.insert(&mut transaction, id, kept, now).await?;
        let more = self.delete_surplus(&mut transaction, account, id, now).await?;
        transaction.commit().await?;
        Ok((session, more))
    }

    /// Ends some of the logins beyond the limit, as a higher limit has left them; whether there may be more.
    pub(super) async fn end_surplus(&self, account: i64, own: &SessionId, now: Timestamp) -> sqlx::Result<bool> {
        let mut transaction = self.begin_on(account).await?;
        let more = self.delete_surplus(&mut transaction, account, own, now).await?;
        transaction.commit().await?;
        Ok(more)
    }

    pub(super) async fn sessions_of(&self, account: i64, now: Timestamp) -> sqlx::Result<Vec<Session>> {
        let query = sqlx::query(self.rows.statements().of_account).bind(account).bind(now.as_second());
        let rows = query.bind(as_limit(MAX_LISTED)).fetch_all(self.database.pool()).await?;
        let mut sessions = Vec::with_capacity(rows.len());
        for row in &rows {
            let indexed = rows::login_id(row)?;
            let kept = self.rows.open(row, now)?;
            let holds = |kept: &Kept| kept.session.login.as_ref().is_some_and(|login| login.id == indexed);
            sessions.extend(kept.filter(holds).map(|kept| kept.session.without_items()));
        }
        Ok(sessions)
    }

    pub(super) async fn end_one_login(&self, account: i64, login: &LoginId) -> sqlx::Result<()> {
        let mut transaction = self.database.begin_to_write().await?;
        let query = sqlx::query(KEY_OF_LOGIN).bind(account).bind(&login.0);
        if let Some(row) = query.fetch_optional(&mut *transaction).await? {
            self.rows.delete(&mut transaction, row.try_get("session_key")?).await?;
        }
        transaction.commit().await
    }

    /// Ends some of the logins that are not spared; whether there may be more.
    pub(super) async fn end_some_logins(&self, account: i64, spared: Spared<'_>) -> sqlx::Result<bool> {
        let own = spared.session.map_or(NO_KEY, SessionId::expose);
        let mut transaction = self.begin_on(account).await?;
        let query = sqlx::query(LOGINS_BEFORE).bind(account).bind(own).bind(spared.since.unwrap_or(i64::MAX));
        let rows = query.bind(as_limit(STEP)).fetch_all(&mut *transaction).await?;
        self.rows.delete_all(&mut transaction, &rows).await?;
        transaction.commit().await?;
        Ok(rows.len() == STEP)
    }

    async fn begin_on(&self, account: i64) -> sqlx::Result<Transaction<'static, Any>> {
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
    ) -> sqlx::Result<bool> {
        let Some(at_most) = self.at_most.0.map(NonZeroU32::get) else { return Ok(false) };
        let query = sqlx::query(self.rows.statements().by_use).bind(account).bind(own.expose());
        let query = query.bind(now.as_second()).bind(as_limit(STEP)).bind(i64::from(at_most) - 1);
        let rows = query.fetch_all(&mut *connection).await?;
        self.rows.delete_all(connection, &rows).await?;
        Ok(rows.len() == STEP)
    }
}

fn as_limit(number: usize) -> i64 {
    i64::try_from(number).unwrap_or(i64::MAX)
}
