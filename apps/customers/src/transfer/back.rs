//! A hand-over taken back: what nobody has changed hands of since goes back to whose it was.

use guanxi_kernel::context::Context;
use guanxi_kernel::events::events_of_record;
use guanxi_kernel::locks::locked_among;
use guanxi_kernel::read::{Record, known_page};
use guanxi_kernel::schema::{DEPARTMENT_FIELD, Label, OWNER_FIELD};
use guanxi_kernel::store::{Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::{Unit, run_unit};
use guanxi_kernel::{Result, Value};
use serde_json::json;
use uuid::Uuid;

use super::job::{Failures, note, one};
use super::problems::told;
use super::{AT_ONCE, PAGE};
use crate::ownership::DECISION;
use crate::values::values;

/// The trail of pools, which tells of everything that leaves one.
const POOL_MOVE: &str = "pool_move";
/// What says in whose hands a record is.
const HANDS: [&str; 2] = [OWNER_FIELD, "pool"];

/// Takes it back, step by step. What is back already is passed over, so that it may be interrupted.
///
/// # Errors
/// Fails where the database does.
pub fn take_back(context: &Context, transfer: &Record) -> Result<()> {
    let mut failures = Failures::default();
    let mut after = None;
    loop {
        let moves = context.workspace.store.read_with(|tx| moves_of(context, tx, transfer.id(), after))?;
        let Some(last) = moves.last().map(Record::id) else { break };
        after = Some(last);
        for some in moves.chunks(AT_ONCE) {
            step(context, some, &mut failures)?;
        }
    }
    let done = values([
        ("state", json!("taken_back")),
        ("failed", json!(failures.count)),
        ("failures", failures.told()),
        ("finished_at", json!(context.now.to_string())),
    ]);
    note(context, transfer.id(), done)
}

fn moves_of(context: &Context, tx: &mut dyn ReadTx, transfer: Uuid, after: Option<Uuid>) -> Result<Vec<Record>> {
    let of = |it: &dyn Fn(&str) -> Result<_>| {
        let of = Condition::equals(it("transfer")?, Value::Id(transfer));
        Ok(of.and(Condition::equals(it("kind")?, Value::Text("transfer".to_owned()))))
    };
    known_page(context, tx, DECISION, of, after, PAGE)
}

fn step(context: &Context, some: &[Record], failures: &mut Failures) -> Result<()> {
    let those = some.to_vec();
    let work = move |unit: &mut Unit<'_>| {
        let mut left = Vec::new();
        for made in &those {
            left.extend(give_back(unit, made)?);
        }
        Ok(left)
    };
    match (run_unit(context, context.new_id(), "ownership", Box::new(work)), some) {
        (Ok(left), _) => {
            left.iter().for_each(|(record, why)| failures.add(record, why));
            Ok(())
        }
        (Err(error), [made]) => match told(&error) {
            Some(why) => {
                failures.add(made, &why);
                Ok(())
            }
            None => Err(error),
        },
        (Err(error), _) if told(&error).is_none() => Err(error),
        (Err(_), many) => many.chunks(1).try_for_each(|it| step(context, it, failures)),
    }
}

/// Gives one record back; answers it and why where it does not go back.
fn give_back(unit: &mut Unit<'_>, made: &Record) -> Result<Option<(Record, Label)>> {
    let context = unit.context;
    let (Value::Id(id), Value::Text(object)) = (made.value("record"), made.value("record.object")) else { return Ok(None) };
    let Some(known) = context.schema.object(&object).cloned() else { return Ok(None) };
    unit.lock(&known, vec![id])?;
    let Some(record) = one(context, unit.tx, &object, id)? else {
        return Ok(Some((made.clone(), Label::new("它已不存在", "it is gone"))));
    };
    let (owner, former) = (record.reference(OWNER_FIELD), made.reference("from_owner"));
    if owner == former {
        return Ok(None);
    }
    let pool = made.reference("to_pool");
    let lies_anew = match pool {
        Some(pool) => !lies_there_since(&record, pool, made) || moved_since(unit.tx, id, made.id())?,
        None => false,
    };
    if owner != made.reference("to_owner") || lies_anew {
        return Ok(Some((record, Label::new("此后归属又有变动", "it changed hands since"))));
    }
    if !locked_among(context, unit.tx, &[id])?.is_empty() {
        return Ok(Some((record, Label::new("它已被锁定", "it is locked"))));
    }
    // A department that the hand-over did not give, or that another one took the place of since, is not its to take back.
    let (present, given) = (record.reference(DEPARTMENT_FIELD), made.reference("to_department"));
    let is_given = present == given && (given.is_some() || pool.is_some());
    let department = if is_given { made.reference("from_department") } else { present };
    let mut change = values([(OWNER_FIELD, json!(former))]);
    if is_given {
        change.extend(values([(DEPARTMENT_FIELD, json!(department))]));
    }
    unit.update_as_system(&object, id, &change)?;
    let named = json!({ "object": object, "id": id });
    let at = json!(context.now.to_string());
    if let Some(pool) = pool.filter(|_| context.schema.object(POOL_MOVE).is_some()) {
        let row = values([
            ("pool", json!(pool)),
            ("record", named.clone()),
            ("kind", json!("given_back")),
            ("to_owner", json!(former)),
            ("moved_at", at.clone()),
        ]);
        unit.create_as_system(POOL_MOVE, &row)?;
    }
    let row = values([
        ("record", named),
        ("kind", json!("taken_back")),
        ("transfer", json!(made.reference("transfer"))),
        ("from_department", json!(present)),
        ("to_department", json!(department)),
        ("from_owner", json!(owner)),
        ("to_owner", json!(former)),
        ("decided_at", at),
    ]);
    unit.create_as_system(DECISION, &row)?;
    Ok(None)
}

/// Whether a record lies in the pool into which the hand-over brought it: one that was claimed and came back lies there anew. Pools
/// tell to the second when it came.
fn lies_there_since(record: &Record, pool: Uuid, made: &Record) -> bool {
    let is_anew = match (record.value("pooled_at"), made.value("decided_at")) {
        (Value::DateTime(entered), Value::DateTime(made)) => entered > made,
        _ => false,
    };
    record.reference("pool") == Some(pool) && !is_anew
}

/// Whether the record changed hands after the hand-over: within the second of it its own times do not tell. What comes later in
/// the order of events came later, whatever the clock of the node that wrote it; and events are the record's own, those of one
/// that was merged into it are not among them.
fn moved_since(tx: &mut dyn ReadTx, record: Uuid, made: Uuid) -> Result<bool> {
    let Some(made) = events_of_record(tx, made, None, 1)?.pop() else { return Ok(false) };
    let mut before = None;
    loop {
        let page = events_of_record(tx, record, before, PAGE)?;
        let mut since = page.iter().take_while(|it| it.seq > made.seq).filter(|it| it.change != made.change);
        if since.any(|it| HANDS.iter().any(|field| it.changes.contains_key(*field))) {
            return Ok(true);
        }
        match page.last() {
            Some(last) if last.seq > made.seq => before = Some(last.seq),
            _ => return Ok(false),
        }
    }
}
