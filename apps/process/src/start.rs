//! Starting a case: by hand, or because a condition came true.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_kernel::access::{Verb, context_of};
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::{Record, known_count, load_record};
use guanxi_kernel::schema::{OWNER_FIELD, Object};
use guanxi_kernel::store::Condition;
use guanxi_kernel::write::{Planner, Unit};
use guanxi_kernel::{FieldError, KernelError, Result, Value};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::acts::{FIXED, may_override};
use crate::advance::{Standing, held};
use crate::check::{problems, told};
use crate::fill::{Who, who};
use crate::parts::{CASE, CASE_STEP, active_member, choices, id_of, int, state, text, text_in, values};
use crate::plan::Plan;
use crate::time::after_days;

/// What a case begins with.
pub struct Beginning {
    /// The template.
    pub template: Record,
    /// As it is laid out now.
    pub plan: Plan,
    /// What the case is about.
    pub record: Option<Record>,
    /// Who starts it; nobody where a condition does.
    pub starter: Option<Uuid>,
    /// The place in the log of what made the condition come true.
    pub event: Option<i64>,
    /// Who has which role.
    pub roles: BTreeMap<Uuid, Uuid>,
    /// When it is to be over.
    pub due_at: Option<Timestamp>,
    /// What it is called.
    pub name: Option<String>,
}

/// `process_template.start`.
pub struct Start(pub ActionDefinition);

impl Action for Start {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let template = required_record(record)?;
        let context = unit.context;
        may_start(context, &template)?;
        let system = context.as_system();
        let record = record_of(unit, &template, input)?;
        let plan = Plan::of_template(&system, unit.tx, template.id())?;
        let found = problems(&system, unit.tx, &template, &plan)?;
        if !found.is_empty() {
            let message = told(&found);
            return Err(KernelError::conflict(
                "state_conflict",
                format!("这个流程模板现在不能用：{}", message.zh_cn),
                format!("this template cannot be used as it is: {}", message.en),
            ));
        }
        let due_at = due_in(context, input)?;
        let overrides = may_override(context, unit.tx, Some(template.id()))?;
        let roles = roles_of(unit, &plan, record.as_ref(), input, overrides)?;
        refuse_second(unit, &template, record.as_ref())?;
        let name = text_in(input, "name");
        let begins = Beginning { template, plan, record, starter: Some(context.actor), event: None, roles, due_at, name };
        let case = unit.as_system(|unit| begin(unit, begins))?;
        Ok(json!({ "id": case.id(), "number": case.text("number"), "version": case.version(), "state": state(&case) }))
    }
}

/// Who may start it: holders of the roles named, where some are.
fn may_start(context: &Context, template: &Record) -> Result<()> {
    let named = choices(template, "start_roles");
    let holds = context.access.member.role_names().iter().any(|it| named.contains(it));
    if named.is_empty() || holds || context.access.is_unlimited() {
        return Ok(());
    }
    Err(KernelError::Forbidden(format!("start {}", template.title())))
}

/// The record the case is about: one of the template's object that the caller may change.
fn record_of(unit: &mut Unit<'_>, template: &Record, input: &Map<String, Json>) -> Result<Option<Record>> {
    let named = input.get("record").filter(|it| !it.is_null());
    let id = named.and_then(|it| it.get("id")).and_then(Json::as_str).and_then(|it| Uuid::try_parse(it).ok());
    let of = named.and_then(|it| it.get("object")).and_then(Json::as_str);
    let Some(wanted) = text(template, "object") else {
        return if named.is_none() {
            Ok(None)
        } else {
            Err(KernelError::invalid("record", "rule", "这个流程不针对记录，请留空", "this process runs on no record; leave it empty"))
        };
    };
    let context = unit.context;
    let object: Arc<Object> = context.schema.object(&wanted).cloned().ok_or(KernelError::NotFound)?;
    let (zh, en) = (&object.definition.label.zh_cn, &object.definition.label.en);
    let (Some(id), true) = (id, of == Some(wanted.as_str())) else {
        return Err(KernelError::invalid("record", "required", format!("请选择一条记录（{zh}）"), format!("choose a record ({en})")));
    };
    match Planner::new(context).reach(unit.tx, &object, id, Verb::Update) {
        Ok(record) => Ok(Some(record)),
        Err(KernelError::NotFound) => Err(KernelError::invalid("record", "no_such_record", "没有这条记录", "there is no such record")),
        Err(other) => Err(other),
    }
}

fn due_in(context: &Context, input: &Map<String, Json>) -> Result<Option<Timestamp>> {
    let due = input.get("due_at").and_then(Json::as_str).and_then(|it| it.parse::<Timestamp>().ok());
    if due.is_some_and(|it| it <= context.now) {
        return Err(KernelError::invalid("due_at", "too_small", "应完成时间应在将来", "choose a time in the future"));
    }
    Ok(due)
}

/// Who has which role, as far as that is settled at the start; everybody who should be and is not is named.
/// What the template says of a role is what counts, unless nobody is found so or the caller may override it.
fn roles_of(unit: &mut Unit<'_>, plan: &Plan, record: Option<&Record>, input: &Map<String, Json>, overrides: bool) -> Result<BTreeMap<Uuid, Uuid>> {
    let none = Map::new();
    let given = match input.get("roles").unwrap_or(&Json::Null) {
        Json::Null => &none,
        Json::Object(members) => members,
        _ => return Err(KernelError::invalid("roles", "wrong_type", "应为角色和成员的对象", "must be an object of roles and members")),
    };
    let mut wrong: Vec<FieldError> = Vec::new();
    for name in given.keys().filter(|it| Uuid::try_parse(it).ok().and_then(|it| plan.role(it)).is_none()) {
        let shown: String = name.chars().take(40).collect();
        wrong.push(FieldError::new(format!("roles.{shown}"), "no_such_record", "这个流程没有这个角色", "the process has no such role"));
    }
    let mut roles = BTreeMap::new();
    for role in &plan.roles {
        let place = format!("roles.{}", role.key);
        let used = plan.steps.iter().any(|it| it.role == Some(role.key));
        let system = unit.context.as_system();
        let found = who(&system, unit.tx, role, Some(unit.context.actor), record)?;
        if let Some(chosen) = given.get(&role.key.to_string()).filter(|it| !it.is_null()) {
            let same = matches!(found, Who::Member(member) if id_of(chosen) == Some(member));
            if !(overrides || same || role.filled_by == "hand" || found == Who::Nobody) {
                wrong.push(FieldError::new(place, "rule", FIXED.0, FIXED.1));
                continue;
            }
            match id_of(chosen).map(|it| choosable(unit, it, record)).transpose()? {
                Some(Ok(member)) => drop(roles.insert(role.key, member)),
                Some(Err((zh, en))) => wrong.push(FieldError::new(place, "rule", zh, en)),
                None => wrong.push(FieldError::new(place, "wrong_type", "应为成员的编号", "must be the id of a member")),
            }
            continue;
        }
        match found {
            Who::Member(member) => drop(roles.insert(role.key, member)),
            Who::Nobody if used => {
                let (zh, en) =
                    (format!("请选择谁担任“{}”：按模板找不到人", role.name), format!("choose who is {}: the template finds nobody", role.name));
                wrong.push(FieldError::new(place, "required", zh, en));
            }
            Who::Chosen(..) | Who::Nobody => {}
        }
    }
    if wrong.is_empty() { Ok(roles) } else { Err(KernelError::Invalid(wrong)) }
}

/// Whether the caller may give a role to a member: one he sees, who is there, and who sees the record, or to whom he could share it.
/// To himself as to anybody: the engine lends the record to whoever has a role.
///
/// # Errors
/// Fails where the database does.
pub fn choosable(unit: &mut Unit<'_>, member: Uuid, record: Option<&Record>) -> Result<std::result::Result<Uuid, (String, String)>> {
    let context = unit.context;
    let members = context.schema.object(MEMBER_OBJECT).cloned().ok_or(KernelError::NotFound)?;
    let seen = load_record(context, unit.tx, &members, member, Verb::Read, false)?.is_some();
    if !seen || active_member(&context.as_system(), unit.tx, member)?.is_none() {
        return Ok(Err(("没有这位同事，或已停用".to_owned(), "there is no such member, or he is no longer active".to_owned())));
    }
    let Some(record) = record else { return Ok(Ok(member)) };
    let object = record.object.clone();
    if load_record(context, unit.tx, &object, record.id(), Verb::Share, false)?.is_some() {
        return Ok(Ok(member));
    }
    let theirs = context_of(context, unit.tx, member)?;
    let sees = theirs.map(|it| load_record(&it, unit.tx, &object, record.id(), Verb::Read, false)).transpose()?.flatten().is_some();
    Ok(if sees {
        Ok(member)
    } else {
        Err((
            "他看不到这条记录，而您不能共享它；请换人，或让能共享的同事启动".to_owned(),
            "he does not see the record and you may not share it; choose somebody else, or let somebody start it who may".to_owned(),
        ))
    })
}

/// A record has one case of a template at a time, or one for all.
///
/// # Errors
/// State conflict where there is one.
pub fn refuse_second(unit: &mut Unit<'_>, template: &Record, record: Option<&Record>) -> Result<()> {
    let Some(record) = record else { return Ok(()) };
    unit.tx.serialise(&format!("{CASE}/{}/{}", template.id(), record.id()))?;
    let system = unit.context.as_system();
    let once = template.value("again").as_text() == Some("once");
    let of = |it: &dyn Fn(&str) -> Result<_>| {
        let one = Condition::equals(it("template")?, Value::Id(template.id())).and(Condition::equals(it("record")?, Value::Id(record.id())));
        let running = ["running", "waiting"].map(|it| Value::Text(it.to_owned())).to_vec();
        Ok(if once { one } else { one.and(Condition::In(it("state")?, running, false)) })
    };
    if known_count(&system, unit.tx, CASE, of, 1)? == 0 {
        return Ok(());
    }
    Err(if once {
        KernelError::conflict(
            "state_conflict",
            "这条记录已经办过这个流程，每条记录只办一次",
            "this record had this process already; it runs once on each",
        )
    } else {
        KernelError::conflict(
            "state_conflict",
            "这条记录正在办这个流程，结束后才能再启动",
            "this process runs on the record already; it may start again when that is over",
        )
    })
}

/// Makes the case and its steps, and begins the first ones.
///
/// # Errors
/// As making them.
pub fn begin(unit: &mut Unit<'_>, it: Beginning) -> Result<Record> {
    let context = unit.context.as_system();
    let of_record = it.record.as_ref().and_then(|it| it.reference(OWNER_FIELD));
    let answers = [it.starter, of_record, it.template.reference("keeper"), it.template.reference("created_by")];
    let mut owner = None;
    for member in answers.into_iter().flatten() {
        owner = active_member(&context, unit.tx, member)?;
        if owner.is_some() {
            break;
        }
    }
    let due = match (it.due_at, int(&it.template, "due_days")) {
        (Some(due), _) => Some(due),
        (None, Some(days)) => Some(after_days(&context, unit.tx, context.now, days)?),
        (None, None) => None,
    };
    let people: BTreeSet<Uuid> = it.roles.values().copied().collect();
    let case = values([
        ("name", json!(it.name.unwrap_or_else(|| it.template.title()))),
        ("template", json!(it.template.id())),
        ("template_version", json!(int(&it.template, "edition").unwrap_or(1))),
        ("record", it.record.as_ref().map_or(Json::Null, |it| json!({ "object": it.object.name, "id": it.id() }))),
        ("owner", json!(owner.as_ref().map(Record::id))),
        ("department", json!(owner.as_ref().and_then(|it| it.reference("department")))),
        ("started_by", json!(it.starter)),
        ("started_at", json!(context.now.to_string())),
        ("event", json!(it.event)),
        ("due_at", json!(due.map(|it| it.to_string()))),
        ("participants", json!(people)),
        ("plan", it.plan.to_json()?),
        ("roles", held(&it.roles)),
    ]);
    let case = unit.create_as_system(CASE, &case)?;
    for step in &it.plan.steps {
        let role = step.role.and_then(|key| it.plan.role(key)).map(|it| it.name.clone());
        let row = values([
            ("process_case", json!(case.id())),
            ("process_template", json!(it.template.id())),
            ("step_key", json!(step.key.to_string())),
            ("name", json!(step.name)),
            ("position", json!(step.position)),
            ("role_name", json!(role)),
            ("state", json!("pending")),
        ]);
        unit.create_as_system(CASE_STEP, &row)?;
    }
    let mut standing = Standing::of(unit, case.id())?;
    standing.advance(unit, false)?;
    Ok(standing.case)
}
