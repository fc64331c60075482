//! Asking for a role, for a kind of data or for one record.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, holdings_of};
use guanxi_kernel::read::{Record, load_record};
use guanxi_kernel::schema::DELETED_AT;
use guanxi_kernel::store::{ColumnRef, Condition, Select};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use jiff::SignedDuration;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::requests::{REQUEST, head_above, keeper_of, text};

/// Most requests of one member that wait at a time.
const MOST_OPEN: usize = 20;
/// The longest a right is asked for.
const LONGEST: SignedDuration = SignedDuration::from_hours(366 * 24);

/// See the module.
pub struct Ask(pub ActionDefinition);

impl Action for Ask {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, _record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let member = unit.context.actor;
        let identity = unit.context.workspace.identity(unit.tx, member)?;
        let identity = identity.ok_or_else(|| KernelError::Forbidden("ask for rights".into()))?;
        let wanted = fitting(input);
        refuse_unknown_department(unit, &wanted)?;
        refuse_held(unit, member, &wanted)?;
        refuse_again(unit, member, &wanted)?;
        let head = head_above(unit, member, identity.member.department)?;
        let keeper = match (text_of(&wanted, "target_object"), text_of(&wanted, "target_record").and_then(|it| Uuid::try_parse(it).ok())) {
            (Some(object), Some(id)) => keeper_of(unit, member, object, id)?,
            _ => None,
        };
        let state = if head.is_some() { "waiting_head" } else { "waiting_grant" };
        let mut values = wanted.clone();
        for (name, value) in [("member", json!(member)), ("state", json!(state)), ("approver", json!(head)), ("keeper", json!(keeper))] {
            values.insert(name.to_owned(), value);
        }
        let made = unit.create_as_system(REQUEST, &values)?;
        refuse_unfit_time(unit, &made)?;
        unit.note(json!({ "asked": wanted }));
        Ok(json!({ "id": made.id(), "number": made.title(), "state": state }))
    }
}

fn text_of<'a>(values: &'a Map<String, Json>, name: &str) -> Option<&'a str> {
    values.get(name).and_then(Json::as_str)
}

/// What belongs to this kind of request; the rest of what a form may have sent is left out.
fn fitting(input: &Map<String, Json>) -> Map<String, Json> {
    let kind = text_of(input, "kind").unwrap_or_default();
    let belongs = |name: &str| match name {
        "role" => kind == "role",
        "department" => kind != "record",
        "target_object" => kind != "role",
        "target_record" | "level" => kind == "record",
        _ => true,
    };
    let mut values: Map<String, Json> = input.iter().filter(|it| belongs(it.0)).map(|it| (it.0.clone(), it.1.clone())).collect();
    if kind == "record" {
        values.entry("level").or_insert_with(|| json!("read"));
    }
    values
}

/// The request is written with the engine's rights; what the member names must be something he sees.
fn refuse_unknown_department(unit: &mut Unit<'_>, values: &Map<String, Json>) -> Result<()> {
    let Some(named) = values.get("department").filter(|it| !it.is_null()) else { return Ok(()) };
    let id = named.as_str().or_else(|| named["id"].as_str()).and_then(|it| Uuid::try_parse(it).ok());
    let found = match (id, unit.context.schema.object(DEPARTMENT_OBJECT).cloned()) {
        (Some(id), Some(object)) => load_record(unit.context, unit.tx, &object, id, Verb::Read, false)?,
        _ => None,
    };
    found.map(|_| ()).ok_or_else(|| KernelError::invalid("department", "no_such_record", "没有这个部门", "there is no such department"))
}

fn refuse_held(unit: &mut Unit<'_>, member: Uuid, values: &Map<String, Json>) -> Result<()> {
    let Some(role) = text_of(values, "role") else { return Ok(()) };
    let held = holdings_of(&unit.context.schema, unit.tx, member, unit.context.now)?;
    if held.iter().any(|it| it.is_lasting() && it.role == role) {
        return Err(KernelError::invalid("role", "rule", "您已拥有此角色", "you hold this role already"));
    }
    Ok(())
}

/// The same is not asked for twice at a time, and not everything at once.
fn refuse_again(unit: &mut Unit<'_>, member: Uuid, values: &Map<String, Json>) -> Result<()> {
    let open = open_requests(unit, member)?;
    if open.len() >= MOST_OPEN {
        let (zh_cn, en) = (
            format!("您有{MOST_OPEN}个申请尚未处理，请等待处理或先撤回一些"),
            format!("{MOST_OPEN} of your requests still wait; wait for them or withdraw some first"),
        );
        return Err(KernelError::conflict("state_conflict", zh_cn, en));
    }
    let same = |it: &Record| {
        ["kind", "role", "target_object", "target_record"].iter().all(|name| text(it, name) == text_of(values, name).unwrap_or_default())
    };
    match open.iter().find(|it| same(it)) {
        Some(other) => {
            let number = other.title();
            let (zh_cn, en) = (format!("同样的申请 {number} 正在审批中"), format!("the same is asked for already by {number}"));
            Err(KernelError::conflict("state_conflict", zh_cn, en))
        }
        None => Ok(()),
    }
}

fn open_requests(unit: &mut Unit<'_>, member: Uuid) -> Result<Vec<Record>> {
    let Some(object) = unit.context.schema.object(REQUEST).cloned() else { return Ok(Vec::new()) };
    let column = |name: &str| object.field(name).and_then(|it| it.part("")).map(|it| ColumnRef::main(it.column));
    let (Some(by), Some(state)) = (column("member"), column("state")) else { return Ok(Vec::new()) };
    let waiting = ["waiting_head", "waiting_grant"].map(|it| Value::Text(it.to_owned())).to_vec();
    let condition =
        Condition::equals(by, Value::Id(member)).and(Condition::In(state, waiting, false)).and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
    let rows = unit.tx.rows(&Select::all(&object.table, condition).limited(MOST_OPEN as u64))?;
    Ok(rows.into_iter().map(|row| Record { object: object.clone(), row }).collect())
}

fn refuse_unfit_time(unit: &Unit<'_>, request: &Record) -> Result<()> {
    let (Value::DateTime(until), now) = (request.value("until"), unit.context.now) else { return Ok(()) };
    if until <= now {
        return Err(KernelError::invalid("until", "too_small", "有效期应晚于现在", "choose a time in the future"));
    }
    if until > now + LONGEST {
        return Err(KernelError::invalid("until", "too_large", "有效期最长一年", "a year at most"));
    }
    Ok(())
}
