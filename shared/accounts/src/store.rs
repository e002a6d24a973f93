//! The table of accounts.

use authlab_database::{Database, answer};
use authlab_endings::generations::{self, Ending};
use authlab_mechanism::{login::Account, refusal::Unavailable};
use authlab_secrets::random;
use authlab_telemetry::stores::TableMeter;

use super::username::Username;

#[derive(Clone, Debug)]
pub(super) struct AccountStore {
    database: Database,
    meter: TableMeter,
}

/// A row of the table, and the account's generation when it was read.
#[derive(Clone)]
pub(super) struct Stored {
    pub(super) account: Account,
    pub(super) password_hash: String,
}

impl AccountStore {
    pub(super) fn new(database: Database) -> Self {
        Self { meter: database.table("account"), database }
    }

    /// Finds an account by name. The key that former versions computed is tried first, where it differs.
    pub(super) async fn find(&self, username: &Username) -> Result<Option<Stored>, Unavailable> {
        if let Some(former) = username.former_key()
            && let Some(found) = self.find_by_key(&former).await?
        {
            return Ok(Some(found));
        }
        self.find_by_key(username.key()).await
    }

    async fn find_by_key(&self, username_key: &str) -> Result<Option<Stored>, Unavailable> {
        // One statement, so that generation and password belong together.
        let found = sqlx::query_as(
            "SELECT a.id, a.username, \
             (SELECT COALESCE(MAX(g.generation), 0) FROM account_generation g WHERE g.account = a.id) AS generation, \
             a.password_hash FROM account a WHERE a.username_key = $1",
        );
        let found = found.bind(username_key).fetch_optional(self.database.pool());
        let row: Option<(i64, String, i64, String)> = answer(self.meter.select.measured(found)).await?;
        Ok(row.map(|(id, username, generation, password_hash)| Stored {
            account: Account { id, username, generation },
            password_hash,
        }))
    }

    /// `None` if the name is taken. Of several concurrent inserts, one succeeds.
    pub(super) async fn insert(
        &self,
        username: &Username,
        password_hash: &str,
        now: i64,
    ) -> Result<Option<Account>, Unavailable> {
        let account = Account { id: account_id(), username: username.shown().to_owned(), generation: 0 };
        let inserted = sqlx::query(
            "INSERT INTO account (id, username, username_key, password_hash, created_at) \
             VALUES ($1, $2, $3, $4, $5) ON CONFLICT (username_key) DO NOTHING",
        )
        .bind(account.id)
        .bind(&account.username)
        .bind(username.key())
        .bind(password_hash)
        .bind(now);
        let inserted = self.database.change(&self.meter.insert, inserted).await?;
        Ok((inserted == 1).then_some(account))
    }

    /// Replaces the password and ends the account's logins at every service, in one transaction. Returns the account with its new
    /// generation. `None`, with nothing changed, if the password is no longer the one that was checked.
    pub(super) async fn replace_password(
        &self,
        stored: &Stored,
        password_hash: &str,
        now: i64,
    ) -> Result<Option<Account>, Unavailable> {
        answer(self.meter.update.measured(self.replaced(stored, password_hash, now))).await
    }

    /// Replaces the hash of an unchanged password; no login ends. Does nothing if the password is no longer the one that was checked.
    pub(super) async fn replace_hash(&self, stored: &Stored, password_hash: &str) -> Result<(), Unavailable> {
        let update = sqlx::query("UPDATE account SET password_hash = $1 WHERE id = $2 AND password_hash = $3");
        let update = update.bind(password_hash).bind(stored.account.id).bind(&stored.password_hash);
        self.database.change(&self.meter.update, update).await.map(drop)
    }

    async fn replaced(&self, stored: &Stored, password_hash: &str, now: i64) -> sqlx::Result<Option<Account>> {
        let Stored { account, password_hash: checked } = stored;
        let mut transaction = self.database.begin_to_write().await?;
        let ending = Ending { scope: None, spared: None, now };
        let renewed = generations::raise(&self.database, &mut transaction, account, ending).await?;
        let update = sqlx::query("UPDATE account SET password_hash = $1 WHERE id = $2 AND password_hash = $3");
        let update = update.bind(password_hash).bind(account.id).bind(checked);
        if update.execute(&mut *transaction).await?.rows_affected() == 0 {
            return Ok(None);
        }
        transaction.commit().await?;
        Ok(Some(renewed))
    }
}

/// Random, so that ids do not reveal the number of accounts. 53 bits, so that every JSON reader can hold them.
fn account_id() -> i64 {
    i64::from_le_bytes(random::bytes()) & ((1 << 53) - 1)
}
