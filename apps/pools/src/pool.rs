//! A pool, and what somebody is to it.

use guanxi_kernel::access::Standing;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::{KernelError, Result, Value};
use jiff::civil::Date;
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

/// The object of pools.
pub const POOL: &str = "pool";
/// Most pools of a company.
pub const MOST_POOLS: u64 = 1_000;

/// A pool by its id.
///
/// # Errors
/// Not found where there is none.
pub fn pool_of(context: &Context, tx: &mut dyn ReadTx, id: Uuid) -> Result<Record> {
    let wanted = known_records(context, tx, POOL, |it| Ok(Condition::equals(it("id")?, Value::Id(id))), 1)?;
    wanted.into_iter().next().ok_or(KernelError::NotFound)
}

/// The pools in use that hold records of an object.
///
/// # Errors
/// Fails where the database does.
pub fn pools_for(context: &Context, tx: &mut dyn ReadTx, object: &str) -> Result<Vec<Record>> {
    let holds = |it: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| {
        Ok(Condition::equals(it("object")?, Value::Text(object.to_owned())).and(Condition::equals(it("active")?, Value::Bool(true))))
    };
    known_records(context, tx, POOL, holds, MOST_POOLS)
}

/// The pool that records of an object fall into where nobody says which.
///
/// # Errors
/// Fails where the database does.
pub fn default_pool(context: &Context, tx: &mut dyn ReadTx, object: &str) -> Result<Option<Record>> {
    Ok(pools_for(context, tx, object)?.into_iter().find(|it| it.value("is_default").is_true()))
}

/// Whether a pool holds records of an object.
pub fn holds(pool: &Record, object: &str) -> bool {
    pool.value("object").as_text() == Some(object)
}

/// What the caller is to a pool.
pub fn standing(context: &Context, pool: Uuid) -> Standing {
    if context.access.is_unlimited() {
        return Standing::Keeper;
    }
    context.access.member.circles.iter().find(|it| it.circle.id == pool).map_or(Standing::Outside, |it| it.standing)
}

/// Fails unless the caller looks after a pool.
///
/// # Errors
/// Forbidden.
pub fn require_keeper(context: &Context, pool: Uuid) -> Result<()> {
    if standing(context, pool) == Standing::Keeper { Ok(()) } else { Err(KernelError::Forbidden("administrators of the pool only".into())) }
}

/// Today, where the company is.
pub fn today(context: &Context) -> Date {
    context.now.to_zoned(context.workspace.time_zone()).date()
}

/// When today began, where the company is.
///
/// # Errors
/// Where the calendar of its time zone has no such moment.
pub fn start_of_today(context: &Context) -> Result<Timestamp> {
    let start = today(context).to_zoned(context.workspace.time_zone()).map_err(|error| KernelError::Internal(error.to_string()))?;
    Ok(start.timestamp())
}

/// A moment as it is kept on a record: to the second, as files that go out and come back have it.
pub fn to_second(at: Timestamp) -> String {
    Timestamp::from_second(at.as_second()).unwrap_or(at).to_string()
}

/// So many days, of 24 hours each.
pub fn days(number: i64) -> SignedDuration {
    SignedDuration::from_hours(number.saturating_mul(24))
}

/// A moment as people of the company write it.
pub fn told(context: &Context, at: Timestamp) -> String {
    at.to_zoned(context.workspace.time_zone()).strftime("%Y-%m-%d %H:%M").to_string()
}
