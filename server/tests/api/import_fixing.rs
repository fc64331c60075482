//! Rows of an import mended where they are, before and after it ran; imports halted and gone on with.

use std::sync::Barrier;

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::imports::{carry_out, counts, guessed, path, upload};

const CSV: &str = "姓名,手机,邮箱\n王伟,13800000001,wei@x.example\n李娜,123,na@x.example\n张三,13800000003,nobody\n赵六,13800000004,liu@x.example\n";

fn planned(client: &Client<'_>, csv: &str) -> Json {
    let up = upload(client, "contact", "a.csv", csv.as_bytes());
    client.post(&path(&up, "/plan"), json!({ "mapping": guessed(&up), "match": null })).expect(200);
    up
}

fn rows(client: &Client<'_>, up: &Json, query: &str) -> Json {
    client.get(&path(up, &format!("/rows?{query}"))).expect(200)
}

fn numbers(page: &Json) -> Vec<u64> {
    page["items"].as_array().unwrap().iter().map(|it| it["row"].as_u64().unwrap()).collect()
}

fn names(client: &Client<'_>) -> Vec<String> {
    let page = client.get("/records/contact?sort=created_at&limit=500").expect(200);
    let mut names: Vec<String> = page["items"].as_array().unwrap().iter().map(|it| it["name"]["full"].as_str().unwrap().to_owned()).collect();
    names.sort();
    names
}

#[test]
fn rows_with_one_problem_are_counted_up_to_a_point_and_that_is_said() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let mut csv = String::from("姓名,手机\n");
        for number in 0..10_003 {
            csv.push_str(&format!("人{number},{}\n", if number % 2_000 == 1 { "13800000001" } else { "12" }));
        }
        // 9,997 of them first, and with six more just as many as are counted.
        let up = planned(&client, &csv);
        let told = |up: &Json, query: &str| {
            let page = rows(&client, up, query);
            (page["total"].as_u64().unwrap(), page["at_least"].as_bool().unwrap())
        };
        assert_eq!(told(&up, "code=bad_format&limit=10"), (9_997, false));
        csv.push_str(&"某人,12\n".repeat(3));
        let up = planned(&client, &csv);
        assert_eq!(told(&up, "code=bad_format&limit=10"), (10_000, false), "all of them are counted");
        csv.push_str("某人,12\n,13800000002\n");
        let up = planned(&client, &csv);
        assert_eq!(told(&up, "code=bad_format&limit=10"), (10_000, true));
        assert_eq!(told(&up, "code=bad_format&limit=10&after=5000"), (10_000, true), "wherever one looks");
        assert_eq!(told(&up, "limit=10"), (10_002, false), "all without a condition");
        // What few rows have is looked for some rows at a time.
        let first = rows(&client, &up, "code=required&limit=10");
        assert_eq!((&numbers(&first).len(), &first["at_least"]), (&0, &json!(true)));
        let next = rows(&client, &up, &format!("code=required&limit=10&after={}", first["next"]));
        assert_eq!((numbers(&next).len(), &next["next"]), (1, &Json::Null));
    });
}

#[test]
fn rows_are_mended_before_the_run() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let up = planned(&client, CSV);
        let page = rows(&client, &up, "only=problems");
        assert_eq!((numbers(&page), &page["total"], &page["next"]), (vec![3, 4], &json!(2), &Json::Null));
        let first = &page["items"][0];
        assert_eq!((&first["cells"], &first["fixed"], &first["left_out"]), (&json!(["李娜", "123", "na@x.example"]), &json!(false), &json!(false)));
        assert_eq!((&first["problems"][0]["field"], &first["problems"][0]["code"]), (&json!("mobile"), &json!("bad_format")));
        assert_eq!(numbers(&rows(&client, &up, "field=email")), [4]);
        assert_eq!(numbers(&rows(&client, &up, "code=no_such_code")), [0_u64; 0]);
        let page = rows(&client, &up, "limit=1");
        assert_eq!((numbers(&page), &page["next"]), (vec![3], &json!(3)));
        assert_eq!(numbers(&rows(&client, &up, "limit=1&after=3")), [4]);

        let still = client.patch(&path(&up, "/rows/3"), json!({ "cells": { "1": "12" } })).expect(200);
        assert_eq!((&still["cells"][1], &still["fixed"], &still["problems"][0]["code"]), (&json!("12"), &json!(true), &json!("bad_format")));
        let good = client.patch(&path(&up, "/rows/3"), json!({ "cells": { "1": "13800000002" } })).expect(200);
        assert_eq!((&good["problems"], &good["fixed"]), (&json!([]), &json!(true)));
        let out = client.patch(&path(&up, "/rows/4"), json!({ "leave_out": true })).expect(200);
        assert_eq!(out["left_out"], true);
        // A good row may be changed as well, and put back.
        let other = client.patch(&path(&up, "/rows/2"), json!({ "cells": { "0": "王小伟" } })).expect(200);
        assert_eq!(other["cells"][0], "王小伟");
        let back = client.delete(&path(&up, "/rows/2")).expect(200);
        assert_eq!((&back["cells"][0], &back["fixed"]), (&json!("王伟"), &json!(false)));
        assert_eq!(numbers(&rows(&client, &up, "only=fixed")), [3]);
        assert_eq!(numbers(&rows(&client, &up, "only=left_out")), [4]);
        assert_eq!(rows(&client, &up, "only=problems")["total"], 0);

        // Another plan keeps what was mended.
        let plan = client.post(&path(&up, "/plan"), json!({ "mapping": guessed(&up), "match": null })).expect(200);
        assert_eq!(plan["counts"], counts(3, 0, 1, 0));
        client.post(&path(&up, "/run"), json!({})).expect(202);
        server.settle();
        let end = client.get(&path(&up, "")).expect(200);
        assert_eq!((&end["state"], &end["counts"], &end["done"]), (&json!("done"), &counts(3, 0, 1, 0), &json!(4)));
        assert_eq!(names(&client), ["李娜", "王伟", "赵六"].map(str::to_owned));
        let done = rows(&client, &up, "only=fixed");
        assert_eq!((numbers(&done), &done["items"][0]["imported"]), (vec![3], &json!(true)));
        client.patch(&path(&up, "/rows/3"), json!({ "cells": { "0": "x" } })).problem(409, "state_conflict");
        client.patch(&path(&up, "/rows/2"), json!({ "cells": { "0": "x" } })).problem(409, "state_conflict");
    });
}

#[test]
fn what_was_refused_is_mended_and_tried_again_alone() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let csv = format!("{CSV}孙七,1,\n多了,1,2,3\n");
        let up = upload(&client, "contact", "a.csv", csv.as_bytes());
        let end = carry_out(server, &client, &up, Json::Null);
        assert_eq!(end["counts"], counts(2, 0, 0, 4));
        let page = rows(&client, &up, "");
        assert_eq!(numbers(&page), [3, 4, 6, 7]);
        assert_eq!((&page["items"][3]["cells"], &page["items"][3]["problems"][0]["code"]), (&json!([]), &json!("row_ragged")));
        client.post(&path(&up, "/run"), json!({})).problem(409, "state_conflict");
        client.patch(&path(&up, "/rows/3"), json!({ "cells": { "1": "13800000002" } })).expect(200);
        client.patch(&path(&up, "/rows/4"), json!({ "cells": { "2": "still wrong" } })).expect(200);
        client.patch(&path(&up, "/rows/6"), json!({ "leave_out": true })).expect(200);
        // A row that could not be read is what is typed.
        let typed = client.patch(&path(&up, "/rows/7"), json!({ "cells": { "0": "周八", "1": "13800000008" } })).expect(200);
        assert_eq!((&typed["cells"], &typed["problems"]), (&json!(["周八", "13800000008"]), &json!([])));
        let begun = client.post(&path(&up, "/run"), json!({ "rows": "rejected" })).expect(202);
        assert_eq!((&begun["state"], &begun["done"], &begun["total"]), (&json!("running"), &json!(2), &json!(6)));
        server.settle();
        let end = client.get(&path(&up, "")).expect(200);
        assert_eq!((&end["state"], &end["counts"], &end["done"]), (&json!("done"), &counts(4, 0, 1, 1), &json!(6)), "{end}");
        assert_eq!(names(&client), ["周八", "李娜", "王伟", "赵六"].map(str::to_owned));
        assert_eq!(numbers(&rows(&client, &up, "")), [4]);
        let rejected = String::from_utf8(client.get(&path(&up, "/rejected")).bytes).unwrap();
        assert!(rejected.contains("张三") && rejected.lines().count() == 2, "{rejected}");
        // What was left out may come back.
        let back = client.patch(&path(&up, "/rows/6"), json!({ "leave_out": false, "cells": { "1": "13800000007" } })).expect(200);
        assert_eq!((&back["problems"], &back["left_out"]), (&json!([]), &json!(false)));
        client.delete(&path(&up, "/rows/4")).expect(200);
        client.post(&path(&up, "/run"), json!({ "rows": "rejected" })).expect(202);
        server.settle();
        let end = client.get(&path(&up, "")).expect(200);
        assert_eq!(end["counts"], counts(5, 0, 0, 1), "{end}");
        // One change is all of it: undo takes the rows of every run back.
        let undone = client.post(&format!("/changes/{}/undo", end["change_id"].as_str().unwrap()), json!({})).expect(200);
        assert_eq!(undone["undone"], 5);
        assert!(names(&client).is_empty());
    });
}

#[test]
fn nothing_is_left_to_be_tried_again() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let up = upload(&client, "contact", "a.csv", "姓名,手机\n王伟,13800000001\n".as_bytes());
    client.post(&path(&up, "/run"), json!({ "rows": "rejected" })).problem(409, "state_conflict");
    carry_out(&server, &client, &up, Json::Null);
    client.post(&path(&up, "/run"), json!({ "rows": "rejected" })).problem(409, "state_conflict");
    client.post(&path(&up, "/run"), json!({ "rows": "some" })).problem(400, "bad_request");
}

#[test]
fn wrong_fixes_are_refused_by_their_place() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let up = planned(&client, CSV);
    let refuse = |body: Json, field: &str| {
        let problem = client.patch(&path(&up, "/rows/3"), body).problem(400, "bad_request");
        assert!(problem.to_string().contains(field), "{problem}");
    };
    refuse(json!({ "cells": { "9": "x" } }), "cells.9");
    refuse(json!({ "cells": { "1": "a\u{0}b" } }), "cells.1");
    refuse(json!({ "cells": { "1": "x".repeat(200_000) } }), "cells.1");
    refuse(json!({ "cells": { "x": "y" } }), "cells");
    refuse(json!({}), "单元格");
    refuse(json!({ "row": 3 }), "row");
    client.patch(&path(&up, "/rows/99"), json!({ "cells": { "0": "x" } })).problem(404, "not_found");
    client.patch(&path(&up, "/rows/0"), json!({ "cells": { "0": "x" } })).problem(400, "bad_request");
    client.get(&path(&up, "/rows?only=all")).problem(400, "bad_request");
    // Nobody else's, not even to look at.
    let other = server.caller("sales");
    other.get(&path(&up, "/rows")).problem(404, "not_found");
    other.patch(&path(&up, "/rows/3"), json!({ "leave_out": true })).problem(404, "not_found");
    other.delete(&path(&up, "/rows/3")).problem(404, "not_found");
    other.post(&path(&up, "/pause"), json!({})).problem(404, "not_found");
    // An import that is not planned yet has no rows to mend.
    let up = upload(&client, "contact", "a.csv", CSV.as_bytes());
    client.patch(&path(&up, "/rows/3"), json!({ "cells": { "1": "13800000002" } })).problem(409, "state_conflict");
}

#[test]
fn an_import_is_halted_and_gone_on_with() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let up = planned(&client, CSV);
        client.post(&path(&up, "/pause"), json!({})).problem(409, "state_conflict");
        client.post(&path(&up, "/run"), json!({})).expect(202);
        let paused = client.post(&path(&up, "/pause"), json!({})).expect(200);
        assert_eq!(paused["state"], "paused");
        client.post(&path(&up, "/pause"), json!({})).problem(409, "state_conflict");
        server.settle();
        let still = client.get(&path(&up, "")).expect(200);
        assert_eq!((&still["state"], &still["counts"]), (&json!("paused"), &counts(0, 0, 0, 0)), "the worker leaves it alone");
        assert!(names(&client).is_empty());
        // Meanwhile rows are mended.
        client.patch(&path(&up, "/rows/3"), json!({ "cells": { "1": "13800000002" } })).expect(200);
        client.post(&path(&up, "/run"), json!({})).expect(202);
        client.patch(&path(&up, "/rows/4"), json!({ "leave_out": true })).problem(409, "state_conflict");
        // Halted and begun again before any worker saw it: each row once.
        client.post(&path(&up, "/pause"), json!({})).expect(200);
        client.post(&path(&up, "/run"), json!({})).expect(202);
        server.settle();
        let end = client.get(&path(&up, "")).expect(200);
        assert_eq!((&end["state"], &end["counts"]), (&json!("done"), &counts(3, 0, 0, 1)));
        assert_eq!(names(&client).len(), 3);
        client.post(&path(&up, "/pause"), json!({})).problem(409, "state_conflict");
        // A halted one can be given up.
        let up = planned(&client, CSV);
        client.post(&path(&up, "/run"), json!({})).expect(202);
        client.post(&path(&up, "/pause"), json!({})).expect(200);
        assert_eq!(client.post(&path(&up, "/cancel"), json!({})).expect(200)["state"], "cancelled");
        client.post(&path(&up, "/run"), json!({})).problem(409, "state_conflict");
    });
}

#[test]
fn fixes_and_the_run_at_once_lose_nothing() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let mut csv = String::from("姓名,手机\n");
        for index in 0..40 {
            csv.push_str(&format!("甲{index},12\n"));
        }
        let up = planned(&client, &csv);
        let gate = Barrier::new(5);
        let fixed: Vec<u16> = std::thread::scope(|scope| {
            let fixers: Vec<_> = (0..4)
                .map(|it| {
                    let (client, up, gate) = (&client, &up, &gate);
                    scope.spawn(move || {
                        let fix = |row: u64| client.patch(&path(up, &format!("/rows/{row}")), json!({ "cells": { "1": "13800000001" } })).status;
                        let mut told: Vec<u16> = (it * 10 + 2..it * 10 + 7).map(fix).collect();
                        // The second half is about when it begins.
                        gate.wait();
                        told.extend((it * 10 + 7..it * 10 + 12).map(fix));
                        told
                    })
                })
                .collect();
            gate.wait();
            client.post(&path(&up, "/run"), json!({})).expect(202);
            fixers.into_iter().flat_map(|it| it.join().unwrap()).collect()
        });
        server.settle();
        let end = client.get(&path(&up, "")).expect(200);
        let good = fixed.iter().filter(|it| **it == 200).count() as u64;
        assert!(fixed.iter().all(|it| [200, 409, 429].contains(it)), "{fixed:?}");
        assert!(good >= 15, "{fixed:?}");
        assert_eq!(end["counts"], counts(good, 0, 0, 40 - good), "{fixed:?}");
        assert_eq!(rows(&client, &up, "limit=1")["total"], 40 - good);
    });
}

#[test]
fn the_list_of_imports_has_ones_own_newest_first() {
    on_both_stores(|server| {
        let (client, other, administrator) = (server.caller("sales"), server.caller("sales"), server.administrator());
        let ups: Vec<Json> = (0..3).map(|it| upload(&client, "contact", &format!("{it}.csv"), CSV.as_bytes())).collect();
        let account = upload(&client, "account", "a.csv", "客户名称\n星河\n".as_bytes());
        carry_out(server, &client, &account, Json::Null);
        let ids = |page: &Json| page["items"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect::<Vec<_>>();
        let all = client.get("/imports").expect(200);
        assert_eq!((ids(&all).len(), &ids(&all)[0], &all["next_cursor"]), (4, &account["id"], &Json::Null));
        let first = client.get("/imports?object=contact&limit=2").expect(200);
        assert_eq!(ids(&first), [ups[2]["id"].clone(), ups[1]["id"].clone()]);
        let cursor = first["next_cursor"].as_str().unwrap();
        assert_eq!(ids(&client.get(&format!("/imports?object=contact&limit=2&cursor={cursor}")).expect(200)), [ups[0]["id"].clone()]);
        assert_eq!(ids(&client.get("/imports?state=done").expect(200)), [account["id"].clone()]);
        assert!(ids(&other.get("/imports").expect(200)).is_empty());
        assert_eq!(ids(&administrator.get("/imports").expect(200)).len(), 4);
        client.get("/imports?cursor=x").problem(400, "bad_cursor");
        client.get("/imports?state=x").problem(400, "bad_request");
        server.anonymous().get("/imports").problem(401, "not_signed_in");
        let one = client.get(&path(&account, "")).expect(200);
        assert_eq!((&one["headers"], &one["plan"]["mapping"][0]["field"]), (&json!(["客户名称"]), &json!("name")));
    });
}

#[test]
fn who_mends_the_row_of_another_does_it_with_the_others_rights_and_it_is_noted() {
    on_both_stores(|server| {
        let member = server.add_member("li", &["sales"], server.department());
        let (client, administrator) = (server.sign_in("li"), server.administrator());
        let up = planned(&client, CSV);
        let good = json!({ "cells": { "1": "13800000002" } });
        assert_eq!(administrator.patch(&path(&up, "/rows/3"), good.clone()).expect(200)["problems"], json!([]));
        assert_eq!(client.patch(&path(&up, "/rows/3"), good.clone()).expect(200)["fixed"], true);
        let noted: Vec<Json> = server.audit(&["update"]).into_iter().map(|it| it.2).filter(|it| it["import"] == up["id"]).collect();
        assert_eq!(noted, [json!({ "import": up["id"], "file": "a.csv", "row": 3 })], "the administrator's change, and not one's own");
        // Without the other there are no rights.
        administrator.patch(&format!("/records/user/{member}"), json!({ "active": false })).expect(200);
        administrator.patch(&path(&up, "/rows/3"), good).problem(403, "forbidden");
    });
}

#[test]
fn the_file_is_not_needed_where_the_row_is_kept() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let up = planned(&client, CSV);
        let file = guanxi_server::import::file_of(&server.data_folder().join("imports"), up["id"].as_str().unwrap().parse().unwrap());
        std::fs::rename(&file, file.with_extension("away")).unwrap();
        assert_eq!(client.patch(&path(&up, "/rows/3"), json!({ "cells": { "1": "13800000002" } })).expect(200)["problems"], json!([]));
    });
}
