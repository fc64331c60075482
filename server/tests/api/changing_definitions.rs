//! Definitions that somebody changes while a request is under way, between any two of its calls of the database; and
//! definitions that another process on the same database changed.

use std::sync::Arc;

use guanxi_kernel::definition::{self, SchemaChange};
use guanxi_kernel::workspace::Workspace;
use guanxi_testkit::{Client, Reply, TestServer, on_both_stores};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::{encode, make_account, path_of};

/// Most calls of the database that one of the reading requests makes; the definitions change before each.
const READS: u32 = 4;
/// Most that one of the writing requests makes.
const CALLS: u32 = 6;

fn changes(json: Json) -> Vec<SchemaChange> {
    serde_json::from_value(json).unwrap()
}

fn region() -> Json {
    json!([{ "op": "add_field", "object": "account", "field": {
        "name": "region", "type": "text", "label": { "zh-CN": "大区", "en": "Region" }, "indexed": true, "searchable": true } }])
}

fn change(workspace: &Arc<Workspace>, json: Json) {
    definition::apply(&workspace.system_context(Uuid::nil(), "somebody else"), &changes(json), true).unwrap();
}

/// Sends a request once for each moment at which the field may go away; the field is there again before each.
fn at_every_moment(server: &TestServer, calls: u32, what: &str, mut request: impl FnMut(u32) -> Reply, check: impl Fn(u32, &Reply)) {
    let mut met = 0;
    for moment in 1..=calls {
        change(&server.workspace, region());
        let workspace = server.workspace.clone();
        server.meddler.before(moment, move || change(&workspace, json!([{ "op": "remove_field", "object": "account", "name": "region" }])));
        let reply = request(moment);
        let done = server.meddler.disarm();
        met += u32::from(done);
        assert!(reply.status < 500, "{what}, {moment}: {}", String::from_utf8_lossy(&reply.bytes));
        check(moment, &reply);
        if !done {
            change(&server.workspace, json!([{ "op": "remove_field", "object": "account", "name": "region" }]));
        }
    }
    assert!(met > 0, "{what}: nobody came between");
}

/// Fine, or refused because the field it names is gone.
fn fine_or_unknown(reply: &Reply) {
    if reply.status >= 300 {
        reply.problem(400, "unknown_field");
    }
}

#[test]
fn reading_goes_on_with_the_definitions_as_they_are() {
    on_both_stores(|server| {
        let sales = server.caller("sales");
        let account = make_account(&sales, "星河");
        server.settle();
        let path = path_of("account", &account);
        for plain in [
            "/records/account".to_owned(),
            "/records/account?count=exact&q=星河".replace("星河", &encode("星河")),
            path.clone(),
            format!("{path}/history"),
            format!("{path}/timeline"),
            "/records/account/aggregate?group_by=industry".to_owned(),
            format!("/search?q={}", encode("星河")),
            "/events?after=0".to_owned(),
            "/meta".to_owned(),
        ] {
            at_every_moment(server, READS, &plain, |_| sales.get(&plain), |_, reply| drop(reply.expect(200)));
        }
        for naming in [
            "/records/account?fields=name,region".to_owned(),
            format!("/records/account?filter={}", encode("region == 'east'")),
            "/records/account?sort=region".to_owned(),
            "/records/account/aggregate?group_by=region".to_owned(),
        ] {
            at_every_moment(
                server,
                READS,
                &naming,
                |_| sales.get(&naming),
                |_, reply| {
                    if reply.status != 200 {
                        drop(reply.expect(400))
                    }
                },
            );
        }
    });
}

fn count(client: &Client<'_>, object: &str) -> u64 {
    client.get(&format!("/records/{object}?count=exact&limit=1")).expect(200)["count"]["value"].as_u64().unwrap()
}

#[test]
fn creating_happens_once_or_not_at_all() {
    on_both_stores(|server| {
        let sales = server.caller("sales");
        let keyed = |moment: u32, what: &str| sales.with_header("idempotency-key", &format!("{what}{moment}"));
        let written = std::cell::Cell::new(0_u64);
        let made = |reply: &Reply| written.set(written.get() + u64::from(reply.status < 300));
        at_every_moment(
            server,
            CALLS,
            "create",
            |it| sales.post("/records/account", named(it, "甲")),
            |_, reply| {
                reply.expect(201);
                made(reply);
            },
        );
        assert_eq!((count(&sales, "account"), written.get()), (u64::from(CALLS), u64::from(CALLS)), "each once");
        at_every_moment(
            server,
            CALLS,
            "create under a key",
            |it| keyed(it, "a").post("/records/account", named(it, "乙")),
            |_, reply| {
                reply.expect(201);
                made(reply);
            },
        );
        assert_eq!(count(&sales, "account"), written.get());
        let with_region = |it: u32| {
            let mut values = named(it, "丙");
            values["region"] = json!("east");
            values
        };
        at_every_moment(
            server,
            CALLS,
            "create naming it",
            |it| sales.post("/records/account", with_region(it)),
            |_, reply| {
                fine_or_unknown(reply);
                made(reply);
            },
        );
        assert_eq!(count(&sales, "account"), written.get(), "what was refused was not written");
    });
}

/// Values of an account.
fn named(moment: u32, what: &str) -> Json {
    json!({ "name": format!("{what}{moment}"), "kind": "company" })
}

#[test]
fn changing_batches_and_deleting_happen_once_or_not_at_all() {
    on_both_stores(|server| {
        let sales = server.caller("sales");
        let account = make_account(&sales, "星河");
        let path = path_of("account", &account);
        at_every_moment(
            server,
            CALLS,
            "change",
            |it| sales.patch(&path, json!({ "name": format!("星河{it}") })),
            |it, reply| {
                reply.expect(200);
                assert_eq!(sales.get(&path).expect(200)["name"], format!("星河{it}"));
            },
        );
        at_every_moment(
            server,
            CALLS,
            "change of it",
            |it| sales.patch(&path, json!({ "region": format!("r{it}") })),
            |_, reply| fine_or_unknown(reply),
        );
        let rows = |mode: &str, it: u32| {
            let operations: Vec<Json> = (0..3).map(|row| json!({ "op": "create", "values": named(it, &format!("{mode}{row}-")) })).collect();
            json!({ "mode": mode, "operations": operations })
        };
        for mode in ["all_or_nothing", "row_by_row"] {
            let before = count(&sales, "account");
            at_every_moment(
                server,
                CALLS,
                mode,
                |it| sales.post("/records/account/batch", rows(mode, it)),
                |_, reply| {
                    assert_eq!(reply.expect(200)["succeeded"], 3, "{}", reply.json);
                },
            );
            assert_eq!(count(&sales, "account"), before + 3 * u64::from(CALLS));
        }
        at_every_moment(
            server,
            CALLS,
            "delete and restore",
            |_| sales.delete(&path),
            |_, reply| {
                reply.expect(204);
                sales.post(&format!("{path}/restore"), json!({})).expect(200);
            },
        );
        let manager = server.caller("sales_manager");
        let bulk = |it: u32| json!({ "ids": [account["id"]], "change": { "update": { "name": format!("群改{it}") } } });
        at_every_moment(
            server,
            CALLS,
            "bulk",
            |it| manager.post("/records/account/bulk", bulk(it)),
            |_, reply| {
                assert_eq!(reply.expect(200)["succeeded"], 1, "{}", reply.json);
            },
        );
    });
}

#[test]
fn an_object_that_goes_away_is_not_found() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let gadget = json!([{ "op": "add_object", "object": { "name": "gadget", "label": { "zh-CN": "器件", "en": "Gadget" }, "title_field": "name",
            "field": [{ "name": "name", "type": "text", "label": { "zh-CN": "名称", "en": "Name" } }] } }]);
        for moment in 1..=CALLS {
            for request in 0..3 {
                change(&server.workspace, gadget.clone());
                let workspace = server.workspace.clone();
                server.meddler.before(moment, move || change(&workspace, json!([{ "op": "remove_object", "object": "gadget" }])));
                let reply = match request {
                    0 => admin.get("/records/gadget"),
                    1 => admin.post("/records/gadget", json!({ "name": "x" })),
                    _ => admin.get("/records/gadget/aggregate?measures=count"),
                };
                assert!(reply.status < 300 || reply.status == 404, "{request}, {moment}: {} {}", reply.status, reply.json);
                if !server.meddler.disarm() {
                    change(&server.workspace, json!([{ "op": "remove_object", "object": "gadget" }]));
                }
            }
        }
    });
}

#[test]
fn a_table_that_is_not_as_defined_is_a_fault_not_a_change() {
    let server = TestServer::sqlite();
    let sales = server.caller("sales");
    sales.post("/records/account", json!({ "name": "星河" })).expect(201);
    rusqlite::Connection::open(server.data_folder().join("guanxi.db"))
        .unwrap()
        .execute_batch("ALTER TABLE o_account DROP COLUMN description")
        .unwrap();
    sales.get("/records/account?fields=description").problem(500, "internal");
}
