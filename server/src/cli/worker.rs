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
    let Started { runtime, workspaces, shutdown, .. } = start(matches)?;
    let background = workspaces.all().iter().map(|it| Background::start(it, &shutdown, true)).collect::<std::io::Result<Vec<_>>>()?;
    say("working");
    runtime.block_on(async {
        shutdown.on_signals()?;
        shutdown.wait().await;
        Ok::<_, std::io::Error>(())
    })?;
    background.into_iter().for_each(Background::join);
    Ok(())
}
