//! M: two at once.

use std::sync::Arc;

use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::write::run_unit;
use guanxi_testkit::Client;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::world::{Call, World, on_both};

/// A field of a record, set by somebody else.
fn set(workspace: &Arc<Workspace>, object: &'static str, id: Uuid, field: &str, value: Json) -> guanxi_kernel::Result<()> {
    let context = workspace.system_context(Uuid::nil(), "somebody else");
    let values: Map<String, Json> = Map::from_iter([(field.to_owned(), value)]);
    run_unit(&context, context.new_id(), "test", Box::new(move |unit| unit.update_as_system(object, id, &values).map(drop)))
}

/// Another member's roles, set by somebody else.
fn set_roles(workspace: &Arc<Workspace>, member: Uuid, roles: Json) {
    set(workspace, "user", member, "roles", roles).unwrap();
}

#[test]
fn a_role_taken_between_two_calls_of_a_request_is_gone_for_the_next() {
    on_both(|world| {
        let path = world.own.path("account");
        let version = || world.admin.get(&path).expect(200)["version"].as_i64().unwrap();
        let mut met = 0;
        for moment in 1..=6 {
            set_roles(&world.server.workspace, world.rep_id, json!(["rep"]));
            let rep = world.server.sign_in("rep");
            let (workspace, member, before) = (world.server.workspace.clone(), world.rep_id, version());
            world.server.meddler.before(moment, move || set_roles(&workspace, member, json!(["customer"])));
            let reply = rep.patch(&path, json!({ "employees": moment }));
            let came_between = world.server.meddler.disarm();
            assert!([200, 403, 404].contains(&reply.status), "{moment}: {} {}", reply.status, reply.json);
            assert_eq!(version() - before, i64::from(reply.status == 200), "{moment}: refused and written, or the other way round");
            if came_between {
                met += 1;
                world.refused(&rep, &[404], &Call::patch(&path, json!({ "employees": 0 })));
                world.refused(&rep, &[404], &Call::get("/records/account"));
            }
        }
        assert!(met > 1, "nobody came between");
    });
}

#[test]
fn two_changes_of_one_role_do_not_lose_each_other_unnoticed() {
    on_both(|world| {
        let roles = world.admin.get("/roles").expect(200);
        let rep = roles["items"].as_array().unwrap().iter().map(|it| &it["definition"]).find(|it| it["name"] == "rep").unwrap().clone();
        let put = |role: &Json| json!({ "changes": [{ "op": "put_role", "role": role }] });
        let (mut closed, mut narrower) = (rep.clone(), rep.clone());
        closed["objects"]["account"]["read"] = json!("none");
        narrower["objects"]["lead"]["export"] = json!(false);
        let changes = [put(&closed), put(&narrower)];
        for _ in 0..5 {
            let clients = [world.admin.clone(), world.admin.clone()];
            let statuses = at_once(&clients, |number, client| client.post("/schema/apply", changes[number].clone()).status);
            assert!(statuses.iter().all(|it| [200, 409].contains(it)) && statuses.contains(&200), "{statuses:?}");
            // What the rep may is what is written down, whichever came last.
            let written = world.admin.get("/roles").expect(200);
            let now = written["items"].as_array().unwrap().iter().map(|it| &it["definition"]).find(|it| it["name"] == "rep").unwrap().clone();
            let is_closed = now["objects"]["account"]["read"] == json!("none");
            let is_narrower = now["objects"]["lead"]["export"] != json!(true);
            assert_ne!(is_closed, is_narrower, "one of them whole, not some of each: {now}");
            assert_eq!(world.ask(&world.rep, &Call::get("/records/account")).status == 200, !is_closed, "{statuses:?}");
            world.admin.post("/schema/apply", put(&rep)).expect(200);
        }
    });
}

/// Each of these at the same moment.
fn at_once<'a>(clients: &[Client<'a>], ask: impl Fn(usize, &Client<'a>) -> u16 + Sync) -> Vec<u16> {
    let barrier = std::sync::Barrier::new(clients.len());
    std::thread::scope(|scope| {
        let threads: Vec<_> = clients
            .iter()
            .enumerate()
            .map(|(number, client)| {
                let (barrier, ask) = (&barrier, &ask);
                scope.spawn(move || {
                    barrier.wait();
                    ask(number, client)
                })
            })
            .collect();
        threads.into_iter().map(|it| it.join().unwrap()).collect()
    })
}

#[test]
fn of_many_at_once_with_the_same_version_one_wins() {
    on_both(|world| {
        let path = world.own.path("account");
        let version = world.rep.get(&path).expect(200)["version"].clone();
        let clients: Vec<Client<'_>> = (0..12).map(|_| world.rep.with_header("if-match", &format!("\"{version}\""))).collect();
        let statuses = at_once(&clients, |number, client| client.patch(&path, json!({ "employees": number + 1 })).status);
        assert_eq!(statuses.iter().filter(|it| **it == 200).count(), 1, "{statuses:?}");
        assert!(statuses.iter().all(|it| [200, 409].contains(it)), "{statuses:?}");
        let history = world.rep.get(&format!("{path}/history")).expect(200);
        let written = history["items"].as_array().unwrap().iter().filter(|it| it["changes"].to_string().contains("employees")).count();
        assert_eq!(written, 1, "one line for the one who won");
    });
}

#[test]
fn what_may_be_done_once_is_done_once() {
    on_both(|world| {
        // A lead is converted once, whoever asks however often.
        let convert = format!("{}/actions/convert", world.own.path("lead"));
        let clients = vec![world.rep.clone(); 6];
        let before = world.admin.get("/records/account?count=exact&limit=1").expect(200)["count"]["value"].as_i64().unwrap();
        let statuses = at_once(&clients, |_, client| client.post(&convert, json!({})).status);
        let done = statuses.iter().filter(|it| **it == 200).count();
        let after = world.admin.get("/records/account?count=exact&limit=1").expect(200)["count"]["value"].as_i64().unwrap();
        assert_eq!((done, after - before), (1, 1), "{statuses:?}");
        // A key of idempotency counts for one of many.
        let keyed = vec![world.rep.with_header("idempotency-key", "race"); 8];
        let statuses = at_once(&keyed, |_, client| client.post("/records/account", json!({ "name": "Raced" })).status);
        assert!(statuses.iter().all(|it| [201, 409, 429, 503].contains(it)), "{statuses:?}");
        let filter = super::world::encode("name == 'Raced'");
        let made = world.rep.get(&format!("/records/account?filter={filter}&count=exact")).expect(200)["count"]["value"].clone();
        assert_eq!(made, 1, "{statuses:?}");
        unique_once(world);
    });
}

/// A unique value goes to one of many.
fn unique_once(world: &World<'_>) {
    let clients = vec![world.rep.clone(); 8];
    let body = json!({ "name": "Unique", "credit_code": "91310000MA1K000006" });
    let statuses = at_once(&clients, |_, client| client.post("/records/account", body.clone()).status);
    assert_eq!(statuses.iter().filter(|it| **it == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|it| [201, 409].contains(it)), "{statuses:?}");
}

#[test]
fn two_administrators_who_demote_each_other_leave_one() {
    on_both(|world| {
        let chief: Uuid = world.admin.get("/me").expect(200)["user"]["id"].as_str().unwrap().parse().unwrap();
        let other = world.server.add_member("second", &["administrator"], world.server.department());
        let both = || [chief, other].into_iter().for_each(|it| set_roles(&world.server.workspace, it, json!(["administrator"])));
        let demote = |client: &Client<'_>, whom: Uuid| client.patch(&format!("/records/user/{whom}"), json!({ "roles": ["member"] }));
        let left = || ["chief", "second"].into_iter().filter(|it| world.server.sign_in(it).get("/roles").status == 200).count();
        let mut met = 0;
        for moment in 1..=5 {
            both();
            let (admin, workspace) = (world.server.sign_in("chief"), world.server.workspace.clone());
            world.server.meddler.before(moment, move || set(&workspace, "user", chief, "roles", json!(["member"])).unwrap_or_default());
            let reply = demote(&admin, other);
            met += u32::from(world.server.meddler.disarm());
            assert!(left() >= 1, "{moment}: nobody administers any more: {} {}", reply.status, reply.json);
        }
        assert!(met > 1, "nobody came between");
        for _ in 0..5 {
            both();
            let clients = [world.server.sign_in("chief"), world.server.sign_in("second")];
            let statuses = at_once(&clients, |number, client| demote(client, [other, chief][number]).status);
            assert!(left() >= 1, "nobody administers any more: {statuses:?}");
        }
        // Nor does one change of all of them.
        both();
        let admin = world.server.sign_in("chief");
        let change = json!({ "update": { "roles": ["member"] } });
        admin.post("/records/user/bulk", json!({ "ids": [chief, other], "change": change }));
        assert!(left() >= 1, "nobody administers any more");
        both();
        let update = |id: Uuid| json!({ "op": "update", "id": id, "values": { "active": false } });
        let batch = json!({ "mode": "all_or_nothing", "operations": [update(chief), update(other)] });
        world.server.sign_in("chief").post("/records/user/batch", batch).field_problem(422, "active", "rule");
        both();
    });
}

#[test]
fn two_departments_put_below_each_other_at_once_make_no_circle() {
    on_both(|world| {
        let (north, south, top) = (world.north, world.south, world.server.department());
        let mut met = 0;
        for moment in 1..=5 {
            for department in [north, south] {
                set(&world.server.workspace, "department", department, "parent", json!(top)).unwrap();
            }
            let workspace = world.server.workspace.clone();
            world.server.meddler.before(moment, move || set(&workspace, "department", south, "parent", json!(north)).unwrap_or_default());
            let reply = world.admin.patch(&format!("/records/department/{north}"), json!({ "parent": south }));
            met += u32::from(world.server.meddler.disarm());
            let parent = |id: Uuid| world.admin.get(&format!("/records/department/{id}")).expect(200)["parent"]["id"].clone();
            let circle = parent(north) == json!(south) && parent(south) == json!(north);
            assert!(!circle, "{moment}: {} {}", reply.status, reply.json);
            world.rep.get("/records/account").expect(200);
        }
        assert!(met > 1, "nobody came between");
    });
}

#[test]
fn two_companies_and_two_people_put_below_each_other_at_once_make_no_circle() {
    on_both(|world| {
        let (admin, workspace) = (&world.admin, &world.server.workspace);
        let make = |object: &str, name: &str| -> Uuid {
            let values = if object == "contact" { json!({ "name": name, "mobile": "13812345678" }) } else { json!({ "name": name }) };
            let made = admin.post(&format!("/records/{object}"), values).expect(201);
            made["id"].as_str().unwrap().parse().unwrap()
        };
        for (object, field) in [("account", "parent"), ("contact", "reports_to")] {
            let (one, two) = (make(object, "甲"), make(object, "乙"));
            let mut met = 0;
            for moment in 1..=5 {
                for id in [one, two] {
                    set(workspace, object, id, field, json!(null)).unwrap();
                }
                let inner = workspace.clone();
                world.server.meddler.before(moment, move || set(&inner, object, two, field, json!(one)).unwrap_or_default());
                let reply = admin.patch(&format!("/records/{object}/{one}"), json!({ field: two }));
                met += u32::from(world.server.meddler.disarm());
                let above = |id: Uuid| admin.get(&format!("/records/{object}/{id}")).expect(200)[field]["id"].clone();
                assert!(!(above(one) == json!(two) && above(two) == json!(one)), "{object} {moment}: {} {}", reply.status, reply.json);
            }
            assert!(met > 1, "nobody came between");
        }
    });
}
