//! `guanxi demo`: makes the demo company without serving.

use clap::{ArgMatches, Command};
use guanxi_demo::{DEMO_LOGINS, DEMO_PASSWORD};

use super::output::say;
use super::start::start;
use super::{CliError, arguments};
use crate::auth::password::Passwords;
use crate::demo::make_demo;

/// The command.
pub fn command() -> Command {
    arguments::with_common_settings(Command::new("demo").about("Make the demo company in an empty data folder"))
}

/// Makes it.
///
/// # Errors
/// Where there are members already.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let started = start(matches)?;
    let passwords = Passwords::new(started.workspaces.ids().as_ref())?;
    if !make_demo(&started.main, &passwords, started.settings.seed)? {
        return Err(CliError::Other("there are members already; the demo company needs an empty data folder".into()));
    }
    say(&format!("made the demo company; sign in with password {DEMO_PASSWORD} as {}", DEMO_LOGINS.join(", ")));
    Ok(())
}
