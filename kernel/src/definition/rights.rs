//! Changes of roles and sharing rules.

use std::sync::Arc;

use guanxi_expr::Value;

use crate::error::{FieldError, KernelError, Result};
use crate::identity::{MEMBER_OBJECT, ROLE_GRANT_OBJECT};
use crate::pack::Standard;
use crate::schema::{DELETED_AT, RoleDefinition, Schema, SharingRule};
use crate::store::{ColumnRef, Condition, Select, Store, StoreExt};
use crate::workspace::Customisation;

/// The role that may always do everything, so that nobody locks the company out of its own system.
const ADMINISTRATOR: &str = "administrator";

pub(super) fn put_role(schema: &Schema, custom: &mut Customisation, role: &RoleDefinition, report: &mut impl FnMut(&str, String, String)) {
    if role.name == ADMINISTRATOR {
        report("role.name", "管理员角色不能修改".into(), "the role administrator cannot be changed".into());
        return;
    }
    if role.label.zh_cn.trim().is_empty() || role.label.en.trim().is_empty() {
        report("role.label", "请填写中文和英文名称".into(), "give it a name in Chinese and in English".into());
        return;
    }
    for object in role.objects.keys().filter(|it| *it != "*" && schema.object(it).is_none()) {
        report(&format!("role.objects.{object}"), format!("没有对象“{object}”"), format!("there is no object `{object}`"));
    }
    for (object, rights) in &role.objects {
        let Some(object) = schema.object(object) else { continue };
        let named = rights.fields.keys().chain(&rights.masked_in_lists).chain(rights.deny.fields.keys());
        let named = named.chain(rights.freeze.iter().flat_map(|it| &it.fields));
        for field in named.filter(|it| object.field(it).is_none()) {
            let place = format!("role.objects.{}.fields", object.name);
            report(&place, format!("没有字段“{field}”"), format!("there is no field `{field}`"));
        }
    }
    custom.roles.retain(|it| it.name != role.name);
    custom.roles.push(role.clone());
}

pub(super) fn remove_role(standard: &Standard, custom: &mut Customisation, name: &str, report: &mut impl FnMut(&str, String, String)) {
    let before = custom.roles.len();
    custom.roles.retain(|it| it.name != name);
    if custom.roles.len() < before {
        return;
    }
    if standard.role(name).is_some() {
        report("name", "标准角色不能删除".into(), "a standard role cannot be removed".into());
    } else {
        report("name", format!("没有角色“{name}”"), format!("there is no role `{name}`"));
    }
}

pub(super) fn put_sharing_rule(schema: &Schema, custom: &mut Customisation, rule: &SharingRule, report: &mut impl FnMut(&str, String, String)) {
    if schema.object(&rule.object).is_none_or(|it| it.definition.internal) {
        report("rule.object", format!("没有可共享的对象“{}”", rule.object), format!("there is no object `{}` to share", rule.object));
    }
    let with = &rule.with;
    if with.roles.is_empty() && with.departments.is_empty() && with.teams.is_empty() && with.members.is_empty() {
        report("rule.with", "请选择共享给谁".into(), "choose whom to share with".into());
    }
    custom.sharing.retain(|it| it.name != rule.name);
    custom.sharing.push(rule.clone());
}

pub(super) fn remove_sharing_rule(custom: &mut Customisation, name: &str, report: &mut impl FnMut(&str, String, String)) {
    let before = custom.sharing.len();
    custom.sharing.retain(|it| it.name != name);
    if custom.sharing.len() == before {
        report("name", format!("没有共享规则“{name}”"), format!("there is no sharing rule `{name}`"));
    }
}

/// A role somebody holds stays.
pub(super) fn refuse_held_roles(store: &Arc<dyn Store>, current: &Schema, after: &Schema) -> Result<()> {
    for role in current.roles.values().filter(|it| !after.roles.contains_key(&it.name)) {
        let holders = holders(store, current, &role.name)?;
        if holders > 0 {
            let (zh, en) = (&role.label.zh_cn, &role.label.en);
            return Err(KernelError::Invalid(vec![FieldError::new(
                "name",
                "rule",
                format!("还有{holders}处使用角色“{zh}”，请先收回"),
                format!("the role “{en}” is still given {holders} times; take it back first"),
            )]));
        }
    }
    Ok(())
}

fn holders(store: &Arc<dyn Store>, schema: &Schema, role: &str) -> Result<u64> {
    let value = Value::Text(role.to_owned());
    let mut found = 0;
    for (object, field) in [(MEMBER_OBJECT, "roles"), (ROLE_GRANT_OBJECT, "role")] {
        let Some((object, part)) = schema.object(object).and_then(|it| Some((it, it.field(field)?.part("")?))) else { continue };
        let column = ColumnRef::main(part.column);
        let holds = if object.name == MEMBER_OBJECT {
            Condition::JsonContainsAny(column, vec![value.clone()], false)
        } else {
            Condition::equals(column, value.clone())
        };
        let select = Select::all(&object.table, holds.and(Condition::IsNull(ColumnRef::main(DELETED_AT))));
        found += store.read_with(|tx| Ok::<_, KernelError>(tx.count(&select, None)?))?;
    }
    Ok(found)
}
