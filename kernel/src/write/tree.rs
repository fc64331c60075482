//! Records that stand above each other.

use guanxi_expr::Value;

use super::draft::{Draft, DraftKind};
use super::unit::Unit;
use crate::access::Verb;
use crate::context::Context;
use crate::error::Result;
use crate::read::load_record;
use crate::store::ReadTx;

/// How far up is looked; a longer chain counts as a circle.
const MAX_LEVELS: usize = 100;

/// Whether a changed reference to a record of the same object would lead back to the record itself.
///
/// # Errors
/// Fails where the database does.
pub fn would_close_circle(context: &Context, tx: &mut dyn ReadTx, draft: &Draft, field: &str) -> Result<bool> {
    if !draft.changes(field) {
        return Ok(false);
    }
    // The whole chain counts, also the part the caller may not see; nothing of it is told.
    let engine = context.as_system();
    let mut next = draft.value(field);
    for _ in 0..MAX_LEVELS {
        let Value::Id(id) = next else { return Ok(false) };
        if id == draft.id() {
            return Ok(true);
        }
        match load_record(&engine, tx, &draft.object, id, Verb::Read, true)? {
            Some(above) => next = above.value(field),
            None => return Ok(false),
        }
    }
    Ok(true)
}

/// As [`would_close_circle`], for [`crate::app::Hook::after_save`]: together with what others committed since the change was
/// planned, and with the rest of its batch. Whoever changes a chain waits here for those who did.
///
/// # Errors
/// Fails where the database does.
pub fn closes_circle_now(unit: &mut Unit<'_>, draft: &Draft, field: &str) -> Result<bool> {
    // Nobody refers to a new record yet, but what its own batch makes after it.
    if draft.kind == DraftKind::Create || !draft.changes(field) {
        return Ok(false);
    }
    unit.tx.serialise("tree")?;
    would_close_circle(unit.context, unit.tx, draft, field)
}
