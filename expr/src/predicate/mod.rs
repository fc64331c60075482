//! The shape of a filter: what a store turns into SQL.

mod build;
mod compare;
mod computed;
mod matching;
mod simplify;

use crate::{Expr, Value};

pub use build::to_predicate;

/// A filter in negation normal form. Two-valued: every predicate is true or false for every record, null included,
/// so a store must write the null cases out (see each variant).
///
/// In every variant the values have the type of the path they stand beside, and no value is null.
#[derive(Clone, Debug, PartialEq)]
pub enum Predicate {
    /// Every record.
    True,
    /// No record.
    False,
    /// All of these; never empty.
    And(Vec<Predicate>),
    /// At least one of these; never empty.
    Or(Vec<Predicate>),
    /// A field against a value. A null field makes `Ne` true and everything else false.
    Compare {
        /// The field.
        path: Vec<String>,
        /// The comparison.
        op: CompareOp,
        /// The value; never null.
        value: Value,
    },
    /// A field against a field of the same kind, as SQL's `IS NOT DISTINCT FROM`: `Eq` is true when both are null (the
    /// language's `==` is not; [`to_predicate`] adds the test), `Ne` is its exact opposite; the others are false when
    /// either is null.
    ComparePaths {
        /// The left field.
        left: Vec<String>,
        /// The comparison.
        op: CompareOp,
        /// The right field.
        right: Vec<String>,
    },
    /// The field has no value: null, or a list without items.
    IsNull(Vec<String>),
    /// The field has a value.
    NotNull(Vec<String>),
    /// The field is one of the values (negated: is none of them, or is null).
    In {
        /// The field.
        path: Vec<String>,
        /// The values; never empty, none null.
        values: Vec<Value>,
        /// Whether the meaning is turned round.
        negated: bool,
    },
    /// A text test that ignores case, after [`crate::fold_case`] of both sides (negated: not so, or null).
    Text {
        /// The field.
        path: Vec<String>,
        /// The test.
        op: TextOp,
        /// The text to find, as written.
        value: String,
        /// Whether the meaning is turned round.
        negated: bool,
    },
    /// The list holds the value (negated: does not, or is null).
    ListContains {
        /// The list field.
        path: Vec<String>,
        /// The value.
        value: Value,
        /// Whether the meaning is turned round.
        negated: bool,
    },
    /// The list holds at least one of the values (negated: none of them, or is null).
    ListContainsAny {
        /// The list field.
        path: Vec<String>,
        /// The values; never empty.
        values: Vec<Value>,
        /// Whether the meaning is turned round.
        negated: bool,
    },
    /// A test of what is computed of fields: a comparison of two sides, or whether one has no value. Its parts are fields,
    /// constants and the functions that `computed` lists; the name of a time zone stands beside what depends on one.
    Computed {
        /// The test; true or false for every record.
        test: Expr,
        /// Whether the meaning is turned round.
        negated: bool,
    },
}

/// The comparisons.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum CompareOp {
    /// `==`
    Eq,
    /// `!=`
    Ne,
    /// `<`
    Lt,
    /// `<=`
    Le,
    /// `>`
    Gt,
    /// `>=`
    Ge,
}

/// The text tests.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub enum TextOp {
    /// The text is somewhere in the field.
    Contains,
    /// The field begins with the text.
    StartsWith,
    /// The field ends with the text.
    EndsWith,
    /// The field is the text but for case.
    EqualsIgnoreCase,
}
