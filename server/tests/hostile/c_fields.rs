//! C: a field that is hidden or covered, by every way to name it.

use serde_json::{Value as Json, json};

use super::world::{Call, World, change_rep, encode, on_both, text_of};

/// Fields of the account that are not the rep's: hidden ones, and one that is covered.
const CLOSED: [&str; 4] = ["margin", "margin_rate", "margin_day", "phone"];

/// A second account of the rep's whose secrets are others, so that an order of the two would tell.
fn second(world: &World<'_>) -> String {
    let made = world.rep.post("/records/account", json!({ "name": "Zweite" })).expect(201);
    let id = text_of(&made, "id").to_owned();
    let secret = json!({ "margin": "CNRYAAA", "margin_rate": 17_654_321, "margin_day": "1999-01-01", "phone": "13087654321" });
    world.admin.patch(&format!("/records/account/{id}"), secret).expect(200);
    world.server.settle();
    id
}

#[test]
fn a_closed_field_is_in_no_answer_however_it_is_asked_for() {
    on_both(|world| {
        second(world);
        let path = world.own.path("account");
        let seen = world.ask(&world.rep, &Call::get(&path)).expect(200);
        assert_eq!((&seen["phone"], seen.get("margin")), (&json!("138****4321"), None), "{seen}");
        for place in ["/records/account", path.as_str(), "/records/account/export"] {
            for fields in [
                "margin",
                "margin_rate",
                "id,margin,margin_day",
                "x:margin",
                "Margin",
                "MARGIN",
                "\"margin\"",
                "margin ",
                "m\u{430}rgin",
                "*",
                "*.*",
                "margin.text",
                "phone.national",
                "owner.phone",
                "created_by.phone",
                "parent.margin",
                "margin;name",
                "margin/name",
                "name,margin_rate",
            ] {
                let reply = world.ask(&world.rep, &Call::get(format!("{place}?fields={}", encode(fields))));
                // A part is answered as the whole field, covered like it.
                if fields != "phone.national" {
                    assert_eq!((reply.status, &reply.json["code"]), (400, &json!("unknown_field")), "{place} {fields}");
                }
            }
        }
        for path in [format!("{path}/history"), format!("{path}/timeline"), "/events?after=0&limit=500".into(), "/records/account?limit=500".into()] {
            world.ask(&world.rep, &Call::get(path)).expect(200);
        }
        world.ask(&world.rep, &Call::get("/records/account/export?format=json")).expect(200);
    });
}

#[test]
fn a_hidden_field_reads_as_one_that_is_not_there() {
    on_both(|world| {
        let shape = |path: String, name: &str| {
            let reply = world.ask(&world.rep, &Call::get(path.replace("NAME", name)));
            let mut problem = reply.json.clone();
            problem["request_id"] = json!(null);
            (reply.status, problem.to_string().replace(name, "NAME"))
        };
        let filters = ["NAME == null", "has(NAME)", "NAME != 'x'", "name == 'x' || NAME > 5", "!(NAME == 'x')", "coalesce(NAME, 'x') == 'x'"];
        let mut paths: Vec<String> = filters.iter().map(|it| format!("/records/account?filter={}", encode(it))).collect();
        for path in [
            "/records/account?sort=NAME",
            "/records/account?sort=-NAME,name",
            "/records/account?fields=NAME",
            "/records/contact?fields=account.NAME",
            "/records/contact?filter=account.NAME%20%3D%3D%20null",
            "/records/account/aggregate?group_by=NAME",
            "/records/account/aggregate?measures=max(NAME)",
            "/records/account/aggregate?measures=count&filter=has(NAME)",
            "/records/contact/aggregate?group_by=account.NAME&measures=count",
            "/records/account/export?sort=NAME",
        ] {
            paths.push(path.to_owned());
        }
        for path in paths {
            for hidden in ["margin", "margin_rate", "margin_day"] {
                // A name of the same length, so that places in the text are the same.
                let unknown: String = "q".repeat(hidden.len());
                let (there, nowhere) = (shape(path.clone(), hidden), shape(path.clone(), &unknown));
                assert_eq!(there.0, 400, "{path}: {}", there.1);
                assert_eq!(there, nowhere, "{path}");
            }
        }
    });
}

#[test]
fn no_question_is_answered_by_the_value_of_a_closed_field() {
    on_both(|world| {
        second(world);
        for field in CLOSED {
            for filter in [
                format!("{field} == null"),
                format!("{field} != null"),
                format!("has({field})"),
                format!("!({field} == null)"),
                format!("name == 'Plain' && {field} != null"),
                format!("name == 'none' || {field} != null"),
                format!("true ? {field} != null : false"),
                format!("coalesce({field}, {field}) == {field}"),
                format!("{field} == {field}"),
                format!("text({field}).contains('7')"),
                format!("{field}.startsWith('C')"),
                format!("{field} in ['CNRYMARGIN']"),
                format!("{field} > 5"),
                format!("parent.{field} == null"),
            ] {
                for place in ["/records/account?filter=", "/records/account/aggregate?measures=count&filter=", "/records/account/export?filter="] {
                    let reply = world.ask(&world.rep, &Call::get(format!("{place}{}", encode(&filter))));
                    assert_eq!((reply.status, &reply.json["code"]), (400, &json!("bad_filter")), "{place} {filter}");
                }
            }
            for query in [
                format!("/records/account?sort={field}"),
                format!("/records/account?sort=name,-{field}"),
                format!("/records/account/aggregate?group_by={field}"),
                format!("/records/account/aggregate?group_by={field}:month"),
                format!("/records/account/aggregate?measures=count({field})"),
                format!("/records/account/aggregate?measures=min({field}),max({field})"),
                format!("/records/contact/aggregate?group_by=account.{field}"),
                format!("/records/account/export?sort={field}"),
            ] {
                let reply = world.ask(&world.rep, &Call::get(&query));
                assert_eq!((reply.status, &reply.json["code"]), (400, &json!("unknown_field")), "{query}");
            }
        }
    });
}

#[test]
fn words_and_digits_of_closed_fields_find_nothing() {
    on_both(|world| {
        second(world);
        for word in ["CNRYMARGIN", "cnrymar", "CNRYAAA", "13887654321", "87654321", "4321", "1007654321"] {
            let found = world.ask(&world.rep, &Call::get(format!("/search?q={word}"))).expect(200);
            assert_eq!(found["items"], json!([]), "{word}");
            for query in [format!("?q={word}&count=exact"), format!("?q={word}%20Plain&count=exact")] {
                let list = world.ask(&world.rep, &Call::get(format!("/records/account{query}"))).expect(200);
                assert_eq!(list["count"]["value"], 0, "{query}");
            }
            let exported = world.ask(&world.rep, &Call::get(format!("/records/account/export?format=json&q={word}")));
            assert_eq!(exported.json, json!([]), "{word}");
        }
        // The manager, whose role hides nothing, finds them: the words are there to be found.
        let found = world.manager.get("/search?q=CNRYMARGIN").expect(200);
        assert_eq!(found["items"].as_array().unwrap().len(), 1);
    });
}

#[test]
fn a_closed_field_is_written_by_nobody_who_may_not() {
    on_both(|world| {
        let path = world.own.path("account");
        let whole = world.rep.get(&path).expect(200);
        for field in CLOSED {
            let value = if field == "phone" { json!("13800000000") } else { json!("1") };
            world.rep_refused(&[400, 403], &Call::patch(&path, json!({ field: value, "level": "a" })));
            world.rep_refused(&[400, 403], &Call::patch(&path, json!({ field: null })));
            world.rep_refused(&[400, 403], &Call::post("/records/account", json!({ "name": "New", field: value })));
            let batch =
                json!({ "mode": "all_or_nothing", "operations": [{ "op": "update", "id": world.own.id("account"), "values": { field: value } }] });
            let before = world.digest();
            let reply = world.ask(&world.rep, &Call::post("/records/account/batch", batch));
            assert!(reply.status >= 400 || reply.json["succeeded"] == 0, "{field}: {}", reply.json);
            world.unchanged(&before, field);
        }
        // The whole record sent back as it was read, covered values and all.
        world.rep_refused(&[400, 403], &Call::patch(&path, whole));
    });
}

#[test]
fn imports_neither_write_nor_match_nor_ask_by_a_closed_field() {
    on_both(|world| {
        let table = "客户名称,毛利\nPlain,CNRYMARGIN\n";
        let named = world.rep.with_header("content-disposition", "attachment; filename=\"a.csv\"");
        let upload = named.post_bytes("/imports?object=account", "text/csv", table.as_bytes()).expect(201);
        let offered: Vec<&str> = upload["fields"].as_array().unwrap().iter().map(|it| text_of(it, "path")).collect();
        assert!(CLOSED.iter().all(|it| !offered.contains(it)), "{offered:?}");
        let path = format!("/imports/{}/plan", text_of(&upload, "id"));
        let column = |at: u32, field: &str| json!({ "column": at, "field": field, "options": {} });
        for field in CLOSED {
            let plan = json!({ "mapping": [column(0, "name"), column(1, field)], "match": null });
            world.rep_refused(&[400], &Call::post(&path, plan));
            let plan = json!({ "mapping": [column(0, "name"), column(1, field)], "match": { "field": field, "on_match": "skip" } });
            world.rep_refused(&[400], &Call::post(&path, plan));
        }
    });
}

#[test]
fn what_is_covered_in_lists_is_told_by_no_list() {
    on_both(|world| {
        let secret = "cnrymail@secret.example";
        world.admin.patch(&world.own.path("account"), json!({ "email": secret })).expect(200);
        world.server.settle();
        // On its own page it is whole: that is what the role says.
        assert_eq!(world.rep.get(&world.own.path("account")).expect(200)["email"], secret);
        second(world);
        for query in [
            "/records/account",
            "/records/account?fields=email",
            "/records/account?limit=1&sort=email",
            "/records/account?limit=1&sort=-email",
            "/records/account?sort=email,name&limit=1",
            "/records/contact?fields=account.email",
            "/records/account/aggregate?group_by=email",
            "/records/account/aggregate?measures=max(email)",
            "/records/account/export?format=json",
            "/records/account/export?format=csv&sort=email",
            "/search?q=Plain",
            "/events?after=0&limit=500",
        ] {
            world.ask(&world.rep, &Call::get(query));
        }
    });
}

#[test]
fn meta_and_the_api_document_do_not_name_a_hidden_field() {
    on_both(|world| {
        for path in ["/meta", "/openapi.json"] {
            let text = world.ask(&world.rep, &Call::get(path)).expect(200).to_string();
            for field in ["margin", "margin_rate", "margin_day"] {
                assert!(!text.contains(&format!("\"{field}\"")), "{path} names {field}");
            }
        }
        let access = world.ask(&world.rep, &Call::get(format!("{}/access", world.own.path("account")))).expect(200);
        assert!(access["fields"].is_array());
    });
}

#[test]
fn two_hidden_fields_beside_each_other_are_both_taken_out_of_a_view() {
    on_both(|world| {
        let columns = ["name", "margin", "margin_rate", "margin_day", "level"];
        let mut object = world.admin.get("/schema/objects/account").expect(200);
        let list =
            json!({ "name": "custom_all", "label": { "zh-CN": "x", "en": "x" }, "columns": columns, "filter": "margin_rate > 5", "sort": "margin" });
        object["views"]["list"].as_array_mut().unwrap().push(list);
        for key in ["app", "origin", "field", "standard", "changed"] {
            object.as_object_mut().unwrap().remove(key);
        }
        world.admin.post("/schema/apply", json!({ "changes": [{ "op": "change_object", "object": object }] })).expect(200);
        let meta = world.ask(&world.rep, &Call::get("/meta")).expect(200);
        let account = meta["objects"].as_array().unwrap().iter().find(|it| it["name"] == "account").unwrap().clone();
        assert!(!account["views"].to_string().contains("margin"), "{}", account["views"]);
    });
}

/// Every byte the rep gets, over all that he may ask.
fn everything(world: &World<'_>) -> Vec<(String, u16, Vec<u8>)> {
    let account = world.own.path("account");
    let mut paths: Vec<String> = ["account", "contact", "lead", "opportunity", "activity", "note"]
        .iter()
        .flat_map(|it| {
            let list = format!("/records/{it}?limit=500&count=exact&sort=id");
            [list, format!("/records/{it}/aggregate?group_by=created_by&measures=count")]
        })
        .collect();
    paths.extend(["account", "contact", "lead"].map(|it| format!("/records/{it}/export?format=csv")));
    let more = ["/meta", "/search?q=Plain", "/search?q=CNRY", "/search?q=7654321", "/records/contact?fields=account", "/records/account?sort=name"];
    paths.extend(more.map(str::to_owned));
    paths.extend(["", "/history", "/timeline", "/access", "/shares"].map(|it| format!("{account}{it}")));
    let get = |path: String| {
        let reply = world.ask(&world.rep, &Call::get(&path));
        // What is wrong is told under the number of the request.
        assert_eq!(reply.status, 200, "{path}: {}", reply.json);
        (path, reply.status, reply.bytes)
    };
    paths.into_iter().map(get).collect()
}

#[test]
fn another_secret_in_the_same_place_changes_no_byte_of_what_he_gets() {
    on_both(|world| {
        // The first change brings what any change brings: a version, a time, an event.
        let change = |margin: &str, rate: i64, day: &str, phone: &str| {
            let path = world.own.path("account");
            let version = world.admin.get(&path).expect(200)["version"].clone();
            let values: Json = json!({ "margin": margin, "margin_rate": rate, "margin_day": day, "phone": phone });
            // Under the hand of the engine: what differs is the value alone.
            let object = world.server.workspace.schema().object("account").unwrap().clone();
            let id: uuid::Uuid = world.own.id("account").parse().unwrap();
            replace(world, &object, id, &values);
            assert_eq!(world.admin.get(&path).expect(200)["version"], version);
            world.server.settle();
        };
        let before = everything(world);
        change("CNRYOTHER", 27_654_321, "2020-12-12", "13817654321");
        let after = everything(world);
        for (before, after) in before.iter().zip(&after) {
            assert_eq!(before.1, after.1);
            assert!(before.2 == after.2, "{}: {}\n{}", before.0, String::from_utf8_lossy(&before.2), String::from_utf8_lossy(&after.2));
        }
    });
}

/// Puts other values into a row, with nothing else of it changed.
fn replace(world: &World<'_>, object: &guanxi_kernel::schema::Object, id: uuid::Uuid, values: &Json) {
    use guanxi_kernel::store::{ColumnRef, Condition, Set, StoreExt as _, Update};
    let context = world.server.workspace.system_context(uuid::Uuid::nil(), "test");
    let mut set = Vec::new();
    for (name, value) in values.as_object().unwrap() {
        let field = object.field(name).unwrap();
        let cells = field.kind().parse(&field.definition, value, &context.parse_context()).unwrap();
        set.extend(field.parts.iter().zip(cells).map(|(part, cell)| (part.column, Set::To(cell))));
    }
    let update = Update {
        table: object.table.clone(),
        set,
        condition: Condition::equals(ColumnRef::main(guanxi_kernel::schema::ID), guanxi_kernel::Value::Id(id)),
    };
    world.server.workspace.store.write_with(move |tx| Ok(tx.update(&update)?)).unwrap();
}

#[test]
fn rights_withdrawn_hold_for_cursors_and_answers_that_were_kept() {
    on_both(|world| {
        change_rep(&world.admin, |role| {
            role["objects"]["account"]["fields"] = json!({ "margin": "read" });
        });
        second(world);
        let page = world.rep.get("/records/account?limit=1&sort=margin").expect(200);
        let cursor = text_of(&page, "next_cursor").to_owned();
        world.rep.get(&format!("/records/account?limit=1&sort=margin&cursor={cursor}")).expect(200);
        change_rep(&world.admin, |role| {
            role["objects"]["account"]["fields"] = json!({ "margin": "hidden", "margin_rate": "hidden", "margin_day": "hidden", "phone": "masked" });
        });
        let said = Call::get(format!("/records/account?limit=1&sort=margin&cursor={cursor}"));
        assert_eq!(world.ask(&world.rep, &said).status, 400);
        let other = world.ask(&world.rep, &Call::get(format!("/records/account?limit=1&sort=name&cursor={cursor}")));
        other.problem(400, "bad_cursor");
        // Without the object there is nothing to go on with.
        let cursor = text_of(&world.rep.get("/records/account?limit=1&sort=name").expect(200), "next_cursor").to_owned();
        change_rep(&world.admin, |role| role["objects"]["account"]["read"] = json!("none"));
        world.ask(&world.rep, &Call::get(format!("/records/account?limit=1&sort=name&cursor={cursor}"))).problem(404, "not_found");
    });
}
