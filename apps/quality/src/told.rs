//! Rules as callers are told of them.

use guanxi_kernel::schema::{AnyJson, Label};
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

use crate::rule::{Fault, Rule};

/// A rule of quality, as far as it concerns those who see its findings.
#[derive(Debug, Clone, Serialize, JsonSchema)]
pub struct QualityRuleTold {
    /// Its record.
    pub id: Uuid,
    /// What it is called.
    pub name: Label,
    /// Whose records it is about.
    pub object: String,
    /// The field it is about, or the part of one.
    pub field: Option<String>,
    /// The field for people.
    pub field_label: Option<Label>,
    /// What it expects.
    #[schemars(extend("enum" = ["required", "pattern", "one_of", "exists_in", "expression", "fresh", "valid"]))]
    pub check: String,
    /// What kind of fault it is.
    pub kind: Fault,
    /// How grave it is.
    #[schemars(extend("enum" = ["low", "medium", "high"]))]
    pub severity: String,
    /// How much it weighs, 1-100.
    pub weight: i64,
    /// What is wrong where it does not hold, and what to do.
    pub message: Label,
    /// What is proposed to mend it in bulk.
    #[schemars(extend("enum" = ["none", "normalise", "fill_address", "set"]))]
    pub fix: String,
    /// The field that would change.
    pub fix_field: Option<String>,
    /// To what it would be set.
    #[schemars(with = "AnyJson")]
    pub fix_value: Json,
}

impl QualityRuleTold {
    /// A rule as it is told.
    pub fn of(rule: &Rule) -> Self {
        Self {
            id: rule.id,
            name: rule.name.clone(),
            object: rule.object.name.clone(),
            field: rule.field.clone(),
            field_label: rule.field_label().cloned(),
            check: rule.check_name.clone(),
            kind: rule.fault,
            severity: rule.severity.clone(),
            weight: rule.weight,
            message: rule.message.clone(),
            fix: rule.fix.clone(),
            fix_field: rule.fix_field.clone(),
            fix_value: rule.fix_value.clone().unwrap_or_default(),
        }
    }
}
