//! Records that must be kept as they are for the time being.

use std::collections::HashSet;

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, among, known_records};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx};
use guanxi_kernel::write::Draft;
use guanxi_kernel::{Result, Value};
use jiff::civil::Date;
use uuid::Uuid;

use crate::values::today;

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

    fn has_after_save(&self) -> bool {
        false
    }
}
