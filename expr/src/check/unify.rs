//! One type for several expressions: numbers mix, dates become datetimes, texts become what stands beside them.

use crate::{Expr, ExprError, Function, Place, Type, Value};

use super::{Checker, Typed, literals};

impl Checker<'_> {
    /// Brings two sides to one type.
    pub(super) fn unify(&self, left: Typed, right: Typed, id: u64) -> Result<(Expr, Expr, Type), ExprError> {
        let left_type = left.ty();
        let right_type = right.ty();
        if let Some(common) = common_type(&left_type, &right_type) {
            let left = self.convert(left, &common)?;
            let right = self.convert(right, &common)?;
            return Ok((left, right, common));
        }
        if is_text_literal(&left.expr) && stands_for(&right_type) {
            let left = self.read_literal(&left, &right_type)?;
            let left = Typed { expr: left, id };
            return self.unify(left, right, id);
        }
        if is_text_literal(&right.expr) && stands_for(&left_type) {
            let right = self.read_literal(&right, &left_type)?;
            let right = Typed { expr: right, id };
            return self.unify(left, right, id);
        }
        Err(self.error(
            id,
            "wrong_type",
            format!("{}与{}不能放在一起", left_type.name_zh(), right_type.name_zh()),
            format!("{left_type} and {right_type} do not go together"),
        ))
    }

    /// Brings all items to one type; null when there are none.
    pub(super) fn unify_all(&self, items: Vec<Typed>) -> Result<(Vec<Expr>, Type), ExprError> {
        let mut common = Type::Null;
        for item in &items {
            let ty = item.ty();
            // A text among dates is read as a date below; among texts it stays one.
            let reads = is_text_literal(&item.expr) && stands_for(&common);
            common = match common_type(&common, &ty) {
                Some(wider) => wider,
                None if reads => common,
                None if common == Type::Text && stands_for(&ty) => ty,
                None => {
                    return Err(self.error(
                        item.id,
                        "wrong_type",
                        format!("{}与{}不能放在一起", common.name_zh(), ty.name_zh()),
                        format!("{common} and {ty} do not go together"),
                    ));
                }
            };
        }
        if common == Type::Date && items.iter().any(|item| spells_time_of_day(&item.expr)) {
            common = Type::DateTime;
        }
        let items = items.into_iter().map(|item| self.convert(item, &common)).collect::<Result<Vec<_>, _>>()?;
        Ok((items, common))
    }

    /// Makes an expression one of the wanted type, where that is possible without a loss.
    pub(super) fn convert(&self, item: Typed, wanted: &Type) -> Result<Expr, ExprError> {
        let ty = item.ty();
        match (&item.expr, wanted) {
            _ if ty == *wanted || ty == Type::Null => Ok(item.expr),
            (Expr::Literal(Value::Int(number)), Type::Decimal) => Ok(Expr::Literal(Value::Decimal((*number).into()))),
            (_, Type::Decimal) if ty == Type::Int => Ok(item.expr),
            (_, Type::DateTime) if ty == Type::Date => Ok(to_datetime(item.expr)),
            (Expr::Literal(Value::Text(_)), _) if stands_for(wanted) => {
                let read = self.read_literal(&item, wanted)?;
                self.convert(Typed { expr: read, id: item.id }, wanted)
            }
            (Expr::List(..), Type::List(inner)) => self.convert_items(item, inner),
            (_, Type::List(_)) if common_type(&ty, wanted).as_ref() == Some(wanted) => Ok(item.expr),
            _ => Err(self.wrong_type(item.id, &wanted.name_zh(), &wanted.to_string(), &ty)),
        }
    }

    /// Makes every item of a written list one of the wanted type.
    pub(super) fn convert_items(&self, list: Typed, wanted: &Type) -> Result<Expr, ExprError> {
        match list.expr {
            Expr::List(items, _) => {
                let id = list.id;
                let items = items.into_iter().map(|expr| self.convert(Typed { expr, id }, wanted)).collect::<Result<Vec<_>, _>>()?;
                Ok(Expr::List(items, wanted.clone()))
            }
            other => Ok(other),
        }
    }

    /// Reads a text literal as the date, datetime, duration or id it stands for.
    fn read_literal(&self, item: &Typed, wanted: &Type) -> Result<Expr, ExprError> {
        let text = match &item.expr {
            Expr::Literal(Value::Text(text)) => text,
            other => return Err(self.wrong_type(item.id, &wanted.name_zh(), &wanted.to_string(), &other.ty())),
        };
        let read = match wanted {
            Type::Date | Type::DateTime => read_moment(text),
            Type::Duration => literals::duration(text).map(|seconds| Expr::Literal(Value::Duration(seconds))),
            Type::Id => literals::id(text).map(Expr::Literal),
            _ => None,
        };
        read.ok_or_else(|| self.bad_literal(item.id, text, wanted))
    }

    /// The error of a text that does not spell what is wanted.
    pub(super) fn bad_literal(&self, id: u64, text: &str, wanted: &Type) -> ExprError {
        let shown: String = text.chars().take(40).collect();
        let (form_zh, form_en) = match wanted {
            Type::Date => (",写作 2026-03-01", ", written 2026-03-01"),
            Type::DateTime => (",写作 2026-03-01 09:00", ", written 2026-03-01 09:00"),
            Type::Duration => (",写作 1h 30m", ", written 1h 30m"),
            _ => ("", ""),
        };
        self.error(id, "bad_literal", format!("“{shown}”不是{}{form_zh}", wanted.name_zh()), format!("\"{shown}\" is not a valid {wanted}{form_en}"))
    }
}

/// A date where a datetime is wanted: the start of the day.
pub(super) fn to_datetime(expr: Expr) -> Expr {
    Expr::Call { function: Function::ToDateTime, args: vec![expr], ty: Type::DateTime, at: Place::default() }
}

/// A date if the text is one, else a datetime.
fn read_moment(text: &str) -> Option<Expr> {
    if let Some(date) = literals::date(text) {
        return Some(Expr::Literal(Value::Date(date)));
    }
    Some(match literals::datetime(text)? {
        literals::WrittenDateTime::Moment(moment) => Expr::Literal(Value::DateTime(moment)),
        literals::WrittenDateTime::Local(_) => to_datetime(Expr::Literal(Value::Text(text.to_owned()))),
    })
}

/// The type both fit into without reading texts.
pub(super) fn common_type(left: &Type, right: &Type) -> Option<Type> {
    match (left, right) {
        _ if left == right => Some(left.clone()),
        (Type::Null, other) | (other, Type::Null) => Some(other.clone()),
        (Type::Int | Type::Decimal, Type::Int | Type::Decimal) => Some(Type::Decimal),
        (Type::Date | Type::DateTime, Type::Date | Type::DateTime) => Some(Type::DateTime),
        (Type::List(left), Type::List(right)) => match (&**left, &**right) {
            (Type::Date, Type::DateTime) | (Type::DateTime, Type::Date) => None,
            (left, right) => common_type(left, right).map(Type::list),
        },
        _ => None,
    }
}

/// Whether this is a text that spells a date with a time of day.
fn spells_time_of_day(expr: &Expr) -> bool {
    match expr {
        Expr::Literal(Value::Text(text)) => literals::date(text).is_none() && literals::datetime(text).is_some(),
        _ => false,
    }
}

fn is_text_literal(expr: &Expr) -> bool {
    matches!(expr, Expr::Literal(Value::Text(_)))
}

/// Whether a text literal beside this type is read as that type.
pub(super) fn stands_for(ty: &Type) -> bool {
    matches!(ty, Type::Date | Type::DateTime | Type::Duration | Type::Id)
}
