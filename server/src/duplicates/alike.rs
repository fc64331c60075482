//! Rows of one file that likely mean the same record, before any of them is one.

use std::collections::BTreeMap;

use guanxi_kernel::Value;
use guanxi_kernel::schema::Object;
use guanxi_matching::{Matcher, REVIEW, Table};

use super::plan::Plan;

/// Threads that compare.
const THREADS: usize = 1;

/// Of rows of the object's table, by their numbers in a file, those that are likely the same as one before: with the number
/// of that one. None where nobody looks for duplicates of the object.
pub fn alike_rows(object: &Object, rows: &[(u64, Vec<Value>)]) -> Vec<(u64, u64)> {
    let Some(plan) = Plan::of(object).filter(|_| rows.len() > 1) else { return Vec::new() };
    let mut table = Table::new(plan.columns());
    for (number, row) in rows {
        let texts = plan.texts_of_row(row);
        table.add(*number, &texts.iter().map(AsRef::as_ref).collect::<Vec<_>>());
    }
    let mut first: BTreeMap<u64, u64> = BTreeMap::new();
    for pair in Matcher::fit(table).pairs(REVIEW, THREADS) {
        let (before, row) = (pair.left.min(pair.right), pair.left.max(pair.right));
        first.entry(row).and_modify(|it| *it = before.min(*it)).or_insert(before);
    }
    first.into_iter().collect()
}
