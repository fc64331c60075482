//! Flags made from the table of settings.

use std::collections::BTreeMap;
use std::path::Path;

use clap::{Arg, ArgAction, ArgMatches, Command};

use super::CliError;
use crate::settings::{KEYS, Key, Settings, Sources};

/// Adds the settings every command needs.
pub fn with_common_settings(command: Command) -> Command {
    add(command, |key| key.common)
}

/// As [`with_common_settings`], for commands that are about one workspace.
pub fn for_one_workspace(command: Command) -> Command {
    let help = "Which workspace, by its id, as `guanxi workspace list` tells it; the main one without";
    with_common_settings(command.arg(Arg::new("workspace").long("workspace").value_name("ID").help(help)))
}

/// The workspace asked for.
pub fn workspace(matches: &ArgMatches) -> Option<&str> {
    matches.try_get_one::<String>("workspace").ok().flatten().map(String::as_str)
}

/// Adds all settings.
pub fn with_all_settings(command: Command) -> Command {
    add(command, |_| true)
}

fn add(command: Command, wanted: impl Fn(&Key) -> bool) -> Command {
    let config = Arg::new("config").long("config").value_name("FILE").help("TOML file with settings").help_heading("Settings");
    KEYS.iter().filter(|it| wanted(it)).fold(command.arg(config), |command, key| command.arg(argument(key)))
}

fn argument(key: &Key) -> Arg {
    let environment = crate::settings::environment_name(key.name);
    let default = key.default.filter(|_| !key.value.is_empty()).map(|it| format!(", default {it}")).unwrap_or_default();
    let argument = Arg::new(key.name).long(key.name).help(format!("{} [{environment}{default}]", key.help)).help_heading("Settings");
    if key.value.is_empty() {
        // `--demo` alone switches on; `--run-jobs=false` switches off.
        argument.num_args(0..=1).require_equals(true).default_missing_value("true").value_name("true|false").action(ArgAction::Set)
    } else {
        argument.value_name(key.value).action(ArgAction::Set)
    }
}

/// The settings a command runs with.
///
/// # Errors
/// The first setting that is unknown or wrong.
pub fn settings(matches: &ArgMatches) -> Result<Settings, CliError> {
    let file = matches.get_one::<String>("config").map(Path::new);
    Ok(Settings::read(&Sources::gather(flags(matches), std::env::vars(), file)?)?)
}

/// The settings given as flags.
pub(super) fn flags(matches: &ArgMatches) -> BTreeMap<&'static str, String> {
    let given = |key: &Key| matches.try_get_one::<String>(key.name).ok().flatten().cloned();
    KEYS.iter().filter_map(|key| Some((key.name, given(key)?))).collect()
}
