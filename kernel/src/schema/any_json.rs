//! A place where any JSON may stand, as a schema.

use std::borrow::Cow;

use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

/// Any JSON value. It has a name, so that generated clients have a type for it that is not blind to what JSON can be.
#[derive(Debug)]
pub struct AnyJson;

impl JsonSchema for AnyJson {
    fn schema_name() -> Cow<'static, str> {
        "Json".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let itself = generator.subschema_for::<Self>();
        json_schema!({
            "description": "Any JSON value.",
            "anyOf": [
                { "type": "null" }, { "type": "boolean" }, { "type": "number" }, { "type": "string" },
                { "type": "array", "items": itself }, { "type": "object", "additionalProperties": itself },
            ],
        })
    }
}
