//! Why a member may do something with a record, or not.
//!
//! What is allowed is asked of the very rights that guard every statement; the reasons come from the rules those rights
//! were made of, each asked by itself.

use std::sync::Arc;

use guanxi_expr::{Predicate, Value};
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::combine::is_in_audience;
use super::rows::Asking;
use super::{HeldRole, Principal, ShareLevel, Standing, Verb};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::identity::MEMBER_OBJECT;
use crate::locks::{Lock, lock_of_whole, lock_on};
use crate::read::{Record, load_record, predicate_condition, reach_condition, seen_condition};
use crate::schema::{DELETED_AT, DenyRights, FieldRight, ID, Label, Object, ObjectRights, RoleDefinition, RowScope, SharingRule};
use crate::shares::{Share, shares_reaching};
use crate::store::{ColumnRef, CompareOp, Condition, ReadTx, Select};

/// Most members looked at for one answer.
pub const MAX_MEMBERS: u64 = 100;
/// Sharing rules asked with one statement: more would nest deeper than a database parses.
const RULES_AT_ONCE: usize = 64;

/// Why a verb is open on a record, or closed.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct VerbExplanation {
    /// `read`, `update`, ...
    pub verb: &'static str,
    /// Whether it is open.
    pub allowed: bool,
    /// What opens it, and what closes it again.
    pub reasons: Vec<Reason>,
}

/// One rule that speaks of the record.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Reason {
    /// An administrator may do everything.
    Administrator,
    /// A role opens it; `scope` is which records, `within` whether it is held within departments only, `post` the job post it
    /// comes with.
    Role { role: String, label: Label, scope: RowScope, within: bool, post: Option<Uuid> },
    /// A sharing rule opens it.
    SharingRule { rule: String, label: Label },
    /// It lies in a circle the member belongs to, or keeps.
    Circle { object: String, id: Uuid, keeper: bool },
    /// It is seen with a record the member may read, or change.
    SeenWith { object: String, id: Uuid },
    /// The record is shared.
    Share { with: &'static str, id: Uuid, level: ShareLevel, until: Option<jiff::Timestamp>, reason: String, because: Option<(String, Uuid)> },
    /// The record is locked.
    Locked { by: Uuid, until: Option<jiff::Timestamp>, reason: String },
    /// A role denies it.
    Denied { role: String, label: Label },
    /// It takes reading as well, which is closed.
    NotReadable,
    /// Nothing opens it.
    NothingOpens,
}

/// What may be done with a field.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
pub struct FieldExplanation {
    /// Its name.
    pub field: String,
    /// The right, all roles together.
    pub right: FieldRight,
    /// Shown whole on the record's page, covered elsewhere.
    pub masked_in_lists: bool,
    /// What each role says.
    pub roles: Vec<(String, FieldRight)>,
}

/// What a member may do with a record and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// By verb.
    pub verbs: Vec<VerbExplanation>,
    /// Fields with less than everything.
    pub fields: Vec<FieldExplanation>,
}

/// Fails unless the caller may ask about a member's rights: his own, or anybody's as an auditor.
fn require_right_to_ask(context: &Context, member: Uuid) -> Result<()> {
    if member == context.actor { Ok(()) } else { context.access.require_auditor() }
}

/// Explains what a member may do with a record.
///
/// # Errors
/// Forbidden to those who are no auditors but for themselves; not found where there is no such record for the caller
/// or no such member.
pub fn explain(context: &Context, tx: &mut dyn ReadTx, member: Uuid, object: &Arc<Object>, id: Uuid) -> Result<Explanation> {
    require_right_to_ask(context, member)?;
    let record = load_record(context, tx, object, id, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
    let theirs = context_of(context, tx, member)?.ok_or(KernelError::NotFound)?;
    let verbs = [Verb::Read, Verb::Update, Verb::Delete, Verb::Share, Verb::Assign];
    let mut verbs: Vec<VerbExplanation> = verbs.into_iter().map(|verb| explain_verb(&theirs, tx, object, id, verb)).collect::<Result<_>>()?;
    let lock = match lock_on(tx, id, context.now)? {
        Some(lock) => Some(lock),
        None => lock_of_whole(context, tx, &record)?.map(|it| it.1),
    };
    if let Some(lock) = lock.filter(|it| it.binds(&theirs)) {
        verbs.iter_mut().for_each(|it| close(it, &lock));
    }
    Ok(Explanation { verbs, fields: explain_fields(&theirs, &record) })
}

/// A lock closes what changes the record.
fn close(verb: &mut VerbExplanation, lock: &Lock) {
    if ["update", "delete", "assign"].contains(&verb.verb) && verb.allowed {
        verb.allowed = false;
        verb.reasons.push(Reason::Locked { by: lock.locked_by, until: lock.until, reason: lock.reason.clone() });
    }
}

/// A member's own context, as if he asked; `None` where he may not act. What it reads must not reach the caller.
///
/// # Errors
/// Fails where the database does, and where the rights of his roles do not compile.
pub fn context_of(context: &Context, tx: &mut dyn ReadTx, member: Uuid) -> Result<Option<Context>> {
    let Some(identity) = context.workspace.identity(tx, member)? else { return Ok(None) };
    let time_zone = identity.time_zone.clone().unwrap_or_else(|| context.workspace.time_zone());
    let theirs = context.workspace.member_context(identity.member, identity.name, identity.locale, time_zone, context.request_id.clone());
    Ok(Some(theirs))
}

fn holds(tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid, condition: Condition) -> Result<bool> {
    let this = Condition::equals(ColumnRef::main(ID), Value::Id(id)).and(condition);
    Ok(tx.first(&Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, this).limited(1) })?.is_some())
}

/// Whether the rights of a context reach a record.
fn reaches(theirs: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid, verb: Verb) -> Result<bool> {
    let condition = reach_condition(theirs, object, &theirs.access.reach(object, verb), verb)?;
    holds(tx, object, id, condition)
}

fn explain_verb(theirs: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid, verb: Verb) -> Result<VerbExplanation> {
    let allowed = reaches(theirs, tx, object, id, verb)?;
    let mut reasons = Vec::new();
    if theirs.access.is_unlimited() {
        reasons.push(Reason::Administrator);
    } else {
        reasons.extend(openings(theirs, tx, object, id, verb)?);
        if reasons.is_empty() {
            reasons.push(Reason::NothingOpens);
        }
        reasons.extend(denials(theirs, tx, object, id, verb)?);
        if verb != Verb::Read && !allowed && !reaches(theirs, tx, object, id, Verb::Read)? {
            reasons.push(Reason::NotReadable);
        }
    }
    Ok(VerbExplanation { verb: verb.name(), allowed, reasons })
}

/// Roles a member holds, with what they say of an object.
pub(super) fn held<'a>(theirs: &'a Context, object: &Object) -> Vec<(&'a HeldRole, &'a RoleDefinition, &'a ObjectRights)> {
    let roles = theirs.access.member.roles.iter().filter_map(|it| Some((it, theirs.schema.roles.get(&it.name)?)));
    roles.filter_map(|(held, role)| Some((held, role, role.rights(&object.definition)?))).collect()
}

fn asking<'a>(theirs: &'a Context, object: &'a Arc<Object>) -> Asking<'a> {
    Asking { schema: &theirs.schema, object, member: &theirs.access.member, now: theirs.now, time_zone: &theirs.time_zone }
}

fn scope_of(rights: &ObjectRights, verb: Verb) -> RowScope {
    match verb {
        Verb::Read => rights.read.clone(),
        Verb::Delete => rights.delete.clone(),
        Verb::Share if !rights.share => RowScope::None,
        Verb::Assign if !rights.assign => RowScope::None,
        Verb::Lock if !rights.lock => RowScope::None,
        _ => rights.update.clone(),
    }
}

fn openings(theirs: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid, verb: Verb) -> Result<Vec<Reason>> {
    let asking = asking(theirs, object);
    let mut reasons = Vec::new();
    let matches = |tx: &mut dyn ReadTx, predicate: &Predicate| holds(tx, object, id, predicate_condition(theirs, object, predicate)?);
    for (held, role, rights) in held(theirs, object) {
        let scope = scope_of(rights, verb);
        if matches(tx, &asking.scope_of(&scope, held, verb == Verb::Read)?)? {
            reasons.push(Reason::Role { role: role.name.clone(), label: role.label.clone(), scope, within: held.within.is_some(), post: held.post });
        }
    }
    let least = if verb == Verb::Read { Standing::Member } else { Standing::Keeper };
    if matches!(verb, Verb::Read | Verb::Update | Verb::Assign) && matches(tx, &asking.open_in_circles(least))? {
        reasons.extend(circle_reason(theirs, tx, object, id)?);
    }
    if object.definition.seen_with.is_some() && holds(tx, object, id, seen_condition(theirs, object, verb)?)? {
        reasons.extend(companion_reason(theirs, tx, object, id)?);
    }
    let gives = |write: bool| verb == Verb::Read || (verb == Verb::Update && write);
    let rules = theirs.schema.sharing.iter().filter(|it| it.object == object.name && !it.paused && gives(it.write));
    let rules = rules.filter(|it| is_in_audience(&it.with, &theirs.access.member));
    let rules: Vec<(&SharingRule, Predicate)> = rules.map(|it| Ok((it, asking.compile(&it.when)?))).collect::<Result<_>>()?;
    for some in rules.chunks(RULES_AT_ONCE) {
        for rule in those_that_hold(theirs, tx, object, id, some)? {
            reasons.push(Reason::SharingRule { rule: rule.name.clone(), label: rule.label.clone() });
        }
    }
    let least = match verb {
        Verb::Read => ShareLevel::Read,
        Verb::Update => ShareLevel::Write,
        _ => ShareLevel::Manage,
    };
    let shares = shares_reaching(theirs, tx, object, id)?;
    reasons.extend(shares.into_iter().filter(|it| it.level >= least).map(share_reason));
    Ok(reasons)
}

/// The circle a record lies in.
fn circle_reason(theirs: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid) -> Result<Option<Reason>> {
    let system = theirs.as_system();
    let lies = object.definition.in_circle.as_ref();
    let Some((record, lies)) = load_record(&system, tx, object, id, Verb::Read, false)?.zip(lies) else { return Ok(None) };
    let circle = record.reference(&lies.circle);
    let held = theirs.access.member.circles.iter().find(|it| Some(it.circle.id) == circle);
    Ok(held.map(|it| Reason::Circle { object: it.circle.object.clone(), id: it.circle.id, keeper: it.standing == Standing::Keeper }))
}

/// The record another one is seen with.
fn companion_reason(theirs: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid) -> Result<Option<Reason>> {
    let Some(field) = object.definition.seen_with.as_ref().and_then(|it| object.field(&it.field)) else { return Ok(None) };
    let record = load_record(&theirs.as_system(), tx, object, id, Verb::Read, false)?;
    let leader = record.and_then(|it| it.reference(field.name())).zip(field.target.clone());
    Ok(leader.map(|(id, object)| Reason::SeenWith { object, id }))
}

/// The rules that accept a record. Few of many do, so they are asked together, and only those that answer by halves.
fn those_that_hold<'r>(
    theirs: &Context,
    tx: &mut dyn ReadTx,
    object: &Arc<Object>,
    id: Uuid,
    rules: &[(&'r SharingRule, Predicate)],
) -> Result<Vec<&'r SharingRule>> {
    let any = rules.iter().map(|it| predicate_condition(theirs, object, &it.1)).collect::<Result<Vec<Condition>>>()?;
    if any.is_empty() || !holds(tx, object, id, Condition::Or(any))? {
        return Ok(Vec::new());
    }
    if let [(only, _)] = rules {
        return Ok(vec![*only]);
    }
    let (first, second) = rules.split_at(rules.len() / 2);
    let mut found = those_that_hold(theirs, tx, object, id, first)?;
    found.extend(those_that_hold(theirs, tx, object, id, second)?);
    Ok(found)
}

fn share_reason(share: Share) -> Reason {
    let Share { principal, level, expires_at, reason, source, .. } = share;
    Reason::Share { with: Principal::kind(principal), id: principal.id(), level, until: expires_at, reason, because: source }
}

fn denials(theirs: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid, verb: Verb) -> Result<Vec<Reason>> {
    let asking = asking(theirs, object);
    let mut reasons = Vec::new();
    let scopes = |deny: &DenyRights| -> Vec<RowScope> {
        match verb {
            Verb::Read => vec![deny.read.clone()],
            Verb::Delete => vec![deny.read.clone(), deny.delete.clone()],
            _ => vec![deny.read.clone(), deny.update.clone()],
        }
    };
    for (_, role, rights) in held(theirs, object) {
        let mut denied = rights.deny.verbs.contains(verb.name());
        for scope in scopes(&rights.deny).iter().filter(|it| !it.is_none()) {
            let inside = predicate_condition(theirs, object, &asking.scope(scope, false)?)?;
            denied = denied || holds(tx, object, id, inside)?;
        }
        if denied {
            reasons.push(Reason::Denied { role: role.name.clone(), label: role.label.clone() });
        }
    }
    Ok(reasons)
}

fn explain_fields(theirs: &Context, record: &Record) -> Vec<FieldExplanation> {
    let object = &record.object;
    let held = held(theirs, object);
    let less = object.user_fields().filter_map(|field| {
        let over = theirs.access.covers_of(object, field).filter(|it| it.is_over_row(&record.row));
        let covered = over.filter_map(|it| it.fields.get(field.name()).copied()).min();
        let right = theirs.access.right(object, field);
        let right = covered.map_or(right, |it| right.min(it));
        let masked_in_lists = right >= FieldRight::Read && theirs.access.shown_uncovered(object, field, super::Place::List) != super::Shown::Whole;
        let roles = held.iter().map(|it| (it.1.name.clone(), it.2.right(field.name()))).collect();
        (right < FieldRight::Edit || masked_in_lists).then(|| FieldExplanation { field: field.name().to_owned(), right, masked_in_lists, roles })
    });
    less.collect()
}

/// A member who may see a record.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Viewer {
    /// The member.
    pub id: Uuid,
    /// His name.
    pub name: String,
    /// May change it.
    pub update: bool,
    /// May delete it.
    pub delete: bool,
    /// What lets him see it.
    pub reasons: Vec<Reason>,
}

/// Members who may see a record, in the order of their ids, looking at [`MAX_MEMBERS`] after `after`; and where to go on.
///
/// # Errors
/// Forbidden to those who neither are auditors nor may share the record; not found where there is none for the caller.
pub fn viewers(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid, after: Option<Uuid>) -> Result<(Vec<Viewer>, Option<Uuid>)> {
    load_record(context, tx, object, id, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
    if context.access.require_auditor().is_err() && !reaches(context, tx, object, id, Verb::Share)? {
        return Err(KernelError::Forbidden(format!("share {}", object.name)));
    }
    let members = context.schema.object(MEMBER_OBJECT).cloned().ok_or(KernelError::NotFound)?;
    let mut condition = Condition::IsNull(ColumnRef::main(DELETED_AT));
    if let Some(after) = after {
        condition = condition.and(Condition::Compare(ColumnRef::main(ID), CompareOp::Gt, Value::Id(after)));
    }
    let rows = tx.rows(&Select::all(&members.table, condition).order_by(ID, false).limited(MAX_MEMBERS))?;
    let next = (rows.len() as u64 == MAX_MEMBERS).then(|| rows.last().map(|row| Record { object: members.clone(), row: row.clone() }.id())).flatten();
    let mut viewers = Vec::new();
    for row in rows {
        let member = Record { object: members.clone(), row };
        let Some(theirs) = context_of(context, tx, member.id())? else { continue };
        if reaches(&theirs, tx, object, id, Verb::Read)? {
            viewers.push(Viewer {
                id: member.id(),
                name: member.title(),
                update: reaches(&theirs, tx, object, id, Verb::Update)?,
                delete: reaches(&theirs, tx, object, id, Verb::Delete)?,
                reasons: explain_verb(&theirs, tx, object, id, Verb::Read)?.reasons,
            });
        }
    }
    Ok((viewers, next))
}
