//! What is kept of a text that several members edit at once: the document as it was when its record was last written, and
//! every edit since, each durable before anybody hears of it. What a document is, only those know who edit it: here it is
//! a text. The record gets its value by the one way in ([`save`]), so that history, events and search have it too.

mod tidy;

use std::sync::Arc;

use guanxi_expr::Value;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::access::{Place, Shown, Verb};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::read::{Record, load_record};
use crate::schema::{Field, FieldKind, Object};
use crate::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, Set, Update, WriteTx};
use crate::system_tables::{DOCUMENT, DOCUMENT_EDIT};
use crate::write::{PlanOptions, Planner, Unit, run_unit};

pub use tidy::forget_gone;

/// Positions in [`DOCUMENT`].
const DOCUMENT_RECORD: usize = 0;
const DOCUMENT_FIELD: usize = 1;
const DOCUMENT_OBJECT: usize = 2;
const EPOCH: usize = 3;
const SEQ: usize = 6;
const UPDATED_AT: usize = 7;

/// Positions in [`DOCUMENT_EDIT`].
const EDIT_SEQ: usize = 0;
const EDIT_RECORD: usize = 1;
const EDIT_FIELD: usize = 2;
const EDIT_OBJECT: usize = 3;
const EDIT_ACTOR: usize = 4;
const EDIT_AT: usize = 5;
const EDIT_DATA: usize = 6;

/// Which text: a field of a record.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct Address {
    /// The object.
    pub object: String,
    /// The record.
    pub record: Uuid,
    /// The field.
    pub field: String,
}

/// A document as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What it was begun as; edits of one epoch mean nothing in another.
    pub epoch: Uuid,
    /// The document when the record was last in line with it.
    pub state: String,
    /// What the record's field said then.
    pub saved: String,
    /// The last edit in `state`.
    pub seq: i64,
}

/// An edit as it is kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeptEdit {
    /// Its place in the order.
    pub seq: i64,
    /// Who made it.
    pub actor: Uuid,
    /// What it is.
    pub data: String,
}

/// What came of writing a text into its record.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Saved {
    /// It says this now.
    Written(String),
    /// Somebody else wrote the field meanwhile; this is what it says.
    Otherwise(String),
    /// The document was begun anew, or is gone.
    Renewed,
}

fn at(address: &Address, record: usize, field: usize) -> Condition {
    let is = |column: usize, value: Value| Condition::equals(ColumnRef::main(column), value);
    is(record, Value::Id(address.record)).and(is(field, Value::Text(address.field.clone())))
}

/// Keeps all other writers of a text waiting until the transaction ends, on every node.
///
/// # Errors
/// Fails where the database does.
pub fn hold(tx: &mut dyn WriteTx, address: &Address) -> Result<()> {
    Ok(tx.serialise(&format!("document {} {}", address.record, address.field))?)
}

/// What is kept of a text; `None` where it was never edited together.
///
/// # Errors
/// Fails where the database does.
pub fn find(tx: &mut (impl ReadTx + ?Sized), address: &Address) -> Result<Option<Kept>> {
    let row = tx.first(&Select::all(&DOCUMENT, at(address, DOCUMENT_RECORD, DOCUMENT_FIELD)))?;
    let Some([_, _, _, Value::Id(epoch), Value::Text(state), Value::Text(saved), Value::Int(seq), ..]) = row.as_deref() else { return Ok(None) };
    Ok(Some(Kept { epoch: *epoch, state: state.clone(), saved: saved.clone(), seq: *seq }))
}

/// The epoch of a text and the last edit in what is kept of it; `None` where it was never edited together.
///
/// # Errors
/// Fails where the database does.
pub fn head(tx: &mut (impl ReadTx + ?Sized), address: &Address) -> Result<Option<(Uuid, i64)>> {
    let columns = [EPOCH, SEQ].into_iter().map(ColumnRef::main).collect();
    let row = tx.first(&Select { columns, ..Select::all(&DOCUMENT, at(address, DOCUMENT_RECORD, DOCUMENT_FIELD)) })?;
    let Some([Value::Id(epoch), Value::Int(seq)]) = row.as_deref() else { return Ok(None) };
    Ok(Some((*epoch, *seq)))
}

/// Keeps a text in place of what was kept of it. The edits it holds are forgotten.
///
/// # Errors
/// Fails where the database does.
pub fn keep(context: &Context, tx: &mut dyn WriteTx, address: &Address, kept: &Kept) -> Result<()> {
    let row = vec![
        Value::Id(address.record),
        Value::Text(address.field.clone()),
        Value::Text(address.object.clone()),
        Value::Id(kept.epoch),
        Value::Text(kept.state.clone()),
        Value::Text(kept.saved.clone()),
        Value::Int(kept.seq),
        Value::DateTime(context.workspace.clock.now()),
    ];
    let on_conflict = OnConflict::Replace((DOCUMENT_OBJECT..=UPDATED_AT).collect());
    tx.insert(&Insert { table: DOCUMENT.clone(), columns: (DOCUMENT_RECORD..=UPDATED_AT).collect(), rows: vec![row], on_conflict })?;
    let of_text = |op| at(address, EDIT_RECORD, EDIT_FIELD).and(Condition::Compare(ColumnRef::main(EDIT_SEQ), op, Value::Int(kept.seq)));
    tx.delete(&Delete { table: DOCUMENT_EDIT.clone(), condition: of_text(CompareOp::Lt) })?;
    // The last one stays, empty and nobody's: SQLite would give its number to the next edit, which nobody would look for.
    let empty = vec![(EDIT_ACTOR, Set::To(Value::Id(Uuid::nil()))), (EDIT_DATA, Set::To(Value::Text(String::new())))];
    tx.update(&Update { table: DOCUMENT_EDIT.clone(), set: empty, condition: of_text(CompareOp::Eq) })?;
    Ok(())
}

/// The edits of a text after one, in their order.
///
/// # Errors
/// Fails where the database does.
pub fn edits_after(tx: &mut (impl ReadTx + ?Sized), address: &Address, seq: i64) -> Result<Vec<KeptEdit>> {
    let later = Condition::Compare(ColumnRef::main(EDIT_SEQ), CompareOp::Gt, Value::Int(seq));
    let rows = tx.rows(&Select::all(&DOCUMENT_EDIT, at(address, EDIT_RECORD, EDIT_FIELD).and(later)).order_by(EDIT_SEQ, false))?;
    let read = |row: &Vec<Value>| {
        let [Value::Int(seq), _, _, _, Value::Id(actor), _, Value::Text(data)] = row.as_slice() else { return None };
        // What a text is kept with already leaves its number alone behind.
        (!data.is_empty()).then(|| KeptEdit { seq: *seq, actor: *actor, data: data.clone() })
    };
    Ok(rows.iter().filter_map(read).collect())
}

/// Keeps edits behind those there are, each with who made it; answers the place of the last one.
///
/// # Errors
/// Fails where the database does.
pub fn append(context: &Context, tx: &mut dyn WriteTx, address: &Address, edits: &[(Uuid, String)]) -> Result<i64> {
    let now = context.workspace.clock.now();
    let row = |(actor, data): &(Uuid, String)| {
        vec![
            Value::Id(address.record),
            Value::Text(address.field.clone()),
            Value::Text(address.object.clone()),
            Value::Id(*actor),
            Value::DateTime(now),
            Value::Text(data.clone()),
        ]
    };
    let rows = edits.iter().map(row).collect();
    Ok(tx.insert(&Insert { table: DOCUMENT_EDIT.clone(), columns: (EDIT_RECORD..=EDIT_DATA).collect(), rows, on_conflict: OnConflict::Fail })?)
}

/// Texts with edits from before a moment that no record has yet: whoever took them went away before he could write them.
///
/// # Errors
/// Fails where the database does.
pub fn left_behind(tx: &mut (impl ReadTx + ?Sized), before: jiff::Timestamp, most: u64) -> Result<Vec<Address>> {
    let old = Condition::Compare(ColumnRef::main(EDIT_AT), CompareOp::Lt, Value::DateTime(before));
    // What nobody edited came from the record.
    let old = old.and(Condition::Compare(ColumnRef::main(EDIT_ACTOR), CompareOp::Ne, Value::Id(Uuid::nil())));
    let columns = [EDIT_OBJECT, EDIT_RECORD, EDIT_FIELD].into_iter().map(ColumnRef::main).collect();
    let rows = tx.rows(&Select { columns, ..Select::all(&DOCUMENT_EDIT, old).order_by(EDIT_AT, false).limited(most) })?;
    let mut found: Vec<Address> = Vec::new();
    for row in rows {
        let [Value::Text(object), Value::Id(record), Value::Text(field)] = row.as_slice() else { continue };
        let address = Address { object: object.clone(), record: *record, field: field.clone() };
        if !found.contains(&address) {
            found.push(address);
        }
    }
    Ok(found)
}

/// Forgets all that is kept of the texts of a record.
pub(crate) fn forget(tx: &mut dyn WriteTx, record: Uuid) -> Result<()> {
    for (table, column) in [(&DOCUMENT, DOCUMENT_RECORD), (&DOCUMENT_EDIT, EDIT_RECORD)] {
        let condition = Condition::equals(ColumnRef::main(column), Value::Id(record));
        tx.delete(&Delete { table: (*table).clone(), condition })?;
    }
    Ok(())
}

/// Forgets the edits of a text: it is begun anew.
///
/// # Errors
/// Fails where the database does.
pub fn forget_edits(tx: &mut dyn WriteTx, address: &Address) -> Result<()> {
    tx.delete(&Delete { table: DOCUMENT_EDIT.clone(), condition: at(address, EDIT_RECORD, EDIT_FIELD) })?;
    Ok(())
}

/// What a caller may do with a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
pub enum Standing {
    /// Nothing; he learns no more of it than that.
    Nothing,
    /// Read along.
    Read,
    /// Edit.
    Edit,
}

/// What a caller may do with a text now: by his rights on the record and the field, and the locks that bind him.
///
/// # Errors
/// Fails where the database does.
pub fn standing(context: &Context, tx: &mut dyn ReadTx, address: &Address) -> Result<Standing> {
    let Some((object, record)) = readable(context, tx, address)? else { return Ok(Standing::Nothing) };
    let Some(field) = object.field(&address.field) else { return Ok(Standing::Nothing) };
    if context.viewer.is_some() || !context.access.may_write(&object, field) || !context.access.may(&object, Verb::Update) {
        return Ok(Standing::Read);
    }
    let same: Map<String, Json> = Map::from_iter([(address.field.clone(), value_of(&record, &address.field).map_or(Json::Null, Json::String))]);
    match Planner::new(context).update(tx, &object, address.record, &same, PlanOptions::default()) {
        Ok(_) => Ok(Standing::Edit),
        Err(error @ (KernelError::Store(_) | KernelError::Internal(_))) => Err(error),
        Err(_) => Ok(Standing::Read),
    }
}

fn readable(context: &Context, tx: &mut dyn ReadTx, address: &Address) -> Result<Option<(Arc<Object>, Record)>> {
    let access = &context.access;
    let Some(object) = context.schema.object(&address.object).filter(|it| access.may(it, Verb::Read)).cloned() else { return Ok(None) };
    let is_text = |it: &&Field| it.definition.kind == FieldKind::RichText && !it.is_computed();
    let Some(field) = object.field(&address.field).filter(is_text) else { return Ok(None) };
    let record = load_record(context, tx, &object, address.record, Verb::Read, false)?;
    let shown = record.filter(|it| access.shown_of(&object, field, Place::Record, &it.row) == Shown::Whole);
    Ok(shown.map(|it| (object.clone(), it)))
}

fn value_of(record: &Record, field: &str) -> Option<String> {
    record.value(field).as_text().map(str::to_owned)
}

/// What the field of a text says now, whoever asks; `None` where there is no such text, or its record is in the bin.
///
/// # Errors
/// Fails where the database does.
pub fn value(context: &Context, tx: &mut dyn ReadTx, address: &Address) -> Result<Option<String>> {
    Ok(readable(&context.as_system(), tx, address)?.map(|(_, record)| value_of(&record, &address.field).unwrap_or_default()))
}

/// Writes a text into its record for the caller, and keeps the document it is of: in one transaction, so that either has
/// what the other has. Where somebody else wrote the field since, or began the document anew, nothing is written.
///
/// # Errors
/// Not found where the record is gone; invalid where it does not take the text, and else as every change.
pub fn save(context: &Context, address: &Address, html: &str, state: &str, seq: i64, epoch: Uuid) -> Result<Saved> {
    let (address, html, state) = (address.clone(), html.to_owned(), state.to_owned());
    let work = move |unit: &mut Unit<'_>| {
        hold(unit.tx, &address)?;
        let object = unit.context.schema.object(&address.object).cloned().ok_or(KernelError::NotFound)?;
        unit.lock(&object, vec![address.record])?;
        let Some(kept) = find(unit.tx, &address)?.filter(|it| it.epoch == epoch) else { return Ok(Saved::Renewed) };
        let context = unit.context;
        let now = value(context, unit.tx, &address)?.ok_or(KernelError::NotFound)?;
        // What another node kept meanwhile must be taken in first: its edits are forgotten already.
        if now != kept.saved || kept.seq > seq {
            return Ok(Saved::Otherwise(now));
        }
        let said = if html.is_empty() { Json::Null } else { Json::String(html.clone()) };
        let record = unit.update(&address.object, address.record, &Map::from_iter([(address.field.clone(), said)]))?;
        let saved = value_of(&record, &address.field).unwrap_or_default();
        keep(context, unit.tx, &address, &Kept { epoch, state: state.clone(), saved: saved.clone(), seq })?;
        Ok(Saved::Written(saved))
    };
    run_unit(context, context.new_id(), "update", Box::new(work))
}
