//! A random id, kept in the database, that distinguishes this deployment from others on the same session store.
//!
//! The id is no secret and depends on no key: a change of `SECRET_KEY` leaves it as it is. All instances on one database have the
//! same id, and a copy of the database has it too.

use authlab_clock::Clock;
use authlab_mechanism::refusal::Unavailable;
use authlab_secrets::random;

use crate::{Database, answer};

/// Characters of the id: 82 bits.
const LENGTH: usize = 16;

/// If several instances start at once, the first one names the deployment.
const NAME: &str = "UPDATE deployment SET id = $1, created_at = $2 WHERE id IS NULL";
const READ: &str = "SELECT id, created_at, had_accounts FROM deployment";

/// A deployment: all instances on one database.
#[derive(Clone, Debug)]
pub struct Deployment {
    /// 16 characters of `a-z0-9`.
    pub id: String,
    /// When the id was made, in seconds since the epoch.
    pub created_at: i64,
    /// Whether accounts existed before the id was made.
    pub had_accounts: bool,
}

impl Deployment {
    /// Reads the id of this deployment, and makes it if there is none yet.
    pub async fn open(database: &Database, clock: &Clock) -> Result<Self, Unavailable> {
        let table = database.table("deployment");
        let read = || async {
            let (id, created_at, had_accounts): (Option<String>, Option<i64>, i64) =
                sqlx::query_as(READ).fetch_one(database.pool()).await?;
            let created_at = created_at.unwrap_or_default();
            Ok(id.map(|id| Self { id, created_at, had_accounts: had_accounts != 0 }))
        };
        if let Some(deployment) = answer(table.select.measured(read())).await? {
            return Ok(deployment);
        }
        let name = sqlx::query(NAME).bind(random::lower_alphanumeric(LENGTH)).bind(clock.seconds());
        database.change(&table.update, name).await?;
        let named = answer(table.select.measured(read())).await?;
        named.ok_or_else(|| Unavailable { what: "database", source: "the deployment has no id".into() })
    }
}
