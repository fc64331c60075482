//! How much one may hold and claim, exactly: whoever adds to a member's holdings takes turns with everybody else who does.

use guanxi_kernel::access::Member;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{CountMode, ListRequest, Record, count_of, known_records};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use uuid::Uuid;

use crate::moves::MOVE;
use crate::pool::{pools_for, start_of_today};
use crate::values::number;

/// The object of limits for single members and roles.
pub const LIMIT: &str = "pool_limit";
/// Most limits of a pool.
const MOST_LIMITS: u64 = 1_000;
/// More moves than this nobody makes in a day.
const MOST_MOVES: u64 = 100_000;

/// What a pool lets a member have.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Limits {
    /// Held at most.
    pub cap: Option<i64>,
    /// Claimed at most in a day.
    pub daily: Option<i64>,
}

/// The limits of a member in a pool: his own, else the most generous of his roles', else the pool's.
///
/// # Errors
/// Fails where the database does.
pub fn limits_of(context: &Context, tx: &mut dyn ReadTx, pool: &Record, member: &Member) -> Result<Limits> {
    let of_pool = Limits { cap: number(pool, "holding_cap"), daily: number(pool, "daily_claims") };
    let limits = known_records(context, tx, LIMIT, |it| Ok(Condition::equals(it("pool")?, Value::Id(pool.id()))), MOST_LIMITS)?;
    let said = |limit: &Record| {
        if limit.value("exempt").is_true() {
            return Limits::default();
        }
        Limits { cap: number(limit, "holding_cap").or(of_pool.cap), daily: number(limit, "daily_claims").or(of_pool.daily) }
    };
    if let Some(own) = limits.iter().find(|it| it.reference("member") == Some(member.id)) {
        return Ok(said(own));
    }
    let held = |limit: &&Record| limit.value("role").as_text().is_some_and(|role| member.roles.iter().any(|it| it.name == role));
    Ok(limits.iter().filter(held).map(said).reduce(more_generous).unwrap_or(of_pool))
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
    let open = match (closed_counts, object) {
        (true, _) => "",
        (false, "lead") => " && !(status in ['converted', 'disqualified'])",
        (false, _) => " && (won_amount == null || won_amount == 0)",
    };
    let request = ListRequest { filter: Some(format!("owner == '{member}'{open}")), count: CountMode::Exact, ..ListRequest::default() };
    let system = context.as_system();
    let object = system.schema.object(object).ok_or(KernelError::NotFound)?;
    let count = count_of(&system, tx, object, &request)?;
    Ok(count.map_or(0, |it| i64::try_from(it.value).unwrap_or(i64::MAX)))
}

/// Fails where a member would hold more of an object than a pool he belongs to allows, or the pool given. `more` are to come;
/// those that are his already count as they stand. Call [`take_turns`] first.
///
/// # Errors
/// Over the cap; the database's.
pub fn require_room(unit: &mut Unit<'_>, object: &str, member: &Member, pool: Option<Uuid>, more: i64) -> Result<()> {
    let context = unit.context;
    let pools = pools_for(context, unit.tx, object)?;
    let belongs = |id: Uuid| member.circles.iter().any(|it| it.circle.id == id && it.belongs);
    for its in pools.iter().filter(|it| pool == Some(it.id()) || belongs(it.id())) {
        let Some(cap) = limits_of(context, unit.tx, its, member)?.cap else { continue };
        let held = held(context, unit.tx, object, member.id, its.value("closed_counts").is_true())?;
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
pub fn require_claim(unit: &mut Unit<'_>, pool: &Record, member: &Member) -> Result<()> {
    let context = unit.context;
    let Some(daily) = limits_of(context, unit.tx, pool, member)?.daily else { return Ok(()) };
    let since = start_of_today(context)?;
    let today = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
        let his = Condition::equals(it("to_owner")?, Value::Id(member.id)).and(Condition::equals(it("pool")?, Value::Id(pool.id())));
        let claims = his.and(Condition::equals(it("kind")?, Value::Text("claimed".into())));
        Ok(claims.and(Condition::Compare(it("moved_at")?, CompareOp::Ge, Value::DateTime(since))))
    };
    let claimed = known_records(context, unit.tx, MOVE, today, MOST_MOVES.min(u64::try_from(daily).unwrap_or(0) + 1))?.len();
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
