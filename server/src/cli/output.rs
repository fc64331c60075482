//! What commands say: results on standard output, complaints on standard error.

use std::io::Write as _;

use super::CliError;

/// Prints a line. A closed pipe is not our trouble.
pub fn say(line: &str) {
    let mut out = std::io::stdout().lock();
    let _ = writeln!(out, "{line}").and_then(|()| out.flush());
}

/// Prints why a command failed.
pub fn complain(error: &CliError) {
    let _ = writeln!(std::io::stderr().lock(), "guanxi: {error}");
}
