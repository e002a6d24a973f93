//! The connection to Redis, whatever Redis is: one server, the master that sentinels name, or a cluster.
//!
//! The library's own defaults wait for seconds while Redis is gone. Here whoever asks is told within a second, and the
//! connection is made again in the background.
//!
//! * [`address`]: what a URL says
//! * [`kept`]: the one connection to a server; [`source`]: which server that is
//! * [`cluster`]: the connections to the nodes of a cluster

mod address;
mod cluster;
mod kept;
mod source;

use std::{error::Error, fmt, io, time::Duration};

use redis::{
    Cmd, ErrorKind, FromRedisValue, RedisError, RedisResult, ServerErrorKind, TlsCertificates, ToRedisArgs,
    cluster_async::ClusterConnection, cmd,
};
use shared::{
    refusal::Unavailable,
    secret::Secret,
    telemetry::{
        Collector,
        stores::{Operation, StoreMeter},
    },
};

use self::{address::Address, kept::Kept, source::Source};
use super::scripts::Invocation;

/// For a connection, and for an answer; both together stay within a second.
const PATIENCE: Duration = Duration::from_millis(400);

pub(super) struct Connection {
    link: Link,
    meter: StoreMeter,
    reads: Operation,
    looks: Operation,
    scripts: Operation,
}

enum Link {
    Server(Kept),
    Cluster(ClusterConnection),
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Connection")
    }
}

impl Connection {
    /// Does not wait for it: a service starts without its Redis. Refuses an address that cannot be one. `authorities` are
    /// certificates in PEM, against which those of servers are checked; without them, the system's are.
    pub(super) fn to(url: &Secret, authorities: Option<Vec<u8>>) -> Result<Self, String> {
        let address: Address = url.expose().parse()?;
        let mut trusted = None;
        if address.is_secret() {
            // The first to name a library names it for the whole process; it is the one that this workspace uses anyway.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
            trusted = authorities.map(|pem| TlsCertificates { client_tls: None, root_cert: Some(pem) });
        }
        let link = Link::to(address, trusted)
            .map_err(|error| format!("cannot be used: {}", error.detail().unwrap_or("the settings contradict")))?;
        let meter = StoreMeter::new("redis");
        let [reads, looks, scripts] = ["HGETALL", "EXISTS", "EVALSHA"].map(|command| meter.operation(command, ""));
        Ok(Self { link, meter, reads, looks, scripts })
    }

    /// Whether all keys are in one place, where a script reaches them all.
    pub(super) fn is_one_server(&self) -> bool {
        matches!(self.link, Link::Server(_))
    }

    /// All fields of the hash under this key; none if there is no such key.
    pub(super) async fn fields<T: FromRedisValue>(&self, key: impl ToRedisArgs) -> Result<T, Unavailable> {
        self.reads.measured(self.send(cmd("HGETALL").arg(key))).await.map_err(unavailable)
    }

    pub(super) async fn exists(&self, key: impl ToRedisArgs) -> Result<bool, Unavailable> {
        self.looks.measured(self.send(cmd("EXISTS").arg(key))).await.map_err(unavailable)
    }

    /// By its digest, and in full where that is not known yet.
    pub(super) async fn run<T: FromRedisValue>(&self, script: &Invocation<'_>) -> Result<T, Unavailable> {
        self.scripts.measured(self.send_script(script)).await.map_err(unavailable)
    }

    pub(super) fn collectors(&self) -> Vec<Collector> {
        vec![self.meter.collector()]
    }

    async fn send_script<T: FromRedisValue>(&self, script: &Invocation<'_>) -> RedisResult<T> {
        match self.send(&script.by_digest()).await {
            Err(error) if error.kind() == ErrorKind::Server(ServerErrorKind::NoScript) => {
                self.send(&script.in_full()).await
            }
            answer => answer,
        }
    }

    async fn send<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        match &self.link {
            Link::Server(server) => server.send(command).await,
            Link::Cluster(cluster) => command.query_async(&mut cluster.clone()).await,
        }
    }
}

impl Link {
    fn to(address: Address, authorities: Option<TlsCertificates>) -> RedisResult<Self> {
        Ok(match address {
            Address::Server(server) => Self::Server(Kept::from(Source::server(server, authorities)?)),
            Address::Sentinels { sentinels, name, database } => {
                Self::Server(Kept::from(Source::master(&sentinels, &name, database, authorities)?))
            }
            Address::Cluster(nodes) => Self::Cluster(cluster::of(nodes, authorities)?),
        })
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
