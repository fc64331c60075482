//! Where every case stands: what is at which step, what is late, how long steps take, where they are held up. Only what the
//! caller may see counts.

use std::collections::BTreeMap;

use guanxi_kernel::app::{Action, ActionDefinition};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{AggregateRequest, Record, aggregate, object_of};
use guanxi_kernel::store::{ReadTx, StoreExt as _};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};

use crate::parts::{CASE, CASE_STEP, id_of};

/// Days looked back where nobody says.
const DAYS: i64 = 90;
/// Most templates whose steps are counted one template after the other.
const MOST_ALONE: usize = 200;

/// `process_case.overview`.
pub struct Overview(pub ActionDefinition);

impl Action for Overview {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn answer(&self, context: &Context, input: &Map<String, Json>) -> Option<Result<Json>> {
        let template = input.get("template").and_then(id_of).map(|it| it.to_string());
        let days = input.get("days").and_then(Json::as_i64).unwrap_or(DAYS);
        Some(context.workspace.store.read_with(|tx| overview(context, tx, template.as_deref(), days)))
    }

    fn run(&self, _unit: &mut Unit<'_>, _record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        Err(KernelError::Internal("process_case.overview only reads".into()))
    }
}

/// One step in all cases of a template.
#[derive(Default)]
struct StepFigures {
    name: String,
    position: i64,
    open: i64,
    waiting: i64,
    overdue: i64,
    done: i64,
    seconds: f64,
    oldest: Option<Timestamp>,
}

impl StepFigures {
    fn average(&self) -> Option<i64> {
        (self.done > 0).then(|| rounded(self.seconds / count(self.done)))
    }

    fn longest_open(&self, now: Timestamp) -> Option<i64> {
        self.oldest.map(|it| now.duration_since(it).as_secs().max(0))
    }
}

#[derive(Default)]
struct TemplateFigures {
    name: Json,
    version: Json,
    states: BTreeMap<String, i64>,
    overdue: i64,
    seconds: Option<i64>,
    steps: BTreeMap<String, StepFigures>,
}

#[expect(clippy::cast_precision_loss, reason = "counts of records and seconds are far below 2^52")]
fn count(number: i64) -> f64 {
    number as f64
}

#[expect(clippy::cast_possible_truncation, reason = "seconds of a few years")]
fn rounded(seconds: f64) -> i64 {
    seconds.round() as i64
}

fn number(json: Option<&Json>) -> f64 {
    json.and_then(|it| it.as_f64().or_else(|| it.as_str()?.parse().ok())).unwrap_or(0.0)
}

fn overview(context: &Context, tx: &mut dyn ReadTx, template: Option<&str>, days: i64) -> Result<Json> {
    let mut all: BTreeMap<String, TemplateFigures> = BTreeMap::new();
    let of = |field: &str| template.map(|it| format!(" && {field} == '{it}'")).unwrap_or_default();
    // What is under way, and what ended in those days, whenever it began.
    let recent = format!("(state in ['running', 'waiting'] || ended_at >= now() - days({days})){}", of("template"));
    let mut truncated = cases(context, tx, &recent, &mut all)?;
    // A step that was done in those days is one of a case under way, or of one that ended in them.
    let recent = format!("(state in ['waiting', 'open'] || (state == 'done' && done_at >= now() - days({days}))){}", of("process_template"));
    let mut found: BTreeMap<String, TemplateFigures> = BTreeMap::new();
    if steps(context, tx, &recent, &mut found)? {
        // More groups than are told at once: each template by itself.
        found.clear();
        for template in all.keys().take(MOST_ALONE) {
            truncated |= steps(context, tx, &format!("{recent} && process_template == '{template}'"), &mut found)?;
        }
        truncated |= all.len() > MOST_ALONE;
    }
    for (template, figures) in found {
        if let Some(it) = all.get_mut(&template) {
            it.steps = figures.steps;
        }
    }
    let now = context.now;
    let told: Vec<Json> = all.into_iter().map(|(id, it)| told(&id, it, now)).collect();
    Ok(json!({ "templates": told, "truncated": truncated }))
}

/// The first name of a group's key.
fn text_of(json: Option<&Json>) -> Option<String> {
    let json = json?;
    json.as_str().or_else(|| json.get("id").and_then(Json::as_str)).map(str::to_owned)
}

/// Answers whether there was more than is told.
fn cases(context: &Context, tx: &mut dyn ReadTx, recent: &str, all: &mut BTreeMap<String, TemplateFigures>) -> Result<bool> {
    let object = object_of(context, CASE)?;
    let ask = |keys: &[&str], filter: String| AggregateRequest {
        group_by: keys.iter().map(|it| (*it).to_owned()).collect(),
        measures: ["count", "max(template_version)", "avg(took)"].map(str::to_owned).to_vec(),
        filter: Some(filter),
        ..AggregateRequest::default()
    };
    let found = aggregate(context, tx, &object, &ask(&["template", "state"], recent.to_owned()))?;
    let truncated = found.truncated;
    for group in found.groups {
        let Some(template) = text_of(group.keys.first()) else { continue };
        let figures = all.entry(template).or_default();
        figures.name = group.labels.first().and_then(|it| serde_json::to_value(it).ok()).unwrap_or_default();
        figures.version = group.values.get("max(template_version)").cloned().unwrap_or_default();
        let state = text_of(group.keys.get(1)).unwrap_or_default();
        if state == "done" {
            figures.seconds = group.values.get("avg(took)").filter(|it| !it.is_null()).map(|it| rounded(number(Some(it))));
        }
        figures.states.insert(state, rounded(number(group.values.get("count"))));
    }
    let late = format!("{recent} && state in ['running', 'waiting'] && (due_at < now() || overdue_steps > 0)");
    for group in aggregate(context, tx, &object, &ask(&["template"], late))?.groups {
        if let Some(figures) = text_of(group.keys.first()).and_then(|it| all.get_mut(&it)) {
            figures.overdue = rounded(number(group.values.get("count")));
        }
    }
    Ok(truncated)
}

/// Answers whether there was more than is told.
fn steps(context: &Context, tx: &mut dyn ReadTx, recent: &str, all: &mut BTreeMap<String, TemplateFigures>) -> Result<bool> {
    let object = object_of(context, CASE_STEP)?;
    let measures = ["count", "sum(took)", "min(started_at)", "max(position)", "max(name)"];
    let ask = |keys: &[&str], filter: String| AggregateRequest {
        group_by: keys.iter().map(|it| (*it).to_owned()).collect(),
        measures: measures.map(str::to_owned).to_vec(),
        filter: Some(filter),
        ..AggregateRequest::default()
    };
    let keys = ["process_template", "step_key", "state"];
    let found = aggregate(context, tx, &object, &ask(&keys, recent.to_owned()))?;
    let truncated = found.truncated;
    for group in found.groups {
        let (Some(template), Some(key)) = (text_of(group.keys.first()), text_of(group.keys.get(1))) else { continue };
        let step = all.entry(template).or_default().steps.entry(key).or_default();
        // It may have been called otherwise in an earlier version.
        step.name = text_of(group.values.get("max(name)")).unwrap_or_default().max(std::mem::take(&mut step.name));
        step.position = rounded(number(group.values.get("max(position)")));
        let counted = rounded(number(group.values.get("count")));
        match text_of(group.keys.get(2)).as_deref() {
            Some("open") => {
                step.open += counted;
                let oldest = group.values.get("min(started_at)").and_then(Json::as_str).and_then(|it| it.parse().ok());
                step.oldest = [step.oldest, oldest].into_iter().flatten().min();
            }
            Some("waiting") => step.waiting += counted,
            Some("done") => {
                step.done += counted;
                step.seconds += number(group.values.get("sum(took)"));
            }
            _ => {}
        }
    }
    let late = format!("{recent} && state == 'open' && due_at < now()");
    for group in aggregate(context, tx, &object, &ask(&["process_template", "step_key"], late))?.groups {
        let (Some(template), Some(key)) = (text_of(group.keys.first()), text_of(group.keys.get(1))) else { continue };
        if let Some(step) = all.get_mut(&template).and_then(|it| it.steps.get_mut(&key)) {
            step.overdue = rounded(number(group.values.get("count")));
        }
    }
    Ok(truncated)
}

fn told(id: &str, it: TemplateFigures, now: Timestamp) -> Json {
    let of = |state: &str| it.states.get(state).copied().unwrap_or(0);
    // Where most stand late, or else what waits the longest or takes the longest.
    let weight = |step: &StepFigures| (step.overdue + step.waiting, step.longest_open(now).max(step.average()).unwrap_or(0));
    let bottleneck = it.steps.iter().filter(|(_, it)| weight(it) > (0, 0)).max_by_key(|(_, it)| weight(it)).map(|(key, _)| key.clone());
    let mut steps: Vec<(&String, &StepFigures)> = it.steps.iter().collect();
    steps.sort_by_key(|(key, it)| (it.position, (*key).clone()));
    let steps: Vec<Json> = steps
        .iter()
        .map(|(key, it)| {
            json!({ "key": key, "name": it.name, "position": it.position, "open": it.open, "waiting": it.waiting, "overdue": it.overdue,
                    "done": it.done, "average_seconds": it.average(), "longest_open_seconds": it.longest_open(now) })
        })
        .collect();
    json!({
        "id": id, "name": it.name, "version": it.version, "running": of("running"), "waiting": of("waiting"), "done": of("done"),
        "cancelled": of("cancelled"), "overdue": it.overdue, "average_seconds": it.seconds, "bottleneck": bottleneck, "steps": steps,
    })
}
