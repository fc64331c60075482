//! The JSON Schemas of definitions: of an object, as `object.toml` and the schema editor write it, and of a pack's own
//! files.

use guanxi_kernel::pack::{ObjectExtension, PackManifest};
use guanxi_kernel::schema::ObjectDefinition;
use schemars::JsonSchema;
use schemars::generate::SchemaSettings;
use serde_json::{Value as Json, json};

/// The schema of an object's definition. Its parts carry the names of the structs they describe.
pub fn definition_schema() -> Json {
    schema::<ObjectDefinition>("object", "Definition of an object")
}

/// The schema of a pack's `pack.toml`.
pub fn pack_schema() -> Json {
    schema::<PackManifest>("pack", "What an industry pack says of itself")
}

/// The schema of a pack's `extends/OBJECT.toml`.
pub fn extension_schema() -> Json {
    schema::<ObjectExtension>("extension", "What an industry pack adds to an object")
}

fn schema<T: JsonSchema>(name: &str, title: &str) -> Json {
    let mut schema: Json = SchemaSettings::draft2020_12().into_generator().into_root_schema_for::<T>().into();
    schema["$id"] = json!(format!("urn:guanxi:schema:{name}"));
    schema["title"] = json!(title);
    schema
}
