//! Postal address in parts.

use guanxi_expr::{Type, Value};
use guanxi_text::address::{Address, complete, parse_line};
use guanxi_text::search_tokens::{index_name_tokens, index_tokens};
use serde_json::Value as Json;

use super::keys::{Key, check_entered};
use super::parts::{cell, check_members, part_text, text_at, write_object};
use super::text_rules::{checked_str, empty};
use super::{FieldType, ParseContext, PartSpec, problem};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, Label};
use crate::store::Storage;

/// Names of the parts in the order of the cells. There is no main part.
const PARTS: [&str; 6] = ["country", "province", "city", "district", "street", "postcode"];
/// Longest part by the same order, in characters.
const LONGEST: [u32; 6] = [60, 100, 100, 100, 500, 20];
/// Longest address given as one line, in characters.
const LONGEST_LINE: u32 = 500;

/// See the module. Chinese divisions get their official names and the levels above them, whether given in parts or as one line.
pub struct AddressField;

impl FieldType for AddressField {
    fn parts(&self, _field: &FieldDefinition) -> Vec<PartSpec> {
        PARTS.into_iter().map(|it| PartSpec::named(it, Storage::Text, Type::Text)).collect()
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        check_entered(self, field, &[Key::Searchable])
    }

    fn parse(&self, field: &FieldDefinition, json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        let address = match json {
            Json::String(line) => match checked_str(field, line, LONGEST_LINE, true)? {
                Some(line) => parse_line(&line),
                None => return Ok(empty(self, field)),
            },
            Json::Object(members) => {
                check_members(field, members, &PARTS)?;
                let part = |at: usize| part_text(field, members, PARTS[at], LONGEST[at]);
                complete(Address {
                    country: part(0)?,
                    province: part(1)?,
                    city: part(2)?,
                    district: part(3)?,
                    street: part(4)?,
                    postcode: part(5)?,
                    division_code: String::new(),
                })
            }
            _ => {
                return Err(problem(
                    field,
                    "wrong_type",
                    "应为地址：一行文字，或含 country、province、city、district、street、postcode 的对象",
                    "must be an address: one line of text, or an object with country, province, city, district, street, postcode",
                ));
            }
        };
        let Address { country, province, city, district, street, postcode, division_code: _ } = address;
        Ok([country, province, city, district, street, postcode].into_iter().map(cell).collect())
    }

    fn write_json(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        write_object(&PARTS, cells, out);
    }

    /// Country, province and city; of the rest nothing.
    fn write_masked(&self, _field: &FieldDefinition, cells: &[Value], out: &mut String) {
        write_object(&PARTS, cells.get(..3).unwrap_or_default(), out);
    }

    fn text(&self, _field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        let [country, province, city, district, street, postcode] = std::array::from_fn(|at| text_at(cells, at));
        let is_chinese = country == "CN" || [province, city, street].into_iter().any(|it| it.chars().any(guanxi_text::script::is_han));
        let text = if is_chinese {
            let owned = str::to_owned;
            let address = Address {
                country: owned(country),
                province: owned(province),
                city: owned(city),
                district: owned(district),
                street: owned(street),
                postcode: owned(postcode),
                division_code: String::new(),
            };
            join(&[address.one_line().as_str(), postcode], " ")
        } else {
            // Small to large, as on a western envelope.
            let region = join(&[province, postcode], " ");
            join(&[street, district, city, region.as_str(), country], ", ")
        };
        if text.is_empty() { None } else { Some(text) }
    }

    fn words(&self, field: &FieldDefinition, cells: &[Value], words: &mut Vec<String>) {
        // Divisions are found by pinyin too, streets by their words.
        for at in 0..PARTS.len() {
            words.extend(index_name_tokens(text_at(cells, at)));
        }
        // 广东省深圳市 is written in one, and meant as one.
        words.extend(self.text(field, cells).iter().flat_map(|it| index_tokens(it)));
    }
}

fn join(parts: &[&str], between: &str) -> String {
    let parts: Vec<&str> = parts.iter().copied().filter(|it| !it.is_empty()).collect();
    parts.join(between)
}

#[cfg(test)]
mod tests {
    use super::super::testing::{context, field, json_of};
    use super::*;
    use crate::schema::FieldKind;
    use serde_json::json;

    fn read(json: Json) -> Json {
        let field = field(FieldKind::Address);
        json_of(&field, &AddressField.parse(&field, &json, &context()).unwrap_or_else(|error| panic!("{json}: {error:?}")))
    }

    #[test]
    fn a_chinese_line_is_split() {
        let address = read(json!("广东省深圳市南山区科技园南路1号"));
        assert_eq!(address["country"], "CN");
        assert_eq!(address["province"], "广东省");
        assert_eq!(address["city"], "深圳市");
        assert_eq!(address["district"], "南山区");
        assert_eq!(address["street"], "科技园南路1号");
        assert_eq!(read(address.clone()), address);
    }

    #[test]
    fn a_british_address_stays_as_given() {
        let given =
            json!({"country": "GB", "province": null, "city": "London", "district": null, "street": "221B Baker Street", "postcode": "NW1 6XE"});
        assert_eq!(read(given.clone()), given);
        let field = field(FieldKind::Address);
        let cells = AddressField.parse(&field, &given, &context()).expect("an address");
        assert_eq!(AddressField.text(&field, &cells).as_deref(), Some("221B Baker Street, London, NW1 6XE, GB"));
    }

    #[test]
    fn nothing_given_is_no_value() {
        let field = field(FieldKind::Address);
        for given in [json!(" "), json!({}), json!({"city": "", "street": null})] {
            assert_eq!(AddressField.parse(&field, &given, &context()), Ok(vec![Value::Null; 6]), "{given}");
        }
    }

    #[test]
    fn refusals_name_the_part() {
        let field = field(FieldKind::Address);
        let refusal = |json: Json| AddressField.parse(&field, &json, &context()).map_err(|it| (it.field, it.code));
        assert_eq!(refusal(json!({"city": 5})), Err(("field.city".into(), "wrong_type")));
        assert_eq!(refusal(json!({"city": "a\0"})), Err(("field.city".into(), "bad_format")));
        assert_eq!(refusal(json!({"postcode": "1".repeat(21)})), Err(("field.postcode".into(), "too_long")));
        assert_eq!(refusal(json!({"town": "x"})), Err(("field".into(), "bad_format")));
        assert_eq!(refusal(json!(["x"])), Err(("field".into(), "wrong_type")));
    }

    #[test]
    fn search_finds_the_city_by_pinyin() {
        let field = field(FieldKind::Address);
        let cells = AddressField.parse(&field, &json!({"city": "深圳市"}), &context()).expect("an address");
        let mut words = Vec::new();
        AddressField.words(&field, &cells, &mut words);
        assert!(words.iter().any(|it| it.starts_with("shenzhen")), "{words:?}");
    }
}
