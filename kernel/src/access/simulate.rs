//! What a change of roles and sharing rules would do: who gains or loses how many records of what.

use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::sync::Arc;

use jiff::SignedDuration;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::combine::is_in_audience;
use super::{Access, FieldRights, Member, Place, Shown, Verb};
use crate::context::Context;
use crate::definition::{SchemaChange, preview};
use crate::error::{KernelError, Result};
use crate::identity::MEMBER_OBJECT;
use crate::read::{Record, reach_condition};
use crate::schema::{DELETED_AT, FILE_OBJECT, Field, FieldRight, ID, Label, Object, Schema, without_way_in};
use crate::store::{ColumnRef, Condition, ReadTx, Select, StoreExt};

/// Records are counted up to here.
pub const MAX_COUNT: u64 = 10_000;
/// Most members whose records are counted; of the others only the first are told by name.
const MAX_COUNTED: usize = 1_000;
/// Counting begins with no further member after so long.
const PATIENCE: SignedDuration = SignedDuration::from_secs(8);
/// Most members told by name without their records having been counted.
const MAX_NAMED: usize = 200;
/// Most members of a company that are looked at.
const MAX_MEMBERS: u64 = 20_000;

/// What a member gains or loses of an object.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Impact {
    /// The member.
    pub member: Uuid,
    /// His name.
    pub name: String,
    /// The object.
    pub object: String,
    /// `read`, `update` or `delete`.
    #[schemars(extend("enum" = ["read", "update", "delete"]))]
    pub verb: &'static str,
    /// Records within reach afterwards that were not before.
    pub gained: u64,
    /// Records within reach before that are not afterwards.
    pub lost: u64,
    /// Counting stopped: there may be more.
    pub capped: bool,
}

/// What a member may do with a field, before and after.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldImpact {
    /// The object.
    pub object: String,
    /// The field.
    pub field: String,
    /// Before.
    pub before: FieldRight,
    /// After.
    pub after: FieldRight,
    /// How many of the members counted this holds for.
    pub members: usize,
}

/// A verb or an action that opens to members or closes, whatever the record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct VerbImpact {
    /// The object.
    pub object: String,
    /// `create`, `restore`, `export`, ...; the name of the action where there is an `action`.
    pub verb: String,
    /// What the action is called for people.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub action: Option<Label>,
    /// How many members gain it.
    pub gaining: usize,
    /// How many lose it.
    pub losing: usize,
}

/// What changes about a field beside its right.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldNote {
    /// It will be covered in lists.
    CoveredInLists,
    /// It will be shown whole in lists.
    WholeInLists,
    /// It will be frozen in some state of the record.
    Freezes,
    /// It will not be frozen any more.
    Thaws,
    /// It will be frozen in other states than before.
    FreezesOtherwise,
}

/// What changes about a field beside its right, for how many members.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NotedImpact {
    /// The object.
    pub object: String,
    /// The field.
    pub field: String,
    /// What changes.
    pub note: FieldNote,
    /// For how many members.
    pub members: usize,
}

/// A member of whom no records were counted.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Uncounted {
    /// The member.
    pub member: Uuid,
    /// His name.
    pub name: String,
}

/// What a change would do.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Simulation {
    /// Members whose rights the change concerns.
    pub members: usize,
    /// Of how many of them records were counted.
    pub counted: usize,
    /// The others, the first of them.
    pub uncounted: Vec<Uncounted>,
    /// Records gained and lost.
    pub rows: Vec<Impact>,
    /// Verbs and actions opened and closed.
    pub verbs: Vec<VerbImpact>,
    /// Fields opened and closed.
    pub fields: Vec<FieldImpact>,
    /// What else changes about fields.
    pub notes: Vec<NotedImpact>,
    /// Conditions that will be slow: no index leads to the records they open.
    pub slow: Vec<SlowRule>,
}

/// A role or a sharing rule with a condition that compares nothing for equality: where few records match, lists of those it
/// opens them to are looked through record by record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct SlowRule {
    /// The object whose records it opens.
    pub object: String,
    /// What the role or the rule is called.
    pub label: Label,
}

/// Works out what changes of roles and sharing rules would do, without making them.
///
/// # Errors
/// Forbidden to all but administrators; all problems of the changes.
pub fn simulate(context: &Context, changes: &[SchemaChange]) -> Result<Simulation> {
    context.access.require_administrator()?;
    let after = preview(&context.workspace, changes)?;
    context.workspace.store.read_with(|tx| compare(context, tx, &after))
}

/// Roles and audiences that differ.
struct Touched<'a> {
    roles: BTreeSet<&'a String>,
    audiences: Vec<&'a crate::schema::Audience>,
    objects: BTreeSet<&'a String>,
}

impl<'a> Touched<'a> {
    fn between(before: &'a Schema, after: &'a Schema) -> Self {
        let differs = |it: &&String| before.roles.get(*it) != after.roles.get(*it);
        let roles: BTreeSet<&String> = before.roles.keys().chain(after.roles.keys()).filter(differs).collect();
        let only = |left: &'a Schema, right: &'a Schema| left.sharing.iter().filter(|it| !right.sharing.contains(it)).collect::<Vec<_>>();
        let rules: Vec<_> = only(before, after).into_iter().chain(only(after, before)).collect();
        let mut objects: BTreeSet<&String> = rules.iter().map(|it| &it.object).collect();
        for object in after.objects.values() {
            let rights = |schema: &'a Schema, role: &String| schema.roles.get(role).and_then(|it| it.rights(&object.definition));
            if roles.iter().any(|it| rights(before, it) != rights(after, it)) {
                objects.insert(&object.name);
            }
        }
        Self { roles, audiences: rules.into_iter().map(|it| &it.with).collect(), objects }
    }

    fn concerns(&self, member: &Member) -> bool {
        member.roles.iter().any(|it| self.roles.contains(&it.name)) || self.audiences.iter().any(|it| is_in_audience(it, member))
    }
}

fn compare(context: &Context, tx: &mut dyn ReadTx, after: &Arc<Schema>) -> Result<Simulation> {
    let before = context.schema.clone();
    let touched = Touched::between(&before, after);
    let objects: Vec<&Arc<Object>> = after.objects.values().filter(|it| touched.objects.contains(&it.name)).collect();
    let (mut counter, mut changes) = (Counter::default(), Changes::default());
    let (mut concerned, mut counted, mut uncounted) = (0, 0, Vec::new());
    let members = before.object(MEMBER_OBJECT).cloned().ok_or(KernelError::NotFound)?;
    let live = Condition::IsNull(ColumnRef::main(DELETED_AT));
    let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&members.table, live).order_by(ID, false).limited(MAX_MEMBERS) };
    let clock = context.workspace.clock.clone();
    let begun = clock.now();
    for row in tx.rows(&select)? {
        let id = Record { object: members.clone(), row }.id();
        let Some(identity) = context.workspace.identity(tx, id)?.filter(|it| touched.concerns(&it.member)) else { continue };
        concerned += 1;
        let time_zone = identity.time_zone.clone().unwrap_or_else(|| context.workspace.time_zone());
        let of = |schema: &Arc<Schema>| {
            let access = Arc::new(Access::of_member(schema, identity.member.clone(), context.now, &time_zone));
            Context { schema: schema.clone(), access, actor: id, time_zone: time_zone.clone(), ..context.clone() }
        };
        let (old, new) = (of(&before), of(after));
        objects.iter().for_each(|object| changes.note(object, &old, &new));
        if counted == MAX_COUNTED || clock.now().duration_since(begun) > PATIENCE {
            uncounted.push(Uncounted { member: id, name: identity.name });
            continue;
        }
        counted += 1;
        for object in &objects {
            counter.count(tx, object, &old, &new, &identity.name)?;
        }
    }
    uncounted.truncate(MAX_NAMED);
    let Changes { verbs, fields, notes } = changes;
    Ok(Simulation {
        members: concerned,
        counted,
        uncounted,
        rows: counter.rows,
        verbs: verbs.into_iter().map(|((object, verb), (action, gaining, losing))| VerbImpact { object, verb, action, gaining, losing }).collect(),
        fields: fields.into_iter().map(|((object, field, before, after), members)| FieldImpact { object, field, before, after, members }).collect(),
        notes: notes.into_iter().map(|((object, field, note), members)| NotedImpact { object, field, note, members }).collect(),
        slow: slow_rules(&before, after),
    })
}

/// Records gained and lost, member by member; of those with the same rights they are counted once.
#[derive(Default)]
struct Counter {
    rows: Vec<Impact>,
    known: HashMap<String, Option<(u64, u64, bool)>>,
}

impl Counter {
    fn count(&mut self, tx: &mut dyn ReadTx, object: &Arc<Object>, old: &Context, new: &Context, name: &str) -> Result<()> {
        for verb in [Verb::Read, Verb::Update, Verb::Delete] {
            let (was, is) = (old.access.reach(object, verb), new.access.reach(object, verb));
            if was == is {
                continue;
            }
            // What is shared, and what belongs to other records, is looked up by who asks.
            let is_shared = was.rules().iter().chain(is.rules()).any(|it| it.shared.is_some());
            let definition = &object.definition;
            let belongs =
                object.name == FILE_OBJECT || definition.follows.is_some() || definition.seen_with.is_some() || definition.private_to.is_some();
            let whose = if is_shared || belongs { old.actor } else { Uuid::nil() };
            let key = format!("{} {verb:?} {whose} {was:?} {is:?}", object.name);
            let found = match self.known.get(&key) {
                Some(found) => *found,
                None => {
                    let found = difference(tx, object, old, new, verb)?;
                    self.known.insert(key, found);
                    found
                }
            };
            if let Some((gained, lost, capped)) = found {
                let (member, name) = (old.actor, name.to_owned());
                self.rows.push(Impact { member, name, object: object.name.clone(), verb: verb.name(), gained, lost, capped });
            }
        }
        Ok(())
    }
}

/// What changes for members whatever the record.
#[derive(Default)]
struct Changes {
    verbs: BTreeMap<(String, String), (Option<Label>, usize, usize)>,
    fields: BTreeMap<(String, String, FieldRight, FieldRight), usize>,
    notes: BTreeMap<(String, String, FieldNote), usize>,
}

/// The verbs that are open or closed as a whole; which records the others reach is counted.
const WHOLE: [Verb; 8] = [Verb::Create, Verb::Restore, Verb::Import, Verb::Export, Verb::Bulk, Verb::Share, Verb::Assign, Verb::Lock];

impl Changes {
    fn note(&mut self, object: &Arc<Object>, old: &Context, new: &Context) {
        for verb in WHOLE {
            self.verb(object, verb.name(), None, old.access.may(object, verb), new.access.may(object, verb));
        }
        for action in old.workspace.registry.actions().map(|it| it.definition()).filter(|it| it.object == object.name) {
            let may = |context: &Context| context.access.may_act(&object.name, &action.name);
            self.verb(object, &action.name, Some(&action.label), may(old), may(new));
        }
        for field in object.user_fields() {
            let (was, is) = (old.access.right(object, field), new.access.right(object, field));
            if was != is {
                *self.fields.entry((object.name.clone(), field.name().to_owned(), was, is)).or_default() += 1;
            }
            let notes = [covered_note(object, field, old, new), frozen_note(object, field, old, new)];
            for note in notes.into_iter().flatten() {
                *self.notes.entry((object.name.clone(), field.name().to_owned(), note)).or_default() += 1;
            }
        }
    }

    fn verb(&mut self, object: &Object, verb: &str, action: Option<&Label>, was: bool, is: bool) {
        if was == is {
            return;
        }
        let entry = self.verbs.entry((object.name.clone(), verb.to_owned())).or_insert_with(|| (action.cloned(), 0, 0));
        if is { entry.1 += 1 } else { entry.2 += 1 }
    }
}

/// Shown whole on its own page and covered elsewhere, before or after.
fn covered_note(object: &Arc<Object>, field: &Field, old: &Context, new: &Context) -> Option<FieldNote> {
    let covered = |context: &Context| {
        let access = &context.access;
        (access.right(object, field) >= FieldRight::Read).then(|| access.shown_uncovered(object, field, Place::List) != Shown::Whole)
    };
    match (covered(old)?, covered(new)?) {
        (false, true) => Some(FieldNote::CoveredInLists),
        (true, false) => Some(FieldNote::WholeInLists),
        _ => None,
    }
}

/// In which states it cannot be changed, before and after; of a field that may be changed both times.
fn frozen_note(object: &Arc<Object>, field: &Field, old: &Context, new: &Context) -> Option<FieldNote> {
    let edited = |context: &Context| context.access.may_write(object, field);
    if !edited(old) || !edited(new) {
        return None;
    }
    let frozen = |context: &'_ Context| context.access.fields(object).and_then(|it: &FieldRights| it.frozen(field.name()).map(<[_]>::to_vec));
    match (frozen(old), frozen(new)) {
        (None, Some(_)) => Some(FieldNote::Freezes),
        (Some(_), None) => Some(FieldNote::Thaws),
        (was, is) if was != is => Some(FieldNote::FreezesOtherwise),
        _ => None,
    }
}

fn slow_rules(before: &Schema, after: &Schema) -> Vec<SlowRule> {
    let found = without_way_in(before, after);
    found.into_iter().map(|(object, label)| SlowRule { object: object.to_owned(), label: label.clone() }).collect()
}

/// Records gained and lost, and whether counting stopped; `None` where the reach is the same.
fn difference(tx: &mut dyn ReadTx, object: &Arc<Object>, old: &Context, new: &Context, verb: Verb) -> Result<Option<(u64, u64, bool)>> {
    let (was, is) = (old.access.reach(object, verb), new.access.reach(object, verb));
    if was == is {
        return Ok(None);
    }
    let (was, is) = (reach_condition(old, object, &was, verb)?, reach_condition(new, object, &is, verb)?);
    let mut count = |condition: Condition| -> Result<u64> {
        let live = Condition::IsNull(ColumnRef::main(DELETED_AT)).and(condition);
        Ok(tx.count(&Select::all(&object.table, live), Some(MAX_COUNT + 1))?)
    };
    let (before, after, both) = (count(was.clone())?, count(is.clone())?, count(was.and(is))?);
    let capped = before.max(after) > MAX_COUNT;
    let (gained, lost) = (after.saturating_sub(both), before.saturating_sub(both));
    Ok((gained > 0 || lost > 0).then_some((gained, lost, capped)))
}
