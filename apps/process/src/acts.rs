//! What is done to a case under way: it is cancelled, sent back, a role goes to somebody else.

use std::collections::BTreeSet;

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, load_record};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::advance::{Standing, next_round};
use crate::parts::{CASE, TEMPLATE, active_member, id_of, known, state, text_in, values};
use crate::plan::{Role, Step};
use crate::start::choosable;
use crate::tasks;
use crate::tell::{tell, told_of};

/// Whether the caller may steer a case: who may change it.
///
/// # Errors
/// Fails where the database does.
pub fn may_steer(context: &Context, tx: &mut dyn ReadTx, case: &Record) -> Result<bool> {
    Ok(load_record(context, tx, &case.object.clone(), case.id(), Verb::Update, false)?.is_some())
}

/// What is said of a role that is not the caller's to give.
pub const FIXED: (&str, &str) = (
    "这个角色由流程模板确定，只有管理员或模板的维护人能改",
    "the template says who has this role; only an administrator or the keeper of the template may change that",
);

/// Whether the caller may give roles to others than the template says: who may change the template, and who keeps it.
///
/// # Errors
/// Fails where the database does.
pub fn may_override(context: &Context, tx: &mut dyn ReadTx, template: Option<Uuid>) -> Result<bool> {
    if context.access.is_unlimited() {
        return Ok(true);
    }
    let (Some(template), Some(object)) = (template, context.schema.object(TEMPLATE).cloned()) else { return Ok(false) };
    let keeper = known(&context.as_system(), tx, TEMPLATE, template)?.and_then(|it| it.reference("keeper"));
    if keeper.is_some_and(|it| it == context.actor || context.access.member.selves().contains(&it)) {
        return Ok(true);
    }
    Ok(load_record(context, tx, &object, template, Verb::Update, false)?.is_some())
}

/// Whether a step waits for somebody to have a role, or who had it is no longer there: then whoever steers the case names somebody.
fn is_vacant(unit: &mut Unit<'_>, standing: &Standing, role: &Role) -> Result<bool> {
    let waits = |it: &Step| it.role == Some(role.key) && standing.rows.get(&it.key).is_some_and(|row| state(row) == "waiting");
    if standing.plan.steps.iter().any(waits) {
        return Ok(true);
    }
    let Some(holder) = standing.holder(role.key) else { return Ok(false) };
    Ok(active_member(&unit.context.as_system(), unit.tx, holder)?.is_none())
}

fn require_steering(unit: &mut Unit<'_>, case: &Record) -> Result<()> {
    let context = unit.context;
    if may_steer(context, unit.tx, case)? { Ok(()) } else { Err(KernelError::Forbidden("steer a case".into())) }
}

fn reason_in(input: &Map<String, Json>) -> Result<String> {
    text_in(input, "reason").ok_or_else(|| KernelError::invalid("reason", "required", "请填写原因", "say why"))
}

fn answer(case: &Record) -> Json {
    json!({ "id": case.id(), "version": case.version(), "state": state(case) })
}

/// `process_case.cancel`.
pub struct Cancel(pub ActionDefinition);

impl Action for Cancel {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let case = required_record(record)?;
        let reason = reason_in(input)?;
        require_steering(unit, &case)?;
        let saved = unit.as_system(|unit| end(unit, case.id(), &reason))?;
        Ok(answer(&saved))
    }
}

/// Ends a case before it is done; its open tasks are cancelled.
///
/// # Errors
/// As changing it.
pub fn end(unit: &mut Unit<'_>, case: Uuid, reason: &str) -> Result<Record> {
    let mut standing = Standing::of(unit, case)?;
    standing.require_going()?;
    let rows: Vec<(Uuid, String, Option<Uuid>)> = standing.rows.iter().map(|(key, it)| (*key, state(it), it.reference("task"))).collect();
    for (key, stands, task) in rows {
        if matches!(stands.as_str(), "pending" | "waiting" | "open") {
            if let Some(task) = task.filter(|_| stands == "open") {
                tasks::cancel(unit, task)?;
            }
            standing.set(unit, key, &values([("state", json!("cancelled"))]))?;
        }
    }
    let by = Some(unit.context.actor).filter(|it| !it.is_nil());
    let ended = values([
        ("state", json!("cancelled")),
        ("current", Json::Null),
        ("reason", json!(reason)),
        ("ended_at", json!(unit.context.now.to_string())),
        ("ended_by", json!(by)),
    ]);
    let saved = unit.update_as_system(CASE, case, &ended)?;
    let told = told_of(unit, &standing, &["case_owner", "roles"].map(str::to_owned), None)?;
    tell(unit, &saved, "ended", "", told);
    Ok(saved)
}

/// `process_case.send_back`.
pub struct SendBack(pub ActionDefinition);

impl Action for SendBack {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let case = required_record(record)?;
        let reason = reason_in(input)?;
        let no_step = || KernelError::invalid("step", "no_such_record", "流程里没有这一步", "the case has no such step");
        let key = input.get("step").and_then(id_of).ok_or_else(no_step)?;
        let steers = may_steer(unit.context, unit.tx, &case)?;
        let (selves, actor) = (unit.context.access.member.selves(), unit.context.actor);
        let saved = unit.as_system(|unit| {
            let standing = Standing::of(unit, case.id())?;
            standing.require_going()?;
            let followers = standing.plan.followers(key);
            let his = |it: &Record| state(it) == "open" && it.reference("member").is_some_and(|it| selves.contains(&it) || it == actor);
            // Who has a step that comes after it finds what is not right with it.
            if !steers && !standing.rows.iter().any(|(at, row)| followers.contains(at) && his(row)) {
                return Err(KernelError::Forbidden("send a case back".into()));
            }
            send_back(unit, standing, key, &followers, &reason)
        })?;
        Ok(answer(&saved))
    }
}

fn send_back(unit: &mut Unit<'_>, mut standing: Standing, key: Uuid, followers: &BTreeSet<Uuid>, reason: &str) -> Result<Record> {
    let row =
        standing.rows.get(&key).ok_or_else(|| KernelError::invalid("step", "no_such_record", "流程里没有这一步", "the case has no such step"))?;
    if state(row) != "done" {
        return Err(KernelError::invalid("step", "rule", "只能退回到已经完成的步骤", "only a step that was done can be done again"));
    }
    let doer = row.reference("member");
    let name = row.title();
    let anew: Vec<(Uuid, Record)> =
        standing.rows.iter().filter(|(at, _)| **at == key || followers.contains(at)).map(|(at, row)| (*at, row.clone())).collect();
    for (at, row) in anew {
        let begun = matches!(state(&row).as_str(), "open" | "done");
        if let Some(task) = row.reference("task").filter(|_| state(&row) == "open") {
            tasks::cancel(unit, task)?;
        }
        let mut changed = values([("state", json!("pending")), ("late", json!(false))]);
        for name in ["task", "member", "started_at", "due_at", "done_at", "done_by", "took"] {
            changed.insert(name.to_owned(), Json::Null);
        }
        if begun {
            changed.insert("round".to_owned(), json!(next_round(&row)));
        }
        let said = if at == key { json!(reason) } else { Json::Null };
        changed.insert("back_reason".to_owned(), said);
        standing.set(unit, at, &changed)?;
    }
    let mut told = told_of(unit, &standing, &["case_owner".to_owned()], None)?;
    told.extend(doer);
    tell(unit, &standing.case, "step_back", &name, told);
    standing.advance(unit, false)?;
    Ok(standing.case)
}

/// `process_case.change_role`.
pub struct ChangeRole(pub ActionDefinition);

impl Action for ChangeRole {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let case = required_record(record)?;
        require_steering(unit, &case)?;
        let role = input.get("role").and_then(id_of);
        let member =
            input.get("member").and_then(id_of).ok_or_else(|| KernelError::invalid("member", "required", "请选择一位同事", "choose a member"))?;
        let about = unit.as_system(|unit| Ok(Standing::of(unit, case.id())?.record))?;
        if let Err((zh, en)) = choosable(unit, member, about.as_ref())? {
            return Err(KernelError::invalid("member", "rule", zh, en));
        }
        let note = text_in(input, "note");
        let overrides = may_override(unit.context, unit.tx, case.reference("template"))?;
        let saved = unit.as_system(|unit| {
            let mut standing = Standing::of(unit, case.id())?;
            standing.require_going()?;
            let role = role
                .and_then(|it| standing.plan.role(it))
                .cloned()
                .ok_or_else(|| KernelError::invalid("role", "no_such_record", "流程里没有这个角色", "the case has no such role"))?;
            if !overrides && role.filled_by != "hand" && !is_vacant(unit, &standing, &role)? {
                return Err(KernelError::invalid("role", "rule", FIXED.0, FIXED.1));
            }
            let role = role.key;
            standing.give(unit, role, member)?;
            let of_role: Vec<Uuid> = standing.plan.steps.iter().filter(|it| it.role == Some(role)).map(|it| it.key).collect();
            let open: Vec<Uuid> = standing
                .rows
                .iter()
                .filter(|(key, row)| of_role.contains(key) && state(row) == "open" && row.reference("member") != Some(member))
                .filter_map(|(_, row)| row.reference("task"))
                .collect();
            for task in open {
                tasks::hand_to(unit, task, member, note.as_deref())?;
            }
            let mut standing = Standing::of(unit, case.id())?;
            standing.advance(unit, true)?;
            Ok(standing.case)
        })?;
        Ok(answer(&saved))
    }
}
