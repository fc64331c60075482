//! D: becoming more than one is, by one's own profile, by members, by roles.

use guanxi_testkit::PASSWORD;
use serde_json::{Value as Json, json};

use super::world::{Call, World, change_rep, on_both, on_sqlite, text_of};

fn roles_of(world: &World<'_>) -> Json {
    world.admin.get(&format!("/records/user/{}", world.rep_id)).expect(200)["roles"].clone()
}

#[test]
fn a_profile_takes_nothing_that_gives_rights() {
    on_both(|world| {
        for change in [
            json!({ "role": "admin", "is_admin": 1 }),
            json!({ "roles": ["administrator"] }),
            json!({ "department": world.south }),
            json!({ "manager": world.rep_id }),
            json!({ "deputy": world.others.member }),
            json!({ "email": "chief@test.example" }),
            json!({ "active": true }),
            json!({ "workspace": { "id": world.elsewhere } }),
            json!({ "mfa": false }),
            json!({ "name": "x", "roles": [] }),
        ] {
            world.rep_refused(&[400], &Call::patch("/me", change));
        }
        assert_eq!(roles_of(world), json!(["rep"]));
    });
}

#[test]
fn members_grants_departments_and_teams_are_not_his_to_change() {
    on_both(|world| {
        let (me, rival) = (format!("/records/user/{}", world.rep_id), format!("/records/user/{}", world.others.member));
        let north = format!("/records/department/{}", world.north);
        let calls = [
            Call::patch(&me, json!({ "roles": ["administrator"] })),
            Call::patch(&me, json!({ "department": world.south })),
            Call::patch(&me, json!({ "further_departments": [world.south] })),
            Call::patch(&rival, json!({ "manager": world.rep_id })),
            Call::patch(&rival, json!({ "deputy": world.rep_id, "absent_from": "2026-01-01T00:00:00Z", "absent_until": "2027-01-01T00:00:00Z" })),
            Call::patch(&rival, json!({ "email": "mine@test.example" })),
            Call::delete(&rival),
            Call::post("/records/user", json!({ "name": "x", "email": "x@test.example", "roles": ["administrator"] })),
            Call::post("/records/role_grant", json!({ "member": world.rep_id, "role": "administrator" })),
            Call::post("/records/department", json!({ "name": "Mine", "parent": world.south, "head": world.rep_id })),
            Call::patch(&north, json!({ "parent": world.south })),
            Call::patch(&north, json!({ "head": world.rep_id })),
            Call::post("/records/team", json!({ "name": "Mine", "members": [world.rep_id] })),
            Call::post(format!("/users/{}/link", world.others.member), json!({})),
            Call::post(format!("/users/{}/view", world.others.member), json!({})),
            Call::get(format!("/users/{}/factors", world.others.member)),
            Call::delete(format!("/users/{}/factors", world.others.member)),
            Call::get(format!("/users/{}/sessions", world.others.member)),
            Call::delete(format!("/users/{}/sessions", world.others.member)),
            Call::patch("/sign-in-policy", json!({ "password_length": 8 })),
            Call::patch("/workspace", json!({ "name": "Mine" })),
        ];
        world.all_refused(&[&world.rep, &world.manager, &world.partner], &[403, 404], &calls);
        world.rep_refused(&[404], &Call::get(world.others.path("account")));
    });
}

#[test]
fn what_the_engine_keeps_is_set_by_nobody() {
    on_both(|world| {
        let path = world.own.path("account");
        let id = "01890000-0000-7000-8000-00000000beef";
        for (field, value) in [
            ("id", json!(id)),
            ("version", json!(99)),
            ("created_at", json!("2001-01-01T00:00:00Z")),
            ("created_by", json!(world.others.member)),
            ("updated_at", json!("2001-01-01T00:00:00Z")),
            ("updated_by", json!(world.others.member)),
            ("deleted_at", json!("2001-01-01T00:00:00Z")),
            ("number", json!("C0")),
            ("won_amount", json!("1")),
            ("owner_id", json!(world.others.member)),
            ("workspace", json!(world.elsewhere)),
        ] {
            let calls =
                [Call::patch(&path, json!({ field: value, "level": "a" })), Call::post("/records/account", json!({ "name": "New", field: value }))];
            world.all_refused(&[&world.rep, &world.admin], &[400, 403], &calls);
        }
        // A file is what was uploaded: neither its size, nor its type, nor where it hangs.
        let file = format!("/records/file/{}", world.own.file);
        for change in [json!({ "size": 1 }), json!({ "content_type": "text/html" }), json!({ "sha256": "0".repeat(64) }), json!({ "record_id": id })]
        {
            world.rep_refused(&[400, 403], &Call::patch(&file, change));
        }
        world.rep_refused(&[400, 403, 422], &Call::post("/records/file", json!({ "name": "x", "size": 1, "content_type": "text/html" })));
    });
}

#[test]
fn giving_a_record_away_or_taking_one_needs_the_right_to() {
    on_both(|world| {
        change_rep(&world.admin, |role| role["objects"]["account"]["assign"] = json!(false));
        let path = world.own.path("account");
        for change in [json!({ "owner": world.others.member }), json!({ "department": world.south }), json!({ "owner": null })] {
            world.rep_refused(&[403, 422], &Call::patch(&path, change));
        }
        for values in [json!({ "name": "New", "owner": world.others.member }), json!({ "name": "New", "department": world.south })] {
            world.rep_refused(&[403, 422], &Call::post("/records/account", values));
        }
        let foreign = json!({ "owner": world.outside.member });
        world.refused(&world.admin, &[422], &Call::patch(&path, foreign));
    });
}

#[test]
fn an_absent_colleague_stands_in_for_nobody_by_himself() {
    on_sqlite(|world| {
        // The administrator makes the rep a deputy: from then on, and until then, no more and no less.
        let rival = format!("/records/user/{}", world.others.member);
        world.rep_refused(&[404], &Call::get(world.others.path("account")));
        let away = json!({ "deputy": world.rep_id, "absent_from": "2026-11-16T00:00:00Z", "absent_until": "2026-11-17T00:00:00Z" });
        world.admin.patch(&rival, away).expect(200);
        world.rep.get(&world.others.path("account")).expect(200);
        world.server.clock.advance(24 * 3600);
        world.rep_refused(&[404], &Call::get(world.others.path("account")));
        world.admin.post("/auth/prove", json!({ "password": PASSWORD })).expect(204);
    });
}

#[test]
fn circles_and_depths_of_the_organisation_are_refused_or_bounded() {
    on_sqlite(|world| {
        let mut parent = world.north;
        for depth in 0..40 {
            let values = json!({ "name": format!("D{depth}"), "parent": parent });
            let made = world.admin.post("/records/department", values);
            if made.status != 201 {
                assert_eq!(made.status, 422, "{}", made.json);
                break;
            }
            parent = text_of(&made.json, "id").parse().unwrap();
        }
        let north = format!("/records/department/{}", world.north);
        world.refused(&world.admin, &[409, 422], &Call::patch(&north, json!({ "parent": parent })));
        world.refused(&world.admin, &[409, 422], &Call::patch(&north, json!({ "parent": world.north })));
        let me = format!("/records/user/{}", world.rep_id);
        let reply = world.ask(&world.admin, &Call::patch(&me, json!({ "manager": world.rep_id })));
        assert!([200, 409, 422].contains(&reply.status), "{}", reply.json);
        world.admin.patch(&format!("/records/user/{}", world.others.member), json!({ "manager": world.rep_id }));
        world.admin.patch(&me, json!({ "manager": world.others.member }));
        // Whatever stands there now, rights are worked out in the end.
        world.ask(&world.rep, &Call::get("/records/account?limit=500"));
    });
}

#[test]
fn who_looks_with_anothers_rights_changes_nothing_and_goes_no_further() {
    on_sqlite(|world| {
        world.admin.post(&format!("/users/{}/view", world.rep_id), json!({})).expect(204);
        world.refused(&world.admin, &[403], &Call::post("/records/account", json!({ "name": "x" })));
        world.refused(&world.admin, &[403], &Call::post("/me/password", json!({ "current": PASSWORD, "new": "An-other-horse-10" })));
        world.refused(&world.admin, &[403], &Call::post("/me/api-keys", json!({ "name": "x" })));
        world.refused(&world.admin, &[403], &Call::post(format!("/users/{}/view", world.others.member), json!({})));
        world.refused(&world.admin, &[403, 404], &Call::get(world.others.path("account")));
        world.refused(&world.admin, &[403], &Call::get("/me/api-keys"));
        world.admin.delete("/me/view").expect(204);
        world.refused(&world.manager, &[403], &Call::post(format!("/users/{}/view", world.rep_id), json!({})));
        assert_eq!(world.server.audit(&["view_as", "end_view_as"]).len(), 2);
    });
}

#[test]
fn a_request_for_rights_is_decided_by_others_and_tells_nothing_of_what_it_asks_for() {
    on_both(|world| {
        let until = "2026-12-01T00:00:00Z";
        let ask = |body: Json| world.ask(&world.rep, &Call::post("/records/rights_request/actions/ask", body));
        let made = ask(json!({ "kind": "role", "role": "administrator", "until": until, "reason": "because" })).expect(200);
        let path = format!("/records/rights_request/{}", text_of(&made, "id"));
        let approve = format!("{path}/actions/approve");
        let calls = [
            Call::post(&approve, json!({})),
            Call::post(&approve, json!({ "role": "administrator", "until": "2027-01-01T00:00:00Z" })),
            Call::patch(&path, json!({ "state": "approved" })),
            Call::patch(&path, json!({ "approver": world.rep_id })),
            Call::patch(&path, json!({ "member": world.others.member })),
            Call::delete(&path),
            Call::post(
                "/records/rights_request",
                json!({ "kind": "role", "role": "administrator", "until": until, "reason": "x", "state": "approved" }),
            ),
        ];
        world.all_refused(&[&world.rep], &[400, 403, 404, 409], &calls);
        world.all_refused(&[&world.other_rep, &world.partner], &[403, 404], &calls[..2]);
        assert_eq!(roles_of(world), json!(["rep"]));
        // Asked for a record, the answer is the same whether there is one or not.
        let record = |id: &str| {
            let reply = ask(json!({ "kind": "record", "target_object": "account", "target_record": id, "until": until, "reason": "because" }));
            let mut answer = reply.json.clone();
            for key in ["id", "number", "request_id"] {
                answer[key] = Json::Null;
            }
            (reply.status, answer)
        };
        let nobody = record("01890000-0000-7000-8000-000000000000");
        assert_eq!(record(world.others.id("account")), nobody);
        assert_eq!(record(world.outside.id("account")), nobody);
        world.ask(&world.rep, &Call::get("/records/rights_request?limit=500")).expect(200);
        world.ask(&world.rep, &Call::get("/me/rights")).expect(200);
    });
}
