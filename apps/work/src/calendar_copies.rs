//! What a member's calendar program put beside his appointments and tasks. Only he is shown it, and only by that program.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, among};
use guanxi_kernel::schema::{DELETED_AT, ID, UPDATED_AT, VERSION};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::activity::ACTIVITY;

/// The object.
pub const CALENDAR_COPY: &str = "calendar_copy";
/// The instance of what does not repeat.
pub const SINGLE: &str = "single";

/// A copy, without its text: of a repeat every time has the same one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CalendarCopy {
    /// Its own id.
    pub id: Uuid,
    /// The appointment or task.
    pub activity: Uuid,
    /// What the program called the resource.
    pub name: String,
    /// The id the program gave it.
    pub uid: String,
    /// Of a repeat: which time it is; [`SINGLE`] of anything else.
    pub instance: String,
    /// Of a repeat: from when until when its times became appointments.
    pub taken: Option<(Timestamp, Timestamp)>,
    /// Of a repeat that names no zone: the one its times were meant in.
    pub zone: Option<String>,
    /// Its version.
    pub version: i64,
    /// When it was last put.
    pub changed: Timestamp,
}

/// With what is taken out of an activity for good, the texts beside it go: they may say the same in other words.
pub struct CopyHook;

impl Hook for CopyHook {
    fn object(&self) -> &str {
        ACTIVITY
    }

    fn before_erase(&self, unit: &mut Unit<'_>, record: &Record, _whole: bool) -> Result<()> {
        let table = unit.context.schema.object(CALENDAR_COPY).ok_or(KernelError::NotFound)?.table.clone();
        let beside = among(column_of(unit.context)?("activity"), [record.id()])?;
        // Those in the bin too.
        let rows = unit.tx.rows(&Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&table, beside) })?;
        let copies = rows.into_iter().filter_map(|mut row| if let Some(Value::Id(id)) = row.pop() { Some(id) } else { None });
        copies.collect::<Vec<_>>().into_iter().try_for_each(|it| unit.erase_as_system(CALENDAR_COPY, it))
    }
}

/// What is kept of a resource beside each of its records.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Kept {
    /// What the program called the resource.
    pub name: String,
    /// The id the program gave it.
    pub uid: String,
    /// Of a repeat: from when until when its times became appointments.
    pub taken: Option<(Timestamp, Timestamp)>,
    /// Of a repeat that names no zone: the one its times are meant in.
    pub zone: Option<String>,
    /// The text as it was put.
    pub source: String,
}

/// Those of resources of these names.
///
/// # Errors
/// Fails where the database does.
pub fn named(context: &Context, tx: &mut dyn ReadTx, names: &[String]) -> Result<Vec<CalendarCopy>> {
    texts(context, tx, "name", names)
}

/// Those with this id of the program's.
///
/// # Errors
/// Fails where the database does.
pub fn with_uid(context: &Context, tx: &mut dyn ReadTx, uid: &str) -> Result<Vec<CalendarCopy>> {
    texts(context, tx, "uid", &[uid.to_owned()])
}

/// Those beside these records.
///
/// # Errors
/// Fails where the database does.
pub fn beside(context: &Context, tx: &mut dyn ReadTx, activities: &[Uuid]) -> Result<Vec<CalendarCopy>> {
    let mut found = Vec::new();
    for chunk in activities.chunks(500) {
        found.extend(those(context, tx, |it| among(it("activity"), chunk.to_vec()))?);
    }
    Ok(found)
}

fn texts(context: &Context, tx: &mut dyn ReadTx, field: &str, values: &[String]) -> Result<Vec<CalendarCopy>> {
    let mut found = Vec::new();
    for chunk in values.chunks(500) {
        let values = chunk.iter().cloned().map(Value::Text).collect();
        found.extend(those(context, tx, |it| Ok(Condition::In(it(field)?, values, false)))?);
    }
    Ok(found)
}

fn those(
    context: &Context,
    tx: &mut dyn ReadTx,
    wanted: impl FnOnce(&dyn Fn(&str) -> Result<ColumnRef>) -> Result<Condition>,
) -> Result<Vec<CalendarCopy>> {
    let column = column_of(context)?;
    let live = Condition::IsNull(ColumnRef::main(DELETED_AT));
    let condition = Condition::equals(column("member")?, Value::Id(context.actor)).and(wanted(&column)?).and(live);
    let names = ["activity", "name", "uid", "instance", "taken_from", "taken_until", "zone"];
    let mut columns = vec![ColumnRef::main(ID), ColumnRef::main(VERSION), ColumnRef::main(UPDATED_AT)];
    for name in names {
        columns.push(column(name)?);
    }
    let table = context.schema.object(CALENDAR_COPY).ok_or(KernelError::NotFound)?.table.clone();
    let rows = tx.rows(&Select { columns, ..Select::all(&table, condition) })?;
    let mut found: Vec<CalendarCopy> = rows.into_iter().filter_map(read).collect();
    found.sort_by(|one, other| (&one.name, &one.instance, one.id).cmp(&(&other.name, &other.instance, other.id)));
    Ok(found)
}

/// Looks up columns of copies by the names of their fields.
fn column_of(context: &Context) -> Result<impl Fn(&str) -> Result<ColumnRef>> {
    let object = context.schema.object(CALENDAR_COPY).cloned().ok_or(KernelError::NotFound)?;
    Ok(move |name: &str| object.field(name).and_then(|it| it.part("")).map(|it| ColumnRef::main(it.column)).ok_or(KernelError::NotFound))
}

fn read(row: Vec<Value>) -> Option<CalendarCopy> {
    let mut cells = row.into_iter();
    let mut next = || cells.next().unwrap_or(Value::Null);
    let (Value::Id(id), Value::Int(version), Value::DateTime(changed), Value::Id(activity)) = (next(), next(), next(), next()) else { return None };
    let (Value::Text(name), Value::Text(uid), Value::Text(instance)) = (next(), next(), next()) else { return None };
    let taken = if let (Value::DateTime(from), Value::DateTime(until)) = (next(), next()) { Some((from, until)) } else { None };
    let zone = if let Value::Text(zone) = next() { Some(zone) } else { None };
    Some(CalendarCopy { id, activity, name, uid, instance, taken, zone, version, changed })
}

/// What is kept of the resources that some copies belong to, by their names: each text read once, as it was put last.
///
/// # Errors
/// Fails where the database does.
pub fn texts_of<'a>(context: &Context, tx: &mut dyn ReadTx, copies: impl IntoIterator<Item = &'a CalendarCopy>) -> Result<BTreeMap<String, Kept>> {
    let mut newest: BTreeMap<&str, &CalendarCopy> = BTreeMap::new();
    for copy in copies {
        let known = newest.entry(&copy.name).or_insert(copy);
        if (copy.changed, copy.id) > (known.changed, known.id) {
            *known = copy;
        }
    }
    let column = column_of(context)?;
    let table = context.schema.object(CALENDAR_COPY).ok_or(KernelError::NotFound)?.table.clone();
    let by_id: BTreeMap<Uuid, &CalendarCopy> = newest.into_values().map(|it| (it.id, it)).collect();
    let ids: Vec<Uuid> = by_id.keys().copied().collect();
    let mut texts = BTreeMap::new();
    for chunk in ids.chunks(500) {
        let condition = among(Ok(ColumnRef::main(ID)), chunk.iter().copied())?;
        let columns = vec![ColumnRef::main(ID), column("source")?];
        for row in tx.rows(&Select { columns, ..Select::all(&table, condition) })? {
            let [Value::Id(id), Value::Text(stored)] = row.as_slice() else { continue };
            if let (Some(copy), Some(source)) = (by_id.get(id), as_put(stored)) {
                let (name, uid, zone) = (copy.name.clone(), copy.uid.clone(), copy.zone.clone());
                texts.insert(name.clone(), Kept { name, uid, taken: copy.taken, zone, source });
            }
        }
    }
    Ok(texts)
}

/// A text as it is stored. Fields trim texts and write line ends in one way; here each letter counts.
fn written(source: &str) -> String {
    Json::String(source.to_owned()).to_string()
}

/// A stored text as it was put.
fn as_put(stored: &str) -> Option<String> {
    serde_json::from_str(stored).ok()
}

/// Puts what is kept beside a record, instead of what was there.
///
/// # Errors
/// What is too long to be kept; and where the database fails.
pub fn keep(unit: &mut Unit<'_>, known: &[CalendarCopy], activity: Uuid, instance: &str, kept: &Kept) -> Result<()> {
    let values = Map::from_iter([
        ("name".to_owned(), json!(kept.name)),
        ("uid".to_owned(), json!(kept.uid)),
        ("instance".to_owned(), json!(instance)),
        ("taken_from".to_owned(), json!(kept.taken.map(|it| it.0.to_string()))),
        ("taken_until".to_owned(), json!(kept.taken.map(|it| it.1.to_string()))),
        ("zone".to_owned(), json!(kept.zone)),
        ("source".to_owned(), json!(written(&kept.source))),
    ]);
    if let Some(before) = known.iter().find(|it| it.activity == activity) {
        return unit.update_as_system(CALENDAR_COPY, before.id, &values).map(|_| ());
    }
    let mut values: Map<String, Json> = values;
    values.insert("member".to_owned(), json!(unit.context.actor));
    values.insert("activity".to_owned(), json!(activity));
    unit.create_as_system(CALENDAR_COPY, &values).map(|_| ())
}

/// Activities that copies of the caller's once stood beside, those in the bin too, by the name of the resource: by it a
/// program knows what went.
///
/// # Errors
/// Fails where the database does.
pub fn names_of_the_gone(context: &Context, tx: &mut dyn ReadTx, activities: &[Uuid]) -> Result<Vec<(Uuid, String)>> {
    let object = context.schema.object(CALENDAR_COPY).cloned().ok_or(KernelError::NotFound)?;
    let column = column_of(context)?;
    let unique: BTreeSet<Uuid> = activities.iter().copied().collect();
    let unique: Vec<Uuid> = unique.into_iter().collect();
    let mut names = Vec::new();
    for chunk in unique.chunks(500) {
        let condition = Condition::equals(column("member")?, Value::Id(context.actor)).and(among(column("activity"), chunk.iter().copied())?);
        for row in tx.rows(&Select::all(&object.table, condition))? {
            let record = Record { object: object.clone(), row };
            if let (Some(activity), Some(name)) = (record.reference("activity"), record.value("name").as_text()) {
                names.push((activity, name.to_owned()));
            }
        }
    }
    Ok(names)
}
