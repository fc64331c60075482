//! Groups so sure that nobody needs to look: merged by themselves, where an administrator wants that.
//!
//! It is the merge a person would make with what the dialog offers at first, and is taken back like one. Left to people are
//! records of different owners, locked ones, and those of which one says what the rules refuse.

use std::cmp::Reverse;
use std::collections::{BTreeMap, BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::duplicates::{self as kept, PairState, StoredPair};
use guanxi_kernel::read::{Record, load_records};
use guanxi_kernel::schema::{OWNER_FIELD, Object};
use guanxi_kernel::store::{ReadTx, StoreExt as _, WriteTx};
use guanxi_kernel::workspace::{load_setting, save_setting};
use guanxi_kernel::write::merge::{MAX_OTHERS, MergeRequest, may_merge, merge};
use guanxi_kernel::{KernelError, Result, audit, jobs, locks};
use guanxi_matching::AUTOMATIC;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::plan_of;
use super::queue::by_group;
use super::reasons::probability;
use super::residents::system;
use crate::shutdown::Shutdown;

const KIND: &str = "duplicates.merge";
/// The setting: by object, from which probability on.
const SETTING: &str = "duplicates.automatic";
/// Pairs read at once; more than any group has.
const BATCH: u64 = 1_000;

type Wanted = BTreeMap<String, f64>;

fn wanted(tx: &mut (impl ReadTx + ?Sized)) -> Result<Wanted> {
    Ok(load_setting(tx, SETTING)?.and_then(|it| serde_json::from_value(it).ok()).unwrap_or_default())
}

/// From which probability on groups of an object's records are merged by themselves; never where absent.
///
/// # Errors
/// Fails where the database does.
pub fn automatic_from(tx: &mut (impl ReadTx + ?Sized), object: &str) -> Result<Option<f64>> {
    Ok(wanted(tx)?.remove(object))
}

/// Lets surer groups be merged by themselves from now on, or no longer.
///
/// # Errors
/// Forbidden to callers who are not administrators; invalid below the probability that is sure enough for it at all.
pub fn set_automatic(context: &Context, object: &Object, at_least: Option<f64>) -> Result<()> {
    context.access.require_administrator()?;
    plan_of(object)?;
    if !may_merge(object) || object.locked_when.is_some() {
        return Err(KernelError::bad_request("bad_request", "此类记录不能自动合并", "records of this object cannot be merged by themselves"));
    }
    if at_least.is_some_and(|it| !(AUTOMATIC..=1.0).contains(&it)) {
        let (zh, en) = (format!("请填写{AUTOMATIC}到1之间的数"), format!("must be between {AUTOMATIC} and 1"));
        return Err(KernelError::invalid("at_least", "too_small", zh, en));
    }
    let (inner, name) = (context.clone(), object.name.clone());
    context.workspace.store.write_with(move |tx| {
        tx.serialise(kept::LOCK)?;
        let mut all = wanted(tx)?;
        match at_least {
            Some(at_least) => drop(all.insert(name.clone(), at_least)),
            None => drop(all.remove(&name)),
        }
        save_setting(tx, SETTING, &json!(all))?;
        ask_for(&inner, tx, &name)?;
        audit::append(&inner, tx, "merge_duplicates_by_themselves", Some(&name), None, None, 0, Some(json!({ "at_least": at_least })))
    })?;
    context.workspace.feed.announce();
    Ok(())
}

/// Asks that sure groups are merged, where that is wanted.
///
/// # Errors
/// Fails where the database does.
pub fn ask_for(context: &Context, tx: &mut dyn WriteTx, object: &str) -> Result<()> {
    let key = format!("{KIND}.{object}");
    if automatic_from(tx, object)?.is_some() && !jobs::is_live(tx, &key)? {
        jobs::enqueue(context, tx, KIND, json!({ "object": object }), Some(key), context.workspace.clock.now())?;
    }
    Ok(())
}

/// Merges.
pub struct MergeJob {
    /// Whether the process is to end.
    pub shutdown: Shutdown,
}

impl JobHandler for MergeJob {
    fn kind(&self) -> &str {
        KIND
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let context = system(context);
        let Some(object) = payload["object"].as_str().and_then(|it| context.schema.object(it)).cloned() else { return Ok(()) };
        let mut after = None;
        loop {
            // It may be wanted no longer.
            let (at_least, pairs) = context
                .workspace
                .store
                .read_with(|tx| Ok((automatic_from(tx, &object.name)?, kept::queue(tx, &object.name, PairState::Open, after.as_ref(), BATCH)?)))?;
            let Some(at_least) = at_least else { return Ok(()) };
            let is_last = (pairs.len() as u64) < BATCH;
            let mut groups = by_group(pairs);
            // The last one may go on behind what was read.
            if !is_last && groups.len() > 1 {
                groups.pop();
            }
            let Some(last) = groups.last().and_then(|it| it.first()) else { return Ok(()) };
            after = Some((last.certainty, last.group.clone()));
            for group in groups {
                if self.shutdown.has_begun() {
                    return Err(guanxi_kernel::store::StoreError::Busy.into());
                }
                merge_group(&context, &object, &group, at_least)?;
            }
            if is_last {
                return Ok(());
            }
        }
    }
}

fn merge_group(context: &Context, object: &Arc<Object>, group: &[StoredPair], at_least: f64) -> Result<()> {
    let is_sure = |it: &StoredPair| it.is_automatic && probability(it.bits) >= at_least;
    let ids: BTreeSet<Uuid> = group.iter().flat_map(|it| [it.left, it.right]).collect();
    if !group.iter().all(is_sure) || ids.len() > MAX_OTHERS + 1 {
        return Ok(());
    }
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let survivor = context.workspace.store.read_with(|tx| survivor_of(context, tx, object, &ids))?;
    let Some(survivor) = survivor else { return Ok(()) };
    let others = ids.into_iter().filter(|it| *it != survivor).collect();
    match merge(context, object, &MergeRequest { survivor, others, take: BTreeMap::new() }) {
        Ok(_) => Ok(()),
        // Somebody was faster, or a person must decide: the group stays in the queue, or goes from it by itself.
        Err(
            KernelError::NotFound | KernelError::Forbidden(_) | KernelError::Invalid(_) | KernelError::Conflict { .. } | KernelError::Merged { .. },
        ) => Ok(()),
        Err(error) => Err(error),
    }
}

/// The record that says most, the oldest of those; nothing where a person should look at them.
fn survivor_of(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, ids: &[Uuid]) -> Result<Option<Uuid>> {
    let records = load_records(context, tx, object, ids, Verb::Read, false)?;
    if records.len() < ids.len() {
        return Ok(None);
    }
    let owners: HashSet<Option<Uuid>> = records.iter().filter(|_| object.definition.owned).map(|it| it.reference(OWNER_FIELD)).collect();
    if owners.len() > 1 {
        return Ok(None);
    }
    for id in ids {
        if locks::lock_state(context, tx, object, *id)?.lock.is_some() {
            return Ok(None);
        }
    }
    let filled: HashMap<Uuid, usize> = records.iter().map(|it| (it.id(), filled(it))).collect();
    Ok(ids.iter().copied().min_by_key(|it| (Reverse(filled.get(it).copied()), *it)))
}

fn filled(record: &Record) -> usize {
    record.object.user_fields().filter(|it| !it.parts.is_empty() && !it.is_empty_in(&record.row)).count()
}
