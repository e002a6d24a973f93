//! The connection to Redis: one server, the master that sentinels name, or a cluster.
//!
//! The library's defaults wait for seconds while Redis is down. Here a request fails within a second, and a task reconnects in the
//! background.
//!
//! * [`address`]: parses the URL
//! * [`kept`]: the shared connection to one server; [`source`]: finds that server
//! * [`cluster`]: the connections to the nodes of a cluster
//! * [`eviction`]: warns of a Redis that evicts sessions

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

use self::{address::Address, kept::SharedConnection, source::Source};
use super::scripts::Invocation;

/// For connecting, and for an answer. Both together stay within a second.
const TIMEOUT: Duration = Duration::from_millis(400);

/// How long a starting service waits to learn the kind of its server. A missing server does not stop the start.
const START_TIMEOUT: Duration = Duration::from_secs(1);
const NODE_OF_CLUSTER: &str = "the Redis at this address is a node of a cluster: write redis+cluster:// (with TLS, \
    rediss+cluster://) in place of redis://";

/// The address of Redis and its credentials.
pub(crate) struct Access<'a> {
    pub(crate) url: &'a Secret,
    /// The login for sentinels. The user and the password in the URL are for the master.
    pub(crate) sentinel: Option<SentinelLogin>,
    /// Certificate authorities in PEM for servers. The default is the system's.
    pub(crate) authorities: Option<Vec<u8>>,
}

pub(crate) struct SentinelLogin {
    pub(crate) username: Option<String>,
    pub(crate) password: Secret,
}

pub(super) struct Connection {
    link: Link,
    /// A command on two keys in different slots.
    probe: Cmd,
    meter: StoreMeter,
    reads: Operation,
    looks: Operation,
    scripts: Operation,
}

#[derive(Clone)]
enum Link {
    Server(SharedConnection),
    Cluster(ClusterConnection),
}

impl fmt::Debug for Connection {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        formatter.write_str("Connection")
    }
}

impl Connection {
    /// Connects in the background, since a service starts without its Redis. An error if the address is invalid. The keys `apart` must be
    /// in different slots.
    pub(super) fn open(access: Access<'_>, apart: &[impl ToRedisArgs; 2]) -> Result<Self, String> {
        let address: Address = access.url.expose().parse()?;
        let mut trusted = None;
        if address.is_secret() {
            // The first call chooses the TLS library for the whole process. The whole workspace uses this one.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
            trusted = access.authorities.map(|pem| TlsCertificates { client_tls: None, root_cert: Some(pem) });
        }
        let mut probe = cmd("EXISTS");
        probe.arg(apart);
        let link = Link::open(address, access.sentinel.as_ref(), trusted, &probe).map_err(|error| {
            format!("cannot use this Redis: {}", error.detail().unwrap_or("the settings contradict each other"))
        })?;
        eviction::warn(link.clone());
        let meter = StoreMeter::new("redis");
        let [reads, looks, scripts] = ["HGETALL", "EXISTS", "EVALSHA"].map(|command| meter.operation(command, ""));
        Ok(Self { link, probe, meter, reads, looks, scripts })
    }

    /// An error for a cluster node that is addressed as a single server: it would refuse most keys and accept some.
    pub(super) async fn refuse_node_of_cluster(&self) -> Result<(), String> {
        match &self.link {
            Link::Server(server) if server.is_node_of_cluster(START_TIMEOUT).await => Err(NODE_OF_CLUSTER.to_owned()),
            _ => Ok(()),
        }
    }

    /// Whether one server keeps all keys, so that a script can use any of them.
    pub(super) fn is_one_server(&self) -> bool {
        matches!(self.link, Link::Server(_))
    }

    /// All fields of the hash with this key. Empty if there is none.
    pub(super) async fn fields<T: FromRedisValue>(&self, key: impl ToRedisArgs) -> Result<T, Unavailable> {
        self.reads.measured(self.send(cmd("HGETALL").arg(key))).await.map_err(unavailable)
    }

    /// An error if Redis does not serve requests. Uses keys of different slots, since a cluster node may answer and still refuse keys.
    pub(super) async fn serves(&self) -> Result<(), Unavailable> {
        self.looks.measured(self.send::<u8>(&self.probe)).await.map(drop).map_err(unavailable)
    }

    /// Runs a script by its digest, or in full if Redis does not know it yet.
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
    fn open(
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
            Address::Cluster(nodes) => return cluster::open(nodes, authorities).map(Self::Cluster),
        };
        Ok(Self::Server(SharedConnection::new(source, probe.clone())))
    }

    async fn send<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        match self {
            Self::Server(server) => server.send(command).await,
            Self::Cluster(cluster) => command.query_async(&mut cluster.clone()).await,
        }
    }
}

/// After any error it is unknown whether the session has ended, so the answer is 503.
fn unavailable(error: RedisError) -> Unavailable {
    refused(error.into())
}

/// The value under a session's key is not a session.
pub(super) fn unreadable() -> Unavailable {
    refused(
        io::Error::new(
            io::ErrorKind::InvalidData,
            "cannot read what Redis keeps for a session; does another program use the same keys?",
        )
        .into(),
    )
}

fn refused(source: Box<dyn Error + Send + Sync>) -> Unavailable {
    Unavailable { what: "session store", source }
}
