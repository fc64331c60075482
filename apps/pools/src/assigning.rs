//! Assignment by rules: the first that fits and finds somebody decides.

use std::collections::BTreeSet;
use std::sync::LazyLock;

use guanxi_kernel::access::{DepartmentTree, Member, Verb};
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT};
use guanxi_kernel::read::{Conditions, Record, known_records, link_targets, load_record};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use jiff::SignedDuration;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::claim::require_open;
use crate::holding::{held, require_room, take_turns};
use crate::moves::{NewMove, note_move};
use crate::pool::{pool_of, require_keeper};
use crate::values::{names, number, values};

/// The object of the rules.
pub const ASSIGNMENT_RULE: &str = "assignment_rule";
/// Most rules, and most members one of them is for.
const MOST_RULES: u64 = 500;
const MOST_MEMBERS: u64 = 2_000;

/// What a rule made of a record.
pub enum Assigned {
    /// It is a member's now.
    To(Uuid),
    /// It lies in the rule's pool now.
    Pooled,
    /// No rule fits, or finds anybody.
    No,
}

/// Assigns a record that is nobody's, with the engine's own rights.
///
/// # Errors
/// Fails where the database does.
pub fn assign_by_rules(unit: &mut Unit<'_>, record: &Record) -> Result<Assigned> {
    static KNOWN: LazyLock<[Conditions; 2]> = LazyLock::new(Default::default);
    let context = unit.context;
    let zone = context.workspace.time_zone();
    if has_ended(record) {
        return Ok(Assigned::No);
    }
    let known = &KNOWN[usize::from(record.object.name == "account")];
    for rule in rules(context, unit.tx, &record.object.name)? {
        let source = rule.text("condition").filter(|it| !it.trim().is_empty());
        let fits = source.is_none_or(|it| known.read(&context.schema, &record.object, &it).is_some_and(|it| it.holds(record, context.now, &zone)));
        if !fits {
            continue;
        }
        if rule.value("method").as_text() == Some("pool") {
            let Some(pool) = rule.reference("pool") else { continue };
            if !pool_of(context, unit.tx, pool)?.value("active").is_true() {
                continue;
            }
            if record.reference("pool") != Some(pool) {
                let saved = unit.update_as_system(&record.object.name, record.id(), &values([("pool", json!(pool))]))?;
                note_move(unit, &saved, &NewMove { pool, kind: "entered", note: Some(rule.title()), ..NewMove::default() })?;
            }
            return Ok(Assigned::Pooled);
        }
        // Whoever asks the same rule takes turns, so that two records at once do not go to one member.
        unit.tx.serialise(&format!("assignment.{}", rule.id().simple()))?;
        let rule = fresh(unit, &rule)?;
        if let Some(to) = whom(unit, &rule, record)? {
            give(unit, &rule, record, &to)?;
            return Ok(Assigned::To(to.id));
        }
    }
    Ok(Assigned::No)
}

/// A lead that came to its end needs nobody.
fn has_ended(record: &Record) -> bool {
    record.object.name == "lead" && record.value("status").as_text().is_some_and(|it| ["converted", "disqualified"].contains(&it))
}

/// The rules for an object, in their order.
fn rules(context: &Context, tx: &mut dyn ReadTx, object: &str) -> Result<Vec<Record>> {
    let active = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
        Ok(Condition::equals(it("active")?, Value::Bool(true)).and(Condition::equals(it("object")?, Value::Text(object.to_owned()))))
    };
    let mut rules = known_records(context, tx, ASSIGNMENT_RULE, active, MOST_RULES)?;
    rules.sort_by_key(|it| (number(it, "position"), it.id()));
    Ok(rules)
}

/// The rule as it is now that nobody else asks it.
fn fresh(unit: &mut Unit<'_>, rule: &Record) -> Result<Record> {
    let found = known_records(unit.context, unit.tx, ASSIGNMENT_RULE, |it| Ok(Condition::equals(it("id")?, Value::Id(rule.id()))), 1)?;
    Ok(found.into_iter().next().unwrap_or_else(|| rule.clone()))
}

/// The member a rule finds: one who may act, is not away, has the skill and has room.
fn whom(unit: &mut Unit<'_>, rule: &Record, record: &Record) -> Result<Option<Member>> {
    let context = unit.context;
    let mut members = candidates(unit, rule)?;
    if rule.value("method").as_text() == Some("least_load") {
        let mut by_load = Vec::with_capacity(members.len());
        for id in members {
            by_load.push((held(context, unit.tx, &record.object.name, id, false)?, id));
        }
        by_load.sort_unstable();
        members = by_load.into_iter().map(|it| it.1).collect();
    } else if let Some(last) = rule.reference("last_member") {
        // Ids are in one order for good: the next one is the first behind the last.
        let at = members.partition_point(|it| *it <= last);
        let at = if at == members.len() { 0 } else { at };
        members.rotate_left(at);
    }
    for id in members {
        let Some(identity) = context.workspace.identity(unit.tx, id)? else { continue };
        take_turns(unit, &record.object.name, id)?;
        match require_room(unit, &record.object.name, &identity.member, None, 1) {
            Ok(()) => return Ok(Some(identity.member)),
            Err(KernelError::Conflict { .. }) => {}
            Err(other) => return Err(other),
        }
    }
    Ok(None)
}

/// Members a rule names, in the order of their ids.
fn candidates(unit: &mut Unit<'_>, rule: &Record) -> Result<Vec<Uuid>> {
    let context = unit.context;
    let linked = |tx: &mut dyn ReadTx, name: &str| rule.object.field(name).map_or(Ok(Vec::new()), |it| link_targets(tx, it, rule.id()));
    let named = linked(unit.tx, "members")?;
    let departments = linked(unit.tx, "departments")?;
    let of_departments = if departments.is_empty() {
        Vec::new()
    } else {
        let all = known_records(context, unit.tx, DEPARTMENT_OBJECT, |_| Ok(Condition::True), MOST_MEMBERS)?;
        let tree = DepartmentTree::new(all.iter().filter_map(|it| Some((it.id(), it.reference("parent")?))));
        let ids = tree.below(&departments).into_iter().map(Value::Id).collect();
        known_records(context, unit.tx, MEMBER_OBJECT, |it| Ok(Condition::In(it("department")?, ids, false)), MOST_MEMBERS)?
    };
    let ids = named.into_iter().map(Value::Id).collect();
    let named = known_records(context, unit.tx, MEMBER_OBJECT, |it| Ok(Condition::In(it("id")?, ids, false)), MOST_MEMBERS)?;
    let skill = rule.value("skill").as_text().map(str::to_owned);
    let able = |it: &&Record| {
        let knows = skill.as_ref().is_none_or(|skill| names(&it.value("skills")).contains(skill));
        it.value("active") != Value::Bool(false) && !is_away(context, it) && knows
    };
    let found: BTreeSet<Uuid> = named.iter().chain(&of_departments).filter(able).map(Record::id).collect();
    Ok(found.into_iter().collect())
}

/// Whether a member said that he is absent now.
fn is_away(context: &Context, member: &Record) -> bool {
    let at = |name: &str| if let Value::DateTime(at) = member.value(name) { Some(at) } else { None };
    at("absent_until").is_some_and(|it| context.now < it) && at("absent_from").is_none_or(|it| it <= context.now)
}

fn give(unit: &mut Unit<'_>, rule: &Record, record: &Record, to: &Member) -> Result<()> {
    let now = unit.context.now;
    let hours = |name: &str| number(rule, name).map(SignedDuration::from_hours);
    let respond_by = hours("respond_hours").and_then(|it| now.checked_add(it).ok());
    let mut change = values([("owner", json!(to.id)), ("department", json!(to.department))]);
    if record.object.field("respond_by").is_some() {
        let return_at = respond_by.zip(hours("return_hours")).and_then(|(by, further)| by.checked_add(further).ok());
        change.extend(values([
            ("respond_by", json!(respond_by.map(|it| it.to_string()))),
            ("respond_return_at", json!(return_at.map(|it| it.to_string()))),
            ("responded_at", Json::Null),
            ("respond_told", Json::Null),
        ]));
    }
    let saved = unit.update_as_system(&record.object.name, record.id(), &change)?;
    unit.update_as_system(ASSIGNMENT_RULE, rule.id(), &values([("last_member", json!(to.id))]))?;
    if let Some(pool) = record.reference("pool") {
        note_move(unit, &saved, &NewMove { pool, kind: "assigned", to: Some(to.id), note: Some(rule.title()), ..NewMove::default() })?;
    }
    let told = Map::from_iter([("owner".to_owned(), json!([null, to.id])), ("rule".to_owned(), json!([null, rule.title()]))]);
    unit.emit(&saved, "assigned_by_rule", told);
    Ok(())
}

/// Whoever may change the record, or looks after its pool, has it assigned.
pub struct AssignByRules(pub ActionDefinition);

impl Action for AssignByRules {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        let context = unit.context;
        match record.reference("pool") {
            Some(pool) => {
                require_keeper(context, pool)?;
                require_open(&pool_of(context, unit.tx, pool)?)?;
            }
            None if load_record(context, unit.tx, &record.object, record.id(), Verb::Update, false)?.is_some() => {}
            None => return Err(KernelError::Forbidden(format!("update {}", record.object.name))),
        }
        match assign_by_rules(unit, &record)? {
            Assigned::To(owner) => Ok(json!({ "id": record.id(), "owner": owner })),
            Assigned::Pooled => Ok(json!({ "id": record.id(), "owner": null })),
            Assigned::No => Err(KernelError::conflict("claim_refused", "没有适用的规则，或没有可分配的成员", "no rule fits, or none finds anybody")),
        }
    }
}
