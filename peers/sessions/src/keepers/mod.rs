//! The session stores, each filled and read through its own interface.

mod authlab;
mod tower;

use std::io;

use self::{authlab::SessionSvc, tower::TowerSessions};
use crate::payload::Payload;

const OURS: &str = "session-svc";
const TOWER: &str = "tower-sessions";
const TOWER_REDIS: &str = "tower-sessions-redis-store";

pub const IN_MEMORY: [&str; 2] = [OURS, TOWER];
pub const IN_REDIS: [&str; 2] = [OURS, TOWER_REDIS];

pub enum Keeper {
    SessionSvc(SessionSvc),
    TowerSessions(TowerSessions),
}

impl Keeper {
    pub fn in_memory(name: &str) -> io::Result<Self> {
        match name {
            OURS => Ok(Self::SessionSvc(SessionSvc::in_memory()?)),
            TOWER => Ok(Self::TowerSessions(TowerSessions::in_memory())),
            _ => Err(io::Error::other("no in-memory session store of this name")),
        }
    }

    pub async fn in_redis(name: &str, url: &str) -> io::Result<Self> {
        match name {
            OURS => Ok(Self::SessionSvc(SessionSvc::in_redis(url).await?)),
            TOWER_REDIS => Ok(Self::TowerSessions(TowerSessions::in_redis(url).await?)),
            _ => Err(io::Error::other("no Redis session store of this name")),
        }
    }

    /// Logs in this many accounts once each, beginning with the number `first`.
    pub async fn fill(&self, payload: Payload, first: usize, sessions: usize) -> io::Result<()> {
        for account in first..first + sessions {
            self.log_in(payload, account).await?;
        }
        Ok(())
    }

    /// Logs in, and returns the id of the new session.
    pub async fn log_in(&self, payload: Payload, account: usize) -> io::Result<String> {
        match self {
            Self::SessionSvc(keeper) => keeper.log_in(payload, account).await,
            Self::TowerSessions(keeper) => keeper.log_in(payload, account).await,
        }
    }

    pub async fn recall(&self, id: &str) -> io::Result<()> {
        let known = match self {
            Self::SessionSvc(keeper) => keeper.recall(id).await?,
            Self::TowerSessions(keeper) => keeper.recall(id).await?,
        };
        if known { Ok(()) } else { Err(io::Error::other("a session was forgotten")) }
    }
}
