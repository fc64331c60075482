//! Values of formulas, roll-ups and sort keys for the records there already are, when definitions change.
//!
//! With the definitions it is kept how each computed field was computed last. Where that differs from how it is computed
//! now (an administrator changed it, or an upgrade of the standard did), its values are worked out anew: in the
//! transaction that changes the definitions where there are few records, and by a durable job where there are many. Each
//! record is taken as a write would take it, so that what follows from it (roll-ups of other records, their formulas)
//! follows, in whatever order records come.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_expr::Value;
use serde::{Deserialize, Serialize};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::computed::fill_formulas;
use super::rollups::{currency_column, worked_out};
use super::unit::Unit;
use crate::app::JobHandler;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::jobs::{self, JobProgress};
use crate::read::field_json;
use crate::schema::{DELETED_AT, Field, FieldKind, ID, Object, RollupFeed, Schema, column_name};
use crate::store::{ColumnRef, CompareOp, Condition, ReadTx, Select, Set, StoreExt, Update, WriteTx};
use crate::workspace::{Workspace, customisation_of, load_setting, save_setting};

/// The kind of the job.
pub const RECOMPUTE: &str = "definition.recompute";
/// Records taken at once, in one transaction: whoever writes meanwhile waits no longer than that.
const BATCH: u64 = 200;
/// Up to so many records are worked out at once.
const AT_ONCE: u64 = 1_000;
/// Setting: how each computed field was computed last.
const COMPUTED: &str = "computed_fields";
/// Setting: what is still to be worked out.
const WAITING: &str = "recompute";

/// Tables and columns.
pub(crate) type Columns = BTreeSet<(String, String)>;

/// What is to be worked out for the records of an object.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
struct Task {
    object: String,
    rollups: BTreeSet<String>,
    /// Fields that got a further column, such as the sort key of a text that is now indexed.
    sorted: BTreeSet<String>,
    formulas: BTreeSet<String>,
    /// The last record done.
    after: Uuid,
    done: u64,
    total: u64,
    finished: bool,
}

/// What a change of the definitions makes to be worked out, for people.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(crate) struct Recomputed {
    /// Table.
    pub table: String,
    /// Fields.
    pub fields: Vec<String>,
    /// Records, or one more than are done at once.
    pub records: u64,
    /// As a job.
    pub in_background: bool,
}

/// How every computed field of a schema is computed.
fn fingerprints(schema: &Schema, currency: &str) -> BTreeMap<String, String> {
    let mut found = BTreeMap::new();
    for object in schema.objects.values() {
        for field in object.fields.iter().filter(|it| is_worked_out(it)) {
            found.insert(format!("{}.{}", object.name, field.name()), fingerprint(schema, currency, field));
        }
    }
    found
}

fn is_worked_out(field: &Field) -> bool {
    matches!(field.definition.kind, FieldKind::Formula | FieldKind::Rollup)
}

fn fingerprint(schema: &Schema, currency: &str, field: &Field) -> String {
    let definition = &field.definition;
    let over = definition.rollup.as_ref().and_then(|it| {
        let child = schema.object(&it.object)?;
        currency_column(child, child.field(it.field.as_deref()?)?)
    });
    // What it comes to follows from the rates too, and from what they are in.
    let rates = over.map(|_| format!("{currency} {:?}", schema.rates));
    json!([definition.expression, definition.rollup, rates]).to_string()
}

/// Columns of computed fields that were computed otherwise than the schema says, or never.
fn changed_columns(schema: &Schema, currency: &str, known: &BTreeMap<String, String>) -> Columns {
    let mut columns = Columns::new();
    for object in schema.objects.values() {
        for field in object.fields.iter().filter(|it| is_worked_out(it)) {
            if known.get(&format!("{}.{}", object.name, field.name())) != Some(&fingerprint(schema, currency, field)) {
                columns.extend(field.parts.iter().map(|it| (object.table.name.clone(), column_name(field.name(), it.name))));
            }
        }
    }
    columns
}

fn known(tx: &mut (impl ReadTx + ?Sized)) -> Result<BTreeMap<String, String>> {
    Ok(load_setting(tx, COMPUTED)?.and_then(|it| serde_json::from_value(it).ok()).unwrap_or_default())
}

fn waiting(tx: &mut (impl ReadTx + ?Sized)) -> Result<Vec<Task>> {
    let stored = load_setting(tx, WAITING)?;
    let tasks = stored.map(serde_json::from_value).transpose();
    Ok(tasks.map_err(|error| KernelError::Internal(format!("what is to be computed: {error}")))?.unwrap_or_default())
}

fn save_waiting(tx: &mut dyn WriteTx, tasks: &[Task]) -> Result<()> {
    save_setting(tx, WAITING, &serde_json::to_value(tasks).map_err(|error| KernelError::Internal(error.to_string()))?)
}

/// Whether something waits that no job works on: it was given up, or the workspace is a copy of one at work.
fn is_stranded(tx: &mut (impl ReadTx + ?Sized)) -> Result<bool> {
    Ok(!waiting(tx)?.is_empty() && !jobs::is_under_way(tx, RECOMPUTE)?)
}

/// Whether computed fields are not computed as the schema says, and nobody is at it.
pub(crate) fn is_behind(context: &Context, tx: &mut (impl ReadTx + ?Sized)) -> Result<bool> {
    Ok(known(tx)? != fingerprints(&context.schema, &context.workspace.settings().currency) || is_stranded(tx)?)
}

/// What working out would be about under another schema, without doing it. The columns added are not there yet.
pub(crate) fn planned(context: &Context, schema: &Schema, tx: &mut dyn ReadTx, added: &Columns) -> Result<Vec<Recomputed>> {
    let mut changed = changed_columns(schema, &context.workspace.settings().currency, &known(tx)?);
    changed.extend(added.iter().cloned());
    let mut found = Vec::new();
    for task in schema.objects.values().filter_map(|it| task_for(it, &changed, added)) {
        let Some(object) = context.schema.object(&task.object) else { continue };
        let records = tx.count(&Select::all(&object.table, Condition::True), Some(AT_ONCE + 1))?;
        let fields = task.formulas.into_iter().chain(task.rollups).chain(task.sorted).collect();
        if records > 0 {
            found.push(Recomputed { table: object.table.name.clone(), fields, records, in_background: records > AT_ONCE });
        }
    }
    Ok(found)
}

/// Works out what changed, or leaves it to the job, in the transaction that changes the definitions. `context` has the new
/// schema; `added` names the columns just added.
pub(crate) fn recompute(context: &Context, tx: &mut dyn WriteTx, added: &Columns) -> Result<()> {
    let known = known(tx)?;
    let currency = &context.workspace.settings().currency;
    let mut changed = changed_columns(&context.schema, currency, &known);
    changed.extend(added.iter().cloned());
    let mut tasks = waiting(tx)?;
    let before = tasks.clone();
    for object in context.schema.objects.values() {
        let Some(mut task) = task_for(object, &changed, added) else { continue };
        let records = tx.count(&Select::all(&object.table, Condition::True), Some(AT_ONCE + 1))?;
        let waits = tasks.iter().position(|it| it.object == object.name);
        if records <= AT_ONCE && waits.is_none() {
            while !work(context, tx, &mut task)? {}
            continue;
        }
        if let Some(other) = waits.map(|at| tasks.remove(at)) {
            task.rollups.extend(other.rollups);
            task.sorted.extend(other.sorted);
            task.formulas.extend(other.formulas);
        }
        task.total = tx.count(&Select::all(&object.table, Condition::True), None)?;
        tasks.push(task);
    }
    if tasks != before {
        save_waiting(tx, &tasks)?;
    }
    if tasks != before || is_stranded(tx)? {
        jobs::enqueue(context, tx, RECOMPUTE, json!({}), None, context.now)?;
    }
    let wanted = fingerprints(&context.schema, currency);
    if wanted != known {
        save_setting(tx, COMPUTED, &json!(wanted))?;
    }
    Ok(())
}

fn task_for(object: &Object, changed: &Columns, added: &Columns) -> Option<Task> {
    let has = |field: &Field, columns: &Columns| {
        field.parts.iter().any(|it| columns.contains(&(object.table.name.clone(), column_name(field.name(), it.name))))
    };
    let names = |wanted: &dyn Fn(&Field) -> bool| object.fields.iter().filter(|it| wanted(it)).map(|it| it.name().to_owned()).collect();
    // The value of a field that got a further column stood there before.
    let stood = |field: &Field| field.parts.iter().any(|it| !added.contains(&(object.table.name.clone(), column_name(field.name(), it.name))));
    let task = Task {
        object: object.name.clone(),
        rollups: names(&|it| it.definition.kind == FieldKind::Rollup && has(it, changed)),
        sorted: names(&|it| !it.is_computed() && has(it, added) && stood(it)),
        formulas: names(&|it| it.formula.is_some() && has(it, changed)),
        after: Uuid::nil(),
        done: 0,
        total: 0,
        finished: false,
    };
    (!task.rollups.is_empty() || !task.sorted.is_empty() || !task.formulas.is_empty()).then_some(task)
}

/// Works a batch of a task out; answers whether it was the last.
fn work(context: &Context, tx: &mut dyn WriteTx, task: &mut Task) -> Result<bool> {
    let Some(object) = context.schema.object(&task.object) else { return Ok(true) };
    let later = Condition::Compare(ColumnRef::main(ID), CompareOp::Gt, Value::Id(task.after));
    let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, later).order_by(ID, false).limited(BATCH) };
    let ids: Vec<Uuid> =
        tx.rows(&select)?.into_iter().filter_map(|mut row| if let Some(Value::Id(id)) = row.pop() { Some(id) } else { None }).collect();
    let Some(last) = ids.last() else { return Ok(true) };
    task.after = *last;
    let mut unit = Unit::new(context, tx, context.new_id());
    for id in &ids {
        work_out(&mut unit, object, task, *id)?;
    }
    unit.settle_rollups()?;
    task.done += ids.len() as u64;
    Ok((ids.len() as u64) < BATCH)
}

fn work_out(unit: &mut Unit<'_>, object: &Arc<Object>, task: &Task, id: Uuid) -> Result<()> {
    let context = unit.context;
    if !task.rollups.is_empty() {
        // What those before it in this batch add to it is looked at below and must not be added again.
        unit.settle_rollups()?;
    }
    let own = Condition::equals(ColumnRef::main(ID), Value::Id(id));
    // Held before its related records are looked at: who changes one of them meanwhile adds to what comes out here.
    let locked = Select { lock: true, ..Select::all(&object.table, own.clone()) };
    let Some(before) = unit.tx.first(&locked)? else { return Ok(()) };
    let mut set = Vec::new();
    for field in object.fields.iter().filter(|it| task.rollups.contains(it.name())) {
        if let (Some((child, feed)), Some(target)) = (feed_of(context, object, field), field.part("")) {
            set.push((target.column, worked_out(context, unit.tx, child, feed, id)?));
        }
    }
    if !set.is_empty() {
        unit.tx.update(&Update { table: object.table.clone(), set, condition: own.clone() })?;
    }
    let Some(stored) = unit.tx.first(&Select::all(&object.table, own.clone()))? else { return Ok(()) };
    let mut row = stored.clone();
    for field in object.fields.iter().filter(|it| task.sorted.contains(it.name())) {
        let json = field_json(field, &stored);
        if let Ok(cells) = field.kind().parse(&field.definition, &json, &context.parse_context()) {
            for (part, cell) in field.parts.iter().zip(cells).filter(|(part, _)| stored.get(part.column).is_some_and(Value::is_null)) {
                row[part.column] = cell;
            }
        }
    }
    fill_formulas(context, object, &mut row);
    let differs = row.iter().enumerate().filter(|(index, value)| stored.get(*index) != Some(*value));
    let set: Vec<(usize, Set)> = differs.map(|(index, value)| (index, Set::To(value.clone()))).collect();
    if !set.is_empty() {
        unit.tx.update(&Update { table: object.table.clone(), set, condition: own })?;
    }
    if row.get(DELETED_AT).is_some_and(Value::is_null) {
        unit.touch_feeds(object, Some(&before), Some(&row));
    }
    Ok(())
}

fn feed_of<'a>(context: &'a Context, object: &Object, field: &Field) -> Option<(&'a Arc<Object>, &'a RollupFeed)> {
    let child = context.schema.object(&field.definition.rollup.as_ref()?.object)?;
    child.feeds.iter().find(|it| it.parent == object.name && it.field == field.name()).map(|feed| (child, feed))
}

/// Works out what waits, batch by batch. Ended in between, it goes on where it stopped.
pub struct RecomputeJob;

impl JobHandler for RecomputeJob {
    fn kind(&self) -> &str {
        RECOMPUTE
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        while work_next(&context.workspace)? {}
        Ok(())
    }
}

/// Works the next batch out; answers whether there may be more.
fn work_next(workspace: &Arc<Workspace>) -> Result<bool> {
    workspace.follow_definitions()?;
    let context = workspace.system_context(Uuid::nil(), "recompute");
    workspace.store.write_with(move |tx| {
        // Definitions stand still meanwhile, and two workers take turns.
        tx.serialise("schema")?;
        if customisation_of(tx)?.version != context.schema.version {
            return Ok(true);
        }
        let mut tasks = waiting(tx)?;
        let Some(task) = tasks.iter_mut().find(|it| !it.finished) else { return Ok(false) };
        task.finished = work(&context, tx, task)?;
        let sum = |of: &dyn Fn(&Task) -> u64| tasks.iter().map(of).sum();
        let done = sum(&|it| if it.finished { it.total } else { it.done.min(it.total) });
        jobs::report(tx, RECOMPUTE, JobProgress { done, total: sum(&|it| it.total) })?;
        if tasks.iter().all(|it| it.finished) {
            tasks.clear();
        }
        save_waiting(tx, &tasks)?;
        Ok(!tasks.is_empty())
    })
}
