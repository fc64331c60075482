//! What was sent and became no lead is kept for so many days as its form says, and erased then.

use guanxi_kernel::Result;
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_page, known_records};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::schema::{DELETED_AT, ID};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, Order, ReadTx, Select, StoreExt as _};
use guanxi_kernel::write::{Unit, in_steps};
use guanxi_kernel::{KernelError, Value};
use jiff::{SignedDuration, Timestamp};
use serde_json::Value as Json;
use uuid::Uuid;

use super::{FORM, SUBMISSION};

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

/// A form that does not say for how long was made before forms did: nobody agreed to anything being erased, and nothing is
/// until somebody says it.
fn clear(context: &Context, form: &Record) -> Result<()> {
    let Value::Int(days) = form.value("keep_days") else { return Ok(()) };
    let until = context.now - SignedDuration::from_hours(days.max(1).saturating_mul(24));
    let mut after = None;
    loop {
        let found = context.workspace.store.read_with(|tx| page_of(context, tx, form.id(), until, after))?;
        let Some(last) = found.last().copied() else { return Ok(()) };
        let ids: Vec<Uuid> = found.iter().map(|it| it.1).collect();
        // What has to be kept by somebody's order stays, and does not keep the others.
        in_steps(context, "retention", &ids, AT_ONCE, &erase)?;
        after = Some(last);
    }
}

/// The next of those that are too old, the oldest first: along the index of what became no lead, by when it came.
fn page_of(context: &Context, tx: &mut dyn ReadTx, form: Uuid, until: Timestamp, after: Option<(Timestamp, Uuid)>) -> Result<Vec<(Timestamp, Uuid)>> {
    let object = context.schema.object(SUBMISSION).cloned().ok_or(KernelError::NotFound)?;
    let column = |name: &str| object.field(name).and_then(|it| it.part("")).map(|it| it.column);
    let (Some(of), Some(lead), Some(received)) = (column("form"), column("lead"), column("received_at")) else {
        return Err(KernelError::Internal(format!("{SUBMISSION} lacks a field")));
    };
    let (at, id) = (ColumnRef::main(received), ColumnRef::main(ID));
    let mut over = Condition::equals(ColumnRef::main(of), Value::Id(form))
        .and(Condition::IsNull(ColumnRef::main(lead)))
        .and(Condition::Compare(at, CompareOp::Lt, Value::DateTime(until)))
        .and(Condition::IsNull(ColumnRef::main(DELETED_AT)));
    if let Some((moment, last)) = after {
        let order = |column| Order { column, descending: false };
        over = over.and(Condition::After(vec![(order(at), Value::DateTime(moment)), (order(id), Value::Id(last))]));
    }
    let select = Select { columns: vec![at, id], ..Select::all(&object.table, over).order_by(received, false).order_by(ID, false).limited(PAGE) };
    let rows = tx.rows(&select)?;
    Ok(rows.iter().filter_map(|row| if let [Value::DateTime(at), Value::Id(id)] = row.as_slice() { Some((*at, *id)) } else { None }).collect())
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
