//! What a pool covers is told in no way whatever until the record is somebody's.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{AggregateRequest, ListRequest, aggregate, list};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::merge::{MergeRequest, preview_merge};
use guanxi_kernel::{KernelError, events, history, openings, provenance, search};
use guanxi_testkit::{TestEngine, error_code};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    what_is_covered_is_told_in_no_way,
    who_looks_after_the_pool_sees_all_and_so_does_who_claimed_it,
    a_record_of_his_own_is_not_covered,
    a_related_record_is_covered_too,
    until_it_is_opened_a_record_tells_a_few_fields_and_nothing_else,
    a_day_opens_so_many_different_records_exactly,
    a_member_or_a_role_opens_more_or_any_number,
    what_belongs_to_a_record_is_there_once_it_is_opened,
    a_merge_does_not_count_what_names_a_record_under_a_cover,
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

/// A pool that lets a member open so many leads in a day, with leads in it.
fn counted(engine: &TestEngine, daily_views: u64, leads: usize) -> (Context, Context, Vec<Uuid>) {
    let system = engine.system();
    let department = engine.department("销售一部", None);
    let manager = engine.member("zhou", &["sales_manager"], department);
    let rep = engine.member("lin", &["sales"], department);
    let pool = json!({ "name": "公海", "object": "lead", "members": [rep.actor], "administrators": [manager.actor], "daily_views": daily_views, "hidden_fields": ["email"] });
    let pool = engine.create(&system, "pool", pool);
    let lead = |at: usize| {
        let lead = json!({
            "name": format!("王海{at}"), "company": "恒泰机床", "source": "website", "mobile": MOBILE, "email": EMAIL, "need": "要两台五轴加工中心",
            "disqualify_note": "听说要搬家", "next_follow_up": "2026-12-24", "owner": null, "department": null, "pool": pool,
        });
        engine.create(&system, "lead", lead)
    };
    let leads = (0..leads).map(lead).collect();
    search::index_all(&system).unwrap();
    (engine.again(&manager), engine.again(&rep), leads)
}

/// As whoever asks for the record itself gets it.
fn opened(engine: &TestEngine, who: &Context, lead: Uuid) -> Result<Json, KernelError> {
    let object = engine.object("lead");
    let context = openings::open(who, &object, lead)?;
    let found = engine.workspace.store.read_with(|tx| guanxi_kernel::read::get_json(&context, tx, &object, lead))?;
    found.ok_or(KernelError::NotFound)
}

fn left(engine: &TestEngine, who: &Context) -> Vec<(u64, u64)> {
    let found = engine.workspace.store.read_with(|tx| openings::allowances(who, tx)).unwrap();
    found.into_iter().map(|it| (it.limit, it.used)).collect()
}

fn until_it_is_opened_a_record_tells_a_few_fields_and_nothing_else(engine: &TestEngine) {
    let (manager, rep, leads) = counted(engine, 5, 2);
    let lead = leads[0];
    let store = &engine.workspace.store;
    let closed = |told: &str| {
        for secret in ["88887777", "hengtai", "五轴", "搬家", "2026-12-24"] {
            assert!(!told.contains(secret), "{secret}: {told}");
        }
    };
    let seen = engine.get(&rep, "lead", lead);
    assert_eq!(
        (&seen["company"], &seen["source"], &seen["mobile"], &seen["next_follow_up"]),
        (&json!("恒泰机床"), &json!("website"), &Json::Null, &Json::Null)
    );
    assert_eq!((&seen["_covered"]["mobile"], &seen["_covered"]["email"]), (&json!("unopened"), &json!("hidden")));
    closed(&seen.to_string());
    closed(&json!(engine.list(&rep, "lead", "company != null")).to_string());
    for filter in [
        "mobile != null",
        "next_follow_up > date('2026-01-01')",
        "disqualify_note.contains('搬')",
        "need != 'x'",
        "created_by != null && budget == null",
    ] {
        assert!(ids(engine, &rep, filter).is_empty(), "{filter}");
    }
    assert_eq!(ids(engine, &rep, "source == 'website'").len(), 2);
    for words in ["8888", "五轴", "canary"] {
        assert!(found(engine, &rep, words).is_empty(), "{words}");
    }
    assert_eq!(found(engine, &rep, "恒泰").len(), 2);
    let object = engine.object("lead");
    let events = store.read_with(|tx| events::feed(&rep, tx, 0, 500, None)).unwrap().events;
    let events: Vec<Json> = events.iter().filter(|it| leads.contains(&it.record.unwrap_or_default())).map(|it| json!(it.changes)).collect();
    assert!(!events.is_empty());
    closed(&json!(events).to_string());
    let told = store.read_with(|tx| history::history(&rep, tx, "lead", lead, None, 50)).unwrap();
    closed(&json!(told.iter().map(|it| &it.changes).collect::<Vec<_>>()).to_string());
    let request = AggregateRequest { group_by: vec!["next_follow_up".into()], measures: vec!["count".into()], ..AggregateRequest::default() };
    if let Ok(answer) = store.read_with(|tx| aggregate(&rep, tx, &object, &request)) {
        closed(&serde_json::to_string(&answer).unwrap());
    }
    // Whoever looks after the pool sees it whole, and spends nothing.
    assert_eq!(opened(engine, &manager, lead).unwrap()["need"], "要两台五轴加工中心");
    assert!(left(engine, &manager).is_empty());
    // Opened it is whole, but for what the pool hides of all; the others and the lists stay as they were.
    let whole = opened(engine, &rep, lead).unwrap();
    assert_eq!((&whole["mobile"], &whole["email"], &whole["next_follow_up"]), (&json!(format!("+86{MOBILE}")), &Json::Null, &json!("2026-12-24")));
    assert_eq!(whole["_covered"], json!({ "email": "hidden" }));
    closed(&json!(engine.list(&rep, "lead", "company != null")).to_string());
    assert_eq!(left(engine, &rep), [(5, 1)]);
    // What is his own he need not open.
    engine.act(&rep, "lead", leads[1], "claim", json!({})).unwrap();
    assert_eq!(engine.get(&rep, "lead", leads[1])["need"], "要两台五轴加工中心");
    assert_eq!(opened(engine, &rep, leads[1]).unwrap()["_covered"], Json::Null);
    assert_eq!(left(engine, &rep), [(5, 1)]);
}

fn a_day_opens_so_many_different_records_exactly(engine: &TestEngine) {
    let (_, rep, leads) = counted(engine, 7, 20);
    let answers: Vec<(Uuid, Result<Json, KernelError>)> = std::thread::scope(|scope| {
        let rep = &rep;
        // Each twice: what is open already is not counted again.
        let all: Vec<_> = leads.iter().chain(&leads).map(|lead| scope.spawn(move || (*lead, opened(engine, rep, *lead)))).collect();
        all.into_iter().map(|it| it.join().unwrap()).collect()
    });
    let mut open: Vec<Uuid> = answers.iter().filter(|it| it.1.is_ok()).map(|it| it.0).collect();
    open.sort_unstable();
    open.dedup();
    assert_eq!((open.len(), left(engine, &rep)), (7, vec![(7, 7)]));
    let refused = answers.iter().find_map(|it| it.1.as_ref().err()).unwrap();
    assert_eq!(error_code(refused), "view_limit_reached");
    let KernelError::Conflict { message, .. } = refused else { panic!("{refused:?}") };
    assert!(message.zh_cn.contains("“公海”中的 7 条") && message.zh_cn.contains("2026-11-17 00:00"), "{}", message.zh_cn);
    assert!(opened(engine, &rep, open[0]).is_ok(), "what was opened today opens again");
    // Another day begins at midnight, where the company is.
    engine.clock.advance(14 * 3600);
    let tomorrow = engine.again(&rep);
    assert_eq!(left(engine, &tomorrow), [(7, 0)]);
    let closed = leads.iter().find(|it| !open.contains(it)).unwrap();
    assert!(opened(engine, &tomorrow, *closed).is_ok());
    assert_eq!(left(engine, &tomorrow), [(7, 1)]);
    assert_eq!((openings::forget_old(&engine.system()).unwrap(), left(engine, &tomorrow)), (0, vec![(7, 1)]));
}

fn a_member_or_a_role_opens_more_or_any_number(engine: &TestEngine) {
    let (manager, rep, leads) = counted(engine, 2, 8);
    let pool = engine.list(&engine.system(), "pool", "")[0]["id"].clone();
    let limit = |more: Json| {
        let mut values = json!({ "name": "另定", "pool": pool });
        values.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        engine.create(&engine.again(&manager), "pool_limit", values)
    };
    let role = limit(json!({ "role": "sales", "daily_views": 3 }));
    assert_eq!(left(engine, &engine.again(&rep)), [(3, 0)]);
    // A member's own comes first.
    let own = limit(json!({ "member": rep.actor, "daily_views": 4 }));
    let now = engine.again(&rep);
    assert_eq!(leads.iter().filter(|it| opened(engine, &now, **it).is_ok()).count(), 4);
    assert_eq!(left(engine, &now), [(4, 4)]);
    // What a limit does not speak of is as the pool says.
    engine.update(&engine.system(), "pool_limit", own, json!({ "daily_views": null, "daily_claims": 5 }));
    assert_eq!(left(engine, &engine.again(&rep)), [(2, 4)]);
    let closed = leads.iter().find(|it| opened(engine, &engine.again(&rep), **it).is_err()).unwrap();
    assert_eq!(engine.get(&engine.again(&rep), "lead", *closed)["mobile"], Json::Null);
    // Who is exempt has none: he sees what is not covered anyhow, opened or not.
    engine.update(&engine.system(), "pool_limit", own, json!({ "exempt": true }));
    let free = engine.again(&rep);
    let seen = engine.get(&free, "lead", *closed);
    assert_eq!((left(engine, &free).len(), &seen["mobile"], &seen["email"]), (0, &json!(format!("+86{MOBILE}")), &Json::Null));
    engine.try_delete(&engine.system(), "pool_limit", own).unwrap();
    assert_eq!(left(engine, &engine.again(&rep)), [(3, 4)]);
    engine.try_delete(&engine.system(), "pool_limit", role).unwrap();
    assert_eq!(left(engine, &engine.again(&rep)), [(2, 4)]);
}

fn what_belongs_to_a_record_is_there_once_it_is_opened(engine: &TestEngine) {
    let (manager, rep, leads) = counted(engine, 1, 2);
    for lead in &leads {
        engine.create(&manager, "comment", json!({ "target": { "object": "lead", "id": lead }, "body": "对方电话是 88887777" }));
    }
    assert!(engine.list(&rep, "comment", "body != null").is_empty());
    opened(engine, &rep, leads[0]).unwrap();
    let seen = engine.list(&rep, "comment", "body != null");
    assert_eq!(seen.iter().map(|it| &it["target"]["id"]).collect::<Vec<_>>(), [&json!(leads[0])]);
    assert!(opened(engine, &rep, leads[1]).is_err());
    assert_eq!(engine.list(&rep, "comment", "body != null").len(), 1);
}

fn a_merge_does_not_count_what_names_a_record_under_a_cover(engine: &TestEngine) {
    let (_, rep, leads) = counted(engine, 5, 2);
    let account = |name: &str| engine.create(&rep, "account", json!({ "name": name }));
    let (survivor, other) = (account("恒泰"), account("恒泰机床"));
    for lead in &leads {
        engine.update(&engine.system(), "lead", *lead, json!({ "recommended_by": other }));
    }
    let own = engine.create(&rep, "lead", json!({ "name": "自己的", "mobile": MOBILE, "recommended_by": other }));
    let request = MergeRequest { survivor, others: vec![other], take: std::collections::BTreeMap::new() };
    let moves = preview_merge(&engine.again(&rep), &engine.object("account"), &request).unwrap().moves;
    let of_leads: Vec<u64> = moves.iter().filter(|it| it.object == "lead").map(|it| it.count).collect();
    assert_eq!(of_leads, [1], "only {own}, not those he did not open");
}
