//! Values of MySQL as texts of a table. The server writes most of them itself; what it does not write as text is made one here,
//! or refused with what to write in the query instead.

use mysql_async::consts::ColumnType;
use mysql_async::{Column, Row, Value};

use crate::error::SourceError;

/// The number that MySQL has for bytes that are no text.
const BYTES: u16 = 63;

/// How the values of a column become texts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Kind {
    Text,
    /// A day that nobody entered is written as zeros.
    Moment,
    /// A moment that is the same for everybody, written in the time of the session.
    Instant,
    /// Bits come as bytes, the highest first.
    Bits,
}

/// The columns of an answer.
#[derive(Debug)]
pub(crate) struct Shape {
    columns: Vec<(String, Kind)>,
    /// How far the session's time is from that of Greenwich.
    offset: String,
}

impl Shape {
    /// What the columns are. The offset is that of the session's time, where it is known.
    ///
    /// # Errors
    /// One holds what is no text.
    pub(crate) fn of(columns: &[Column], offset: Option<&str>) -> Result<Self, SourceError> {
        let all = columns.iter().map(|it| {
            let name = it.name_str().into_owned();
            let kind = kind_of(it).ok_or_else(|| no_text(&name, it.column_type()))?;
            Ok((name, kind))
        });
        let offset = offset.unwrap_or_default().to_owned();
        Ok(Self { columns: all.collect::<Result<_, SourceError>>()?, offset })
    }

    /// The head of the table.
    pub(crate) fn names(&self) -> impl Iterator<Item = &str> {
        self.columns.iter().map(|it| it.0.as_str())
    }

    /// A row of it.
    ///
    /// # Errors
    /// A value is no text after all.
    pub(crate) fn texts(&self, row: &Row) -> Result<Vec<String>, SourceError> {
        let one = |(place, (name, kind)): (usize, &(String, Kind))| text(row.as_ref(place), *kind, &self.offset).ok_or_else(|| garbled(name));
        self.columns.iter().enumerate().map(one).collect()
    }
}

/// `+08:00` of 480 minutes; nothing of what is no offset that any place on earth has.
pub(crate) fn offset_of(minutes: &str) -> Option<String> {
    let minutes: i32 = minutes.parse().ok().filter(|it: &i32| it.abs() <= 14 * 60)?;
    let sign = if minutes < 0 { '-' } else { '+' };
    Some(format!("{sign}{:02}:{:02}", minutes.abs() / 60, minutes.abs() % 60))
}

fn kind_of(column: &Column) -> Option<Kind> {
    use ColumnType::{
        MYSQL_TYPE_BIT, MYSQL_TYPE_BLOB, MYSQL_TYPE_DATE, MYSQL_TYPE_DATETIME, MYSQL_TYPE_DATETIME2, MYSQL_TYPE_GEOMETRY, MYSQL_TYPE_LONG_BLOB,
        MYSQL_TYPE_MEDIUM_BLOB, MYSQL_TYPE_NEWDATE, MYSQL_TYPE_STRING, MYSQL_TYPE_TIMESTAMP, MYSQL_TYPE_TIMESTAMP2, MYSQL_TYPE_TINY_BLOB,
        MYSQL_TYPE_VAR_STRING, MYSQL_TYPE_VARCHAR, MYSQL_TYPE_VECTOR,
    };
    match column.column_type() {
        MYSQL_TYPE_GEOMETRY | MYSQL_TYPE_VECTOR => None,
        MYSQL_TYPE_BIT => Some(Kind::Bits),
        MYSQL_TYPE_DATE | MYSQL_TYPE_NEWDATE | MYSQL_TYPE_DATETIME | MYSQL_TYPE_DATETIME2 => Some(Kind::Moment),
        MYSQL_TYPE_TIMESTAMP | MYSQL_TYPE_TIMESTAMP2 => Some(Kind::Instant),
        MYSQL_TYPE_BLOB
        | MYSQL_TYPE_TINY_BLOB
        | MYSQL_TYPE_MEDIUM_BLOB
        | MYSQL_TYPE_LONG_BLOB
        | MYSQL_TYPE_VARCHAR
        | MYSQL_TYPE_VAR_STRING
        | MYSQL_TYPE_STRING
            if column.character_set() == BYTES =>
        {
            None
        }
        _ => Some(Kind::Text),
    }
}

fn no_text(name: &str, kind: ColumnType) -> SourceError {
    let instead = if kind == ColumnType::MYSQL_TYPE_GEOMETRY { "ST_AsText(…)" } else { "CONVERT(… USING utf8mb4)、HEX(…)" };
    SourceError::new(
        format!("列“{name}”存的是二进制数据，不是文字；请去掉此列，或在查询中写 {instead}"),
        format!("column {name} holds bytes and no text; leave it out, or write {} in the query", instead.replace('、', " or ")),
    )
}

fn garbled(name: &str) -> SourceError {
    SourceError::new(
        format!("列“{name}”中有不是 UTF-8 的文字；请在查询中写 CONVERT(… USING utf8mb4)"),
        format!("column {name} has text that is not UTF-8; write CONVERT(… USING utf8mb4) in the query"),
    )
}

fn text(value: Option<&Value>, kind: Kind, offset: &str) -> Option<String> {
    let bytes = match value {
        Some(Value::Bytes(bytes)) => bytes,
        // Of an answer in text nothing else comes.
        _ => return Some(String::new()),
    };
    match kind {
        Kind::Bits => bytes.iter().try_fold(0_u64, |all, it| all.checked_mul(256)?.checked_add(u64::from(*it))).map(|it| it.to_string()),
        Kind::Moment | Kind::Instant if bytes.starts_with(b"0000-00-00") => Some(String::new()),
        Kind::Instant => String::from_utf8(bytes.clone()).ok().map(|it| it + offset),
        Kind::Moment | Kind::Text => String::from_utf8(bytes.clone()).ok(),
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn told(bytes: &[u8], kind: Kind) -> Option<String> {
        text(Some(&Value::Bytes(bytes.to_vec())), kind, "+08:00")
    }

    #[test]
    fn what_no_text_writes_is_written_here() {
        assert_eq!(told(b"0000-00-00 00:00:00", Kind::Moment).unwrap(), "");
        assert_eq!(told(b"2026-11-30 08:00:00.5", Kind::Moment).unwrap(), "2026-11-30 08:00:00.5");
        assert_eq!(told(b"2026-11-30 08:00:00", Kind::Instant).unwrap(), "2026-11-30 08:00:00+08:00");
        assert_eq!(told(b"0000-00-00 00:00:00", Kind::Instant).unwrap(), "");
        assert_eq!(told(b"0000-00-00", Kind::Text).unwrap(), "0000-00-00", "a text is what it is");
        assert_eq!(told(&[1, 0], Kind::Bits).unwrap(), "256");
        assert_eq!(told(&[255; 8], Kind::Bits).unwrap(), u64::MAX.to_string());
        assert_eq!(text(Some(&Value::NULL), Kind::Instant, "+08:00").unwrap(), "");
        assert!(told(b"\xff\xfe", Kind::Text).is_none());
    }

    #[test]
    fn an_offset_is_one_that_there_is() {
        let offsets = ["480", "0", "-210", "345", "901", "", "x"].map(offset_of);
        let expected = [Some("+08:00"), Some("+00:00"), Some("-03:30"), Some("+05:45"), None, None, None];
        assert_eq!(offsets, expected.map(|it| it.map(str::to_owned)));
    }

    #[test]
    fn bytes_are_refused_and_text_of_any_length_is_not() {
        let kind = |of: ColumnType, set: u16| kind_of(&Column::new(of).with_character_set(set));
        assert_eq!(kind(ColumnType::MYSQL_TYPE_BLOB, BYTES), None);
        assert_eq!(kind(ColumnType::MYSQL_TYPE_STRING, BYTES), None);
        assert_eq!(kind(ColumnType::MYSQL_TYPE_GEOMETRY, BYTES), None);
        assert_eq!(kind(ColumnType::MYSQL_TYPE_BLOB, 45), Some(Kind::Text));
        assert_eq!(kind(ColumnType::MYSQL_TYPE_JSON, BYTES), Some(Kind::Text));
        assert_eq!(kind(ColumnType::MYSQL_TYPE_LONGLONG, BYTES), Some(Kind::Text));
        assert_eq!(kind(ColumnType::MYSQL_TYPE_DATE, BYTES), Some(Kind::Moment));
        assert_eq!(kind(ColumnType::MYSQL_TYPE_TIMESTAMP, BYTES), Some(Kind::Instant));
    }
}
