//! A plan as a whole: the records that a row makes, in which order, and how they refer to each other.

use std::sync::Arc;

use guanxi_kernel::context::Context;
use guanxi_kernel::read;
use guanxi_kernel::schema::{FieldKind, Object};
use guanxi_kernel::{KernelError, Result};

use super::recipe::{Binding, Link, Recipe, Table, Way, refuse, settable};
use super::rules::give_owners;
use super::{ColumnMapping, Computed, Constant, ImportPlan, MatchRule, PartLink};

/// Most further records of a row.
const MOST: usize = 8;
/// Longest key of one.
const LONGEST_KEY: usize = 40;

/// What a plan says of one part of its rows.
pub(super) struct PartPlan<'p> {
    pub key: &'p str,
    pub mapping: &'p [ColumnMapping],
    pub matching: Option<&'p MatchRule>,
    pub constants: &'p [Constant],
    pub computed: &'p [Computed],
    links: &'p [PartLink],
}

/// Checks a plan and all its parts.
///
/// # Errors
/// As [`Recipe::compile`] says.
pub(super) fn compile(context: &Context, object: &Arc<Object>, plan: &ImportPlan, headers: &[String], is_csv: bool) -> Result<Recipe> {
    let mut parts = vec![("", object.clone())];
    for part in &plan.also {
        check_key(&part.key, &parts)?;
        let unknown = |_| refuse(&format!("{}.object", part.key), "没有此对象，或您无权使用", "there is no such object, or it is not open to you");
        parts.push((part.key.as_str(), read::object_of(context, &part.object).map_err(unknown)?));
    }
    if parts.len() > MOST + 1 {
        return Err(refuse("also", format!("每行最多再生成 {MOST} 条记录"), format!("a row makes at most {MOST} further records")));
    }
    let table = Table { context, headers, is_csv, parts };
    let main = PartPlan {
        key: "",
        mapping: &plan.mapping,
        matching: plan.matching.as_ref(),
        constants: &plan.constants,
        computed: &plan.computed,
        links: &plan.links,
    };
    let mut recipe = Recipe::of_part(&table, object, &main)?;
    for (part, (_, object)) in plan.also.iter().zip(table.parts.iter().skip(1)) {
        let view = PartPlan {
            key: &part.key,
            mapping: &part.mapping,
            matching: part.matching.as_ref(),
            constants: &part.constants,
            computed: &part.computed,
            links: &part.links,
        };
        recipe.also.push(Recipe::of_part(&table, object, &view).map_err(|it| of_part(&part.key, it))?);
    }
    recipe.order = in_order(&recipe)?;
    give_owners(&table, plan, &mut recipe)?;
    Ok(recipe)
}

/// An error of a part names it.
fn of_part(key: &str, error: KernelError) -> KernelError {
    match error {
        KernelError::BadRequest { code, message, field, position } => {
            let field = field.map_or_else(|| key.to_owned(), |it| format!("{key}.{it}"));
            KernelError::BadRequest { code, message, field: Some(field), position }
        }
        other => other,
    }
}

fn check_key(key: &str, before: &[(&str, Arc<Object>)]) -> Result<()> {
    let fits = key.bytes().next().is_some_and(|it| it.is_ascii_lowercase())
        && key.len() <= LONGEST_KEY
        && key.bytes().all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == b'_');
    if !fits {
        return Err(refuse(
            "also",
            "每条附加记录需要一个代号，由小写字母、数字和下划线组成",
            "a further record has a key of small letters, digits and underscores",
        ));
    }
    if before.iter().any(|it| it.0 == key) {
        return Err(refuse("also", format!("代号“{key}”重复"), format!("the key `{key}` is there twice")));
    }
    Ok(())
}

/// The references of a part to others of its row.
pub(super) fn linked(table: &Table<'_>, object: &Object, part: &PartPlan<'_>) -> Result<Vec<Binding>> {
    let mut bindings = Vec::with_capacity(part.links.len());
    for link in part.links {
        let place = table.parts.iter().position(|it| it.0 == link.to && it.0 != part.key);
        let place = place.ok_or_else(|| {
            refuse(&link.field, format!("没有代号为“{}”的其他记录", link.to), format!("the row has no other record with the key `{}`", link.to))
        })?;
        let position = settable(table.context, object, &link.field)?;
        let (field, to) = (&object.fields[position], &table.parts[place].1.name);
        let how = if field.definition.kind == FieldKind::Record {
            Link::Named(to.clone())
        } else if field.target.as_ref() != Some(to) {
            let zh_cn = format!("“{}”不能关联到{}", field.definition.label.zh_cn, table.parts[place].1.definition.label.zh_cn);
            return Err(refuse(&link.field, zh_cn, format!("`{}` does not refer to {to}", link.field)));
        } else if field.link.is_some() {
            Link::Many
        } else {
            Link::One
        };
        bindings.push(Binding { field: position, pieces: Vec::new(), way: Way::Part { part: place, how } });
    }
    Ok(bindings)
}

/// The parts so that each comes behind those it refers to.
fn in_order(recipe: &Recipe) -> Result<Vec<usize>> {
    let count = recipe.also.len() + 1;
    let mut order: Vec<usize> = Vec::with_capacity(count);
    while order.len() < count {
        let refers_back =
            |it: &usize| recipe.part(*it).bindings.iter().all(|it| if let Way::Part { part, .. } = it.way { order.contains(&part) } else { true });
        let Some(next) = (0..count).filter(|it| !order.contains(it)).find(refers_back) else {
            let left: Vec<&str> = (0..count).filter(|it| !order.contains(it)).map(|it| recipe.part(it).key.as_str()).collect();
            let named = |main: &str| left.iter().map(|it| if it.is_empty() { main } else { *it }).collect::<Vec<_>>().join(", ");
            return Err(refuse(
                "links",
                format!("这些记录互相引用，形成循环：{}；请去掉其中一个关联", named("主记录")),
                format!("these records refer to each other in a circle: {}; leave out one of the links", named("the main record")),
            ));
        };
        order.push(next);
    }
    Ok(order)
}
