//! Times and states of activities agree with each other, and so does what is said of tasks.

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, Unit};
use guanxi_kernel::{Result, Value};
use serde_json::json;

use crate::related::fill_account;
use crate::tasks::{acceptance, dependencies, series};
use crate::visits::keep_recorded;

/// See the module.
pub struct ActivityHook;

impl Hook for ActivityHook {
    fn object(&self) -> &str {
        "activity"
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        keep_recorded(context, draft);
        fill_account(context, tx, draft)?;
        fill_start(context, draft)?;
        fill_duration(context, draft)?;
        keep_done_at(context, draft)?;
        acceptance::keep_acceptance(context, draft)?;
        acceptance::forget_escalation(context, draft)?;
        dependencies::check(context, tx, draft)?;
        series::keep(context, draft)
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        dependencies::settle(unit, draft)?;
        series::settle(unit, draft)
    }

    fn after_delete(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        dependencies::recount(unit, record)
    }

    fn after_restore(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        dependencies::come_back(unit, record)
    }
}

/// Calls, visits and messages begin when they are logged, tasks stand in the calendar when they are due.
fn fill_start(context: &Context, draft: &mut Draft) -> Result<()> {
    if !draft.value("start_at").is_null() {
        return Ok(());
    }
    let start = match (draft.value("kind").as_text(), draft.value("due_at")) {
        (Some("task"), Value::DateTime(due)) => due,
        (Some("call" | "visit" | "message"), _) => match draft.value("done_at") {
            Value::DateTime(done) => done,
            _ => context.now,
        },
        _ => return Ok(()),
    };
    draft.set(context, "start_at", &json!(start.to_string()))
}

fn fill_duration(context: &Context, draft: &mut Draft) -> Result<()> {
    let kind = draft.value("kind");
    let times = (draft.value("start_at"), draft.value("end_at"));
    let (Some("call" | "visit" | "appointment"), (Value::DateTime(start), Value::DateTime(end))) = (kind.as_text(), times) else {
        return Ok(());
    };
    let moved = draft.changes("start_at") || draft.changes("end_at");
    let named = draft.changes("duration") && !draft.value("duration").is_null();
    if !moved || named || end < start {
        return Ok(());
    }
    draft.set(context, "duration", &json!(end.as_second() - start.as_second()))
}

/// What is done has a time of completion, what is not has none.
fn keep_done_at(context: &Context, draft: &mut Draft) -> Result<()> {
    let done = draft.value("status").as_text() == Some("done");
    let named = !draft.value("done_at").is_null();
    match (done, named) {
        (true, false) => {
            let end = match draft.value("end_at") {
                Value::DateTime(end) if end <= context.now => end,
                _ => context.now,
            };
            draft.set(context, "done_at", &json!(end.to_string()))
        }
        (false, true) => draft.set(context, "done_at", &serde_json::Value::Null),
        _ => Ok(()),
    }
}
