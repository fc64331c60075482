//! The order of a list.

use super::conditions::{Tables, unknown_field};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::schema::{Field, ID, Label, MAX_SORTS, Object, has_order, is_sortable};
use crate::store::{ColumnRef, Order};

/// The order asked for, ended by the id so that every row has its place, and as a cursor names it.
pub(super) fn order_of(context: &Context, sort: Option<&str>, tables: &mut Tables<'_>) -> Result<(Vec<Order>, String)> {
    let sort = sort.map(str::trim).filter(|it| !it.is_empty()).unwrap_or("-updated_at");
    let mut order: Vec<Order> = Vec::new();
    for term in sort.split(',').map(str::trim) {
        let (name, descending) = term.strip_prefix('-').map_or((term, false), |it| (it, true));
        if order.len() >= MAX_SORTS {
            return Err(KernelError::bad_request("bad_request", "最多按 4 个字段排序", "sort by at most 4 fields"));
        }
        order.push(Order { column: column_of(context, name, tables)?, descending });
    }
    let descending = order.last().is_some_and(|it| it.descending);
    if order.iter().all(|it| it.column != ColumnRef::main(ID)) {
        order.push(Order { column: ColumnRef::main(ID), descending });
    }
    Ok((order, sort.to_owned()))
}

/// The column that a term of the sort means. A cursor holds the values sorted by: what lists show covered is not sorted by.
fn column_of(context: &Context, name: &str, tables: &mut Tables<'_>) -> Result<ColumnRef> {
    let mut path: Vec<&str> = name.split('.').collect();
    let mut found = tables.resolve(&path).map_err(|_| unknown_field(name))?;
    let title = found.field().target.as_deref().filter(|_| found.field().is_shown_by_title()).and_then(|it| context.schema.object(it));
    if let Some(target) = title {
        // What refers to a record stands where the name that is shown of it stands.
        path.push(target.title_field().name());
        found = tables.resolve(&path).map_err(|_| unknown_field(name))?;
    }
    let hops = found.hops.iter().map(|(object, field)| (object, &object.fields[*field]));
    if !hops.chain([(&found.object, found.field())]).all(|(object, field)| context.access.may_group(object, field)) {
        return Err(unknown_field(name));
    }
    let field = found.field();
    if field.part("").is_none_or(|it| it.name != found.part) {
        return Err(unknown_field(name));
    }
    // Of the object's own fields an index gives the order; what is joined is sorted.
    let fits = if found.hops.is_empty() { is_sortable(field) || field.name() == "id" } else { has_order(field) };
    let column = if field.name() == "id" { Some(ID) } else { field.sort_column() }.filter(|_| fits).ok_or_else(|| refusal(name, field))?;
    Ok(ColumnRef::of(tables.table_of(&found)?, column))
}

/// Whether the caller may sort by a field of an object, in a way that means something.
pub fn may_sort(context: &Context, object: &Object, field: &Field) -> bool {
    let is_open = |object: &Object, field: &Field| context.access.may_group(object, field);
    if !field.is_shown_by_title() {
        return is_sortable(field) && is_open(object, field);
    }
    let target = field.target.as_deref().and_then(|it| context.schema.object(it));
    is_open(object, field) && target.is_some_and(|it| has_order(it.title_field()) && is_open(it, it.title_field()))
}

fn refusal(name: &str, field: &Field) -> KernelError {
    KernelError::BadRequest {
        code: "bad_request",
        message: Label::new(
            format!("不能按“{}”排序：该字段没有索引", field.definition.label.zh_cn),
            format!("cannot sort by `{name}`: the field has no index"),
        ),
        field: Some(name.to_owned()),
        position: None,
    }
}
