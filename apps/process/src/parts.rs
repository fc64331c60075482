//! Names and small things all of it uses.

use guanxi_kernel::access::{Place, Shown};
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::schema::Field;
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::{Result, Value};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

/// The object of templates.
pub const TEMPLATE: &str = "process_template";
/// The object of the roles of a template.
pub const ROLE: &str = "process_role";
/// The object of the steps of a template.
pub const STEP: &str = "process_step";
/// The object of cases.
pub const CASE: &str = "process_case";
/// The object of the steps of a case.
pub const CASE_STEP: &str = "process_case_step";
/// The object tasks are records of.
pub const TASK: &str = "activity";

/// Values by field.
pub fn values<const N: usize>(pairs: [(&str, Json); N]) -> Map<String, Json> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}

/// A record as the engine knows it, if it is there.
///
/// # Errors
/// Fails where the database does.
pub fn known(context: &Context, tx: &mut dyn ReadTx, object: &str, id: Uuid) -> Result<Option<Record>> {
    if context.schema.object(object).is_none() {
        return Ok(None);
    }
    Ok(known_records(context, tx, object, |it| Ok(Condition::equals(it("id")?, Value::Id(id))), 1)?.pop())
}

/// A member who may sign in, as the engine knows him.
///
/// # Errors
/// Fails where the database does.
pub fn active_member(context: &Context, tx: &mut dyn ReadTx, id: Uuid) -> Result<Option<Record>> {
    Ok(known(context, tx, MEMBER_OBJECT, id)?.filter(|it| it.value("active").is_true()))
}

/// A whole number.
pub fn int(record: &Record, field: &str) -> Option<i64> {
    if let Value::Int(value) = record.value(field) { Some(value) } else { None }
}

/// A text that is not blank.
pub fn text(record: &Record, field: &str) -> Option<String> {
    record.value(field).as_text().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned)
}

/// The choices of a field.
pub fn choices(record: &Record, field: &str) -> Vec<String> {
    match record.value(field) {
        Value::List(items) => items.iter().filter_map(Value::as_text).map(str::to_owned).collect(),
        Value::Json(json) => json.as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect(),
        _ => Vec::new(),
    }
}

/// A document; null where there is none.
pub fn json_of(record: &Record, field: &str) -> Json {
    if let Value::Json(json) = record.value(field) { *json } else { Json::Null }
}

/// The state of a case or of its step.
pub fn state(record: &Record) -> String {
    record.value("state").as_text().unwrap_or_default().to_owned()
}

/// Whether a case is under way: whatever is over stays as it is.
pub fn goes_on(case: &Record) -> bool {
    matches!(state(case).as_str(), "running" | "waiting")
}

/// Whether the caller sees a field of a record whole.
pub fn shows(context: &Context, record: &Record, field: &str) -> bool {
    let shown = |it: &Field| context.access.shown_of(&record.object, it, Place::Record, &record.row);
    record.object.field(field).is_some_and(|it| shown(it) == Shown::Whole)
}

/// The id a JSON value names, alone or as `{"id": ..}`.
pub fn id_of(json: &Json) -> Option<Uuid> {
    json.as_str().or_else(|| json.get("id").and_then(Json::as_str)).and_then(|it| Uuid::try_parse(it).ok())
}

/// A text an input names; nothing where it is blank.
pub fn text_in(input: &Map<String, Json>, name: &str) -> Option<String> {
    input.get(name).and_then(Json::as_str).map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned)
}

/// The lines of a text that say something.
pub fn lines(text: &str) -> Vec<String> {
    text.lines().map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// A moment as JSON; null where there is none.
pub fn moment(record: &Record, field: &str) -> Json {
    if let Value::DateTime(at) = record.value(field) { Json::String(at.to_string()) } else { Json::Null }
}
