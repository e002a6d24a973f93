//! Sockets, time limits, and a stop that loses no request.
//!
//! `axum::serve` has no time limit for headers, and drops requests of busy connections when it stops. So this is an accept loop on
//! hyper. On a stop the service first reports that it is not ready, and answers with `Connection: close` for a while, so that clients
//! leave. Then it accepts the backlog, closes the listener, lets requests in progress finish, and closes the rest at the deadline.

mod connections;
pub mod draining;
pub mod forwarded;
pub mod healthcheck;
mod lingering;
mod progress;
mod shares;
pub mod signal;
pub mod white_space;

use std::{
    io,
    net::{IpAddr, SocketAddr},
    time::Duration,
};

use authlab_workers::Workers;
use axum::{Router, extract::Request, response::Response};
use tokio::{net::TcpListener, time::sleep};
use tower::ServiceExt as _;

use self::{connections::Connections, draining::Draining};

/// Limits of time and number for connections.
#[derive(Clone, Debug, clap::Args)]
pub struct Limits {
    /// Maximum number of open connections; more wait in the backlog. One address (IPv6: /64) may hold half of them, except
    /// `TRUSTED_PROXIES` and this machine
    #[arg(long, env = "MAX_CONNECTIONS", default_value_t = 1_000, value_name = "N", value_parser = connections)]
    pub max_connections: usize,
    /// Seconds a client has to send the head of a request
    #[arg(long, env = "HEADER_TIMEOUT", default_value = "10", value_parser = some_seconds, value_name = "SECONDS")]
    pub header_timeout: Duration,
    /// Seconds within which a client has to read at least a part of its answer
    #[arg(long, env = "WRITE_TIMEOUT", default_value = "30", value_parser = some_seconds, value_name = "SECONDS")]
    pub write_timeout: Duration,
    /// Seconds during which a stopping service still accepts requests and asks its clients to close their connections
    #[arg(long, env = "DRAIN_TIME", default_value = "1.5", value_parser = seconds, value_name = "SECONDS")]
    pub drain_time: Duration,
    /// Seconds after `DRAIN_TIME` within which requests in progress have to finish
    #[arg(long, env = "SHUTDOWN_GRACE", default_value = "10", value_parser = seconds, value_name = "SECONDS")]
    pub shutdown_grace: Duration,
}

/// No machine can hold more connections open for one service.
const MAX_CONNECTIONS: usize = 1_000_000;
/// A century. The system's clocks cannot represent deadlines some centuries ahead.
const MAX_DURATION: Duration = Duration::from_hours(100 * 366 * 24);

/// Parses a setting in seconds: `10` or `1.5`.
pub fn seconds(text: &str) -> Result<Duration, String> {
    let seconds: f64 = text.parse().map_err(|_| "not a number of seconds".to_owned())?;
    match Duration::try_from_secs_f64(seconds) {
        Ok(duration) if duration <= MAX_DURATION => Ok(duration),
        Ok(_) => Err("longer than a century".to_owned()),
        Err(error) => Err(error.to_string()),
    }
}

/// As [`seconds`], but not zero.
pub fn some_seconds(text: &str) -> Result<Duration, String> {
    match seconds(text)? {
        Duration::ZERO => Err("must be longer than 0 seconds".to_owned()),
        some => Ok(some),
    }
}

fn connections(text: &str) -> Result<usize, String> {
    match text.parse() {
        Ok(number) if (1..=MAX_CONNECTIONS).contains(&number) => Ok(number),
        _ => Err(format!("must be a number from 1 to {MAX_CONNECTIONS}")),
    }
}

/// Why the service cannot listen on its address.
#[derive(Debug, thiserror::Error)]
pub enum BindError {
    #[error("{address} is taken; stop what listens there, or choose another port")]
    Taken { address: SocketAddr },
    #[error(
        "cannot listen on {address}: {source}; choose an address of this machine and a port that this user may open"
    )]
    Other { address: SocketAddr, source: io::Error },
}

/// Listens on the address. Nothing is accepted yet.
pub async fn bind(address: SocketAddr) -> Result<TcpListener, BindError> {
    TcpListener::bind(address).await.map_err(|source| match source.kind() {
        io::ErrorKind::AddrInUse => BindError::Taken { address },
        _ => BindError::Other { address, source },
    })
}

/// A site that can be served. Each request is answered by a clone. The future has one or two kilobytes and is not boxed. Wrappers return
/// it unchanged, since a future inside another would be copied once more per request.
pub trait Answer: Clone + Send + 'static {
    fn answer(self, request: Request) -> impl Future<Output = Response> + Send;

    /// Whether this address is a proxy, whose connections come from many clients.
    fn is_trusted_proxy(&self, _: IpAddr) -> bool {
        false
    }
}

impl Answer for Router {
    async fn answer(self, request: Request) -> Response {
        let Ok(response) = self.oneshot(request).await;
        response
    }
}

/// Serves with these workers until `stop`, then drains. Returns when the last connection has ended and no request is in progress.
///
/// The caller accepts all connections and gives each to a worker. So the limits count for the whole process, and the backlog has one owner,
/// which empties it at a stop. With one listener for each worker (`SO_REUSEPORT`), the kernel would reset what waits at a closed one.
pub async fn run(
    listener: TcpListener,
    site: impl Answer,
    (limits, workers): (Limits, Workers),
    draining: Draining,
    stop: impl Future<Output = ()>,
) {
    let mut connections = Connections::new(site, &limits, workers);
    tokio::select! {
        () = connections.accept(&listener) => {}
        () = stop => {}
    }
    draining.begin();
    tokio::select! {
        () = connections.accept(&listener) => {}
        () = sleep(limits.drain_time) => {}
    }
    connections.accept_backlog(listener).await;
    connections.finish(limits.shutdown_grace, &draining).await;
}

#[cfg(test)]
mod tests {
    use std::time::Duration;

    use super::{connections, seconds, some_seconds};

    #[test]
    fn seconds_are_taken_as_they_are_written_and_never_beyond_what_a_clock_can_tell() {
        assert_eq!(seconds("10"), Ok(Duration::from_secs(10)));
        assert_eq!(seconds("1.5"), Ok(Duration::from_millis(1_500)));
        for bad in ["", "ten", "-1", "NaN", "inf", "1e19", "1e10"] {
            assert!(seconds(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn limits_of_nothing_and_absurd_ones_are_refused() {
        assert_eq!(connections("1"), Ok(1));
        for bad in ["0", "1000000000000", "-1", "many", ""] {
            assert_eq!(connections(bad), Err("must be a number from 1 to 1000000".to_owned()), "{bad}");
        }
        assert!(some_seconds("0").is_err() && some_seconds("0.1").is_ok() && some_seconds("1e12").is_err());
    }
}
