//! Reads, checks and writes rows of Django's table.

use authlab_clock::{after, instant};
use authlab_django_signing::{Loaded, Members};
use jiff::Timestamp;
use sqlx::{AnyConnection, Row as _, any::AnyRow};

use super::{
    SqlStore, record,
    statements::{DELETE, DELETE_LOGIN_OF_SESSION, FOLLOW, INSERT_LOGIN, Statements},
};
use crate::{
    id::SessionId,
    lifetime::Lifetimes,
    session::{Session, SessionLogin},
};

/// A session with all other data of its row.
pub(super) struct SessionRow {
    members: Members,
    pub(super) session: Session,
    /// The data of a row that a former key signed, and the same data signed with the current key.
    pub(super) signed_again: Option<(String, String)>,
}

impl SessionRow {
    pub(super) fn new(session: Session) -> Self {
        Self { members: Members::default(), session, signed_again: None }
    }

    /// The row of a new login, with the data that it takes over; see [`Session::passed_on`].
    pub(super) fn passed_on(former: Option<Self>, login: SessionLogin, lifetimes: Lifetimes, now: Timestamp) -> Self {
        let former = former.filter(|former| former.session.may_pass_to(login.account.id));
        let (members, session) = former.map(|former| (former.members, former.session)).unzip();
        Self { members: members.unwrap_or_default(), ..Self::new(Session::passed_on(session, login, lifetimes, now)) }
    }
}

/// On any connection, inside or outside a transaction.
impl SqlStore {
    /// The session with this id. With `to_change`, the row is locked until the transaction ends.
    pub(super) async fn find_row(
        &self,
        connection: &mut AnyConnection,
        id: &SessionId,
        now: Timestamp,
        to_change: bool,
    ) -> sqlx::Result<Option<SessionRow>> {
        let Statements { find, find_to_change, .. } = self.statements;
        let query = sqlx::query(if to_change { *find_to_change } else { *find });
        let row = query.bind(id.expose()).bind(now.as_second()).fetch_optional(&mut *connection).await?;
        let Some(row) = row else { return Ok(None) };
        let Some(mut kept) = self.open_row(&row, now)? else { return Ok(None) };
        let Some(login) = &mut kept.session.login else { return Ok(Some(kept)) };
        let indexed: Option<String> = row.try_get("login")?;
        if let Some(indexed) = indexed {
            return Ok((indexed == login.id.0).then_some(kept));
        }
        let follow = sqlx::query(FOLLOW).bind(&login.id.0).bind(id.expose());
        let Some(followed) = follow.fetch_optional(connection).await? else { return Ok(None) };
        login.account.generation = followed.try_get("generation")?;
        Ok(Some(kept))
    }

    /// The content of the row, unless it is damaged or its login has expired. Does not look up the login in the index.
    pub(super) fn open_row(&self, row: &AnyRow, now: Timestamp) -> sqlx::Result<Option<SessionRow>> {
        let data: String = row.try_get("session_data")?;
        let Loaded { value: members, signed_again, .. } = match self.signer.open(&data) {
            Ok(loaded) => loaded,
            Err(error) => {
                tracing::warn!(%error, "cannot read a row of django_session; use the same SECRET_KEY in all programs that share the table");
                return Ok(None);
            }
        };
        let last_seen_at: Option<i64> = row.try_get("last_seen_at")?;
        let generation: Option<i64> = row.try_get("generation")?;
        let times = (last_seen_at.map_or(now, instant), instant(row.try_get("expires_at")?));
        let mut session = record::read(&members, times, generation.unwrap_or_default());
        session.stored_bytes = Some(data.len());
        if let Some(login) = &session.login {
            // Django prolongs sessions too, but knows no absolute timeout.
            session.expires_at = session.expires_at.min(after(login.issued_at, self.lifetimes.absolute));
        }
        let signed_again = signed_again.map(|after| (data, after));
        Ok((now < session.expires_at).then_some(SessionRow { members, session, signed_again }))
    }

    /// Writes a new session, or one that was found in this transaction.
    pub(super) async fn write_row(
        &self,
        connection: &mut AnyConnection,
        (id, mut kept): (&SessionId, SessionRow),
        now: Timestamp,
        is_new: bool,
    ) -> sqlx::Result<()> {
        let written = record::write(&mut kept.members, &kept.session);
        let signed = written.and_then(|()| self.signer.dumps(&kept.members, now.as_second()));
        let data = signed.map_err(|error| sqlx::Error::Encode(error.into()))?;
        let Statements { insert, update, .. } = self.statements;
        let write = sqlx::query(if is_new { *insert } else { *update }).bind(id.expose()).bind(data);
        write.bind(kept.session.expires_at.as_second()).execute(&mut *connection).await?;
        match &kept.session.login {
            Some(login) if is_new => {
                let index = sqlx::query(INSERT_LOGIN).bind(&login.id.0).bind(login.account.id).bind(id.expose());
                index.bind(now.as_second()).bind(login.account.generation).execute(connection).await?;
            }
            None if !is_new => {
                sqlx::query(DELETE_LOGIN_OF_SESSION).bind(id.expose()).execute(connection).await?;
            }
            _ => {}
        }
        Ok(())
    }

    /// Deletes the session before its login. All transactions lock in this order, which avoids deadlocks.
    pub(super) async fn delete_row(&self, connection: &mut AnyConnection, id: &str) -> sqlx::Result<()> {
        sqlx::query(DELETE).bind(id).execute(&mut *connection).await?;
        sqlx::query(DELETE_LOGIN_OF_SESSION).bind(id).execute(connection).await?;
        Ok(())
    }

    /// Deletes many sessions and their logins at once.
    pub(super) async fn delete_rows(&self, connection: &mut AnyConnection, rows: &[AnyRow]) -> sqlx::Result<()> {
        let Statements { delete_sessions, delete_logins, .. } = self.statements;
        for (statement, column) in [(delete_sessions, "session_key"), (delete_logins, "id")] {
            let listed = rows.iter().map(|row| row.try_get(column)).collect::<sqlx::Result<Vec<String>>>()?;
            let listed = serde_json::to_string(&listed).map_err(|error| sqlx::Error::Encode(error.into()))?;
            sqlx::query(*statement).bind(listed).execute(&mut *connection).await?;
        }
        Ok(())
    }
}
