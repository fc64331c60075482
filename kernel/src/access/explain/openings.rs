//! What opens a verb on a record: each rule asked by itself.

use std::sync::Arc;

use guanxi_expr::Predicate;
use uuid::Uuid;

use super::super::combine::is_in_audience;
use super::super::{HeldRole, Principal, ShareLevel, Standing, Verb};
use super::{Reason, Through, asking, has_flag, held, holds};
use crate::context::Context;
use crate::error::Result;
use crate::read::{Record, predicate_condition, seen_condition};
use crate::schema::{Audience, DEPARTMENT_FIELD, Object, ObjectRights, RoleDefinition, RowScope, SharingRule};
use crate::shares::{Share, shares_reaching};
use crate::store::{Condition, ReadTx};

/// Sharing rules asked with one statement: more would nest deeper than a database parses.
const RULES_AT_ONCE: usize = 64;

/// What opens a verb.
pub(super) fn openings(theirs: &Context, tx: &mut dyn ReadTx, record: &Record, verb: Verb) -> Result<Vec<Reason>> {
    let (object, id) = (&record.object, record.id());
    let mut reasons = match verb {
        Verb::Read | Verb::Update | Verb::Delete | Verb::Restore => by_scope(theirs, tx, record, verb)?,
        _ => by_flag(theirs, object, verb),
    };
    if matches!(verb, Verb::Read | Verb::Update | Verb::Assign) && lies_open(theirs, tx, object, id, verb)? {
        reasons.extend(circle_reason(theirs, record));
    }
    if object.definition.seen_with.is_some() && holds(tx, object, id, seen_condition(theirs, object, verb)?)? {
        reasons.extend(companion_reason(record));
    }
    reasons.extend(by_sharing_rules(theirs, tx, object, id, verb)?);
    let least = match verb {
        Verb::Read => ShareLevel::Read,
        Verb::Update => ShareLevel::Write,
        Verb::Delete | Verb::Share | Verb::Assign => ShareLevel::Manage,
        _ => return Ok(reasons),
    };
    let shares = shares_reaching(theirs, tx, object, id)?;
    reasons.extend(shares.into_iter().filter(|it| it.level >= least).map(share_reason));
    Ok(reasons)
}

fn scope_of(rights: &ObjectRights, verb: Verb) -> &RowScope {
    match verb {
        Verb::Read => &rights.read,
        Verb::Delete => &rights.delete,
        Verb::Restore => rights.restore.as_ref().unwrap_or(&rights.delete),
        _ => &rights.update,
    }
}

/// Roles whose rows the record is among.
fn by_scope(theirs: &Context, tx: &mut dyn ReadTx, record: &Record, verb: Verb) -> Result<Vec<Reason>> {
    let asking = asking(theirs, &record.object);
    let mut reasons = Vec::new();
    for (held, role, rights) in held(theirs, &record.object) {
        let scope = scope_of(rights, verb);
        let rows = asking.scope_of(scope, held, verb == Verb::Read)?;
        if rows != Predicate::False && holds(tx, &record.object, record.id(), predicate_condition(theirs, &record.object, &rows)?)? {
            reasons.push(role_reason(theirs, record, held, role, scope));
        }
    }
    Ok(reasons)
}

fn role_reason(theirs: &Context, record: &Record, held: &HeldRole, role: &RoleDefinition, scope: &RowScope) -> Reason {
    Reason::Role {
        role: role.name.clone(),
        label: role.label.clone(),
        scope: scope.clone(),
        within: held.within.is_some(),
        post: held.post,
        departments: way_up(theirs, record, held, scope),
    }
}

/// From the record's department up to the one by which a role reaches it; empty where it is not the department that counts.
fn way_up(theirs: &Context, record: &Record, held: &HeldRole, scope: &RowScope) -> Vec<Uuid> {
    let member = &theirs.access.member;
    let Some(begin) = record.reference(DEPARTMENT_FIELD) else { return Vec::new() };
    let path = member.tree.path(begin);
    if let Some(within) = &held.within {
        // Where it is held goes with all below it: the last one on the way is the department it was given for.
        return path.into_iter().take_while(|it| within.contains(it)).collect();
    }
    let until = match scope {
        RowScope::Department if member.own_departments.contains(&begin) => return vec![begin],
        RowScope::DepartmentTree => &member.own_departments,
        RowScope::Departments(chosen) => chosen,
        _ => return Vec::new(),
    };
    let end = path.iter().position(|it| until.contains(it));
    end.map_or_else(Vec::new, |end| path.into_iter().take(end + 1).collect())
}

/// Roles that give the verb.
fn by_flag(theirs: &Context, object: &Arc<Object>, verb: Verb) -> Vec<Reason> {
    let giving = held(theirs, object).into_iter().filter(|it| has_flag(it.2, verb));
    giving.map(|(_, role, _)| Reason::Given { role: role.name.clone(), label: role.label.clone() }).collect()
}

/// Whether the record lies in a circle that opens it, to somebody whose roles show him such records at all.
fn lies_open(theirs: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid, verb: Verb) -> Result<bool> {
    let least = if verb == Verb::Read { Standing::Member } else { Standing::Keeper };
    let lying = asking(theirs, object).open_in_circles(least);
    if lying == Predicate::False || held(theirs, object).iter().all(|it| it.2.read.is_none()) {
        return Ok(false);
    }
    holds(tx, object, id, predicate_condition(theirs, object, &lying)?)
}

/// The circle a record lies in.
fn circle_reason(theirs: &Context, record: &Record) -> Option<Reason> {
    let lies = record.object.definition.in_circle.as_ref()?;
    let circle = record.reference(&lies.circle);
    let held = theirs.access.member.circles.iter().find(|it| Some(it.circle.id) == circle)?;
    Some(Reason::Circle { object: held.circle.object.clone(), id: held.circle.id, keeper: held.standing == Standing::Keeper })
}

/// The record another one is seen with.
fn companion_reason(record: &Record) -> Option<Reason> {
    let field = record.object.field(&record.object.definition.seen_with.as_ref()?.field)?;
    Some(Reason::SeenWith { object: field.target.clone()?, id: record.reference(field.name())? })
}

fn by_sharing_rules(theirs: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid, verb: Verb) -> Result<Vec<Reason>> {
    let asking = asking(theirs, object);
    let gives = |write: bool| verb == Verb::Read || (verb == Verb::Update && write);
    let rules = theirs.schema.sharing.iter().filter(|it| it.object == object.name && !it.paused && gives(it.write));
    let rules = rules.filter(|it| is_in_audience(&it.with, &theirs.access.member));
    let rules: Vec<(&SharingRule, Predicate)> = rules.map(|it| Ok((it, asking.compile(&it.when)?))).collect::<Result<_>>()?;
    let mut reasons = Vec::new();
    for some in rules.chunks(RULES_AT_ONCE) {
        for rule in those_that_hold(theirs, tx, object, id, some)? {
            let through = through(theirs, &rule.with);
            reasons.push(Reason::SharingRule { rule: rule.name.clone(), label: rule.label.clone(), through });
        }
    }
    Ok(reasons)
}

/// By which of its entries an audience has the member in it; the narrowest there is.
fn through(theirs: &Context, audience: &Audience) -> Through {
    let member = &theirs.access.member;
    if audience.members.contains(&member.id) {
        return Through::Member;
    }
    let everywhere = |role: &&String| member.roles.iter().any(|it| it.name == **role && it.within.is_none());
    if let Some(role) = audience.roles.iter().find(everywhere).and_then(|it| theirs.schema.roles.get(it)) {
        return Through::Role { label: role.label.clone() };
    }
    if let Some(id) = audience.teams.iter().find(|it| member.teams.contains(it)) {
        return Through::Team { id: *id };
    }
    let department = audience.departments.iter().find(|it| member.departments_above.contains(it));
    department.map_or(Through::Member, |id| Through::Department { id: *id })
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
