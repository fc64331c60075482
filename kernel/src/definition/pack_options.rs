//! Choices that packs add to selects of other objects: one that records hold stays, and with it the pack.

use std::collections::BTreeSet;
use std::sync::Arc;

use guanxi_expr::Value;

use crate::error::{FieldError, KernelError, Result};
use crate::pack::PackDefinition;
use crate::schema::{Field, FieldKind, Object, Schema};
use crate::store::{ColumnRef, Condition, Select, Store, StoreExt};

/// What a pack adds where: object, field, value.
fn added(pack: &PackDefinition) -> impl Iterator<Item = (&str, &str, &str)> {
    pack.extensions.iter().flat_map(|it| {
        it.options
            .iter()
            .flat_map(move |(field, options)| options.iter().map(move |option| (it.object.as_str(), field.as_str(), option.value.as_str())))
    })
}

/// Fails where records, those in the bin too, hold a choice that goes.
pub(super) fn refuse_held(store: &Arc<dyn Store>, current: &Schema, after: &Schema) -> Result<()> {
    let stays: BTreeSet<(&str, &str, &str)> = after.standard.packs.iter().flat_map(|it| added(&it.pack)).collect();
    let gone = current.standard.packs.iter().flat_map(|it| added(&it.pack)).filter(|it| !stays.contains(it));
    let held: BTreeSet<(&str, &str, &str)> =
        gone.flat_map(|(object, field, value)| sharing(current, object, field).map(move |(object, field)| (object, field, value))).collect();
    let is_offered = |object: &str, field: &str, value: &str| {
        let field = after.object(object).and_then(|it| it.field(field));
        field.is_some_and(|it| it.definition.options.iter().any(|it| it.value == value && !it.retired))
    };
    let mut problems = Vec::new();
    for (name, field, value) in held.into_iter().filter(|it| !is_offered(it.0, it.1, it.2)) {
        let Some((object, field)) = current.object(name).and_then(|it| Some((it, it.field(field)?))) else { continue };
        let held = holders(store, object, field, value)?;
        if held > 0 {
            let label = field.definition.options.iter().find(|it| it.value == value).map(|it| it.label.clone()).unwrap_or_default();
            let (kind, at) = (&object.definition.label, &field.definition.label);
            problems.push(FieldError::new(
                format!("{name}.{}", field.name()),
                "rule",
                format!("还有{held}条{}的“{}”是“{}”，请先改为其他选项（含回收站中的）", kind.zh_cn, at.zh_cn, label.zh_cn),
                format!("{held} of {} have “{}” as their {}; choose another there first, in the recycle bin too", kind.en, label.en, at.en),
            ));
        }
    }
    if problems.is_empty() { Ok(()) } else { Err(KernelError::Invalid(problems)) }
}

/// The fields that offer the choices of one: itself, and those that share them.
fn sharing<'a>(schema: &'a Schema, object: &'a str, field: &'a str) -> impl Iterator<Item = (&'a str, &'a str)> {
    let shared = schema.object(object).and_then(|it| it.field(field)).and_then(|it| it.definition.options_of.clone());
    let home = shared.unwrap_or_else(|| format!("{object}.{field}"));
    let all = schema.objects.values().flat_map(|it| it.fields.iter().map(move |field| (it.name.as_str(), field)));
    let sharing = all.filter(move |(object, field)| {
        field.definition.options_of.as_deref() == Some(home.as_str()) || home.split_once('.') == Some((*object, field.name()))
    });
    sharing.map(|(object, field)| (object, field.name()))
}

fn holders(store: &Arc<dyn Store>, object: &Object, field: &Field, value: &str) -> Result<u64> {
    let Some(part) = field.part("") else { return Ok(0) };
    let (column, value) = (ColumnRef::main(part.column), Value::Text(value.to_owned()));
    let several = field.definition.kind == FieldKind::MultiSelect;
    let holds = if several { Condition::JsonContainsAny(column, vec![value], false) } else { Condition::equals(column, value) };
    store.read_with(|tx| Ok::<_, KernelError>(tx.count(&Select::all(&object.table, holds.clone()), None)?))
}
