//! A field that is named otherwise, wherever the definitions of a workspace name it: expressions, columns of views,
//! indexes, roll-ups, rights.

use guanxi_expr::rename_paths;
use serde::Serialize;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value as Json};

use crate::error::{KernelError, Result};

/// Keys that hold an expression over the record.
const EXPRESSIONS: [&str; 8] = ["expression", "required_when", "visible_when", "read_only_when", "locked_when", "offered_when", "filter", "when"];
/// Keys that hold a path, or several.
const PATHS: [&str; 15] = [
    "to",
    "columns",
    "card",
    "key_facts",
    "fields",
    "field",
    "via",
    "group_by",
    "sum",
    "start",
    "end",
    "title",
    "color_by",
    "masked_in_lists",
    "locked_with",
];
/// Keys that hold an order, `-field,field`.
const SORTS: [&str; 2] = ["sort", "order"];
/// Keys whose values name no field.
const OTHERS: [&str; 6] = ["label", "help", "message", "default", "options", "quick_log"];

/// What a reference field of an object refers to.
pub(super) type Targets<'a> = &'a dyn Fn(&str, &str) -> Option<String>;

/// One field with another name.
pub(super) struct Renaming<'a> {
    /// Object it belongs to.
    pub object: &'a str,
    /// Name it had.
    pub from: &'a str,
    /// Name it has.
    pub to: &'a str,
    /// Where references lead, so that paths of other objects are followed.
    pub targets: Targets<'a>,
}

impl Renaming<'_> {
    /// A definition with the field named otherwise; `home` is the object its names begin at.
    ///
    /// # Errors
    /// Internal: what was renamed cannot be read any more.
    pub fn of<T: Serialize + DeserializeOwned>(&self, home: &str, definition: &T) -> Result<T> {
        let mut json = serde_json::to_value(definition).map_err(|error| KernelError::Internal(error.to_string()))?;
        self.walk(home, "", &mut json);
        serde_json::from_value(json).map_err(|error| KernelError::Internal(format!("renaming {}.{}: {error}", self.object, self.from)))
    }

    fn walk(&self, home: &str, key: &str, json: &mut Json) {
        match json {
            Json::Object(members) if key == "objects" => members.iter_mut().for_each(|(object, rights)| self.walk(object, "", rights)),
            Json::Object(members) if key == "fields" => self.copy_right(home, members),
            Json::Object(members) if key == "duplicates_against" => self.across(home, members),
            Json::Object(members) => {
                // Related lists, roll-ups and sharing rules say which object they speak of.
                let other = members.get("object").and_then(Json::as_str).map(str::to_owned);
                // When a related list is there, though, is asked of the record that has it.
                let (outer, home) = (home, other.as_deref().unwrap_or(home));
                // What a reference offers is asked of the records it may refer to.
                let named = members.get("name").and_then(Json::as_str);
                let target = members.get("target").and_then(Json::as_str).map(str::to_owned).or_else(|| (self.targets)(home, named?));
                for (key, value) in members.iter_mut().filter(|it| !OTHERS.contains(&it.0.as_str())) {
                    let home = match key.as_str() {
                        "visible_when" => outer,
                        "offered_when" => target.as_deref().unwrap_or(home),
                        _ => home,
                    };
                    self.walk(home, key, value);
                }
            }
            Json::Array(items) => items.iter_mut().for_each(|it| self.walk(home, key, it)),
            Json::String(text) if EXPRESSIONS.contains(&key) => *text = rename_paths(text, &|path| self.names(home, path)),
            Json::String(text) if PATHS.contains(&key) => *text = self.path(home, text),
            Json::String(text) if key == "options_of" && *text == format!("{}.{}", self.object, self.from) => {
                *text = format!("{}.{}", self.object, self.to);
            }
            Json::String(text) if SORTS.contains(&key) => *text = self.sort(home, text),
            _ => {}
        }
    }

    /// What is compared with another object: `field` is this object's, `is` the other's.
    fn across(&self, home: &str, members: &mut Map<String, Json>) {
        let other = members.get("object").and_then(Json::as_str).unwrap_or_default().to_owned();
        let pairs = members.get_mut("fields").and_then(Json::as_array_mut).into_iter().flatten();
        for pair in pairs {
            for (key, at) in [("field", home), ("is", other.as_str())] {
                if let Some(Json::String(name)) = pair.get_mut(key) {
                    *name = self.path(at, name);
                }
            }
        }
    }

    /// The field keeps its protection under its new name; under the old one it stays for the field that has it now.
    fn copy_right(&self, home: &str, rights: &mut Map<String, Json>) {
        if let Some(right) = rights.get(self.from).filter(|_| home == self.object).cloned() {
            rights.insert(self.to.to_owned(), right);
        }
    }

    fn names(&self, home: &str, path: &[&str]) -> Vec<String> {
        let mut at = Some(home.to_owned());
        let mut names = Vec::with_capacity(path.len());
        for name in path {
            let is_it = at.as_deref() == Some(self.object) && *name == self.from;
            names.push(if is_it { self.to } else { name }.to_owned());
            at = at.and_then(|object| (self.targets)(&object, name));
        }
        names
    }

    fn path(&self, home: &str, path: &str) -> String {
        self.names(home, &path.split('.').collect::<Vec<_>>()).join(".")
    }

    fn sort(&self, home: &str, sort: &str) -> String {
        let term = |term: &str| {
            let name = term.trim_start_matches('-');
            format!("{}{}", &term[..term.len() - name.len()], self.path(home, name))
        };
        sort.split(',').map(|it| term(it.trim())).collect::<Vec<_>>().join(",")
    }
}

#[cfg(test)]
mod tests {
    use super::Renaming;
    use serde_json::{Value as Json, json};

    #[test]
    fn every_place_that_names_the_field_follows_and_nothing_else() {
        let targets = |object: &str, field: &str| (object == "contact" && field == "account").then(|| "account".to_owned());
        let renaming = Renaming { object: "account", from: "level", to: "custom_level", targets: &targets };
        let on = |home: &str, json: Json| renaming.of(home, &json).unwrap();
        assert_eq!(
            on(
                "account",
                json!({
                    "label": {"zh-CN": "level", "en": "level"}, "name": "level",
                    "rule": [{"name": "level", "expression": "level != 'level'", "field": "level", "message": {"en": "level"}}],
                    "index": [{"fields": ["level", "name"]}],
                    "views": {"list": [{"name": "level", "columns": ["level", "owner.level"], "sort": "-level,name", "filter": "level == 'a'"}],
                        "record": {"section": [{"name": "level", "fields": ["level"]}], "related": [{"object": "contact", "via": "level", "columns": ["account.level"], "visible_when": "level == 'a'"}]}}
                })
            ),
            json!({
                "label": {"zh-CN": "level", "en": "level"}, "name": "level",
                "rule": [{"name": "level", "expression": "custom_level != 'level'", "field": "custom_level", "message": {"en": "level"}}],
                "index": [{"fields": ["custom_level", "name"]}],
                "views": {"list": [{"name": "level", "columns": ["custom_level", "owner.level"], "sort": "-custom_level,name", "filter": "custom_level == 'a'"}],
                    "record": {"section": [{"name": "level", "fields": ["custom_level"]}], "related": [{"object": "contact", "via": "level", "columns": ["account.custom_level"], "visible_when": "custom_level == 'a'"}]}}
            })
        );
        assert_eq!(
            on("contact", json!({"required_when": "level == 'a' && account.level == 'b'", "sort": "level"})),
            json!({"required_when": "level == 'a' && account.custom_level == 'b'", "sort": "level"})
        );
        assert_eq!(
            on(
                "",
                json!({"objects": {"account": {"fields": {"level": "hidden"}, "read": {"when": "level == 'a'"}}, "lead": {"fields": {"level": "read"}}}})
            ),
            json!({"objects": {
                "account": {"fields": {"level": "hidden", "custom_level": "hidden"}, "read": {"when": "custom_level == 'a'"}},
                "lead": {"fields": {"level": "read"}}
            }})
        );
        // What a reference offers is asked of what it refers to.
        let offer = |level: &str| json!({"name": "account", "target": "account", "offered_when": format!("{level} == 'a'")});
        assert_eq!(on("contact", offer("level")), offer("custom_level"));
        let elsewhere = json!({"name": "bill", "target": "bill", "offered_when": "level == 'a'"});
        assert_eq!(on("account", elsewhere.clone()), elsewhere);
        let rollup = json!({"rollup": {"object": "account", "via": "level", "function": "max", "field": "level", "filter": "level > 1"}});
        assert_eq!(
            on("contact", rollup),
            json!({"rollup": {"object": "account", "via": "custom_level", "function": "max", "field": "custom_level", "filter": "custom_level > 1"}})
        );
    }
}
