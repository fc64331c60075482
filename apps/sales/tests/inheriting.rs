//! From the campaign to the money: deals of a customer come from where he first came from, on every path, unless somebody says
//! otherwise; and leads name the campaign whose link brought them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_kernel::history::history;
use guanxi_kernel::locks::{NewLock, lock};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::{Batch, BatchMode, Operation, PlanOptions, Planner, execute, undo};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_deal_comes_from_where_its_customer_came_from,
    who_names_something_else_has_said_it,
    many_at_once_and_the_preview_inherit_too,
    who_may_not_see_the_campaign_inherits_it_all_the_same,
    a_customer_there_was_before_has_his_first_touch_from_his_first_lead,
    what_is_known_of_a_customer_or_locked_stays,
    who_may_only_look_at_a_customer_says_nothing_of_him,
    deals_of_several_customers_at_once_each_have_their_own,
    a_lead_names_the_campaign_of_its_link,
);

struct Scene {
    sales: Context,
    fair: Uuid,
    mail: Uuid,
}

fn scene(engine: &TestEngine) -> Scene {
    let system = engine.system();
    let fair = engine.create(&system, "campaign", json!({ "name": "工博会", "kind": "event", "utm_campaign": " Fair_2026 " }));
    let mail = engine.create(&system, "campaign", json!({ "name": "短视频", "kind": "social" }));
    let sales = engine.member("lin", &["sales"], engine.department("华东", None));
    Scene { sales, fair, mail }
}

fn deal(engine: &TestEngine, by: &Context, account: Uuid, more: Json) -> Json {
    let mut values = json!({ "name": "商机", "account": account, "close_date": "2026-12-31" });
    values.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    let id = engine.create(by, "opportunity", values);
    engine.get(&engine.system(), "opportunity", id)
}

fn origin(record: &Json) -> (Json, Json) {
    (record["source"].clone(), record["campaign"]["id"].clone())
}

fn id(json: &Json) -> Uuid {
    json.as_str().unwrap().parse().unwrap()
}

fn a_deal_comes_from_where_its_customer_came_from(engine: &TestEngine) {
    let it = scene(engine);
    let lead = engine.create(&it.sales, "lead", json!({ "name": "张建国", "mobile": "13800001234", "campaign": it.fair }));
    let made = engine.act(&it.sales, "lead", lead, "convert", json!({})).unwrap();
    let account = id(&made["account"]);
    let second = deal(engine, &it.sales, account, json!({}));
    assert_eq!(origin(&second), (json!("event"), json!(it.fair)));
    // Shown, and his to change afterwards: it is not put back.
    let second = id(&second["id"]);
    engine.update(&it.sales, "opportunity", second, json!({ "campaign": null, "source": "referral" }));
    assert_eq!(origin(&engine.get(&it.sales, "opportunity", second)), (json!("referral"), Json::Null));
    let fair = engine.get(&engine.system(), "campaign", it.fair);
    assert_eq!(fair["opportunities"], 1, "that of the conversion");
}

fn who_names_something_else_has_said_it(engine: &TestEngine) {
    let it = scene(engine);
    let account = engine.create(&it.sales, "account", json!({ "name": "华锐", "campaign": it.fair }));
    assert_eq!(origin(&deal(engine, &it.sales, account, json!({ "campaign": it.mail }))), (json!("social"), json!(it.mail)));
    assert_eq!(origin(&deal(engine, &it.sales, account, json!({ "source": "referral" }))), (json!("referral"), Json::Null));
    // What is left empty says nothing.
    assert_eq!(origin(&deal(engine, &it.sales, account, json!({ "source": null, "campaign": null }))), (json!("event"), json!(it.fair)));
    let plain = engine.create(&it.sales, "account", json!({ "name": "无来源" }));
    assert_eq!(origin(&deal(engine, &it.sales, plain, json!({}))), (Json::Null, Json::Null));
    // A campaign in the bin brings nothing more; where he came from is still known.
    engine.try_delete(&engine.system(), "campaign", it.fair).unwrap();
    assert_eq!(origin(&deal(engine, &it.sales, account, json!({}))), (json!("event"), Json::Null));
}

fn many_at_once_and_the_preview_inherit_too(engine: &TestEngine) {
    let it = scene(engine);
    let account = engine.create(&it.sales, "account", json!({ "name": "华锐", "campaign": it.fair }));
    let values = |name: &str| json!({ "name": name, "account": account, "close_date": "2026-12-31" }).as_object().cloned().unwrap();
    let object = engine.object("opportunity");
    let planned = engine.workspace.store.read_with(|tx| Planner::new(&it.sales).create(tx, &object, &values("预览"), PlanOptions::default()));
    let planned = planned.unwrap();
    assert_eq!((planned.value("source").as_text(), planned.record().reference("campaign")), (Some("event"), Some(it.fair)));
    let operations = ["甲", "乙", "丙"].map(|name| Operation::Create { values: values(name) }).to_vec();
    execute(&it.sales, &Batch { object, operations, mode: BatchMode::AllOrNothing, verb: "import", change: None }).unwrap();
    let made = engine.list(&it.sales, "opportunity", "");
    assert_eq!(made.iter().filter(|deal| origin(deal) == (json!("event"), json!(it.fair))).count(), 3, "{made:?}");
}

fn who_may_not_see_the_campaign_inherits_it_all_the_same(engine: &TestEngine) {
    let it = scene(engine);
    // Partners see no campaigns.
    let partner = engine.member("huaxing", &["partner"], engine.department("渠道", None));
    let account = engine.create(&partner, "account", json!({ "name": "华锐" }));
    engine.update(&engine.system(), "account", account, json!({ "campaign": it.fair, "source": "event" }));
    let named = json!({ "name": "点名", "account": account, "close_date": "2026-12-31", "campaign": it.fair });
    assert_eq!(problem_fields(&engine.try_create(&partner, "opportunity", named).unwrap_err()), ["campaign: no_such_record"]);
    assert_eq!(origin(&deal(engine, &partner, account, json!({}))), (json!("event"), json!(it.fair)));
}

fn a_customer_there_was_before_has_his_first_touch_from_his_first_lead(engine: &TestEngine) {
    let it = scene(engine);
    let account = engine.create(&it.sales, "account", json!({ "name": "老客户" }));
    let convert = |mobile: &str, campaign: Uuid| {
        let lead = engine.create(&it.sales, "lead", json!({ "name": "张建国", "mobile": mobile, "campaign": campaign }));
        engine.act(&it.sales, "lead", lead, "convert", json!({ "account": account, "create_opportunity": false })).unwrap();
    };
    convert("13800001234", it.fair);
    assert_eq!(origin(&engine.get(&it.sales, "account", account)), (json!("event"), json!(it.fair)));
    convert("13800001235", it.mail);
    assert_eq!(origin(&engine.get(&it.sales, "account", account)), (json!("event"), json!(it.fair)), "the first one stays");
    assert_eq!(origin(&deal(engine, &it.sales, account, json!({}))), (json!("event"), json!(it.fair)));
    // A customer of the days before that: what his first lead said counts.
    engine.update(&engine.system(), "account", account, json!({ "source": null, "campaign": null }));
    assert_eq!(origin(&deal(engine, &it.sales, account, json!({}))), (json!("event"), json!(it.fair)));
}

fn what_is_known_of_a_customer_or_locked_stays(engine: &TestEngine) {
    let it = scene(engine);
    let known = engine.create(&it.sales, "account", json!({ "name": "转介来的", "source": "referral" }));
    let locked = engine.create(&it.sales, "account", json!({ "name": "锁定的" }));
    let administrator = engine.member("chen", &["administrator"], engine.department("信息部", None));
    lock(&administrator, &engine.object("account"), locked, &NewLock { reason: "核对中".into(), until: None, except: Vec::new() }).unwrap();
    for (account, mobile) in [(known, "13800001234"), (locked, "13800001235")] {
        let before = engine.get(&engine.system(), "account", account);
        let lead = engine.create(&it.sales, "lead", json!({ "name": "张建国", "mobile": mobile, "campaign": it.fair }));
        engine.act(&it.sales, "lead", lead, "convert", json!({ "account": account, "create_opportunity": false })).unwrap();
        assert_eq!(origin(&engine.get(&engine.system(), "account", account)), origin(&before));
    }
    // What a conversion gave goes with it.
    let plain = engine.create(&it.sales, "account", json!({ "name": "无来源" }));
    let lead = engine.create(&it.sales, "lead", json!({ "name": "李明", "mobile": "13800001236", "campaign": it.fair }));
    engine.act(&it.sales, "lead", lead, "convert", json!({ "account": plain, "create_opportunity": false })).unwrap();
    assert_eq!(origin(&engine.get(&it.sales, "account", plain)), (json!("event"), json!(it.fair)));
    let system = engine.system();
    let last = engine.workspace.store.read_with(|tx| history(&system, tx, "lead", lead, None, 1)).unwrap();
    undo(&engine.again(&it.sales), last[0].change).unwrap();
    assert_eq!(origin(&engine.get(&it.sales, "account", plain)), (Json::Null, Json::Null));
}

fn who_may_only_look_at_a_customer_says_nothing_of_him(engine: &TestEngine) {
    let it = scene(engine);
    let account = engine.create(&it.sales, "account", json!({ "name": "林的客户" }));
    let colleague = engine.member("ma", &["sales"], it.sales.access.member.department.unwrap());
    assert_eq!(engine.get(&colleague, "account", account)["name"], "林的客户");
    assert_eq!(error_code(&engine.try_update(&colleague, "account", account, json!({ "campaign": it.fair })).unwrap_err()), "forbidden");
    let lead = engine.create(&colleague, "lead", json!({ "name": "张建国", "mobile": "13800001234", "campaign": it.fair }));
    engine.act(&colleague, "lead", lead, "convert", json!({ "account": account, "create_opportunity": false })).unwrap();
    assert_eq!(origin(&engine.get(&it.sales, "account", account)), (Json::Null, Json::Null), "his to look at, not to change");
    // Deals know the lead that became the customer first, and whoever may change him says otherwise.
    assert_eq!(origin(&deal(engine, &it.sales, account, json!({}))), (json!("event"), json!(it.fair)));
    engine.update(&it.sales, "account", account, json!({ "source": "referral" }));
    assert_eq!(origin(&deal(engine, &it.sales, account, json!({}))), (json!("referral"), Json::Null));
}

fn deals_of_several_customers_at_once_each_have_their_own(engine: &TestEngine) {
    let it = scene(engine);
    let account = |name: &str, more: Json| {
        let mut values = json!({ "name": name });
        values.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        engine.create(&it.sales, "account", values)
    };
    let (of_fair, of_nothing) = (account("展会来的", json!({ "campaign": it.fair })), account("无来源", json!({})));
    // Of this one only its leads tell, the first of them.
    let of_leads = account("线索来的", json!({}));
    for (mobile, campaign) in [("13800001234", it.mail), ("13800001235", it.fair)] {
        let lead = engine.create(&it.sales, "lead", json!({ "name": "张建国", "mobile": mobile, "campaign": campaign }));
        engine.act(&engine.again(&it.sales), "lead", lead, "convert", json!({ "account": of_leads, "create_opportunity": false })).unwrap();
        engine.clock.advance(60);
    }
    engine.update(&engine.system(), "account", of_leads, json!({ "source": null, "campaign": null }));
    let values = |account: Uuid| json!({ "name": "商机", "account": account, "close_date": "2026-12-31" }).as_object().cloned().unwrap();
    let all = [of_fair, of_nothing, of_leads, of_fair];
    let operations = all.map(|it| Operation::Create { values: values(it) }).to_vec();
    execute(&it.sales, &Batch { object: engine.object("opportunity"), operations, mode: BatchMode::AllOrNothing, verb: "import", change: None })
        .unwrap();
    let made = |account: Uuid| engine.list(&it.sales, "opportunity", &format!("account == '{account}'")).iter().map(origin).collect::<Vec<_>>();
    let fair = (json!("event"), json!(it.fair));
    assert_eq!(made(of_fair), [fair.clone(), fair]);
    assert_eq!(made(of_nothing), [(Json::Null, Json::Null)]);
    assert_eq!(made(of_leads), [(json!("social"), json!(it.mail))]);
}

fn a_lead_names_the_campaign_of_its_link(engine: &TestEngine) {
    let it = scene(engine);
    assert_eq!(engine.get(&engine.system(), "campaign", it.fair)["utm_campaign"], "fair_2026");
    let lead = |mobile: &str, more: Json| {
        let mut values = json!({ "name": "张建国", "mobile": mobile });
        values.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        let id = engine.create(&it.sales, "lead", values);
        engine.get(&it.sales, "lead", id)
    };
    let found = lead("13800001231", json!({ "utm_campaign": "FAIR_2026", "utm_source": "baidu" }));
    assert_eq!((origin(&found), &found["utm_campaign"]), ((json!("event"), json!(it.fair)), &json!("FAIR_2026")));
    assert_eq!(origin(&lead("13800001232", json!({ "utm_campaign": "fair_2026", "campaign": it.mail }))), (json!("social"), json!(it.mail)));
    assert_eq!(origin(&lead("13800001233", json!({ "utm_campaign": "fair_2027" }))), (json!("manual"), Json::Null));
    // Those that came by a link are found by the moment of it, which is kept and ends with the last tag.
    let by_link = || engine.list(&it.sales, "lead", "linked_at != null").iter().map(|it| it["mobile"].clone()).collect::<Vec<_>>();
    assert_eq!(by_link().len(), 3);
    lead("13800001234", json!({ "utm_term": "机械臂" }));
    assert_eq!(by_link().len(), 3, "a term alone is no link of a campaign");
    engine.update(&it.sales, "lead", id(&found["id"]), json!({ "utm_campaign": null, "utm_source": null }));
    assert_eq!(by_link().len(), 2);
    let twice = engine.try_create(&engine.system(), "campaign", json!({ "name": "又一个", "kind": "event", "utm_campaign": "fair_2026" }));
    assert_eq!(error_code(&twice.unwrap_err()), "duplicate_value");
}
