//! Values that join the lists rules look values up in, change there or leave them: which records that may have moved.

use std::collections::BTreeSet;

use guanxi_kernel::context::Context;
use guanxi_kernel::events::Event;
use guanxi_kernel::schema::{DELETED_AT, Field, ID, Object};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select, Storage};
use guanxi_kernel::{Result, Value};
use uuid::Uuid;

use crate::check::Check;
use crate::plan::Plan;

/// Records judged along with what the log tells of; of more all are judged, by a job.
const MOST: u64 = 2_000;
/// Values named in one condition.
const AT_ONCE: usize = 500;

/// Records of a plan's object whose value joined a list, or left one, by what some events tell: none of the others stands
/// otherwise for it. Nothing where that cannot be known, or they are too many to be judged at once.
///
/// # Errors
/// Fails where the database does.
pub fn moved(context: &Context, tx: &mut dyn ReadTx, plan: &Plan, events: &[Event]) -> Result<Option<BTreeSet<Uuid>>> {
    let mut found = BTreeSet::new();
    for (_, rule) in &plan.rules {
        let Check::ExistsIn { field, object, list_field, column } = &rule.check else { continue };
        let Some(list) = object.field(list_field) else { continue };
        let own: Vec<&Event> = events.iter().filter(|it| it.object == object.name && concerns(it, list)).collect();
        if own.is_empty() {
            continue;
        }
        // The definitions may have changed since the rule was read.
        let list_object = context.schema.object(&object.name).unwrap_or(object);
        let texts = texts_of(tx, list_object, *column, list, &own)?;
        let (Some(texts), Some(column)) = (texts, text_column(&plan.object, field)) else { return Ok(None) };
        for some in texts.into_iter().map(Value::Text).collect::<Vec<_>>().chunks(AT_ONCE) {
            let live = Condition::IsNull(ColumnRef::main(DELETED_AT));
            let condition = Condition::In(column, some.to_vec(), false).and(live);
            let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&plan.object.table, condition).limited(MOST + 1) };
            found.extend(tx.rows(&select)?.iter().filter_map(|row| if let Some(Value::Id(id)) = row.first() { Some(*id) } else { None }));
            if found.len() as u64 > MOST {
                return Ok(None);
            }
        }
    }
    Ok(Some(found))
}

/// Records of a plan's object that refer to records of which some events tell what its rules reach. Nothing where they are too many to be
/// judged at once.
///
/// # Errors
/// Fails where the database does.
pub fn referring(tx: &mut dyn ReadTx, plan: &Plan, events: &[Event]) -> Result<Option<BTreeSet<Uuid>>> {
    let mut found = BTreeSet::new();
    for ((via, name), target) in plan.rules.iter().flat_map(|it| &it.1.reached) {
        // What is not there any more may have been anything, once something happens to a record of that kind at all.
        let (field, via) = (target.field(name), plan.object.field(via).and_then(|it| it.part("")));
        let is_told = |it: &Event| field.is_none_or(|field| concerns(it, field) || field.is_engine_managed());
        let ids: BTreeSet<Uuid> = events.iter().filter(|it| it.object == target.name && is_told(it)).filter_map(|it| it.record).collect();
        if ids.is_empty() {
            continue;
        }
        let (Some(_), Some(via)) = (field, via) else { return Ok(None) };
        for some in ids.into_iter().map(Value::Id).collect::<Vec<_>>().chunks(AT_ONCE) {
            let live = Condition::IsNull(ColumnRef::main(DELETED_AT));
            let condition = Condition::In(ColumnRef::main(via.column), some.to_vec(), false).and(live);
            let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&plan.object.table, condition).limited(MOST + 1) };
            found.extend(tx.rows(&select)?.iter().filter_map(|row| if let Some(Value::Id(id)) = row.first() { Some(*id) } else { None }));
            if found.len() as u64 > MOST {
                return Ok(None);
            }
        }
    }
    Ok(Some(found))
}

/// Whether an event may have changed what stands in a list.
fn concerns(event: &Event, list: &Field) -> bool {
    // What the log has forgotten of a change may have been anything.
    !event.kind.ends_with(".updated") || event.changes.is_empty() || list.formula.is_some() || event.changes.contains_key(list.name())
}

/// The values that stood in the list and that stand there; nothing where one is not known any more.
fn texts_of(tx: &mut dyn ReadTx, object: &Object, column: usize, list: &Field, events: &[&Event]) -> Result<Option<BTreeSet<String>>> {
    if list.formula.is_some() {
        return Ok(None);
    }
    let mut texts = BTreeSet::new();
    let (mut asked, mut told) = (BTreeSet::new(), BTreeSet::new());
    for event in events {
        let Some(record) = event.record else { return Ok(None) };
        asked.insert(record);
        match event.changes.get(list.name()).and_then(|it| it.as_array()) {
            Some(pair) => {
                told.insert(record);
                texts.extend(pair.iter().filter_map(|it| it.as_str()).map(str::to_owned));
            }
            None if event.kind.ends_with(".updated") => return Ok(None),
            None => {}
        }
    }
    // What lies in the bin has its value still.
    let ids: Vec<Value> = asked.iter().copied().map(Value::Id).collect();
    for some in ids.chunks(AT_ONCE) {
        let those = Condition::In(ColumnRef::main(ID), some.to_vec(), false);
        let select = Select { columns: vec![ColumnRef::main(ID), ColumnRef::main(column)], ..Select::all(&object.table, those) };
        for row in tx.rows(&select)? {
            if let [Value::Id(id), value] = &row[..] {
                told.insert(*id);
                texts.extend(value.as_text().map(str::to_owned));
            }
        }
    }
    Ok((asked == told).then_some(texts))
}

/// The column of a field, or of a part, that is kept as the text rules look up.
fn text_column(object: &Object, path: &str) -> Option<ColumnRef> {
    let (name, part) = path.split_once('.').unwrap_or((path, ""));
    let part = object.field(name)?.part(part)?;
    (part.storage == Storage::Text).then(|| ColumnRef::main(part.column))
}
