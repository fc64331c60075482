//! Where the tables of a schedule come from. Each has a mark by which it is known when it is there again.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::Label;
use guanxi_kernel::{KernelError, Result};
use guanxi_sources::SourceError;
use jiff::{SignedDuration, Timestamp};
use sha2::{Digest as _, Sha256};

use super::{Means, apart, connection};
use crate::auth::token::hex;
use crate::errors::{ApiError, disk_error};
use crate::http::intake::Incoming;
use crate::import::{Import, ImportState, Listing, MAX_FILE, list};

/// A file that was changed less long ago may still be written.
const SETTLED: SignedDuration = SignedDuration::from_mins(1);
/// Most imports before that are looked through.
const MOST_BEFORE: usize = 10_000;

/// A table that is new.
pub(super) struct Fetched {
    pub name: String,
    /// Its mark.
    pub source: String,
    place: Place,
}

/// Where it is.
enum Place {
    /// With us already.
    Here(Incoming),
    /// In the folder: of so many bytes.
    There(PathBuf, u64),
}

impl Fetched {
    /// Whether it lies in a folder, where it stays when it cannot be used.
    pub(super) fn is_file(&self) -> bool {
        matches!(self.place, Place::There(..))
    }
}

impl Fetched {
    /// Brings it here. One at a time: a folder of large files would fill the disk at once.
    ///
    /// # Errors
    /// A file that is too large or is gone; the disk.
    pub(super) fn bring(self, context: &Context, means: &Means) -> std::result::Result<Incoming, ApiError> {
        match self.place {
            Place::Here(file) => Ok(file),
            Place::There(_, size) if size > MAX_FILE => Err(ApiError::too_large(MAX_FILE)),
            Place::There(path, _) => copied(context, means, &path),
        }
    }
}

fn told(error: SourceError) -> ApiError {
    ApiError::Kernel(KernelError::Conflict { code: "state_conflict", message: error.message, fields: Vec::new() })
}

fn refused(zh_cn: impl Into<String>, en: impl Into<String>) -> ApiError {
    ApiError::Kernel(KernelError::Conflict { code: "state_conflict", message: Label::new(zh_cn, en), fields: Vec::new() })
}

/// The tables that are new.
///
/// # Errors
/// What is wrong with the source.
pub(super) fn tables(context: &Context, means: &Means, record: &Record) -> std::result::Result<Vec<Fetched>, ApiError> {
    let before = before(context, record)?;
    let incoming = || Incoming::at(means.folder.join(format!("{}.part", context.new_id().simple())));
    // The value itself: as text a choice is what people call it.
    let source = if let guanxi_kernel::Value::Text(source) = record.value("source") { source } else { String::new() };
    let fetched = match source.as_str() {
        "folder" => return files(context, means, record, &before),
        "address" => {
            let file = incoming()?;
            let fetched = means.fetcher.fetch(&record.text("address").unwrap_or_default(), file.path(), MAX_FILE).map_err(told)?;
            (fetched.name, file)
        }
        "query" => {
            let connection = connection::open(context, &means.vault, record.id())?;
            let connection = connection.ok_or_else(|| refused("请先填写数据库连接", "enter the database's address first"))?;
            let file = incoming()?;
            apart::ask(&connection, &record.text("query").unwrap_or_default(), &means.hosts, file.path()).map_err(told)?;
            (format!("{}.csv", record.title()), file)
        }
        _ => return Err(KernelError::Internal("a schedule without a source".into()).into()),
    };
    let (name, file) = fetched;
    let source = content_mark(file.path()).map_err(|error| disk_error(&error))?;
    // The same as last time is nothing new; the same as before that is.
    let is_new = before.last() != Some(&source);
    Ok(if is_new { vec![Fetched { name, source, place: Place::Here(file) }] } else { Vec::new() })
}

/// Marks of the tables that came before, the newest last.
fn before(context: &Context, record: &Record) -> Result<Vec<String>> {
    let asked = Listing { schedule: Some(record.id()), limit: MOST_BEFORE, ..Listing::default() };
    let (imports, _) = list(&context.as_system(), &asked)?;
    // What was ever begun may have written something, and is gone on with from where it stands; what somebody called off is
    // not to come back.
    let counts = |it: &Import| it.data.attempt > 0 || it.state == ImportState::Cancelled;
    Ok(imports.into_iter().rev().filter(counts).filter_map(|it| it.data.source).collect())
}

/// The folder of a schedule, which lies within the one that its workspace is allowed, whatever links lead where.
fn place(context: &Context, means: &Means, record: &Record) -> std::result::Result<PathBuf, ApiError> {
    let root = means.inbox.as_ref().ok_or_else(|| {
        refused(
            "服务器未设置导入文件夹（--import-folder），请联系服务器管理员",
            "the server has no import folder; whoever runs it names one with --import-folder",
        )
    })?;
    // Where it lies on the machine is nobody's business who does not run the server.
    let own = &context.workspace.id;
    let gone = |path: &str| refused(format!("导入文件夹中没有“{path}”"), format!("there is no folder {path} in the import folder"));
    // Each workspace has its own: what is one company's is not another's.
    let root = root.join(own).canonicalize().map_err(|_| gone(own))?;
    let wanted = record.text("folder").unwrap_or_default();
    let wanted = wanted.trim_start_matches(['/', '\\']);
    let folder = root.join(wanted).canonicalize().map_err(|_| gone(&format!("{own}/{wanted}")))?;
    if !folder.starts_with(&root) || !folder.is_dir() {
        return Err(refused("文件夹不在允许的导入文件夹之内", "the folder is not within the import folder"));
    }
    Ok(folder)
}

/// The new files of a folder, by name. Hidden ones are being written.
fn files(context: &Context, means: &Means, record: &Record, before: &[String]) -> std::result::Result<Vec<Fetched>, ApiError> {
    let folder = place(context, means, record)?;
    let now = context.workspace.clock.now();
    let known: HashSet<&String> = before.iter().collect();
    let mut found = Vec::new();
    for entry in std::fs::read_dir(&folder).map_err(|error| disk_error(&error))? {
        let entry = entry.map_err(|error| disk_error(&error))?;
        let name = entry.file_name().to_string_lossy().into_owned();
        // Of the entry itself: what a link leads to lies elsewhere.
        let about = entry.metadata().map_err(|error| disk_error(&error))?;
        let is_left = name.starts_with(['.', '~']) || name.ends_with(".part") || name.ends_with(".tmp");
        if !about.is_file() || is_left || about.len() == 0 {
            continue;
        }
        let changed = about.modified().ok().and_then(|it| Timestamp::try_from(it).ok()).unwrap_or(Timestamp::UNIX_EPOCH);
        // By a clock of another machine it may lie ahead, by more than a minute even: then it is not waited for.
        if now.duration_since(changed).abs() < SETTLED {
            continue;
        }
        let changed = changed.as_nanosecond();
        let source = format!("{name}|{}|{changed}", about.len());
        if !known.contains(&source) {
            found.push((name, source, entry.path(), about.len()));
        }
    }
    found.sort();
    Ok(found.into_iter().map(|(name, source, path, size)| Fetched { name, source, place: Place::There(path, size) }).collect())
}

fn copied(context: &Context, means: &Means, path: &Path) -> std::result::Result<Incoming, ApiError> {
    let file = Incoming::at(means.folder.join(format!("{}.part", context.new_id().simple())))?;
    std::fs::copy(path, file.path()).map_err(|error| disk_error(&error))?;
    Ok(file)
}

fn content_mark(path: &Path) -> std::io::Result<String> {
    let (mut file, mut hash) = (std::fs::File::open(path)?, Sha256::new());
    std::io::copy(&mut file, &mut Hashing(&mut hash))?;
    Ok(hex(&hash.finalize()))
}

struct Hashing<'a>(&'a mut Sha256);

impl std::io::Write for Hashing<'_> {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.update(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}
