//! The connection to Redis, whatever Redis is: one server, the master that sentinels name, or a cluster.
//!
//! The library's own defaults wait for seconds while Redis is gone. Here whoever asks is told within a second, and the
//! connection is made again in the background.
//!
//! * [`address`]: what a URL says
//! * [`kept`]: the one connection to a server; [`source`]: which server that is
//! * [`cluster`]: the connections to the nodes of a cluster
//! * [`eviction`]: a warning of a Redis that removes sessions

mod address;
mod cluster;
mod eviction;
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

/// A service that is starting waits so long to learn which kind of server it has; one that is not there is no reason to wait.
const START_TIMEOUT: Duration = Duration::from_secs(1);
const NODE_OF_CLUSTER: &str = "the Redis at this address is a node of a cluster: write redis+cluster:// (with TLS, \
    rediss+cluster://) in place of redis://";

/// Which Redis, and how it is asked.
pub(crate) struct Access<'a> {
    pub(crate) url: &'a Secret,
    /// What sentinels are shown; the user and the password in the URL are the master's.
    pub(crate) sentinel: Option<SentinelLogin>,
    /// Certificates in PEM, against which those of servers are checked; without them, the system's are.
    pub(crate) authorities: Option<Vec<u8>>,
}

pub(crate) struct SentinelLogin {
    pub(crate) username: Option<String>,
    pub(crate) password: Secret,
}

pub(super) struct Connection {
    link: Link,
    /// A command on two keys that no cluster keeps in one slot.
    probe: Cmd,
    meter: StoreMeter,
    reads: Operation,
    looks: Operation,
    scripts: Operation,
}

#[derive(Clone)]
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
    /// Does not wait for it: a service starts without its Redis. Refuses an address that cannot be one. No cluster keeps the
    /// keys `apart` in one slot.
    pub(super) fn to(access: Access<'_>, apart: &[impl ToRedisArgs; 2]) -> Result<Self, String> {
        let address: Address = access.url.expose().parse()?;
        let mut trusted = None;
        if address.is_secret() {
            // The first to name a library names it for the whole process; it is the one that this workspace uses anyway.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
            trusted = access.authorities.map(|pem| TlsCertificates { client_tls: None, root_cert: Some(pem) });
        }
        let mut probe = cmd("EXISTS");
        probe.arg(apart);
        let link = Link::to(address, access.sentinel.as_ref(), trusted, &probe)
            .map_err(|error| format!("cannot be used: {}", error.detail().unwrap_or("the settings contradict")))?;
        eviction::warn(link.clone());
        let meter = StoreMeter::new("redis");
        let [reads, looks, scripts] = ["HGETALL", "EXISTS", "EVALSHA"].map(|command| meter.operation(command, ""));
        Ok(Self { link, probe, meter, reads, looks, scripts })
    }

    /// Refuses a node of a cluster that is addressed as a single server: it would refuse most keys and answer some.
    pub(super) async fn refuse_node_of_cluster(&self) -> Result<(), String> {
        match &self.link {
            Link::Server(server) if server.is_node_of_cluster(START_TIMEOUT).await => Err(NODE_OF_CLUSTER.to_owned()),
            _ => Ok(()),
        }
    }

    /// Whether all keys are in one place, where a script reaches them all.
    pub(super) fn is_one_server(&self) -> bool {
        matches!(self.link, Link::Server(_))
    }

    /// All fields of the hash under this key; none if there is no such key.
    pub(super) async fn fields<T: FromRedisValue>(&self, key: impl ToRedisArgs) -> Result<T, Unavailable> {
        self.reads.measured(self.send(cmd("HGETALL").arg(key))).await.map_err(unavailable)
    }

    /// Whether it serves, wherever keys lie: a node of a cluster may be there and refuse.
    pub(super) async fn serves(&self) -> Result<(), Unavailable> {
        self.looks.measured(self.send::<u8>(&self.probe)).await.map(drop).map_err(unavailable)
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
        self.link.send(command).await
    }
}

impl Link {
    fn to(
        address: Address,
        sentinel: Option<&SentinelLogin>,
        authorities: Option<TlsCertificates>,
        probe: &Cmd,
    ) -> RedisResult<Self> {
        let source = match address {
            Address::Server(server) => Source::server(server, authorities)?,
            Address::Sentinels { sentinels, name, database } => {
                Source::master(&sentinels, (&name, database), sentinel, authorities)?
            }
            Address::Cluster(nodes) => return cluster::of(nodes, authorities).map(Self::Cluster),
        };
        Ok(Self::Server(Kept::from(source, probe.clone())))
    }

    async fn send<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        match self {
            Self::Server(server) => server.send(command).await,
            Self::Cluster(cluster) => command.query_async(&mut cluster.clone()).await,
        }
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
