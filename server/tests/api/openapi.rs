//! The machine-readable API: as committed, as routed, and every operation of it called.

use std::collections::{BTreeMap, BTreeSet};
use std::path::PathBuf;

use guanxi_kernel::access::Access;
use guanxi_kernel::workspace::{Customisation, schema_of};
use guanxi_server::openapi::{Source, definition_schema, document, extension_schema, pack_schema};
use guanxi_server::scim_document;
use guanxi_testkit::{Client, Reply, TestServer};
use serde_json::{Value as Json, json};
use uuid::Uuid;

const NOBODY: &str = "01890000-0000-7000-8000-000000000000";

/// Compares with a file of the repository, or writes it where `UPDATE` is set.
#[track_caller]
fn same_as_committed(path: &str, text: &str) {
    let path = PathBuf::from(env!("CARGO_MANIFEST_DIR")).join("..").join(path);
    if std::env::var_os("UPDATE").is_some() {
        std::fs::create_dir_all(path.parent().unwrap()).unwrap();
        std::fs::write(&path, text).unwrap();
        return;
    }
    let committed = std::fs::read_to_string(&path).unwrap_or_default();
    assert!(committed == text, "{} is stale; write it anew with UPDATE=1 cargo nextest run -p guanxi-server -E 'test(openapi)'", path.display());
}

fn pretty(json: &Json) -> String {
    serde_json::to_string_pretty(json).unwrap() + "\n"
}

fn standard() -> Json {
    let registry = guanxi_server::wiring::registry().unwrap();
    let schema = schema_of(&registry, &Customisation::default()).unwrap();
    document(&Source { schema: &schema, registry: &registry, access: &Access::system(Uuid::nil()) })
}

#[test]
fn the_documents_committed_are_those_of_today() {
    same_as_committed("docs/openapi.json", &pretty(&standard()));
    same_as_committed("docs/scim-openapi.json", &pretty(&scim_document()));
    same_as_committed("docs/schema/object.schema.json", &pretty(&definition_schema()));
    same_as_committed("docs/schema/pack.schema.json", &pretty(&pack_schema()));
    same_as_committed("docs/schema/extension.schema.json", &pretty(&extension_schema()));
}

#[test]
fn every_reference_leads_somewhere_and_every_operation_has_its_own_id() {
    let document = standard();
    for document in [&document, &scim_document()] {
        let mut wanted = BTreeSet::new();
        collect_references(document, &mut wanted);
        for reference in &wanted {
            let pointer = reference.strip_prefix('#').unwrap();
            assert!(document.pointer(pointer).is_some(), "{reference} leads nowhere");
        }
    }
    let ids: Vec<&str> = operations(&document).into_iter().map(|it| it.2["operationId"].as_str().unwrap()).collect();
    assert_eq!(ids.iter().collect::<BTreeSet<_>>().len(), ids.len());
    let create = &document["components"]["schemas"]["ContactRecordCreate"];
    assert_eq!((&create["additionalProperties"], &create["required"]), (&json!(false), &json!(["name"])));
    assert!(create["properties"]["created_at"].is_null() && create["properties"]["last_activity_at"].is_null(), "what nobody sets cannot be sent");
}

#[test]
fn the_codes_of_problems_are_those_of_the_documentation() {
    let text = std::fs::read_to_string(concat!(env!("CARGO_MANIFEST_DIR"), "/../docs/api.md")).unwrap();
    let table = text.split_once("| status | codes |").unwrap().1.split("\n\n").next().unwrap();
    let is_code = |it: &&str| it.chars().all(|it| it.is_ascii_lowercase() || it == '_') && !["position", "field_errors"].contains(it);
    let told: BTreeSet<&str> = table.split('`').skip(1).step_by(2).filter(is_code).collect();
    let document = standard();
    let codes = document["components"]["schemas"]["Problem"]["properties"]["code"]["enum"].as_array().unwrap();
    assert_eq!(told, codes.iter().map(|it| it.as_str().unwrap()).collect());
}

fn collect_references(json: &Json, into: &mut BTreeSet<String>) {
    match json {
        Json::Object(map) => {
            into.extend(map.get("$ref").and_then(Json::as_str).map(str::to_owned));
            map.values().for_each(|it| collect_references(it, into));
        }
        Json::Array(items) => items.iter().for_each(|it| collect_references(it, into)),
        _ => {}
    }
}

fn operations(document: &Json) -> Vec<(&String, &String, &Json)> {
    let paths = document["paths"].as_object().unwrap();
    paths.iter().flat_map(|(path, item)| item.as_object().unwrap().iter().map(move |(method, operation)| (method, path, operation))).collect()
}

/// Calls an operation with ids that do not exist.
fn call(client: &Client<'_>, method: &str, path: &str, query: &str) -> Reply {
    let path = path
        .replace("{id}", NOBODY)
        .replace("{session}", NOBODY)
        .replace("{provider}", NOBODY)
        .replace("{object}", "account")
        .replace("{action}", "nothing")
        .replace("{kind}", "member")
        .replace("{pack}", "property");
    let path = path.replace("{principal}", NOBODY);
    let separator = if query.is_empty() { "" } else { "?" };
    let path = format!("{path}{separator}{query}");
    match method {
        "get" => client.get(&path),
        "post" if path == "/files" || path == "/imports" => client.post_bytes(&path, "application/octet-stream", b"x"),
        "post" => client.post(&path, json!({})),
        "patch" => client.patch(&path, json!({})),
        _ => client.delete(&path),
    }
}

#[test]
fn nobody_gets_in_without_credentials_or_proof_of_origin() {
    let server = TestServer::sqlite();
    let (anonymous, administrator) = (server.anonymous(), server.administrator());
    let mut forged = administrator.clone();
    forged.csrf = Some("wrong".into());
    let document = standard();
    let mut checked = 0;
    for (method, path, operation) in operations(&document) {
        let public = operation["security"] == json!([]);
        let query = if path == "/imports" { "object=account" } else { "" };
        let reply = call(&anonymous, method, path, query);
        if !public {
            reply.problem(401, "not_signed_in");
            checked += 1;
        } else {
            assert!(reply.status != 401 || path == "/auth/login", "{method} {path}: {}", reply.status);
        }
        if !public && method != "get" {
            call(&forged, method, path, query).problem(403, "csrf");
        }
    }
    assert!(checked > 100, "{checked}");
}

#[test]
fn whoever_may_gets_an_answer_and_unknown_ids_are_not_found() {
    let server = TestServer::sqlite();
    let administrator = server.administrator();
    let document = standard();
    for (method, path, operation) in operations(&document) {
        // They end the session, hash passwords, never end, or want more than an empty body.
        if ["/auth/logout", "/auth/login", "/events/stream", "/live", "/auth/second-factor"].contains(&path.as_str()) {
            continue;
        }
        let id = operation["operationId"].as_str().unwrap();
        let reply = call(&administrator, method, path, "");
        assert!(![401, 403, 405].contains(&reply.status) && reply.status < 500, "{id}: {} {}", reply.status, reply.json);
        let named_by_id = path.contains("{id}") && !["addApiKey", "addShare", "lockRecord"].contains(&id) && !path.contains("/actions/");
        let needs_body_first = method == "post"
            && ((path.ends_with("/plan") || path.ends_with("/try")) && path.starts_with("/imports")
                || path.ends_with("/password")
                || path.ends_with("/answer")
                || path.ends_with("/logout"));
        if named_by_id && !needs_body_first && path != "/workspaces/{id}" {
            assert_eq!(reply.status, 404, "{id}: {}", reply.json);
        }
    }
}

#[test]
fn a_member_is_told_of_what_he_may_use_alone() {
    let server = TestServer::sqlite();
    let told = |client: &Client<'_>| {
        let document = client.get("/openapi.json").expect(200);
        let schemas = document["components"]["schemas"].as_object().unwrap().clone();
        let fields =
            schemas.iter().flat_map(|(name, it)| it["properties"].as_object().into_iter().flatten().map(move |it| format!("{name}.{}", it.0)));
        fields.collect::<BTreeSet<_>>()
    };
    let all = told(&server.administrator());
    for role in ["partner", "analyst", "sales"] {
        let some = told(&server.caller(role));
        assert!(some.is_subset(&all) && some.len() < all.len(), "{role}: {} of {}", some.len(), all.len());
    }
    let changes = json!({ "changes": [{ "op": "add_object", "object": { "name": "machine", "label": { "zh-CN": "设备", "en": "Machine" }, "title_field": "name",
        "field": [{ "name": "name", "type": "text", "label": { "zh-CN": "名称", "en": "Name" }, "required": true }] } }] });
    let administrator = server.administrator();
    administrator.post("/schema/apply", changes).expect(200);
    let now = administrator.get("/openapi.json").expect(200);
    assert_eq!(now["components"]["schemas"]["MachineRecordCreate"]["required"], json!(["name"]));
    assert!(now["paths"]["/records/machine"]["post"].is_object());
}

/// What a role may do with each object, as the API tells it.
fn allowed(client: &Client<'_>) -> BTreeMap<String, BTreeSet<String>> {
    let meta = client.get("/meta").expect(200);
    let object = |it: &Json| {
        let mut may: BTreeSet<String> = it["access"].as_object().unwrap().iter().filter(|it| it.1 == true).map(|it| it.0.clone()).collect();
        may.insert("read".into());
        may.extend(it["actions"].as_array().unwrap().iter().map(|it| format!("action {}", it["name"].as_str().unwrap())));
        (it["name"].as_str().unwrap().to_owned(), may)
    };
    meta["objects"].as_array().unwrap().iter().map(object).collect()
}

#[test]
fn openapi_permission_matrix_is_as_committed_and_as_the_routes_behave() {
    let server = TestServer::sqlite();
    let roles: Vec<String> = server.workspace.schema().roles.keys().cloned().collect();
    let by_role: Vec<(String, BTreeMap<String, BTreeSet<String>>)> = roles
        .iter()
        .map(|role| {
            let client = server.caller(role);
            let may = allowed(&client);
            for object in server.workspace.schema().objects.keys() {
                let has = |verb: &str| may.get(object).is_some_and(|it| it.contains(verb));
                let list = client.get(&format!("/records/{object}?limit=1"));
                assert_eq!(list.status == 200, has("read"), "{role} lists {object}: {}", list.status);
                let refused = |reply: &Reply| reply.status == 403 || reply.status == 404;
                let create = client.post(&format!("/records/{object}?dry_run=true"), json!({}));
                assert_eq!(!refused(&create), has("create"), "{role} creates {object}: {}", create.status);
                let export = client.get(&format!("/records/{object}/export?format=json&fields=id"));
                assert_eq!(!refused(&export), has("export"), "{role} exports {object}: {}", export.status);
                let import = client.post_bytes(&format!("/imports?object={object}"), "text/csv", b"");
                assert_eq!(!refused(&import), has("import"), "{role} imports {object}: {}", import.status);
            }
            (role.clone(), may)
        })
        .collect();
    let mut rows: BTreeSet<(String, String)> = BTreeSet::new();
    for (_, may) in &by_role {
        rows.extend(may.iter().flat_map(|(object, verbs)| verbs.iter().map(move |it| (object.clone(), it.clone()))));
    }
    let mut text = String::from(
        "# Who may do what\n\nGenerated from the running API by a test; write it anew with `UPDATE=1`. A mark says that the role may do it to some records at least; which ones is the role's row scope.\n\n",
    );
    text.push_str(&format!("| object | operation | {} |\n|---|---|{}\n", roles.join(" | "), "---|".repeat(roles.len())));
    for (object, verb) in rows {
        let marks: Vec<&str> = by_role.iter().map(|(_, may)| if may.get(&object).is_some_and(|it| it.contains(&verb)) { "✓" } else { "" }).collect();
        text.push_str(&format!("| {object} | {verb} | {} |\n", marks.join(" | ")));
    }
    same_as_committed("docs/permission-matrix.md", &text);
}

/// Who is let into the operations that are not one object's: a route that forgot to ask shows here as open to everybody.
#[test]
fn openapi_operation_matrix_is_as_committed() {
    // They end the session or never end, or are for those who are not signed in yet.
    const APART: [&str; 3] = ["/auth/", "/events/stream", "/live"];
    let server = TestServer::sqlite();
    let mut callers = vec![("nobody".to_owned(), server.anonymous())];
    let roles = server.workspace.schema().roles.keys().cloned().collect::<Vec<_>>();
    callers.extend(roles.into_iter().map(|role| (role.clone(), server.caller(&role))));
    let document = standard();
    let of_one_object =
        |path: &str| path.split('/').collect::<Vec<_>>().windows(2).any(|it| ["records", "actions"].contains(&it[0]) && !it[1].starts_with('{'));
    let mut rows: BTreeMap<String, String> = BTreeMap::new();
    for (method, path, operation) in operations(&document) {
        if of_one_object(path) || APART.iter().any(|it| path.starts_with(it)) {
            continue;
        }
        let query = if (method.as_str(), path.as_str()) == ("post", "/imports") { "object=account" } else { "" };
        let mark = |(_, client): &(String, Client<'_>)| match call(client, method, path, query).status {
            401 | 403 => "",
            404 => "404",
            status if status < 500 => "✓",
            status => panic!("{method} {path}: {status}"),
        };
        let marks: Vec<&str> = callers.iter().map(mark).collect();
        let public = operation["security"] == json!([]);
        assert!(public || marks[0].is_empty(), "{method} {path} is open to nobody in particular");
        rows.insert(format!("{path} {method}"), format!("| `{} {path}` | {} |\n", method.to_uppercase(), marks.join(" | ")));
    }
    assert!(rows.len() > 100, "{}", rows.len());
    let names: Vec<&str> = callers.iter().map(|it| it.0.as_str()).collect();
    let mut text = String::from(
        "# Who is let into which operation\n\nGenerated from the running API by a test; write it anew with `UPDATE=1`. Asked with an empty body and ids that do not exist: a mark says that the caller got past the rights of the operation, `404` that nothing was found before or instead, nothing that he was refused. What records of an object he reaches beyond that is in [the other table](permission-matrix.md).\n\n",
    );
    text.push_str(&format!("| operation | {} |\n|---|{}\n", names.join(" | "), "---|".repeat(names.len())));
    rows.values().for_each(|it| text.push_str(it));
    same_as_committed("docs/permission-matrix-operations.md", &text);
}
