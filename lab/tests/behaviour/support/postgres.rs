//! A PostgreSQL server that only one test uses, if PostgreSQL is installed.

use std::{
    io,
    ops::{Deref, DerefMut},
};

use super::requirement::missing;

pub(crate) struct Postgres(lab::engines::Postgres);

impl Postgres {
    /// Returns `None` and reports a skipped test if PostgreSQL is not installed.
    pub(crate) async fn start() -> Option<Self> {
        here(lab::engines::Postgres::start().await).map(Self)
    }
}

/// The started server; reports a skipped test if PostgreSQL is not installed.
pub(crate) fn here<P>(started: io::Result<Option<P>>) -> Option<P> {
    let started = started.expect("PostgreSQL starts");
    if started.is_none() {
        missing("postgres");
    }
    started
}

impl Deref for Postgres {
    type Target = lab::engines::Postgres;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Postgres {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
