//! Waiting for another process: for the thing itself, never for a time.

use std::time::{Duration, Instant};

/// Looks until there is something to see; a test that sees nothing for three minutes fails.
#[track_caller]
pub fn until<T>(look: impl Fn() -> Option<T>) -> T {
    let begun = Instant::now();
    loop {
        if let Some(seen) = look() {
            return seen;
        }
        assert!(begun.elapsed() < Duration::from_secs(180), "it never happens");
        std::thread::yield_now();
    }
}
