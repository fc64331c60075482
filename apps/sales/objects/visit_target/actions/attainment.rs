//! How many visits were made in each week against the targets, as far as the caller may see them.

use std::collections::{BTreeSet, HashMap};

use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{AggregateRequest, ListRequest, MAX_GROUPS, Record, aggregate, list};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use jiff::ToSpan as _;
use jiff::civil::Date;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::pipeline::setting::day_of;
use crate::subject::{Subject, begins, departments, quoted};

/// The object of visits.
const VISIT: &str = "activity";
/// Weeks told where nobody says from when.
const USUAL_WEEKS: i64 = 8;
/// Most weeks told at once.
const MOST_WEEKS: i32 = 53;
/// Targets read together.
const PAGE: u32 = 500;
/// With so many departments and members told of no further page is read.
const MOST_SUBJECTS: usize = 2_000;
/// Most ids of one condition.
const MOST_IDS: usize = 300;

/// See the module.
pub struct Attainment(pub ActionDefinition);

impl Action for Attainment {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, _record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let context = unit.context;
        let today = day_of(context, context.now);
        let day = |name: &str| input.get(name).and_then(Json::as_str).and_then(|it| it.parse::<Date>().ok());
        let last = monday(day("to").unwrap_or(today));
        let first = day("from").map_or_else(|| last.saturating_sub((USUAL_WEEKS - 1).weeks()), monday);
        let weeks = weeks(first, last)?;
        let (targets, more) = targets(context, unit.tx, &self.0.object, first, last)?;
        let tree = departments(context, unit.tx)?;
        let counting = Counting { context, first, behind_last: last.saturating_add(1.week()), weeks: weeks.len() };
        let subjects: Vec<(Subject, Vec<Uuid>)> = targets.iter().map(|(subject, _)| (*subject, subject.counted(&tree))).collect();
        let done = counting.count(context, unit.tx, &subjects)?;
        // He is told that there are more than those he sees, not how many.
        let all = counting.count(&context.as_system(), unit.tx, &subjects)?;
        let mut rows = Vec::new();
        for ((_, targets), (subject, ids)) in targets.iter().zip(&subjects) {
            for week in &weeks {
                let Some(target) = in_force(targets, *week) else { continue };
                let of = |counted: &Counted| ids.iter().filter_map(|id| counted.get(&(subject.field(), *id, *week))).sum::<i64>();
                rows.push(row(target, *week, today, of(&done), of(&all) > of(&done)));
            }
        }
        Ok(json!({ "rows": rows, "more": more }))
    }
}

/// The Monday of a day's week.
fn monday(day: Date) -> Date {
    day.saturating_sub(i64::from(day.weekday().to_monday_zero_offset()).days())
}

fn weeks(first: Date, last: Date) -> Result<Vec<Date>> {
    let days = (last - first).get_days();
    if days < 0 {
        return Err(KernelError::invalid("from", "rule", "开始不能晚于结束", "it cannot begin after it ends"));
    }
    if days / 7 >= MOST_WEEKS {
        return Err(KernelError::invalid("from", "too_large", format!("最多{MOST_WEEKS}周"), format!("at most {MOST_WEEKS} weeks")));
    }
    Ok(first.series(1.week()).take_while(|it| *it <= last).collect())
}

/// Targets by whom they are for.
type Targets = Vec<(Subject, Vec<Json>)>;

/// The targets the caller sees that hold in some of the weeks, by whom they are for, and whether there are more of them.
fn targets(context: &Context, tx: &mut dyn ReadTx, object: &str, first: Date, last: Date) -> Result<(Targets, bool)> {
    let object = guanxi_kernel::read::object_of(context, object)?;
    let sunday = last.saturating_add(6.days());
    let filter = format!("valid_from <= date('{sunday}') && (valid_until == null || valid_until >= date('{first}'))");
    let mut request = ListRequest { filter: Some(filter), sort: Some("name".into()), limit: PAGE, ..ListRequest::default() };
    let mut targets = Targets::new();
    let mut place: HashMap<Subject, usize> = HashMap::new();
    loop {
        let page = list(context, tx, &object, &request)?;
        let found: Vec<Json> = serde_json::from_str(&page.items).map_err(|error| KernelError::Internal(error.to_string()))?;
        for target in found {
            let Some(subject) = Subject::of(&target) else { continue };
            let at = *place.entry(subject).or_insert(targets.len());
            match targets.get_mut(at) {
                Some(known) => known.1.push(target),
                None => targets.push((subject, vec![target])),
            }
        }
        request.cursor = page.next_cursor;
        if request.cursor.is_none() || targets.len() >= MOST_SUBJECTS {
            return Ok((targets, request.cursor.is_some()));
        }
    }
}

/// Of the targets for one the latest that holds in a week.
fn in_force(targets: &[Json], week: Date) -> Option<&Json> {
    let day = |target: &Json, name: &str| target[name].as_str().and_then(|it| it.parse::<Date>().ok());
    let sunday = week.saturating_add(6.days());
    let holds = |it: &&Json| day(it, "valid_from").is_some_and(|from| from <= sunday) && day(it, "valid_until").is_none_or(|until| until >= week);
    targets.iter().filter(holds).max_by_key(|it| day(it, "valid_from"))
}

fn row(target: &Json, week: Date, today: Date, done: i64, partial: bool) -> Json {
    let wanted = target["visits_per_week"].as_i64().unwrap_or(1).max(1);
    let hundredths = done * 10_000 / wanted;
    json!({
        "department": target["department"],
        "member": target["member"],
        "week": week.to_string(),
        "target": wanted,
        "done": done,
        "percent": format!("{}.{:02}", hundredths / 100, hundredths % 100),
        "current": monday(today) == week,
        "partial": partial,
    })
}

/// Visits by the field that tells whose they are, by whose, and by the Monday of their week.
type Counted = HashMap<(&'static str, Uuid, Date), i64>;

/// Counts the visits made.
struct Counting<'a> {
    context: &'a Context,
    first: Date,
    /// The day after the last one counted.
    behind_last: Date,
    /// How many weeks that are.
    weeks: usize,
}

impl Counting<'_> {
    /// Visits made that somebody sees, by department and by owner. As many are counted at once as one answer has groups for.
    fn count(&self, who_asks: &Context, tx: &mut dyn ReadTx, subjects: &[(Subject, Vec<Uuid>)]) -> Result<Counted> {
        let visits: std::sync::Arc<Object> = guanxi_kernel::read::object_of(self.context, VISIT)?;
        let (from, to) = (begins(self.context, self.first)?, begins(self.context, self.behind_last)?);
        let when = format!("happened_at >= datetime('{from}') && happened_at < datetime('{to}')");
        let mut counted = Counted::new();
        for field in ["department", "owner"] {
            let of_field = subjects.iter().filter(|(subject, _)| subject.field() == field);
            let ids: Vec<Uuid> = of_field.flat_map(|(_, ids)| ids.iter().copied()).collect::<BTreeSet<_>>().into_iter().collect();
            for some in ids.chunks((MAX_GROUPS as usize / self.weeks.max(1)).clamp(1, MOST_IDS)) {
                let request = AggregateRequest {
                    group_by: vec![field.into(), "happened_at:week".into()],
                    measures: vec!["count".into()],
                    filter: Some(format!("kind == 'visit' && status == 'done' && {when} && {field} in [{}]", quoted(some))),
                    ..AggregateRequest::default()
                };
                for group in aggregate(who_asks, tx, &visits, &request)?.groups {
                    let [Json::String(id), Json::String(week)] = group.keys.as_slice() else { continue };
                    let count = group.values.get("count").and_then(Json::as_i64).unwrap_or(0);
                    if let (Ok(id), Ok(week)) = (Uuid::try_parse(id), week.parse()) {
                        counted.insert((field, id, week), count);
                    }
                }
            }
        }
        Ok(counted)
    }
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn weeks_begin_on_monday_and_cross_months_and_years() {
        assert_eq!(monday(date(2026, 11, 16)), date(2026, 11, 16));
        assert_eq!(monday(date(2027, 1, 3)), date(2026, 12, 28));
        let of = |first, last| weeks(first, last).map(|it| it.len()).ok();
        assert_eq!(of(date(2026, 12, 28), date(2027, 1, 4)), Some(2));
        assert_eq!(of(date(2027, 1, 4), date(2026, 12, 28)), None);
        assert_eq!(of(date(2026, 1, 5), date(2027, 1, 11)), None);
    }

    #[test]
    fn the_latest_target_that_has_begun_holds() {
        let target = |from: &str, until: Json, visits: i64| json!({ "valid_from": from, "valid_until": until, "visits_per_week": visits });
        let targets = [target("2026-10-01", Json::Null, 3), target("2026-11-18", json!("2026-11-29"), 5)];
        let of = |week| in_force(&targets, week).map(|it| it["visits_per_week"].clone());
        assert_eq!(of(date(2026, 9, 21)), None);
        assert_eq!(of(date(2026, 9, 28)), Some(json!(3)));
        assert_eq!(of(date(2026, 11, 16)), Some(json!(5)));
        assert_eq!(of(date(2026, 11, 30)), Some(json!(3)));
    }
}
