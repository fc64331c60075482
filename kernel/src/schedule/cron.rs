//! Times of day on some days, in the words of cron.

use std::str::FromStr;

use jiff::civil::Date;
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

/// A time that never comes is not looked for any further: the 29th of February may be eight years away.
const MAX_DAYS: i32 = 366 * 9;

/// Times of day on some days, as `minute hour day-of-month month day-of-week`: each `*`, or numbers, ranges `1-5`, steps
/// `*/15` and lists of these. Days of the week count from Sunday, 0 or 7. Where both kinds of day are told, either will
/// do. A time that the clock leaps over comes when it has leapt; one that it shows twice comes once, the first time,
/// unless the hour is `*`.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Cron {
    minutes: Field,
    hours: Field,
    days: Field,
    months: Field,
    weekdays: Field,
}

/// Numbers of one field as bits, and whether it was `*`.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
struct Field {
    bits: u64,
    any: bool,
}

impl Field {
    fn has(self, number: i8) -> bool {
        u32::try_from(number).is_ok_and(|it| self.bits & (1 << it) != 0)
    }
    fn numbers(self) -> impl Iterator<Item = i8> {
        (0..60).filter(move |it| self.has(*it))
    }
    fn parse(text: &str, name: &str, least: u32, most: u32) -> std::result::Result<Self, String> {
        let wrong = || format!("the {name} of a schedule is {text:?}: not within {least}-{most}");
        let mut bits = 0_u64;
        for part in text.split(',') {
            let (range, step) = part.split_once('/').map_or((part, None), |(range, step)| (range, Some(step)));
            let step: u32 = step.map_or(Ok(1), str::parse).map_err(|_| wrong())?;
            let (from, to) = match range.split_once('-') {
                _ if range == "*" => (least, most),
                Some((from, to)) => (from.parse().map_err(|_| wrong())?, to.parse().map_err(|_| wrong())?),
                None => {
                    let only: u32 = range.parse().map_err(|_| wrong())?;
                    (only, if part.contains('/') { most } else { only })
                }
            };
            if step == 0 || from < least || to > most || from > to {
                return Err(wrong());
            }
            let step = usize::try_from(step).map_err(|_| wrong())?;
            (from..=to).step_by(step).for_each(|it| bits |= 1 << it);
        }
        Ok(Self { bits, any: text == "*" })
    }
}

impl FromStr for Cron {
    type Err = String;

    fn from_str(text: &str) -> std::result::Result<Self, String> {
        let fields: Vec<&str> = text.split_whitespace().collect();
        let [minutes, hours, days, months, weekdays] = fields.as_slice() else {
            return Err(format!("the schedule {text:?} has not five fields"));
        };
        let mut weekdays = Field::parse(weekdays, "day of the week", 0, 7)?;
        weekdays.bits |= u64::from(weekdays.has(7));
        Ok(Self {
            minutes: Field::parse(minutes, "minute", 0, 59)?,
            hours: Field::parse(hours, "hour", 0, 23)?,
            days: Field::parse(days, "day", 1, 31)?,
            months: Field::parse(months, "month", 1, 12)?,
            weekdays,
        })
    }
}

impl Cron {
    /// The first time after a moment; `None` where there is none.
    pub fn next(&self, after: Timestamp, zone: &TimeZone) -> Option<Timestamp> {
        // From the day before: what the clock leaps over at midnight belongs to it.
        let mut day = zone.to_datetime(after).date().yesterday().ok()?;
        for _ in 0..MAX_DAYS {
            if self.is_on(day)
                && let Some(found) = self.moments_of(day, zone).into_iter().find(|it| *it > after)
            {
                return Some(found);
            }
            day = day.checked_add(1.day()).ok()?;
        }
        None
    }

    fn is_on(&self, day: Date) -> bool {
        let (in_month, in_week) = (self.days.has(day.day()), self.weekdays.has(day.weekday().to_sunday_zero_offset()));
        let fits = if self.days.any || self.weekdays.any { in_month && in_week } else { in_month || in_week };
        fits && self.months.has(day.month())
    }

    fn moments_of(&self, day: Date, zone: &TimeZone) -> Vec<Timestamp> {
        let mut moments = Vec::new();
        for hour in self.hours.numbers() {
            for minute in self.minutes.numbers() {
                let shown = zone.to_ambiguous_timestamp(day.at(hour, minute, 0, 0));
                moments.extend(shown.compatible().ok());
                if self.hours.any {
                    moments.extend(shown.later().ok());
                }
            }
        }
        moments.sort_unstable();
        moments
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn times(cron: &str, zone: &str, from: &str, count: usize) -> Vec<String> {
        let (cron, zone): (Cron, _) = (cron.parse().unwrap(), TimeZone::get(zone).unwrap());
        let from: Timestamp = from.parse().unwrap();
        let all = std::iter::successors(cron.next(from, &zone), |it| cron.next(*it, &zone));
        all.take(count).map(|it| it.to_string()).collect()
    }

    #[test]
    fn times_of_day_are_those_of_the_zone() {
        assert_eq!(times("30 2 * * *", "Asia/Shanghai", "2026-11-16T00:00:00Z", 2), ["2026-11-16T18:30:00Z", "2026-11-17T18:30:00Z"]);
        assert_eq!(times("30 2 * * *", "Asia/Shanghai", "2026-11-16T18:30:00Z", 1), ["2026-11-17T18:30:00Z"], "after, not at");
        assert_eq!(
            times("*/20 8-9 * * *", "UTC", "2026-11-16T08:30:00Z", 4),
            ["2026-11-16T08:40:00Z", "2026-11-16T09:00:00Z", "2026-11-16T09:20:00Z", "2026-11-16T09:40:00Z"]
        );
    }

    #[test]
    fn days_are_of_the_month_and_of_the_week() {
        let at_nine = |days: &str, count| times(&format!("0 9 {days}"), "UTC", "2026-11-20T12:00:00Z", count);
        assert_eq!(at_nine("* * 1-5", 2), ["2026-11-23T09:00:00Z", "2026-11-24T09:00:00Z"], "the 20th is a Friday");
        assert_eq!(at_nine("* * 7", 1), at_nine("* * 0", 1));
        assert_eq!(at_nine("1 */3 *", 2), ["2027-01-01T09:00:00Z", "2027-04-01T09:00:00Z"]);
        assert_eq!(at_nine("23 * 0", 2), ["2026-11-22T09:00:00Z", "2026-11-23T09:00:00Z"], "either will do");
        assert_eq!(at_nine("29 2 *", 1), ["2028-02-29T09:00:00Z"]);
        assert_eq!(at_nine("30 2 *", 1), Vec::<String>::new(), "there is none");
    }

    #[test]
    fn daylight_saving_neither_drops_nor_doubles_a_night() {
        // 2:00 became 3:00 on 8 March 2026 in New York, and 2:00 became 1:00 on 1 November.
        let spring = times("30 2 * * *", "America/New_York", "2026-03-07T12:00:00Z", 2);
        assert_eq!(spring, ["2026-03-08T07:30:00Z", "2026-03-09T06:30:00Z"], "leapt over: at 3:30");
        let autumn = times("30 1 * * *", "America/New_York", "2026-10-31T12:00:00Z", 2);
        assert_eq!(autumn, ["2026-11-01T05:30:00Z", "2026-11-02T06:30:00Z"], "shown twice: the first time");
        let hourly = times("0 * * * *", "America/New_York", "2026-11-01T04:30:00Z", 3);
        assert_eq!(hourly, ["2026-11-01T05:00:00Z", "2026-11-01T06:00:00Z", "2026-11-01T07:00:00Z"], "an hour is an hour");
        assert_eq!(times("0 * * * *", "America/New_York", "2026-03-08T06:30:00Z", 2), ["2026-03-08T07:00:00Z", "2026-03-08T08:00:00Z"]);
        assert_eq!(times("0 0 * * *", "Asia/Beirut", "2026-03-28T12:00:00Z", 2), ["2026-03-28T22:00:00Z", "2026-03-29T21:00:00Z"]);
    }

    #[test]
    fn what_is_no_schedule_says_why() {
        for (text, why) in [
            ("1 2 3", "five fields"),
            ("60 * * * *", "minute"),
            ("* 24 * * *", "hour"),
            ("* * 0 * *", "day"),
            ("* * * 13 *", "month"),
            ("* * * * 8", "day of the week"),
            ("5-1 * * * *", "minute"),
            ("*/0 * * * *", "minute"),
            ("a * * * *", "minute"),
            ("1, * * * *", "minute"),
        ] {
            assert!(text.parse::<Cron>().unwrap_err().contains(why), "{text}");
        }
    }
}
