//! A TCP forwarder whose destination can change, like a DNS name or a proxy. Open connections keep their destination.

use std::net::SocketAddr;

use tokio::{
    io::copy_bidirectional,
    net::{TcpListener, TcpStream},
    sync::watch,
};

/// Forwards until it is dropped.
pub(super) struct Forwarder {
    address: SocketAddr,
    to: watch::Sender<u16>,
    /// Counts how often the open connections were cut off without being closed.
    silenced: watch::Sender<u32>,
}

impl Forwarder {
    /// Forwards to a port of this machine.
    pub(super) async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let ((to, leads), (silenced, silence)) = (watch::channel(port), watch::channel(0));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                // The forwarder was dropped.
                if leads.has_changed().is_err() {
                    return;
                }
                let port = *leads.borrow();
                tokio::spawn(forward(client, port, silence.clone()));
            }
        });
        Self { address, to, silenced }
    }

    /// New connections go to this port.
    pub(super) fn lead_to(&self, port: u16) {
        self.to.send_replace(port);
    }

    /// Open connections stay open but carry no data any more, as if the remote host had vanished.
    pub(super) fn silence(&self) {
        self.silenced.send_modify(|times| *times += 1);
    }

    pub(super) fn url(&self) -> String {
        format!("postgres://postgres@{}/postgres", self.address)
    }
}

async fn forward(mut client: TcpStream, port: u16, mut silence: watch::Receiver<u32>) {
    silence.mark_unchanged();
    let Ok(mut server) = TcpStream::connect(("127.0.0.1", port)).await else { return };
    tokio::select! {
        _ = copy_bidirectional(&mut client, &mut server) => {}
        // The connection is held open until the forwarder is dropped.
        Ok(()) = silence.changed() => while silence.changed().await.is_ok() {},
    }
}
