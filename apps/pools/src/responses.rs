//! The first-response clock: who got a lead by a rule or from a pool gets in touch in time, or is told, and in the end it goes to
//! others.

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::locks::lock_state;
use guanxi_kernel::read::{Record, known_page, known_records};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{ColumnRef, Condition, StoreExt as _};
use guanxi_kernel::write::{Unit, in_steps};
use guanxi_kernel::{KernelError, Result, Value};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::assign::put_in;
use crate::clock::LEAD;
use crate::moves::NewMove;
use crate::pool::pools_for;
use crate::values::{number, values};

/// Leads looked at together.
const PAGE: u64 = 500;
/// Told before the time is over: that long, or a quarter of the time there was.
const WARN_BEFORE: SignedDuration = SignedDuration::from_hours(1);

/// `pools.watch_responses`.
pub struct WatchResponses;

impl JobHandler for WatchResponses {
    fn kind(&self) -> &str {
        "pools.watch_responses"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::Every(300))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let store = &context.workspace.store;
        let mut after = None;
        loop {
            let page = store.read_with(|tx| known_page(context, tx, LEAD, waiting, after, PAGE))?;
            let Some(last) = page.last().map(Record::id) else { return Ok(()) };
            let due: Vec<Uuid> = page.iter().filter(|it| step(context.now, it).is_some()).map(Record::id).collect();
            in_steps(context, "respond", &due, 1, &|unit: &mut Unit<'_>, some: &[Uuid]| some.iter().try_for_each(|it| take(unit, *it)))?;
            after = Some(last);
        }
    }
}

/// Somebody's leads whose clock runs.
fn waiting(it: &dyn Fn(&str) -> Result<ColumnRef>) -> Result<Condition> {
    let runs = Condition::NotNull(it("respond_by")?).and(Condition::IsNull(it("responded_at")?));
    let ended = ["converted", "disqualified"].map(|it| Value::Text(it.to_owned())).to_vec();
    Ok(runs.and(Condition::NotNull(it("owner")?)).and(Condition::In(it("status")?, ended, true)))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Step {
    /// Somebody got in touch then.
    Responded(Timestamp),
    /// Into the pool.
    Return,
    /// The owner and those above him are told that it is late.
    Overdue,
    /// The owner is told that it will be.
    Due,
}

/// What is due for a lead.
fn step(now: Timestamp, lead: &Record) -> Option<Step> {
    let at = |name: &str| if let Value::DateTime(at) = lead.value(name) { Some(at) } else { None };
    let (by, since) = (at("respond_by")?, at("owned_since")?);
    if let Some(activity) = at("last_activity_at").filter(|it| *it >= since) {
        return Some(Step::Responded(activity));
    }
    let told = number(lead, "respond_told").unwrap_or(0);
    let warn = WARN_BEFORE.min((by.duration_since(since)) / 4);
    if at("respond_return_at").is_some_and(|it| it <= now) {
        Some(Step::Return)
    } else if now >= by {
        (told < 2).then_some(Step::Overdue)
    } else {
        (told < 1 && now >= by - warn).then_some(Step::Due)
    }
}

fn take(unit: &mut Unit<'_>, lead: Uuid) -> Result<()> {
    let context = unit.context;
    let object = context.schema.object(LEAD).cloned().ok_or(KernelError::NotFound)?;
    unit.lock(&object, vec![lead])?;
    let still = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::equals(it("id")?, Value::Id(lead)).and(waiting(it)?));
    let Some(lead) = known_records(context, unit.tx, LEAD, still, 1)?.pop() else { return Ok(()) };
    match step(context.now, &lead) {
        Some(Step::Responded(at)) => drop(unit.update_as_system(LEAD, lead.id(), &values([("responded_at", json!(at.to_string()))]))?),
        // A lock is somebody's word that it stays as it is.
        Some(Step::Return) if lock_state(&context.as_system(), unit.tx, &object, lead.id())?.lock.is_some() => {}
        Some(Step::Return) => give_up(unit, &lead)?,
        Some(Step::Overdue) => tell(unit, &lead, 2, "response_overdue")?,
        Some(Step::Due) => tell(unit, &lead, 1, "response_due")?,
        None => {}
    }
    Ok(())
}

fn tell(unit: &mut Unit<'_>, lead: &Record, told: i64, verb: &str) -> Result<()> {
    let saved = unit.update_as_system(LEAD, lead.id(), &values([("respond_told", json!(told))]))?;
    unit.emit(&saved, verb, Map::new());
    Ok(())
}

/// Into the pool that whoever gave it named, or the default one, for others; where there is none, it stays and was told of.
fn give_up(unit: &mut Unit<'_>, lead: &Record) -> Result<()> {
    let pools = pools_for(unit.context, unit.tx, LEAD)?;
    let named = lead.reference("respond_return_to").and_then(|it| pools.iter().find(|pool| pool.id() == it));
    let Some(pool) = named.or_else(|| pools.iter().find(|it| it.value("is_default").is_true())) else {
        unit.update_as_system(LEAD, lead.id(), &values([("respond_return_at", Json::Null)]))?;
        return Ok(());
    };
    let how = NewMove { kind: "recycled", reason: Some("no_response".into()), ..NewMove::default() };
    put_in(unit, lead, pool, &how)?;
    Ok(())
}
