//! Why a member may do something with a record, or not.
//!
//! What is allowed is asked of the very rights that guard every statement; the reasons come from the rules those rights
//! were made of, each asked by itself.

mod closings;
mod openings;
mod parts;

use std::sync::Arc;

use guanxi_expr::Value;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use super::combine::has_flag;
use super::rows::Asking;
use super::{HeldRole, ShareLevel, Verb};
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::identity::MEMBER_OBJECT;
use crate::read::{Record, load_record, rights_condition};
use crate::schema::{DELETED_AT, DEPARTMENT_FIELD, FieldRight, ID, Label, Object, ObjectRights, RoleDefinition, RowScope};
use crate::store::{ColumnRef, CompareOp, Condition, ReadTx, Select};
use closings::Locked;

/// Most members looked at for one answer.
pub const MAX_MEMBERS: u64 = 100;

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
    /// comes with, `departments` the way from the record's department up to the one that lets the member reach it.
    Role { role: String, label: Label, scope: RowScope, within: bool, post: Option<Uuid>, departments: Vec<Uuid> },
    /// A role gives the verb, on whatever records go with it.
    Given { role: String, label: Label },
    /// A sharing rule opens it, to an audience the member belongs to.
    SharingRule { rule: String, label: Label, through: Through },
    /// It lies in a circle the member belongs to, or keeps.
    Circle { object: String, id: Uuid, keeper: bool },
    /// It is seen with a record the member may read, or change.
    SeenWith { object: String, id: Uuid },
    /// The record is shared.
    Share { with: &'static str, id: Uuid, level: ShareLevel, until: Option<jiff::Timestamp>, reason: String, because: Option<(String, Uuid)> },
    /// It belongs to another record and is seen, or changed (`changing`), only where that one may be.
    Follows { object: String, id: Uuid, changing: bool, open: bool },
    /// It is another member's own.
    Private,
    /// The file hangs on no record the member may read.
    FileHeld,
    /// The record is locked.
    Locked { by: Uuid, until: Option<jiff::Timestamp>, reason: String },
    /// Its state locks it, or that of the record it is part of (`through`); `when` is the condition.
    LockedByState { object: String, id: Uuid, through: bool, when: String },
    /// A role denies it.
    Denied { role: String, label: Label },
    /// It takes reading as well, which is closed.
    NotReadable,
    /// It takes that roles and rules let the record be changed, which they do not.
    NotChangeable,
    /// Nothing opens it.
    NothingOpens,
}

/// By which entry of its audience a sharing rule speaks to a member.
#[derive(Debug, Clone, PartialEq, Serialize)]
#[serde(tag = "kind", rename_all = "snake_case")]
#[expect(missing_docs, reason = "the names say it")]
pub enum Through {
    /// He is named.
    Member,
    /// He holds a role.
    Role { label: Label },
    /// He is in a team.
    Team { id: Uuid },
    /// He is in a department, or in one below it.
    Department { id: Uuid },
}

/// A role that speaks of something.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct NamedRole {
    /// The role.
    pub role: String,
    /// Its name for people.
    pub label: Label,
}

/// What one role says of a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct RoleOnField {
    /// The role.
    pub role: String,
    /// Its name for people.
    pub label: Label,
    /// What it comes to: a role that lets no record be changed lets no field be changed.
    pub right: FieldRight,
    /// The role denies more than that, whatever others say.
    pub denies: bool,
    /// The right of the member is what this role says.
    pub decides: bool,
}

/// A rule that keeps a field from being changed in the state the record is in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct Freezing {
    /// The role that says so; everybody's rule where absent.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub role: Option<NamedRole>,
    /// The condition that holds of the record.
    pub when: String,
}

/// What may be done with a field.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct FieldExplanation {
    /// Its name.
    pub field: String,
    /// The right, all roles together.
    pub right: FieldRight,
    /// Shown whole on the record's page, covered elsewhere.
    pub masked_in_lists: bool,
    /// What each role says.
    pub roles: Vec<RoleOnField>,
    /// The circle the record lies in covers it.
    pub covered: bool,
    /// Why it cannot be changed now though it might be in another state.
    pub frozen: Vec<Freezing>,
}

/// Why an action is closed.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum ActionClosed {
    /// The member may not see the record.
    NotReadable,
    /// No role gives it.
    NotGiven,
    /// A role denies it.
    Denied,
    /// The record is locked.
    Locked,
    /// A circle covers something of the record.
    Covered,
    /// It is for records in another state.
    State,
}

/// Whether a member may run an action on a record.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, JsonSchema)]
pub struct ActionExplanation {
    /// The action.
    pub action: String,
    /// Its name for people.
    pub label: Label,
    /// Whether it is open.
    pub allowed: bool,
    /// Why it is not.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub closed: Option<ActionClosed>,
    /// Roles that give it.
    pub given: Vec<NamedRole>,
    /// Roles that deny it.
    pub denied: Vec<NamedRole>,
}

/// What a member may do with a record and why.
#[derive(Debug, Clone, PartialEq, Serialize)]
pub struct Explanation {
    /// By verb.
    pub verbs: Vec<VerbExplanation>,
    /// Fields with less than everything.
    pub fields: Vec<FieldExplanation>,
    /// Actions on one record.
    pub actions: Vec<ActionExplanation>,
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
    let mut told = explain_as(&theirs, tx, &record)?;
    let department = object.field(DEPARTMENT_FIELD);
    if department.is_some_and(|it| context.access.right(object, it) < FieldRight::Read) {
        // The way begins with a value the caller may not read.
        told.verbs.iter_mut().flat_map(|it| &mut it.reasons).for_each(without_departments);
    }
    if context.access.require_auditor().is_err() {
        // A field hidden from somebody does not exist for him.
        told.fields.retain(|it| it.right > FieldRight::Hidden);
    }
    Ok(told)
}

fn without_departments(reason: &mut Reason) {
    if let Reason::Role { departments, .. } = reason {
        departments.clear();
    }
}

/// What the holder of a context may do with a record, and why. The record need not be within his reach.
///
/// # Errors
/// Fails where the database does.
pub fn explain_as(theirs: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<Explanation> {
    let mut verbs: Vec<VerbExplanation> = Vec::with_capacity(Verb::ALL.len());
    for verb in Verb::ALL {
        let told = explain_verb(theirs, tx, record, verb)?;
        verbs.push(told);
    }
    let locked = closings::locked(theirs, tx, record)?;
    verbs.iter_mut().for_each(|it| close(it, &locked));
    let readable = verbs.iter().any(|it| it.verb == Verb::Read.name() && it.allowed);
    let actions = parts::actions(theirs, record, readable, &locked);
    Ok(Explanation { verbs, fields: parts::fields(theirs, record)?, actions })
}

/// A lock closes what changes the record.
fn close(verb: &mut VerbExplanation, locked: &Locked) {
    let changes = [Verb::Update, Verb::Delete, Verb::Assign, Verb::Bulk].iter().any(|it| it.name() == verb.verb);
    if changes && verb.allowed && !locked.reasons.is_empty() {
        verb.allowed = false;
        verb.reasons.extend(locked.reasons.iter().cloned());
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

/// Whether the rights of a context reach a record, in the words of the statements they guard.
fn reaches(theirs: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid, verb: Verb) -> Result<bool> {
    if matches!(verb, Verb::Create | Verb::Import) {
        return Ok(theirs.access.may(object, verb));
    }
    let mut joins = Vec::new();
    let this = Condition::equals(ColumnRef::main(ID), Value::Id(id)).and(rights_condition(theirs, object, verb, &mut joins)?);
    Ok(tx.first(&Select { columns: vec![ColumnRef::main(ID)], joins, ..Select::all(&object.table, this).limited(1) })?.is_some())
}

fn explain_verb(theirs: &Context, tx: &mut dyn ReadTx, record: &Record, verb: Verb) -> Result<VerbExplanation> {
    let (object, id) = (&record.object, record.id());
    let allowed = reaches(theirs, tx, object, id, verb)?;
    let mut reasons = Vec::new();
    if theirs.access.is_unlimited() {
        reasons.push(Reason::Administrator);
    } else {
        reasons.extend(openings::openings(theirs, tx, record, verb)?);
        if reasons.is_empty() {
            reasons.push(Reason::NothingOpens);
        }
        reasons.extend(closings::denials(theirs, tx, object, id, verb)?);
    }
    reasons.extend(closings::belongings(theirs, tx, record, verb)?);
    if !allowed && !theirs.access.is_unlimited() {
        reasons.extend(closings::missing(theirs, tx, record, verb)?);
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
    let record = load_record(context, tx, object, id, Verb::Read, false)?.ok_or(KernelError::NotFound)?;
    if context.access.require_auditor().is_err() && !reaches(context, tx, object, id, Verb::Share)? {
        return Err(KernelError::Forbidden(format!("share {}", object.name)));
    }
    let tells_department = object.field(DEPARTMENT_FIELD).is_none_or(|it| context.access.right(object, it) >= FieldRight::Read);
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
            let mut reasons = explain_verb(&theirs, tx, &record, Verb::Read)?.reasons;
            if !tells_department {
                reasons.iter_mut().for_each(without_departments);
            }
            let free = closings::locked(&theirs, tx, &record)?.reasons.is_empty();
            viewers.push(Viewer {
                id: member.id(),
                name: member.title(),
                update: free && reaches(&theirs, tx, object, id, Verb::Update)?,
                delete: free && reaches(&theirs, tx, object, id, Verb::Delete)?,
                reasons,
            });
        }
    }
    Ok((viewers, next))
}
