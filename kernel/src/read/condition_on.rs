//! A condition over one record alone, checked once and asked of many.

use std::collections::HashMap;
use std::sync::{Arc, Mutex, PoisonError};

use guanxi_expr::{Checked, EvalContext, Type, check, evaluate};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::record::Record;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::schema::{FieldGate, Label, Object, ObjectScope, OpenGate, Schema};
use crate::write::Draft;

/// See the module. References are not followed: what it asks stands in the record.
#[derive(Debug, Clone)]
pub struct ConditionOn(Checked);

impl ConditionOn {
    /// Reads a condition over an object; what it names must be open by the gate.
    ///
    /// # Errors
    /// Says what is wrong with it, and where.
    pub fn read(schema: &Schema, object: &Arc<Object>, source: &str, gate: &dyn FieldGate) -> Result<Self> {
        let scope = ObjectScope { schema, object, gate, follow: false };
        let checked = check(source, &scope).map_err(|error| KernelError::BadRequest {
            code: "bad_filter",
            message: Label::new(error.message_zh.clone(), error.message_en.clone()),
            field: None,
            position: error.position.as_ref().map(|it| it.offset),
        })?;
        let is_link = |path: &[String]| path.first().and_then(|it| object.field(it)).is_some_and(|it| it.link.is_some());
        if checked.paths().any(|path| path.first().is_some_and(|it| it == "me") || is_link(path)) {
            return Err(KernelError::bad_request("bad_filter", "这里不能用 me 和多值关联字段", "`me` and lists of links are not for here"));
        }
        if checked.ty == Type::Bool {
            return Ok(Self(checked));
        }
        Err(KernelError::bad_request("bad_filter", "表达式的结果应为“是/否”", "it must be true or false"))
    }

    /// Whether it names a field.
    pub fn names(&self, field: &str) -> bool {
        self.0.paths().any(|path| path.first().is_some_and(|it| it == field))
    }

    /// The fields it names.
    pub fn fields(&self) -> std::collections::BTreeSet<String> {
        self.0.paths().filter_map(|path| path.first().cloned()).collect()
    }

    /// Adds a problem where the text of a draft's field is no condition over an object, names what is closed to who writes it, or
    /// one of `refused`. An empty one is none; one that is not changed is not asked again.
    ///
    /// # Errors
    /// What is wrong with the engine.
    pub fn check(context: &Context, draft: &mut Draft, field: &str, object: &str, refused: &[&str]) -> Result<()> {
        if draft.before.is_some() && !draft.changes(field) && !draft.changes("object") {
            return Ok(());
        }
        let Some(object) = context.schema.object(object) else { return Ok(()) };
        let Some(source) = draft.record().text(field).filter(|it| !it.trim().is_empty()) else { return Ok(()) };
        let gate: &dyn FieldGate = if context.access.is_system() { &OpenGate } else { context.access.as_ref() };
        match Self::read(&context.schema, object, &source, gate) {
            Ok(condition) => {
                if let Some(name) = refused.iter().find(|it| condition.names(it)) {
                    draft.problem(field, "rule", format!("这里不能用字段“{name}”"), format!("the field `{name}` is not for here"));
                }
                Ok(())
            }
            Err(KernelError::BadRequest { message, .. }) => {
                draft.problem(field, "rule", message.zh_cn, message.en);
                Ok(())
            }
            Err(other) => Err(other),
        }
    }

    /// Whether it holds for a record; what cannot be worked out does not.
    pub fn holds(&self, record: &Record, now: Timestamp, time_zone: &TimeZone) -> bool {
        let lookup = |path: &[String]| record.lookup(path);
        let context = EvalContext { now, time_zone, lookup: &lookup };
        evaluate(&self.0.root, &context).is_ok_and(|it| it.is_true())
    }
}

/// Conditions read before, while the definitions are the same: rules are asked of every record that is saved.
#[derive(Default)]
pub struct Conditions(Mutex<Known>);

#[derive(Default)]
struct Known {
    schema: Option<Arc<Schema>>,
    by_source: HashMap<String, Option<ConditionOn>>,
}

impl Conditions {
    /// A condition over an object by its text; nothing where it is none. One of these is for one object.
    pub fn read(&self, schema: &Arc<Schema>, object: &Arc<Object>, source: &str) -> Option<ConditionOn> {
        let mut known = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if !known.schema.as_ref().is_some_and(|it| Arc::ptr_eq(it, schema)) || known.by_source.len() > MOST_KNOWN {
            *known = Known { schema: Some(schema.clone()), by_source: HashMap::new() };
        }
        known.by_source.entry(source.to_owned()).or_insert_with(|| ConditionOn::read(schema, object, source, &OpenGate).ok()).clone()
    }
}

/// Most conditions remembered.
const MOST_KNOWN: usize = 2_000;
