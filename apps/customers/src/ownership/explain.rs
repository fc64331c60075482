//! Why a record belongs where it does: every rule in its order, what it found, and which decided.

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Context;
use guanxi_kernel::locks::locked_among;
use guanxi_kernel::read::{Record, known_records, list_of, load_record, object_of};
use guanxi_kernel::schema::DEPARTMENT_FIELD;
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::choose::{Tie, choose};
use super::decide::{Exempt, Kept};
use super::departments::Departments;
use super::figures::figures;
use super::reasons::{Outcome, sentence};
use super::rule::{self, Rule, filled};
use super::seen::Seen;
use super::{DECISION, of_company};

/// How many departments are told of each rule.
const CANDIDATES: usize = 20;
/// Most moves of a record.
const MOST_MOVES: u64 = 10_000;

/// Of a record of any object.
pub struct Explain(pub ActionDefinition);
/// Of an account, where it stands.
pub struct ExplainAccount(pub ActionDefinition);

impl Action for Explain {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, _record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let missing =
            || KernelError::invalid("record", "no_such_record", "没有这条记录，或您看不到它", "there is no such record, or you may not see it");
        let named = input.get("record").unwrap_or(&Json::Null);
        let id = named["id"].as_str().and_then(|it| Uuid::try_parse(it).ok()).ok_or_else(missing)?;
        let context = unit.context;
        let object = object_of(context, named["object"].as_str().unwrap_or_default()).map_err(|_| missing())?;
        let record = load_record(context, unit.tx, &object, id, Verb::Read, false)?.ok_or_else(missing)?;
        explain(context, unit.tx, &record)
    }
}

impl Action for ExplainAccount {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        explain(unit.context, unit.tx, &record)
    }
}

fn explain(context: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<Json> {
    let company = &of_company(context);
    let departments = Departments::read(company, tx)?;
    let exempt = Exempt::of(company, &record.object)?.why(company, record);
    let is_locked = exempt == Some(Kept::Locked) || !locked_among(company, tx, &[record.id()])?.is_empty();
    let mut decided: Option<(Json, Uuid)> = None;
    let mut broken = false;
    let mut told = Vec::new();
    for it in rule::active(company, tx)? {
        if filled(&it, "object").as_deref() != Some(record.object.name.as_str()) {
            continue;
        }
        match of_rule(context, company, tx, &it, record, &departments, decided.is_some() || broken) {
            Err(KernelError::BadRequest { message, .. }) => {
                // What comes after it must not decide in its place.
                broken |= decided.is_none();
                told.push(json!({ "rule": { "id": it.id(), "label": it.title() }, "outcome": "problem", "reason": message, "candidates": [] }));
            }
            other => {
                let (found, answer) = other?;
                if let Some(to) = found.filter(|_| decided.is_none() && !broken) {
                    decided = Some((answer["rule"].clone(), to));
                }
                told.push(answer);
            }
        }
    }
    let present = record.reference(DEPARTMENT_FIELD);
    let to = decided.as_ref().map(|it| it.1);
    Ok(json!({
        "record": { "object": record.object.name, "id": record.id(), "label": record.text_for(context, &record.object.definition.title_field) },
        "department": present.map(|it| departments.told(it)),
        "fixed": exempt == Some(Kept::Fixed), "locked": is_locked, "in_pool": exempt == Some(Kept::InPool),
        "decided_by": decided.as_ref().map(|it| &it.0), "to": to.map(|it| departments.told(it)),
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
    is_over: bool,
) -> Result<(Option<Uuid>, Json)> {
    let rule = Rule::of_record(company, known)?;
    let (finds, measure) = rule.finds.names();
    let window = rule.finds.window().map(|it| json!({ "from": it.from.to_string(), "until": it.until.to_string() }));
    let mut answer = json!({ "rule": rule.told(), "finds": finds, "measure": measure, "window": window });
    let is_for = rule.is_for(company, record);
    let candidates = if is_for { figures(company, tx, &rule, &[record.id()])?.remove(&record.id()).unwrap_or_default() } else { Vec::new() };
    let found = choose(&candidates, departments, record.reference(DEPARTMENT_FIELD));
    let outcome = match found {
        _ if !is_for => Outcome::ConditionNotMet,
        None if is_over => Outcome::NotNeeded,
        None => Outcome::NothingFound,
        Some(_) if is_over => Outcome::NotNeeded,
        Some(_) => Outcome::Decided,
    };
    answer["outcome"] = json!(outcome.name());
    answer["found"] = json!(found.map(|it| departments.told(it.0)));
    answer["tie"] = json!(found.and_then(|it| it.1).map(Tie::name));
    answer["reason"] = sentence(outcome, &rule.finds, found, departments);
    answer["candidates"] = json!(Seen::by(context, tx, &rule, &[record.id()])?.told(record.id(), &candidates, departments, CANDIDATES));
    Ok((found.map(|it| it.0), answer))
}

/// The last change a rule or a hand-over made of it, as the caller may see it.
fn last(context: &Context, company: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<Json> {
    let of = |it: &dyn Fn(&str) -> Result<_>| Ok(Condition::equals(it("record")?, Value::Id(record.id())));
    let moves = known_records(company, tx, DECISION, of, MOST_MOVES)?;
    let at = |it: &Record| if let Value::DateTime(at) = it.value("decided_at") { Some(at) } else { None };
    let Some(id) = moves.iter().max_by_key(|it| (at(it), it.id())).map(Record::id) else { return Ok(Json::Null) };
    let Ok(object) = object_of(context, DECISION) else { return Ok(Json::Null) };
    let fields = ["decided_at", "rule", "from_department", "to_department"].map(str::to_owned);
    let Some(told) = list_of(context, tx, &object, &[id], &fields)?.remove(&id) else { return Ok(Json::Null) };
    Ok(json!({ "decided_at": told["decided_at"], "rule": told["rule"], "from": told["from_department"], "to": told["to_department"] }))
}
