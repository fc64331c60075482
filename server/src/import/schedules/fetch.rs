//! Where the tables of a schedule come from. Each has a mark by which it is known when it is there again.

use std::collections::HashSet;
use std::path::{Path, PathBuf};

use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::Label;
use guanxi_kernel::{KernelError, Result};
use guanxi_sources::{SourceError, fetch_query};
use sha2::{Digest as _, Sha256};

use super::{Means, connection};
use crate::auth::token::hex;
use crate::errors::{ApiError, disk_error};
use crate::http::intake::Incoming;
use crate::import::{Import, ImportState, Listing, MAX_FILE, list};

/// Most new files of a folder that one run takes.
const MOST_FILES: usize = 50;
/// Most imports before that are looked through.
const MOST_BEFORE: usize = 10_000;

/// A table that was fetched.
pub(super) struct Fetched {
    pub name: String,
    /// Its mark.
    pub source: String,
    pub file: std::result::Result<Incoming, ApiError>,
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
            fetch_query(&connection, &record.text("query").unwrap_or_default(), &means.internal_hosts, file.path(), MAX_FILE).map_err(told)?;
            (format!("{}.csv", record.title()), file)
        }
        _ => return Err(KernelError::Internal("a schedule without a source".into()).into()),
    };
    let (name, file) = fetched;
    let source = content_mark(file.path()).map_err(|error| disk_error(&error))?;
    // The same as last time is nothing new; the same as before that is.
    let is_new = before.last() != Some(&source);
    Ok(if is_new { vec![Fetched { name, source, file: Ok(file) }] } else { Vec::new() })
}

/// Marks of the tables that came before, the newest last.
fn before(context: &Context, record: &Record) -> Result<Vec<String>> {
    let asked = Listing { schedule: Some(record.id()), limit: MOST_BEFORE, ..Listing::default() };
    let (imports, _) = list(&context.as_system(), &asked)?;
    let counts = |it: &Import| !matches!(it.state, ImportState::Failed | ImportState::Cancelled | ImportState::Uploaded);
    Ok(imports.into_iter().rev().filter(counts).filter_map(|it| it.data.source).collect())
}

/// The folder of a schedule, which lies within the one that is allowed, whatever links lead where.
fn place(means: &Means, record: &Record) -> std::result::Result<PathBuf, ApiError> {
    let root = means.inbox.as_ref().ok_or_else(|| {
        refused(
            "服务器未设置导入文件夹（--import-folder），请联系服务器管理员",
            "the server has no import folder; whoever runs it names one with --import-folder",
        )
    })?;
    let gone = |path: &Path| refused(format!("文件夹不存在：{}", path.display()), format!("there is no folder {}", path.display()));
    let root = root.canonicalize().map_err(|_| gone(root))?;
    let wanted = root.join(record.text("folder").unwrap_or_default().trim_start_matches(['/', '\\']));
    let folder = wanted.canonicalize().map_err(|_| gone(&wanted))?;
    if !folder.starts_with(&root) || !folder.is_dir() {
        return Err(refused("文件夹不在允许的导入文件夹之内", "the folder is not within the import folder"));
    }
    Ok(folder)
}

/// The new files of a folder, by name. Hidden ones are being written.
fn files(context: &Context, means: &Means, record: &Record, before: &[String]) -> std::result::Result<Vec<Fetched>, ApiError> {
    let folder = place(means, record)?;
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
        let changed = about.modified().ok().and_then(|it| jiff::Timestamp::try_from(it).ok()).map_or(0, jiff::Timestamp::as_nanosecond);
        let source = format!("{name}|{}|{changed}", about.len());
        if !known.contains(&source) {
            found.push((name, source, entry.path(), about.len()));
        }
    }
    found.sort();
    found.truncate(MOST_FILES);
    let take = |(name, source, path, size): (String, String, PathBuf, u64)| {
        let file = if size > MAX_FILE { Err(ApiError::too_large(MAX_FILE)) } else { copied(context, means, &path) };
        Fetched { name, source, file }
    };
    Ok(found.into_iter().map(take).collect())
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
