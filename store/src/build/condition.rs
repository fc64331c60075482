//! Conditions. Every one is true or false, never unknown, so that negation is exact.

use std::borrow::Cow;

use guanxi_expr::{Value, fold_case};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, Select, Storage, StoreError, Table, TextOp};
use sea_query::extension::postgres::PgBinOper;
use sea_query::{BinOper, Expr, ExprTrait, Func, Query};

use super::{Builder, Scope, falsehood, identifier, truth};
use crate::bind::{self, Bind, Scaled};
use crate::dialect::Dialect;
use crate::fold;
use crate::tokens;

/// From so many ids on one is looked for in a list of ours.
const MANY_IDS: usize = 8;

/// The values a column is looked for among, as the dialect has them.
#[derive(Debug)]
pub(super) enum Members<'a> {
    /// None that a column could hold.
    Nobody,
    /// One.
    One(Bind<'a>),
    /// SQLite: ids in order, one after the other, where that is how it looks for one among them fastest: what stands in an
    /// IN it first puts into a table of its own, anew each time a statement runs.
    Sorted(Bind<'a>),
    /// PostgreSQL: an array.
    Array(Bind<'a>),
    /// SQLite: each by itself, in few different numbers so that prepared statements are found again.
    Each(Vec<Bind<'a>>),
}

impl<'a> Members<'a> {
    /// Values of a column. `asked`: of rows found otherwise.
    pub(super) fn of(dialect: Dialect, storage: Storage, values: &'a [Value], asked: bool) -> Result<Self, StoreError> {
        let mut binds = Vec::with_capacity(values.len());
        for value in values {
            match (bind::scale_of(storage), value) {
                // A number the column cannot hold is among nothing.
                (Some(scale), Value::Decimal(number)) => {
                    if let Scaled::Exact(number) = bind::place(*number, scale) {
                        binds.push(bind::bind_number(dialect, number, storage)?);
                    }
                }
                _ if bind::is_too_early(value) => {}
                _ => binds.push(bind::bind(dialect, value, storage)?),
            }
        }
        if asked
            && dialect == Dialect::Sqlite
            && binds.len() >= MANY_IDS
            && let Some(mut ids) = binds.iter().map(|it| if let Bind::Id(id) = it { Some(*id) } else { None }).collect::<Option<Vec<_>>>()
        {
            ids.sort_unstable();
            return Ok(Self::Sorted(Bind::Bytes(ids.iter().flat_map(|it| *it.as_bytes()).collect())));
        }
        Ok(Self::few(dialect, binds))
    }

    fn few(dialect: Dialect, mut binds: Vec<Bind<'a>>) -> Self {
        if binds.len() <= 1 {
            return binds.pop().map_or(Self::Nobody, Self::One);
        }
        if dialect == Dialect::Postgres {
            return Self::Array(Bind::List(binds));
        }
        let padded = if binds.len() <= 8_192 { binds.len().next_power_of_two() } else { binds.len() };
        while binds.len() < padded
            && let Some(last) = binds.last().cloned()
        {
            binds.push(last);
        }
        Self::Each(binds)
    }
}

impl<'a> Builder<'a> {
    /// A condition as an expression.
    pub(super) fn condition(&mut self, scope: &Scope<'_>, condition: &'a Condition) -> Result<Expr, StoreError> {
        Ok(match condition {
            Condition::True => truth(),
            Condition::False => falsehood(),
            Condition::And(all) => self.chain(scope, all, BinOper::And)?,
            Condition::Or(any) => self.chain(scope, any, BinOper::Or)?,
            Condition::Compare(column, op, value) => self.compare(scope, *column, *op, value)?,
            Condition::CompareColumns(left, op, right) => self.compare_columns(scope, *left, *op, *right)?,
            Condition::IsNull(column) => scope.expr(*column)?.is_null(),
            Condition::NotNull(column) => scope.expr(*column)?.is_not_null(),
            Condition::In(column, values, negated) => self.among(scope, *column, values, *negated)?,
            Condition::Text(column, op, literal, negated) => self.text(scope, *column, *op, literal, *negated)?,
            Condition::JsonContainsAny(column, values, negated) => self.json_contains_any(scope, *column, values, *negated)?,
            Condition::Linked { link, source, targets, negated } => self.linked(scope, link, *source, targets, *negated)?,
            Condition::Words { object, id, words } => self.words(scope, object, *id, words)?,
            Condition::InSelect(column, select, negated) => self.in_select(scope, *column, select, *negated)?,
            Condition::Exists(column, select, negated) => self.exists(scope, *column, select, *negated)?,
            Condition::After(position) => self.after(scope, position)?,
            Condition::Computed(test, negated) => self.computed(scope, test, *negated)?,
        })
    }

    fn chain(&mut self, scope: &Scope<'_>, parts: &'a [Condition], op: BinOper) -> Result<Expr, StoreError> {
        let mut chained: Option<Expr> = None;
        for part in parts {
            let part = self.condition(scope, part)?;
            chained = Some(match chained {
                Some(before) => before.binary(op, part),
                None => part,
            });
        }
        Ok(chained.unwrap_or_else(|| if op == BinOper::And { truth() } else { falsehood() }))
    }

    /// A column against a value.
    pub(super) fn compare(&mut self, scope: &Scope<'_>, reference: ColumnRef, op: CompareOp, value: &'a Value) -> Result<Expr, StoreError> {
        let storage = scope.column(reference)?.storage;
        let column = scope.expr(reference)?;
        let (op, bound) = match (bind::scale_of(storage), value.as_decimal()) {
            (Some(scale), Some(number)) if !matches!((storage, value), (Storage::Int | Storage::Duration, Value::Int(_))) => {
                match bind::place(number, scale) {
                    Scaled::Exact(number) => (op, bind::bind_number(self.dialect, number, storage)?),
                    other => match between_steps(op, &other) {
                        Ok((op, floor)) => (op, bind::bind_number(self.dialect, floor, storage)?),
                        Err(Outcome::All) => return Ok(truth()),
                        Err(Outcome::Present) => return Ok(column.is_not_null()),
                        Err(Outcome::None) => return Ok(falsehood()),
                    },
                }
            }
            _ if bind::is_too_early(value) => {
                return Ok(match between_steps(op, &Scaled::TooSmall) {
                    Err(Outcome::All) => truth(),
                    Err(Outcome::Present) => column.is_not_null(),
                    _ => falsehood(),
                });
            }
            _ => (op, bind::bind(self.dialect, value, storage)?),
        };
        let bound = self.bound(bound);
        if op == CompareOp::Ne && scope.may_be_null(reference)? {
            return Ok(column.clone().ne(bound).or(column.is_null()));
        }
        Ok(column.binary(operator(op), bound))
    }

    fn compare_columns(&mut self, scope: &Scope<'_>, left: ColumnRef, op: CompareOp, right: ColumnRef) -> Result<Expr, StoreError> {
        let scales = (bind::scale_of(scope.column(left)?.storage), bind::scale_of(scope.column(right)?.storage));
        let (mut left, mut right) = (scope.expr(left)?, scope.expr(right)?);
        if let (Dialect::Sqlite, (Some(left_scale), Some(right_scale))) = (self.dialect, scales) {
            // Scaled integers of different scales meet at the finer one.
            let factor = |own: u32, other: u32| Expr::cust(10_i64.pow(other.saturating_sub(own)).to_string());
            if left_scale < right_scale {
                left = left.mul(factor(left_scale, right_scale));
            } else if right_scale < left_scale {
                right = right.mul(factor(right_scale, left_scale));
            }
        }
        let custom = |name| BinOper::Custom(name);
        Ok(match op {
            CompareOp::Eq => left.binary(custom("IS NOT DISTINCT FROM"), right),
            CompareOp::Ne => left.binary(custom("IS DISTINCT FROM"), right),
            _ => left.binary(operator(op), right),
        })
    }

    fn among(&mut self, scope: &Scope<'_>, reference: ColumnRef, values: &'a [Value], negated: bool) -> Result<Expr, StoreError> {
        let storage = scope.column(reference)?.storage;
        let column = scope.expr(reference)?;
        let found = match Members::of(self.dialect, storage, values, self.asked)? {
            Members::Nobody => return Ok(if negated { truth() } else { falsehood() }),
            members => self.membership(column.clone(), members),
        };
        Ok(if negated { found.not().or(column.is_null()) } else { found })
    }

    /// `column IN (...)`.
    fn membership(&mut self, column: Expr, members: Members<'a>) -> Expr {
        match members {
            Members::Nobody => falsehood(),
            Members::One(only) => column.eq(self.bound(only)),
            Members::Sorted(ids) => {
                let ids = self.bound(ids);
                Func::cust("gx_among").args([column, ids]).into()
            }
            Members::Array(list) => column.eq(Func::cust("ANY").arg(self.bound(list))),
            Members::Each(binds) => {
                let bound: Vec<Expr> = binds.into_iter().map(|bind| self.bound(bind)).collect();
                column.is_in(bound)
            }
        }
    }

    fn text(&mut self, scope: &Scope<'_>, reference: ColumnRef, op: TextOp, literal: &'a str, negated: bool) -> Result<Expr, StoreError> {
        let column = scope.expr(reference)?;
        match self.dialect {
            Dialect::Sqlite => {
                let pattern = self.bound(Bind::Text(Cow::Owned(fold_case(literal))));
                let found = Func::cust("gx_text").args([column, pattern, Expr::cust(fold::op_number(op).to_string())]);
                // The function answers 0 for NULL, so its negation is already right.
                Ok(if negated { Expr::from(found).not() } else { found.into() })
            }
            Dialect::Postgres => {
                let folded = Expr::from(Func::cust("gx_fold").arg(column.clone()));
                let found = if op == TextOp::EqualsIgnoreCase {
                    let pattern = self.bound(Bind::Text(Cow::Owned(fold_case(literal))));
                    folded.eq(pattern)
                } else {
                    let pattern = self.bound(Bind::Text(Cow::Owned(fold::like_pattern(op, literal))));
                    folded.binary(BinOper::Like, pattern)
                };
                Ok(if negated { found.not().or(column.is_null()) } else { found })
            }
        }
    }

    fn json_contains_any(&mut self, scope: &Scope<'_>, reference: ColumnRef, values: &'a [Value], negated: bool) -> Result<Expr, StoreError> {
        let column = scope.expr(reference)?;
        if values.is_empty() {
            return Ok(if negated { truth() } else { falsehood() });
        }
        match self.dialect {
            Dialect::Sqlite => {
                let mut items = Vec::with_capacity(values.len());
                for value in values {
                    items.push(json_item(value)?);
                }
                let item = Expr::col((identifier("item"), identifier("value")));
                let found = self.membership(item, Members::few(self.dialect, items));
                let mut rows = Query::select();
                rows.expr(Expr::cust("1")).from_function(Func::cust("json_each").arg(column), identifier("item")).and_where(found);
                let exists = Expr::exists(rows);
                Ok(if negated { exists.not() } else { exists })
            }
            Dialect::Postgres => {
                let mut found: Option<Expr> = None;
                for value in values {
                    let json = self.bound(Bind::Json(bind::json_of(value)?.to_string().into()));
                    let one = column.clone().binary(PgBinOper::Contains, json);
                    found = Some(match found {
                        Some(before) => before.or(one),
                        None => one,
                    });
                }
                let found = found.unwrap_or_else(falsehood);
                Ok(if negated { found.not().or(column.is_null()) } else { found.and(column.is_not_null()) })
            }
        }
    }

    fn linked(&mut self, scope: &Scope<'_>, link: &'a Table, source: ColumnRef, targets: &'a [Value], negated: bool) -> Result<Expr, StoreError> {
        let column = |name: &str| Expr::col((identifier("link"), identifier(name)));
        let storage = link.columns.iter().find(|it| it.name == "target").map_or(Storage::Id, |it| it.storage);
        let mut rows = Query::select();
        rows.expr(Expr::cust("1")).from_as(identifier(&link.name), identifier("link"));
        rows.and_where(column("source").eq(scope.expr(source)?));
        if !targets.is_empty() {
            let binds = targets.iter().map(|target| bind::bind(self.dialect, target, storage)).collect::<Result<Vec<_>, _>>()?;
            let wanted = self.membership(column("target"), Members::few(self.dialect, binds));
            rows.and_where(wanted);
        }
        let exists = Expr::exists(rows);
        Ok(if negated { exists.not() } else { exists })
    }

    fn words(&mut self, scope: &Scope<'_>, object: &'a str, id: ColumnRef, words: &'a [Vec<(String, bool)>]) -> Result<Expr, StoreError> {
        let wanted = tokens::query_lists(words);
        if wanted.is_empty() {
            return Ok(falsehood());
        }
        let mut found = self.having_words(&wanted, "record");
        let of = self.bound(Bind::Text(Cow::Borrowed(object)));
        found.and_where(Expr::col(identifier("object")).eq(of));
        Ok(scope.expr(id)?.in_subquery(found))
    }

    fn in_select(&mut self, scope: &Scope<'_>, reference: ColumnRef, select: &'a Select, negated: bool) -> Result<Expr, StoreError> {
        let column = scope.expr(reference)?;
        let mut rows = self.asking(false, |it| it.select(select))?;
        if !negated {
            return Ok(column.in_subquery(rows));
        }
        if let Some(only) = select.columns.first() {
            // One NULL among the rows would make NOT IN unknown for every value.
            rows.and_where(Scope::of(&select.table, &select.joins).expr(*only)?.is_not_null());
        }
        Ok(column.clone().not_in_subquery(rows).or(column.is_null()))
    }

    fn exists(&mut self, scope: &Scope<'_>, reference: ColumnRef, select: &'a Select, negated: bool) -> Result<Expr, StoreError> {
        let only = select.columns.first().ok_or_else(|| StoreError::Other("a select within a condition names no column".into()))?;
        let inner = scope.within(&select.table, &select.joins);
        let mut rows = Query::select();
        rows.expr(Expr::cust("1"));
        // The tie finds the rows. What else is asked of them is asked of few, and may stand in one bound value: who sees several
        // hundred departments sees a file by any of the many things it may hang on, with each department in each of them.
        self.asked(|it| {
            it.from(&mut rows, &inner, &select.table, &select.joins)?;
            rows.and_where(inner.expr(*only)?.eq(scope.expr(reference)?));
            it.filter(&mut rows, &inner, &select.condition, None)
        })?;
        let exists = Expr::exists(rows);
        Ok(if negated { exists.not() } else { exists })
    }
}

/// What a comparison comes to without asking the column's amount.
enum Outcome {
    All,
    Present,
    None,
}

/// A comparison with a number that lies between two steps of the column's scale, or beyond its range.
fn between_steps(op: CompareOp, place: &Scaled) -> Result<(CompareOp, rust_decimal::Decimal), Outcome> {
    match (op, place) {
        (CompareOp::Eq, _) => Err(Outcome::None),
        (CompareOp::Ne, _) => Err(Outcome::All),
        (CompareOp::Gt | CompareOp::Ge, Scaled::Above(floor)) => Ok((CompareOp::Gt, *floor)),
        (CompareOp::Lt | CompareOp::Le, Scaled::Above(floor)) => Ok((CompareOp::Le, *floor)),
        (CompareOp::Gt | CompareOp::Ge, Scaled::TooSmall) | (CompareOp::Lt | CompareOp::Le, Scaled::TooLarge) => Err(Outcome::Present),
        (_, Scaled::Exact(number)) => Ok((op, *number)),
        _ => Err(Outcome::None),
    }
}

/// An item of a JSON list as SQLite's json_each answers it.
fn json_item<'a>(value: &Value) -> Result<Bind<'a>, StoreError> {
    Ok(match value {
        Value::Bool(flag) => Bind::Bool(*flag),
        Value::Int(number) | Value::Duration(number) => Bind::Int(*number),
        _ => match bind::json_of(value)? {
            serde_json::Value::String(text) => Bind::Text(Cow::Owned(text)),
            other => Bind::Text(Cow::Owned(other.to_string())),
        },
    })
}

/// The SQL operator.
pub(super) fn operator(op: CompareOp) -> BinOper {
    match op {
        CompareOp::Eq => BinOper::Equal,
        CompareOp::Ne => BinOper::NotEqual,
        CompareOp::Lt => BinOper::SmallerThan,
        CompareOp::Le => BinOper::SmallerThanOrEqual,
        CompareOp::Gt => BinOper::GreaterThan,
        CompareOp::Ge => BinOper::GreaterThanOrEqual,
    }
}
