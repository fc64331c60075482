//! `guanxi workspace`: the workspaces beside the main one, for whoever has the data folder. Servers that run on it notice
//! by themselves.

use clap::{Arg, ArgAction, ArgMatches, Command};
use guanxi_kernel::context::Context;
use uuid::Uuid;

use super::output::say;
use super::start::{Started, start};
use super::{CliError, arguments};
use crate::workspaces::{MAIN, Workspaces};

/// The command.
pub fn command() -> Command {
    let sub = |name: &'static str, about: &'static str| arguments::with_common_settings(Command::new(name).about(about));
    let id = || Arg::new("id").value_name("ID").required(true).help("Lower-case letters, digits and underscores; stands in its address, /w/ID/");
    let name = || Arg::new("name").long("name").value_name("NAME").required(true).help("Its name for people");
    Command::new("workspace")
        .about("List, create, clone and drop workspaces beside the main one")
        .subcommand_required(true)
        .subcommand(sub("list", "List them, the main one first"))
        .subcommand(sub("create", "Make an empty one; `guanxi user add --workspace ID` adds its first administrator").arg(id()).arg(name()))
        .subcommand(
            sub("clone", "Make a copy of another one, with its records, definitions and members; everybody signs in anew")
                .arg(Arg::new("template").value_name("TEMPLATE").required(true).help("Id of the one to copy"))
                .arg(id())
                .arg(name()),
        )
        .subcommand(
            sub("drop", "Drop one with everything in it")
                .arg(id())
                .arg(Arg::new("yes").long("yes").action(ArgAction::SetTrue).help("Do it: there is no way back but a backup")),
        )
}

/// Runs one of them.
///
/// # Errors
/// Wrong settings, ids that are wrong, taken or not there.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let Some((name, matches)) = matches.subcommand() else { return Err(CliError::Other("no command".into())) };
    let Started { main, workspaces, runtime: _runtime, .. } = start(matches)?;
    let context = main.system_context(Uuid::nil(), "command line");
    let text = |name: &str| matches.try_get_one::<String>(name).ok().flatten().map(String::as_str).unwrap_or_default();
    match name {
        "list" => list(&context, &workspaces),
        "drop" => drop_one(&context, &workspaces, text("id"), matches.get_flag("yes")),
        _ => {
            let template = Some(text("template")).filter(|it| !it.is_empty());
            let title = text("name").trim();
            if title.is_empty() {
                return Err(CliError::Other("a workspace needs a name: --name".into()));
            }
            workspaces.create(&context, text("id"), title, template)?;
            say(&format!("made {}, at /w/{}/", text("id"), text("id")));
            Ok(())
        }
    }
}

fn list(context: &Context, workspaces: &Workspaces) -> Result<(), CliError> {
    say(&format!("{MAIN}\t\t{}", context.workspace.settings().name));
    for it in workspaces.list()? {
        say(&format!("{}\t{}\t{}", it.id, it.created_at, it.name));
    }
    Ok(())
}

fn drop_one(context: &Context, workspaces: &Workspaces, id: &str, sure: bool) -> Result<(), CliError> {
    if workspaces.list()?.iter().all(|it| it.id != id) {
        return Err(CliError::Other(format!("there is no workspace {id} beside the main one")));
    }
    if !sure {
        return Err(CliError::Other(format!("{id} would go with everything in it; say --yes if that is meant")));
    }
    workspaces.drop_workspace(context, id)?;
    say(&format!("dropped {id}"));
    Ok(())
}
