//! Bulk writes under way: what can wait (the search index) makes room for them meanwhile.

use std::sync::atomic::{AtomicUsize, Ordering};

/// How many bulk writes this process is carrying out in a workspace.
#[derive(Debug, Default)]
pub struct Bulk(AtomicUsize);

/// One of them; it is over when this is dropped.
#[derive(Debug)]
pub struct BulkWrite<'a>(&'a Bulk);

impl Bulk {
    /// Begins one.
    pub fn begin(&self) -> BulkWrite<'_> {
        self.0.fetch_add(1, Ordering::Relaxed);
        BulkWrite(self)
    }

    /// Whether there is one.
    pub fn is_under_way(&self) -> bool {
        self.0.load(Ordering::Relaxed) > 0
    }
}

impl Drop for BulkWrite<'_> {
    fn drop(&mut self) {
        self.0.0.fetch_sub(1, Ordering::Relaxed);
    }
}

#[cfg(test)]
mod tests {
    use super::Bulk;

    #[test]
    fn it_is_over_when_the_last_one_is() {
        let bulk = Bulk::default();
        let first = bulk.begin();
        let second = bulk.begin();
        drop(first);
        assert!(bulk.is_under_way());
        drop(second);
        assert!(!bulk.is_under_way());
    }
}
