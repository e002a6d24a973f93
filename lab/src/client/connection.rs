//! One connection to a target, kept alive from request to request, its bytes counted and its patience limited.

use std::{future::Future, time::Duration};

use anyhow::{Context as _, Result, anyhow};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    body::Bytes,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

use crate::target::Target;

use super::{
    answer::{Answer, Asked},
    counted::{Counted, Traffic},
};

/// How long an answer may take, from the first byte sent to the last one received.
const PATIENCE: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(super) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    traffic: Traffic,
}

impl Connection {
    pub(super) async fn open(target: &Target) -> Result<Self> {
        let traffic = Traffic::default();
        let unreachable = || format!("{target} cannot be reached; is it running there?");
        let stream = within_patience(async { Ok(TcpStream::connect(target.authority()).await?) })
            .await
            .with_context(unreachable)?;
        // Requests are small and each waits for its answer: holding bytes back for more would only delay it.
        stream.set_nodelay(true).with_context(unreachable)?;
        let (sender, driver) =
            http1::handshake(TokioIo::new(Counted::new(stream, traffic.clone()))).await.with_context(unreachable)?;
        // It ends with the sender; its error is also given to whoever waits for the answer.
        tokio::spawn(driver);
        Ok(Self { sender, traffic })
    }

    pub(super) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    pub(super) async fn exchange(&mut self, asked: &Asked) -> Result<Answer> {
        let (sent, received) = (self.traffic.sent(), self.traffic.received());
        let (head, body) = within_patience(async {
            self.sender.ready().await?;
            let (head, body) = self.sender.send_request(on_the_wire(asked)?).await?.into_parts();
            Ok((head, body.collect().await?.to_bytes()))
        })
        .await?;
        Ok(Answer {
            asked: asked.clone(),
            status: head.status.as_u16(),
            headers: head.headers,
            body,
            bytes_sent: self.traffic.sent() - sent,
            bytes_received: self.traffic.received() - received,
        })
    }
}

/// Whether the other side had closed the connection before it answered.
pub(super) fn closed_early(failure: &anyhow::Error) -> bool {
    failure
        .downcast_ref::<hyper::Error>()
        .is_some_and(|error| error.is_canceled() || error.is_closed() || error.is_incomplete_message())
}

fn on_the_wire(asked: &Asked) -> Result<http::Request<Full<Bytes>>> {
    let mut request = http::Request::builder().method(&asked.method).uri(&asked.path);
    for (name, value) in &asked.headers {
        request = request.header(name, value);
    }
    Ok(request.body(Full::new(asked.body.clone().unwrap_or_default()))?)
}

async fn within_patience<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(PATIENCE, work).await.unwrap_or_else(|_| Err(anyhow!("nothing came within {} seconds", PATIENCE.as_secs())))
}
