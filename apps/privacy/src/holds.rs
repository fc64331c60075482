//! Records that must be kept as they are for the time being.

use std::collections::HashSet;

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, among, known_records, load_record, load_records};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx};
use guanxi_kernel::write::{Draft, Unit};
use guanxi_kernel::{KernelError, Result, Value};
use jiff::civil::Date;
use uuid::Uuid;

use crate::erasure::keeping_purposes;
use crate::values::{is_set, today};

/// The object.
pub const HOLD: &str = "legal_hold";

/// A hold that has not ended.
fn in_force(it: &dyn Fn(&str) -> Result<ColumnRef>, today: Date) -> Result<Condition> {
    let until = it("until")?;
    let lasting = Condition::Or(vec![Condition::IsNull(until), Condition::Compare(until, CompareOp::Ge, Value::Date(today))]);
    let lifted = it("lifted")?;
    let not_lifted = Condition::Or(vec![Condition::IsNull(lifted), Condition::equals(lifted, Value::Bool(false))]);
    Ok(lasting.and(not_lifted))
}

/// The hold on a record, where there is one.
///
/// # Errors
/// Fails where the database does.
pub fn held(context: &Context, tx: &mut dyn ReadTx, record: Uuid) -> Result<Option<Record>> {
    let today = today(context);
    Ok(known_records(context, tx, HOLD, |it| Ok(Condition::equals(it("about")?, Value::Id(record)).and(in_force(it, today)?)), 1)?.pop())
}

/// Those of some records that are held.
///
/// # Errors
/// Fails where the database does.
pub fn held_among(context: &Context, tx: &mut dyn ReadTx, records: &[Uuid]) -> Result<HashSet<Uuid>> {
    let (today, most) = (today(context), 10_000);
    let ids = records.to_vec();
    let holds = known_records(context, tx, HOLD, |it| Ok(among(it("about"), ids)?.and(in_force(it, today)?)), most)?;
    Ok(holds.iter().filter_map(|it| if let Value::Id(id) = it.value("about") { Some(id) } else { None }).collect())
}

/// Whether the caller may know of a hold.
///
/// # Errors
/// Fails where the database does.
pub fn may_know(context: &Context, tx: &mut dyn ReadTx, hold: &Record) -> Result<bool> {
    Ok(!load_records(context, tx, &hold.object, &[hold.id()], Verb::Read, false)?.is_empty())
}

/// Nothing that is held is erased or anonymised, whoever asks for it and whatever it goes along with; nor is erased what a
/// purpose keeps.
pub struct KeepHook;

impl Hook for KeepHook {
    fn object(&self) -> &str {
        "*"
    }

    fn before_erase(&self, unit: &mut Unit<'_>, record: &Record, whole: bool) -> Result<()> {
        if unit.context.schema.object(HOLD).is_none() {
            return Ok(());
        }
        // A hold that is being put on waits for this change, or this one for the hold.
        unit.tx.serialise(HOLD)?;
        if held(unit.context, unit.tx, record.id())?.is_some() {
            let (zh_cn, en) = (
                "记录或属于它的记录在保全中，不能删除或匿名化；请先解除保全",
                "the record, or one that belongs to it, is on hold; lift the hold first",
            );
            return Err(KernelError::conflict("state_conflict", zh_cn, en));
        }
        if whole && !keeping_purposes(unit.context, unit.tx, record)?.is_empty() {
            let (zh_cn, en) = (
                "处理目的要求保留这条记录或属于它的记录，只能匿名化",
                "a purpose keeps the record, or one that belongs to it; it can be anonymised only",
            );
            return Err(KernelError::conflict("state_conflict", zh_cn, en));
        }
        Ok(())
    }
}

/// A hold stays with the record it was put on.
pub struct HoldHook;

impl Hook for HoldHook {
    fn object(&self) -> &str {
        HOLD
    }

    fn before_save(&self, _context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        if draft.before.is_some() && draft.changes("about") && !draft.is_by_engine() {
            let (zh_cn, en) = ("保全不能换到另一条记录；请解除后另设一条", "a hold stays with its record; lift it and put another one");
            draft.problem("about", "rule", zh_cn, en);
        }
        Ok(())
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        let saved = draft.record();
        if is_set(&saved, "lifted") {
            return Ok(());
        }
        // Somebody may be erasing the record just now.
        unit.tx.serialise(HOLD)?;
        let object = draft.value("about.object").as_text().and_then(|it| unit.context.schema.object(it)).cloned();
        let (Some(object), Value::Id(id)) = (object, draft.value("about")) else { return Ok(()) };
        if load_record(&unit.context.as_system(), unit.tx, &object, id, Verb::Read, true)?.is_none() {
            let (zh_cn, en) = ("这条记录已被彻底删除", "the record has been erased meanwhile");
            return Err(KernelError::invalid("about", "no_such_record", zh_cn, en));
        }
        Ok(())
    }
}
