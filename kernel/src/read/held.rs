//! Records that have no rights of their own to be seen, but those of others: what belongs to another record is seen where
//! that one is, what is one member's is seen by him, and files follow the records they hang on.
//!
//! One rule in the path of every read and write, so that lists, counts, search, events, exports and changes keep it alike.

use std::sync::Arc;

use guanxi_expr::Value;

use super::conditions::rights_condition;
use super::files::held_files;
use crate::access::{Cover, FieldRights, Verb};
use crate::context::Context;
use crate::error::Result;
use crate::openings::opened_today;
use crate::schema::{DELETED_AT, FieldKind, ID, Object, SeenWithDefinition};
use crate::store::{ColumnRef, Condition, Join, Select};

/// The rows of an object the caller may know of, or change, beside what his roles say.
pub(super) fn held(context: &Context, object: &Arc<Object>, verb: Verb) -> Result<Condition> {
    let private = private_rows(context, object);
    if context.access.is_unlimited() {
        return Ok(private);
    }
    Ok(private.and(followed(context, object, verb)?).and(held_files(context, object)?))
}

/// What is one member's is nobody else's to see; the engine itself must write it.
pub(crate) fn private_rows(context: &Context, object: &Object) -> Condition {
    let part = object.definition.private_to.as_deref().and_then(|it| object.field(it)).and_then(|it| it.part(""));
    match part.filter(|_| !context.access.is_system()) {
        Some(part) => Condition::equals(ColumnRef::main(part.column), Value::Id(context.actor)),
        None => Condition::True,
    }
}

/// Rows whose record the caller may see; and where changes follow too, may change.
pub(crate) fn followed(context: &Context, object: &Arc<Object>, verb: Verb) -> Result<Condition> {
    let changing = object.definition.follows_changes && !matches!(verb, Verb::Read | Verb::Export);
    let within = |leader: &Arc<Object>, id: ColumnRef| if changing { changeable(context, leader, id) } else { seen(context, leader, id) };
    let Some(field) = object.definition.follows.as_deref().and_then(|it| object.field(it)) else { return Ok(Condition::True) };
    let Some(id) = field.part("").map(|it| ColumnRef::main(it.column)) else { return Ok(Condition::False) };
    if field.definition.kind != FieldKind::Record {
        let Some(leader) = field.target.as_deref().and_then(|it| context.schema.object(it)) else { return Ok(Condition::False) };
        return within(leader, id);
    }
    let Some(named) = field.part("object").map(|it| ColumnRef::main(it.column)) else { return Ok(Condition::False) };
    let mut any = Vec::new();
    for leader in context.schema.objects.values().filter(|it| may_be_named(it) && context.access.may(it, Verb::Read)) {
        any.push(Condition::equals(named, Value::Text(leader.name.clone())).and(within(leader, id)?));
    }
    Ok(if any.is_empty() { Condition::False } else { Condition::Or(any) })
}

/// Whether a field of the type `record` may name records of an object: those that people work with. What belongs to a
/// record of any object may not be named: it could belong to what it is named by.
pub fn may_be_named(object: &Object) -> bool {
    let leader = object.definition.follows.as_deref().map(|it| object.field(it));
    let to_one_object = leader.is_none_or(|it| it.is_some_and(|it| it.definition.kind != FieldKind::Record));
    !object.definition.internal && to_one_object && object.definition.private_to.is_none()
}

/// The rows of an object the caller may read or change beside what row rules say: those of a record he may read or change.
pub(super) fn seen_with(context: &Context, object: &Arc<Object>, verb: Verb) -> Result<Option<Condition>> {
    let Some(with) = object.definition.seen_with.as_ref() else { return Ok(None) };
    let field = object.field(&with.field);
    let leader = field.and_then(|it| it.target.as_deref()).and_then(|it| context.schema.object(it));
    let leader = leader.filter(|it| is_with(with, verb) && context.access.may(it, verb));
    let (Some(leader), Some(part)) = (leader, field.and_then(|it| it.part(""))) else { return Ok(None) };
    let mut joins = Vec::new();
    let live = Condition::IsNull(ColumnRef::main(DELETED_AT));
    let condition = rights_condition(context, leader, verb, &mut joins)?.and(live);
    let select = Select { columns: vec![ColumnRef::main(ID)], joins, ..Select::all(&leader.table, condition) };
    Ok(Some(Condition::InSelect(ColumnRef::main(part.column), Box::new(select), false)))
}

/// Whether records are read, or changed, with their companion.
fn is_with(with: &SeenWithDefinition, verb: Verb) -> bool {
    verb == Verb::Read || (verb == Verb::Update && with.changes)
}

fn changeable(context: &Context, leader: &Arc<Object>, id: ColumnRef) -> Result<Condition> {
    let mut joins = Vec::new();
    let live = Condition::IsNull(ColumnRef::main(DELETED_AT));
    let condition = rights_condition(context, leader, Verb::Update, &mut joins)?.and(live);
    let select = Select { columns: vec![ColumnRef::main(ID)], joins, ..Select::all(&leader.table, condition) };
    Ok(Condition::Exists(id, Box::new(select), false))
}

fn seen(context: &Context, leader: &Arc<Object>, id: ColumnRef) -> Result<Condition> {
    let mut joins = Vec::new();
    let condition = readable(context, leader, &mut joins)?;
    let select = Select { columns: vec![ColumnRef::main(ID)], joins, ..Select::all(&leader.table, condition) };
    Ok(Condition::Exists(id, Box::new(select), false))
}

/// Rows that are not closed to the caller until he opens them, or that he has opened today: what belongs to a record he did not
/// open is as closed as its fields.
fn opened(context: &Context, holder: &Object) -> Condition {
    let covers: &[Arc<Cover>] = context.access.fields(holder).map_or(&[], FieldRights::covers);
    let closed = covers.iter().filter(|it| it.until_opened);
    closed.fold(Condition::True, |all, it| {
        let opened = Condition::InSelect(ColumnRef::main(ID), Box::new(opened_today(context)), false);
        all.and(Condition::Or(vec![it.others(0), opened]))
    })
}

/// Live records the caller may read, and those in the bin that are his to restore.
pub(super) fn readable(context: &Context, holder: &Arc<Object>, joins: &mut Vec<Join>) -> Result<Condition> {
    let deleted = ColumnRef::main(DELETED_AT);
    let live = rights_condition(context, holder, Verb::Read, joins)?.and(Condition::IsNull(deleted)).and(opened(context, holder));
    if !context.access.may(holder, Verb::Restore) {
        return Ok(live);
    }
    let binned = rights_condition(context, holder, Verb::Restore, joins)?.and(Condition::NotNull(deleted));
    Ok(Condition::Or(vec![live, binned]))
}
