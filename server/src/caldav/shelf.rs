//! What lies in the member's own two calendars: resources, each a record or the records of a repeat.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::OWNER_FIELD;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::{Result, Value};
use guanxi_work::busy::{Own, own};
use guanxi_work::calendar_copies::{self, CalendarCopy, Kept, SINGLE, texts_of};
use guanxi_work::own_calendar::{Asked, asked_to, own_among, readable_attendances, tasks, tasks_among};
use jiff::{SignedDuration, Timestamp};
use uuid::Uuid;

use super::event::{Shown, shows_times};
use super::people::{People, addresses_in};
use super::place::Collection;
use super::{series, task};
use crate::auth::token::sha256_hex;
use crate::ics::parts::Part;

/// So far back calendars reach.
pub const BACK: SignedDuration = SignedDuration::from_hours(366 * 24);
/// So far ahead.
const AHEAD: SignedDuration = SignedDuration::from_hours(20 * 366 * 24);
/// So long a task that is done is shown.
const DONE_SHOWN: SignedDuration = SignedDuration::from_hours(90 * 24);

/// What a resource is made of.
#[derive(Debug, Clone)]
pub enum Content {
    /// An appointment, or the times of one that repeats, each by the name of its time.
    Events(Vec<(String, Shown)>),
    /// A task, and when it stands in a calendar.
    Task(Box<Record>, Option<(Timestamp, Timestamp)>),
    /// A time at which somebody is taken by something that may not be seen.
    Block(Timestamp, Timestamp),
}

/// A resource.
#[derive(Debug, Clone)]
pub struct Resource {
    /// Its name in the calendar.
    pub name: String,
    /// Its id as programs know it.
    pub uid: String,
    /// The whole of it.
    pub text: String,
    /// When it was last changed.
    pub changed: Timestamp,
    /// What it is made of.
    pub content: Content,
}

impl Resource {
    /// Tells this state of it from every other one.
    pub fn etag(&self) -> String {
        etag_of(&self.text)
    }

    /// When it takes place; a task without a day never does.
    pub fn times(&self) -> Vec<(Timestamp, Timestamp)> {
        match &self.content {
            Content::Events(rows) => rows.iter().map(|it| (it.1.own.from, it.1.own.until)).collect(),
            Content::Task(_, span) => span.iter().copied().collect(),
            Content::Block(from, until) => vec![(*from, *until)],
        }
    }

    /// Ids of its records.
    pub fn records(&self) -> Vec<Uuid> {
        match &self.content {
            Content::Events(rows) => rows.iter().map(|it| it.1.id()).collect(),
            Content::Task(record, _) => vec![record.id()],
            Content::Block(..) => Vec::new(),
        }
    }
}

/// What tells a text from every other one.
pub fn etag_of(text: &str) -> String {
    format!("\"{}\"", &sha256_hex(text.as_bytes())[..32])
}

/// Which resources are wanted.
#[derive(Debug, Clone, Copy)]
pub enum Which<'a> {
    /// All of them.
    All,
    /// Those of these names.
    Named(&'a [String]),
    /// Those of these records.
    Of(&'a [Uuid]),
}

/// Resources of a calendar, and the members they name.
#[derive(Debug, Default)]
pub struct Shelf {
    /// In the order of their names.
    pub resources: Vec<Resource>,
    /// Members named.
    pub people: People,
}

impl Shelf {
    /// The resource of a name.
    pub fn find(&self, name: &str) -> Option<&Resource> {
        self.resources.iter().find(|it| it.name == name)
    }

    /// Tells the state of a whole calendar from every other one.
    pub fn tag(&self) -> String {
        let all: String = self.resources.iter().map(|it| format!("{}\n{}\n", it.name, it.etag())).collect();
        sha256_hex(all.as_bytes())[..32].to_owned()
    }
}

/// The name and id of what no program put.
pub fn own_name(id: Uuid) -> String {
    format!("{id}.ics")
}

/// See [`own_name`].
pub fn own_uid(id: Uuid) -> String {
    format!("{id}@guanxi")
}

/// The record that a name made by [`own_name`] is of.
pub fn id_in(name: &str) -> Option<Uuid> {
    Uuid::try_parse(name.strip_suffix(".ics")?).ok().filter(|it| own_name(*it) == name)
}

/// What lies in one of the member's own calendars.
///
/// # Errors
/// Fails where the database does.
pub fn load(context: &Context, tx: &mut dyn ReadTx, collection: Collection, which: Which<'_>) -> Result<Shelf> {
    let mut shelf = if collection == Collection::Tasks { load_tasks(context, tx, which)? } else { load_events(context, tx, which)? };
    if let Which::Named(names) = which {
        shelf.resources.retain(|it| names.contains(&it.name));
    }
    shelf.resources.sort_by(|one, other| one.name.cmp(&other.name));
    Ok(shelf)
}

/// The copies that belong to what is wanted, those of all times of a repeat among them.
fn copies_of(context: &Context, tx: &mut dyn ReadTx, which: Which<'_>) -> Result<Vec<CalendarCopy>> {
    let mut copies = match which {
        // They belong to records, which are found first.
        Which::All => Vec::new(),
        Which::Named(names) => {
            let mut found = calendar_copies::named(context, tx, names)?;
            // What is asked for by its own name may by now have another one.
            found.extend(calendar_copies::beside(context, tx, &names.iter().filter_map(|it| id_in(it)).collect::<Vec<_>>())?);
            found
        }
        Which::Of(ids) => {
            let found = calendar_copies::beside(context, tx, ids)?;
            let names: Vec<String> = found.iter().filter(|it| it.instance != SINGLE).map(|it| it.name.clone()).collect();
            let mut found: Vec<CalendarCopy> = found.into_iter().filter(|it| it.instance == SINGLE).collect();
            found.extend(calendar_copies::named(context, tx, &names)?);
            found
        }
    };
    copies.sort_by_key(|it| it.id);
    copies.dedup_by_key(|it| it.id);
    Ok(copies)
}

/// Ids of records that are wanted but not by a span of time.
fn wanted_ids(which: Which<'_>, copies: &[CalendarCopy]) -> Vec<Uuid> {
    let mut ids: BTreeSet<Uuid> = copies.iter().map(|it| it.activity).collect();
    match which {
        Which::All => {}
        Which::Named(names) => ids.extend(names.iter().filter_map(|it| id_in(it))),
        Which::Of(of) => ids.extend(of),
    }
    ids.into_iter().collect()
}

fn load_tasks(context: &Context, tx: &mut dyn ReadTx, which: Which<'_>) -> Result<Shelf> {
    let mut copies = copies_of(context, tx, which)?;
    let found = match which {
        Which::All => tasks(context, tx, context.now - DONE_SHOWN)?,
        _ => tasks_among(context, tx, &wanted_ids(which, &copies))?,
    };
    let ids: Vec<Uuid> = found.iter().map(Record::id).collect();
    if let Which::All = which {
        copies = calendar_copies::beside(context, tx, &ids)?;
    }
    let there: BTreeSet<Uuid> = ids.into_iter().collect();
    copies.retain(|it| there.contains(&it.activity));
    let texts = texts_of(context, tx, &copies)?;
    let by_activity: BTreeMap<Uuid, &CalendarCopy> = copies.iter().map(|it| (it.activity, it)).collect();
    let resource = |record: Record| {
        let changed = changed_at(&record);
        let kept = by_activity.get(&record.id()).and_then(|it| texts.get(&it.name));
        let (name, uid, text) = match kept {
            Some(kept) => (kept.name.clone(), kept.uid.clone(), task::as_put(context, &kept.source, &record)),
            None => {
                let uid = own_uid(record.id());
                let text = super::event::calendar(vec![task::written(context, &record, &uid)]).write();
                (own_name(record.id()), uid, text)
            }
        };
        let span = task::span_of(context, &record);
        Resource { name, uid, text, changed, content: Content::Task(Box::new(record), span) }
    };
    Ok(Shelf { resources: found.into_iter().map(resource).collect(), people: People::default() })
}

/// What belongs to one resource: its text, where a program put one, and the times it has.
type Gathered<'k> = (Option<&'k Kept>, Vec<(String, Shown)>);

fn load_events(context: &Context, tx: &mut dyn ReadTx, which: Which<'_>) -> Result<Shelf> {
    let mut copies = copies_of(context, tx, which)?;
    let mut found = match which {
        Which::All => own(context, tx, context.now - BACK, context.now + AHEAD)?,
        _ => own_among(context, tx, &wanted_ids(which, &copies))?,
    };
    if let Which::All = which {
        // Of a repeat that goes on, its earlier times belong to it too.
        let there: BTreeSet<Uuid> = found.iter().map(|it| it.activity.id()).collect();
        copies = copies_of(context, tx, Which::Of(&there.iter().copied().collect::<Vec<_>>()))?;
        let further: Vec<Uuid> = copies.iter().map(|it| it.activity).filter(|it| !there.contains(it)).collect();
        found.extend(own_among(context, tx, &further)?);
    }
    found.retain(|it| shows_times(context, &it.activity));
    let there: BTreeSet<Uuid> = found.iter().map(|it| it.activity.id()).collect();
    copies.retain(|it| there.contains(&it.activity));
    let texts = texts_of(context, tx, &copies)?;
    let all = asked_to(context, tx, &there.iter().copied().collect::<Vec<_>>())?;
    let readable = readable_attendances(context, tx, &all)?;
    let mut asked: BTreeMap<Uuid, Vec<Asked>> = BTreeMap::new();
    for one in all {
        asked.entry(one.activity).or_default().push(one);
    }
    let by_activity: BTreeMap<Uuid, &CalendarCopy> = copies.iter().map(|it| (it.activity, it)).collect();
    let people = people_of(context, tx, &found, &asked, &texts)?;
    let mut by_name: BTreeMap<String, Gathered<'_>> = BTreeMap::new();
    for one in found {
        let id = one.activity.id();
        let copy = by_activity.get(&id).copied();
        let kept = copy.and_then(|it| texts.get(&it.name));
        let name = kept.map_or_else(|| own_name(id), |it| it.name.clone());
        let instance = copy.filter(|_| kept.is_some()).map_or_else(|| SINGLE.to_owned(), |it| it.instance.clone());
        let shown = Shown::of(context, one, asked.remove(&id).unwrap_or_default(), &people, &readable);
        by_name.entry(name).or_insert((kept, Vec::new())).1.push((instance, shown));
    }
    let resources = by_name.into_iter().filter_map(|(name, (kept, mut rows))| {
        rows.sort_by(|one, other| one.0.cmp(&other.0));
        let first = &rows.first()?.1;
        let changed = rows.iter().map(|it| it.1.changed()).max()?;
        let (uid, text) = match kept {
            Some(kept) => (kept.uid.clone(), series::as_put(context, kept, &rows, &people)),
            None => {
                let uid = own_uid(first.id());
                let text = series::anew(context, &uid, first, &people).write();
                (uid, text)
            }
        };
        Some(Resource { name, uid, text, changed, content: Content::Events(rows) })
    });
    let resources = resources.collect();
    Ok(Shelf { resources, people })
}

fn people_of(
    context: &Context,
    tx: &mut dyn ReadTx,
    found: &[Own],
    asked: &BTreeMap<Uuid, Vec<Asked>>,
    texts: &BTreeMap<String, Kept>,
) -> Result<People> {
    let mut ids: BTreeSet<Uuid> = asked.values().flatten().map(|it| it.member).collect();
    ids.extend(found.iter().filter_map(|it| it.activity.reference(OWNER_FIELD)));
    let emails = texts.values().filter_map(|it| Part::read(&it.source)).flat_map(|it| addresses_in(&it)).collect();
    People::load(context, tx, &ids, &emails)
}

/// When a record was last changed.
pub fn changed_at(record: &Record) -> Timestamp {
    if let Value::DateTime(at) = record.value("updated_at") { at } else { Timestamp::UNIX_EPOCH }
}
