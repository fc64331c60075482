//! `GET /workload`: who of some people has how much to do on which day.

use std::collections::BTreeMap;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{MEMBER_OBJECT, TEAM_OBJECT};
use guanxi_kernel::read::{Record, among, known_records, link_targets, load_record, load_records, object_of};
use guanxi_kernel::store::{Condition, ReadTx, StoreExt as _};
use guanxi_kernel::{KernelError, Value};
use guanxi_work::workload::{Board, Item, MOST_DAYS, MOST_PEOPLE, Person, board};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::busy::{ids, reference};
use crate::errors::{ApiError, ApiFailure};
use crate::http::parts::Reference;
use crate::http::{Answer, Caller, Query};

/// Days shown where nothing is said.
const USUAL_DAYS: i32 = 14;

/// People, days, and who has how much to do.
#[derive(Serialize, JsonSchema)]
pub struct WorkloadBoard {
    /// The days, in order.
    days: Vec<WorkloadDay>,
    /// The people, by name.
    people: Vec<WorkloadPerson>,
    /// Whether there were more people than a board holds.
    truncated: bool,
}

/// A day of the board.
#[derive(Serialize, JsonSchema)]
struct WorkloadDay {
    /// Which.
    date: Date,
    /// Whether it is worked.
    working: bool,
    /// `day_off`: a public holiday; `working_day`: a weekend day worked instead.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(extend("enum" = ["day_off", "working_day"]))]
    exception: Option<&'static str>,
}

/// A person's row.
#[derive(Serialize, JsonSchema)]
struct WorkloadPerson {
    /// The member.
    member: Reference,
    /// What he is good at, as his record holds it; absent where the caller may not see it.
    skills: Vec<String>,
    /// One for each day.
    days: Vec<WorkloadCell>,
    /// Tasks done in these days.
    done: i64,
    /// Tasks past their time.
    overdue: i64,
    /// Open tasks without a time.
    undated: i64,
    /// Open records of other objects the caller sees, by object.
    open: BTreeMap<String, i64>,
}

/// A person's day. Times are minutes.
#[derive(Serialize, JsonSchema)]
struct WorkloadCell {
    /// Time there is: a fifth of the hours he works a week (40 where nothing is said) on a day of work, less absences.
    capacity: i64,
    /// Time planned and still to be worked.
    planned: i64,
    /// Of it what the caller may not see.
    hidden: i64,
    /// Halves of the day he is away.
    away: u8,
    /// What the caller may see.
    items: Vec<WorkloadItem>,
}

/// A thing to do on a day.
#[derive(Serialize, JsonSchema)]
struct WorkloadItem {
    /// The activity.
    id: Uuid,
    /// Its subject as the caller may see it.
    title: Option<String>,
    /// Its kind.
    kind: Option<String>,
    /// Its state.
    status: Option<String>,
    /// Minutes on this day.
    minutes: i64,
    /// Whether it is his own; else he takes part.
    own: bool,
    /// When it begins.
    #[serde(skip_serializing_if = "Option::is_none")]
    start_at: Option<Timestamp>,
    /// When it ends.
    #[serde(skip_serializing_if = "Option::is_none")]
    end_at: Option<Timestamp>,
    /// When it is due.
    #[serde(skip_serializing_if = "Option::is_none")]
    due_at: Option<Timestamp>,
    /// Its version, for a change of it.
    version: i64,
}

/// Whom a board is of.
#[derive(Clone)]
enum Scope {
    Mine,
    Members(Vec<Uuid>),
    Department(Uuid),
    Team(Uuid),
}

/// The board.
pub async fn get(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    let members = ids(&query, "members")?;
    let (department, team): (Option<Uuid>, Option<Uuid>) = (query.value("department")?, query.value("team")?);
    let first: Option<Date> = query.value("day")?;
    let days: i32 = query.value("days")?.unwrap_or(USUAL_DAYS);
    query.finish()?;
    if !(1..=MOST_DAYS).contains(&days) {
        return Err(ApiError::bad("bad_request", "days", format!("应为1到{MOST_DAYS}"), format!("must be 1 to {MOST_DAYS}")).into());
    }
    let scope = match (members.is_empty(), department, team) {
        (false, None, None) => Scope::Members(members),
        (true, Some(department), None) => Scope::Department(department),
        (true, None, Some(team)) => Scope::Team(team),
        (true, None, None) => Scope::Mine,
        _ => {
            let (zh_cn, en) = ("成员、部门、团队只能选一种", "name members, a department or a team, one of them");
            return Err(ApiError::bad("bad_request", "members", zh_cn, en).into());
        }
    };
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            object_of(context, "activity")?;
            let first = first.unwrap_or_else(|| context.now.to_zoned(context.time_zone.clone()).date());
            let (board, truncated) = context.workspace.store.read_with(|tx| {
                let mut members = people_of(context, tx, &scope)?;
                let truncated = members.len() > MOST_PEOPLE;
                members.truncate(MOST_PEOPLE);
                Ok((board(context, tx, members, first, days)?, truncated))
            })?;
            Answer::json(&told(context, board, truncated))
        })
        .await
}

/// The people of a board whom the caller may see, those who work here, by name.
fn people_of(context: &Context, tx: &mut dyn ReadTx, scope: &Scope) -> Result<Vec<Record>, KernelError> {
    let users = object_of(context, MEMBER_OBJECT)?;
    let mut of_departments = |departments: Vec<Uuid>| {
        let there = known_records(
            context,
            tx,
            MEMBER_OBJECT,
            |it| Ok(among(it("department"), departments)?.and(Condition::equals(it("active")?, Value::Bool(true)))),
            MOST_PEOPLE as u64 * 2,
        )?;
        Ok::<_, KernelError>(there.iter().map(Record::id).collect::<Vec<_>>())
    };
    let member = &context.access.member;
    let ids = match scope {
        Scope::Members(ids) => ids.clone(),
        // Who leads nobody looks at the colleagues beside him.
        Scope::Mine if member.subordinates.is_empty() => {
            let mut ids = of_departments(member.own_departments.clone())?;
            ids.push(context.actor);
            ids
        }
        Scope::Mine => std::iter::once(context.actor).chain(member.subordinates.iter().copied()).collect(),
        Scope::Department(id) => of_departments(member.tree.below(&[*id]))?,
        Scope::Team(id) => {
            let teams = object_of(context, TEAM_OBJECT)?;
            load_record(context, tx, &teams, *id, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
            teams.field("members").map_or(Ok(Vec::new()), |it| link_targets(tx, it, *id))?
        }
    };
    let mut found = load_records(context, tx, &users, &ids, Verb::Read, false)?;
    found.retain(|it| it.value("active") != Value::Bool(false));
    let named = |it: &Record| it.text_for(context, "name").unwrap_or_default();
    found.sort_by_cached_key(|it| (it.id() != context.actor, guanxi_text::pinyin::syllables(&named(it)).join(" ")));
    found.dedup_by_key(|it| it.id());
    Ok(found)
}

fn told(context: &Context, board: Board, truncated: bool) -> WorkloadBoard {
    let days = board.days.iter().map(|it| WorkloadDay {
        date: it.date,
        working: it.working,
        exception: it.exception.map(|works| if works { "working_day" } else { "day_off" }),
    });
    WorkloadBoard { days: days.collect(), people: board.people.into_iter().map(|it| person(context, it)).collect(), truncated }
}

fn person(context: &Context, person: Person) -> WorkloadPerson {
    let days = person.days.into_iter().map(|it| WorkloadCell {
        capacity: it.capacity,
        planned: it.planned,
        hidden: it.hidden,
        away: it.away,
        items: it.items.iter().map(|it| item(context, it)).collect(),
    });
    let skills = match person.member.value("skills") {
        _ if !is_shown(context, &person.member, "skills") => Vec::new(),
        Value::Json(json) => json.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
        Value::List(items) => items.iter().filter_map(|it| it.as_text().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    WorkloadPerson {
        member: reference(context, &person.member),
        skills,
        days: days.collect(),
        done: person.done,
        overdue: person.overdue,
        undated: person.undated,
        open: person.open,
    }
}

fn is_shown(context: &Context, record: &Record, field: &str) -> bool {
    record.object.field(field).is_some_and(|it| context.access.may_group(&record.object, it))
}

fn item(context: &Context, item: &Item) -> WorkloadItem {
    let it = &item.activity;
    let moment = |name: &str| match it.value(name) {
        Value::DateTime(at) if is_shown(context, it, name) => Some(at),
        _ => None,
    };
    let choice = |name: &str| it.value(name).as_text().filter(|_| is_shown(context, it, name)).map(str::to_owned);
    WorkloadItem {
        id: it.id(),
        title: it.text_for(context, "subject"),
        kind: choice("kind"),
        status: choice("status"),
        minutes: item.minutes,
        own: item.own,
        start_at: moment("start_at"),
        end_at: moment("end_at"),
        due_at: moment("due_at"),
        version: it.version(),
    }
}
