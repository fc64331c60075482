//! What the answers of a run would change, as whoever looks may see and change it, and writing it: one change, from the
//! source, that can be taken back.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::access::{Place, Shown, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::enrichment::{self, AnswerRow, AnswerState, Run, RunState};
use guanxi_kernel::provenance::{Source, provenance};
use guanxi_kernel::quality::fingerprint;
use guanxi_kernel::read::{Record, load_records, object_of};
use guanxi_kernel::schema::Field;
use guanxi_kernel::store::{ReadTx, StoreExt as _};
use guanxi_kernel::write::{Batch, BatchMode, BatchResult, Operation, PlanOptions, execute, plan_only};
use guanxi_kernel::{FieldError, KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// What would become of a record.
#[derive(Debug)]
pub struct Proposal {
    /// Its id.
    pub id: Uuid,
    /// The record, where the caller may change it.
    pub record: Option<Record>,
    /// What stands with it.
    pub state: AnswerState,
    /// Why nothing came.
    pub reason: Option<String>,
    /// Values that would be set, by field.
    pub values: Map<String, Json>,
    /// What they are now.
    pub before: Map<String, Json>,
    /// Fields that would be overwritten, had nobody typed what they hold.
    pub typed: BTreeMap<String, Json>,
    /// What forbids it, or does not fit.
    pub problems: Vec<FieldError>,
}

/// What a run would change.
#[derive(Debug)]
pub struct Proposals {
    /// The run.
    pub run: Run,
    /// Record by record, in the order they were given in.
    pub rows: Vec<Proposal>,
    /// Tells this set of changes from any other.
    pub digest: String,
}

impl Proposals {
    /// Those of which something changes and nothing forbids it.
    pub fn changes(&self) -> impl Iterator<Item = &Proposal> {
        self.rows.iter().filter(|it| !it.values.is_empty() && it.problems.iter().all(|problem| !it.values.contains_key(&problem.field)))
    }
}

/// The JSON of a field's cells.
pub fn json_of(field: &Field, cells: &[Value]) -> Json {
    if cells.iter().all(Value::is_null) {
        return Json::Null;
    }
    let mut text = String::new();
    field.kind().write_json(&field.definition, cells, &mut text);
    serde_json::from_str(&text).unwrap_or_default()
}

/// What the run of a caller would change. Nothing is written.
///
/// # Errors
/// Not found where it is not his; the database's.
pub fn propose(context: &Context, id: Uuid) -> Result<Proposals> {
    let (run, answers) = context.workspace.store.read_with(|tx| {
        let run = enrichment::run_of(tx, id)?.filter(|it| it.member == context.actor).ok_or(KernelError::NotFound)?;
        let answers = enrichment::answers(tx, id)?;
        Ok::<_, KernelError>((run, answers))
    })?;
    let object = object_of(context, &run.object)?;
    context.access.require(&object, Verb::Update)?;
    let ids: Vec<Uuid> = answers.iter().map(|it| it.record).collect();
    let mut rows = context.workspace.store.read_with(|tx| {
        let mut records: BTreeMap<Uuid, Record> =
            load_records(context, tx, &object, &ids, Verb::Update, false)?.into_iter().map(|it| (it.id(), it)).collect();
        answers.iter().cloned().map(|it| proposal(context, tx, &run, records.remove(&it.record), it)).collect::<Result<Vec<_>>>()
    })?;
    plan(context, &run, &mut rows)?;
    let all: Vec<Json> = rows.iter().map(|it| json!([it.id, it.record.as_ref().map(Record::version), it.before, it.values])).collect();
    Ok(Proposals { digest: fingerprint(&Json::Array(all).to_string()), run, rows })
}

fn proposal(context: &Context, tx: &mut dyn ReadTx, run: &Run, record: Option<Record>, row: AnswerRow) -> Result<Proposal> {
    let mut proposal = Proposal {
        id: row.record,
        record: None,
        state: row.state,
        reason: row.reason,
        values: Map::new(),
        before: Map::new(),
        typed: BTreeMap::new(),
        problems: Vec::new(),
    };
    let Some(record) = record else {
        if proposal.state == AnswerState::Answered {
            (proposal.state, proposal.reason) = (AnswerState::Withheld, Some("gone".to_owned()));
        }
        return Ok(proposal);
    };
    let told = row.values.as_ref().and_then(Json::as_object).cloned().unwrap_or_default();
    let typed = if run.terms.overwrite.is_empty() || run.terms.typed { BTreeSet::new() } else { typed_fields(context, tx, &record)? };
    let object = record.object.clone();
    for (name, value) in told {
        let Some(field) = object.field(&name).filter(|it| context.access.may_write(&object, it)) else { continue };
        if context.access.shown_of(&object, field, Place::List, &record.row) != Shown::Whole {
            continue;
        }
        let before = field.cells(&record.row);
        let cells = match read(context, field, &value) {
            Ok(cells) => cells,
            Err(problem) => {
                proposal.problems.push(FieldError { field: name, ..problem });
                continue;
            }
        };
        let is_empty = before.iter().all(Value::is_null);
        if cells == before || cells.iter().all(Value::is_null) || !(is_empty || run.terms.overwrite.contains(&name)) {
            continue;
        }
        if !is_empty && typed.contains(&name) {
            proposal.typed.insert(name, json_of(field, &cells));
            continue;
        }
        proposal.before.insert(name.clone(), json_of(field, &before));
        proposal.values.insert(name, json_of(field, &cells));
    }
    proposal.record = Some(record);
    Ok(proposal)
}

/// A value of an answer as the field takes it: services send numbers as texts and texts as numbers.
fn read(context: &Context, field: &Field, value: &Json) -> std::result::Result<Vec<Value>, FieldError> {
    let parse = |json: &Json| field.kind().parse(&field.definition, json, &context.parse_context());
    let trimmed = value.as_str().map_or_else(|| value.clone(), |it| json!(it.trim()));
    parse(&trimmed).or_else(|problem| match &trimmed {
        Json::Number(number) => parse(&json!(number.to_string())),
        Json::String(text) => serde_json::from_str::<serde_json::Number>(text).map_or(Err(problem), |it| parse(&Json::Number(it))),
        _ => Err(problem),
    })
}

/// Fields that somebody typed, or of which nobody knows any more.
fn typed_fields(context: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<BTreeSet<String>> {
    let sources = provenance(context, tx, &record.object, record.id())?;
    let known: BTreeMap<String, Option<Source>> = sources.into_iter().map(|it| (it.field, it.source)).collect();
    let is_typed = |name: &str| matches!(known.get(name).copied().flatten(), None | Some(Source::Entered));
    Ok(record.object.user_fields().map(|it| it.name().to_owned()).filter(|it| is_typed(it)).collect())
}

fn batch(run: &Run, changes: &[&Proposal], change: Option<Uuid>) -> Option<Batch> {
    let object = changes.iter().find_map(|it| Some(it.record.as_ref()?.object.clone()))?;
    let operation = |it: &&Proposal| {
        let options = PlanOptions { expected_version: it.record.as_ref().map(Record::version), ..PlanOptions::default() };
        Operation::Update { id: it.id, values: it.values.clone(), options }
    };
    debug_assert_eq!(object.name, run.object, "a run is about one object");
    Some(Batch { object, operations: changes.iter().map(operation).collect(), mode: BatchMode::RowByRow, verb: "enrich", change })
}

/// Adds what forbids each change.
fn plan(context: &Context, run: &Run, rows: &mut [Proposal]) -> Result<()> {
    let changing: Vec<&Proposal> = rows.iter().filter(|it| !it.values.is_empty()).collect();
    let Some(batch) = batch(run, &changing, None) else { return Ok(()) };
    let planned = plan_only(context, &batch)?;
    for (row, draft) in rows.iter_mut().filter(|it| !it.values.is_empty()).zip(planned) {
        match draft {
            Ok(draft) => row.problems.extend(draft.problems),
            Err(KernelError::Invalid(problems)) => row.problems.extend(problems),
            Err(error @ KernelError::Store(_)) => return Err(error),
            Err(KernelError::Conflict { message, .. }) => {
                let field = row.values.keys().next().cloned().unwrap_or_default();
                row.problems.push(FieldError::new(field, "conflict", message.zh_cn, message.en));
            }
            Err(_) => {
                let field = row.values.keys().next().cloned().unwrap_or_default();
                row.problems.push(FieldError::new(field, "forbidden", "您无权修改", "you may not change it"));
            }
        }
    }
    Ok(())
}

/// Writes what was shown, but for the records left out. Answers the records in the order of the results.
///
/// # Errors
/// As [`propose`]; a conflict where it was written already, is not ready, or is not what was shown any more.
pub fn apply(context: &Context, id: Uuid, digest: &str, leave_out: &[Uuid]) -> Result<(Vec<Uuid>, BatchResult)> {
    let proposals = propose(context, id)?;
    if proposals.run.state != RunState::Ready {
        return Err(KernelError::conflict("state_conflict", "结果尚未齐备，或已写入", "the answers are not complete, or were written already"));
    }
    if proposals.digest != digest {
        return Err(KernelError::conflict(
            "state_conflict",
            "预览之后数据有变化，请重新预览并确认",
            "the records have changed since they were shown; look again and confirm",
        ));
    }
    let chosen: Vec<&Proposal> = proposals.changes().filter(|it| !leave_out.contains(&it.id)).collect();
    let change = context.new_id();
    let Some(batch) = batch(&proposals.run, &chosen, Some(change)) else {
        return Err(KernelError::conflict("state_conflict", "没有可写入的内容", "there is nothing to write"));
    };
    let ids = chosen.iter().map(|it| it.id).collect();
    let result = execute(context, &batch)?;
    context.workspace.store.write_with(move |tx| enrichment::is_applied(tx, id, change))?;
    Ok((ids, result))
}
