//! Predicates in memory: what the store's SQL must agree with.

use std::cmp::Ordering;

use crate::value::fold_case;
use crate::{CompareOp, EvalContext, Function, Predicate, TextOp, Value, evaluate};

impl Predicate {
    /// Whether a record matches, given the values of its fields. Plain and slow on purpose: this is the meaning of a
    /// filter, which stores are tested against; realtime rights use it too.
    pub fn matches(&self, lookup: &dyn Fn(&[String]) -> Value) -> bool {
        match self {
            Predicate::True => true,
            Predicate::False => false,
            Predicate::And(parts) => parts.iter().all(|part| part.matches(lookup)),
            Predicate::Or(parts) => parts.iter().any(|part| part.matches(lookup)),
            Predicate::Compare { path, op, value } => op.holds(&lookup(path), value),
            Predicate::ComparePaths { left, op, right } => {
                let (left, right) = (lookup(left), lookup(right));
                match (left.is_absent() && right.is_absent(), op) {
                    (true, CompareOp::Eq) => true,
                    (true, CompareOp::Ne) => false,
                    _ => op.holds(&left, &right),
                }
            }
            Predicate::IsNull(path) => lookup(path).is_absent(),
            Predicate::NotNull(path) => !lookup(path).is_absent(),
            Predicate::In { path, values, negated } => {
                let field = lookup(path);
                values.iter().any(|value| value.equals(&field)) != *negated
            }
            Predicate::Text { path, op, value, negated } => lookup(path).as_text().is_some_and(|text| op.holds(text, value)) != *negated,
            Predicate::ListContains { path, value, negated } => holds_any(&lookup(path), std::slice::from_ref(value)) != *negated,
            Predicate::ListContainsAny { path, values, negated } => holds_any(&lookup(path), values) != *negated,
            // Folding left nothing in it that asks for the time or the zone.
            Predicate::Computed { test, negated } => {
                let context = EvalContext { now: jiff::Timestamp::UNIX_EPOCH, time_zone: &jiff::tz::TimeZone::UTC, lookup };
                evaluate(test, &context).is_ok_and(|value| value.is_true()) != *negated
            }
        }
    }

    /// All field paths of the predicate, repeated as often as they occur.
    pub fn paths(&self) -> Vec<&[String]> {
        let mut found = Vec::new();
        self.collect_paths(&mut found);
        found
    }

    fn collect_paths<'a>(&'a self, found: &mut Vec<&'a [String]>) {
        match self {
            Predicate::True | Predicate::False => {}
            Predicate::And(parts) | Predicate::Or(parts) => {
                for part in parts {
                    part.collect_paths(found);
                }
            }
            Predicate::ComparePaths { left, right, .. } => found.extend([left.as_slice(), right.as_slice()]),
            Predicate::IsNull(path)
            | Predicate::NotNull(path)
            | Predicate::Compare { path, .. }
            | Predicate::In { path, .. }
            | Predicate::Text { path, .. }
            | Predicate::ListContains { path, .. }
            | Predicate::ListContainsAny { path, .. } => found.push(path),
            Predicate::Computed { test, .. } => test.for_each_path(&mut |path| found.push(path)),
        }
    }
}

fn holds_any(list: &Value, wanted: &[Value]) -> bool {
    match list {
        Value::List(items) => items.iter().any(|item| wanted.iter().any(|value| value.equals(item))),
        _ => false,
    }
}

impl CompareOp {
    /// The function this comparison is.
    pub fn function(self) -> Function {
        match self {
            CompareOp::Eq => Function::Equal,
            CompareOp::Ne => Function::NotEqual,
            CompareOp::Lt => Function::Less,
            CompareOp::Le => Function::LessOrEqual,
            CompareOp::Gt => Function::Greater,
            CompareOp::Ge => Function::GreaterOrEqual,
        }
    }

    /// Whether the comparison holds between two values; null as the language says.
    pub fn holds(self, left: &Value, right: &Value) -> bool {
        let order = || left.order(right);
        match self {
            CompareOp::Eq => left.equals(right),
            CompareOp::Ne => !left.equals(right),
            CompareOp::Lt => order().is_some_and(Ordering::is_lt),
            CompareOp::Le => order().is_some_and(Ordering::is_le),
            CompareOp::Gt => order().is_some_and(Ordering::is_gt),
            CompareOp::Ge => order().is_some_and(Ordering::is_ge),
        }
    }

    /// The comparison that holds exactly when this one does not, nulls apart.
    pub fn opposite(self) -> CompareOp {
        match self {
            CompareOp::Eq => CompareOp::Ne,
            CompareOp::Ne => CompareOp::Eq,
            CompareOp::Lt => CompareOp::Ge,
            CompareOp::Le => CompareOp::Gt,
            CompareOp::Gt => CompareOp::Le,
            CompareOp::Ge => CompareOp::Lt,
        }
    }

    /// The comparison with its sides exchanged.
    pub fn flipped(self) -> CompareOp {
        match self {
            CompareOp::Eq | CompareOp::Ne => self,
            CompareOp::Lt => CompareOp::Gt,
            CompareOp::Le => CompareOp::Ge,
            CompareOp::Gt => CompareOp::Lt,
            CompareOp::Ge => CompareOp::Le,
        }
    }

    /// Whether this is one of `<`, `<=`, `>`, `>=`, which a null makes false.
    pub fn is_ordering(self) -> bool {
        !matches!(self, CompareOp::Eq | CompareOp::Ne)
    }
}

impl TextOp {
    /// Whether the test holds for a text that is not null.
    pub fn holds(self, text: &str, value: &str) -> bool {
        let text = fold_case(text);
        let value = fold_case(value);
        match self {
            TextOp::Contains => text.contains(&value),
            TextOp::StartsWith => text.starts_with(&value),
            TextOp::EndsWith => text.ends_with(&value),
            TextOp::EqualsIgnoreCase => text == value,
        }
    }
}
