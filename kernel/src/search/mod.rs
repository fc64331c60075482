//! Finding records by words: an index that follows the event log, and a search that passes the read path.

mod index;
mod query;

use std::sync::Arc;

use guanxi_text::script::fold_for_search;
use uuid::Uuid;

use crate::access::Verb;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::read::{ListRequest, Record};
use crate::schema::{OWNER_FIELD, Object};
use crate::store::{ColumnRef, ReadTx};

pub(crate) use index::{OpenGroup, forget, forget_layout, open_groups};
pub use index::{index_all, index_next, index_records, is_searchable};
pub use query::SearchQuery;

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
    /// The record it belongs to and is seen on, by object and id, where it has no page of its own.
    pub on: Option<(String, Uuid)>,
}

/// Most records of an object among which the best are looked for.
const RANKED: u64 = 50;

/// Records of several objects that contain the words and are what the operators say ([`SearchQuery`]), under the caller's
/// rights. A word in a field the caller may not see finds nothing.
pub fn search(context: &Context, tx: &mut dyn ReadTx, text: &str, objects: Option<&[String]>, limit: u64) -> Result<(Vec<Hit>, bool)> {
    let mut hits = Vec::new();
    let mut more = false;
    let query = SearchQuery::read(text);
    if query.is_empty() {
        return Ok((hits, more));
    }
    let schema = context.schema.clone();
    let mut order: Vec<&Arc<Object>> = schema.objects.values().filter(|it| is_searchable(it) && context.access.may(it, Verb::Read)).collect();
    order.retain(|it| query.wants(it));
    if let Some(objects) = objects {
        order.retain(|it| objects.contains(&it.name));
    }
    // Objects of the navigation first, in its order.
    let rank = |object: &Object| schema.apps.iter().flat_map(|it| &it.objects).position(|it| *it == object.name).unwrap_or(usize::MAX);
    order.sort_by_key(|it| rank(it));
    for object in order {
        let found = search_object(context, tx, object, &query, limit + 1)?;
        more |= found.len() as u64 > limit;
        hits.extend(found.into_iter().take(usize::try_from(limit).unwrap_or(usize::MAX)));
    }
    Ok((hits, more))
}

fn search_object(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, query: &SearchQuery, limit: u64) -> Result<Vec<Hit>> {
    let Some(filter) = query.filter(context, object) else { return Ok(Vec::new()) };
    let request = ListRequest {
        fields: Some(Vec::new()),
        sort: Some("-id".into()),
        words: Some(query.words.clone()).filter(|it| !it.trim().is_empty()),
        filter: Some(filter).filter(|it| !it.is_empty()),
        ..ListRequest::default()
    };
    let mut stream = match crate::read::Stream::compile(context, object, &request, Verb::Read) {
        // He may not ask for the owner's name, for example: then nothing is found by it.
        Err(KernelError::BadRequest { .. }) if request.filter.is_some() => return Ok(Vec::new()),
        other => other?,
    };
    stream.select.columns = (0..object.table.columns.len()).map(ColumnRef::main).collect();
    stream.select.limit = Some(limit.max(RANKED));
    let rows = tx.rows(&stream.select)?;
    let mut records: Vec<Record> = rows.into_iter().map(|row| Record { object: object.clone(), row }).collect();
    let wanted = fold_for_search(query.words.trim());
    records.sort_by_key(|it| std::cmp::Reverse(standing(context, it, &wanted)));
    Ok(records.into_iter().take(usize::try_from(limit).unwrap_or(usize::MAX)).map(|it| hit(context, &it)).collect())
}

/// What speaks for a record among those found: it is called just so, or begins so, or is the caller's own. The newest comes
/// first where that is alike.
fn standing(context: &Context, record: &Record, wanted: &str) -> (u8, bool) {
    let title = record.text_for(context, record.object.title_field().name()).map(|it| fold_for_search(&it)).unwrap_or_default();
    let called = if wanted.is_empty() { 0 } else { u8::from(title.starts_with(wanted)) + u8::from(title == wanted) };
    (called, record.object.definition.owned && record.reference(OWNER_FIELD) == Some(context.actor))
}

fn hit(context: &Context, record: &Record) -> Hit {
    let object = &record.object;
    let facts = object.fields.iter().filter(|it| it.definition.searchable && it.name() != object.definition.title_field);
    let subtitle = facts.filter_map(|it| record.text_for(context, it.name())).find(|it| !it.trim().is_empty()).unwrap_or_default();
    let label = record.text_for(context, object.title_field().name()).unwrap_or_default();
    let on = object.definition.follows.as_deref().filter(|_| object.definition.internal).and_then(|it| followed(record, it));
    Hit { object: object.name.clone(), id: record.id(), label, subtitle: subtitle.chars().take(120).collect(), on }
}

/// The record a field of another one names.
fn followed(record: &Record, field: &str) -> Option<(String, Uuid)> {
    let named = record.object.field(field)?;
    let object = match record.value(&format!("{field}.object")).as_text() {
        Some(object) => object.to_owned(),
        None => named.target.clone()?,
    };
    Some((object, record.reference(field)?))
}
