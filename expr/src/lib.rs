//! The one expression language of Guanxi: formula fields, validation rules, list filters, visibility and row scopes.
//!
//! The syntax is CEL; types, null rules and functions are this crate's own (`docs/expressions.md`, ADR 0003).
//! The crate knows nothing of records, schemas, SQL or the clock: a [`Scope`] says what names mean, an
//! [`EvalContext`] carries the time and the values, and a [`Predicate`] is the shape a store turns into SQL.
//!
//! The way of an expression: [`check`] (parse and type check) -> [`fold`] (compute what does not depend on the
//! record) -> [`evaluate`] for a value, or [`to_predicate`] for a filter.

mod check;
mod error;
mod evaluate;
mod expression;
mod fold;
mod function;
mod parse;
mod predicate;
#[cfg(test)]
mod property_tests;
mod rename;
mod scope;
#[cfg(test)]
mod testing;
mod types;
mod value;

pub use check::{check, check_condition};
pub use error::{EvalError, ExprError, Position};
pub use evaluate::evaluate;
pub use expression::{Checked, Expr, Place};
pub use fold::fold;
pub use function::Function;
pub use predicate::{CompareOp, Predicate, TextOp, to_predicate};
pub use rename::rename_paths;
pub use scope::{EvalContext, Scope, ScopeError};
pub use types::Type;
pub use value::{Value, fold_case};
