//! Keeps an answer that is sent before the whole request has been read (RFC 9112 §9.6). Closing a socket with unread bytes resets the
//! connection, and the reset may overtake the answer. Therefore the rest is read and discarded after the last answer.

use std::{
    io::{self, IoSlice},
    pin::Pin,
    task::{Context, Poll, ready},
    time::Duration,
};

use tokio::{
    io::{AsyncRead, AsyncWrite, ReadBuf},
    time::{Sleep, sleep},
};

/// How long a client has to read its answer and close.
const LINGER_TIMEOUT: Duration = Duration::from_secs(1);
/// Maximum bytes that are read and discarded.
const MAX_DISCARDED: usize = 4 * 1024 * 1024;

/// A stream whose shutdown waits, within limits, until the other side has closed too.
pub(super) struct Lingering<S> {
    stream: S,
    /// After our side is closed: the deadline, and the number of bytes received since.
    end: Option<(Pin<Box<Sleep>>, usize)>,
}

impl<S> Lingering<S> {
    pub(super) fn new(stream: S) -> Self {
        Self { stream, end: None }
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Lingering<S> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncWrite for Lingering<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.stream).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.stream.is_write_vectored()
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        let this = &mut *self;
        if this.end.is_none() {
            ready!(Pin::new(&mut this.stream).poll_shutdown(context))?;
        }
        let (end, came) = this.end.get_or_insert_with(|| (Box::pin(sleep(LINGER_TIMEOUT)), 0));
        let mut bytes = [0; 8 * 1024];
        while *came < MAX_DISCARDED {
            let mut buffer = ReadBuf::new(&mut bytes);
            match Pin::new(&mut this.stream).poll_read(context, &mut buffer) {
                Poll::Ready(Ok(())) if !buffer.filled().is_empty() => *came += buffer.filled().len(),
                // The other side has closed or vanished.
                Poll::Ready(_) => return Poll::Ready(Ok(())),
                Poll::Pending => {
                    ready!(end.as_mut().poll(context));
                    return Poll::Ready(Ok(()));
                }
            }
        }
        Poll::Ready(Ok(()))
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _};

    use super::{LINGER_TIMEOUT, Lingering, MAX_DISCARDED};

    #[tokio::test]
    async fn what_the_client_still_sends_is_taken_until_it_closes() {
        let (ours, mut theirs) = tokio::io::duplex(16);
        let mut ours = Lingering::new(ours);
        ours.write_all(b"413").await.unwrap();
        let client = async {
            theirs.write_all(&[0; 10_000]).await.unwrap();
            let mut answer = Vec::new();
            theirs.read_to_end(&mut answer).await.unwrap();
            drop(theirs);
            answer
        };
        let (closed, answer) = tokio::join!(ours.shutdown(), client);
        closed.unwrap();
        assert_eq!(answer, b"413");
    }

    #[tokio::test]
    async fn a_client_that_does_not_close_is_left() {
        let (ours, _theirs) = tokio::io::duplex(16);
        let begun = authlab_telemetry::now();
        Lingering::new(ours).shutdown().await.unwrap();
        assert!((LINGER_TIMEOUT..LINGER_TIMEOUT * 5).contains(&begun.elapsed()));
    }

    #[tokio::test]
    async fn a_client_that_sends_without_end_is_left() {
        let (ours, mut theirs) = tokio::io::duplex(64 * 1024);
        let sends = tokio::spawn(async move {
            let (bytes, mut sent) = (vec![0; 64 * 1024], 0);
            while theirs.write_all(&bytes).await.is_ok() {
                sent += bytes.len();
            }
            sent
        });
        let mut ours = Lingering::new(ours);
        ours.shutdown().await.unwrap();
        drop(ours);
        assert!(sends.await.unwrap() <= MAX_DISCARDED + 256 * 1024);
    }
}
