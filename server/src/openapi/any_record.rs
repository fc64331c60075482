//! Records of any object, for the routes that serve all of them alike.

use std::borrow::Cow;

use guanxi_kernel::schema::AnyJson;
use schemars::{JsonSchema, Schema, SchemaGenerator, json_schema};

use crate::http::Reference;

/// A record as it comes out. Which fields it has is told by `GET /meta`; what stands in them by the type of each.
#[derive(Debug)]
pub struct AnyRecord;

impl JsonSchema for AnyRecord {
    fn schema_name() -> Cow<'static, str> {
        "Record".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        let reference = generator.subschema_for::<Option<Reference>>();
        let time = |about: &str| json_schema!({ "type": "string", "format": "date-time", "description": about });
        json_schema!({
            "description": "A record of any object: the fields asked for, as far as the caller may see them.",
            "type": "object",
            "required": ["id", "version"],
            "properties": {
                "id": { "type": "string", "format": "uuid" },
                "version": { "type": "integer", "format": "int64", "minimum": 1, "description": "Grows with every change" },
                "created_at": time("When it was made"),
                "created_by": reference,
                "updated_at": time("When it last changed"),
                "updated_by": reference,
                "deleted_at": { "type": ["string", "null"], "format": "date-time", "description": "When it went to the recycle bin" },
            },
            "additionalProperties": generator.subschema_for::<AnyJson>(),
        })
    }
}

/// Values of a record by field.
#[derive(Debug)]
pub struct AnyValues;

impl JsonSchema for AnyValues {
    fn schema_name() -> Cow<'static, str> {
        "RecordValues".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        json_schema!({
            "description": "Values by field, each in a form its type takes.",
            "type": "object",
            "additionalProperties": generator.subschema_for::<AnyJson>(),
        })
    }
}

/// A page of records.
#[derive(Debug)]
pub struct AnyRecordPage;

impl JsonSchema for AnyRecordPage {
    fn schema_name() -> Cow<'static, str> {
        "RecordList".into()
    }

    fn json_schema(generator: &mut SchemaGenerator) -> Schema {
        page_of(generator.subschema_for::<AnyRecord>(), generator.subschema_for::<guanxi_kernel::read::Count>())
    }
}

/// A page of what looks so. The list is written as text, for speed; nothing could be derived from.
pub(super) fn page_of(item: Schema, count: Schema) -> Schema {
    json_schema!({
        "type": "object",
        "required": ["items", "next_cursor"],
        "properties": {
            "items": { "type": "array", "items": item },
            "next_cursor": { "type": ["string", "null"], "description": "Where the next page begins; null on the last" },
            "count": count,
        },
    })
}
