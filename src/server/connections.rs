//! Bounds on connections: how many there are, and how long one may take to begin.
//!
//! hyper waits without limit for the first bytes of a connection, and accepts as many as come.

use std::io;
use std::pin::Pin;
use std::sync::Arc;
use std::task::{Context, Poll};
use std::time::Duration;

use futures_util::{Stream, StreamExt, stream};
use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};
use tokio::sync::{OwnedSemaphorePermit, Semaphore};
use tokio::time::Sleep;
use tonic::transport::server::Connected;

/// The bytes that every HTTP/2 client begins with.
const PREFACE_BYTES: usize = 24;

/// A connection that holds its place among all, and that fails when its client does not begin in time.
pub struct BoundedConnection<Io> {
    io: Io,
    /// Until the preface has come: how much of it is there, and when patience ends.
    beginning: Option<(usize, Pin<Box<Sleep>>)>,
    _place: OwnedSemaphorePermit,
}

/// The connections of `incoming`, at most `limit` at once: the next is accepted when one has closed. Each must send an
/// HTTP/2 preface within `handshake_timeout`.
pub fn bounded<Io: Send + 'static>(
    incoming: impl Stream<Item = io::Result<Io>> + Send + Unpin + 'static,
    limit: usize,
    handshake_timeout: Duration,
) -> impl Stream<Item = io::Result<BoundedConnection<Io>>> + Send {
    let places = Arc::new(Semaphore::new(limit.min(Semaphore::MAX_PERMITS)));
    stream::unfold((incoming, places), move |(mut incoming, places)| async move {
        let place = Arc::clone(&places).acquire_owned().await.ok()?;
        let accepted = incoming.next().await?.map(|io| {
            let beginning = Some((0, Box::pin(tokio::time::sleep(handshake_timeout))));
            BoundedConnection { io, beginning, _place: place }
        });
        Some((accepted, (incoming, places)))
    })
}

impl<Io: Connected> Connected for BoundedConnection<Io> {
    type ConnectInfo = Io::ConnectInfo;

    fn connect_info(&self) -> Self::ConnectInfo {
        self.io.connect_info()
    }
}

impl<Io: AsyncRead + Unpin> AsyncRead for BoundedConnection<Io> {
    fn poll_read(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        buffer: &mut ReadBuf<'_>,
    ) -> Poll<io::Result<()>> {
        let this = &mut *self;
        let before = buffer.filled().len();
        let read = Pin::new(&mut this.io).poll_read(context, buffer);
        if let Some((seen, patience)) = &mut this.beginning {
            *seen += buffer.filled().len() - before;
            if *seen >= PREFACE_BYTES {
                this.beginning = None;
            } else if patience.as_mut().poll(context).is_ready() {
                let problem = "the client did not begin to speak HTTP/2 in time";
                return Poll::Ready(Err(io::Error::new(io::ErrorKind::TimedOut, problem)));
            }
        }
        read
    }
}

impl<Io: AsyncWrite + Unpin> AsyncWrite for BoundedConnection<Io> {
    fn poll_write(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        bytes: &[u8],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<io::Result<()>> {
        Pin::new(&mut self.io).poll_shutdown(context)
    }

    fn poll_write_vectored(
        mut self: Pin<&mut Self>,
        context: &mut Context<'_>,
        slices: &[io::IoSlice<'_>],
    ) -> Poll<io::Result<usize>> {
        Pin::new(&mut self.io).poll_write_vectored(context, slices)
    }

    fn is_write_vectored(&self) -> bool {
        self.io.is_write_vectored()
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt, AsyncWriteExt, duplex};

    use super::*;

    #[tokio::test]
    async fn no_more_connections_than_the_limit_are_accepted() {
        let incoming = stream::iter((0..3).map(|_| Ok(duplex(64).0)));
        let mut accepted = Box::pin(bounded(incoming, 2, Duration::from_secs(60)));
        let first = accepted.next().await.unwrap().unwrap();
        let _second = accepted.next().await.unwrap().unwrap();
        assert!(futures_util::poll!(accepted.next()).is_pending());
        drop(first);
        assert!(accepted.next().await.unwrap().is_ok());
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_does_not_begin_is_given_up() {
        let (near, mut far) = duplex(64);
        let mut accepted = Box::pin(bounded(stream::iter([Ok(near)]), 1, Duration::from_secs(10)));
        let mut connection = accepted.next().await.unwrap().unwrap();
        far.write_all(&[0; PREFACE_BYTES - 1]).await.unwrap();
        let mut buffer = [0; 64];
        assert_eq!(connection.read(&mut buffer).await.unwrap(), PREFACE_BYTES - 1);
        // Time is paused and passes by itself while nothing else is to do.
        assert_eq!(connection.read(&mut buffer).await.unwrap_err().kind(), io::ErrorKind::TimedOut);
    }

    #[tokio::test(start_paused = true)]
    async fn a_client_that_has_begun_may_be_silent() {
        let (near, mut far) = duplex(64);
        let mut accepted = Box::pin(bounded(stream::iter([Ok(near)]), 1, Duration::from_secs(10)));
        let mut connection = accepted.next().await.unwrap().unwrap();
        far.write_all(&[0; PREFACE_BYTES]).await.unwrap();
        let mut buffer = [0; 64];
        assert_eq!(connection.read(&mut buffer).await.unwrap(), PREFACE_BYTES);
        let silent = tokio::time::timeout(Duration::from_secs(3_600), connection.read(&mut buffer)).await;
        assert!(silent.is_err(), "still open after an hour");
    }
}
