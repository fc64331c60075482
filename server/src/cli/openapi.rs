//! `guanxi openapi`: the API, or the form of object definitions, in machine-readable form.

use clap::{Arg, ArgAction, ArgMatches, Command};
use guanxi_kernel::access::Access;
use guanxi_kernel::workspace::{Customisation, schema_of};
use serde_json::Value as Json;
use uuid::Uuid;

use super::output::say;
use super::start::start;
use super::{CliError, arguments};
use crate::openapi::{Source, definition_schema, document};
use crate::wiring;

/// The command.
pub fn command() -> Command {
    let command = Command::new("openapi")
        .about("Print the API as OpenAPI 3.1, objects of the workspace's own included")
        .arg(Arg::new("standard").long("standard").action(ArgAction::SetTrue).help("Only what comes with the program; needs no data folder"))
        .arg(Arg::new("definitions").long("definitions").action(ArgAction::SetTrue).help("Print the JSON Schema of object definitions instead"));
    arguments::for_one_workspace(command)
}

/// Prints it.
///
/// # Errors
/// Wrong settings; a database that cannot be used.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    if matches.get_flag("definitions") {
        return print(&definition_schema());
    }
    let access = Access::system(Uuid::nil());
    if matches.get_flag("standard") {
        return print(&standard(&access)?);
    }
    let started = start(matches)?;
    let schema = started.workspace.schema();
    print(&document(&Source { schema: &schema, registry: &started.workspace.registry, access: &access }))
}

fn standard(access: &Access) -> Result<Json, CliError> {
    let registry = wiring::registry().map_err(CliError::Other)?;
    let schema = schema_of(&registry, &Customisation::default())?;
    Ok(document(&Source { schema: &schema, registry: &registry, access }))
}

fn print(document: &Json) -> Result<(), CliError> {
    say(&serde_json::to_string_pretty(document).map_err(|error| CliError::Other(error.to_string()))?);
    Ok(())
}
