//! What may be done with the fields of a record, and which actions may be run on it.

use std::sync::Arc;

use guanxi_expr::Predicate;

use super::super::combine::is_in_audience;
use super::super::fields::right_of;
use super::super::{Place, Shown, Standing, fold_condition};
use super::closings::Locked;
use super::{ActionClosed, ActionExplanation, FieldExplanation, Freezing, NamedRole, RoleOnField, asking, held};
use crate::app::{Action, ActionPlace};
use crate::context::Context;
use crate::error::Result;
use crate::read::Record;
use crate::schema::{Field, FieldRight, OpenGate, RoleDefinition};
use crate::write::{is_frozen, refuse_if_covered, refuse_unless_shown, value_of};

fn named(role: &RoleDefinition) -> NamedRole {
    NamedRole { role: role.name.clone(), label: role.label.clone() }
}

/// The fields with less than everything, and who says so.
pub(super) fn fields(theirs: &Context, record: &Record) -> Result<Vec<FieldExplanation>> {
    let object = &record.object;
    let mut told = Vec::new();
    for field in object.user_fields() {
        let before = theirs.access.right(object, field);
        let over = theirs.access.covers_of(object, field).filter(|it| it.is_over_row(&record.row));
        let cover = over.filter_map(|it| it.fields.get(field.name()).copied()).min();
        let right = cover.map_or(before, |it| before.min(it));
        let masked_in_lists = right >= FieldRight::Read && theirs.access.shown_uncovered(object, field, Place::List) != Shown::Whole;
        let frozen = if right == FieldRight::Edit { freezing(theirs, record, field)? } else { Vec::new() };
        if right == FieldRight::Edit && !masked_in_lists && frozen.is_empty() {
            continue;
        }
        let covered = right < before;
        let roles = roles_on(theirs, record, field, before, covered);
        told.push(FieldExplanation { field: field.name().to_owned(), right, masked_in_lists, roles, covered, frozen });
    }
    Ok(told)
}

/// Whether something beside their own rows lets a member change records of the object, so that every role of his has its
/// word on what may be changed of them.
fn writes_by_others(theirs: &Context, record: &Record) -> bool {
    let member = &theirs.access.member;
    let object = &record.object;
    let by_rule = theirs.schema.sharing.iter().any(|it| it.object == object.name && it.write && !it.paused && is_in_audience(&it.with, member));
    let keeps = asking(theirs, object).open_in_circles(Standing::Keeper) != Predicate::False;
    by_rule || keeps || member.shared_objects.contains(&object.name)
}

/// What every role says of a field, and which of them decide.
fn roles_on(theirs: &Context, record: &Record, field: &Field, right: FieldRight, covered: bool) -> Vec<RoleOnField> {
    let held = held(theirs, &record.object);
    let all_write = writes_by_others(theirs, record);
    let nobody_reads = held.iter().all(|it| it.2.read.is_none());
    let ceiling = held.iter().filter_map(|it| it.2.deny.fields.get(field.name())).min().copied();
    let mut told = Vec::new();
    for (_, role, rights) in &held {
        let says = right_of(rights, field);
        let writes = all_write || rights.create || !rights.update.is_none();
        let speaks = nobody_reads || !rights.read.is_none() || (writes && says == FieldRight::Edit);
        let comes_to = if writes { says } else { says.min(FieldRight::Read) };
        let decides = speaks && !covered && comes_to == right && ceiling.is_none_or(|it| it > right);
        told.push(RoleOnField { role: role.name.clone(), label: role.label.clone(), right: comes_to, denies: false, decides });
        if let Some(most) = rights.deny.fields.get(field.name()) {
            let decides = !covered && *most == right;
            told.push(RoleOnField { role: role.name.clone(), label: role.label.clone(), right: *most, denies: true, decides });
        }
    }
    told
}

/// The rules that keep a field from being changed now; none where it may be.
fn freezing(theirs: &Context, record: &Record, field: &Field) -> Result<Vec<Freezing>> {
    let object = &record.object;
    if !is_frozen(theirs, object, field, &record.row) {
        return Ok(Vec::new());
    }
    let mut rules = Vec::new();
    if field.read_only_when.as_ref().is_some_and(|it| value_of(theirs, object, &record.row, it).is_true()) {
        rules.push(Freezing { role: None, when: field.definition.read_only_when.clone().unwrap_or_default() });
    }
    if theirs.access.is_unlimited() {
        return Ok(rules);
    }
    for (_, role, rights) in held(theirs, object) {
        for rule in rights.freeze.iter().filter(|it| it.fields.contains(field.name())) {
            let when = fold_condition(&theirs.schema, object, &rule.when, &OpenGate, &theirs.access.member, theirs.now, &theirs.time_zone)?;
            if value_of(theirs, object, &record.row, &when).is_true() {
                rules.push(Freezing { role: Some(named(role)), when: rule.when.clone() });
            }
        }
    }
    Ok(rules)
}

/// The actions on one record of the object, and whether they are open.
pub(super) fn actions(theirs: &Context, record: &Record, readable: bool, locked: &Locked) -> Vec<ActionExplanation> {
    let object = &record.object.name;
    let of_record = |it: &&Arc<dyn Action>| it.definition().object == *object && it.definition().on == ActionPlace::Record;
    let registry = &theirs.workspace.registry;
    registry.actions().filter(of_record).map(|action| one(theirs, record, action.as_ref(), readable, locked)).collect()
}

fn one(theirs: &Context, record: &Record, action: &dyn Action, readable: bool, locked: &Locked) -> ActionExplanation {
    let definition = action.definition();
    let held = if theirs.access.is_unlimited() { Vec::new() } else { held(theirs, &record.object) };
    let names = |action: &String| action == "*" || *action == definition.name;
    let given: Vec<NamedRole> = held.iter().filter(|it| it.2.actions.iter().any(names)).map(|it| named(it.1)).collect();
    let denied: Vec<NamedRole> = held.iter().filter(|it| it.2.deny.actions.iter().any(names)).map(|it| named(it.1)).collect();
    let closed = if !theirs.access.may_act(&record.object.name, &definition.name) {
        Some(if denied.is_empty() { ActionClosed::NotGiven } else { ActionClosed::Denied })
    } else if !readable {
        Some(ActionClosed::NotReadable)
    } else if locked.binds_actions && !action.only_reads() {
        Some(ActionClosed::Locked)
    } else if refuse_if_covered(theirs, definition, record).is_err() {
        Some(ActionClosed::Covered)
    } else if refuse_unless_shown(theirs, definition, record).is_err() {
        Some(ActionClosed::State)
    } else {
        None
    };
    ActionExplanation { action: definition.name.clone(), label: definition.label.clone(), allowed: closed.is_none(), closed, given, denied }
}
