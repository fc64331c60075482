//! Tasks: who takes them, what they wait for, how they come again, and what happens when they are late.

pub mod acceptance;
pub mod assign;
pub mod dependencies;
pub mod escalate;
pub mod repeat;
pub mod series;

use guanxi_kernel::Value;
use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::{Record, load_record};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx};
use guanxi_kernel::write::{Draft, Planner, Unit};
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// The object tasks are records of.
pub const TASK: &str = "activity";
/// States of what is still to be done.
pub const OPEN: [&str; 2] = ["open", "in_progress"];

/// Whether a record of the object is a task.
pub fn is_task(value: &Value) -> bool {
    value.as_text() == Some("task")
}

/// Whether a state is one of those still to be done.
pub fn is_open(status: &Value) -> bool {
    status.as_text().is_some_and(|it| OPEN.contains(&it))
}

/// Whether a draft is of a task that is still to be done.
pub fn is_open_task(draft: &Draft) -> bool {
    is_task(&draft.value("kind")) && is_open(&draft.value("status"))
}

/// Whether somebody set a field in this change, to whatever value.
pub fn touches(draft: &Draft, field: &str) -> bool {
    draft.object.field_position(field).is_some_and(|it| draft.touched.contains(&it))
}

/// The condition of an open task.
///
/// # Errors
/// Where there is no such field.
pub fn open_tasks(column: &dyn Fn(&str) -> Result<ColumnRef>) -> Result<Condition> {
    let open = OPEN.iter().map(|it| Value::Text((*it).to_owned())).collect();
    let task = Condition::equals(column("kind")?, Value::Text("task".to_owned()));
    Ok(task.and(Condition::In(column("status")?, open, false)))
}

/// The id an input names.
pub fn id_in(input: &Map<String, Json>, name: &str) -> Option<Uuid> {
    let value = input.get(name)?;
    value.as_str().or_else(|| value.get("id").and_then(Json::as_str)).and_then(|it| Uuid::try_parse(it).ok())
}

/// A text an input names; nothing where it is blank.
pub fn text_in(input: &Map<String, Json>, name: &str) -> Option<String> {
    input.get(name).and_then(Json::as_str).map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned)
}

/// Values by field.
pub fn values<const N: usize>(pairs: [(&str, Json); N]) -> Map<String, Json> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// The member an input names: one the caller sees, and who may still sign in.
///
/// # Errors
/// Invalid, with the field, where there is none.
pub fn member_in(unit: &mut Unit<'_>, input: &Map<String, Json>, name: &str) -> Result<Record> {
    let missing = || KernelError::invalid(name, "required", "请选择一位同事", "choose a member");
    let id = id_in(input, name).ok_or_else(missing)?;
    let context = unit.context;
    active_member(context, unit.tx, id)?
        .ok_or_else(|| KernelError::invalid(name, "no_such_record", "没有这位同事，或已停用", "there is no such member, or he is no longer active"))
}

/// A member as the caller sees him, if he is active.
///
/// # Errors
/// Fails where the database does.
pub fn active_member(context: &Context, tx: &mut dyn ReadTx, id: Uuid) -> Result<Option<Record>> {
    let Some(members) = context.schema.object(MEMBER_OBJECT).cloned() else { return Ok(None) };
    Ok(load_record(context, tx, &members, id, Verb::Read, false)?.filter(|it| it.value("active") == Value::Bool(true)))
}

/// Fails unless the caller may change a task.
///
/// # Errors
/// Forbidden or not found.
pub fn require_change(unit: &mut Unit<'_>, task: &Record) -> Result<()> {
    let context = unit.context;
    Planner::new(context).reach(unit.tx, &task.object, task.id(), Verb::Update).map(drop)
}

/// Fails unless the caller may give a task to somebody else.
///
/// # Errors
/// Forbidden or not found.
pub fn require_giving(unit: &mut Unit<'_>, task: &Record) -> Result<()> {
    require_change(unit, task)?;
    let context = unit.context;
    Planner::new(context).reach(unit.tx, &task.object, task.id(), Verb::Assign).map(drop)
}
