//! Requests to change records: one or many, all or nothing or row by row, for real or to see.

use std::collections::HashSet;
use std::sync::Arc;

use guanxi_expr::Value;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::draft::{Draft, DraftKind};
use super::plan::{PlanOptions, Planner};
use super::unit::{Unit, run_unit};
use crate::access::Verb;
use crate::context::Context;
use crate::error::{FieldError, KernelError, Result};
use crate::schema::{Field, Object, Schema};
use crate::store::{Index, ReadTx, StoreError, StoreExt};

/// How often a change is planned again when others were faster.
pub(super) const MAX_TRIES: usize = 3;
/// Most operations of one request.
pub const MAX_OPERATIONS: usize = 10_000;

/// One change asked for.
#[derive(Debug, Clone)]
pub enum Operation {
    /// A new record.
    Create {
        /// Values by field.
        values: Map<String, Json>,
    },
    /// A change of one.
    Update {
        /// Which.
        id: Uuid,
        /// Values by field.
        values: Map<String, Json>,
        /// How.
        options: PlanOptions,
    },
    /// To the bin.
    Delete {
        /// Which.
        id: Uuid,
    },
    /// Back from it.
    Restore {
        /// Which.
        id: Uuid,
    },
    /// Gone for good.
    Erase {
        /// Which.
        id: Uuid,
    },
}

/// What to do when one of many fails.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum BatchMode {
    /// Nothing is written.
    AllOrNothing,
    /// The others are.
    RowByRow,
}

/// Many changes of one object.
#[derive(Debug, Clone)]
pub struct Batch {
    /// The object.
    pub object: Arc<Object>,
    /// The changes.
    pub operations: Vec<Operation>,
    /// On failure.
    pub mode: BatchMode,
    /// For the audit log: `create`, `update`, `import`, ...
    pub verb: &'static str,
    /// Id of the change, for undo; a new one where `None`.
    pub change: Option<Uuid>,
}

/// A record written.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Outcome {
    /// Its id.
    pub id: Uuid,
    /// Its version now.
    pub version: i64,
}

/// What came of a batch: one result an operation, in order.
#[derive(Debug)]
pub struct BatchResult {
    /// Id of the change.
    pub change: Uuid,
    /// By operation.
    pub results: Vec<std::result::Result<Outcome, KernelError>>,
}

impl BatchResult {
    /// How many were written.
    pub fn succeeded(&self) -> usize {
        self.results.iter().filter(|it| it.is_ok()).count()
    }
}

#[derive(Clone)]
enum Step {
    Save(Box<Draft>),
    /// Planned in the transaction itself, since an earlier operation of the batch changes the same record.
    Change(Uuid, Map<String, Json>),
    Delete(Uuid),
    Restore(Uuid),
    Erase(Uuid),
}

/// Plans without writing; answers the drafts or each operation's error.
pub fn plan_only(context: &Context, batch: &Batch) -> Result<Vec<std::result::Result<Draft, KernelError>>> {
    let store = context.workspace.store.clone();
    store.read_with(|tx| {
        let mut planner = Planner::new(context);
        let plans = batch.operations.iter().filter_map(|operation| match operation {
            Operation::Create { values } => {
                Some(planner.create(tx, &batch.object, values, PlanOptions { check_unique: true, ..PlanOptions::default() }))
            }
            Operation::Update { id, values, options } => {
                Some(planner.update(tx, &batch.object, *id, values, PlanOptions { check_unique: true, ..*options }))
            }
            _ => None,
        });
        Ok(plans.collect())
    })
}

/// Carries out a batch.
///
/// # Errors
/// With [`BatchMode::AllOrNothing`] the first operation's error (all its field problems, the row's position in each); with
/// [`BatchMode::RowByRow`] only what concerns the whole.
pub fn execute(context: &Context, batch: &Batch) -> Result<BatchResult> {
    if batch.operations.len() > MAX_OPERATIONS {
        return Err(KernelError::bad_request("bad_request", "一次最多 10,000 条", "at most 10,000 operations at once"));
    }
    let change = batch.change.unwrap_or_else(|| context.new_id());
    let mut last = KernelError::Store(StoreError::Busy);
    for _ in 0..MAX_TRIES {
        match attempt(context, batch, change) {
            Err(KernelError::Store(StoreError::Busy)) => last = KernelError::Store(StoreError::Busy),
            other => return other,
        }
    }
    // Many want the same records: take turns.
    for _ in 0..MAX_TRIES {
        match attempt_inside(context, batch, change) {
            Err(KernelError::Store(StoreError::Busy)) => last = KernelError::Store(StoreError::Busy),
            other => return other.map(|written| BatchResult { change, results: written.into_iter().map(Ok).collect() }),
        }
    }
    Err(last)
}

fn attempt(context: &Context, batch: &Batch, change: Uuid) -> Result<BatchResult> {
    let steps = context.workspace.store.read_with(|tx| prepare(context, tx, &batch.object, &batch.operations))?;
    if batch.mode == BatchMode::AllOrNothing {
        let written = run(context, batch, change, all_or_first_error(steps)?).map_err(|error| name_rows(context, batch, error))?;
        return Ok(BatchResult { change, results: written.into_iter().map(Ok).collect() });
    }
    let mut results: Vec<Option<std::result::Result<Outcome, KernelError>>> = Vec::with_capacity(steps.len());
    let mut good: Vec<(usize, Step)> = Vec::new();
    for (row, step) in steps.into_iter().enumerate() {
        match step {
            Ok(step) => {
                good.push((row, step));
                results.push(None);
            }
            Err(error) => results.push(Some(Err(error))),
        }
    }
    run_divided(context, batch, change, &good, &mut results)?;
    Ok(BatchResult { change, results: results.into_iter().map(|it| it.unwrap_or(Err(KernelError::NotFound))).collect() })
}

fn run(context: &Context, batch: &Batch, change: Uuid, steps: Vec<Step>) -> Result<Vec<Outcome>> {
    let (object, mut plan) = (batch.object.clone(), Plan::of(steps));
    run_unit(context, change, batch.verb, Box::new(move |unit| plan.run(unit, &object)))
}

/// Says in which rows of a batch the values stand that the database refused as duplicates.
fn name_rows(context: &Context, batch: &Batch, error: KernelError) -> KernelError {
    let KernelError::Conflict { code: "duplicate_value", message, .. } = &error else { return error };
    if batch.operations.len() < 2 {
        return error;
    }
    let found = context.workspace.store.read_with(|tx| {
        let mut planner = Planner::new(context);
        let mut taken: HashSet<(&str, Vec<Value>)> = HashSet::new();
        let mut found: Vec<FieldError> = Vec::new();
        for (row, operation) in batch.operations.iter().enumerate() {
            let check = PlanOptions { check_unique: true, ..PlanOptions::default() };
            let planned = match operation {
                Operation::Create { values } => planner.create(tx, &batch.object, values, check),
                Operation::Update { id, values, .. } => planner.update(tx, &batch.object, *id, values, check),
                _ => continue,
            };
            let Ok(draft) = planned else { continue };
            let table = &batch.object.table;
            for index in table.indexes.iter().filter(|it| it.unique) {
                let key: Vec<Value> = index.columns.iter().filter_map(|it| draft.row.get(table.position(it)?).cloned()).collect();
                if !key.iter().any(Value::is_null) && !taken.insert((&index.name, key)) {
                    found.extend(fields_behind(&batch.object, index).map(|it| in_row(row, duplicate(it))));
                }
            }
            found.extend(draft.problems.into_iter().filter(|it| it.code == "duplicate").map(|it| in_row(row, it)));
        }
        Ok(found)
    });
    match found {
        Ok(fields) if !fields.is_empty() => KernelError::Conflict { code: "duplicate_value", message: message.clone(), fields },
        _ => error,
    }
}

fn in_row(row: usize, problem: FieldError) -> FieldError {
    FieldError { field: format!("operations[{row}].{}", problem.field), ..problem }
}

/// The fields an index is over.
fn fields_behind<'a>(object: &'a Object, index: &'a Index) -> impl Iterator<Item = &'a Field> {
    object.fields.iter().filter(|field| field.parts.iter().any(|part| index.columns.contains(&object.table.columns[part.column].name)))
}

type Results = [Option<std::result::Result<Outcome, KernelError>>];

/// Runs all in one transaction; where one fails in the database, each half by itself, down to the ones that fail alone.
fn run_divided(context: &Context, batch: &Batch, change: Uuid, steps: &[(usize, Step)], results: &mut Results) -> Result<()> {
    if steps.is_empty() {
        return Ok(());
    }
    match run(context, batch, change, steps.iter().map(|it| it.1.clone()).collect()) {
        Ok(written) => {
            for ((row, _), outcome) in steps.iter().zip(written) {
                results[*row] = Some(Ok(outcome));
            }
        }
        // The database itself is in trouble: trying each row would not help.
        Err(KernelError::Store(error @ (StoreError::Full | StoreError::Unavailable(_) | StoreError::Outdated(_)))) => {
            if results.iter().flatten().all(std::result::Result::is_err) {
                return Err(error.into());
            }
            for (row, _) in steps {
                let reason = error.to_string();
                let outdated = matches!(error, StoreError::Outdated(_));
                results[*row] = Some(Err(if outdated { StoreError::Outdated(reason) } else { StoreError::Unavailable(reason) }.into()));
            }
        }
        Err(error) => match steps {
            [(row, _)] => {
                let stale = matches!(error, KernelError::Store(StoreError::Busy));
                results[*row] = Some(if stale { run_late(context, batch, change, *row) } else { Err(error) });
            }
            _ => {
                let (first, second) = steps.split_at(steps.len() / 2);
                run_divided(context, batch, change, first, results)?;
                run_divided(context, batch, change, second, results)?;
            }
        },
    }
    Ok(())
}

/// Plans one operation again and runs it.
fn run_late(context: &Context, batch: &Batch, change: Uuid, row: usize) -> Result<Outcome> {
    let one = Batch { operations: batch.operations.get(row).cloned().into_iter().collect(), ..batch.clone_empty() };
    let mut last = KernelError::Store(StoreError::Busy);
    for _ in 0..MAX_TRIES {
        match attempt_inside(context, &one, change) {
            Err(KernelError::Store(StoreError::Busy)) => last = KernelError::Store(StoreError::Busy),
            other => return other?.pop().ok_or(KernelError::NotFound),
        }
    }
    Err(last)
}

/// Locks the records, plans and runs in one transaction: slower, but not overtaken by anyone.
fn attempt_inside(context: &Context, batch: &Batch, change: Uuid) -> Result<Vec<Outcome>> {
    let (object, operations) = (batch.object.clone(), batch.operations.clone());
    let work = move |unit: &mut Unit<'_>| {
        unit.lock(&object, operations.iter().filter_map(Operation::id).collect())?;
        Plan::of(all_or_first_error(prepare(unit.context, unit.tx, &object, &operations)?)?).run(unit, &object)
    };
    run_unit(context, change, batch.verb, Box::new(work))
}

impl Operation {
    /// The record it changes.
    fn id(&self) -> Option<Uuid> {
        match self {
            Self::Create { .. } => None,
            Self::Update { id, .. } | Self::Delete { id } | Self::Restore { id } | Self::Erase { id } => Some(*id),
        }
    }

    /// The values it gives.
    fn values(&self) -> Option<&Map<String, Json>> {
        match self {
            Self::Create { values } | Self::Update { values, .. } => Some(values),
            Self::Delete { .. } | Self::Restore { .. } | Self::Erase { .. } => None,
        }
    }
}

impl Batch {
    fn clone_empty(&self) -> Self {
        Self { object: self.object.clone(), operations: Vec::new(), mode: self.mode, verb: self.verb, change: self.change }
    }
}

type Steps = Vec<std::result::Result<Step, KernelError>>;

fn prepare(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, operations: &[Operation]) -> Result<Steps> {
    let mut planner = Planner::new(context);
    if operations.len() > 1 {
        planner.expect_values(tx, object, operations.iter().filter_map(Operation::values))?;
        if object.definition.locked_with.is_some() || operations.iter().any(|it| it.id().is_some()) {
            planner.expect_locks(tx, object)?;
        }
    }
    let mut seen: HashSet<Uuid> = HashSet::new();
    let plan = |operation: &Operation| {
        let again = operation.id().is_some_and(|it| !seen.insert(it));
        let mut draft = match operation {
            Operation::Create { values } => planner.create(tx, object, values, PlanOptions::default())?,
            // The record as the operation before leaves it is known only then.
            Operation::Update { id, values, .. } if again => return Ok(Step::Change(*id, values.clone())),
            Operation::Update { id, values, options } => planner.update(tx, object, *id, values, *options)?,
            Operation::Delete { id } if again => return Ok(Step::Delete(*id)),
            Operation::Delete { id } => return planner.reach(tx, object, *id, Verb::Delete).map(|_| Step::Delete(*id)),
            Operation::Restore { id } => return Ok(Step::Restore(*id)),
            Operation::Erase { id } => return context.access.require_administrator().map(|()| Step::Erase(*id)),
        };
        if !draft.problems.is_empty() {
            return Err(KernelError::Invalid(draft.problems));
        }
        draft.tell_ahead();
        Ok(Step::Save(Box::new(draft)))
    };
    Ok(operations.iter().map(plan).collect())
}

/// All steps, or the problems of all rows together.
fn all_or_first_error(steps: Steps) -> Result<Vec<Step>> {
    let many = steps.len() > 1;
    let mut good = Vec::with_capacity(steps.len());
    let mut problems: Vec<FieldError> = Vec::new();
    for (row, step) in steps.into_iter().enumerate() {
        match step {
            Ok(step) => good.push(step),
            Err(KernelError::Invalid(errors)) => {
                problems.extend(errors.into_iter().take(1_000).map(|it| if many { in_row(row, it) } else { it }));
            }
            Err(other) => return Err(other),
        }
        if problems.len() > 1_000 {
            break;
        }
    }
    if problems.is_empty() { Ok(good) } else { Err(KernelError::Invalid(problems)) }
}

/// Planned steps. A second run of them does the same: what saving fills in, it fills in again.
enum Plan {
    /// Nothing but new records, which are written together.
    New(Vec<Draft>),
    /// One after the other.
    Steps(Vec<Step>),
}

impl Plan {
    fn of(steps: Vec<Step>) -> Self {
        if steps.len() < 2 || !steps.iter().all(|it| matches!(it, Step::Save(draft) if draft.kind == DraftKind::Create)) {
            return Self::Steps(steps);
        }
        Self::New(steps.into_iter().filter_map(|it| if let Step::Save(draft) = it { Some(*draft) } else { None }).collect())
    }

    fn run(&mut self, unit: &mut Unit<'_>, object: &Arc<Object>) -> Result<Vec<Outcome>> {
        match self {
            Self::Steps(steps) if steps.len() == 1 => {
                let outcome = steps.iter_mut().map(|it| it.run(unit, object)).collect::<Result<Vec<Outcome>>>()?;
                outcome.iter().for_each(|it| unit.is_about(&object.name, it.id));
                Ok(outcome)
            }
            Self::New(drafts) => {
                unit.save_new(drafts)?;
                Ok(drafts.iter().map(|it| Outcome { id: it.id(), version: it.version() }).collect())
            }
            Self::Steps(steps) => steps.iter_mut().map(|it| it.run(unit, object)).collect(),
        }
    }
}

impl Step {
    fn run(&mut self, unit: &mut Unit<'_>, object: &Arc<Object>) -> Result<Outcome> {
        Ok(match self {
            Self::Save(draft) => {
                unit.save(draft)?;
                Outcome { id: draft.id(), version: draft.version() }
            }
            Self::Change(id, values) => {
                let record = unit.update(&object.name, *id, values)?;
                Outcome { id: *id, version: record.version() }
            }
            Self::Delete(id) => {
                unit.delete(&object.name, *id)?;
                Outcome { id: *id, version: 0 }
            }
            Self::Restore(id) => {
                unit.restore(&object.name, *id)?;
                Outcome { id: *id, version: 0 }
            }
            Self::Erase(id) => {
                unit.erase(&object.name, *id)?;
                Outcome { id: *id, version: 0 }
            }
        })
    }
}

/// A duplicate told by the database becomes a problem of the fields behind the index.
pub(super) fn explain(schema: &Schema, error: KernelError) -> KernelError {
    let KernelError::Store(StoreError::Duplicate { index }) = &error else { return error };
    let found = schema.objects.values().find_map(|object| Some((object, object.table.indexes.iter().find(|it| it.name == *index)?)));
    let Some((object, index)) = found else { return error };
    let fields: Vec<FieldError> = fields_behind(object, index).map(duplicate).collect();
    let Some(first) = fields.first() else { return error };
    KernelError::Conflict { code: "duplicate_value", message: first.message.clone(), fields }
}

/// The problem of a value that another record has.
pub(super) fn duplicate(field: &Field) -> FieldError {
    let label = &field.definition.label;
    FieldError::new(
        field.name(),
        "duplicate",
        format!("已有记录使用了这个{}，请换一个或打开原记录", label.zh_cn),
        format!("another record already has this {}; use another or open that record", label.en),
    )
}
