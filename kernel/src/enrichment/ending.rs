//! How runs end: ready to be looked at, written, or dropped.

use std::collections::BTreeSet;

use guanxi_expr::Value;
use jiff::Timestamp;
use uuid::Uuid;

use super::{Run, RunState, answer, change_run, in_state, insert_run, is_open_run, of_run, own, run, run_of, state_text};
use crate::context::Context;
use crate::error::Result;
use crate::store::{ColumnRef, CompareOp, Condition, Delete, ReadTx, Select, Set, Update, WriteTx};
use crate::system_tables::{ENRICHMENT_ANSWER, ENRICHMENT_RUN};

/// Ids named in one statement.
const NAMED: usize = 500;

/// Says that all answers of a run are there; false where it is not asking, or records joined it meanwhile.
///
/// # Errors
/// Fails where the database does.
pub fn is_ready(tx: &mut dyn WriteTx, id: Uuid, now: Timestamp) -> Result<bool> {
    tx.serialise("enrichment")?;
    if is_open_run(tx, id)? {
        return Ok(false);
    }
    let set = vec![(run::STATE, Set::To(state_text(RunState::Ready))), (run::READY_AT, Set::To(Value::DateTime(now)))];
    change_run(tx, own(id).and(in_state(RunState::Asking)), set)
}

/// Takes a run to be written as a change, before anything of it is; false where another has it, or records are still open. Whoever
/// looks where a value came from finds it by the change.
///
/// # Errors
/// Fails where the database does.
pub fn claim(tx: &mut dyn WriteTx, id: Uuid, from: RunState, change: Uuid) -> Result<bool> {
    tx.serialise("enrichment")?;
    if is_open_run(tx, id)? {
        return Ok(false);
    }
    let set = vec![(run::STATE, Set::To(state_text(RunState::Applied))), (run::CHANGE, Set::To(Value::Id(change)))];
    change_run(tx, own(id).and(in_state(from)), set)
}

/// Gives back a run of which nothing was written.
///
/// # Errors
/// Fails where the database does.
pub fn give_back(tx: &mut dyn WriteTx, id: Uuid, to: RunState) -> Result<()> {
    let set = vec![(run::STATE, Set::To(state_text(to))), (run::CHANGE, Set::To(Value::Null))];
    change_run(tx, own(id).and(in_state(RunState::Applied)), set).map(drop)
}

/// Ends a run that was written: what it said stands in the records and is forgotten here. Answers about `refused` records become a
/// run of their own in the state `state`, whose id is answered.
///
/// # Errors
/// Fails where the database does.
pub fn is_written(context: &Context, tx: &mut dyn WriteTx, run: &Run, refused: &[Uuid], state: RunState) -> Result<Option<Uuid>> {
    let mut rest = None;
    if !refused.is_empty() {
        let id = context.new_id();
        let now = context.workspace.clock.now();
        insert_run(tx, &Run { id, state, change: None, failures: 0, ..run.clone() }, Some(now))?;
        for some in refused.chunks(NAMED) {
            let condition = of_run(run.id).and(named(answer::RECORD, some));
            tx.update(&Update { table: ENRICHMENT_ANSWER.clone(), set: vec![(answer::RUN, Set::To(Value::Id(id)))], condition })?;
        }
        rest = Some(id);
    }
    forget_answers(tx, of_run(run.id))?;
    Ok(rest)
}

fn named(column: usize, ids: &[Uuid]) -> Condition {
    Condition::In(ColumnRef::main(column), ids.iter().copied().map(Value::Id).collect(), false)
}

/// Drops a run of which nothing is to be written; false where records are still open.
///
/// # Errors
/// Fails where the database does.
pub fn drop_ended(tx: &mut dyn WriteTx, id: Uuid) -> Result<bool> {
    tx.serialise("enrichment")?;
    if is_open_run(tx, id)? {
        return Ok(false);
    }
    drop_run(tx, id)?;
    Ok(true)
}

/// Drops a run with what was answered.
///
/// # Errors
/// Fails where the database does.
pub fn drop_run(tx: &mut dyn WriteTx, id: Uuid) -> Result<()> {
    forget_answers(tx, of_run(id))?;
    let condition = Condition::equals(ColumnRef::main(run::ID), Value::Id(id));
    Ok(tx.delete(&Delete { table: ENRICHMENT_RUN.clone(), condition }).map(drop)?)
}

/// Forgets what was answered about records: they are erased, or nobody looked at it.
///
/// # Errors
/// Fails where the database does.
pub fn forget_records(tx: &mut dyn WriteTx, records: &[Uuid]) -> Result<()> {
    for some in records.chunks(NAMED) {
        forget_answers(tx, named(answer::RECORD, some))?;
    }
    Ok(())
}

fn forget_answers(tx: &mut dyn WriteTx, condition: Condition) -> Result<()> {
    Ok(tx.delete(&Delete { table: ENRICHMENT_ANSWER.clone(), condition }).map(drop)?)
}

/// Drops what was ready before a moment and nobody wrote. What was written stays: it says where values came from.
///
/// # Errors
/// Fails where the database does.
pub fn drop_unused(tx: &mut dyn WriteTx, before: Timestamp) -> Result<u64> {
    let older = |column: usize| Condition::Compare(ColumnRef::main(column), CompareOp::Lt, Value::DateTime(before));
    // No run is ready before it began.
    let old = in_state(RunState::Ready)
        .and(older(run::CREATED_AT))
        .and(Condition::Or(vec![older(run::READY_AT), Condition::IsNull(ColumnRef::main(run::READY_AT))]));
    let ids = ids_of(tx, old)?;
    for some in ids.chunks(NAMED) {
        forget_answers(tx, named(answer::RUN, some))?;
        tx.delete(&Delete { table: ENRICHMENT_RUN.clone(), condition: named(run::ID, some) })?;
    }
    // Whoever wrote a run may have died before its answers were forgotten.
    let select = Select {
        columns: vec![ColumnRef::main(answer::RUN)],
        ..Select::all(&ENRICHMENT_ANSWER, Condition::Compare(ColumnRef::main(answer::AT), CompareOp::Lt, Value::DateTime(before)))
    };
    let left: BTreeSet<Uuid> =
        tx.rows(&select)?.iter().filter_map(|it| if let Some(Value::Id(id)) = it.first() { Some(*id) } else { None }).collect();
    for id in left {
        if run_of(tx, id)?.is_none_or(|it| it.state == RunState::Applied) {
            forget_answers(tx, of_run(id))?;
        }
    }
    Ok(ids.len() as u64)
}

/// Runs that began before a moment and are still asking.
///
/// # Errors
/// Fails where the database does.
pub fn asking_since(tx: &mut (impl ReadTx + ?Sized), before: Timestamp) -> Result<Vec<Uuid>> {
    ids_of(tx, in_state(RunState::Asking).and(Condition::Compare(ColumnRef::main(run::CREATED_AT), CompareOp::Lt, Value::DateTime(before))))
}

fn ids_of(tx: &mut (impl ReadTx + ?Sized), condition: Condition) -> Result<Vec<Uuid>> {
    let select = Select { columns: vec![ColumnRef::main(run::ID)], ..Select::all(&ENRICHMENT_RUN, condition) };
    Ok(tx.rows(&select)?.iter().filter_map(|it| if let Some(Value::Id(id)) = it.first() { Some(*id) } else { None }).collect())
}
