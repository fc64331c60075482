//! PDF, read by a process of its own: a file may be made to take all memory, all time or all stack there is, and then it is
//! that process alone that ends.

use std::io::{Error, Read, Result, Write};
use std::path::PathBuf;
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use guanxi_kernel::search::{FileText, MOST_KEPT};
use guanxi_tabular::read_pdf;

use crate::apart::{Bounds, CAN_BOUND, end, ended_well};
use crate::preview::LARGEST;

/// Longest time a file may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Seconds of the processor it may take.
const PROCESSOR_SECONDS: u64 = 15;
/// Memory it may take, in bytes.
const MEMORY: u64 = 1 << 30;
/// Bytes of a text that are taken: no character has more than four.
const MOST_BYTES: u64 = MOST_KEPT as u64 * 4;

/// The program that reads, with the command it is called by.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Says which program reads PDF: this one. Without it none is read, nor where the system cannot bound a process.
pub fn use_program(path: PathBuf) {
    if CAN_BOUND {
        // The first one stays.
        drop(PROGRAM.set(path));
    }
}

/// The command by which the program is called for it.
pub(crate) const COMMAND: &str = "read-pdf";

/// Whether PDF is read here: only where a process can be held to limits, and where it is said which program reads.
pub(super) fn is_read() -> bool {
    CAN_BOUND && PROGRAM.get().is_some()
}

/// Reads in another process. Nothing where there is no text, or it cannot be had within the limits.
///
/// # Errors
/// The process does not start, or cannot be spoken to.
pub(super) fn read_apart(bytes: Vec<u8>) -> Result<FileText> {
    let Some(program) = PROGRAM.get() else { return Ok(FileText::None) };
    let mut child = Command::new(program).arg(COMMAND).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return end(&mut child).and(Err(Error::other("the reader of PDF has no pipes")));
    };
    // It may end before it has read all: nobody minds.
    let writing = thread::spawn(move || drop(input.write_all(&bytes)));
    let reading = thread::spawn(move || {
        let mut text = Vec::new();
        output.take(MOST_BYTES).read_to_end(&mut text).map(|_| text)
    });
    let ended_well = ended_well(&mut child, PATIENCE);
    drop(writing.join());
    let text = reading.join().map_err(|_| Error::other("what the reader of PDF said was lost"))??;
    let text = if ended_well? { String::from_utf8(text).ok() } else { None };
    Ok(text.map_or(FileText::Failed, FileText::Read))
}

/// Reads a PDF from standard input and writes what it says to standard output: what the process does that is made for it.
///
/// # Errors
/// A file that cannot be read; a system on which a process cannot be held to limits.
pub fn read_here() -> std::result::Result<(), String> {
    Bounds { memory: MEMORY, seconds: PROCESSOR_SECONDS, file: 0 }.apply()?;
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let text = read_pdf(&bytes, MOST_KEPT).map_err(|error| error.to_string())?;
    std::io::stdout().lock().write_all(text.as_bytes()).map_err(|error| error.to_string())
}
