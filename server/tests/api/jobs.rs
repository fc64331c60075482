//! The job queue as administrators see it.

use guanxi_kernel::jobs;
use guanxi_kernel::store::StoreExt as _;
use guanxi_testkit::{TestServer, on_both_stores};
use serde_json::{Value as Json, json};
use uuid::Uuid;

fn give_up(server: &TestServer, kinds: &[&'static str]) {
    let context = server.workspace.system_context(Uuid::nil(), "test");
    for &kind in kinds {
        let (inner, at) = (context.clone(), context.now);
        server.workspace.store.write_with(move |tx| jobs::enqueue(&inner, tx, kind, json!({}), None, at)).unwrap();
    }
    for _ in 0..20 {
        server.settle();
        server.clock.advance(24 * 3600);
    }
}

#[test]
fn given_up_jobs_are_leafed_through_by_kind_and_tried_again_together() {
    on_both_stores(|server| {
        give_up(server, &["test.one", "test.other", "test.one", "test.one"]);
        let boss = server.administrator();
        let ids = |answer: &Json| answer["items"].as_array().unwrap().iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect::<Vec<_>>();
        let all = boss.get("/jobs?state=dead").expect(200);
        assert_eq!((ids(&all).len(), &all["next_cursor"]), (4, &Json::Null), "{all}");
        let first = boss.get("/jobs?state=dead&kind=test.one&limit=2").expect(200);
        let next = first["next_cursor"].as_str().unwrap();
        let second = boss.get(&format!("/jobs?state=dead&kind=test.one&limit=2&cursor={next}")).expect(200);
        assert_eq!((ids(&first).len(), ids(&second).len(), &second["next_cursor"]), (2, 1, &Json::Null));
        assert!(!ids(&first).contains(&ids(&second)[0]));
        boss.get("/jobs?cursor=x").problem(400, "bad_request");
        let manager = server.caller("sales_manager");
        manager.post("/jobs/retry", json!({})).problem(403, "forbidden");
        assert_eq!(boss.post("/jobs/retry", json!({ "kind": "test.one" })).expect(200), json!({ "retried": 3 }));
        assert_eq!(ids(&boss.get("/jobs?state=dead").expect(200)).len(), 1);
        assert_eq!(boss.post("/jobs/retry", json!({})).expect(200), json!({ "retried": 1 }));
        assert_eq!(boss.post("/jobs/retry", json!({})).expect(200), json!({ "retried": 0 }));
        boss.post("/jobs/retry", json!({ "kidn": "x" })).problem(400, "bad_request");
    });
}
