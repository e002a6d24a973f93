//! How logins are ended: by themselves, or within a transaction of the caller.

use authlab_database::answer;
use authlab_mechanism::{
    login::Account,
    refusal::{Denied, Refusal, Unavailable},
};
use sqlx::AnyConnection;

use super::{Endings, Shown, generations};

impl Endings {
    /// Ends one login, whose credential expires at `expires_at`, in seconds since the epoch. Writes nothing with `REVOCATION=off`.
    pub async fn end_login(&self, shown: Shown<'_>, expires_at: i64) -> Result<(), Unavailable> {
        answer(async {
            let mut connection = self.database.pool().lease().await?;
            self.write_login(&mut connection, shown, expires_at).await?;
            connection.commit().await
        })
        .await?;
        self.learn_login(shown, expires_at);
        Ok(())
    }

    /// As [`end_login`](Self::end_login), within a transaction. Call [`learn_login`](Self::learn_login) after its commit.
    pub async fn write_login(
        &self,
        connection: &mut AnyConnection,
        shown: Shown<'_>,
        expires_at: i64,
    ) -> sqlx::Result<()> {
        if self.reach_copies() {
            self.logins.write(connection, shown, expires_at, self.clock.seconds()).await?;
        }
        Ok(())
    }

    /// Ends every login of the account at this mechanism except the spared one. Returns the account with its new generation, which new
    /// logins carry.
    pub async fn end_account(&self, account: &Account, spared: Option<&str>) -> Result<Account, Unavailable> {
        answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            let ended = self.write_account(&mut transaction, account, spared).await?;
            transaction.commit().await?;
            Ok(ended)
        })
        .await
        .inspect(|ended| self.learn_account(ended, spared))
    }

    /// Ends every login of the caller's account at this mechanism except the caller's own. Refused if the caller's login has ended
    /// meanwhile: sparing an ended login would revive it.
    pub async fn end_others(&self, account: &Account, caller: Shown<'_>) -> Result<Account, Refusal> {
        let ended = answer(async {
            let mut transaction = self.database.begin_to_write().await?;
            let ended = self.write_others(&mut transaction, account, caller).await?;
            transaction.commit().await?;
            Ok(ended)
        });
        let ended = ended.await?.ok_or(Refusal::NotLoggedIn(Denied::Ended))?;
        self.learn_account(&ended, Some(caller.login));
        Ok(ended)
    }

    /// As [`end_account`](Self::end_account), within a transaction that writes. Call
    /// [`learn_account`](Self::learn_account) after its commit.
    pub async fn write_account(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        spared: Option<&str>,
    ) -> sqlx::Result<Account> {
        let ending = generations::Ending { scope: Some(self.logins.scope), spared, now: self.clock.seconds() };
        generations::raise(&self.database, connection, account, ending).await
    }

    /// As [`end_others`](Self::end_others), within a transaction that writes. `None` if the caller's login has ended.
    pub async fn write_others(
        &self,
        connection: &mut AnyConnection,
        account: &Account,
        caller: Shown<'_>,
    ) -> sqlx::Result<Option<Account>> {
        self.database.serialize_account(connection, account.id).await?;
        if self.logins.found(connection, caller).await? {
            return Ok(None);
        }
        self.write_account(connection, account, Some(caller.login)).await.map(Some)
    }
}
