//! What comes of what visitors send, asked of the engine itself with the context a visitor has: he may read forms, and nothing
//! else of anything.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_kernel::Value;
use guanxi_kernel::access::{Access, AccessScope, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::schema::ID;
use guanxi_kernel::store::{ColumnRef, Condition, Set, StoreExt as _, Update};
use guanxi_kernel::write::run_unit;
use guanxi_marketing::forms::{Arrival, FORM, Form, Taken, Visit, check, take};
use guanxi_testkit::{TestEngine, error_code};
use jiff::SignedDuration;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_visitor_may_read_forms_and_nothing_else,
    a_lead_goes_where_the_form_says,
    what_is_gone_or_not_in_use_keeps_no_lead_out,
    who_leaves_no_way_to_be_reached_is_asked_for_one,
    the_same_content_is_erased_with_the_lead,
    a_manager_sees_what_became_leads_of_his_people,
    pasted_code_is_in_the_language_of_the_form,
    a_lead_takes_its_submission_along,
    the_campaign_of_the_link_goes_before_that_of_the_form,
    what_became_no_lead_is_erased_after_its_days,
    a_form_that_says_nothing_of_days_keeps_all,
    a_campaign_without_a_source_leaves_that_of_the_form,
    pasted_script_finds_its_own_form_and_no_other,
);

/// As `server/src/http/public_forms/visitor.rs` makes it.
fn visitor(engine: &TestEngine) -> Context {
    let system = engine.system();
    let scope = AccessScope { objects: BTreeMap::from([(FORM.to_owned(), BTreeSet::from(["read".to_owned()]))]), ..AccessScope::default() };
    Context { access: Arc::new(Access::system(Uuid::nil()).limited_to(&system.schema, &scope)), ..system }
}

fn make_form(engine: &TestEngine, more: Json) -> String {
    let mut values = json!({
        "name": "官网咨询", "title": "预约演示", "consent_text": "同意",
        "fields": [{ "field": "name" }, { "field": "mobile" }, { "field": "employees" }, { "field": "purchase_time" }, { "field": "budget" }],
    });
    values.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    let id = engine.create(&engine.system(), "web_form", values);
    engine.get(&engine.system(), "web_form", id)["key"].as_str().unwrap().to_owned()
}

fn open(engine: &TestEngine, key: &str) -> Form {
    let context = visitor(engine);
    engine.workspace.store.read_with(|tx| Form::open(&context, tx, key)).unwrap().unwrap()
}

fn visit(token: &str) -> Visit {
    Visit {
        token: token.to_owned(),
        digest: token.to_owned(),
        took: SignedDuration::from_secs(10),
        trapped: false,
        network: "203.0.113.0/24".to_owned(),
        origin: None,
        arrival: Arrival::default(),
    }
}

fn given(json: Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap()
}

fn send(engine: &TestEngine, key: &str, token: &str, values: Json) -> Taken {
    send_by(engine, key, &visit(token), values)
}

fn send_by(engine: &TestEngine, key: &str, visit: &Visit, values: Json) -> Taken {
    let (context, form) = (visitor(engine), open(engine, key));
    let values = check(&context, &form, &given(values)).unwrap();
    take(&context, &form, &values, visit).unwrap()
}

fn a_visitor_may_read_forms_and_nothing_else(engine: &TestEngine) {
    let key = make_form(engine, json!({}));
    send(engine, &key, "a", json!({ "name": "王小明", "mobile": "13812345678" }));
    let context = visitor(engine);
    for object in context.schema.objects.values() {
        for verb in [Verb::Read, Verb::Create, Verb::Update, Verb::Delete, Verb::Assign, Verb::Export, Verb::Import, Verb::Share] {
            let may = object.name == FORM && verb == Verb::Read;
            assert_eq!(context.access.may(object, verb), may, "{} {}", verb.name(), object.name);
        }
        assert!(!context.access.may_act(&object.name, "accept") && !context.access.may_act(&object.name, "claim"), "{}", object.name);
        if object.name != FORM {
            assert!(engine.try_list(&context, &object.name, "").unwrap_or_default().is_empty(), "{}", object.name);
        }
    }
    assert!(context.access.require_administrator().is_err() && context.access.require_auditor().is_err());
    assert!(engine.try_create(&context, "lead", json!({ "name": "x", "mobile": "13812345678" })).is_err());
    assert!(engine.try_create(&context, "web_form_submission", json!({})).is_err());
    assert!(!context.access.may_give("administrator"));
}

fn a_lead_goes_where_the_form_says(engine: &TestEngine) {
    let system = engine.system();
    let department = engine.department("销售一部", None);
    let rep = engine.member("rep", &["sales"], department);
    let pool =
        engine.create(&system, "pool", json!({ "name": "线索公海", "object": "lead", "departments": [department], "administrators": [rep.actor] }));
    let campaign = engine.create(&system, "campaign", json!({ "name": "春季展会", "kind": "event" }));
    let lead = |name: &str| engine.list(&system, "lead", &format!("name == '{name}'"))[0].clone();
    let member = make_form(engine, json!({ "goes_to": "member", "lead_owner": rep.actor, "campaign": campaign }));
    send(
        engine,
        &member,
        "a",
        json!({ "name": "王小明", "mobile": "13812345678", "employees": "120", "purchase_time": "within_month", "budget": "50000" }),
    );
    let found = lead("王小明");
    assert_eq!((&found["owner"]["id"], &found["department"]["id"]), (&json!(rep.actor), &json!(department)));
    assert_eq!((&found["source"], &found["campaign"]["id"]), (&json!("event"), &json!(campaign)));
    assert_eq!((&found["employees"], &found["purchase_time"], &found["budget"]["amount"]), (&json!(120), &json!("within_month"), &json!("50000.00")));
    let pooled = make_form(engine, json!({ "name": "二", "goes_to": "pool", "lead_pool": pool, "source": "social" }));
    send(engine, &pooled, "b", json!({ "name": "李娜", "mobile": "13812345679" }));
    let found = lead("李娜");
    assert_eq!((&found["owner"], &found["pool"]["id"], &found["source"]), (&Json::Null, &json!(pool), &json!("social")));
    let ruled = make_form(engine, json!({ "name": "三" }));
    engine.create(&system, "assignment_rule", json!({ "name": "官网", "object": "lead", "position": 1, "method": "round_robin", "members": [rep.actor], "condition": "source == 'website'" }));
    send(engine, &ruled, "c", json!({ "name": "赵敏", "mobile": "13812345670" }));
    assert_eq!(lead("赵敏")["owner"]["id"], json!(rep.actor));
    // Who left gets nothing more: rules decide.
    engine.update(&system, "user", rep.actor, json!({ "active": false }));
    send(engine, &member, "d", json!({ "name": "周杰", "mobile": "13812345671" }));
    assert_eq!(lead("周杰")["owner"], Json::Null);
}

fn what_is_gone_or_not_in_use_keeps_no_lead_out(engine: &TestEngine) {
    let system = engine.system();
    let pool = |name: &str| engine.create(&system, "pool", json!({ "name": name, "object": "lead", "roles": ["sales"] }));
    let (gone, idle) = (pool("旧公海"), pool("停用的公海"));
    let campaign = engine.create(&system, "campaign", json!({ "name": "春季展会", "kind": "event" }));
    let community = engine.create(&system, "community", json!({ "name": "吴江社区", "kind": "virtual", "platform": "wechat" }));
    let to_gone = make_form(engine, json!({ "goes_to": "pool", "lead_pool": gone, "campaign": campaign, "community": community }));
    let to_idle = make_form(engine, json!({ "name": "二", "goes_to": "pool", "lead_pool": idle }));
    for (object, id) in [("pool", gone), ("campaign", campaign), ("community", community)] {
        engine.try_delete(&system, object, id).unwrap();
    }
    engine.update(&system, "pool", idle, json!({ "active": false }));
    let rep = engine.member("rep", &["sales"], engine.department("销售一部", None));
    engine.create(&system, "assignment_rule", json!({ "name": "官网", "object": "lead", "position": 1, "method": "round_robin", "members": [rep.actor], "condition": "source == 'website'" }));
    for (key, token, name, mobile) in [(&to_gone, "a", "王小明", "13812345678"), (&to_idle, "b", "李娜", "13812345679")] {
        assert!(matches!(send(engine, key, token, json!({ "name": name, "mobile": mobile })), Taken::Received));
        let lead = engine.list(&system, "lead", &format!("name == '{name}'"))[0].clone();
        assert_eq!((&lead["owner"]["id"], &lead["pool"], &lead["source"]), (&json!(rep.actor), &Json::Null, &json!("website")), "{name}");
        assert_eq!((&lead["campaign"], &lead["community"]), (&Json::Null, &Json::Null), "{name}");
    }
    assert!(engine.list(&system, "web_form_submission", "state != 'accepted'").is_empty());
}

fn who_leaves_no_way_to_be_reached_is_asked_for_one(engine: &TestEngine) {
    let system = engine.system();
    let key = make_form(engine, json!({ "fields": [{ "field": "name" }, { "field": "email" }, { "field": "company" }] }));
    // The lead's rule speaks of the mobile number, which this form does not ask for.
    let Taken::Wrong(problems) = send(engine, &key, "a", json!({ "name": "王小明" })) else { panic!("it was taken") };
    assert_eq!(problems.iter().map(|it| (it.field.as_str(), it.code)).collect::<Vec<_>>(), [("email", "rule")]);
    assert!(engine.list(&system, "web_form_submission", "").is_empty());
    assert!(matches!(send(engine, &key, "a", json!({ "name": "王小明", "company": "星河" })), Taken::Received));
    assert_eq!(engine.list(&system, "web_form_submission", "")[0]["state"], "accepted");
}

fn the_same_content_is_erased_with_the_lead(engine: &TestEngine) {
    let system = engine.system();
    let key = make_form(engine, json!({}));
    let wang = || json!({ "name": "王小明", "mobile": "13812345678" });
    let by = |token: &str, trapped: bool| Visit { token: token.to_owned(), trapped, ..visit("same") };
    send_by(engine, &key, &by("a", true), wang());
    send_by(engine, &key, &by("b", false), wang());
    send(engine, &key, "other", json!({ "name": "李娜", "mobile": "13812345679" }));
    let held: Uuid = engine.list(&system, "web_form_submission", "state == 'held'")[0]["id"].as_str().unwrap().parse().unwrap();
    let answer = engine.act(&system, "web_form_submission", held, "accept", json!({})).unwrap();
    // Sent again after that it is the lead's as well, whichever of them is found first.
    send_by(engine, &key, &by("c", false), wang());
    let kept = engine.list(&system, "web_form_submission", "digest == 'same'");
    assert_eq!((kept.len(), kept.iter().filter(|it| it["lead"]["id"] == answer["lead"]).count()), (3, 3), "{kept:?}");
    let lead: Uuid = answer["lead"].as_str().unwrap().parse().unwrap();
    run_unit(&system, system.new_id(), "erase", Box::new(move |unit| unit.erase("lead", lead))).unwrap();
    let left = engine.list(&system, "web_form_submission", "");
    assert_eq!(left.iter().map(|it| it["name"].as_str().unwrap()).collect::<Vec<_>>(), ["李娜"]);
}

fn a_manager_sees_what_became_leads_of_his_people(engine: &TestEngine) {
    let (east, south) = (engine.department("华东", None), engine.department("华南", None));
    let (lin, wu) = (engine.member("lin", &["sales"], east), engine.member("wu", &["sales"], south));
    let boss = engine.member("zhao", &["sales_manager"], east);
    for (at, rep) in [&lin, &wu].into_iter().enumerate() {
        let key = make_form(engine, json!({ "name": format!("表单{at}"), "goes_to": "member", "lead_owner": rep.actor }));
        send(engine, &key, &format!("a{at}"), json!({ "name": format!("客户{at}"), "mobile": format!("1381234567{at}") }));
        // Sent again, and one that waits.
        send_by(
            engine,
            &key,
            &Visit { digest: format!("a{at}"), ..visit(&format!("b{at}")) },
            json!({ "name": format!("客户{at}") , "mobile": format!("1381234567{at}") }),
        );
        send_by(engine, &key, &Visit { trapped: true, ..visit(&format!("c{at}")) }, json!({ "name": format!("待审{at}"), "mobile": "13900000000" }));
    }
    let mut seen: Vec<String> = engine
        .list(&boss, "web_form_submission", "")
        .iter()
        .map(|it| format!("{} {}", it["name"].as_str().unwrap(), it["state"].as_str().unwrap()))
        .collect();
    seen.sort();
    assert_eq!(seen, ["客户0 accepted", "客户0 duplicate", "待审0 held", "待审1 held"]);
    let others = engine.list(&engine.system(), "web_form_submission", "name == '客户1'");
    let id = others[0]["id"].as_str().unwrap().parse().unwrap();
    assert_eq!(error_code(&engine.act(&boss, "web_form_submission", id, "reject", json!({})).unwrap_err()), "not_found");
}

fn pasted_code_is_in_the_language_of_the_form(engine: &TestEngine) {
    let system = engine.system();
    let code = |language: &str| {
        let key = make_form(engine, json!({ "name": language, "language": language }));
        let id = engine.list(&system, "web_form", &format!("key == '{key}'"))[0]["id"].as_str().unwrap().parse().unwrap();
        engine.act(&system, "web_form", id, "embed", json!({})).unwrap()["form"].as_str().unwrap().to_owned()
    };
    let (en, zh) = (code("en"), code("zh_cn"));
    assert!(en.contains("<label>Mobile") && en.contains(">Send</button>") && !en.contains("手机"), "{en}");
    assert!(zh.contains("<label>手机") && zh.contains(">提交</button>") && !zh.contains("Send"), "{zh}");
}

fn a_lead_takes_its_submission_along(engine: &TestEngine) {
    let system = engine.system();
    let key = make_form(engine, json!({}));
    send(engine, &key, "a", json!({ "name": "王小明", "mobile": "13812345678" }));
    let lead: Uuid = engine.list(&system, "lead", "")[0]["id"].as_str().unwrap().parse().unwrap();
    engine.try_delete(&system, "lead", lead).unwrap();
    assert!(engine.list(&system, "web_form_submission", "").is_empty());
    engine.try_restore(&system, "lead", lead).unwrap();
    assert_eq!(engine.list(&system, "web_form_submission", "").len(), 1);
}

fn by_link(token: &str, said: &[(&str, &str)]) -> Visit {
    let mut arrival = Arrival::default();
    said.iter().for_each(|(name, said)| arrival.take(name, said));
    Visit { arrival, ..visit(token) }
}

fn the_campaign_of_the_link_goes_before_that_of_the_form(engine: &TestEngine) {
    let system = engine.system();
    let fair = engine.create(&system, "campaign", json!({ "name": "展会", "kind": "event" }));
    let search = engine.create(
        &system,
        "campaign",
        json!({ "name": "搜索推广", "kind": "advertisement", "utm_campaign": "search_q4", "source": "phone_inquiry" }),
    );
    let key = make_form(engine, json!({ "campaign": fair, "source": "other" }));
    let lead = |name: &str| engine.list(&system, "lead", &format!("name == '{name}'"))[0].clone();
    let said = [("utm_source", "baidu"), ("utm_campaign", "Search_Q4"), ("referrer", "https://www.xinghe.example/p?x=1")];
    send_by(engine, &key, &by_link("a", &said), json!({ "name": "甲", "mobile": "13812345671" }));
    let found = lead("甲");
    assert_eq!((&found["campaign"]["id"], &found["source"]), (&json!(search), &json!("phone_inquiry")), "the campaign's, not the form's");
    assert_eq!(
        (&found["utm_source"], &found["utm_campaign"], &found["referrer"]),
        (&json!("baidu"), &json!("Search_Q4"), &json!("https://www.xinghe.example/p"))
    );
    send_by(engine, &key, &by_link("b", &[("utm_campaign", "unknown")]), json!({ "name": "乙", "mobile": "13812345672" }));
    let found = lead("乙");
    assert_eq!((&found["campaign"]["id"], &found["source"], &found["utm_campaign"]), (&json!(fair), &json!("other"), &json!("unknown")));
    // What waited for a person keeps the link.
    send_by(engine, &key, &Visit { trapped: true, ..by_link("c", &said) }, json!({ "name": "丙", "mobile": "13812345673" }));
    let held: Uuid =
        engine.list(&system, "web_form_submission", "state == 'held' && utm_source == 'baidu'")[0]["id"].as_str().unwrap().parse().unwrap();
    engine.act(&system, "web_form_submission", held, "accept", json!({})).unwrap();
    assert_eq!((&lead("丙")["campaign"]["id"], &lead("丙")["utm_source"]), (&json!(search), &json!("baidu")));
    // Visitors are not asked for it.
    let fields = json!([{ "field": "name" }, { "field": "mobile" }, { "field": "utm_source" }]);
    let values = json!({ "name": "表单", "title": "标题", "consent_text": "同意", "fields": fields });
    assert_eq!(guanxi_testkit::problem_fields(&engine.try_create(&system, "web_form", values).unwrap_err()), ["fields: bad_format"]);
}

fn clear(engine: &TestEngine) {
    let job = engine.workspace.registry.job("marketing.clear_submissions").unwrap().clone();
    guanxi_kernel::app::JobHandler::run(job.as_ref(), &engine.system(), &json!({})).unwrap();
}

/// Empties a field past all rules, as in a record that was there before the field was.
fn empty(engine: &TestEngine, object: &str, filter: &str, field: &str) {
    let id: Uuid = engine.list(&engine.system(), object, filter)[0]["id"].as_str().unwrap().parse().unwrap();
    let object = engine.object(object);
    let column = object.field(field).unwrap().part("").unwrap().column;
    let condition = Condition::equals(ColumnRef::main(ID), Value::Id(id));
    let update = Update { table: object.table.clone(), set: vec![(column, Set::To(Value::Null))], condition };
    assert_eq!(engine.workspace.store.write_with(move |tx| Ok(tx.update(&update)?)).unwrap(), 1);
}

fn a_form_that_says_nothing_of_days_keeps_all(engine: &TestEngine) {
    let key = make_form(engine, json!({}));
    empty(engine, "web_form", &format!("key == '{key}'"), "keep_days");
    send_by(engine, &key, &Visit { trapped: true, ..visit("held") }, json!({ "name": "待审", "mobile": "13812345671" }));
    let left = || engine.list(&engine.system(), "web_form_submission", "").len();
    engine.clock.advance(2_000 * 24 * 3600);
    clear(engine);
    assert_eq!(left(), 1, "nobody said for how long");
    let form: Uuid = engine.list(&engine.system(), "web_form", "")[0]["id"].as_str().unwrap().parse().unwrap();
    engine.update(&engine.system(), "web_form", form, json!({ "keep_days": 90 }));
    clear(engine);
    assert_eq!(left(), 0);
}

fn a_campaign_without_a_source_leaves_that_of_the_form(engine: &TestEngine) {
    let system = engine.system();
    engine.create(&system, "campaign", json!({ "name": "产品通讯", "kind": "email", "utm_campaign": "news" }));
    let lead = |name: &str| engine.list(&system, "lead", &format!("name == '{name}'"))[0]["source"].clone();
    let by_news = |token: &str| by_link(token, &[("utm_campaign", "news")]);
    let said = make_form(engine, json!({ "source": "phone_inquiry" }));
    send_by(engine, &said, &by_news("a"), json!({ "name": "甲", "mobile": "13812345671" }));
    assert_eq!(lead("甲"), "other", "that of its kind");
    // As where the company has put away the choice that its kind means.
    empty(engine, "campaign", "utm_campaign == 'news'", "source");
    send_by(engine, &said, &by_news("b"), json!({ "name": "乙", "mobile": "13812345672" }));
    assert_eq!(lead("乙"), "phone_inquiry");
    let silent = make_form(engine, json!({ "name": "二" }));
    send_by(engine, &silent, &by_news("c"), json!({ "name": "丙", "mobile": "13812345673" }));
    assert_eq!(lead("丙"), "website", "nobody typed it in");
}

fn pasted_script_finds_its_own_form_and_no_other(engine: &TestEngine) {
    let system = engine.system();
    let key = make_form(engine, json!({}));
    let id: Uuid = engine.list(&system, "web_form", &format!("key == '{key}'"))[0]["id"].as_str().unwrap().parse().unwrap();
    let code = engine.act(&system, "web_form", id, "embed", json!({})).unwrap();
    for (name, tag) in [("iframe", "<iframe "), ("form", "<form ")] {
        let text = code[name].as_str().unwrap();
        let (element, script) = text.split_once("<script>").unwrap();
        assert!(element.starts_with(tag) && element.contains(&format!("data-web-form=\"{key}\"")), "{text}");
        assert!(script.contains(&format!("document.querySelector('[data-web-form=\"{key}\"]")), "{text}");
    }
}

fn what_became_no_lead_is_erased_after_its_days(engine: &TestEngine) {
    let run = || clear(engine);
    let (short, usual) = (make_form(engine, json!({ "keep_days": 7 })), make_form(engine, json!({ "name": "二" })));
    for (at, key) in [&short, &usual].into_iter().enumerate() {
        let values = |name: &str| json!({ "name": format!("{name}{at}"), "mobile": format!("1381234567{at}") });
        send(engine, key, &format!("lead{at}"), values("线索"));
        send_by(engine, key, &Visit { trapped: true, ..visit(&format!("held{at}")) }, values("待审"));
    }
    let left = || {
        let mut names: Vec<String> =
            engine.list(&engine.system(), "web_form_submission", "").iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect();
        names.sort();
        names
    };
    engine.clock.advance(7 * 24 * 3600);
    run();
    assert_eq!(left().len(), 4, "not before its days are over");
    engine.clock.advance(3600);
    run();
    run();
    assert_eq!(left(), ["待审1", "线索0", "线索1"]);
    engine.clock.advance(83 * 24 * 3600 - 3600);
    run();
    assert_eq!(left().len(), 3);
    engine.clock.advance(2 * 3600);
    run();
    assert_eq!(left(), ["线索0", "线索1"], "what became leads is kept with them");
}
