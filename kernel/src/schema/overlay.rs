//! What a workspace changed of a standard definition, kept so that upgrades of the standard reach it.
//!
//! An overlay holds two states of what may be changed: the standard as it was when the administrator changed it, and
//! what he made of it. The definition in force is the three-way merge of these two with the standard of today: what he
//! changed is his, what he left alone follows the standard, and what a new version adds is there once. Named parts
//! (lists, sections, rules, options...) are merged one by one, columns and cards as a whole.

use std::collections::{BTreeMap, BTreeSet};

use serde::de::DeserializeOwned;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json};

use super::{FieldDefinition, ObjectDefinition};

/// What names of lists, sections and rules begin with that a workspace adds to a standard object, so that a new version
/// of the standard can never bring one of the same name.
pub const OWN_PREFIX: &str = "custom_";

/// The first name in a standard definition that is kept for what workspaces add.
pub fn reserved_name(standard: &ObjectDefinition) -> Option<&str> {
    let lists = standard.views.list.iter().map(|it| &it.name);
    let sections = standard.views.record.sections.iter().map(|it| &it.name);
    let rules = standard.rules.iter().map(|it| &it.name);
    let fields = standard.fields.iter().map(|it| &it.name);
    lists.chain(sections).chain(rules).chain(fields).map(String::as_str).find(|it| it.starts_with(OWN_PREFIX))
}

/// Keys of an object that an overlay never touches: they are the object itself.
const FIXED: [&str; 13] = [
    "name",
    "title_field",
    "owned",
    "internal",
    "explicit_rights",
    "follows",
    "follows_changes",
    "seen_with",
    "private_to",
    "circle",
    "in_circle",
    "trail",
    "field",
];

/// A changed definition: what it was made from and what it became, without what cannot be changed.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct Overlay {
    base: Json,
    own: Json,
}

impl Overlay {
    /// What `own` changes of the standard object; nothing where it is the same.
    pub fn of_object(standard: &ObjectDefinition, own: &ObjectDefinition) -> Option<Self> {
        Self::between(changeable(standard), changeable(own))
    }

    /// What `own` changes of the standard field.
    pub fn of_field(standard: &FieldDefinition, own: &FieldDefinition) -> Option<Self> {
        Self::between(json_of(standard), json_of(own))
    }

    fn between(base: Json, own: Json) -> Option<Self> {
        (base != own).then_some(Self { base, own })
    }

    /// Puts the changes over the standard object as it is now.
    ///
    /// # Errors
    /// Says which key of what was stored is not understood any more.
    pub fn over_object(&self, standard: &ObjectDefinition) -> Result<ObjectDefinition, String> {
        let mut merged = self.merged(changeable(standard));
        if let (Some(merged), Json::Object(all)) = (merged.as_object_mut(), json_of(standard)) {
            merged.extend(all.into_iter().filter(|(key, _)| FIXED.contains(&key.as_str())));
        }
        settle_sections(&mut merged, &self.own);
        read(merged)
    }

    /// Puts the changes over the standard field as it is now.
    ///
    /// # Errors
    /// As [`Overlay::over_object`].
    pub fn over_field(&self, standard: &FieldDefinition) -> Result<FieldDefinition, String> {
        read(self.merged(json_of(standard)))
    }

    fn merged(&self, now: Json) -> Json {
        merge("", Some(&self.base), Some(&self.own), Some(&now)).unwrap_or(now)
    }
}

/// Whether two definitions of an object differ in anything but fields.
pub fn differs(standard: &ObjectDefinition, other: &ObjectDefinition) -> bool {
    changeable(standard) != changeable(other)
}

fn json_of(definition: &impl Serialize) -> Json {
    serde_json::to_value(definition).unwrap_or_default()
}

fn changeable(definition: &ObjectDefinition) -> Json {
    let mut json = json_of(definition);
    if let Some(map) = json.as_object_mut() {
        map.retain(|key, _| !FIXED.contains(&key.as_str()));
    }
    json
}

fn read<T: DeserializeOwned>(merged: Json) -> Result<T, String> {
    serde_json::from_value(merged).map_err(|error| format!("what was changed of it cannot be read: {error}"))
}

/// How the items of the list at a place are told apart; nothing where the list is one value.
fn identity(place: &str) -> Option<fn(&Json) -> String> {
    match place {
        ".rule" | ".views.list" | ".views.record.section" => Some(|item| item["name"].to_string()),
        ".views.record.related" => Some(|item| format!("{} {}", item["object"], item["via"])),
        ".index" => Some(|item| item["fields"].to_string()),
        ".options" => Some(|item| item["value"].to_string()),
        ".views.record.section[].fields" | ".views.record.quick_log" => Some(ToString::to_string),
        _ => None,
    }
}

/// The three-way merge of one value.
fn merge(place: &str, base: Option<&Json>, own: Option<&Json>, now: Option<&Json>) -> Option<Json> {
    if own == base {
        return now.cloned();
    }
    if now == base || own == now {
        return own.cloned();
    }
    if let Some(id) = identity(place) {
        let items = |it: Option<&Json>| it.and_then(Json::as_array).cloned().unwrap_or_default();
        return Some(Json::Array(merge_items(place, id, &items(base), &items(own), &items(now))));
    }
    match (own, now) {
        (Some(Json::Object(own)), Some(Json::Object(now))) => Some(Json::Object(merge_keys(place, base, own, now))),
        _ => own.cloned(),
    }
}

fn merge_keys(place: &str, base: Option<&Json>, own: &Map<String, Json>, now: &Map<String, Json>) -> Map<String, Json> {
    let keys = own.keys().chain(now.keys().filter(|key| !own.contains_key(*key)));
    keys.filter_map(|key| {
        let merged = merge(&format!("{place}.{key}"), base.and_then(|it| it.get(key)), own.get(key), now.get(key));
        Some((key.clone(), merged?))
    })
    .collect()
}

/// Items in the administrator's order; those new in the standard stand behind the one they follow there.
fn merge_items(place: &str, id: fn(&Json) -> String, base: &[Json], own: &[Json], now: &[Json]) -> Vec<Json> {
    let find = |items: &'_ [Json], wanted: &str| items.iter().position(|it| id(it) == wanted);
    let at = |items: &'_ [Json], wanted: &str| find(items, wanted).and_then(|it| items.get(it).cloned());
    let inside = format!("{place}[]");
    let mut merged: Vec<Json> = Vec::with_capacity(own.len());
    for item in own {
        let key = id(item);
        let (before, today) = (at(base, &key), at(now, &key));
        match (before, today) {
            // What the standard gave up goes, unless it was made something else of; its rules go with it in any case.
            (Some(before), None) if before == *item || place == ".rule" => {}
            (_, None) => merged.push(item.clone()),
            (before, Some(today)) => merged.extend(merge(&inside, before.as_ref(), Some(item), Some(&today))),
        }
    }
    let mut after = 0;
    for item in now {
        let key = id(item);
        if let Some(found) = find(&merged, &key) {
            after = found + 1;
        } else if find(base, &key).is_none() {
            merged.insert(after, item.clone());
            after += 1;
        }
    }
    merged
}

/// A field stands in one section: where the administrator put it, else where it stands first.
fn settle_sections(merged: &mut Json, own: &Json) {
    let there: BTreeSet<String> = sections(merged).map(|it| it["name"].to_string()).collect();
    let chosen: BTreeMap<String, String> = sections(own)
        .filter(|it| there.contains(&it["name"].to_string()))
        .flat_map(|it| fields(it).map(|field| (field, it["name"].to_string())))
        .collect();
    let mut seen = BTreeSet::new();
    let Some(Json::Array(list)) = merged.pointer_mut("/views/record/section") else { return };
    for section in list {
        let name = section["name"].to_string();
        if let Some(Json::Array(fields)) = section.get_mut("fields") {
            fields.retain(|field| {
                let field = field.to_string();
                chosen.get(&field).is_none_or(|it| *it == name) && seen.insert(field)
            });
        }
    }
}

fn sections(definition: &Json) -> impl Iterator<Item = &Json> {
    definition.pointer("/views/record/section").and_then(Json::as_array).into_iter().flatten()
}

fn fields(section: &Json) -> impl Iterator<Item = String> {
    section["fields"].as_array().into_iter().flatten().map(ToString::to_string)
}

#[cfg(test)]
mod tests;
