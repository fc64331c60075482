//! Days of work: Monday to Friday, less the holidays a workspace keeps, plus the weekend days worked instead.

use std::collections::BTreeMap;

use guanxi_expr::{CompareOp, Value};
use jiff::ToSpan as _;
use jiff::civil::{Date, Weekday};

use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::schema::DELETED_AT;
use crate::store::{ColumnRef, Condition, ReadTx, Select};

/// The object that keeps exceptions: fields `date` and `kind`.
pub const HOLIDAY_OBJECT: &str = "holiday";
/// The kind of a weekend day that is worked.
pub const WORKED: &str = "working_day";
/// So far ahead or back days are looked at when working days are counted.
const FARTHEST_DAYS: i32 = 3_660;

/// Which days are worked, between two days.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct WorkingDays {
    from: Date,
    until: Date,
    exceptions: BTreeMap<Date, bool>,
}

impl WorkingDays {
    /// From exceptions to the week: `true` where such a day is worked.
    pub fn new(from: Date, until: Date, exceptions: impl IntoIterator<Item = (Date, bool)>) -> Self {
        Self { from, until, exceptions: exceptions.into_iter().collect() }
    }

    /// Those of a workspace between two days, both included, whatever the caller may see.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn load(context: &Context, tx: &mut dyn ReadTx, from: Date, until: Date) -> Result<Self> {
        let Some(object) = context.schema.object(HOLIDAY_OBJECT) else { return Ok(Self::new(from, until, [])) };
        let column = |name: &str| object.field(name).and_then(|it| it.part("")).map(|it| it.column);
        let (Some(date), Some(kind)) = (column("date"), column("kind")) else { return Ok(Self::new(from, until, [])) };
        let at = ColumnRef::main(date);
        let within = Condition::Compare(at, CompareOp::Ge, Value::Date(from)).and(Condition::Compare(at, CompareOp::Le, Value::Date(until)));
        let rows = tx.rows(&Select::all(&object.table, within.and(Condition::IsNull(ColumnRef::main(DELETED_AT)))))?;
        let read = rows.iter().filter_map(|row| match (row.get(date), row.get(kind)) {
            (Some(Value::Date(date)), Some(Value::Text(kind))) => Some((*date, kind == WORKED)),
            _ => None,
        });
        Ok(Self::new(from, until, read))
    }

    /// Whether a day is worked.
    pub fn is_working(&self, day: Date) -> bool {
        let weekend = matches!(day.weekday(), Weekday::Saturday | Weekday::Sunday);
        self.exceptions.get(&day).copied().unwrap_or(!weekend)
    }

    /// The exception that stands on a day: `true` where it is worked instead.
    pub fn exception(&self, day: Date) -> Option<bool> {
        self.exceptions.get(&day).copied()
    }

    /// How many days of work there are from one day to another, both included.
    pub fn count(&self, from: Date, to: Date) -> u32 {
        let days = from.series(1.day()).take_while(|it| *it <= to);
        u32::try_from(days.filter(|it| self.is_working(*it)).count()).unwrap_or(u32::MAX)
    }

    /// The day that many days of work later (earlier where negative); with 0 the day itself or the next that is worked.
    ///
    /// # Errors
    /// Where it lies outside the days loaded.
    pub fn add(&self, day: Date, count: i32) -> Result<Date> {
        let step = if count < 0 { -1 } else { 1 };
        let mut day = self.within(day)?;
        let mut left = count.unsigned_abs();
        if count == 0 {
            while !self.is_working(day) {
                day = self.within(day.saturating_add(1.day()))?;
            }
        }
        while left > 0 {
            day = self.within(day.saturating_add(step.days()))?;
            left -= u32::from(self.is_working(day));
        }
        Ok(day)
    }

    fn within(&self, day: Date) -> Result<Date> {
        if (self.from..=self.until).contains(&day) {
            return Ok(day);
        }
        Err(KernelError::bad_request("bad_request", "天数超出可计算的范围", "this is more days than can be counted"))
    }
}

/// The day that many days of work after another (before, where negative).
///
/// # Errors
/// More days than ten years have; fails where the database does.
pub fn add_working_days(context: &Context, tx: &mut dyn ReadTx, day: Date, count: i32) -> Result<Date> {
    let reach = count.unsigned_abs().saturating_mul(2).saturating_add(30);
    let reach = i32::try_from(reach).unwrap_or(FARTHEST_DAYS).min(FARTHEST_DAYS);
    let (from, until) = (day.saturating_sub(reach.days()), day.saturating_add(reach.days()));
    WorkingDays::load(context, tx, from, until)?.add(day, count)
}

/// Whether a day is worked.
///
/// # Errors
/// Fails where the database does.
pub fn is_working_day(context: &Context, tx: &mut dyn ReadTx, day: Date) -> Result<bool> {
    Ok(WorkingDays::load(context, tx, day, day)?.is_working(day))
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    /// Spring Festival of 2026: 15 to 23 February off; 14 and 28 February, both Saturdays, worked.
    fn spring() -> WorkingDays {
        let off = (15..=23).map(|day| (date(2026, 2, day), false));
        WorkingDays::new(date(2026, 1, 1), date(2026, 12, 31), off.chain([(date(2026, 2, 14), true), (date(2026, 2, 28), true)]))
    }

    #[test]
    fn holidays_are_off_and_make_up_days_are_worked() {
        let days = spring();
        assert!(days.is_working(date(2026, 2, 14)) && days.is_working(date(2026, 2, 28)));
        assert!(!days.is_working(date(2026, 2, 16)) && !days.is_working(date(2026, 2, 22)));
        assert!(days.is_working(date(2026, 2, 24)) && !days.is_working(date(2026, 3, 1)));
        assert_eq!(days.count(date(2026, 2, 13), date(2026, 2, 28)), 7);
    }

    #[test]
    fn days_of_work_are_added_and_taken_away() {
        let days = spring();
        assert_eq!(days.add(date(2026, 2, 13), 1).ok(), Some(date(2026, 2, 14)));
        assert_eq!(days.add(date(2026, 2, 13), 2).ok(), Some(date(2026, 2, 24)));
        assert_eq!(days.add(date(2026, 2, 24), -2).ok(), Some(date(2026, 2, 13)));
        assert_eq!(days.add(date(2026, 2, 17), 0).ok(), Some(date(2026, 2, 24)));
        assert!(days.add(date(2026, 12, 30), 5).is_err(), "beyond what was loaded");
    }
}
