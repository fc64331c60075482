//! What names mean in an expression over an object: its fields, their parts, fields of records referred to, and `me`.

use std::sync::Arc;

use guanxi_expr::{Scope, ScopeError, Type};

use super::{Field, Object, Schema};

/// How many references a path may follow.
pub const MAX_HOPS: usize = 2;

/// Decides whether a caller may name a field.
pub trait FieldGate {
    /// Whether the field of this object may be named: filtered, sorted and grouped by.
    fn may_read(&self, object: &Object, field: &Field) -> bool;

    /// Whether it may be asked what set a field: only where a database answers, for no value of the record does.
    fn tells_sources(&self) -> bool {
        false
    }
}

/// The same gate where it may also be asked what set a field: lists, summaries and what else the database finds.
pub struct WithSources<'a>(pub &'a dyn FieldGate);

impl FieldGate for WithSources<'_> {
    fn may_read(&self, object: &Object, field: &Field) -> bool {
        self.0.may_read(object, field)
    }

    fn tells_sources(&self) -> bool {
        true
    }
}

/// Everything may be named: expressions of definitions.
pub struct OpenGate;

impl FieldGate for OpenGate {
    fn may_read(&self, _object: &Object, _field: &Field) -> bool {
        true
    }
}

/// Where a path through references ends.
#[derive(Debug, Clone)]
pub struct ResolvedPath {
    /// References followed: object that has it and its field, in order.
    pub hops: Vec<(Arc<Object>, usize)>,
    /// Object of the last field.
    pub object: Arc<Object>,
    /// Position of the last field.
    pub field: usize,
    /// Name of the part, `""` for the main one.
    pub part: &'static str,
}

impl ResolvedPath {
    /// The last field.
    pub fn field(&self) -> &Field {
        &self.object.fields[self.field]
    }
}

/// Follows a path from an object. `None` for what does not exist and for what the gate closes: they are not told apart.
pub fn resolve_path(schema: &Schema, object: &Arc<Object>, path: &[&str], gate: &dyn FieldGate) -> Option<ResolvedPath> {
    let mut hops = Vec::new();
    let mut object = object.clone();
    let mut rest = path;
    loop {
        let (first, tail) = rest.split_first()?;
        let position = object.field_position(first)?;
        let field = &object.fields[position];
        if !gate.may_read(&object, field) {
            return None;
        }
        if tail.is_empty() {
            let part = field.part("").map_or("", |it| it.name);
            return Some(ResolvedPath { hops, field: position, part, object });
        }
        if let [part] = tail
            && let Some(part) = field.part(part)
        {
            return Some(ResolvedPath { hops, field: position, part: part.name, object: object.clone() });
        }
        if !field.is_reference() || hops.len() >= MAX_HOPS {
            return None;
        }
        let target = schema.object(field.target.as_deref()?)?.clone();
        hops.push((object, position));
        object = target;
        rest = tail;
    }
}

/// Names over one object, for the type checker.
pub struct ObjectScope<'a> {
    /// The schema.
    pub schema: &'a Schema,
    /// The object.
    pub object: &'a Arc<Object>,
    /// What the caller may name.
    pub gate: &'a dyn FieldGate,
    /// Whether references may be followed (filters: yes; formulas and rules over one record: no).
    pub follow: bool,
}

/// What a path that asks for the source of a field begins with, and the type of the answer.
pub static SOURCE_PATHS: [(&str, Type); 3] = [("source()", Type::Text), ("sourceAt()", Type::DateTime), ("sourceChange()", Type::Id)];

/// Types of what `me` offers.
pub fn me_type(name: &str) -> Option<Type> {
    Some(match name {
        "id" | "department" => Type::Id,
        "departments" | "own_departments" | "selves" | "people" | "teams" | "branches" | "circles" | "keeps" => Type::Id.list(),
        "roles" | "gives" => Type::Text.list(),
        _ => return None,
    })
}

impl Scope for ObjectScope<'_> {
    fn resolve(&self, path: &[&str]) -> Result<Type, ScopeError> {
        if let ["me", name] = path {
            return me_type(name).ok_or(ScopeError::Unknown);
        }
        if let [function, field @ ..] = path
            && let Some((_, ty)) = SOURCE_PATHS.iter().find(|it| it.0 == *function)
        {
            let found = resolve_path(self.schema, self.object, field, self.gate).ok_or(ScopeError::Unknown)?;
            let is_here = self.follow && self.gate.tells_sources() && found.hops.is_empty();
            return if is_here { Ok(ty.clone()) } else { Err(ScopeError::NotHere) };
        }
        let found = resolve_path(self.schema, self.object, path, self.gate).ok_or(ScopeError::Unknown)?;
        if !found.hops.is_empty() && !self.follow {
            return Err(ScopeError::NotHere);
        }
        let field = found.field();
        if field.link.is_some() {
            return Ok(Type::Id.list());
        }
        field.part(found.part).map(|it| it.ty.clone()).ok_or(ScopeError::NotHere)
    }

    fn names(&self) -> Vec<String> {
        let mut names: Vec<String> = Vec::new();
        for field in self.object.fields.iter().filter(|it| self.gate.may_read(self.object, it)) {
            for part in field.parts.iter().filter(|it| it.exposed) {
                names.push(if part.name.is_empty() { field.name().to_owned() } else { format!("{}.{}", field.name(), part.name) });
            }
            if field.link.is_some() {
                names.push(field.name().to_owned());
            }
        }
        names
    }
}
