//! `guanxi migrate`: brings the database up to date without serving.

use clap::{ArgMatches, Command};

use super::output::say;
use super::start::start;
use super::{CliError, arguments};

/// The command.
pub fn command() -> Command {
    arguments::with_common_settings(Command::new("migrate").about("Bring the database up to date"))
}

/// Opening a workspace makes and updates its tables, so there is nothing more to do.
///
/// # Errors
/// Wrong settings; a database that cannot be used or brought up to date.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let started = start(matches)?;
    let schema = started.main.schema();
    say(&format!("{} objects, schema version {}, {}: up to date", schema.objects.len(), schema.version, started.main.store.kind()));
    Ok(())
}
