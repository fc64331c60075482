//! Web address.

use guanxi_expr::{Type, Value};
use guanxi_text::search_tokens::index_tokens;
use guanxi_text::url::UrlError;
use serde_json::Value as Json;

use super::keys::{Key, check_entered, check_max_length};
use super::text_rules::{check_pattern_definition, empty, first_text, normalised_text};
use super::{FieldType, ParseContext, PartSpec, problem, write_json_string};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// Longest address in characters.
const MAX_LENGTH: u32 = 2_048;

/// See the module. `https://` is added where it is missing; only http and https are addresses here.
pub struct UrlField;

impl FieldType for UrlField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        vec![PartSpec::main(Storage::Text, Type::Text)]
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_pattern_definition(field)?;
        check_max_length(field, MAX_LENGTH, MAX_LENGTH, field.unique || field.indexed)?;
        check_entered(self, field, &[Key::Unique, Key::Searchable, Key::Indexed, Key::MaxLength, Key::Pattern])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let normalise = |text: &str| guanxi_text::url::normalise(text).map_err(|error| refusal(field, error));
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

    fn words(&self, _field: &FieldDefinition, cells: &[Value], words: &mut Vec<String>) {
        let Some(address) = first_text(cells) else { return };
        // The scheme and `www` are in all of them and find nothing.
        let address = address.trim_start_matches("https://").trim_start_matches("http://").trim_start_matches("www.");
        words.extend(index_tokens(address));
    }
}

fn refusal(field: &FieldDefinition, error: UrlError) -> FieldError {
    let (code, zh_cn, en) = match error {
        UrlError::TooLong => ("too_long", "网址过长，最多 2048 个字符", "the web address is too long; at most 2,048 characters"),
        UrlError::UnexpectedCharacter => {
            ("bad_format", "网址中有空格、控制字符或反斜杠，请删除", "the web address has a space, control character or backslash in it; remove it")
        }
        UrlError::Scheme => ("bad_format", "网址应以 http:// 或 https:// 开头", "the web address must begin with http:// or https://"),
        UrlError::Credentials => {
            ("bad_format", "网址中不能带用户名和密码，请删除", "a web address must not carry a user name or password; remove them")
        }
        UrlError::Host | UrlError::Empty => {
            ("bad_format", "网址的域名无效，例如 https://example.com", "the web address has no valid host; write it as https://example.com")
        }
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
    fn a_scheme_is_added() {
        let field = field(FieldKind::Url);
        let cells = UrlField.parse(&field, &json!(" www.xinghe.example/about?id=1 "), &context()).expect("an address");
        assert_eq!(json_of(&field, &cells), json!("https://www.xinghe.example/about?id=1"));
    }

    #[test]
    fn refusals_carry_their_code() {
        let field = field(FieldKind::Url);
        for given in ["javascript:alert(1)", "ftp://xinghe.example", "https://user:secret@xinghe.example", "https://", "a b", "https://x\0.example"] {
            assert_eq!(refused(&field, json!(given)), "bad_format", "{given}");
        }
        assert_eq!(refused(&field, json!(format!("https://xinghe.example/{}", "a".repeat(2_048)))), "too_long");
        assert_eq!(refused(&field, json!(1)), "wrong_type");
    }

    #[test]
    fn a_unique_address_fits_an_index_entry() {
        let mut field = field(FieldKind::Url);
        field.unique = true;
        assert!(UrlField.check_definition(&field).expect_err("too long").en.starts_with("max_length: "));
        field.max_length = Some(400);
        assert_eq!(UrlField.check_definition(&field), Ok(()));
    }

    #[test]
    fn search_finds_the_host() {
        let mut words = Vec::new();
        UrlField.words(&field(FieldKind::Url), &[Value::Text("https://www.xinghe.example/".into())], &mut words);
        assert!(words.iter().any(|it| it == "xinghe"), "{words:?}");
    }
}
