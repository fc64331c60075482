//! Computed conditions on SQLite, whose own arithmetic is neither exact nor bounded: the computation is handed to a
//! function of ours, which evaluates it as the language itself does. It travels as a bound text; the columns are the
//! further arguments.

use guanxi_expr::{EvalContext, Expr, Function, Place, Type, Value, evaluate};
use guanxi_kernel::store::{ColumnRef, Storage, StoreError, Term};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use rusqlite::functions::Context;
use serde_json::{Value as Json, json};

use super::transaction::decode;

/// Most columns of one computation; SQLite's functions take 127 arguments.
const MOST_COLUMNS: usize = 100;

/// The functions a computation may use; the number of one is its place.
const FUNCTIONS: [Function; 45] = [
    Function::Equal,
    Function::NotEqual,
    Function::Less,
    Function::LessOrEqual,
    Function::Greater,
    Function::GreaterOrEqual,
    Function::IsNull,
    Function::Coalesce,
    Function::Add,
    Function::Subtract,
    Function::Multiply,
    Function::Divide,
    Function::Modulo,
    Function::Negate,
    Function::Abs,
    Function::Round,
    Function::Floor,
    Function::Ceil,
    Function::Min,
    Function::Max,
    Function::AddDurations,
    Function::SubtractDurations,
    Function::MultiplyDuration,
    Function::Days,
    Function::Hours,
    Function::Minutes,
    Function::AddToDate,
    Function::SubtractFromDate,
    Function::AddToDateTime,
    Function::SubtractFromDateTime,
    Function::DateDifference,
    Function::DateTimeDifference,
    Function::DaysBetween,
    Function::ToDate,
    Function::Year,
    Function::Month,
    Function::Day,
    Function::StartOfWeek,
    Function::StartOfMonth,
    Function::StartOfQuarter,
    Function::StartOfYear,
    Function::AddMonths,
    Function::AddYears,
    Function::TextSize,
    Function::ToDateTime,
];

/// Types of results; the number of one is its place.
const TYPES: [Type; 6] = [Type::Bool, Type::Int, Type::Decimal, Type::Date, Type::DateTime, Type::Duration];

/// A computation as text, with the columns it asks for in the order of its arguments.
pub(crate) fn encode(term: &Term, storage_of: &dyn Fn(ColumnRef) -> Result<Storage, StoreError>) -> Result<(String, Vec<ColumnRef>), StoreError> {
    let mut columns = Vec::new();
    let test = encode_term(term, &mut columns)?;
    if columns.len() > MOST_COLUMNS {
        return Err(StoreError::Other(format!("a condition computes with {} columns; at most {MOST_COLUMNS}", columns.len())));
    }
    let storages = columns.iter().map(|it| Ok(storage_json(storage_of(*it)?))).collect::<Result<Vec<Json>, StoreError>>()?;
    Ok((json!([test, storages]).to_string(), columns))
}

fn encode_term(term: &Term, columns: &mut Vec<ColumnRef>) -> Result<Json, StoreError> {
    Ok(match term {
        Term::Column(column) => {
            let at = columns.iter().position(|it| it == column).unwrap_or_else(|| {
                columns.push(*column);
                columns.len() - 1
            });
            json!({ "c": at })
        }
        Term::Value(value) => value_json(value)?,
        Term::Call { function, args, ty } => {
            let at =
                |found: Option<usize>| found.ok_or_else(|| StoreError::Other(format!("`{}` cannot be computed in a condition", function.name())));
            let args = args.iter().map(|it| encode_term(it, columns)).collect::<Result<Vec<_>, _>>()?;
            json!({ "f": at(FUNCTIONS.iter().position(|it| it == function))?, "t": at(TYPES.iter().position(|it| it == ty))?, "a": args })
        }
    })
}

fn value_json(value: &Value) -> Result<Json, StoreError> {
    Ok(match value {
        Value::Null => json!({ "n": 0 }),
        Value::Int(number) => json!({ "i": number }),
        Value::Decimal(number) => json!({ "d": number.to_string() }),
        Value::Date(date) => json!({ "D": date.to_string() }),
        Value::DateTime(moment) => json!({ "T": moment.as_microsecond() }),
        Value::Duration(seconds) => json!({ "s": seconds }),
        Value::Text(text) => json!({ "x": text }),
        other => return Err(StoreError::Other(format!("{:?} cannot be computed with in a condition", other.type_of()))),
    })
}

fn storage_json(storage: Storage) -> Json {
    match storage {
        Storage::Int => json!("i"),
        Storage::Decimal { scale } => json!(scale),
        Storage::Date => json!("D"),
        Storage::DateTime => json!("T"),
        Storage::Duration => json!("s"),
        _ => json!("x"),
    }
}

/// A computation as it is run.
pub(super) struct Program {
    test: Expr,
    storages: Vec<Storage>,
}

impl Program {
    fn parse(text: &str) -> Option<Self> {
        let json: Json = serde_json::from_str(text).ok()?;
        let storages = json.get(1)?.as_array()?.iter().map(storage_of).collect();
        Some(Self { test: expr_of(json.get(0)?)?, storages })
    }
}

fn storage_of(json: &Json) -> Storage {
    match json.as_str() {
        Some("i") => Storage::Int,
        Some("D") => Storage::Date,
        Some("T") => Storage::DateTime,
        Some("s") => Storage::Duration,
        Some(_) => Storage::Text,
        None => Storage::Decimal { scale: json.as_u64().and_then(|it| u32::try_from(it).ok()).unwrap_or(0) },
    }
}

fn expr_of(json: &Json) -> Option<Expr> {
    let (key, value) = json.as_object()?.iter().find(|(key, _)| !matches!(key.as_str(), "t" | "a"))?;
    let number = || value.as_i64();
    Some(match key.as_str() {
        "c" => Expr::Path { segments: vec![number()?.to_string()], ty: Type::Null },
        "f" => {
            let ty = TYPES.get(usize::try_from(json.get("t")?.as_u64()?).ok()?)?.clone();
            let args = json.get("a")?.as_array()?.iter().map(expr_of).collect::<Option<Vec<_>>>()?;
            Expr::Call { function: *FUNCTIONS.get(usize::try_from(number()?).ok()?)?, args, ty, at: Place::default() }
        }
        "n" => Expr::Literal(Value::Null),
        "i" => Expr::Literal(Value::Int(number()?)),
        "s" => Expr::Literal(Value::Duration(number()?)),
        "T" => Expr::Literal(Value::DateTime(Timestamp::from_microsecond(number()?).ok()?)),
        "d" => Expr::Literal(Value::Decimal(value.as_str()?.parse().ok()?)),
        "D" => Expr::Literal(Value::Date(value.as_str()?.parse().ok()?)),
        "x" => Expr::Literal(Value::Text(value.as_str()?.to_owned())),
        _ => return None,
    })
}

/// `gx_computed(program, column, ...)`: whether the test holds.
pub(super) fn computed(context: &Context<'_>) -> rusqlite::Result<bool> {
    let failed = |message: &str| rusqlite::Error::UserFunctionError(message.into());
    type Failure = Box<dyn std::error::Error + Send + Sync>;
    let program = context
        .get_or_create_aux(0, |value| -> Result<Program, Failure> { Program::parse(value.as_str()?).ok_or_else(|| "no computation".into()) })?;
    let mut values = vec![Value::Null; program.storages.len()];
    for (at, (storage, slot)) in program.storages.iter().zip(&mut values).enumerate() {
        decode(context.get_raw(at + 1), *storage, slot).map_err(|error| failed(&error.to_string()))?;
    }
    let lookup = |path: &[String]| path.first().and_then(|it| it.parse::<usize>().ok()).and_then(|at| values.get(at)).cloned().unwrap_or_default();
    let context = EvalContext { now: Timestamp::UNIX_EPOCH, time_zone: &TimeZone::UTC, lookup: &lookup };
    Ok(evaluate(&program.test, &context).map_err(|error| failed(&error.to_string()))?.is_true())
}
