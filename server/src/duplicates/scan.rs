//! The search for duplicates among all records of an object, in the background.
//!
//! It begins from nothing each time: run again after a crash it ends as it would have the first time. What it finds stands in
//! the queue batch by batch; what an earlier search found and this one does not goes at the end.

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::duplicates::{self as kept, LOCK, PairState, ScanState, StoredPair};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::{StoreError, StoreExt as _, WriteTx};
use guanxi_kernel::{KernelError, Result, audit, jobs};
use guanxi_matching::{Pair, REVIEW, clusters};
use jiff::Timestamp;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::grouping::{PairKey, Placed, in_order, place};
use super::plan::Plan;
use super::plan_of;
use super::reasons::{reasons, thousandths};
use super::resident::{Held, Resident};
use super::residents::{Residents, system};
use super::{automatic, follow};
use crate::shutdown::Shutdown;

const KIND: &str = "duplicates.scan";
/// Most pairs kept of one record, its likeliest: of a thousand records alike a thousand pairs each would say no more.
pub const MOST_PAIRS: usize = 20;
/// Pairs written in one transaction.
const BATCH: usize = 500;
/// Most threads that compare: others work here too.
const THREADS: usize = 4;
/// Groups counted at most.
const MOST_COUNTED: u64 = 1_000;
/// Bits of a pair that somebody said are two: more than anything can speak for it.
const TWO: f64 = -1_000.0;

/// How far a search has come.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Progress {
    /// Steps done.
    pub done: u64,
    /// Of so many.
    pub total: u64,
}

/// How it stands with the duplicates of an object.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Status {
    /// `never`, `running`, `ready` or `failed`.
    pub state: &'static str,
    /// How far a running search has come.
    pub progress: Option<Progress>,
    /// When one last came to its end.
    pub scanned_at: Option<Timestamp>,
    /// Records there were then.
    pub records: u64,
    /// Groups nobody has decided, counted up to a thousand.
    pub open: u64,
    /// Pairs somebody said are different, likewise.
    pub different: u64,
}

fn key(object: &str) -> String {
    format!("{KIND}.{object}")
}

/// Whether a search among an object's records is asked for or runs.
///
/// # Errors
/// Fails where the database does.
pub fn is_under_way(tx: &mut (impl guanxi_kernel::store::ReadTx + ?Sized), object: &str) -> Result<bool> {
    jobs::is_live(tx, &key(object))
}

/// How it stands, for those who review duplicates.
///
/// # Errors
/// Not found or forbidden for others; a bad request where duplicates are not looked for.
pub fn status(context: &Context, object: &Object) -> Result<Status> {
    require_reviewer(context, object)?;
    context.workspace.store.read_with(|tx| {
        let running = is_under_way(tx, &object.name)?;
        let scan = kept::scan_of(tx, &object.name)?;
        let state = match &scan {
            _ if running => "running",
            None => "never",
            Some(it) if it.state == ScanState::Done => "ready",
            Some(_) => "failed",
        };
        let progress = scan.as_ref().filter(|it| running && it.total > 0).map(|it| Progress { done: it.done, total: it.total });
        Ok(Status {
            state,
            progress,
            scanned_at: scan.as_ref().and_then(|it| it.scanned_at),
            records: scan.as_ref().map_or(0, |it| it.records),
            open: kept::count_groups(tx, &object.name, PairState::Open, MOST_COUNTED)?,
            different: kept::count_groups(tx, &object.name, PairState::Different, MOST_COUNTED)?,
        })
    })
}

/// Fails unless the caller may change and delete records of an object whose duplicates are looked for: he could merge them.
///
/// # Errors
/// Not found, forbidden, or a bad request.
pub fn require_reviewer(context: &Context, object: &Object) -> Result<Plan> {
    context.access.require(object, Verb::Update)?;
    context.access.require(object, Verb::Delete)?;
    plan_of(object)
}

/// Asks for a search, unless one runs already.
///
/// # Errors
/// Forbidden to callers who are not administrators; a bad request where duplicates are not looked for.
pub fn begin(context: &Context, object: &Object) -> Result<()> {
    context.access.require_administrator()?;
    plan_of(object)?;
    let (inner, name) = (context.clone(), object.name.clone());
    context.workspace.store.write_with(move |tx| {
        tx.serialise(LOCK)?;
        if is_under_way(tx, &name)? {
            return Ok(());
        }
        kept::begin(tx, &name)?;
        jobs::enqueue(&inner, tx, KIND, json!({ "object": name }), Some(key(&name)), inner.workspace.clock.now())?;
        audit::append(&inner, tx, "search_duplicates", Some(&name), None, None, 0, None)
    })?;
    context.workspace.feed.announce();
    Ok(())
}

/// Searches.
pub struct ScanJob {
    /// What is in memory.
    pub residents: Arc<Residents>,
    /// Whether the process is to end.
    pub shutdown: Shutdown,
}

impl JobHandler for ScanJob {
    fn kind(&self) -> &str {
        KIND
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let object = payload["object"].as_str().and_then(|it| context.schema.object(it)).cloned();
        // The definition may have changed since.
        let Some((object, plan)) = object.and_then(|it| Plan::of(&it).map(|plan| (it, plan))) else { return Ok(()) };
        let search = Search { job: self, context: system(context), object, plan, run: context.new_id() };
        search.run()?;
        context.workspace.feed.announce();
        Ok(())
    }
}

struct Search<'a> {
    job: &'a ScanJob,
    context: Context,
    object: Arc<Object>,
    plan: Plan,
    /// Its pairs bear this.
    run: Uuid,
}

impl Search<'_> {
    fn write(&self, work: impl Fn(&mut dyn WriteTx, &str) -> Result<()> + Send + 'static) -> Result<()> {
        if self.job.shutdown.has_begun() {
            // The next process begins anew.
            return Err(KernelError::Store(StoreError::Busy));
        }
        let name = self.object.name.clone();
        self.context.workspace.store.write_with(move |tx| work(tx, &name))
    }

    fn report(&self, done: u64, total: u64) -> Result<()> {
        self.write(move |tx, object| kept::report(tx, object, done, total))?;
        self.context.workspace.feed.announce();
        Ok(())
    }

    /// Reading is half of it, comparing a quarter, writing the last.
    fn run(&self) -> Result<()> {
        let records = self.context.workspace.store.read_with(|tx| kept::count_records(&self.context, tx, &self.object))?;
        let total = records.max(1) * 2;
        let resident = self.job.residents.anew(&self.context, &self.object, &self.plan, &mut |count| {
            self.report(count.min(total / 2), total)?;
            Ok(true)
        })?;
        let (pairs, seq, records) = self.compare(&resident)?;
        let written = total - total / 4;
        self.report(written, total)?;
        let batches = pairs.len().div_ceil(BATCH).max(1) as u64;
        for (number, some) in (1..).zip(pairs.chunks(BATCH)) {
            let rows = stored(&self.context, &self.plan, &resident.held(), some, self.run);
            self.write(move |tx, object| {
                tx.serialise(LOCK)?;
                kept::put(tx, object, &rows)
            })?;
            self.report(written + total / 4 * number / batches, total)?;
        }
        let (run, context) = (self.run, self.context.clone());
        self.write(move |tx, object| {
            tx.serialise(LOCK)?;
            kept::forget_others(tx, object, run)?;
            kept::end(tx, object, records, seq, context.workspace.clock.now())?;
            automatic::ask_for(&context, tx, object)?;
            // What came while it ran.
            follow::ask_for(&context, tx)
        })
    }

    /// The pairs found and where each stands, how the log stood, and how many records there were.
    fn compare(&self, resident: &Resident) -> Result<(Vec<Placement>, i64, u64)> {
        let searched = resident.search();
        let held = &*searched.held;
        let threads = std::thread::available_parallelism().map_or(1, std::num::NonZero::get).min(THREADS);
        let found = thinned(held.matcher.pairs(REVIEW, threads));
        let different = self.context.workspace.store.read_with(|tx| kept::different_pairs(tx, &self.object.name))?;
        Ok((placements(held, &found, &different), held.seq, held.matcher.table().len() as u64))
    }
}

/// A pair found, and where it stands.
#[derive(Debug, Clone)]
pub struct Placement {
    /// The records.
    pub pair: PairKey,
    /// Bits in thousandths.
    pub bits: i64,
    /// Sure enough to be merged without a look.
    pub is_automatic: bool,
    /// Its group.
    pub placed: Placed,
}

/// Of each record its likeliest pairs; they come likeliest first. One that is among the likeliest of either record stays.
fn thinned(mut pairs: Vec<Pair>) -> Vec<Pair> {
    let mut count: HashMap<u64, usize> = HashMap::new();
    pairs.retain(|it| {
        let [left, right] = [it.left, it.right].map(|id| {
            let count = count.entry(id).or_insert(0);
            *count += 1;
            *count
        });
        left.min(right) <= MOST_PAIRS
    });
    pairs
}

/// Where pairs stand that were found, but for those somebody said are different: these keep their records apart.
pub fn placements(held: &Held, found: &[Pair], different: &[PairKey]) -> Vec<Placement> {
    let mut known: Vec<Pair> = different.iter().filter_map(|(left, right)| held.numbered(*left, *right, TWO, 0.0)).collect();
    let two: std::collections::HashSet<(u64, u64)> = known.iter().map(|it| (it.left.min(it.right), it.left.max(it.right))).collect();
    let found: Vec<Pair> = found.iter().filter(|it| !two.contains(&(it.left.min(it.right), it.left.max(it.right)))).copied().collect();
    known.extend(&found);
    let groups = held.records(&clusters(&held.matcher, &known, REVIEW));
    let named: Vec<(PairKey, &Pair)> =
        found.iter().filter_map(|it| Some((in_order(held.ids.record(it.left)?, held.ids.record(it.right)?), it))).collect();
    let with_bits: Vec<(PairKey, i64)> = named.iter().map(|(pair, it)| (*pair, thousandths(it.bits))).collect();
    let mut placed = place(&with_bits, &groups);
    let placement = |(pair, it): (PairKey, &Pair)| {
        Some(Placement { pair, bits: thousandths(it.bits), is_automatic: it.is_automatic, placed: placed.remove(&pair)? })
    };
    named.into_iter().filter_map(placement).collect()
}

/// Pairs as they are kept, with what speaks for each. One whose records went meanwhile is left out.
pub fn stored(context: &Context, plan: &Plan, held: &Held, some: &[Placement], run: Uuid) -> Vec<StoredPair> {
    let now = context.workspace.clock.now();
    let row = |it: &Placement| {
        let (left, right) = it.pair;
        Some(StoredPair {
            left,
            right,
            bits: it.bits,
            is_automatic: it.is_automatic,
            reasons: reasons(plan, &held.explain(left, right)?),
            group: it.placed.group.clone(),
            certainty: it.placed.certainty,
            state: PairState::Open,
            run,
            found_at: now,
            decided: None,
        })
    };
    some.iter().filter_map(row).collect()
}
