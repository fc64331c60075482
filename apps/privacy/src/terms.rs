//! Until when a request is answered: days of work or of the calendar, twice as many once it was extended.

use guanxi_kernel::Result;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::working_days::add_working_days;
use jiff::civil::Date;
use jiff::{Timestamp, ToSpan as _};

/// Days of work of the Chinese term, from practice and standard GB/T 35273 (30 days at most).
const WORKING: i32 = 15;
/// Days of the calendar of the GDPR's month.
const CALENDAR: i32 = 30;
/// Days of work before the end at which somebody is reminded.
pub const WARNED: i32 = 3;

/// The last day of a term that began with a moment; `times` how often it was given.
///
/// # Errors
/// Fails where the database does.
pub fn due_on(context: &Context, tx: &mut dyn ReadTx, term: &str, received: Timestamp, times: i32) -> Result<Date> {
    let day = received.to_zoned(context.workspace.time_zone()).date();
    match term {
        "days_30" => Ok(day.saturating_add((CALENDAR * times).days())),
        _ => add_working_days(context, tx, day, WORKING * times),
    }
}
