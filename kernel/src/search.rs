//! Finding records by words: an index that follows the event log, and a search that passes the read path.

use std::collections::{BTreeMap, HashSet};
use std::sync::Arc;

use guanxi_expr::Value;
use uuid::Uuid;

use crate::access::Verb;
use crate::context::Context;
use crate::error::Result;
use crate::events::read_after;
use crate::read::{ListRequest, Record, load_records, words_condition};
use crate::schema::{DELETED_AT, FieldGate, Object};
use crate::store::{ColumnRef, Condition, Insert, OnConflict, ReadTx, Select, Set, StoreExt, Update, WriteTx};
use crate::system_tables::CURSOR;

/// Name of the indexer's place in the log.
const READER: &str = "search";
/// Events taken at once.
const BATCH: u64 = 2_000;

/// A record found.
#[derive(Debug, Clone, PartialEq, Eq, serde::Serialize)]
pub struct Hit {
    /// Object.
    pub object: String,
    /// Record.
    pub id: Uuid,
    /// Its title.
    pub label: String,
    /// A second fact that tells it from others of the same title.
    pub subtitle: String,
}

/// Brings the index up to the log's head, at most one batch. Answers whether more is waiting.
pub fn index_next(context: &Context) -> Result<bool> {
    let inner = context.as_system();
    let store = context.workspace.store.clone();
    let (from, events) = store.read_with(|tx| {
        let from = position(tx)?;
        Ok((from, read_after(tx, from, BATCH)?))
    })?;
    let Some(last) = events.last().map(|it| it.seq) else { return Ok(false) };
    let more = events.len() as u64 == BATCH;
    let mut ids: BTreeMap<String, HashSet<Uuid>> = BTreeMap::new();
    for event in events {
        ids.entry(event.object).or_default().extend(event.record);
    }
    store.write_with(move |tx| {
        // Another node may have been here first.
        if position(tx)? != from {
            return Ok(());
        }
        for (name, ids) in &ids {
            if let Some(object) = inner.schema.object(name).filter(|it| is_searchable(it)) {
                let ids: Vec<Uuid> = ids.iter().copied().collect();
                index_records(&inner, tx, object, &ids)?;
            }
        }
        advance(tx, last)
    })?;
    Ok(more)
}

/// Brings the index wholly up to date.
pub fn index_all(context: &Context) -> Result<()> {
    while index_next(context)? {}
    Ok(())
}

/// Writes the words of records as they are now.
pub fn index_records(context: &Context, tx: &mut dyn WriteTx, object: &Arc<Object>, ids: &[Uuid]) -> Result<()> {
    let mut gone: HashSet<Uuid> = ids.iter().copied().collect();
    for record in load_records(context, tx, object, ids, Verb::Read, true)? {
        gone.remove(&record.id());
        tx.index_words(&object.name, record.id(), Some(&words_of(&record)))?;
    }
    for id in gone {
        tx.index_words(&object.name, id, None)?;
    }
    Ok(())
}

/// Forgets the words of a record.
pub(crate) fn forget(tx: &mut dyn WriteTx, object: &Object, id: Uuid) -> Result<()> {
    Ok(tx.index_words(&object.name, id, None)?)
}

/// The words of a record, each once.
fn words_of(record: &Record) -> String {
    let mut words: Vec<String> = Vec::new();
    for field in record.object.fields.iter().filter(|it| is_searched(&record.object, it)) {
        let cells = field.cells(&record.row);
        if !cells.iter().all(Value::is_null) {
            field.kind().words(&field.definition, &cells, &mut words);
        }
    }
    let mut seen = HashSet::new();
    words.retain(|it| seen.insert(it.clone()));
    words.join(" ")
}

fn is_searched(object: &Object, field: &crate::schema::Field) -> bool {
    field.definition.searchable || field.name() == object.definition.title_field
}

/// Whether search covers an object.
pub fn is_searchable(object: &Object) -> bool {
    !object.definition.internal
}

fn position(tx: &mut (impl ReadTx + ?Sized)) -> Result<i64> {
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

/// Records of several objects that contain the words, under the caller's rights. A word in a field the caller may not
/// see finds nothing: objects with hidden searchable fields are searched by title only, checked on the row itself.
pub fn search(context: &Context, tx: &mut dyn ReadTx, query: &str, objects: Option<&[String]>, limit: u64) -> Result<(Vec<Hit>, bool)> {
    let mut hits = Vec::new();
    let mut more = false;
    let schema = context.schema.clone();
    let mut order: Vec<&Arc<Object>> = schema.objects.values().filter(|it| is_searchable(it) && context.access.may(it, Verb::Read)).collect();
    if let Some(objects) = objects {
        order.retain(|it| objects.contains(&it.name));
    }
    // Objects of the navigation first, in its order.
    let rank = |object: &Object| schema.apps.iter().flat_map(|it| &it.objects).position(|it| *it == object.name).unwrap_or(usize::MAX);
    order.sort_by_key(|it| rank(it));
    for object in order {
        let found = search_object(context, tx, object, query, limit + 1)?;
        more |= found.len() as u64 > limit;
        hits.extend(found.into_iter().take(usize::try_from(limit).unwrap_or(usize::MAX)));
    }
    Ok((hits, more))
}

fn search_object(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, query: &str, limit: u64) -> Result<Vec<Hit>> {
    let request = ListRequest { fields: Some(Vec::new()), sort: Some("id".into()), ..ListRequest::default() };
    let mut stream = crate::read::Stream::compile(context, object, &request, Verb::Read)?;
    let base = std::mem::replace(&mut stream.select.condition, Condition::True);
    stream.select.columns = (0..object.table.columns.len()).map(ColumnRef::main).collect();
    stream.select.condition = words_condition(object, query).and(base).and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
    stream.select.order.clear();
    let hidden = object.fields.iter().any(|it| is_searched(object, it) && !context.access.may_read(object, it));
    stream.select.limit = Some(if hidden { limit * 10 } else { limit });
    let rows = tx.rows(&stream.select)?;
    let records = rows.into_iter().map(|row| Record { object: object.clone(), row });
    Ok(records.filter(|it| !hidden || shown_words_match(context, it, query)).take(usize::try_from(limit).unwrap_or(usize::MAX)).map(|it| hit(context, &it)).collect())
}

/// Whether the words of the fields the caller may see contain the query.
fn shown_words_match(context: &Context, record: &Record, query: &str) -> bool {
    let mut words: Vec<String> = Vec::new();
    for field in record.object.fields.iter().filter(|it| is_searched(&record.object, it) && context.access.may_read(&record.object, it)) {
        let cells = field.cells(&record.row);
        if !cells.iter().all(Value::is_null) {
            field.kind().words(&field.definition, &cells, &mut words);
        }
    }
    let wanted = guanxi_text::search_tokens::query_tokens(query);
    !wanted.is_empty() && wanted.iter().all(|want| words.iter().any(|it| if want.prefix { it.starts_with(&want.text) } else { *it == want.text }))
}

fn hit(context: &Context, record: &Record) -> Hit {
    let object = &record.object;
    let facts = object.fields.iter().filter(|it| it.definition.searchable && it.name() != object.definition.title_field && context.access.may_read(object, it));
    let subtitle = facts.filter_map(|it| record.text(it.name())).find(|it| !it.trim().is_empty()).unwrap_or_default();
    let label = if context.access.may_read(object, object.title_field()) { record.title() } else { String::new() };
    Hit { object: object.name.clone(), id: record.id(), label, subtitle: subtitle.chars().take(120).collect() }
}
