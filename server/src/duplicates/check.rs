//! Likely duplicates of a record while it is entered, without telling anybody what he may not see.
//!
//! What the caller may not see whole of the object's fields is not compared: whatever he enters there, the answer is the
//! same. Of a record he may not see he learns that there is one and whose it is, where it is sure enough; and there only
//! values that are the same as a whole count, so that none can be found out piece by piece.

use std::borrow::Cow;
use std::collections::{HashMap, HashSet};
use std::sync::Arc;

use guanxi_kernel::access::{Place, Shown, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::duplicates::{PairReason, PairState, pairs_of_records};
use guanxi_kernel::read::{Record, load_record, load_records, unknown_field};
use guanxi_kernel::schema::{OWNER_FIELD, Object};
use guanxi_kernel::store::{ReadTx, StoreExt as _};
use guanxi_kernel::{Result, Value};
use guanxi_matching::{Agreement, REVIEW};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use super::plan::Plan;
use super::plan_of;
use super::reasons::{reasons, visible};
use super::resident::{Held, Resident};
use super::residents::{Residents, system};

/// Most records told.
const MOST: usize = 5;
/// Most records looked at whether the caller may see them.
const LOOKED_AT: usize = 100;
/// Less likely than this nothing is looked at, not even whether what agrees agrees as a whole.
const LEAST: f64 = 0.001;
/// From here on somebody learns that there is a record he may not see. He is told no more exactly how sure it is.
const HIDDEN: f64 = 0.9;

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
        /// Whose it is, where he may see whose records are.
        owner: Option<Uuid>,
        /// At least so sure.
        probability: f64,
    },
}

/// What is known of the values.
#[derive(Debug)]
pub struct Checked {
    /// Whether they were compared; records are being read where not.
    pub is_ready: bool,
    /// Likeliest first.
    pub found: Vec<Found>,
}

/// What values, not saved yet, likely mean. `own` is the record they are of, where there is one already.
///
/// # Errors
/// Not found or forbidden where the caller may neither make nor change such records; a field that is not known.
pub fn check(context: &Context, residents: &Arc<Residents>, object: &Arc<Object>, values: &Map<String, Json>, own: Option<Uuid>) -> Result<Checked> {
    if !context.access.may(object, Verb::Update) {
        context.access.require(object, Verb::Create)?;
    }
    let plan = plan_of(object)?;
    if let Some(unknown) = values.keys().find(|it| object.field(it).is_none()) {
        return Err(unknown_field(unknown));
    }
    let row = entered(context, object, values, own)?;
    let mut texts = plan.texts_of_row(&row);
    plan.blank(&context.access, object, &mut texts);
    let nothing = |is_ready| Ok(Checked { is_ready, found: Vec::new() });
    let Some(resident) = up_to_date(context, residents, object, &plan)? else { return nothing(false) };
    if texts.iter().all(|it| it.is_empty()) {
        return nothing(true);
    }
    let likely = likely(&resident, &texts, own);
    let found = context.workspace.store.read_with(|tx| told(context, tx, object, &plan, &resident, &texts, &likely, own))?;
    Ok(Checked { is_ready: true, found })
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

/// The object's records as the log has them now.
fn up_to_date(context: &Context, residents: &Arc<Residents>, object: &Arc<Object>, plan: &Plan) -> Result<Option<Arc<Resident>>> {
    let Some(resident) = residents.soon(context, object, plan)? else { return Ok(None) };
    if resident.follow(&system(context), object)? {
        residents.catch_up_beside(context, object, &resident);
    }
    if residents.renew_beside(context, object, &resident)? { residents.soon(context, object, plan) } else { Ok(Some(resident)) }
}

/// A record with how sure it is for who may see it, and whether it is sure enough for who may not.
struct Candidate {
    record: Uuid,
    probability: f64,
    is_sure: bool,
}

fn likely(resident: &Resident, texts: &[Cow<'_, str>], own: Option<Uuid>) -> Vec<Candidate> {
    let held = resident.held();
    let all = resident.check(&held, texts, LEAST, LOOKED_AT);
    all.into_iter()
        .filter(|it| Some(it.record) != own)
        .map(|it| Candidate { record: it.record, probability: it.probability, is_sure: is_sure(&held, texts, it.record) })
        .filter(|it| it.probability >= REVIEW || it.is_sure)
        .collect()
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

#[expect(clippy::too_many_arguments, reason = "what was entered, what was found, and for whom")]
fn told(
    context: &Context,
    tx: &mut dyn ReadTx,
    object: &Arc<Object>,
    plan: &Plan,
    resident: &Resident,
    texts: &[Cow<'_, str>],
    likely: &[Candidate],
    own: Option<Uuid>,
) -> Result<Vec<Found>> {
    let ids: Vec<Uuid> = likely.iter().map(|it| it.record).collect();
    let mut seen: HashMap<Uuid, Record> = load_records(context, tx, object, &ids, Verb::Read, false)?.into_iter().map(|it| (it.id(), it)).collect();
    // What went a moment ago is nobody's.
    let hidden: Vec<Uuid> = likely.iter().filter(|it| it.is_sure && !seen.contains_key(&it.record)).map(|it| it.record).collect();
    let there: HashMap<Uuid, Record> =
        load_records(&system(context), tx, object, &hidden, Verb::Read, false)?.into_iter().map(|it| (it.id(), it)).collect();
    let decided = decided(tx, own)?;
    let held = resident.held();
    let mut found = Vec::new();
    for it in likely.iter().filter(|it| !decided.contains(&it.record)) {
        if let Some(record) = seen.remove(&it.record) {
            // Of one that is covered what is not covered must make it sure, and how sure is not told.
            let covered = context.access.is_covered(object, &record.row);
            let probability = if !covered {
                it.probability
            } else if is_sure(&held, &plan.open_texts(&context.access, object, &record.row, texts), it.record) {
                HIDDEN
            } else {
                0.0
            };
            if probability >= REVIEW {
                let all = held.explain_values(texts, it.record).map(|it| reasons(plan, &it)).unwrap_or_default();
                let reasons = visible(&context.access, object, Some(&record), all);
                found.push(Found::Visible { record: Box::new(record), probability, reasons });
            }
        } else if let Some(record) = there.get(&it.record) {
            found.push(Found::Hidden { owner: owner(context, record), probability: HIDDEN });
        }
    }
    let sure = |it: &Found| match it {
        Found::Visible { probability, .. } | Found::Hidden { probability, .. } => *probability,
    };
    found.sort_by(|one, other| sure(other).total_cmp(&sure(one)));
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
