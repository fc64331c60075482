//! Searches among all records of an object: the last one of each, and how far the log has been followed since.

use guanxi_expr::Value;
use jiff::Timestamp;

use crate::error::Result;
use crate::store::{ColumnRef, Condition, Insert, OnConflict, ReadTx, Select, Set, Update, WriteTx};
use crate::system_tables::DUPLICATE_SCAN;

const OBJECT: usize = 0;
const STATE: usize = 1;
const DONE: usize = 2;
const TOTAL: usize = 3;
const RECORDS: usize = 4;
const SEQ: usize = 5;
const SCANNED_AT: usize = 6;

/// How far a search has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ScanState {
    /// Asked for; whether it still runs is known by its job.
    Begun,
    /// It came to its end.
    Done,
}

impl ScanState {
    fn name(self) -> &'static str {
        match self {
            Self::Begun => "begun",
            Self::Done => "done",
        }
    }
}

/// The last search of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Scan {
    /// The object.
    pub object: String,
    /// How far it has come.
    pub state: ScanState,
    /// Steps done.
    pub done: u64,
    /// Of so many; 0 where that is not known yet.
    pub total: u64,
    /// Records there were when it last came to its end.
    pub records: u64,
    /// What the log told up to here is in the pairs.
    pub seq: i64,
    /// When it last came to its end; new and changed records are looked at from then on.
    pub scanned_at: Option<Timestamp>,
}

fn scan(row: &[Value]) -> Option<Scan> {
    let [Value::Text(object), Value::Text(state), Value::Int(done), Value::Int(total), Value::Int(records), Value::Int(seq), scanned_at] = row else {
        return None;
    };
    let count = |it: &i64| u64::try_from(*it).unwrap_or(0);
    Some(Scan {
        object: object.clone(),
        state: if state == ScanState::Done.name() { ScanState::Done } else { ScanState::Begun },
        done: count(done),
        total: count(total),
        records: count(records),
        seq: *seq,
        scanned_at: if let Value::DateTime(at) = scanned_at { Some(*at) } else { None },
    })
}

fn of(object: &str) -> Condition {
    Condition::equals(ColumnRef::main(OBJECT), Value::Text(object.to_owned()))
}

fn int(count: u64) -> Value {
    Value::Int(i64::try_from(count).unwrap_or(i64::MAX))
}

/// The last search of an object, if there was any.
///
/// # Errors
/// Fails where the database does.
pub fn scan_of(tx: &mut (impl ReadTx + ?Sized), object: &str) -> Result<Option<Scan>> {
    Ok(tx.first(&Select::all(&DUPLICATE_SCAN, of(object)))?.and_then(|it| scan(&it)))
}

/// The last searches of all objects.
///
/// # Errors
/// Fails where the database does.
pub fn all_scans(tx: &mut (impl ReadTx + ?Sized)) -> Result<Vec<Scan>> {
    Ok(tx.rows(&Select::all(&DUPLICATE_SCAN, Condition::True).order_by(OBJECT, false))?.iter().filter_map(|it| scan(it)).collect())
}

/// Notes that a search is asked for.
///
/// # Errors
/// Fails where the database does.
pub fn begin(tx: &mut dyn WriteTx, object: &str) -> Result<()> {
    let row = vec![
        Value::Text(object.to_owned()),
        Value::Text(ScanState::Begun.name().to_owned()),
        Value::Int(0),
        Value::Int(0),
        Value::Int(0),
        Value::Int(0),
        Value::Null,
    ];
    let on_conflict = OnConflict::Replace(vec![STATE, DONE, TOTAL]);
    tx.insert(&Insert { table: DUPLICATE_SCAN.clone(), columns: (OBJECT..=SCANNED_AT).collect(), rows: vec![row], on_conflict })?;
    Ok(())
}

fn change(tx: &mut dyn WriteTx, object: &str, set: Vec<(usize, Value)>) -> Result<()> {
    let set = set.into_iter().map(|(column, value)| (column, Set::To(value))).collect();
    tx.update(&Update { table: DUPLICATE_SCAN.clone(), set, condition: of(object) })?;
    Ok(())
}

/// Notes how far a search has come.
///
/// # Errors
/// Fails where the database does.
pub fn report(tx: &mut dyn WriteTx, object: &str, done: u64, total: u64) -> Result<()> {
    change(tx, object, vec![(DONE, int(done)), (TOTAL, int(total))])
}

/// Notes that a search came to its end: of so many records, as the log stood at `seq`.
///
/// # Errors
/// Fails where the database does.
pub fn end(tx: &mut dyn WriteTx, object: &str, records: u64, seq: i64, at: Timestamp) -> Result<()> {
    let state = Value::Text(ScanState::Done.name().to_owned());
    change(tx, object, vec![(STATE, state), (RECORDS, int(records)), (SEQ, Value::Int(seq)), (SCANNED_AT, Value::DateTime(at))])
}

/// Notes how far the log has been followed.
///
/// # Errors
/// Fails where the database does.
pub fn advance(tx: &mut dyn WriteTx, object: &str, seq: i64) -> Result<()> {
    change(tx, object, vec![(SEQ, Value::Int(seq))])
}
