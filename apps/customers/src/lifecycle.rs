//! In which lifecycle stage a customer is: rules say it, unless somebody fixed it; every move is kept with the days before.

use guanxi_kernel::app::{Hook, JobHandler};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{ConditionOn, Record, known_page, known_records};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::schema::OpenGate;
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::{Draft, Unit, in_steps};
use guanxi_kernel::{Result, Value};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

/// The object that has stages.
pub const ACCOUNT: &str = "account";
/// The object of the rules, and of the moves.
const RULE: &str = "lifecycle_rule";
const MOVE: &str = "lifecycle_move";
/// What a rule changes itself, or by changing anything: one that asks for it would never come to rest.
const OF_ITSELF: [&str; 7] = ["lifecycle", "lifecycle_since", "lifecycle_rule", "lifecycle_fixed", "updated_at", "updated_by", "version"];
/// The job.
const MOVE_CUSTOMERS: &str = "customers.move_lifecycles";
/// Most rules.
const MOST_RULES: u64 = 200;
/// Accounts looked at together, and changed in one transaction.
const PAGE: u64 = 500;
const AT_ONCE: usize = 50;

/// The rules in use, in their order.
struct Rules(Vec<(ConditionOn, String, Uuid)>);

impl Rules {
    fn read(context: &Context, tx: &mut dyn ReadTx) -> Result<Self> {
        let Some(account) = context.schema.object(ACCOUNT) else { return Ok(Self(Vec::new())) };
        let active = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::equals(it("active")?, Value::Bool(true)));
        let mut rules = known_records(context, tx, RULE, active, MOST_RULES)?;
        rules.sort_by_key(|it| (if let Value::Int(position) = it.value("position") { position } else { 0 }, it.id()));
        let rule = |it: &Record| {
            let condition = ConditionOn::read(&context.schema, account, &it.text("condition")?, &OpenGate).ok()?;
            Some((condition, it.value("stage").as_text()?.to_owned(), it.id()))
        };
        Ok(Self(rules.iter().filter_map(rule).collect()))
    }

    /// The stage a customer should be in and the rule that says so, where that is another one than he is in.
    fn other(&self, context: &Context, account: &Record) -> Option<(&str, Uuid)> {
        if account.value("lifecycle_fixed").is_true() {
            return None;
        }
        let zone = context.workspace.time_zone();
        let (_, stage, rule) = self.0.iter().find(|it| it.0.holds(account, context.now, &zone))?;
        (account.value("lifecycle").as_text() != Some(stage)).then_some((stage.as_str(), *rule))
    }
}

/// Notes since when, and what was before.
pub struct LifecycleHook;

impl Hook for LifecycleHook {
    fn object(&self) -> &str {
        ACCOUNT
    }

    fn before_save(&self, context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let is_new = draft.before.is_none();
        if !is_new && !draft.changes("lifecycle") {
            return Ok(());
        }
        let at = made_at(context, draft);
        draft.set(context, "lifecycle_since", &json!(at.to_string()))
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        let Some(before) = draft.before.as_ref().filter(|_| draft.changes("lifecycle")) else { return Ok(()) };
        let since = if let Value::DateTime(at) = before.value("lifecycle_since") { Some(at) } else { None };
        let at = made_at(unit.context, draft);
        let row = Map::from_iter([
            ("account".to_owned(), json!(draft.id())),
            ("from_stage".to_owned(), json!(before.value("lifecycle").as_text())),
            ("to_stage".to_owned(), json!(draft.value("lifecycle").as_text())),
            ("moved_at".to_owned(), json!(at.to_string())),
            ("days".to_owned(), json!(since.map(|it| days_between(it, at)))),
            ("rule".to_owned(), json!(draft.record().reference("lifecycle_rule").filter(|_| draft.is_by_engine()))),
        ]);
        unit.create_as_system(MOVE, &row)?;
        Ok(())
    }
}

/// When a change is made, to the second as files that go out and come back have it. The demo company was not made today.
fn made_at(context: &Context, draft: &Draft) -> Timestamp {
    let at = match (draft.stamp, draft.before.is_none(), draft.value("created_at")) {
        (Some(stamp), ..) => stamp.at,
        (None, true, Value::DateTime(at)) => at,
        _ => context.now,
    };
    Timestamp::from_second(at.as_second()).unwrap_or(at)
}

/// Days between two moments, to a tenth.
fn days_between(from: Timestamp, to: Timestamp) -> String {
    let tenths = to.duration_since(from).as_secs().max(0) * 10 / 86_400;
    format!("{}.{}", tenths / 10, tenths % 10)
}

/// A rule must be understood.
pub struct LifecycleRuleHook;

impl Hook for LifecycleRuleHook {
    fn object(&self) -> &str {
        RULE
    }

    fn before_save(&self, context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        ConditionOn::check(context, draft, "condition", ACCOUNT, &OF_ITSELF)
    }

    fn after_save(&self, unit: &mut Unit<'_>, _draft: &Draft) -> Result<()> {
        anew(unit)
    }

    fn after_delete(&self, unit: &mut Unit<'_>, _record: &Record) -> Result<()> {
        anew(unit)
    }

    fn after_restore(&self, unit: &mut Unit<'_>, _record: &Record) -> Result<()> {
        anew(unit)
    }
}

/// One for each change: a job that runs already may have passed what this one changes.
fn anew(unit: &mut Unit<'_>) -> Result<()> {
    unit.enqueue(MOVE_CUSTOMERS, json!({}), None)?;
    Ok(())
}

/// `customers.move_lifecycles`.
pub struct MoveLifecycles;

impl JobHandler for MoveLifecycles {
    fn kind(&self) -> &str {
        MOVE_CUSTOMERS
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::At("20 4 * * *"))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let store = &context.workspace.store;
        let rules = store.read_with(|tx| Rules::read(context, tx))?;
        if rules.0.is_empty() {
            return Ok(());
        }
        let mut after = None;
        loop {
            let page = store.read_with(|tx| known_page(context, tx, ACCOUNT, |_| Ok(Condition::True), after, PAGE))?;
            let Some(last) = page.last().map(Record::id) else { return Ok(()) };
            let moved: Vec<Uuid> = page.iter().filter(|it| rules.other(context, it).is_some()).map(Record::id).collect();
            in_steps(context, "lifecycle", &moved, AT_ONCE, &take)?;
            after = Some(last);
        }
    }
}

fn take(unit: &mut Unit<'_>, ids: &[Uuid]) -> Result<()> {
    let context = unit.context;
    let rules = Rules::read(context, unit.tx)?;
    if let Some(object) = context.schema.object(ACCOUNT) {
        unit.lock(object, ids.to_vec())?;
    }
    let wanted = ids.iter().copied().map(Value::Id).collect();
    for account in known_records(context, unit.tx, ACCOUNT, |it| Ok(Condition::In(it("id")?, wanted, false)), PAGE)? {
        if let Some((stage, rule)) = rules.other(context, &account) {
            let change = Map::from_iter([("lifecycle".to_owned(), json!(stage)), ("lifecycle_rule".to_owned(), json!(rule))]);
            unit.update_as_system(ACCOUNT, account.id(), &change)?;
        }
    }
    Ok(())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn days_are_told_to_a_tenth() {
        let at = |text: &str| text.parse::<Timestamp>().expect("a moment");
        assert_eq!(days_between(at("2026-01-31T00:00:00Z"), at("2026-02-28T12:00:00Z")), "28.5");
        assert_eq!(days_between(at("2026-01-31T00:00:00Z"), at("2026-01-30T00:00:00Z")), "0.0");
    }
}
