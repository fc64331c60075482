//! Members are told what concerns them and what they may see, once, and together what belongs together.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::access::{self, Principal, ShareLevel};
use guanxi_kernel::context::Context;
use guanxi_kernel::events;
use guanxi_kernel::shares::{self, NewShare};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::act;
use guanxi_kernel::{identity, jobs, readers};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_mention_is_told_once_and_to_those_who_may_see,
    what_is_written_inside_is_not_told_outside,
    replies_and_reactions_are_told_to_whom_they_answer,
    changes_of_what_one_follows_are_one_line,
    following_opens_nothing_and_is_ones_own,
    who_gets_a_record_is_told,
    many_records_at_once_are_one_line,
    who_decides_on_a_request_is_told_and_who_asked_what_became_of_it,
    notifications_are_ones_own_even_before_administrators,
    what_is_withdrawn_tells_no_more,
    wishes_are_heeded,
    tasks_are_told_when_due_and_when_past,
    what_is_long_past_is_not_told,
    rules_tell_those_below_and_who_heads_whoever_did_it,
    who_was_told_nothing_has_nobody_told_by_a_rule,
    what_is_due_is_told_once_by_rules_as_well,
);

struct Company {
    lin: Context,
    ma: Context,
    zhao: Context,
    admin: Context,
    account: Uuid,
}

fn company(engine: &TestEngine) -> Company {
    let (north, south) = (engine.department("北方部", None), engine.department("南方部", None));
    let admin = engine.member("chen", &["administrator"], north);
    let lin = engine.member("lin", &["sales"], north);
    let account = engine.create(&lin, "account", json!({ "name": "博远食品有限公司" }));
    Company { ma: engine.member("ma", &["sales"], south), zhao: engine.member("zhao", &["sales_manager"], north), admin, lin, account }
}

fn on(account: Uuid) -> Json {
    json!({ "object": "account", "id": account })
}

fn mention(member: &Context) -> String {
    format!("<p>请看 <span data-mention=\"member:{}\">@某人</span></p>", member.actor)
}

/// A member with the rights he has by now.
fn now(engine: &TestEngine, member: &Context) -> Context {
    let system = engine.system();
    engine.workspace.store.read_with(|tx| access::context_of(&system, tx, member.actor)).unwrap().unwrap()
}

/// Reads the log to its end and answers what a member was told and has not put away: kind, count and whose record.
fn told(engine: &TestEngine, member: &Context) -> Vec<(String, i64, Json)> {
    readers::read_all(&engine.system()).unwrap();
    let mut all = engine.list(&now(engine, member), "notification", "!archived");
    all.sort_by_key(|it| it["id"].to_string());
    let line = |it: &Json| (it["kind"].as_str().unwrap().to_owned(), it["count"].as_i64().unwrap(), it["target"]["label"].clone());
    all.iter().map(line).collect()
}

fn line(kind: &str, count: i64, label: &str) -> (String, i64, Json) {
    (kind.to_owned(), count, if label.is_empty() { Json::Null } else { json!(label) })
}

const NAME: &str = "博远食品有限公司";

fn a_mention_is_told_once_and_to_those_who_may_see(engine: &TestEngine) {
    let it = company(engine);
    let body = mention(&it.zhao) + &mention(&it.ma);
    let comment = engine.create(&it.lin, "comment", json!({ "target": on(it.account), "body": body }));
    assert_eq!(told(engine, &it.zhao), [line("mention", 1, NAME)]);
    assert_eq!(told(engine, &it.ma), [], "who may not see the record learns nothing");
    assert_eq!(told(engine, &it.lin), [], "nobody is told what he did himself");
    // Reading the log again, as after a crash, tells nothing again.
    assert_eq!(told(engine, &it.zhao).len(), 1);
    let seen = &engine.list(&it.zhao, "notification", "")[0];
    assert_eq!((&seen["comment"]["id"], &seen["actor"]["label"]), (&json!(comment), &json!("lin")));
    // An edit that mentions nobody more tells nobody more.
    engine.update(&it.lin, "comment", comment, json!({ "body": body.clone() + "<p>补充</p>" }));
    assert_eq!(told(engine, &it.zhao).len(), 1);
}

fn what_is_written_inside_is_not_told_outside(engine: &TestEngine) {
    let it = company(engine);
    let outside = engine.department("渠道", None);
    let partner = engine.member("partner", &["partner"], outside);
    engine.update(&engine.system(), "account", it.account, json!({ "owner": partner.actor }));
    assert_eq!(told(engine, &partner), [line("assigned", 1, NAME)]);
    let seen = json!({ "target": on(it.account), "body": mention(&partner) });
    engine.create(&it.zhao, "comment", seen.clone());
    assert_eq!(told(engine, &partner).len(), 1, "an internal comment that names him");
    let mut shared = seen;
    shared["audience"] = json!("partners");
    engine.create(&it.zhao, "comment", shared);
    assert_eq!(told(engine, &partner)[1], line("mention", 1, NAME));
}

fn replies_and_reactions_are_told_to_whom_they_answer(engine: &TestEngine) {
    let it = company(engine);
    let first = engine.create(&it.zhao, "comment", json!({ "target": on(it.account), "body": "<p>进展？</p>" }));
    assert_eq!(told(engine, &it.lin), [line("comment", 1, NAME)], "the owner");
    engine.create(&it.lin, "comment", json!({ "target": on(it.account), "body": "<p>在谈</p>", "parent": first }));
    for emoji in ["heart", "check"] {
        engine.act(&it.lin, "comment", first, "react", json!({ "emoji": emoji })).unwrap();
    }
    assert_eq!(told(engine, &it.zhao), [line("reply", 1, NAME), line("reaction", 2, NAME)]);
    // Taking a reaction back is no news.
    engine.act(&it.lin, "comment", first, "react", json!({ "emoji": "heart" })).unwrap();
    assert_eq!(told(engine, &it.zhao).len(), 2);
}

fn changes_of_what_one_follows_are_one_line(engine: &TestEngine) {
    let it = company(engine);
    engine.create(&it.zhao, "follow", json!({ "target": on(it.account) }));
    for (field, value) in [("level", "a"), ("level", "b"), ("phone", "010-12345678"), ("level", "a"), ("level", "b")] {
        engine.update(&it.lin, "account", it.account, json!({ field: value }));
    }
    assert_eq!(told(engine, &it.zhao), [line("changed", 5, NAME)]);
    let seen = engine.list(&it.zhao, "notification", "").remove(0);
    assert_eq!(seen["about"]["fields"], json!(["level", "phone"]), "which fields, never what is in them");
    // What was read is a line of its own from then on.
    let id = Uuid::try_parse(seen["id"].as_str().unwrap()).unwrap();
    engine.update(&it.zhao, "notification", id, json!({ "read": true }));
    engine.update(&it.lin, "account", it.account, json!({ "level": "a" }));
    assert_eq!(told(engine, &it.zhao), [line("changed", 5, NAME), line("changed", 1, NAME)]);
    act(&it.zhao, "notification", None, "mark_all", json!({ "archive": true }).as_object().unwrap()).unwrap();
    assert_eq!(told(engine, &it.zhao), []);
}

fn following_opens_nothing_and_is_ones_own(engine: &TestEngine) {
    let it = company(engine);
    let error = engine.try_create(&it.ma, "follow", json!({ "target": on(it.account) })).unwrap_err();
    assert_eq!(problem_fields(&error), ["target: no_such_record"]);
    let follow = engine.create(&it.zhao, "follow", json!({ "target": on(it.account) }));
    assert_eq!(engine.list(&it.admin, "follow", ""), Vec::<Json>::new(), "whom an administrator follows is not his affair");
    assert_eq!(error_code(&engine.try_delete(&it.ma, "follow", follow).unwrap_err()), "not_found");
    assert_eq!(
        error_code(&engine.try_create(&it.zhao, "follow", json!({ "target": on(it.account), "member": it.ma.actor })).unwrap_err()),
        "read_only_field"
    );
    assert_eq!(error_code(&engine.try_create(&it.zhao, "follow", json!({ "target": on(it.account) })).unwrap_err()), "duplicate_value");
    // Who loses the record is told no more, though he still follows.
    engine.update(&engine.system(), "account", it.account, json!({ "owner": it.ma.actor, "department": it.ma.access.member.department }));
    let before = told(engine, &it.zhao).len();
    engine.update(&it.ma, "account", it.account, json!({ "level": "a" }));
    assert_eq!(told(engine, &it.zhao).len(), before);
    engine.try_delete(&it.zhao, "follow", follow).unwrap();
}

fn who_gets_a_record_is_told(engine: &TestEngine) {
    let it = company(engine);
    engine.update(&it.zhao, "account", it.account, json!({ "owner": it.zhao.actor }));
    engine.update(&it.zhao, "account", it.account, json!({ "owner": it.lin.actor }));
    assert_eq!(told(engine, &it.lin), [line("assigned", 1, NAME)]);
    let share = NewShare { principal: Principal::Member(it.ma.actor), level: ShareLevel::Read, expires_at: None };
    shares::share(&it.lin, &engine.object("account"), it.account, &share).unwrap();
    assert_eq!(told(engine, &it.ma), [line("shared", 1, NAME)]);
    // With whom it was shared stands in the log for its readers, not in what callers are shown of it.
    let feed = engine.workspace.store.read_with(|tx| events::feed(&it.lin, tx, 0, 500, None)).unwrap();
    let shared = feed.events.iter().find(|it| it.kind == "account.shared").unwrap();
    assert!(shared.changes.is_empty(), "{:?}", shared.changes);
}

fn many_records_at_once_are_one_line(engine: &TestEngine) {
    let it = company(engine);
    let system = engine.system();
    let ids: Vec<Uuid> = (0..5).map(|at| engine.create(&it.zhao, "account", json!({ "name": format!("客户{at}") }))).collect();
    told(engine, &it.lin);
    let owner = it.lin.actor;
    let named: Vec<Json> = ids.iter().map(|it| json!(it)).collect();
    let work = move |unit: &mut guanxi_kernel::write::Unit<'_>| {
        ids.iter().try_for_each(|id| unit.update_as_system("account", *id, &Map::from_iter([("owner".to_owned(), json!(owner))])).map(drop))
    };
    guanxi_kernel::write::run_unit(&system, system.new_id(), "test", Box::new(work)).unwrap();
    assert_eq!(told(engine, &it.lin), [line("assigned", 5, "")]);
    let lines = engine.list(&it.lin, "notification", "");
    let line = lines.iter().find(|it| it["count"] == 5).unwrap();
    assert_eq!((&line["about"]["object"], &line["about"]["records"]), (&json!("account"), &json!(named)), "it leads to all of them");
}

fn who_decides_on_a_request_is_told_and_who_asked_what_became_of_it(engine: &TestEngine) {
    let it = company(engine);
    engine.update(&engine.system(), "department", it.lin.access.member.department.unwrap(), json!({ "head": it.zhao.actor }));
    let input = json!({ "kind": "role", "role": "marketer", "until": "2026-12-01T00:00:00Z", "reason": "帮市场部整理名单" });
    let asked = act(&it.lin, "rights_request", None, "ask", input.as_object().unwrap()).unwrap();
    assert_eq!(told(engine, &it.zhao), [line("request", 1, "")]);
    assert_eq!(engine.list(&it.zhao, "notification", "")[0]["about"]["number"], asked["number"]);
    let request = Uuid::try_parse(asked["id"].as_str().unwrap()).unwrap();
    engine.act(&it.zhao, "rights_request", request, "approve", json!({})).unwrap();
    assert_eq!(told(engine, &it.admin), [line("request", 1, "")], "who may grant what the head may not");
    engine.act(&it.admin, "rights_request", request, "refuse", json!({ "note": "下次" })).unwrap();
    assert_eq!(told(engine, &it.lin), [line("decided", 1, "")]);
}

fn notifications_are_ones_own_even_before_administrators(engine: &TestEngine) {
    let it = company(engine);
    engine.create(&it.lin, "comment", json!({ "target": on(it.account), "body": mention(&it.zhao) }));
    told(engine, &it.zhao);
    let id = Uuid::try_parse(engine.list(&it.zhao, "notification", "")[0]["id"].as_str().unwrap()).unwrap();
    for other in [&it.admin, &it.lin] {
        assert_eq!(engine.get(other, "notification", id), Json::Null);
        assert_eq!(engine.list(other, "notification", ""), Vec::<Json>::new());
        assert_eq!(error_code(&engine.try_update(other, "notification", id, json!({ "read": true })).unwrap_err()), "not_found");
        let feed = engine.workspace.store.read_with(|tx| events::feed(other, tx, 0, 500, Some(&["notification".to_owned()]))).unwrap();
        assert!(feed.events.is_empty(), "{:?}", feed.events);
    }
    let feed = engine.workspace.store.read_with(|tx| events::feed(&it.zhao, tx, 0, 500, Some(&["notification".to_owned()]))).unwrap();
    assert_eq!(feed.events.len(), 1);
    assert_eq!(error_code(&engine.try_create(&it.zhao, "notification", json!({ "kind": "mention" })).unwrap_err()), "forbidden");
    assert_eq!(error_code(&engine.try_update(&it.zhao, "notification", id, json!({ "kind": "reply" })).unwrap_err()), "read_only_field");
}

fn what_is_withdrawn_tells_no_more(engine: &TestEngine) {
    let it = company(engine);
    let share = NewShare { principal: Principal::Member(it.ma.actor), level: ShareLevel::Read, expires_at: None };
    shares::share(&it.lin, &engine.object("account"), it.account, &share).unwrap();
    let comment = engine.create(&it.lin, "comment", json!({ "target": on(it.account), "body": mention(&it.ma) }));
    assert_eq!(told(engine, &it.ma), [line("shared", 1, NAME), line("mention", 1, NAME)]);
    shares::unshare(&it.lin, &engine.object("account"), it.account, share.principal).unwrap();
    // The lines stay; what they speak of is closed.
    assert_eq!(told(engine, &it.ma), [line("shared", 1, ""), line("mention", 1, "")]);
    let seen = engine.list(&it.ma, "notification", "kind == 'mention'").remove(0);
    assert_eq!((&seen["comment"]["id"], &seen["comment"]["label"]), (&json!(comment), &Json::Null));
}

fn wish(who: &Context, wishes: Json) {
    let stored = json!({ "preferences": { "notifications": wishes } });
    let stored = stored.as_object().cloned().unwrap();
    identity::change_preferences(who, move |all| {
        *all = stored.clone();
        Ok(())
    })
    .unwrap();
}

fn wishes_are_heeded(engine: &TestEngine) {
    let it = company(engine);
    wish(&it.zhao, json!({ "muted": ["mention"], "auto_follow": false }));
    engine.create(&it.lin, "comment", json!({ "target": on(it.account), "body": mention(&it.zhao) }));
    assert_eq!(told(engine, &it.zhao), []);
    assert_eq!(engine.list(&it.zhao, "follow", ""), Vec::<Json>::new());
    let mine = engine.list(&it.lin, "follow", "");
    assert_eq!((mine.len(), &mine[0]["reason"]), (1, &json!("commented")));
}

fn tasks_are_told_when_due_and_when_past(engine: &TestEngine) {
    let it = company(engine);
    engine.update(&engine.system(), "user", it.lin.actor, json!({ "manager": it.zhao.actor }));
    let task = engine.create(&it.lin, "activity", json!({ "subject": "发报价", "kind": "task", "due_at": "2026-11-16T02:30:00Z" }));
    let watch = || {
        let system = engine.system();
        guanxi_kernel::schedule::enqueue_due(&system).unwrap();
        while jobs::run_next(&system, "test").unwrap() {}
    };
    watch();
    assert_eq!(told(engine, &it.lin), [line("due", 1, "发报价")]);
    for _ in 0..3 {
        engine.clock.advance(1_200);
        watch();
    }
    assert_eq!(told(engine, &it.lin), [line("due", 1, "发报价"), line("overdue", 1, "发报价")]);
    assert_eq!(told(engine, &it.zhao), [line("overdue_below", 1, "发报价")]);
    // Put off, it falls due anew; done, it does not.
    engine.update(&it.lin, "activity", task, json!({ "due_at": "2026-11-16T04:00:00Z" }));
    engine.clock.advance(60);
    watch();
    assert_eq!(told(engine, &it.lin).len(), 3);
    engine.update(&it.lin, "activity", task, json!({ "status": "done" }));
    engine.clock.advance(7_200);
    watch();
    assert_eq!(told(engine, &it.lin).len(), 3);
}

fn what_is_long_past_is_not_told(engine: &TestEngine) {
    let it = company(engine);
    engine.create(&it.lin, "comment", json!({ "target": on(it.account), "body": mention(&it.zhao) }));
    engine.clock.advance(8 * 24 * 3_600);
    assert_eq!(told(engine, &it.zhao), []);
    engine.create(
        &engine.member("he", &["sales"], it.lin.access.member.department.unwrap()),
        "comment",
        json!({ "target": on(it.account), "body": mention(&it.zhao) }),
    );
    assert_eq!(told(engine, &it.zhao), [line("mention", 1, NAME)]);
}

/// Runs what is due by now.
fn watch(engine: &TestEngine) {
    let system = engine.system();
    guanxi_kernel::schedule::enqueue_due(&system).unwrap();
    while jobs::run_next(&system, "test").unwrap() {}
}

fn rule(engine: &TestEngine, kind: &str, tell: &str) -> Uuid {
    engine.create(&engine.system(), "notification_rule", json!({ "name": tell, "kind": kind, "tell": tell }))
}

fn rules_tell_those_below_and_who_heads_whoever_did_it(engine: &TestEngine) {
    let it = company(engine);
    let he = engine.member("he", &["sales"], it.lin.access.member.department.unwrap());
    for member in [&it.lin, &he, &it.ma] {
        engine.update(&engine.system(), "user", member.actor, json!({ "manager": it.zhao.actor }));
    }
    let refused = engine.try_create(&engine.system(), "notification_rule", json!({ "name": "x", "kind": "told_below", "tell": "superior" }));
    assert_eq!(problem_fields(&refused.unwrap_err()), ["kind: rule"]);
    let below = rule(engine, "mention", "subordinates");
    engine.create(&it.lin, "comment", json!({ "target": on(it.account), "body": mention(&it.zhao) }));
    assert_eq!(told(engine, &it.zhao), [line("mention", 1, NAME)]);
    assert_eq!(told(engine, &he), [line("told_above", 1, NAME)]);
    let seen = engine.list(&now(engine, &he), "notification", "").remove(0);
    assert_eq!((&seen["concerns"]["id"], &seen["about"]["kind"]), (&json!(it.zhao.actor), &json!("mention")));
    assert_eq!(told(engine, &it.lin), [], "who did it is not told of it");
    assert_eq!(told(engine, &it.ma), [], "nor who may not see it");
    engine.update(&engine.system(), "notification_rule", below, json!({ "active": false }));
    // The superior of who did it, whatever the other wishes.
    rule(engine, "mention", "actor_superior");
    wish(&he, json!({ "muted": ["mention"] }));
    engine.create(&it.lin, "comment", json!({ "target": on(it.account), "body": mention(&he) }));
    assert_eq!(told(engine, &he), [line("told_above", 1, NAME)]);
    assert_eq!(
        told(engine, &it.zhao),
        [line("mention", 1, NAME), line("comment", 1, NAME), line("told_below", 1, NAME)],
        "once for what he follows, once for whom he heads"
    );
    let all = engine.list(&now(engine, &it.zhao), "notification", "kind == 'told_below'");
    assert_eq!(all[0]["concerns"]["id"], json!(it.lin.actor));
}

fn who_was_told_nothing_has_nobody_told_by_a_rule(engine: &TestEngine) {
    let it = company(engine);
    let gone = engine.member("gone", &["sales"], it.lin.access.member.department.unwrap());
    for member in [&it.lin, &gone] {
        engine.update(&engine.system(), "user", member.actor, json!({ "manager": it.zhao.actor }));
    }
    rule(engine, "due", "superior");
    wish(&it.lin, json!({ "muted": ["due"] }));
    for member in [&it.lin, &gone] {
        engine.create(member, "activity", json!({ "subject": "发报价", "kind": "task", "due_at": "2026-11-16T02:50:00Z" }));
    }
    engine.update(&engine.system(), "user", gone.actor, json!({ "active": false }));
    for _ in 0..3 {
        watch(engine);
        engine.clock.advance(60);
    }
    assert_eq!(told(engine, &it.zhao), []);
}

fn what_is_due_is_told_once_by_rules_as_well(engine: &TestEngine) {
    let it = company(engine);
    engine.update(&engine.system(), "user", it.lin.actor, json!({ "manager": it.zhao.actor }));
    rule(engine, "due", "superior");
    engine.create(&it.lin, "activity", json!({ "subject": "发报价", "kind": "task", "due_at": "2026-11-16T02:50:00Z" }));
    watch(engine);
    assert_eq!(told(engine, &it.zhao), [line("told_below", 1, "发报价")]);
    let own = engine.list(&now(engine, &it.lin), "notification", "").remove(0);
    let id = Uuid::try_parse(own["id"].as_str().unwrap()).unwrap();
    engine.try_delete(&engine.system(), "notification", id).unwrap();
    for _ in 0..3 {
        engine.clock.advance(60);
        watch(engine);
    }
    assert_eq!(told(engine, &it.zhao), [line("told_below", 1, "发报价")], "though whose task it is was told anew");
}
