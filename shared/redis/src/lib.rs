//! The connections to Redis, one for each worker: one server, the master that sentinels name, or a cluster.
//!
//! The library's defaults wait for seconds while Redis is down. Here a request fails within a second, and a task reconnects in the
//! background.
//!
//! * [`address`]: parses the URL
//! * [`script`]: runs atomic changes
//! * [`shared_connection`]: the connection to one server that a worker's requests share; [`source`]: finds that server
//! * [`cluster`]: the connections to the nodes of a cluster
//! * [`eviction`]: warns of a Redis that evicts logins
//! * [`entries`]: logins in Redis, as session-svc and token-svc keep them; [`prefix`]: the prefix of their keys

mod address;
mod cluster;
pub mod entries;
mod eviction;
mod prefix;
mod script;
mod shared_connection;
mod source;

use std::{
    error::Error,
    fmt, io,
    sync::{Arc, atomic::AtomicBool},
    time::Duration,
};

use authlab_mechanism::refusal::Unavailable;
use authlab_secrets::Secret;
use authlab_telemetry::{
    Collector,
    stores::{Operation, StoreMeter},
};
use authlab_workers::PerWorker;
use redis::{
    Cmd, ErrorKind, FromRedisValue, RedisResult, ServerErrorKind, TlsCertificates, ToRedisArgs,
    cluster_async::ClusterConnection, cmd,
};

use self::{address::Address, shared_connection::SharedConnection, source::Source};
pub use self::{
    prefix::KeyPrefix,
    script::{Invocation, Script},
};

/// For connecting, and for an answer. Both together stay within a second.
const TIMEOUT: Duration = Duration::from_millis(400);

/// How long a starting service waits to learn the kind of its server. A missing server does not stop the start.
const START_TIMEOUT: Duration = Duration::from_secs(1);
const NODE_OF_CLUSTER: &str = "the Redis at this address is a node of a cluster: write redis+cluster:// (with TLS, \
    rediss+cluster://) in place of redis://";

/// The address of Redis and its credentials.
#[derive(Debug)]
pub struct Access<'a> {
    pub url: &'a Secret,
    /// What is kept there, in words that a client may see: `session store`.
    pub what: &'static str,
    /// The login for sentinels. The user and the password in the URL are for the master.
    pub sentinel: Option<SentinelLogin>,
    /// Certificate authorities in PEM for servers. The default is the system's.
    pub authorities: Option<Vec<u8>>,
}

#[derive(Debug)]
pub struct SentinelLogin {
    pub username: Option<String>,
    pub password: Secret,
}

impl SentinelLogin {
    /// `None` if the sentinels need no password.
    pub fn new(username: Option<String>, password: Option<Secret>) -> Option<Self> {
        password.map(|password| Self { username, password })
    }
}

/// The connections of a process: one for each worker, which all its requests share.
pub struct Connection {
    /// What cannot be reached, in the words of [`Unavailable`].
    what: &'static str,
    opener: Opener,
    links: PerWorker<Link>,
    meter: StoreMeter,
    reads: Operation,
    looks: Operation,
    scripts: Operation,
}

/// What it takes to connect.
struct Opener {
    address: Address,
    sentinel: Option<SentinelLogin>,
    authorities: Option<TlsCertificates>,
    probe: Cmd,
    /// Whether an attempt failed since the last success of any worker.
    out_of_reach: Arc<AtomicBool>,
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
    pub fn open(access: Access<'_>, apart: &[impl ToRedisArgs; 2]) -> Result<Self, String> {
        let address: Address = access.url.expose().parse()?;
        let mut trusted = None;
        if address.is_secret() {
            // The first call chooses the TLS library for the whole process. The whole workspace uses this one.
            let _ = rustls::crypto::aws_lc_rs::default_provider().install_default();
            trusted = access.authorities.map(|pem| TlsCertificates { client_tls: None, root_cert: Some(pem) });
        }
        let mut probe = cmd("EXISTS");
        probe.arg(apart);
        let opener = Opener {
            address,
            sentinel: access.sentinel,
            authorities: trusted,
            // A command on two keys in different slots.
            probe,
            out_of_reach: Arc::default(),
        };
        let first = opener.open().map_err(|error| {
            format!("cannot use this Redis: {}", error.detail().unwrap_or("the settings contradict each other"))
        })?;
        let links = PerWorker::default();
        let link = links.get_or_init(|| first);
        eviction::warn(link.clone());
        let meter = StoreMeter::new("redis");
        let [reads, looks, scripts] = ["HGETALL", "EXISTS", "EVALSHA"].map(|command| meter.operation(command, ""));
        Ok(Self { what: access.what, opener, links, meter, reads, looks, scripts })
    }

    /// An error for a cluster node that is addressed as a single server: it would refuse most keys and accept some.
    pub async fn refuse_node_of_cluster(&self) -> Result<(), String> {
        match self.link() {
            Link::Server(server) if server.is_node_of_cluster(START_TIMEOUT).await => Err(NODE_OF_CLUSTER.to_owned()),
            _ => Ok(()),
        }
    }

    /// Whether one server keeps all keys, so that a script can use any of them.
    pub fn is_one_server(&self) -> bool {
        matches!(self.link(), Link::Server(_))
    }

    /// All fields of the hash with this key. Empty if there is none.
    pub async fn fields<T: FromRedisValue>(&self, key: impl ToRedisArgs) -> Result<T, Unavailable> {
        self.reads.measured(self.send(cmd("HGETALL").arg(key))).await.map_err(|error| self.refused(error))
    }

    /// An error if Redis does not serve requests. Uses keys of different slots, since a cluster node may answer and still refuse keys.
    pub async fn serves(&self) -> Result<(), Unavailable> {
        self.looks.measured(self.send::<u8>(&self.opener.probe)).await.map(drop).map_err(|error| self.refused(error))
    }

    /// Runs a script by its digest, or in full if Redis does not know it yet.
    pub async fn run<T: FromRedisValue>(&self, script: &Invocation<'_>) -> Result<T, Unavailable> {
        self.scripts.measured(self.send_script(script)).await.map_err(|error| self.refused(error))
    }

    pub fn collectors(&self) -> Vec<Collector> {
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

    /// What is kept there cannot be read.
    pub fn unreadable(&self) -> Unavailable {
        self.refused(io::Error::new(
            io::ErrorKind::InvalidData,
            "cannot read what Redis keeps under a key of this deployment; does another program use the same keys?",
        ))
    }

    /// The connection of the worker that runs the caller.
    fn link(&self) -> &Link {
        self.links.get_or_init(|| self.opener.open().expect("the first connection was opened with the same settings"))
    }

    async fn send<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        self.link().send(command).await
    }

    /// After any error it is unknown whether a login has ended, so the answer is 503.
    fn refused(&self, source: impl Error + Send + Sync + 'static) -> Unavailable {
        Unavailable { what: self.what, source: Box::new(source) }
    }
}

impl Opener {
    fn open(&self) -> RedisResult<Link> {
        let authorities = self.authorities.clone();
        let source = match &self.address {
            Address::Server(server) => Source::server(server.clone(), authorities)?,
            Address::Sentinels { sentinels, name, database } => {
                Source::master(sentinels, (name, *database), self.sentinel.as_ref(), authorities)?
            }
            Address::Cluster(nodes) => return cluster::open(nodes.clone(), authorities).map(Link::Cluster),
        };
        Ok(Link::Server(SharedConnection::new(source, self.probe.clone(), Arc::clone(&self.out_of_reach))))
    }
}

impl Link {
    async fn send<T: FromRedisValue>(&self, command: &Cmd) -> RedisResult<T> {
        match self {
            Self::Server(server) => server.send(command).await,
            Self::Cluster(cluster) => command.query_async(&mut cluster.clone()).await,
        }
    }
}
