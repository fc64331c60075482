//! After the first search: new and changed records are compared as the log tells of them, and their pairs join the queue.

use std::collections::{BTreeSet, HashSet};
use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::duplicates::{self as kept, LOCK, PairState, StoredPair};
use guanxi_kernel::events::{Event, read_after};
use guanxi_kernel::read::load_records;
use guanxi_kernel::readers::{Consequences, LogReader};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::{ReadTx, StoreError, StoreExt as _, WriteTx};
use guanxi_kernel::{KernelError, Result, jobs};
use guanxi_matching::{Pair, REVIEW};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::automatic;
use super::grouping::{PairKey, in_order};
use super::plan::Plan;
use super::reasons::probability;
use super::resident::{BATCH, Held, Resident};
use super::residents::{Residents, system};
use super::scan::{MOST_PAIRS, is_under_way, placements, stored};
use crate::shutdown::Shutdown;

const KIND: &str = "duplicates.follow";
/// Most pairs of the groups that a batch touches.
const MOST_TOUCHED: u64 = 10_000;

/// Asks that what is new in the log is compared, unless that is asked for already.
///
/// # Errors
/// Fails where the database does.
pub fn ask_for(context: &Context, tx: &mut dyn WriteTx) -> Result<()> {
    if !jobs::is_waiting(tx, KIND)? {
        jobs::enqueue(context, tx, KIND, json!({}), None, context.workspace.clock.now())?;
    }
    Ok(())
}

/// Notices what is new in the log. Comparing takes longer than other readers should wait: a job does it.
pub struct Watch;

impl LogReader for Watch {
    fn name(&self) -> &str {
        "duplicates.watch"
    }

    fn read(&self, context: &Context, tx: &mut dyn ReadTx, events: &[Event]) -> Result<Option<Consequences>> {
        let scans = kept::all_scans(tx)?;
        let searched = scans.iter().filter(|it| it.scanned_at.is_some()).filter_map(|it| context.schema.object(&it.object));
        let plans: Vec<(&str, Plan)> = searched.filter_map(|it| Some((it.name.as_str(), Plan::of(it)?))).collect();
        let is_new = |event: &Event| plans.iter().any(|(object, plan)| *object == event.object && plan.is_touched_by(event));
        if !events.iter().any(is_new) {
            return Ok(None);
        }
        Ok(Some(Box::new(|unit| ask_for(unit.context, unit.tx))))
    }
}

/// Compares what is new.
pub struct FollowJob {
    /// What is in memory.
    pub residents: Arc<Residents>,
    /// Whether the process is to end.
    pub shutdown: Shutdown,
}

impl JobHandler for FollowJob {
    fn kind(&self) -> &str {
        KIND
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let context = system(context);
        for scan in context.workspace.store.read_with(|tx| kept::all_scans(tx))? {
            let object = context.schema.object(&scan.object).filter(|_| scan.scanned_at.is_some()).cloned();
            let Some((object, plan)) = object.and_then(|it| Plan::of(&it).map(|plan| (it, plan))) else { continue };
            self.follow(&context, &object, &plan)?;
        }
        Ok(())
    }
}

impl FollowJob {
    fn follow(&self, context: &Context, object: &Arc<Object>, plan: &Plan) -> Result<()> {
        let go_on = || !self.shutdown.has_begun();
        loop {
            // A search that runs looks at all there is, and asks for what comes meanwhile.
            let begins = context.workspace.store.read_with(|tx| {
                let scan = kept::scan_of(tx, &object.name)?.filter(|it| it.scanned_at.is_some());
                Ok(if is_under_way(tx, &object.name)? { None } else { scan })
            })?;
            let Some(scan) = begins else { return Ok(()) };
            if !go_on() {
                return Err(KernelError::Store(StoreError::Busy));
            }
            let Some(news) = news(context, object, plan, scan.seq)? else { return Ok(()) };
            if news.touched.is_empty() {
                self.write(context, object, None, &news)?;
                continue;
            }
            let mut resident = self.residents.now(context, object, plan, &go_on)?;
            while resident.follow(context, object)? {}
            if resident.is_outgrown() {
                resident = self.residents.anew(context, object, plan, &mut |_| Ok(go_on()))?;
            }
            self.write(context, object, Some(&resident), &news)?;
            context.workspace.feed.announce();
        }
    }

    fn write(&self, context: &Context, object: &Arc<Object>, resident: Option<&Arc<Resident>>, news: &News) -> Result<()> {
        let found = match resident {
            Some(resident) => found(context, object, resident, &news.touched)?,
            None => Found::default(),
        };
        let (inner, name, from, last) = (context.clone(), object.name.clone(), news.from, news.last);
        let resident = resident.cloned();
        context.workspace.store.write_with(move |tx| {
            tx.serialise(LOCK)?;
            // Another node may have been here first, or a search.
            if kept::scan_of(tx, &name)?.is_none_or(|it| it.seq != from) {
                return Ok(());
            }
            if let Some(resident) = &resident {
                settle(&inner, tx, &name, resident, &found)?;
                automatic::ask_for(&inner, tx, &name)?;
            }
            kept::advance(tx, &name, last)
        })
    }
}

/// What is new in the log.
struct News {
    from: i64,
    last: i64,
    /// Records that came or changed.
    touched: Vec<Uuid>,
}

fn news(context: &Context, object: &Object, plan: &Plan, from: i64) -> Result<Option<News>> {
    let events = context.workspace.store.read_with(|tx| read_after(tx, from, BATCH))?;
    let Some(last) = events.last().map(|it| it.seq) else { return Ok(None) };
    let touched: BTreeSet<Uuid> = events.iter().filter(|it| it.object == object.name && plan.is_touched_by(it)).filter_map(|it| it.record).collect();
    Ok(Some(News { from, last, touched: touched.into_iter().collect() }))
}

/// What comparing them found.
#[derive(Default)]
struct Found {
    /// Those of them that are there.
    live: HashSet<Uuid>,
    /// Records with bits and whether that is sure enough.
    pairs: Vec<(PairKey, f64, bool)>,
}

fn found(context: &Context, object: &Arc<Object>, resident: &Resident, touched: &[Uuid]) -> Result<Found> {
    let records = context.workspace.store.read_with(|tx| load_records(context, tx, object, touched, Verb::Read, false))?;
    let (mut found, mut seen) = (Found::default(), HashSet::new());
    for record in &records {
        found.live.insert(record.id());
        let held = resident.held();
        let texts = resident.plan.texts_of_row(&record.row);
        for likely in resident.check(&held, &texts, REVIEW, MOST_PAIRS + 1) {
            let pair = in_order(record.id(), likely.record);
            if pair.0 != pair.1 && seen.insert(pair) {
                found.pairs.push((pair, likely.bits, likely.is_automatic));
            }
        }
    }
    Ok(found)
}

/// Writes what was found, forgets what no longer stands, and puts what the groups of both hold into groups anew.
fn settle(context: &Context, tx: &mut dyn WriteTx, object: &str, resident: &Resident, found: &Found) -> Result<()> {
    let new: HashSet<PairKey> = found.pairs.iter().map(|it| it.0).collect();
    let records: BTreeSet<Uuid> = found.live.iter().copied().chain(new.iter().flat_map(|it| [it.0, it.1])).collect();
    let before = kept::pairs_of_records(tx, &records.into_iter().collect::<Vec<_>>())?;
    let is_open = |it: &&StoredPair| it.state == PairState::Open;
    let is_over = |it: &&StoredPair| {
        let key = (it.left, it.right);
        (found.live.contains(&it.left) || found.live.contains(&it.right)) && !new.contains(&key)
    };
    let over: HashSet<PairKey> = before.iter().filter(is_open).filter(is_over).map(|it| (it.left, it.right)).collect();
    let groups: BTreeSet<String> = before.iter().filter(is_open).map(|it| it.group.clone()).collect();
    let mut others = kept::pairs_of_groups(tx, object, &groups.into_iter().collect::<Vec<_>>(), MOST_TOUCHED)?;
    others.retain(|it| !over.contains(&(it.left, it.right)) && !new.contains(&(it.left, it.right)));
    kept::forget_open(tx, &over.into_iter().collect::<Vec<_>>())?;
    regroup(context, tx, object, resident, found, &others)
}

fn regroup(context: &Context, tx: &mut dyn WriteTx, object: &str, resident: &Resident, found: &Found, others: &[StoredPair]) -> Result<()> {
    let records: BTreeSet<Uuid> =
        found.pairs.iter().flat_map(|it| [it.0.0, it.0.1]).chain(others.iter().flat_map(|it| [it.left, it.right])).collect();
    let all = kept::pairs_of_records(tx, &records.into_iter().collect::<Vec<_>>())?;
    let different: Vec<PairKey> = all.iter().filter(|it| it.state == PairState::Different).map(|it| (it.left, it.right)).collect();
    let held = resident.held();
    let mut pairs: Vec<Pair> = found.pairs.iter().filter_map(|it| numbered(&held, it.0, it.1, it.2)).collect();
    #[expect(clippy::cast_precision_loss, reason = "bits are some hundreds at most")]
    let bits = |it: &StoredPair| it.bits as f64 / 1_000.0;
    pairs.extend(others.iter().filter_map(|it| numbered(&held, (it.left, it.right), bits(it), it.is_automatic)));
    let placed = placements(&held, &pairs, &different);
    let new: HashSet<PairKey> = found.pairs.iter().map(|it| it.0).collect();
    let (fresh, known): (Vec<_>, Vec<_>) = placed.into_iter().partition(|it| new.contains(&it.pair));
    for it in &known {
        kept::regroup(tx, it.pair, &it.placed.group, it.placed.certainty)?;
    }
    kept::put(tx, object, &stored(context, &resident.plan, &held, &fresh, context.new_id()))
}

fn numbered(held: &Held, pair: PairKey, bits: f64, is_automatic: bool) -> Option<Pair> {
    let sure = probability(super::reasons::thousandths(bits));
    Some(Pair { is_automatic, ..held.numbered(pair.0, pair.1, bits, sure)? })
}
