//! Durations: ISO 8601 and the short forms people type, to whole seconds and back.

use crate::script::fold_width;

/// Longest duration taken, in seconds: ten thousand years of 365 days.
pub const MAX_SECONDS: i64 = 10_000 * 365 * 86_400;

/// Why a text is not a duration.
#[derive(Clone, Copy, Debug, PartialEq, Eq, thiserror::Error)]
pub enum DurationError {
    /// Nothing was given.
    #[error("the duration is empty")]
    Empty,
    /// Not ISO 8601 and no form such as 1h30m or 1:30.
    #[error("a duration is written PT1H30M, 1h30m or 1:30")]
    Malformed,
    /// Years and months have no fixed length.
    #[error("a duration has no years or months, they differ in length")]
    CalendarUnit,
    /// Beyond [`MAX_SECONDS`].
    #[error("the duration is too long")]
    TooLong,
}

impl DurationError {
    /// The stable machine code of the error.
    pub fn code(self) -> &'static str {
        match self {
            DurationError::Empty => "duration_empty",
            DurationError::Malformed => "duration_malformed",
            DurationError::CalendarUnit => "duration_calendar_unit",
            DurationError::TooLong => "duration_too_long",
        }
    }
}

const UNITS: [(&str, i64); 32] = [
    ("weeks", 604_800),
    ("week", 604_800),
    ("星期", 604_800),
    ("周", 604_800),
    ("w", 604_800),
    ("days", 86_400),
    ("day", 86_400),
    ("天", 86_400),
    ("日", 86_400),
    ("d", 86_400),
    ("hours", 3_600),
    ("hour", 3_600),
    ("hrs", 3_600),
    ("hr", 3_600),
    ("个小时", 3_600),
    ("小时", 3_600),
    ("时", 3_600),
    ("h", 3_600),
    ("minutes", 60),
    ("minute", 60),
    ("mins", 60),
    ("min", 60),
    ("分钟", 60),
    ("分", 60),
    ("m", 60),
    ("seconds", 1),
    ("second", 1),
    ("secs", 1),
    ("sec", 1),
    ("秒钟", 1),
    ("秒", 1),
    ("s", 1),
];

/// Reads a duration as seconds: `PT1H30M`, `P1DT2H`, `1h30m`, `1.5h`, `1:30` (hours and minutes), `1:30:05`, `1小时30分钟`;
/// a bare whole number is seconds.
pub fn parse(input: &str) -> Result<i64, DurationError> {
    if input.len() > 200 {
        return Err(DurationError::Malformed);
    }
    let text = fold_width(input).trim().to_lowercase();
    let (negative, text) = match text.strip_prefix('-') {
        Some(rest) => (true, rest),
        None => (false, text.strip_prefix('+').unwrap_or(&text)),
    };
    if text.is_empty() {
        return Err(DurationError::Empty);
    }
    let seconds = if let Some(iso) = text.strip_prefix('p') {
        parse_iso(iso)?
    } else if text.bytes().all(|byte| byte.is_ascii_digit()) {
        text.parse().map_err(|_| DurationError::TooLong)?
    } else if text.contains(':') {
        parse_clock(text)?
    } else {
        parse_units(text)?
    };
    if seconds > MAX_SECONDS {
        return Err(DurationError::TooLong);
    }
    Ok(if negative { -seconds } else { seconds })
}

/// ISO 8601 in hours, minutes and seconds: 5400 is `PT1H30M`, 0 is `PT0S`.
pub fn to_iso(seconds: i64) -> String {
    let (sign, [hours, minutes, rest]) = split(seconds);
    let mut text = format!("{sign}PT");
    for (value, unit) in [(hours, 'H'), (minutes, 'M'), (rest, 'S')] {
        if value != 0 || (unit == 'S' && seconds == 0) {
            text.push_str(&format!("{value}{unit}"));
        }
    }
    text
}

/// The short form: 5400 is `1h30m`, 0 is `0s`.
pub fn to_short(seconds: i64) -> String {
    to_iso(seconds).replace("PT", "").to_lowercase()
}

fn split(seconds: i64) -> (&'static str, [u64; 3]) {
    let total = seconds.unsigned_abs();
    (if seconds < 0 { "-" } else { "" }, [total / 3_600, total / 60 % 60, total % 60])
}

fn parse_iso(text: &str) -> Result<i64, DurationError> {
    let (date, time) = match text.split_once('t') {
        Some((_, "")) => return Err(DurationError::Malformed),
        Some((date, time)) => (date, time),
        None => (text, ""),
    };
    if date.contains(['y', 'm']) {
        return Err(DurationError::CalendarUnit);
    }
    if date.is_empty() && time.is_empty() {
        return Err(DurationError::Malformed);
    }
    let days = parse_ordered(date, &[('w', 604_800), ('d', 86_400)])?;
    let rest = parse_ordered(time, &[('h', 3_600), ('m', 60), ('s', 1)])?;
    days.checked_add(rest).ok_or(DurationError::TooLong)
}

/// Numbers with the given units, each at most once and in order.
fn parse_ordered(mut text: &str, units: &[(char, i64)]) -> Result<i64, DurationError> {
    let mut total: i64 = 0;
    for (unit, factor) in units {
        let Some((number, rest)) = text.split_once(*unit) else { continue };
        total = total.checked_add(scaled(number, *factor)?).ok_or(DurationError::TooLong)?;
        text = rest;
    }
    if text.is_empty() { Ok(total) } else { Err(DurationError::Malformed) }
}

fn parse_clock(text: &str) -> Result<i64, DurationError> {
    let parts: Vec<&str> = text.split(':').collect();
    let well_formed = parts.iter().all(|part| !part.is_empty() && part.bytes().all(|byte| byte.is_ascii_digit()));
    let in_range = parts.iter().skip(1).all(|part| part.len() == 2 && *part < "60");
    if !well_formed || !in_range {
        return Err(DurationError::Malformed);
    }
    match parts.as_slice() {
        [hours, minutes] => Ok(scaled(hours, 3_600)?.saturating_add(scaled(minutes, 60)?)),
        [hours, minutes, seconds] => Ok(scaled(hours, 3_600)?.saturating_add(scaled(minutes, 60)?).saturating_add(scaled(seconds, 1)?)),
        _ => Err(DurationError::Malformed),
    }
}

fn parse_units(text: &str) -> Result<i64, DurationError> {
    let mut rest = text;
    let mut total: i64 = 0;
    let mut smallest = i64::MAX;
    while !rest.is_empty() {
        let end = rest.find(|character: char| !character.is_ascii_digit() && character != '.').ok_or(DurationError::Malformed)?;
        let (number, after) = rest.split_at(end);
        let after = after.trim_start();
        let (unit, factor) = UNITS.iter().find(|(unit, _)| after.starts_with(unit)).ok_or(DurationError::Malformed)?;
        if *factor >= smallest {
            return Err(DurationError::Malformed);
        }
        smallest = *factor;
        total = total.checked_add(scaled(number, *factor)?).ok_or(DurationError::TooLong)?;
        rest = after[unit.len()..].trim_start();
    }
    Ok(total)
}

/// A decimal number times a whole factor, exact; a result that is no whole number is malformed.
fn scaled(number: &str, factor: i64) -> Result<i64, DurationError> {
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let all_digits = |part: &str| part.bytes().all(|byte| byte.is_ascii_digit());
    if whole.is_empty() || !all_digits(whole) || !all_digits(fraction) || fraction.len() > 6 || number.ends_with('.') {
        return Err(DurationError::Malformed);
    }
    let whole: i64 = whole.parse().map_err(|_| DurationError::TooLong)?;
    let divisor = 10_i64.pow(u32::try_from(fraction.len()).unwrap_or_default());
    let part = if fraction.is_empty() { 0 } else { fraction.parse::<i64>().map_err(|_| DurationError::Malformed)? * factor };
    if part % divisor != 0 {
        return Err(DurationError::Malformed);
    }
    whole.checked_mul(factor).and_then(|seconds| seconds.checked_add(part / divisor)).ok_or(DurationError::TooLong)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn reading() {
        for (text, seconds) in [
            ("PT1H30M", 5_400),
            ("pt90m", 5_400),
            ("P1DT2H", 93_600),
            ("P2W", 1_209_600),
            ("PT0.5H", 1_800),
            ("-PT10S", -10),
            ("1h30m", 5_400),
            ("1h 30min", 5_400),
            ("1.5h", 5_400),
            ("90 minutes", 5_400),
            ("1:30", 5_400),
            ("1:30:05", 5_405),
            ("１小时３０分钟", 5_400),
            ("2天", 172_800),
            ("3个小时", 10_800),
            ("45", 45),
            ("0s", 0),
        ] {
            assert_eq!(parse(text), Ok(seconds), "{text}");
        }
    }

    #[test]
    fn refused() {
        for (text, error) in [
            ("", DurationError::Empty),
            ("P", DurationError::Malformed),
            ("PT", DurationError::Malformed),
            ("P1DT", DurationError::Malformed),
            ("P1Y", DurationError::CalendarUnit),
            ("P1M", DurationError::CalendarUnit),
            ("PT1M1H", DurationError::Malformed),
            ("1m1h", DurationError::Malformed),
            ("1:60", DurationError::Malformed),
            ("1:2:3:4", DurationError::Malformed),
            ("soon", DurationError::Malformed),
            ("1h30", DurationError::Malformed),
            ("1.1.1h", DurationError::Malformed),
            ("99999999999999999999h", DurationError::TooLong),
            ("9223372036854775807", DurationError::TooLong),
            ("999999999999w", DurationError::TooLong),
        ] {
            assert_eq!(parse(text), Err(error), "{text}");
        }
    }

    #[test]
    fn writing() {
        for (seconds, iso, short) in [(0, "PT0S", "0s"), (5_400, "PT1H30M", "1h30m"), (-61, "-PT1M1S", "-1m1s"), (90_000, "PT25H", "25h")] {
            assert_eq!((to_iso(seconds).as_str(), to_short(seconds).as_str()), (iso, short));
        }
    }

    proptest::proptest! {
        #[test]
        fn round_trip(seconds in -MAX_SECONDS..=MAX_SECONDS) {
            proptest::prop_assert_eq!(parse(&to_iso(seconds)), Ok(seconds));
            proptest::prop_assert_eq!(parse(&to_short(seconds)), Ok(seconds));
        }

        #[test]
        fn never_panics(text in ".{0,30}|[0-9ptdhmsw.:\\-]{0,12}") {
            let _ = parse(&text);
        }
    }
}
