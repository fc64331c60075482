//! Months, quarters and years.

use jiff::ToSpan as _;
use jiff::civil::{Date, date};

/// A kind of period.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Period {
    /// A month of the calendar.
    Month,
    /// Three of them, from January, April, July or October on.
    Quarter,
    /// A year of the calendar.
    Year,
}

impl Period {
    /// By the value of the field.
    pub fn named(name: &str) -> Option<Self> {
        match name {
            "month" => Some(Self::Month),
            "quarter" => Some(Self::Quarter),
            "year" => Some(Self::Year),
            _ => None,
        }
    }

    fn months(self) -> i8 {
        match self {
            Self::Month => 1,
            Self::Quarter => 3,
            Self::Year => 12,
        }
    }

    /// The first day of the period a day is in.
    pub fn first_day(self, day: Date) -> Date {
        date(day.year(), (day.month() - 1) / self.months() * self.months() + 1, 1)
    }

    /// The day after the last one of the period that begins on a day.
    pub fn behind_last(self, first: Date) -> Date {
        first.saturating_add(i64::from(self.months()).months())
    }

    /// `2026-11`, `2026 Q4`, `2026`: the same in every language.
    pub fn text(self, first: Date) -> String {
        match self {
            Self::Month => format!("{}-{:02}", first.year(), first.month()),
            Self::Quarter => format!("{} Q{}", first.year(), (first.month() + 2) / 3),
            Self::Year => first.year().to_string(),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn periods_begin_and_end_with_the_calendar() {
        let of = |period: Period, day: Date| {
            let first = period.first_day(day);
            (first, period.behind_last(first).yesterday().ok(), period.text(first))
        };
        assert_eq!(of(Period::Month, date(2028, 2, 29)), (date(2028, 2, 1), Some(date(2028, 2, 29)), "2028-02".into()));
        assert_eq!(of(Period::Quarter, date(2026, 12, 31)), (date(2026, 10, 1), Some(date(2026, 12, 31)), "2026 Q4".into()));
        assert_eq!(of(Period::Quarter, date(2026, 1, 1)), (date(2026, 1, 1), Some(date(2026, 3, 31)), "2026 Q1".into()));
        assert_eq!(of(Period::Quarter, date(2026, 9, 30)).0, date(2026, 7, 1));
        assert_eq!(of(Period::Year, date(2026, 7, 15)), (date(2026, 1, 1), Some(date(2026, 12, 31)), "2026".into()));
    }
}
