//! Whatever a definition shows to people is there in zh-CN and in en.
//!
//! In the TOML files of apps and packs, every key `label`, `plural`, `help` or `message` holds a
//! table with a text for each language. Demo data and scenarios are records, not definitions.

use toml::{Table, Value};

use crate::problem::Problem;
use crate::repository::SourceFile;

const SHOWN: [&str; 4] = ["label", "plural", "help", "message"];
const LANGUAGES: [&str; 2] = ["zh-CN", "en"];

/// Looks through the definitions of every app and pack.
pub fn check(files: &[SourceFile]) -> Vec<Problem> {
    let mut problems = Vec::new();
    for file in files.iter().filter(|file| is_definition(file)) {
        match file.text.parse::<Table>() {
            Ok(table) => check_table(&file.path, "", &table, &mut problems),
            Err(error) => problems.push(Problem::in_file(&file.path, error.message().to_owned())),
        }
    }
    problems
}

fn is_definition(file: &SourceFile) -> bool {
    let mut parts = file.path.split('/');
    matches!(parts.next(), Some("apps" | "packs"))
        && file.has_extension("toml")
        && !file.path.ends_with("/Cargo.toml")
        && !parts.any(|part| matches!(part, "scenarios" | "demo" | "tests"))
}

fn check_table(path: &str, place: &str, table: &Table, problems: &mut Vec<Problem>) {
    for (key, value) in table {
        let here = if place.is_empty() { key.clone() } else { format!("{place}.{key}") };
        if SHOWN.contains(&key.as_str()) {
            problems.extend(missing_languages(value).map(|language| Problem::in_file(path, format!("{here} has no text in {language}"))));
        } else {
            check_value(path, &here, value, problems);
        }
    }
}

fn check_value(path: &str, place: &str, value: &Value, problems: &mut Vec<Problem>) {
    match value {
        Value::Table(table) => check_table(path, place, table, problems),
        Value::Array(items) => {
            for (index, item) in items.iter().enumerate() {
                let name = item.get("name").or_else(|| item.get("value")).and_then(Value::as_str);
                let item_name = name.map_or_else(|| index.to_string(), str::to_owned);
                check_value(path, &format!("{place}[{item_name}]"), item, problems);
            }
        }
        _ => {}
    }
}

fn missing_languages(value: &Value) -> impl Iterator<Item = &'static str> {
    LANGUAGES.into_iter().filter(|language| {
        let text = value.get(language).and_then(Value::as_str);
        text.is_none_or(|text| text.trim().is_empty())
    })
}

#[cfg(test)]
mod tests {
    use super::*;

    fn messages(path: &str, text: &str) -> Vec<String> {
        check(&[SourceFile::new(path, text)]).into_iter().map(|problem| problem.message).collect()
    }

    #[test]
    fn accepts_labels_in_both_languages() {
        let text = "label = { zh-CN = \"客户\", en = \"Account\" }\n[[fields]]\nname = \"name\"\nlabel.zh-CN = \"名称\"\nlabel.en = \"Name\"\n";
        assert_eq!(messages("apps/x/objects/account/object.toml", text), Vec::<String>::new());
    }

    #[test]
    fn finds_a_missing_an_empty_and_a_plain_text() {
        let text = "label = \"Account\"\n[[fields]]\nname = \"city\"\nlabel = { zh-CN = \"城市\", en = \" \" }\n\
                    options = [{ value = \"a\", label = { en = \"A\" } }]\n";
        assert_eq!(
            messages("apps/x/objects/account/object.toml", text),
            [
                "fields[city].label has no text in en",
                "fields[city].options[a].label has no text in zh-CN",
                "label has no text in zh-CN",
                "label has no text in en",
            ]
        );
    }

    #[test]
    fn leaves_records_and_manifests_alone() {
        let text = "label = \"x\"\n";
        assert_eq!(messages("apps/x/demo/accounts.toml", text), Vec::<String>::new());
        assert_eq!(messages("apps/x/Cargo.toml", text), Vec::<String>::new());
        assert_eq!(messages("kernel/x.toml", text), Vec::<String>::new());
    }
}
