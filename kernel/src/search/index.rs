//! The words of records, following the event log.
//!
//! All words of a record stand under the name of its object. Where some role hides a field that is searched, the words
//! of the fields that roles treat alike also stand together under `object.field+field`, so that a caller who may not see
//! some is answered from the others alone: in the statement itself, so that paging and counting stay right.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use guanxi_expr::Value;
use guanxi_text::search_tokens;
use uuid::Uuid;

use super::file_texts::{forget_text_of, text_of_file};
use super::known;
use super::rebuild::rebuild_next;
use crate::access::{Cover, FieldRights, Verb, closed_fields};
use crate::context::Context;
use crate::error::Result;
use crate::events::read_after;
use crate::read::{Record, load_records};
use crate::schema::{FILE_OBJECT, Field, FieldGate, ID, Object, Schema};
use crate::store::{ColumnRef, Condition, Insert, OnConflict, ReadTx, Select, Set, StoreExt, Update, WriteTx};
use crate::system_tables::CURSOR;

/// Name of the indexer's place in the log.
pub(super) const READER: &str = "search";
/// Events taken at once.
const BATCH: u64 = 2_000;

/// Records asked for at once.
const IDS: usize = 500;

/// Brings the index up to the log's head, at most one batch; and one batch of what is indexed anew, so that neither waits for
/// the other. Answers whether more is waiting.
///
/// # Errors
/// Fails where the database does.
pub fn index_next(context: &Context) -> Result<bool> {
    let inner = context.as_system();
    let is_rebuilding = rebuild_next(&inner)?;
    Ok(follow_log(&inner)? || is_rebuilding)
}

fn follow_log(inner: &Context) -> Result<bool> {
    let (inner, store) = (inner.clone(), inner.workspace.store.clone());
    // The words are worked out from a snapshot, so that nobody's write waits for it. What changes meanwhile stands further
    // on in the log and is looked at again.
    let (from, last, more, words) = store.read_with(|tx| {
        let from = position(tx)?;
        let events = read_after(tx, from, BATCH)?;
        let (last, more) = (events.last().map(|it| it.seq), events.len() as u64 == BATCH);
        let mut ids: BTreeMap<String, HashSet<Uuid>> = BTreeMap::new();
        for event in events {
            ids.entry(event.object).or_default().extend(event.record);
        }
        let mut words = Vec::new();
        for (name, ids) in ids {
            if let Some(object) = inner.schema.object(&name).filter(|it| is_searchable(it)) {
                let ids: Vec<Uuid> = ids.into_iter().collect();
                words.extend(words_of_records(&inner, tx, object, &ids)?);
            }
        }
        Ok((from, last, more, words))
    })?;
    let Some(last) = last else { return Ok(false) };
    store.write_with(move |tx| {
        tx.serialise(READER)?;
        // Another node may have been here first.
        if position(tx)? != from {
            return Ok(());
        }
        write_words(tx, &inner.schema, &words)?;
        advance(tx, last)
    })?;
    Ok(more)
}

/// What is to stand in the index for a record under one name; nothing for what is gone.
pub(super) struct Words {
    under: String,
    record: Uuid,
    words: Option<String>,
}

pub(super) fn write_words(tx: &mut dyn WriteTx, schema: &Schema, words: &[Words]) -> Result<()> {
    for one in words {
        tx.index_words(&one.under, one.record, one.words.as_deref())?;
    }
    let mut named: BTreeMap<&str, Vec<&Words>> = BTreeMap::new();
    // What a file says is many words of many languages, and no name.
    for one in words.iter().filter(|it| !it.under.contains('.') && it.under != FILE_OBJECT && it.words.is_some()) {
        named.entry(&one.under).or_default().push(one);
    }
    for (object, words) in named {
        let Some(object) = schema.object(object) else { continue };
        let live = still_there(tx, object, &words)?;
        known::note(tx, &object.name, words.iter().filter(|it| live.contains(&it.record)).filter_map(|it| it.words.as_deref()))?;
    }
    Ok(())
}

/// Records that were not erased since their words were read: what they were called is known no more.
fn still_there(tx: &mut dyn WriteTx, object: &Object, words: &[&Words]) -> Result<HashSet<Uuid>> {
    let mut live = HashSet::new();
    for some in words.chunks(IDS) {
        let ids = Condition::In(ColumnRef::main(ID), some.iter().map(|it| Value::Id(it.record)).collect(), false);
        let rows = tx.rows(&Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, ids) })?;
        live.extend(rows.into_iter().filter_map(|mut row| if let Some(Value::Id(id)) = row.pop() { Some(id) } else { None }));
    }
    Ok(live)
}

/// Brings the index wholly up to date.
///
/// # Errors
/// Fails where the database does.
pub fn index_all(context: &Context) -> Result<()> {
    while index_next(context)? {}
    Ok(())
}

/// Writes the words of records as they are now.
///
/// # Errors
/// Fails where the database does.
pub fn index_records(context: &Context, tx: &mut dyn WriteTx, object: &Arc<Object>, ids: &[Uuid]) -> Result<()> {
    let words = words_of_records(context, tx, object, ids)?;
    write_words(tx, &context.schema, &words)
}

pub(super) fn words_of_records(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, ids: &[Uuid]) -> Result<Vec<Words>> {
    let mut gone: HashSet<Uuid> = ids.iter().copied().collect();
    let groups = groups(&context.schema, object);
    let mut found = Vec::with_capacity(ids.len());
    for record in load_records(context, tx, object, ids, Verb::Read, true)? {
        gone.remove(&record.id());
        for group in &groups {
            let words = group.fields.iter().flat_map(|it| words_of(&record, it)).collect();
            found.push(Words { under: group.name.clone(), record: record.id(), words: Some(distinct(words)) });
        }
        let mut all = tokens_of(&record);
        if object.name == FILE_OBJECT {
            all.extend(text_of_file(tx, &record)?.iter().flat_map(|it| search_tokens::index_file_tokens(it)));
        }
        found.push(Words { under: object.name.clone(), record: record.id(), words: Some(distinct(all)) });
    }
    for record in gone {
        let names = groups.iter().map(|it| &it.name).chain([&object.name]);
        found.extend(names.map(|under| Words { under: under.clone(), record, words: None }));
    }
    Ok(found)
}

/// The words of all fields of a record that are searched.
pub(super) fn tokens_of(record: &Record) -> Vec<String> {
    searched(&record.object).flat_map(|it| words_of(record, it)).collect()
}

/// Forgets the words of a record that is erased; its row is gone.
pub(crate) fn forget(tx: &mut dyn WriteTx, schema: &Schema, record: &Record) -> Result<()> {
    let (object, id) = (&record.object, record.id());
    // What the index is about to write was read before: it looks once more who is there.
    tx.serialise(READER)?;
    for group in groups(schema, object) {
        tx.index_words(&group.name, id, None)?;
    }
    tx.index_words(&object.name, id, None)?;
    forget_text_of(tx, record)?;
    known::forget(tx, record)
}

/// Where the words the caller may look for stand; `None` where he may see every field that is searched.
pub(crate) fn open_groups<'c>(context: &'c Context, object: &Object) -> Option<Vec<OpenGroup<'c>>> {
    let may_read = |it: &Field| context.access.may_read(object, it);
    let covers: &[Arc<Cover>] = context.access.fields(object).map_or(&[], FieldRights::covers);
    if covers.is_empty() && searched(object).all(may_read) {
        return None;
    }
    let open = groups(&context.schema, object).into_iter().filter(|it| it.fields.iter().all(|it| may_read(it)));
    let over = |group: &Group<'_>| covers.iter().filter(|it| group.fields.iter().any(|field| it.fields.contains_key(field.name()))).collect();
    Some(open.map(|it| OpenGroup { covers: over(&it), name: it.name }).collect())
}

/// Words the caller may look for.
pub(crate) struct OpenGroup<'c> {
    /// What they stand under.
    pub name: String,
    /// What covers them of some records: there they find nothing.
    pub covers: Vec<&'c Arc<Cover>>,
}

/// Whether search covers an object.
pub fn is_searchable(object: &Object) -> bool {
    !object.definition.internal || object.definition.in_search
}

fn words_of(record: &Record, field: &Field) -> Vec<String> {
    let cells = field.cells(&record.row);
    let mut words = Vec::new();
    if !cells.iter().all(Value::is_null) {
        field.kind().words(&field.definition, &cells, &mut words);
    }
    words
}

fn distinct(mut words: Vec<String>) -> String {
    let mut seen = HashSet::new();
    words.retain(|it| seen.insert(it.clone()));
    words.join(" ")
}

/// The fields whose words are found.
pub(super) fn searched(object: &Object) -> impl Iterator<Item = &Field> {
    object.fields.iter().filter(|it| it.definition.searchable || it.name() == object.definition.title_field)
}

/// Searched fields that no role tells apart, and the name their words stand under.
struct Group<'o> {
    name: String,
    fields: Vec<&'o Field>,
}

/// The groups of an object; none where no role hides any searched field, or all fields alike.
fn groups<'o>(schema: &Schema, object: &'o Object) -> Vec<Group<'o>> {
    let rights: Vec<_> = schema.roles.values().filter(|it| !it.administrator).filter_map(|it| it.rights(&object.definition)).collect();
    let mut alike: BTreeMap<(Option<&str>, bool, Vec<_>), Vec<&Field>> = BTreeMap::new();
    // A circle may cover one and leave the next open.
    let lies = object.definition.in_circle.as_ref();
    let coverable = |name: &str| lies?.coverable.iter().map(String::as_str).find(|it| *it == name);
    // What is closed until a record is opened stands apart from what is open to see.
    let closed: HashSet<&str> = lies.map(|it| closed_fields(object, it).collect()).unwrap_or_default();
    for field in searched(object) {
        let name = field.name();
        let word = rights.iter().map(|it| (it.keeps_back(name), it.masked_in_lists.contains(name), it.deny.fields.get(name).copied()));
        alike.entry((coverable(name), closed.contains(name), word.collect())).or_default().push(field);
    }
    if alike.keys().all(|(coverable, closed, words)| coverable.is_none() && !closed && words.iter().all(|word| *word == (false, false, None))) {
        return Vec::new();
    }
    let name = |fields: &[&Field]| format!("{}.{}", object.name, fields.iter().map(|it| it.name()).collect::<Vec<_>>().join("+"));
    alike.into_values().map(|fields| Group { name: name(&fields), fields }).collect()
}

/// What the words of an object were taken from, and how.
pub(super) fn layout_of(schema: &Schema, object: &Object) -> Vec<String> {
    let groups = groups(schema, object);
    let mut layout: Vec<String> =
        if groups.is_empty() { searched(object).map(|it| it.name().to_owned()).collect() } else { groups.into_iter().map(|it| it.name).collect() };
    layout.push(format!("tokens {}", search_tokens::VERSION));
    layout
}

pub(super) fn position(tx: &mut (impl ReadTx + ?Sized)) -> Result<i64> {
    let row = tx.first(&Select::all(&CURSOR, Condition::equals(ColumnRef::main(0), Value::Text(READER.into()))))?;
    Ok(if let Some([_, Value::Int(seq)]) = row.as_deref() { *seq } else { 0 })
}

fn advance(tx: &mut dyn WriteTx, seq: i64) -> Result<()> {
    let key = Condition::equals(ColumnRef::main(0), Value::Text(READER.into()));
    let update = Update { table: CURSOR.clone(), set: vec![(1, Set::To(Value::Int(seq)))], condition: key };
    if tx.update(&update)? == 0 {
        let rows = vec![vec![Value::Text(READER.into()), Value::Int(seq)]];
        tx.insert(&Insert { table: CURSOR.clone(), columns: vec![0, 1], rows, on_conflict: OnConflict::Fail })?;
    }
    Ok(())
}
