//! A hand-over that was started is carried out, with the rights of who started it.

use guanxi_kernel::access::context_of;
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::{Record, among, known_records};
use guanxi_kernel::schema::{DEPARTMENT_FIELD, Label, OWNER_FIELD};
use guanxi_kernel::store::{ReadTx, StoreExt as _};
use guanxi_kernel::write::{Unit, run_unit};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::back::take_back;
use super::plan::{Goes, Plan, movable, objects};
use super::preview::page_of;
use super::problems::told;
use super::{AT_ONCE, RUN, TRANSFER};
use crate::ownership::DECISION;
use crate::values::{id_of, values};

/// How many failures are told.
const MOST_TOLD: usize = 100;

/// `ownership.transfer`.
pub struct RunTransfers;

impl JobHandler for RunTransfers {
    fn kind(&self) -> &str {
        RUN
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let Some(id) = id_of(&payload["transfer"]) else { return Ok(()) };
        let context = &context.as_system();
        let Some(transfer) = context.workspace.store.read_with(|tx| one(context, tx, TRANSFER, id))? else { return Ok(()) };
        match transfer.value("state").as_text() {
            Some("waiting" | "running") => carry_out(context, &transfer),
            Some("taking_back") => take_back(context, &transfer),
            _ => Ok(()),
        }
    }
}

/// A record by its id, whoever asks.
///
/// # Errors
/// Fails where the database does.
pub fn one(context: &Context, tx: &mut dyn ReadTx, object: &str, id: Uuid) -> Result<Option<Record>> {
    Ok(known_records(context, tx, object, |it| among(it("id"), [id]), 1)?.pop())
}

/// What could not be done, of how many.
#[derive(Default)]
pub struct Failures {
    /// How many.
    pub count: usize,
    told: Vec<Json>,
}

impl Failures {
    /// One more.
    pub fn add(&mut self, record: &Record, why: &Label) {
        self.count += 1;
        if self.told.len() < MOST_TOLD {
            self.told.push(json!({ "object": record.object.name, "id": record.id(), "label": record.title(), "reason": why }));
        }
    }

    /// All that are told.
    pub fn told(self) -> Json {
        Json::Array(self.told)
    }
}

/// Notes a step of the hand-over itself.
///
/// # Errors
/// Fails where the database does.
pub fn note(context: &Context, transfer: Uuid, changed: Map<String, Json>) -> Result<()> {
    run_unit(context, context.new_id(), "ownership", Box::new(move |unit| unit.update_as_system(TRANSFER, transfer, &changed).map(drop)))
}

fn carry_out(context: &Context, transfer: &Record) -> Result<()> {
    let store = &context.workspace.store;
    if transfer.value("state").as_text() == Some("waiting") {
        note(context, transfer.id(), values([("state", json!("running"))]))?;
    }
    let (member, starter) = (transfer.reference("member").unwrap_or_default(), transfer.reference("created_by").unwrap_or_default());
    let plan = if let Value::Json(plan) = transfer.value("plan") { *plan } else { Json::Null };
    let mut failures = Failures::default();
    let mut stayed = 0;
    // An engine's own hand-over (the demo company's, a program's) goes by the engine's rights.
    let theirs = if starter.is_nil() { Some(context.clone()) } else { store.read_with(|tx| context_of(context, tx, starter))? };
    let read = |theirs: &Context| match store.read_with(|tx| Plan::read(theirs, tx, member, &plan)) {
        Err(KernelError::Invalid(_)) => Ok(None),
        other => other.map(Some),
    };
    // Who started it has left himself, or a target is not there any more: nothing goes anywhere.
    let plan = theirs.as_ref().map(read).transpose()?.flatten();
    if let (Some(theirs), Some(mut plan)) = (&theirs, plan) {
        let mut run = Run { context: theirs, transfer: transfer.id(), failures: &mut failures, stayed: &mut stayed };
        for object in objects(theirs) {
            run.of_object(&object, member, &mut plan)?;
        }
    } else {
        failures.add(
            transfer,
            &Label::new("发起人已停用，或方案中的去处已不存在", "who started it is not active any more, or a target of the plan is gone"),
        );
    }
    finish(context, transfer.id(), failures, stayed)
}

/// Counts what was done by the trail: the job may have been interrupted.
fn finish(context: &Context, transfer: Uuid, failures: Failures, stayed: usize) -> Result<()> {
    let (moved, pooled) = context.workspace.store.read_with(|tx| count(context, tx, transfer))?;
    let total = moved + pooled + stayed + failures.count;
    let failed = failures.count;
    let done = values([
        ("state", json!("done")),
        ("total", json!(total)),
        ("moved", json!(moved)),
        ("pooled", json!(pooled)),
        ("stayed", json!(stayed)),
        ("failed", json!(failed)),
        ("failures", failures.told()),
        ("finished_at", json!(context.now.to_string())),
    ]);
    note(context, transfer, done)
}

/// Records that went to members, and into pools.
fn count(context: &Context, tx: &mut dyn ReadTx, transfer: Uuid) -> Result<(usize, usize)> {
    use guanxi_kernel::read::{AggregateRequest, aggregate, object_of};
    let filter = format!("transfer == '{transfer}' && kind == 'transfer'");
    let mut counted = |more: &str| -> Result<usize> {
        let request = AggregateRequest { measures: vec!["count".into()], filter: Some(format!("{filter} && {more}")), ..AggregateRequest::default() };
        let answer = aggregate(context, tx, &object_of(context, DECISION)?, &request)?;
        let count = answer.groups.first().and_then(|it| it.values.get("count")?.as_u64()).unwrap_or_default();
        Ok(usize::try_from(count).unwrap_or(usize::MAX))
    };
    Ok((counted("to_pool == null")?, counted("to_pool != null")?))
}

/// A run of one hand-over.
struct Run<'a> {
    /// Who started it.
    context: &'a Context,
    transfer: Uuid,
    failures: &'a mut Failures,
    stayed: &'a mut usize,
}

impl Run<'_> {
    fn of_object(&mut self, object: &std::sync::Arc<guanxi_kernel::schema::Object>, member: Uuid, plan: &mut Plan) -> Result<()> {
        let mut after = None;
        loop {
            let (last, free) = self.context.workspace.store.read_with(|tx| {
                let page = page_of(self.context, tx, &object.name, member, after)?;
                Ok((page.last().map(Record::id), movable(self.context, tx, object, &page)?))
            })?;
            let Some(last) = last else { return Ok(()) };
            after = Some(last);
            let mut going = Vec::new();
            for record in free {
                match plan.place(self.context, &record).1 {
                    Goes::Stays => *self.stayed += 1,
                    goes => going.push((record, goes)),
                }
            }
            for some in going.chunks(AT_ONCE) {
                self.step(some)?;
            }
        }
    }

    /// Moves some together, or one by one where one of them does not go: the others go all the same.
    fn step(&mut self, some: &[(Record, Goes)]) -> Result<()> {
        let (those, transfer) = (some.to_vec(), self.transfer);
        let work = move |unit: &mut Unit<'_>| those.iter().try_for_each(|(record, goes)| go(unit, transfer, record, *goes));
        let outcome = run_unit(self.context, self.context.new_id(), "ownership", Box::new(work));
        match (outcome, some) {
            (Ok(()), _) => Ok(()),
            (Err(error), [(record, _)]) => match told(&error) {
                Some(why) => {
                    self.failures.add(record, &why);
                    Ok(())
                }
                None => Err(error),
            },
            (Err(error), _) if told(&error).is_none() => Err(error),
            (Err(_), many) => many.chunks(1).try_for_each(|it| self.step(it)),
        }
    }
}

/// Gives a record to whom it goes, as who started it could himself, and writes it down.
fn go(unit: &mut Unit<'_>, transfer: Uuid, record: &Record, goes: Goes) -> Result<()> {
    let context = unit.context;
    let object = record.object.name.as_str();
    unit.lock(&record.object.clone(), vec![record.id()])?;
    // Somebody may have given it away since.
    let now = one(context, unit.tx, object, record.id())?.ok_or(KernelError::NotFound)?;
    let from = record.reference(OWNER_FIELD);
    if now.reference(OWNER_FIELD) != from {
        return Ok(());
    }
    let mut row = values([
        ("record", json!({ "object": object, "id": record.id() })),
        ("kind", json!("transfer")),
        ("transfer", json!(transfer)),
        ("from_department", json!(now.reference(DEPARTMENT_FIELD))),
        ("from_owner", json!(from)),
        ("decided_at", json!(context.now.to_string())),
    ]);
    match goes {
        Goes::Stays => return Ok(()),
        Goes::Pool(pool) => {
            unit.call(object, record.id(), "return_to_pool", &values([("pool", json!(pool)), ("reason", json!("left"))]))?;
            row.extend(values([("to_pool", json!(pool))]));
        }
        Goes::Member(to) => {
            let department = one(context, unit.tx, MEMBER_OBJECT, to)?.and_then(|it| it.reference("department"));
            let mut change = values([(OWNER_FIELD, json!(to))]);
            // His department sees it then; where the caller may not say so, it stays where it was.
            let field = record.object.field(DEPARTMENT_FIELD).filter(|it| context.access.may_write(&record.object, it));
            let department = department.filter(|_| field.is_some());
            change.extend(department.map(|it| (DEPARTMENT_FIELD.to_owned(), json!(it))));
            unit.update(object, record.id(), &change)?;
            row.extend(values([("to_owner", json!(to)), ("to_department", json!(department))]));
        }
    }
    unit.create_as_system(DECISION, &row)?;
    Ok(())
}
