//! Who is told of appointments: those invited, who invited them of their answers, and all when it is moved or called off.

use guanxi_kernel::context::Context;
use guanxi_kernel::events::Event;
use guanxi_kernel::read::{Record, among, known_records};
use guanxi_kernel::schema::OWNER_FIELD;
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::{Result, Value};
use serde_json::Value as Json;
use uuid::Uuid;

use super::news::News;

/// The object of who takes part.
pub const ATTENDANCE: &str = "attendance";
/// The object one takes part in.
pub const ACTIVITY: &str = "activity";
/// Most people of one appointment.
const MOST: u64 = 400;

/// News of one attendance: asked, or answered.
///
/// # Errors
/// Fails where the database does.
pub fn of_attendance(event: &Event, verb: &str, attendance: &Record, activity: &Record) -> Vec<News> {
    let target = || Some((ACTIVITY.to_owned(), activity.id()));
    if !lies_ahead(activity, event) {
        return Vec::new();
    }
    let answer = event.changes.get("answer").and_then(|it| it.get(1)).and_then(Json::as_str);
    let told = match (verb, answer) {
        ("created", _) => attendance.reference("member").map(|it| at_once(News::of(event, it, "invited", target()), event, activity)),
        ("updated", Some(answer)) if answer != "none" => {
            let owner = activity.reference(OWNER_FIELD);
            owner.map(|it| News::of(event, it, "answered", target()).with("answer", answer))
        }
        _ => None,
    };
    told.into_iter().collect()
}

/// News of an appointment that is moved or called off, to all who have not declined.
///
/// # Errors
/// Fails where the database does.
pub fn of_activity(context: &Context, tx: &mut dyn ReadTx, event: &Event, activity: &Record) -> Result<Vec<News>> {
    let called_off = event.changes.get("status").and_then(|it| it.get(1)).is_some_and(|it| *it == "cancelled");
    let moved = ["start_at", "end_at"].iter().any(|it| event.changes.contains_key(*it));
    if !(called_off || moved) || !lies_ahead(activity, event) {
        return Ok(Vec::new());
    }
    let kind = if called_off { "called_off" } else { "moved" };
    let attending = known_records(context, tx, ATTENDANCE, |it| among(it("activity"), [activity.id()]), MOST)?;
    let coming = attending.iter().filter(|it| it.value("answer").as_text() != Some("declined"));
    let told = coming.filter_map(|it| it.reference("member"));
    Ok(told.map(|it| at_once(News::of(event, it, kind, Some((ACTIVITY.to_owned(), activity.id()))), event, activity)).collect())
}

/// Of a repeat that a calendar program puts, every time is an appointment: who is asked to all of them at once is told once.
fn at_once(news: News, event: &Event, activity: &Record) -> News {
    if activity.value("calendar_uid").is_null() { news } else { News { group: format!("{}:{}", news.kind, event.change.simple()), ..news } }
}

/// Whether somebody is asked to a record: what he is shown of it for that is no news of its own.
///
/// # Errors
/// Fails where the database does.
pub fn is_asked(context: &Context, tx: &mut dyn ReadTx, activity: Uuid, member: Uuid) -> Result<bool> {
    if context.schema.object(ATTENDANCE).is_none() {
        return Ok(false);
    }
    let asked = |it: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| {
        Ok(among(it("activity"), [activity])?.and(Condition::equals(it("member")?, Value::Id(member))))
    };
    Ok(!known_records(context, tx, ATTENDANCE, asked, 1)?.is_empty())
}

/// What is over was entered afterwards, and nobody need come.
fn lies_ahead(activity: &Record, event: &Event) -> bool {
    let when = [activity.value("end_at"), activity.value("start_at")];
    when.iter().any(|it| matches!(it, Value::DateTime(at) if *at > event.at))
}
