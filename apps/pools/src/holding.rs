//! How much one may hold and claim, exactly: whoever adds to a member's holdings takes turns with everybody else who does.

use std::collections::HashMap;

use guanxi_kernel::access::Member;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{GroupsOf, Record, among, groups_of, known_count, known_records};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use uuid::Uuid;

use crate::moves::MOVE;
use crate::pool::{pools_for, start_of_today};
use crate::values::number;

/// The object of limits for single members and roles.
pub const LIMIT: &str = "pool_limit";
/// Most limits of all pools for an object.
const MOST_LIMITS: u64 = 10_000;
/// Members whose holdings are counted in one statement.
const AT_ONCE: usize = 500;

/// What a pool lets a member have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Held at most.
    pub cap: Option<i64>,
    /// Claimed at most in a day.
    pub daily: Option<i64>,
}

/// The pools in use for an object, with what each lets its members have.
#[derive(Default)]
pub struct Limiting(Vec<(Record, LimitsOf)>);

#[derive(Default)]
struct LimitsOf {
    of_pool: Limits,
    others: Vec<Record>,
}

impl Limiting {
    /// Looks them up.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn of(context: &Context, tx: &mut dyn ReadTx, object: &str) -> Result<Self> {
        let pools = pools_for(context, tx, object)?;
        let limits = if pools.is_empty() {
            Vec::new()
        } else {
            let ids: Vec<Uuid> = pools.iter().map(Record::id).collect();
            known_records(context, tx, LIMIT, |it| among(it("pool"), ids), MOST_LIMITS)?
        };
        let with_limits = |pool: Record| {
            let of_pool = Limits { cap: number(&pool, "holding_cap"), daily: number(&pool, "daily_claims") };
            let others = limits.iter().filter(|it| it.reference("pool") == Some(pool.id())).cloned().collect();
            (pool, LimitsOf { of_pool, others })
        };
        Ok(Self(pools.into_iter().map(with_limits).collect()))
    }

    /// One of them.
    pub fn pool(&self, id: Uuid) -> Option<&Record> {
        self.0.iter().map(|it| &it.0).find(|it| it.id() == id)
    }

    /// Those that bind a member, with his limits: the ones he belongs to, and the one that gives.
    pub fn binding(&self, member: &Member, giving: Option<Uuid>) -> Vec<(&Record, Limits)> {
        let belongs = |id: Uuid| giving == Some(id) || member.circles.iter().any(|it| it.circle.id == id && it.belongs);
        self.0.iter().filter(|it| belongs(it.0.id())).map(|(pool, limits)| (pool, limits.of(member))).collect()
    }
}

impl LimitsOf {
    /// The limits of a member: his own, else the most generous of his roles', else the pool's.
    fn of(&self, member: &Member) -> Limits {
        let of_pool = self.of_pool;
        let said = |limit: &Record| {
            if limit.value("exempt").is_true() {
                return Limits::default();
            }
            Limits { cap: number(limit, "holding_cap").or(of_pool.cap), daily: number(limit, "daily_claims").or(of_pool.daily) }
        };
        if let Some(own) = self.others.iter().find(|it| it.reference("member") == Some(member.id)) {
            return said(own);
        }
        let held = |limit: &&Record| limit.value("role").as_text().is_some_and(|role| member.roles.iter().any(|it| it.name == role));
        self.others.iter().filter(held).map(said).reduce(more_generous).unwrap_or(of_pool)
    }
}

/// No limit is more than any.
fn more_generous(one: Limits, other: Limits) -> Limits {
    let more = |one: Option<i64>, other: Option<i64>| one.zip(other).map(|(one, other)| one.max(other));
    Limits { cap: more(one.cap, other.cap), daily: more(one.daily, other.daily) }
}

/// From here on nobody else adds to what a member holds of an object, on any node, until the transaction ends.
///
/// # Errors
/// Fails where the database does.
pub fn take_turns(unit: &mut Unit<'_>, object: &str, member: Uuid) -> Result<()> {
    Ok(unit.tx.serialise(&format!("pool.hold.{object}.{}", member.simple()))?)
}

/// How many records of an object a member holds.
///
/// # Errors
/// Fails where the database does.
pub fn held(context: &Context, tx: &mut dyn ReadTx, object: &str, member: Uuid, closed_counts: bool) -> Result<i64> {
    Ok(held_by(context, tx, object, &[member], closed_counts)?.remove(&member).unwrap_or(0))
}

/// How many records of an object each of some members holds, counted together; who holds none is not among them.
///
/// # Errors
/// Fails where the database does.
pub fn held_by(context: &Context, tx: &mut dyn ReadTx, object: &str, members: &[Uuid], closed_counts: bool) -> Result<HashMap<Uuid, i64>> {
    let filter = match (closed_counts, object) {
        (true, _) => None,
        (false, "lead") => Some("!(status in ['converted', 'disqualified'])"),
        (false, _) => Some("won_amount == null || won_amount == 0"),
    };
    let system = context.as_system();
    let object = system.schema.object(object).ok_or(KernelError::NotFound)?;
    let mut held = HashMap::with_capacity(members.len());
    for some in members.chunks(AT_ONCE) {
        let request = GroupsOf { via: "owner", ids: some, measures: &["count"], filter, ..GroupsOf::default() };
        for group in groups_of(&system, tx, object, &request)? {
            if let [Value::Id(owner), Value::Int(count)] = group.as_slice() {
                held.insert(*owner, *count);
            }
        }
    }
    Ok(held)
}

/// Fails where a member would hold more of an object than a pool he belongs to allows, or the pool given. `more` are to come;
/// those that are his already count as they stand. Call [`take_turns`] first.
///
/// # Errors
/// Over the cap; the database's.
pub fn require_room(unit: &mut Unit<'_>, object: &str, member: &Member, pool: Option<Uuid>, more: i64) -> Result<()> {
    let limiting = Limiting::of(unit.context, unit.tx, object)?;
    require_room_in(unit, object, member.id, &limiting.binding(member, pool), more)
}

/// As [`require_room`], with the pools that bind the member.
///
/// # Errors
/// Over the cap; the database's.
pub fn require_room_in(unit: &mut Unit<'_>, object: &str, member: Uuid, binding: &[(&Record, Limits)], more: i64) -> Result<()> {
    let mut counts: [Option<i64>; 2] = [None, None];
    for (its, limits) in binding {
        let Some(cap) = limits.cap else { continue };
        let closed_counts = its.value("closed_counts").is_true();
        let held = match counts[usize::from(closed_counts)] {
            Some(held) => held,
            None => held(unit.context, unit.tx, object, member, closed_counts)?,
        };
        counts[usize::from(closed_counts)] = Some(held);
        if held + more > cap {
            let title = its.title();
            return Err(KernelError::conflict(
                "claim_refused",
                format!("超出公海“{title}”的持有上限：最多 {cap}，名下已有 {}", held + more - 1),
                format!("beyond what the pool {title} lets one hold: at most {cap}, {} held already", held + more - 1),
            ));
        }
    }
    Ok(())
}

/// Fails where a member claimed as many from a pool today as he may.
///
/// # Errors
/// Over the limit; the database's.
pub fn require_claim(unit: &mut Unit<'_>, pool: &Record, member: Uuid, daily: Option<i64>) -> Result<()> {
    let context = unit.context;
    let Some(daily) = daily else { return Ok(()) };
    let since = start_of_today(context)?;
    let today = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
        let his = Condition::equals(it("to_owner")?, Value::Id(member)).and(Condition::equals(it("pool")?, Value::Id(pool.id())));
        let claims = his.and(Condition::equals(it("kind")?, Value::Text("claimed".into())));
        Ok(claims.and(Condition::Compare(it("moved_at")?, CompareOp::Ge, Value::DateTime(since))))
    };
    let claimed = known_count(context, unit.tx, MOVE, today, u64::try_from(daily).unwrap_or(0))?;
    if i64::try_from(claimed).unwrap_or(i64::MAX) < daily {
        return Ok(());
    }
    let title = pool.title();
    Err(KernelError::conflict(
        "claim_refused",
        format!("今天已从公海“{title}”领取 {claimed} 条，每天最多 {daily} 条，明天再来"),
        format!("{claimed} were claimed from the pool {title} today and {daily} a day are allowed; more tomorrow"),
    ))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn no_limit_is_more_generous_than_any() {
        let of = |cap: Option<i64>, daily: Option<i64>| Limits { cap, daily };
        assert_eq!(more_generous(of(Some(3), Some(5)), of(Some(4), Some(1))), of(Some(4), Some(5)));
        assert_eq!(more_generous(of(None, Some(5)), of(Some(4), None)), of(None, None));
    }
}
