//! The static types of expressions.

use std::fmt;

/// The type of an expression, known before anything runs.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub enum Type {
    /// The type of the literal `null`; fits every other type.
    Null,
    /// True or false.
    Bool,
    /// A whole number of 64 bits.
    Int,
    /// An exact decimal number (money, percent, quantities).
    Decimal,
    /// Unicode text. Options of selects are text too.
    Text,
    /// A day of the calendar, without a time or a zone.
    Date,
    /// A moment in time, independent of any zone.
    DateTime,
    /// A length of time in whole seconds.
    Duration,
    /// The id of a record, a user, a department or a file.
    Id,
    /// Several values of one type.
    List(Box<Type>),
    /// Any JSON document; may only be tested for null.
    Json,
}

impl Type {
    /// The name in Chinese, for messages.
    pub fn name_zh(&self) -> String {
        match self {
            Type::Null => "空值".into(),
            Type::Bool => "是非".into(),
            Type::Int => "整数".into(),
            Type::Decimal => "小数".into(),
            Type::Text => "文本".into(),
            Type::Date => "日期".into(),
            Type::DateTime => "日期时间".into(),
            Type::Duration => "时长".into(),
            Type::Id => "记录标识".into(),
            Type::List(item) if **item == Type::Null => "列表".into(),
            Type::List(item) => format!("{}列表", item.name_zh()),
            Type::Json => "JSON".into(),
        }
    }

    /// A list of this type.
    pub fn list(self) -> Type {
        Type::List(Box::new(self))
    }

    /// Whether values of this type are numbers.
    pub fn is_number(&self) -> bool {
        matches!(self, Type::Int | Type::Decimal)
    }

    /// Whether `<` and its kin make sense between two values of this type.
    pub fn is_ordered(&self) -> bool {
        matches!(self, Type::Int | Type::Decimal | Type::Text | Type::Date | Type::DateTime | Type::Duration)
    }
}

/// The name in English, for messages.
impl fmt::Display for Type {
    fn fmt(&self, formatter: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Type::Null => formatter.write_str("null"),
            Type::Bool => formatter.write_str("boolean"),
            Type::Int => formatter.write_str("integer"),
            Type::Decimal => formatter.write_str("decimal"),
            Type::Text => formatter.write_str("text"),
            Type::Date => formatter.write_str("date"),
            Type::DateTime => formatter.write_str("datetime"),
            Type::Duration => formatter.write_str("duration"),
            Type::Id => formatter.write_str("id"),
            Type::List(item) if **item == Type::Null => formatter.write_str("list"),
            Type::List(item) => write!(formatter, "list of {item}"),
            Type::Json => formatter.write_str("JSON"),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn lists_name_their_items_in_both_languages() {
        let tags = Type::Text.list();
        assert_eq!(tags.to_string(), "list of text");
        assert_eq!(tags.name_zh(), "文本列表");
        assert_eq!(Type::Null.list().to_string(), "list");
    }
}
