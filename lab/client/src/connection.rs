//! A keep-alive connection to a target, with counted bytes and a timeout.

use std::{future::Future, time::Duration};

use anyhow::{Context as _, Result, anyhow};
use http_body_util::{BodyExt as _, Full};
use hyper::{
    body::Bytes,
    client::conn::http1::{self, SendRequest},
};
use hyper_util::rt::TokioIo;
use tokio::{net::TcpStream, time::timeout};

use crate::{
    answer::{Answer, SentRequest},
    counted::{Counted, Traffic},
    target::Target,
};

/// The maximum time from the first byte sent to the last byte received.
const ANSWER_TIMEOUT: Duration = Duration::from_secs(30);

#[derive(Debug)]
pub(crate) struct Connection {
    sender: SendRequest<Full<Bytes>>,
    traffic: Traffic,
}

impl Connection {
    pub(crate) async fn open(target: &Target) -> Result<Self> {
        let traffic = Traffic::default();
        let unreachable = || format!("{target} cannot be reached; is it running there?");
        let stream =
            in_time(async { Ok(TcpStream::connect(target.authority()).await?) }).await.with_context(unreachable)?;
        // Each small request waits for its answer, so Nagle's algorithm would only delay it.
        stream.set_nodelay(true).with_context(unreachable)?;
        let (sender, driver) =
            http1::handshake(TokioIo::new(Counted::new(stream, traffic.clone()))).await.with_context(unreachable)?;
        // The task ends with the sender. The caller that waits for the answer gets its error.
        tokio::spawn(driver);
        Ok(Self { sender, traffic })
    }

    pub(crate) fn is_open(&self) -> bool {
        !self.sender.is_closed()
    }

    pub(crate) async fn exchange(&mut self, asked: &SentRequest) -> Result<Answer> {
        let (sent, received) = (self.traffic.sent(), self.traffic.received());
        let (head, body) = in_time(async {
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

/// Whether the service closed the connection before it answered.
pub(crate) fn closed_early(failure: &anyhow::Error) -> bool {
    failure
        .downcast_ref::<hyper::Error>()
        .is_some_and(|error| error.is_canceled() || error.is_closed() || error.is_incomplete_message())
}

fn on_the_wire(asked: &SentRequest) -> Result<http::Request<Full<Bytes>>> {
    let mut request = http::Request::builder().method(&asked.method).uri(&asked.path);
    for (name, value) in &asked.headers {
        request = request.header(name, value);
    }
    Ok(request.body(Full::new(asked.body.clone().unwrap_or_default()))?)
}

async fn in_time<T>(work: impl Future<Output = Result<T>>) -> Result<T> {
    timeout(ANSWER_TIMEOUT, work)
        .await
        .unwrap_or_else(|_| Err(anyhow!("no answer within {} seconds", ANSWER_TIMEOUT.as_secs())))
}
