//! The command line: one module a command.

mod arguments;
mod backup;
mod demo;
mod doctor;
mod export;
mod files;
mod import;
mod memory;
mod migrate;
mod openapi;
mod output;
mod pack;
mod rotate_key;
mod search;
mod serve;
mod start;
mod user;
mod worker;
mod workspace;

use std::process::ExitCode;

use clap::Command;
use guanxi_kernel::{FieldError, KernelError};

use crate::import::schedules;
use crate::{apart, file_texts};

/// Why a command did not do it: one line for the person at the terminal.
#[derive(Debug, thiserror::Error)]
pub enum CliError {
    /// Settings.
    #[error(transparent)]
    Settings(#[from] crate::settings::SettingsError),
    /// The engine.
    #[error("{}", explain(.0))]
    Kernel(#[from] KernelError),
    /// The operating system.
    #[error(transparent)]
    Io(#[from] std::io::Error),
    /// Anything else, in words.
    #[error("{0}")]
    Other(String),
}

fn explain(error: &KernelError) -> String {
    let by_field = |problems: &[FieldError]| problems.iter().map(|it| format!("{}: {}", it.field, it.message.en)).collect::<Vec<_>>().join("; ");
    match error {
        KernelError::Invalid(problems) => by_field(problems),
        KernelError::Conflict { fields, .. } if !fields.is_empty() => by_field(fields),
        other => other.to_string(),
    }
}

/// Runs the command line.
pub fn main() -> ExitCode {
    let matches = command().get_matches();
    if matches!(matches.subcommand_name(), Some("serve" | "worker")) {
        memory::give_back_early();
    }
    if let Ok(program) = std::env::current_exe() {
        if apart::CAN_BOUND {
            guanxi_tabular::use_xls_program(program.clone());
        }
        file_texts::use_program(program.clone());
        schedules::use_program(program);
    }
    let result = match matches.subcommand() {
        Some(("serve", matches)) => serve::run(matches),
        Some(("worker", matches)) => worker::run(matches),
        Some(("migrate", matches)) => migrate::run(matches),
        Some(("demo", matches)) => demo::run(matches),
        Some(("user", matches)) => user::run(matches),
        Some(("workspace", matches)) => workspace::run(matches),
        Some(("pack", matches)) => pack::run(matches),
        Some(("import", matches)) => import::run(matches),
        Some(("export", matches)) => export::run(matches),
        Some(("files", matches)) => files::run(matches),
        Some(("search", matches)) => search::run(matches),
        Some(("backup", matches)) => backup::backup(matches),
        Some(("restore", matches)) => backup::restore(matches),
        Some(("rotate-key", matches)) => rotate_key::run(matches),
        Some(("doctor", matches)) => doctor::run(matches),
        Some(("openapi", matches)) => openapi::run(matches),
        Some((file_texts::COMMAND, _)) => file_texts::read_here().map_err(CliError::Other),
        Some((schedules::COMMAND, _)) => schedules::ask_here().map_err(CliError::Other),
        Some((guanxi_tabular::XLS_COMMAND, _)) => apart::read_xls().map_err(CliError::Other),
        _ => Err(CliError::Other("no command".into())),
    };
    match result {
        Ok(()) => ExitCode::SUCCESS,
        Err(error) => {
            output::complain(&error);
            ExitCode::FAILURE
        }
    }
}

/// All commands.
pub fn command() -> Command {
    Command::new("guanxi")
        .about("Guanxi, a collaborative CRM on your own machine")
        .version(env!("CARGO_PKG_VERSION"))
        .subcommand_required(true)
        .arg_required_else_help(true)
        .subcommand(serve::command())
        .subcommand(worker::command())
        .subcommand(migrate::command())
        .subcommand(demo::command())
        .subcommand(user::command())
        .subcommand(workspace::command())
        .subcommand(pack::command())
        .subcommand(import::command())
        .subcommand(export::command())
        .subcommand(files::command())
        .subcommand(search::command())
        .subcommand(backup::backup_command())
        .subcommand(backup::restore_command())
        .subcommand(rotate_key::command())
        .subcommand(doctor::command())
        .subcommand(openapi::command())
        // What the server asks of itself, in a process apart.
        .subcommand(Command::new(guanxi_tabular::XLS_COMMAND).about("Read an old workbook, from standard input").hide(true))
        .subcommand(Command::new(schedules::COMMAND).about("Ask a database, as standard input says").hide(true))
        .subcommand(Command::new(file_texts::COMMAND).about("Read what a PDF says, from standard input").hide(true))
}

/// The settings `guanxi serve` has with these flags and nothing else.
#[cfg(test)]
pub(crate) fn settings_of_flags(flags: &[String]) -> Result<crate::settings::Settings, CliError> {
    let serve = ["guanxi", "serve"].into_iter().map(str::to_owned);
    let matches = command().try_get_matches_from(serve.chain(flags.iter().cloned())).map_err(|error| CliError::Other(error.to_string()))?;
    let (_, matches) = matches.subcommand().ok_or_else(|| CliError::Other("no command".into()))?;
    let sources = crate::settings::Sources::gather(arguments::flags(matches), std::iter::empty(), None)?;
    Ok(crate::settings::Settings::read(&sources)?)
}
