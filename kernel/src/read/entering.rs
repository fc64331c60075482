//! Records that a filter finds now and did not find before they were changed.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_expr::{Checked, EvalContext, evaluate};
use uuid::Uuid;

use super::list::{ListRequest, Stream};
use super::record::Record;
use crate::access::{Verb, fold_condition};
use crate::context::Context;
use crate::error::Result;
use crate::events::Event;
use crate::provenance::FOLLOW_SOURCES;
use crate::readers::has_read;
use crate::schema::{Object, SOURCE_PATHS, WithSources};
use crate::store::{ColumnRef, ReadTx};

/// Whether a filter that names these paths asks for what sets fields, which is not known of the last of some events yet.
fn knows_too_little(tx: &mut dyn ReadTx, condition: &Checked, events: &[&Event]) -> Result<bool> {
    let asks = condition.paths().any(|path| path.first().is_some_and(|it| SOURCE_PATHS.iter().any(|(function, _)| function == it)));
    match events.iter().map(|it| it.seq).max().filter(|_| asks) {
        Some(last) => Ok(!has_read(tx, FOLLOW_SOURCES, last)?),
        None => Ok(false),
    }
}

/// Of the records that events tell of those that a filter finds for the caller now, and did not find before: new ones, and
/// changed ones where the change made the difference. Where the filter also looks at other records, any change of a field
/// it names counts. Answers the last event of each. Where it asks what set a field, nothing is found before that is known.
///
/// # Errors
/// A bad filter; the database's.
pub fn entered<'e>(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, filter: &str, events: &[&'e Event]) -> Result<Vec<&'e Event>> {
    let mut told: BTreeMap<Uuid, Vec<&Event>> = BTreeMap::new();
    for event in events {
        if let Some(id) = event.record {
            told.entry(id).or_default().push(event);
        }
    }
    let condition = if filter.trim().is_empty() {
        None
    } else {
        let (access, zone) = (context.access.as_ref(), &context.time_zone);
        Some(fold_condition(&context.schema, object, filter, &WithSources(access), &access.member, context.now, zone)?)
    };
    if let Some(condition) = &condition
        && knows_too_little(tx, condition, events)?
    {
        return Ok(Vec::new());
    }
    let ids: Vec<Uuid> = told.keys().copied().collect();
    let mut found = Vec::new();
    for chunk in ids.chunks(500) {
        found.extend(found_among(context, tx, object, filter, chunk)?);
    }
    if found.is_empty() {
        return Ok(Vec::new());
    }
    let came = |record: &Record| {
        let own = told.get(&record.id())?;
        let is_new = own.iter().any(|it| it.kind.ends_with(".created") || it.kind.ends_with(".restored"));
        let came = is_new || condition.as_ref().is_some_and(|it| !held_before(context, record, it, own));
        own.last().copied().filter(|_| came)
    };
    Ok(found.iter().filter_map(came).collect())
}

fn found_among(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, filter: &str, ids: &[Uuid]) -> Result<Vec<Record>> {
    let request = ListRequest { fields: Some(Vec::new()), sort: Some("id".into()), filter: Some(filter.to_owned()), ..ListRequest::default() };
    let mut select = Stream::compile(context, object, &request, Verb::Read)?.among(ids).select;
    select.columns = (0..object.table.columns.len()).map(ColumnRef::main).collect();
    Ok(tx.rows(&select)?.into_iter().map(|row| Record { object: object.clone(), row }).collect())
}

/// Whether the condition held for the record as it was before these events of it.
fn held_before(context: &Context, record: &Record, condition: &Checked, events: &[&Event]) -> bool {
    let paths: Vec<&[String]> = condition.paths().collect();
    let mut before = record.row.clone();
    let mut changes_named = false;
    // The newest first, so that the oldest value stands in the end.
    for event in events.iter().rev() {
        for (name, pair) in &event.changes {
            let Some(field) = record.object.field(name) else { continue };
            changes_named |= paths.iter().any(|path| path.iter().find(|it| !it.ends_with("()")) == Some(name));
            let old = pair.get(0).filter(|it| !it.is_null());
            let cells = old.and_then(|it| field.kind().parse(&field.definition, it, &context.parse_context()).ok());
            for (at, part) in field.parts.iter().enumerate() {
                before[part.column] = cells.as_ref().and_then(|it| it.get(at)).cloned().unwrap_or_default();
            }
        }
    }
    if !changes_named {
        return true;
    }
    let is_own =
        |path: &&[String]| record.object.field(&path[0]).is_some_and(|it| it.link.is_none() && (path.len() == 1 || it.part(&path[1]).is_some()));
    if !paths.iter().all(is_own) {
        return false;
    }
    let before = Record { object: record.object.clone(), row: before };
    let lookup = |path: &[String]| before.lookup(path);
    let evaluation = EvalContext { now: context.now, time_zone: &context.time_zone, lookup: &lookup };
    evaluate(&condition.root, &evaluation).is_ok_and(|it| it.is_true())
}
