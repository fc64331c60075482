//! Checks of roles and sharing rules against the objects they speak of.

use std::sync::Arc;

use guanxi_expr::check_condition;

use super::build::{SchemaProblem, bad_name, is_identifier, of_expression};
use super::{Label, Object, ObjectRights, ObjectScope, OpenGate, RoleDefinition, RowScope, Schema};
use crate::access::Verb;

/// Adds what is wrong with roles and sharing rules. A right on an object or field that is not there has no effect: the
/// app that brings it may be absent.
pub(super) fn check_rights(schema: &Schema, problems: &mut Vec<SchemaProblem>) {
    for role in schema.roles.values() {
        if !is_identifier(&role.name) {
            problems.push(of_role(role, None, bad_name()));
        }
        for given in role.gives.iter().filter(|it| !schema.roles.contains_key(*it)) {
            problems.push(of_role(role, None, Label::new(format!("gives: 没有角色“{given}”"), format!("gives: there is no role `{given}`"))));
        }
        for (name, rights) in &role.objects {
            // What `*` says must hold for every object, so it cannot name a field of one.
            let Some(object) = schema.object(name) else {
                if name == "*" && mentions_records(rights) {
                    let zh = "对其他所有对象的权限不能使用表达式或字段";
                    problems.push(of_role(role, Some(name), Label::new(zh, "rights on all other objects cannot use expressions or fields")));
                }
                continue;
            };
            for reason in problems_of(schema, object, rights) {
                problems.push(of_role(role, Some(name), reason));
            }
        }
    }
    for rule in &schema.sharing {
        let mut fail = |reason: Label| problems.push(SchemaProblem { object: format!("sharing.{}", rule.name), field: None, reason });
        if !is_identifier(&rule.name) {
            fail(bad_name());
        }
        if let Some(object) = schema.object(&rule.object)
            && let Err(error) = check_condition(&rule.when, &ObjectScope { schema, object, gate: &OpenGate, follow: true })
        {
            fail(of_expression("when", &error));
        }
        for role in rule.with.roles.iter().filter(|it| !schema.roles.contains_key(*it)) {
            fail(Label::new(format!("with: 没有角色“{role}”"), format!("with: there is no role `{role}`")));
        }
    }
}

fn of_role(role: &RoleDefinition, object: Option<&String>, reason: Label) -> SchemaProblem {
    SchemaProblem { object: format!("role.{}", role.name), field: object.cloned(), reason }
}

fn scopes(rights: &ObjectRights) -> [(&'static str, &RowScope); 7] {
    let restore = rights.restore.as_ref().unwrap_or(&RowScope::None);
    [
        ("read", &rights.read),
        ("update", &rights.update),
        ("delete", &rights.delete),
        ("restore", restore),
        ("deny.read", &rights.deny.read),
        ("deny.update", &rights.deny.update),
        ("deny.delete", &rights.deny.delete),
    ]
}

fn mentions_records(rights: &ObjectRights) -> bool {
    scopes(rights).iter().any(|it| matches!(it.1, RowScope::When(_)))
        || !rights.fields.is_empty()
        || !rights.freeze.is_empty()
        || !rights.deny.fields.is_empty()
        || !rights.masked_in_lists.is_empty()
}

fn problems_of(schema: &Schema, object: &Arc<Object>, rights: &ObjectRights) -> Vec<Label> {
    let mut problems = Vec::new();
    for (key, scope) in scopes(rights) {
        if let RowScope::When(source) = scope
            && let Err(error) = check_condition(source, &ObjectScope { schema, object, gate: &OpenGate, follow: true })
        {
            problems.push(of_expression(key, &error));
        }
    }
    for rule in &rights.freeze {
        // Evaluated on the record as it stands, without looking at others.
        if let Err(error) = check_condition(&rule.when, &ObjectScope { schema, object, gate: &OpenGate, follow: false }) {
            problems.push(of_expression("freeze", &error));
        }
    }
    for verb in rights.deny.verbs.iter().filter(|it| Verb::named(it).is_none_or(|it| !Verb::FLAGS.contains(&it))) {
        let zh = format!("deny.verbs: 没有操作“{verb}”；记录的查看、修改和删除请用 read、update、delete");
        problems.push(Label::new(zh, format!("deny.verbs: there is no verb `{verb}`; rows are denied with read, update and delete")));
    }
    problems
}
