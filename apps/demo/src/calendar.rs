//! Days and hours of work in China, where the demo company sits.

use jiff::civil::{Date, Weekday};
use jiff::tz::Offset;
use jiff::{Timestamp, ToSpan};

use crate::random::Random;

/// Asia/Shanghai has stood eight hours before UTC, without summer time, since 1991.
const SHANGHAI: Offset = Offset::constant(8);

/// A moment on a day, Shanghai time. `hour` is 0-23, `minute` 0-59.
pub(crate) fn moment(date: Date, hour: i8, minute: i8) -> Timestamp {
    SHANGHAI.to_timestamp(date.at(hour, minute, 0, 0)).unwrap_or(Timestamp::UNIX_EPOCH)
}

/// The day of a moment in Shanghai.
pub(crate) fn day_of(at: Timestamp) -> Date {
    SHANGHAI.to_datetime(at).date()
}

/// The day this many days later (earlier where negative).
pub(crate) fn plus_days(date: Date, days: i64) -> Date {
    date.saturating_add(days.days())
}

/// Days from one to the other, negative where `to` is earlier.
pub(crate) fn days_between(from: Date, to: Date) -> i64 {
    i64::from((to - from).get_days())
}

/// Monday to Friday and none of the fixed public holidays.
pub(crate) fn is_workday(date: Date) -> bool {
    let weekend = matches!(date.weekday(), Weekday::Saturday | Weekday::Sunday);
    let holiday = matches!((date.month(), date.day()), (1, 1) | (5, 1..=3) | (10, 1..=5));
    !weekend && !holiday
}

/// The day itself or the nearest workday before.
pub(crate) fn workday_until(mut date: Date) -> Date {
    while !is_workday(date) {
        date = plus_days(date, -1);
    }
    date
}

/// The day itself or the nearest workday after.
pub(crate) fn workday_from(mut date: Date) -> Date {
    while !is_workday(date) {
        date = plus_days(date, 1);
    }
    date
}

/// A moment within the working hours of a day, to five minutes.
pub(crate) fn working_moment(random: &mut Random, date: Date) -> Timestamp {
    let minutes = if random.chance(55) { 9 * 60 + random.between(0, 31) * 5 } else { 13 * 60 + 30 + random.between(0, 50) * 5 };
    moment(date, (minutes / 60) as i8, (minutes % 60) as i8)
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn work_is_done_on_workdays_in_the_daytime() {
        let mut random = Random::new(1, "calendar");
        for days in 0..400 {
            let day = workday_until(plus_days(date(2026, 1, 1), days));
            assert!(is_workday(day) && is_workday(workday_from(plus_days(day, 1))));
            let at = working_moment(&mut random, day);
            assert_eq!(day_of(at), day);
            assert!(at >= moment(day, 9, 0) && at <= moment(day, 18, 0), "{at}");
        }
        assert_eq!(days_between(date(2026, 2, 27), date(2026, 3, 2)), 3);
    }

    #[test]
    fn moments_are_shanghai_time() {
        assert_eq!(moment(date(2026, 11, 22), 8, 30).to_string(), "2026-11-22T00:30:00Z");
    }
}
