//! An address that leads to one server after another, as a name or a proxy does. Connections stay where they began.

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
    /// How often the connections that there were have been cut off in silence.
    silenced: watch::Sender<u32>,
}

impl Forwarder {
    /// To a port of this machine.
    pub(super) async fn to(port: u16) -> Self {
        let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
        let address = listener.local_addr().unwrap();
        let ((to, leads), (silenced, silence)) = (watch::channel(port), watch::channel(0));
        tokio::spawn(async move {
            while let Ok((client, _)) = listener.accept().await {
                // The forwarder is gone.
                if leads.has_changed().is_err() {
                    return;
                }
                let port = *leads.borrow();
                tokio::spawn(forward(client, port, silence.clone()));
            }
        });
        Self { address, to, silenced }
    }

    /// New connections lead there.
    pub(super) fn lead_to(&self, port: u16) {
        self.to.send_replace(port);
    }

    /// The connections that there are stay open, and nothing comes through any more: their host is gone.
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
        // Held open until the forwarder is gone.
        Ok(()) = silence.changed() => while silence.changed().await.is_ok() {},
    }
}
