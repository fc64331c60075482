//! `guanxi search rebuild`: the words of search taken anew from the records.

use clap::{Arg, ArgMatches, Command};
use guanxi_kernel::KernelError;
use guanxi_kernel::search;
use uuid::Uuid;

use super::output::say;
use super::start::{Started, start};
use super::{CliError, arguments};

/// The command.
pub fn command() -> Command {
    let object = Arg::new("object").value_name("OBJECT").help("Of which object, such as contact; of all without");
    let rebuild = Command::new("rebuild").about("Take the words of search anew from the records; servers may go on meanwhile").arg(object);
    Command::new("search").about("The index of search").subcommand_required(true).subcommand(arguments::for_one_workspace(rebuild))
}

/// Takes them anew, batch by batch: stopped in between, a server or this command goes on where it was.
///
/// # Errors
/// An object that search does not cover; the database.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let Some(("rebuild", matches)) = matches.subcommand() else { return Err(CliError::Other("no command".into())) };
    let Started { workspace, runtime: _runtime, .. } = start(matches)?;
    let context = workspace.system_context(Uuid::nil(), "command line");
    let object = matches.get_one::<String>("object").map(String::as_str);
    let names = search::rebuild(&context, object).map_err(|error| match (error, object) {
        (KernelError::NotFound, Some(name)) => CliError::Other(format!("search covers no object {name}")),
        (other, _) => other.into(),
    })?;
    search::index_all(&context)?;
    say(&format!("the words of {} objects were taken anew: {}", names.len(), names.join(", ")));
    Ok(())
}
