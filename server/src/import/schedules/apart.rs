//! Databases asked by a process of its own: a server that is none, or means harm, may say that an answer has any number of columns,
//! and what asks it then wants memory for them at once. It is that process alone that ends.

use std::io::{BufRead as _, Read as _, Write as _};
use std::path::{Path, PathBuf};
use std::process::{Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use guanxi_kernel::schema::Label;
use guanxi_sources::{SourceError, fetch_query};
use serde::{Deserialize, Serialize};

use crate::apart::{Bounds, CAN_BOUND, ended_well};
use crate::import::MAX_FILE;

/// Longest time an answer may take: more than the longest query, and its beginning and end.
const PATIENCE: Duration = Duration::from_secs(640);
/// Seconds of the processor it may take.
const PROCESSOR_SECONDS: u64 = 600;
/// Memory it may take, in bytes.
const MEMORY: u64 = 1 << 30;
/// What may be written beyond the largest file before it is noticed: a row.
const ROW: u64 = 64 << 20;
/// Longest question and answer, in bytes.
const LONGEST: u64 = 1 << 20;

/// The command by which the program is called for it.
pub const COMMAND: &str = "ask-database";

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Says which program asks databases: it must answer [`COMMAND`] with [`ask_here`]. Without it they are asked in this process.
pub fn use_program(path: PathBuf) {
    // The first one stays.
    drop(PROGRAM.set(path));
}

/// What is asked. It holds a password, so that it is neither among the arguments of the process nor in its environment.
#[derive(Serialize, Deserialize)]
struct Question {
    connection: String,
    query: String,
    hosts: Vec<String>,
    target: PathBuf,
}

/// What came of it.
#[derive(Serialize, Deserialize)]
enum Answer {
    Written(u64),
    Refused { zh_cn: String, en: String },
}

/// Writes the answer of a query to a file; answers how many bytes it has.
///
/// # Errors
/// What is wrong with the address, the query or the disk; what takes more than it may.
pub(super) fn ask(connection: &str, query: &str, hosts: &[String], target: &Path) -> Result<u64, SourceError> {
    let Some(program) = PROGRAM.get() else { return fetch_query(connection, query, hosts, target, MAX_FILE) };
    let question = Question { connection: connection.to_owned(), query: query.to_owned(), hosts: hosts.to_vec(), target: target.to_owned() };
    match ask_by(program, &question) {
        Ok(Answer::Written(size)) => Ok(size),
        Ok(Answer::Refused { zh_cn, en }) => Err(SourceError { message: Label::new(zh_cn, en) }),
        Err(error) => {
            tracing::warn!(%error, "a database could not be asked");
            Err(SourceError::new(
                "数据库的应答无法读取：超出内存或时间限制，请检查数据库地址是否正确，或缩小查询范围",
                "the database's answer cannot be read within the bounds of memory and time; look whether the address is the right one, or ask for less",
            ))
        }
    }
}

fn ask_by(program: &Path, question: &Question) -> std::io::Result<Answer> {
    let lost = |what: &str| std::io::Error::other(what.to_owned());
    let mut line = serde_json::to_vec(question)?;
    line.push(b'\n');
    let mut child = Command::new(program).arg(COMMAND).env_clear().stdin(Stdio::piped()).stdout(Stdio::piped()).stderr(Stdio::null()).spawn()?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else {
        return crate::apart::end(&mut child).and(Err(lost("who asks databases has no pipes")));
    };
    // It may end before it has read all: nobody minds.
    let writing = thread::spawn(move || drop(input.write_all(&line)));
    let reading = thread::spawn(move || {
        let mut answer = Vec::new();
        output.take(LONGEST).read_to_end(&mut answer).map(|_| answer)
    });
    let ended_well = ended_well(&mut child, PATIENCE);
    drop(writing.join());
    let answer = reading.join().map_err(|_| lost("what was answered was lost"))??;
    if !ended_well? {
        return Err(lost("who asked it did not end well"));
    }
    Ok(serde_json::from_slice(&answer)?)
}

/// Asks a database what standard input says, and tells on standard output what came of it: what the process does that is made for
/// it.
///
/// # Errors
/// A process that cannot be bounded where others can; standard input or output.
pub fn ask_here() -> Result<(), String> {
    if CAN_BOUND {
        Bounds { memory: MEMORY, seconds: PROCESSOR_SECONDS, file: MAX_FILE + ROW }.apply()?;
    }
    let mut line = Vec::new();
    std::io::stdin().lock().take(LONGEST).read_until(b'\n', &mut line).map_err(|error| error.to_string())?;
    let Question { connection, query, hosts, target } = serde_json::from_slice(&line).map_err(|error| error.to_string())?;
    let answer = match fetch_query(&connection, &query, &hosts, &target, MAX_FILE) {
        Ok(size) => Answer::Written(size),
        Err(SourceError { message }) => Answer::Refused { zh_cn: message.zh_cn, en: message.en },
    };
    let answer = serde_json::to_vec(&answer).map_err(|error| error.to_string())?;
    std::io::stdout().lock().write_all(&answer).map_err(|error| error.to_string())
}
