//! A condition over one record alone, checked once and asked of many.

use std::collections::{BTreeMap, HashMap};
use std::sync::{Arc, Mutex, PoisonError};

use guanxi_expr::{Checked, EvalContext, Type, Value, check, evaluate};
use jiff::Timestamp;
use jiff::tz::TimeZone;
use uuid::Uuid;

use super::record::Record;
use crate::context::Context;
use crate::error::{KernelError, Result};
use crate::schema::{Field, FieldGate, FieldKind, Label, Object, ObjectScope, OpenGate, Schema, resolve_path};
use crate::write::Draft;

/// Fields of records referred to, by the reference and the field there, with the object they are of.
pub type Reached = BTreeMap<(String, String), Arc<Object>>;

/// See the module. References are followed where that is asked for, and then one step.
#[derive(Debug, Clone)]
pub struct ConditionOn(Checked, Reached);

impl ConditionOn {
    /// Reads a condition over an object; what it names must be open by the gate.
    ///
    /// # Errors
    /// Says what is wrong with it, and where.
    pub fn read(schema: &Schema, object: &Arc<Object>, source: &str, gate: &dyn FieldGate) -> Result<Self> {
        Self::read_within(schema, object, source, gate, false)
    }

    /// The same of a condition that may also ask fields of records the record refers to; it is then asked with
    /// [`ConditionOn::holds_with`]. Roll-ups there are not for it: nothing tells when they move.
    ///
    /// # Errors
    /// As [`ConditionOn::read`].
    pub fn read_reaching(schema: &Schema, object: &Arc<Object>, source: &str, gate: &dyn FieldGate) -> Result<Self> {
        Self::read_within(schema, object, source, gate, true)
    }

    fn read_within(schema: &Schema, object: &Arc<Object>, source: &str, gate: &dyn FieldGate, follow: bool) -> Result<Self> {
        let scope = ObjectScope { schema, object, gate, follow };
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
        let reached = reached(schema, object, gate, &checked)?;
        if checked.ty == Type::Bool {
            return Ok(Self(checked, reached));
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

    /// What it asks of records referred to.
    pub fn reached(&self) -> &Reached {
        &self.1
    }

    /// Whether it holds for a record; what cannot be worked out does not.
    pub fn holds(&self, record: &Record, now: Timestamp, time_zone: &TimeZone) -> bool {
        self.holds_with(record, &HashMap::new(), now, time_zone)
    }

    /// The same with the records it may refer to, by id. What is not among them has no values.
    pub fn holds_with(&self, record: &Record, others: &HashMap<Uuid, Record>, now: Timestamp, time_zone: &TimeZone) -> bool {
        let lookup = |path: &[String]| match path {
            [via, field, part @ ..] if self.1.contains_key(&(via.clone(), field.clone())) => {
                let other = record.reference(via).and_then(|it| others.get(&it));
                let path: Vec<String> = std::iter::once(field).chain(part).cloned().collect();
                other.map_or(Value::Null, |it| it.lookup(&path))
            }
            _ => record.lookup(path),
        };
        let context = EvalContext { now, time_zone, lookup: &lookup };
        evaluate(&self.0.root, &context).is_ok_and(|it| it.is_true())
    }
}

/// What a checked condition asks of records referred to: one step away, single values, none of them rolled up.
fn reached(schema: &Schema, object: &Arc<Object>, gate: &dyn FieldGate, checked: &Checked) -> Result<Reached> {
    let mut reached = Reached::new();
    for path in checked.paths().filter(|it| it.len() > 1) {
        let names: Vec<&str> = path.iter().map(String::as_str).collect();
        let Some(found) = resolve_path(schema, object, &names, gate).filter(|it| !it.hops.is_empty()) else { continue };
        let field = found.field();
        if found.hops.len() > 1 || field.link.is_some() || is_rolled_up(&found.object, field, MOST_STEPS) {
            let (zh_cn, en) = (
                format!("这里不能用“{}”：只能跨一步，且不能是多值关联或汇总字段", path.join(".")),
                format!("`{}` is not for here: one step, no lists of links, no roll-ups", path.join(".")),
            );
            return Err(KernelError::bad_request("bad_filter", zh_cn, en));
        }
        reached.insert((path[0].clone(), field.name().to_owned()), found.object.clone());
    }
    Ok(reached)
}

/// Whether a field is rolled up, or worked out of one that is. What leads further than `steps` is taken to be.
fn is_rolled_up(object: &Object, field: &Field, steps: usize) -> bool {
    let through =
        |formula: &Checked| steps == 0 || formula.paths().filter_map(|it| object.field(it.first()?)).any(|it| is_rolled_up(object, it, steps - 1));
    field.definition.kind == FieldKind::Rollup || field.formula.as_ref().is_some_and(through)
}

/// Formulas of formulas that are followed.
const MOST_STEPS: usize = 8;

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
