//! The connections to the nodes of a cluster. The library follows moved slots and new masters.

use redis::{
    ConnectionInfo, ProtocolVersion, RedisResult, TlsCertificates,
    cluster::{ClusterClientBuilder, ClusterConfig},
    cluster_async::ClusterConnection,
};

use super::{TIMEOUT, address::tcp};

/// Retries of a command, for example after its slot has moved. A command that has already run may run again: a repeated script has the
/// same result.
const MAX_RETRIES: u32 = 3;
/// Pause between two retries, in milliseconds.
const MIN_RETRY_PAUSE: u64 = 10;
const MAX_RETRY_PAUSE: u64 = 100;

pub(super) fn open(nodes: Vec<ConnectionInfo>, authorities: Option<TlsCertificates>) -> RedisResult<ClusterConnection> {
    let mut builder = ClusterClientBuilder::new(nodes)
        .use_protocol(ProtocolVersion::RESP3)
        .tcp_settings(tcp())
        .overall_response_timeout(Some(2 * TIMEOUT))
        .retries(MAX_RETRIES)
        .min_retry_wait(MIN_RETRY_PAUSE)
        .max_retry_wait(MAX_RETRY_PAUSE);
    if let Some(authorities) = authorities {
        builder = builder.certs(authorities);
    }
    let timeouts = ClusterConfig::new().set_connection_timeout(TIMEOUT).set_response_timeout(TIMEOUT);
    Ok(builder.build()?.get_pending_async_connection_with_config(timeouts))
}
