//! Computed conditions. SQLite hands them to a function of ours; PostgreSQL computes them itself, with numerics throughout:
//! days since 1970 and microseconds since then stand for dates and moments.

use std::borrow::Cow;

use guanxi_expr::{Function, Type, Value};
use guanxi_kernel::store::{Storage, StoreError, Term};
use rust_decimal::Decimal;
use sea_query::{BinOper, Expr, ExprTrait, Func};

use super::condition::operator;
use super::{Builder, Scope, falsehood, truth};
use crate::bind::Bind;
use crate::dialect::Dialect;
use crate::sqlite::program;

/// Days between 1970-01-01 and the day a date column holds.
const DAYS: &str = "DATE '1970-01-01'";

impl<'a> Builder<'a> {
    pub(super) fn computed(&mut self, scope: &Scope<'_>, test: &'a Term, negated: bool) -> Result<Expr, StoreError> {
        let holds = match self.dialect {
            Dialect::Sqlite => {
                let (program, columns) = program::encode(test, &|column| Ok(scope.column(column)?.storage))?;
                let mut args = vec![self.bound(Bind::Text(Cow::Owned(program)))];
                args.extend(columns.iter().map(|it| scope.expr(*it)).collect::<Result<Vec<_>, _>>()?);
                Func::cust("gx_computed").args(args).into()
            }
            Dialect::Postgres => self.test(scope, test)?,
        };
        Ok(if negated { holds.not() } else { holds })
    }

    fn test(&mut self, scope: &Scope<'_>, test: &'a Term) -> Result<Expr, StoreError> {
        let Term::Call { function, args, .. } = test else { return Err(unknown("a test")) };
        if let (Function::IsNull, [arg]) = (function, args.as_slice()) {
            return Ok(self.number(scope, arg)?.is_null());
        }
        let (Some(op), [left, right]) = (comparison(*function), args.as_slice()) else { return Err(unknown(function.name())) };
        let compared = self.number(scope, left)?.binary(op, self.number(scope, right)?);
        // What has no value equals nothing and comes before nothing.
        let absent = if *function == Function::NotEqual { truth() } else { falsehood() };
        Ok(Func::coalesce([compared, absent]).into())
    }

    fn number(&mut self, scope: &Scope<'_>, term: &'a Term) -> Result<Expr, StoreError> {
        match term {
            Term::Column(reference) => {
                let column = scope.expr(*reference)?;
                Ok(match scope.column(*reference)?.storage {
                    Storage::Decimal { .. } => column,
                    Storage::Int | Storage::Duration => column.cast_as("numeric"),
                    Storage::Date => days_of(column),
                    Storage::DateTime => Func::cust("gx_micros").arg(column).into(),
                    other => return Err(unknown(&format!("a column of {other:?}"))),
                })
            }
            Term::Value(value) => Ok(match number_of(value)? {
                Some(number) => self.bound(Bind::Number(number)).cast_as("numeric"),
                None => Expr::cust("CAST(NULL AS numeric)"),
            }),
            Term::Call { function, args, ty } => self.call(scope, *function, args, ty),
        }
    }

    fn call(&mut self, scope: &Scope<'_>, function: Function, args: &'a [Term], ty: &Type) -> Result<Expr, StoreError> {
        if let Some(found) = self.of_column(scope, function, args)? {
            return Ok(found);
        }
        let mut values = args.iter().map(|arg| self.number(scope, arg)).collect::<Result<Vec<_>, _>>()?.into_iter();
        let mut next = || values.next().ok_or_else(|| unknown(function.name()));
        let cust = |name: &'static str, args: Vec<Expr>| Expr::from(Func::cust(name).args(args));
        let seconds = |days: i64| Expr::cust(days.to_string());
        // Whole numbers and lengths of time are kept within 64 bits, decimals within 28 digits.
        let kept = |value: Expr| cust(if *ty == Type::Decimal { "gx_decimal" } else { "gx_integer" }, vec![value]);
        let whole_days = |value: Expr| cust("div", vec![value, Expr::cust("86400")]);
        Ok(match function {
            Function::Add | Function::AddDurations => kept(next()?.add(next()?)),
            Function::Subtract | Function::SubtractDurations => kept(next()?.sub(next()?)),
            Function::Multiply | Function::MultiplyDuration => kept(next()?.mul(next()?)),
            Function::Divide => cust("gx_divide", vec![next()?, next()?]),
            Function::Modulo => cust("mod", vec![next()?, cust("NULLIF", vec![next()?, Expr::cust("0")])]),
            Function::Negate if *ty == Type::Decimal => Expr::cust("0").sub(next()?),
            Function::Negate => kept(Expr::cust("0").sub(next()?)),
            Function::Abs if *ty == Type::Decimal => cust("abs", vec![next()?]),
            Function::Abs => kept(cust("abs", vec![next()?])),
            Function::Floor => kept(cust("floor", vec![next()?])),
            Function::Ceil => kept(cust("ceil", vec![next()?])),
            Function::Round if args.len() == 1 => kept(cust("round", vec![next()?])),
            Function::Round => cust("gx_round", vec![next()?, next()?]),
            Function::Min | Function::Max => {
                let name = if function == Function::Min { "gx_least" } else { "gx_greatest" };
                let first = next()?;
                values.fold(first, |best, value| cust(name, vec![best, value]))
            }
            Function::Coalesce => Func::coalesce(values).into(),
            Function::Days => kept(next()?.mul(seconds(86_400))),
            Function::Hours => kept(next()?.mul(seconds(3_600))),
            Function::Minutes => kept(next()?.mul(seconds(60))),
            Function::AddToDate => cust("gx_day", vec![next()?.add(whole_days(next()?))]),
            Function::SubtractFromDate => cust("gx_day", vec![next()?.sub(whole_days(next()?))]),
            Function::AddToDateTime => cust("gx_moment", vec![next()?.add(next()?.mul(seconds(1_000_000)))]),
            Function::SubtractFromDateTime => cust("gx_moment", vec![next()?.sub(next()?.mul(seconds(1_000_000)))]),
            Function::DateDifference => next()?.sub(next()?).mul(seconds(86_400)),
            Function::DateTimeDifference => cust("div", vec![next()?.sub(next()?), seconds(1_000_000)]),
            Function::DaysBetween => {
                let from = next()?;
                next()?.sub(from)
            }
            Function::Year => cust("gx_year", vec![next()?]),
            Function::Month => cust("gx_part", vec![Expr::cust("'month'"), next()?]),
            Function::Day => cust("gx_part", vec![Expr::cust("'day'"), next()?]),
            Function::StartOfWeek => cust("gx_start", vec![Expr::cust("'week'"), next()?]),
            Function::StartOfMonth => cust("gx_start", vec![Expr::cust("'month'"), next()?]),
            Function::StartOfQuarter => cust("gx_start", vec![Expr::cust("'quarter'"), next()?]),
            Function::StartOfYear => cust("gx_start", vec![Expr::cust("'year'"), next()?]),
            other => return Err(unknown(other.name())),
        })
    }

    /// Functions that ask a column itself, in its own type.
    fn of_column(&mut self, scope: &Scope<'_>, function: Function, args: &'a [Term]) -> Result<Option<Expr>, StoreError> {
        Ok(Some(match (function, args) {
            (Function::ToDate, [Term::Column(column), Term::Value(Value::Text(zone))]) => {
                let zone = self.bound(Bind::Text(Cow::Borrowed(zone))).cast_as("text");
                days_of(Expr::from(Func::cust("timezone").args([zone, scope.expr(*column)?])).cast_as("date"))
            }
            (Function::AddMonths | Function::AddYears, [Term::Column(column), Term::Value(Value::Int(count))]) => {
                let months = if function == Function::AddYears { count.saturating_mul(12) } else { *count };
                let months = Func::cust("make_interval").args([Expr::cust("0"), Expr::cust(months.to_string())]);
                let moved = scope.expr(*column)?.add(Expr::from(months)).cast_as("date");
                Func::cust("gx_day").arg(days_of(moved)).into()
            }
            (Function::TextSize, [Term::Column(column)]) => Expr::from(Func::cust("char_length").arg(scope.expr(*column)?)).cast_as("numeric"),
            _ => return Ok(None),
        }))
    }
}

/// A date as a number of days.
fn days_of(date: Expr) -> Expr {
    date.sub(Expr::cust(DAYS)).cast_as("numeric")
}

/// A constant as the number that stands for it.
fn number_of(value: &Value) -> Result<Option<Decimal>, StoreError> {
    Ok(Some(match value {
        Value::Null => return Ok(None),
        Value::Int(number) | Value::Duration(number) => Decimal::from(*number),
        Value::Decimal(number) => *number,
        Value::Date(date) => {
            let days = date.duration_since(jiff::civil::date(1970, 1, 1)).as_secs() / 86_400;
            Decimal::from(days)
        }
        Value::DateTime(moment) => Decimal::from(moment.as_microsecond()),
        other => return Err(unknown(&format!("a constant {:?}", other.type_of()))),
    }))
}

fn comparison(function: Function) -> Option<BinOper> {
    use guanxi_kernel::store::CompareOp;
    let all = [CompareOp::Eq, CompareOp::Ne, CompareOp::Lt, CompareOp::Le, CompareOp::Gt, CompareOp::Ge];
    all.into_iter().find(|it| it.function() == function).map(operator)
}

fn unknown(what: &str) -> StoreError {
    StoreError::Other(format!("{what} cannot be computed in a condition"))
}
