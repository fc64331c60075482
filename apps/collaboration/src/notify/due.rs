//! Tasks that fall due, tasks and hand-overs that are past it: told once each, to who has them, and to those above or before him.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT};
use guanxi_kernel::read::{Record, among, known_page, known_records as records};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::run_unit;
use guanxi_kernel::{Result, Value};
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::news::News;
use super::work::{HANDOVER, TASK};
use super::{NOTIFICATION, deliver};
use crate::meant;

/// So long before a task is due its owner is told.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);
/// So long before a hand-over is to be done who has it is told, but not before half its time is over.
const REMINDED: SignedDuration = SignedDuration::from_hours(24);
/// An offer that nobody answered for so long waits: who may accept it is told again, and who heads them.
const ANSWERED_WITHIN: SignedDuration = SignedDuration::from_hours(24);
/// What was due longer ago was told, or nobody wants to know.
const BACK: SignedDuration = SignedDuration::from_hours(24);
/// Most records looked at in one transaction; the next one goes on.
const MOST: u64 = 500;

/// `collaboration.watch_tasks`.
pub struct WatchTasks;

impl JobHandler for WatchTasks {
    fn kind(&self) -> &str {
        "collaboration.watch_tasks"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::Every(60))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let tasks = |it: &Column<'_>| due(context, it, &["open", "in_progress"], AHEAD);
        watch(context, TASK, &tasks, of_tasks)?;
        let handovers = |it: &Column<'_>| due(context, it, &["offered", "accepted"], REMINDED);
        watch(context, HANDOVER, &handovers, of_handovers)?;
        watch(context, HANDOVER, &|it| waiting(context, it), of_offers)
    }
}

/// What some records that are due mean to members.
type Meaning = fn(&Context, &mut dyn ReadTx, &[Record]) -> Result<Vec<News>>;
/// Names the column of a field.
type Column<'a> = dyn Fn(&str) -> Result<ColumnRef> + 'a;

/// Tells of those records of an object whose time has come, page by page.
fn watch(context: &Context, object: &'static str, wanted: &dyn Fn(&Column<'_>) -> Result<Condition>, meaning: Meaning) -> Result<()> {
    if context.schema.object(object).is_none() {
        return Ok(());
    }
    let mut after = None;
    loop {
        let (told, last) = context.workspace.store.read_with(|tx| {
            let page = known_page(context, tx, object, |it| wanted(it), after, MOST)?;
            let news = meaning(context, tx, &page)?;
            let known = told_already(context, tx, news.iter().map(|it| (it.member, it.group.clone())).collect())?;
            let new = news.into_iter().filter(|it| !known.contains(&(it.member, it.group.clone()))).collect();
            let mut told = deliver::choose(context, tx, new)?;
            // Whom a rule names may have been told when somebody else was not.
            let known = told_already(context, tx, told.iter().map(deliver::Told::line).collect())?;
            told.retain(|it| !known.contains(&it.line()));
            Ok((told, page.last().filter(|_| page.len() as u64 == MOST).map(Record::id)))
        })?;
        if !told.is_empty() {
            run_unit(context, context.new_id(), "watch_tasks", Box::new(move |unit| deliver::write(unit, &told)))?;
        }
        if last.is_none() {
            return Ok(());
        }
        after = last;
    }
}

fn due(context: &Context, it: &Column<'_>, open: &[&str], ahead: SignedDuration) -> Result<Condition> {
    let (due, state) = (it("due_at")?, it("status").or_else(|_| it("state"))?);
    let open = open.iter().map(|it| Value::Text((*it).to_owned())).collect();
    Ok(Condition::Compare(due, CompareOp::Gt, Value::DateTime(context.now - BACK))
        .and(Condition::Compare(due, CompareOp::Le, Value::DateTime(context.now + ahead)))
        .and(Condition::In(state, open, false)))
}

/// Offers nobody has answered for a while. Those of long ago were told, or nobody wants to know.
fn waiting(context: &Context, it: &Column<'_>) -> Result<Condition> {
    let offered = it("offered_at")?;
    Ok(Condition::Compare(offered, CompareOp::Le, Value::DateTime(context.now - ANSWERED_WITHIN))
        .and(Condition::Compare(offered, CompareOp::Gt, Value::DateTime(context.now - ANSWERED_WITHIN - BACK)))
        .and(Condition::equals(it("state")?, Value::Text("offered".into()))))
}

fn of_tasks(context: &Context, tx: &mut dyn ReadTx, tasks: &[Record]) -> Result<Vec<News>> {
    let owners: BTreeSet<Uuid> = tasks.iter().filter_map(|it| it.reference("owner")).collect();
    let members = records(context, tx, MEMBER_OBJECT, |it| among(it("id"), owners), MOST)?;
    let superior = |owner: Uuid| members.iter().find(|it| it.id() == owner).and_then(|it| it.reference("manager"));
    let mut news = Vec::new();
    for task in tasks {
        let (Some(owner), Value::DateTime(due)) = (task.reference("owner"), task.value("due_at")) else { continue };
        if due > context.now {
            news.push(of_record(context, task, owner, "due"));
            continue;
        }
        news.push(of_record(context, task, owner, "overdue"));
        news.extend(superior(owner).map(|it| of_record(context, task, it, "overdue_below")));
    }
    Ok(news)
}

fn moment(record: &Record, field: &str) -> Option<Timestamp> {
    if let Value::DateTime(at) = record.value(field) { Some(at) } else { None }
}

/// The heads of the departments that have some hand-overs.
fn heads_of(context: &Context, tx: &mut dyn ReadTx, handovers: &[Record]) -> Result<BTreeMap<Uuid, Uuid>> {
    let departments: BTreeSet<Uuid> = handovers.iter().filter_map(|it| it.reference("to_department")).collect();
    let departments = records(context, tx, DEPARTMENT_OBJECT, |it| among(it("id"), departments), MOST)?;
    Ok(departments.iter().filter_map(|it| Some((it.id(), it.reference("head")?))).collect())
}

/// Of a hand-over that is soon to be done who has it is told; of one past its time who offered it, who has it, and who heads the
/// department that has it.
fn of_handovers(context: &Context, tx: &mut dyn ReadTx, handovers: &[Record]) -> Result<Vec<News>> {
    let heads = heads_of(context, tx, handovers)?;
    let mut news = Vec::new();
    for handover in handovers {
        let (Some(due), receiver) = (moment(handover, "due_at"), handover.reference("accepted_by").or_else(|| handover.reference("to_member")))
        else {
            continue;
        };
        if due > context.now {
            let given = due.duration_since(moment(handover, "offered_at").unwrap_or(due));
            if due.duration_since(context.now) <= given / 2 {
                news.extend(receiver.map(|it| of_record(context, handover, it, "handover_due")));
            }
            continue;
        }
        let head = handover.reference("to_department").and_then(|it| heads.get(&it).copied());
        let told: BTreeSet<Uuid> = [handover.reference("from_member"), receiver, head].into_iter().flatten().collect();
        news.extend(told.into_iter().map(|it| of_record(context, handover, it, "overdue_handover")));
    }
    Ok(news)
}

/// Of an offer that waits those who may accept it are told again, and who heads them.
fn of_offers(context: &Context, tx: &mut dyn ReadTx, handovers: &[Record]) -> Result<Vec<News>> {
    let heads = heads_of(context, tx, handovers)?;
    let mut news = Vec::new();
    let mut people: BTreeMap<Uuid, Vec<Uuid>> = BTreeMap::new();
    for handover in handovers {
        let department = handover.reference("to_department");
        let mut told: BTreeSet<Uuid> = match (handover.reference("to_member"), department) {
            (Some(member), _) => BTreeSet::from([member]),
            (None, Some(department)) => {
                if let Entry::Vacant(unknown) = people.entry(department) {
                    unknown.insert(meant::of_department(context, tx, department)?);
                }
                people.get(&department).into_iter().flatten().copied().collect()
            }
            (None, None) => BTreeSet::new(),
        };
        told.extend(department.and_then(|it| heads.get(&it).copied()));
        news.extend(told.into_iter().map(|it| of_record(context, handover, it, "handover_waiting")));
    }
    Ok(news)
}

/// What is put off is due anew: the time it was due stands in the key.
fn of_record(context: &Context, record: &Record, member: Uuid, kind: &'static str) -> News {
    let due = if let Value::DateTime(due) = record.value("due_at") { due } else { context.now };
    News {
        member,
        kind,
        target: Some((record.object.name.clone(), record.id())),
        comment: None,
        about: Map::new(),
        actor: Uuid::nil(),
        concerns: None,
        at: context.now,
        group: format!("{kind}:{}:{}", record.id().simple(), due.as_second()),
        count: 1,
    }
}

/// Those of some lines that were written before, whoever read them since.
fn told_already(context: &Context, tx: &mut dyn ReadTx, lines: Vec<(Uuid, String)>) -> Result<BTreeSet<(Uuid, String)>> {
    let mut known = BTreeSet::new();
    for chunk in lines.chunks(200) {
        let members: BTreeSet<Uuid> = chunk.iter().map(|it| it.0).collect();
        let groups = chunk.iter().map(|it| Value::Text(it.1.clone())).collect();
        let found =
            records(context, tx, NOTIFICATION, |it| Ok(among(it("member"), members)?.and(Condition::In(it("group_key")?, groups, false))), 4 * MOST)?;
        for line in found {
            if let (Some(member), Some(group)) = (line.reference("member"), line.text("group_key")) {
                known.insert((member, group));
            }
        }
    }
    Ok(known)
}
