//! When a task comes again: `FREQ`, `INTERVAL`, `BYDAY`, `UNTIL` and `COUNT` of RFC 5545, on the workspace's own clock.

use guanxi_kernel::Value;
use jiff::civil::{Date, DateTime, Weekday};
use jiff::{Span, ToSpan as _};

/// How often.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Every {
    /// Days.
    Day,
    /// Weeks.
    Week,
    /// Months.
    Month,
    /// Years.
    Year,
}

/// A rule without its end.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Repeat {
    every: Every,
    interval: i64,
    days: Vec<Weekday>,
}

impl Repeat {
    /// From the fields of a task; none where it does not repeat.
    pub fn read(value: impl Fn(&str) -> Value) -> Option<Self> {
        let every = match value("repeat_every").as_text()? {
            "day" => Every::Day,
            "week" => Every::Week,
            "month" => Every::Month,
            "year" => Every::Year,
            _ => return None,
        };
        let interval = if let Value::Int(interval) = value("repeat_interval") { interval.max(1) } else { 1 };
        let days = if every == Every::Week { weekdays(&value("repeat_days")) } else { Vec::new() };
        Some(Self { every, interval, days })
    }

    /// The first time of the series that begins at `start` which lies after `after`. What begins on the 31st is due on the
    /// last of shorter months, and on the 31st again afterwards: it counts from the beginning, not from the last one.
    pub fn next(&self, start: DateTime, after: DateTime) -> Option<DateTime> {
        if after < start {
            return Some(start);
        }
        if !self.days.is_empty() {
            return self.next_weekday(start, after);
        }
        let steps = self.steps_before(start.date(), after.date());
        // The day before may still be to come at this hour, and a clamped month may lie on either side.
        (steps.saturating_sub(1)..steps.saturating_add(3)).filter(|it| *it > 0).find_map(|step| {
            let at = start.checked_add(self.span(step)?).ok()?;
            (at > after).then_some(at)
        })
    }

    fn span(&self, step: i64) -> Option<Span> {
        let amount = step.checked_mul(self.interval)?;
        match self.every {
            Every::Day => Span::new().try_days(amount).ok(),
            Every::Week => Span::new().try_weeks(amount).ok(),
            Every::Month => Span::new().try_months(amount).ok(),
            Every::Year => Span::new().try_years(amount).ok(),
        }
    }

    /// About so many whole steps lie between two days.
    fn steps_before(&self, start: Date, after: Date) -> i64 {
        let days = days_between(start, after);
        let months = (i64::from(after.year()) - i64::from(start.year())) * 12 + i64::from(after.month()) - i64::from(start.month());
        let passed = match self.every {
            Every::Day => days,
            Every::Week => days / 7,
            Every::Month => months,
            Every::Year => months / 12,
        };
        passed / self.interval
    }

    /// On some days of every n-th week; weeks begin on Monday.
    fn next_weekday(&self, start: DateTime, after: DateTime) -> Option<DateTime> {
        let week_of = |day: Date| day.checked_sub(i64::from(day.weekday().to_monday_zero_offset()).days()).ok();
        let first = week_of(start.date())?;
        let mut day = after.date();
        for _ in 0..=(7 * self.interval + 7) {
            let at = day.to_datetime(start.time());
            let weeks = days_between(first, week_of(day)?) / 7;
            if at > after && self.days.contains(&day.weekday()) && weeks % self.interval == 0 {
                return Some(at);
            }
            day = day.tomorrow().ok()?;
        }
        None
    }
}

fn days_between(from: Date, until: Date) -> i64 {
    from.until(until).map_or(0, |it| i64::from(it.get_days()))
}

fn weekdays(value: &Value) -> Vec<Weekday> {
    let names: Vec<String> = match value {
        Value::List(items) => items.iter().filter_map(|it| it.as_text().map(str::to_owned)).collect(),
        Value::Json(json) => json.as_array().into_iter().flatten().filter_map(|it| it.as_str().map(str::to_owned)).collect(),
        _ => Vec::new(),
    };
    let named = |it: &String| {
        Some(match it.as_str() {
            "mo" => Weekday::Monday,
            "tu" => Weekday::Tuesday,
            "we" => Weekday::Wednesday,
            "th" => Weekday::Thursday,
            "fr" => Weekday::Friday,
            "sa" => Weekday::Saturday,
            "su" => Weekday::Sunday,
            _ => return None,
        })
    };
    names.iter().filter_map(named).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn at(text: &str) -> DateTime {
        text.parse().expect("a time")
    }

    fn series(every: Every, interval: i64, days: &[Weekday], start: &str, count: usize) -> Vec<String> {
        let rule = Repeat { every, interval, days: days.to_vec() };
        let start = at(start);
        let mut all = vec![start];
        while all.len() < count {
            let last = all.last().copied().expect("the first");
            all.push(rule.next(start, last).expect("a next one"));
        }
        all.iter().map(|it| it.date().to_string()).collect()
    }

    #[test]
    fn days_weeks_months_and_years_are_counted_from_the_first() {
        assert_eq!(series(Every::Day, 2, &[], "2026-11-16T10:00", 3), ["2026-11-16", "2026-11-18", "2026-11-20"]);
        assert_eq!(series(Every::Week, 2, &[], "2026-11-16T10:00", 3), ["2026-11-16", "2026-11-30", "2026-12-14"]);
        assert_eq!(series(Every::Month, 1, &[], "2026-12-31T10:00", 4), ["2026-12-31", "2027-01-31", "2027-02-28", "2027-03-31"]);
        assert_eq!(series(Every::Month, 3, &[], "2026-11-30T10:00", 3), ["2026-11-30", "2027-02-28", "2027-05-30"]);
        assert_eq!(series(Every::Year, 1, &[], "2028-02-29T10:00", 5), ["2028-02-29", "2029-02-28", "2030-02-28", "2031-02-28", "2032-02-29"]);
    }

    #[test]
    fn some_days_of_the_week_are_those_days_in_every_nth_week() {
        let days = [Weekday::Monday, Weekday::Friday];
        assert_eq!(series(Every::Week, 1, &days, "2026-11-16T10:00", 4), ["2026-11-16", "2026-11-20", "2026-11-23", "2026-11-27"]);
        assert_eq!(series(Every::Week, 2, &days, "2026-11-20T10:00", 4), ["2026-11-20", "2026-11-30", "2026-12-04", "2026-12-14"]);
    }

    #[test]
    fn what_was_missed_is_not_made_up_for() {
        let rule = Repeat { every: Every::Day, interval: 1, days: Vec::new() };
        assert_eq!(rule.next(at("2026-11-01T10:00"), at("2026-11-16T09:00")), Some(at("2026-11-16T10:00")));
        assert_eq!(rule.next(at("2026-11-01T10:00"), at("2026-11-16T10:00")), Some(at("2026-11-17T10:00")));
        let rule = Repeat { every: Every::Month, interval: 1, days: Vec::new() };
        assert_eq!(rule.next(at("2026-01-31T10:00"), at("2026-02-28T09:00")), Some(at("2026-02-28T10:00")));
        assert_eq!(rule.next(at("2026-01-31T10:00"), at("9999-12-31T11:00")), None);
    }
}
