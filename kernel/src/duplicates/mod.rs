//! Pairs of records that may mean the same, and what was decided of them.
//!
//! What finds them stands elsewhere; here is how they are kept. They hold no values of records: two ids, how sure it is, and
//! which fields speak for it. Who may see a pair follows from the records: whoever shows pairs loads these by his rights.
//! A record in the bin keeps its pairs, so that they are there when it comes back; one that is erased takes them along.

mod pairs;
mod rows;
mod scans;

pub(crate) use pairs::forget;
pub use pairs::{
    PairReason, PairState, QueuePlace, StoredPair, count_groups, decide, different_pairs, forget_open, forget_others, named_pairs, pairs_of_groups,
    pairs_of_records, put, queue, regroup,
};
pub use rows::{count_records, each_row};
pub use scans::{Scan, ScanState, advance, all_scans, begin, end, report, scan_of};

/// Name of the lock under which pairs are written, so that searches and decisions see each other's.
pub const LOCK: &str = "duplicates";
