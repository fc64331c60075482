//! Likely duplicates of a record while it is entered, without telling anybody what he may not see.
//!
//! What the caller may not see whole of the object's fields is not compared: whatever he enters there, the answer is the
//! same. Of a record he may not see he learns that there is one and whose it is, where it is sure enough; and there only
//! values that are the same as a whole count, so that none can be found out piece by piece.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;
use std::time::{Duration, Instant};

use guanxi_kernel::access::{Place, Shown, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::duplicates::{PairReason, PairState, pairs_of_records};
use guanxi_kernel::read::{Record, load_record, load_records, unknown_field};
use guanxi_kernel::schema::{DELETED_AT, OWNER_FIELD, Object};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select, StoreExt as _};
use guanxi_kernel::{Result, Value};
use guanxi_matching::{Agreement, REVIEW};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::reasons::{reasons, visible};
use super::resident::{Held, Resident};
use super::residents::{PATIENCE, Residents, system};
use super::side::Side;

/// Most records told of each object.
const MOST: usize = 5;
/// Most records looked at whether the caller may see them.
const LOOKED_AT: usize = 100;
/// Less likely than this nothing is looked at, not even whether what agrees agrees as a whole.
const LEAST: f64 = 0.001;
/// From here on somebody learns that there is a record he may not see. He is told no more exactly how sure it is.
const HIDDEN: f64 = 0.9;
/// Of a larger object the records are not read into memory for the rows of a file alone.
const MANY: u64 = 100_000;
/// How long rows are compared while somebody waits.
const ROWS_TAKE: Duration = Duration::from_secs(4);

/// A record that is likely the same.
#[derive(Debug)]
pub enum Found {
    /// One the caller may see.
    Visible {
        /// The record.
        record: Box<Record>,
        /// How sure it is, 0 to 1.
        probability: f64,
        /// What speaks for it and against it, as far as he may see it.
        reasons: Vec<PairReason>,
    },
    /// One he may not see.
    Hidden {
        /// Of which object it is.
        object: String,
        /// Whose it is, where he may see whose records are.
        owner: Option<Uuid>,
        /// At least so sure.
        probability: f64,
    },
}

impl Found {
    fn probability(&self) -> f64 {
        match self {
            Self::Visible { probability, .. } | Self::Hidden { probability, .. } => *probability,
        }
    }
}

/// What is known of the values.
#[derive(Debug)]
pub struct Checked {
    /// Whether they were compared with all there is; records are being read where not.
    pub is_ready: bool,
    /// Likeliest first.
    pub found: Vec<Found>,
}

/// What is known of many rows that are to be made records.
#[derive(Debug)]
pub struct CheckedRows {
    /// As of [`Checked`].
    pub is_ready: bool,
    /// Objects with too many records to be read for this: nothing is compared with them.
    pub left_out: Vec<String>,
    /// So many of them were compared.
    pub checked: u64,
    /// Those that likely mean a record that is there: number and what it means.
    pub found: Vec<(u64, Vec<Found>)>,
}

/// What values, not saved yet, likely mean. `own` is the record they are of, where there is one already.
///
/// # Errors
/// Not found or forbidden where the caller may neither make nor change such records; a field that is not known.
pub fn check(context: &Context, residents: &Arc<Residents>, object: &Arc<Object>, values: &Map<String, Json>, own: Option<Uuid>) -> Result<Checked> {
    if !context.access.may(object, Verb::Update) {
        context.access.require(object, Verb::Create)?;
    }
    let sides = Side::all(context, object)?;
    if let Some(unknown) = values.keys().find(|it| object.field(it).is_none()) {
        return Err(unknown_field(unknown));
    }
    let row = entered(context, object, values, own)?;
    let until = Instant::now() + PATIENCE;
    let mut checked = Checked { is_ready: true, found: Vec::new() };
    for side in &sides {
        let entry = Entry::of(context, side, object, &row, own);
        if entry.ways.is_empty() {
            continue;
        }
        match up_to_date(context, residents, side, until)? {
            Some(resident) => checked.found.extend(compared(context, side, &resident, &entry)?),
            None => checked.is_ready = false,
        }
    }
    checked.found.sort_by(|one, other| other.probability().total_cmp(&one.probability()));
    Ok(checked)
}

/// What rows that are to be made records likely mean: those of the object's table that were planned, by their numbers.
///
/// # Errors
/// Where nobody looks for duplicates of the object; fails where the database does.
pub fn check_rows(context: &Context, residents: &Arc<Residents>, object: &Arc<Object>, rows: &[(u64, Vec<Value>)]) -> Result<CheckedRows> {
    let (begun, mut ready) = (Instant::now(), Vec::new());
    let mut checked = CheckedRows { is_ready: true, left_out: Vec::new(), checked: 0, found: Vec::new() };
    for side in Side::all(context, object)? {
        if !residents.holds(context, &side.object, &side.plan) && is_large(context, &side.object)? {
            checked.left_out.push(side.object.name.clone());
            continue;
        }
        match up_to_date(context, residents, &side, begun + PATIENCE)? {
            Some(resident) => ready.push((side, resident)),
            None => checked.is_ready = false,
        }
    }
    for (number, row) in rows.iter().take_while(|_| begun.elapsed() < ROWS_TAKE) {
        let mut found = Vec::new();
        for (side, resident) in &ready {
            found.extend(compared(context, side, resident, &Entry::of(context, side, object, row, None))?);
        }
        found.sort_by(|one: &Found, other| other.probability().total_cmp(&one.probability()));
        checked.checked += 1;
        if !found.is_empty() {
            checked.found.push((*number, found));
        }
    }
    Ok(checked)
}

fn is_large(context: &Context, object: &Object) -> Result<bool> {
    let live = Select::all(&object.table, Condition::IsNull(ColumnRef::main(DELETED_AT)));
    context.workspace.store.read_with(|tx| Ok(tx.count(&live, Some(MANY + 1))? > MANY))
}

/// A row of the object's table with what was entered. What is wrong is as good as not entered yet: somebody is typing. Of a
/// record that is there already the rest is as it stands.
fn entered(context: &Context, object: &Arc<Object>, values: &Map<String, Json>, own: Option<Uuid>) -> Result<Vec<Value>> {
    let parse = context.parse_context();
    let stored = match own {
        Some(id) => context.workspace.store.read_with(|tx| load_record(context, tx, object, id, Verb::Read, false))?,
        None => None,
    };
    let mut row = vec![Value::Null; object.table.columns.len()];
    if let Some(stored) = stored {
        row.clone_from(&stored.row);
        // What is covered of it is not compared: its agreement with a record of one's own would tell it.
        let covered = object.fields.iter().filter(|it| context.access.shown_of(object, it, Place::Record, &stored.row) != Shown::Whole);
        covered.flat_map(|it| &it.parts).for_each(|it| row[it.column] = Value::Null);
    }
    for (name, json) in values {
        let Some(field) = object.field(name) else { continue };
        let cells = if json.is_null() { None } else { field.kind().parse(&field.definition, json, &parse).ok() };
        for (at, part) in field.parts.iter().enumerate() {
            row[part.column] = cells.as_ref().and_then(|it| it.get(at)).cloned().unwrap_or_default();
        }
    }
    Ok(row)
}

/// What is entered, as records of one object would have it.
struct Entry<'a> {
    /// What is entered.
    object: &'a Object,
    /// The record it is of, where there is one already.
    own: Option<Uuid>,
    ways: Vec<Vec<Cow<'a, str>>>,
    /// Records it is no duplicate of.
    left_out: HashSet<Uuid>,
}

impl<'a> Entry<'a> {
    fn of(context: &Context, side: &Side, object: &'a Object, row: &'a [Value], own: Option<Uuid>) -> Self {
        let left_out = side.named(object, row).into_iter().chain(own).collect();
        Self { object, own, ways: side.ways(context, row), left_out }
    }
}

/// An object's records as the log has them now.
fn up_to_date(context: &Context, residents: &Arc<Residents>, side: &Side, until: Instant) -> Result<Option<Arc<Resident>>> {
    let Side { object, plan, .. } = side;
    let Some(resident) = residents.soon(context, object, plan, until)? else { return Ok(None) };
    if resident.follow(&system(context), object)? {
        residents.catch_up_beside(context, object, &resident);
    }
    if residents.renew_beside(context, object, &resident)? { residents.soon(context, object, plan, until) } else { Ok(Some(resident)) }
}

/// Records of one object that what is entered likely means, as far as the caller is told.
fn compared(context: &Context, side: &Side, resident: &Resident, entry: &Entry<'_>) -> Result<Vec<Found>> {
    let likely = likely(resident, entry);
    if likely.is_empty() {
        return Ok(Vec::new());
    }
    context.workspace.store.read_with(|tx| told(context, tx, side, resident, &likely, entry))
}

/// A record with how sure it is for who may see it, and whether it is sure enough for who may not.
struct Candidate<'a> {
    record: Uuid,
    probability: f64,
    is_sure: bool,
    /// The texts that are most like it.
    texts: &'a [Cow<'a, str>],
}

fn likely<'a>(resident: &Resident, entry: &'a Entry<'_>) -> Vec<Candidate<'a>> {
    let held = resident.held();
    let mut best: HashMap<Uuid, Candidate<'a>> = HashMap::new();
    for texts in &entry.ways {
        for it in resident.check(&held, texts, LEAST, LOOKED_AT) {
            let sure = is_sure(&held, texts, it.record);
            let known = best.entry(it.record).or_insert(Candidate { record: it.record, probability: 0.0, is_sure: false, texts });
            known.is_sure |= sure;
            if it.probability > known.probability {
                (known.probability, known.texts) = (it.probability, texts);
            }
        }
    }
    let is_likely = |it: &Candidate<'_>| !entry.left_out.contains(&it.record) && (it.probability >= REVIEW || it.is_sure);
    let mut likely: Vec<Candidate<'a>> = best.into_values().filter(is_likely).collect();
    likely.sort_by(|one, other| other.probability.total_cmp(&one.probability).then(one.record.cmp(&other.record)));
    likely.truncate(LOOKED_AT);
    likely
}

/// Whether what agrees as a whole, and nothing else, makes it sure that a record is meant.
fn is_sure(held: &Held, texts: &[Cow<'_, str>], record: Uuid) -> bool {
    let Some(explanation) = held.explain_values(texts, record) else { return false };
    let is_whole = |it: Agreement| matches!(it, Agreement::Equal | Agreement::Swapped);
    let whole: Vec<Cow<'_, str>> = texts
        .iter()
        .zip(&explanation.reasons)
        .map(|(text, reason)| Cow::Borrowed(if is_whole(reason.agreement) { text.as_ref() } else { "" }))
        .collect();
    held.explain_values(&whole, record).is_some_and(|it| it.probability >= HIDDEN)
}

fn told(context: &Context, tx: &mut dyn ReadTx, side: &Side, resident: &Resident, likely: &[Candidate<'_>], entry: &Entry<'_>) -> Result<Vec<Found>> {
    let Side { object, plan, .. } = side;
    let ids: Vec<Uuid> = likely.iter().map(|it| it.record).collect();
    let mut seen: HashMap<Uuid, Record> = load_records(context, tx, object, &ids, Verb::Read, false)?.into_iter().map(|it| (it.id(), it)).collect();
    // What went a moment ago is nobody's.
    let hidden: Vec<Uuid> = likely.iter().filter(|it| it.is_sure && !seen.contains_key(&it.record)).map(|it| it.record).collect();
    let there: HashMap<Uuid, Record> =
        load_records(&system(context), tx, object, &hidden, Verb::Read, false)?.into_iter().map(|it| (it.id(), it)).collect();
    let decided = decided(tx, entry.own)?;
    let is_another = |record: &Record| entry.own.is_none_or(|own| !side.leads_to(record, entry.object, own));
    let held = resident.held();
    let mut found = Vec::new();
    for it in likely.iter().filter(|it| !decided.contains(&it.record)) {
        if let Some(record) = seen.remove(&it.record).filter(is_another) {
            // Of one that is covered what is not covered must make it sure, and how sure is not told.
            let covered = context.access.is_covered(object, &record.row);
            let probability = if !covered {
                it.probability
            } else if is_sure(&held, &plan.open_texts(&context.access, object, &record.row, it.texts), it.record) {
                HIDDEN
            } else {
                0.0
            };
            if probability >= REVIEW {
                let all = held.explain_values(it.texts, it.record).map(|it| reasons(plan, &it)).unwrap_or_default();
                let reasons = visible(&context.access, object, Some(&record), all);
                found.push(Found::Visible { record: Box::new(record), probability, reasons });
            }
        } else if let Some(record) = there.get(&it.record).filter(|it| is_another(it)) {
            found.push(Found::Hidden { object: object.name.clone(), owner: owner(context, record), probability: HIDDEN });
        }
    }
    found.sort_by(|one: &Found, other| other.probability().total_cmp(&one.probability()));
    found.truncate(MOST);
    Ok(found)
}

/// Records of which somebody said that they are not the same as this one.
fn decided(tx: &mut dyn ReadTx, own: Option<Uuid>) -> Result<HashSet<Uuid>> {
    let Some(own) = own else { return Ok(HashSet::new()) };
    let different = pairs_of_records(tx, &[own])?.into_iter().filter(|it| it.state == PairState::Different);
    Ok(different.map(|it| if it.left == own { it.right } else { it.left }).collect())
}

/// Whose a record is, where the caller may see whose records are.
pub fn owner(context: &Context, record: &Record) -> Option<Uuid> {
    let object = &record.object;
    let field = object.field(OWNER_FIELD).filter(|_| object.definition.owned)?;
    (context.access.shown(object, field, Place::List) == Shown::Whole).then(|| record.reference(OWNER_FIELD)).flatten()
}
