//! `guanxi backup` and `guanxi restore`: everything of the data folder and the databases, consistent while the server
//! serves, each file with its SHA-256. A backup is the same whatever the store: each workspace is one SQLite file.

mod manifest;
mod restore;

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::{Arg, ArgMatches, Command};
use guanxi_kernel::context::Clock as _;
use guanxi_kernel::store::Store;
use guanxi_kernel::workspace::Workspace;
use guanxi_store::{SqliteOptions, SqliteStore};

use super::output::say;
use super::start::{Started, start};
use super::{CliError, arguments};
use crate::Workspaces;
use crate::blobs::{Blobs, copy_contents, local};
use crate::settings::Settings;
use crate::wiring::{SystemClock, sqlite_path};

pub use restore::{refuse_unfinished, restore};

/// Folders of the data folder that are copied file by file; their files never change once they are there.
const FOLDERS: [&str; 2] = ["files", "imports"];

/// The command that makes one.
pub fn backup_command() -> Command {
    let command = Command::new("backup").about("Copy databases and files into a folder, while serving or not");
    arguments::with_common_settings(command.arg(Arg::new("dir").value_name("DIR").required(true).help("A folder that is empty or does not exist")))
}

/// The command that takes one back.
pub fn restore_command() -> Command {
    let command = Command::new("restore").about("Put a backup into an empty data folder, or into an empty PostgreSQL database");
    arguments::with_common_settings(command.arg(Arg::new("dir").value_name("DIR").required(true).help("The folder of the backup")))
}

fn other(path: &Path, reason: impl std::fmt::Display) -> CliError {
    CliError::Other(format!("{}: {reason}", path.display()))
}

/// Makes a backup.
///
/// # Errors
/// A folder that is not empty; the databases, the disk. Then nothing stays in the folder.
pub fn backup(matches: &ArgMatches) -> Result<(), CliError> {
    let target = PathBuf::from(matches.get_one::<String>("dir").cloned().unwrap_or_default());
    if !is_empty(&target)? {
        return Err(other(&target, "is not empty"));
    }
    let Started { settings, workspaces, runtime: _runtime, .. } = start(matches)?;
    std::fs::create_dir_all(&target)?;
    let made = copy_everything(&settings, &workspaces, &target).and_then(|()| manifest::write(&target, SystemClock.now().to_string()));
    match made {
        Ok(manifest) => {
            let size: u64 = manifest.files.values().map(|it| it.size).sum();
            say(&format!("{} files, {size} bytes in {}", manifest.files.len(), target.display()));
            Ok(())
        }
        Err(error) => {
            empty(&target)?;
            Err(error)
        }
    }
}

fn copy_everything(settings: &Settings, workspaces: &Workspaces, target: &Path) -> Result<(), CliError> {
    // The databases first: a file they speak of is on the disk by then, and contents are never changed.
    for workspace in workspaces.all() {
        let path = sqlite_path(target, &workspace.id);
        if let Some(folder) = path.parent() {
            std::fs::create_dir_all(folder)?;
        }
        if settings.database_url.is_some() {
            into_file(workspaces, &workspace, &path)?;
        } else {
            workspace.store.backup(&path).map_err(guanxi_kernel::KernelError::from)?;
        }
    }
    if settings.file_store.is_some() {
        let staging = target.join("files").join("incoming");
        copy_contents(Blobs::of(settings).store().as_ref(), &local(target), &staging)?;
        std::fs::remove_dir_all(&staging)?;
    }
    for folder in FOLDERS {
        for path in manifest::files_below(&settings.data.join(folder))? {
            let relative = path.strip_prefix(&settings.data).map_err(|error| other(&path, error))?;
            if !is_unfinished(relative) {
                copy(&path, &target.join(relative))?;
            }
        }
    }
    Ok(())
}

/// Copies a workspace of any store into one SQLite file.
fn into_file(workspaces: &Workspaces, workspace: &Workspace, path: &Path) -> Result<(), CliError> {
    let working = path.with_extension("part");
    let store: Arc<dyn Store> = Arc::new(SqliteStore::open(&working, SqliteOptions::default()).map_err(guanxi_kernel::KernelError::from)?);
    let copied = workspaces.copy_whole(&workspace.id, &workspace.store, &store)?;
    for left in &copied.left_out {
        say(&format!("left out of {}: {left}, which no definition names any more", workspace.id));
    }
    // Compact, in one file, and synced.
    store.backup(path).map_err(guanxi_kernel::KernelError::from)?;
    drop(store);
    Ok(crate::workspaces::remove_database(&working)?)
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

/// Removes everything in a folder that was empty before.
fn empty(folder: &Path) -> Result<(), CliError> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(()),
        entries => entries?,
    };
    for entry in entries {
        let entry = entry?;
        if entry.file_type()?.is_dir() { std::fs::remove_dir_all(entry.path())? } else { std::fs::remove_file(entry.path())? }
    }
    Ok(())
}

/// On its way in, and gone or elsewhere in a moment.
fn is_unfinished(path: &Path) -> bool {
    path.extension().is_some_and(|it| it == "part") || path.components().any(|it| it.as_os_str() == "incoming")
}
