//! PDF, read by a process of its own: a file may be made to take all memory, all time or all stack there is, and then it is
//! that process alone that ends.

use std::io::{Read, Write};
use std::path::PathBuf;
use std::process::{Child, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::{Duration, Instant};

use guanxi_kernel::search::MOST_KEPT;
use guanxi_tabular::read_pdf;
use rustix::process::{Resource, Rlimit, setrlimit};

use crate::preview::LARGEST;

/// Longest time a file may take.
const PATIENCE: Duration = Duration::from_secs(20);
/// Seconds of the processor it may take.
const PROCESSOR_SECONDS: u64 = 15;
/// Memory it may take, in bytes.
const MEMORY: u64 = 1 << 30;
/// How often the process is looked at.
const LOOK: Duration = Duration::from_millis(20);
/// Bytes of a text that are taken: no character has more than four.
const MOST_BYTES: u64 = MOST_KEPT as u64 * 4;

/// The program that reads, with the command it is called by.
static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Says which program reads PDF: this one. Without it none is read.
pub fn use_program(path: PathBuf) {
    // The first one stays.
    drop(PROGRAM.set(path));
}

/// The command by which the program is called for it.
pub(crate) const COMMAND: &str = "read-pdf";

/// Reads in another process. Nothing where there is no text, or it cannot be had within the limits.
pub(super) fn read_apart(bytes: Vec<u8>) -> Option<String> {
    let mut child = Command::new(PROGRAM.get()?)
        .arg(COMMAND)
        .env_clear()
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()
        .inspect_err(|error| tracing::warn!(%error, "PDF is not read: the program does not start"))
        .ok()?;
    let (mut input, output) = (child.stdin.take()?, child.stdout.take()?);
    // It may end before it has read all: nobody minds.
    let writing = thread::spawn(move || drop(input.write_all(&bytes)));
    let reading = thread::spawn(move || {
        let mut text = Vec::new();
        output.take(MOST_BYTES).read_to_end(&mut text).map(|_| text)
    });
    let ended_well = wait(&mut child);
    drop(writing.join());
    let text = reading.join().ok()?.ok()?;
    if ended_well { String::from_utf8(text).ok() } else { None }
}

/// Whether it ended by itself, and well, in time.
fn wait(child: &mut Child) -> bool {
    let began = Instant::now();
    loop {
        match child.try_wait() {
            Ok(Some(status)) => return status.success(),
            Ok(None) if began.elapsed() < PATIENCE => thread::sleep(LOOK),
            _ => {
                drop(child.kill());
                drop(child.wait());
                return false;
            }
        }
    }
}

/// Reads a PDF from standard input and writes what it says to standard output: what the process does that is made for it.
///
/// # Errors
/// A file that cannot be read.
pub fn read_here() -> Result<(), String> {
    let limit = |it| Rlimit { current: Some(it), maximum: Some(it) };
    for (resource, most) in [(Resource::Data, MEMORY), (Resource::Cpu, PROCESSOR_SECONDS), (Resource::Core, 0), (Resource::Fsize, 0)] {
        setrlimit(resource, limit(most)).map_err(|error| error.to_string())?;
    }
    let mut bytes = Vec::new();
    std::io::stdin().lock().take(LARGEST + 1).read_to_end(&mut bytes).map_err(|error| error.to_string())?;
    let text = read_pdf(&bytes, MOST_KEPT).map_err(|error| error.to_string())?;
    std::io::stdout().lock().write_all(text.as_bytes()).map_err(|error| error.to_string())
}
