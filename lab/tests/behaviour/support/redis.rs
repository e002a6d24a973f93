//! A Redis server that only one test uses, if Redis is installed.

use std::{
    io,
    ops::{Deref, DerefMut},
};

use super::requirement::missing;

pub(crate) struct Redis(lab::engines::Redis);

impl Redis {
    /// Returns `None` and reports a skipped test if Redis is not installed.
    pub(crate) async fn start() -> Option<Self> {
        here(lab::engines::Redis::start().await).map(Self)
    }
}

/// The started server; reports a skipped test if Redis is not installed.
pub(crate) fn here<R>(started: io::Result<Option<R>>) -> Option<R> {
    let started = started.expect("Redis starts");
    if started.is_none() {
        missing("redis");
    }
    started
}

impl Deref for Redis {
    type Target = lab::engines::Redis;

    fn deref(&self) -> &Self::Target {
        &self.0
    }
}

impl DerefMut for Redis {
    fn deref_mut(&mut self) -> &mut Self::Target {
        &mut self.0
    }
}
