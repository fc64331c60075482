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
    if number % 29 == 5
        && let Some(code) = record.values.get("credit_code").and_then(Value::as_str).map(mistyped)
    {
        record.values.insert("credit_code".to_owned(), json!(code));
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

/// The code with its last two characters the other way round; with another last one where these are alike.
fn mistyped(code: &str) -> String {
    let mut characters: Vec<char> = code.chars().collect();
    let length = characters.len();
    if length >= 2 {
        characters.swap(length - 2, length - 1);
    }
    let swapped: String = characters.iter().collect();
    if swapped != code {
        return swapped;
    }
    let other = if code.ends_with('A') { 'B' } else { 'A' };
    characters.pop();
    characters.push(other);
    characters.into_iter().collect()
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
    fn a_typing_error_is_another_code() {
        assert_eq!(mistyped("91310115MA1000078B"), "91310115MA100007B8");
        assert_eq!(mistyped("XX"), "XA");
    }
}
