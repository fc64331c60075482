//! The last whole months, and what an average day of them held.

use guanxi_kernel::{KernelError, Result};
use jiff::ToSpan as _;
use jiff::civil::Date;
use rust_decimal::Decimal;

/// The days of every month of a year, and of a leap February: so many parts of a month's sum make a day's without a remainder.
const PARTS: i64 = 28 * 29 * 30 * 31;

/// So many whole months before the one a day lies in.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Window {
    /// The first day that counts.
    pub from: Date,
    /// The first that counts no more.
    pub until: Date,
    /// How many.
    pub months: i64,
}

impl Window {
    /// The last months before the one of `today`.
    ///
    /// # Errors
    /// Where the calendar ends.
    pub fn before(today: Date, months: i64) -> Result<Self> {
        let until = today.first_of_month();
        let from = until.checked_sub(months.months()).map_err(|error| KernelError::Internal(error.to_string()))?;
        Ok(Self { from, until, months })
    }

    /// The mean of the months' daily averages, to the cent, and the same in parts that compare exactly. A month without any
    /// amount counts with 0.
    pub fn average(&self, months: &[Month]) -> (Decimal, Decimal) {
        let parts: Decimal = months.iter().map(Month::parts).sum();
        let mean = parts.checked_div(Decimal::from(PARTS * self.months.max(1))).unwrap_or_default();
        (mean.round_dp(2), parts)
    }
}

/// What the days of a month held, added up.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Month {
    /// Its first day.
    pub first: Date,
    /// The sum.
    pub sum: Decimal,
}

impl Month {
    /// How many days it has.
    pub fn days(&self) -> i64 {
        i64::from(self.first.days_in_month())
    }

    /// What an average day of it held, to the cent.
    pub fn average(&self) -> Decimal {
        self.sum.checked_div(Decimal::from(self.days())).unwrap_or_default().round_dp(2)
    }

    fn parts(&self) -> Decimal {
        self.sum.checked_mul(Decimal::from(PARTS / self.days())).unwrap_or(Decimal::MAX)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn date(text: &str) -> Date {
        text.parse().expect("a date")
    }

    fn month(first: &str, sum: i64) -> Month {
        Month { first: date(first), sum: Decimal::from(sum) }
    }

    #[test]
    fn a_window_holds_whole_months_only() {
        let window = Window::before(date("2026-03-31"), 6).expect("a window");
        assert_eq!((window.from, window.until), (date("2025-09-01"), date("2026-03-01")));
        assert_eq!(Window::before(date("2026-03-01"), 1).expect("a window").from, date("2026-02-01"), "a month that has just begun is none");
    }

    #[test]
    fn short_and_long_months_weigh_the_same() {
        // 100 a day in February and in March.
        let window = Window::before(date("2026-04-10"), 2).expect("a window");
        let (average, parts) = window.average(&[month("2026-02-01", 2_800), month("2026-03-01", 3_100)]);
        assert_eq!(average, Decimal::from(100));
        assert_eq!(parts, window.average(&[month("2026-03-01", 6_200)]).1, "all of it in one month is the same mean");
        assert_eq!(month("2024-02-01", 2_900).average(), Decimal::from(100), "a leap year");
        assert_eq!(window.average(&[month("2026-03-01", 3_100)]).0, Decimal::from(50), "a month without anything counts");
    }
}
