//! Values worked out of the cells of a row.

use guanxi_expr::{Checked, EvalContext, Scope, ScopeError, Type, check, evaluate};
use guanxi_kernel::schema::{Field, FieldKind, Label};
use guanxi_kernel::{KernelError, Result, Value};
use jiff::Timestamp;
use jiff::tz::TimeZone;

/// The texts of the cells: `row["客户名称"]`, `row[3]`.
const TEXTS: &str = "row";
/// The numbers in them: `number["单价"]`; nothing where a cell holds none.
const NUMBERS: &str = "number";

/// Longest text of a number.
const MAX_NUMBER: usize = 40;

/// What an expression over a row may name.
struct Columns<'a> {
    headers: &'a [String],
}

impl Columns<'_> {
    fn find(&self, name: &str) -> Option<usize> {
        if let Some(number) = name.strip_prefix('[').and_then(|it| it.strip_suffix(']')).and_then(|it| it.parse::<usize>().ok()) {
            return (number < self.headers.len()).then_some(number);
        }
        self.headers.iter().position(|it| it.trim() == name.trim())
    }
}

impl Scope for Columns<'_> {
    fn resolve(&self, path: &[&str]) -> std::result::Result<Type, ScopeError> {
        let [whole, name] = path else { return Err(ScopeError::Unknown) };
        let ty = match *whole {
            TEXTS => Type::Text,
            NUMBERS => Type::Decimal,
            _ => return Err(ScopeError::Unknown),
        };
        self.find(name).map(|_| ty).ok_or(ScopeError::Unknown)
    }

    fn is_indexed(&self, name: &str) -> bool {
        matches!(name, TEXTS | NUMBERS)
    }

    fn names(&self) -> Vec<String> {
        self.headers.iter().map(|it| format!("{TEXTS}[\"{it}\"]")).collect()
    }
}

/// A column that an expression asks for.
#[derive(Debug, Clone)]
struct Asked {
    path: Vec<String>,
    column: usize,
    is_number: bool,
}

/// A checked expression over the cells of a row.
#[derive(Debug, Clone)]
pub(super) struct Formula {
    checked: Checked,
    asked: Vec<Asked>,
}

impl Formula {
    /// Checks an expression over a table with these headers, for a field.
    ///
    /// # Errors
    /// A bad request with the place of what is wrong.
    pub fn compile(headers: &[String], field: &Field, source: &str) -> Result<Self> {
        let columns = Columns { headers };
        let path = format!("computed.{}", field.name());
        let checked = check(source, &columns).map_err(|error| KernelError::BadRequest {
            code: "bad_expression",
            message: Label::new(error.message_zh.clone(), error.message_en.clone()),
            field: Some(path.clone()),
            position: error.position.as_ref().map(|it| it.offset),
        })?;
        if !fits(field.definition.kind, &checked.ty) {
            let (label, ty) = (&field.definition.label, &checked.ty);
            return Err(KernelError::BadRequest {
                code: "bad_expression",
                message: Label::new(
                    format!("“{}”不能由{}得到", label.zh_cn, ty.name_zh()),
                    format!("{} cannot be given by an expression of type {ty}", label.en),
                ),
                field: Some(path),
                position: None,
            });
        }
        let ask = |path: &[String]| {
            let column = columns.find(path.get(1)?)?;
            Some(Asked { path: path.to_vec(), column, is_number: path.first().is_some_and(|it| it == NUMBERS) })
        };
        let asked = checked.paths().filter_map(ask).collect();
        Ok(Self { checked, asked })
    }

    /// What it gives for a row, as a cell would hold it; `None` for nothing. `cell` gives the text of a column.
    pub fn text(&self, now: Timestamp, zone: &TimeZone, cell: &dyn Fn(usize) -> String) -> Option<String> {
        let lookup = |path: &[String]| {
            let Some(asked) = self.asked.iter().find(|it| it.path == path) else { return Value::Null };
            let text = cell(asked.column);
            if asked.is_number { number_in(&text) } else { Value::Text(text) }
        };
        // What has no result is none, as everywhere in expressions.
        let value = evaluate(&self.checked.root, &EvalContext { now, time_zone: zone, lookup: &lookup }).ok()?;
        text_of(&value).filter(|it| !it.trim().is_empty())
    }
}

/// Whether values of a type can become a field of a kind.
fn fits(kind: FieldKind, ty: &Type) -> bool {
    use FieldKind::{Boolean, Date, Datetime, Decimal, Duration, Money, MultiSelect, Number, Percent};
    match ty {
        Type::Text | Type::Null => true,
        Type::Bool => !matches!(kind, Date | Datetime | Decimal | Money | Number | Percent | Duration),
        Type::Int | Type::Decimal => !matches!(kind, Date | Datetime | Boolean),
        Type::Date | Type::DateTime => !matches!(kind, Decimal | Money | Number | Percent | Boolean | Duration),
        Type::Duration => matches!(kind, Duration | FieldKind::Text | FieldKind::LongText),
        Type::List(_) => matches!(kind, MultiSelect | FieldKind::Text | FieldKind::LongText),
        _ => false,
    }
}

/// The number a cell holds: `1,234.50`, `¥12`, `12 %`.
fn number_in(text: &str) -> Value {
    let plain: String = text.chars().filter(|it| !matches!(it, ',' | '，' | ' ' | '¥' | '￥' | '$' | '€' | '£' | '元')).collect();
    let (plain, is_percent) = plain.strip_suffix('%').map_or((plain.as_str(), false), |it| (it, true));
    let whole = super::transform::in_units(plain, None).unwrap_or_else(|| plain.to_owned());
    let whole = super::transform::unfolded(&whole).unwrap_or(whole);
    let number = if whole.len() <= MAX_NUMBER { whole.parse().map_or(Value::Null, Value::Decimal) } else { Value::Null };
    match (number.as_decimal(), Value::Int(100).as_decimal()) {
        (Some(number), Some(hundred)) if is_percent => Value::Decimal(number / hundred),
        _ => number,
    }
}

fn text_of(value: &Value) -> Option<String> {
    match value {
        Value::Null | Value::Json(_) => None,
        Value::Bool(it) => Some(it.to_string()),
        Value::Int(it) => Some(it.to_string()),
        Value::Decimal(it) => Some(it.normalize().to_string()),
        Value::Text(it) => Some(it.clone()),
        Value::Date(it) => Some(it.to_string()),
        Value::DateTime(it) => Some(it.to_string()),
        Value::Duration(it) => Some(format!("PT{it}S")),
        Value::Id(it) => Some(it.to_string()),
        Value::List(items) => {
            let texts: Vec<String> = items.iter().filter_map(text_of).collect();
            Some(texts.join("、"))
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn columns() -> Vec<String> {
        ["客户名称", "单价", "数量", "a \"b\""].map(str::to_owned).to_vec()
    }

    fn given(source: &str) -> std::result::Result<Option<String>, String> {
        let headers = columns();
        let checked = check(source, &Columns { headers: &headers }).map_err(|it| format!("{} {:?}", it.code, it.position.map(|it| it.column)))?;
        let cells = ["  星河 ", "1,200.50", "3", "x"];
        let lookup = |path: &[String]| {
            let column = Columns { headers: &headers }.find(&path[1]).unwrap();
            if path[0] == NUMBERS { number_in(cells[column]) } else { Value::Text(cells[column].trim().to_owned()) }
        };
        let zone = jiff::tz::TimeZone::UTC;
        let outside = EvalContext { now: jiff::Timestamp::UNIX_EPOCH, time_zone: &zone, lookup: &lookup };
        Ok(text_of(&evaluate(&checked.root, &outside).unwrap()))
    }

    #[test]
    fn expressions_ask_for_cells_by_header_and_place() {
        for (source, wanted) in [
            ("row[\"客户名称\"] + \"（导入）\"", Some("星河（导入）")),
            ("row[0] + row[2]", Some("星河3")),
            ("number[\"单价\"] * number[\"数量\"]", Some("3601.5")),
            ("row[\"a \\\"b\\\"\"] == \"x\" ? \"甲\" : \"乙\"", Some("甲")),
            ("number[\"客户名称\"]", None),
            ("date(\"2026-03-01\")", Some("2026-03-01")),
        ] {
            assert_eq!(given(source).as_ref().map(Option::as_deref), Ok(wanted), "{source}");
        }
        for (source, refusal) in [
            ("row[\"没有\"]", "unknown_field Some(5)"),
            ("row[4]", "unknown_field Some(5)"),
            ("row", "unknown_field Some(1)"),
            ("name", "unknown_field Some(1)"),
            ("row[\"单价\"] * 2", "wrong_type Some(1)"),
            ("row[1 + 1]", "unsupported Some(4)"),
            ("other[1]", "unsupported Some(6)"),
            ("row[0] +", "syntax Some(9)"),
        ] {
            let told = given(source).unwrap_err();
            assert_eq!(told.split(' ').next(), refusal.split(' ').next(), "{source}: {told}");
        }
    }

    #[test]
    fn numbers_are_read_as_files_hold_them() {
        let read = |text: &str| text_of(&number_in(text));
        for (text, wanted) in [
            ("1,200.50", Some("1200.5")),
            ("¥12", Some("12")),
            ("12%", Some("0.12")),
            ("12.5万元", Some("125000")),
            ("-3", Some("-3")),
            ("", None),
            ("x", None),
            ("1/0", None),
        ] {
            assert_eq!(read(text).as_deref(), wanted, "{text}");
        }
    }
}
