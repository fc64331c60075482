//! Single things of the caller's calendar, and the tasks he has: what a calendar program is shown of him beside the span of
//! time that [`crate::busy::own`] answers.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, among, known_records, link_targets, load_records, readable_ids};
use guanxi_kernel::schema::{ID, OWNER_FIELD};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx, Select};
use guanxi_kernel::{KernelError, Result, Value};
use jiff::Timestamp;
use uuid::Uuid;

use crate::activity::{ACTIVITY, whole_days};
use crate::attendance::ATTENDANCE;
use crate::busy::{KINDS, Own};

/// Most tasks of one member.
const MOST_TASKS: u64 = 5_000;
/// Most people asked to one appointment.
const MOST_PEOPLE: u64 = 400;

/// Whether the caller is asked to take part in something, and what he said.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Asked {
    /// The attendance.
    pub id: Uuid,
    /// The appointment.
    pub activity: Uuid,
    /// Who is asked.
    pub member: Uuid,
    /// `none`, `accepted`, `tentative`, `declined`.
    pub answer: String,
    /// The version of the attendance.
    pub version: i64,
}

/// Of some activities those that stand in the caller's own calendar, whenever they take place.
///
/// # Errors
/// Fails where the database does.
pub fn own_among(context: &Context, tx: &mut dyn ReadTx, ids: &[Uuid]) -> Result<Vec<Own>> {
    let object = context.schema.object(ACTIVITY).cloned().ok_or(KernelError::NotFound)?;
    let me = context.actor;
    let found = load_records(context, tx, &object, ids, Verb::Read, false)?;
    let asked: BTreeMap<Uuid, String> =
        asked_to(context, tx, ids)?.into_iter().filter(|it| it.member == me).map(|it| (it.activity, it.answer)).collect();
    let mut own = Vec::new();
    for activity in found {
        let is_meeting = activity.value("kind").as_text().is_some_and(|it| KINDS.contains(&it));
        let is_off = activity.value("status").as_text() == Some("cancelled");
        let certain = match asked.get(&activity.id()).map(String::as_str) {
            _ if activity.reference(OWNER_FIELD) == Some(me) => Some(true),
            Some("declined") => None,
            Some(answer) => Some(answer == "accepted"),
            // Named in what was entered before there were invitations.
            None => {
                object.field("participants").map(|it| link_targets(tx, it, activity.id())).transpose()?.filter(|it| it.contains(&me)).map(|_| false)
            }
        };
        let span = whole_days(&activity, &context.time_zone);
        if let (true, false, Some(certain), Some((from, until))) = (is_meeting, is_off, certain, span) {
            own.push(Own { activity, from, until, certain });
        }
    }
    own.sort_by_key(|it| (it.from, it.activity.id()));
    Ok(own)
}

/// Who of our own is asked to take part in some appointments, and what each said.
///
/// # Errors
/// Fails where the database does.
pub fn asked_to(context: &Context, tx: &mut dyn ReadTx, ids: &[Uuid]) -> Result<Vec<Asked>> {
    let mut asked = Vec::new();
    for chunk in ids.chunks(500) {
        let these = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(among(it("activity"), chunk.to_vec())?.and(Condition::NotNull(it("member")?)));
        for record in known_records(context, tx, ATTENDANCE, these, MOST_PEOPLE * chunk.len() as u64)? {
            let (Some(activity), Some(member)) = (record.reference("activity"), record.reference("member")) else { continue };
            let answer = record.value("answer").as_text().unwrap_or("none").to_owned();
            asked.push(Asked { id: record.id(), activity, member, answer, version: record.version() });
        }
    }
    asked.sort_by_key(|it| (it.activity, it.member));
    Ok(asked)
}

/// Of some attendances those the caller may read.
///
/// # Errors
/// Fails where the database does.
pub fn readable_attendances(context: &Context, tx: &mut dyn ReadTx, asked: &[Asked]) -> Result<BTreeSet<Uuid>> {
    let object = context.schema.object(ATTENDANCE).cloned().ok_or(KernelError::NotFound)?;
    let ids: Vec<Uuid> = asked.iter().map(|it| it.id).collect();
    Ok(readable_ids(context, tx, &object, &ids)?.into_iter().collect())
}

/// The caller's tasks: those to be done, and those done or called off since a moment.
///
/// # Errors
/// Fails where the database does.
pub fn tasks(context: &Context, tx: &mut dyn ReadTx, since: Timestamp) -> Result<Vec<Record>> {
    let own = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
        let open = Condition::In(it("status")?, ["open", "in_progress"].map(|it| Value::Text(it.to_owned())).to_vec(), false);
        let lately = Condition::Compare(it("updated_at")?, CompareOp::Gt, Value::DateTime(since));
        Ok(task_of(context, it)?.and(Condition::Or(vec![open, lately])))
    };
    let found = known_records(context, tx, ACTIVITY, own, MOST_TASKS)?;
    readable(context, tx, found)
}

/// Of some activities those that are tasks of the caller's.
///
/// # Errors
/// Fails where the database does.
pub fn tasks_among(context: &Context, tx: &mut dyn ReadTx, ids: &[Uuid]) -> Result<Vec<Record>> {
    let mut found = Vec::new();
    for chunk in ids.chunks(500) {
        found.extend(known_records(context, tx, ACTIVITY, |it| Ok(task_of(context, it)?.and(among(it("id"), chunk.to_vec())?)), 500)?);
    }
    readable(context, tx, found)
}

fn task_of(context: &Context, it: &dyn Fn(&str) -> Result<ColumnRef>) -> Result<Condition> {
    Ok(Condition::equals(it(OWNER_FIELD)?, Value::Id(context.actor)).and(Condition::equals(it("kind")?, Value::Text("task".into()))))
}

fn readable(context: &Context, tx: &mut dyn ReadTx, mut found: Vec<Record>) -> Result<Vec<Record>> {
    let object = context.schema.object(ACTIVITY).cloned().ok_or(KernelError::NotFound)?;
    let ids: Vec<Uuid> = found.iter().map(Record::id).collect();
    let seen: BTreeSet<Uuid> = readable_ids(context, tx, &object, &ids)?.into_iter().collect();
    found.retain(|it| seen.contains(&it.id()));
    found.sort_by_key(Record::id);
    Ok(found)
}

/// What an activity was to the caller that is not in his calendar or among his tasks any more.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Gone {
    /// The activity.
    pub id: Uuid,
    /// Whether it is a task.
    pub is_task: bool,
}

/// Of some activities those that are, or were last, the caller's own or that he is or was asked to: also what is in the bin,
/// and whatever he may see of it by now. For telling a program of his that something went.
///
/// # Errors
/// Fails where the database does.
pub fn once_own(context: &Context, tx: &mut dyn ReadTx, ids: &[Uuid], given_away: &BTreeSet<Uuid>) -> Result<Vec<Gone>> {
    let (activity, attendance) = (context.schema.object(ACTIVITY).cloned(), context.schema.object(ATTENDANCE).cloned());
    let (activity, attendance) = (activity.ok_or(KernelError::NotFound)?, attendance.ok_or(KernelError::NotFound)?);
    let column = |name: &str| attendance.field(name).and_then(|it| it.part("")).map(|it| ColumnRef::main(it.column)).ok_or(KernelError::NotFound);
    let mut gone = Vec::new();
    for chunk in ids.chunks(500) {
        let mut asked = BTreeSet::new();
        let these = Condition::equals(column("member")?, Value::Id(context.actor)).and(among(column("activity"), chunk.to_vec())?);
        for row in tx.rows(&Select::all(&attendance.table, these))? {
            asked.extend(Record { object: attendance.clone(), row }.reference("activity"));
        }
        for row in tx.rows(&Select::all(&activity.table, among(Ok(ColumnRef::main(ID)), chunk.to_vec())?))? {
            let record = Record { object: activity.clone(), row };
            let id = record.id();
            if record.reference(OWNER_FIELD) == Some(context.actor) || asked.contains(&id) || given_away.contains(&id) {
                gone.push(Gone { id, is_task: record.value("kind").as_text() == Some("task") });
            }
        }
    }
    Ok(gone)
}

/// The members of a team the caller may see, where he may see the team.
///
/// # Errors
/// Not found; and where the database fails.
pub fn members_of_team(context: &Context, tx: &mut dyn ReadTx, team: Uuid) -> Result<Vec<Uuid>> {
    let object = context.schema.object("team").cloned().ok_or(KernelError::NotFound)?;
    let found = load_records(context, tx, &object, &[team], Verb::Read, false)?;
    let (Some(team), Some(field)) = (found.first(), object.field("members")) else { return Err(KernelError::NotFound) };
    link_targets(tx, field, team.id())
}

/// When an activity takes place, of whole days in the caller's zone.
pub fn span_of(context: &Context, activity: &Record) -> Option<(Timestamp, Timestamp)> {
    whole_days(activity, &context.time_zone)
}
