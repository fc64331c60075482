//! How long a statement may take: SQLite asks every so many steps whether to go on.

use std::sync::{Arc, Mutex, MutexGuard, PoisonError};
use std::time::{Duration, Instant};

use rusqlite::Connection;

/// Steps of SQLite's machine between two looks at the clock: about a thousand rows, so that what is small is never broken
/// off, however slow the machine.
const STEPS: std::ffi::c_int = 20_000;

/// The end of a connection's patience, if it has one now.
#[derive(Default)]
pub(crate) struct Patience(Arc<Mutex<Option<Instant>>>);

impl Patience {
    /// Of a connection.
    pub(crate) fn of(connection: &mut Connection) -> rusqlite::Result<Self> {
        let patience = Self::default();
        let until = patience.0.clone();
        connection.progress_handler(STEPS, Some(move || lock(&until).is_some_and(|it| Instant::now() >= it)))?;
        Ok(patience)
    }

    /// Limits statements to so long from now, until the limit is dropped.
    pub(crate) fn limit(&self, time: Duration) -> Limit<'_> {
        *lock(&self.0) = Some(Instant::now() + time);
        Limit(self)
    }
}

fn lock(until: &Mutex<Option<Instant>>) -> MutexGuard<'_, Option<Instant>> {
    until.lock().unwrap_or_else(PoisonError::into_inner)
}

/// A limit that holds.
pub(crate) struct Limit<'p>(&'p Patience);

impl Drop for Limit<'_> {
    fn drop(&mut self) {
        *lock(&self.0.0) = None;
    }
}
