//! Tasks that fall due, and those that are past it: told once each, the second to the superior as well.

use std::collections::BTreeSet;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::Record;
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{CompareOp, Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::run_unit;
use guanxi_kernel::{Result, Value};
use jiff::SignedDuration;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::news::News;
use super::work::TASK;
use super::{NOTIFICATION, deliver};
use guanxi_kernel::read::{among, known_records as records};

/// So long before a task is due its owner is told.
const AHEAD: SignedDuration = SignedDuration::from_hours(1);
/// What was due longer ago was told, or nobody wants to know.
const BACK: SignedDuration = SignedDuration::from_hours(24);
/// Most tasks looked at in one run; the next one goes on.
const MOST: u64 = 1_000;

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
        if context.schema.object(TASK).is_none() {
            return Ok(());
        }
        let told = context.workspace.store.read_with(|tx| {
            let news = due_news(context, tx)?;
            let known = told_already(context, tx, &news)?;
            deliver::choose(context, tx, news.into_iter().filter(|it| !known.contains(&(it.member, it.group.clone()))).collect())
        })?;
        if told.is_empty() {
            return Ok(());
        }
        run_unit(context, context.new_id(), "watch_tasks", Box::new(move |unit| deliver::write(unit, &told)))
    }
}

fn due_news(context: &Context, tx: &mut dyn ReadTx) -> Result<Vec<News>> {
    let (from, until) = (context.now - BACK, context.now + AHEAD);
    let tasks = records(
        context,
        tx,
        TASK,
        |it| {
            let due = it("due_at")?;
            let open = ["open", "in_progress"].map(|it| Value::Text(it.to_owned())).to_vec();
            Ok(Condition::Compare(due, CompareOp::Gt, Value::DateTime(from))
                .and(Condition::Compare(due, CompareOp::Le, Value::DateTime(until)))
                .and(Condition::In(it("status")?, open, false)))
        },
        MOST,
    )?;
    let owners: BTreeSet<Uuid> = tasks.iter().filter_map(|it| it.reference("owner")).collect();
    let members = records(context, tx, MEMBER_OBJECT, |it| among(it("id"), owners), MOST)?;
    let superior = |owner: Uuid| members.iter().find(|it| it.id() == owner).and_then(|it| it.reference("manager"));
    let mut news = Vec::new();
    for task in &tasks {
        let (Some(owner), Value::DateTime(due)) = (task.reference("owner"), task.value("due_at")) else { continue };
        if due > context.now {
            news.push(of_task(context, task, owner, "due"));
            continue;
        }
        news.push(of_task(context, task, owner, "overdue"));
        news.extend(superior(owner).map(|it| of_task(context, task, it, "overdue_below")));
    }
    Ok(news)
}

/// A task put off is due anew: the time it was due stands in the key.
fn of_task(context: &Context, task: &Record, member: Uuid, kind: &'static str) -> News {
    let due = if let Value::DateTime(due) = task.value("due_at") { due } else { context.now };
    News {
        member,
        kind,
        target: Some((TASK.to_owned(), task.id())),
        comment: None,
        about: Map::new(),
        actor: Uuid::nil(),
        at: context.now,
        group: format!("{kind}:{}:{}", task.id().simple(), due.as_second()),
        count: 1,
    }
}

fn told_already(context: &Context, tx: &mut dyn ReadTx, news: &[News]) -> Result<BTreeSet<(Uuid, String)>> {
    let mut known = BTreeSet::new();
    for chunk in news.chunks(200) {
        let members: BTreeSet<Uuid> = chunk.iter().map(|it| it.member).collect();
        let groups = chunk.iter().map(|it| Value::Text(it.group.clone())).collect();
        let found =
            records(context, tx, NOTIFICATION, |it| Ok(among(it("member"), members)?.and(Condition::In(it("group_key")?, groups, false))), MOST)?;
        for line in found {
            if let (Some(member), Some(group)) = (line.reference("member"), line.text("group_key")) {
                known.insert((member, group));
            }
        }
    }
    Ok(known)
}
