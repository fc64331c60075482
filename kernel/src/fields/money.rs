//! Amount of money with its currency. Amounts have two digits after the point in every currency.

use guanxi_expr::{Type, Value};
use rust_decimal::Decimal;
use serde_json::Value as Json;

use super::currency::{currency_of_sign, is_currency};
use super::keys::{Key, check_entered};
use super::numeric::{at_scale, check_limits, first_decimal, read_decimal, read_decimal_text, write_decimal};
use super::text_rules::{empty, trim};
use super::{FieldType, ParseContext, PartSpec, problem, write_json_string};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// Digits after the point.
const SCALE: u32 = 2;

/// See the module. Read from `{"amount", "currency"}`, or from the amount alone, which a text may give with its
/// currency: `1200`, `"1,200.00"`, `"USD 1200"`, `"1200.00 USD"`, `"¥1,200"`.
pub struct MoneyField;

impl FieldType for MoneyField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Decimal { scale: SCALE }, Type::Decimal), PartSpec::named("currency", Storage::Text, Type::Text)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_entered(self, field, &[Key::Indexed, Key::Min, Key::Max])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let (amount, currency) = match json {
            Json::Object(members) => {
                if let Some(name) = members.keys().find(|it| !matches!(it.as_str(), "amount" | "currency")) {
                    return Err(unknown_member(field, name, "amount, currency"));
                }
                let currency = match members.get("currency") {
                    None | Some(Json::Null) => None,
                    Some(Json::String(code)) if trim(code).is_empty() => None,
                    Some(Json::String(code)) => Some(read_currency(field, code)?),
                    Some(other) => return Err(bad_currency(field, &other.to_string())),
                };
                let amount = match members.get("amount") {
                    None | Some(Json::Null) => None,
                    Some(amount) => read_decimal(field, amount)?,
                };
                (amount, currency)
            }
            Json::String(text) => read_money_text(field, text, context)?,
            other => (read_decimal(field, other)?, None),
        };
        let Some(amount) = amount else { return Ok(empty(self, field)) };
        let amount = at_scale(field, amount, SCALE)?;
        check_limits(field, amount)?;
        Ok(vec![Value::Decimal(amount), Value::Text(currency.unwrap_or_else(|| context.currency.clone()))])
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        out.push_str("{\"amount\":");
        match first_decimal(cells) {
            Some(amount) => {
                out.push('"');
                write_decimal(amount, SCALE, out);
                out.push('"');
            }
            None => out.push_str("null"),
        }
        out.push_str(",\"currency\":");
        match cells.get(1).and_then(Value::as_text) {
            Some(code) => write_json_string(code, out),
            None => out.push_str("null"),
        }
        out.push('}');
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        let mut text = String::new();
        write_decimal(first_decimal(cells)?, SCALE, &mut text);
        if let Some(code) = cells.get(1).and_then(Value::as_text) {
            text.push(' ');
            text.push_str(code);
        }
        Some(text)
    }
}

/// An amount with its currency before or after it, as a code or a sign, or without one.
fn read_money_text(field: &FieldDefinition, text: &str, context: &ParseContext) -> Result<(Option<Decimal>, Option<String>), FieldError> {
    let text = trim(text);
    let is_letter = |it: char| it.is_ascii_alphabetic();
    let code_before = &text[..text.find(|it| !is_letter(it)).unwrap_or(text.len())];
    let code_after = &text[text.rfind(|it: char| !is_letter(it)).map_or(0, |at| at + text[at..].chars().next().map_or(1, char::len_utf8))..];
    let sign = |it: Option<char>| it.and_then(|it| currency_of_sign(it, &context.currency).map(|code| (it.len_utf8(), code)));
    let (number, currency) = if !code_before.is_empty() {
        (&text[code_before.len()..], Some(read_currency(field, code_before)?))
    } else if !code_after.is_empty() {
        (&text[..text.len() - code_after.len()], Some(read_currency(field, code_after)?))
    } else if let Some((length, code)) = sign(text.chars().next()) {
        (&text[length..], Some(code))
    } else if let Some((length, code)) = sign(text.chars().next_back()) {
        (&text[..text.len() - length], Some(code))
    } else {
        (text, None)
    };
    let amount = read_decimal_text(field, number)?;
    if amount.is_none() && currency.is_some() {
        return Err(problem(field, "bad_format", "有币种但没有金额，请填写金额", "has a currency but no amount; enter the amount"));
    }
    Ok((amount, currency))
}

fn read_currency(field: &FieldDefinition, text: &str) -> Result<String, FieldError> {
    let code = trim(text).to_ascii_uppercase();
    // What people write for the yuan; ISO 4217 does not know it.
    let code = if code == "RMB" { "CNY".to_owned() } else { code };
    if is_currency(&code) { Ok(code) } else { Err(bad_currency(field, text)) }
}

fn bad_currency(field: &FieldDefinition, given: &str) -> FieldError {
    let given: String = given.chars().filter(|it| !it.is_control()).take(20).collect();
    problem(
        field,
        "bad_option",
        format!("没有币种“{given}”，请使用三位代码，例如 CNY、USD、EUR"),
        format!("there is no currency `{given}`; use a three-letter code such as CNY, USD or EUR"),
    )
}

/// A member of a JSON object that the type does not know.
pub(super) fn unknown_member(field: &FieldDefinition, name: &str, known: &str) -> FieldError {
    let name: String = name.chars().filter(|it| !it.is_control()).take(40).collect();
    problem(field, "bad_format", format!("没有“{name}”这一部分，只能填写 {known}"), format!("has no part `{name}`; the parts are {known}"))
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    fn read(json: Json) -> Json {
        let field = field(FieldKind::Money);
        json_of(&field, &MoneyField.parse(&field, &json, &context()).unwrap_or_else(|error| panic!("{json}: {error:?}")))
    }

    #[test]
    fn amounts_without_a_currency_are_in_the_workspaces() {
        let yuan = json!({"amount": "1200.00", "currency": "CNY"});
        for given in [
            json!(1200),
            json!("1,200"),
            json!({"amount": 1200}),
            json!({"amount": "1200.00", "currency": null}),
            json!("¥1,200.00"),
            json!("1200元"),
            json!("RMB 1200"),
        ] {
            assert_eq!(read(given.clone()), yuan, "{given}");
        }
    }

    #[test]
    fn a_currency_is_kept_in_upper_case() {
        let dollars = json!({"amount": "-9.90", "currency": "USD"});
        for given in [json!({"amount": -9.9, "currency": "usd"}), json!("USD -9.90"), json!("-9.9 usd"), json!("$-9.9"), json!("-9.90USD")] {
            assert_eq!(read(given.clone()), dollars, "{given}");
        }
        assert_eq!(read(json!("£12")), json!({"amount": "12.00", "currency": "GBP"}));
    }

    #[test]
    fn no_amount_is_no_value() {
        let field = field(FieldKind::Money);
        for given in [json!(""), json!({}), json!({"amount": null, "currency": "USD"}), json!({"amount": " "})] {
            assert_eq!(MoneyField.parse(&field, &given, &context()), Ok(vec![Value::Null, Value::Null]), "{given}");
        }
    }

    #[test]
    fn refusals_carry_their_code() {
        let mut field = field(FieldKind::Money);
        field.min = Some(0.0);
        assert_eq!(refused(&field, json!({"amount": 1, "currency": "XXX"})), "bad_option");
        assert_eq!(refused(&field, json!({"amount": 1, "currency": 7})), "bad_option");
        assert_eq!(refused(&field, json!({"amount": 1, "money": "CNY"})), "bad_format");
        assert_eq!(refused(&field, json!("1.005")), "bad_format");
        assert_eq!(refused(&field, json!("USD")), "bad_format");
        assert_eq!(refused(&field, json!("abc 12 def")), "bad_option");
        assert_eq!(refused(&field, json!([1])), "wrong_type");
        assert_eq!(refused(&field, json!(-1)), "too_small");
    }
}
