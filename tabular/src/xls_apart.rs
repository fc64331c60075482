//! Old workbooks read by a process of its own: their reader may be made to take all memory or all time there is, and then it is
//! that process alone that ends.

use std::io::{BufRead as _, BufReader, Read, Write};
use std::path::{Path, PathBuf};
use std::process::{ChildStdout, Command, Stdio};
use std::sync::OnceLock;
use std::thread;
use std::time::Duration;

use serde::{Deserialize, Serialize};

use crate::apart::ended_well;
use crate::error::TabularError;
use crate::limits::Limits;
use crate::source::Source;
use crate::xls_read::{not_one, unfold_here};
use crate::xlsx_read::Unfolded;

/// Longest time a file may take.
const PATIENCE: Duration = Duration::from_secs(120);
/// Longest file the process takes from its input, in bytes.
const LARGEST: u64 = 101 << 20;
/// Longest line before the content of the answer, in bytes.
const LONGEST_HEAD: u64 = 4 << 20;
/// The command by which the program is called for it.
pub const XLS_COMMAND: &str = "read-xls";
/// Of what there may be too much, as [`TabularError`] calls it.
const WHAT: [&str; 5] = ["cells", "rows", "bytes", "bytes of text", "entries"];

static PROGRAM: OnceLock<PathBuf> = OnceLock::new();

/// Says which program reads old workbooks: it must answer [`XLS_COMMAND`] with [`read_xls_here`]. Without it they are read in
/// this process.
pub fn use_xls_program(path: PathBuf) {
    // The first one stays.
    drop(PROGRAM.set(path));
}

pub(crate) fn program() -> Option<&'static Path> {
    PROGRAM.get().map(PathBuf::as_path)
}

/// What is asked, in the line before the file.
#[derive(Serialize, Deserialize)]
struct Question {
    sheet: Option<String>,
    columns: usize,
    rows: u64,
    text: u64,
}

/// What is answered, in the line before the cells.
#[derive(Serialize, Deserialize)]
enum Answer {
    Sheet { sheet: String, sheets: Vec<String> },
    Foreign,
    Empty,
    NoSuchSheet { sheet: String, sheets: String },
    TooLarge { what: String, limit: u64 },
    Broken { reason: String },
}

fn broken(reason: impl std::fmt::Display) -> TabularError {
    TabularError::BrokenWorkbook { reason: reason.to_string() }
}

impl From<TabularError> for Answer {
    fn from(error: TabularError) -> Self {
        match error {
            TabularError::UnsupportedFormat { .. } => Self::Foreign,
            TabularError::Empty => Self::Empty,
            TabularError::NoSuchSheet { sheet, sheets } => Self::NoSuchSheet { sheet, sheets },
            TabularError::TooLarge { what, limit } => Self::TooLarge { what: what.to_owned(), limit },
            TabularError::BrokenWorkbook { reason } => Self::Broken { reason },
            other => Self::Broken { reason: other.to_string() },
        }
    }
}

impl Answer {
    fn read(self) -> Result<(String, Vec<String>), TabularError> {
        Err(match self {
            Self::Sheet { sheet, sheets } => return Ok((sheet, sheets)),
            Self::Foreign => not_one(),
            Self::Empty => TabularError::Empty,
            Self::NoSuchSheet { sheet, sheets } => TabularError::NoSuchSheet { sheet, sheets },
            Self::TooLarge { what, limit } => TabularError::TooLarge { what: WHAT.into_iter().find(|it| *it == what).unwrap_or("bytes"), limit },
            Self::Broken { reason } => broken(reason),
        })
    }
}

/// Reads in another process.
pub(crate) fn read(program: &Path, source: &Source, limits: &Limits, wanted: Option<&str>) -> Result<Unfolded, TabularError> {
    let question = Question { sheet: wanted.map(str::to_owned), columns: limits.max_columns, rows: limits.max_rows, text: limits.max_text_bytes };
    let mut head = serde_json::to_vec(&question).map_err(broken)?;
    head.push(b'\n');
    let mut file = source.reader()?;
    let mut child = Command::new(program)
        .arg(XLS_COMMAND)
        .env_clear()
        .env("TMPDIR", std::env::temp_dir())
        .stdin(Stdio::piped())
        .stdout(Stdio::piped())
        .stderr(Stdio::null())
        .spawn()?;
    let (Some(mut input), Some(output)) = (child.stdin.take(), child.stdout.take()) else { return Err(broken("its reader did not start")) };
    // It may end before it has read all: nobody minds.
    let writing = thread::spawn(move || drop(input.write_all(&head).and_then(|()| std::io::copy(&mut file, &mut input))));
    // Quotes may be doubled, and each cell has a comma.
    let most = limits.max_text_bytes.saturating_mul(2).saturating_add(1 << 30);
    let reading = thread::spawn(move || receive(output, most));
    let ended_well = ended_well(&mut child, PATIENCE).unwrap_or(false);
    drop(writing.join());
    let received = reading.join().map_err(|_| broken("the reader gave up"))?;
    if !ended_well {
        return Err(broken("the reader gave up"));
    }
    received
}

fn receive(output: ChildStdout, most: u64) -> Result<Unfolded, TabularError> {
    let mut output = BufReader::new(output);
    let mut head = Vec::new();
    output.by_ref().take(LONGEST_HEAD).read_until(b'\n', &mut head)?;
    let answer: Answer = serde_json::from_slice(&head).map_err(|_| broken("the reader gave up"))?;
    let (sheet, sheets) = answer.read()?;
    let file = tempfile::NamedTempFile::new()?;
    std::io::copy(&mut output.take(most), &mut file.reopen()?)?;
    Ok(Unfolded { sheet, sheets, file })
}

/// Reads an old workbook from standard input and writes what it holds to standard output: what the process does that is made
/// for it. Whoever calls it bounds the memory first.
///
/// # Errors
/// Standard input or output.
pub fn read_xls_here() -> std::io::Result<()> {
    let mut input = BufReader::new(std::io::stdin().lock());
    let mut head = Vec::new();
    input.by_ref().take(LONGEST_HEAD).read_until(b'\n', &mut head)?;
    let question: Question = serde_json::from_slice(&head)?;
    let mut bytes = Vec::new();
    input.take(LARGEST).read_to_end(&mut bytes)?;
    let limits = Limits { max_columns: question.columns, max_rows: question.rows, max_text_bytes: question.text, ..Limits::default() };
    let unfolded = unfold_here(&Source::from(bytes), &limits, question.sheet.as_deref());
    let mut output = std::io::stdout().lock();
    let (answer, file) = match unfolded {
        Ok(it) => (Answer::Sheet { sheet: it.sheet, sheets: it.sheets }, Some(it.file)),
        Err(error) => (Answer::from(error), None),
    };
    serde_json::to_writer(&mut output, &answer)?;
    output.write_all(b"\n")?;
    if let Some(file) = file {
        std::io::copy(&mut file.reopen()?, &mut output)?;
    }
    output.flush()
}
