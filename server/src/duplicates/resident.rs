//! The records of one object in memory, following the log.

use std::borrow::Cow;
use std::collections::HashSet;
use std::sync::atomic::{AtomicBool, Ordering};
use std::sync::{Arc, Mutex, MutexGuard, PoisonError, RwLock, RwLockReadGuard};

use guanxi_kernel::Result;
use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::duplicates::each_row;
use guanxi_kernel::events::{head, read_after};
use guanxi_kernel::read::load_records;
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::StoreExt as _;
use guanxi_matching::{Checking, Explanation, Matcher, Pair, Table};
use uuid::Uuid;

use super::ids::Ids;
use super::plan::Plan;

/// Records read in one go.
const PAGE: u64 = 5_000;
/// Events looked at in one go.
pub const BATCH: u64 = 500;
/// Fewer records than this are always learnt from anew when some came: it takes no time.
const FEW: usize = 50;

/// A record that may be the same as the one asked about.
#[derive(Debug, Clone, Copy)]
pub struct Likely {
    /// Which.
    pub record: Uuid,
    /// How sure that is, 0 to 1.
    pub probability: f64,
    /// The same in bits.
    pub bits: f64,
    /// Sure enough to be merged without a look.
    pub is_automatic: bool,
}

/// What is in memory.
pub struct Held {
    /// Compares.
    pub matcher: Matcher,
    /// Which record has which number.
    pub ids: Ids,
    /// What the log tells up to here is in it.
    pub seq: i64,
    /// So many records it learnt from.
    learnt_from: usize,
}

/// The records of one object.
pub struct Resident {
    /// How they are compared.
    pub plan: Plan,
    held: RwLock<Held>,
    following: Mutex<()>,
    /// All pairs are being compared: what is new waits until that is done.
    is_searched: AtomicBool,
    checking: Mutex<Checking>,
}

/// Lets what is new in again when all pairs were compared.
pub struct Searched<'a> {
    resident: &'a Resident,
    /// What is compared.
    pub held: RwLockReadGuard<'a, Held>,
}

impl Drop for Searched<'_> {
    fn drop(&mut self) {
        self.resident.is_searched.store(false, Ordering::Release);
    }
}

impl Resident {
    /// Reads all records, a page at a time; `seen` is told how many so far and says whether to go on. `None`: it did not.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn load(context: &Context, object: &Arc<Object>, plan: &Plan, seen: &mut dyn FnMut(u64) -> Result<bool>) -> Result<Option<Self>> {
        let store = &context.workspace.store;
        // What changes while the pages are read stands further on in the log and is looked at again.
        let seq = store.read_with(|tx| head(tx))?;
        let (mut table, mut ids, positions) = (Table::new(plan.columns()), Ids::default(), plan.positions());
        let (mut after, mut count) = (None, 0);
        loop {
            let last = store.read_with(|tx| {
                each_row(context, tx, object, &positions, after, PAGE, &mut |id, cells| {
                    table.add(ids.take(id), &borrowed(&plan.texts(cells)));
                    count += 1;
                })
            })?;
            if !seen(count)? {
                return Ok(None);
            }
            let Some(last) = last else { break };
            after = Some(last);
        }
        let learnt_from = table.len();
        let held = Held { matcher: Matcher::fit(table), ids, seq, learnt_from };
        Ok(Some(Self {
            plan: plan.clone(),
            held: RwLock::new(held),
            following: Mutex::default(),
            is_searched: AtomicBool::new(false),
            checking: Mutex::default(),
        }))
    }

    /// What is in memory.
    pub fn held(&self) -> RwLockReadGuard<'_, Held> {
        self.held.read().unwrap_or_else(PoisonError::into_inner)
    }

    /// What is in memory, for as long as all of it is compared.
    pub fn search(&self) -> Searched<'_> {
        let _following = self.lock_following();
        self.is_searched.store(true, Ordering::Release);
        Searched { resident: self, held: self.held() }
    }

    fn lock_following(&self) -> MutexGuard<'_, ()> {
        self.following.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Takes in what the log tells, a batch at most. Answers whether more is waiting.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn follow(&self, context: &Context, object: &Arc<Object>) -> Result<bool> {
        let _following = self.lock_following();
        if self.is_searched.load(Ordering::Acquire) {
            return Ok(false);
        }
        let from = self.held().seq;
        let mut wanted: HashSet<Uuid> = HashSet::new();
        let (mut records, mut last, mut more) = (Vec::new(), from, false);
        context.workspace.store.read_with(|tx| {
            let events = read_after(tx, from, BATCH)?;
            more = events.len() as u64 == BATCH;
            last = events.last().map_or(from, |it| it.seq);
            wanted = events.iter().filter(|it| it.object == object.name && self.plan.is_touched_by(it)).filter_map(|it| it.record).collect();
            let ids: Vec<Uuid> = wanted.iter().copied().collect();
            records = load_records(context, tx, object, &ids, Verb::Read, false)?;
            Ok(())
        })?;
        if last == from {
            return Ok(false);
        }
        let mut held = self.held.write().unwrap_or_else(PoisonError::into_inner);
        for record in &records {
            wanted.remove(&record.id());
            let number = held.ids.take(record.id());
            held.matcher.add(number, &borrowed(&self.plan.texts_of_row(&record.row)));
        }
        for gone in wanted {
            if let Some(number) = held.ids.give_back(gone) {
                held.matcher.remove(number);
            }
        }
        held.seq = last;
        Ok(more)
    }

    /// Whether so many records came or went since it learnt that it should learn anew.
    pub fn is_outgrown(&self) -> bool {
        let held = self.held();
        let (now, then) = (held.matcher.table().len(), held.learnt_from);
        now.abs_diff(then) * 2 > then || (now < FEW && now != then)
    }

    /// Records that are the same as these values with at least this probability, likeliest first.
    pub fn check(&self, held: &Held, texts: &[Cow<'_, str>], at_least: f64, most: usize) -> Vec<Likely> {
        let texts = borrowed(texts);
        let found = match self.checking.try_lock() {
            Ok(mut memory) => held.matcher.check_with(&mut memory, &texts, at_least, most),
            // Somebody else checks at this moment.
            Err(_) => held.matcher.check(&texts, at_least, most),
        };
        let likely = |it: guanxi_matching::Candidate| {
            let record = held.ids.record(it.id)?;
            Some(Likely { record, probability: it.probability, bits: it.bits, is_automatic: it.is_automatic })
        };
        found.into_iter().filter_map(likely).collect()
    }
}

impl Held {
    /// Why values mean a record, or not.
    pub fn explain_values(&self, texts: &[Cow<'_, str>], record: Uuid) -> Option<Explanation> {
        self.matcher.explain_values(&borrowed(texts), self.ids.number(record)?)
    }

    /// Why two records mean the same, or not.
    pub fn explain(&self, left: Uuid, right: Uuid) -> Option<Explanation> {
        self.matcher.explain(self.ids.number(left)?, self.ids.number(right)?)
    }

    /// A pair by the matcher's numbers; nothing where one of the records is not there.
    pub fn numbered(&self, left: Uuid, right: Uuid, bits: f64, probability: f64) -> Option<Pair> {
        let (left, right) = (self.ids.number(left)?, self.ids.number(right)?);
        Some(Pair { left, right, bits, probability, is_automatic: false })
    }

    /// Groups of numbers as groups of records.
    pub fn records(&self, groups: &[Vec<u64>]) -> Vec<Vec<Uuid>> {
        groups.iter().map(|it| it.iter().filter_map(|it| self.ids.record(*it)).collect()).collect()
    }
}

fn borrowed<'a>(texts: &'a [Cow<'_, str>]) -> Vec<&'a str> {
    texts.iter().map(AsRef::as_ref).collect()
}
