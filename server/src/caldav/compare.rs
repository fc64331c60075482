//! What was put beside what is there: which time is which, and what has to be written to make the records what was put.

use std::collections::BTreeSet;

use guanxi_kernel::context::Context;
use guanxi_work::calendar_copies::{CalendarCopy, Kept, SINGLE};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::event::{Differences, Shown, differences, own_answer, values};
use super::people::People;
use super::refusal::Refusal;
use super::series::Expected;
use crate::ics::times::Written;

/// So far apart a time before a repeat was moved as a whole and a time after it may be the same one, in seconds.
const NEAR: i64 = 32 * 86_400;

/// Everything that has to be written.
#[derive(Debug, Clone, Default)]
pub struct Plan {
    /// Whether there is nothing yet.
    pub is_new: bool,
    /// Records to be made, each with the name of its time.
    pub create: Vec<(String, Map<String, Json>)>,
    /// Records to be changed, each with the name of its time.
    pub update: Vec<(Uuid, String, Map<String, Json>)>,
    /// Records that go.
    pub delete: Vec<Uuid>,
    /// Records that stay as they are and belong to the resource no more.
    pub let_go: Vec<Uuid>,
    /// Attendances and what is answered.
    pub answers: Vec<(Uuid, &'static str)>,
    /// What was looked at: of which object, which, and in which version.
    pub seen: Vec<(&'static str, Uuid, i64)>,
    /// Copies beside the records.
    pub copies: Vec<CalendarCopy>,
    /// Copies beside nothing that is in the calendar any more: they give way.
    pub stale: Vec<Uuid>,
    /// What is kept of what was put.
    pub kept: Option<Kept>,
}

/// What a program put.
pub struct Told<'a> {
    /// When it takes place, and what it is then.
    pub all: &'a [Expected],
    /// Names of the times it takes out of its own rule.
    pub left_out: &'a BTreeSet<String>,
}

/// Plans what has to be written to make the records there what was put.
///
/// # Errors
/// Where it is somebody else's and not his to change.
pub fn compare(context: &Context, told: &Told<'_>, rows: &[(String, Shown)], people: &People, plan: &mut Plan) -> Result<(), Refusal> {
    if !rows.is_empty() && rows.iter().all(|it| !it.1.is_mine) {
        return answer(context, told.all, rows, people, plan);
    }
    let Pairs { pairs, fresh, left } = pair(context, told, rows);
    for (one, shown) in pairs {
        // Of a time that is another's by now only the answer is his to give.
        let of = if shown.is_mine { differences(context, &one.put, shown, people) } else { Differences::default() };
        plan.answers.extend(own_answer(context, &one.put, shown, people));
        plan.update.push((shown.id(), one.instance.clone(), values(context, &one.put, people, of, Some(shown))));
    }
    let is_called_off = told.all.is_empty() && rows.len() == 1 && rows[0].0 == SINGLE;
    for (instance, shown) in left {
        match shown.invited() {
            Some(invited) if !shown.is_mine => plan.answers.push((invited.id, "declined")),
            None if !shown.is_mine => plan.let_go.push(shown.id()),
            // Called off there is called off here: who was asked is told, and what was noted of it stays.
            _ if is_called_off => {
                plan.update.push((shown.id(), SINGLE.to_owned(), Map::from_iter([("status".to_owned(), json!("cancelled"))])));
            }
            // What took place took place, whatever the rule says by now: only who takes out that very time means it.
            _ if shown.own.until <= context.now && !told.left_out.contains(instance) => plan.let_go.push(shown.id()),
            _ => plan.delete.push(shown.id()),
        }
    }
    let every = Differences { subject: true, description: true, location: true, time: true, people: true, answers: false };
    for one in fresh {
        // What is past is taken when a repeat comes for the first time: later what took place stands there as it was.
        if one.put.until <= context.now && !rows.is_empty() {
            continue;
        }
        let mut values = values(context, &one.put, people, every, None);
        values.retain(|_, it| !it.is_null() && *it != json!([]));
        values.insert("kind".into(), json!("appointment"));
        values.insert("calendar_uid".into(), json!(imported_uid(plan, one.put.from)));
        // What is over need not be done any more.
        if one.put.until < context.now {
            values.insert("status".into(), json!("done"));
        }
        plan.create.push((one.instance.clone(), values));
    }
    Ok(())
}

/// What one is only asked to: the answer and the text beside it are his, and nothing else.
fn answer(context: &Context, all: &[Expected], rows: &[(String, Shown)], people: &People, plan: &mut Plan) -> Result<(), Refusal> {
    let refused = || {
        let (zh_cn, en) =
            ("只有组织者能修改这个日程；您可以答复是否参加", "only whoever it belongs to may change it; you can answer whether you take part");
        Refusal::dav("need-privileges", zh_cn, en)
    };
    for (instance, shown) in rows {
        let one = all.iter().find(|it| it.instance == *instance);
        match (one, shown.invited()) {
            (Some(one), _) if differences(context, &one.put, shown, people).beyond_answers() => return Err(refused()),
            (Some(one), _) => {
                plan.answers.extend(own_answer(context, &one.put, shown, people));
                plan.update.push((shown.id(), instance.clone(), Map::new()));
            }
            (None, Some(invited)) => plan.answers.push((invited.id, "declined")),
            (None, None) => return Err(refused()),
        }
    }
    let is_more = all.iter().any(|one| rows.iter().all(|it| it.0 != one.instance));
    if is_more { Err(refused()) } else { Ok(()) }
}

/// Times that were put and records there, as far as they are the same.
#[derive(Default)]
struct Pairs<'a> {
    pairs: Vec<(&'a Expected, &'a Shown)>,
    fresh: Vec<&'a Expected>,
    left: Vec<&'a (String, Shown)>,
}

/// Finds out which is which: by their names first; then, of what is still to come, by what lies nearest, since a repeat that
/// is moved as a whole has other names throughout.
fn pair<'a>(context: &Context, told: &Told<'a>, rows: &'a [(String, Shown)]) -> Pairs<'a> {
    let mut found = Pairs { left: rows.iter().collect(), ..Pairs::default() };
    for one in told.all {
        match found.left.iter().position(|it| it.0 == one.instance) {
            Some(at) => found.pairs.push((one, &found.left.remove(at).1)),
            None => found.fresh.push(one),
        }
    }
    // What did not repeat and does now, or the other way round, is still the same appointment.
    let turned = rows.iter().any(|it| it.0 == SINGLE) || told.all.iter().any(|it| it.instance == SINGLE);
    if turned && !found.fresh.is_empty() && !found.left.is_empty() {
        let at = found.left.iter().position(|it| it.1.own.from == found.fresh[0].put.from).unwrap_or(0);
        found.pairs.push((found.fresh.remove(0), &found.left.remove(at).1));
    } else {
        pair_moved(context, told, &mut found);
    }
    found
}

fn pair_moved(context: &Context, told: &Told<'_>, found: &mut Pairs<'_>) {
    let to_come: Vec<&Expected> = found.fresh.iter().copied().filter(|it| it.put.until > context.now).collect();
    let is_open = |it: &(String, Shown)| it.1.is_mine && it.1.own.until > context.now && !told.left_out.contains(&it.0);
    let ahead: Vec<&(String, Shown)> = found.left.iter().copied().filter(|it| is_open(it)).collect();
    let mut near = Vec::new();
    for (fresh, one) in to_come.iter().enumerate() {
        for (left, row) in ahead.iter().enumerate() {
            let apart = (one.at.as_second() - at_of(row, &context.time_zone).as_second()).abs();
            if apart <= NEAR {
                near.push((apart, fresh, left));
            }
        }
    }
    near.sort_unstable();
    if near.is_empty() {
        near.extend((0..to_come.len().min(ahead.len())).map(|it| (0, it, it)));
    }
    let (mut used, mut moved) = ((BTreeSet::new(), BTreeSet::new()), Vec::new());
    for (_, fresh, left) in near {
        if !used.0.contains(&fresh) && !used.1.contains(&left) {
            used.0.insert(fresh);
            used.1.insert(left);
            moved.push((to_come[fresh], ahead[left]));
        }
    }
    found.fresh.retain(|it| !moved.iter().any(|(one, _)| std::ptr::eq(*one, *it)));
    found.left.retain(|it| !moved.iter().any(|(_, row)| std::ptr::eq(*row, *it)));
    found.pairs.extend(moved.into_iter().map(|(one, row)| (one, &row.1)));
}

/// When a time of a repeat takes place by the rule, whenever it was moved to.
fn at_of((instance, shown): &(String, Shown), zone: &TimeZone) -> Timestamp {
    Written::read(instance, zone).and_then(|it| it.moment()).unwrap_or(shown.own.from)
}

/// As a file of the same calendar would name it, so that it does not come a second time by that way.
fn imported_uid(plan: &Plan, at: Timestamp) -> String {
    let uid = plan.kept.as_ref().map(|it| it.uid.as_str()).unwrap_or_default();
    format!("{uid}/{}", at.as_second())
}
