//! `guanxi worker`: background work without HTTP, for a second process or machine.

use std::sync::Arc;

use clap::{ArgMatches, Command};

use super::output::say;
use super::serve::end_thread;
use super::start::{Started, start};
use super::{CliError, arguments};
use crate::Backgrounds;

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
    let working = Arc::new((workspaces, Backgrounds::new(true)));
    for workspace in working.0.all() {
        working.1.start(&workspace, nothing_else)?;
    }
    let follower = Backgrounds::follow(&working, &shutdown, |it| (&it.0, &it.1), |it, workspace| it.1.start(workspace, nothing_else))?;
    say("working");
    runtime.block_on(async {
        shutdown.on_signals()?;
        shutdown.wait().await;
        Ok::<_, std::io::Error>(())
    })?;
    end_thread(follower);
    working.1.stop_all();
    Ok(())
}

/// A worker has no listeners who would hear of changes.
fn nothing_else() -> std::io::Result<Box<dyn FnOnce() + Send>> {
    Ok(Box::new(|| {}))
}
