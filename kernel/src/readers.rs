//! Parts of apps that follow the event log: each is shown every event once and in order, however often the process dies.
//!
//! What follows from some events is worked out from a snapshot, so that nobody's write waits for it, and written in one
//! transaction with how far the log was read: what was read has its consequences, and nothing has them twice.

use std::sync::Arc;

use guanxi_expr::Value;

use crate::context::Context;
use crate::error::Result;
use crate::events::{Event, head, read_after};
use crate::store::{ColumnRef, Condition, Insert, OnConflict, ReadTx, Select, Set, StoreExt as _, Update, WriteTx};
use crate::system_tables::CURSOR;
use crate::write::{Unit, Work, run_unit};

/// Events shown at once.
const BATCH: u64 = 200;
/// Batches from which nothing follows that are passed over before that is noted: a load of many rows is of no news to
/// most readers, and each note is a commit.
const PASSED_OVER: usize = 25;

/// Events that one reader waits for another to read.
const MOST_WAITED_FOR: i64 = 5_000;

/// What follows from some events, to be written.
pub type Consequences = Box<dyn FnMut(&mut Unit<'_>) -> Result<()> + Send>;

/// See the module.
pub trait LogReader: Send + Sync {
    /// Its name, `app.verb`: its place in the log is kept under it.
    fn name(&self) -> &str;

    /// Whether it is shown the whole log where it is new to a workspace; others begin where the log stands.
    fn reads_all(&self) -> bool {
        false
    }

    /// The reader whose place in the log this one does not overtake: it goes by what that one keeps. Not where that one is far behind,
    /// which is when it reads a log that is older than it is.
    fn after(&self) -> Option<&'static str> {
        None
    }

    /// What follows from events, in the order of the log; nothing where there is nothing to write.
    ///
    /// # Errors
    /// Where the database fails. The same events are shown again.
    fn read(&self, context: &Context, tx: &mut dyn ReadTx, events: &[Event]) -> Result<Option<Consequences>>;
}

/// Lets readers that are new to a workspace begin where its log stands, but for those that ask for all of it: nobody is told the
/// history of years at once.
pub(crate) fn begin(tx: &mut dyn WriteTx, readers: &[Arc<dyn LogReader>]) -> Result<()> {
    for reader in readers {
        if position(tx, reader.name())?.is_none() {
            let row = vec![Value::Text(reader.name().to_owned()), Value::Int(if reader.reads_all() { 0 } else { head(tx)? })];
            tx.insert(&Insert { table: CURSOR.clone(), columns: vec![0, 1], rows: vec![row], on_conflict: OnConflict::Ignore })?;
        }
    }
    Ok(())
}

/// Shows each reader the next events, at most one batch. Answers whether more are waiting for any.
///
/// # Errors
/// Fails where the database does, or a reader.
pub fn read_next(context: &Context) -> Result<bool> {
    let mut more = false;
    for reader in context.workspace.registry.readers.clone() {
        more |= read_batch(context, &reader)?;
    }
    Ok(more)
}

/// Brings every reader to the end of the log.
///
/// # Errors
/// As of [`read_next`].
pub fn read_all(context: &Context) -> Result<()> {
    while read_next(context)? {}
    Ok(())
}

fn read_batch(context: &Context, reader: &Arc<dyn LogReader>) -> Result<bool> {
    let Reading { from, last, consequences, more } = context.workspace.store.read_with(|tx| look(context, reader, tx))?;
    if from == last {
        return Ok(more);
    }
    let (name, mut consequences) = (reader.name().to_owned(), consequences);
    let work: Work<()> = Box::new(move |unit| {
        unit.tx.serialise(&name)?;
        // Another node may have been here first.
        if position(unit.tx, &name)?.unwrap_or(0) != from {
            return Ok(());
        }
        if let Some(write) = &mut consequences {
            write(unit)?;
        }
        let key = Condition::equals(ColumnRef::main(0), Value::Text(name.clone()));
        unit.tx.update(&Update { table: CURSOR.clone(), set: vec![(1, Set::To(Value::Int(last)))], condition: key })?;
        Ok(())
    });
    run_unit(context, context.new_id(), "follow_log", work)?;
    Ok(more)
}

/// What a reader was shown.
struct Reading {
    from: i64,
    last: i64,
    consequences: Option<Consequences>,
    more: bool,
}

/// Shows a reader the next events, until something follows from some.
fn look(context: &Context, reader: &Arc<dyn LogReader>, tx: &mut dyn ReadTx) -> Result<Reading> {
    let from = position(tx, reader.name())?.unwrap_or(0);
    let bound = bound_of(reader, tx, from)?;
    let mut reading = Reading { from, last: from, consequences: None, more: true };
    for _ in 0..PASSED_OVER {
        let mut events = read_after(tx, reading.last, BATCH)?;
        reading.more = events.len() as u64 == BATCH || events.last().is_some_and(|it| it.seq > bound);
        events.retain(|it| it.seq <= bound);
        let Some(last) = events.last() else { break };
        reading.last = last.seq;
        reading.consequences = reader.read(context, tx, &events)?;
        if reading.consequences.is_some() || !reading.more {
            break;
        }
    }
    Ok(reading)
}

/// How far a reader may go: to where the one it comes after is.
fn bound_of(reader: &Arc<dyn LogReader>, tx: &mut dyn ReadTx, from: i64) -> Result<i64> {
    let there = if let Some(first) = reader.after() { position(tx, first)? } else { None };
    Ok(there.filter(|it| from - it <= MOST_WAITED_FOR).unwrap_or(i64::MAX))
}

/// Whether a reader has gone past an event.
///
/// # Errors
/// Fails where the database does.
pub(crate) fn has_read(tx: &mut dyn ReadTx, reader: &str, seq: i64) -> Result<bool> {
    Ok(position(tx, reader)?.is_some_and(|it| it >= seq))
}

fn position(tx: &mut (impl ReadTx + ?Sized), name: &str) -> Result<Option<i64>> {
    let row = tx.first(&Select::all(&CURSOR, Condition::equals(ColumnRef::main(0), Value::Text(name.to_owned()))))?;
    Ok(if let Some([_, Value::Int(seq)]) = row.as_deref() { Some(*seq) } else { None })
}
