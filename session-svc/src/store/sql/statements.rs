//! The statements on Django's table and on the index of logins. The engines differ in the syntax of instants, and SQLite locks the whole
//! database where PostgreSQL locks a row.

use std::sync::LazyLock;

use authlab_database::Engine;

#[derive(Debug)]
pub(super) struct Statements {
    /// One session and its login, by session id.
    pub(super) find: &'static str,
    /// As `find`, and locks the row until the transaction ends.
    pub(super) find_to_change: &'static str,
    pub(super) insert: &'static str,
    pub(super) update: &'static str,
    pub(super) prolong: &'static str,
    pub(super) of_account: &'static str,
    /// The account's logins that have not expired, except one session's, most recently used first.
    pub(super) by_use: &'static str,
    /// Deletes sessions, and rows of the index, by a list of ids in JSON.
    pub(super) delete_sessions: &'static str,
    pub(super) delete_logins: &'static str,
    /// Deletes a limited number of expired sessions. Rows locked by other transactions are left for the next time.
    pub(super) expired: &'static str,
}

pub(super) fn statements(engine: Engine) -> &'static Statements {
    static SQLITE: LazyLock<Statements> = LazyLock::new(|| Statements::new(Engine::Sqlite));
    static POSTGRES: LazyLock<Statements> = LazyLock::new(|| Statements::new(Engine::Postgres));
    match engine {
        Engine::Sqlite => &SQLITE,
        Engine::Postgres => &POSTGRES,
    }
}

impl Statements {
    /// Leaks the texts, which the process needs to its end.
    fn new(engine: Engine) -> Self {
        // Parameters in seconds since the epoch.
        let [instant_1, instant_2, instant_3] = [1, 2, 3].map(|parameter| match engine {
            Engine::Sqlite => format!("datetime(${parameter}, 'unixepoch')"),
            Engine::Postgres => format!("to_timestamp(${parameter})"),
        });
        let (epoch, ids) = match engine {
            Engine::Sqlite => ("CAST(strftime('%s', s.expire_date) AS INTEGER)", "SELECT value FROM json_each($1)"),
            Engine::Postgres => (
                "CAST(FLOOR(EXTRACT(EPOCH FROM s.expire_date)) AS BIGINT)",
                "SELECT json_array_elements_text(CAST(CAST($1 AS text) AS json))",
            ),
        };
        let (lock, skip_locked) = match engine {
            Engine::Sqlite => ("", ""),
            Engine::Postgres => (" FOR UPDATE OF s", " FOR UPDATE SKIP LOCKED"),
        };
        let select = format!(
            "SELECT s.session_key, s.session_data, {epoch} AS expires_at, l.id AS login, l.last_seen_at, l.generation"
        );
        let find = format!(
            "{select} FROM django_session s LEFT JOIN session_login l ON l.session_key = s.session_key \
             WHERE s.session_key = $1 AND s.expire_date > {instant_2}"
        );
        let of_account = format!(
            "{select} FROM session_login l JOIN django_session s ON s.session_key = l.session_key \
             WHERE l.account = $1 AND s.expire_date > {instant_2} ORDER BY l.last_seen_at DESC LIMIT $3"
        );
        let by_use = format!(
            "SELECT l.id, l.session_key FROM session_login l JOIN django_session s ON s.session_key = l.session_key \
             WHERE l.account = $1 AND l.session_key <> $2 AND s.expire_date > {instant_3} \
             ORDER BY l.last_seen_at DESC LIMIT $4 OFFSET $5"
        );
        let insert =
            format!("INSERT INTO django_session (session_key, session_data, expire_date) VALUES ($1, $2, {instant_3})");
        let update =
            format!("UPDATE django_session SET session_data = $2, expire_date = {instant_3} WHERE session_key = $1");
        let prolong = format!(
            "UPDATE django_session SET expire_date = {instant_3} WHERE session_key = $1 AND expire_date > {instant_2}"
        );
        let expired = format!(
            "DELETE FROM django_session WHERE session_key IN \
             (SELECT session_key FROM django_session WHERE expire_date < {instant_1} LIMIT 1000{skip_locked})"
        );
        Self {
            find_to_change: format!("{find}{lock}").leak(),
            find: find.leak(),
            insert: insert.leak(),
            update: update.leak(),
            prolong: prolong.leak(),
            of_account: of_account.leak(),
            by_use: by_use.leak(),
            delete_sessions: format!("DELETE FROM django_session WHERE session_key IN ({ids})").leak(),
            delete_logins: format!("DELETE FROM session_login WHERE id IN ({ids})").leak(),
            expired: expired.leak(),
        }
    }
}

// The statements that are the same for both engines.
pub(super) const DELETE: &str = "DELETE FROM django_session WHERE session_key = $1";
/// Changes nothing if the data has changed meanwhile.
pub(super) const SIGN_AGAIN: &str =
    "UPDATE django_session SET session_data = $3 WHERE session_key = $1 AND session_data = $2";
pub(super) const INSERT_LOGIN: &str =
    "INSERT INTO session_login (id, account, session_key, last_seen_at, generation) VALUES ($1, $2, $3, $4, $5)";
pub(super) const DELETE_LOGIN_OF_SESSION: &str = "DELETE FROM session_login WHERE session_key = $1";
/// The account's logins that began before a generation, except one session's.
pub(super) const LOGINS_BEFORE: &str = "SELECT id, session_key FROM session_login \
    WHERE account = $1 AND session_key <> $2 AND generation < $3 LIMIT $4";
pub(super) const SEEN: &str = "UPDATE session_login SET last_seen_at = $2 WHERE session_key = $1 AND last_seen_at < $2";
pub(super) const SESSION_OF_LOGIN: &str = "SELECT session_key FROM session_login WHERE account = $1 AND id = $2";
/// Django gave the session another id: the login follows, unless the former session still exists.
pub(super) const FOLLOW: &str = "UPDATE session_login SET session_key = $2 WHERE id = $1 \
    AND NOT EXISTS (SELECT 1 FROM django_session WHERE django_session.session_key = session_login.session_key) \
    RETURNING generation";
/// Deletes logins whose session is gone, and which have not been used for longer than the idle timeout.
pub(super) const FORGET_LOGINS: &str = "DELETE FROM session_login WHERE id IN (SELECT id FROM session_login WHERE last_seen_at < $1 \
    AND NOT EXISTS (SELECT 1 FROM django_session WHERE django_session.session_key = session_login.session_key) LIMIT 1000)";
