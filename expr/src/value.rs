//! Values: what fields hold and what expressions compute.

use std::cmp::Ordering;

use rust_decimal::Decimal;

use crate::Type;

/// One value. The same enum serves expressions, records and query parameters.
///
/// `==` of the enum is identity of kind and content (`Int(1)` is not `Decimal(1)`); the language's own equality,
/// in which numbers mix, is [`Value::equals`].
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub enum Value {
    /// No value.
    #[default]
    Null,
    /// True or false.
    Bool(bool),
    /// A whole number.
    Int(i64),
    /// An exact decimal number.
    Decimal(Decimal),
    /// Unicode text.
    Text(String),
    /// A day of the calendar.
    Date(jiff::civil::Date),
    /// A moment in time.
    DateTime(jiff::Timestamp),
    /// A length of time in whole seconds; may be negative.
    Duration(i64),
    /// The id of a record, user, department or file.
    Id(uuid::Uuid),
    /// Several values of one type.
    List(Vec<Value>),
    /// Any JSON document.
    Json(Box<serde_json::Value>),
}

impl Value {
    /// The type of this value. An empty list is a list of nulls; a mixed list has the type of its first item.
    pub fn type_of(&self) -> Type {
        match self {
            Value::Null => Type::Null,
            Value::Bool(_) => Type::Bool,
            Value::Int(_) => Type::Int,
            Value::Decimal(_) => Type::Decimal,
            Value::Text(_) => Type::Text,
            Value::Date(_) => Type::Date,
            Value::DateTime(_) => Type::DateTime,
            Value::Duration(_) => Type::Duration,
            Value::Id(_) => Type::Id,
            Value::List(items) => items.first().map_or(Type::Null, Value::type_of).list(),
            Value::Json(_) => Type::Json,
        }
    }

    /// Whether this is null.
    pub fn is_null(&self) -> bool {
        matches!(self, Value::Null)
    }

    /// Whether a field holding this counts as having no value: null or an empty list.
    /// Empty text is a value: `""` is not null.
    pub fn is_absent(&self) -> bool {
        match self {
            Value::Null => true,
            Value::List(items) => items.is_empty(),
            _ => false,
        }
    }

    /// Whether this is `true`; null and everything else is not.
    pub fn is_true(&self) -> bool {
        matches!(self, Value::Bool(true))
    }

    /// The text, if this is text.
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Value::Text(text) => Some(text),
            _ => None,
        }
    }

    /// The number as a decimal, if this is a number.
    pub fn as_decimal(&self) -> Option<Decimal> {
        match self {
            Value::Int(number) => Some(Decimal::from(*number)),
            Value::Decimal(number) => Some(*number),
            _ => None,
        }
    }

    /// The language's `==`: numbers mix, and what is absent equals nothing, not even another absent value.
    /// (`x == null` is not this comparison but a test of its own, [`crate::Function::IsNull`].)
    pub fn equals(&self, other: &Value) -> bool {
        if self.is_absent() || other.is_absent() {
            return false;
        }
        match (self, other) {
            (Value::Int(_), Value::Decimal(_)) | (Value::Decimal(_), Value::Int(_)) => self.as_decimal() == other.as_decimal(),
            _ => self == other,
        }
    }

    /// The language's order. `None` when either side is null or the two have no common order.
    /// Text orders by Unicode code point, `false` before `true` is not offered.
    pub fn order(&self, other: &Value) -> Option<Ordering> {
        match (self, other) {
            (Value::Int(left), Value::Int(right)) => Some(left.cmp(right)),
            (Value::Int(_) | Value::Decimal(_), Value::Int(_) | Value::Decimal(_)) => self.as_decimal().partial_cmp(&other.as_decimal()),
            (Value::Text(left), Value::Text(right)) => Some(left.cmp(right)),
            (Value::Date(left), Value::Date(right)) => Some(left.cmp(right)),
            (Value::DateTime(left), Value::DateTime(right)) => Some(left.cmp(right)),
            (Value::Duration(left), Value::Duration(right)) => Some(left.cmp(right)),
            _ => None,
        }
    }
}

/// The case folding of `contains`, `startsWith`, `endsWith` and `equalsIgnoreCase`: every character by its own
/// Unicode lower case, without regard to its neighbours. Stores must use this very function or its equal.
pub fn fold_case(text: &str) -> String {
    text.chars().flat_map(char::to_lowercase).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn numbers_of_both_kinds_compare_by_amount() {
        let whole = Value::Int(2);
        let exact = Value::Decimal(Decimal::new(200, 2));
        assert!(whole.equals(&exact));
        assert_ne!(whole, exact);
        assert_eq!(Value::Int(1).order(&exact), Some(Ordering::Less));
    }

    #[test]
    fn null_equals_nothing_and_has_no_order() {
        assert!(!Value::Null.equals(&Value::Null));
        assert!(!Value::Null.equals(&Value::Text(String::new())));
        assert!(!Value::List(Vec::new()).equals(&Value::List(Vec::new())));
        assert_eq!(Value::Null.order(&Value::Int(1)), None);
    }

    #[test]
    fn kinds_that_do_not_mix_are_unequal_and_unordered() {
        assert!(!Value::Text("1".into()).equals(&Value::Int(1)));
        assert_eq!(Value::Text("1".into()).order(&Value::Int(1)), None);
    }

    #[test]
    fn case_folding_knows_more_than_ascii() {
        assert_eq!(fold_case("ÄÖ Σ Xinghe 星河"), "äö σ xinghe 星河");
    }
}
