//! Compatibility with instances of version 0.1 during an upgrade: they read and write their own tables.
//!
//! Endings of this version are also written to those tables, marked as mirrored. Unmarked rows come from an instance of version 0.1 and
//! are learned. Delete this file with the first version that need not run together with 0.1.

use authlab_database::Database;
use authlab_mechanism::{login::Account, refusal::Unavailable};
use authlab_telemetry::stores::TableMeter;
use sqlx::{AnyConnection, Row as _};

use super::{Scope, Shown};

/// Instances of version 0.1 count as running for this many seconds after their last row. Meanwhile stamps may come out of order.
const RUNNING: i64 = 900;
/// The clocks of these instances differ by less than this, in seconds.
const CLOCKS_DIFFER: i64 = 300;
/// Version 0.1 reads the rows of the last minute by its own clock. A stamp this many seconds ahead is read whatever its clock says.
const AHEAD: i64 = 300;
/// How long version 0.1 sees the ending of an account, in seconds.
const TOLD: i64 = 30 * 86_400;

/// A row of `ended_account` that version 0.1 wrote or changed: it always changes both instants.
macro_rules! not_mirrored {
    () => {
        "(mirrored IS NULL OR mirrored <> CAST(issued_until AS TEXT) || ' ' || CAST(expires_at AS TEXT))"
    };
}

/// How version 0.1 names a login and its account.
#[derive(Debug, Default)]
pub(super) struct FormerNames {
    pub(super) login: String,
    pub(super) account: String,
}

/// Where a read starts: stamps in seconds since the epoch.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub(super) struct Start {
    newest: i64,
    now: i64,
}

/// The endings that version 0.1 wrote.
#[derive(Debug, Default)]
pub(super) struct Found {
    pub(super) logins: Vec<(String, i64)>,
    /// Accounts as version 0.1 names them, and the issue time up to which their logins have ended.
    pub(super) accounts: Vec<(String, i64)>,
    newest: i64,
}

impl FormerNames {
    /// `None` for sessions: version 0.1 recorded no endings of them.
    pub(super) fn new(scope: Scope, shown: Shown<'_>) -> Option<Self> {
        match scope {
            Scope::Cookie => Some(Self {
                login: format!("{} {}", shown.issued_at, shown.username),
                account: shown.username.to_owned(),
            }),
            Scope::Token => Some(Self {
                login: shown.login.to_owned(),
                account: shown.account.map(|account| account.to_string()).unwrap_or_default(),
            }),
            Scope::Session => None,
        }
    }
}

impl Start {
    /// Reads all rows.
    pub(super) const EVERYTHING: Self = Self { newest: i64::MIN, now: i64::MIN };

    pub(super) fn after(self, found: &Found, now: i64) -> Self {
        Self { newest: self.newest.max(found.newest), now }
    }

    fn stamp(self) -> i64 {
        if self.newest == i64::MIN {
            i64::MIN
        } else if self.now.saturating_sub(self.newest) < RUNNING {
            self.newest.saturating_sub(CLOCKS_DIFFER)
        } else {
            self.newest + 1
        }
    }
}

pub(super) async fn mirror_login(
    connection: &mut AnyConnection,
    scope: Scope,
    shown: Shown<'_>,
    (now, expires_at): (i64, i64),
) -> sqlx::Result<()> {
    let Some(names) = FormerNames::new(scope, shown) else { return Ok(()) };
    let write = sqlx::query(
        "INSERT INTO ended_login (scope, login, recorded_at, expires_at, mirrored) VALUES ($1, $2, $3, $4, 'yes') \
         ON CONFLICT (scope, login) DO NOTHING",
    );
    let write = write.bind(scope.name()).bind(names.login).bind(now.saturating_add(AHEAD)).bind(expires_at);
    write.execute(connection).await.map(drop)
}

pub(super) async fn mirror_account(
    connection: &mut AnyConnection,
    account: &Account,
    scope: Option<Scope>,
    now: i64,
) -> sqlx::Result<()> {
    // The login that continues may have been issued in this same second.
    let (issued_until, expires_at) = (now.saturating_sub(1), now.saturating_add(TOLD));
    let named = [(Scope::Cookie, account.username.clone()), (Scope::Token, account.id.to_string())];
    for (of, name) in named.into_iter().filter(|(of, _)| scope.is_none_or(|scope| scope == *of)) {
        let write = sqlx::query(
            "INSERT INTO ended_account (scope, account, issued_until, recorded_at, expires_at, mirrored) \
             VALUES ($1, $2, $3, $4, $5, $6) ON CONFLICT (scope, account) DO UPDATE SET \
             issued_until = excluded.issued_until, recorded_at = excluded.recorded_at, expires_at = excluded.expires_at, \
             mirrored = excluded.mirrored WHERE ended_account.issued_until < excluded.issued_until",
        );
        let write = write.bind(of.name()).bind(name).bind(issued_until).bind(now.saturating_add(AHEAD));
        write.bind(expires_at).bind(format!("{issued_until} {expires_at}")).execute(&mut *connection).await?;
    }
    Ok(())
}

/// Reads the endings that instances of version 0.1 wrote.
pub(super) async fn since(connection: &mut AnyConnection, scope: Scope, from: Start) -> sqlx::Result<Found> {
    let mut found = Found { newest: i64::MIN, ..Found::default() };
    if scope == Scope::Session {
        return Ok(found);
    }
    let logins = sqlx::query(
        "SELECT login, expires_at, recorded_at FROM ended_login \
         WHERE scope = $1 AND recorded_at >= $2 AND mirrored IS NULL",
    );
    for row in logins.bind(scope.name()).bind(from.stamp()).fetch_all(&mut *connection).await? {
        found.newest = found.newest.max(row.try_get("recorded_at")?);
        found.logins.push((row.try_get("login")?, row.try_get("expires_at")?));
    }
    let accounts = sqlx::query(concat!(
        "SELECT account, issued_until, recorded_at FROM ended_account WHERE scope = $1 AND recorded_at >= $2 AND ",
        not_mirrored!()
    ));
    for row in accounts.bind(scope.name()).bind(from.stamp()).fetch_all(connection).await? {
        found.newest = found.newest.max(row.try_get("recorded_at")?);
        found.accounts.push((row.try_get("account")?, row.try_get("issued_until")?));
    }
    Ok(found)
}

/// Deletes the rows that expired before this.
pub(super) async fn purge(database: &Database, meter: &TableMeter, before: i64) -> Result<(), Unavailable> {
    for statement in
        ["DELETE FROM ended_login WHERE expires_at < $1", "DELETE FROM ended_account WHERE expires_at < $1"]
    {
        database.background().change(&meter.delete, sqlx::query(statement).bind(before)).await?;
    }
    Ok(())
}

pub(super) use not_mirrored;
