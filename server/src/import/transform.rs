//! How the text of a cell becomes what is meant, before the field's type reads it.

use std::borrow::Cow;

use guanxi_kernel::FieldError;
use guanxi_kernel::schema::{FieldKind, Label};
use jiff::civil::{Date, DateTime};
use jiff::tz::TimeZone;
use jiff::{Timestamp, ToSpan as _};

use super::{ColumnOptions, DateForm, DateOrder, Split, Take, Unit, shortened};

/// Smallest exponent that a spreadsheet writes numbers of so many digits with.
const MANY_DIGITS: usize = 9;

/// What a cell means, `None` where it says nothing. `text` is without white space around.
pub(super) fn meant<'t>(text: &'t str, options: &'t ColumnOptions, zone: &TimeZone) -> Option<Cow<'t, str>> {
    let otherwise = || Some(options.otherwise.as_str()).filter(|it| !it.is_empty()).map(Cow::Borrowed);
    if text.is_empty() || options.empty.iter().any(|it| it.trim().to_lowercase() == text.to_lowercase()) {
        return otherwise();
    }
    let part = options.split.as_ref().map_or(Some(text), |it| part_of(text, it)).map(str::trim).filter(|it| !it.is_empty());
    let Some(part) = part else { return otherwise() };
    let tidied = options.take.map_or(Cow::Borrowed(part), |it| tidied(part, it));
    let mut meant = match options.values.get(tidied.as_ref()) {
        Some(value) => Cow::Borrowed(value.as_str()),
        None => tidied,
    };
    if meant.is_empty() {
        return otherwise();
    }
    let other = options.unit.and_then(|it| in_units(&meant, Some(it)));
    let other = other.or_else(|| options.date_form.and_then(|it| day_of(&meant, it, zone)));
    if let Some(other) = other.or_else(|| options.date_order.and_then(|it| year_first(&meant, it))) {
        meant = Cow::Owned(other);
    }
    if options.prefix.is_empty() && options.suffix.is_empty() {
        return Some(meant);
    }
    Some(Cow::Owned(format!("{}{meant}{}", options.prefix, options.suffix)))
}

fn part_of<'t>(text: &'t str, split: &Split) -> Option<&'t str> {
    let parts: Vec<&str> = if split.at.trim().is_empty() { text.split_whitespace().collect() } else { text.split(split.at.as_str()).collect() };
    let from_the_end = split.part < 0;
    let place = usize::try_from(split.part.unsigned_abs()).ok()?.checked_sub(1)?;
    let place = if from_the_end { parts.len().checked_sub(place + 1)? } else { place };
    parts.get(place).copied()
}

fn tidied(text: &str, take: Take) -> Cow<'_, str> {
    match take {
        // Its digits are not all there: put together they would be another number.
        Take::Digits if is_shortened(text) => Cow::Borrowed(text),
        Take::Digits => {
            let digit = |it: char| if ('０'..='９').contains(&it) { char::from_u32(u32::from(it) - 0xfee0) } else { Some(it) };
            Cow::Owned(text.chars().filter_map(digit).filter(char::is_ascii_digit).collect())
        }
        Take::Upper => Cow::Owned(text.to_uppercase()),
        Take::Lower => Cow::Owned(text.to_lowercase()),
        Take::Title => Cow::Owned(titled(text)),
        Take::Trim => Cow::Owned(text.split_whitespace().collect::<Vec<_>>().join(" ")),
    }
}

fn titled(text: &str) -> String {
    let mut begins = true;
    let mut titled = String::with_capacity(text.len());
    for it in text.chars() {
        if begins {
            titled.extend(it.to_uppercase())
        } else {
            titled.extend(it.to_lowercase())
        }
        begins = !it.is_alphanumeric() && it != '\'' && it != '’';
    }
    titled
}

/// An amount in units as the number it is: `12.5` in 万, or `12.5万`, as `125000`. What says its unit itself is believed.
pub(super) fn in_units(text: &str, unit: Option<Unit>) -> Option<String> {
    let begin = text.find(|it: char| it.is_ascii_digit())?;
    let end = text.rfind(|it: char| it.is_ascii_digit())? + 1;
    let (head, number, tail) = (text.get(..begin)?, text.get(begin..end)?, text.get(end..)?.trim_start());
    let (zeros, tail) = if let Some(tail) = tail.strip_prefix('万').or_else(|| tail.strip_prefix('萬')) {
        (4, tail)
    } else if let Some(tail) = tail.strip_prefix('亿').or_else(|| tail.strip_prefix('億')) {
        (8, tail)
    } else {
        let zeros = match unit? {
            Unit::Thousand => 3,
            Unit::Wan => 4,
            Unit::Yi => 8,
        };
        (zeros, tail)
    };
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    // A second point, or anything but digits and the commas between them, is no number of ours.
    if !fraction.bytes().all(|it| it.is_ascii_digit()) || !whole.chars().all(|it| it.is_ascii_digit() || it == ',' || it == '，') {
        return None;
    }
    let mut digits: String = whole.chars().filter(char::is_ascii_digit).collect();
    digits.push_str(fraction.get(..zeros.min(fraction.len()))?);
    digits.extend(std::iter::repeat_n('0', zeros.saturating_sub(fraction.len())));
    let rest = fraction.get(zeros.min(fraction.len())..)?.trim_end_matches('0');
    let digits = digits.trim_start_matches('0');
    let whole = if digits.is_empty() { "0" } else { digits };
    let point = if rest.is_empty() { "" } else { "." };
    Some(format!("{head}{whole}{point}{rest}{tail}"))
}

/// A date in its form as the types read it; `None` for what is not of the form.
fn day_of(text: &str, form: DateForm, zone: &TimeZone) -> Option<String> {
    match form {
        DateForm::Yyyymmdd => packed(text),
        DateForm::Excel => counted(text),
        DateForm::Unix => moment(text.parse().ok()?, zone),
        DateForm::UnixMs => moment(text.parse::<i64>().ok()?.div_euclid(1_000), zone),
        DateForm::Auto => {
            let whole = text.split('.').next().unwrap_or_default();
            let digits = whole.bytes().all(|it| it.is_ascii_digit());
            match whole.len() {
                1..=5 if digits => counted(text),
                8 | 12 | 14 if digits => packed(text),
                10 if digits => moment(whole.parse().ok()?, zone),
                13 if digits => moment(whole.parse::<i64>().ok()?.div_euclid(1_000), zone),
                _ => None,
            }
        }
    }
}

fn written(moment: DateTime) -> String {
    if moment.time() == jiff::civil::Time::midnight() { moment.date().to_string() } else { format!("{} {}", moment.date(), moment.time()) }
}

/// `20261122`, `202611220830`, `20261122083059`.
fn packed(text: &str) -> Option<String> {
    let digits: String = text.chars().filter(|it| !matches!(it, ' ' | 'T' | ':' | '-' | '/')).collect();
    if !matches!(digits.len(), 8 | 12 | 14) || !digits.bytes().all(|it| it.is_ascii_digit()) {
        return None;
    }
    let number = |from: usize, to: usize| digits.get(from..to).and_then(|it| it.parse::<i16>().ok());
    let small = |from: usize| number(from, from + 2).map_or(Some(0), |it| i8::try_from(it).ok());
    let moment = DateTime::new(number(0, 4)?, small(4)?, small(6)?, small(8)?, small(10)?, small(12)?, 0).ok()?;
    Some(written(moment))
}

/// Days as spreadsheets count them: they hold 1900 for a leap year, so that the days before March 1900 are one off.
fn counted(text: &str) -> Option<String> {
    let (days, fraction) = text.split_once('.').unwrap_or((text, "0"));
    let days: i64 = days.parse().ok()?;
    let fraction: f64 = format!("0.{fraction}").parse().ok()?;
    let zero = if days < 60 { Date::constant(1899, 12, 31) } else { Date::constant(1899, 12, 30) };
    #[expect(clippy::cast_possible_truncation, reason = "at most the seconds of a day")]
    let seconds = (fraction * 86_400.0).round() as i64;
    let day = zero.checked_add(days.checked_abs().filter(|it| *it < 3_000_000)?.days()).ok()?;
    Some(written(day.to_datetime(jiff::civil::Time::midnight()).checked_add(seconds.seconds()).ok()?))
}

fn moment(seconds: i64, zone: &TimeZone) -> Option<String> {
    Timestamp::from_second(seconds).ok().map(|it| written(it.to_zoned(zone.clone()).datetime()))
}

/// `22/11/2026 8:30` as `2026-11-22 8:30`; `None` for what is not of that form.
fn year_first(text: &str, order: DateOrder) -> Option<String> {
    let (day, rest) = text.split_at(text.find([' ', 'T']).unwrap_or(text.len()));
    let mut pieces = day.split(['/', '-', '.']);
    let (first, second, year) = (pieces.next()?, pieces.next()?, pieces.next()?);
    let fits = pieces.next().is_none() && year.len() == 4 && (1..=2).contains(&first.len()) && (1..=2).contains(&second.len());
    let (month, day) = if order == DateOrder::Dmy { (second, first) } else { (first, second) };
    fits.then(|| format!("{year}-{month:0>2}-{day:0>2}{rest}"))
}

/// A phone number, or another number that is kept as text, which a spreadsheet wrote as `1.38E+10`: whole again where all
/// its digits are there. `None`: it is not written so.
///
/// # Errors
/// `lost_digits` where they are not.
pub(super) fn whole_number(field: &str, kind: FieldKind, text: &str) -> Result<Option<String>, FieldError> {
    let (Some(b'1'..=b'9' | b'+'), Some(at)) = (text.bytes().next(), text.find(['E', 'e'])) else { return Ok(None) };
    let (number, exponent) = (text.get(..at).unwrap_or_default(), text.get(at + 1..).unwrap_or_default());
    let (whole, fraction) = number.trim_start_matches('+').split_once('.').unwrap_or((number.trim_start_matches('+'), ""));
    let exponent = exponent.strip_prefix('+').unwrap_or(exponent).parse::<usize>().ok();
    let all_digits = |it: &str| it.bytes().all(|it| it.is_ascii_digit());
    let Some(exponent) = exponent.filter(|it| *it < 40 && whole.len() == 1 && all_digits(whole) && all_digits(fraction)) else { return Ok(None) };
    // What is kept as text may be written so on purpose, where it is short.
    if kind != FieldKind::Phone && (exponent < MANY_DIGITS || !text.contains("E+")) {
        return Ok(None);
    }
    let number = format!("{whole}{fraction:0<exponent$}");
    let digits = number.get(..=exponent).unwrap_or_default();
    let is_whole = fraction.len() >= exponent && digits.parse::<u64>().is_ok_and(|it| it <= EXACT_UP_TO);
    if is_whole {
        return Ok(Some(digits.to_owned()));
    }
    let message = if exponent >= KEPT_DIGITS { rounded(digits) } else { cut_off(&shortened(text)) };
    Err(FieldError { field: field.to_owned(), code: "lost_digits", message })
}

/// Digits that a spreadsheet keeps of a number.
const KEPT_DIGITS: usize = 15;
/// Beyond this a cell that holds a number does not hold every whole number.
const EXACT_UP_TO: u64 = 1 << 53;

/// The cell holds a number, and a number holds no more digits.
fn rounded(digits: &str) -> Label {
    Label::new(
        format!("“{digits}”在原表格中是数字格式，表格软件只保留 15 位，后面的数字已经丢失；请在原表格中把此列设为“文本”格式，重新填写号码后再上传"),
        format!(
            "`{digits}` is a number in the spreadsheet, which keeps 15 digits of it, the others are lost; set the column to text there, enter the numbers again and upload anew"
        ),
    )
}

/// The cell was shown so, and saved as it was shown.
fn cut_off(text: &str) -> Label {
    Label::new(
        format!("“{text}”是表格软件的科学计数法，末尾的数字已经丢失；请在原表格中把此列设为“文本”格式，重新填写号码后再导出"),
        format!(
            "`{text}` is how a spreadsheet shortens a long number, its last digits are lost; set the column to text in the spreadsheet, enter the number again and export anew"
        ),
    )
}

/// A long number as spreadsheets shorten it: its first digit, those after the point, and how many follow the first.
fn folded(text: &str) -> Option<(&str, &str, usize)> {
    let (number, exponent) = text.split_once(['E', 'e'])?;
    let (whole, fraction) = number.split_once('.').unwrap_or((number, ""));
    let is_number = whole.len() == 1 && whole.bytes().chain(fraction.bytes()).all(|it| it.is_ascii_digit());
    let exponent = exponent.strip_prefix('+')?.parse::<usize>().ok()?;
    (is_number && (MANY_DIGITS..40).contains(&exponent)).then_some((whole, fraction, exponent))
}

fn is_shortened(text: &str) -> bool {
    folded(text).is_some()
}

/// A long number that is shown short, written out; for what is reckoned with, and not for what is a name.
pub(super) fn unfolded(text: &str) -> Option<String> {
    let (whole, fraction, exponent) = folded(text)?;
    let (before, after) = fraction.split_at(exponent.min(fraction.len()));
    let point = if after.is_empty() { "" } else { "." };
    Some(format!("{whole}{before:0<exponent$}{point}{after}"))
}

#[cfg(test)]
mod tests {
    use super::*;

    fn read(text: &str, options: serde_json::Value) -> Option<String> {
        let options: ColumnOptions = serde_json::from_value(options).unwrap();
        meant(text, &options, &TimeZone::fixed(jiff::tz::offset(8))).map(Cow::into_owned)
    }

    #[test]
    fn cells_are_read_by_their_options() {
        use serde_json::json;
        for (text, options, wanted) in [
            ("上海市/浦东新区/张江镇", json!({ "split": { "at": "/", "part": 2 } }), Some("浦东新区")),
            ("张  三", json!({ "split": { "at": " ", "part": -1 } }), Some("三")),
            ("张三", json!({ "split": { "at": " ", "part": 2 } }), None),
            ("a|b|c", json!({ "split": { "at": "|", "part": -3 } }), Some("a")),
            ("a|b|c", json!({ "split": { "at": "|", "part": -4 } }), None),
            ("a|b|c", json!({ "split": { "at": "|", "part": 0 } }), None),
            ("电话：１３8-1234 5678", json!({ "take": "digits" }), Some("13812345678")),
            ("jean-luc o'NEIL", json!({ "take": "title" }), Some("Jean-Luc O'neil")),
            ("1.38E+10", json!({ "take": "digits" }), Some("1.38E+10")),
            ("a   b", json!({ "take": "trim" }), Some("a b")),
            ("6552 9988", json!({ "take": "digits", "prefix": "010-" }), Some("010-65529988")),
            ("N/A", json!({ "empty": ["无", "n/a", "-"] }), None),
            ("无", json!({ "empty": ["无"], "otherwise": "其他" }), Some("其他")),
            ("", json!({ "otherwise": "其他", "prefix": "x" }), Some("其他")),
            ("潜在", json!({ "values": { "潜在": "prospect", "废": "" }, "otherwise": "lead" }), Some("prospect")),
            ("废", json!({ "values": { "潜在": "prospect", "废": "" }, "otherwise": "lead" }), Some("lead")),
            ("12.5", json!({ "unit": "wan" }), Some("125000")),
            ("¥1,200.5万元", json!({ "unit": "yi" }), Some("¥12005000元")),
            ("0.00001", json!({ "unit": "wan" }), Some("0.1")),
            ("-3", json!({ "unit": "thousand" }), Some("-3000")),
            ("三", json!({ "unit": "wan" }), Some("三")),
            ("20261122", json!({ "date_form": "yyyymmdd" }), Some("2026-11-22")),
            ("20261122083000", json!({ "date_form": "auto" }), Some("2026-11-22 08:30:00")),
            ("20261322", json!({ "date_form": "auto" }), Some("20261322")),
            ("46348", json!({ "date_form": "excel" }), Some("2026-11-22")),
            ("46348.5", json!({ "date_form": "auto" }), Some("2026-11-22 12:00:00")),
            ("1", json!({ "date_form": "excel" }), Some("1900-01-01")),
            ("59", json!({ "date_form": "excel" }), Some("1900-02-28")),
            ("61", json!({ "date_form": "excel" }), Some("1900-03-01")),
            ("1795276800", json!({ "date_form": "unix" }), Some("2026-11-22")),
            ("1795276800000", json!({ "date_form": "auto" }), Some("2026-11-22")),
            ("22/11/2026", json!({ "date_order": "dmy" }), Some("2026-11-22")),
        ] {
            assert_eq!(read(text, options.clone()).as_deref(), wanted, "{text} {options}");
        }
    }

    #[test]
    fn numbers_that_lost_their_digits_are_told_and_whole_ones_read() {
        let read = |kind, text: &str| whole_number("phone", kind, text).map_err(|it| it.code);
        for text in ["1.38E+10", "1.38E10", "1.38001e+10"] {
            assert_eq!(read(FieldKind::Phone, text), Err("lost_digits"), "{text}");
        }
        assert_eq!(read(FieldKind::Phone, "1.3812345678E+10"), Ok(Some("13812345678".into())));
        assert_eq!(read(FieldKind::Text, "3.10101E+17"), Err("lost_digits"));
        // More digits than a number holds, and one that is whole but may be another.
        for text in ["3.10101199001011E+17", "3.1010119900101123E+17", "6.222021234567891E+18", "9.007199254740994E+15", "1.2345678901234E+15"] {
            assert_eq!(read(FieldKind::Text, text), Err("lost_digits"), "{text}");
        }
        assert_eq!(read(FieldKind::Text, "1.234567890123456E+15"), Ok(Some("1234567890123456".into())));
        let told = whole_number("id_number", FieldKind::Text, "3.10101199001011E+17").unwrap_err().message;
        assert!(told.en.contains("`310101199001011000`") && told.en.contains("keeps 15 digits") && told.zh_cn.contains("文本"), "{told:?}");
        for text in ["13812345678", "1.5E+5", "1E", "E10", "1.2.3E+10", "CE+10", "12E+10", ""] {
            assert_eq!(read(FieldKind::Text, text), Ok(None), "{text}");
        }
        let told = whole_number("phone", FieldKind::Phone, "1.38E+10").unwrap_err().message;
        assert!(told.en.contains("1.38E+10") && told.zh_cn.contains("文本"), "{told:?}");
    }

    #[test]
    fn what_is_reckoned_with_is_written_out() {
        assert_eq!(unfolded("1.5E+12").as_deref(), Some("1500000000000"));
        assert_eq!(unfolded("1.2345678901234568E+16").as_deref(), Some("12345678901234568"));
        assert_eq!(unfolded("1.23456789012E+10").as_deref(), Some("12345678901.2"));
        assert_eq!(unfolded("2E+20").as_deref(), Some("200000000000000000000"));
        for text in ["1.5E+99", "1.5E12", "15E+12", "x", ""] {
            assert_eq!(unfolded(text), None, "{text}");
        }
    }

    #[test]
    fn amounts_that_name_their_unit() {
        assert_eq!(in_units("12万", None).as_deref(), Some("120000"));
        assert_eq!(in_units("1.25亿元", None).as_deref(), Some("125000000元"));
        assert_eq!(in_units("1.2.3", Some(Unit::Wan)), None);
        assert_eq!(in_units("12", None), None);
    }

    #[test]
    fn dates_that_end_with_the_year() {
        assert_eq!(year_first("22/11/2026", DateOrder::Dmy).as_deref(), Some("2026-11-22"));
        assert_eq!(year_first("1/5/2026 8:30", DateOrder::Mdy).as_deref(), Some("2026-01-05 8:30"));
        assert_eq!(year_first("2026-11-22", DateOrder::Dmy), None);
        assert_eq!(year_first("22/11/26", DateOrder::Dmy), None);
    }
}
