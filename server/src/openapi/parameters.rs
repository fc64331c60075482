//! Parameters that operations share, by the names they are asked for with.

use serde_json::{Map, Value as Json, json};

fn text() -> Json {
    json!({ "type": "string" })
}

fn flag() -> Json {
    json!({ "type": "boolean" })
}

fn id() -> Json {
    json!({ "type": "string", "format": "uuid" })
}

fn moment() -> Json {
    json!({ "type": "string", "format": "date-time" })
}

fn at_most(maximum: u16) -> Json {
    json!({ "type": "integer", "minimum": 1, "maximum": maximum })
}

/// All of them.
pub(super) fn parameters() -> Json {
    let query = |key: &str, name: &str, schema: Json, about: &str| {
        (key.to_owned(), json!({ "name": name, "in": "query", "schema": schema, "description": about }))
    };
    let plain = |name: &str, schema: Json, about: &str| query(name, name, schema, about);
    let mut all: Map<String, Json> = [
        plain("filter", text(), "Filter expression, docs/expressions.md"),
        plain("sort", text(), "Fields separated by commas, - before a field for descending"),
        plain("fields", text(), "Paths separated by commas; all without"),
        query("limit", "limit", at_most(500), "Most items of a page"),
        query("limit-200", "limit", at_most(200), "Most items of a page"),
        query("limit-50", "limit", at_most(50), "Most items of each object"),
        query("limit-groups", "limit", at_most(1_000), "Most groups"),
        plain("cursor", text(), "next_cursor of the page before"),
        plain("count", json!({ "type": "string", "enum": ["capped", "exact", "none"] }), "Whether and how to count"),
        plain("deleted", json!({ "type": "string", "enum": ["only"] }), "The recycle bin instead"),
        plain("q", text(), "Words, as search"),
        plain("dry_run", flag(), "Only say what would happen"),
        plain("preview", flag(), "Only say what would become of it"),
        plain("accept_loss", flag(), "Go ahead although values are lost"),
        plain("permanent", flag(), "Erase for good; administrators"),
        plain("group_by", text(), "Fields separated by commas, field:month for times"),
        plain("measures", text(), "count, count_distinct(field), sum(field), avg(field), min(field), max(field); count without"),
        plain("format", json!({ "type": "string", "enum": ["csv", "xlsx", "json"] }), "Kind of file; csv without"),
        plain("reason", text(), "Why so many records are exported; asked for above a limit"),
        query("table-format", "format", json!({ "type": "string", "enum": ["csv", "xlsx"] }), "Kind of file; csv without"),
        plain("by", json!({ "type": "string", "enum": ["role", "object"] }), "What a row is: a role held, or a kind of record opened; role without"),
        plain("role", text(), "The role"),
        plain("department", id(), "Members of this department and those below it"),
        plain("ending", flag(), "Only what ends by itself"),
        plain("kinds", text(), "Kinds of entries, separated by commas"),
        plain("objects", text(), "Objects, separated by commas"),
        plain("object", text(), "The object"),
        plain("offset", json!({ "type": "integer", "format": "int64", "minimum": 0 }), "Where the piece begins in the file, in bytes"),
        plain("import", id(), "Id of an import: the plans are for its file"),
        plain("imported_by", id(), "Only records that this import, one of your own, made or changed"),
        plain("group", id(), "Files that came together"),
        plain("schedule", id(), "Imports of this regular import"),
        query("import-object", "object", text(), "The object the columns are to be fields of; that of the import where absent"),
        query("import-state", "state", text(), "uploaded, planned, running, paused, done, failed or cancelled"),
        plain("only", json!({ "type": "string", "enum": ["problems", "fixed", "left_out"] }), "Which rows; those with problems without"),
        query(
            "imported-as",
            "only",
            json!({ "type": "string", "enum": ["created", "updated", "skipped"] }),
            "What became of the records; created without",
        ),
        query("after-row", "after", json!({ "type": "integer", "format": "int64", "minimum": 0 }), "Rows behind this number"),
        plain("field", text(), "With a problem of this field"),
        plain("code", text(), "With a problem of this code"),
        plain("part", text(), "With a problem of the records of this key; empty for the main ones"),
        plain("sheet", text(), "Sheet of a workbook; the first with anything in it without"),
        plain("from", moment(), "From this time on"),
        plain("until", moment(), "Before this time"),
        plain("members", text(), "Ids of members, separated by commas"),
        plain("resources", text(), "Ids of rooms, vehicles and equipment, separated by commas"),
        plain("except", id(), "The activity left out: the one being planned"),
        plain("team", id(), "Members of this team"),
        plain("day", json!({ "type": "string", "format": "date" }), "The first day; today without"),
        plain("days", at_most(31), "How many days; 14 without"),
        plain("owner", id(), "Records of this member"),
        plain("rule", id(), "Of this rule of quality alone"),
        query("quality-department", "department", id(), "Records of this department and those below it"),
        query("quality-by", "by", json!({ "type": "string", "enum": ["department", "owner"] }), "Also in groups"),
        query("fault", "kind", json!({ "type": "string", "enum": ["incomplete", "wrong", "stale"] }), "What kind of fault; any without"),
        plain("severity", json!({ "type": "string", "enum": ["low", "medium", "high"] }), "How grave; any without"),
        query("trend-days", "days", at_most(730), "How many days back; 90 without"),
        query("trend-by", "by", json!({ "type": "string", "enum": ["rule", "kind"] }), "Rule by rule as well"),
        plain("actor", id(), "Who did it"),
        plain("verb", text(), "create, sign_in, export, ..."),
        plain("record", id(), "The record"),
        plain("member", id(), "A member; the caller where absent"),
        plain("after", json!({ "type": "integer", "format": "int64" }), "seq of the last event known"),
        plain("state", json!({ "type": "string", "enum": guanxi_kernel::jobs::STATES }), "State of the jobs"),
        query("job-kind", "kind", text(), "Kind of the jobs"),
        query("group-state", "state", json!({ "type": "string", "enum": ["open", "different"] }), "What was decided of the pairs; open without"),
        query("limit-100", "limit", at_most(100), "Most groups of a page"),
        plain("parent", text(), "Code of the division above; the country without"),
        plain("depth", json!({ "type": "integer", "minimum": 1, "maximum": 3 }), "How many levels to tell at once; 1 without"),
        plain("version", json!({ "type": "integer", "format": "int64", "minimum": 1 }), "Number of an older version"),
        plain("inline", flag(), "Shown in place where that is safe"),
    ]
    .into_iter()
    .collect();
    for (key, name, about) in [("span-from", "from", "From this time on"), ("span-until", "until", "Before this time")] {
        all.insert(key.into(), json!({ "name": name, "in": "query", "required": true, "schema": moment(), "description": about }));
    }
    all.insert("into".into(), json!({ "name": "object", "in": "query", "required": true, "schema": text(), "description": "The object" }));
    let header = |name: &str, schema: Json, about: &str| json!({ "name": name, "in": "header", "schema": schema, "description": about });
    all.insert("if-match".into(), header("If-Match", text(), "The version the change is based on, as \"3\""));
    let merge = json!({ "type": "string", "enum": ["merge"] });
    all.insert("prefer".into(), header("Prefer", merge, "Fields nobody else changed since merge by themselves"));
    let key = json!({ "type": "string", "minLength": 1, "maxLength": 64 });
    all.insert("idempotency-key".into(), header("Idempotency-Key", key, "The same key and body give the first answer again"));
    let file_name = "attachment; filename*=UTF-8''... : the name of the file, percent-encoded";
    all.insert("content-disposition".into(), header("Content-Disposition", text(), file_name));
    all.insert("file-name".into(), all["content-disposition"].clone());
    all["content-disposition"]["required"] = json!(true);
    Json::Object(all)
}
