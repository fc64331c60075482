//! What is past its time goes by itself: after a preview, in batches, and never what is held.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::Value;
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::locks::{NewLock, lock};
use guanxi_kernel::store::{ColumnRef, Condition, Select, StoreExt as _};
use guanxi_kernel::system_tables::SETTING;
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    what_is_past_its_time_is_anonymised_once,
    what_is_past_its_time_is_erased_but_not_what_is_held,
    a_large_share_asks_for_confirmation,
    a_rule_that_finds_far_more_pauses_itself,
    a_rule_changed_is_a_draft_again,
    how_far_a_rule_came_goes_with_what_it_looked_for,
    a_wrong_rule_is_told_by_its_field,
    only_officers_have_rules,
    people_of_every_kind_can_be_anonymised,
);

const DAY: i64 = 24 * 3600;

struct Scene<'e> {
    engine: &'e TestEngine,
    officer: Context,
    rep: Context,
}

impl<'e> Scene<'e> {
    fn new(engine: &'e TestEngine) -> Self {
        let (compliance, sales) = (engine.department("合规部", None), engine.department("销售部", None));
        Self { engine, officer: engine.member("dpo", &["data_protection"], compliance), rep: engine.member("lin", &["sales"], sales) }
    }

    fn leads(&self, count: usize) -> Vec<Uuid> {
        let make = |it: usize| json!({ "name": format!("客户{it}"), "mobile": format!("138000012{it:02}"), "company": "某公司" });
        (0..count).map(|it| self.engine.create(&self.rep, "lead", make(it))).collect()
    }

    fn rule(&self, values: Json) -> Uuid {
        let mut all = json!({ "name": "过期线索", "object": "lead", "days": 30, "act": "anonymise" });
        all.as_object_mut().unwrap().extend(values.as_object().cloned().unwrap());
        self.engine.create(&self.officer, "retention_rule", all)
    }

    fn act(&self, rule: Uuid, action: &str, input: Json) -> guanxi_kernel::Result<Json> {
        self.engine.act(&self.engine.again(&self.officer), "retention_rule", rule, action, input)
    }

    fn get(&self, rule: Uuid) -> Json {
        self.engine.get(&self.officer, "retention_rule", rule)
    }

    fn lead(&self, id: Uuid) -> Json {
        self.engine.get(&self.engine.system(), "lead", id)
    }
}

fn run(engine: &TestEngine) {
    let job = engine.workspace.registry.job("privacy.run_retention").unwrap().clone();
    JobHandler::run(job.as_ref(), &engine.system(), &json!({})).unwrap();
}

fn what_is_past_its_time_is_anonymised_once(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let old = scene.leads(3);
    engine.clock.advance(31 * DAY);
    let rep = engine.again(&scene.rep);
    let young = engine.create(&rep, "lead", json!({ "name": "新客户", "mobile": "13800009999" }));
    let rule = scene.rule(json!({ "condition": "company == '某公司'" }));
    let preview = scene.act(rule, "preview", json!({})).unwrap();
    assert_eq!((&preview["due"], &preview["all"], &preview["large"]), (&json!(3), &json!(4), &json!(false)));
    assert_eq!(preview["records"][0]["label"], "客户0");
    assert!(preview["fields"].as_array().unwrap().contains(&json!("mobile")));
    run(engine);
    assert_eq!(scene.lead(old[0])["mobile"], "+8613800001200", "a draft does nothing");
    scene.act(rule, "activate", json!({})).unwrap();
    run(engine);
    let gone = scene.lead(old[0]);
    assert_eq!((&gone["name"]["full"], &gone["mobile"], &gone["company"]), (&json!("已匿名"), &Json::Null, &Json::Null));
    assert_eq!(scene.lead(young)["name"]["full"], "新客户");
    let told = scene.get(rule);
    assert_eq!((&told["last_done"], &told["total_done"]), (&json!(3), &json!(3)));
    run(engine);
    assert_eq!((&scene.get(rule)["last_done"], &scene.get(rule)["total_done"]), (&json!(0), &json!(3)), "once");
    assert_eq!(scene.lead(old[0])["version"], gone["version"]);
}

fn what_is_past_its_time_is_erased_but_not_what_is_held(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let leads = scene.leads(4);
    engine.create(&scene.officer, "legal_hold", json!({ "about": { "object": "lead", "id": leads[0] }, "reason": "诉讼" }));
    lock(&engine.system(), &engine.object("lead"), leads[1], &NewLock { reason: "核对中".into(), except: Vec::new(), until: None }).unwrap();
    let keeps = json!({ "name": "报价档案", "legal_ground": "contract", "keeps_object": "lead", "keeps_when": "rating == 'hot'" });
    engine.create(&scene.officer, "purpose", keeps);
    engine.update(&scene.rep, "lead", leads[2], json!({ "rating": "hot" }));
    engine.clock.advance(31 * DAY);
    let rule = scene.rule(json!({ "act": "erase" }));
    let preview = scene.act(rule, "preview", json!({})).unwrap();
    let kept: Vec<&Json> = preview["records"].as_array().unwrap().iter().map(|it| &it["kept"]["why"]).collect();
    assert_eq!(kept, [&json!("hold"), &json!("lock"), &json!("purpose"), &Json::Null]);
    scene.act(rule, "activate", json!({})).unwrap();
    run(engine);
    let left: Vec<bool> = leads.iter().map(|it| !scene.lead(*it).is_null()).collect();
    assert_eq!(left, [true, true, true, false]);
    assert_eq!(scene.get(rule)["total_done"], 1);
}

fn a_large_share_asks_for_confirmation(engine: &TestEngine) {
    let scene = Scene::new(engine);
    scene.leads(25);
    engine.clock.advance(31 * DAY);
    let rule = scene.rule(json!({}));
    let refused = scene.act(rule, "activate", json!({})).unwrap_err();
    assert_eq!(problem_fields(&refused), ["confirm: required"]);
    let refused = scene.act(rule, "activate", json!({ "confirm": 24 })).unwrap_err();
    assert_eq!(problem_fields(&refused), ["confirm: required"]);
    assert_eq!(scene.act(rule, "activate", json!({ "confirm": 25 })).unwrap()["due"], 25);
    run(engine);
    assert_eq!(scene.get(rule)["total_done"], 25);
    let unproved = Context { proved: false, ..engine.again(&scene.officer) };
    scene.act(rule, "pause", json!({})).unwrap();
    let refused = engine.act(&unproved, "retention_rule", rule, "activate", json!({})).unwrap_err();
    assert_eq!(error_code(&refused), "proof_needed");
}

fn a_rule_that_finds_far_more_pauses_itself(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let rule = scene.rule(json!({}));
    assert_eq!(scene.act(rule, "activate", json!({})).unwrap()["due"], 0);
    let leads = scene.leads(25);
    engine.clock.advance(31 * DAY);
    run(engine);
    let told = scene.get(rule);
    assert_eq!((&told["state"], &told["total_done"]), (&json!("paused"), &Json::Null));
    assert!(told["paused_reason"].as_str().unwrap().contains("25"));
    assert_eq!(scene.lead(leads[0])["name"]["full"], "客户0");
}

fn a_rule_changed_is_a_draft_again(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let rule = scene.rule(json!({}));
    scene.act(rule, "activate", json!({})).unwrap();
    engine.update(&scene.officer, "retention_rule", rule, json!({ "name": "另一个名字" }));
    assert_eq!(scene.get(rule)["state"], "active");
    engine.update(&scene.officer, "retention_rule", rule, json!({ "days": 1 }));
    assert_eq!(scene.get(rule)["state"], "draft");
    assert_eq!(error_code(&scene.act(rule, "pause", json!({})).unwrap_err()), "state_conflict");
}

fn how_far_a_rule_came_goes_with_what_it_looked_for(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let rule = scene.rule(json!({}));
    let is_kept = || {
        let key = Condition::equals(ColumnRef::main(0), Value::Text(format!("retention_place.{rule}")));
        engine.workspace.store.read_with(|tx| Ok(tx.count(&Select::all(&SETTING, key.clone()), None)?)).unwrap() == 1
    };
    let night = || {
        scene.act(rule, "activate", json!({})).unwrap();
        engine.clock.advance(DAY);
        run(engine);
    };
    night();
    engine.update(&scene.officer, "retention_rule", rule, json!({ "name": "另一个名字" }));
    assert!(is_kept());
    engine.update(&scene.officer, "retention_rule", rule, json!({ "condition": "company == '某公司'" }));
    assert!(!is_kept(), "what it looks for now may lie before it");
    night();
    assert!(is_kept());
    engine.try_delete(&scene.officer, "retention_rule", rule).unwrap();
    assert!(!is_kept());
}

fn a_wrong_rule_is_told_by_its_field(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let make = |values: Json| {
        let mut all = json!({ "name": "x", "object": "lead", "days": 30 });
        all.as_object_mut().unwrap().extend(values.as_object().cloned().unwrap());
        problem_fields(&engine.try_create(&scene.officer, "retention_rule", all).unwrap_err())
    };
    assert_eq!(make(json!({ "object": "nothing" })), ["object: bad_option"]);
    assert_eq!(make(json!({ "object": "user" })), ["object: bad_option"]);
    assert_eq!(make(json!({ "since": "name" })), ["since: bad_option"]);
    assert_eq!(make(json!({ "fields": "mobile, shoe" })), ["fields: bad_option"]);
    assert_eq!(make(json!({ "fields": "status" })), ["fields: bad_option"], "it must not be empty");
    assert_eq!(make(json!({ "condition": "status ==" })), ["condition: bad_format"]);
    assert_eq!(make(json!({ "condition": "shoe == 1" })), ["condition: bad_format"]);
    assert_eq!(make(json!({ "condition": "true) || (true" })), ["condition: bad_format"]);
    assert_eq!(make(json!({ "days": 0 })), ["days: too_small"]);
}

fn only_officers_have_rules(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let rule = scene.rule(json!({}));
    // What he may not see at all is not there for him.
    let refused = |error: guanxi_kernel::KernelError| assert!(["not_found", "forbidden"].contains(&error_code(&error)), "{error:?}");
    refused(engine.try_list(&scene.rep, "retention_rule", "").unwrap_err());
    refused(engine.try_create(&scene.rep, "retention_rule", json!({ "name": "x", "object": "lead", "days": 1 })).unwrap_err());
    refused(engine.try_update(&scene.rep, "retention_rule", rule, json!({ "days": 1 })).unwrap_err());
    for action in ["preview", "activate", "pause"] {
        refused(engine.act(&scene.rep, "retention_rule", rule, action, json!({})).unwrap_err());
    }
    refused(engine.try_create(&scene.rep, "legal_hold", json!({ "reason": "x" })).unwrap_err());
    let auditor = engine.member("qian", &["auditor"], engine.department("审计", None));
    engine.act(&auditor, "retention_rule", rule, "preview", json!({})).unwrap();
    refused(engine.act(&auditor, "retention_rule", rule, "activate", json!({})).unwrap_err());
}

fn people_of_every_kind_can_be_anonymised(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let address = json!({ "country": "CN", "province": "上海市", "city": "上海市", "street": "南京东路1号" });
    let contact = json!({ "name": "王小明", "email": "w@kehu.example", "address": address, "birthday": "1990-05-01", "gender": "male" });
    let contact = engine.create(&scene.rep, "contact", contact);
    let account = engine.create(&scene.rep, "account", json!({ "name": "某公司", "phone": "021-62345678", "address": address }));
    engine.clock.advance(31 * DAY);
    for object in ["contact", "account", "activity", "opportunity", "note"] {
        let rule = scene.rule(json!({ "name": object, "object": object }));
        scene.act(rule, "preview", json!({})).unwrap();
        scene.act(rule, "activate", json!({})).unwrap();
    }
    run(engine);
    let person = engine.get(&engine.system(), "contact", contact);
    assert_eq!((&person["name"]["full"], &person["address"], &person["birthday"]), (&json!("已匿名"), &Json::Null, &Json::Null));
    let company = engine.get(&engine.system(), "account", account);
    assert_eq!((&company["name"], &company["phone"], &company["address"]), (&json!("某公司"), &Json::Null, &Json::Null), "a company keeps its name");
}
