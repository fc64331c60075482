//! What a pool covers is told in no way whatever until the record is somebody's.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{AggregateRequest, ListRequest, aggregate, list};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{events, history, provenance, search};
use guanxi_testkit::TestEngine;
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    what_is_covered_is_told_in_no_way,
    who_looks_after_the_pool_sees_all_and_so_does_who_claimed_it,
    a_record_of_his_own_is_not_covered,
    a_related_record_is_covered_too,
);

const MOBILE: &str = "13988887777";
const EMAIL: &str = "canary@hengtai.example";

struct Scene {
    manager: Context,
    rep: Context,
    lead: Uuid,
    own: Uuid,
}

fn scene(engine: &TestEngine) -> Scene {
    let system = engine.system();
    let department = engine.department("销售一部", None);
    let manager = engine.member("zhou", &["sales_manager"], department);
    let rep = engine.member("lin", &["sales"], department);
    let pool = engine.create(
        &system,
        "pool",
        json!({ "name": "公海", "object": "lead", "members": [rep.actor], "administrators": [manager.actor], "hidden_fields": ["email", "need"], "masked_fields": ["mobile"] }),
    );
    let lead = json!({ "name": "王海", "company": "恒泰机床", "mobile": MOBILE, "email": EMAIL, "need": "要两台五轴加工中心", "owner": null, "department": null, "pool": pool });
    let lead = engine.create(&system, "lead", lead);
    engine.update(&system, "lead", lead, json!({ "need": "要三台五轴加工中心" }));
    let own = engine.create(
        &rep,
        "lead",
        json!({ "name": "自己的", "company": "恒力", "mobile": "13911112222", "email": "own@hengli.example", "need": "要一台五轴加工中心" }),
    );
    search::index_all(&system).unwrap();
    Scene { manager: engine.again(&manager), rep: engine.again(&rep), lead, own }
}

fn ids(engine: &TestEngine, who: &Context, filter: &str) -> Vec<Uuid> {
    engine.list(who, "lead", filter).iter().map(|it| it["id"].as_str().unwrap().parse().unwrap()).collect()
}

fn found(engine: &TestEngine, who: &Context, words: &str) -> Vec<Uuid> {
    let (hits, _) = engine.workspace.store.read_with(|tx| search::search(who, tx, words, None, 20)).unwrap();
    hits.iter().filter(|it| it.object == "lead").map(|it| it.id).collect()
}

fn what_is_covered_is_told_in_no_way(engine: &TestEngine) {
    let Scene { rep, lead, own, .. } = scene(engine);
    let seen = engine.get(&rep, "lead", lead);
    assert_eq!(
        (&seen["mobile"], &seen["email"], &seen["need"], &seen["company"]),
        (&json!("139****7777"), &Json::Null, &Json::Null, &json!("恒泰机床"))
    );
    // Filters, also such as a covered value would match only by not being something.
    for filter in [
        format!("mobile == '+86{MOBILE}'"),
        "mobile != null".to_owned(),
        "mobile != 'x'".to_owned(),
        "!(mobile == 'x')".to_owned(),
        "email.contains('hengtai')".to_owned(),
        "email == null".to_owned(),
        "size(need) > 3".to_owned(),
        "name == '王海' && (need == null || need != null)".to_owned(),
    ] {
        assert!(!ids(engine, &rep, &filter).contains(&lead), "{filter}");
    }
    assert!(ids(engine, &rep, "mobile != null").contains(&own));
    // Sorts, with their cursors, and groups.
    let object = engine.object("lead");
    let store = &engine.workspace.store;
    for sort in ["mobile", "-email"] {
        let request = ListRequest { sort: Some(sort.into()), limit: 50, ..ListRequest::default() };
        match store.read_with(|tx| list(&rep, tx, &object, &request)) {
            Ok(page) => assert!(!page.items.contains(&lead.to_string()), "{sort}"),
            Err(error) => assert!(format!("{error:?}").contains("bad_request"), "{sort}: {error:?}"),
        }
    }
    for (group_by, measures) in
        [(vec!["email".to_owned()], vec!["count".to_owned()]), (vec![], vec!["max(email)".to_owned(), "count(mobile)".to_owned()])]
    {
        let request = AggregateRequest { group_by, measures, ..AggregateRequest::default() };
        if let Ok(answer) = store.read_with(|tx| aggregate(&rep, tx, &object, &request)) {
            let told = serde_json::to_string(&answer).unwrap();
            assert!(!told.contains("hengtai") && !told.contains("\"count(mobile)\":2"), "{told}");
        }
    }
    // Words, in search and in lists.
    for words in [MOBILE, "8888", "canary", "三台五轴加工中心", "\"三台\""] {
        assert!(!found(engine, &rep, words).contains(&lead), "{words}");
    }
    assert!(found(engine, &rep, "恒泰机床").contains(&lead), "what is not covered is found");
    assert!(found(engine, &rep, "13911112222").contains(&own));
    // What happened to it.
    let history = store.read_with(|tx| history::history(&rep, tx, "lead", lead, None, 50)).unwrap();
    let feed = store.read_with(|tx| events::feed(&rep, tx, 0, 500, None)).unwrap().events;
    let told: Vec<String> = history.iter().chain(feed.iter().filter(|it| it.record == Some(lead))).map(|it| json!(it.changes).to_string()).collect();
    assert!(!told.is_empty());
    for changes in &told {
        assert!(!changes.contains("139") && !changes.contains("hengtai") && !changes.contains("五轴"), "{changes}");
    }
    let sources = store.read_with(|tx| provenance::provenance(&rep, tx, &object, lead)).unwrap();
    assert!(sources.iter().all(|it| !["mobile", "email", "need"].contains(&it.field.as_str())));
}

fn who_looks_after_the_pool_sees_all_and_so_does_who_claimed_it(engine: &TestEngine) {
    let Scene { manager, rep, lead, .. } = scene(engine);
    let whole = |who: &Context| {
        let seen = engine.get(who, "lead", lead);
        assert_eq!((&seen["mobile"], &seen["email"]), (&json!(format!("+86{MOBILE}")), &json!(EMAIL)));
        assert_eq!(ids(engine, who, "email.contains('hengtai')"), [lead]);
        assert!(found(engine, who, "canary").contains(&lead));
    };
    whole(&manager);
    whole(&engine.system());
    engine.act(&rep, "lead", lead, "claim", json!({})).unwrap();
    whole(&rep);
    let told = engine.workspace.store.read_with(|tx| history::history(&rep, tx, "lead", lead, None, 50)).unwrap();
    assert!(told.iter().any(|it| json!(it.changes).to_string().contains("三台")));
}

fn a_record_of_his_own_is_not_covered(engine: &TestEngine) {
    let Scene { rep, own, .. } = scene(engine);
    let seen = engine.get(&rep, "lead", own);
    assert_eq!((&seen["mobile"], &seen["email"]), (&json!("+8613911112222"), &json!("own@hengli.example")));
    engine.update(&rep, "lead", own, json!({ "email": "new@hengli.example" }));
    let told = engine.workspace.store.read_with(|tx| history::history(&rep, tx, "lead", own, None, 50)).unwrap();
    assert!(told.iter().any(|it| it.changes.contains_key("email")));
}

fn a_related_record_is_covered_too(engine: &TestEngine) {
    let Scene { rep, lead, own, .. } = scene(engine);
    let call = |lead: Uuid| engine.create(&rep, "activity", json!({ "subject": "回访", "kind": "call", "lead": lead }));
    let (of_pool, of_own) = (call(lead), call(own));
    let object = engine.object("activity");
    let request = ListRequest { fields: Some(vec!["lead.mobile".into(), "lead.email".into()]), limit: 50, ..ListRequest::default() };
    let page = engine.workspace.store.read_with(|tx| list(&rep, tx, &object, &request)).unwrap();
    assert!(page.items.contains("139****7777") && page.items.contains("+8613911112222"), "{}", page.items);
    assert!(!page.items.contains("88887777") && !page.items.contains("hengtai"), "{}", page.items);
    let named: Vec<String> = engine.list(&rep, "activity", "lead.mobile != null").iter().map(|it| it["id"].as_str().unwrap().to_owned()).collect();
    assert_eq!(named, [of_own.to_string()], "not {of_pool}");
}
