//! Roles: what their holders may do, as written in `roles/NAME.toml` or by an administrator in the web app.
//!
//! Several roles add up; what one of them denies is denied whatever the others give. `docs/permissions.md` explains the
//! whole on one page.

use std::collections::{BTreeMap, BTreeSet};

use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::definition::is_false;
use super::{Label, ObjectDefinition};

/// A role.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct RoleDefinition {
    /// Identifier.
    pub name: String,
    /// Name shown.
    pub label: Label,
    /// What it is for, one sentence.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub help: Option<Label>,
    /// Colour token of its tag.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub color: Option<String>,
    /// May change objects, fields, members, roles and see jobs.
    #[serde(default, skip_serializing_if = "is_false")]
    pub administrator: bool,
    /// May search and export the audit log and ask why a member sees a record.
    #[serde(default, skip_serializing_if = "is_false")]
    pub auditor: bool,
    /// Manages the members, departments and teams of the departments where it is held and of those below them.
    #[serde(default, skip_serializing_if = "is_false")]
    pub branch_administrator: bool,
    /// Roles its holders may give to members they may change, and take from them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub gives: Vec<String>,
    /// Rights by object; the key `*` holds for objects not named.
    #[serde(default)]
    pub objects: BTreeMap<String, ObjectRights>,
}

impl RoleDefinition {
    /// A role that gives nothing.
    pub fn new(name: &str, label: Label) -> Self {
        Self {
            name: name.to_owned(),
            label,
            help: None,
            color: None,
            administrator: false,
            auditor: false,
            branch_administrator: false,
            gives: Vec::new(),
            objects: BTreeMap::new(),
        }
    }

    /// What the role says of an object: by its name, otherwise by `*`, which does not hold for objects that rights follow
    /// from.
    pub fn rights(&self, object: &ObjectDefinition) -> Option<&ObjectRights> {
        self.objects.get(&object.name).or_else(|| self.objects.get("*").filter(|_| !object.explicit_rights))
    }
}

/// Rights on one object. What is absent is refused.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ObjectRights {
    /// Which records may be seen.
    #[serde(default)]
    pub read: RowScope,
    /// Which records may be changed.
    #[serde(default)]
    pub update: RowScope,
    /// Which records may be deleted.
    #[serde(default)]
    pub delete: RowScope,
    /// Which deleted records may be seen and restored; those that may be deleted where absent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub restore: Option<RowScope>,
    /// May create.
    #[serde(default, skip_serializing_if = "is_false")]
    pub create: bool,
    /// May import.
    #[serde(default, skip_serializing_if = "is_false")]
    pub import: bool,
    /// May export.
    #[serde(default, skip_serializing_if = "is_false")]
    pub export: bool,
    /// May change many at once.
    #[serde(default, skip_serializing_if = "is_false")]
    pub bulk: bool,
    /// May share records he may change with others.
    #[serde(default, skip_serializing_if = "is_false")]
    pub share: bool,
    /// May give records he may change to another owner or department.
    #[serde(default, skip_serializing_if = "is_false")]
    pub assign: bool,
    /// May lock records he may change, and unlock those that others locked.
    #[serde(default, skip_serializing_if = "is_false")]
    pub lock: bool,
    /// Names of the actions; `*` is all.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub actions: Vec<String>,
    /// Right on the fields not named in `fields`; `hidden` makes `fields` a list of what is allowed.
    #[serde(default, skip_serializing_if = "FieldRight::is_default")]
    pub other_fields: FieldRight,
    /// Rights on single fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldRight>,
    /// Fields shown whole on the record's own page and masked everywhere else.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub masked_in_lists: BTreeSet<String>,
    /// Fields that cannot be changed while an expression over the record holds.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub freeze: Vec<FreezeRule>,
    /// What is denied, whatever this role or another gives.
    #[serde(default, skip_serializing_if = "DenyRights::is_empty")]
    pub deny: DenyRights,
}

impl ObjectRights {
    /// What the role may do with a declared field of the object, freezes and denials of other roles apart.
    pub fn right(&self, field: &str) -> FieldRight {
        let given = self.fields.get(field).copied().unwrap_or(self.other_fields);
        self.deny.fields.get(field).map_or(given, |most| given.min(*most))
    }

    /// Whether the role cannot name a declared field: it is hidden from it or masked.
    pub fn keeps_back(&self, field: &str) -> bool {
        self.right(field) < FieldRight::Read
    }
}

/// What may be done with a field; each includes those before it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum FieldRight {
    /// It does not exist for the role.
    Hidden,
    /// It is shown with most of its value covered, and cannot be searched, filtered or sorted by.
    Masked,
    /// It is shown.
    Read,
    /// It may be changed.
    #[default]
    Edit,
}

impl FieldRight {
    #[expect(clippy::trivially_copy_pass_by_ref, reason = "the signature serde asks for")]
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Fields that cannot be changed while a condition holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FreezeRule {
    /// The fields.
    pub fields: BTreeSet<String>,
    /// Expression over the record as it is before the change.
    pub when: String,
}

/// What a role denies.
#[derive(Debug, Clone, PartialEq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct DenyRights {
    /// Records that may not be seen (nor changed, nor deleted).
    #[serde(default, skip_serializing_if = "RowScope::is_none")]
    pub read: RowScope,
    /// Records that may not be changed.
    #[serde(default, skip_serializing_if = "RowScope::is_none")]
    pub update: RowScope,
    /// Records that may not be deleted or restored.
    #[serde(default, skip_serializing_if = "RowScope::is_none")]
    pub delete: RowScope,
    /// Verbs refused on every record: `create`, `import`, `export`, `bulk`, `share`, `assign`, `lock`.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub verbs: BTreeSet<String>,
    /// Actions refused.
    #[serde(default, skip_serializing_if = "BTreeSet::is_empty")]
    pub actions: BTreeSet<String>,
    /// The most that may be done with single fields.
    #[serde(default, skip_serializing_if = "BTreeMap::is_empty")]
    pub fields: BTreeMap<String, FieldRight>,
}

impl DenyRights {
    /// Whether nothing is denied.
    pub fn is_empty(&self) -> bool {
        *self == Self::default()
    }
}

/// Which records, seen from the member.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum RowScope {
    /// None.
    #[default]
    None,
    /// Those the member owns; of objects without owner, those he created.
    Own,
    /// Own, and those of the people below the member.
    Subordinates,
    /// Own, and those of the member's departments.
    Department,
    /// Own, and those of the departments and the ones below them.
    DepartmentTree,
    /// Those of chosen departments and the ones below them.
    Departments(Vec<Uuid>),
    /// All.
    All,
    /// Those an expression over the record and `me` accepts.
    When(String),
}

impl RowScope {
    /// Whether it reaches nothing.
    pub fn is_none(&self) -> bool {
        *self == Self::None
    }
}

/// Gives records an expression accepts to some members, beside what their roles give.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct SharingRule {
    /// Identifier.
    pub name: String,
    /// Name shown.
    pub label: Label,
    /// The object.
    pub object: String,
    /// Expression over the record and `me`.
    pub when: String,
    /// Whom.
    pub with: Audience,
    /// Whether they may also change them.
    #[serde(default, skip_serializing_if = "is_false")]
    pub write: bool,
    /// Kept, but without effect.
    #[serde(default, skip_serializing_if = "is_false")]
    pub paused: bool,
}

/// Some members: whoever one of these names.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct Audience {
    /// Holders of these roles.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub roles: Vec<String>,
    /// Members of these departments and the ones below them.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub departments: Vec<Uuid>,
    /// Members of these teams.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub teams: Vec<Uuid>,
    /// These members.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub members: Vec<Uuid>,
}
