//! What follows for a record from whose it is: what lies in a pool is nobody's, and what is somebody's lies in none.

use guanxi_kernel::access::Standing;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{Result, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::along::{ACCOUNT, CONTACT, follow};
use crate::clock::{CLOCK, Clock, LEAD};
use crate::holding::{require_room, take_turns};
use crate::moves::{NewMove, note_move};
use crate::placing::{Placed, forget, place, placed, tell_given};
use crate::pool::{default_pool, holds, pool_of, standing, to_second};

/// Of leads or accounts.
pub struct PooledHook(pub &'static str);

impl Hook for PooledHook {
    fn object(&self) -> &str {
        self.0
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let is_new = draft.kind == DraftKind::Create;
        if !is_new && !draft.changes("owner") && !draft.changes("pool") {
            return Ok(());
        }
        let is_nobodys = draft.value("owner").is_null();
        let lay_in = draft.before.as_ref().and_then(|it| it.reference("pool"));
        // Who looks after the pool may take back that something came into it; whoever got something may take that back.
        let taken_back = is_taken_back(draft);
        let may_give = lay_in.is_some_and(|it| taken_back && standing(context, it) == Standing::Keeper);
        if lay_in.is_some() && !is_nobodys && !draft.is_by_engine() && !may_give {
            draft.problem("owner", "rule", "它在公海里，请用「领取」或「分配」", "it lies in a pool; use \"Claim\" or \"Assign\"");
        }
        if !is_new && draft.changes("pool") && is_nobodys && !draft.is_by_engine() && !(taken_back && lay_in.is_none()) {
            draft.problem("pool", "rule", "请用「退回公海」或「移到其他公海」", "use \"Return to pool\" or \"Move to another pool\"");
        }
        if !is_new && is_nobodys && draft.value("pool").is_null() {
            fall_into_default(context, tx, draft, self.0)?;
        }
        let passes_on = !is_new && self.passes_on(context, draft);
        settle(context, tx, draft, self.0)?;
        match passes_on.then(|| Clock::of_everybody(context, tx)).transpose()?.flatten() {
            Some(clock) => start(context, draft, &clock),
            None => Ok(()),
        }
    }

    fn has_before_insert(&self) -> bool {
        true
    }

    fn before_insert(&self, unit: &mut Unit<'_>, drafts: &mut [Draft]) -> Result<()> {
        let context = unit.context;
        // The demo company was not made today.
        let given = |it: &Draft| it.stamp.is_none() && self.passes_on(context, it);
        if drafts.iter().any(given)
            && let Some(clock) = Clock::of_everybody(context, unit.tx)?
        {
            for draft in drafts.iter_mut().filter(|it| given(it)) {
                start(context, draft, &clock)?;
            }
        }
        place(unit, self.0, drafts)
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        if self.0 == ACCOUNT && draft.kind == DraftKind::Update {
            follow(unit, draft)?;
        }
        let is_new = draft.kind == DraftKind::Create;
        let enters = is_new || draft.changes("pool");
        let by_rule = if is_new { placed(unit, draft.id()) } else { None };
        if let Some(Placed::Given(rule)) = &by_rule {
            tell_given(unit, &draft.record(), rule);
            return Ok(());
        }
        match (draft.value("owner"), draft.value("pool")) {
            (Value::Id(owner), _) if is_new || draft.changes("owner") || reopens(draft) => {
                forget(unit, self.0, owner);
                // What this app does by itself it has checked, and told.
                if draft.is_by_engine() {
                    return Ok(());
                }
                within_cap(unit, self.0, owner)?;
                note_return(unit, draft, owner)
            }
            (Value::Null, Value::Id(pool)) if enters => {
                // Whoever it was shared with would go round what the pool covers.
                unit.forget_shares_of(draft.id())?;
                if !is_new && draft.is_by_engine() {
                    return Ok(());
                }
                let from = draft.before.as_ref().and_then(|it| it.reference("owner"));
                let at = if let Value::DateTime(at) = draft.value("pooled_at") { Some(at) } else { None };
                let note = if let Some(Placed::Pooled(rule)) = by_rule { rule } else { None };
                note_move(unit, &draft.record(), &NewMove { pool, kind: "entered", from, at, note, ..NewMove::default() })
            }
            _ => Ok(()),
        }
    }

    fn after_restore(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        record.reference("owner").map_or(Ok(()), |owner| within_cap(unit, self.0, owner))
    }
}

impl PooledHook {
    /// Whether a lead comes to somebody by another's hand, and nothing else says by when he gets in touch. Who gets his own back
    /// knows it.
    fn passes_on(&self, context: &Context, draft: &Draft) -> bool {
        let is_timed = match draft.object.field_position("respond_by") {
            Some(position) if draft.before.is_some() => draft.touched.contains(&position),
            Some(_) => !draft.value("respond_by").is_null(),
            None => true,
        };
        let former = draft.before.as_ref().map(|it| it.value("former_owner"));
        match draft.value("owner") {
            Value::Id(owner) => self.0 == LEAD && !is_timed && draft.changes("owner") && owner != context.actor && former != Some(Value::Id(owner)),
            _ => false,
        }
    }
}

fn start(context: &Context, draft: &mut Draft, clock: &Clock) -> Result<()> {
    clock.values().iter().try_for_each(|(name, value)| draft.set(context, name, value))
}

/// Out of a pool, by taking back that it came into it.
fn note_return(unit: &mut Unit<'_>, draft: &Draft, owner: Uuid) -> Result<()> {
    let Some(pool) = draft.before.as_ref().and_then(|it| it.reference("pool")) else { return Ok(()) };
    let former = draft.before.as_ref().and_then(|it| it.reference("former_owner"));
    let kind = if former == Some(owner) { "given_back" } else { "assigned" };
    note_move(unit, &draft.record(), &NewMove { pool, kind, to: Some(owner), ..NewMove::default() })
}

/// Whether a change is taken back by this one: it alone sets what nobody may set himself.
pub fn is_taken_back(draft: &Draft) -> bool {
    let is_set = |name: &str| draft.object.field_position(name).is_some_and(|it| draft.touched.contains(&it));
    let of_accounts = ["pooled_at", "owned_since"].iter().any(|it| is_set(it));
    let of_contacts = draft.object.name == CONTACT && (is_set("pool") || is_set("former_owner"));
    draft.kind == DraftKind::Update && !draft.is_by_engine() && (of_accounts || of_contacts)
}

/// Whether a lead that counted for nothing counts again.
fn reopens(draft: &Draft) -> bool {
    let ended = |status: Value| status.as_text().is_some_and(|it| ["converted", "disqualified"].contains(&it));
    draft.changes("status") && draft.before.as_ref().is_some_and(|it| ended(it.value("status"))) && !ended(draft.value("status"))
}

/// Whoever comes to hold a record, in whatever way, stays within his caps.
fn within_cap(unit: &mut Unit<'_>, object: &str, owner: Uuid) -> Result<()> {
    let context = unit.context;
    // The caller knows of every pool there is; where there is none, nothing is asked.
    if context.access.is_system() || context.access.member.circles.is_empty() {
        return Ok(());
    }
    let Some(identity) = context.workspace.identity(unit.tx, owner)? else { return Ok(()) };
    take_turns(unit, object, owner)?;
    require_room(unit, object, &identity.member, None, 0)
}

/// What is given up without saying where goes where the company looks for it.
fn fall_into_default(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft, object: &str) -> Result<()> {
    if context.schema.object("pool").is_none() {
        return Ok(());
    }
    default_pool(context, tx, object)?.map_or(Ok(()), |it| draft.set(context, "pool", &json!(it.id())))
}

/// Makes the facts about whose it is agree with the owner and the pool.
///
/// # Errors
/// Fails where the database does.
pub fn settle(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft, object: &str) -> Result<()> {
    let before = draft.before.as_ref().and_then(|it| it.reference("owner"));
    if let Value::Id(owner) = draft.value("owner") {
        clear(context, draft, &["pool", "pooled_at"])?;
        if before == Some(owner) {
            return Ok(());
        }
        // The demo company was not made today.
        let made = if let (None, Value::DateTime(at)) = (&draft.before, draft.value("created_at")) { at } else { context.now };
        draft.set(context, "owned_since", &json!(to_second(made)))?;
        // The clock of the first response ran for who had it before; a new one is set together with the owner.
        for name in CLOCK {
            let is_set = draft.object.field_position(name).is_none_or(|it| draft.touched.contains(&it));
            if !is_set {
                clear(context, draft, &[name])?;
            }
        }
        return clear(context, draft, &["recycle_on", "recycle_rule"]);
    }
    // A department would go on seeing what is nobody's.
    clear(context, draft, &["owned_since", "protected_until", "recycle_on", "recycle_rule"])?;
    if draft.object.field("respond_by").is_some() {
        clear(context, draft, &CLOCK)?;
    }
    let Value::Id(pool) = draft.value("pool") else { return Ok(()) };
    clear(context, draft, &["department"])?;
    if (draft.before.is_none() || draft.changes("pool")) && !pool_of(context, tx, pool).is_ok_and(|it| holds(&it, object)) {
        draft.problem("pool", "rule", "这个公海不存放这类记录", "this pool does not hold such records");
    }
    if before.is_some() {
        draft.set(context, "former_owner", &json!(before))?;
    }
    if draft.value("pooled_at").is_null() || before.is_some() {
        draft.set(context, "pooled_at", &json!(to_second(context.now)))?;
    }
    Ok(())
}

fn clear(context: &Context, draft: &mut Draft, names: &[&str]) -> Result<()> {
    for name in names {
        if !draft.value(name).is_null() {
            draft.set(context, name, &Json::Null)?;
        }
    }
    Ok(())
}
