//! What formula and roll-up have in common: a result of another type, which they are stored and written as.

use guanxi_expr::Value;
use serde_json::Value as Json;

use super::auto_number::given_by_the_engine;
use super::{FieldType, ParseContext, PartSpec, field_type};
use crate::error::FieldError;
use crate::schema::{FieldDefinition, FieldKind, Label};

/// The type of the result. Definitions with another one are refused; a text holds whatever comes.
pub(super) fn result_type(field: &FieldDefinition) -> &'static dyn FieldType {
    let fallback = if field.kind == FieldKind::Rollup { FieldKind::Number } else { FieldKind::Text };
    field_type(field.result.filter(|it| RESULTS.contains(it)).unwrap_or(fallback))
}

/// Kinds a result may have: those of one column that say all about themselves.
pub(super) const RESULTS: [FieldKind; 8] = [
    FieldKind::Text,
    FieldKind::Number,
    FieldKind::Decimal,
    FieldKind::Percent,
    FieldKind::Boolean,
    FieldKind::Date,
    FieldKind::Datetime,
    FieldKind::Duration,
];

/// Forwards everything but the checks to the type of the result.
pub(super) trait Computed: Sync + Send {
    fn check(&self, field: &FieldDefinition) -> Result<(), Label>;
}

impl<T: Computed> FieldType for T {
    fn parts(&self, field: &FieldDefinition) -> Vec<PartSpec> {
        result_type(field).parts(field)
    }

    fn check_definition(&self, field: &FieldDefinition) -> Result<(), Label> {
        self.check(field)
    }

    fn parse(&self, field: &FieldDefinition, _json: &Json, _context: &ParseContext) -> Result<Vec<Value>, FieldError> {
        Err(given_by_the_engine(field))
    }

    fn write_json(&self, field: &FieldDefinition, cells: &[Value], out: &mut String) {
        result_type(field).write_json(field, cells, out);
    }

    fn text(&self, field: &FieldDefinition, cells: &[Value]) -> Option<String> {
        result_type(field).text(field, cells)
    }

    fn words(&self, field: &FieldDefinition, cells: &[Value], words: &mut Vec<String>) {
        result_type(field).words(field, cells, words);
    }
}
