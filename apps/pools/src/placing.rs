//! Where new records go that are nobody's: to whom a rule says, into a rule's pool, or where the company looks for them.
//!
//! They are given before they are written, so that a record that comes with a thousand others is written once.

use std::collections::HashMap;

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, load_record};
use guanxi_kernel::schema::Object;
use guanxi_kernel::write::{Draft, Unit};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::assigning::{Asked, Found};
use crate::claim::require_open;
use crate::clock::Clock;
use crate::moves::{NewMove, note_move};
use crate::pool::{default_pool, pool_of, require_keeper, to_second};
use crate::record_hooks::settle;
use crate::values::values;

/// What rules know in this transaction, and what they did in it.
#[derive(Default)]
struct Known {
    by_object: HashMap<String, Asked>,
    /// Whom a rule gave new records to, or into which pool it put them, by its title.
    placed: HashMap<Uuid, Placed>,
}

/// What became of a new record.
pub enum Placed {
    /// A rule of this title gave it to a member.
    Given(String),
    /// It lies in a pool, where a rule of this title put it.
    Pooled(Option<String>),
}

/// Finds a place for those of some new records that are nobody's.
///
/// # Errors
/// Fails where the database does.
pub fn place(unit: &mut Unit<'_>, object: &str, drafts: &mut [Draft]) -> Result<()> {
    let lost = |it: &Draft| it.value("owner").is_null() && it.value("pool").is_null();
    let mut left = drafts.iter().filter(|it| lost(it)).count();
    if left == 0 || unit.context.schema.object("pool").is_none() {
        return Ok(());
    }
    let mut known: Known = unit.take_kept();
    let mut asked = known.by_object.remove(object).unwrap_or_default();
    // Asked for once, where the first of them needs it.
    let mut default: Option<Option<Record>> = None;
    // All of this began at one moment: by one rule, one clock.
    let mut clocks: HashMap<Uuid, Option<Clock>> = HashMap::new();
    // What comes with an owner is not written yet, but takes room.
    let owners = |it: &Draft| if let Value::Id(owner) = it.value("owner") { Some(owner) } else { None };
    for owner in drafts.iter().filter_map(owners).collect::<Vec<_>>() {
        asked.rooms.take(unit, object, owner)?;
    }
    for draft in drafts.iter_mut().filter(|it| lost(it)) {
        match asked.find(unit, &draft.record(), left)? {
            Found::Member { rule, to, department } => {
                let clock = match clocks.get(&rule.id()) {
                    Some(known) => *known,
                    None => clock_of(unit, &draft.object, &rule)?,
                };
                clocks.insert(rule.id(), clock);
                for (name, value) in given(clock.as_ref(), to, department) {
                    draft.set(unit.context, &name, &value)?;
                }
                settle(unit.context, unit.tx, draft, object)?;
                known.placed.insert(draft.id(), Placed::Given(rule.title()));
            }
            Found::Pool { rule, pool } => {
                lay(unit.context, draft, pool)?;
                known.placed.insert(draft.id(), Placed::Pooled(Some(rule.title())));
            }
            Found::Nobody => {
                if default.is_none() {
                    default = Some(default_pool(unit.context, unit.tx, object)?);
                }
                if let Some(pool) = default.iter().flatten().next() {
                    lay(unit.context, draft, pool.id())?;
                    known.placed.insert(draft.id(), Placed::Pooled(None));
                }
            }
        }
        left -= 1;
    }
    asked.keep_turns(unit)?;
    known.by_object.insert(object.to_owned(), asked);
    unit.keep(known);
    Ok(())
}

/// Puts a new record into a pool.
fn lay(context: &Context, draft: &mut Draft, pool: Uuid) -> Result<()> {
    draft.set(context, "pool", &json!(pool))?;
    draft.set(context, "department", &Json::Null)?;
    if draft.value("pooled_at").is_null() {
        draft.set(context, "pooled_at", &json!(to_second(context.now)))?;
    }
    Ok(())
}

/// What a record holds that a rule gave to a member.
fn given(clock: Option<&Clock>, to: Uuid, department: Option<Uuid>) -> Map<String, Json> {
    let mut change = values([("owner", json!(to)), ("department", json!(department))]);
    change.extend(clock.map(Clock::values).unwrap_or_default());
    change
}

/// The clock of a rule, for records that have one.
fn clock_of(unit: &mut Unit<'_>, object: &Object, rule: &Record) -> Result<Option<Clock>> {
    if object.field("respond_by").is_none() {
        return Ok(None);
    }
    Clock::of(unit.context, unit.tx, rule, rule.reference("return_pool")).map(Some)
}

/// What became of a new record by this, told once.
pub fn placed(unit: &mut Unit<'_>, record: Uuid) -> Option<Placed> {
    unit.kept::<Known>()?.placed.remove(&record)
}

/// What a member holds of an object was changed by something else: what rules know of it in this transaction is out of date.
pub fn forget(unit: &mut Unit<'_>, object: &str, member: Uuid) {
    if let Some(asked) = unit.kept::<Known>().and_then(|it| it.by_object.get_mut(object)) {
        asked.rooms.forget(member);
    }
}

/// Tells that a rule gave a record to a member.
pub fn tell_given(unit: &mut Unit<'_>, record: &Record, rule: &str) {
    let told = Map::from_iter([("owner".to_owned(), json!([null, record.reference("owner")])), ("rule".to_owned(), json!([null, rule]))]);
    unit.emit(record, "assigned_by_rule", told);
}

/// Whoever may change the record, or looks after its pool, has it assigned.
pub struct AssignByRules(pub ActionDefinition);

impl Action for AssignByRules {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        let (context, object) = (unit.context, record.object.name.clone());
        match record.reference("pool") {
            Some(pool) => {
                require_keeper(context, pool)?;
                require_open(&pool_of(context, unit.tx, pool)?)?;
            }
            None if load_record(context, unit.tx, &record.object, record.id(), Verb::Update, false)?.is_some() => {}
            None => return Err(KernelError::Forbidden(format!("update {object}"))),
        }
        let mut asked = Asked::default();
        let found = asked.find(unit, &record, 1)?;
        asked.keep_turns(unit)?;
        match found {
            Found::Member { rule, to, department } => {
                let change = given(clock_of(unit, &record.object, &rule)?.as_ref(), to, department);
                let saved = unit.update_as_system(&object, record.id(), &change)?;
                let note = Some(rule.title());
                if let Some(pool) = record.reference("pool") {
                    note_move(unit, &saved, &NewMove { pool, kind: "assigned", to: Some(to), note: note.clone(), ..NewMove::default() })?;
                }
                tell_given(unit, &saved, note.as_deref().unwrap_or_default());
                Ok(json!({ "id": record.id(), "owner": to }))
            }
            Found::Pool { rule, pool } => {
                if record.reference("pool") != Some(pool) {
                    let saved = unit.update_as_system(&object, record.id(), &values([("pool", json!(pool))]))?;
                    note_move(unit, &saved, &NewMove { pool, kind: "entered", note: Some(rule.title()), ..NewMove::default() })?;
                }
                Ok(json!({ "id": record.id(), "owner": null }))
            }
            Found::Nobody => Err(KernelError::conflict("claim_refused", "没有适用的规则，或没有可分配的成员", "no rule fits, or none finds anybody")),
        }
    }
}
