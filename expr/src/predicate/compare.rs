//! A field beside constants: the values are brought to the field's own type, so that stores bind what the column holds.

use rust_decimal::prelude::ToPrimitive;

use crate::value::fold_case;
use crate::{CompareOp, Function, Predicate, TextOp, Type, Value};

use super::build::constant;

/// The comparison a function is, if it is one.
pub(super) fn op_of(function: Function) -> Option<CompareOp> {
    Some(match function {
        Function::Equal => CompareOp::Eq,
        Function::NotEqual => CompareOp::Ne,
        Function::Less => CompareOp::Lt,
        Function::LessOrEqual => CompareOp::Le,
        Function::Greater => CompareOp::Gt,
        Function::GreaterOrEqual => CompareOp::Ge,
        _ => return None,
    })
}

/// A field against a value of any kind that goes with it.
pub(super) fn field(path: &[String], ty: &Type, op: CompareOp, value: &Value) -> Predicate {
    let path = path.to_vec();
    if value.is_absent() {
        return constant(op == CompareOp::Ne);
    }
    match (ty, value) {
        (Type::Decimal, Value::Int(number)) => Predicate::Compare { path, op, value: Value::Decimal((*number).into()) },
        (Type::Int, Value::Decimal(number)) => whole_number_field(path, op, *number),
        _ => Predicate::Compare { path, op, value: value.clone() },
    }
}

/// A field against a field. Two fields without a value are not equal in the language, but are in [`Predicate`].
pub(super) fn fields(left: &[String], op: CompareOp, right: &[String]) -> Predicate {
    let compared = Predicate::ComparePaths { left: left.to_vec(), op, right: right.to_vec() };
    match op {
        CompareOp::Eq => Predicate::all([compared, Predicate::NotNull(left.to_vec())]),
        CompareOp::Ne => Predicate::any([compared, Predicate::IsNull(left.to_vec())]),
        _ => compared,
    }
}

/// A whole-number field against a decimal: the same comparison with a whole number.
fn whole_number_field(path: Vec<String>, op: CompareOp, number: rust_decimal::Decimal) -> Predicate {
    let floor = number.floor();
    let whole = number == floor;
    let Some(floor) = floor.to_i64() else {
        // Beyond every whole number the field can hold.
        let above = number.is_sign_positive();
        return match op {
            CompareOp::Eq => Predicate::False,
            CompareOp::Ne => Predicate::True,
            CompareOp::Lt | CompareOp::Le if above => Predicate::NotNull(path),
            CompareOp::Gt | CompareOp::Ge if !above => Predicate::NotNull(path),
            _ => Predicate::False,
        };
    };
    let op = match op {
        CompareOp::Eq if !whole => return Predicate::False,
        CompareOp::Ne if !whole => return Predicate::True,
        CompareOp::Lt if !whole => CompareOp::Le,
        CompareOp::Ge if !whole => CompareOp::Gt,
        op => op,
    };
    Predicate::Compare { path, op, value: Value::Int(floor) }
}

/// A value as the type of a field; `None` when no field of the type can equal it.
fn as_type(value: &Value, ty: &Type) -> Option<Value> {
    match (ty, value) {
        (_, Value::Null) => None,
        (Type::Decimal, Value::Int(number)) => Some(Value::Decimal((*number).into())),
        (Type::Int, Value::Decimal(number)) if *number == number.floor() => number.to_i64().map(Value::Int),
        (Type::Int, Value::Decimal(_)) => None,
        _ => Some(value.clone()),
    }
}

/// The values as the type, each once, without nulls.
fn distinct(values: &[Value], ty: &Type) -> Vec<Value> {
    let mut seen = std::collections::HashSet::new();
    values.iter().filter_map(|value| as_type(value, ty)).filter(|value| seen.insert(value.clone())).collect()
}

/// `field in [values]`; a null among the values is passed over.
pub(super) fn is_one_of(path: &[String], ty: &Type, values: &[Value]) -> Predicate {
    let mut values = distinct(values, ty);
    match values.len() {
        0 => Predicate::False,
        1 => Predicate::Compare { path: path.to_vec(), op: CompareOp::Eq, value: values.remove(0) },
        _ => Predicate::In { path: path.to_vec(), values, negated: false },
    }
}

/// `list.contains(value)` and `list.containsAny(values)`.
pub(super) fn contains_any(path: &[String], ty: &Type, values: &[Value]) -> Predicate {
    let inner = match ty {
        Type::List(inner) => inner,
        other => other,
    };
    let mut values = distinct(values, inner);
    match values.len() {
        0 => Predicate::False,
        1 => Predicate::ListContains { path: path.to_vec(), value: values.remove(0), negated: false },
        _ => Predicate::ListContainsAny { path: path.to_vec(), values, negated: false },
    }
}

/// `lower(field) == text`, which is equality ignoring case where the text is lower case, and nothing where it is not.
pub(super) fn lower_case(path: &[String], op: CompareOp, text: &str) -> Predicate {
    let negated = op == CompareOp::Ne;
    if fold_case(text) != text {
        return constant(negated);
    }
    Predicate::Text { path: path.to_vec(), op: TextOp::EqualsIgnoreCase, value: text.to_owned(), negated }
}

/// `size(list)` where it only asks whether the list has items.
pub(super) fn list_size(path: &[String], op: CompareOp, value: &Value) -> Option<Predicate> {
    let threshold = value.as_decimal()?.to_i64().filter(|whole| value.equals(&Value::Int(*whole)))?;
    match (op, threshold) {
        (CompareOp::Eq | CompareOp::Le, 0) | (CompareOp::Lt, 1) => Some(Predicate::IsNull(path.to_vec())),
        (CompareOp::Ne | CompareOp::Gt, 0) | (CompareOp::Ge, 1) => Some(Predicate::NotNull(path.to_vec())),
        _ => None,
    }
}

/// `coalesce(field, default)` against a value.
pub(super) fn with_default(path: &[String], ty: &Type, op: CompareOp, value: &Value, default: &Value) -> Predicate {
    let compared = field(path, ty, op, value);
    if op.holds(default, value) {
        Predicate::any([compared, Predicate::IsNull(path.to_vec())])
    } else {
        Predicate::all([compared, Predicate::NotNull(path.to_vec())])
    }
}
