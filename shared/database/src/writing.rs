//! Transactions that write.

use std::ops::{Deref, DerefMut};

use sqlx::{Any, AnyConnection, Transaction};
use tokio::sync::OwnedMutexGuard;

/// A transaction that writes. Dropped without a commit, it changes nothing.
///
/// SQLite has one writer at a time, and others poll for the lock in no order: one of many could wait for seconds. So the writers of this process
/// take turns in the order of their arrival.
#[derive(Debug)]
pub struct WriteTransaction {
    pub(super) transaction: Transaction<'static, Any>,
    pub(super) turn: Option<OwnedMutexGuard<()>>,
}

impl WriteTransaction {
    pub async fn commit(self) -> sqlx::Result<()> {
        let Self { transaction, turn } = self;
        let committed = transaction.commit().await;
        drop(turn);
        committed
    }
}

impl Deref for WriteTransaction {
    type Target = AnyConnection;

    fn deref(&self) -> &AnyConnection {
        &self.transaction
    }
}

impl DerefMut for WriteTransaction {
    fn deref_mut(&mut self) -> &mut AnyConnection {
        &mut self.transaction
    }
}
