//! What comes and goes with a pack, for people and for the tables.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use super::PackDefinition;
use crate::schema::{Label, ObjectDefinition};

/// What becomes of a part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PackVerb {
    /// It comes.
    Add,
    /// It becomes another.
    Change,
    /// It goes.
    Remove,
}

/// A kind of thing a pack brings.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum PackPart {
    /// A kind of record.
    Object,
    /// A field of an object.
    Field,
    /// A choice of a select of an object.
    Option,
    /// A rule of an object.
    Rule,
    /// A ready list of an object.
    List,
    /// A list of related records on an object's page.
    Related,
    /// A role.
    Role,
    /// Rights of a role that is there on the pack's objects.
    Grant,
    /// A record to begin with.
    Record,
}

/// One thing that comes, changes or goes.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
pub struct PackChange {
    /// What becomes of it.
    pub verb: PackVerb,
    /// What it is.
    pub part: PackPart,
    /// The object it belongs to; of an object itself its name, of a role nothing.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub object: Option<String>,
    /// Identifier.
    pub name: String,
    /// What people call it.
    pub label: Label,
}

type Place = (PackPart, Option<String>, String);

/// What comes, changes and goes between two versions of a pack; nothing stands for the pack not being there. The fields,
/// rules and lists of an object that comes or goes as a whole are not told one by one.
pub fn difference(before: Option<&PackDefinition>, after: Option<&PackDefinition>) -> Vec<PackChange> {
    let whole = |pack: Option<&PackDefinition>| pack.into_iter().flat_map(|it| it.objects.iter().map(|it| it.name.clone())).collect();
    let (old, new): (BTreeSet<String>, BTreeSet<String>) = (whole(before), whole(after));
    let (told_before, told_after) = (parts(before), parts(after));
    let within_whole = |place: &Place| {
        !matches!(place.0, PackPart::Object | PackPart::Record)
            && place.1.as_ref().is_some_and(|it| old.contains(it) != new.contains(it))
            && place.0 != PackPart::Related
    };
    let places: BTreeSet<&Place> = told_before.keys().chain(told_after.keys()).filter(|it| !within_whole(it)).collect();
    let change = |place: &Place| {
        let (verb, label) = match (told_before.get(place), told_after.get(place)) {
            (None, Some((label, _))) => (PackVerb::Add, label),
            (Some((label, _)), None) => (PackVerb::Remove, label),
            (Some(old), Some(new)) if old != new => (PackVerb::Change, &new.0),
            _ => return None,
        };
        // Records are the company's own from the day they were made.
        if place.0 == PackPart::Record && verb != PackVerb::Add {
            return None;
        }
        let (part, object, name) = place.clone();
        Some(PackChange { verb, part, object, name, label: label.clone() })
    };
    places.into_iter().filter_map(change).collect()
}

/// Objects, and fields of objects that stay, which a version has and the next has not.
pub(crate) fn removed(before: Option<&PackDefinition>, after: Option<&PackDefinition>) -> BTreeSet<(String, Option<String>)> {
    let gone = difference(before, after).into_iter().filter(|it| it.verb == PackVerb::Remove);
    gone.filter_map(|it| match it.part {
        PackPart::Object => Some((it.name, None)),
        PackPart::Field => Some((it.object?, Some(it.name))),
        _ => None,
    })
    .collect()
}

/// Every part of a pack: what people call it, and everything about it as one text.
fn parts(pack: Option<&PackDefinition>) -> BTreeMap<Place, (Label, String)> {
    let mut parts = BTreeMap::new();
    let Some(pack) = pack else { return parts };
    let mut add = |part, object: Option<&str>, name: &str, label: &Label, all: String| {
        parts.insert((part, object.map(str::to_owned), name.to_owned()), (label.clone(), all));
    };
    for object in &pack.objects {
        let name = Some(object.name.as_str());
        let bare = ObjectDefinition { fields: Vec::new(), rules: Vec::new(), ..object.clone() };
        add(PackPart::Object, name, &object.name, &object.label, format!("{bare:?}"));
        object.fields.iter().for_each(|it| add(PackPart::Field, name, &it.name, &it.label, format!("{it:?}")));
        object.rules.iter().for_each(|it| add(PackPart::Rule, name, &it.name, &it.message, format!("{it:?}")));
    }
    for extension in &pack.extensions {
        let name = Some(extension.object.as_str());
        extension.fields.iter().for_each(|it| add(PackPart::Field, name, &it.name, &it.label, format!("{it:?}")));
        for (field, options) in &extension.options {
            options.iter().for_each(|it| add(PackPart::Option, name, &format!("{field}.{}", it.value), &it.label, format!("{it:?}")));
        }
        extension.rules.iter().for_each(|it| add(PackPart::Rule, name, &it.name, &it.message, format!("{it:?}")));
        extension.lists.iter().for_each(|it| add(PackPart::List, name, &it.name, &it.label, format!("{it:?}")));
        for related in &extension.related {
            let plural = pack.objects.iter().find(|it| it.name == related.object).map(|it| it.plural.as_ref().unwrap_or(&it.label));
            let label = related.label.as_ref().or(plural).cloned().unwrap_or_else(|| Label::new(&related.object, &related.object));
            add(PackPart::Related, name, &format!("{}.{}", related.object, related.via), &label, format!("{related:?}"));
        }
    }
    for (object, seeds) in &pack.seeds {
        for (index, seed) in seeds.records.iter().enumerate() {
            // By its first text, which is the title where a pack is written as others are.
            let title = seed.get("name").or_else(|| seed.values().find(|it| it.is_string())).and_then(|it| it.as_str());
            let title = title.map_or_else(|| index.to_string(), str::to_owned);
            add(PackPart::Record, Some(object), &title, &Label::new(&title, &title), String::new());
        }
    }
    pack.roles.iter().for_each(|it| add(PackPart::Role, None, &it.name, &it.label, format!("{it:?}")));
    for (role, grant) in &pack.grants {
        add(PackPart::Grant, None, role, &Label::new(role, role), format!("{grant:?}"));
    }
    parts
}
