//! B: records of others, by every way in.

use serde_json::{Value as Json, json};

use super::world::{Call, Held, World, encode, on_both, on_sqlite, text_of};

/// Every way to one record, for reading and for changing.
fn ways(object: &str, id: &str, member: &str) -> Vec<Call> {
    let path = format!("/records/{object}/{id}");
    let share = json!({ "with": { "kind": "member", "id": member }, "level": "manage" });
    vec![
        Call::get(&path),
        Call::get(format!("{path}?fields=id")),
        Call::get(format!("{path}/history")),
        Call::get(format!("{path}/timeline")),
        Call::get(format!("{path}/timeline?kinds=note,activity,contact")),
        Call::get(format!("{path}/shares")),
        Call::get(format!("{path}/access")),
        Call::get(format!("{path}/viewers")),
        Call::patch(&path, json!({})),
        Call::patch(format!("{path}?dry_run=true"), json!({ "description": "x" })),
        Call::delete(&path),
        Call::delete(format!("{path}?permanent=true")),
        Call::post(format!("{path}/restore"), json!({})),
        Call::post(format!("{path}/shares"), share),
        Call::delete(format!("{path}/shares/member/{member}")),
    ]
}

#[test]
fn a_record_of_another_is_as_one_that_is_not_there() {
    on_both(|world| {
        let nobody = "01890000-0000-7000-8000-000000000000";
        let member = world.rep_id.to_string();
        let mut theirs = world.others.records.clone();
        theirs.extend([("account", world.others.deleted.clone()), ("file", world.others.file.clone())]);
        for (object, id) in theirs.iter().filter(|it| it.0 != "tag") {
            let before = world.digest();
            for (call, nowhere) in ways(object, id, &member).iter().zip(ways(object, nobody, &member)) {
                let (unknown, reply) = (world.ask(&world.rep, &nowhere), world.ask(&world.rep, call));
                assert!(reply.status == 403 || reply.status == 404, "{call:?}: {} {}", reply.status, reply.json);
                assert_eq!((reply.status, &reply.json["code"]), (unknown.status, &unknown.json["code"]), "{call:?}");
            }
            world.unchanged(&before, object);
        }
        world.rep_refused(&[404], &Call::get(format!("/files/{}", world.others.file)));
    });
}

#[test]
fn a_record_in_the_bin_is_for_those_who_may_restore_it() {
    on_both(|world| {
        // Reading is his, restoring is not.
        super::world::change_rep(&world.admin, |role| {
            role["objects"]["account"]["read"] = json!("all");
            role["objects"]["note"]["read"] = json!("all");
            role["objects"]["account"]["restore"] = json!("none");
        });
        for deleted in [&world.others.deleted, &world.own.deleted] {
            let path = format!("/records/account/{deleted}");
            for rest in ["", "/history", "/timeline", "/timeline?kinds=note", "/timeline?kinds=nothing", "/shares", "/access"] {
                world.rep_refused(&[404], &Call::get(format!("{path}{rest}")));
            }
        }
    });
}

#[test]
fn words_of_others_find_nothing() {
    on_both(|world| {
        for word in ["CNRYRIVAL", "cnryri", "CNRYABROAD", "CNRYRIVALGONE"] {
            let found = world.ask(&world.rep, &Call::get(format!("/search?q={word}"))).expect(200);
            assert_eq!((&found["items"], &found["more"]), (&json!([]), &json!(false)));
            for object in ["account", "contact", "lead", "opportunity", "activity", "note", "file"] {
                let list = world.ask(&world.rep, &Call::get(format!("/records/{object}?q={word}&count=exact"))).expect(200);
                assert_eq!((&list["items"], &list["count"]["value"]), (&json!([]), &json!(0)), "{object}");
                let groups = world.ask(&world.rep, &Call::get(format!("/records/{object}/aggregate?measures=count&q={word}"))).expect(200);
                assert_eq!(groups["groups"][0]["values"]["count"], 0, "{object}");
            }
        }
    });
}

#[test]
fn lists_counts_groups_and_events_hold_his_own_alone() {
    on_both(|world| {
        for (object, _) in &world.own.records {
            let list = world.ask(&world.rep, &Call::get(format!("/records/{object}?limit=500&count=exact"))).expect(200);
            let length = list["items"].as_array().unwrap().len();
            // A note of his hung on the account that is in the bin.
            let his = if *object == "note" { 2 } else { 1 };
            assert_eq!((length, &list["count"]["value"]), (his, &json!(his)), "{object}: {list}");
            let grouped = format!("/records/{object}/aggregate?group_by=created_by&measures=count,min(created_at),max(created_at)");
            let groups = world.ask(&world.rep, &Call::get(grouped)).expect(200);
            assert_eq!(groups["groups"].as_array().unwrap().len(), 1, "{object}: {groups}");
            let bin = world.ask(&world.rep, &Call::get(format!("/records/{object}?deleted=only&count=exact")));
            assert!(bin.status != 200 || bin.json["count"]["value"].as_u64().unwrap() <= 2, "{object}: {}", bin.json);
        }
        let mut after = 0;
        loop {
            let page = world.ask(&world.rep, &Call::get(format!("/events?after={after}&limit=100"))).expect(200);
            if page["next"] == page["head"] {
                break;
            }
            after = page["next"].as_i64().unwrap();
        }
        for path in ["/meta", "/openapi.json", "/me/sessions", "/me/api-keys"] {
            world.ask(&world.rep, &Call::get(path)).expect(200);
        }
    });
}

#[test]
fn a_path_through_a_reference_leads_no_further_than_rights() {
    on_both(|world| {
        // The rep's own contact at an account that was given away: the reference stays, what it leads to is closed.
        let account = world.own.path("account");
        let rival = &world.others.member;
        let change = json!({ "owner": rival, "department": world.south, "name": "CNRYMOVED", "description": "CNRYMOVED" });
        world.admin.patch(&account, change).expect(200);
        for object in ["contact", "opportunity", "activity"] {
            let list = world.ask(&world.rep, &Call::get(format!("/records/{object}?fields=id,account.name,account.description"))).expect(200);
            assert!(!list.to_string().contains("CNRY"), "{list}");
            for filter in ["account.name.startsWith('CNRY')", "account.description != null", "has(account.name)", "account.owner == account.owner"] {
                let found = world.ask(&world.rep, &Call::get(format!("/records/{object}?filter={}&count=exact", encode(filter))));
                assert!(found.status == 400 || found.json["count"]["value"] == 0, "{object} by {filter}: {}", found.json);
            }
            let grouped = world.ask(&world.rep, &Call::get(format!("/records/{object}/aggregate?group_by=account.name&measures=count")));
            assert!(grouped.status == 400 || grouped.json["groups"][0]["keys"] == json!([null]), "{}", grouped.json);
        }
        world.rep_refused(&[400, 404], &Call::get(format!("/records/contact?filter={}", encode("account.owner.email.contains('x').x == 1"))));
    });
}

#[test]
fn bulk_changes_reach_what_is_his_to_change_and_count_nothing_else() {
    on_both(|world| {
        let change = json!({ "update": { "level": "a" } });
        let bulk = |body: Json| world.ask(&world.rep, &Call::post("/records/account/bulk", body));
        let before = world.digest();
        let dry = world.ask(&world.rep, &Call::post("/records/account/bulk?dry_run=true", json!({ "filter": "true", "change": change })));
        assert_eq!(dry.expect(200)["ok"], true);
        world.unchanged(&before, "a bulk change that was only tried");
        let ids = json!([world.others.id("account"), world.outside.id("account"), world.others.deleted]);
        for change in [json!({ "update": { "level": "a" } }), json!({ "delete": true }), json!({ "add_tags": [world.own.id("tag")] })] {
            let done = bulk(json!({ "ids": ids, "change": change }));
            assert!(done.status >= 400 || (done.json["succeeded"] == 0 && done.json["failed"] == 3), "{}", done.json);
        }
        world.unchanged(&before, "a bulk change of others' records");
        assert_eq!(bulk(json!({ "filter": "true", "change": change, "expected_count": 2 })).status / 100, 4);
        world.unchanged(&before, "a bulk change of more records than there are");
        assert_eq!(bulk(json!({ "filter": "true", "change": change })).expect(200)["succeeded"], 1);
        for body in [
            json!({ "filter": "margin == 'CNRYMARGIN'", "change": change }),
            json!({ "filter": "true", "change": { "update": { "margin": "x" } } }),
            json!({ "filter": "true", "change": { "update": { "phone": "13800000000" } } }),
        ] {
            let before = world.digest();
            let done = bulk(body);
            assert!(done.status >= 400 || done.json["succeeded"] == 0, "{}", done.json);
            world.unchanged(&before, "a bulk change of what is hidden");
        }
    });
}

#[test]
fn what_hangs_on_anothers_record_is_refused_at_both_ends() {
    on_both(|world| {
        let (theirs, mine) = (&world.others, &world.own);
        // Linking one's own record to another's.
        for (object, field, id) in [
            ("contact", "account", theirs.id("account")),
            ("note", "account", theirs.id("account")),
            ("note", "contact", theirs.id("contact")),
            ("note", "attachment", theirs.file.as_str()),
            ("account", "parent", theirs.id("account")),
            ("contact", "account", world.outside.id("account")),
            ("note", "attachment", world.outside.file.as_str()),
        ] {
            let reply = world.rep_refused(&[422], &Call::patch(mine.path(object), json!({ field: id })));
            reply.field_problem(422, field, "no_such_record");
        }
        for tag in [theirs.id("tag"), world.outside.id("tag")] {
            world.rep_refused(&[422], &Call::patch(mine.path("account"), json!({ "tags": [tag] })));
        }
        // Giving away what is another's, and making it one's own.
        let batch = json!({ "mode": "row_by_row", "operations": [
            { "op": "update", "id": theirs.id("account"), "values": { "owner": world.rep_id } },
            { "op": "delete", "id": theirs.id("note") },
            { "op": "restore", "id": theirs.deleted },
        ] });
        let before = world.digest();
        let done = world.ask(&world.rep, &Call::post("/records/account/batch", batch));
        assert!(done.status >= 400 || done.json["succeeded"] == 0, "{}", done.json);
        world.unchanged(&before, "a batch over others' records");
        // Actions on records of others, and on their changes, imports, keys and sessions.
        let won = json!({ "stage": "won" });
        for (object, action, input) in [("activity", "complete", json!({})), ("lead", "convert", json!({})), ("opportunity", "change_stage", won)] {
            world.rep_refused(&[404], &Call::post(format!("{}/actions/{action}", theirs.path(object)), input));
        }
        for held in [theirs, &world.outside] {
            only_their_own(world, held);
        }
    });
}

fn only_their_own(world: &World<'_>, held: &Held) {
    let Held { import, change, session, key, .. } = held;
    let plan = json!({ "mapping": [{ "column": 0, "field": "name", "options": {} }], "match": null });
    for call in [
        Call::get(format!("/changes/{change}")),
        Call::post(format!("/changes/{change}/undo"), json!({})),
        Call::get(format!("/changes/{change}/undo")),
        Call::get(format!("/imports/{import}")),
        Call::get(format!("/imports/{import}/rejected")),
        Call::post(format!("/imports/{import}/plan"), plan),
        Call::post(format!("/imports/{import}/run"), json!({})),
        Call::post(format!("/imports/{import}/pause"), json!({})),
        Call::get(format!("/imports/{import}/rows")),
        Call::patch(format!("/imports/{import}/rows/2"), json!({ "cells": { "0": "x" } })),
        Call::delete(format!("/imports/{import}/rows/2")),
        Call::get(format!("/imports/mappings?object=contact&import={import}")),
        Call::post(format!("/imports/{import}/cancel"), json!({})),
        Call::delete(format!("/me/sessions/{session}")),
        Call::delete(format!("/me/api-keys/{key}")),
    ] {
        world.rep_refused(&[404], &call);
    }
}

#[test]
fn an_import_gives_nobody_what_is_not_his_to_give() {
    on_both(|world| {
        let table = format!("姓名,微信,负责人,创建时间,客户\n甲,x1,{},2001-01-01,CNRYRIVAL\n", "rival@test.example");
        let named = world.rep.with_header("content-disposition", "attachment; filename=\"a.csv\"");
        let upload = named.post_bytes("/imports?object=contact", "text/csv", table.as_bytes()).expect(201);
        let path = format!("/imports/{}/plan", text_of(&upload, "id"));
        let map = |column: u32, field: &str, options: Json| json!({ "column": column, "field": field, "options": options });
        let (name, wechat) = (map(0, "name", json!({})), map(1, "wechat", json!({})));
        for field in ["created_at", "created_by", "version", "updated_by", "deleted_at", "margin", "last_activity_at"] {
            let plan = json!({ "mapping": [name, wechat, map(3, field, json!({}))], "match": null });
            world.rep_refused(&[400], &Call::post(&path, plan));
        }
        // Another's account is none; a hidden field of a reference finds nothing, whether it is right or wrong.
        let plan = json!({ "mapping": [name, wechat, map(4, "account", json!({ "by": "name" }))], "match": null });
        // The cell is told back to whose file it is.
        let told = world.rep.post(&path, plan).expect(200);
        assert_eq!((&told["problems"][0]["field"], &told["problems"][0]["code"]), (&json!("account"), &json!("no_such_record")), "{told}");
        for by in ["margin", "phone", "margin_rate"] {
            let plan = json!({ "mapping": [name, wechat, map(4, "account", json!({ "by": by }))], "match": null });
            world.ask(&world.rep, &Call::post(&path, plan)).problem(400, "unknown_field");
        }
    });
}

#[test]
fn hidden_fields_of_members_find_nobody_in_an_import() {
    on_both(|world| {
        let table = "姓名,微信,负责人\n甲,x1,13987654321\n";
        let named = world.rep.with_header("content-disposition", "attachment; filename=\"a.csv\"");
        let upload = named.post_bytes("/imports?object=contact", "text/csv", table.as_bytes()).expect(201);
        let path = format!("/imports/{}/plan", text_of(&upload, "id"));
        let owner = |options: Json| {
            let column = |at: u32, field: &str, options: Json| json!({ "column": at, "field": field, "options": options });
            json!({ "mapping": [column(0, "name", json!({})), column(1, "wechat", json!({})), column(2, "owner", options)], "match": null })
        };
        world.ask(&world.rep, &Call::post(&path, owner(json!({ "by": "phone" })))).problem(400, "unknown_field");
        let told = world.rep.post(&path, owner(json!({}))).expect(200);
        assert_eq!((&told["problems"][0]["field"], &told["problems"][0]["code"]), (&json!("owner"), &json!("no_such_record")), "{told}");
    });
}

#[test]
fn possible_duplicates_are_told_without_whose_or_what() {
    on_both(|world| {
        let code = "91310000MA1K000006";
        world.other_rep.patch(&world.others.path("account"), json!({ "credit_code": code })).expect(200);
        let reply = world.rep_refused(&[409], &Call::post("/records/account", json!({ "name": "Mine", "credit_code": code })));
        reply.field_problem(409, "credit_code", "duplicate");
        assert!(!reply.json.to_string().contains(world.others.id("account")), "{}", reply.json);
        // The same in the other workspace is no duplicate at all.
        world.outsider.patch(&world.outside.path("account"), json!({ "credit_code": "91310000MA1K000019" })).expect(200);
        world.ask(&world.rep, &Call::post("/records/account", json!({ "name": "Mine", "credit_code": "91310000MA1K000019" }))).expect(201);
    });
}

#[test]
fn views_of_others_are_theirs_and_open_no_rows() {
    on_sqlite(|world| {
        let theirs = world.others.path("saved_view");
        for call in [Call::get(&theirs), Call::patch(&theirs, json!({ "shared": true })), Call::delete(&theirs)] {
            world.rep_refused(&[404], &call);
        }
        // Even one that is shared is changed by its owner alone, and shows its reader his own rows.
        world.other_rep.patch(&theirs, json!({ "shared": true, "name": "Shared", "config": { "filter": "true" } })).expect(200);
        world.ask(&world.rep, &Call::get(&theirs)).expect(200);
        world.rep_refused(&[403], &Call::patch(&theirs, json!({ "config": {} })));
        world.rep_refused(&[403], &Call::delete(&theirs));
        let list = world.ask(&world.rep, &Call::get("/records/account?filter=true&count=exact")).expect(200);
        assert_eq!(list["count"]["value"], 1);
        // What decides which rows are his are roles and sharing rules, and those are the administrator's.
        let label = json!({ "zh-CN": "x", "en": "x" });
        let rule = json!({ "name": "mine", "label": label, "object": "account", "when": "true", "with": { "roles": ["rep"] } });
        for change in [json!({ "op": "put_sharing_rule", "rule": rule }), json!({ "op": "remove_role", "name": "rep" })] {
            for path in ["/schema/apply", "/schema/plan", "/rights/simulate"] {
                world.rep_refused(&[403], &Call::post(path, json!({ "changes": [change] })));
            }
        }
    });
}

#[test]
fn partners_and_programs_see_what_the_rep_shares_and_nothing_beside_it() {
    on_both(|world| {
        let share = json!({ "with": { "kind": "member", "id": text_of(&world.partner.get("/me").expect(200)["user"], "id") }, "level": "read" });
        let account = world.own.path("account");
        world.refused(&world.partner, &[404], &Call::get(&account));
        world.admin.post(&format!("{account}/shares"), share).expect(201);
        let seen = world.partner.get(&account).expect(200);
        assert!(seen.get("open_amount").is_none(), "a share opens no field that his role hides");
        world.refused(&world.partner, &[403], &Call::patch(&account, json!({ "level": "a" })));
        world.refused(
            &world.partner,
            &[403],
            &Call::post(format!("{account}/shares"), json!({ "with": { "kind": "department_tree", "id": world.south }, "level": "manage" })),
        );
        world.refused(&world.partner, &[404], &Call::get(world.own.path("contact")));
        world.refused(&world.partner, &[403, 404], &Call::get("/records/account/export?format=json"));
    });
}
