//! What files say, kept beside their contents so that search finds them and shows where. It is read by the server; here it is
//! kept, and given to those who may see the file.

use std::sync::Arc;

use guanxi_expr::{CompareOp, Value};
use serde_json::Map;
use uuid::Uuid;

use super::followed;
use crate::access::{Place, Shown, Verb};
use crate::context::Context;
use crate::error::Result;
use crate::events::{NewEvent, append};
use crate::files::Content;
use crate::read::{Record, holders, load_records};
use crate::schema::{DELETED_AT, FILE_OBJECT, FILE_VERSION_OBJECT, ID, Object, Schema, VERSION};
use crate::store::{ColumnRef, Condition, Delete, Insert, OnConflict, ReadTx, Select, StoreExt as _, WriteTx};
use crate::system_tables::FILE_TEXT;

/// Raised whenever more kinds of files are read, or read better: what was read before is read anew.
pub const READER: i64 = 1;
/// Longest text kept of a file, in characters.
pub const MOST_KEPT: usize = 100_000;
/// Held by whoever keeps or forgets what a content says.
const LOCK: &str = "files.texts";
/// Records a file is looked for on, of each object.
const MOST_HOLDERS: u64 = 5;

/// What came of reading a content.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum FileText {
    /// What it says, perhaps cut.
    Read(String),
    /// A kind of file of which nothing is read.
    None,
    /// It is damaged, too large or took too long.
    Failed,
}

/// Contents of live files that were not read yet, with the ids of the files, from behind one of them on; at most so many.
///
/// # Errors
/// Fails where the database does.
pub fn unread_contents(context: &Context, tx: &mut dyn ReadTx, after: Uuid, most: u64) -> Result<Vec<(Uuid, Content)>> {
    let Some(object) = context.schema.object(FILE_OBJECT) else { return Ok(Vec::new()) };
    let Some(sha256) = sha256_of(object) else { return Ok(Vec::new()) };
    let read = Condition::Compare(ColumnRef::main(3), CompareOp::Ge, Value::Int(READER));
    let read = Select { columns: vec![ColumnRef::main(0)], ..Select::all(&FILE_TEXT, read) };
    let unread = Condition::NotNull(ColumnRef::main(sha256)).and(Condition::Exists(ColumnRef::main(sha256), Box::new(read), true));
    let live = Condition::IsNull(ColumnRef::main(DELETED_AT)).and(unread);
    let live = live.and(Condition::Compare(ColumnRef::main(ID), CompareOp::Gt, Value::Id(after)));
    let rows = tx.rows(&Select::all(&object.table, live).order_by(ID, false).limited(most))?;
    let records = rows.into_iter().map(|row| Record { object: object.clone(), row });
    Ok(records.map(|it| (it.id(), content_of(&it))).collect())
}

fn content_of(file: &Record) -> Content {
    let text = |name: &str| file.value(name).as_text().unwrap_or_default().to_owned();
    let size = if let Value::Int(size) = file.value("size") { u64::try_from(size).unwrap_or(0) } else { 0 };
    Content { name: text("name"), size, content_type: text("content_type"), sha256: text("sha256") }
}

/// The column that names a content.
fn sha256_of(object: &Object) -> Option<usize> {
    Some(object.field("sha256")?.part("")?.column)
}

/// What names contents: files, and the versions they had.
fn naming(schema: &Schema) -> impl Iterator<Item = (&Arc<Object>, usize)> {
    [FILE_OBJECT, FILE_VERSION_OBJECT].into_iter().filter_map(|it| schema.object(it)).filter_map(|it| Some((it, sha256_of(it)?)))
}

/// Keeps what a content says, unless no file has it any more. The log tells of the files that have it, so that the index
/// follows.
///
/// # Errors
/// Fails where the database does.
pub fn keep_text(context: &Context, sha256: &str, said: &FileText) -> Result<()> {
    let (state, text) = match said {
        FileText::Read(text) => ("read", Value::Text(text.chars().filter(|it| *it != '\0').take(MOST_KEPT).collect())),
        FileText::None => ("none", Value::Null),
        FileText::Failed => ("failed", Value::Null),
    };
    let key = Value::Text(sha256.to_owned());
    let row = vec![key.clone(), Value::Text(state.to_owned()), text, Value::Int(READER), Value::DateTime(context.workspace.clock.now())];
    let (inner, tells) = (context.clone(), matches!(said, FileText::Read(_)));
    context.workspace.store.write_with(move |tx| {
        // It may be erased in this moment: what it said is not to come back.
        tx.serialise(LOCK)?;
        let (mut told, mut is_named) = (Vec::new(), false);
        for (object, column) in naming(&inner.schema) {
            let columns = vec![ColumnRef::main(ID), ColumnRef::main(VERSION)];
            let named = Condition::equals(ColumnRef::main(column), key.clone());
            let rows = tx.rows(&Select { columns, ..Select::all(&object.table, named) })?;
            is_named |= !rows.is_empty();
            told.extend(rows.into_iter().filter_map(|row| match row.as_slice() {
                [Value::Id(id), Value::Int(version)] if object.name == FILE_OBJECT => Some(text_read(*id, *version)),
                _ => None,
            }));
        }
        if !is_named {
            return Ok(());
        }
        tx.insert(&Insert {
            table: FILE_TEXT.clone(),
            columns: (0..row.len()).collect(),
            rows: vec![row.clone()],
            on_conflict: OnConflict::Replace((1..row.len()).collect()),
        })?;
        if tells { append(&inner, tx, inner.workspace.ids.next(inner.workspace.clock.now()), told) } else { Ok(()) }
    })?;
    context.workspace.feed.announce();
    Ok(())
}

/// Forgets what contents said that no file has any more. To be run once a day.
///
/// # Errors
/// Fails where the database does.
pub fn forget_unnamed_texts(context: &Context) -> Result<()> {
    let schema = context.schema.clone();
    context.workspace.store.write_with(move |tx| {
        tx.serialise(LOCK)?;
        let mut unnamed = Condition::True;
        for (object, column) in naming(&schema) {
            let named = Condition::NotNull(ColumnRef::main(column));
            let named = Select { columns: vec![ColumnRef::main(column)], ..Select::all(&object.table, named) };
            unnamed = unnamed.and(Condition::Exists(ColumnRef::main(0), Box::new(named), true));
        }
        tx.delete(&Delete { table: FILE_TEXT.clone(), condition: unnamed })?;
        Ok(())
    })
}

fn text_read(file: Uuid, version: i64) -> NewEvent {
    let kind = format!("{FILE_OBJECT}.text_read");
    NewEvent { kind, object: FILE_OBJECT.to_owned(), record: file, version, changes: Map::new(), written: None, stamp: None }
}

/// What a file says, as far as it was read. Whoever asks has the file, so he may have its text.
pub(super) fn text_of_file(tx: &mut dyn ReadTx, file: &Record) -> Result<Option<String>> {
    let Value::Text(sha256) = file.value("sha256") else { return Ok(None) };
    let select = Select { columns: vec![ColumnRef::main(2)], ..Select::all(&FILE_TEXT, Condition::equals(ColumnRef::main(0), Value::Text(sha256))) };
    Ok(tx.first(&select)?.and_then(|mut it| it.pop()).and_then(|it| if let Value::Text(text) = it { Some(text) } else { None }))
}

/// Forgets what an erased file said. Of another one with the same content it is read anew.
pub(super) fn forget_text_of(tx: &mut dyn WriteTx, record: &Record) -> Result<()> {
    // Versions of files are records of their own that name a content.
    if let (Value::Text(sha256), true) = (record.value("sha256"), record.object.name.starts_with(FILE_OBJECT)) {
        tx.serialise(LOCK)?;
        tx.delete(&Delete { table: FILE_TEXT.clone(), condition: Condition::equals(ColumnRef::main(0), Value::Text(sha256)) })?;
    }
    Ok(())
}

/// A record the file hangs on, in a field the caller sees whole, or the record that one is seen on.
pub(super) fn holder_of(context: &Context, tx: &mut dyn ReadTx, file: Uuid) -> Result<Option<(String, Uuid)>> {
    for (holder, field, id) in holders(context, tx, file, MOST_HOLDERS)? {
        if !context.access.may(&holder, Verb::Read) {
            continue;
        }
        let Some(record) = load_records(context, tx, &holder, &[id], Verb::Read, false)?.pop() else { continue };
        let shown = holder.field(&field).map(|it| context.access.shown_of(&holder, it, Place::Record, &record.row));
        if shown != Some(Shown::Whole) {
            continue;
        }
        let on = holder.definition.follows.as_deref().filter(|_| holder.definition.internal).and_then(|it| followed(&record, it));
        match on {
            Some(on) => return Ok(Some(on)),
            None if !holder.definition.internal => return Ok(Some((holder.name.clone(), id))),
            None => {}
        }
    }
    Ok(None)
}
