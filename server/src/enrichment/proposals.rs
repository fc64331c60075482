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
use jiff::SignedDuration;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::source::too_large;

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
    let object = record.object.clone();
    if proposal.state == AnswerState::Answered
        && let Some(large) = proposal.reason.take_if(|it| too_large(it).is_some())
    {
        let (zh_cn, en) =
            ("应答中的值过长，或不是此字段可用的形式，没有保留", "what was answered is too long, or nothing a field holds, and was not kept");
        proposal.problems.extend(too_large(&large).into_iter().flatten().map(|it| FieldError::new(it, "too_large", zh_cn, en)));
    }
    // Looked up only where a value stands in the way: a history is read for it.
    let mut typed: Option<BTreeSet<String>> = if run.terms.typed { Some(BTreeSet::new()) } else { None };
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
        if !is_empty {
            let typed = match &mut typed {
                Some(known) => known,
                none => none.insert(typed_fields(context, tx, &record)?),
            };
            if typed.contains(&name) {
                proposal.typed.insert(name, json_of(field, &cells));
                continue;
            }
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

/// Fields whose value somebody chose, by typing, with many records at once, in the form of an action or by taking something back;
/// or of which nobody knows any more.
fn typed_fields(context: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<BTreeSet<String>> {
    let sources = provenance(context, tx, &record.object, record.id())?;
    let known: BTreeMap<String, Option<Source>> = sources.into_iter().map(|it| (it.field, it.source)).collect();
    let came_by_itself = |source: Source| matches!(source, Source::Imported | Source::Enriched | Source::Synced | Source::Demo);
    let is_typed = |name: &str| !known.get(name).copied().flatten().is_some_and(came_by_itself);
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

/// Records that changed under the hands of what began by itself are looked at again after this long.
const AGAIN: SignedDuration = SignedDuration::from_secs(10);

/// What was written.
#[derive(Debug)]
pub struct Applied {
    /// The records, in the order of the results.
    pub ids: Vec<Uuid>,
    /// What became of each.
    pub result: BatchResult,
    /// The run in which those that were refused wait.
    pub rest: Option<Uuid>,
}

/// Writes what was shown, but for the records left out.
///
/// # Errors
/// As [`propose`]; a conflict where it was written already, is not ready, or is not what was shown any more.
pub fn apply(context: &Context, id: Uuid, digest: &str, leave_out: &[Uuid]) -> Result<Applied> {
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
    write(context, &proposals, leave_out, Rest::Kept)
}

/// What becomes of records that were refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Rest {
    /// They wait for whoever began the run.
    Kept,
    /// Those that somebody changed meanwhile are looked at anew, for nobody looks; nothing can be done about the others.
    AskedAgain,
}

/// Writes proposals. The run is taken first, so that nobody else writes it, and whoever looks where a value came from finds it; one that
/// was taken by a worker that died is written to the end as the same change.
pub(super) fn write(context: &Context, proposals: &Proposals, leave_out: &[Uuid], rest: Rest) -> Result<Applied> {
    let (run, store) = (&proposals.run, &context.workspace.store);
    let chosen: Vec<&Proposal> = proposals.changes().filter(|it| !leave_out.contains(&it.id)).collect();
    let change = run.change.unwrap_or_else(|| context.new_id());
    let Some(batch) = batch(run, &chosen, Some(change)) else {
        return Err(KernelError::conflict("state_conflict", "没有可写入的内容", "there is nothing to write"));
    };
    let ids: Vec<Uuid> = chosen.iter().map(|it| it.id).collect();
    let (id, from) = (run.id, run.state);
    if from != RunState::Applied && !store.write_with(move |tx| enrichment::claim(tx, id, from, change))? {
        return Err(KernelError::conflict("state_conflict", "结果已由他人写入，或仍在查询", "somebody else wrote it, or it is still asking"));
    }
    let result = execute(context, &batch);
    let is_nothing = result.as_ref().map_or(true, |it| it.succeeded() == 0);
    if is_nothing && rest == Rest::Kept {
        store.write_with(move |tx| enrichment::give_back(tx, id, from))?;
        return result.map(|result| Applied { ids, result, rest: Some(id) });
    }
    // Where all of it failed what was taken stays taken, and is gone on with.
    let result = result?;
    let again = |error: &KernelError| rest == Rest::Kept || matches!(error, KernelError::VersionConflict { .. });
    let refused: Vec<Uuid> = result.results.iter().zip(&ids).filter(|it| it.0.as_ref().is_err_and(again)).map(|it| *it.1).collect();
    let (inner, run) = (context.clone(), run.clone());
    let state = if rest == Rest::Kept { RunState::Ready } else { RunState::Asking };
    let left = store.write_with(move |tx| {
        let left = enrichment::is_written(&inner, tx, &run, &refused, state)?;
        if let Some(left) = left.filter(|_| state == RunState::Asking) {
            enrichment::ask_at(&inner, tx, left, inner.workspace.clock.now() + AGAIN)?;
        }
        Ok(left)
    })?;
    Ok(Applied { ids, result, rest: left })
}
