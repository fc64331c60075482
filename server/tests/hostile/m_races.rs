//! M: two at once.

use std::sync::Arc;

use guanxi_kernel::definition::{self, SchemaChange};
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::write::run_unit;
use guanxi_testkit::Client;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::world::{Call, World, on_both};

/// Another member's roles, set by somebody else.
fn set_roles(workspace: &Arc<Workspace>, member: Uuid, roles: Json) {
    let context = workspace.system_context(Uuid::nil(), "somebody else");
    let values: Map<String, Json> = [("roles".to_owned(), roles)].into();
    run_unit(&context, context.new_id(), "test", Box::new(move |unit| unit.update_as_system("user", member, &values).map(drop))).unwrap();
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
        for moment in 1..=5 {
            let mut closed = rep.clone();
            closed["objects"]["account"]["read"] = json!("none");
            let changes: Vec<SchemaChange> = serde_json::from_value(json!([{ "op": "put_role", "role": closed }])).unwrap();
            let workspace = world.server.workspace.clone();
            let close = move || definition::apply(&workspace.system_context(Uuid::nil(), "somebody else"), &changes, true).map(drop).unwrap();
            world.server.meddler.before(moment, close);
            let mut wider = rep.clone();
            wider["objects"]["lead"]["export"] = json!(false);
            let reply = world.admin.post("/schema/apply", json!({ "changes": [{ "op": "put_role", "role": wider }] }));
            let came_between = world.server.meddler.disarm();
            assert!([200, 409].contains(&reply.status), "{moment}: {}", reply.json);
            // What the rep may is what is written down, whichever came last.
            let written = world.admin.get("/roles").expect(200);
            let now = written["items"].as_array().unwrap().iter().map(|it| &it["definition"]).find(|it| it["name"] == "rep").unwrap().clone();
            let open = now["objects"]["account"]["read"] != json!("none");
            assert_eq!(world.ask(&world.rep, &Call::get("/records/account")).status == 200, open, "{moment} {came_between}");
            world.admin.post("/schema/apply", json!({ "changes": [{ "op": "put_role", "role": rep }] })).expect(200);
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
        assert!(statuses.iter().all(|it| [201, 429, 503].contains(it)), "{statuses:?}");
        let filter = super::world::encode("name == 'Raced'");
        let made = world.rep.get(&format!("/records/account?filter={filter}&count=exact")).expect(200)["count"]["value"].clone();
        assert_eq!(made, 1, "{statuses:?}");
        unique_once(world);
    });
}

/// A unique value goes to one of many.
fn unique_once(world: &World<'_>) {
    let clients = vec![world.rep.clone(); 8];
    let body = json!({ "name": "Unique", "credit_code": "91310000MA1K000009" });
    let statuses = at_once(&clients, |_, client| client.post("/records/account", body.clone()).status);
    assert_eq!(statuses.iter().filter(|it| **it == 201).count(), 1, "{statuses:?}");
    assert!(statuses.iter().all(|it| [201, 409].contains(it)), "{statuses:?}");
}

#[test]
fn two_administrators_who_demote_each_other_leave_one() {
    on_both(|world| {
        let chief: Uuid = world.admin.get("/me").expect(200)["user"]["id"].as_str().unwrap().parse().unwrap();
        let other = world.server.add_member("second", &["administrator"], world.server.department());
        for _ in 0..5 {
            let clients = [world.server.sign_in("chief"), world.server.sign_in("second")];
            let targets = [other, chief];
            let demote = |number: usize, client: &Client<'_>| {
                client.patch(&format!("/records/user/{}", targets[number]), json!({ "roles": ["member"] })).status
            };
            let statuses = at_once(&clients, demote);
            let left = clients.iter().filter(|it| it.get("/roles").status == 200).count();
            assert!(left >= 1, "nobody administers any more: {statuses:?}");
            for member in targets {
                set_roles(&world.server.workspace, member, json!(["administrator"]));
            }
        }
    });
}
