//! The schemas that the operations name, each once.
//!
//! A type that is both read and written may look different on the two sides: what has a default may be left out on the
//! way in and always stands on the way out. Where it does, the incoming side has a schema of its own, `NameInput`.

use std::collections::BTreeSet;

use schemars::SchemaGenerator;
use schemars::generate::SchemaSettings;
use serde_json::{Map, Value as Json};

use super::operation::Shape;

const SCHEMAS: &str = "#/components/schemas/";
/// Stands in references of incoming JSON until it is known which schemas differ.
const REQUESTS: &str = "#/components/requests/";

/// See the module.
pub(super) struct Components {
    answers: SchemaGenerator,
    requests: SchemaGenerator,
    given: Map<String, Json>,
}

impl Components {
    pub fn new() -> Self {
        let generator = |settings: SchemaSettings, path: &str| {
            let path = path.trim_start_matches('#').to_owned();
            settings
                .with(|it| {
                    it.meta_schema = None;
                    it.definitions_path = path.into();
                })
                .into_generator()
        };
        Self {
            answers: generator(SchemaSettings::draft2020_12().for_serialize(), SCHEMAS),
            requests: generator(SchemaSettings::draft2020_12().for_deserialize(), REQUESTS),
            given: Map::new(),
        }
    }

    /// The schema of what goes out.
    pub fn answer(&mut self, shape: &Shape) -> Json {
        match shape {
            Shape::Of(schema) => schema(&mut self.answers).into(),
            Shape::Given(json) => json.clone(),
        }
    }

    /// The schema of what comes in.
    pub fn request(&mut self, shape: &Shape) -> Json {
        match shape {
            Shape::Of(schema) => schema(&mut self.requests).into(),
            Shape::Given(json) => json.clone(),
        }
    }

    /// Adds a schema made from the definitions.
    pub fn add(&mut self, name: impl Into<String>, schema: Json) {
        self.given.insert(name.into(), schema);
    }

    /// All schemas by name; references in `paths` are made to lead to them.
    pub fn finish(mut self, paths: &mut Json) -> Map<String, Json> {
        let mut schemas = self.answers.take_definitions(true);
        schemas.values_mut().for_each(never_null);
        let requests = self.requests.take_definitions(true);
        let differing = differing(&schemas, &requests);
        for (name, mut schema) in requests {
            lead(&mut schema, &differing);
            schemas.insert(if differing.contains(&name) { format!("{name}Input") } else { name }, schema);
        }
        lead(paths, &differing);
        schemas.extend(self.given);
        schemas
    }
}

/// What may be absent on the way out is absent rather than null: `Option`s that stand all the same have no `skip_serializing_if`.
///
/// Records, whose fields stand or not as it was asked, say for themselves what may be null.
fn never_null(schema: &mut Json) {
    if schema["additionalProperties"].is_object() {
        return;
    }
    let required: BTreeSet<String> = schema["required"].as_array().into_iter().flatten().filter_map(Json::as_str).map(str::to_owned).collect();
    let Some(properties) = schema.get_mut("properties").and_then(Json::as_object_mut) else { return };
    properties.iter_mut().filter(|it| !required.contains(it.0)).for_each(|it| without_null(it.1));
}

fn without_null(property: &mut Json) {
    let Some(map) = property.as_object_mut() else { return };
    if let Some(Json::Array(kinds)) = map.get_mut("type") {
        kinds.retain(|it| it != "null");
        let one = if let [kind] = kinds.as_slice() { Some(kind.clone()) } else { None };
        map.extend(one.map(|it| ("type".to_owned(), it)));
    }
    if let Some(Json::Array(choices)) = map.get_mut("anyOf") {
        choices.retain(|it| it["type"] != "null");
        if let [Json::Object(choice)] = choices.as_slice() {
            let choice = choice.clone();
            map.remove("anyOf");
            map.extend(choice);
        }
    }
}

/// Names of incoming schemas that are not those going out under the same name, by themselves or by what they refer to.
fn differing(answers: &Map<String, Json>, requests: &Map<String, Json>) -> BTreeSet<String> {
    let mut differing = BTreeSet::new();
    loop {
        let before = differing.len();
        for (name, schema) in requests {
            let Some(going_out) = answers.get(name) else { continue };
            let mut coming_in = schema.clone();
            lead(&mut coming_in, &differing);
            if coming_in != *going_out {
                differing.insert(name.clone());
            }
        }
        if differing.len() == before {
            return differing;
        }
    }
}

/// Makes references of incoming JSON lead to where their schemas stand.
fn lead(json: &mut Json, differing: &BTreeSet<String>) {
    match json {
        Json::Object(map) => {
            if let Some(Json::String(reference)) = map.get_mut("$ref")
                && let Some(name) = reference.strip_prefix(REQUESTS)
            {
                let ending = if differing.contains(name) { "Input" } else { "" };
                *reference = format!("{SCHEMAS}{name}{ending}");
            }
            map.values_mut().for_each(|it| lead(it, differing));
        }
        Json::Array(items) => items.iter_mut().for_each(|it| lead(it, differing)),
        _ => {}
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use schemars::JsonSchema;
    use serde::{Deserialize, Serialize};
    use serde_json::json;

    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Same {
        it: u8,
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Differs {
        #[serde(default)]
        it: u8,
        same: Same,
    }

    #[derive(Serialize, Deserialize, JsonSchema)]
    struct Around {
        inside: Differs,
        #[serde(skip_serializing_if = "Option::is_none")]
        absent: Option<Same>,
        null: Option<u8>,
    }

    #[test]
    fn both_sides_share_what_is_the_same_and_no_more() {
        let mut components = Components::new();
        let answer = components.answer(&Shape::of::<Around>());
        let request = components.request(&Shape::of::<Around>());
        let mut paths = json!([answer, request]);
        let schemas = components.finish(&mut paths);
        assert_eq!(paths, json!([{ "$ref": "#/components/schemas/Around" }, { "$ref": "#/components/schemas/AroundInput" }]));
        assert_eq!(schemas.keys().collect::<Vec<_>>(), ["Around", "AroundInput", "Differs", "DiffersInput", "Same"]);
        let (out, within) = (&schemas["Around"]["properties"], &schemas["AroundInput"]["properties"]);
        assert_eq!((&out["absent"]["$ref"], &out["null"]["type"]), (&json!("#/components/schemas/Same"), &json!(["integer", "null"])));
        assert_eq!(within["absent"]["anyOf"][1]["type"], "null");
        assert_eq!(schemas["AroundInput"]["properties"]["inside"]["$ref"], "#/components/schemas/DiffersInput");
        assert_eq!(schemas["DiffersInput"]["properties"]["same"]["$ref"], "#/components/schemas/Same");
        assert_eq!((&schemas["Differs"]["required"], &schemas["DiffersInput"]["required"]), (&json!(["it", "same"]), &json!(["same"])));
    }
}
