//! Joining and negating predicates, keeping them small and in negation normal form.

use crate::Predicate;

impl Predicate {
    /// All of these hold. Flattens, and settles what is settled.
    pub fn all(parts: impl IntoIterator<Item = Predicate>) -> Predicate {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Predicate::True => {}
                Predicate::False => return Predicate::False,
                Predicate::And(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Predicate::True,
            1 => kept.remove(0),
            _ => Predicate::And(kept),
        }
    }

    /// At least one of these holds. Flattens, and settles what is settled.
    pub fn any(parts: impl IntoIterator<Item = Predicate>) -> Predicate {
        let mut kept = Vec::new();
        for part in parts {
            match part {
                Predicate::False => {}
                Predicate::True => return Predicate::True,
                Predicate::Or(inner) => kept.extend(inner),
                other => kept.push(other),
            }
        }
        match kept.len() {
            0 => Predicate::False,
            1 => kept.remove(0),
            _ => Predicate::Or(kept),
        }
    }

    /// The predicate that matches exactly the other records, those with nulls included.
    pub fn negated(self) -> Predicate {
        match self {
            Predicate::True => Predicate::False,
            Predicate::False => Predicate::True,
            Predicate::And(parts) => Predicate::any(parts.into_iter().map(Predicate::negated)),
            Predicate::Or(parts) => Predicate::all(parts.into_iter().map(Predicate::negated)),
            Predicate::IsNull(path) => Predicate::NotNull(path),
            Predicate::NotNull(path) => Predicate::IsNull(path),
            Predicate::Compare { path, op, value } => {
                let null = op.is_ordering().then(|| Predicate::IsNull(path.clone()));
                let op = op.opposite();
                Predicate::any([Predicate::Compare { path, op, value }].into_iter().chain(null))
            }
            Predicate::ComparePaths { left, op, right } => {
                let nulls = match op.is_ordering() {
                    true => vec![Predicate::IsNull(left.clone()), Predicate::IsNull(right.clone())],
                    false => Vec::new(),
                };
                let op = op.opposite();
                Predicate::any([Predicate::ComparePaths { left, op, right }].into_iter().chain(nulls))
            }
            Predicate::In { path, values, negated } => Predicate::In { path, values, negated: !negated },
            Predicate::Text { path, op, value, negated } => Predicate::Text { path, op, value, negated: !negated },
            Predicate::ListContains { path, value, negated } => Predicate::ListContains { path, value, negated: !negated },
            Predicate::ListContainsAny { path, values, negated } => Predicate::ListContainsAny { path, values, negated: !negated },
            Predicate::Computed { test, negated } => Predicate::Computed { test, negated: !negated },
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::{CompareOp, Value};

    fn less_than_five() -> Predicate {
        Predicate::Compare { path: vec!["x".into()], op: CompareOp::Lt, value: Value::Int(5) }
    }

    #[test]
    fn negation_keeps_the_rows_with_null() {
        let negated = less_than_five().negated();
        for (value, expected) in [(Value::Null, true), (Value::Int(4), false), (Value::Int(5), true)] {
            assert_eq!(negated.matches(&|_| value.clone()), expected, "{value:?}");
        }
    }

    #[test]
    fn joins_settle_and_flatten() {
        assert_eq!(Predicate::all([]), Predicate::True);
        assert_eq!(Predicate::any([]), Predicate::False);
        assert_eq!(Predicate::all([Predicate::True, less_than_five()]), less_than_five());
        assert_eq!(Predicate::all([less_than_five(), Predicate::False]), Predicate::False);
        let nested = Predicate::any([less_than_five(), Predicate::any([less_than_five(), Predicate::IsNull(vec!["x".into()])])]);
        assert!(matches!(nested, Predicate::Or(parts) if parts.len() == 3));
    }
}
