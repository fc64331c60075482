//! Making commits durable together.
//!
//! A transaction that holds a lock others wait for commits without waiting for the disk, so that the lock is free at once;
//! its caller then waits here. One of those who wait writes the log to the disk for all who came before it did.

use std::sync::{Arc, Condvar, Mutex, MutexGuard, PoisonError};

use guanxi_kernel::store::StoreError;

use super::pool::{Connection, Pool};

/// Writes the log up to here: it is a commit like any other, that changes nothing, and waits as the server is set to.
pub(crate) const FLUSH: &str = "SELECT pg_logical_emit_message(true, 'guanxi', '')";

/// Names the connection a commit counts on. It was open before the commit; so where it still answers after it, the server
/// has not been restarted in between, and what it writes to the disk holds that commit.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Line(u64);

/// The connection by which the log is written, and who waits for it.
pub(crate) struct Flush {
    state: Mutex<State>,
    done: Condvar,
}

struct State {
    /// The connection of this line is open: here, or with who writes just now.
    line: Option<Line>,
    /// Lines so far.
    lines: u64,
    /// The connection, while nobody writes.
    idle: Option<Connection>,
    /// How many commits have come to wait so far.
    asked: u64,
    /// Those up to here are durable.
    durable: u64,
}

impl Flush {
    pub(crate) fn new() -> Self {
        let state = State { line: None, lines: 0, idle: None, asked: 0, durable: 0 };
        Self { state: Mutex::new(state), done: Condvar::new() }
    }

    fn state(&self) -> MutexGuard<'_, State> {
        // Nothing can be half done under this lock.
        self.state.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// The line a commit that is about to be sent can count on.
    pub(crate) fn line(&self, pool: &Arc<Pool>) -> Result<Line, StoreError> {
        let mut state = self.state();
        if state.idle.as_ref().is_some_and(|it| it.client.is_closed()) {
            state.idle = None;
            state.line = None;
        }
        if let Some(line) = state.line {
            return Ok(line);
        }
        // The others would have to wait for it anyway.
        let connection = pool.open()?;
        state.lines += 1;
        let line = Line(state.lines);
        (state.line, state.idle) = (Some(line), Some(connection));
        Ok(line)
    }

    /// Waits until everything that was committed before this call is durable; answers whether it is, as far as this line
    /// can tell.
    pub(crate) fn wait(&self, pool: &Pool, line: Line) -> bool {
        let mut state = self.state();
        state.asked += 1;
        let mine = state.asked;
        loop {
            if state.line != Some(line) {
                return false;
            }
            if state.durable >= mine {
                return true;
            }
            let Some(connection) = state.idle.take() else {
                state = self.done.wait(state).unwrap_or_else(PoisonError::into_inner);
                continue;
            };
            let all = state.asked;
            drop(state);
            let ran = pool.run(connection.client.batch_execute(FLUSH));
            state = self.state();
            match ran {
                Ok(()) => {
                    state.durable = all;
                    state.idle = Some(connection);
                }
                Err(error) => {
                    tracing::warn!(%error, "the log of PostgreSQL could not be written for all who wait");
                    state.line = None;
                }
            }
            self.done.notify_all();
        }
    }
}
