//! `guanxi rotate-key`: another key for the secrets in the database.

use clap::{ArgMatches, Command};
use uuid::Uuid;

use super::output::say;
use super::start::{Started, start};
use super::{CliError, arguments};
use crate::auth::sealing::seal_the_rest;
use crate::auth::vault::Vault;

/// The command.
pub fn command() -> Command {
    arguments::with_common_settings(Command::new("rotate-key").about("Encrypt the secrets in the database with a new key"))
}

/// Makes a key and seals everything with it. The keys before it stay in the file, for backups.
///
/// # Errors
/// Where the file of keys cannot be written, or a secret cannot be opened.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let Started { settings, workspaces, runtime: _runtime, .. } = start(matches)?;
    let vault = Vault::new(settings.secret_key_file.clone());
    let key = vault.rotate(workspaces.ids().as_ref())?;
    let mut sealed = 0;
    for workspace in workspaces.all() {
        sealed += seal_the_rest(&vault, &workspace.system_context(Uuid::nil(), "rotate-key"))?;
    }
    say(&format!("{sealed} secrets are sealed with key {key}, the first in {}", vault.file().display()));
    say("restart the servers; remove the lines after the first once no backup needs them");
    Ok(())
}
