//! A PostgreSQL server of the test's own, where there is PostgreSQL.

use std::{
    io,
    ops::{Deref, DerefMut},
};

use super::requirement::missing;

pub(crate) struct Postgres(lab::engines::Postgres);

impl Postgres {
    /// `None`, with a word, where there is no PostgreSQL.
    pub(crate) async fn start() -> Option<Self> {
        here(lab::engines::Postgres::start().await).map(Self)
    }
}

/// What was started, or a word where there is no PostgreSQL.
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
