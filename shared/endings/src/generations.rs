//! Generations of accounts. Each ending of all logins of an account raises its generation.

use authlab_database::{Database, answer};
use authlab_mechanism::{login::Account, refusal::Unavailable};
use sqlx::AnyConnection;

use super::{Endings, Scope, former, order::numbered};

/// The scope of a password change, which ends logins at every mechanism.
const EVERYWHERE: &str = "account";

/// An ending of all of an account's logins.
#[derive(Clone, Copy, Debug)]
pub struct Ending<'a> {
    /// `None`: at every mechanism.
    pub scope: Option<Scope>,
    pub spared: Option<&'a str>,
    /// Seconds since the epoch.
    pub now: i64,
}

/// A row. Logins of the account that began with a lower generation have ended.
#[derive(Clone, Debug, PartialEq, Eq)]
pub(super) struct Raised {
    pub(super) account: i64,
    pub(super) username: String,
    pub(super) everywhere: bool,
    pub(super) generation: i64,
    pub(super) spared: Option<String>,
    pub(super) recorded_at: i64,
}

impl Raised {
    pub(super) fn new(account: &Account, scope: Option<Scope>, spared: Option<&str>, now: i64) -> Self {
        Self {
            account: account.id,
            username: account.username.clone(),
            everywhere: scope.is_none(),
            generation: account.generation,
            spared: spared.map(str::to_owned),
            recorded_at: now,
        }
    }
}

/// Raises the account's generation, within a transaction that writes. Endings of one account are serialized, so each gets its own
/// number, and every login that read the number before has ended.
pub async fn raise(
    database: &Database,
    connection: &mut AnyConnection,
    account: &Account,
    ending: Ending<'_>,
) -> sqlx::Result<Account> {
    database.serialize_account(connection, account.id).await?;
    let statement = numbered(
        database.engine(),
        "INSERT INTO account_generation (account, scope, generation, spared, username, recorded_at, sequence) \
         VALUES ($1, $2, 1 + (SELECT COALESCE(MAX(generation), 0) FROM account_generation WHERE account = $1), $3, $4, $5, NEXT) \
         ON CONFLICT (account, scope) DO UPDATE SET generation = excluded.generation, spared = excluded.spared, \
         username = excluded.username, recorded_at = excluded.recorded_at, sequence = excluded.sequence \
         RETURNING generation",
    );
    let scope = ending.scope.map_or(EVERYWHERE, Scope::name);
    let raise = sqlx::query_scalar(statement).bind(account.id).bind(scope).bind(ending.spared);
    let generation = raise.bind(&account.username).bind(ending.now).fetch_one(&mut *connection).await?;
    former::mirror_account(connection, account, ending.scope, ending.now).await?;
    Ok(Account { generation, ..account.clone() })
}

impl Endings {
    /// Whether no password change followed the password that this account logged in with. Checked once a login has begun, since verifying
    /// a password takes long enough for another request to change it.
    pub async fn stands(&self, account: &Account) -> Result<bool, Unavailable> {
        answer(async {
            let mut connection = self.database.pool().lease().await?;
            self.stands_in(&mut connection, account).await
        })
        .await
    }

    /// As [`stands`](Self::stands), within a transaction. After [`Database::serialize_account`], no password change can intervene.
    pub async fn stands_in(&self, connection: &mut AnyConnection, account: &Account) -> sqlx::Result<bool> {
        let replaced = sqlx::query_scalar::<_, i64>(
            "SELECT COUNT(*) FROM account_generation WHERE account = $1 AND scope = $2 AND generation > $3",
        );
        let replaced = replaced.bind(account.id).bind(EVERYWHERE).bind(account.generation);
        Ok(replaced.fetch_one(connection).await? == 0)
    }

    /// The account of this username, for credentials that carry only the username.
    pub async fn account_named(&self, username: &str) -> Result<Option<Account>, Unavailable> {
        let found = sqlx::query_scalar("SELECT id FROM account WHERE username = $1").bind(username);
        let id = answer(found.fetch_optional(self.database.pool())).await?;
        Ok(id.map(|id| Account { id, username: username.to_owned(), generation: 0 }))
    }
}

/// The rows of this mechanism with this number or a higher one, recorded at `recorded_from` or later.
pub(super) async fn since(
    connection: &mut AnyConnection,
    scope: Scope,
    (sequence, recorded_from): (i64, i64),
) -> sqlx::Result<Vec<Raised>> {
    let rows = sqlx::query_as(
        "SELECT account, username, scope, generation, spared, recorded_at FROM account_generation \
         WHERE sequence >= $1 AND scope IN ($2, $3) AND recorded_at >= $4",
    );
    let rows = rows.bind(sequence).bind(scope.name()).bind(EVERYWHERE).bind(recorded_from);
    let raised = |(account, username, scope, generation, spared, recorded_at): (_, _, String, _, _, _)| Raised {
        account,
        username,
        everywhere: scope == EVERYWHERE,
        generation,
        spared,
        recorded_at,
    };
    Ok(rows.fetch_all(connection).await?.into_iter().map(raised).collect())
}
