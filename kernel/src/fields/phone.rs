//! Phone number, kept in E.164 with its extension.

use guanxi_expr::{Type, Value};
use guanxi_text::phone::PhoneError;
use guanxi_text::search_tokens::index_phone_tokens;
use serde_json::Value as Json;

use super::keys::{Key, check_entered};
use super::text_rules::{empty, expect_text, first_text, refuse_control_characters, trim};
use super::{FieldType, ParseContext, PartSpec, problem, write_json_string};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// See the module. National forms are read in [`ParseContext::region`].
pub struct PhoneField;

impl FieldType for PhoneField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Text, Type::Text)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_entered(self, field, &[Key::Unique, Key::Searchable, Key::Indexed])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let text = match json {
            // Spreadsheets keep numbers without a leading zero or plus as numbers.
            Json::Number(number) if number.is_u64() => number.to_string(),
            other => trim(expect_text(field, other)?).to_owned(),
        };
        if text.is_empty() {
            return Ok(empty(self, field));
        }
        refuse_control_characters(field, &text, false)?;
        let phone = guanxi_text::phone::normalise(&text, &context.region).map_err(|error| refusal(field, &error))?;
        Ok(vec![Value::Text(phone.to_string())])
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        if let Some(phone) = first_text(cells) {
            write_json_string(phone, out);
        }
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        first_text(cells).map(str::to_owned)
    }

    fn mask(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        first_text(cells).map(guanxi_text::mask::phone)
    }

    fn words(&self, _field: &FieldDefinition, cells: &[Value], words: &mut Vec<String>) {
        if let Some(phone) = first_text(cells) {
            words.extend(index_phone_tokens(phone));
        }
    }
}

fn refusal(field: &FieldDefinition, error: &PhoneError) -> FieldError {
    let (code, zh_cn, en) = match error {
        PhoneError::Empty => ("bad_format", "没有电话号码，请填写数字".to_owned(), "has no digits; enter a phone number".to_owned()),
        PhoneError::Letter(letter) => (
            "bad_format",
            format!("电话号码不能有字母“{letter}”，请改为数字"),
            format!("a phone number has no letters, found `{letter}`; write digits"),
        ),
        PhoneError::UnexpectedCharacter(symbol) => {
            ("bad_format", format!("电话号码不能有“{symbol}”，请删除"), format!("a phone number has no `{symbol}`; remove it"))
        }
        PhoneError::SeveralNumbers => {
            ("bad_format", "似乎有多个电话号码，请只填写一个".to_owned(), "there seem to be several phone numbers; enter one".to_owned())
        }
        PhoneError::TooShort => (
            "bad_format",
            "电话号码位数不够，固定电话请加区号".to_owned(),
            "the phone number is too short; add the area code of a landline".to_owned(),
        ),
        PhoneError::TooLong => ("too_long", "电话号码位数过多，请检查".to_owned(), "the phone number has too many digits; check it".to_owned()),
        PhoneError::UnknownCountryCode => {
            ("bad_format", "没有这个国家代码，请检查 + 之后的数字".to_owned(), "there is no such country code; check the digits after +".to_owned())
        }
        PhoneError::UnknownRegion(region) => (
            "bad_format",
            format!("无法按地区“{region}”识别号码，请加国家代码，例如 +86"),
            format!("numbers cannot be read in region `{region}`; add the country code, such as +86"),
        ),
        PhoneError::NotInPlan(region) => (
            "bad_format",
            format!("地区 {region} 没有这样的电话号码，请检查，其他国家的号码请加国家代码，例如 +1"),
            format!("there is no such phone number in region {region}; check it, and begin numbers of other countries with their code, such as +1"),
        ),
    };
    problem(field, code, zh_cn, en)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    fn read_in(region: &str, json: Json) -> Json {
        let field = field(FieldKind::Phone);
        let context = ParseContext { region: region.to_owned(), ..context() };
        json_of(&field, &PhoneField.parse(&field, &json, &context).unwrap_or_else(|error| panic!("{json}: {error:?}")))
    }

    #[test]
    fn usual_forms_become_one() {
        for given in [
            json!("13812345678"),
            json!("138 1234 5678"),
            json!("+86 138-1234-5678"),
            json!("１３８１２３４５６７８"),
            json!("0086 13812345678"),
            json!(13_812_345_678_u64),
        ] {
            assert_eq!(read_in("CN", given.clone()), json!("+8613812345678"), "{given}");
        }
        assert_eq!(read_in("CN", json!("010-65529988转12")), json!("+861065529988;ext=12"));
        assert_eq!(read_in("CN", json!("+861065529988;ext=12")), json!("+861065529988;ext=12"));
    }

    #[test]
    fn national_forms_are_read_in_the_region() {
        assert_eq!(read_in("GB", json!("020 7946 0958")), json!("+442079460958"));
        assert_eq!(read_in("GB", json!("+44 (0)20 7946 0958")), json!("+442079460958"));
        assert_eq!(read_in("US", json!("(212) 555-2368")), json!("+12125552368"));
    }

    #[test]
    fn refusals_carry_their_code() {
        let field = field(FieldKind::Phone);
        for given in [json!("1800 FLOWERS"), json!("123"), json!("abc"), json!("138\0"), json!("12345678901")] {
            assert_eq!(refused(&field, given), "bad_format");
        }
        assert_eq!(refused(&field, json!("1".repeat(40))), "too_long");
        assert_eq!(refused(&field, json!(1.5)), "wrong_type");
        assert_eq!(refused(&field, json!(-13)), "wrong_type");
    }

    #[test]
    fn search_finds_the_last_digits() {
        let mut words = Vec::new();
        PhoneField.words(&field(FieldKind::Phone), &[Value::Text("+8613812345678".into())], &mut words);
        for word in ["13812345678", "5678", "12345678"] {
            assert!(words.iter().any(|it| it == word), "{word} in {words:?}");
        }
    }
}
