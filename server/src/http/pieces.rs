//! A body as it comes, given up when its client is silent or slower than any line: a byte now and then must not keep a
//! connection, and what it holds, for ever.

use std::time::Duration;

use axum::body::{Body, BodyDataStream};
use axum::http::StatusCode;
use bytes::Bytes;
use futures_util::StreamExt as _;
use tokio::time::{Instant, timeout_at};

use crate::errors::ApiError;

/// The slowest a body may come, in bytes a second: a tenth of the slowest telephone's.
const SLOWEST: u64 = 1_000;

/// The pieces of a body.
pub struct Pieces {
    stream: BodyDataStream,
    patience: Duration,
    /// Until when so many bytes must have come.
    until: Instant,
    missing: u64,
}

impl Pieces {
    /// Of this body, whose client may be silent for so long.
    pub fn new(body: Body, patience: Duration) -> Self {
        let mut pieces = Self { stream: body.into_data_stream(), patience, until: Instant::now(), missing: 0 };
        pieces.begin_anew();
        pieces
    }

    fn begin_anew(&mut self) {
        self.until = Instant::now() + self.patience;
        self.missing = SLOWEST * self.patience.as_secs();
    }

    /// The next piece; `None` after the last.
    ///
    /// # Errors
    /// `too_slow`; `bad_request` for a body that was cut off.
    pub async fn next(&mut self) -> Result<Option<Bytes>, ApiError> {
        if Instant::now() >= self.until {
            // We were busy with the last piece: that is no fault of the client.
            self.begin_anew();
        }
        loop {
            match timeout_at(self.until, self.stream.next()).await {
                Ok(Some(Ok(piece))) => {
                    self.missing = self.missing.saturating_sub(piece.len() as u64);
                    let in_time = self.missing == 0 || Instant::now() < self.until;
                    return if in_time { Ok(Some(piece)) } else { Err(too_slow()) };
                }
                Ok(Some(Err(_))) => return Err(cut_off()),
                Ok(None) => return Ok(None),
                Err(_) if self.missing == 0 => self.begin_anew(),
                Err(_) => return Err(too_slow()),
            }
        }
    }
}

/// The body ended before it was whole.
pub fn cut_off() -> ApiError {
    ApiError::http(StatusCode::BAD_REQUEST, "bad_request", "上传中断，请重试", "the upload was cut off; try again")
}

fn too_slow() -> ApiError {
    ApiError::http(StatusCode::REQUEST_TIMEOUT, "too_slow", "上传过慢，请检查网络后重试", "the upload is too slow; check the network and try again")
}

#[cfg(test)]
mod tests {
    use futures_util::stream::unfold;

    use super::*;
    use crate::errors::status_of;

    const PATIENCE: Duration = Duration::from_secs(30);

    /// Reads a body that sends so many bytes each time after so many seconds; answers how many came.
    async fn read(pieces: &'static [(u64, usize)]) -> Result<usize, u16> {
        let stream = unfold(pieces, |rest| async move {
            let ((seconds, length), rest) = rest.split_first()?;
            tokio::time::sleep(Duration::from_secs(*seconds)).await;
            Some((std::io::Result::Ok(vec![0; *length]), rest))
        });
        let mut pieces = Pieces::new(Body::from_stream(stream), PATIENCE);
        let mut size = 0;
        loop {
            match pieces.next().await {
                Ok(Some(piece)) => size += piece.len(),
                Ok(None) => return Ok(size),
                Err(error) => return Err(status_of(&error).as_u16()),
            }
        }
    }

    #[tokio::test(start_paused = true)]
    async fn a_body_may_be_slow_but_not_endless() {
        assert_eq!(read(&[(0, 10), (29, 10)]).await, Ok(20), "a small one is through in time");
        assert_eq!(read(&[(31, 10)]).await, Err(408), "silence");
        assert_eq!(read(&[(10, 1); 100]).await, Err(408), "a byte now and then");
        assert_eq!(read(&[(10, 10_000); 100]).await, Ok(1_000_000), "slow, and steady");
        assert_eq!(read(&[(1, 1_000_000), (40, 1), (40, 1)]).await, Err(408), "what came long ago does not count");
    }

    #[tokio::test(start_paused = true)]
    async fn our_own_slowness_is_not_the_clients() {
        let body = Body::from_stream(futures_util::stream::iter((0..3).map(|_| std::io::Result::Ok(vec![0; 10]))));
        let mut pieces = Pieces::new(body, PATIENCE);
        while pieces.next().await.map_err(|error| status_of(&error)).unwrap().is_some() {
            tokio::time::sleep(2 * PATIENCE).await;
        }
    }
}
