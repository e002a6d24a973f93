//! A Redis of the test's own, where there is Redis.

use std::{
    io,
    ops::{Deref, DerefMut},
};

use super::requirement::missing;

pub(crate) struct Redis(lab::engines::Redis);

impl Redis {
    /// `None`, with a word, where there is no Redis.
    pub(crate) async fn start() -> Option<Self> {
        here(lab::engines::Redis::start().await).map(Self)
    }
}

/// What was started, or a word where there is no Redis.
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
