//! `lead.convert`: one act, nothing lost.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_lead_becomes_account_contact_and_opportunity_with_all_that_is_known,
    an_existing_account_and_contact_are_used_and_no_opportunity_made_when_none_is_wanted,
    a_lead_without_company_becomes_a_person,
    a_lead_is_converted_once_and_not_when_disqualified,
    a_lead_is_put_away_with_a_reason_and_taken_up_again,
    a_failed_conversion_leaves_nothing_behind,
    nobody_marks_a_lead_converted_by_hand_or_converts_what_he_may_not_change,
);

fn id(json: &Json) -> Uuid {
    json["id"].as_str().or(json.as_str()).and_then(|it| it.parse().ok()).unwrap_or_else(|| panic!("no id in {json}"))
}

struct Scene<'e> {
    engine: &'e TestEngine,
    sales: guanxi_kernel::context::Context,
    product: Uuid,
    tag: Uuid,
}

impl<'e> Scene<'e> {
    fn new(engine: &'e TestEngine) -> Self {
        let department = engine.department("华东销售一部", None);
        let sales = engine.member("lin", &["sales"], department);
        let system = engine.system();
        let product = engine.create(&system, "product", json!({ "name": "六轴机械臂", "code": "R6", "family": "robot", "list_price": "89000" }));
        let tag = engine.create(&system, "tag", json!({ "name": "工博会" }));
        engine.create(&system, "pipeline", json!({ "name": "直销", "is_default": true }));
        Self { engine, sales, product, tag }
    }

    fn lead(&self) -> Uuid {
        let values = json!({
            "name": "张建国", "company": "苏州华锐精密机械有限公司", "title": "设备部经理", "mobile": "13800001234",
            "email": "zhang@huarui.example", "wechat": "zjg_88", "website": "https://www.huarui.example", "industry": "machinery",
            "address": { "province": "江苏省", "city": "苏州市", "street": "创新路 8 号" }, "employees": 220, "source": "event",
            "need": "换掉三台旧设备", "budget": "350000", "purchase_time": "within_quarter", "rating": "hot", "description": "展会上聊得很好",
            "preferred_channel": "wechat", "interested_products": [self.product], "tags": [self.tag],
        });
        self.engine.create(&self.sales, "lead", values)
    }
}

fn a_lead_becomes_account_contact_and_opportunity_with_all_that_is_known(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let sales = &scene.sales;
    let lead = scene.lead();
    let call = engine.create(sales, "activity", json!({ "subject": "首次通话", "kind": "call", "status": "done", "lead": lead }));
    let note = engine.create(sales, "note", json!({ "body": "<p>喜欢书法</p>", "lead": lead }));

    let answer = engine.act(sales, "lead", lead, "convert", json!({})).unwrap();
    let (account, contact, opportunity) = (id(&answer["account"]), id(&answer["contact"]), id(&answer["opportunity"]));
    assert_eq!(answer["moved"], 2);

    let seen = engine.get(sales, "account", account);
    assert_eq!(seen["name"], "苏州华锐精密机械有限公司");
    assert_eq!(
        (&seen["kind"], &seen["industry"], &seen["source"], &seen["lifecycle"]),
        (&json!("company"), &json!("machinery"), &json!("event"), &json!("convert"))
    );
    assert_eq!((&seen["employees"], &seen["address"]["city"], &seen["preferred_channel"]), (&json!(220), &json!("苏州市"), &json!("wechat")));
    assert_eq!(seen["tags"][0]["label"], "工博会");
    assert_eq!((&seen["contact_count"], &seen["open_opportunity_count"]), (&json!(1), &json!(1)));

    let seen = engine.get(sales, "contact", contact);
    assert_eq!((&seen["name"]["full"], &seen["title"], &seen["mobile"]), (&json!("张建国"), &json!("设备部经理"), &json!("+8613800001234")));
    assert_eq!((&seen["email"], &seen["wechat"], &seen["description"]), (&json!("zhang@huarui.example"), &json!("zjg_88"), &json!("展会上聊得很好")));
    assert_eq!(id(&seen["account"]), account);

    let seen = engine.get(sales, "opportunity", opportunity);
    assert_eq!((&seen["amount"]["amount"], &seen["need"], &seen["stage"]), (&json!("350000.00"), &json!("换掉三台旧设备"), &json!("new")));
    assert_eq!((&seen["probability"], &seen["weighted"], &seen["lines_total"]), (&json!("10.00"), &json!("35000.00"), &json!("89000.00")));
    assert_eq!((&seen["close_date"], &seen["pipeline"]["label"]), (&json!("2027-02-16"), &json!("直销")));
    assert_eq!(id(&seen["primary_contact"]), contact);

    for (object, record) in [("activity", call), ("note", note)] {
        let seen = engine.get(sales, object, record);
        assert_eq!(
            (id(&seen["account"]), id(&seen["contact"]), id(&seen["opportunity"]), id(&seen["lead"])),
            (account, contact, opportunity, lead),
            "{object}"
        );
    }
    let seen = engine.get(sales, "lead", lead);
    assert_eq!((&seen["status"], id(&seen["converted_account"]), id(&seen["converted_opportunity"])), (&json!("converted"), account, opportunity));
    assert_eq!(id(&seen["converted_by"]), sales.actor);
}

fn an_existing_account_and_contact_are_used_and_no_opportunity_made_when_none_is_wanted(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let sales = &scene.sales;
    let account = engine.create(sales, "account", json!({ "name": "华锐集团" }));
    let contact = engine.create(sales, "contact", json!({ "name": "李总", "account": account }));
    let lead = scene.lead();
    let answer = engine.act(sales, "lead", lead, "convert", json!({ "account": account, "contact": contact, "create_opportunity": false })).unwrap();
    assert_eq!((id(&answer["account"]), id(&answer["contact"]), &answer["opportunity"]), (account, contact, &Json::Null));
    assert_eq!(engine.list(sales, "account", "").len(), 1);
    assert_eq!(engine.list(sales, "contact", "").len(), 1);
    assert!(engine.list(sales, "opportunity", "").is_empty());
}

fn a_lead_without_company_becomes_a_person(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let lead = scene.engine.create(&scene.sales, "lead", json!({ "name": "王芳", "mobile": "13900005678", "source": "social" }));
    let answer = scene.engine.act(&scene.sales, "lead", lead, "convert", json!({ "create_opportunity": false })).unwrap();
    let account = scene.engine.get(&scene.sales, "account", id(&answer["account"]));
    assert_eq!((&account["name"], &account["kind"], &account["phone"]), (&json!("王芳"), &json!("person"), &json!("+8613900005678")));
}

fn a_lead_is_converted_once_and_not_when_disqualified(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let sales = &scene.sales;
    let lead = scene.lead();
    engine.act(sales, "lead", lead, "convert", json!({})).unwrap();
    assert_eq!(error_code(&engine.act(sales, "lead", lead, "convert", json!({})).unwrap_err()), "state_conflict");
    let other = scene.lead();
    engine.update(sales, "lead", other, json!({ "status": "disqualified", "disqualify_reason": "no_budget" }));
    assert_eq!(error_code(&engine.act(sales, "lead", other, "convert", json!({})).unwrap_err()), "state_conflict");
    engine.update(sales, "lead", other, json!({ "status": "contacted" }));
    assert_eq!(engine.get(sales, "lead", other)["disqualify_reason"], Json::Null);
    engine.act(sales, "lead", other, "convert", json!({})).unwrap();
}

fn a_lead_is_put_away_with_a_reason_and_taken_up_again(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let sales = &scene.sales;
    let lead = scene.lead();
    let change = |input: Json| engine.act(sales, "lead", lead, "change_status", input);
    assert_eq!(problem_fields(&change(json!({ "status": "disqualified" })).unwrap_err()), ["disqualify_reason: required"]);
    change(json!({ "status": "disqualified", "disqualify_reason": "no_need" })).unwrap();
    assert_eq!(problem_fields(&change(json!({ "status": "converted" })).unwrap_err()), ["status: bad_option"]);
    change(json!({ "status": "contacted" })).unwrap();
    assert_eq!(problem_fields(&change(json!({ "status": "converted" })).unwrap_err()), ["status: rule"]);
    assert_eq!(error_code(&change(json!({ "status": "contacted" })).unwrap_err()), "state_conflict");
}

fn a_failed_conversion_leaves_nothing_behind(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let sales = &scene.sales;
    let lead = scene.lead();
    // The pipeline in use does not know the first stage, so the opportunity is refused after account and contact were made.
    engine.create(&engine.system(), "pipeline", json!({ "name": "服务", "is_default": true, "stages": ["negotiation"] }));
    let error = engine.act(sales, "lead", lead, "convert", json!({})).unwrap_err();
    assert_eq!(problem_fields(&error), ["stage: bad_option"]);
    assert!(engine.list(sales, "account", "").is_empty() && engine.list(sales, "contact", "").is_empty());
    assert_eq!(engine.get(sales, "lead", lead)["status"], "new");
    let unknown = engine.act(sales, "lead", lead, "convert", json!({ "account": Uuid::from_u128(7) })).unwrap_err();
    assert_eq!(problem_fields(&unknown), ["account: no_such_record"]);
}

fn nobody_marks_a_lead_converted_by_hand_or_converts_what_he_may_not_change(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let sales = &scene.sales;
    let lead = scene.lead();
    let error = engine.try_update(sales, "lead", lead, json!({ "status": "converted" })).unwrap_err();
    assert_eq!(problem_fields(&error), ["status: rule"]);
    let colleague = engine.member("ma", &["sales"], sales.access.member.department.unwrap());
    assert_eq!(engine.get(&colleague, "lead", lead)["name"]["full"], "张建国");
    assert_eq!(error_code(&engine.act(&colleague, "lead", lead, "convert", json!({})).unwrap_err()), "forbidden");
    let stranger = engine.member("partner", &["partner"], engine.department("渠道", None));
    assert_eq!(error_code(&engine.act(&stranger, "lead", lead, "convert", json!({})).unwrap_err()), "not_found");
}
