//! The schema as the engine uses it: definitions with their columns, checked expressions and cross references.

use std::collections::{BTreeMap, HashMap};
use std::sync::Arc;

use guanxi_expr::{Checked, Type, Value};
use rust_decimal::Decimal;

use super::AmountOf;
use super::{
    AppDefinition, FieldDefinition, FieldKind, LendDefinition, ObjectDefinition, OnDelete, RoleDefinition, RollupFunction, RuleDefinition,
    SharingRule, ViewProblem,
};
use crate::fields::{FieldType, field_type};
use crate::pack::Standard;
use crate::store::{Storage, Table};
use crate::workspace::SettledField;

/// Position of `id` in every object's table.
pub const ID: usize = 0;
/// Position of `version`.
pub const VERSION: usize = 1;
/// Position of `created_at`.
pub const CREATED_AT: usize = 2;
/// Position of `created_by`.
pub const CREATED_BY: usize = 3;
/// Position of `updated_at`.
pub const UPDATED_AT: usize = 4;
/// Position of `updated_by`.
pub const UPDATED_BY: usize = 5;
/// Position of `deleted_at`.
pub const DELETED_AT: usize = 6;
/// Position of `deleted_with`: the change that deleted it, so that restoring brings back what went along.
pub const DELETED_WITH: usize = 7;
/// The field that says which department a record belongs to.
pub const DEPARTMENT_FIELD: &str = "department";
/// The field that says whose a record is.
pub const OWNER_FIELD: &str = "owner";
/// The object of uploaded files.
pub const FILE_OBJECT: &str = "file";
/// The object of what files held before.
pub const FILE_VERSION_OBJECT: &str = "file_version";
/// How many columns every object's table begins with.
pub const SYSTEM_COLUMNS: usize = 8;

/// Where a definition comes from.
#[derive(Debug, Clone, Copy, PartialEq, Eq, serde::Serialize, schemars::JsonSchema)]
#[serde(rename_all = "snake_case")]
pub enum Origin {
    /// The engine's own (`created_at`, `owner`, ...).
    System,
    /// An app.
    Standard,
    /// An industry pack.
    Pack,
    /// This workspace.
    Custom,
}

/// All objects, apps and roles of a workspace.
#[derive(Debug)]
pub struct Schema {
    /// Grows with every change of a definition.
    pub version: i64,
    /// Objects by name.
    pub objects: BTreeMap<String, Arc<Object>>,
    /// Apps in the order of the navigation.
    pub apps: Vec<AppDefinition>,
    /// Roles by name.
    pub roles: BTreeMap<String, RoleDefinition>,
    /// Parts of views that name what is not there, by object: they are not in [`Object::definition`].
    pub left_out: Vec<(String, ViewProblem)>,
    /// Rules that share records with members beside what their roles give.
    pub sharing: Vec<SharingRule>,
    /// Own fields, by object, whose name a later standard took.
    pub settled: BTreeMap<String, Vec<SettledField>>,
    /// How much one unit of each other currency is worth in the workspace's own.
    pub rates: BTreeMap<String, Decimal>,
    /// What the workspace stands on: what apps and packs declare, without what it changed itself.
    pub standard: Arc<Standard>,
}

impl Schema {
    /// The object of this name.
    pub fn object(&self, name: &str) -> Option<&Arc<Object>> {
        self.objects.get(name)
    }
}

/// A kind of record.
#[derive(Debug)]
pub struct Object {
    /// Name.
    pub name: String,
    /// As declared (with the engine's fields not repeated in `fields`).
    pub definition: ObjectDefinition,
    /// App or pack it belongs to; empty for custom objects.
    pub app: String,
    /// Where it comes from.
    pub origin: Origin,
    /// Its table.
    pub table: Arc<Table>,
    /// The engine's fields, then the declared ones.
    pub fields: Vec<Field>,
    /// Position of the field that names a record.
    pub title: usize,
    /// Checked `locked_when`.
    pub locked_when: Option<Checked>,
    /// What it lends to whom, with the condition checked.
    pub lends: Vec<(LendDefinition, Checked)>,
    /// Rules with their expressions checked.
    pub rules: Vec<(RuleDefinition, Checked)>,
    /// Who refers here.
    pub dependents: Vec<Dependent>,
    /// Roll-ups of other objects that records of this one feed.
    pub feeds: Vec<RollupFeed>,
    pub(super) by_name: HashMap<String, usize>,
}

/// A reference field elsewhere that points here.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Dependent {
    /// The referring object.
    pub object: String,
    /// Its field.
    pub field: String,
    /// What deletion does to it.
    pub on_delete: OnDelete,
}

/// A roll-up that takes records of the object that holds this.
#[derive(Debug, Clone, PartialEq)]
pub struct RollupFeed {
    /// Object that has the roll-up field.
    pub parent: String,
    /// That field.
    pub field: String,
    /// Our reference field that points to the parent.
    pub via: String,
    /// What is computed.
    pub function: RollupFunction,
    /// Our field computed over.
    pub over: Option<String>,
    /// Which of our records are taken.
    pub filter: Option<Checked>,
}

/// A field of an object.
#[derive(Debug, Clone)]
pub struct Field {
    /// As declared.
    pub definition: FieldDefinition,
    /// Where it comes from.
    pub origin: Origin,
    /// Its columns.
    pub parts: Vec<Part>,
    /// Object referred to by references and links.
    pub target: Option<String>,
    /// Table of a link field (tags, many-to-many): `source`, `target`.
    pub link: Option<Arc<Table>>,
    /// Checked expression of a formula.
    pub formula: Option<Checked>,
    /// In which currency a computed number is; `None` where it is no amount of money.
    pub amount_of: Option<AmountOf>,
    /// Checked `required_when`.
    pub required_when: Option<Checked>,
    /// Checked `read_only_when`.
    pub read_only_when: Option<Checked>,
}

/// A column of a field.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Part {
    /// `""` for the main part.
    pub name: &'static str,
    /// Position in the object's table.
    pub column: usize,
    /// Storage.
    pub storage: Storage,
    /// Type in expressions.
    pub ty: Type,
    /// Named in filters and sorts.
    pub exposed: bool,
}

impl Field {
    /// Name.
    pub fn name(&self) -> &str {
        &self.definition.name
    }
    /// Behaviour.
    pub fn kind(&self) -> &'static dyn FieldType {
        field_type(self.definition.kind)
    }
    /// The part named, the main one for `""`.
    pub fn part(&self, name: &str) -> Option<&Part> {
        self.parts.iter().find(|it| it.name == name && it.exposed)
    }
    /// The column that orders records by this field: the sort key where there is one.
    pub fn sort_column(&self) -> Option<usize> {
        self.parts.iter().find(|it| it.name == "sort").or_else(|| self.part("")).map(|it| it.column)
    }
    /// Whether the value comes from the engine alone.
    pub fn is_computed(&self) -> bool {
        matches!(self.definition.kind, FieldKind::Formula | FieldKind::Rollup | FieldKind::AutoNumber) || self.is_engine_managed()
    }
    /// Whether it is one of the engine's own that no one sets.
    pub fn is_engine_managed(&self) -> bool {
        self.origin == Origin::System && !matches!(self.name(), "owner" | "department")
    }
    /// Whether it holds a file or a picture.
    pub fn is_file(&self) -> bool {
        matches!(self.definition.kind, FieldKind::File | FieldKind::Image)
    }
    /// Whether it refers to one record.
    pub fn is_reference(&self) -> bool {
        self.target.is_some() && self.link.is_none()
    }
    /// Whether it is shown, and sorted, by the title of the record it refers to.
    pub fn is_shown_by_title(&self) -> bool {
        self.is_reference() && !self.is_file()
    }
    /// The cells of this field out of a whole row of the table.
    pub fn cells(&self, row: &[Value]) -> Vec<Value> {
        self.parts.iter().map(|it| row.get(it.column).cloned().unwrap_or_default()).collect()
    }
    /// Whether all its cells are null.
    pub fn is_empty_in(&self, row: &[Value]) -> bool {
        self.parts.iter().all(|it| row.get(it.column).is_none_or(Value::is_null))
    }
}

impl Object {
    /// Whether files hang on its records by this field. What belongs to a file itself, as an older version of it does, is
    /// nothing it hangs on.
    pub fn keeps_files_in(&self, field: &Field) -> bool {
        let leads = self.definition.follows.as_deref() == Some(field.name());
        field.target.as_deref() == Some(FILE_OBJECT) && self.name != FILE_OBJECT && !leads
    }
    /// Whether its records go for good with the record that a field names, of whatever object it is: those that follow it, and
    /// what is a member's own affair about it.
    pub fn goes_with(&self, field: &Field) -> bool {
        let leads = self.definition.follows.as_deref() == Some(field.name());
        field.definition.kind == FieldKind::Record && (leads || self.definition.private_to.is_some())
    }
    /// The field of this name.
    pub fn field(&self, name: &str) -> Option<&Field> {
        self.by_name.get(name).map(|&it| &self.fields[it])
    }
    /// Position of the field of this name.
    pub fn field_position(&self, name: &str) -> Option<usize> {
        self.by_name.get(name).copied()
    }
    /// The field that names a record.
    pub fn title_field(&self) -> &Field {
        &self.fields[self.title]
    }
    /// The declared fields (not the engine's, except owner and department).
    pub fn user_fields(&self) -> impl Iterator<Item = &Field> {
        self.fields.iter().filter(|it| !it.is_engine_managed())
    }
    /// The title of a record, for people.
    pub fn title_of(&self, row: &[Value]) -> String {
        let field = self.title_field();
        field.kind().text(&field.definition, &field.cells(row)).unwrap_or_default()
    }
}
