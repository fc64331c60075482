//! Literals: exact numbers, and texts that stand for dates, durations and ids.

use jiff::civil::Date;
use rust_decimal::Decimal;

use crate::Value;

/// Seconds of a day as `days(1)` means it.
const SECONDS_PER_DAY: i64 = 86_400;
/// Up to so many significant digits a binary floating point number gives back the decimal digits it was read from.
const EXACT_DIGITS: usize = 15;

/// The decimal a number literal spells. The parser has read it as binary floating point; where that may have lost
/// digits, `source` (the literal as written) is asked.
pub(super) fn exact_decimal<'a>(read: f64, source: impl FnOnce() -> Option<&'a str>) -> Option<Decimal> {
    let shortest = read.to_string();
    if shortest.bytes().filter(u8::is_ascii_digit).count() <= EXACT_DIGITS {
        return shortest.parse().ok();
    }
    let written = source().map(|text| text.trim_start_matches(['-', ' ']));
    match written.filter(|text| text.starts_with(|first: char| first.is_ascii_digit() || first == '.')) {
        Some(text) => {
            let number = Decimal::from_str_exact(text).or_else(|_| Decimal::from_scientific(text)).ok()?;
            Some(if read.is_sign_negative() { -number } else { number })
        }
        None => Decimal::from_scientific(&format!("{read:e}")).ok(),
    }
}

/// A date written `2026-03-01`.
pub(super) fn date(text: &str) -> Option<Date> {
    let shaped =
        text.len() == 10 && text.bytes().enumerate().all(|(index, byte)| if index == 4 || index == 7 { byte == b'-' } else { byte.is_ascii_digit() });
    if shaped { text.parse().ok() } else { None }
}

/// A length of time such as `1h 30m`, `2 days`, `PT45M`; no units above days, as months have no fixed length.
pub(super) fn duration(text: &str) -> Option<i64> {
    let span: jiff::Span = text.trim().parse().ok()?;
    if span.get_years() != 0 || span.get_months() != 0 {
        return None;
    }
    let days = i64::from(span.get_weeks()) * 7 + i64::from(span.get_days());
    let seconds = i64::from(span.get_hours()) * 3600 + span.get_minutes() * 60 + span.get_seconds();
    days.checked_mul(SECONDS_PER_DAY)?.checked_add(seconds)
}

/// A date and time, with a zone (`2026-03-01T09:00:00+08:00`) or without one.
pub(crate) enum WrittenDateTime {
    /// With a zone: one moment.
    Moment(jiff::Timestamp),
    /// Without: a moment once the reader's zone is known.
    Local(jiff::civil::DateTime),
}

/// Reads a date and time; also a bare date, which is the start of that day.
pub(crate) fn datetime(text: &str) -> Option<WrittenDateTime> {
    let text = text.trim();
    if let Some(day) = date(text) {
        return Some(WrittenDateTime::Local(day.at(0, 0, 0, 0)));
    }
    date(text.get(..10)?)?;
    if let Ok(moment) = text.parse() {
        return Some(WrittenDateTime::Moment(moment));
    }
    text.parse().ok().map(WrittenDateTime::Local)
}

/// An id in any of the usual spellings of a UUID.
pub(super) fn id(text: &str) -> Option<Value> {
    text.parse().ok().map(Value::Id)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn decimals_keep_the_digits_as_written() {
        let plain = exact_decimal(0.1, || None).map(|number| number.to_string());
        assert_eq!(plain.as_deref(), Some("0.1"));
        let long = exact_decimal(0.123_456_789_012_345_68, || Some("0.12345678901234567890"));
        assert_eq!(long.map(|number| number.to_string()).as_deref(), Some("0.12345678901234567890"));
        let negative = exact_decimal(-12_345_678_901_234_567.0, || Some("- 12345678901234567.5"));
        assert_eq!(negative.map(|number| number.to_string()).as_deref(), Some("-12345678901234567.5"));
        assert_eq!(exact_decimal(1e300, || Some("1e300")), None);
    }

    #[test]
    fn impossible_dates_are_none() {
        assert!(date("2026-02-28").is_some());
        for wrong in ["2026-02-29", "2026-13-01", "2026-2-1", "20260201", "tomorrow", "2026-02-28x"] {
            assert_eq!(date(wrong), None, "{wrong}");
        }
    }

    #[test]
    fn datetimes_with_and_without_zone() {
        assert!(matches!(datetime("2026-03-01T09:00:00Z"), Some(WrittenDateTime::Moment(_))));
        assert!(matches!(datetime("2026-03-01 09:00+08:00"), Some(WrittenDateTime::Moment(_))));
        assert!(matches!(datetime("2026-03-01 09:00"), Some(WrittenDateTime::Local(_))));
        assert!(datetime("2026-02-30 09:00").is_none());
        assert!(datetime("2026-03-01 25:00").is_none());
    }

    #[test]
    fn durations_are_seconds() {
        assert_eq!(duration("1h 30m"), Some(5400));
        assert_eq!(duration("2 days"), Some(172_800));
        assert_eq!(duration("PT45M"), Some(2700));
        assert_eq!(duration("1 month"), None);
        assert_eq!(duration("soon"), None);
    }
}
