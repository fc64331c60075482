//! By when who got a lead gets in touch, and when it is taken from him where he does not: as the rule or the pool that gave it says.

use guanxi_kernel::Result;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::working_hours::after_hours;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::pool::{POOL, default_pool};
use crate::values::{number, values};

/// The object with the clock.
pub const LEAD: &str = "lead";
/// What is set of the clock of a lead, and cleared with it.
pub const CLOCK: [&str; 5] = ["respond_by", "respond_return_at", "respond_return_to", "responded_at", "respond_told"];

/// A clock that starts now.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
pub struct Clock {
    by: Option<Timestamp>,
    return_at: Option<Timestamp>,
    return_to: Option<Uuid>,
}

impl Clock {
    /// As a rule or a pool says: `respond_hours`, `return_hours`, both in hours of work where `in_working_hours`. What nobody
    /// responded to lies in `return_to` afterwards, or in the default pool.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn of(context: &Context, tx: &mut dyn ReadTx, source: &Record, return_to: Option<Uuid>) -> Result<Self> {
        let Some(hours) = number(source, "respond_hours") else { return Ok(Self::default()) };
        let in_working_hours = source.value("in_working_hours").is_true();
        let mut later = |from: Timestamp, hours: i64| -> Result<Option<Timestamp>> {
            if in_working_hours {
                return after_hours(context, tx, from, hours).map(Some);
            }
            Ok(from.checked_add(SignedDuration::from_hours(hours)).ok())
        };
        let by = later(context.now, hours)?;
        let return_at = match by.zip(number(source, "return_hours")) {
            Some((by, further)) => later(by, further)?,
            None => None,
        };
        Ok(Self { by, return_at, return_to: return_to.filter(|_| return_at.is_some()) })
    }

    /// For whoever comes to a lead otherwise than by a rule or out of a pool: as the default pool says, where it is for all of them.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn of_everybody(context: &Context, tx: &mut dyn ReadTx) -> Result<Option<Self>> {
        if context.schema.object(POOL).is_none() {
            return Ok(None);
        }
        match default_pool(context, tx, LEAD)?.filter(|it| it.value("times_all").is_true()) {
            Some(pool) => Self::of(context, tx, &pool, Some(pool.id())).map(Some),
            None => Ok(None),
        }
    }

    /// What a lead holds of it.
    pub fn values(&self) -> Map<String, Json> {
        values([
            ("respond_by", json!(self.by.map(|it| it.to_string()))),
            ("respond_return_at", json!(self.return_at.map(|it| it.to_string()))),
            ("respond_return_to", json!(self.return_to)),
            ("responded_at", Json::Null),
            ("respond_told", Json::Null),
        ])
    }
}
