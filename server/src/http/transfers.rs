//! Files on their way in and out. Each keeps a blocking thread busy for as long as the client takes, and the engine needs
//! such threads too: so there is a bound, and nobody is waited for without end.

use std::time::Duration;

use tokio::runtime::Handle;
use tokio::sync::{Semaphore, SemaphorePermit, mpsc};

use crate::errors::ApiError;

/// Transfers at once: half of the threads the runtime has for blocking work.
const AT_ONCE: usize = 256;
/// Longest silence of a client that fetches a file.
const SILENCE: Duration = Duration::from_secs(60);

static TRANSFERS: Semaphore = Semaphore::const_new(AT_ONCE);

/// A place for one transfer, held as long as it lasts.
///
/// # Errors
/// `busy` where there are too many.
pub fn begin() -> Result<SemaphorePermit<'static>, ApiError> {
    TRANSFERS.try_acquire().map_err(|_| ApiError::busy())
}

/// Hands a piece to the client; `false` where he went away or takes nothing any more. Only on threads for blocking work.
pub fn hand_over<T>(sender: &mpsc::Sender<T>, piece: T) -> bool {
    hand_over_within(sender, piece, SILENCE)
}

fn hand_over_within<T>(sender: &mpsc::Sender<T>, piece: T, patience: Duration) -> bool {
    Handle::current().block_on(async { tokio::time::timeout(patience, sender.send(piece)).await.is_ok_and(|it| it.is_ok()) })
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn a_client_that_takes_nothing_is_given_up() {
        let (sender, mut receiver) = mpsc::channel(1);
        let handed = tokio::task::spawn_blocking(move || {
            let patience = Duration::from_millis(20);
            (hand_over_within(&sender, 1, patience), hand_over_within(&sender, 2, patience))
        });
        assert_eq!(handed.await.unwrap(), (true, false));
        assert_eq!((receiver.recv().await, receiver.recv().await), (Some(1), None));
    }

    #[test]
    fn transfers_are_bounded() {
        let places: Vec<_> = (0..AT_ONCE).map(|_| begin().unwrap()).collect();
        assert!(begin().is_err());
        drop(places);
        assert!(begin().is_ok());
    }
}
