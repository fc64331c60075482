//! The JSON Schema of an object's definition, as `object.toml` and the schema editor write it.

use serde_json::{Map, Value as Json, json};

const KINDS: [&str; 30] = [
    "text",
    "long_text",
    "rich_text",
    "number",
    "decimal",
    "money",
    "percent",
    "boolean",
    "date",
    "datetime",
    "duration",
    "select",
    "multi_select",
    "email",
    "phone",
    "url",
    "address",
    "person_name",
    "tags",
    "reference",
    "many_to_many",
    "user",
    "department",
    "file",
    "image",
    "auto_number",
    "geo",
    "json",
    "formula",
    "rollup",
];

/// The schema. Its parts carry the names of the structs they describe.
pub fn definition_schema() -> Json {
    let mut schema = object_definition();
    schema["$schema"] = json!("https://json-schema.org/draft/2020-12/schema");
    schema["$id"] = json!("urn:guanxi:schema:object");
    schema["title"] = json!("Definition of an object");
    schema["$defs"] = json!({
        "Label": of(&["zh-CN", "en"], &[("zh-CN", text("Simplified Chinese")), ("en", text("English"))]),
        "FieldDefinition": field_definition(),
        "OptionDefinition": option_definition(),
        "RollupDefinition": of(&["object", "via", "function"], &[
            ("object", text("Object whose records are counted")), ("via", text("Its reference field that points here")),
            ("function", json!({ "enum": ["count", "sum", "min", "max", "latest"] })), ("field", text("The field computed over; none for count")),
            ("filter", text("Expression over the related record")),
        ]),
        "IndexDefinition": of(&["fields"], &[("fields", texts("Field names, in order")), ("unique", flag("No two live records share the combination"))]),
        "RuleDefinition": of(&["name", "expression", "message"], &[
            ("name", text("Identifier within the object")), ("expression", text("True for a record that is in order")), ("message", label()),
            ("field", text("Field the message belongs to")),
        ]),
        "ViewsDefinition": of(&[], &[
            ("list", list("ListViewDefinition")), ("board", part("BoardViewDefinition")), ("calendar", part("CalendarViewDefinition")),
            ("record", part("RecordViewDefinition")),
        ]),
        "ListViewDefinition": of(&["name", "label", "columns"], &[
            ("name", text("Identifier within the object")), ("label", label()), ("columns", texts("Paths of the columns")),
            ("filter", text("Filter expression")), ("sort", text("-field,field")),
        ]),
        "BoardViewDefinition": of(&["group_by", "card"], &[
            ("group_by", text("The select field whose options are the columns")), ("card", texts("Paths shown on a card, title first")),
            ("sum", text("Field summed over a column")), ("move_action", text("Action called on a drop")), ("order", text("Sort within a column")),
        ]),
        "CalendarViewDefinition": of(&["start", "title"], &[
            ("start", text("Date or datetime field")), ("end", text("Its end")), ("title", text("Path shown on the bar")), ("color_by", text("Select field that colours it")),
        ]),
        "RecordViewDefinition": of(&[], &[
            ("key_facts", texts("Paths shown in the head")), ("section", list("SectionDefinition")), ("related", list("RelatedListDefinition")),
            ("quick_log", texts("Kinds of activity that can be logged in place")),
        ]),
        "SectionDefinition": of(&["name", "label", "fields"], &[("name", text("Identifier within the object")), ("label", label()), ("fields", texts("Field names"))]),
        "RelatedListDefinition": of(&["object", "via", "columns"], &[
            ("object", text("The other object")), ("via", text("Its reference field")), ("label", label()), ("columns", texts("Paths of the columns")), ("sort", text("Sort")),
        ]),
    });
    schema
}

fn of(required: &[&str], properties: &[(&str, Json)]) -> Json {
    let properties: Map<String, Json> = properties.iter().map(|(name, schema)| ((*name).to_owned(), schema.clone())).collect();
    json!({ "type": "object", "additionalProperties": false, "required": required, "properties": properties })
}

fn text(about: &str) -> Json {
    json!({ "type": "string", "description": about })
}

fn texts(about: &str) -> Json {
    json!({ "type": "array", "items": { "type": "string" }, "description": about })
}

fn flag(about: &str) -> Json {
    json!({ "type": "boolean", "description": about })
}

fn part(name: &str) -> Json {
    json!({ "$ref": format!("#/$defs/{name}") })
}

fn list(name: &str) -> Json {
    json!({ "type": "array", "items": part(name) })
}

fn label() -> Json {
    part("Label")
}

fn name(about: &str) -> Json {
    json!({ "type": "string", "pattern": "^[a-z][a-z0-9_]{0,39}$", "description": about })
}

fn object_definition() -> Json {
    of(
        &["name", "label", "title_field"],
        &[
            ("name", name("Identifier; the table is o_ and this")),
            ("label", label()),
            ("plural", label()),
            ("help", label()),
            ("icon", text("Icon name of the web app's set")),
            ("color", text("A token name such as blue")),
            ("title_field", text("The field that names a record to people; text-like")),
            ("owned", json!({ "type": "boolean", "default": true, "description": "Adds the fields owner and department" })),
            ("internal", flag("Hidden from navigation and search pages")),
            ("audit_reads", flag("Whoever opens a record is noted in the audit log")),
            ("explicit_rights", flag("What a role says of all other objects does not hold for it")),
            ("field", list("FieldDefinition")),
            ("index", list("IndexDefinition")),
            ("locked_when", text("Expression: nobody but an administrator changes or deletes the record while it is true")),
            ("rule", list("RuleDefinition")),
            ("views", part("ViewsDefinition")),
        ],
    )
}

fn field_definition() -> Json {
    of(
        &["name", "type", "label"],
        &[
            ("name", name("Identifier, no double underscore")),
            ("type", json!({ "enum": KINDS })),
            ("label", label()),
            ("help", label()),
            ("required", flag("Must have a value")),
            ("unique", flag("No two live records share a value")),
            ("searchable", flag("Its words are found by search")),
            ("indexed", flag("Gets an index, and with it sorting")),
            ("read_only", flag("Set only by the engine, hooks and actions")),
            ("default", json!({ "description": "Value of a new record; @today, @now, @me, @my_department where the type fits" })),
            ("options", list("OptionDefinition")),
            ("options_from", json!({ "enum": ["roles"], "description": "Where the options come from, if not from options" })),
            ("target", text("Object referred to (reference, many_to_many)")),
            ("on_delete", json!({ "enum": ["keep", "restrict", "cascade"], "default": "keep" })),
            ("scale", json!({ "type": "integer", "minimum": 0, "maximum": 6, "description": "Digits after the point" })),
            ("min", json!({ "type": "number", "description": "Smallest value, inclusive" })),
            ("max", json!({ "type": "number", "description": "Largest value, inclusive" })),
            ("max_length", json!({ "type": "integer", "minimum": 1, "description": "Longest text in characters" })),
            ("pattern", text("Regular expression the whole text matches")),
            ("number_format", text("Pattern of an auto-number: C{yyyy}{mm}-{00000}")),
            ("required_when", text("Expression: required when true")),
            ("visible_when", text("Expression: shown when true")),
            ("read_only_when", text("Expression: not editable when true")),
            ("expression", text("Expression of a formula")),
            (
                "result",
                json!({ "enum": ["text", "number", "decimal", "boolean", "date", "datetime", "duration"], "description": "Result type of a formula" }),
            ),
            ("rollup", part("RollupDefinition")),
        ],
    )
}

fn option_definition() -> Json {
    of(
        &["value", "label"],
        &[
            ("value", json!({ "type": "string", "pattern": "^[a-z0-9_]{1,40}$" })),
            ("label", label()),
            ("color", text("Colour token")),
            ("next", texts("States: the values this one may change to; any where absent")),
            ("closed", flag("States: an end state")),
            ("won", flag("States: an end state that counts as success")),
            ("probability", json!({ "type": "integer", "minimum": 0, "maximum": 100 })),
            ("retired", flag("Kept for old records, not offered any more")),
        ],
    )
}

#[cfg(test)]
mod tests {
    use super::*;
    use guanxi_kernel::schema::*;
    use std::collections::BTreeSet;

    /// Fails where a struct has a key the schema lacks, or the other way round.
    fn same_keys(name: &str, value: impl serde::Serialize) {
        let schema = definition_schema();
        let described = if name.is_empty() { &schema["properties"] } else { &schema["$defs"][name]["properties"] };
        let keys = |json: &Json| json.as_object().unwrap().keys().cloned().collect::<BTreeSet<_>>();
        assert_eq!(keys(&serde_json::to_value(value).unwrap()), keys(described), "{name}");
    }

    fn word() -> String {
        "x".to_owned()
    }

    fn some() -> Option<String> {
        Some(word())
    }

    fn label() -> Label {
        Label::new("x", "x")
    }

    fn option() -> OptionDefinition {
        OptionDefinition {
            value: word(),
            label: label(),
            color: some(),
            next: Some(vec![word()]),
            closed: true,
            won: true,
            probability: Some(1),
            retired: true,
        }
    }

    fn rollup() -> RollupDefinition {
        RollupDefinition { object: word(), via: word(), function: RollupFunction::Sum, field: some(), filter: some() }
    }

    fn field() -> FieldDefinition {
        FieldDefinition {
            name: word(),
            kind: FieldKind::Text,
            label: label(),
            help: Some(label()),
            required: true,
            unique: true,
            searchable: true,
            indexed: true,
            read_only: true,
            default: Some(json!("x")),
            options: vec![option()],
            options_from: Some(OptionSource::Roles),
            target: some(),
            on_delete: OnDelete::Cascade,
            scale: Some(1),
            min: Some(1.0),
            max: Some(1.0),
            max_length: Some(1),
            pattern: some(),
            number_format: some(),
            required_when: some(),
            visible_when: some(),
            read_only_when: some(),
            expression: some(),
            result: Some(FieldKind::Text),
            rollup: Some(rollup()),
        }
    }

    // Every field of every struct is written out here, so that a new one does not compile until it is described.
    #[test]
    fn every_key_is_described() {
        let list = ListViewDefinition { name: word(), label: label(), columns: vec![word()], filter: some(), sort: some() };
        let board = BoardViewDefinition { group_by: word(), card: vec![word()], sum: some(), move_action: some(), order: some() };
        let calendar = CalendarViewDefinition { start: word(), end: some(), title: word(), color_by: some() };
        let section = SectionDefinition { name: word(), label: label(), fields: vec![word()] };
        let related = RelatedListDefinition { object: word(), via: word(), label: Some(label()), columns: vec![word()], sort: some() };
        let record = RecordViewDefinition {
            key_facts: vec![word()],
            sections: vec![section.clone()],
            related: vec![related.clone()],
            quick_log: vec![word()],
        };
        let views =
            ViewsDefinition { list: vec![list.clone()], board: Some(board.clone()), calendar: Some(calendar.clone()), record: record.clone() };
        let index = IndexDefinition { fields: vec![word()], unique: true };
        let rule = RuleDefinition { name: word(), expression: word(), message: label(), field: some() };
        same_keys("Label", label());
        same_keys("OptionDefinition", option());
        same_keys("RollupDefinition", rollup());
        same_keys("FieldDefinition", field());
        same_keys("IndexDefinition", &index);
        same_keys("RuleDefinition", &rule);
        same_keys("ListViewDefinition", list);
        same_keys("BoardViewDefinition", board);
        same_keys("CalendarViewDefinition", calendar);
        same_keys("SectionDefinition", section);
        same_keys("RelatedListDefinition", related);
        same_keys("RecordViewDefinition", record);
        same_keys("ViewsDefinition", &views);
        let object = ObjectDefinition {
            name: word(),
            label: label(),
            plural: Some(label()),
            help: Some(label()),
            icon: some(),
            color: some(),
            title_field: word(),
            owned: true,
            internal: true,
            explicit_rights: true,
            audit_reads: true,
            fields: vec![field()],
            indexes: vec![index],
            locked_when: some(),
            rules: vec![rule],
            views,
        };
        same_keys("", object);
    }

    #[test]
    fn every_type_is_named() {
        for kind in KINDS {
            serde_json::from_value::<FieldKind>(json!(kind)).unwrap();
        }
        assert!(serde_json::from_value::<FieldKind>(json!("nothing")).unwrap_err().to_string().matches('`').count() == 2 * KINDS.len() + 2);
    }
}
