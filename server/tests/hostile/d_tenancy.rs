//! D: the other workspace, and every operation with what is not the caller's.

use axum::http::Method;
use guanxi_testkit::Client;
use serde_json::{Value as Json, json};

use super::sweep::operations;
use super::world::{Call, Held, World, encode, on_both, on_sqlite};

const NOBODY: &str = "01890000-0000-7000-8000-000000000000";
const OBJECTS: [&str; 5] = ["account", "contact", "note", "activity", "saved_view"];

/// Ids that are nowhere, in the places of others.
fn nobody() -> Held {
    let id = NOBODY.to_owned();
    let records = OBJECTS.into_iter().map(|it| (it, id.clone())).collect();
    Held { member: id.clone(), records, deleted: id.clone(), file: id.clone(), import: id.clone(), change: id.clone(), session: id.clone(), key: id }
}

fn code(reply: &guanxi_testkit::Reply) -> (u16, Json) {
    (reply.status, reply.json["code"].clone())
}

#[test]
fn every_operation_with_an_id_of_the_other_workspace_finds_nothing() {
    on_both(|world| {
        let before = world.digest();
        let mut asked = 0;
        let all = operations(world);
        for operation in all.iter().filter(|it| it.path.contains("{id}")) {
            let (theirs, nowhere) = (operation.addresses(&world.outside, &OBJECTS), operation.addresses(&nobody(), &OBJECTS));
            for (theirs, nowhere) in theirs.into_iter().zip(nowhere) {
                let (call, unknown) = (operation.call(theirs), operation.call(nowhere));
                let reply = world.ask(&world.admin, &call);
                assert_eq!(code(&reply), code(&world.ask(&world.admin, &unknown)), "{}: {call:?}", operation.id);
                // What leads to a provider says first that none is set up.
                let is_set_up_first = operation.path.contains("/providers/") || operation.path.starts_with("/me/identities");
                assert!(reply.status == 404 || is_set_up_first, "{}: {call:?}: {} {}", operation.id, reply.status, reply.json);
                asked += 1;
            }
        }
        world.unchanged(&before, "what asked for the other workspace");
        assert!(asked > 60, "{asked}");
    });
}

#[test]
fn every_operation_with_an_id_of_another_member_finds_nothing() {
    on_sqlite(|world| {
        let all = operations(world);
        // Of members themselves everybody sees the name; what is behind it is the administrator's.
        for operation in all.iter().filter(|it| it.path.contains("{id}")) {
            let before = world.digest();
            for path in operation.addresses(&world.others, &OBJECTS) {
                let call = operation.call(path);
                let reply = world.ask(&world.rep, &call);
                assert!([403, 404, 409].contains(&reply.status) || operation.public, "{}: {call:?}: {} {}", operation.id, reply.status, reply.json);
            }
            world.unchanged(&before, &operation.id);
        }
    });
}

#[test]
fn nobody_asks_anything_without_signing_in() {
    on_sqlite(|world| {
        let mut foreign = world.server.anonymous();
        foreign.cookie = world.outsider.cookie.clone();
        foreign.csrf = world.outsider.csrf.clone();
        let before = world.digest();
        for operation in operations(world).iter().filter(|it| !it.public) {
            for path in operation.addresses(&world.own, &["account"]) {
                for client in [&world.server.anonymous(), &foreign, &world.rep.in_workspace(&world.elsewhere)] {
                    let call = operation.call(path.clone());
                    let reply = world.ask(client, &call);
                    assert_eq!(reply.status, 401, "{}: {call:?}: {}", operation.id, reply.json);
                }
            }
        }
        world.unchanged(&before, "what nobody asked");
    });
}

#[test]
fn no_operation_takes_what_it_does_not_describe() {
    on_sqlite(|world| {
        // What answers before it reads the body: who is not in a position to ask is told so.
        let first = ["presentSecondFactor", "signInByPasskey", "confirmPasskey", "setUp", "forgotPassword", "runAction", "runObjectAction"];
        let before = world.digest();
        let mut asked = 0;
        for operation in operations(world).iter().filter(|it| it.takes_json) {
            let path = operation.addresses(&world.own, &["account"]).remove(0);
            for (name, value) in [("is_admin", json!(true)), ("__proto__", json!({ "administrator": true })), ("$where", json!("1"))] {
                let mut call = operation.call(path.clone());
                call.body.as_mut().unwrap()[name] = value;
                let reply = world.ask(&world.admin, &call);
                assert!((400..500).contains(&reply.status), "{}: {call:?}: {} {}", operation.id, reply.status, reply.json);
                let told = reply.json.to_string().contains(name) || reply.json["code"] == "unknown_field" || reply.json["code"] == "bad_request";
                let is_about_it = told || reply.status == 404 || first.contains(&operation.id.as_str()) || operation.public;
                assert!(is_about_it, "{}: {call:?}: {}", operation.id, reply.json);
                asked += 1;
            }
        }
        world.unchanged(&before, "what was not described");
        assert!(asked > 90, "{asked}");
    });
}

#[test]
fn every_body_of_the_document_is_closed() {
    on_sqlite(|world| {
        let document = world.admin.get("/openapi.json").expect(200);
        let mut open = Vec::new();
        for (path, item) in document["paths"].as_object().unwrap() {
            for (method, told) in item.as_object().unwrap() {
                let schema = &told["requestBody"]["content"]["application/json"]["schema"];
                collect_open(&document, schema, &format!("{method} {path}"), &mut Vec::new(), &mut open);
            }
        }
        // What an answer told may be sent back: a reference with its label, a place.
        let as_told = ["#/components/schemas/Geo", "#/components/schemas/IdInput", "#/components/schemas/AnyRecordInput"];
        open.retain(|it| !as_told.contains(&it.as_str()));
        assert_eq!(open, Vec::<String>::new(), "bodies that take whatever comes");
    });
}

/// Schemas with properties that take others besides.
fn collect_open(document: &Json, schema: &Json, place: &str, above: &mut Vec<String>, open: &mut Vec<String>) {
    match schema {
        Json::Object(map) => {
            if let Some(reference) = map.get("$ref").and_then(Json::as_str) {
                if above.iter().any(|it| it == reference) {
                    return;
                }
                above.push(reference.to_owned());
                collect_open(document, document.pointer(&reference[1..]).unwrap(), reference, above, open);
            }
            let closed = |key: &str| map.get(key) == Some(&json!(false)) || map.get(key).is_some_and(Json::is_object);
            let has_properties = map.get("properties").is_some_and(|it| it.as_object().is_some_and(|it| !it.is_empty()));
            if has_properties && !closed("additionalProperties") && !closed("unevaluatedProperties") {
                open.push(place.to_owned());
            }
            map.iter().filter(|it| it.0 != "$ref").for_each(|it| collect_open(document, it.1, place, above, open));
        }
        Json::Array(items) => items.iter().for_each(|it| collect_open(document, it, place, above, open)),
        _ => {}
    }
}

#[test]
fn what_is_taken_elsewhere_is_free_here() {
    on_sqlite(|world| {
        for (object, values) in
            [("tag", json!({ "name": "CNRYABROAD" })), ("user", json!({ "name": "x", "email": "chief2@test.example", "roles": ["member"] }))]
        {
            world.outsider.post(&format!("/records/{object}"), values.clone());
            world.ask(&world.admin, &Call::post(format!("/records/{object}"), values)).expect(201);
        }
        let numbers = |client: &Client<'_>| client.post("/records/account", json!({ "name": "Next" })).expect(201)["number"].clone();
        let here = numbers(&world.admin);
        for _ in 0..3 {
            numbers(&world.outsider);
        }
        let number = |it: &Json| it.as_str().unwrap().rsplit('-').next().unwrap().parse::<u32>().unwrap();
        assert_eq!(number(&numbers(&world.admin)), number(&here) + 1, "numbers of one company do not count those of another");
    });
}

#[test]
fn the_administrator_of_another_workspace_is_nobody_here() {
    on_both(|world| {
        // Of his own he is; of the server he is not.
        world.outsider.get("/audit").expect(200);
        for call in [
            Call::get("/workspaces"),
            Call::post("/workspaces", json!({ "id": "mine", "name": "Mine" })),
            Call::delete("/workspaces/main"),
            Call::delete(format!("/workspaces/{}", world.elsewhere)),
        ] {
            world.refused(&world.outsider, &[403, 404], &call);
        }
        let here = format!("/w/{}/../../api/v1/records/account", world.elsewhere);
        for path in [here, "/w/main/api/v1/records/account".into(), format!("/w/{}/api/v1/../../../api/v1/me", world.elsewhere.to_uppercase())] {
            let reply = world.outsider.send(Method::GET, &path, None);
            assert!(reply.status == 404 || reply.status == 401 || !reply.header("content-type").contains("json"), "{path}: {}", reply.status);
            world.clean("", &reply, &path);
        }
    });
}

#[test]
fn a_cursor_or_a_place_of_another_list_opens_nothing() {
    on_both(|world| {
        let list = |client: &Client<'_>, query: &str| client.get(&format!("/records/account?limit=1{query}"));
        world.other_rep.post("/records/account", json!({ "name": "CNRYSECOND" })).expect(201);
        let cursor = list(&world.other_rep, "&sort=name").expect(200)["next_cursor"].as_str().unwrap().to_owned();
        let hex = |text: &str| text.bytes().map(|it| format!("{it:02x}")).collect::<String>();
        world.ask(&world.rep, &Call::get(format!("/records/account?limit=1&sort=name&cursor={cursor}"))).expect(200);
        for forged in [
            hex(r#"["margin",[{"t":"A"},{"u":"01890000-0000-7000-8000-000000000000"}]]"#),
            hex(r#"["name",[{"t":"' OR 1=1 --"},{"u":"01890000-0000-7000-8000-000000000000"}]]"#),
            hex(r#"["name",[{"i":1},{"u":"x"}]]"#),
            hex(r#"["name",[{"t":"A"}]]"#),
            hex(r#"["-updated_at",[{"m":9223372036854775807},{"u":"01890000-0000-7000-8000-000000000000"}]]"#),
            "00".repeat(9_000),
            "' OR 1=1 --".into(),
        ] {
            for sort in ["name", "-updated_at"] {
                let reply = world.ask(&world.rep, &Call::get(format!("/records/account?sort={sort}&cursor={}", encode(&forged))));
                assert!(reply.status == 400 || reply.status == 200, "{forged}: {}", reply.status);
                if reply.status == 200 {
                    assert!(reply.json["items"].as_array().unwrap().len() <= 1);
                }
            }
        }
        for place in ["0.0.0", "-.-.99999999999999999999", "9223372036854775807.01890000000070008000000000000000.-", "' OR 1=1"] {
            for path in [world.own.path("account"), world.others.path("account")] {
                let reply = world.ask(&world.rep, &Call::get(format!("{path}/timeline?cursor={}", encode(place))));
                assert!([200, 400, 404].contains(&reply.status), "{place}: {}", reply.status);
            }
        }
        only_his_own(world);
    });
}

fn only_his_own(world: &World<'_>) {
    for after in ["-1", "0", "9223372036854775807", "-9223372036854775808"] {
        let reply = world.ask(&world.rep, &Call::get(format!("/events?after={after}&limit=500")));
        assert!([200, 400].contains(&reply.status), "{after}: {}", reply.status);
    }
}
