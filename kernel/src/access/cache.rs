//! Rights worked out once and used again while nothing they follow from has changed.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::{Access, Member};
use crate::error::Result;
use crate::schema::Schema;

/// Members remembered at most.
const CAPACITY: usize = 4_096;

struct Entry {
    access: Arc<Access>,
    schema: Arc<Schema>,
    time_zone: TimeZone,
    /// Rights may name the time (`now()`, `today()`), so they hold for the minute they were worked out in.
    minute: i64,
}

/// Rights by member.
#[derive(Default)]
pub struct AccessCache {
    entries: Mutex<HashMap<Uuid, Entry>>,
}

impl AccessCache {
    /// A member's rights now.
    ///
    /// # Errors
    /// Where a role's expression does not compile.
    pub fn of_member(&self, schema: &Arc<Schema>, member: Member, now: Timestamp, time_zone: &TimeZone) -> Result<Arc<Access>> {
        let minute = now.as_second().div_euclid(60);
        let id = member.id;
        if let Some(entry) = self.entries.lock().unwrap_or_else(PoisonError::into_inner).get(&id)
            && Arc::ptr_eq(&entry.schema, schema)
            && entry.minute == minute
            && entry.time_zone == *time_zone
            && entry.access.member == member
        {
            return Ok(entry.access.clone());
        }
        let access = Arc::new(Access::of_member(schema, member, now, time_zone)?);
        let mut entries = self.entries.lock().unwrap_or_else(PoisonError::into_inner);
        if entries.len() >= CAPACITY {
            entries.clear();
        }
        entries.insert(id, Entry { access: access.clone(), schema: schema.clone(), time_zone: time_zone.clone(), minute });
        Ok(access)
    }
}
