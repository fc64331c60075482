//! From the columns of an object to those that are compared, and from a record to its texts.

use std::borrow::Cow;

use guanxi_kernel::Value;
use guanxi_kernel::access::{Access, Place, Shown};
use guanxi_kernel::events::Event;
use guanxi_kernel::schema::{CompareAs, FieldKind, Object};
use guanxi_matching::{Column, FieldKind as Holds};

/// What changed of a record where its changes name no field: it came, went or came back.
const MADE: &str = "created";

/// A column that is compared.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Planned {
    /// Name of the field.
    field: String,
    /// Part of it; empty for the whole.
    part: &'static str,
    /// Position in the object's table.
    column: usize,
    /// Type of the field.
    kind: FieldKind,
    /// What it is compared as.
    holds: Holds,
}

/// How records of an object are compared. Another one than before: what was read is of no use any more.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Plan {
    columns: Vec<Planned>,
}

impl Plan {
    /// Of an object; `None` where nobody looks for duplicates.
    pub fn of(object: &Object) -> Option<Self> {
        let planned = |it: guanxi_kernel::schema::ComparedColumn<'_>| Planned {
            field: it.field.name().to_owned(),
            part: it.part,
            column: it.column,
            kind: it.field.definition.kind,
            holds: holds(it.compare_as),
        };
        let columns: Vec<Planned> = object.compared().into_iter().map(planned).collect();
        (!columns.is_empty()).then_some(Self { columns })
    }

    /// As the matcher takes them. Their names are told by [`Plan::named`].
    pub fn columns(&self) -> impl Iterator<Item = Column> + '_ {
        self.columns.iter().map(|it| Column::new(if it.part.is_empty() { it.field.clone() } else { format!("{}.{}", it.field, it.part) }, it.holds))
    }

    /// Positions in the object's table.
    pub fn positions(&self) -> Vec<usize> {
        self.columns.iter().map(|it| it.column).collect()
    }

    /// Names of the fields, each once, in order.
    pub fn fields(&self) -> Vec<&str> {
        let mut fields: Vec<&str> = Vec::new();
        for it in &self.columns {
            if !fields.contains(&it.field.as_str()) {
                fields.push(&it.field);
            }
        }
        fields
    }

    /// Field and part of a column.
    pub fn named(&self, column: usize) -> Option<(&str, Option<&'static str>)> {
        self.columns.get(column).map(|it| (it.field.as_str(), Some(it.part).filter(|it| !it.is_empty())))
    }

    /// What is compared of the cells at [`Plan::positions`].
    pub fn texts<'a>(&self, cells: &'a [Value]) -> Vec<Cow<'a, str>> {
        self.columns.iter().zip(cells).map(|(column, cell)| text_of(column.kind, cell)).collect()
    }

    /// What is compared of a whole row of the object's table.
    pub fn texts_of_row<'a>(&self, row: &'a [Value]) -> Vec<Cow<'a, str>> {
        self.columns.iter().map(|it| row.get(it.column).map_or(Cow::Borrowed(""), |cell| text_of(it.kind, cell))).collect()
    }

    /// Empties what a caller may not see whole on a record's own page: then it cannot be guessed either.
    pub fn blank(&self, access: &Access, object: &Object, texts: &mut [Cow<'_, str>]) {
        for (column, text) in self.columns.iter().zip(texts) {
            let is_seen = object.field(&column.field).is_some_and(|it| access.shown_uncovered(object, it, Place::Record) == Shown::Whole);
            if !is_seen {
                *text = Cow::Borrowed("");
            }
        }
    }

    /// What is left of some texts without the fields that are covered of a record with this row.
    pub fn open_texts<'a>(&self, access: &Access, object: &Object, row: &[Value], texts: &'a [Cow<'_, str>]) -> Vec<Cow<'a, str>> {
        let is_open = |it: &Planned| object.field(&it.field).is_some_and(|it| access.shown_of(object, it, Place::Record, row) == Shown::Whole);
        let text = |(column, text): (&Planned, &'a Cow<'_, str>)| Cow::Borrowed(if is_open(column) { text.as_ref() } else { "" });
        self.columns.iter().zip(texts).map(text).collect()
    }

    /// Whether an event of the object may have changed what is compared, or whether the record is there.
    pub fn is_touched_by(&self, event: &Event) -> bool {
        let is_made = event.kind.rsplit('.').next() == Some(MADE);
        is_made || event.changes.is_empty() || self.columns.iter().any(|it| event.changes.contains_key(&it.field))
    }
}

fn holds(compare_as: CompareAs) -> Holds {
    match compare_as {
        CompareAs::PersonName => Holds::PersonName,
        CompareAs::Surname => Holds::Surname,
        CompareAs::GivenName => Holds::GivenName,
        CompareAs::Company => Holds::Company,
        CompareAs::Phone => Holds::Phone,
        CompareAs::Email => Holds::Email,
        CompareAs::Address => Holds::Address,
        CompareAs::HouseNumber => Holds::HouseNumber,
        CompareAs::Place => Holds::Place,
        CompareAs::Date => Holds::Date,
        CompareAs::Postcode => Holds::Postcode,
        CompareAs::Id => Holds::Id,
        CompareAs::Category => Holds::Category,
        CompareAs::Text => Holds::Text,
    }
}

/// What is compared of a cell.
pub(super) fn text_of(kind: FieldKind, cell: &Value) -> Cow<'_, str> {
    match cell {
        Value::Text(address) if kind == FieldKind::Url => Cow::Borrowed(host(address)),
        Value::Text(text) => Cow::Borrowed(text),
        Value::Int(number) => Cow::Owned(number.to_string()),
        Value::Decimal(number) => Cow::Owned(number.to_string()),
        Value::Bool(flag) => Cow::Borrowed(if *flag { "true" } else { "false" }),
        Value::Date(day) => Cow::Owned(day.to_string()),
        Value::DateTime(at) => Cow::Owned(at.strftime("%Y-%m-%d").to_string()),
        Value::Id(id) => Cow::Owned(id.simple().to_string()),
        _ => Cow::Borrowed(""),
    }
}

/// The host of a web address: whose it is; the page within says nothing.
fn host(address: &str) -> &str {
    let rest = address.split_once("://").map_or(address, |it| it.1);
    let host = rest.split(['/', '?', '#', ':']).next().unwrap_or(rest);
    host.strip_prefix("www.").unwrap_or(host)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn values_become_what_is_compared() {
        let id = uuid::Uuid::from_u128(0x17);
        for (kind, cell, text) in [
            (FieldKind::Text, Value::Text("星河".into()), "星河"),
            (FieldKind::Url, Value::Text("https://www.xinghe.example/about?id=1".into()), "xinghe.example"),
            (FieldKind::Url, Value::Text("http://xinghe.example:8080".into()), "xinghe.example"),
            (FieldKind::Number, Value::Int(17), "17"),
            (FieldKind::Boolean, Value::Bool(true), "true"),
            (FieldKind::Date, Value::Date(jiff::civil::date(1990, 11, 2)), "1990-11-02"),
            (FieldKind::Datetime, Value::DateTime("2026-11-16T02:00:00Z".parse().expect("a time")), "2026-11-16"),
            (FieldKind::Reference, Value::Id(id), "00000000000000000000000000000017"),
            (FieldKind::Text, Value::Null, ""),
        ] {
            assert_eq!(text_of(kind, &cell), text, "{cell:?}");
        }
    }
}
