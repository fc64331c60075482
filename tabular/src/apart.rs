//! Waiting for a process that reads what may lead its reader astray.

use std::io::Result;
use std::process::Child;
use std::thread;
use std::time::{Duration, Instant};

/// How often the process is looked at.
const LOOK: Duration = Duration::from_millis(10);

/// Whether a process ended by itself, and well, in time. It has ended in any case when this answers.
///
/// # Errors
/// The system does not say.
pub fn ended_well(child: &mut Child, patience: Duration) -> Result<bool> {
    let began = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return Ok(status.success()),
            Ok(None) if began.elapsed() < patience => thread::sleep(LOOK),
            Ok(None) => return end(child).map(|()| false),
            Err(error) => return end(child).and(Err(error)),
        }
    }
}

/// Ends a process and waits until it has.
///
/// # Errors
/// The system does not say that it has.
pub fn end(child: &mut Child) -> Result<()> {
    // It may have ended just now.
    drop(child.kill());
    child.wait().map(drop)
}
