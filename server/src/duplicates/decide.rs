//! What members decide of pairs: that two records are not the same, or that this is open again.

use std::collections::{BTreeSet, HashMap, HashSet};
use std::sync::Arc;

use guanxi_kernel::context::Context;
use guanxi_kernel::duplicates::{self as kept, LOCK, PairState, StoredPair};
use guanxi_kernel::read::readable_ids;
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::{StoreExt as _, WriteTx};
use guanxi_kernel::{KernelError, Result, audit};
use serde_json::json;
use uuid::Uuid;

use super::grouping::{PairKey, alone, in_order, joined, place};
use super::scan::require_reviewer;

/// Most pairs of the groups that a decision touches.
const MOST_TOUCHED: u64 = 10_000;

/// Notes a verdict on pairs of records the caller may see, all of them or none.
///
/// # Errors
/// Not found or forbidden as for the review; not found where a record is not to be seen, or a pair to be opened is not kept; a
/// bad request for a record and itself.
pub fn decide(context: &Context, object: &Arc<Object>, pairs: &[(Uuid, Uuid)], verdict: PairState) -> Result<()> {
    require_reviewer(context, object)?;
    let pairs: BTreeSet<PairKey> = pairs.iter().map(|it| in_order(it.0, it.1)).collect();
    if pairs.iter().any(|it| it.0 == it.1) {
        return Err(KernelError::bad_request("bad_request", "一对记录应为两条不同的记录", "a pair is of two records, not of one and itself"));
    }
    let (inner, object, pairs) = (context.clone(), object.clone(), pairs.into_iter().collect::<Vec<_>>());
    context.workspace.store.write_with(move |tx| {
        tx.serialise(LOCK)?;
        let records: BTreeSet<Uuid> = pairs.iter().flat_map(|it| [it.0, it.1]).collect();
        let records: Vec<Uuid> = records.into_iter().collect();
        if readable_ids(&inner, tx, &object, &records)?.len() < records.len() {
            return Err(KernelError::NotFound);
        }
        let known: HashMap<PairKey, StoredPair> =
            kept::named_pairs(tx, &object.name, &pairs)?.into_iter().map(|it| ((it.left, it.right), it)).collect();
        for pair in &pairs {
            match known.get(pair) {
                Some(it) => note(&inner, tx, it, verdict)?,
                None if verdict == PairState::Open => return Err(KernelError::NotFound),
                // Said of two that nobody found, as while one of them is entered: no search brings them up.
                None => kept::put(tx, &object.name, &[new(&inner, *pair)])?,
            }
        }
        let mut groups: BTreeSet<String> = known.values().map(|it| it.group.clone()).collect();
        let around = kept::pairs_of_records(tx, &records)?;
        groups.extend(around.iter().filter(|it| it.state == PairState::Open).map(|it| it.group.clone()));
        regroup(tx, &object.name, groups)?;
        let detail = json!({ "pairs": pairs, "verdict": verdict });
        audit::append(&inner, tx, "decide_duplicates", Some(&object.name), None, None, 0, Some(detail))
    })?;
    context.workspace.feed.announce();
    Ok(())
}

fn note(context: &Context, tx: &mut dyn WriteTx, pair: &StoredPair, verdict: PairState) -> Result<()> {
    let key = (pair.left, pair.right);
    if pair.state == verdict {
        return Ok(());
    }
    kept::decide(context, tx, key, verdict, &alone(key), pair.bits)?;
    // Nothing speaks for what nobody found.
    if verdict == PairState::Open && pair.reasons.is_empty() { kept::forget_open(tx, &[key]) } else { Ok(()) }
}

fn new(context: &Context, pair: PairKey) -> StoredPair {
    StoredPair {
        left: pair.0,
        right: pair.1,
        bits: 0,
        is_automatic: false,
        reasons: Vec::new(),
        group: alone(pair),
        certainty: 0,
        state: PairState::Different,
        run: context.new_id(),
        found_at: context.now,
        decided: Some((context.actor, context.now)),
    }
}

/// Puts what stands in some groups, and in one with any of it, into groups anew.
fn regroup(tx: &mut dyn WriteTx, object: &str, groups: BTreeSet<String>) -> Result<()> {
    let open = kept::pairs_of_groups(tx, object, &groups.into_iter().collect::<Vec<_>>(), MOST_TOUCHED)?;
    let records: BTreeSet<Uuid> = open.iter().flat_map(|it| [it.left, it.right]).collect();
    let around = kept::pairs_of_records(tx, &records.into_iter().collect::<Vec<_>>())?;
    let different: HashSet<PairKey> = around.iter().filter(|it| it.state == PairState::Different).map(|it| (it.left, it.right)).collect();
    let pairs: Vec<(PairKey, i64)> = open.iter().map(|it| ((it.left, it.right), it.bits)).collect();
    let placed = place(&pairs, &joined(&pairs, &different));
    for it in &open {
        let key = (it.left, it.right);
        match placed.get(&key) {
            Some(there) if there.group != it.group || there.certainty != it.certainty => kept::regroup(tx, key, &there.group, there.certainty)?,
            _ => {}
        }
    }
    Ok(())
}
