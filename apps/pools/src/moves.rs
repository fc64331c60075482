//! The trail: every move into a pool, out of it and between pools.

use guanxi_kernel::Result;
use guanxi_kernel::read::Record;
use guanxi_kernel::write::Unit;
use jiff::Timestamp;
use serde_json::json;
use uuid::Uuid;

use crate::values::values;

/// The object of moves.
pub const MOVE: &str = "pool_move";

/// What happened to a record.
#[derive(Debug, Clone, Default)]
pub struct NewMove<'a> {
    /// The pool it came into or left.
    pub pool: Uuid,
    /// An option of `pool_move.kind`.
    pub kind: &'a str,
    /// Whose it was.
    pub from: Option<Uuid>,
    /// Whose it is now.
    pub to: Option<Uuid>,
    /// An option of `pool_move.reason`.
    pub reason: Option<String>,
    /// In words.
    pub note: Option<String>,
    /// The rule that did it.
    pub rule: Option<Uuid>,
    /// What it is called, where that is known already.
    pub title: Option<String>,
    /// When; now where absent.
    pub at: Option<Timestamp>,
}

/// What a move is called: out of a pool to somebody, or from somebody, or from outside, into it.
pub fn title_of(pool: Option<&str>, from: Option<&str>, to: Option<&str>) -> String {
    let pool = pool.unwrap_or_default();
    match (from, to) {
        (_, Some(to)) => format!("{pool} → {to}"),
        (Some(from), None) => format!("{from} → {pool}"),
        (None, None) => format!("→ {pool}"),
    }
}

/// Writes a move down.
///
/// # Errors
/// Fails where the database does.
pub fn note_move(unit: &mut Unit<'_>, record: &Record, new: &NewMove<'_>) -> Result<()> {
    unit.has_read(record);
    let row = values([
        ("title", json!(new.title)),
        ("pool", json!(new.pool)),
        ("record", json!({ "object": record.object.name, "id": record.id() })),
        ("kind", json!(new.kind)),
        ("from_owner", json!(new.from)),
        ("to_owner", json!(new.to)),
        ("reason", json!(new.reason)),
        ("note", json!(new.note)),
        ("rule", json!(new.rule)),
        ("moved_at", json!(new.at.unwrap_or(unit.context.now).to_string())),
    ]);
    unit.create_as_system(MOVE, &row)?;
    Ok(())
}
