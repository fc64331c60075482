//! Assignment by rules: the first that fits and finds somebody decides.
//!
//! What rules know is looked up once in a transaction, however many records come in it ([`Asked`]): the rules, who may get
//! something by each, what he may hold and holds. All who assign records of an object take turns, so that nobody is counted
//! wrong and no two wait for each other.

use std::collections::{BTreeSet, HashMap};
use std::sync::LazyLock;

use guanxi_kernel::access::DepartmentTree;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT};
use guanxi_kernel::read::{Conditions, Record, known_records, link_targets};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx};
use guanxi_kernel::workspace::{load_setting, save_setting};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{Result, Value};
use serde_json::json;
use uuid::Uuid;

use crate::holding::held_by;
use crate::pool::pool_of;
use crate::room::Rooms;
use crate::values::{names, number};

/// The object of the rules.
pub const ASSIGNMENT_RULE: &str = "assignment_rule";
/// Most rules, and most members one of them is for.
const MOST_RULES: u64 = 500;
const MOST_MEMBERS: u64 = 2_000;

/// What the rules say of a record.
pub enum Found {
    /// A rule found a member.
    Member {
        /// The rule.
        rule: Record,
        /// The member.
        to: Uuid,
        /// His main department.
        department: Option<Uuid>,
    },
    /// A rule has it lie in its pool.
    Pool {
        /// The rule.
        rule: Record,
        /// The pool.
        pool: Uuid,
    },
    /// No rule fits, or finds anybody.
    Nobody,
}

/// What is known of the rules for an object in this transaction.
#[derive(Default)]
pub struct Asked {
    rules: Option<Vec<Rule>>,
    /// What members hold and may hold.
    pub rooms: Rooms,
}

struct Rule {
    record: Record,
    /// Whom it is for, in the order of their ids: looked up when it is first asked.
    members: Option<Vec<Uuid>>,
    /// Who had the last turn.
    last: Option<Uuid>,
    turn_changed: bool,
    /// What each of them has, where it goes by that.
    loads: Option<HashMap<Uuid, i64>>,
}

impl Asked {
    /// What the rules say of a record, with so many to come in this transaction.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn find(&mut self, unit: &mut Unit<'_>, record: &Record, to_come: usize) -> Result<Found> {
        static KNOWN: LazyLock<[Conditions; 2]> = LazyLock::new(Default::default);
        if has_ended(record) {
            return Ok(Found::Nobody);
        }
        let (context, object) = (unit.context, record.object.name.clone());
        let zone = context.workspace.time_zone();
        let known = &KNOWN[usize::from(object == "account")];
        if self.rules.is_none() {
            self.rules = Some(rules(unit, &object)?);
        }
        for rule in self.rules.iter_mut().flatten() {
            let source = rule.record.text("condition").filter(|it| !it.trim().is_empty());
            let holds = |it: &str| known.read(&context.schema, &record.object, it).is_some_and(|it| it.holds(record, context.now, &zone));
            if !source.is_none_or(|it| holds(&it)) {
                continue;
            }
            if rule.record.value("method").as_text() == Some("pool") {
                let Some(pool) = rule.record.reference("pool") else { continue };
                if pool_of(context, unit.tx, pool)?.value("active").is_true() {
                    return Ok(Found::Pool { rule: rule.record.clone(), pool });
                }
                continue;
            }
            if let Some((to, department)) = rule.next(unit, &object, &mut self.rooms, to_come)? {
                return Ok(Found::Member { rule: rule.record.clone(), to, department });
            }
        }
        Ok(Found::Nobody)
    }

    /// Writes down whose turn it was last.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn keep_turns(&mut self, unit: &mut Unit<'_>) -> Result<()> {
        for rule in self.rules.iter_mut().flatten().filter(|it| it.turn_changed) {
            save_setting(unit.tx, &turn_of(&rule.record), &json!(rule.last))?;
            rule.turn_changed = false;
        }
        Ok(())
    }
}

/// Under what a rule's turn is kept: it is no fact of the rule, and no change of it.
fn turn_of(rule: &Record) -> String {
    format!("pools.turn.{}", rule.id().simple())
}

/// A lead that came to its end needs nobody.
fn has_ended(record: &Record) -> bool {
    record.object.name == "lead" && record.value("status").as_text().is_some_and(|it| ["converted", "disqualified"].contains(&it))
}

/// The rules for an object, in their order. Where there are any, nobody else assigns such records until the transaction ends.
fn rules(unit: &mut Unit<'_>, object: &str) -> Result<Vec<Rule>> {
    let active = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
        Ok(Condition::equals(it("active")?, Value::Bool(true)).and(Condition::equals(it("object")?, Value::Text(object.to_owned()))))
    };
    let mut records = known_records(unit.context, unit.tx, ASSIGNMENT_RULE, active, MOST_RULES)?;
    records.sort_by_key(|it| (number(it, "position"), it.id()));
    if records.iter().any(|it| it.value("method").as_text() != Some("pool")) {
        unit.tx.serialise(&format!("assignment.{object}"))?;
    }
    Ok(records.into_iter().map(|record| Rule { record, members: None, last: None, turn_changed: false, loads: None }).collect())
}

impl Rule {
    /// The next member it finds: one who may act, is not away, has the skill and has room.
    fn next(&mut self, unit: &mut Unit<'_>, object: &str, rooms: &mut Rooms, to_come: usize) -> Result<Option<(Uuid, Option<Uuid>)>> {
        if self.members.is_none() {
            let members = candidates(unit, &self.record)?;
            self.last = load_setting(unit.tx, &turn_of(&self.record))?.and_then(|it| Uuid::try_parse(it.as_str()?).ok());
            // Where most of them will be asked, they are all looked up at once.
            if members.len() <= to_come.saturating_mul(2) {
                rooms.expect(unit, object, &members)?;
            }
            self.members = Some(members);
        }
        let members = self.in_turn(unit, object)?;
        for id in members {
            let Some(department) = rooms.take(unit, object, id)? else { continue };
            if let Some(load) = self.loads.as_mut().and_then(|it| it.get_mut(&id)) {
                *load += 1;
            } else {
                self.turn_changed |= self.last != Some(id);
                self.last = Some(id);
            }
            return Ok(Some((id, department)));
        }
        Ok(None)
    }

    /// The members in the order they are asked.
    fn in_turn(&mut self, unit: &mut Unit<'_>, object: &str) -> Result<Vec<Uuid>> {
        let mut members = self.members.clone().unwrap_or_default();
        if self.record.value("method").as_text() == Some("least_load") {
            if self.loads.is_none() {
                let held = held_by(unit.context, unit.tx, object, &members, false)?;
                self.loads = Some(members.iter().map(|it| (*it, held.get(it).copied().unwrap_or(0))).collect());
            }
            let loads = self.loads.as_ref();
            members.sort_by_key(|it| (loads.and_then(|loads| loads.get(it)).copied().unwrap_or(0), *it));
        } else if let Some(last) = self.last {
            // Ids are in one order for good: the next one is the first behind the last.
            let at = members.partition_point(|it| *it <= last);
            let at = if at == members.len() { 0 } else { at };
            members.rotate_left(at);
        }
        Ok(members)
    }
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
