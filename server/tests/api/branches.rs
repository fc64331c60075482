//! A branch administrator manages his branch and nothing beside it.

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::path_of;

struct Scene {
    north: Uuid,
    below: Uuid,
    south: Uuid,
    own: Uuid,
    other: Uuid,
}

fn id(record: &Json) -> Uuid {
    record["id"].as_str().unwrap().parse().unwrap()
}

/// Two branches side by side, one with a department below it and an administrator of its own.
fn scene(server: &TestServer, admin: &Client<'_>) -> Scene {
    let department = |name: &str, parent: Uuid| id(&admin.post("/records/department", json!({ "name": name, "parent": parent })).expect(201));
    let (north, south) = (department("北区", server.department()), department("南区", server.department()));
    let below = department("北一部", north);
    server.add_member("branch", &["member", "branch_administrator"], north);
    Scene { north, below, south, own: server.add_member("own", &["sales"], below), other: server.add_member("other", &["sales"], south) }
}

#[test]
fn a_branch_administrator_manages_the_people_of_his_branch() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let Scene { north, below, south, own, other } = scene(server, &admin);
        let branch = server.sign_in("branch");
        assert_eq!(branch.get("/meta").expect(200)["branch_administrator"], true);
        assert_eq!(server.sign_in("own").get("/meta").expect(200)["branch_administrator"], false);
        // Only roles he may give are offered to him.
        let meta = branch.get("/meta").expect(200);
        let object = |name: &str| meta["objects"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap().clone();
        for (name, field) in [("user", "roles"), ("role_grant", "role")] {
            let found = object(name);
            let field = found["fields"].as_array().unwrap().iter().find(|it| it["name"] == field).unwrap();
            let offered: Vec<&str> =
                field["options"].as_array().unwrap().iter().filter(|it| it["retired"] == false).map(|it| it["value"].as_str().unwrap()).collect();
            assert!(offered.contains(&"sales") && !offered.contains(&"administrator"), "{name}: {offered:?}");
        }
        // Members: made, moved and changed within the branch.
        let new = json!({ "name": "新人", "email": "n@test.example", "roles": ["sales"], "department": below });
        let made = branch.post("/records/user", new.clone()).expect(201);
        branch.patch(&path_of("user", &made), json!({ "department": north, "roles": ["member", "operator"] })).expect(200);
        branch.post(&format!("/users/{}/link", id(&made)), json!({})).expect(200);
        branch.delete(&format!("/users/{}/link", id(&made))).expect(204);
        let elsewhere = json!({ "name": "别处", "email": "e@test.example", "roles": ["sales"], "department": south });
        admin.post("/records/user", elsewhere).expect(201);
        let waiting = branch.get("/users/waiting").expect(200);
        assert_eq!(waiting["items"].as_array().unwrap().iter().map(|it| it["member"].clone()).collect::<Vec<_>>(), [made["id"].clone()]);
        server.sign_in("own").get("/users/waiting").problem(403, "forbidden");
        let refused = |department: Json| {
            let mut values = new.clone();
            values["email"] = json!("m@test.example");
            values["department"] = department;
            branch.post("/records/user", values).field_problem(422, "department", "rule");
        };
        refused(json!(south));
        refused(json!(server.department()));
        refused(json!(null));
        branch.patch(&path_of("user", &made), json!({ "department": south })).field_problem(422, "department", "rule");
        branch.patch(&path_of("user", &made), json!({ "further_departments": [south] })).field_problem(422, "further_departments", "rule");
        branch.patch(&path_of("user", &made), json!({ "roles": ["administrator"] })).field_problem(422, "roles", "rule");
        branch.patch(&path_of("user", &made), json!({ "roles": ["branch_administrator"] })).field_problem(422, "roles", "rule");
        // Others are none of his.
        branch.patch(&format!("/records/user/{other}"), json!({ "name": "x" })).problem(403, "forbidden");
        branch.post(&format!("/users/{other}/link"), json!({})).problem(403, "forbidden");
        branch.delete(&format!("/records/user/{own}")).problem(403, "forbidden");
        // Nor is one of his branch who holds more than he could give.
        let above = server.add_member("above", &["administrator"], below);
        branch.post(&format!("/users/{above}/link"), json!({})).problem(403, "forbidden");
        branch.patch(&format!("/records/user/{above}"), json!({ "email": "mine@test.example" })).field_problem(422, "email", "rule");
        for path in ["/sign-in-policy", "/roles", "/audit", "/schema/objects"] {
            branch.get(path).problem(403, "forbidden");
        }
    });
}

#[test]
fn many_new_members_are_invited_at_once_each_by_the_rights_over_him() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let Scene { below, south, own, .. } = scene(server, &admin);
        let branch = server.sign_in("branch");
        let member = |n: usize, department: Uuid| {
            let values = json!({ "name": format!("新人{n}"), "email": format!("n{n}@test.example"), "roles": ["sales"], "department": department });
            id(&admin.post("/records/user", values).expect(201))
        };
        let (first, second, elsewhere) = (member(1, below), member(2, below), member(3, south));
        let nobody = Uuid::from_u128(7);
        let told = branch.post("/users/links", json!({ "members": [first, second, elsewhere, own, nobody] })).expect(200);
        let items = told["items"].as_array().unwrap();
        let refused: Vec<Json> = items.iter().map(|it| it["refused"].clone()).collect();
        assert_eq!(refused, [json!(null), json!(null), json!("forbidden"), json!("has_password"), json!("not_found")]);
        assert_eq!((&items[0]["name"], &items[0]["email"], &items[2]["path"]), (&json!("新人1"), &json!("n1@test.example"), &json!(null)));
        // The link lets him choose his password.
        let token = items[1]["path"].as_str().unwrap().split('#').nth(1).unwrap().to_owned();
        assert_eq!(server.anonymous().post("/auth/link", json!({ "token": token })).expect(200)["email"], "n2@test.example");
        let waiting = branch.get("/users/waiting").expect(200);
        assert!(waiting["items"].as_array().unwrap().iter().all(|it| it["invited_at"].is_string()), "{waiting}");
        server.sign_in("own").post("/users/links", json!({ "members": [first] })).problem(403, "forbidden");
        for wrong in [json!([]), json!(vec![first; 201])] {
            admin.post("/users/links", json!({ "members": wrong })).problem(400, "bad_request");
        }
        assert_eq!(admin.post("/users/links", json!({ "members": [elsewhere] })).expect(200)["items"][0]["refused"], json!(null));
        // Branch administrators bring in members from a file, and hand over what leavers have as far as they may give it away.
        let meta = branch.get("/meta").expect(200);
        let object = |name: &str| meta["objects"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap().clone();
        assert_eq!(object("user")["access"]["import"], true);
        assert!(object("ownership_transfer")["actions"].as_array().unwrap().iter().any(|it| it["name"] == "start"));
    });
}

#[test]
fn a_branch_administrator_gives_roles_for_a_time_within_his_branch() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let Scene { below, south, own, other, .. } = scene(server, &admin);
        let branch = server.sign_in("branch");
        let grant = branch.post("/records/role_grant", json!({ "member": own, "role": "marketer", "department": below })).expect(201);
        branch.patch(&path_of("role_grant", &grant), json!({ "ends_at": "2026-12-01T00:00:00Z" })).expect(200);
        branch.post("/records/role_grant", json!({ "member": other, "role": "marketer" })).field_problem(422, "member", "rule");
        branch.post("/records/role_grant", json!({ "member": own, "role": "analyst" })).field_problem(422, "role", "rule");
        let wide = json!({ "member": own, "role": "marketer", "department": south });
        branch.post("/records/role_grant", wide).field_problem(422, "department", "rule");
        branch.patch(&path_of("role_grant", &grant), json!({ "member": other })).field_problem(422, "member", "rule");
        let theirs = admin.post("/records/role_grant", json!({ "member": other, "role": "marketer" })).expect(201);
        branch.delete(&path_of("role_grant", &theirs)).problem(404, "not_found");
        branch.delete(&path_of("role_grant", &grant)).expect(204);
        // What he gave he may bring back; what he may not give does not come back by the bin either.
        let back = |grant: &Json| branch.post(&format!("{}/restore", path_of("role_grant", grant)), json!({}));
        back(&grant).expect(200);
        let taken = admin.post("/records/role_grant", json!({ "member": own, "role": "analyst" })).expect(201);
        admin.delete(&path_of("role_grant", &taken)).expect(204);
        back(&taken).problem(403, "forbidden");
        // What is asked for in the branch he may grant; what is asked for elsewhere is not told to him.
        let ask = |login: &str| {
            let wanted = json!({ "kind": "role", "role": "operator", "until": "2026-12-01T00:00:00Z", "reason": "活动" });
            server.sign_in(login).post("/records/rights_request/actions/ask", wanted).expect(200)
        };
        let (mine, foreign) = (ask("own"), ask("other"));
        assert_eq!((&mine["state"], &foreign["state"]), (&json!("waiting_grant"), &json!("waiting_grant")));
        branch.post(&format!("{}/actions/approve", path_of("rights_request", &mine)), json!({})).expect(200);
        let elsewhere = branch.post(&format!("{}/actions/approve", path_of("rights_request", &foreign)), json!({}));
        assert!(elsewhere.status >= 400, "{}", elsewhere.json);
        let held = admin.get(&format!("/rights/holders?member={other}&role=operator&ending=true")).expect(200);
        assert_eq!(held["items"], json!([]));
    });
}

#[test]
fn a_branch_administrator_shapes_his_branch_and_its_teams() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let Scene { north, below, south, own, other } = scene(server, &admin);
        let branch = server.sign_in("branch");
        let made = branch.post("/records/department", json!({ "name": "北二部", "parent": north })).expect(201);
        branch.patch(&path_of("department", &made), json!({ "parent": below })).expect(200);
        branch.post("/records/department", json!({ "name": "x", "parent": south })).field_problem(422, "parent", "rule");
        branch.post("/records/department", json!({ "name": "x" })).field_problem(422, "parent", "rule");
        branch.patch(&path_of("department", &made), json!({ "parent": south })).field_problem(422, "parent", "rule");
        branch.patch(&format!("/records/department/{south}"), json!({ "parent": north })).problem(403, "forbidden");
        // The top of his branch stays where it is.
        branch.patch(&format!("/records/department/{north}"), json!({ "phone": "010-88888888" })).expect(200);
        branch.patch(&format!("/records/department/{north}"), json!({ "parent": null })).field_problem(422, "parent", "rule");
        let team = branch.post("/records/team", json!({ "name": "北区攻坚", "lead": own, "members": [own] })).expect(201);
        branch.patch(&path_of("team", &team), json!({ "members": [own, other] })).field_problem(422, "members", "rule");
        branch.post("/records/team", json!({ "name": "x", "lead": other })).field_problem(422, "lead", "rule");
        branch.post("/records/team", json!({ "name": "x" })).field_problem(422, "lead", "required");
        let foreign = admin.post("/records/team", json!({ "name": "南区", "lead": other })).expect(201);
        branch.patch(&path_of("team", &foreign), json!({ "members": [own] })).problem(403, "forbidden");
        branch.delete(&path_of("team", &team)).expect(204);
    });
}

#[test]
fn the_role_given_for_one_department_holds_there_alone() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let Scene { below, south, own, other, .. } = scene(server, &admin);
        let deputy = server.add_member("deputy", &["member"], server.department());
        let grant = json!({ "member": deputy, "role": "branch_administrator", "department": south, "ends_at": "2026-12-01T00:00:00Z" });
        admin.post("/records/role_grant", grant).expect(201);
        let client = server.sign_in("deputy");
        client.patch(&format!("/records/user/{other}"), json!({ "job_title": "主管" })).expect(200);
        client.patch(&format!("/records/user/{own}"), json!({ "job_title": "主管" })).problem(403, "forbidden");
        client.patch(&format!("/records/department/{south}"), json!({ "phone": "020-88888888" })).expect(200);
        client.patch(&format!("/records/department/{below}"), json!({ "phone": "020-88888888" })).problem(403, "forbidden");
        server.clock.advance(20 * 86_400);
        server.sign_in("deputy").patch(&format!("/records/user/{other}"), json!({ "job_title": "x" })).problem(403, "forbidden");
    });
}
