//! Claiming: one gets it, the others are told who did and when.

use guanxi_kernel::access::{Member, Standing};
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::{Record, known_last, load_record};
use guanxi_kernel::store::{ColumnRef, Condition};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value, access::Verb};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::clock::Clock;
use crate::holding::{Limiting, require_claim, require_room_in, take_turns};
use crate::moves::{MOVE, NewMove, note_move, title_of};
use crate::pool::{days, pool_of, standing, to_second, told};
use crate::values::{number, values};

/// See the module.
pub struct Claim(pub ActionDefinition);

impl Action for Claim {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        let me = claimant(unit)?;
        take_turns(unit, &record.object.name, me.id)?;
        let Some(pool) = record.reference("pool").filter(|_| record.reference("owner").is_none()) else {
            return Err(gone());
        };
        if standing(unit.context, pool) < Standing::Member {
            return Err(KernelError::Forbidden("members of the pool only".into()));
        }
        let limiting = Limiting::of(unit.context, unit.tx, &record.object.name)?;
        let pool = match limiting.pool(pool) {
            Some(pool) => pool.clone(),
            None => pool_of(unit.context, unit.tx, pool)?,
        };
        require_open(&pool)?;
        require_waited(unit, &pool, &record)?;
        let binding = limiting.binding(&me, Some(pool.id()));
        let daily = binding.iter().find(|it| it.0.id() == pool.id()).and_then(|it| it.1.daily);
        require_claim(unit, &pool, me.id, daily)?;
        require_room_in(unit, &record.object.name, me.id, &binding, 1)?;
        let saved = give(unit, &record, &me, &Given { pool: &pool, kind: "claimed", note: None })?;
        Ok(json!({ "id": saved.id(), "version": saved.version(), "owner": me.id, "protected_until": protection(unit, &pool) }))
    }

    /// Who comes too late learns from whom to ask for it, if it was in a pool of his.
    fn refusal(&self, unit: &mut Unit<'_>, id: Uuid, otherwise: KernelError) -> Result<KernelError> {
        let Some(last) = last_move(unit, &self.0.object, id)? else { return Ok(otherwise) };
        let pool = last.reference("pool").filter(|it| standing(unit.context, *it) >= Standing::Member);
        let (Some(_), Some(owner), Value::DateTime(at)) = (pool, last.reference("to_owner"), last.value("moved_at")) else {
            return Ok(otherwise);
        };
        let context = unit.context;
        let system = context.as_system();
        let object = context.schema.object(&self.0.object).ok_or(KernelError::NotFound)?;
        let now = load_record(&system, unit.tx, object, id, Verb::Read, false)?;
        if now.is_none_or(|it| it.reference("owner") != Some(owner)) {
            return Ok(otherwise);
        }
        let members = context.schema.object(MEMBER_OBJECT).ok_or(KernelError::NotFound)?;
        let name = load_record(&system, unit.tx, members, owner, Verb::Read, true)?.map(|it| it.title()).unwrap_or_default();
        let at = told(context, at);
        Ok(KernelError::conflict("already_claimed", format!("{name} 已于 {at} 拿到这条记录"), format!("{name} got this record at {at}")))
    }
}

/// The newest move of a record.
fn last_move(unit: &mut Unit<'_>, object: &str, id: Uuid) -> Result<Option<Record>> {
    let of_it = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
        Ok(Condition::equals(it("record")?, Value::Id(id)).and(Condition::equals(it("record.object")?, Value::Text(object.to_owned()))))
    };
    // Ids grow with time.
    known_last(unit.context, unit.tx, MOVE, of_it)
}

fn gone() -> KernelError {
    KernelError::conflict("state_conflict", "它已经不在公海里", "it does not lie in a pool any more")
}

/// Who claims, as his rights say who he is: what he belongs to was found when he asked.
fn claimant(unit: &mut Unit<'_>) -> Result<Member> {
    let access = &unit.context.access;
    if access.is_system() { member(unit, unit.context.actor) } else { Ok(Member::clone(&access.member)) }
}

/// A member who may act, with what his rights follow from.
///
/// # Errors
/// Where there is none.
pub fn member(unit: &mut Unit<'_>, id: Uuid) -> Result<Member> {
    let context = unit.context;
    let found = context.workspace.identity(unit.tx, id)?;
    found.map(|it| it.member).ok_or_else(|| KernelError::invalid("member", "no_such_record", "没有这位启用的成员", "there is no such active member"))
}

/// Nothing is claimed out of a pool that is not in use.
///
/// # Errors
/// A conflict.
pub fn require_open(pool: &Record) -> Result<()> {
    if pool.value("active").is_true() {
        return Ok(());
    }
    Err(KernelError::conflict("claim_refused", "这个公海已停用", "this pool is not in use"))
}

/// What came in a moment ago waits, and so does its former owner.
fn require_waited(unit: &Unit<'_>, pool: &Record, record: &Record) -> Result<()> {
    let context = unit.context;
    let Value::DateTime(entered) = record.value("pooled_at") else { return Ok(()) };
    let until = |field: &str| number(pool, field).and_then(|it| entered.checked_add(days(it)).ok()).filter(|it| context.now < *it);
    if let Some(until) = until("new_days") {
        let at = told(context, until);
        return Err(KernelError::conflict(
            "claim_refused",
            format!("刚进入公海，{at} 起可以领取"),
            format!("it came in lately, and can be claimed from {at} on"),
        ));
    }
    if record.reference("former_owner") == Some(context.actor)
        && let Some(until) = until("former_owner_days")
    {
        let at = told(context, until);
        return Err(KernelError::conflict(
            "claim_refused",
            format!("您是原负责人，{at} 起可以再领取"),
            format!("you had it before, and can claim it again from {at} on"),
        ));
    }
    Ok(())
}

/// How a record comes to a member.
pub struct Given<'a> {
    /// The pool it leaves.
    pub pool: &'a Record,
    /// An option of `pool_move.kind`.
    pub kind: &'a str,
    /// In words.
    pub note: Option<String>,
}

/// Until when a record given now is left to its owner.
pub fn protection(unit: &Unit<'_>, pool: &Record) -> Option<Timestamp> {
    number(pool, "protect_days").filter(|it| *it > 0).and_then(|it| unit.context.now.checked_add(days(it)).ok())
}

/// Takes a record, as it was read under its lock, out of its pool and gives it to a member.
///
/// # Errors
/// Fails where the database does, and where a rule of the record keeps it from being changed.
pub fn give(unit: &mut Unit<'_>, record: &Record, to: &Member, given: &Given<'_>) -> Result<Record> {
    let now = to_second(unit.context.now);
    let mut change = values([
        ("owner", json!(to.id)),
        ("department", json!(to.department)),
        ("claimed_at", json!(now)),
        ("claimed_from", json!(given.pool.id())),
        ("protected_until", json!(protection(unit, given.pool).map(to_second))),
    ]);
    if given.kind == "given_back" {
        change.remove("claimed_at");
    } else if record.object.field("respond_by").is_some() {
        change.extend(Clock::of(unit.context, unit.tx, given.pool, Some(given.pool.id()))?.values());
    }
    unit.has_read(given.pool);
    let saved = unit.change_as_system(record, &change)?;
    let from = record.reference("former_owner").filter(|_| given.kind == "given_back");
    // Of whoever acts the name is known; of others it is looked up.
    let title = (to.id == unit.context.actor).then(|| title_of(Some(&given.pool.title()), None, Some(&unit.context.actor_name)));
    note_move(
        unit,
        &saved,
        &NewMove { pool: given.pool.id(), kind: given.kind, from, to: Some(to.id), note: given.note.clone(), title, ..NewMove::default() },
    )?;
    unit.emit(&saved, given.kind, Map::from_iter([("owner".to_owned(), json!([null, to.id]))]));
    Ok(saved)
}
