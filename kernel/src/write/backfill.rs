//! Values of formulas, roll-ups and sort keys that a definition adds to records there already are.

use std::collections::BTreeSet;
use std::sync::Arc;

use guanxi_expr::Value;
use uuid::Uuid;

use super::computed::fill_formulas;
use super::rollups::rollup_aggregate;
use crate::context::Context;
use crate::error::Result;
use crate::read::field_json;
use crate::schema::{Field, FieldKind, ID, Object, RollupFeed, column_name};
use crate::store::{ColumnRef, CompareOp, Condition, Select, Set, Update, WriteTx};

/// Records taken at once.
const BATCH: u64 = 1_000;

/// Works out the computed fields among columns just added, in the transaction that added them. `context` has the new
/// schema; `added` names tables and columns.
pub(crate) fn backfill(context: &Context, tx: &mut dyn WriteTx, added: &BTreeSet<(String, String)>) -> Result<()> {
    for object in context.schema.objects.values() {
        let is_new = |field: &Field| field.parts.iter().any(|it| added.contains(&(object.table.name.clone(), column_name(field.name(), it.name))));
        let rollups: Vec<&Field> = object.fields.iter().filter(|it| it.definition.kind == FieldKind::Rollup && is_new(it)).collect();
        let formulas = object.fields.iter().any(|it| it.formula.is_some() && is_new(it));
        let sorted = object.fields.iter().filter(|it| !it.is_computed() && is_new(it) && has_old_part(object, it, added)).collect();
        let wanted = Wanted { rollups, sorted };
        if !wanted.rollups.is_empty() || !wanted.sorted.is_empty() || formulas {
            fill_object(context, tx, object, &wanted)?;
        }
    }
    Ok(())
}

/// What is worked out for each record.
struct Wanted<'a> {
    rollups: Vec<&'a Field>,
    /// Fields that got a further column, such as the sort key of a text that is now indexed.
    sorted: Vec<&'a Field>,
}

/// Whether the field's value stood there before the columns were added.
fn has_old_part(object: &Object, field: &Field, added: &BTreeSet<(String, String)>) -> bool {
    field.parts.iter().any(|it| !added.contains(&(object.table.name.clone(), column_name(field.name(), it.name))))
}

fn fill_object(context: &Context, tx: &mut dyn WriteTx, object: &Arc<Object>, wanted: &Wanted<'_>) -> Result<()> {
    let mut after = Uuid::nil();
    loop {
        let later = Condition::Compare(ColumnRef::main(ID), CompareOp::Gt, Value::Id(after));
        let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, later).order_by(ID, false).limited(BATCH) };
        let ids: Vec<Uuid> =
            tx.rows(&select)?.into_iter().filter_map(|mut row| if let Some(Value::Id(id)) = row.pop() { Some(id) } else { None }).collect();
        let Some(last) = ids.last() else { return Ok(()) };
        after = *last;
        for id in ids {
            fill_record(context, tx, object, wanted, id)?;
        }
    }
}

fn fill_record(context: &Context, tx: &mut dyn WriteTx, object: &Arc<Object>, wanted: &Wanted<'_>, id: Uuid) -> Result<()> {
    let own = Condition::equals(ColumnRef::main(ID), Value::Id(id));
    let mut set = Vec::new();
    for field in &wanted.rollups {
        if let (Some((child, feed)), Some(target)) = (feed_of(context, object, field), field.part("")) {
            set.push((target.column, Set::Aggregate(Box::new(rollup_aggregate(context, child, feed, id)?))));
        }
    }
    if !set.is_empty() {
        tx.update(&Update { table: object.table.clone(), set, condition: own.clone() })?;
    }
    let Some(stored) = tx.first(&Select::all(&object.table, own.clone()))? else { return Ok(()) };
    let mut row = stored.clone();
    for field in &wanted.sorted {
        let json = field_json(field, &stored);
        if let Ok(cells) = field.kind().parse(&field.definition, &json, &context.parse_context()) {
            for (part, cell) in field.parts.iter().zip(cells).filter(|(part, _)| stored.get(part.column).is_some_and(Value::is_null)) {
                row[part.column] = cell;
            }
        }
    }
    fill_formulas(context, object, &mut row);
    let differs = row.iter().enumerate().filter(|(index, value)| stored.get(*index) != Some(*value));
    let set: Vec<(usize, Set)> = differs.map(|(index, value)| (index, Set::To(value.clone()))).collect();
    if !set.is_empty() {
        tx.update(&Update { table: object.table.clone(), set, condition: own })?;
    }
    Ok(())
}

fn feed_of<'a>(context: &'a Context, object: &Object, field: &Field) -> Option<(&'a Arc<Object>, &'a RollupFeed)> {
    let child = context.schema.object(&field.definition.rollup.as_ref()?.object)?;
    child.feeds.iter().find(|it| it.parent == object.name && it.field == field.name()).map(|feed| (child, feed))
}
