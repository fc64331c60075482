//! Why a record belongs where it does: every rule in its order, what it found, and which decided.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Context;
use guanxi_kernel::locks::locked_among;
use guanxi_kernel::read::{Record, known_last, list_of, load_record, object_of};
use guanxi_kernel::schema::DEPARTMENT_FIELD;
use guanxi_kernel::store::{Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::choose::{Tie, choose};
use super::decide::{Broken, Exempt, Kept};
use super::departments::Departments;
use super::figures::figures;
use super::job::rules_of;
use super::reasons::{Outcome, sentence};
use super::rule::{self, Rule, filled};
use super::seen::Seen;
use super::{DECISION, of_company};

/// How many departments are told of each rule.
const CANDIDATES: usize = 20;

/// Of a record of any object.
pub struct Explain(pub ActionDefinition);
/// Of an account, where it stands.
pub struct ExplainAccount(pub ActionDefinition);

impl Action for Explain {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn answer(&self, context: &Context, input: &Map<String, Json>) -> Option<Result<Json>> {
        Some(context.workspace.store.read_with(|tx| explain_named(context, tx, input)))
    }

    fn run(&self, unit: &mut Unit<'_>, _record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        explain_named(unit.context, unit.tx, input)
    }
}

impl Action for ExplainAccount {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn only_reads(&self) -> bool {
        true
    }

    fn answer_of(&self, context: &Context, tx: &mut dyn ReadTx, record: &Record, _input: &Map<String, Json>) -> Result<Json> {
        explain(context, tx, record)
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        explain(unit.context, unit.tx, &record)
    }
}

fn explain_named(context: &Context, tx: &mut dyn ReadTx, input: &Map<String, Json>) -> Result<Json> {
    let missing = || KernelError::invalid("record", "no_such_record", "没有这条记录，或您看不到它", "there is no such record, or you may not see it");
    let named = input.get("record").unwrap_or(&Json::Null);
    let id = named["id"].as_str().and_then(|it| Uuid::try_parse(it).ok()).ok_or_else(missing)?;
    let object = object_of(context, named["object"].as_str().unwrap_or_default()).map_err(|_| missing())?;
    let record = load_record(context, tx, &object, id, Verb::Read, false)?.ok_or_else(missing)?;
    // As of an action on the record: what a circle covers of it is not carried elsewhere.
    if context.access.is_covered(&object, &record.row) {
        return Err(KernelError::Forbidden("ownership_rule.explain: covered".into()));
    }
    explain(context, tx, &record)
}

/// How far the rules have come with a record.
#[derive(Default)]
struct Course {
    /// The rule that decided, as it is told, and the department.
    decided: Option<(Json, Uuid)>,
    /// One of them cannot be asked, so that nothing moves.
    broken: Option<Uuid>,
    /// Which decides rests on what the caller may not see.
    withheld: bool,
}

/// What a rule says of a record.
struct Said {
    found: Option<Uuid>,
    outcome: Outcome,
    /// What is told of it.
    told: Json,
}

fn explain(context: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<Json> {
    let company = &of_company(context);
    let departments = Departments::read(company, tx)?;
    let exempt = Exempt::of(company, &record.object)?.why(company, record);
    let is_locked = exempt == Some(Kept::Locked) || !locked_among(company, tx, &[record.id()])?.is_empty();
    let mut rules = rule::active(company, tx)?;
    rules.retain(|it| filled(it, "object").as_deref() == Some(record.object.name.as_str()));
    let mut course = Course::default();
    let mut told = Vec::new();
    let problem = match rules_of(company, tx, &rules)? {
        Ok(_) => None,
        Err(Broken { rule, error: KernelError::BadRequest { message, .. } }) => {
            course.broken = Some(rule);
            Some(message)
        }
        Err(broken) => return Err(broken.error),
    };
    for it in &rules {
        if course.broken == Some(it.id()) {
            told.push(json!({ "rule": { "id": it.id(), "label": it.title() }, "outcome": "problem", "reason": problem, "candidates": [] }));
            continue;
        }
        match of_rule(context, company, tx, it, record, &departments, &course) {
            // Another that is broken.
            Err(KernelError::BadRequest { message, .. }) => {
                told.push(json!({ "rule": { "id": it.id(), "label": it.title() }, "outcome": "problem", "reason": message, "candidates": [] }));
            }
            other => {
                let said = other?;
                if said.outcome == Outcome::Decided {
                    course.decided = said.found.map(|to| (said.told["rule"].clone(), to));
                }
                course.withheld |= said.outcome == Outcome::Withheld;
                told.push(said.told);
            }
        }
    }
    let present = record.reference(DEPARTMENT_FIELD);
    let to = course.decided.as_ref().map(|it| it.1);
    Ok(json!({
        "record": { "object": record.object.name, "id": record.id(), "label": record.text_for(context, &record.object.definition.title_field) },
        "department": present.map(|it| departments.told(it)),
        "fixed": exempt == Some(Kept::Fixed), "locked": is_locked, "in_pool": exempt == Some(Kept::InPool),
        "blocked": course.broken.is_some(), "withheld": course.decided.is_none() && course.broken.is_none() && course.withheld,
        "decided_by": course.decided.as_ref().map(|it| &it.0), "to": to.map(|it| departments.told(it)),
        "changes": to.is_some() && to != present && exempt.is_none() && !is_locked,
        "rules": told, "last": last(context, company, tx, record)?,
    }))
}

/// What a rule says of the record: the department it finds, and the answer.
fn of_rule(
    context: &Context,
    company: &Context,
    tx: &mut dyn ReadTx,
    known: &Record,
    record: &Record,
    departments: &Departments,
    course: &Course,
) -> Result<Said> {
    let rule = Rule::of_record(company, known)?;
    let (finds, measure) = rule.finds.names();
    let window = rule.finds.window().map(|it| json!({ "from": it.from.to_string(), "until": it.until.to_string() }));
    let mut told = json!({ "rule": rule.told(), "finds": finds, "measure": measure, "window": window });
    let is_for = rule.is_for(company, record);
    let mut candidates = if is_for { figures(company, tx, &rule, &[record.id()])?.remove(&record.id()).unwrap_or_default() } else { Vec::new() };
    let seen = Seen::by(context, tx, &rule, &[record.id()])?;
    let is_hidden = rule.hides(context, record) || is_for && !seen.shows(record.id(), &candidates);
    let mut found = choose(&candidates, departments, record.reference(DEPARTMENT_FIELD));
    let outcome = match found {
        _ if is_hidden => Outcome::Withheld,
        _ if !is_for => Outcome::ConditionNotMet,
        _ if course.decided.is_some() => Outcome::NotNeeded,
        None => Outcome::NothingFound,
        Some(_) if course.broken.is_some() => Outcome::Blocked,
        // Whether one before it decided would tell what that one rests on.
        Some(_) if course.withheld => Outcome::Withheld,
        Some(_) => Outcome::Decided,
    };
    if is_hidden {
        candidates.clear();
        found = None;
    }
    told["outcome"] = json!(outcome.name());
    told["found"] = json!(found.map(|it| departments.told(it.0)));
    told["tie"] = json!(found.and_then(|it| it.1).map(Tie::name));
    told["reason"] = sentence(outcome, &rule.finds, found, departments);
    told["candidates"] = json!(seen.told(record.id(), &candidates, departments, CANDIDATES));
    Ok(Said { found: found.map(|it| it.0), outcome, told })
}

/// The last change a rule or a hand-over made of it, as the caller may see it.
fn last(context: &Context, company: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<Json> {
    let of = |it: &dyn Fn(&str) -> Result<_>| Ok(Condition::equals(it("record")?, Value::Id(record.id())));
    let Some(id) = known_last(company, tx, DECISION, of)?.map(|it| it.id()) else { return Ok(Json::Null) };
    let Ok(object) = object_of(context, DECISION) else { return Ok(Json::Null) };
    let fields = ["decided_at", "rule", "from_department", "to_department"].map(str::to_owned);
    let Some(told) = list_of(context, tx, &object, &[id], &fields)?.remove(&id) else { return Ok(Json::Null) };
    Ok(json!({ "decided_at": told["decided_at"], "rule": told["rule"], "from": told["from_department"], "to": told["to_department"] }))
}
