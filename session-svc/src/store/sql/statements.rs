//! The statements on Django's table and on the index of logins. The engines differ in the syntax of instants, and SQLite locks the whole
//! database where PostgreSQL locks a row.

use authlab_database::Engine;

pub(super) struct Statements {
    pub(super) make_tables: &'static [&'static str],
    pub(super) has_table: &'static str,
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

pub(super) const fn statements(engine: Engine) -> &'static Statements {
    match engine {
        Engine::Sqlite => &SQLITE,
        Engine::Postgres => &POSTGRES,
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

/// The tables are those of Django's migration (`sqlmigrate sessions 0001`), with the same names.
macro_rules! statements {
    (
        epoch: $epoch:literal, instant: $before:literal $after:literal, lock: $lock:literal,
        unlocked: $unlocked:literal, in_list: $in_list:literal,
        has_table: $has_table:literal, make_tables: $make_tables:expr,
    ) => {
        Statements {
            make_tables: $make_tables,
            has_table: $has_table,
            find: concat!(
                "SELECT s.session_key, s.session_data, ",
                $epoch,
                " AS expires_at, l.id AS login, l.last_seen_at, l.generation \
                 FROM django_session s LEFT JOIN session_login l ON l.session_key = s.session_key \
                 WHERE s.session_key = $1 AND s.expire_date > ",
                $before,
                "$2",
                $after
            ),
            find_to_change: concat!(
                "SELECT s.session_key, s.session_data, ",
                $epoch,
                " AS expires_at, l.id AS login, l.last_seen_at, l.generation \
                 FROM django_session s LEFT JOIN session_login l ON l.session_key = s.session_key \
                 WHERE s.session_key = $1 AND s.expire_date > ",
                $before,
                "$2",
                $after,
                $lock
            ),
            insert: concat!(
                "INSERT INTO django_session (session_key, session_data, expire_date) VALUES ($1, $2, ",
                $before,
                "$3",
                $after,
                ")"
            ),
            update: concat!(
                "UPDATE django_session SET session_data = $2, expire_date = ",
                $before,
                "$3",
                $after,
                " WHERE session_key = $1"
            ),
            prolong: concat!(
                "UPDATE django_session SET expire_date = ",
                $before,
                "$3",
                $after,
                " WHERE session_key = $1 AND expire_date > ",
                $before,
                "$2",
                $after
            ),
            of_account: concat!(
                "SELECT s.session_key, s.session_data, ",
                $epoch,
                " AS expires_at, l.id AS login, l.last_seen_at, l.generation \
                 FROM session_login l JOIN django_session s ON s.session_key = l.session_key \
                 WHERE l.account = $1 AND s.expire_date > ",
                $before,
                "$2",
                $after,
                " ORDER BY l.last_seen_at DESC LIMIT $3"
            ),
            by_use: concat!(
                "SELECT l.id, l.session_key FROM session_login l JOIN django_session s ON s.session_key = l.session_key \
                 WHERE l.account = $1 AND l.session_key <> $2 AND s.expire_date > ",
                $before,
                "$3",
                $after,
                " ORDER BY l.last_seen_at DESC LIMIT $4 OFFSET $5"
            ),
            delete_sessions: concat!("DELETE FROM django_session WHERE session_key ", $in_list),
            delete_logins: concat!("DELETE FROM session_login WHERE id ", $in_list),
            expired: concat!(
                "DELETE FROM django_session WHERE session_key IN \
                 (SELECT session_key FROM django_session WHERE expire_date < ",
                $before,
                "$1",
                $after,
                " LIMIT 1000",
                $unlocked,
                ")"
            ),
        }
    };
}

const SQLITE: Statements = statements! {
    epoch: "CAST(strftime('%s', s.expire_date) AS INTEGER)", instant: "datetime(" ", 'unixepoch')", lock: "",
    unlocked: "", in_list: "IN (SELECT value FROM json_each($1))",
    has_table: "SELECT COUNT(*) FROM sqlite_master WHERE type = 'table' AND name = 'django_session'",
    make_tables: &[
        r#"CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" datetime NOT NULL)"#,
        r#"CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date")"#,
    ],
};

const POSTGRES: Statements = statements! {
    epoch: "CAST(FLOOR(EXTRACT(EPOCH FROM s.expire_date)) AS BIGINT)", instant: "to_timestamp(" ")", lock: " FOR UPDATE OF s",
    unlocked: " FOR UPDATE SKIP LOCKED", in_list: "IN (SELECT json_array_elements_text(CAST(CAST($1 AS text) AS json)))",
    has_table: "SELECT COUNT(*) FROM pg_class WHERE oid = to_regclass('django_session')",
    make_tables: &[
        r#"CREATE TABLE "django_session" ("session_key" varchar(40) NOT NULL PRIMARY KEY, "session_data" text NOT NULL, "expire_date" timestamp with time zone NOT NULL)"#,
        r#"CREATE INDEX "django_session_session_key_c0390e0f_like" ON "django_session" ("session_key" varchar_pattern_ops)"#,
        r#"CREATE INDEX "django_session_expire_date_a5c62663" ON "django_session" ("expire_date")"#,
    ],
};
