//! The JSON Schema of an object's definition, as `object.toml` and the schema editor write it.

use guanxi_kernel::schema::ObjectDefinition;
use schemars::generate::SchemaSettings;
use serde_json::{Value as Json, json};

/// The schema. Its parts carry the names of the structs they describe.
pub fn definition_schema() -> Json {
    let mut schema: Json = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<ObjectDefinition>().into();
    schema["$id"] = json!("urn:guanxi:schema:object");
    schema["title"] = json!("Definition of an object");
    schema
}
