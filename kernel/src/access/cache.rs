//! Rights worked out once and used again while nothing they follow from has changed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::{Access, Member};
use crate::schema::Schema;

/// Members remembered at most.
const CAPACITY: usize = 1_024;

struct Entry {
    access: Arc<Access>,
    schema: Arc<Schema>,
    time_zone: TimeZone,
}

/// What holds for a minute, by member. Rights may name the time (`now()`, `today()`), so they hold for the minute they were
/// worked out in; those of another minute are of no use any more, and let go of at once.
struct OfMinute<T> {
    minute: i64,
    of: HashMap<Uuid, T>,
}

impl<T> Default for OfMinute<T> {
    fn default() -> Self {
        Self { minute: i64::MIN, of: HashMap::new() }
    }
}

impl<T> OfMinute<T> {
    fn get(&mut self, minute: i64, id: Uuid) -> Option<&T> {
        if self.minute != minute {
            (self.minute, self.of) = (minute, HashMap::new());
        }
        self.of.get(&id)
    }

    fn put(&mut self, minute: i64, id: Uuid, what: T) {
        if self.minute != minute || self.of.len() >= CAPACITY {
            (self.minute, self.of) = (minute, HashMap::new());
        }
        self.of.insert(id, what);
    }
}

/// Rights by member.
#[derive(Default)]
pub struct AccessCache {
    entries: Mutex<OfMinute<Entry>>,
}

impl AccessCache {
    /// A member's rights now.
    pub fn of_member(&self, schema: &Arc<Schema>, member: Member, now: Timestamp, time_zone: &TimeZone) -> Arc<Access> {
        let minute = now.as_second().div_euclid(60);
        let id = member.id;
        if let Some(entry) = self.entries.lock().unwrap_or_else(PoisonError::into_inner).get(minute, id)
            && Arc::ptr_eq(&entry.schema, schema)
            && entry.time_zone == *time_zone
            && *entry.access.member == member
        {
            return entry.access.clone();
        }
        let access = Arc::new(Access::of_member(schema, member, now, time_zone));
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        entries.put(minute, id, Entry { access: access.clone(), schema: schema.clone(), time_zone: time_zone.clone() });
        access
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_was_worked_out_in_another_minute_is_let_go_of() {
        let id = Uuid::from_u128;
        let mut kept = OfMinute::default();
        kept.put(7, id(1), "one");
        kept.put(7, id(2), "two");
        assert_eq!([1, 2].map(|it| kept.get(7, id(it)).copied()), [Some("one"), Some("two")]);
        kept.put(8, id(3), "three");
        assert_eq!([1, 3].map(|it| kept.get(8, id(it)).copied()), [None, Some("three")]);
        assert_eq!(kept.of.len(), 1);
        assert_eq!(kept.get(7, id(3)), None, "a clock that is set back finds nothing old");
        assert!(kept.of.is_empty());
        for number in 0..3_000 {
            kept.put(9, id(number), "many");
            assert!(kept.of.len() <= CAPACITY && kept.get(9, id(number)).is_some());
        }
    }
}
