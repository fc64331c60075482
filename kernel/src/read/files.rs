//! Files follow the records they hang on.
//!
//! Whose hands a file is in is not written down anywhere: it is asked of the records themselves, so that it changes with
//! their rights and with what is in their fields, at once.

use std::sync::Arc;

use guanxi_expr::Value;
use uuid::Uuid;

use super::held::readable;
use crate::access::{Place, Shown};
use crate::context::Context;
use crate::error::Result;
use crate::schema::{CREATED_BY, FILE_OBJECT, Field, FieldKind, ID, Object};
use crate::store::{ColumnRef, Condition, ReadTx, Select, TextOp};

/// The files the caller may know of: his own that hang nowhere yet, and those in a field he may read of a record he may
/// read. Records of any other object are not asked about.
pub(crate) fn held_files(context: &Context, object: &Arc<Object>) -> Result<Condition> {
    if object.name != FILE_OBJECT || context.access.is_unlimited() {
        return Ok(Condition::True);
    }
    let mut unattached = Condition::equals(ColumnRef::main(CREATED_BY), Value::Id(context.actor));
    let mut reached = Vec::new();
    for holder in context.schema.objects.values() {
        for field in holder.fields.iter().filter(|it| holder.keeps_files_in(it)) {
            let Some(hanging) = hanging(holder, field) else { continue };
            if context.access.shown_uncovered(holder, field, Place::Record) == Shown::Whole {
                let readable = of_readable(context, holder, field, &hanging)?;
                reached.push(Condition::Exists(ColumnRef::main(ID), Box::new(readable), false));
            }
            unattached = unattached.and(Condition::Exists(ColumnRef::main(ID), Box::new(hanging), true));
        }
    }
    reached.push(unattached);
    Ok(Condition::Or(reached))
}

/// The files in a field, of whatever record: one in a column of its own, several in the table of links.
fn hanging(holder: &Object, field: &Field) -> Option<Select> {
    match (&field.link, field.part("")) {
        (Some(link), _) => Some(Select { columns: vec![ColumnRef::main(1)], ..Select::all(link, Condition::True) }),
        (None, Some(part)) => Some(Select { columns: vec![ColumnRef::main(part.column)], ..Select::all(&holder.table, Condition::True) }),
        (None, None) => None,
    }
}

/// Those of them whose record the caller may read.
fn of_readable(context: &Context, holder: &Arc<Object>, field: &Field, hanging: &Select) -> Result<Select> {
    let mut joins = Vec::new();
    // Where they are closed until somebody opens the record, `readable` knows whether he did.
    let lasting = context.access.covers_of(holder, field).filter(|it| !it.until_opened).map(|it| it.others(0));
    let condition = lasting.fold(readable(context, holder, &mut joins)?, Condition::and);
    if field.link.is_none() {
        return Ok(Select { joins, condition, ..hanging.clone() });
    }
    let sources = Select { columns: vec![ColumnRef::main(ID)], joins, ..Select::all(&holder.table, condition) };
    Ok(Select { condition: Condition::Exists(ColumnRef::main(0), Box::new(sources), false), ..hanging.clone() })
}

/// Fields that may hold files, with their objects.
fn file_fields(context: &Context) -> impl Iterator<Item = (&Arc<Object>, &Field)> {
    let holders = context.schema.objects.values().filter(|it| it.name != FILE_OBJECT);
    holders.flat_map(|holder| holder.fields.iter().map(move |it| (holder, it)))
}

/// Whether a file is in a field of any record, or named in a text that may show pictures, be it in the bin.
///
/// # Errors
/// Fails where the database does.
pub fn hangs_somewhere(context: &Context, tx: &mut dyn ReadTx, file: Uuid) -> Result<bool> {
    for (holder, field) in file_fields(context) {
        let part = field.part("").map(|it| ColumnRef::main(it.column));
        let is_file = holder.keeps_files_in(field);
        let holding = match (&field.link, part) {
            (Some(link), _) if is_file => Select::all(link, Condition::equals(ColumnRef::main(1), Value::Id(file))),
            (None, Some(part)) if is_file => Select::all(&holder.table, Condition::equals(part, Value::Id(file))),
            (None, Some(part)) if field.definition.kind == FieldKind::RichText => {
                Select::all(&holder.table, Condition::Text(part, TextOp::Contains, file.to_string(), false))
            }
            _ => continue,
        };
        if tx.count(&holding, Some(1))? > 0 {
            return Ok(true);
        }
    }
    Ok(false)
}

/// The files that are in no field of any record, be it in the bin; a text may name them all the same.
///
/// # Errors
/// Fails where the database does.
pub fn unattached_files(context: &Context, tx: &mut dyn ReadTx) -> Result<Vec<Uuid>> {
    let Some(object) = context.schema.object(FILE_OBJECT) else { return Ok(Vec::new()) };
    let fields = file_fields(context).filter(|(holder, field)| holder.keeps_files_in(field));
    let unattached = fields
        .filter_map(|(holder, field)| hanging(holder, field))
        .fold(Condition::True, |condition, hanging| condition.and(Condition::Exists(ColumnRef::main(ID), Box::new(hanging), true)));
    let rows = tx.rows(&Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, unattached) })?;
    Ok(rows.into_iter().filter_map(|mut it| if let Some(Value::Id(id)) = it.pop() { Some(id) } else { None }).collect())
}

/// The records a file hangs on, those in the bin too, with the field it is in; at most so many of each object.
///
/// # Errors
/// Fails where the database does.
pub fn holders(context: &Context, tx: &mut dyn ReadTx, file: Uuid, most: u64) -> Result<Vec<(Arc<Object>, String, Uuid)>> {
    let mut found = Vec::new();
    for (holder, field) in file_fields(context).filter(|(holder, field)| holder.keeps_files_in(field)) {
        let here = match (&field.link, field.part("")) {
            (Some(link), _) => {
                let of_file = Condition::equals(ColumnRef::main(1), Value::Id(file));
                let links = Select { columns: vec![ColumnRef::main(0)], ..Select::all(link, of_file) };
                Condition::InSelect(ColumnRef::main(ID), Box::new(links), false)
            }
            (None, Some(part)) => Condition::equals(ColumnRef::main(part.column), Value::Id(file)),
            (None, None) => continue,
        };
        let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&holder.table, here).limited(most) };
        for row in tx.rows(&select)? {
            if let [Value::Id(id)] = row.as_slice() {
                found.push((holder.clone(), field.name().to_owned(), *id));
            }
        }
    }
    Ok(found)
}
