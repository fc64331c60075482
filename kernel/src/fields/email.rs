//! E-mail address.

use guanxi_expr::{Type, Value};
use guanxi_text::email::EmailError;
use serde_json::Value as Json;

use super::keys::{Key, check_entered, check_max_length};
use super::text_rules::{check_pattern_definition, empty, first_text, normalised_text};
use super::{FieldType, ParseContext, PartSpec, problem, write_json_string};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// Longest address in characters (RFC 5321).
const MAX_LENGTH: u32 = 254;

/// See the module. The domain is kept in lower case and in its readable spelling.
pub struct EmailField;

impl FieldType for EmailField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Text, Type::Text)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_pattern_definition(field)?;
        check_max_length(field, MAX_LENGTH, MAX_LENGTH, false)?;
        check_entered(self, field, &[Key::Unique, Key::Searchable, Key::Indexed, Key::MaxLength, Key::Pattern])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let normalise = |text: &str| guanxi_text::email::normalise(text).map_err(|error| refusal(field, error));
        Ok(normalised_text(field, json, MAX_LENGTH, normalise)?.map_or_else(|| empty(self, field), |it| vec![Value::Text(it)]))
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        if let Some(address) = first_text(cells) {
            write_json_string(address, out);
        }
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        first_text(cells).map(str::to_owned)
    }

    fn mask(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        first_text(cells).map(guanxi_text::mask::email)
    }
}

fn refusal(field: &FieldDefinition, error: EmailError) -> FieldError {
    let (code, zh_cn, en) = match error {
        EmailError::TooLong => ("too_long", "邮箱地址过长，最多 254 个字符", "the e-mail address is too long; at most 254 characters"),
        EmailError::UnexpectedCharacter => {
            ("bad_format", "邮箱地址中有空格或控制字符，请删除", "the e-mail address has a space or control character in it; remove it")
        }
        EmailError::AtSign => {
            ("bad_format", "邮箱地址应有且只有一个 @，例如 name@example.com", "an e-mail address has exactly one @, as in name@example.com")
        }
        EmailError::LocalPart => {
            ("bad_format", "邮箱地址 @ 之前的部分无效，请检查", "the part of the e-mail address before @ is not valid; check it")
        }
        EmailError::Domain => {
            ("bad_format", "邮箱地址 @ 之后应为域名，例如 example.com", "the part of the e-mail address after @ must be a domain such as example.com")
        }
        EmailError::Empty => ("bad_format", "不是邮箱地址，例如 name@example.com", "is not an e-mail address such as name@example.com"),
    };
    problem(field, code, zh_cn, en)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of, refused};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    #[test]
    fn is_kept_in_one_form() {
        let field = field(FieldKind::Email);
        for given in ["li.wei@xinghe.example", " li.wei@Xinghe.EXAMPLE ", "ｌｉ.wei＠xinghe.example", "mailto:li.wei@xinghe.example"] {
            let cells = EmailField.parse(&field, &json!(given), &context()).expect(given);
            assert_eq!(json_of(&field, &cells), json!("li.wei@xinghe.example"), "{given}");
        }
    }

    #[test]
    fn refusals_carry_their_code() {
        let field = field(FieldKind::Email);
        for given in ["li.wei", "a@b@c.example", "a b@c.example", "@c.example", "a@", "a\n@c.example", "a\0@c.example"] {
            assert_eq!(refused(&field, json!(given)), "bad_format", "{given}");
        }
        assert_eq!(refused(&field, json!(format!("{}@c.example", "a".repeat(3_000)))), "too_long");
        assert_eq!(refused(&field, json!(["a@c.example"])), "wrong_type");
    }

    #[test]
    fn search_finds_name_and_company() {
        let mut words = Vec::new();
        EmailField.words(&field(FieldKind::Email), &[Value::Text("li.wei@xinghe.example".into())], &mut words);
        for word in ["wei", "xinghe"] {
            assert!(words.iter().any(|it| it == word), "{word} in {words:?}");
        }
    }
}
