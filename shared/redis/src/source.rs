//! Opens connections to one server, or to the master that sentinels name.

use std::{io, time::Duration};

use redis::{
    AsyncConnectionConfig, Client, ConnectionAddr, ConnectionInfo, ProtocolVersion, RedisConnectionInfo, RedisResult,
    TlsCertificates, TlsMode,
    aio::MultiplexedConnection,
    sentinel::{SentinelClient, SentinelClientBuilder, SentinelServerType},
};
use tokio::time::timeout;

use super::{SentinelLogin, address::tcp};

/// Time to ask all sentinels, some of which may be down, and for the master to confirm its role.
const SEARCH_TIMEOUT: Duration = Duration::from_secs(3);

pub(super) enum Source {
    Server(Box<Client>),
    Master(Box<SentinelClient>),
}

impl Source {
    pub(super) fn server(server: ConnectionInfo, authorities: Option<TlsCertificates>) -> RedisResult<Self> {
        let client = match authorities {
            Some(authorities) => Client::build_with_tls(server, authorities)?,
            None => Client::open(server)?,
        };
        Ok(Self::Server(Box::new(client)))
    }

    /// The master is reached like its sentinels: with TLS or without, and with the same certificate authorities. User and password of
    /// `sentinels` are the master's; `login` is for the sentinels.
    pub(super) fn master(
        sentinels: &[ConnectionInfo],
        (name, database): (&str, i64),
        login: Option<&SentinelLogin>,
        authorities: Option<TlsCertificates>,
    ) -> RedisResult<Self> {
        let addresses: Vec<ConnectionAddr> = sentinels.iter().map(|sentinel| sentinel.addr().clone()).collect();
        let is_secret = matches!(addresses.first(), Some(ConnectionAddr::TcpTls { .. }));
        let settings = sentinels.first().map(ConnectionInfo::redis_settings);
        let mut builder = SentinelClientBuilder::new(addresses, name, SentinelServerType::Master)?
            .set_client_to_redis_protocol(ProtocolVersion::RESP3)
            .set_client_to_redis_db(database)
            .set_client_to_redis_tcp_settings(tcp())
            .set_client_to_sentinel_tcp_settings(tcp());
        if is_secret {
            builder = builder.set_client_to_redis_tls_mode(TlsMode::Secure);
        }
        if let Some(authorities) = authorities {
            builder = builder
                .set_client_to_redis_certificates(authorities.clone())
                .set_client_to_sentinel_certificates(authorities);
        }
        if let Some(login) = login {
            builder = builder.set_client_to_sentinel_password(login.password.expose());
            if let Some(user) = &login.username {
                builder = builder.set_client_to_sentinel_username(user);
            }
        }
        if let Some(user) = settings.and_then(RedisConnectionInfo::username) {
            builder = builder.set_client_to_redis_username(user);
        }
        if let Some(password) = settings.and_then(RedisConnectionInfo::password) {
            builder = builder.set_client_to_redis_password(password);
        }
        Ok(Self::Master(Box::new(builder.build()?)))
    }

    pub(super) async fn open(&mut self, settings: &AsyncConnectionConfig) -> RedisResult<MultiplexedConnection> {
        match self {
            Self::Server(server) => server.get_multiplexed_async_connection_with_config(settings).await,
            Self::Master(sentinels) => {
                let opened = timeout(SEARCH_TIMEOUT, sentinels.get_async_connection_with_config(settings)).await;
                opened.map_err(|_| {
                    io::Error::new(
                        io::ErrorKind::TimedOut,
                        "no sentinel named a master in time; check the sentinels and the master's name",
                    )
                })?
            }
        }
    }
}
