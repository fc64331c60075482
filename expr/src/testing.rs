//! A small record for the tests of this crate.

use crate::{EvalContext, Scope, ScopeError, Type, Value};

/// The scope of a deal: one field of every type.
pub(crate) struct Deal;

type TypeOf = fn() -> Type;

/// The fields of a deal.
const FIELDS: [(&str, TypeOf); 17] = [
    ("name", || Type::Text),
    ("nickname", || Type::Text),
    ("stage", || Type::Text),
    ("amount", || Type::Decimal),
    ("budget", || Type::Decimal),
    ("count", || Type::Int),
    ("active", || Type::Bool),
    ("owner", || Type::Id),
    ("close_date", || Type::Date),
    ("created_at", || Type::DateTime),
    ("duration", || Type::Duration),
    ("tags", || Type::Text.list()),
    ("notes", || Type::Json),
    ("account.address.city", || Type::Text),
    ("me.department", || Type::Id),
    ("me.id", || Type::Id),
    ("me.team", || Type::Id.list()),
];

impl Scope for Deal {
    fn resolve(&self, path: &[&str]) -> Result<Type, ScopeError> {
        let dotted = path.join(".");
        if dotted == "formula" {
            return Err(ScopeError::NotHere);
        }
        FIELDS.iter().find(|(name, _)| *name == dotted).map(|(_, ty)| ty()).ok_or(ScopeError::Unknown)
    }

    fn names(&self) -> Vec<String> {
        FIELDS.iter().map(|(name, _)| (*name).to_owned()).collect()
    }
}

/// Evaluates a source for a record, at noon of 2026-03-11 (a Wednesday) in Shanghai.
pub(crate) fn value_of(source: &str, lookup: &dyn Fn(&[String]) -> Value) -> Value {
    let checked = crate::check(source, &Deal).unwrap_or_else(|error| panic!("{source:.80}: {error}"));
    with_context(lookup, |context| crate::evaluate(&checked.root, context).unwrap_or_else(|error| panic!("{source:.80}: {error}")))
}

/// Runs something with the context of the tests.
pub(crate) fn with_context<T>(lookup: &dyn Fn(&[String]) -> Value, run: impl FnOnce(&EvalContext<'_>) -> T) -> T {
    let time_zone = jiff::tz::TimeZone::get("Asia/Shanghai").expect("the zone is bundled");
    let now = "2026-03-11T12:00:00+08:00".parse().expect("a moment");
    run(&EvalContext { now, time_zone: &time_zone, lookup })
}
