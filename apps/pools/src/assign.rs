//! What owners and administrators of pools do with a record: return it, assign it, move it, give it back.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::{Record, load_record};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::claim::{Given, give, member, require_open};
use crate::holding::{require_room, take_turns};
use crate::moves::{NewMove, note_move};
use crate::pool::{default_pool, holds, pool_of, pools_for, require_keeper};
use crate::values::{id_in, values};

/// The owner, or who may change the record, puts it into a pool.
pub struct ReturnToPool(pub ActionDefinition);
/// An administrator of the pool gives a record to a member.
pub struct AssignFromPool(pub ActionDefinition);
/// An administrator of both pools moves a record.
pub struct MoveToPool(pub ActionDefinition);
/// An administrator of the pool gives a record back to its former owner.
pub struct GiveBack(pub ActionDefinition);

fn note_in(input: &Map<String, Json>) -> Option<String> {
    input.get("note").and_then(Json::as_str).map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned)
}

fn answer(saved: &Record) -> Json {
    json!({ "id": saved.id(), "version": saved.version() })
}

impl Action for ReturnToPool {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        let context = unit.context;
        if load_record(context, unit.tx, &record.object, record.id(), Verb::Update, false)?.is_none() {
            return Err(KernelError::Forbidden(format!("update {}", record.object.name)));
        }
        let pool = chosen(unit, input, &record)?;
        let reason = input.get("reason").and_then(Json::as_str).map(str::to_owned);
        let saved = put_in(unit, &record, &pool, &NewMove { kind: "returned", reason, note: note_in(input), ..NewMove::default() })?;
        Ok(answer(&saved))
    }
}

/// The pool asked for; else the one the record came from, the default one, or the only one.
fn chosen(unit: &mut Unit<'_>, input: &Map<String, Json>, record: &Record) -> Result<Record> {
    let object = &record.object.name;
    let pools = pools_for(unit.context, unit.tx, object)?;
    let by_id = |id: Uuid| pools.iter().find(|it| it.id() == id).cloned();
    if let Some(id) = id_in(input, "pool") {
        return by_id(id).ok_or_else(|| wrong_pool("没有这样一个启用中的公海", "there is no such pool in use"));
    }
    let before = record.reference("claimed_from").and_then(by_id);
    let default = default_pool(unit.context, unit.tx, object)?;
    let only = if let [only] = pools.as_slice() { Some(only.clone()) } else { None };
    before.or(default).or(only).ok_or_else(|| wrong_pool("请选择公海", "choose a pool"))
}

fn wrong_pool(zh_cn: &str, en: &str) -> KernelError {
    KernelError::invalid("pool", "no_such_record", zh_cn, en)
}

/// Takes a record from its owner and puts it into a pool.
///
/// # Errors
/// Fails where the database does, and where a rule of the record keeps it from being changed.
pub fn put_in(unit: &mut Unit<'_>, record: &Record, pool: &Record, how: &NewMove<'_>) -> Result<Record> {
    let owner = record.reference("owner");
    let change = values([("owner", Json::Null), ("department", Json::Null), ("pool", json!(pool.id()))]);
    let saved = unit.update_as_system(&record.object.name, record.id(), &change)?;
    note_move(unit, &saved, &NewMove { pool: pool.id(), from: owner, ..how.clone() })?;
    unit.emit(&saved, how.kind, Map::from_iter([("owner".to_owned(), json!([owner, null]))]));
    Ok(saved)
}

/// The pool a record lies in, which the caller looks after.
fn kept_pool(unit: &mut Unit<'_>, record: &Record) -> Result<Record> {
    let Some(pool) = record.reference("pool").filter(|_| record.reference("owner").is_none()) else {
        return Err(KernelError::conflict("state_conflict", "它已经不在公海里", "it does not lie in a pool any more"));
    };
    require_keeper(unit.context, pool)?;
    pool_of(unit.context, unit.tx, pool)
}

/// Gives a record to a member, within what he may hold.
///
/// # Errors
/// Where the member is none, holds as much as he may, or the caller does not look after the pool.
pub fn assign_to(unit: &mut Unit<'_>, record: &Record, to: Uuid, note: Option<String>) -> Result<Record> {
    let pool = kept_pool(unit, record)?;
    require_open(&pool)?;
    let to = member(unit, to)?;
    take_turns(unit, &record.object.name, to.id)?;
    require_room(unit, &record.object.name, &to, Some(pool.id()), 1)?;
    give(unit, record, &to, &Given { pool: &pool, kind: "assigned", note })
}

impl Action for AssignFromPool {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        let to = id_in(input, "member").unwrap_or_default();
        Ok(answer(&assign_to(unit, &record, to, note_in(input))?))
    }
}

impl Action for MoveToPool {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        let from = kept_pool(unit, &record)?;
        let to = id_in(input, "pool").unwrap_or_default();
        let to = match pool_of(unit.context, unit.tx, to) {
            Ok(pool) if holds(&pool, &record.object.name) && pool.value("active").is_true() && pool.id() != from.id() => pool,
            Ok(_) | Err(KernelError::NotFound) => {
                return Err(wrong_pool("请选择另一个存放同类记录的公海", "choose another pool that holds such records"));
            }
            Err(other) => return Err(other),
        };
        require_keeper(unit.context, to.id())?;
        let saved = unit.update_as_system(&record.object.name, record.id(), &values([("pool", json!(to.id()))]))?;
        note_move(unit, &saved, &NewMove { pool: to.id(), kind: "moved", note: note_in(input), ..NewMove::default() })?;
        Ok(answer(&saved))
    }
}

impl Action for GiveBack {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        let pool = kept_pool(unit, &record)?;
        let to = member(unit, record.reference("former_owner").unwrap_or_default())?;
        take_turns(unit, &record.object.name, to.id)?;
        require_room(unit, &record.object.name, &to, Some(pool.id()), 1)?;
        Ok(answer(&give(unit, &record, &to, &Given { pool: &pool, kind: "given_back", note: None })?))
    }
}
