//! Checks whether a service on this machine is ready, for container images that contain only the service.

use std::{
    io::{self, Read as _, Write as _},
    net::{IpAddr, Ipv4Addr, Ipv6Addr, SocketAddr, TcpStream},
    time::Duration,
};

/// A service that needs longer counts as not ready.
const TIMEOUT: Duration = Duration::from_secs(2);
/// Maximum bytes of an answer; `/readyz` never sends as many.
const MAX_ANSWER_SIZE: u64 = 4_096;

/// The service is not ready, or does not answer.
#[derive(Debug, thiserror::Error)]
pub enum NotReady {
    #[error("{address} does not answer: {source}")]
    Silent { address: SocketAddr, source: io::Error },
    #[error("{address} is not ready: {answer}")]
    Unready { address: SocketAddr, answer: String },
}

/// Sends `GET /readyz` to the service at this address.
pub fn ready(listens: SocketAddr) -> Result<(), NotReady> {
    let address = SocketAddr::new(reachable(listens.ip()), listens.port());
    let answer = asked(address).map_err(|source| NotReady::Silent { address, source })?;
    if answer.get(9..12) == Some("200") {
        return Ok(());
    }
    let body = answer.split_once("\r\n\r\n").map_or(&*answer, |(_, body)| body);
    Err(NotReady::Unready { address, answer: body.trim().to_owned() })
}

/// A service that listens on all addresses is reached by the loopback address.
fn reachable(address: IpAddr) -> IpAddr {
    match address {
        IpAddr::V4(any) if any.is_unspecified() => Ipv4Addr::LOCALHOST.into(),
        IpAddr::V6(any) if any.is_unspecified() => Ipv6Addr::LOCALHOST.into(),
        named => named,
    }
}

fn asked(address: SocketAddr) -> io::Result<String> {
    let mut stream = TcpStream::connect_timeout(&address, TIMEOUT)?;
    stream.set_read_timeout(Some(TIMEOUT))?;
    write!(stream, "GET /readyz HTTP/1.1\r\nHost: {address}\r\nConnection: close\r\n\r\n")?;
    let mut answer = Vec::new();
    stream.take(MAX_ANSWER_SIZE).read_to_end(&mut answer)?;
    Ok(String::from_utf8_lossy(&answer).into_owned())
}
