//! Files follow the records they hang on.
//!
//! Whose hands a file is in is not written down anywhere: it is asked of the records themselves, so that it changes with
//! their rights and with what is in their fields, at once.

use std::sync::Arc;

use guanxi_expr::Value;

use super::held::readable;
use crate::access::{Place, Shown};
use crate::context::Context;
use crate::error::Result;
use crate::schema::{CREATED_BY, FILE_OBJECT, Field, ID, Object};
use crate::store::{ColumnRef, Condition, Select};

/// The files the caller may know of: his own that hang nowhere yet, and those in a field he may read of a record he may
/// read. Records of any other object are not asked about.
pub(super) fn held_files(context: &Context, object: &Arc<Object>) -> Result<Condition> {
    if object.name != FILE_OBJECT || context.access.is_unlimited() {
        return Ok(Condition::True);
    }
    let mut unattached = Condition::equals(ColumnRef::main(CREATED_BY), Value::Id(context.actor));
    let mut reached = Vec::new();
    for holder in context.schema.objects.values().filter(|it| it.name != FILE_OBJECT) {
        for field in holder.fields.iter().filter(|it| it.target.as_deref() == Some(FILE_OBJECT)) {
            let Some(hanging) = hanging(holder, field) else { continue };
            if context.access.shown(holder, field, Place::Record) == Shown::Whole {
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
    let condition = readable(context, holder, &mut joins)?;
    if field.link.is_none() {
        return Ok(Select { joins, condition, ..hanging.clone() });
    }
    let sources = Select { columns: vec![ColumnRef::main(ID)], joins, ..Select::all(&holder.table, condition) };
    Ok(Select { condition: Condition::Exists(ColumnRef::main(0), Box::new(sources), false), ..hanging.clone() })
}
