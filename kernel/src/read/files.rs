//! Files follow the records they hang on.
//!
//! Whose hands a file is in is not written down anywhere: it is asked of the records themselves, so that it changes with
//! their rights and with what is in their fields, at once.

use std::sync::Arc;

use guanxi_expr::Value;

use super::conditions::rights_condition;
use crate::access::{Place, Shown, Verb};
use crate::context::Context;
use crate::error::Result;
use crate::schema::{CREATED_BY, DELETED_AT, FILE_OBJECT, ID, Object};
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
        for field in holder.fields.iter().filter(|it| it.is_file()) {
            let Some(part) = field.part("") else { continue };
            let hanging = Select { columns: vec![ColumnRef::main(part.column)], ..Select::all(&holder.table, Condition::True) };
            if context.access.shown(holder, field, Place::Record) == Shown::Whole {
                let mut joins = Vec::new();
                let condition = readable(context, holder, &mut joins)?;
                let readable = Select { joins, condition, ..hanging.clone() };
                reached.push(Condition::Exists(ColumnRef::main(ID), Box::new(readable), false));
            }
            unattached = unattached.and(Condition::Exists(ColumnRef::main(ID), Box::new(hanging), true));
        }
    }
    reached.push(unattached);
    Ok(Condition::Or(reached))
}

/// Live records the caller may read, and those in the bin that are his to restore.
fn readable(context: &Context, holder: &Arc<Object>, joins: &mut Vec<crate::store::Join>) -> Result<Condition> {
    let deleted = ColumnRef::main(DELETED_AT);
    let live = rights_condition(context, holder, Verb::Read, joins)?.and(Condition::IsNull(deleted));
    if !context.access.may(holder, Verb::Restore) {
        return Ok(live);
    }
    let binned = rights_condition(context, holder, Verb::Restore, joins)?.and(Condition::NotNull(deleted));
    Ok(Condition::Or(vec![live, binned]))
}
