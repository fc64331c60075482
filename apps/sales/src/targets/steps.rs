//! The life of a target: it is planned, runs, its review is handed in, and confirmed or given back.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::Record;
use guanxi_kernel::write::{Planner, Unit};
use guanxi_kernel::{KernelError, Result};
use rust_decimal::prelude::ToPrimitive as _;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::TARGET;
use super::counting::{Counting, percent, two_digits};
use super::target::{Measure, targets};
use crate::subject::departments;

/// A step of it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Step {
    /// It runs from here on.
    Start,
    /// Whoever is responsible tells what was reached, and why.
    Submit,
    /// Who leads agrees: it ends.
    Confirm,
    /// He does not: it goes back to who is responsible.
    Return,
}

/// The action of a step.
pub struct TakeStep {
    /// The declaration.
    pub definition: ActionDefinition,
    /// The step.
    pub step: Step,
}

impl Action for TakeStep {
    fn definition(&self) -> &ActionDefinition {
        &self.definition
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let target = required_record(record)?;
        may_take(unit, &target, self.step)?;
        let (context, now) = (unit.context, json!(unit.context.now.to_string()));
        // Nobody stands behind what the engine does by itself.
        let actor = if context.actor.is_nil() { Json::Null } else { json!(context.actor) };
        let mut values = match self.step {
            Step::Start => members([("state", json!("running"))]),
            Step::Submit => {
                let mut values = reached(unit, &target)?;
                values.extend(members([
                    ("state", json!("submitted")),
                    ("review", input.get("review").cloned().unwrap_or_default()),
                    ("lessons", input.get("lessons").cloned().unwrap_or_default()),
                    ("return_reason", Json::Null),
                ]));
                values
            }
            Step::Confirm => members([("state", json!("reviewed"))]),
            Step::Return => members([("state", json!("running")), ("return_reason", input.get("reason").cloned().unwrap_or_default())]),
        };
        match self.step {
            Step::Submit => values.extend(members([("submitted_by", actor), ("submitted_at", now)])),
            Step::Confirm => values.extend(members([("reviewed_by", actor), ("reviewed_at", now)])),
            Step::Start | Step::Return => {}
        }
        let saved = unit.update_as_system(TARGET, target.id(), &values)?;
        unit.emit(&saved, self.step.event(), Map::new());
        Ok(json!({ "id": saved.id(), "version": saved.version(), "state": saved.value("state").as_text() }))
    }
}

impl Step {
    /// What has happened.
    fn event(self) -> &'static str {
        match self {
            Self::Start => "started",
            Self::Submit => "review_submitted",
            Self::Confirm => "reviewed",
            Self::Return => "review_returned",
        }
    }
}

/// Reviews are handed in by who is responsible; the rest is for who may change the target. Nobody confirms his own.
fn may_take(unit: &mut Unit<'_>, target: &Record, step: Step) -> Result<()> {
    let context = unit.context;
    let names = |field: &str, ids: &[Uuid]| target.reference(field).is_some_and(|it| ids.contains(&it));
    if step == Step::Submit && names("responsible", &context.access.member.selves()) {
        return Ok(());
    }
    Planner::new(context).reach(unit.tx, &target.object, target.id(), Verb::Update)?;
    if matches!(step, Step::Confirm | Step::Return) && names("submitted_by", &[context.actor]) {
        return Err(KernelError::conflict(
            "state_conflict",
            "不能确认或退回自己提交的复盘，请由上级处理",
            "nobody decides on a review of his own; ask whoever leads you",
        ));
    }
    Ok(())
}

/// What was reached, as who hands the review in sees it.
fn reached(unit: &mut Unit<'_>, target: &Record) -> Result<Map<String, Json>> {
    let context = unit.context;
    let (found, _) = targets(context, unit.tx, format!("id == '{}'", target.id()), 1)?;
    let Some(target) = found.first() else { return Ok(Map::new()) };
    let tree = departments(context, unit.tx)?;
    let counting = Counting::new(context, &tree)?;
    let filters = counting.filters(target)?;
    let won = counting.count(unit.tx, target, &filters)?.whole.won;
    let part = percent(won, target.wanted).map(two_digits);
    let figure = match target.measure {
        Measure::Amount => ("reached_amount", json!({ "amount": two_digits(won), "currency": context.workspace.settings().currency })),
        Measure::Deals | Measure::NewCustomers => ("reached_count", json!(won.to_i64())),
    };
    Ok(members([figure, ("reached_percent", json!(part))]))
}

fn members<const N: usize>(pairs: [(&str, Json); N]) -> Map<String, Json> {
    pairs.into_iter().map(|(name, value)| (name.to_owned(), value)).collect()
}
