//! Tasks that come with a stage: made on entering, the required ones done before it goes on.

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx};
use guanxi_kernel::working_days::add_working_days;
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{Result, Value};
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use super::setting::{Setting, day_of};
use super::values;

/// The object tasks are records of.
const TASK: &str = "activity";
/// States of what is still to be done.
const OPEN: [&str; 2] = ["open", "in_progress"];
/// At this hour of the day they are due.
const DUE_HOUR: i8 = 18;
/// Most tasks of one stage.
pub const MOST: usize = 20;
/// Longest subject of a task, in characters.
pub const LONGEST: usize = 200;

/// Subjects of the required tasks of a stage that are not done. One that was cancelled is not done either.
///
/// # Errors
/// Fails where the database does.
pub fn open_required(context: &Context, tx: &mut dyn ReadTx, opportunity: Uuid, setting: Uuid) -> Result<Vec<String>> {
    let wanted = |it: &dyn Fn(&str) -> Result<_>| {
        let required = Condition::equals(it("required_for_stage")?, Value::Bool(true));
        let done = Condition::Compare(it("status")?, CompareOp::Ne, Value::Text("done".to_owned()));
        Ok(of_stage(it, opportunity, setting)?.and(required).and(done))
    };
    Ok(stage_tasks(context, tx, wanted)?.iter().map(Record::title).collect())
}

fn of_stage(it: &dyn Fn(&str) -> Result<ColumnRef>, opportunity: Uuid, setting: Uuid) -> Result<Condition> {
    let of = Condition::equals(it("opportunity")?, Value::Id(opportunity));
    Ok(of.and(Condition::equals(it("stage_setting")?, Value::Id(setting))))
}

fn stage_tasks(
    context: &Context,
    tx: &mut dyn ReadTx,
    wanted: impl FnOnce(&dyn Fn(&str) -> Result<ColumnRef>) -> Result<Condition>,
) -> Result<Vec<Record>> {
    if context.schema.object(TASK).is_none_or(|it| it.field("stage_setting").is_none()) {
        return Ok(Vec::new());
    }
    known_records(context, tx, TASK, wanted, 4 * MOST as u64)
}

/// Makes the tasks of the stage an opportunity has just entered, for its owner. Those that are there from an earlier time
/// are not made again.
///
/// # Errors
/// Fails where the database does, or a task cannot be made.
pub fn make(unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
    if !enters(unit.context, draft) {
        return Ok(());
    }
    let context = unit.context;
    let (pipeline, stage) = (draft.value("pipeline"), draft.value("stage"));
    let Some(setting) = stage.as_text().map(|it| Setting::of(context, unit.tx, &pipeline, it)).transpose()?.flatten() else { return Ok(()) };
    let tasks = setting.tasks();
    if tasks.is_empty() || context.schema.object(TASK).is_none_or(|it| it.field("stage_setting").is_none()) {
        return Ok(());
    }
    let known: Vec<String> = if draft.kind == DraftKind::Create {
        Vec::new()
    } else {
        stage_tasks(context, unit.tx, |it| of_stage(it, draft.id(), setting.id()))?.iter().map(Record::title).collect()
    };
    let due = due_at(context, unit.tx, setting.days("task_days").unwrap_or(0))?;
    for task in tasks.iter().filter(|it| !known.contains(&it.subject)) {
        let mut new = values([
            ("subject", json!(task.subject)),
            ("kind", json!("task")),
            ("opportunity", json!(draft.id())),
            ("due_at", json!(due.to_string())),
            ("stage_setting", json!(setting.id())),
            ("required_for_stage", json!(task.required)),
            // It comes with the deal; nobody is asked whether he takes it.
            ("acceptance", json!("accepted")),
        ]);
        for name in ["owner", "department"] {
            if let Value::Id(id) = draft.value(name) {
                new.insert(name.to_owned(), json!(id));
            }
        }
        unit.create_as_system(TASK, &new)?;
    }
    Ok(())
}

/// Open tasks of stages go along when an opportunity goes to somebody else: he could not do those of another.
///
/// # Errors
/// Fails where the database does, or a task cannot be saved.
pub fn hand_over(unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
    let before = draft.before.as_ref().map(|it| it.value("owner"));
    let (Some(Value::Id(former)), Value::Id(owner)) = (before, draft.value("owner")) else { return Ok(()) };
    if former == owner {
        return Ok(());
    }
    let context = unit.context;
    let wanted = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
        let of = Condition::equals(it("opportunity")?, Value::Id(draft.id())).and(Condition::NotNull(it("stage_setting")?));
        let open = OPEN.iter().map(|it| Value::Text((*it).to_owned())).collect();
        Ok(of.and(Condition::equals(it("owner")?, Value::Id(former))).and(Condition::In(it("status")?, open, false)))
    };
    let mut theirs = values([("owner", json!(owner)), ("acceptance", json!("accepted"))]);
    if let Value::Id(department) = draft.value("department") {
        theirs.insert("department".to_owned(), json!(department));
    }
    for task in stage_tasks(context, unit.tx, wanted)? {
        unit.update_as_system(TASK, task.id(), &theirs)?;
    }
    Ok(())
}

/// Whether it enters the stage at this moment; what is loaded from elsewhere or taken back entered it before.
fn enters(context: &Context, draft: &Draft) -> bool {
    let is_new = draft.kind == DraftKind::Create || draft.changes("stage");
    let now = draft.value("stage_changed_at") == Value::DateTime(context.now);
    is_new && now || !is_new && draft.changes("pipeline")
}

fn due_at(context: &Context, tx: &mut dyn ReadTx, days: i64) -> Result<Timestamp> {
    let days = i32::try_from(days).unwrap_or(i32::MAX);
    let day = add_working_days(context, tx, day_of(context, context.now), days)?;
    let at = day.at(DUE_HOUR, 0, 0, 0).to_zoned(context.time_zone.clone());
    Ok(at.map_or(context.now, |it| it.timestamp()).max(context.now))
}
