//! Deadlines, counted in days and hours of work.

use guanxi_kernel::Result;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::working_days::add_working_days;
pub use guanxi_kernel::working_hours::after_hours;
use guanxi_kernel::working_hours::{END, at};
use jiff::Timestamp;

/// The end of the day that many days of work later, where the workspace is.
///
/// # Errors
/// More days than can be counted; fails where the database does.
pub fn after_days(context: &Context, tx: &mut dyn ReadTx, from: Timestamp, days: i64) -> Result<Timestamp> {
    let zone = context.workspace.time_zone();
    let day = add_working_days(context, tx, from.to_zoned(zone.clone()).date(), i32::try_from(days).unwrap_or(i32::MAX))?;
    at(day, END, &zone)
}
