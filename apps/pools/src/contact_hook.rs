//! A contact lies where its account lies: in a pool with it, or in none.

use guanxi_kernel::access::Standing;
use guanxi_kernel::app::Hook;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::{Draft, DraftKind, Unit};
use guanxi_kernel::{Result, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::along::{ACCOUNT, CONTACT, lying};
use crate::pool::standing;
use crate::record_hooks::is_taken_back;
use crate::values::values;

/// See the module.
pub struct PooledContactHook;

impl Hook for PooledContactHook {
    fn object(&self) -> &str {
        CONTACT
    }

    fn before_save(&self, context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        let concerns = ["account", "owner", "department", "pool"].iter().any(|it| draft.changes(it));
        if draft.kind == DraftKind::Create || !concerns {
            return Ok(());
        }
        let account = account_of(draft);
        let pool = pool_with(context, tx, account)?;
        let Some(pool) = pool else { return leave(context, tx, draft) };
        let asked = !draft.value("owner").is_null() && draft.changes("owner") && !draft.changes("account");
        if asked && !draft.is_by_engine() && !is_taken_back(draft) {
            draft.problem("owner", "rule", "它所属的客户在公海里，请领取或分配客户", "its account lies in a pool; claim or assign that one");
            return Ok(());
        }
        lay(context, draft, pool)
    }

    fn has_before_insert(&self) -> bool {
        true
    }

    fn before_insert(&self, unit: &mut Unit<'_>, drafts: &mut [Draft]) -> Result<()> {
        let mut accounts: Vec<Uuid> = drafts.iter().filter_map(account_of).collect();
        accounts.sort_unstable();
        accounts.dedup();
        for some in accounts.chunks(500) {
            // What is found stays so until the transaction ends.
            if let Some(object) = unit.context.schema.object(ACCOUNT).cloned() {
                unit.lock(&object, some.to_vec())?;
            }
            let pools = lying(unit.context, unit.tx, some.to_vec())?;
            for draft in drafts.iter_mut() {
                if let Some(pool) = account_of(draft).and_then(|it| pools.get(&it)) {
                    lay(unit.context, draft, *pool)?;
                }
            }
        }
        Ok(())
    }

    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        let pool = draft.record().reference("pool");
        if pool.is_some() && (draft.kind == DraftKind::Create || draft.changes("pool")) {
            // Whoever it was shared with would go round what the pool covers.
            unit.forget_shares_of(draft.id())?;
        }
        if draft.kind == DraftKind::Create || !draft.changes("account") {
            return Ok(());
        }
        // Planned, or moved by a merge, while the account was on its way into a pool or out of it.
        lay_beside(unit, draft.record())
    }

    /// Its account may have come into a pool meanwhile, or become somebody's.
    fn after_restore(&self, unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        lay_beside(unit, record.clone())
    }
}

/// Brings a contact to lie where its account lies, now that nobody moves that one.
fn lay_beside(unit: &mut Unit<'_>, contact: Record) -> Result<()> {
    let account = contact.reference("account");
    if let (Some(account), Some(object)) = (account, unit.context.schema.object(ACCOUNT).cloned()) {
        unit.lock(&object, vec![account])?;
    }
    let (lies, pool) = (pool_with(unit.context, unit.tx, account)?, contact.reference("pool"));
    if lies == pool {
        return Ok(());
    }
    let change = match (lies, account) {
        (Some(pool), _) => {
            let former = contact.reference("owner").or_else(|| contact.reference("former_owner"));
            values([("owner", Json::Null), ("department", Json::Null), ("pool", json!(pool)), ("former_owner", json!(former))])
        }
        (None, Some(account)) => {
            let owner = owner_of(unit.context, unit.tx, account)?;
            if owner.is_empty() {
                // In the bin, from where it may come back.
                return Ok(());
            }
            owner.into_iter().map(|(name, value)| (name.to_owned(), value)).chain([("pool".to_owned(), Json::Null)]).collect()
        }
        (None, None) => values([("pool", Json::Null)]),
    };
    unit.carry_as_system(vec![(contact, change)])
}

/// Out of the pool, where it lay in one: by another account, or because its own is somebody's or gone.
fn leave(context: &Context, tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
    let lay_in = draft.before.as_ref().and_then(|it| it.reference("pool"));
    if lay_in.is_none() && draft.value("pool").is_null() {
        return Ok(());
    }
    let may_take = draft.is_by_engine() || is_taken_back(draft) || lay_in.is_none_or(|it| standing(context, it) == Standing::Keeper);
    let asked = ["account", "owner"].into_iter().find(|it| draft.changes(it));
    if let Some(field) = asked.filter(|_| !may_take) {
        draft.problem(field, "rule", "它和所属客户在公海里，请领取客户", "it lies in a pool with its account; claim that one");
        return Ok(());
    }
    let owner = account_of(draft).map_or_else(|| Ok(Vec::new()), |it| owner_of(context, tx, it))?;
    let is_nobodys = draft.value("owner").is_null();
    if is_nobodys && owner.is_empty() && !draft.changes("account") {
        // What its account took along into the bin lies there as before.
        return Ok(());
    }
    draft.set(context, "pool", &Json::Null)?;
    // By another account: it is that one's owner who has it now.
    for (name, value) in owner.into_iter().filter(|_| is_nobodys && lay_in.is_some() && draft.changes("account")).collect::<Vec<_>>() {
        draft.set(context, name, &value)?;
    }
    Ok(())
}

fn account_of(draft: &Draft) -> Option<Uuid> {
    if let Value::Id(account) = draft.value("account") { Some(account) } else { None }
}

/// The pool an account lies in, where there is one and it does.
fn pool_with(context: &Context, tx: &mut dyn ReadTx, account: Option<Uuid>) -> Result<Option<Uuid>> {
    let Some(account) = account else { return Ok(None) };
    Ok(lying(context, tx, vec![account])?.remove(&account))
}

/// Whose an account is, as a contact of it has it.
fn owner_of(context: &Context, tx: &mut dyn ReadTx, account: Uuid) -> Result<Vec<(&'static str, Json)>> {
    let found = known_records(context, tx, ACCOUNT, |it| Ok(Condition::equals(it("id")?, Value::Id(account))), 1)?.pop();
    Ok(found.map_or_else(Vec::new, |it| vec![("owner", json!(it.reference("owner"))), ("department", json!(it.reference("department")))]))
}

/// Nobody's, and in the pool.
fn lay(context: &Context, draft: &mut Draft, pool: Uuid) -> Result<()> {
    let before = |name: &str| draft.before.as_ref().and_then(|it| it.reference(name));
    let now = if let Value::Id(owner) = draft.value("owner") { Some(owner) } else { None };
    let former = before("owner").or_else(|| before("former_owner")).or(now);
    for (name, value) in [("owner", Json::Null), ("department", Json::Null), ("pool", json!(pool)), ("former_owner", json!(former))] {
        draft.set(context, name, &value)?;
    }
    Ok(())
}
