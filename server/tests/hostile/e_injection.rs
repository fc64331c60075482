//! E: statements in the places of values and names.

use serde_json::{Value as Json, json};

use super::sweep::operations;
use super::world::{Call, World, encode, on_both, on_sqlite};

/// Texts that mean something to a database, a shell, a template or a search engine.
const STRINGS: [&str; 14] = [
    "' OR '1'='1",
    "1; DROP TABLE o_account; --",
    "name) UNION SELECT password_hash FROM gx_credential --",
    "(CASE WHEN (SELECT 1)=1 THEN name ELSE id END)",
    "\"name\" NULLS FIRST",
    "name COLLATE nocase",
    "-name--",
    "*",
    "1",
    "margin",
    "${7*7}{{7*7}}<%= 7*7 %>#{7*7}",
    "\u{202e}name\u{0}",
    "%a%a%a%a%a%a%a%a%a%a%_%_%_",
    "../../../../etc/passwd",
];

#[test]
fn every_parameter_of_every_operation_takes_hostile_text() {
    on_sqlite(|world| {
        let before = world.digest();
        let mut asked = 0;
        for operation in operations(world).iter().filter(|it| it.method == axum::http::Method::GET) {
            let path = operation.addresses(&world.own, &["account"]).remove(0);
            for parameter in &operation.query {
                for text in STRINGS {
                    let reply = world.ask(&world.rep, &Call::get(format!("{path}?{parameter}={}", encode(text))));
                    if ["sort", "fields", "group_by", "measures"].contains(&parameter.as_str()) {
                        assert_eq!(reply.status, 400, "{path} {parameter} {text}: {}", reply.json);
                    }
                    asked += 1;
                }
            }
        }
        // Reading leaves nothing but lines in the audit log.
        world.unchanged(&before, "what was asked with hostile text");
        assert!(asked > 400, "{asked}");
    });
}

#[test]
fn names_are_looked_up_and_never_pasted() {
    on_both(|world| {
        world.rep.post("/records/account", json!({ "name": "Zweite" })).expect(201);
        for text in STRINGS {
            for query in ["sort=NAME", "sort=name,NAME", "sort=-NAME", "fields=NAME", "fields=id,account.NAME"] {
                let reply = world.ask(&world.rep, &Call::get(format!("/records/account?{}", query.replace("NAME", &encode(text)))));
                assert_eq!(reply.status, 400, "{query} {text}: {}", reply.json);
            }
            for query in ["group_by=NAME", "group_by=created_at:NAME", "measures=NAME", "measures=max(NAME)", "measures=NAME(name)"] {
                let reply = world.ask(&world.rep, &Call::get(format!("/records/account/aggregate?{}", query.replace("NAME", &encode(text)))));
                assert_eq!(reply.status, 400, "{query} {text}: {}", reply.json);
            }
            for path in ["/records/NAME", "/records/NAME/export", "/records/account/NAME", "/records/account/NAME/history", "/schema/objects/NAME"] {
                let reply = world.ask(&world.admin, &Call::get(path.replace("NAME", &encode(text))));
                assert!([400, 404].contains(&reply.status), "{path} {text}: {}", reply.status);
            }
        }
        for query in
            ["sort=name&sort=id", "limit=0", "limit=-1", "limit=1e3", "limit=501", "order=asc%3Bdrop", "count=exact%27", "deleted=%27%20OR%201"]
        {
            assert_eq!(world.ask(&world.rep, &Call::get(format!("/records/account?{query}"))).status, 400, "{query}");
        }
        assert_eq!(world.admin.get("/records/account?count=exact&limit=1").expect(200)["count"]["value"], 3);
    });
}

#[test]
fn values_are_bound_and_wild_cards_are_letters() {
    on_both(|world| {
        let names = ["a%b", "a_b", "axb", "a\\b", "'; DROP TABLE o_account; --", "a\"b", "NEAR(a b)", "a* OR b"];
        for name in names {
            world.rep.post("/records/account", json!({ "name": name })).expect(201);
        }
        world.server.settle();
        let found = |filter: &str| -> Vec<String> {
            let list = world.ask(&world.rep, &Call::get(format!("/records/account?sort=name&filter={}", encode(filter)))).expect(200);
            list["items"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
        };
        assert_eq!(found("name.contains('%')"), ["a%b"]);
        assert_eq!(found("name.contains('_')"), ["'; DROP TABLE o_account; --", "a_b"]);
        assert_eq!(found("name.startsWith('a\\\\')"), ["a\\b"]);
        assert_eq!(found("name == \"'; DROP TABLE o_account; --\""), ["'; DROP TABLE o_account; --"]);
        assert_eq!(found(&format!("name.contains('{}')", "%a".repeat(2_000))), Vec::<String>::new());
        for words in ["\"*", "NEAR(a b)", "a*", "^a", "a:*", "a & !b", "a <-> b", "name:a", "{a b}", "-a", "%", "' OR 1=1", &"a ".repeat(90)] {
            for path in ["/search?q=", "/records/account?q=", "/records/account/aggregate?measures=count&q="] {
                world.ask(&world.rep, &Call::get(format!("{path}{}", encode(words)))).expect(200);
            }
        }
        // What was stored is text wherever it is used again: groups, exports, duplicates, undo.
        let grouped = world.ask(&world.rep, &Call::get("/records/account/aggregate?group_by=name&measures=count")).expect(200);
        assert_eq!(grouped["groups"].as_array().unwrap().len(), names.len() + 1);
        world.ask(&world.rep, &Call::get("/records/account/export?format=csv"));
    });
}

#[test]
fn filters_of_the_wrong_shape_are_refused_as_such() {
    on_both(|world| {
        for filter in [
            "1",
            "name",
            "name == 5",
            "name == ['a']",
            "employees == 'x'",
            "employees == 99999999999999999999",
            "employees > 99 + 9223372036854775807",
            "employees == 99e400",
            "created_at == 'yesterday'",
            "owner == 'me'",
            "owner.name.name == 'x'",
            "name in 'a'",
            "name = 'a'",
            "name == 'a'; true",
            "name == 'a' -- '",
            "select(1)",
            "name.matches('(a+)+$')",
            "gx_credential.password_hash == ''",
            "record.name == 'a'",
            "name[0] == 'a'",
            "{'a': 1}.a == 1",
            "me.password == ''",
            "me.roles.exists(x, true)",
            "__proto__ == null",
            "constructor == null",
            "\u{feff}name == 'a'",
            "name == 'a\u{0}b'",
            "name \u{ff1d}\u{ff1d} 'a'",
        ] {
            let reply = world.ask(&world.rep, &Call::get(format!("/records/account?filter={}", encode(filter))));
            // Numbers beyond all numbers may be compared with; no record is there.
            assert!(reply.status == 400 || (filter.contains("99") && reply.json["items"] == json!([])), "{filter}: {}", reply.json);
        }
        only_values_that_fit(world);
    });
}

/// Values of records in shapes that are none of theirs.
fn only_values_that_fit(world: &World<'_>) {
    let path = world.own.path("account");
    let values: [(&str, Json); 16] = [
        ("name", json!(["a"])),
        ("name", json!({ "$ne": null })),
        ("employees", json!(9_223_372_036_854_775_807_u64)),
        ("employees", json!("NaN")),
        ("employees", json!(1.5)),
        ("annual_revenue", json!("Infinity")),
        ("annual_revenue", json!({ "amount": "1", "currency": "'; --" })),
        ("owner", json!({ "id": { "id": world.others.member } })),
        ("owner", json!("' OR 1=1")),
        ("tags", json!("x")),
        ("tags", json!([[world.own.id("tag")]])),
        ("location", json!({ "lat": "1e999", "lng": 0 })),
        ("level", json!("a' OR 'a'='a")),
        ("level", json!(["a"])),
        ("founded_on", json!("0000-00-00")),
        ("do_not_contact", json!([])),
    ];
    let calls: Vec<Call> = values.into_iter().map(|(field, value)| Call::patch(&path, json!({ field: value }))).collect();
    world.all_refused(&[&world.rep], &[400, 422], &calls);
}

#[test]
fn the_database_does_nothing_but_store() {
    on_sqlite(|world| {
        // Extensions, other files and the schema by functions and statements in filters, names and values.
        for text in [
            "load_extension('x')",
            "ATTACH 'x' AS y",
            "writable_schema",
            "PRAGMA database_list",
            "sqlite_master",
            "pg_sleep(10)",
            "readfile('/etc/passwd')",
            "lo_import('/etc/passwd')",
        ] {
            for query in ["filter=", "sort=", "fields=", "filter=name%20%3D%3D%20"] {
                let reply = world.ask(&world.admin, &Call::get(format!("/records/account?{query}{}", encode(text))));
                assert_eq!(reply.status, 400, "{query}{text}: {}", reply.json);
            }
        }
        let files: Vec<String> =
            std::fs::read_dir(world.server.data_folder()).unwrap().map(|it| it.unwrap().file_name().to_string_lossy().into_owned()).collect();
        assert!(!files.iter().any(|it| it == "x"), "{files:?}");
    });
}
