//! Whose new records are: owners and departments by a rule for the whole file.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT};
use guanxi_kernel::read::readable_ids;
use guanxi_kernel::schema::{DEPARTMENT_FIELD, OWNER_FIELD, Object};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, Result};
use serde_json::Value as Json;
use uuid::Uuid;

use super::recipe::{Binding, Piece, Recipe, Table, Way, bind, refuse};
use super::{ColumnOptions, Departments, ImportPlan, Owners};

/// Gives the parts that nothing says an owner or a department of what the rules say. New records alone get them.
///
/// # Errors
/// Forbidden without the right to assign; a bad request that names the member or column there is none of.
pub(super) fn give_owners(table: &Table<'_>, plan: &ImportPlan, recipe: &mut Recipe) -> Result<()> {
    let ways: Vec<(&str, Way)> = [
        plan.owners.as_ref().map(|it| owners(table, it)).transpose()?.map(|it| (OWNER_FIELD, it)),
        plan.departments.as_ref().map(|it| departments(table, it)).transpose()?.map(|it| (DEPARTMENT_FIELD, it)),
    ]
    .into_iter()
    .flatten()
    .collect();
    for (name, way) in ways {
        let mut given = give(table.context, recipe, name, &way)?;
        for part in &mut recipe.also {
            given |= give(table.context, part, name, &way)?;
        }
        if !given {
            return Err(refuse(
                name,
                "导入的对象没有归属，或归属已由某一列给出，请去掉此规则",
                "the records have no owner, or a column names it; leave this rule out",
            ));
        }
    }
    Ok(())
}

/// Gives one part of a row its owner or department; `false` where it has none, or something names it already.
fn give(context: &Context, part: &mut Recipe, name: &str, way: &Way) -> Result<bool> {
    let object = part.object.clone();
    let position = object.field_position(name).filter(|_| object.definition.owned);
    let Some(position) = position.filter(|it| part.bindings.iter().all(|binding| binding.field != *it)) else { return Ok(false) };
    context.access.require(&object, Verb::Assign)?;
    if !super::targets::may_set(context, &object, &object.fields[position]) {
        return Err(KernelError::Forbidden(format!("field {name}")));
    }
    let binding = match way {
        Way::ByValue { column, values, .. } if values.is_empty() => {
            bind(context, &object, position, vec![Piece::column(*column, "", &ColumnOptions::default())])?
        }
        way => Binding { field: position, pieces: Vec::new(), way: way.clone() },
    };
    part.bindings.push(binding);
    part.only_new.push(position);
    Ok(true)
}

fn owners(table: &Table<'_>, owners: &Owners) -> Result<Way> {
    match owners {
        Owners::Member { member } => {
            known(table, "owners.member", MEMBER_OBJECT, std::slice::from_ref(member))?;
            Ok(Way::Fixed(id(member)))
        }
        Owners::Turns { members } => {
            if members.is_empty() {
                return Err(refuse("owners.members", "请至少选择一位成员", "name at least one member"));
            }
            known(table, "owners.members", MEMBER_OBJECT, members)?;
            Ok(Way::Turns(members.iter().map(id).collect()))
        }
        Owners::Column { column } => by_column(table, "owners.column", *column),
        Owners::Nobody => Ok(Way::Fixed(Json::Null)),
        Owners::Values { column, members, otherwise } => by_value(table, ("owners", MEMBER_OBJECT), *column, members, otherwise.as_ref()),
    }
}

fn departments(table: &Table<'_>, departments: &Departments) -> Result<Way> {
    match departments {
        Departments::Department { department } => {
            known(table, "departments.department", DEPARTMENT_OBJECT, std::slice::from_ref(department))?;
            Ok(Way::Fixed(id(department)))
        }
        Departments::Column { column } => by_column(table, "departments.column", *column),
        Departments::Values { column, departments, otherwise } => {
            by_value(table, ("departments", DEPARTMENT_OBJECT), *column, departments, otherwise.as_ref())
        }
    }
}

/// Names in a column: no values of its own stand for it.
fn by_column(table: &Table<'_>, path: &str, column: usize) -> Result<Way> {
    there(table, path, column)?;
    Ok(Way::ByValue { column, values: BTreeMap::new(), otherwise: None })
}

fn by_value(table: &Table<'_>, of: (&str, &str), column: usize, values: &BTreeMap<String, Uuid>, otherwise: Option<&Uuid>) -> Result<Way> {
    let (rule, object) = of;
    there(table, &format!("{rule}.column"), column)?;
    if values.is_empty() {
        return Err(refuse(rule, "请至少对应一个值", "name at least one value"));
    }
    let ids: Vec<Uuid> = values.values().chain(otherwise).copied().collect();
    known(table, rule, object, &ids)?;
    let values = values.iter().map(|(text, it)| (text.trim().to_owned(), id(it))).collect();
    Ok(Way::ByValue { column, values, otherwise: otherwise.map(id) })
}

fn id(id: &Uuid) -> Json {
    Json::String(id.to_string())
}

fn there(table: &Table<'_>, path: &str, column: usize) -> Result<()> {
    if column < table.headers.len() {
        return Ok(());
    }
    Err(refuse(path, format!("没有第{}列", column + 1), format!("there is no column {}", column + 1)))
}

/// Members and departments that a rule names must be there for whoever imports.
fn known(table: &Table<'_>, path: &str, object: &str, ids: &[Uuid]) -> Result<()> {
    let context = table.context;
    let object: Option<Arc<Object>> = context.schema.object(object).cloned();
    let object = object.ok_or_else(|| KernelError::Internal("an object of the engine is missing".into()))?;
    let found = context.workspace.store.read_with(|tx| readable_ids(context, tx, &object, ids))?;
    let own = |it: &Uuid| *it == context.access.member.id || context.access.member.department == Some(*it);
    match ids.iter().find(|it| !found.contains(it) && !own(it)) {
        None => Ok(()),
        Some(id) => {
            let label = &object.definition.label;
            Err(refuse(path, format!("没有此{}（{id}）", label.zh_cn), format!("there is no such {} ({id})", label.en.to_lowercase())))
        }
    }
}
