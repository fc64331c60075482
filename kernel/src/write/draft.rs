//! A change to one record as planned.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_expr::Value;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::context::Context;
use crate::error::{FieldError, KernelError, Result};
use crate::identity::{MEMBER_OBJECT, ROLE_GRANT_OBJECT};
use crate::read::{Record, field_json};
use crate::schema::{FieldKind, ID, Object, VERSION};

/// What a draft does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum DraftKind {
    /// Makes a record.
    Create,
    /// Changes one.
    Update,
}

/// When and by whom a change is said to have been made, where that is not now and the caller: for loading what happened
/// elsewhere or before. The engine's own callers alone may say so.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Stamp {
    /// When.
    pub at: jiff::Timestamp,
    /// By whom.
    pub actor: Uuid,
}

/// A planned change. Hooks alter it through [`Draft::set`].
#[derive(Debug, Clone)]
pub struct Draft {
    /// Create or update.
    pub kind: DraftKind,
    /// The object.
    pub object: Arc<Object>,
    /// The row before, for updates.
    pub before: Option<Record>,
    /// The whole row as it will be.
    pub row: Vec<Value>,
    /// Positions of the fields that were set.
    pub touched: BTreeSet<usize>,
    /// New targets of link fields by field position.
    pub links: BTreeMap<usize, Vec<Uuid>>,
    /// Everything wrong with it.
    pub problems: Vec<FieldError>,
    /// When and by whom, if not now and by the caller.
    pub stamp: Option<Stamp>,
    /// An event of its own that names a change of a record, `verb_past`, beside what changed.
    pub also_tells: Option<&'static str>,
    /// Planned with the engine's own rights, which no lock binds.
    pub(super) by_engine: bool,
    /// What the event of a new record tells, as JSON text, where it was written ahead.
    pub(super) told: Option<String>,
    /// The row as it was planned, where a hook may set more of it in the transaction.
    pub(super) planned: Option<Vec<Value>>,
}

impl Draft {
    /// Whether it was planned with the engine's own rights.
    pub fn is_by_engine(&self) -> bool {
        self.by_engine
    }

    /// The row after, and the one before where that was part of another record: both must let the change be.
    pub(crate) fn rows_by_holder(&self) -> Vec<&[Value]> {
        let moved = self.object.definition.locked_with.as_deref().is_some_and(|it| self.changes(it));
        let before = self.before.as_ref().filter(|_| moved).map(|it| it.row.as_slice());
        before.into_iter().chain([self.row.as_slice()]).collect()
    }

    /// Writes ahead what the event of a new record will tell: transactions stand in a queue, plans do not. Not where
    /// something of it is only known in the transaction, or the engine itself reads it there.
    pub fn tell_ahead(&mut self) {
        let is_read = [MEMBER_OBJECT, ROLE_GRANT_OBJECT].contains(&self.object.name.as_str());
        let is_numbered = self.object.fields.iter().any(|it| it.definition.kind == FieldKind::AutoNumber);
        if self.kind == DraftKind::Create && self.links.is_empty() && !is_read && !is_numbered {
            self.told = Some(Json::Object(self.first_values()).to_string());
        }
    }

    /// `[null, value]` of every field that a new record has a value of.
    pub(super) fn first_values(&self) -> Map<String, Json> {
        let set = self.object.fields.iter().filter(|it| !it.parts.is_empty() && !it.is_engine_managed() && !it.is_empty_in(&self.row));
        // Not `json!`, which would write the value out and read it in again.
        set.map(|it| (it.name().to_owned(), Json::Array(vec![Json::Null, field_json(it, &self.row)]))).collect()
    }

    /// The record's id.
    pub fn id(&self) -> Uuid {
        if let Some(Value::Id(id)) = self.row.get(ID) { *id } else { Uuid::nil() }
    }
    /// The version it will have.
    pub fn version(&self) -> i64 {
        if let Some(Value::Int(version)) = self.row.get(VERSION) { *version } else { 0 }
    }
    /// The record as it will be.
    pub fn record(&self) -> Record {
        Record { object: self.object.clone(), row: self.row.clone() }
    }
    /// The main cell of a field or its part as it will be.
    pub fn value(&self, path: &str) -> Value {
        let (name, part) = path.split_once('.').unwrap_or((path, ""));
        let cell = self.object.field(name).and_then(|it| it.part(part)).and_then(|it| self.row.get(it.column));
        cell.cloned().unwrap_or_default()
    }
    /// Whether the field's cells differ from before (any value counts, on create).
    pub fn changes(&self, name: &str) -> bool {
        let Some(field) = self.object.field(name) else { return false };
        match &self.before {
            None => !field.is_empty_in(&self.row),
            Some(before) => field.parts.iter().any(|it| before.row.get(it.column) != self.row.get(it.column)),
        }
    }
    /// Whether anything at all differs from before.
    pub fn is_empty(&self) -> bool {
        self.kind == DraftKind::Update && self.links.is_empty() && self.before.as_ref().is_none_or(|it| it.row == self.row)
    }
    /// Sets a field from its JSON form, without regard to `read_only`: for hooks and the engine. Null empties it.
    pub fn set(&mut self, context: &Context, name: &str, json: &Json) -> Result<()> {
        let position = self.object.field_position(name).ok_or_else(|| KernelError::Internal(format!("{} has no field {name}", self.object.name)))?;
        let object = self.object.clone();
        let field = &object.fields[position];
        self.touched.insert(position);
        self.told = None;
        if json.is_null() {
            self.clear(position);
            return Ok(());
        }
        match field.kind().parse(&field.definition, json, &context.parse_context()) {
            Ok(cells) => self.put(position, cells),
            Err(problem) => self.problems.push(problem),
        }
        Ok(())
    }
    /// Puts parsed cells into the row.
    pub(super) fn put(&mut self, position: usize, cells: Vec<Value>) {
        let object = self.object.clone();
        let field = &object.fields[position];
        if field.link.is_some() {
            let mut targets: Vec<Uuid> = match cells.into_iter().next() {
                Some(Value::List(items)) => items.into_iter().filter_map(|it| if let Value::Id(id) = it { Some(id) } else { None }).collect(),
                _ => Vec::new(),
            };
            // Links have no order of their own; the log compares them in the order they are read in.
            targets.sort_unstable();
            targets.dedup();
            self.links.insert(position, targets);
            return;
        }
        for (part, cell) in field.parts.iter().zip(cells) {
            if let Some(place) = self.row.get_mut(part.column) {
                *place = cell;
            }
        }
    }
    /// Empties a field.
    pub(super) fn clear(&mut self, position: usize) {
        let object = self.object.clone();
        let field = &object.fields[position];
        if field.link.is_some() {
            self.links.insert(position, Vec::new());
        }
        for part in &field.parts {
            if let Some(place) = self.row.get_mut(part.column) {
                *place = Value::Null;
            }
        }
    }
    /// Adds a problem of a field.
    pub fn problem(&mut self, field: &str, code: &'static str, zh_cn: impl Into<String>, en: impl Into<String>) {
        self.problems.push(FieldError::new(field, code, zh_cn, en));
    }
}
