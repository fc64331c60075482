//! Parts of a locked record: what locks an order locks its lines, as their object says
//! ([`crate::schema::ObjectDefinition::locked_with`]). A part is not changed, added or taken away while the whole is locked,
//! by its state or by a decision; those excepted from the lock, and the engine itself, may.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_expr::Value;
use uuid::Uuid;

use super::{Lock, Locks, lock_on};
use crate::access::Verb;
use crate::context::Context;
use crate::error::Result;
use crate::read::{Record, load_record};
use crate::schema::{FieldKind, MAX_FOLLOWED, Object};
use crate::store::ReadTx;
use crate::write::{Draft, Unit, refuse_locked};

/// The record a row is part of.
fn holder_of(context: &Context, object: &Object, row: &[Value]) -> Option<(Arc<Object>, Uuid)> {
    let field = object.field(object.definition.locked_with.as_deref()?)?;
    let Value::Id(id) = row.get(field.part("")?.column)? else { return None };
    let named = match field.definition.kind {
        FieldKind::Record => row.get(field.part("object")?.column)?.as_text(),
        _ => field.target.as_deref(),
    };
    Some((context.schema.object(named?)?.clone(), *id))
}

/// The lock of the nearest record this one is part of that is locked, with that record.
///
/// # Errors
/// Fails where the database does.
pub(crate) fn lock_of_whole(context: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<Option<(Arc<Object>, Lock)>> {
    let (mut object, mut row) = (record.object.clone(), record.row.clone());
    for _ in 0..MAX_FOLLOWED {
        let Some((holder, id)) = holder_of(context, &object, &row) else { break };
        if let Some(lock) = lock_on(tx, id, context.now)? {
            return Ok(Some((holder, lock)));
        }
        let Some(whole) = whole(context, tx, &holder, id)? else { break };
        (object, row) = (holder, whole.row);
    }
    Ok(None)
}

/// The nearest record this one is part of that its state locks for the caller.
///
/// # Errors
/// Fails where the database does.
pub(crate) fn state_lock_of_whole(context: &Context, tx: &mut dyn ReadTx, record: &Record) -> Result<Option<Record>> {
    let (mut object, mut row) = (record.object.clone(), record.row.clone());
    for _ in 0..MAX_FOLLOWED {
        let Some((holder, id)) = holder_of(context, &object, &row) else { break };
        let Some(whole) = whole(context, tx, &holder, id)? else { break };
        if refuse_locked(context, Some(&whole)).is_err() {
            return Ok(Some(whole));
        }
        (object, row) = (holder, whole.row);
    }
    Ok(None)
}

/// A record others are part of, where something of it must be looked at.
fn whole(context: &Context, tx: &mut dyn ReadTx, holder: &Arc<Object>, id: Uuid) -> Result<Option<Record>> {
    if holder.definition.locked_with.is_none() && holder.locked_when.is_none() {
        return Ok(None);
    }
    load_record(&context.as_system(), tx, holder, id, Verb::Read, true)
}

/// Fails where what a row is part of is locked for the caller.
fn refuse_part(context: &Context, tx: &mut dyn ReadTx, locks: &Locks, object: &Arc<Object>, row: &[Value]) -> Result<()> {
    if context.access.is_system() || object.definition.locked_with.is_none() {
        return Ok(());
    }
    let (mut object, mut row) = (object.clone(), row.to_vec());
    for _ in 0..MAX_FOLLOWED {
        let Some((holder, id)) = holder_of(context, &object, &row) else { break };
        locks.refuse(context, tx, &holder.name, id)?;
        let Some(whole) = whole(context, tx, &holder, id)? else { break };
        refuse_locked(context, Some(&whole))?;
        (object, row) = (holder, whole.row);
    }
    Ok(())
}

impl Locks {
    /// Fails where what a row is part of is locked for the caller.
    pub(crate) fn refuse_part(&self, context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, row: &[Value]) -> Result<()> {
        refuse_part(context, tx, self, object, row)
    }
}

impl Unit<'_> {
    /// As planning does, for a record that is deleted, restored, erased or acted on in this transaction.
    pub(crate) fn refuse_part_of_locked(&mut self, record: &Record) -> Result<()> {
        refuse_part(self.context, self.tx, &Locks::default(), &record.object, &record.row)
    }

    /// Somebody may have locked the whole since the plan of its parts was made: a lock of it raises its own version, not
    /// theirs. The wholes are held in one order until the transaction ends.
    pub(crate) fn refuse_parts_of_locked(&mut self, drafts: &[Draft]) -> Result<()> {
        let Some(object) = drafts.first().map(|it| it.object.clone()).filter(|it| it.definition.locked_with.is_some()) else { return Ok(()) };
        let mut wholes: BTreeMap<String, (Arc<Object>, Vec<Uuid>)> = BTreeMap::new();
        for draft in drafts.iter().filter(|it| !it.is_by_engine()) {
            for row in draft.rows_by_holder() {
                let Some((holder, id)) = holder_of(self.context, &object, row) else { continue };
                wholes.entry(holder.name.clone()).or_insert_with(|| (holder, Vec::new())).1.push(id);
            }
        }
        for (holder, ids) in wholes.into_values() {
            self.lock(&holder, ids.clone())?;
            let mut locks = Locks::default();
            if ids.len() > 1 {
                locks.expect(self.context, self.tx, &holder.name)?;
            }
            for id in ids {
                locks.refuse(self.context, self.tx, &holder.name, id)?;
            }
        }
        Ok(())
    }
}
