//! Finding records by words: an index that follows the event log, and a search that passes the read path.

mod index;

use std::sync::Arc;

use uuid::Uuid;

use crate::access::Verb;
use crate::context::Context;
use crate::error::Result;
use crate::read::{ListRequest, Record};
use crate::schema::Object;
use crate::store::{ColumnRef, ReadTx};

pub(crate) use index::{forget, forget_layout, open_groups};
pub use index::{index_all, index_next, index_records, is_searchable};

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

/// Records of several objects that contain the words, under the caller's rights. A word in a field the caller may not
/// see finds nothing.
pub fn search(context: &Context, tx: &mut dyn ReadTx, query: &str, objects: Option<&[String]>, limit: u64) -> Result<(Vec<Hit>, bool)> {
    let mut hits = Vec::new();
    let mut more = false;
    if query.trim().is_empty() {
        return Ok((hits, more));
    }
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
    let request = ListRequest { fields: Some(Vec::new()), sort: Some("-id".into()), words: Some(query.to_owned()), ..ListRequest::default() };
    let mut stream = crate::read::Stream::compile(context, object, &request, Verb::Read)?;
    stream.select.columns = (0..object.table.columns.len()).map(ColumnRef::main).collect();
    stream.select.limit = Some(limit);
    let rows = tx.rows(&stream.select)?;
    Ok(rows.into_iter().map(|row| hit(context, &Record { object: object.clone(), row })).collect())
}

fn hit(context: &Context, record: &Record) -> Hit {
    let object = &record.object;
    let facts = object.fields.iter().filter(|it| it.definition.searchable && it.name() != object.definition.title_field);
    let subtitle = facts.filter_map(|it| record.text_for(context, it.name())).find(|it| !it.trim().is_empty()).unwrap_or_default();
    let label = record.text_for(context, object.title_field().name()).unwrap_or_default();
    Hit { object: object.name.clone(), id: record.id(), label, subtitle: subtitle.chars().take(120).collect() }
}
