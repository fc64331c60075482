//! Industry packs: objects, fields, views, rights and roles of an industry, as data only.
//!
//! A pack is a folder of TOML files. Installed into a workspace it is kept there whole, beside what the workspace added
//! itself: a copy, a backup and another node know it without its files, and a newer version on the disk changes nothing
//! until an administrator has seen what it would do. What a pack adds is named `PACK_...`, so that it never meets what a
//! later version of the program or another pack brings.

mod check;
mod difference;
mod read;
mod seeds;
mod standard;
mod trial;

use std::collections::{BTreeMap, BTreeSet};

use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::schema::{
    AppDefinition, FieldDefinition, FieldRight, IndexDefinition, Label, ListViewDefinition, ObjectDefinition, ObjectRights, OptionDefinition,
    RelatedListDefinition, RoleDefinition, RuleDefinition, SectionDefinition,
};

pub(crate) use difference::removed;
pub use difference::{PackChange, PackPart, PackVerb, difference};
pub use read::{BrokenPack, PackFile, read_pack};
pub use seeds::{SeedFile, plant};
pub use standard::{Standard, StandardObject, StandardRole};
pub use trial::try_out;

/// What a pack says of itself: `pack.toml`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PackManifest {
    /// Identifier; what the pack adds begins with it and an underscore.
    #[schemars(regex(pattern = "^[a-z][a-z0-9]{1,15}$"))]
    pub name: String,
    /// Three numbers, `1.0.0`; every change of the pack raises it.
    #[schemars(regex(pattern = r"^\d{1,4}\.\d{1,4}\.\d{1,4}$"))]
    pub version: String,
    /// Name shown; heads its objects in the navigation.
    pub label: Label,
    /// What it is for, in a sentence or two.
    pub help: Label,
    /// Icon name of the web app's set.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub icon: Option<String>,
    /// Place in the navigation, small first; behind the standard apps where absent.
    #[serde(default = "behind_the_standard")]
    pub order: i32,
    /// Its objects in the navigation, in order.
    #[serde(default)]
    pub objects: Vec<String>,
    /// Objects of the program or of other packs that it refers to or extends.
    #[serde(default)]
    pub needs: Vec<String>,
}

fn behind_the_standard() -> i32 {
    100
}

/// What a pack adds to an object that is there: `extends/OBJECT.toml`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectExtension {
    /// The object; the file's name says it.
    #[serde(default)]
    #[schemars(skip)]
    pub object: String,
    /// Further fields.
    #[serde(default, rename = "field", skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldDefinition>,
    /// Further choices of selects, by field: `[[options.source]]`. Not of states, whose order others rely on.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub options: BTreeMap<String, Vec<OptionDefinition>>,
    /// Further indexes.
    #[serde(default, rename = "index", skip_serializing_if = "Vec::is_empty")]
    pub indexes: Vec<IndexDefinition>,
    /// Further rules.
    #[serde(default, rename = "rule", skip_serializing_if = "Vec::is_empty")]
    pub rules: Vec<RuleDefinition>,
    /// Further ready lists.
    #[serde(default, rename = "list", skip_serializing_if = "Vec::is_empty")]
    pub lists: Vec<ListViewDefinition>,
    /// Further groups of fields of page and form.
    #[serde(default, rename = "section", skip_serializing_if = "Vec::is_empty")]
    pub sections: Vec<SectionDefinition>,
    /// Further lists of related records.
    #[serde(default, rename = "related", skip_serializing_if = "Vec::is_empty")]
    pub related: Vec<RelatedListDefinition>,
}

/// What a role that is there may do with the pack's objects and fields: `grants/ROLE.toml`.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleGrant {
    /// Rights by object of the pack.
    #[serde(default)]
    pub objects: BTreeMap<String, ObjectRights>,
    /// Rights on fields the pack adds to other objects, by object and field; whatever the role may do with other fields
    /// where absent.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, BTreeMap<String, FieldRight>>,
}

/// A whole pack.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct PackDefinition {
    /// What it says of itself.
    pub manifest: PackManifest,
    /// Objects of its own.
    #[serde(default)]
    pub objects: Vec<ObjectDefinition>,
    /// What it adds to other objects.
    #[serde(default)]
    pub extensions: Vec<ObjectExtension>,
    /// Roles of its own.
    #[serde(default)]
    pub roles: Vec<RoleDefinition>,
    /// What other roles may do with its objects, by role.
    #[serde(default)]
    pub grants: BTreeMap<String, RoleGrant>,
    /// Records to begin with, by object.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub seeds: BTreeMap<String, SeedFile>,
}

impl PackDefinition {
    /// Identifier.
    pub fn name(&self) -> &str {
        &self.manifest.name
    }
    /// Version.
    pub fn version(&self) -> &str {
        &self.manifest.version
    }
    /// As it stands in the navigation.
    pub(crate) fn app(&self) -> AppDefinition {
        let PackManifest { name, label, icon, order, objects, needs, .. } = self.manifest.clone();
        AppDefinition { name, label, icon, order, objects, uses: needs }
    }
    /// Objects of others that it names.
    pub(crate) fn needed(&self) -> BTreeSet<&str> {
        let extended = self.extensions.iter().map(|it| it.object.as_str());
        self.manifest.needs.iter().map(String::as_str).chain(extended).collect()
    }
}

/// A pack as a workspace has it.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
pub struct InstalledPack {
    /// The pack, whole.
    pub pack: PackDefinition,
    /// Since when this version.
    pub installed_at: Timestamp,
}

/// The three numbers of a version; nothing where it is none.
pub fn version_numbers(version: &str) -> Option<[u16; 3]> {
    let number = |it: &str| (it.len() <= 4 && it.bytes().all(|byte| byte.is_ascii_digit())).then(|| it.parse().ok()).flatten();
    let numbers: Option<Vec<u16>> = version.split('.').map(number).collect();
    numbers?.try_into().ok()
}

#[cfg(test)]
mod tests;
