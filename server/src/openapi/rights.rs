//! Roles, sharing rules, shares, why somebody may do something, and who did what.

use serde_json::{Value as Json, json};

use super::operations::{Answer, Body, Line, Open, items, object, ok};
use super::reference;

fn text() -> Json {
    json!({ "type": "string" })
}

fn id() -> Json {
    json!({ "type": "string", "format": "uuid" })
}

fn moment() -> Json {
    json!({ "type": ["string", "null"], "format": "date-time" })
}

fn principal_kind() -> Json {
    json!({ "enum": ["member", "team", "department", "department_tree"] })
}

fn level() -> Json {
    json!({ "enum": ["read", "write", "manage"] })
}

fn principal() -> Json {
    object(&json!({ "kind": principal_kind(), "id": id(), "label": { "type": ["string", "null"] } }), &["kind", "id", "label"])
}

fn share() -> Json {
    let properties = json!({ "with": principal(), "level": level(), "expires_at": moment(), "reason": text(), "granted_by": reference("Actor"),
        "created_at": { "type": "string", "format": "date-time" } });
    object(&properties, &["with", "level", "expires_at", "reason", "granted_by", "created_at"])
}

fn reason() -> Json {
    let kinds = json!(["administrator", "role", "sharing_rule", "share", "denied", "not_readable", "nothing_opens"]);
    let properties = json!({ "kind": { "enum": kinds }, "role": text(), "rule": text(), "label": reference("Label"), "scope": {}, "within": { "type": "boolean" },
        "with": principal(), "level": level(), "until": moment(), "reason": text() });
    object(&properties, &["kind"])
}

fn explanation() -> Json {
    let verb = object(
        &json!({ "verb": text(), "allowed": { "type": "boolean" }, "reasons": { "type": "array", "items": reason() } }),
        &["verb", "allowed", "reasons"],
    );
    let field = json!({ "field": text(), "right": field_right(), "masked_in_lists": { "type": "boolean" },
        "roles": { "type": "array", "items": { "type": "array", "prefixItems": [text(), field_right()] } } });
    let field = object(&field, &["field", "right", "masked_in_lists", "roles"]);
    object(&json!({ "verbs": { "type": "array", "items": verb }, "fields": { "type": "array", "items": field } }), &["verbs", "fields"])
}

fn field_right() -> Json {
    json!({ "enum": ["hidden", "masked", "read", "edit"] })
}

fn viewer() -> Json {
    let properties = json!({ "member": reference("Reference"), "update": { "type": "boolean" }, "delete": { "type": "boolean" },
        "reasons": { "type": "array", "items": reason() } });
    object(&properties, &["member", "update", "delete", "reasons"])
}

fn simulation() -> Json {
    let count = json!({ "type": "integer", "minimum": 0 });
    let row = object(
        &json!({ "member": id(), "name": text(), "object": text(), "verb": text(), "gained": count, "lost": count, "capped": { "type": "boolean" } }),
        &["member", "name", "object", "verb", "gained", "lost", "capped"],
    );
    let field = object(
        &json!({ "object": text(), "field": text(), "before": field_right(), "after": field_right(), "members": count }),
        &["object", "field", "before", "after", "members"],
    );
    let properties =
        json!({ "members": count, "counted": count, "rows": { "type": "array", "items": row }, "fields": { "type": "array", "items": field } });
    object(&properties, &["members", "counted", "rows", "fields"])
}

fn audit_entry() -> Json {
    let maybe = |kind: &str| json!({ "type": [kind, "null"] });
    let properties = json!({ "seq": { "type": "integer" }, "at": { "type": "string", "format": "date-time" }, "actor": reference("Actor"), "verb": text(),
        "object": maybe("string"), "record": maybe("string"), "change_id": maybe("string"), "records": { "type": "integer" }, "request_id": text(), "detail": {} });
    object(&properties, &["seq", "at", "actor", "verb", "object", "record", "change_id", "records", "request_id", "detail"])
}

fn verification() -> Json {
    let properties = json!({ "rows": { "type": "integer" }, "unchained": { "type": "integer" }, "broken_at": { "type": ["integer", "null"] } });
    object(&properties, &["rows", "unchained", "broken_at"])
}

pub(super) fn lines() -> Vec<Line> {
    let role =
        object(&json!({ "origin": { "enum": ["standard", "changed", "custom"] }, "definition": { "type": "object" } }), &["origin", "definition"]);
    let changes = json!({ "changes": { "type": "array", "items": { "type": "object", "required": ["op"] } } });
    let new_share =
        json!({ "with": object(&json!({ "kind": principal_kind(), "id": id() }), &["kind", "id"]), "level": level(), "expires_at": moment() });
    vec![
        (
            "get",
            "/records/{object}/{id}/access",
            "explainAccess",
            "What a member may do with a record and why",
            Open::Members,
            &["member"],
            Body::None,
            ok(explanation()),
        ),
        (
            "get",
            "/records/{object}/{id}/viewers",
            "listViewers",
            "Who may see a record and why",
            Open::Members,
            &["cursor"],
            Body::None,
            ok(items(&viewer())),
        ),
        ("get", "/records/{object}/{id}/shares", "listShares", "With whom a record is shared", Open::Members, &[], Body::None, ok(items(&share()))),
        (
            "post",
            "/records/{object}/{id}/shares",
            "addShare",
            "Share a record",
            Open::Members,
            &[],
            Body::Json(object(&new_share, &["with", "level"])),
            Answer::Json(201, items(&share())),
        ),
        ("delete", "/records/{object}/{id}/shares/{kind}/{principal}", "removeShare", "End a share", Open::Members, &[], Body::None, Answer::Nothing),
        ("get", "/roles", "listRoles", "All roles with their rights", Open::Members, &[], Body::None, ok(items(&role))),
        (
            "get",
            "/audit",
            "listAudit",
            "Who did what, newest first",
            Open::Members,
            &["from", "until", "actor", "verb", "object", "record", "cursor", "limit"],
            Body::None,
            ok(items(&audit_entry())),
        ),
        (
            "get",
            "/audit/export",
            "exportAudit",
            "The audit log as CSV, oldest first",
            Open::Members,
            &["from", "until", "actor", "verb", "object", "record"],
            Body::None,
            Answer::Bytes("text/csv"),
        ),
        ("get", "/audit/verify", "verifyAudit", "Whether the audit log is as it was written", Open::Members, &[], Body::None, ok(verification())),
        ("get", "/sharing-rules", "listSharingRules", "All sharing rules", Open::Members, &[], Body::None, ok(items(&json!({ "type": "object" })))),
        (
            "post",
            "/rights/simulate",
            "simulateRights",
            "Who would gain or lose which records by a change of roles or sharing rules",
            Open::Members,
            &[],
            Body::Json(object(&changes, &["changes"])),
            ok(simulation()),
        ),
    ]
}
