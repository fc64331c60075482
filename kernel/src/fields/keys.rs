//! Which keys of a field definition go with which type. A key that does not apply is refused, never ignored.

use jiff::Timestamp;
use jiff::tz::TimeZone;
use rust_decimal::Decimal;

use super::wrong_key;
use super::{FieldType, ParseContext};
use crate::schema::{FieldDefinition, FieldKind, Label, OnDelete};

/// A key that only some types know. Those every field may carry (name, label, help, `read_only`, `visible_when`) are not here.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Key {
    Required,
    RequiredWhen,
    ReadOnlyWhen,
    Default,
    Unique,
    Searchable,
    Indexed,
    Options,
    Target,
    OfferedWhen,
    OnDelete,
    Scale,
    Min,
    Max,
    MaxLength,
    Pattern,
    Form,
    NumberFormat,
    Expression,
    Result,
    Rollup,
}

impl Key {
    const ALL: [Key; 21] = [
        Key::Required,
        Key::RequiredWhen,
        Key::ReadOnlyWhen,
        Key::Default,
        Key::Unique,
        Key::Searchable,
        Key::Indexed,
        Key::Options,
        Key::Target,
        Key::OfferedWhen,
        Key::OnDelete,
        Key::Scale,
        Key::Min,
        Key::Max,
        Key::MaxLength,
        Key::Pattern,
        Key::Form,
        Key::NumberFormat,
        Key::Expression,
        Key::Result,
        Key::Rollup,
    ];

    /// As written in a definition.
    fn name(self) -> &'static str {
        match self {
            Key::Required => "required",
            Key::RequiredWhen => "required_when",
            Key::ReadOnlyWhen => "read_only_when",
            Key::Default => "default",
            Key::Unique => "unique",
            Key::Searchable => "searchable",
            Key::Indexed => "indexed",
            Key::Options => "options",
            Key::Target => "target",
            Key::OfferedWhen => "offered_when",
            Key::OnDelete => "on_delete",
            Key::Scale => "scale",
            Key::Min => "min",
            Key::Max => "max",
            Key::MaxLength => "max_length",
            Key::Pattern => "pattern",
            Key::Form => "form",
            Key::NumberFormat => "number_format",
            Key::Expression => "expression",
            Key::Result => "result",
            Key::Rollup => "rollup",
        }
    }

    fn is_present(self, field: &FieldDefinition) -> bool {
        match self {
            Key::Required => field.required,
            Key::RequiredWhen => field.required_when.is_some(),
            Key::ReadOnlyWhen => field.read_only_when.is_some(),
            Key::Default => field.default.is_some(),
            Key::Unique => field.unique,
            Key::Searchable => field.searchable,
            Key::Indexed => field.indexed,
            Key::Options => !field.options.is_empty(),
            Key::Target => field.target.is_some(),
            Key::OfferedWhen => field.offered_when.is_some(),
            Key::OnDelete => field.on_delete != OnDelete::default(),
            Key::Scale => field.scale.is_some(),
            Key::Min => field.min.is_some(),
            Key::Max => field.max.is_some(),
            Key::MaxLength => field.max_length.is_some(),
            Key::Pattern => field.pattern.is_some(),
            Key::Form => field.form.is_some(),
            Key::NumberFormat => field.number_format.is_some(),
            Key::Expression => field.expression.is_some(),
            Key::Result => field.result.is_some(),
            Key::Rollup => field.rollup.is_some(),
        }
    }
}

/// Keys of a field whose value people enter.
const ENTERED: [Key; 4] = [Key::Required, Key::RequiredWhen, Key::ReadOnlyWhen, Key::Default];

/// Checks a field whose value people enter: no foreign key, a sensible range, a default that reads as a value.
pub(super) fn check_entered(kind: &dyn FieldType, field: &FieldDefinition, allowed: &[Key]) -> Result<(), Label> {
    refuse_foreign(field, |key| ENTERED.contains(&key) || allowed.contains(&key))?;
    check_range(field)?;
    check_default(kind, field)
}

/// Checks a field whose value the engine makes: nothing about entering applies.
pub(super) fn check_computed(field: &FieldDefinition, allowed: &[Key]) -> Result<(), Label> {
    refuse_foreign(field, |key| allowed.contains(&key))
}

fn refuse_foreign(field: &FieldDefinition, allowed: impl Fn(Key) -> bool) -> Result<(), Label> {
    match Key::ALL.into_iter().find(|key| key.is_present(field) && !allowed(*key)) {
        Some(key) => {
            let kind = kind_name(field.kind);
            wrong_key(
                key.name(),
                format_args!("{kind} 类型的字段没有这一项，请去掉"),
                format_args!("does not apply to a field of type {kind}; remove it"),
            )
        }
        None => Ok(()),
    }
}

/// The kind as written in a definition.
pub(super) fn kind_name(kind: FieldKind) -> String {
    match serde_json::to_value(kind) {
        Ok(serde_json::Value::String(name)) => name,
        _ => format!("{kind:?}"),
    }
}

fn check_range(field: &FieldDefinition) -> Result<(), Label> {
    for (name, limit) in [("min", field.min), ("max", field.max)] {
        if limit.is_some_and(|it| Decimal::try_from(it).is_err()) {
            return wrong_key(name, "应为字段范围内的数字", "must be a finite number within the range of the field");
        }
    }
    match (field.min, field.max) {
        (Some(min), Some(max)) if min > max => {
            wrong_key("min", format_args!("最小值{min}大于最大值{max}"), format_args!("{min} is greater than max {max}"))
        }
        _ => Ok(()),
    }
}

/// Checks `max_length` against what the column can hold, and, where the text itself is in an index, what an index
/// entry can hold: PostgreSQL's is about 2,700 bytes, 600 characters of four bytes with room for other columns.
pub(super) fn check_max_length(field: &FieldDefinition, default: u32, largest: u32, text_is_indexed: bool) -> Result<(), Label> {
    const LONGEST_INDEXED: u32 = 600;
    let length = field.max_length.unwrap_or(default);
    if length == 0 || length > largest {
        return wrong_key("max_length", format_args!("最大长度应为1到{largest}"), format_args!("must be from 1 to {largest}"));
    }
    if text_is_indexed && length > LONGEST_INDEXED {
        return wrong_key(
            "max_length",
            format_args!("唯一或有索引的字段最长{LONGEST_INDEXED}，现为{length}"),
            format_args!("must be at most {LONGEST_INDEXED} for a field that is unique or indexed, is {length}"),
        );
    }
    Ok(())
}

fn check_default(kind: &dyn FieldType, field: &FieldDefinition) -> Result<(), Label> {
    let Some(default) = &field.default else { return Ok(()) };
    if default.is_null() {
        return wrong_key("default", "默认值为空，请去掉这一项", "is null; leave the key out");
    }
    let special = match field.kind {
        FieldKind::Date => "@today",
        FieldKind::Datetime => "@now",
        FieldKind::User => "@me",
        FieldKind::Department => "@my_department",
        _ => "",
    };
    if !special.is_empty() && default.as_str() == Some(special) {
        return Ok(());
    }
    // Which region, currency and zone does not decide whether it is a value.
    let context = ParseContext { region: "CN".to_owned(), currency: "CNY".to_owned(), now: Timestamp::UNIX_EPOCH, time_zone: TimeZone::UTC };
    kind.parse(field, default, &context).map(drop).or_else(|error| wrong_key("default", error.message.zh_cn, error.message.en))
}
