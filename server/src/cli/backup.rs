//! `guanxi backup` and `guanxi restore`: everything of the data folder, consistent while the server serves, each file
//! with its SHA-256.

use std::collections::BTreeMap;
use std::io::{Read as _, Write as _};
use std::path::{Component, Path, PathBuf};

use clap::{Arg, ArgMatches, Command};
use guanxi_kernel::context::Clock as _;
use serde::{Deserialize, Serialize};
use sha2::{Digest as _, Sha256};

use super::output::say;
use super::start::{Started, start};
use super::{CliError, arguments};
use crate::wiring::{SystemClock, sqlite_path};

const MANIFEST: &str = "manifest.json";
/// Folders of the data folder that are copied file by file; their files never change once they are there.
const FOLDERS: [&str; 2] = ["files", "imports"];

#[derive(Debug, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Manifest {
    /// Version of this form.
    format: u32,
    /// Version of the program.
    program: String,
    /// When.
    created_at: String,
    /// By path.
    files: BTreeMap<String, Entry>,
}

#[derive(Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
struct Entry {
    size: u64,
    sha256: String,
}

/// The command that makes one.
pub fn backup_command() -> Command {
    let command = Command::new("backup").about("Copy databases and files into a folder, while serving or not");
    arguments::with_common_settings(command.arg(Arg::new("dir").value_name("DIR").required(true).help("A folder that is empty or does not exist")))
}

/// The command that takes one back.
pub fn restore_command() -> Command {
    let command = Command::new("restore").about("Put a backup into an empty data folder");
    arguments::with_common_settings(command.arg(Arg::new("dir").value_name("DIR").required(true).help("The folder of the backup")))
}

fn other(path: &Path, reason: impl std::fmt::Display) -> CliError {
    CliError::Other(format!("{}: {reason}", path.display()))
}

/// Makes a backup.
///
/// # Errors
/// A folder that is not empty; PostgreSQL, which has tools of its own; the disk.
pub fn backup(matches: &ArgMatches) -> Result<(), CliError> {
    let target = PathBuf::from(matches.get_one::<String>("dir").cloned().unwrap_or_default());
    if !is_empty(&target)? {
        return Err(other(&target, "is not empty"));
    }
    let Started { settings, workspaces, runtime: _runtime, .. } = start(matches)?;
    std::fs::create_dir_all(&target)?;
    // The databases first: a file they speak of is on the disk by then, and contents are never changed.
    for workspace in workspaces.all() {
        let path = sqlite_path(&target, &workspace.id);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        workspace.store.backup(&path).map_err(guanxi_kernel::KernelError::from)?;
    }
    for folder in FOLDERS {
        for path in files_below(&settings.data.join(folder))? {
            let relative = path.strip_prefix(&settings.data).map_err(|error| other(&path, error))?;
            if is_unfinished(relative) {
                continue;
            }
            copy(&path, &target.join(relative))?;
        }
    }
    let files = entries(&target)?;
    let size: u64 = files.values().map(|it| it.size).sum();
    let count = files.len();
    let manifest = Manifest { format: 1, program: env!("CARGO_PKG_VERSION").into(), created_at: SystemClock.now().to_string(), files };
    let text = serde_json::to_string_pretty(&manifest).map_err(|error| CliError::Other(error.to_string()))?;
    let mut file = std::fs::File::create(target.join(MANIFEST))?;
    file.write_all(text.as_bytes())?;
    file.sync_all()?;
    say(&format!("{count} files, {size} bytes in {}", target.display()));
    Ok(())
}

/// Takes a backup back.
///
/// # Errors
/// A data folder that is not empty; a backup with anything missing, added or changed.
pub fn restore(matches: &ArgMatches) -> Result<(), CliError> {
    let source = PathBuf::from(matches.get_one::<String>("dir").cloned().unwrap_or_default());
    let settings = arguments::settings(matches)?;
    if settings.database_url.is_some() {
        return Err(CliError::Other("backups are of SQLite; restore PostgreSQL with pg_restore".into()));
    }
    if !is_empty(&settings.data)? {
        return Err(other(&settings.data, "is not empty; restore into a new data folder"));
    }
    let path = source.join(MANIFEST);
    let text = std::fs::read_to_string(&path).map_err(|error| other(&path, error))?;
    let manifest: Manifest = serde_json::from_str(&text).map_err(|error| other(&path, error))?;
    if manifest.format != 1 {
        return Err(other(&path, format!("a backup of form {}, which this version does not know", manifest.format)));
    }
    verify(&source, &manifest)?;
    for name in manifest.files.keys() {
        copy(&source.join(name), &settings.data.join(name))?;
    }
    verify(&settings.data, &manifest)?;
    say(&format!("{} files of {} in {}", manifest.files.len(), manifest.created_at, settings.data.display()));
    Ok(())
}

/// Fails unless a folder holds exactly what the manifest says.
fn verify(folder: &Path, manifest: &Manifest) -> Result<(), CliError> {
    for name in manifest.files.keys() {
        let plain = Path::new(name).components().all(|it| matches!(it, Component::Normal(_)));
        if !plain {
            return Err(CliError::Other(format!("the manifest names {name}, which is no path within the backup")));
        }
    }
    let found = entries(folder)?;
    for (name, entry) in &manifest.files {
        match found.get(name) {
            None => return Err(CliError::Other(format!("{name} is missing from the backup"))),
            Some(it) if it != entry => return Err(CliError::Other(format!("{name} is not what the manifest says: it was changed or damaged"))),
            Some(_) => {}
        }
    }
    match found.keys().find(|it| !manifest.files.contains_key(*it)) {
        Some(name) => Err(CliError::Other(format!("{name} is not in the manifest"))),
        None => Ok(()),
    }
}

/// Every file below a folder with size and hash, but for the manifest itself.
fn entries(folder: &Path) -> Result<BTreeMap<String, Entry>, CliError> {
    let mut all = BTreeMap::new();
    for path in files_below(folder)? {
        let relative = path.strip_prefix(folder).map_err(|error| other(&path, error))?;
        let name = relative.components().map(|it| it.as_os_str().to_string_lossy()).collect::<Vec<_>>().join("/");
        if name != MANIFEST {
            all.insert(name, entry(&path)?);
        }
    }
    Ok(all)
}

fn entry(path: &Path) -> Result<Entry, CliError> {
    let mut file = std::fs::File::open(path).map_err(|error| other(path, error))?;
    let (mut hash, mut size, mut buffer) = (Sha256::new(), 0, vec![0; 1 << 16]);
    loop {
        let read = file.read(&mut buffer)?;
        if read == 0 {
            break;
        }
        hash.update(&buffer[..read]);
        size += read as u64;
    }
    let sha256 = hash.finalize().iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    Ok(Entry { size, sha256 })
}

fn copy(from: &Path, to: &Path) -> Result<(), CliError> {
    if let Some(folder) = to.parent() {
        std::fs::create_dir_all(folder)?;
    }
    std::fs::copy(from, to).map_err(|error| other(from, error))?;
    Ok(std::fs::File::open(to)?.sync_all()?)
}

fn is_empty(folder: &Path) -> Result<bool, CliError> {
    match std::fs::read_dir(folder) {
        Ok(mut entries) => Ok(entries.next().is_none()),
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(true),
        Err(error) => Err(other(folder, error)),
    }
}

/// On its way in, and gone or elsewhere in a moment.
fn is_unfinished(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "part") || path.components().any(|it| it.as_os_str() == "incoming")
}

fn files_below(folder: &Path) -> Result<Vec<PathBuf>, CliError> {
    let (mut files, mut folders) = (Vec::new(), vec![folder.to_owned()]);
    while let Some(next) = folders.pop() {
        let entries = match std::fs::read_dir(&next) {
            Ok(entries) => entries,
            Err(error) if error.kind() == std::io::ErrorKind::NotFound => continue,
            Err(error) => return Err(other(&next, error)),
        };
        for entry in entries {
            let entry = entry?;
            let kind = entry.file_type()?;
            if kind.is_dir() {
                folders.push(entry.path());
            } else if kind.is_file() {
                files.push(entry.path());
            }
        }
    }
    files.sort();
    Ok(files)
}
