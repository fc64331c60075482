//! What keeps a template from being used.

use std::collections::BTreeSet;

use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{ConditionOn, Record, may_be_named};
use guanxi_kernel::schema::{Label, OWNER_FIELD, OpenGate};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::fill::{Who, who};
use crate::parts::{CASE, CASE_STEP, ROLE, STEP, TEMPLATE, text};
use crate::plan::{MOST_BYTES, MOST_ROLES, MOST_STEPS, Plan, Role, Step};

/// Something that is wrong.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Problem {
    /// The step it is about.
    pub step: Option<Uuid>,
    /// The role it is about.
    pub role: Option<Uuid>,
    /// The field that mends it.
    pub field: &'static str,
    /// Which kind of problem.
    pub code: &'static str,
    /// What is wrong and what to do.
    pub message: Label,
}

impl Problem {
    fn new(field: &'static str, code: &'static str, zh: impl Into<String>, en: impl Into<String>) -> Self {
        Self { step: None, role: None, field, code, message: Label::new(zh.into(), en.into()) }
    }

    fn at(mut self, step: &Step) -> Self {
        self.step = Some(step.key);
        self
    }

    fn of(mut self, role: &Role) -> Self {
        self.role = Some(role.key);
        self
    }
}

/// All that is wrong with a template, its steps and its roles.
///
/// # Errors
/// Fails where the database does.
pub fn problems(context: &Context, tx: &mut dyn ReadTx, template: &Record, plan: &Plan) -> Result<Vec<Problem>> {
    let mut found = Vec::new();
    if plan.steps.is_empty() {
        found.push(Problem::new("active", "required", "还没有步骤，请先添加", "there are no steps; add some first"));
    }
    if plan.steps.len() > MOST_STEPS || plan.roles.len() > MOST_ROLES {
        let (zh, en) = (format!("最多{MOST_STEPS}个步骤、{MOST_ROLES}个角色"), format!("at most {MOST_STEPS} steps and {MOST_ROLES} roles"));
        found.push(Problem::new("active", "too_long", zh, en));
    }
    if plan.to_json()?.to_string().len() > MOST_BYTES {
        found.push(Problem::new(
            "active",
            "too_long",
            "流程太长，请缩短说明和问题",
            "the process is too long; shorten its instructions and questions",
        ));
    }
    if let Err(names) = plan.stages() {
        found.push(in_circle(&names));
    }
    of_object(context, template, plan, &mut found);
    for role in &plan.roles {
        found.extend(of_role(context, tx, template, plan, role)?);
    }
    Ok(found)
}

/// Steps that wait for each other.
pub fn in_circle(names: &[String]) -> Problem {
    let way: Vec<&str> = names.iter().map(|it| it.split_at(it.char_indices().nth(30).map_or(it.len(), |at| at.0)).0).collect();
    Problem::new(
        "after",
        "rule",
        format!("步骤绕成一圈：{}，请去掉其中一个前置", way.join(" → ")),
        format!("the steps wait for each other: {}; take one of the links away", way.join(" → ")),
    )
}

/// Whether records of an object must not start cases by themselves: the engine makes them as cases go, and would start the next case
/// with each of them, without end.
pub fn is_made_by_cases(object: &str) -> bool {
    [TEMPLATE, ROLE, STEP, CASE, CASE_STEP, "checklist_item"].contains(&object)
}

/// What is said of those.
pub const ENDLESS: (&str, &str) = (
    "流程自己会产生这种记录，不能由它自动启动流程，请改为手动启动或换一个对象",
    "processes make such records themselves, so these cannot start one; let it be started by hand, or choose another object",
);

/// What the template says of records must be true of the object it runs on.
fn of_object(context: &Context, template: &Record, plan: &Plan, found: &mut Vec<Problem>) {
    let name = text(template, "object");
    let object = name.as_deref().and_then(|it| context.schema.object(it)).filter(|it| may_be_named(it)).cloned();
    if let (Some(name), None) = (&name, &object) {
        let (zh, en) = (format!("没有可以办流程的对象“{name}”"), format!("there is no object `{name}` a process could run on"));
        found.push(Problem::new("object", "bad_option", zh, en));
        return;
    }
    if name.as_deref().is_some_and(is_made_by_cases) && template.value("start_by").as_text() == Some("event") {
        found.push(Problem::new("object", "rule", ENDLESS.0, ENDLESS.1));
    }
    for step in &plan.steps {
        let Some(object) = &object else {
            if step.condition.is_some() || !step.required_fields.is_empty() {
                let (zh, en) = (
                    format!("步骤“{}”要看记录，但流程没有说明用于哪个对象", step.name),
                    format!("step {} looks at a record, and the process runs on none", step.name),
                );
                found.push(Problem::new("object", "required", zh, en).at(step));
            }
            continue;
        };
        if let Some(Err(KernelError::BadRequest { message, .. })) =
            step.condition.as_deref().map(|it| ConditionOn::read(&context.schema, object, it, &OpenGate))
        {
            let (zh, en) = (format!("步骤“{}”的条件：{}", step.name, message.zh_cn), format!("the condition of step {}: {}", step.name, message.en));
            found.push(Problem::new("condition", "rule", zh, en).at(step));
        }
        for field in &step.required_fields {
            if !object.field(field).is_some_and(|it| !it.is_computed() && !it.definition.read_only && it.link.is_none()) {
                let shown: String = field.chars().take(40).collect();
                let (zh, en) = (
                    format!("步骤“{}”要填的字段“{shown}”不存在或不能填写", step.name),
                    format!("step {} asks for the field `{shown}`, which is none or cannot be filled in", step.name),
                );
                found.push(Problem::new("required_fields", "unknown_field", zh, en).at(step));
            }
        }
    }
}

/// Whether somebody can have a role, as far as that is known before a case starts.
fn of_role(context: &Context, tx: &mut dyn ReadTx, template: &Record, plan: &Plan, role: &Role) -> Result<Option<Problem>> {
    if !plan.steps.iter().any(|it| it.role == Some(role.key)) {
        return Ok(None);
    }
    let problem = |field, zh: &str, en: &str| {
        let (zh, en) = (format!("角色“{}”：{zh}", role.name), format!("role {}: {en}", role.name));
        Some(Problem::new(field, "no_such_record", zh, en).of(role))
    };
    let object = text(template, "object").and_then(|it| context.schema.object(&it).cloned());
    Ok(match role.filled_by.as_str() {
        "owner" if object.is_none_or(|it| it.field(OWNER_FIELD).is_none()) => {
            problem("filled_by", "流程没有带负责人的记录，请换一种确定方式", "the process runs on no record that has an owner; fill it otherwise")
        }
        "starter" if template.value("start_by").as_text() == Some("event") => {
            problem("filled_by", "自动启动的流程没有启动人，请换一种确定方式", "nobody starts what starts by itself; fill it otherwise")
        }
        "hand" if template.value("start_by").as_text() == Some("event") => problem(
            "filled_by",
            "自动启动的流程没有人来指定，请换一种确定方式",
            "nobody is there to choose where it starts by itself; fill it otherwise",
        ),
        "member" | "head" | "load" | "turn" => match who(context, tx, role, None, None)? {
            Who::Nobody if role.filled_by == "member" => {
                problem("member", "成员已停用，请换人", "the member is no longer active; choose another one")
            }
            Who::Nobody if role.filled_by == "head" => problem("department", "部门没有在岗的负责人", "the department has no active head"),
            Who::Nobody => problem("department", "部门或团队里没有能接的成员", "the department or team has no member who could take it"),
            _ => None,
        },
        _ => None,
    })
}

/// `process_template.check`.
pub struct Check(pub ActionDefinition);

impl Action for Check {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn only_reads(&self) -> bool {
        true
    }

    fn answer_of(&self, context: &Context, tx: &mut dyn ReadTx, template: &Record, _input: &Map<String, Json>) -> Result<Json> {
        let system = context.as_system();
        let plan = Plan::of_template(&system, tx, template.id())?;
        let found = problems(&system, tx, template, &plan)?;
        let stages = plan.stages().unwrap_or_default();
        Ok(json!({ "ok": found.is_empty(), "problems": found, "stages": stages }))
    }

    fn run(&self, _unit: &mut Unit<'_>, _record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        Err(KernelError::Internal("process_template.check only reads".into()))
    }
}

/// The names of what is wrong, once each.
pub fn told(found: &[Problem]) -> Label {
    let mut seen = BTreeSet::new();
    let few: Vec<&Problem> = found.iter().filter(|it| seen.insert(&it.message.zh_cn)).take(5).collect();
    let join = |of: &dyn Fn(&Problem) -> String, with: &str| few.iter().map(|it| of(it)).collect::<Vec<_>>().join(with);
    Label::new(join(&|it| it.message.zh_cn.clone(), "；"), join(&|it| it.message.en.clone(), "; "))
}
