//! Records that are opened one by one: of what lies in a circle that says so, each member opens so many different ones a day.
//!
//! Until it is opened a record shows its members what is open to see (`in_circle.open_to_see`) and nothing else, on every
//! path: a cover like those of hidden fields keeps the rest back. Who asks for the record itself opens it; that is counted,
//! and lifts the cover for this request. What belongs to the record (comments, files) is there on the day it was opened.

use std::sync::Arc;

use guanxi_expr::Value;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use uuid::Uuid;

use crate::access::{FieldRights, Standing, Verb};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::read::{Record, load_record};
use crate::schema::Object;
use crate::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, StoreExt, WriteTx};
use crate::system_tables::OPENING;

const MEMBER: usize = 0;
const DAY: usize = 1;
const CIRCLE: usize = 2;
const RECORD: usize = 3;
const COLUMNS: usize = 5;

/// How long is kept who opened what, in days.
const KEPT: i64 = 90;
/// More than this nobody opens in a day.
const MOST: u64 = 1_000_000;

/// How many records of a circle a member may still open today.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Allowance {
    /// Object of the circle.
    pub object: String,
    /// The circle.
    pub circle: Uuid,
    /// In a day.
    pub limit: u64,
    /// Opened today.
    pub used: u64,
    /// When the day ends.
    pub until: Timestamp,
}

/// Opens a record for the caller, who asked for it: counts it where a circle counts such, and answers the context in which
/// it is open. What is not closed, or not there for him, is left as it is.
///
/// # Errors
/// `view_limit_reached` where he opened as many today as he may.
pub fn open(context: &Context, object: &Arc<Object>, id: Uuid) -> Result<Context> {
    let closes = context.access.fields(object).map_or(&[][..], FieldRights::covers).iter().any(|it| it.until_opened);
    // Who looks with somebody else's rights sees what he sees, and spends nothing of it.
    if !closes || context.viewer.is_some() {
        return Ok(context.clone());
    }
    let day = today(context).to_string();
    let found = context.workspace.store.read_with(|tx| {
        let record = load_record(context, tx, object, id, Verb::Read, false)?;
        let Some(circle) = record.and_then(|it| closing(context, &it)) else { return Ok(None) };
        Ok(Some((circle, is_open(tx, context.actor, &day, circle, id)?)))
    })?;
    let Some((circle, was_open)) = found else { return Ok(context.clone()) };
    if !was_open {
        count(context, circle, id, day)?;
    }
    Ok(Context { access: Arc::new(context.access.with_opened(id)), ..context.clone() })
}

/// The circle that closes a record to the caller until he opens it.
fn closing(context: &Context, record: &Record) -> Option<Uuid> {
    let covers = context.access.fields(&record.object)?.covers();
    let cover = covers.iter().find(|it| it.until_opened && it.is_over_row(&record.row))?;
    if let Some(Value::Id(circle)) = record.row.get(cover.circle_column) { Some(*circle) } else { None }
}

/// Notes that the caller opened a record, if he may.
fn count(context: &Context, circle: Uuid, id: Uuid, day: String) -> Result<()> {
    let inner = context.clone();
    context.workspace.store.write_with(move |tx| {
        let (context, member) = (&inner, inner.actor);
        // Whoever opens for one member takes turns, on every node.
        tx.serialise(&format!("opening.{}.{}", circle.simple(), member.simple()))?;
        if is_open(tx, member, &day, circle, id)? {
            return Ok(());
        }
        let held = context.access.member.circles.iter().find(|it| it.circle.id == circle);
        let limit = held.and_then(|it| it.daily_views).unwrap_or(0);
        if opened(tx, member, &day, circle, limit)? >= limit {
            return Err(reached(context, tx, circle, limit)?);
        }
        let row = vec![Value::Id(member), Value::Text(day.clone()), Value::Id(circle), Value::Id(id), Value::DateTime(context.now)];
        tx.insert(&Insert { table: OPENING.clone(), columns: (0..COLUMNS).collect(), rows: vec![row], on_conflict: OnConflict::Ignore })?;
        Ok(())
    })
}

fn of_day(member: Uuid, day: &str) -> Condition {
    let his = Condition::equals(ColumnRef::main(MEMBER), Value::Id(member));
    his.and(Condition::equals(ColumnRef::main(DAY), Value::Text(day.to_owned())))
}

fn is_open(tx: &mut (impl ReadTx + ?Sized), member: Uuid, day: &str, circle: Uuid, id: Uuid) -> Result<bool> {
    let it = Condition::equals(ColumnRef::main(CIRCLE), Value::Id(circle)).and(Condition::equals(ColumnRef::main(RECORD), Value::Id(id)));
    Ok(tx.count(&Select::all(&OPENING, of_day(member, day).and(it)), Some(1))? > 0)
}

/// How many a member opened of a circle in a day, counted no further than so many.
fn opened(tx: &mut (impl ReadTx + ?Sized), member: Uuid, day: &str, circle: Uuid, most: u64) -> Result<u64> {
    let of_circle = Condition::equals(ColumnRef::main(CIRCLE), Value::Id(circle));
    Ok(tx.count(&Select::all(&OPENING, of_day(member, day).and(of_circle)), Some(most))?)
}

fn reached(context: &Context, tx: &mut dyn WriteTx, circle: Uuid, limit: u64) -> Result<KernelError> {
    let held = context.access.member.circles.iter().find(|it| it.circle.id == circle);
    let object = held.and_then(|it| context.schema.object(&it.circle.object));
    let record = match object {
        Some(object) => load_record(&context.as_system(), tx, object, circle, Verb::Read, true)?,
        None => None,
    };
    let title = record.map(|it| it.title()).unwrap_or_default();
    let until = tomorrow(context)?.to_zoned(context.workspace.time_zone()).strftime("%Y-%m-%d %H:%M").to_string();
    Ok(KernelError::conflict(
        "view_limit_reached",
        format!("今天已查看“{title}”中的 {limit} 条记录，达到每天的上限；{until} 起可以再看。已经看过的今天仍可打开"),
        format!("you opened {limit} records of {title} today, as many as a day allows; more from {until} on. Those opened today still open"),
    ))
}

/// Ids of the records the caller opened today.
pub(crate) fn opened_today(context: &Context) -> Select {
    Select { columns: vec![ColumnRef::main(RECORD)], ..Select::all(&OPENING, of_day(context.actor, &today(context).to_string())) }
}

/// What the caller may still open today, of each circle he belongs to that counts it, or of which he opened something.
///
/// # Errors
/// Fails where the database does.
pub fn allowances(context: &Context, tx: &mut dyn ReadTx) -> Result<Vec<Allowance>> {
    if context.access.is_unlimited() {
        return Ok(Vec::new());
    }
    let (day, until) = (today(context).to_string(), tomorrow(context)?);
    let mut found = Vec::new();
    for held in context.access.member.circles.iter().filter(|it| it.standing < Standing::Keeper) {
        let Some(limit) = held.daily_views else { continue };
        let used = opened(tx, context.actor, &day, held.circle.id, MOST)?;
        // Whose roles show him everything meets the limit as well, though he does not belong to the circle.
        if held.standing == Standing::Outside && used == 0 {
            continue;
        }
        found.push(Allowance { object: held.circle.object.clone(), circle: held.circle.id, limit, used, until });
    }
    Ok(found)
}

/// Today, where the company is.
fn today(context: &Context) -> Date {
    context.now.to_zoned(context.workspace.time_zone()).date()
}

fn tomorrow(context: &Context) -> Result<Timestamp> {
    let internal = |error: jiff::Error| KernelError::Internal(error.to_string());
    let day = today(context).tomorrow().map_err(internal)?;
    Ok(day.to_zoned(context.workspace.time_zone()).map_err(internal)?.timestamp())
}

/// Forgets who opened what long ago. For a scheduled job.
///
/// # Errors
/// Fails where the database does.
pub fn forget_old(context: &Context) -> Result<u64> {
    context.access.require_administrator()?;
    let Ok(oldest) = today(context).checked_sub(KEPT.days()) else { return Ok(0) };
    let over = Condition::Compare(ColumnRef::main(DAY), CompareOp::Lt, Value::Text(oldest.to_string()));
    context.workspace.store.write_with(move |tx| Ok(tx.delete(&Delete { table: OPENING.clone(), condition: over.clone() })?))
}
