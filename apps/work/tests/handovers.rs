//! Hand-overs between departments: offered, seen meanwhile, accepted, measured.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_kernel::readers;
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_record_goes_to_another_department_when_it_is_accepted,
    anybody_of_the_department_accepts_where_nobody_is_named,
    what_is_declined_or_withdrawn_stays_where_it_is,
    only_what_one_may_give_away_is_offered_and_once,
    it_moves_by_the_rights_its_giver_has_by_then,
    who_is_named_instead_is_told_of_it,
    what_is_past_its_time_is_told_once_to_both_sides_and_the_head,
    two_offers_of_one_record_do_not_stand_beside_each_other_by_the_bin,
    who_received_a_record_hands_it_on_and_nobody_else,
    what_came_by_another_way_since_is_not_handed_on,
    records_are_offered_from_where_they_stand,
    who_has_it_is_reminded_and_an_offer_that_waits_is_told_again,
    both_heads_are_told_where_a_rule_says_so,
    the_time_until_the_answer_is_kept,
);

const DUE: &str = "2026-11-20T10:00:00Z";

struct Company {
    lin: Context,
    he: Context,
    other: Context,
    service: Uuid,
    account: Uuid,
}

fn company(engine: &TestEngine) -> Company {
    let lin = engine.member("lin", &["sales"], engine.department("销售一部", None));
    let service = engine.department("华东售后", None);
    // Members of a department see no more than their own: what they see of others' is what was lent.
    let (he, other) = (engine.member("he", &["member"], service), engine.member("other", &["member"], service));
    let account = engine.create(&lin, "account", json!({ "name": "博远食品有限公司" }));
    Company { lin, he, other, service, account }
}

fn values(it: &Company, more: Json) -> Json {
    let mut values = json!({
        "record": { "object": "account", "id": it.account }, "known": "已签约，首付款到账", "promised": "两周内装机",
        "open_points": "安排工程师", "due_at": DUE,
    });
    values.as_object_mut().unwrap().extend(more.as_object().unwrap().clone());
    values
}

fn told(engine: &TestEngine, member: &Context) -> Vec<String> {
    readers::read_all(&engine.system()).unwrap();
    let mut all = engine.list(&engine.again(member), "notification", "kind != 'shared' && kind != 'assigned'");
    all.sort_by_key(|it| it["id"].to_string());
    all.iter().map(|it| format!("{}: {}", it["kind"].as_str().unwrap(), it["target"]["label"].as_str().unwrap_or("-"))).collect()
}

fn a_record_goes_to_another_department_when_it_is_accepted(engine: &TestEngine) {
    let it = company(engine);
    let task = engine.create(&it.lin, "activity", json!({ "subject": "约装机时间", "account": it.account }));
    let offer = engine.create(&it.lin, "handover", values(&it, json!({ "to_member": it.he.actor })));
    let seen = engine.get(&it.he, "handover", offer);
    assert_eq!((&seen["state"], &seen["subject"]), (&json!("offered"), &json!("博远食品有限公司")));
    assert_eq!((&seen["from_member"]["id"], &seen["to_department"]["id"]), (&json!(it.lin.actor), &json!(it.service)));
    // What is offered is seen, and not changed.
    let he = engine.again(&it.he);
    assert_eq!(engine.get(&he, "account", it.account)["name"], "博远食品有限公司");
    assert_eq!(error_code(&engine.try_update(&he, "account", it.account, json!({ "name": "改" })).unwrap_err()), "forbidden");
    assert_eq!(told(engine, &it.he), ["handover: 博远食品有限公司"]);
    let act = |by: &Context, action: &str, input: Json| engine.act(&engine.again(by), "handover", offer, action, input);
    assert_eq!(error_code(&act(&it.lin, "accept", json!({})).unwrap_err()), "state_conflict");
    assert_eq!(error_code(&act(&it.other, "accept", json!({})).unwrap_err()), "state_conflict");
    engine.clock.advance(2 * 3_600);
    act(&it.he, "accept", json!({ "note": "周五上门" })).unwrap();
    let account = engine.get(&engine.again(&it.he), "account", it.account);
    assert_eq!((&account["owner"]["id"], &account["department"]["id"]), (&json!(it.he.actor), &json!(it.service)));
    let seen = engine.get(&it.he, "handover", offer);
    assert_eq!((&seen["state"], &seen["answer_time"], &seen["answer_note"]), (&json!("accepted"), &json!(7_200), &json!("周五上门")));
    // The open tasks went along and hang on the hand-over.
    let moved = engine.get(&engine.again(&it.he), "activity", task);
    assert_eq!((&moved["owner"]["id"], &moved["handover"]["id"]), (&json!(it.he.actor), &json!(offer)));
    assert_eq!(error_code(&act(&it.lin, "finish", json!({})).unwrap_err()), "state_conflict");
    engine.clock.advance(24 * 3_600);
    act(&it.he, "finish", json!({ "result": "已装机" })).unwrap();
    let seen = engine.get(&it.lin, "handover", offer);
    assert_eq!((&seen["state"], &seen["total_time"], &seen["result"]), (&json!("done"), &json!(93_600), &json!("已装机")));
    assert_eq!(told(engine, &it.lin), ["accepted: 博远食品有限公司", "finished: 博远食品有限公司"]);
}

fn anybody_of_the_department_accepts_where_nobody_is_named(engine: &TestEngine) {
    let it = company(engine);
    let offer = engine.create(&it.lin, "handover", values(&it, json!({ "to_department": it.service })));
    let stranger = engine.member("stranger", &["member"], engine.department("市场部", None));
    assert_eq!(told(engine, &it.other), ["handover: 博远食品有限公司"]);
    assert_eq!(told(engine, &stranger), Vec::<String>::new());
    assert!(engine.get(&stranger, "handover", offer).is_null());
    assert!(engine.get(&engine.again(&stranger), "account", it.account).is_null());
    assert!(!engine.get(&engine.again(&it.other), "account", it.account).is_null());
    assert_eq!(error_code(&engine.act(&stranger, "handover", offer, "accept", json!({})).unwrap_err()), "not_found");
    engine.act(&engine.again(&it.other), "handover", offer, "accept", json!({})).unwrap();
    assert_eq!(engine.get(&engine.again(&it.other), "account", it.account)["owner"]["id"], json!(it.other.actor));
    assert_eq!(error_code(&engine.act(&engine.again(&it.he), "handover", offer, "accept", json!({})).unwrap_err()), "state_conflict");
}

fn what_is_declined_or_withdrawn_stays_where_it_is(engine: &TestEngine) {
    let it = company(engine);
    let offer = engine.create(&it.lin, "handover", values(&it, json!({ "to_member": it.he.actor })));
    let act = |offer: Uuid, by: &Context, action: &str, input: Json| engine.act(&engine.again(by), "handover", offer, action, input);
    assert_eq!(problem_fields(&act(offer, &it.he, "decline", json!({})).unwrap_err()), ["reason: required"]);
    assert_eq!(error_code(&act(offer, &it.he, "withdraw", json!({})).unwrap_err()), "state_conflict");
    act(offer, &it.he, "decline", json!({ "reason": "不归我们管" })).unwrap();
    assert!(engine.get(&engine.again(&it.he), "account", it.account).is_null());
    assert_eq!(engine.get(&it.lin, "account", it.account)["owner"]["id"], json!(it.lin.actor));
    assert_eq!(engine.get(&it.lin, "handover", offer)["answer_note"], "不归我们管");
    let again = engine.create(&it.lin, "handover", values(&it, json!({ "to_member": it.other.actor })));
    engine.update(&it.lin, "handover", again, json!({ "promised": "三周内装机", "to_member": it.he.actor }));
    assert!(engine.get(&engine.again(&it.other), "account", it.account).is_null());
    assert!(!engine.get(&engine.again(&it.he), "account", it.account).is_null());
    act(again, &it.lin, "withdraw", json!({})).unwrap();
    assert!(engine.get(&engine.again(&it.he), "account", it.account).is_null());
    assert_eq!(error_code(&engine.try_update(&it.lin, "handover", again, json!({ "promised": "改" })).unwrap_err()), "forbidden");
    assert_eq!(told(engine, &it.lin), ["declined: 博远食品有限公司"]);
}

fn only_what_one_may_give_away_is_offered_and_once(engine: &TestEngine) {
    let it = company(engine);
    let refused = |by: &Context, values: Json| engine.try_create(by, "handover", values).unwrap_err();
    let own = |more: Json| values(&it, more);
    assert_eq!(problem_fields(&refused(&it.lin, own(json!({ "to_member": it.lin.actor })))), ["to_member: rule"]);
    assert_eq!(problem_fields(&refused(&it.lin, own(json!({ "to_member": Uuid::from_u128(7) }))))[0], "to_member: no_such_record");
    let product = engine.create(&engine.system(), "department", json!({ "name": "产品" }));
    let about = json!({ "record": { "object": "department", "id": product }, "to_member": it.he.actor });
    assert_eq!(problem_fields(&refused(&it.lin, own(about))), ["record: rule"]);
    // A colleague who sees it and may not give it away does not offer it; one who does not see it is not told of it.
    let colleague = engine.member("zhou", &["sales"], it.lin.access.member.department.unwrap());
    assert_eq!(error_code(&refused(&colleague, own(json!({ "to_member": it.he.actor })))), "forbidden");
    assert_eq!(problem_fields(&refused(&it.other, own(json!({ "to_member": it.he.actor })))), ["record: no_such_record"]);
    engine.create(&it.lin, "handover", own(json!({ "to_member": it.he.actor })));
    assert_eq!(error_code(&refused(&it.lin, own(json!({ "to_member": it.other.actor })))), "state_conflict");
}

fn it_moves_by_the_rights_its_giver_has_by_then(engine: &TestEngine) {
    let it = company(engine);
    let offer = engine.create(&it.lin, "handover", values(&it, json!({ "to_member": it.he.actor })));
    let accept = || engine.act(&engine.again(&it.he), "handover", offer, "accept", json!({}));
    // Meanwhile it was given to somebody else.
    let colleague = engine.member("zhou", &["sales"], it.lin.access.member.department.unwrap());
    engine.update(&engine.system(), "account", it.account, json!({ "owner": colleague.actor }));
    assert_eq!(error_code(&accept().unwrap_err()), "state_conflict");
    assert_eq!(engine.get(&colleague, "account", it.account)["owner"]["id"], json!(colleague.actor));
    assert_eq!(engine.get(&it.lin, "handover", offer)["state"], "offered");
    engine.update(&engine.system(), "account", it.account, json!({ "owner": it.lin.actor }));
    accept().unwrap();
}

fn who_is_named_instead_is_told_of_it(engine: &TestEngine) {
    let it = company(engine);
    let offer = engine.create(&it.lin, "handover", values(&it, json!({ "to_member": it.he.actor })));
    assert_eq!(told(engine, &it.other), Vec::<String>::new());
    engine.update(&it.lin, "handover", offer, json!({ "to_member": it.other.actor }));
    assert_eq!(told(engine, &it.other), ["handover: 博远食品有限公司"]);
}

fn what_is_past_its_time_is_told_once_to_both_sides_and_the_head(engine: &TestEngine) {
    let it = company(engine);
    let head = engine.member("head", &["member"], it.service);
    engine.update(&engine.system(), "department", it.service, json!({ "head": head.actor }));
    let offer = engine.create(&it.lin, "handover", values(&it, json!({ "to_department": it.service, "due_at": "2026-11-16T10:00:00Z" })));
    let overdue = |member: &Context| told(engine, member).into_iter().filter(|it| it == "overdue_handover: 博远食品有限公司").count();
    let work = |hours: i64| {
        engine.clock.advance(hours * 3_600);
        let system = engine.system();
        guanxi_kernel::schedule::enqueue_due(&system).unwrap();
        while guanxi_kernel::jobs::run_next(&system, "test").unwrap() {}
    };
    work(1);
    assert_eq!((overdue(&it.lin), overdue(&head)), (0, 0), "it is not due yet");
    engine.act(&engine.again(&it.he), "handover", offer, "accept", json!({})).unwrap();
    work(24);
    work(1);
    assert_eq!((overdue(&it.lin), overdue(&it.he), overdue(&head), overdue(&it.other)), (1, 1, 1, 0));
    // What is done in time, or withdrawn, is late for nobody.
    engine.act(&engine.again(&it.he), "handover", offer, "finish", json!({})).unwrap();
    work(24);
    assert_eq!(overdue(&it.lin), 1);
}

fn two_offers_of_one_record_do_not_stand_beside_each_other_by_the_bin(engine: &TestEngine) {
    let it = company(engine);
    let first = engine.create(&it.lin, "handover", values(&it, json!({ "to_member": it.he.actor })));
    engine.try_delete(&engine.system(), "handover", first).unwrap();
    engine.create(&it.lin, "handover", values(&it, json!({ "to_member": it.other.actor })));
    assert_eq!(error_code(&engine.try_restore(&engine.system(), "handover", first).unwrap_err()), "state_conflict");
}

fn work(engine: &TestEngine, hours: i64) {
    engine.clock.advance(hours * 3_600);
    let system = engine.system();
    guanxi_kernel::schedule::enqueue_due(&system).unwrap();
    while guanxi_kernel::jobs::run_next(&system, "test").unwrap() {}
}

/// From sales to marketing, whose people only read customers, to service.
fn who_received_a_record_hands_it_on_and_nobody_else(engine: &TestEngine) {
    let it = company(engine);
    let marketing = engine.department("市场部", None);
    let (su, tang) = (engine.member("su", &["marketer"], marketing), engine.member("tang", &["marketer"], marketing));
    let first = engine.create(&it.lin, "handover", values(&it, json!({ "to_member": su.actor })));
    // As long as it is only offered it is not his to hand on.
    let onward = || values(&it, json!({ "to_department": it.service }));
    assert_eq!(error_code(&engine.try_create(&engine.again(&su), "handover", onward()).unwrap_err()), "forbidden");
    engine.act(&engine.again(&su), "handover", first, "accept", json!({})).unwrap();
    assert_eq!(error_code(&engine.try_create(&engine.again(&tang), "handover", onward()).unwrap_err()), "forbidden");
    let gone = engine.try_create(&engine.again(&it.lin), "handover", onward()).unwrap_err();
    assert_eq!(problem_fields(&gone), ["record: no_such_record"], "it is his no more");
    let second = engine.create(&engine.again(&su), "handover", onward());
    engine.act(&engine.again(&it.he), "handover", second, "accept", json!({})).unwrap();
    let account = engine.get(&engine.again(&it.he), "account", it.account);
    assert_eq!((&account["owner"]["id"], &account["department"]["id"]), (&json!(it.he.actor), &json!(it.service)));
    let chain: Vec<Json> = engine.list(&engine.system(), "handover", "").iter().map(|it| it["from_department"]["id"].clone()).collect();
    assert_eq!(chain.len(), 2);
    assert!(chain.contains(&json!(marketing)));
    assert_eq!(error_code(&engine.try_create(&engine.again(&su), "handover", onward()).unwrap_err()), "forbidden", "nor is it his any longer");
}

fn what_came_by_another_way_since_is_not_handed_on(engine: &TestEngine) {
    let it = company(engine);
    let marketing = engine.department("市场部", None);
    let (su, tang) = (engine.member("su", &["marketer"], marketing), engine.member("tang", &["marketer"], marketing));
    let offer = engine.create(&it.lin, "handover", values(&it, json!({ "to_member": su.actor })));
    engine.act(&engine.again(&su), "handover", offer, "accept", json!({})).unwrap();
    for owner in [tang.actor, su.actor] {
        engine.clock.advance(60);
        engine.update(&engine.system(), "account", it.account, json!({ "owner": owner }));
    }
    let onward = engine.try_create(&engine.again(&su), "handover", values(&it, json!({ "to_department": it.service })));
    assert_eq!(error_code(&onward.unwrap_err()), "forbidden", "it is his again, and not because he accepted it");
}

fn records_are_offered_from_where_they_stand(engine: &TestEngine) {
    let it = company(engine);
    let input = json!({ "to_member": it.he.actor, "known": "已签约", "promised": "两周内装机", "due_at": DUE, "with_tasks": false });
    let offer = |by: &Context, record: Uuid, input: &Json| engine.act(&engine.again(by), "account", record, "offer_handover", input.clone());
    let made = offer(&it.lin, it.account, &input).unwrap();
    let id = Uuid::try_parse(made["handover"].as_str().unwrap()).unwrap();
    let seen = engine.get(&it.he, "handover", id);
    assert_eq!((&seen["state"], &seen["promised"], &seen["with_tasks"]), (&json!("offered"), &json!("两周内装机"), &json!(false)));
    assert_eq!(error_code(&offer(&it.lin, it.account, &input).unwrap_err()), "state_conflict");
    // The same words for another one of the list.
    let other = engine.create(&it.lin, "account", json!({ "name": "明月" }));
    offer(&it.lin, other, &input).unwrap();
    let third = engine.create(&it.lin, "account", json!({ "name": "晨光" }));
    let early = json!({ "to_member": it.he.actor, "known": "x", "due_at": "2026-11-01T00:00:00Z" });
    assert_eq!(problem_fields(&offer(&it.lin, third, &early).unwrap_err()), ["due_at: too_small"]);
    let elsewhere = engine.member("ma", &["sales"], engine.department("销售二部", None));
    assert_eq!(error_code(&offer(&elsewhere, third, &input).unwrap_err()), "not_found");
    assert_eq!(error_code(&offer(&it.he, it.account, &input).unwrap_err()), "forbidden", "who is offered it does not offer it");
}

fn who_has_it_is_reminded_and_an_offer_that_waits_is_told_again(engine: &TestEngine) {
    let it = company(engine);
    let head = engine.member("head", &["member"], it.service);
    engine.update(&engine.system(), "department", it.service, json!({ "head": head.actor }));
    let offer = engine.create(&it.lin, "handover", values(&it, json!({ "to_department": it.service })));
    let count = |member: &Context, kind: &str| told(engine, member).into_iter().filter(|it| it.starts_with(&format!("{kind}:"))).count();
    work(engine, 20);
    assert_eq!(count(&it.he, "handover_waiting"), 0);
    work(engine, 5);
    work(engine, 1);
    for member in [&it.he, &it.other, &head] {
        assert_eq!(count(member, "handover_waiting"), 1, "who may accept it, and who heads them, once");
    }
    assert_eq!(count(&it.lin, "handover_waiting"), 0);
    engine.act(&engine.again(&it.he), "handover", offer, "accept", json!({})).unwrap();
    work(engine, 24);
    assert_eq!(count(&it.he, "handover_due"), 0, "there are two days left");
    // Until 20 November, 10 o'clock: a day before it is due.
    work(engine, 34);
    work(engine, 1);
    assert_eq!((count(&it.he, "handover_due"), count(&it.other, "handover_due"), count(&it.lin, "handover_due")), (1, 0, 0));
}

fn both_heads_are_told_where_a_rule_says_so(engine: &TestEngine) {
    let it = company(engine);
    let sales = it.lin.access.member.department.unwrap();
    let (giving, receiving) = (engine.member("zhao", &["sales_manager"], sales), engine.member("head", &["member"], it.service));
    let system = engine.system();
    engine.update(&system, "department", sales, json!({ "head": giving.actor }));
    engine.update(&system, "department", it.service, json!({ "head": receiving.actor }));
    engine.update(&system, "user", it.lin.actor, json!({ "manager": it.he.actor }));
    let rule = |tell: &str| engine.create(&system, "notification_rule", json!({ "name": tell, "kind": "handover", "tell": tell }));
    rule("department_head");
    let of_giver = rule("actor_department_head");
    assert_eq!(
        error_code(&engine.try_create(&giving, "notification_rule", json!({ "name": "x", "kind": "handover" })).unwrap_err()),
        "not_found",
        "rules are the administrators'"
    );
    engine.create(&it.lin, "handover", values(&it, json!({ "to_member": it.other.actor })));
    assert_eq!(told(engine, &it.other), ["handover: 博远食品有限公司"]);
    assert_eq!(told(engine, &receiving), ["told_below: 博远食品有限公司"]);
    assert_eq!(told(engine, &giving), ["told_below: 博远食品有限公司"]);
    let seen = engine.list(&engine.again(&receiving), "notification", "").remove(0);
    assert_eq!((&seen["concerns"]["label"], &seen["about"]["kind"], &seen["actor"]["label"]), (&json!("other"), &json!("handover"), &json!("lin")));
    assert_eq!(engine.list(&engine.again(&giving), "notification", "")[0]["concerns"]["label"], "lin");
    assert_eq!(told(engine, &it.lin), Vec::<String>::new(), "who did it is not told of it");
    // Out of use it tells nobody; who may not see the hand-over is told nothing whatever a rule says.
    engine.update(&system, "notification_rule", of_giver, json!({ "active": false }));
    let stranger = engine.member("stranger", &["member"], engine.department("市场部", None));
    engine.update(&system, "user", it.other.actor, json!({ "manager": stranger.actor }));
    rule("superior");
    let second = engine.create(&it.lin, "account", json!({ "name": "明月" }));
    let mut offer = values(&it, json!({ "to_member": it.other.actor }));
    offer["record"]["id"] = json!(second);
    engine.create(&it.lin, "handover", offer);
    assert_eq!(told(engine, &giving).len(), 1);
    assert_eq!(told(engine, &receiving).len(), 2);
    assert_eq!(told(engine, &stranger), Vec::<String>::new());
}

fn the_time_until_the_answer_is_kept(engine: &TestEngine) {
    let it = company(engine);
    let names = ["甲", "乙", "丙"];
    for (number, name) in names.into_iter().enumerate() {
        let account = engine.create(&it.lin, "account", json!({ "name": name }));
        let mut offer = values(&it, json!({ "to_member": it.he.actor }));
        offer["record"]["id"] = json!(account);
        let offer = engine.create(&engine.again(&it.lin), "handover", offer);
        engine.clock.advance((i64::try_from(number).unwrap() + 1) * 3_600);
        let (action, input) = if number == 2 { ("decline", json!({ "reason": "不归我们管" })) } else { ("accept", json!({})) };
        engine.act(&engine.again(&it.he), "handover", offer, action, input).unwrap();
    }
    let taken = engine.list(&it.lin, "handover", "state in ['accepted', 'done']");
    let times: Vec<i64> = taken.iter().map(|it| it["answer_time"].as_i64().unwrap()).collect();
    assert_eq!((times.iter().sum::<i64>(), times.iter().max()), (3 * 3_600, Some(&7_200)));
}
