//! A condition over one record alone, checked once and asked of many.

use std::sync::Arc;

use guanxi_expr::{Checked, EvalContext, Type, check, evaluate};
use jiff::Timestamp;
use jiff::tz::TimeZone;

use super::record::Record;
use crate::error::{KernelError, Result};
use crate::schema::{FieldGate, Label, Object, ObjectScope, Schema};

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
        if checked.ty == Type::Bool {
            return Ok(Self(checked));
        }
        Err(KernelError::bad_request("bad_filter", "表达式的结果应为“是/否”", "it must be true or false"))
    }

    /// Whether it holds for a record; what cannot be worked out does not.
    pub fn holds(&self, record: &Record, now: Timestamp, time_zone: &TimeZone) -> bool {
        let lookup = |path: &[String]| record.lookup(path);
        let context = EvalContext { now, time_zone, lookup: &lookup };
        evaluate(&self.0.root, &context).is_ok_and(|it| it.is_true())
    }
}
