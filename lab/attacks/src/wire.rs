//! Raw requests that no HTTP client would send, and the bytes that come back.

use std::time::Duration;

use authlab_client::{expect::Failure, recording::Exchange, shortened};
use tokio::{
    io::{AsyncReadExt as _, AsyncWriteExt as _},
    net::TcpStream,
    time::{Instant, timeout_at},
};

use super::attempt::Attempt;

/// The received bytes.
#[derive(Clone, Debug, Default)]
pub(super) struct Reply {
    pub(super) text: String,
    /// Whether the service closed the connection before the timeout.
    pub(super) closed: bool,
    pub(super) took: Duration,
}

impl Reply {
    /// The status of the first answer, if any.
    pub(super) fn status(&self) -> Option<u16> {
        self.text.strip_prefix("HTTP/1.1 ")?.get(..3)?.parse().ok()
    }

    /// The number of answers.
    pub(super) fn answers(&self) -> usize {
        self.text.matches("HTTP/1.1 ").count()
    }
}

/// Sends the bytes and listens until the other side closes, has answered, or the patience is over.
pub(super) async fn send(
    attempt: &Attempt,
    who: &'static str,
    bytes: &[u8],
    patience: Duration,
) -> Result<Reply, Failure> {
    let start = Instant::now();
    let mut stream = TcpStream::connect(attempt.target().authority()).await.map_err(anyhow::Error::from)?;
    // The service may answer and close before it has read everything. That is a valid answer.
    let _ = stream.write_all(bytes).await;
    let mut received = Vec::new();
    let mut closed = false;
    let mut deadline = start + patience;
    loop {
        match timeout_at(deadline, stream.read_buf(&mut received)).await {
            Ok(Ok(0) | Err(_)) => closed = true,
            Ok(Ok(_)) => {
                // A second answer to the same bytes follows at once, if there is one.
                deadline = deadline.min(Instant::now() + Duration::from_millis(200));
                continue;
            }
            Err(_elapsed) => {}
        }
        break;
    }
    let reply = Reply { text: String::from_utf8_lossy(&received).into_owned(), closed, took: start.elapsed() };
    note(attempt, who, bytes, &reply);
    Ok(reply)
}

fn note(attempt: &Attempt, who: &'static str, bytes: &[u8], reply: &Reply) {
    let sent = String::from_utf8_lossy(bytes);
    let mut first_line = sent.lines().next().unwrap_or_default().split(' ');
    let (method, path) = (first_line.next().unwrap_or_default(), first_line.next().unwrap_or_default());
    let status = reply.status().unwrap_or(0);
    let exchange = Exchange {
        method: cut(&shortened::printable(method), 20),
        path: cut(&shortened::printable(&shortened::path(path)), 100),
        request_headers: sent.lines().skip(1).take_while(|line| !line.is_empty()).take(8).map(header).collect(),
        request_body: None,
        bytes_sent: bytes.len(),
        status,
        response_headers: Vec::new(),
        response_body: Some(match (status, reply.closed) {
            (0, true) => format!("closed without an answer after {} ms", reply.took.as_millis()),
            (0, false) => format!("no answer within {} ms", reply.took.as_millis()),
            _ => cut(&shortened::printable(reply.text.lines().next().unwrap_or_default()), 200),
        }),
        bytes_received: reply.text.len(),
    };
    let fault = (status >= 500 && !matches!(status, 501 | 503 | 505)).then(|| format!("{status} to raw bytes"));
    attempt.recording.add(who, exchange, fault);
}

fn header(line: &str) -> (String, String) {
    let (name, value) = line.split_once(':').unwrap_or((line, ""));
    let value = shortened::header(&name.to_ascii_lowercase(), value.trim());
    (cut(&shortened::printable(name), 40), cut(&shortened::printable(&value), 100))
}

fn cut(text: &str, longest: usize) -> String {
    if text.chars().count() <= longest {
        text.to_owned()
    } else {
        text.chars().take(longest).collect::<String>() + "…"
    }
}
