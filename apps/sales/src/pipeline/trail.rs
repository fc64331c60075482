//! The way of an opportunity through its stages: one record a move, in the transaction of the move itself.

use guanxi_kernel::read::{known_records, record_json};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::Condition;
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{Result, Value};
use jiff::Timestamp;
use serde_json::json;

use super::stages::Direction;
use super::values;

/// The object of the moves.
pub const MOVE: &str = "stage_move";
/// Seconds of a day.
const DAY: i64 = 86_400;
/// What a move keeps of the opportunity as it is then.
const KEPT: [&str; 4] = ["pipeline", "owner", "department", "amount"];

/// Notes the move, where there was one.
///
/// # Errors
/// Fails where the database does.
pub fn note(unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
    let Some(moves) = unit.context.schema.object(MOVE).cloned() else { return Ok(()) };
    if draft.kind == DraftKind::Update && !draft.changes("stage") {
        return Ok(());
    }
    let (from, to) = (draft.before.as_ref().map(|it| it.value("stage")), draft.value("stage"));
    let (from, Some(to)) = (from.as_ref().and_then(Value::as_text), to.as_text()) else { return Ok(()) };
    let options = draft.object.field("stage").map(|it| it.definition.options.clone()).unwrap_or_default();
    let (at, days) = match times(unit, draft) {
        Times::Moved(at, days) => (at, days),
        // A move of before there was a trail is not told when it is taken back.
        Times::TakenBack(at, days) if is_noted(unit, draft)? => (at, days),
        Times::TakenBack(..) => return Ok(()),
    };
    let actor = draft.stamp.map_or(unit.context.actor, |it| it.actor);
    let mut new = values([
        ("opportunity", json!(draft.id())),
        ("direction", json!(Direction::of(&options, from, to).name())),
        ("moved_at", json!(at.to_string())),
        ("days", json!(days)),
        ("moved_by", json!((!actor.is_nil()).then_some(actor))),
        ("from_stage", json!(from.filter(|it| offers(&moves, "from_stage", it)))),
        ("to_stage", json!(Some(to).filter(|it| offers(&moves, "to_stage", it)))),
    ]);
    let known = record_json(&draft.object, &draft.row);
    new.extend(KEPT.iter().filter_map(|name| Some(((*name).to_owned(), known.get(*name)?.clone()))));
    unit.create_as_system(MOVE, &new).map(drop)
}

/// A stage of a workspace's own must not make the move itself fail.
fn offers(moves: &Object, field: &str, stage: &str) -> bool {
    moves.field(field).is_some_and(|it| it.definition.options.iter().any(|option| option.value == stage))
}

/// When a move was made, and how many days it had stood before.
enum Times {
    Moved(Timestamp, Option<String>),
    TakenBack(Timestamp, Option<String>),
}

/// What is taken back moves now, whatever time it is given back.
fn times(unit: &Unit<'_>, draft: &Draft) -> Times {
    let now = unit.context.now;
    let named = if let Value::DateTime(at) = draft.value("stage_changed_at") { at } else { now };
    let Some(Value::DateTime(since)) = draft.before.as_ref().map(|it| it.value("stage_changed_at")) else { return Times::Moved(named, None) };
    let days = |at: Timestamp| {
        let hundredths = (at.as_second() - since.as_second()) * 100 / DAY;
        Some(format!("{}.{:02}", hundredths / 100, hundredths % 100))
    };
    if named >= since {
        return Times::Moved(named, days(named));
    }
    let at = now.max(since);
    Times::TakenBack(at, days(at))
}

/// Whether the trail tells how it came to the stage it leaves.
fn is_noted(unit: &mut Unit<'_>, draft: &Draft) -> Result<bool> {
    let context = unit.context;
    let since = draft.before.as_ref().map(|it| it.value("stage_changed_at")).unwrap_or_default();
    let wanted = |it: &dyn Fn(&str) -> Result<_>| {
        Ok(Condition::equals(it("opportunity")?, Value::Id(draft.id())).and(Condition::equals(it("moved_at")?, since)))
    };
    Ok(!known_records(context, unit.tx, MOVE, wanted, 1)?.is_empty())
}
