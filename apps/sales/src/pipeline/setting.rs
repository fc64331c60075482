//! The settings of one stage of one pipeline.

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::{Result, Value};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use uuid::Uuid;

/// The object of the settings.
pub const SETTING: &str = "pipeline_stage";
/// What marks a line of a task that must be done.
const MUST: [char; 2] = ['!', '！'];

/// See the module.
pub struct Setting(pub Record);

/// A task that comes with a stage.
#[derive(Debug, PartialEq, Eq)]
pub struct StageTask {
    /// What is to be done.
    pub subject: String,
    /// The stage is left for a later one only when it is done.
    pub required: bool,
}

impl Setting {
    /// Those of a stage of a pipeline; none where nothing was set.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn of(context: &Context, tx: &mut dyn ReadTx, pipeline: &Value, stage: &str) -> Result<Option<Self>> {
        let (Value::Id(pipeline), Some(_)) = (pipeline, context.schema.object(SETTING)) else { return Ok(None) };
        let (pipeline, stage) = (Value::Id(*pipeline), Value::Text(stage.to_owned()));
        let wanted = |it: &dyn Fn(&str) -> Result<_>| Ok(Condition::equals(it("pipeline")?, pipeline).and(Condition::equals(it("stage")?, stage)));
        Ok(known_records(context, tx, SETTING, wanted, 1)?.pop().map(Self))
    }

    /// Which settings these are.
    pub fn id(&self) -> Uuid {
        self.0.id()
    }

    /// A number of days, if one was set.
    pub fn days(&self, field: &str) -> Option<i64> {
        if let Value::Int(days) = self.0.value(field) { Some(days) } else { None }
    }

    /// The choices of a field.
    pub fn choices(&self, field: &str) -> Vec<String> {
        choices_of(&self.0, field)
    }

    /// Whether it may go from here to an earlier stage.
    pub fn may_roll_back(&self) -> bool {
        self.0.value("may_roll_back") != Value::Bool(false)
    }

    /// The tasks that come with the stage.
    pub fn tasks(&self) -> Vec<StageTask> {
        self.0.value("tasks").as_text().map(tasks_in).unwrap_or_default()
    }

    /// The day on which the limit of time ends for what entered at a moment: what is closed by itself has one anyway.
    pub fn due(&self, context: &Context, entered: Timestamp) -> Option<Date> {
        self.days("max_days").or_else(|| self.days("close_after_days")).map(|days| day_of(context, entered).saturating_add(days.days()))
    }
}

/// The choices a record has in a field.
pub fn choices_of(record: &Record, field: &str) -> Vec<String> {
    let Value::List(items) = record.value(field) else { return Vec::new() };
    items.iter().filter_map(Value::as_text).map(str::to_owned).collect()
}

/// The day of a moment where the workspace is.
pub fn day_of(context: &Context, at: Timestamp) -> Date {
    at.to_zoned(context.time_zone.clone()).date()
}

/// One task a line; empty lines are none.
pub fn tasks_in(text: &str) -> Vec<StageTask> {
    let task = |line: &str| {
        let line = line.trim();
        let subject = line.trim_start_matches(MUST).trim();
        (!subject.is_empty()).then(|| StageTask { subject: subject.to_owned(), required: line.starts_with(MUST) })
    };
    text.lines().filter_map(task).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn each_line_is_a_task_and_a_mark_makes_it_required() {
        let task = |subject: &str, required| StageTask { subject: subject.into(), required };
        assert_eq!(
            tasks_in("约现场勘察\n\n ! 提交方案 \n！确认预算\n!\n"),
            [task("约现场勘察", false), task("提交方案", true), task("确认预算", true)]
        );
        assert!(tasks_in(" \n").is_empty());
    }
}
