//! A proxy with lenient framing: it repairs malformed requests and forwards them.

use std::net::SocketAddr;

use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _, copy},
    net::{TcpListener, TcpStream},
};

/// Listens on a free port and forwards everything to `to`.
pub(crate) async fn careless_proxy(to: SocketAddr) -> SocketAddr {
    let listener = TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move {
        while let Ok((client, _)) = listener.accept().await {
            tokio::spawn(pass_on(client, to));
        }
    });
    address
}

async fn pass_on(client: TcpStream, to: SocketAddr) -> std::io::Result<()> {
    let server = TcpStream::connect(to).await?;
    let (mut from_client, mut to_client) = client.into_split();
    let (mut from_server, mut to_server) = server.into_split();
    let back = tokio::spawn(async move { copy(&mut from_server, &mut to_client).await });
    let mut buffer = vec![0; 64 * 1024];
    loop {
        let read = from_client.read(&mut buffer).await?;
        if read == 0 {
            break;
        }
        // A `Content-Length` with a sign is invalid (RFC 9112 §6.2), but this proxy accepts it.
        let text = String::from_utf8_lossy(&buffer[..read]).replace("Content-Length: +", "Content-Length: ");
        to_server.write_all(text.as_bytes()).await?;
    }
    drop(to_server);
    back.await?.map(drop)
}
