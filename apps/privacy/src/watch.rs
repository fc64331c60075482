//! Requests that are due soon or late are brought before somebody, and bundles go when their time is over.

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::schema::DELETED_AT;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, Select, StoreExt as _};
use guanxi_kernel::working_days::add_working_days;
use guanxi_kernel::write::{Unit, in_steps};
use guanxi_kernel::{Result, Value};
use jiff::SignedDuration;
use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::bundle::failed;
use crate::request::REQUEST;
use crate::terms::WARNED;
use crate::values::{day, kept, today, values};

/// Most requests of one run; the next goes on.
const MOST: u64 = 500;
/// Requests changed in one transaction.
const AT_ONCE: usize = 20;

/// `privacy.watch_requests`.
pub struct WatchRequests;

impl JobHandler for WatchRequests {
    fn kind(&self) -> &str {
        "privacy.watch_requests"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::Every(900))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        remind(context)?;
        give_up(context)?;
        remove_bundles(context)
    }
}

fn is_open(it: &dyn Fn(&str) -> Result<ColumnRef>) -> Result<Condition> {
    let open = ["received", "working"].iter().map(|it| Value::Text((*it).to_owned())).collect();
    Ok(Condition::In(it("state")?, open, false))
}

/// What a request is to be reminded of: `soon`, `late`, or nothing it was not reminded of yet.
fn due(request: &Record, today: Date, soon: Date) -> Option<&'static str> {
    let due = day(request, "due_on")?;
    let reminded = kept(request, "reminded");
    if due < today { Some("late").filter(|it| reminded != *it) } else { Some("soon").filter(|_| due <= soon && reminded.is_empty()) }
}

fn remind(context: &Context) -> Result<()> {
    let today = today(context);
    let store = &context.workspace.store;
    let soon = store.read_with(|tx| add_working_days(context, tx, today, WARNED))?;
    let close = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
        // Only what there is something to say of: those reminded already must not stand before others.
        let (reminded, due) = (it("reminded")?, it("due_on")?);
        let first = Condition::Compare(due, CompareOp::Le, Value::Date(soon)).and(Condition::IsNull(reminded));
        let late = Condition::Compare(due, CompareOp::Lt, Value::Date(today)).and(Condition::equals(reminded, Value::Text("soon".into())));
        Ok(is_open(it)?.and(Condition::Or(vec![first, late])))
    };
    let found = store.read_with(|tx| known_records(context, tx, REQUEST, close, MOST))?;
    let ids: Vec<Uuid> = found.iter().filter(|it| due(it, today, soon).is_some()).map(Record::id).collect();
    in_steps(context, "remind", &ids, AT_ONCE, &move |unit: &mut Unit<'_>, ids: &[Uuid]| {
        for id in ids {
            let this = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::equals(it("id")?, Value::Id(*id)).and(is_open(it)?));
            let Some(request) = known_records(unit.context, unit.tx, REQUEST, this, 1)?.pop() else { continue };
            let Some(step) = due(&request, today, soon) else { continue };
            let saved = unit.update_as_system(REQUEST, *id, &values([("reminded", json!(step))]))?;
            unit.emit(&saved, if step == "late" { "overdue" } else { "due_soon" }, Map::new());
        }
        Ok(())
    })
}

/// A bundle that is not made within a day is not waited for any more.
fn give_up(context: &Context) -> Result<()> {
    let before = context.now - SignedDuration::from_hours(24);
    let stuck = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
        let waiting = Condition::equals(it("bundle_state")?, Value::Text("waiting".into()));
        Ok(waiting.and(Condition::Compare(it("updated_at")?, CompareOp::Lt, Value::DateTime(before))))
    };
    let found = context.workspace.store.read_with(|tx| known_records(context, tx, REQUEST, stuck, MOST))?;
    let ids: Vec<Uuid> = found.iter().map(Record::id).collect();
    in_steps(context, "give_up", &ids, 1, &move |unit: &mut Unit<'_>, ids: &[Uuid]| ids.iter().try_for_each(|it| failed(unit, *it, "time")))
}

/// Bundles of requests that went to the bin with theirs: their time is over, too.
fn binned(context: &Context) -> Result<Vec<Uuid>> {
    let object = guanxi_kernel::read::object_of(context, REQUEST)?;
    let (Some(bundle), Some(until)) = (object.field("bundle").and_then(|it| it.part("")), object.field("bundle_until").and_then(|it| it.part("")))
    else {
        return Ok(Vec::new());
    };
    let over = Condition::Compare(ColumnRef::main(until.column), CompareOp::Le, Value::DateTime(context.now));
    let there = Condition::NotNull(ColumnRef::main(bundle.column)).and(Condition::NotNull(ColumnRef::main(DELETED_AT)));
    let select = Select { columns: vec![ColumnRef::main(bundle.column)], ..Select::all(&object.table, over.and(there)) }.limited(MOST);
    let rows = context.workspace.store.read_with(|tx| Ok(tx.rows(&select)?))?;
    Ok(rows.into_iter().filter_map(|mut it| if let Some(Value::Id(id)) = it.pop() { Some(id) } else { None }).collect())
}

/// Bundles are personal data themselves.
fn remove_bundles(context: &Context) -> Result<()> {
    let now = context.now;
    let over = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
        Ok(Condition::Compare(it("bundle_until")?, CompareOp::Le, Value::DateTime(now)).and(Condition::NotNull(it("bundle")?)))
    };
    let found = context.workspace.store.read_with(|tx| known_records(context, tx, REQUEST, over, MOST))?;
    let binned = binned(context)?;
    in_steps(context, "expire", &binned, 1, &move |unit: &mut Unit<'_>, some: &[Uuid]| {
        some.iter().try_for_each(|it| unit.erase_as_system("file", *it))
    })?;
    let bundles: Vec<(Uuid, Uuid)> = found.iter().filter_map(|it| Some((it.id(), it.reference("bundle")?))).collect();
    in_steps(context, "expire", &bundles, 1, &move |unit: &mut Unit<'_>, some: &[(Uuid, Uuid)]| {
        for (request, file) in some {
            let saved = unit.update_as_system(REQUEST, *request, &values([("bundle", Json::Null), ("bundle_state", json!("expired"))]))?;
            unit.emit(&saved, "bundle_expired", Map::new());
            unit.erase_as_system("file", *file)?;
        }
        Ok(())
    })
}
