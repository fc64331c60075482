//! What an expression may refer to, supplied by the caller.

use crate::{Type, Value};

/// What names mean where an expression stands; the kernel implements it over the schema and the caller's rights.
pub trait Scope {
    /// The type of a path such as `owner`, `account.address.city` or `me.id`.
    ///
    /// # Errors
    /// [`ScopeError::Unknown`] for what does not exist and for what the caller may not read: the two must not be told
    /// apart. [`ScopeError::NotHere`] for what exists but may not be used in this place.
    fn resolve(&self, path: &[&str]) -> Result<Type, ScopeError>;

    /// Whether what a name stands for is asked with `name["text"]` or `name[3]`; the path is then the name and the text, or
    /// the number as `[3]`.
    fn is_indexed(&self, name: &str) -> bool {
        let _ = name;
        false
    }

    /// Dotted names to offer when one is misspelt; only names the caller may read.
    fn names(&self) -> Vec<String> {
        Vec::new()
    }
}

/// Why a name has no meaning.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum ScopeError {
    /// There is no such name, or the caller may not know of it.
    Unknown,
    /// The name exists but cannot be used in this kind of expression.
    NotHere,
}

/// Everything outside the expression that an evaluation may use.
pub struct EvalContext<'a> {
    /// The moment `now()` and `today()` speak of.
    pub now: jiff::Timestamp,
    /// The zone in which days begin: the workspace's for stored results, the viewer's for filters.
    pub time_zone: &'a jiff::tz::TimeZone,
    /// The value of a path; null for one that has none.
    pub lookup: &'a dyn Fn(&[String]) -> Value,
}
