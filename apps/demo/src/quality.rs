//! Faults as they creep into any customer base: what nobody asked for, typing errors, addresses in one line.

use serde_json::{Value, json};

use crate::record::DemoRecord;

/// Puts faults into some records, the same in every run.
pub(crate) fn spoil(records: &mut [DemoRecord]) {
    for record in records.iter_mut().filter(|it| !it.values.is_empty()) {
        let Some((object, number)) = record.key.split_once(':').and_then(|(object, it)| Some((object.to_owned(), it.parse::<usize>().ok()?))) else {
            continue;
        };
        // A key that comes again changes the record; what was typed first stays as it was typed.
        match object.as_str() {
            "account" if record.values.contains_key("name") => account(record, number),
            "contact" if record.values.contains_key("name") => contact(record, number),
            _ => {}
        }
    }
}

fn account(record: &mut DemoRecord, number: usize) {
    if number % 11 == 3 {
        record.values.remove("industry");
    }
    if number % 13 == 6 {
        record.values.remove("credit_code");
    }
    if number % 29 == 5 && record.values.contains_key("founded_on") {
        record.values.insert("founded_on".to_owned(), json!("2109-05-01"));
    }
    if number % 19 == 7
        && let Some(line) = record.values.get("address").and_then(line_of)
    {
        record.values.insert("address".to_owned(), json!({ "street": line }));
    }
}

fn contact(record: &mut DemoRecord, number: usize) {
    if number % 12 == 4 {
        record.values.remove("title");
    }
    if number % 17 == 9 {
        record.values.remove("decision_role");
    }
}

/// An address of parts in one line.
fn line_of(address: &Value) -> Option<String> {
    let part = |name: &str| address[name].as_str().unwrap_or_default();
    let (province, city) = (part("province"), part("city"));
    let province = if province == city { "" } else { province };
    let line = [province, city, part("district"), part("street")].concat();
    // What lies abroad is written otherwise.
    (matches!(part("country"), "" | "CN") && !city.is_empty()).then_some(line)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_address_of_parts_becomes_a_line() {
        let address = json!({ "province": "上海市", "city": "上海市", "district": "浦东新区", "street": "张江路1号" });
        assert_eq!(line_of(&address), Some("上海市浦东新区张江路1号".to_owned()));
        assert_eq!(line_of(&json!({ "country": "DE", "city": "Köln" })), None);
    }
}
