//! What holds for members beyond their fields.

use guanxi_kernel::Value;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::holdings_of;
use guanxi_kernel::schema::{DELETED_AT, ID};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx, Select};
use guanxi_kernel::write::{Draft, Unit, closes_circle_now, would_close_circle};
use guanxi_kernel::{KernelError, Result, read::Record};
use serde_json::json;

const ADMINISTRATOR: &str = "administrator";
/// The role everybody has who is given none.
const MEMBER: &str = "member";
/// Why an administrator stays.
const LAST: (&str, &str) = ("这是最后一位启用的管理员，请先指定另一位", "this is the last active administrator; name another one first");
/// Why a manager is refused.
const CIRCLE: (&str, &str) = ("直属上级不能是自己或自己的下属", "the manager cannot be the member or someone below");

/// Keeps addresses comparable, one administrator able to sign in, and superiors free of circles.
pub struct UserHook;

impl Hook for UserHook {
    fn object(&self) -> &str {
        "user"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        lower_address(context, draft)?;
        if gives_roles(draft) || !crate::giving::posts_changed(tx, draft)?.is_empty() {
            context.require_proof()?;
        }
        crate::giving::refuse_draft(context, draft, "roles");
        crate::giving::refuse_posts(context, tx, draft)?;
        refuse_takeover(context, tx, draft)?;
        crate::branch::refuse_department(context, draft, "department");
        crate::branch::refuse_departments(context, tx, draft, "further_departments")?;
        if would_close_circle(context, tx, draft, "manager")? {
            draft.problem("manager", "rule", CIRCLE.0, CIRCLE.1);
        }
        let was = draft.before.as_ref().is_some_and(leads_workspace);
        if was && !leads_workspace(&draft.record()) && !another_administrator(tx, &draft.record())? {
            draft.problem(field_of_leaving(draft), "rule", LAST.0, LAST.1);
        }
        Ok(())
    }

    fn after_delete(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        crate::giving::refuse_record(unit.context, record, "roles")?;
        if leads_workspace(record) && !another_administrator_now(unit, record)? {
            return Err(KernelError::conflict(
                "state_conflict",
                "这是最后一位启用的管理员，不能删除，请先指定另一位",
                "this is the last active administrator; name another one before deleting",
            ));
        }
        Ok(())
    }

    /// Whoever comes back has the roles he had.
    fn after_restore(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        crate::giving::refuse_record(unit.context, record, "roles")
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        let was = draft.before.as_ref().is_some_and(leads_workspace);
        if was && !leads_workspace(&draft.record()) && !another_administrator_now(unit, &draft.record())? {
            // Two who demote each other, or one change of them all: each was the other's remaining one when it was planned.
            return Err(KernelError::invalid(field_of_leaving(draft), "rule", LAST.0, LAST.1));
        }
        if closes_circle_now(unit, draft, "manager")? { Err(KernelError::invalid("manager", "rule", CIRCLE.0, CIRCLE.1)) } else { Ok(()) }
    }
}

/// Whether somebody gets other roles, or comes in with more than everybody has.
fn gives_roles(draft: &Draft) -> bool {
    let held = draft.value("roles");
    let more = match &held {
        Value::List(roles) => roles.iter().any(|it| it.as_text() != Some(MEMBER)),
        _ => false,
    };
    draft.changes("roles") && (draft.before.is_some() || more)
}

/// The address is the login name: kept in small letters, so that nobody gets a second account by writing it differently.
fn lower_address(context: &Context, draft: &mut Draft) -> Result<()> {
    let address = draft.value("email");
    let lower = address.as_text().map(str::to_lowercase);
    match lower.filter(|it| Some(it.as_str()) != address.as_text()) {
        Some(lower) => draft.set(context, "email", &json!(lower)),
        None => Ok(()),
    }
}

/// How a member signs in is changed by himself or by those who could have given him every role he holds.
fn refuse_takeover(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    let Some(before) = draft.before.clone().filter(|it| it.id() != context.actor) else { return Ok(()) };
    if context.access.is_unlimited() || !["email", "active"].iter().any(|it| draft.changes(it)) {
        return Ok(());
    }
    // Also what he holds for a time, within a department or with a post.
    let held = holdings_of(&context.schema, tx, before.id(), context.now)?;
    if held.iter().any(|it| !context.access.may_give(&it.role)) {
        for field in ["email", "active"] {
            if draft.changes(field) {
                let (zh_cn, en) =
                    ("该成员的角色高于您的授权范围，请联系管理员", "this member holds roles beyond yours to give; ask an administrator");
                draft.problem(field, "rule", zh_cn, en);
            }
        }
    }
    Ok(())
}

/// The field by which an administrator ceases to be one.
fn field_of_leaving(draft: &Draft) -> &'static str {
    if draft.changes("active") { "active" } else { "roles" }
}

/// Whether this member may administer and sign in.
fn leads_workspace(record: &Record) -> bool {
    let administers = match record.value("roles") {
        Value::List(roles) => roles.iter().any(|it| it.as_text() == Some(ADMINISTRATOR)),
        _ => false,
    };
    administers && record.value("active").is_true()
}

/// In the transaction: whoever takes an administrator away waits for those who did, and sees what they left.
fn another_administrator_now(unit: &mut Unit<'_>, record: &Record) -> Result<bool> {
    unit.tx.serialise("administrators")?;
    another_administrator(unit.reader(), record)
}

fn another_administrator(tx: &mut dyn ReadTx, record: &Record) -> Result<bool> {
    let object = &record.object;
    let column = |name: &str| object.field(name).and_then(|it| it.part("")).map(|it| ColumnRef::main(it.column));
    let (Some(roles), Some(active)) = (column("roles"), column("active")) else {
        return Err(KernelError::Internal("the object user lacks roles or active".into()));
    };
    let condition = Condition::JsonContainsAny(roles, vec![Value::Text(ADMINISTRATOR.into())], false)
        .and(Condition::equals(active, Value::Bool(true)))
        .and(Condition::IsNull(ColumnRef::main(DELETED_AT)))
        .and(Condition::Compare(ColumnRef::main(ID), CompareOp::Ne, Value::Id(record.id())));
    Ok(tx.first(&Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, condition).limited(1) })?.is_some())
}
