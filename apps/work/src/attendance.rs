//! Who is asked to take part: one attendance for each colleague and each of the customer's people an appointment or a
//! visit names, and with it the right to see what one is asked to. Colleagues that a task names do it together with its
//! owner: they may change it, too.

use std::collections::BTreeSet;

use guanxi_kernel::access::{Principal, ShareLevel};
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, among, known_records, link_targets};
use guanxi_kernel::schema::OWNER_FIELD;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{Result, Value};
use jiff::ToSpan as _;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::activity::{ACTIVITY, LONGEST_DAYS, MEETINGS, end_of};
use crate::bookings::{book_again, hold, refuse_taken};

/// The object.
pub const ATTENDANCE: &str = "attendance";
/// Why those invited see what they are invited to, as shares tell it.
const REASON: &str = "invitation";
/// Most people one appointment names.
const MOST: usize = 200;
/// The attendance's field for a colleague.
const MEMBER: &str = "member";
/// Fields that name people, and the attendance's field for each.
const SIDES: [(&str, &str); 2] = [("participants", MEMBER), ("attendees", "contact")];
/// The kind of what people do rather than meet for.
const TASK: &str = "task";

/// See the module.
pub struct AttendanceHook;

impl Hook for AttendanceHook {
    fn object(&self) -> &str {
        ACTIVITY
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        refuse_endless(draft);
        for (field, _) in SIDES {
            if named_anew(draft, field).is_some_and(|it| it.len() > MOST) {
                draft.problem(field, "too_large", format!("最多{MOST}人"), format!("at most {MOST} people"));
            }
        }
        refuse_taken(context, tx, draft)
    }

    fn after_restore(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        book_again(unit, record)
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        hold(unit, draft)?;
        if !asks(&draft.value("kind")) && draft.before.as_ref().is_none_or(|it| !asks(&it.value("kind"))) {
            return Ok(());
        }
        let names = SIDES.iter().any(|it| named_anew(draft, it.0).is_some());
        let is_new = draft.kind == DraftKind::Create;
        let moved = !is_new && (draft.changes("start_at") || draft.changes("end_at"));
        let turned = !is_new && (draft.changes("kind") || draft.changes(OWNER_FIELD));
        if names || moved || turned { keep(unit, draft, moved) } else { Ok(()) }
    }
}

/// Whether people are asked to take part in what is of this kind.
fn asks(kind: &Value) -> bool {
    is_meeting(kind) || kind.as_text() == Some(TASK)
}

fn is_meeting(kind: &Value) -> bool {
    kind.as_text().is_some_and(|it| MEETINGS.contains(&it))
}

/// The people a change names in a field, if it says anything of it.
fn named_anew<'d>(draft: &'d Draft, field: &str) -> Option<&'d Vec<Uuid>> {
    draft.links.get(&draft.object.field_position(field)?)
}

/// An appointment that never ends blocks a calendar: with zones mixed up, or a year mistyped, it is meant otherwise.
fn refuse_endless(draft: &mut Draft) {
    if !is_meeting(&draft.value("kind")) || !["kind", "start_at", "end_at", "duration"].iter().any(|it| draft.changes(it)) {
        return;
    }
    if let Value::DateTime(start) = draft.value("start_at")
        && end_of(start, &draft.value("end_at"), &draft.value("duration")).as_second() - start.as_second() > LONGEST_DAYS * 86_400
    {
        let zh_cn = format!("日程最长{LONGEST_DAYS}天；请检查日期与时区，更长的请登记为请假外出");
        draft.problem(
            "end_at",
            "too_large",
            zh_cn,
            format!("an appointment lasts at most {LONGEST_DAYS} days: check day and time zone; what is longer is an absence"),
        );
    }
}

/// Makes the attendances what the activity names: who is new is asked and may see it, who is gone no longer, and who had
/// answered for another time is asked again.
fn keep(unit: &mut Unit<'_>, draft: &Draft, moved: bool) -> Result<()> {
    let activity = draft.record();
    let mut wanted: BTreeSet<(&str, Uuid)> = BTreeSet::new();
    let meets = is_meeting(&draft.value("kind"));
    if asks(&draft.value("kind")) {
        for (field, side) in SIDES.into_iter().filter(|it| meets || it.1 == MEMBER) {
            let people = match (named_anew(draft, field), draft.object.field(field)) {
                (Some(people), _) => people.clone(),
                (None, Some(link)) => link_targets(unit.tx, link, draft.id())?,
                (None, None) => Vec::new(),
            };
            wanted.extend(people.into_iter().map(|it| (side, it)));
        }
        if let Value::Id(owner) = draft.value(OWNER_FIELD) {
            wanted.remove(&(MEMBER, owner));
        }
    }
    let context = unit.context;
    let known = known_records(context, unit.tx, ATTENDANCE, |it| among(it("activity"), [draft.id()]), 2 * MOST as u64)?;
    for attendance in &known {
        let side = SIDES.iter().find_map(|it| attendance.reference(it.1).map(|id| (it.1, id)));
        match side.filter(|it| wanted.remove(it)) {
            None => {
                unit.end_shares_of(attendance.id())?;
                unit.delete_as_system(ATTENDANCE, attendance.id())?;
            }
            // What people may do with a task and with an appointment differs: they are asked anew.
            Some(side) if draft.changes("kind") => {
                unit.end_shares_of(attendance.id())?;
                unit.delete_as_system(ATTENDANCE, attendance.id())?;
                wanted.insert(side);
            }
            Some(_) if moved && meets && attendance.value("answer").as_text() != Some("none") => {
                let values = [("answer", json!("none")), ("note", Json::Null), ("answered_at", Json::Null)];
                unit.update_as_system(ATTENDANCE, attendance.id(), &values.into_iter().map(|it| (it.0.to_owned(), it.1)).collect())?;
            }
            Some(_) => {}
        }
    }
    wanted.into_iter().try_for_each(|(side, id)| ask(unit, &activity, side, id))
}

fn ask(unit: &mut Unit<'_>, activity: &Record, side: &str, id: Uuid) -> Result<()> {
    let values = Map::from_iter([("activity".to_owned(), json!(activity.id())), (side.to_owned(), json!(id))]);
    let attendance = unit.create_as_system(ATTENDANCE, &values)?;
    if side == MEMBER {
        let level = if is_meeting(&activity.value("kind")) { ShareLevel::Read } else { ShareLevel::Write };
        unit.share_until(activity, Principal::Member(id), level, REASON, (ATTENDANCE, attendance.id()))?;
    }
    Ok(())
}

/// What is that far before a moment may still go on then.
pub fn reach_back(moment: jiff::Timestamp) -> jiff::Timestamp {
    moment.checked_sub((LONGEST_DAYS * 24).hours()).unwrap_or(moment)
}
