//! `guanxi worker`: background work without HTTP, for a second process or machine.

use clap::{ArgMatches, Command};

use super::output::say;
use super::start::{Started, start};
use super::{CliError, arguments};
use crate::Background;

/// The command.
pub fn command() -> Command {
    arguments::with_common_settings(Command::new("worker").about("Run background jobs without serving"))
}

/// Works until SIGINT or SIGTERM.
///
/// # Errors
/// Wrong settings; a database that cannot be used.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let Started { runtime, main, shutdown, .. } = start(matches)?;
    let background = Background::start(&main, &shutdown, true)?;
    say("working");
    runtime.block_on(async {
        shutdown.on_signals()?;
        shutdown.wait().await;
        Ok::<_, std::io::Error>(())
    })?;
    background.join();
    Ok(())
}
