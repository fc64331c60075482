//! What a member's calendar program put beside his appointments and tasks. Only he is shown it, and only by that program.

use std::collections::BTreeSet;

use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, among, known_records};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx};
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
/// Most copies of one member looked at.
const MOST: u64 = 50_000;

/// A copy.
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
    /// The text as it was put.
    pub source: String,
}

/// With what is taken out of an activity for good, the texts beside it go: they may say the same in other words.
pub struct CopyHook;

impl Hook for CopyHook {
    fn object(&self) -> &str {
        ACTIVITY
    }

    fn before_erase(&self, unit: &mut Unit<'_>, record: &Record, _whole: bool) -> Result<()> {
        let context = unit.context;
        let copies = known_records(context, unit.tx, CALENDAR_COPY, |it| among(it("activity"), [record.id()]), MOST)?;
        copies.iter().try_for_each(|it| unit.erase_as_system(CALENDAR_COPY, it.id()))
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
    /// The text as it was put.
    pub source: String,
}

/// All copies of the caller's.
///
/// # Errors
/// Fails where the database does.
pub fn all(context: &Context, tx: &mut dyn ReadTx) -> Result<Vec<CalendarCopy>> {
    those(context, tx, |_| Ok(Condition::True))
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
    let own = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::equals(it("member")?, Value::Id(context.actor)).and(wanted(it)?));
    let mut found: Vec<CalendarCopy> = known_records(context, tx, CALENDAR_COPY, own, MOST)?.iter().filter_map(read).collect();
    found.sort_by(|one, other| (&one.name, &one.instance, one.id).cmp(&(&other.name, &other.instance, other.id)));
    Ok(found)
}

fn read(record: &Record) -> Option<CalendarCopy> {
    let text = |name: &str| record.value(name).as_text().map(str::to_owned);
    let time = |name: &str| if let Value::DateTime(at) = record.value(name) { Some(at) } else { None };
    Some(CalendarCopy {
        id: record.id(),
        activity: record.reference("activity")?,
        name: text("name")?,
        uid: text("uid")?,
        instance: text("instance")?,
        taken: time("taken_from").zip(time("taken_until")),
        source: as_put(&text("source")?)?,
    })
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
    let column = |name: &str| object.field(name).and_then(|it| it.part("")).map(|it| ColumnRef::main(it.column)).ok_or(KernelError::NotFound);
    let unique: BTreeSet<Uuid> = activities.iter().copied().collect();
    let unique: Vec<Uuid> = unique.into_iter().collect();
    let mut names = Vec::new();
    for chunk in unique.chunks(500) {
        let condition = Condition::equals(column("member")?, Value::Id(context.actor)).and(among(column("activity"), chunk.iter().copied())?);
        for row in tx.rows(&guanxi_kernel::store::Select::all(&object.table, condition))? {
            let record = Record { object: object.clone(), row };
            if let (Some(activity), Some(name)) = (record.reference("activity"), record.value("name").as_text()) {
                names.push((activity, name.to_owned()));
            }
        }
    }
    Ok(names)
}
