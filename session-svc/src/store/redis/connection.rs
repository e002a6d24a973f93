//! The connection to Redis: one for all requests, made when it is needed and made again when it is lost.
//!
//! The library's own defaults wait for seconds while Redis is gone. Here nothing is tried twice: whoever asks is told at
//! once, and the next one tries anew.

use std::{error::Error, fmt, io, time::Duration};

use redis::{
    Client, Cmd, FromRedisValue, IntoConnectionInfo as _, ProtocolVersion, RedisError, RedisResult, ScriptInvocation,
    aio::{ConnectionManager, ConnectionManagerConfig},
};
use shared::{
    refusal::Unavailable,
    secret::Secret,
    telemetry::{
        Collector,
        stores::{Operation, StoreMeter},
    },
};

/// For a connection, and for an answer; both together stay within a second.
const PATIENCE: Duration = Duration::from_millis(400);

pub(super) struct Connection {
    manager: ConnectionManager,
    meter: StoreMeter,
    commands: Operation,
    scripts: Operation,
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Connection")
    }
}

impl Connection {
    /// Does not connect yet: a service starts without its Redis. Refuses an address that cannot be one.
    pub(super) fn to(url: &Secret) -> Result<Self, String> {
        Self::lazily(url).map_err(|error| format!("no address of a Redis: {}", error.detail().unwrap_or("unreadable")))
    }

    fn lazily(url: &Secret) -> RedisResult<Self> {
        let server = url.expose().into_connection_info()?;
        // With RESP3 a lost connection is heard of at once, and not by the next request.
        let settings = server.redis_settings().clone().set_protocol(ProtocolVersion::RESP3);
        let client = Client::open(server.set_redis_settings(settings))?;
        let config = ConnectionManagerConfig::new()
            .set_connection_timeout(Some(PATIENCE))
            .set_response_timeout(Some(PATIENCE))
            .set_number_of_retries(0);
        let manager = ConnectionManager::new_lazy_with_config(client, config)?;
        let meter = StoreMeter::new("redis");
        Ok(Self { manager, commands: meter.operation("HGETALL", ""), scripts: meter.operation("EVALSHA", ""), meter })
    }

    pub(super) async fn ask<T: FromRedisValue>(&self, command: &Cmd) -> Result<T, Unavailable> {
        let mut manager = self.manager.clone();
        self.commands.measured(command.query_async(&mut manager)).await.map_err(unavailable)
    }

    pub(super) async fn run<T: FromRedisValue>(&self, script: &ScriptInvocation<'_>) -> Result<T, Unavailable> {
        let mut manager = self.manager.clone();
        self.scripts.measured(script.invoke_async(&mut manager)).await.map_err(unavailable)
    }

    pub(super) fn collectors(&self) -> Vec<Collector> {
        vec![self.meter.collector()]
    }
}

/// Whatever went wrong, the session is not known to have ended.
fn unavailable(error: RedisError) -> Unavailable {
    refused(error.into())
}

/// What Redis holds under the key of a session is none.
pub(super) fn unreadable() -> Unavailable {
    refused(io::Error::new(io::ErrorKind::InvalidData, "what Redis keeps for a session cannot be read").into())
}

fn refused(source: Box<dyn Error + Send + Sync>) -> Unavailable {
    Unavailable { what: "session store", source }
}
