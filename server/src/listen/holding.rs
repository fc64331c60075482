//! A stream that keeps back what may be the HTTP library's own answer to a request it could not parse. That answer has no
//! body; ours says what is wrong. Which it was, shows when the connection ends.

use std::io::Result;
use std::pin::Pin;
use std::task::{Context, Poll, ready};

use tokio::io::{AsyncRead, AsyncWrite, ReadBuf};

use crate::http::REQUEST_ID;

/// More than the library's own answers have.
const LONGEST: usize = 256;

/// A stream that keeps back a bare refusal.
pub struct Holding<S> {
    stream: S,
    held: Vec<u8>,
}

impl<S> Holding<S> {
    /// Nothing is kept back yet.
    pub fn new(stream: S) -> Self {
        Self { stream, held: Vec::new() }
    }

    /// The stream, and what was kept back last.
    pub fn into_parts(self) -> (S, Option<Vec<u8>>) {
        (self.stream, Some(self.held).filter(|it| !it.is_empty()))
    }
}

impl<S: AsyncWrite + Unpin> Holding<S> {
    /// Sends on what was kept back: more came after it, so it was something else.
    fn poll_release(&mut self, context: &mut Context<'_>) -> Poll<Result<()>> {
        while !self.held.is_empty() {
            let written = ready!(Pin::new(&mut self.stream).poll_write(context, &self.held))?;
            self.held.drain(..written);
        }
        Poll::Ready(Ok(()))
    }
}

/// Whether these bytes are a whole answer as the library writes them; each of ours carries the request's id.
fn is_bare_refusal(bytes: &[u8]) -> bool {
    bytes.len() <= LONGEST
        && bytes.starts_with(b"HTTP/1.1 4")
        && bytes.ends_with(b"\r\n\r\n")
        && !bytes.windows(REQUEST_ID.as_str().len()).any(|it| it.eq_ignore_ascii_case(REQUEST_ID.as_str().as_bytes()))
}

impl<S: AsyncRead + AsyncWrite + Unpin> AsyncRead for Holding<S> {
    fn poll_read(mut self: Pin<&mut Self>, context: &mut Context<'_>, buffer: &mut ReadBuf<'_>) -> Poll<Result<()>> {
        // Nothing is read after a refusal.
        ready!(self.poll_release(context))?;
        Pin::new(&mut self.stream).poll_read(context, buffer)
    }
}

impl<S: AsyncWrite + Unpin> AsyncWrite for Holding<S> {
    fn poll_write(mut self: Pin<&mut Self>, context: &mut Context<'_>, bytes: &[u8]) -> Poll<Result<usize>> {
        ready!(self.poll_release(context))?;
        if is_bare_refusal(bytes) {
            self.held.extend_from_slice(bytes);
            return Poll::Ready(Ok(bytes.len()));
        }
        Pin::new(&mut self.stream).poll_write(context, bytes)
    }

    fn poll_flush(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        Pin::new(&mut self.stream).poll_flush(context)
    }

    fn poll_shutdown(mut self: Pin<&mut Self>, context: &mut Context<'_>) -> Poll<Result<()>> {
        ready!(self.poll_release(context))?;
        Pin::new(&mut self.stream).poll_shutdown(context)
    }
}

#[cfg(test)]
mod tests {
    use tokio::io::{AsyncReadExt as _, AsyncWriteExt as _, duplex};

    use super::*;

    const BARE: &[u8] = b"HTTP/1.1 400 Bad Request\r\nconnection: close\r\ncontent-length: 0\r\n\r\n";

    #[tokio::test]
    async fn only_what_looks_like_a_bare_refusal_is_kept_back() {
        for (bytes, is_held) in [
            (BARE, true),
            (b"HTTP/1.1 400 Bad Request\r\nx-request-id: 1\r\n\r\n".as_slice(), false),
            (b"HTTP/1.1 200 OK\r\n\r\n", false),
            (b"HTTP/1.1 400 as the text of a file", false),
        ] {
            let (ours, _theirs) = duplex(1_000);
            let mut ours = Holding::new(ours);
            ours.write_all(bytes).await.unwrap();
            assert_eq!(ours.into_parts().1.is_some(), is_held, "{}", String::from_utf8_lossy(bytes));
        }
    }

    #[tokio::test]
    async fn what_was_no_refusal_after_all_is_sent_in_its_place() {
        let (ours, mut theirs) = duplex(1_000);
        let mut ours = Holding::new(ours);
        ours.write_all(BARE).await.unwrap();
        ours.write_all(b"and more").await.unwrap();
        assert_eq!(ours.into_parts().1, None);
        let mut got = Vec::new();
        theirs.read_to_end(&mut got).await.unwrap();
        assert_eq!(got, [BARE, b"and more"].concat());
    }
}
