//! What was sent and became no lead is kept for so many days as its form says, and erased then.

use guanxi_kernel::Result;
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_page, known_records};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::{Unit, in_steps};
use guanxi_kernel::{KernelError, Value};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{FORM, SUBMISSION};

/// Of a form that says nothing: one made before forms did.
const KEEP_DAYS: i64 = 90;
/// Submissions looked at, and erased, together.
const PAGE: u64 = 500;
const AT_ONCE: usize = 50;

/// `marketing.clear_submissions`.
pub struct ClearSubmissions;

impl JobHandler for ClearSubmissions {
    fn kind(&self) -> &str {
        "marketing.clear_submissions"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::At("20 3 * * *"))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let mut after = None;
        loop {
            let forms = context.workspace.store.read_with(|tx| known_page(context, tx, FORM, |_| Ok(Condition::True), after, PAGE))?;
            let Some(last) = forms.last().map(Record::id) else { return Ok(()) };
            forms.iter().try_for_each(|form| clear(context, form))?;
            after = Some(last);
        }
    }
}

fn clear(context: &Context, form: &Record) -> Result<()> {
    let days = if let Value::Int(days) = form.value("keep_days") { days.max(1) } else { KEEP_DAYS };
    let until = context.now - SignedDuration::from_hours(days.saturating_mul(24));
    let mut after = None;
    loop {
        let found = context.workspace.store.read_with(|tx| page_of(context, tx, form.id(), until, after))?;
        let Some(last) = found.last().copied() else { return Ok(()) };
        // What has to be kept by somebody's order stays, and does not keep the others.
        in_steps(context, "retention", &found, AT_ONCE, &erase)?;
        after = Some(last);
    }
}

fn page_of(context: &Context, tx: &mut dyn ReadTx, form: Uuid, until: Timestamp, after: Option<Uuid>) -> Result<Vec<Uuid>> {
    let over = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
        let of_form = Condition::equals(it("form")?, Value::Id(form)).and(Condition::IsNull(it("lead")?));
        Ok(of_form.and(Condition::Compare(it("received_at")?, CompareOp::Lt, Value::DateTime(until))))
    };
    Ok(known_page(context, tx, SUBMISSION, over, after, PAGE)?.iter().map(Record::id).collect())
}

/// Unless somebody made a lead of it meanwhile.
fn erase(unit: &mut Unit<'_>, some: &[Uuid]) -> Result<()> {
    let context = unit.context;
    let object = context.schema.object(SUBMISSION).cloned().ok_or(KernelError::NotFound)?;
    unit.lock(&object, some.to_vec())?;
    for id in some {
        let still = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::equals(it("id")?, Value::Id(*id)).and(Condition::IsNull(it("lead")?)));
        if !known_records(context, unit.tx, SUBMISSION, still, 1)?.is_empty() {
            unit.erase_as_system(SUBMISSION, *id)?;
        }
    }
    Ok(())
}
