//! What closes a verb on a record though something opens it.

use std::sync::Arc;

use uuid::Uuid;

use super::super::Verb;
use super::{Reason, asking, has_flag, held, holds, reaches};
use crate::context::Context;
use crate::error::Result;
use crate::locks::{lock_of_whole, lock_on, state_lock_of_whole};
use crate::read::{Record, followed, held_files, predicate_condition, private_rows};
use crate::schema::{DenyRights, FieldKind, Object, RowScope};
use crate::store::ReadTx;
use crate::write::refuse_locked;

/// What locks a record for a member.
pub(super) struct Locked {
    /// Every lock that binds him.
    pub reasons: Vec<Reason>,
    /// One of them stands in the way of actions: a decision about the record, or anything about the whole it is part of.
    pub binds_actions: bool,
}

/// The locks of a record that bind the member: decisions, its state, and those of what it is part of.
pub(super) fn locked(theirs: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<Locked> {
    let decided = match lock_on(tx, record.id(), theirs.now)? {
        Some(lock) => Some(lock),
        None => lock_of_whole(theirs, tx, record)?.map(|it| it.1),
    };
    let decided = decided.filter(|it| it.binds(theirs));
    let mut reasons: Vec<Reason> = Vec::new();
    reasons.extend(decided.map(|it| Reason::Locked { by: it.locked_by, until: it.until, reason: it.reason }));
    let whole = state_lock_of_whole(theirs, tx, record)?;
    reasons.extend(whole.as_ref().map(|it| by_state(it, true)));
    let binds_actions = !reasons.is_empty();
    if refuse_locked(theirs, Some(record)).is_err() {
        reasons.push(by_state(record, false));
    }
    Ok(Locked { reasons, binds_actions })
}

fn by_state(record: &Record, through: bool) -> Reason {
    let when = record.object.definition.locked_when.clone().unwrap_or_default();
    Reason::LockedByState { object: record.object.name.clone(), id: record.id(), through, when }
}

/// Roles that deny the verb on the record.
pub(super) fn denials(theirs: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid, verb: Verb) -> Result<Vec<Reason>> {
    let asking = asking(theirs, object);
    let mut reasons = Vec::new();
    let scopes = |deny: &DenyRights| -> Vec<RowScope> {
        match verb {
            Verb::Create | Verb::Import => Vec::new(),
            Verb::Read | Verb::Export => vec![deny.read.clone()],
            Verb::Delete | Verb::Restore => vec![deny.read.clone(), deny.delete.clone()],
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

/// What the record belongs to, whose rights go before its own.
pub(super) fn belongings(theirs: &Context, tx: &mut dyn ReadTx, record: &Record, verb: Verb) -> Result<Vec<Reason>> {
    let (object, id) = (&record.object, record.id());
    let mut reasons = Vec::new();
    if matches!(verb, Verb::Create | Verb::Import) {
        return Ok(reasons);
    }
    if object.definition.private_to.is_some() && !holds(tx, object, id, private_rows(theirs, object))? {
        reasons.push(Reason::Private);
    }
    if theirs.access.is_unlimited() {
        return Ok(reasons);
    }
    if let Some((leader, leader_id)) = leader_of(record) {
        let changing = object.definition.follows_changes && !matches!(verb, Verb::Read | Verb::Export);
        let open = holds(tx, object, id, followed(theirs, object, verb)?)?;
        reasons.push(Reason::Follows { object: leader, id: leader_id, changing, open });
    }
    if !holds(tx, object, id, held_files(theirs, object)?)? {
        reasons.push(Reason::FileHeld);
    }
    Ok(reasons)
}

/// The record another one belongs to.
fn leader_of(record: &Record) -> Option<(String, Uuid)> {
    let field = record.object.field(record.object.definition.follows.as_deref()?)?;
    let id = record.reference(field.name())?;
    let named = match field.definition.kind {
        FieldKind::Record => record.row.get(field.part("object")?.column)?.as_text()?.to_owned(),
        _ => field.target.clone()?,
    };
    Some((named, id))
}

/// What a closed verb takes beside what opens it.
pub(super) fn missing(theirs: &Context, tx: &mut dyn ReadTx, record: &Record, verb: Verb) -> Result<Vec<Reason>> {
    let (object, id) = (&record.object, record.id());
    if matches!(verb, Verb::Read | Verb::Create | Verb::Import) {
        return Ok(Vec::new());
    }
    if !reaches(theirs, tx, object, id, Verb::Read)? {
        return Ok(vec![Reason::NotReadable]);
    }
    let takes_changing = matches!(verb, Verb::Share | Verb::Assign | Verb::Lock | Verb::Bulk);
    let held = held(theirs, object);
    let given = held.iter().any(|it| has_flag(it.2, verb)) && held.iter().all(|it| !it.2.deny.verbs.contains(verb.name()));
    // Who may change it through a share alone is told so, too: that does not let him share it or give it away.
    Ok(if takes_changing && given { vec![Reason::NotChangeable] } else { Vec::new() })
}
