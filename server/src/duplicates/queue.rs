//! The queue of groups to be reviewed, as far as the caller may see their records.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use guanxi_kernel::Result;
use guanxi_kernel::access::{Place, Shown, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::duplicates::{self as kept, PairState, QueuePlace, StoredPair};
use guanxi_kernel::read::{Count, Record, list_of, load_records, readable_ids};
use guanxi_kernel::schema::{OWNER_FIELD, Object};
use guanxi_kernel::store::{ReadTx, StoreExt as _};
use serde_json::Value as Json;
use uuid::Uuid;

use super::plan::Plan;
use super::reasons::visible;
use super::scan::require_reviewer;

/// Pairs read at once; more than any group has.
const BATCH: u64 = 500;
/// Batches looked through for one page: who sees few of the records comes again for the rest.
const ROUNDS: usize = 10;
/// Pairs looked through to count.
const COUNTED: u64 = 2_000;

/// What is asked for.
#[derive(Debug, Clone)]
pub struct QueueRequest {
    /// Open ones, or those that are different.
    pub state: PairState,
    /// At most so many groups.
    pub limit: usize,
    /// Where the last page ended.
    pub after: Option<QueuePlace>,
}

/// Records that may be one.
#[derive(Debug)]
pub struct QueueGroup {
    /// Its name.
    pub group: String,
    /// How sure it is that they are one, in thousandths of a bit.
    pub certainty: i64,
    /// Those the caller may see, as lists show them, the oldest first.
    pub records: Vec<Json>,
    /// Their pairs, the surest first, with what he may see of the reasons.
    pub pairs: Vec<StoredPair>,
}

/// A page of the queue.
#[derive(Debug)]
pub struct QueuePage {
    /// The surest first.
    pub items: Vec<QueueGroup>,
    /// Where it ended, if more may follow.
    pub next: Option<QueuePlace>,
    /// How many there are.
    pub count: Count,
}

/// A page of the groups of which the caller may see two records at least.
///
/// # Errors
/// Not found or forbidden where he may not change and delete such records; a bad request where duplicates are not looked for.
pub fn page(context: &Context, object: &Arc<Object>, request: &QueueRequest) -> Result<QueuePage> {
    let plan = require_reviewer(context, object)?;
    context.workspace.store.read_with(|tx| {
        let (groups, next) = visible_groups(context, tx, object, request)?;
        let ids: BTreeSet<Uuid> = groups.iter().flatten().flat_map(|it| [it.left, it.right]).collect();
        let records = list_of(context, tx, object, &ids.into_iter().collect::<Vec<_>>(), &fields(context, object, &plan))?;
        let told = |mut pairs: Vec<StoredPair>| {
            let ids: BTreeSet<Uuid> = pairs.iter().flat_map(|it| [it.left, it.right]).collect();
            pairs.sort_by_key(|it| std::cmp::Reverse(it.bits));
            for pair in &mut pairs {
                pair.reasons = visible(&context.access, object, None, std::mem::take(&mut pair.reasons));
            }
            let (group, certainty) = pairs.first().map(|it| (it.group.clone(), it.certainty)).unwrap_or_default();
            QueueGroup { group, certainty, records: ids.iter().filter_map(|it| records.get(it).cloned()).collect(), pairs }
        };
        let items = groups.into_iter().map(told).collect();
        Ok(QueuePage { items, next, count: count(context, tx, object, request.state)? })
    })
}

/// Pairs group by group.
pub(super) fn by_group(pairs: Vec<StoredPair>) -> Vec<Vec<StoredPair>> {
    let mut groups: Vec<Vec<StoredPair>> = Vec::new();
    for pair in pairs {
        match groups.last_mut().filter(|it| it.first().is_some_and(|it| it.group == pair.group && it.certainty == pair.certainty)) {
            Some(group) => group.push(pair),
            None => groups.push(vec![pair]),
        }
    }
    groups
}

/// Those of some groups' pairs of which the caller may see both records; groups without any stay, empty.
fn seen_of(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, groups: &mut [Vec<StoredPair>]) -> Result<()> {
    let ids: BTreeSet<Uuid> = groups.iter().flatten().flat_map(|it| [it.left, it.right]).collect();
    let ids: Vec<Uuid> = ids.into_iter().collect();
    // How sure a pair is would tell what is covered of one of them.
    let covers = context.access.fields(object).is_some_and(|it| !it.covers().is_empty());
    let seen: HashSet<Uuid> = if covers {
        let records = load_records(context, tx, object, &ids, Verb::Read, false)?;
        records.iter().filter(|it| !context.access.is_covered(object, &it.row)).map(Record::id).collect()
    } else {
        readable_ids(context, tx, object, &ids)?.into_iter().collect()
    };
    groups.iter_mut().for_each(|it| it.retain(|it| seen.contains(&it.left) && seen.contains(&it.right)));
    Ok(())
}

fn visible_groups(
    context: &Context,
    tx: &mut dyn ReadTx,
    object: &Arc<Object>,
    request: &QueueRequest,
) -> Result<(Vec<Vec<StoredPair>>, Option<QueuePlace>)> {
    let (mut found, mut after) = (Vec::new(), request.after.clone());
    for _ in 0..ROUNDS {
        let pairs = kept::queue(tx, &object.name, request.state, after.as_ref(), BATCH)?;
        let is_last = (pairs.len() as u64) < BATCH;
        let mut groups = by_group(pairs);
        if !is_last && groups.len() > 1 {
            // It may go on in the next batch.
            groups.pop();
        }
        let places: Vec<QueuePlace> = groups.iter().filter_map(|it| it.first()).map(|it| (it.certainty, it.group.clone())).collect();
        seen_of(context, tx, object, &mut groups)?;
        for (group, place) in groups.into_iter().zip(places) {
            if found.len() == request.limit {
                return Ok((found, after));
            }
            after = Some(place);
            if !group.is_empty() {
                found.push(group);
            }
        }
        if is_last {
            return Ok((found, None));
        }
    }
    Ok((found, after))
}

fn count(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, state: PairState) -> Result<Count> {
    let pairs = kept::queue(tx, &object.name, state, None, COUNTED)?;
    let exact = (pairs.len() as u64) < COUNTED;
    let mut groups = by_group(pairs);
    seen_of(context, tx, object, &mut groups)?;
    Ok(Count { value: groups.iter().filter(|it| !it.is_empty()).count() as u64, exact })
}

/// What is shown of a record: what is compared, and what the first list shows, as far as the caller may see it.
fn fields(context: &Context, object: &Object, plan: &Plan) -> Vec<String> {
    let of_list = object.definition.views.list.iter().take(1).flat_map(|it| &it.columns).filter_map(|it| it.split('.').next());
    let title = std::iter::once(object.title_field().name());
    let engine = [OWNER_FIELD, "created_at", "updated_at"];
    let mut fields: Vec<String> = Vec::new();
    for name in title.chain(plan.fields()).chain(of_list).chain(engine) {
        let is_shown = object.field(name).is_some_and(|it| context.access.shown_uncovered(object, it, Place::List) != Shown::No);
        if is_shown && !fields.iter().any(|it| it == name) {
            fields.push(name.to_owned());
        }
    }
    fields
}
