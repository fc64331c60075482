//! Templates, their steps and their roles agree with each other while they are laid out.

use std::collections::BTreeSet;

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{ConditionOn, Record, known_count, known_records, link_targets, may_be_named};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::json;
use uuid::Uuid;

use crate::check::{ENDLESS, in_circle, is_made_by_cases, problems, told};
use crate::parts::{CASE, ROLE, STEP, TEMPLATE, int, json_of, known, text, values};
use crate::plan::{MOST_STEPS, Plan, step_of};
use crate::questions::read_questions;

/// Fields of a template that are not part of how it is laid out.
const BESIDE: [&str; 3] = ["active", "edition", "keeper"];

/// A template that is put to use can be used.
pub struct TemplateHook;

impl Hook for TemplateHook {
    fn object(&self) -> &str {
        TEMPLATE
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if let Some(name) = text(&draft.record(), "object")
            && draft.changes("object")
            && !context.schema.object(&name).is_some_and(|it| may_be_named(it))
        {
            draft.problem(
                "object",
                "bad_option",
                "没有可以办流程的对象，请填写对象的名称，如 account",
                "there is no such object to run on; name one, such as account",
            );
        } else if let Some(object) = text(&draft.record(), "object") {
            ConditionOn::check(context, draft, "start_when", &object, &[])?;
            if is_made_by_cases(&object)
                && (draft.changes("object") || draft.changes("start_by"))
                && draft.record().value("start_by").as_text() == Some("event")
            {
                draft.problem("object", "rule", ENDLESS.0, ENDLESS.1);
            }
        }
        let system = context.as_system();
        let was_active = draft.before.as_ref().is_some_and(|it| it.value("active").is_true());
        let relaid = ["object", "start_by"].iter().any(|it| draft.changes(it));
        if draft.value("active").is_true() && (!was_active || relaid) {
            let plan = if draft.kind == DraftKind::Create {
                Plan { roles: Vec::new(), steps: Vec::new() }
            } else {
                Plan::of_template(&system, tx, draft.id())?
            };
            let found = problems(&system, tx, &draft.record(), &plan)?;
            if !found.is_empty() {
                let message = told(&found);
                draft.problem("active", "rule", message.zh_cn, message.en);
            }
        }
        let changed =
            draft.touched.iter().filter_map(|it| draft.object.fields.get(*it)).any(|it| !BESIDE.contains(&it.name()) && draft.changes(it.name()));
        if changed && draft.kind == DraftKind::Update && is_in_use(&system, tx, &draft.record())? {
            let next = int(&draft.record(), "edition").unwrap_or(1) + 1;
            draft.set(context, "edition", &json!(next))?;
        }
        Ok(())
    }

    fn has_after_save(&self) -> bool {
        false
    }
}

/// Whether a case was started with the version a template has.
fn is_in_use(context: &Context, tx: &mut dyn ReadTx, template: &Record) -> Result<bool> {
    let version = template.value("edition");
    let of = |it: &dyn Fn(&str) -> Result<_>| {
        Ok(Condition::equals(it("template")?, Value::Id(template.id())).and(Condition::equals(it("template_version")?, version)))
    };
    Ok(known_count(context, tx, CASE, of, 1)? > 0)
}

/// A change of a step or a role makes a new version, where cases run with the one there is.
fn relaid(unit: &mut Unit<'_>, part: &Record) -> Result<()> {
    let Some(id) = part.reference("template") else { return Ok(()) };
    let context = unit.context.as_system();
    unit.tx.serialise(&format!("{TEMPLATE}/{id}"))?;
    let Some(template) = known(&context, unit.tx, TEMPLATE, id)? else { return Ok(()) };
    if is_in_use(&context, unit.tx, &template)? {
        let next = int(&template, "edition").unwrap_or(1) + 1;
        unit.update_as_system(TEMPLATE, id, &values([("edition", json!(next))]))?;
    }
    Ok(())
}

/// A role stays with its template, and goes only when no step is its.
pub struct RoleHook;

impl Hook for RoleHook {
    fn object(&self) -> &str {
        ROLE
    }

    fn before_save(&self, _context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        stays(draft);
        Ok(())
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        relaid(unit, &draft.record())
    }

    fn after_delete(&self, unit: &mut Unit<'_>, role: &Record) -> Result<()> {
        let context = unit.context.as_system();
        let gone = role.reference("template").map(|it| known(&context, unit.tx, TEMPLATE, it)).transpose()?.flatten().is_none();
        let steps = known_records(&context, unit.tx, STEP, |it| Ok(Condition::equals(it("role")?, Value::Id(role.id()))), MOST_STEPS as u64)?;
        if !gone && !steps.is_empty() {
            let names: Vec<String> = steps.iter().take(5).map(Record::title).collect();
            return Err(KernelError::conflict(
                "state_conflict",
                format!("角色“{}”还有步骤在用：{}，请先把步骤交给别的角色", role.title(), names.join("、")),
                format!("steps still belong to {}: {}; give them to another role first", role.title(), names.join(", ")),
            ));
        }
        relaid(unit, role)
    }

    fn after_restore(&self, unit: &mut Unit<'_>, role: &Record) -> Result<()> {
        relaid(unit, role)
    }
}

fn stays(draft: &mut Draft) {
    if draft.kind == DraftKind::Update && draft.changes("template") {
        draft.problem("template", "read_only_field", "不能移到别的流程模板，请在那里新建", "it stays with its template; make one there");
    }
}

/// Steps wait for steps of their own process, and not in a circle.
pub struct StepHook;

impl Hook for StepHook {
    fn object(&self) -> &str {
        STEP
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        stays(draft);
        let Some(template) = draft.record().reference("template") else { return Ok(()) };
        let system = context.as_system();
        if draft.changes("questions")
            && let Err(problem) = read_questions(&json_of(&draft.record(), "questions"))
        {
            draft.problem("questions", "bad_format", problem.zh_cn, problem.en);
        }
        if draft.changes("required_fields") {
            let json = json_of(&draft.record(), "required_fields");
            let names = json.as_array().is_some_and(|it| it.len() <= 40 && it.iter().all(|name| name.as_str().is_some_and(|it| it.len() <= 40)));
            if !json.is_null() && !names {
                draft.problem(
                    "required_fields",
                    "bad_format",
                    "应为字段名称的列表，如 [\"phone\"]",
                    "must be a list of names of fields, such as [\"phone\"]",
                );
            }
        }
        if draft.changes("role")
            && let Some(role) = draft.record().reference("role")
            && known(&system, tx, ROLE, role)?.and_then(|it| it.reference("template")) != Some(template)
        {
            draft.problem("role", "no_such_record", "不是这个流程的角色", "this is no role of the process");
        }
        let of = known(&system, tx, TEMPLATE, template)?.and_then(|it| text(&it, "object"));
        if let Some(object) = of {
            ConditionOn::check(context, draft, "condition", &object, &[])?;
        }
        after_others(&system, tx, draft, template)
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        relaid(unit, &draft.record())?;
        if !touches_after(draft) {
            return Ok(());
        }
        // Two who link at once do not close a circle together.
        let (context, Some(template)) = (unit.context.as_system(), draft.record().reference("template")) else { return Ok(()) };
        match Plan::of_template(&context, unit.tx, template)?.stages() {
            Ok(_) => Ok(()),
            Err(names) => {
                let problem = in_circle(&names);
                Err(KernelError::invalid("after", problem.code, problem.message.zh_cn, problem.message.en))
            }
        }
    }

    fn after_delete(&self, unit: &mut Unit<'_>, step: &Record) -> Result<()> {
        bridge(unit, step)?;
        relaid(unit, step)
    }

    fn after_restore(&self, unit: &mut Unit<'_>, step: &Record) -> Result<()> {
        relaid(unit, step)
    }
}

fn touches_after(draft: &Draft) -> bool {
    draft.object.field_position("after").is_some_and(|it| draft.links.contains_key(&it))
}

fn after_others(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft, template: Uuid) -> Result<()> {
    let Some(position) = draft.object.field_position("after") else { return Ok(()) };
    let mut plan = Plan::of_template(context, tx, template)?;
    if draft.kind == DraftKind::Create && plan.steps.len() >= MOST_STEPS {
        draft.problem("template", "too_long", format!("一个流程最多{MOST_STEPS}个步骤"), format!("a process has {MOST_STEPS} steps at most"));
    }
    let Some(after) = draft.links.get(&position).cloned() else { return Ok(()) };
    if after.contains(&draft.id()) || after.iter().any(|it| plan.step(*it).is_none()) {
        draft.problem("after", "no_such_record", "前置步骤应是同一流程的其他步骤", "a step waits for other steps of the same process");
        return Ok(());
    }
    plan.steps.retain(|it| it.key != draft.id());
    plan.steps.push(step_of(&draft.record(), after));
    if let Err(names) = plan.stages() {
        let problem = in_circle(&names);
        draft.problem("after", problem.code, problem.message.zh_cn, problem.message.en);
    }
    Ok(())
}

/// Those that waited for a step that goes wait for what it waited for: none of them begins too early for it.
fn bridge(unit: &mut Unit<'_>, step: &Record) -> Result<()> {
    let context = unit.context.as_system();
    let (Some(template), Some(field)) = (step.reference("template"), step.object.field("after").cloned()) else { return Ok(()) };
    if known(&context, unit.tx, TEMPLATE, template)?.is_none() {
        return Ok(());
    }
    let before = link_targets(unit.tx, &field, step.id())?;
    let of = |it: &dyn Fn(&str) -> Result<_>| Ok(Condition::equals(it("template")?, Value::Id(template)));
    for other in known_records(&context, unit.tx, STEP, of, MOST_STEPS as u64)? {
        let after = link_targets(unit.tx, &field, other.id())?;
        if after.contains(&step.id()) {
            let kept = after.into_iter().chain(before.iter().copied()).filter(|it| *it != step.id() && *it != other.id());
            let kept: BTreeSet<Uuid> = kept.collect();
            unit.update_as_system(STEP, other.id(), &values([("after", json!(kept))]))?;
        }
    }
    Ok(())
}
