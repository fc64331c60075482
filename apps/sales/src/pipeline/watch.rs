//! Opportunities that stand too long in their stage: who has them is told before and after the limit, those above him
//! after it, and what stands longer still is closed. All of it once, however often the job runs.

use std::sync::LazyLock;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::locks::lock_state;
use guanxi_kernel::read::{Conditions, Record, known_page, known_records};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::{Unit, run_unit};
use guanxi_kernel::{KernelError, Result, Value};
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::setting::{SETTING, Setting, day_of};
use super::{OPPORTUNITY, values};

/// Opportunities looked at together.
const PAGE: u64 = 200;
/// Most settings of a workspace.
const MOST_SETTINGS: u64 = 1_000;
/// The reason of an automatic close where none was set.
const USUAL_REASON: &str = "no_response";
/// The field of what the owner was told of the limit already.
const TOLD: &str = "stage_told";

/// `sales.watch_stages`.
pub struct WatchStages;

/// What is to be done about one opportunity.
#[derive(Debug, Clone, PartialEq, Eq)]
enum Step {
    /// The limit is another one than what was worked out on entering: the settings were changed.
    Limit(Option<Date>),
    /// The limit comes (`soon`) or is over.
    Tell(&'static str),
    /// It is recorded as lost: after so many days; because the condition holds where none are told.
    Close { reason: String, days: Option<i64> },
}

impl JobHandler for WatchStages {
    fn kind(&self) -> &str {
        "sales.watch_stages"
    }

    /// In the morning, before work begins.
    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::At("30 6 * * *"))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        if context.schema.object(SETTING).is_none() {
            return Ok(());
        }
        let all = context.workspace.store.read_with(|tx| known_records(context, tx, SETTING, |_| Ok(Condition::True), MOST_SETTINGS))?;
        let settings: Vec<Setting> = all.into_iter().map(Setting).collect();
        settings.iter().try_for_each(|it| watch(context, it))?;
        forget_limits(context, &settings)
    }
}

/// What has a limit where no settings are left has none any more.
fn forget_limits(context: &Context, settings: &[Setting]) -> Result<()> {
    let mut after = None;
    loop {
        let limited = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::NotNull(it("stage_due")?));
        let page = context.workspace.store.read_with(|tx| known_page(context, tx, OPPORTUNITY, limited, after, PAGE))?;
        for opportunity in page.iter().filter(|it| !settings.iter().any(|setting| stands_in(setting, it))) {
            match take(context, opportunity.id(), Step::Limit(None)) {
                Ok(_) | Err(KernelError::Invalid(_) | KernelError::NotFound) => {}
                Err(other) => return Err(other),
            }
        }
        after = page.last().filter(|_| page.len() as u64 == PAGE).map(Record::id);
        if after.is_none() {
            return Ok(());
        }
    }
}

fn stands_in(setting: &Setting, opportunity: &Record) -> bool {
    ["pipeline", "stage"].iter().all(|it| opportunity.value(it) == setting.0.value(it))
}

/// Goes through what stands in one stage, page by page, each opportunity in a transaction of its own.
fn watch(context: &Context, setting: &Setting) -> Result<()> {
    let mut after = None;
    loop {
        let page = context.workspace.store.read_with(|tx| known_page(context, tx, OPPORTUNITY, |it| standing(setting, it), after, PAGE))?;
        for opportunity in &page {
            // Taken one after the other: a new limit may be over at once.
            let mut next = step(context, setting, Some(opportunity));
            while let Some(step_now) = next {
                match take(context, opportunity.id(), step_now) {
                    Ok(true) => {}
                    // One that is locked, or cannot be saved as it is, does not keep the others waiting.
                    Ok(false) | Err(KernelError::Invalid(_) | KernelError::NotFound) => break,
                    Err(other) => return Err(other),
                }
                next = step(context, setting, reload(context, opportunity.id())?.as_ref());
            }
        }
        after = page.last().filter(|_| page.len() as u64 == PAGE).map(Record::id);
        if after.is_none() {
            return Ok(());
        }
    }
}

fn standing(setting: &Setting, it: &dyn Fn(&str) -> Result<ColumnRef>) -> Result<Condition> {
    Ok(Condition::equals(it("pipeline")?, setting.0.value("pipeline")).and(Condition::equals(it("stage")?, setting.0.value("stage"))))
}

fn reload(context: &Context, id: Uuid) -> Result<Option<Record>> {
    context.workspace.store.read_with(|tx| load(context, tx, id))
}

fn load(context: &Context, tx: &mut dyn ReadTx, id: Uuid) -> Result<Option<Record>> {
    Ok(known_records(context, tx, OPPORTUNITY, |it| Ok(Condition::equals(it("id")?, Value::Id(id))), 1)?.pop())
}

/// The next thing to be done about an opportunity, if it still stands in the stage.
fn step(context: &Context, setting: &Setting, opportunity: Option<&Record>) -> Option<Step> {
    let opportunity = opportunity?;
    let Value::DateTime(entered) = opportunity.value("stage_changed_at") else { return None };
    let closed = matches!(opportunity.value("stage").as_text(), Some("won" | "lost")) || !opportunity.value("closed_at").is_null();
    if !stands_in(setting, opportunity) || closed {
        return None;
    }
    let today = day_of(context, context.now);
    if closes(context, setting, opportunity, (entered, today)) {
        let reason = setting.0.value("close_reason").as_text().unwrap_or(USUAL_REASON).to_owned();
        return Some(Step::Close { reason, days: setting.days("close_after_days").filter(|_| condition_of(setting).is_none()) });
    }
    let (is, should) = (if let Value::Date(due) = opportunity.value("stage_due") { Some(due) } else { None }, setting.due(context, entered));
    if is != should {
        return Some(Step::Limit(should));
    }
    let due = should?;
    let told = opportunity.value(TOLD);
    let warns = setting.days("warn_days").is_some_and(|days| due.saturating_sub(days.days()) <= today);
    match told.as_text() {
        Some("over") => None,
        _ if due < today => Some(Step::Tell("over")),
        None if warns => Some(Step::Tell("soon")),
        _ => None,
    }
}

/// When it is closed by itself besides the days, if something is said of that.
fn condition_of(setting: &Setting) -> Option<String> {
    setting.0.text("close_when").filter(|it| !it.trim().is_empty())
}

/// Whether an opportunity that entered then is closed by itself today: the days are over and the condition holds, as far as
/// either was set. A condition that is not understood any more closes nothing.
fn closes(context: &Context, setting: &Setting, opportunity: &Record, (entered, today): (Timestamp, Date)) -> bool {
    static KNOWN: LazyLock<Conditions> = LazyLock::new(Conditions::default);
    let (days, condition) = (setting.days("close_after_days"), condition_of(setting));
    let holds = |source: &String| {
        let condition = KNOWN.read(&context.schema, &opportunity.object, source);
        condition.is_some_and(|it| it.holds(opportunity, context.now, &context.workspace.time_zone()))
    };
    (days.is_some() || condition.is_some()) && days.is_none_or(|it| is_over(context, entered, it, today)) && condition.as_ref().is_none_or(holds)
}

/// Whether so many days have passed since it entered.
fn is_over(context: &Context, entered: Timestamp, days: i64, today: Date) -> bool {
    day_of(context, entered).saturating_add(days.days()) <= today
}

/// Takes a step, unless the opportunity was changed since it was found; answers whether it was taken.
fn take(context: &Context, id: Uuid, step: Step) -> Result<bool> {
    run_unit(context, context.new_id(), "watch_stages", Box::new(move |unit| carry_out(unit, id, &step)))
}

fn carry_out(unit: &mut Unit<'_>, id: Uuid, step: &Step) -> Result<bool> {
    let context = unit.context;
    let Some(opportunity) = load(context, unit.tx, id)? else { return Ok(false) };
    match step {
        Step::Limit(due) => {
            let mut changed = values([("stage_due", json!(due.map(|it| it.to_string())))]);
            // Of the new limit nobody was told.
            changed.insert(TOLD.to_owned(), Json::Null);
            unit.update_as_system(OPPORTUNITY, id, &changed)?;
        }
        Step::Tell(what) => {
            let saved = unit.update_as_system(OPPORTUNITY, id, &values([(TOLD, json!(what))]))?;
            unit.emit(&saved, if *what == "over" { "stage_overdue" } else { "stage_due" }, Map::new());
        }
        Step::Close { reason, days } => {
            if lock_state(context, unit.tx, &opportunity.object, id)?.lock.is_some() {
                return Ok(false);
            }
            close(unit, &opportunity, reason, *days)?;
        }
    }
    Ok(true)
}

/// Records it as lost, as somebody would by hand.
fn close(unit: &mut Unit<'_>, opportunity: &Record, reason: &str, days: Option<i64>) -> Result<()> {
    let from = opportunity.value("stage");
    let label = opportunity.object.field("stage").and_then(|it| it.definition.options.iter().find(|option| from.as_text() == Some(&option.value)));
    let label = label.map(|it| unit.context.locale.pick(&it.label).to_owned()).unwrap_or_default();
    let note = match days {
        Some(days) => Label::new(format!("在“{label}”阶段满{days}天，系统自动关闭"), format!("Closed by itself after {days} days in {label}")),
        None => Label::new(
            format!("在“{label}”阶段符合自动关闭的条件，系统自动关闭"),
            format!("Closed by itself: it met the condition of {label} for that"),
        ),
    };
    let lost = values([("stage", json!("lost")), ("loss_reason", json!(reason)), ("loss_note", json!(unit.context.locale.pick(&note)))]);
    let saved = unit.update_as_system(OPPORTUNITY, opportunity.id(), &lost)?;
    let details = values([("stage", json!([from.as_text(), "lost"]))]);
    unit.emit(&saved, "stage_changed", details.clone());
    unit.emit(&saved, "lost", details);
    Ok(())
}
