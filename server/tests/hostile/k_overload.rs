//! K: requests that cost more than they should.

use axum::http::Method;
use serde_json::json;

use super::sweep::operations;
use super::world::{Call, encode, on_sqlite};

#[test]
fn every_operation_survives_a_body_that_is_none() {
    on_sqlite(|world| {
        let deep = format!("{}1{}", "{\"a\":".repeat(20_000), "}".repeat(20_000));
        let keys = format!("{{{}}}", (0..40_000).map(|it| format!("\"k{it}\":{it}")).collect::<Vec<_>>().join(","));
        let number = format!("{{\"name\":{}}}", "9".repeat(400_000));
        let bodies = [
            deep.as_str(),
            keys.as_str(),
            number.as_str(),
            "[[[[",
            "{\"name\":\"a\",\"name\":\"b\"}",
            "null",
            "[]",
            "\"\"",
            "1e999",
            "{\"name\":\"\\ud800\"}",
            "{\"a\":NaN}",
        ];
        let before = world.digest();
        for operation in operations(world).iter().filter(|it| it.takes_json && !it.public) {
            let path = format!("/api/v1{}", operation.addresses(&world.own, &["account"]).remove(0));
            for body in bodies {
                let reply = world.rep.send(operation.method.clone(), &path, Some(("application/json", body.as_bytes().to_vec())));
                assert!((400..500).contains(&reply.status), "{} {body:.30}: {} {}", operation.id, reply.status, reply.json);
                world.clean("", &reply, &operation.id);
            }
        }
        world.unchanged(&before, "bodies that are none");
    });
}

#[test]
fn what_is_asked_for_at_once_is_bounded() {
    on_sqlite(|world| {
        let many = |count: usize| -> Vec<serde_json::Value> {
            (0..count).map(|it| json!({ "op": "create", "values": { "name": format!("n{it}") } })).collect()
        };
        world.rep_refused(&[400, 413, 422], &Call::post("/records/account/batch", json!({ "mode": "all_or_nothing", "operations": many(10_001) })));
        let paths = vec!["owner.department.parent.parent"; 300].join(",");
        let distinct: Vec<String> = (0..2_000).map(|it| format!("f{it}")).collect();
        for query in [
            "limit=501".to_owned(),
            "limit=99999999999".to_owned(),
            format!("fields={paths}"),
            format!("fields={}", distinct.join(",")),
            format!("sort={}", vec!["name"; 50].join(",")),
            format!("q={}", encode(&"星".repeat(5_000))),
        ] {
            let reply = world.ask(&world.rep, &Call::get(format!("/records/account?{query}")));
            assert!([200, 400, 413, 414].contains(&reply.status), "{query:.40}: {}", reply.status);
        }
        let measures = vec!["count"; 21].join(",");
        let keys = ["level"; 9].join(",");
        for query in [format!("measures={measures}"), format!("group_by={keys}&measures=count"), "measures=count&limit=1001".into()] {
            assert_eq!(world.ask(&world.rep, &Call::get(format!("/records/account/aggregate?{query}"))).status, 400, "{query:.40}");
        }
        assert_eq!(world.ask(&world.rep, &Call::get(format!("/search?q={}", encode(&"x".repeat(201))))).status, 400);
        assert_eq!(world.ask(&world.rep, &Call::get("/search?q=x&limit=51")).status, 400);
        assert_eq!(world.ask(&world.rep, &Call::get("/events?limit=501")).status, 400);
        assert_eq!(world.ask(&world.rep, &Call::patch("/me", json!({ "preferences": { "x": "y".repeat(70_000) } }))).status, 422);
        let view = json!({ "name": "big", "object_name": "account", "config": { "x": "y".repeat(70_000) } });
        assert_eq!(world.ask(&world.rep, &Call::post("/records/saved_view", view)).status, 422);
    });
}

#[test]
fn who_is_not_signed_in_costs_little() {
    on_sqlite(|world| {
        let anonymous = world.server.anonymous();
        let before = world.digest();
        for _ in 0..50 {
            assert_eq!(anonymous.send(Method::GET, "/healthz", None).status, 200);
            assert_eq!(anonymous.send(Method::GET, "/readyz", None).status, 200);
            assert_eq!(anonymous.send(Method::GET, "/metrics", None).status, 401);
            assert_eq!(anonymous.get("/setup").status, 200);
        }
        // A body is read no further than the one who sent it is worth.
        let huge = vec![b'x'; 3_000_000];
        for path in ["/records/account", "/auth/login", "/files", "/imports?object=contact", "/records/account/batch"] {
            let reply = anonymous.post_bytes(path, "application/json", &huge);
            assert!([400, 401, 413, 415].contains(&reply.status), "{path}: {}", reply.status);
        }
        world.unchanged(&before, "what nobody sent");
    });
}
