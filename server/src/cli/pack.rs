//! `guanxi pack`: industry packs of the main workspace, for whoever has the data folder. A server that runs on it
//! notices by itself.

use clap::{Arg, ArgAction, ArgMatches, Command};
use guanxi_kernel::KernelError;
use guanxi_kernel::context::Context;
use guanxi_kernel::definition::{self, SchemaChange};
use guanxi_kernel::pack::{PackDefinition, plant};
use uuid::Uuid;

use super::output::say;
use super::start::{Started, start};
use super::{CliError, arguments};

/// The command.
pub fn command() -> Command {
    let sub = |name: &'static str, about: &'static str| arguments::with_common_settings(Command::new(name).about(about));
    let of_one = |command: Command| {
        command
            .arg(Arg::new("pack").value_name("PACK").required(true).help("Its name, as `guanxi pack list` tells it"))
            .arg(Arg::new("accept-loss").long("accept-loss").action(ArgAction::SetTrue).help("Go ahead although values are lost"))
    };
    Command::new("pack")
        .about("List, install, upgrade and remove industry packs")
        .subcommand_required(true)
        .subcommand(sub("list", "List the packs there are"))
        .subcommand(of_one(sub("install", "Install a pack, or bring it to the version offered")))
        .subcommand(of_one(sub("remove", "Remove a pack with the records of its objects")))
}

/// Runs one of them.
///
/// # Errors
/// Wrong settings, unknown packs, everything that stands against the change.
pub fn run(matches: &ArgMatches) -> Result<(), CliError> {
    let Some((name, matches)) = matches.subcommand() else { return Err(CliError::Other("no command".into())) };
    let Started { main, runtime: _runtime, workspaces: _workspaces, .. } = start(matches)?;
    let context = main.system_context(Uuid::nil(), "command line");
    if name == "list" {
        list(&context);
        return Ok(());
    }
    let pack = matches.get_one::<String>("pack").map(String::as_str).unwrap_or_default();
    let change = if name == "install" { install(&context, pack)? } else { SchemaChange::RemovePack { name: pack.to_owned() } };
    let accept_loss = matches.get_flag("accept-loss");
    if !accept_loss {
        refuse_losses(&context, &change)?;
    }
    let schema = definition::apply(&context, &[change], accept_loss)?;
    if let Some(installed) = schema.standard.pack(pack).filter(|_| name == "install") {
        let made = plant(&Context { schema: schema.clone(), ..context.clone() }, &installed.pack)?;
        if made > 0 {
            say(&format!("made {made} records to begin with"));
        }
    }
    say(&format!("{} {pack}", if name == "install" { "installed" } else { "removed" }));
    Ok(())
}

fn list(context: &Context) {
    let registry = &context.workspace.registry;
    let installed = |name: &str| context.schema.standard.pack(name).map(|it| it.pack.version().to_owned());
    let line = |name: &str, offered: &str, label: &str| {
        let state = installed(name).map_or_else(|| "not installed".to_owned(), |it| format!("installed {it}"));
        say(&format!("{name}\t{offered}\t{state}\t{label}"));
    };
    for pack in &registry.packs {
        line(pack.name(), pack.version(), &pack.manifest.label.en);
    }
    for gone in context.schema.standard.packs.iter().filter(|it| registry.pack(it.pack.name()).is_none()) {
        line(gone.pack.name(), "not offered", &gone.pack.manifest.label.en);
    }
    for broken in &registry.broken_packs {
        say(&format!("{}\tbroken\t{}: {}: {}", broken.folder, broken.file, broken.key, broken.reason.en));
    }
}

fn install(context: &Context, name: &str) -> Result<SchemaChange, CliError> {
    let offered = context.workspace.registry.pack(name).map(PackDefinition::version);
    let version = offered.ok_or_else(|| CliError::Other(format!("there is no pack `{name}`; `guanxi pack list` lists them")))?;
    Ok(SchemaChange::InstallPack { name: name.to_owned(), version: version.to_owned() })
}

/// All losses at once, where the engine would name the first.
fn refuse_losses(context: &Context, change: &SchemaChange) -> Result<(), CliError> {
    let plan = definition::plan(context, std::slice::from_ref(change))?;
    if !plan.problems.is_empty() {
        return Err(KernelError::Invalid(plan.problems).into());
    }
    let lost = plan.losses.iter().filter(|it| it.values > 0).map(|it| match &it.field {
        Some(field) => format!("{} values of {}.{field}", it.values, it.object),
        None => format!("{} records of {}", it.values, it.object),
    });
    let lost: Vec<String> = lost.collect();
    if lost.is_empty() { Ok(()) } else { Err(CliError::Other(format!("this would lose {}; --accept-loss goes on", lost.join(", ")))) }
}
