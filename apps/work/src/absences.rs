//! Days on which members are not there, from their absences and from what their own records say. Why is not asked.

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, among, known_records};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, ReadTx};
use guanxi_kernel::{Result, Value};
use jiff::civil::{Date, time};
use jiff::tz::TimeZone;
use jiff::{SignedDuration, Timestamp, ToSpan as _};
use uuid::Uuid;

/// The object.
const ABSENCE: &str = "absence";
/// Most absences looked at for one answer.
const MOST: u64 = 5_000;

/// Part of a day.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Part {
    /// All of it.
    Whole,
    /// Until noon.
    Morning,
    /// From noon on.
    Afternoon,
}

/// Somebody's absence.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Absence {
    /// Who.
    pub member: Uuid,
    /// The first day.
    pub first: Date,
    /// The last day.
    pub last: Date,
    /// Of each of the days.
    pub part: Part,
}

impl Absence {
    /// When it is where days begin as in this zone: one span, or one for each of several half days.
    pub fn spans(&self, zone: &TimeZone) -> Vec<(Timestamp, Timestamp)> {
        let at = |day: Date, hour: i8| day.to_datetime(time(hour, 0, 0, 0)).to_zoned(zone.clone()).ok().map(|it| it.timestamp());
        let span = |first: Date, from: i8, last: Date, until: i8| Some((at(first, from)?, at(last, until)?));
        if self.part == Part::Whole {
            return span(self.first, 0, self.last.saturating_add(1.day()), 0).into_iter().collect();
        }
        let days = self.first.series(1.day()).take_while(|it| *it <= self.last);
        let half = |day: Date| if self.part == Part::Morning { span(day, 0, day, 12) } else { span(day, 12, day.saturating_add(1.day()), 0) };
        days.filter_map(half).collect()
    }

    /// How much of a day is left: 0, 1 or 2 halves.
    pub fn halves_left(&self, day: Date) -> u8 {
        match self.part {
            _ if day < self.first || day > self.last => 2,
            Part::Whole => 0,
            Part::Morning | Part::Afternoon => 1,
        }
    }
}

/// The absences of members between two moments.
///
/// # Errors
/// Fails where the database does.
pub fn between(context: &Context, tx: &mut dyn ReadTx, members: &[Record], from: Timestamp, until: Timestamp) -> Result<Vec<Absence>> {
    let day = |it: Timestamp| it.to_zoned(context.time_zone.clone()).date();
    // A day more on either side: zones differ.
    let (first, last) = (day(from).saturating_sub(1.day()), day(until).saturating_add(1.day()));
    let ids: Vec<Uuid> = members.iter().map(Record::id).collect();
    let condition = |it: &dyn Fn(&str) -> Result<ColumnRef>| {
        Ok(among(it("member"), ids)?.and(Condition::Compare(it("first_day")?, CompareOp::Le, Value::Date(last))).and(Condition::Compare(
            it("last_day")?,
            CompareOp::Ge,
            Value::Date(first),
        )))
    };
    let found = known_records(context, tx, ABSENCE, condition, MOST)?;
    let read = found.iter().filter_map(|it| {
        let (Some(member), Value::Date(first), Value::Date(last)) = (it.reference("member"), it.value("first_day"), it.value("last_day")) else {
            return None;
        };
        let part = match it.value("part").as_text() {
            Some("morning") => Part::Morning,
            Some("afternoon") => Part::Afternoon,
            _ => Part::Whole,
        };
        Some(Absence { member, first, last, part })
    });
    let own = members.iter().filter_map(|it| {
        let Value::DateTime(end) = it.value("absent_until") else { return None };
        let start = if let Value::DateTime(start) = it.value("absent_from") { start } else { context.now };
        // Who is back at midnight is there on that day.
        let last = day(end - SignedDuration::from_secs(1));
        (end > from && start < until).then(|| Absence { member: it.id(), first: day(start), last, part: Part::Whole })
    });
    Ok(read.chain(own).collect())
}

#[cfg(test)]
mod tests {
    use jiff::civil::date;

    use super::*;

    #[test]
    fn a_day_lasts_as_long_as_it_does_where_one_is() {
        let away = |zone: &str, part| {
            let absence = Absence { member: Uuid::nil(), first: date(2026, 3, 29), last: date(2026, 3, 29), part };
            absence.spans(&TimeZone::get(zone).unwrap_or(TimeZone::UTC)).iter().map(|it| it.1.as_second() - it.0.as_second()).collect::<Vec<_>>()
        };
        assert_eq!(away("Asia/Shanghai", Part::Whole), [24 * 3_600]);
        assert_eq!(away("Europe/Berlin", Part::Whole), [23 * 3_600], "the clock is set forward that night");
        assert_eq!(away("Europe/Berlin", Part::Morning), [11 * 3_600]);
        assert_eq!(away("Europe/Berlin", Part::Afternoon), [12 * 3_600]);
    }
}
