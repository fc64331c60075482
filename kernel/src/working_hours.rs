//! Deadlines counted in hours of work: half past nine on a Friday evening is no time to be late.

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::store::ReadTx;
use crate::working_days::WorkingDays;

/// Hours of a day of work, eight in all: half a day before noon has three, the other five.
const HOURS: [(i8, i8); 2] = [(9, 12), (13, 18)];
/// Hours of work in a day.
const A_DAY: i64 = 8;
/// The hour a day of work ends.
pub const END: i8 = 18;

/// The moment that many hours of work later.
///
/// # Errors
/// More hours than can be counted; fails where the database does.
pub fn after_hours(context: &Context, tx: &mut dyn ReadTx, from: Timestamp, hours: i64) -> Result<Timestamp> {
    let zone = context.workspace.time_zone();
    let first = from.to_zoned(zone.clone()).date();
    // Three weeks off in a row at most, and a week has five days of work.
    let reach = i32::try_from(hours / A_DAY * 2 + 40).unwrap_or(i32::MAX).min(3_600);
    let days = WorkingDays::load(context, tx, first, first.saturating_add(reach.days()))?;
    hours_later(&days, from, hours, first, &zone)
}

fn hours_later(days: &WorkingDays, from: Timestamp, hours: i64, first: Date, zone: &TimeZone) -> Result<Timestamp> {
    let mut left = hours * 3_600;
    for day in first.series(1.day()).take(3_600).filter(|it| days.is_working(*it)) {
        for (begins, ends) in HOURS {
            let (begins, ends) = (at(day, begins, zone)?.max(from), at(day, ends, zone)?);
            let there = ends.as_second() - begins.as_second();
            if there <= 0 {
                continue;
            }
            if left <= there {
                return Timestamp::from_second(begins.as_second() + left).map_err(too_far);
            }
            left -= there;
        }
    }
    Err(KernelError::bad_request("bad_request", "时限超出可计算的范围", "this is more time than can be counted"))
}

/// A moment of a day, by its hour.
///
/// # Errors
/// Where the calendar of the time zone has no such moment.
pub fn at(day: Date, hour: i8, zone: &TimeZone) -> Result<Timestamp> {
    Ok(day.at(hour, 0, 0, 0).to_zoned(zone.clone()).map_err(too_far)?.timestamp())
}

fn too_far(error: jiff::Error) -> KernelError {
    KernelError::Internal(format!("a deadline: {error}"))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    fn later(from: &str, hours: i64) -> String {
        let zone = TimeZone::fixed(jiff::tz::offset(8));
        let days = WorkingDays::new(date(2026, 11, 1), date(2026, 12, 31), [(date(2026, 11, 18), false)]);
        let from: Timestamp = from.parse().unwrap_or(Timestamp::UNIX_EPOCH);
        let first = from.to_zoned(zone.clone()).date();
        hours_later(&days, from, hours, first, &zone).map(|it| it.to_zoned(zone).strftime("%m-%d %H:%M").to_string()).unwrap_or_default()
    }

    #[test]
    fn hours_of_work_pass_over_noon_nights_and_days_off() {
        // Monday, 10 in the morning.
        assert_eq!(later("2026-11-16T02:00:00Z", 1), "11-16 11:00");
        assert_eq!(later("2026-11-16T02:00:00Z", 3), "11-16 14:00");
        assert_eq!(later("2026-11-16T02:00:00Z", 7), "11-16 18:00");
        assert_eq!(later("2026-11-16T02:00:00Z", 8), "11-17 10:00");
        // Wednesday is off; what comes in at night begins in the morning.
        assert_eq!(later("2026-11-17T12:00:00Z", 2), "11-19 11:00");
        assert_eq!(later("2026-11-20T09:00:00Z", 2), "11-23 10:00");
    }
}
