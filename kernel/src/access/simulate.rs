//! What a change of roles and sharing rules would do: who gains or loses how many records of what.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::combine::is_in_audience;
use super::{Access, Member, Verb};
use crate::context::Context;
use crate::definition::{SchemaChange, preview};
use crate::error::{KernelError, Result};
use crate::identity::MEMBER_OBJECT;
use crate::read::{Record, reach_condition};
use crate::schema::{DELETED_AT, FieldRight, ID, Label, Object, Schema, without_way_in};
use crate::store::{ColumnRef, Condition, ReadTx, Select, StoreExt};

/// Records are counted up to here.
pub const MAX_COUNT: u64 = 10_000;
/// Most members whose records are counted; the others are told by their number.
const MAX_COUNTED: usize = 50;
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

/// What a change would do.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct Simulation {
    /// Members whose rights the change concerns.
    pub members: usize,
    /// How many of them were counted.
    pub counted: usize,
    /// Records gained and lost.
    pub rows: Vec<Impact>,
    /// Fields opened and closed.
    pub fields: Vec<FieldImpact>,
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
    let mut answer = Simulation { members: 0, counted: 0, rows: Vec::new(), fields: Vec::new(), slow: slow_rules(&before, after) };
    let mut fields: BTreeMap<(String, String, FieldRight, FieldRight), usize> = BTreeMap::new();
    let members = before.object(MEMBER_OBJECT).cloned().ok_or(KernelError::NotFound)?;
    let live = Condition::IsNull(ColumnRef::main(DELETED_AT));
    let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&members.table, live).order_by(ID, false).limited(MAX_MEMBERS) };
    for row in tx.rows(&select)? {
        let id = Record { object: members.clone(), row }.id();
        let Some(identity) = context.workspace.identity(tx, id)?.filter(|it| touched.concerns(&it.member)) else { continue };
        answer.members += 1;
        if answer.counted == MAX_COUNTED {
            continue;
        }
        answer.counted += 1;
        let time_zone = identity.time_zone.clone().unwrap_or_else(|| context.workspace.time_zone());
        let of = |schema: &Arc<Schema>| {
            let access = Arc::new(Access::of_member(schema, identity.member.clone(), context.now, &time_zone));
            Context { schema: schema.clone(), access, actor: id, time_zone: time_zone.clone(), ..context.clone() }
        };
        let (old, new) = (of(&before), of(after));
        for object in after.objects.values().filter(|it| touched.objects.contains(&it.name)) {
            for verb in [Verb::Read, Verb::Update, Verb::Delete] {
                if let Some((gained, lost, capped)) = difference(tx, object, &old, &new, verb)? {
                    let name = identity.name.clone();
                    answer.rows.push(Impact { member: id, name, object: object.name.clone(), verb: verb.name(), gained, lost, capped });
                }
            }
            for field in object.user_fields() {
                let (was, is) = (old.access.right(object, field), new.access.right(object, field));
                if was != is {
                    *fields.entry((object.name.clone(), field.name().to_owned(), was, is)).or_default() += 1;
                }
            }
        }
    }
    answer.fields =
        fields.into_iter().map(|((object, field, before, after), members)| FieldImpact { object, field, before, after, members }).collect();
    Ok(answer)
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
