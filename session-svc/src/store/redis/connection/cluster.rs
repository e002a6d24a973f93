//! The connections to the nodes of a cluster, kept by the library, which follows slots that move and masters that change.

use redis::{
    ConnectionInfo, ProtocolVersion, RedisResult, TlsCertificates,
    cluster::{ClusterClientBuilder, ClusterConfig},
    cluster_async::ClusterConnection,
};

use super::{PATIENCE, address::tcp};

/// A slot that has moved is asked for where it is now. What is asked once more may have been done before, and comes to the
/// same: a script that runs twice leaves what it left.
const TIMES_AGAIN: u32 = 3;
/// Between two of them, in milliseconds.
const PAUSE: (u64, u64) = (10, 100);

pub(super) fn of(nodes: Vec<ConnectionInfo>, authorities: Option<TlsCertificates>) -> RedisResult<ClusterConnection> {
    let mut builder = ClusterClientBuilder::new(nodes)
        .use_protocol(ProtocolVersion::RESP3)
        .tcp_settings(tcp())
        .overall_response_timeout(Some(2 * PATIENCE))
        .retries(TIMES_AGAIN)
        .min_retry_wait(PAUSE.0)
        .max_retry_wait(PAUSE.1);
    if let Some(authorities) = authorities {
        builder = builder.certs(authorities);
    }
    let timeouts = ClusterConfig::new().set_connection_timeout(PATIENCE).set_response_timeout(PATIENCE);
    Ok(builder.build()?.get_pending_async_connection_with_config(timeouts))
}
