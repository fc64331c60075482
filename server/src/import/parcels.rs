//! Files that come in pieces: what came stays when the line breaks, and the next piece goes on where it ended.

use std::fs::{File, OpenOptions};
use std::io::{Seek as _, SeekFrom, Write as _};
use std::path::{Path, PathBuf};

use guanxi_kernel::context::Context;
use guanxi_kernel::schema::Label;
use guanxi_kernel::{KernelError, Result};
use jiff::{SignedDuration, Timestamp};
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::MAX_FILE;
use crate::errors::{ApiError, disk_error};
use crate::http::intake::Incoming;

/// Most files of one member that are on their way.
const MOST_OPEN: usize = 20;
/// Most files of all members of all workspaces that are on their way, and most bytes they are to have.
const MOST_IN_ALL: usize = 1_000;
const MOST_BYTES_IN_ALL: u64 = 20_000_000_000;
/// A piece is noted when the one noted last is older than this.
const NOTED: SignedDuration = SignedDuration::from_hours(1);
/// Largest piece in bytes.
pub const LARGEST_PIECE: u64 = 16 << 20;
/// What nobody went on with for so long is removed.
const KEPT: SignedDuration = SignedDuration::from_hours(48);
/// How what is known of a file is called, beside its content.
const ABOUT: &str = "upload.json";

/// A file on its way.
#[derive(Debug, Clone, Serialize, Deserialize)]
pub struct Parcel {
    /// Its id.
    pub id: Uuid,
    /// Workspace it is for.
    workspace: String,
    /// Who sends it.
    member: Uuid,
    /// Into which object.
    pub object: String,
    /// Its name.
    pub file_name: String,
    /// The sheet that is meant.
    pub sheet: Option<String>,
    /// How many bytes it will have.
    pub size: u64,
    begun_at: Timestamp,
    /// When a piece last came.
    #[serde(default)]
    came_at: Option<Timestamp>,
}

fn about(folder: &Path, id: Uuid) -> PathBuf {
    folder.join(format!("{}.{ABOUT}", id.simple()))
}

fn content(folder: &Path, id: Uuid) -> PathBuf {
    folder.join(format!("{}.upload", id.simple()))
}

fn disk(error: &std::io::Error) -> KernelError {
    disk_error(error).into()
}

/// The files that are on their way, of all members.
fn all(folder: &Path) -> std::io::Result<Vec<Parcel>> {
    let entries = match std::fs::read_dir(folder) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => return Ok(Vec::new()),
        other => other?,
    };
    let mut found = Vec::new();
    for entry in entries {
        let path = entry?.path();
        if path.to_string_lossy().ends_with(ABOUT)
            && let Ok(text) = std::fs::read(&path)
        {
            found.extend(serde_json::from_slice::<Parcel>(&text));
        }
    }
    Ok(found)
}

/// Begins one.
///
/// # Errors
/// Too large, or too many of them at once; the disk.
pub fn begin(
    context: &Context,
    folder: &Path,
    object: &str,
    file_name: String,
    sheet: Option<String>,
    size: u64,
) -> std::result::Result<Parcel, ApiError> {
    if size > MAX_FILE {
        return Err(ApiError::too_large(MAX_FILE).about("size"));
    }
    if size == 0 {
        return Err(ApiError::bad("bad_request", "size", "文件是空的", "the file is empty"));
    }
    std::fs::create_dir_all(folder).map_err(|error| disk(&error))?;
    let under_way = all(folder).map_err(|error| disk(&error))?;
    if under_way.len() >= MOST_IN_ALL || under_way.iter().map(|it| it.size).fold(size, u64::saturating_add) > MOST_BYTES_IN_ALL {
        let en = "too many files are on their way; try again later, or send a smaller one";
        return Err(KernelError::conflict("state_conflict", "正在上传的文件过多，请稍后再试或上传较小的文件", en).into());
    }
    let open = under_way.into_iter().filter(|it| it.member == context.actor && it.workspace == context.workspace.id);
    if open.count() >= MOST_OPEN {
        let message = format!("您有 {MOST_OPEN} 个文件未传完，请先完成或放弃");
        return Err(
            KernelError::conflict("state_conflict", message, format!("{MOST_OPEN} files of yours are on their way; finish or give up some")).into()
        );
    }
    let (id, workspace) = (context.new_id(), context.workspace.id.clone());
    let parcel = Parcel {
        id,
        workspace,
        member: context.actor,
        object: object.to_owned(),
        file_name,
        sheet,
        size,
        begun_at: context.workspace.clock.now(),
        came_at: None,
    };
    let text = serde_json::to_vec(&parcel).map_err(|error| KernelError::Internal(error.to_string()))?;
    File::create(content(folder, id)).map_err(|error| disk(&error))?;
    let mut file = File::create(about(folder, id)).map_err(|error| disk(&error))?;
    file.write_all(&text).and_then(|()| file.sync_all()).map_err(|error| disk(&error))?;
    Ok(parcel)
}

/// One of the caller's own, with how much of it came.
///
/// # Errors
/// Not found where it is none of his, was finished or given up.
pub fn find(context: &Context, folder: &Path, id: Uuid) -> Result<(Parcel, u64)> {
    let text = std::fs::read(about(folder, id)).map_err(|_| KernelError::NotFound)?;
    let parcel: Parcel = serde_json::from_slice(&text).map_err(|_| KernelError::NotFound)?;
    if parcel.member != context.actor || parcel.workspace != context.workspace.id {
        return Err(KernelError::NotFound);
    }
    let received = std::fs::metadata(content(folder, id)).map_err(|_| KernelError::NotFound)?.len();
    Ok((parcel, received))
}

/// Puts a piece behind what came. Answers how much came then; a piece that came already is passed over.
///
/// # Errors
/// A conflict where it does not follow what came, or goes beyond the file's size; the disk.
pub fn append(context: &Context, folder: &Path, id: Uuid, offset: u64, piece: &Path) -> Result<(Parcel, u64)> {
    let (parcel, _) = find(context, folder, id)?;
    let mut file = OpenOptions::new().write(true).open(content(folder, id)).map_err(|_| KernelError::NotFound)?;
    // Two pieces at once come one after the other.
    file.lock().map_err(|error| disk(&error))?;
    let received = file.metadata().map_err(|error| disk(&error))?.len();
    let length = std::fs::metadata(piece).map_err(|error| disk(&error))?.len();
    let end = offset.saturating_add(length);
    if end <= received {
        return Ok((parcel, received));
    }
    if offset != received || end > parcel.size {
        return Err(KernelError::conflict(
            "state_conflict",
            format!("已收到 {received} 字节（共 {} 字节），请从该处继续", parcel.size),
            format!("{received} of {} bytes came; go on from there", parcel.size),
        ));
    }
    let mut source = File::open(piece).map_err(|error| disk(&error))?;
    file.seek(SeekFrom::Start(received)).map_err(|error| disk(&error))?;
    if let Err(error) = std::io::copy(&mut source, &mut file).and_then(|_| file.sync_data()) {
        // Half a piece would be taken for a whole one.
        file.set_len(received).map_err(|error| disk(&error))?;
        return Err(disk(&error));
    }
    note(folder, parcel, context.workspace.clock.now()).map(|parcel| (parcel, end)).map_err(|error| disk(&error))
}

/// Notes that a piece came: what somebody goes on with is kept.
fn note(folder: &Path, mut parcel: Parcel, now: Timestamp) -> std::io::Result<Parcel> {
    if parcel.came_at.unwrap_or(parcel.begun_at) + NOTED < now {
        parcel.came_at = Some(now);
        let beside = folder.join(format!("{}.noting", parcel.id.simple()));
        std::fs::write(&beside, serde_json::to_vec(&parcel)?)?;
        std::fs::rename(&beside, about(folder, parcel.id))?;
    }
    Ok(parcel)
}

/// Takes a whole file out of them; it is gone when what is answered is dropped without being kept.
///
/// # Errors
/// A conflict where some of it is missing.
pub fn finish(context: &Context, folder: &Path, id: Uuid) -> std::result::Result<(Parcel, Incoming), ApiError> {
    let (parcel, received) = find(context, folder, id)?;
    if received != parcel.size {
        let message = Label::new(
            format!("文件尚未传完：已收到 {received} / {} 字节", parcel.size),
            format!("{received} of {} bytes came; send the rest first", parcel.size),
        );
        return Err(ApiError::Kernel(KernelError::Conflict { code: "state_conflict", message, fields: Vec::new() }));
    }
    let file = Incoming::at(content(folder, id))?;
    remove(&about(folder, id)).map_err(|error| disk(&error))?;
    Ok((parcel, file))
}

/// Gives one up.
///
/// # Errors
/// Not found where it is none of the caller's; the disk.
pub fn give_up(context: &Context, folder: &Path, id: Uuid) -> Result<()> {
    find(context, folder, id)?;
    remove(&about(folder, id)).and_then(|()| remove(&content(folder, id))).map_err(|error| disk(&error))?;
    Ok(())
}

/// Removes those that nobody went on with.
///
/// # Errors
/// The disk.
pub(super) fn tidy(folder: &Path, now: Timestamp) -> std::io::Result<()> {
    for parcel in all(folder)?.into_iter().filter(|it| it.came_at.unwrap_or(it.begun_at) + KEPT < now) {
        remove(&about(folder, parcel.id))?;
        remove(&content(folder, parcel.id))?;
    }
    Ok(())
}

fn remove(path: &Path) -> std::io::Result<()> {
    match std::fs::remove_file(path) {
        Err(error) if error.kind() == std::io::ErrorKind::NotFound => Ok(()),
        other => other,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_is_gone_on_with_is_kept() {
        let folder = tempfile::tempdir().unwrap();
        let now = Timestamp::UNIX_EPOCH + SignedDuration::from_hours(100);
        let make = |id: u128, came_at: Option<i64>| {
            let id = Uuid::from_u128(id);
            let came_at = came_at.map(|it| Timestamp::UNIX_EPOCH + SignedDuration::from_hours(it));
            let (object, file_name, begun_at) = ("contact".to_owned(), "a.csv".to_owned(), Timestamp::UNIX_EPOCH);
            let parcel = Parcel { id, workspace: "main".into(), member: id, object, file_name, sheet: None, size: 9, begun_at, came_at };
            std::fs::write(about(folder.path(), id), serde_json::to_vec(&parcel).unwrap()).unwrap();
            std::fs::write(content(folder.path(), id), "name").unwrap();
            parcel
        };
        let (_, kept) = (make(1, None), make(2, Some(60)));
        make(3, Some(40));
        let noted = note(folder.path(), make(4, None), now).unwrap();
        assert_eq!(noted.came_at, Some(now));
        tidy(folder.path(), now).unwrap();
        let mut left: Vec<Uuid> = all(folder.path()).unwrap().iter().map(|it| it.id).collect();
        left.sort();
        assert_eq!(left, [kept.id, noted.id]);
    }
}
