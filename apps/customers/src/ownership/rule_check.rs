//! A rule must be understood before it is kept.

use std::sync::Arc;

use guanxi_kernel::access::{asks_for_caller, compile_filter};
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::DEPARTMENT_OBJECT;
use guanxi_kernel::read::{ConditionOn, may_be_named};
use guanxi_kernel::schema::{DEPARTMENT_FIELD, Field, FieldGate, FieldKind, Object, OpenGate, resolve_path};
use guanxi_kernel::store::{ReadTx, Storage};
use guanxi_kernel::write::{Draft, DraftKind};
use guanxi_kernel::{KernelError, Result};
use serde_json::Value as Json;

use super::RULE;
use super::rule::filled;

/// What rules change themselves: one that asks for it would never come to rest.
const OF_ITSELF: [&str; 5] = ["department", "ownership_rule", "updated_at", "updated_by", "version"];
/// The same where the owner follows.
const OF_ITSELF_AND_OWNER: [&str; 6] = ["department", "ownership_rule", "updated_at", "updated_by", "version", "owner"];
/// What makes a rule another one.
const ASKED: [&str; 11] = ["object", "condition", "finds", "related", "via", "branch", "where", "measure", "amount", "day", "window_months"];

/// See the module.
pub struct OwnershipRuleHook;

impl Hook for OwnershipRuleHook {
    fn object(&self) -> &str {
        RULE
    }

    fn before_save(&self, context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let is_new = draft.kind == DraftKind::Create;
        if !is_new && !ASKED.iter().chain(&["owner_becomes"]).any(|it| draft.changes(it)) {
            return Ok(());
        }
        if !draft.value("problem").is_null() {
            draft.set(context, "problem", &Json::Null)?;
        }
        let Some(object) = owned(context, &filled(&draft.record(), "object").unwrap_or_default()) else {
            draft.problem("object", "rule", "没有这个对象，或它的记录不归属部门", "there is no such object, or its records belong to no department");
            return Ok(());
        };
        let to_head = draft.value("owner_becomes").as_text() == Some("head");
        ConditionOn::check(context, draft, "condition", &object.name, if to_head { &OF_ITSELF_AND_OWNER } else { &OF_ITSELF })?;
        let gate: &dyn FieldGate = if context.access.is_system() { &OpenGate } else { context.access.as_ref() };
        if draft.value("finds").as_text() == Some("reference") {
            department(context, draft, &object, gate);
            return Ok(());
        }
        let name = filled(&draft.record(), "related").unwrap_or_default();
        let Some(related) = context.schema.object(&name).filter(|it| may_be_named(it)).cloned() else {
            if !name.is_empty() {
                draft.problem("related", "rule", "没有这个对象", "there is no such object");
            }
            return Ok(());
        };
        let leads = |it: &Field| it.definition.kind == FieldKind::Reference && it.target.as_deref() == Some(object.name.as_str());
        own_field(draft, "via", &related, gate, leads, ("应为相关对象上指向本对象的引用字段", "a reference of the related object to this one"));
        department(context, draft, &related, gate);
        let number = |it: &Field| matches!(it.part("").map(|it| it.storage), Some(Storage::Int | Storage::Decimal { .. }));
        own_field(draft, "amount", &related, gate, number, ("应为相关对象上的数字或金额字段", "a number or an amount of the related object"));
        let day = |it: &Field| matches!(it.part("").map(|it| it.storage), Some(Storage::Date | Storage::DateTime));
        own_field(draft, "day", &related, gate, day, ("应为相关对象上的日期或时间字段", "a day or moment of the related object"));
        filter(context, draft, &related, gate)
    }
}

/// An object whose records belong to departments.
fn owned(context: &Context, name: &str) -> Option<Arc<Object>> {
    context.schema.object(name).filter(|it| it.definition.owned && !it.definition.internal && it.field(DEPARTMENT_FIELD).is_some()).cloned()
}

/// The path in `branch` must end in a department.
fn department(context: &Context, draft: &mut Draft, from: &Arc<Object>, gate: &dyn FieldGate) {
    let Some(path) = filled(&draft.record(), "branch") else { return };
    let names: Vec<&str> = path.split('.').collect();
    let found = resolve_path(&context.schema, from, &names, gate);
    // A rule that follows what it writes itself would find whatever it found before.
    let is_itself = path == DEPARTMENT_FIELD && draft.value("finds").as_text() == Some("reference");
    if is_itself || found.is_none_or(|it| it.field().target.as_deref() != Some(DEPARTMENT_OBJECT) || it.field().link.is_some()) {
        draft.problem("branch", "rule", "应为一个部门字段，或经引用到达的部门字段", "a department field, or one reached through references");
    }
}

/// A field named by its own name must be there and fit.
fn own_field(draft: &mut Draft, name: &str, of: &Object, gate: &dyn FieldGate, fits: impl Fn(&Field) -> bool, why: (&str, &str)) {
    let Some(named) = filled(&draft.record(), name) else { return };
    if of.field(&named).is_none_or(|it| !gate.may_read(of, it) || !fits(it)) {
        draft.problem(name, "rule", why.0, why.1);
    }
}

/// What `where` says must be a filter over the related object.
fn filter(context: &Context, draft: &mut Draft, related: &Arc<Object>, gate: &dyn FieldGate) -> Result<()> {
    let Some(source) = filled(&draft.record(), "where") else { return Ok(()) };
    // Rules are asked by nobody.
    if asks_for_caller(&context.schema, related, &source) {
        draft.problem("where", "rule", "这里不能用 me", "`me` is not for here");
        return Ok(());
    }
    let nobody = guanxi_kernel::access::Member::default();
    match compile_filter(&context.schema, related, &source, gate, &nobody, context.now, &context.workspace.time_zone()) {
        Err(KernelError::BadRequest { message, .. }) => {
            draft.problem("where", "rule", message.zh_cn, message.en);
            Ok(())
        }
        other => other.map(drop),
    }
}
