//! Versions of a file: another content under the same id, so that every record, comment and link that names it has the
//! newest. What it held before stays as a record of the object `file_version`.
//!
//! Who may replace a file is asked of the records it hangs on, as who may read it is: whoever might take it off every one of
//! them. A file that hangs nowhere yet is its uploader's.

use std::sync::Arc;

use guanxi_expr::Value;
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::pictures::{is_picture, no_picture};
use super::usage::take_room;
use crate::access::Verb;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::identity::MEMBER_OBJECT;
use crate::read::{Record, holders, link_targets, load_record, object_of};
use crate::schema::{CREATED_AT, CREATED_BY, FILE_OBJECT, FILE_VERSION_OBJECT, FieldKind, Object};
use crate::store::{ColumnRef, Condition, ReadTx, Select};
use crate::write::{PlanOptions, Planner, Unit, run_unit};

/// Most versions of one file.
const MOST_VERSIONS: i64 = 500;
/// Most records a file may hang on to be replaced.
const MOST_HOLDERS: u64 = 50;

/// A content that came, as the server found it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Content {
    /// Name.
    pub name: String,
    /// Bytes.
    pub size: u64,
    /// Media type.
    pub content_type: String,
    /// SHA-256 in hexadecimal.
    pub sha256: String,
}

/// One version of a file.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FileVersion {
    /// From 1 on.
    pub number: i64,
    /// What it holds.
    pub content: Content,
    /// Who uploaded it.
    pub made_by: Uuid,
    /// When.
    pub made_at: Timestamp,
    /// Whether it is the present one.
    pub current: bool,
}

fn text(record: &Record, field: &str) -> String {
    record.value(field).as_text().unwrap_or_default().to_owned()
}

fn content_of(record: &Record) -> Content {
    let size = if let Value::Int(size) = record.value("size") { u64::try_from(size).unwrap_or(0) } else { 0 };
    Content { name: text(record, "name"), size, content_type: text(record, "content_type"), sha256: text(record, "sha256") }
}

fn moment(value: &Value) -> Option<Timestamp> {
    if let Value::DateTime(at) = value { Some(*at) } else { None }
}

/// What the entry of a file names: its present version.
fn present(file: &Record, number: i64) -> FileVersion {
    let created_by = if let Some(Value::Id(id)) = file.row.get(CREATED_BY) { *id } else { Uuid::nil() };
    let created_at = file.row.get(CREATED_AT).and_then(moment).unwrap_or(Timestamp::UNIX_EPOCH);
    FileVersion {
        number,
        content: content_of(file),
        made_by: file.reference("revised_by").unwrap_or(created_by),
        made_at: moment(&file.value("revised_at")).unwrap_or(created_at),
        current: true,
    }
}

fn older(context: &Context, tx: &mut dyn ReadTx, file: Uuid) -> Result<Vec<FileVersion>> {
    let Some(object) = context.schema.object(FILE_VERSION_OBJECT) else { return Ok(Vec::new()) };
    let column = |name: &str| object.field(name).and_then(|it| it.part("")).map(|it| it.column);
    let (Some(of), Some(number)) = (column("file"), column("number")) else { return Ok(Vec::new()) };
    let select = Select::all(&object.table, Condition::equals(ColumnRef::main(of), Value::Id(file))).order_by(number, true);
    let rows = tx.rows(&select)?;
    Ok(rows.into_iter().map(|row| version_from(object, row)).collect())
}

fn version_from(object: &Arc<Object>, row: Vec<Value>) -> FileVersion {
    let record = Record { object: object.clone(), row };
    FileVersion {
        number: if let Value::Int(number) = record.value("number") { number } else { 0 },
        content: content_of(&record),
        made_by: record.reference("made_by").unwrap_or_default(),
        made_at: moment(&record.value("made_at")).unwrap_or(Timestamp::UNIX_EPOCH),
        current: false,
    }
}

/// The file, for those who may read it.
fn load(context: &Context, tx: &mut dyn ReadTx, file: Uuid) -> Result<Record> {
    let object = object_of(context, FILE_OBJECT)?;
    load_record(context, tx, &object, file, Verb::Read, false)?.ok_or(KernelError::NotFound)
}

/// All versions of a file, the newest first, for those who may read it.
///
/// # Errors
/// Not found where the caller may not read the file.
pub fn versions_of(context: &Context, tx: &mut dyn ReadTx, file: Uuid) -> Result<Vec<FileVersion>> {
    let record = load(context, tx, file)?;
    let older = older(context, tx, file)?;
    let number = older.first().map_or(1, |it| it.number + 1);
    Ok(std::iter::once(present(&record, number)).chain(older).collect())
}

/// What a file holds now, for those who may read it.
///
/// # Errors
/// Not found where the caller may not read the file.
pub fn present_version(context: &Context, tx: &mut dyn ReadTx, file: Uuid) -> Result<FileVersion> {
    Ok(present(&load(context, tx, file)?, 0))
}

/// One version of a file, for those who may read the file.
///
/// # Errors
/// Not found where there is none, or the caller may not read the file.
pub fn version_of(context: &Context, tx: &mut dyn ReadTx, file: Uuid, number: i64) -> Result<FileVersion> {
    versions_of(context, tx, file)?.into_iter().find(|it| it.number == number).ok_or(KernelError::NotFound)
}

/// Fails unless the caller may put another content in the place of a file. What lies in the bin comes back as it was: nobody
/// changes its files meanwhile.
///
/// # Errors
/// Not found where he may not read it; forbidden where he may not change a record it hangs on, or that one is in the bin; why
/// the record or its field cannot be changed now.
pub fn require_may_replace(context: &Context, tx: &mut dyn ReadTx, file: Uuid) -> Result<()> {
    let record = load(context, tx, file)?;
    let held = holders(context, tx, file, MOST_HOLDERS + 1)?;
    if held.len() as u64 > MOST_HOLDERS {
        return Err(KernelError::conflict(
            "state_conflict",
            format!("此文件附在超过{MOST_HOLDERS}条记录上，不能替换；请另行上传"),
            format!("this file hangs on more than {MOST_HOLDERS} records and cannot be replaced; upload another one"),
        ));
    }
    let is_own = record.row.get(CREATED_BY) == Some(&Value::Id(context.actor));
    if held.is_empty() && !is_own && !context.access.is_unlimited() {
        return Err(KernelError::Forbidden("replace a file that hangs nowhere".into()));
    }
    held.iter().try_for_each(|(holder, field, id)| require_may_take_off(context, tx, holder, field, *id, file))
}

/// Whether the caller could take a file off a record: then he may as well put another content in its place.
fn require_may_take_off(context: &Context, tx: &mut dyn ReadTx, holder: &Arc<Object>, field: &str, id: Uuid, file: Uuid) -> Result<()> {
    let without = match holder.field(field) {
        Some(it) if it.link.is_some() => json!(link_targets(tx, it, id)?.into_iter().filter(|it| *it != file).collect::<Vec<_>>()),
        _ => Json::Null,
    };
    let values: Map<String, Json> = [(field.to_owned(), without)].into_iter().collect();
    let draft = match Planner::new(context).update(tx, holder, id, &values, PlanOptions::default()) {
        // It hangs on what he does not see: that is told no more than that he may not.
        Err(KernelError::NotFound) => return Err(KernelError::Forbidden("replace a file".into())),
        draft => draft?,
    };
    // That a record needs a file is no reason against another content of it.
    let stands = |code: &str| ["read_only_field", "record_locked"].contains(&code);
    let problems: Vec<_> = draft.problems.into_iter().filter(|it| it.field == field && stands(it.code)).collect();
    if problems.is_empty() { Ok(()) } else { Err(KernelError::Invalid(problems)) }
}

/// Puts another content in the place of a file; what it held stays as a version. Answers the file.
///
/// # Errors
/// As [`require_may_replace`]; `quota_exceeded`; too many versions.
pub fn add_version(context: &Context, file: Uuid, content: &Content) -> Result<Record> {
    let content = content.clone();
    run_unit(
        context,
        context.new_id(),
        "revise",
        Box::new(move |unit| {
            let object = object_of(unit.context, FILE_OBJECT)?;
            unit.lock(&object, vec![file])?;
            require_may_replace(unit.context, unit.tx, file)?;
            require_fits(unit.context, unit.tx, file, &content)?;
            take_room(unit.context, unit.tx, content.size)?;
            replace(unit, file, &content)
        }),
    )
}

/// Puts an older version in the place of the present one, as a new version.
///
/// # Errors
/// As [`add_version`]; not found where there is no such version.
pub fn restore_version(context: &Context, file: Uuid, number: i64) -> Result<Record> {
    run_unit(
        context,
        context.new_id(),
        "revise",
        Box::new(move |unit| {
            let object = object_of(unit.context, FILE_OBJECT)?;
            unit.lock(&object, vec![file])?;
            require_may_replace(unit.context, unit.tx, file)?;
            let version = version_of(unit.context, unit.tx, file, number)?;
            if version.current {
                return Err(KernelError::conflict("state_conflict", "这已是当前版本", "this is the present version already"));
            }
            require_fits(unit.context, unit.tx, file, &version.content)?;
            take_room(unit.context, unit.tx, version.content.size)?;
            replace(unit, file, &version.content)
        }),
    )
}

/// Where a file is somebody's picture, nothing else comes into its place.
fn require_fits(context: &Context, tx: &mut dyn ReadTx, file: Uuid, content: &Content) -> Result<()> {
    if is_picture(&content.content_type) {
        return Ok(());
    }
    let is_image = |(holder, field, _): &(Arc<Object>, String, Uuid)| holder.field(field).is_some_and(|it| it.definition.kind == FieldKind::Image);
    let shown = holders(context, tx, file, MOST_HOLDERS)?.iter().any(is_image);
    if shown { Err(KernelError::Invalid(vec![no_picture("file")])) } else { Ok(()) }
}

fn replace(unit: &mut Unit<'_>, file: Uuid, content: &Content) -> Result<Record> {
    let context = unit.context;
    let before = versions_of(context, unit.tx, file)?.into_iter().next().ok_or(KernelError::NotFound)?;
    if before.number >= MOST_VERSIONS {
        return Err(KernelError::conflict(
            "state_conflict",
            format!("一个文件最多{MOST_VERSIONS}个版本；请另行上传"),
            format!("a file has at most {MOST_VERSIONS} versions; upload another one"),
        ));
    }
    let mut kept = values_of(&before.content);
    let made_by = if is_here(context, unit.tx, before.made_by)? { json!(before.made_by) } else { Json::Null };
    kept.extend(map(json!({ "file": file, "number": before.number, "made_by": made_by, "made_at": before.made_at })));
    unit.create_as_system(FILE_VERSION_OBJECT, &kept)?;
    let mut values = values_of(content);
    values.extend(map(json!({ "revised_by": context.actor, "revised_at": context.now })));
    unit.update_as_system(FILE_OBJECT, file, &values)
}

/// Whether a member is there; of who has been deleted nothing new is written.
fn is_here(context: &Context, tx: &mut dyn ReadTx, member: Uuid) -> Result<bool> {
    let Some(members) = context.schema.object(MEMBER_OBJECT).cloned() else { return Ok(false) };
    Ok(load_record(&context.as_system(), tx, &members, member, Verb::Read, false)?.is_some())
}

fn values_of(content: &Content) -> Map<String, Json> {
    let Content { name, size, content_type, sha256 } = content;
    map(json!({ "name": name, "size": size, "content_type": content_type, "sha256": sha256 }))
}

fn map(json: Json) -> Map<String, Json> {
    if let Json::Object(map) = json { map } else { Map::new() }
}
