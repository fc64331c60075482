//! Memory that is not used goes back to the system: what the allocator (`docs/adr/0031`) is told before the program begins.

use std::path::PathBuf;
use std::process::Command;

use super::CliError;
use super::output::complain;

/// What mimalloc reads in the environment, and only there and only before `main`.
///
/// - Huge pages for everything round each piece of memory up to 2 MB that hold little.
/// - A page nobody uses is given back at once. Told to wait, mimalloc gives it back when something is freed next, and a
///   server that has become idle frees nothing.
const SETTINGS: [(&str, &str); 2] = [("MIMALLOC_ALLOW_THP", "0"), ("MIMALLOC_PURGE_DELAY", "0")];

/// Begins the program anew, as the same process, with what is not set yet. Comes back where everything is set, by us or by whoever
/// started it, and where the program cannot be begun anew: then it takes more memory and does the same.
pub fn give_back_early() {
    let missing = || SETTINGS.into_iter().filter(|(name, _)| std::env::var_os(name).is_none());
    if missing().next().is_none() {
        return;
    }
    if let Some(program) = ourselves() {
        begin_anew(Command::new(program).args(std::env::args_os().skip(1)).envs(missing()));
    }
}

/// The file we were begun from. Not where a loader or an emulator runs us, and not where the file has been replaced since: what
/// was begun then would be something else.
fn ourselves() -> Option<PathBuf> {
    let program = std::env::current_exe().ok()?;
    let called = PathBuf::from(std::env::args_os().next()?);
    (called.file_name() == program.file_name()).then_some(program)
}

#[cfg(unix)]
fn begin_anew(command: &mut Command) {
    use std::os::unix::process::CommandExt as _;
    if let Some(name) = std::env::args_os().next() {
        command.arg0(name);
    }
    // It comes back only with an error.
    let error = command.exec();
    complain(&CliError::Other(format!("goes on with the allocator's own settings ({error})")));
}

#[cfg(not(unix))]
fn begin_anew(_: &mut Command) {}
