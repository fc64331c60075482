//! `lead.convert`: one act, nothing lost.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::undo;
use guanxi_kernel::{history, readers};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_lead_becomes_account_contact_and_opportunity_with_all_that_is_known,
    an_existing_account_and_contact_are_used_and_no_opportunity_made_when_none_is_wanted,
    a_lead_without_company_becomes_a_person,
    a_lead_is_converted_once_and_not_when_disqualified,
    many_who_convert_it_at_once_make_one_customer,
    a_lead_is_put_away_with_a_reason_and_taken_up_again,
    a_failed_conversion_leaves_nothing_behind,
    nobody_marks_a_lead_converted_by_hand_or_converts_what_he_may_not_change,
    origin_files_comments_and_followers_are_found_afterwards_and_undo_takes_all_back,
    where_a_lead_came_from_stays_true_whoever_converts_it,
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

fn many_who_convert_it_at_once_make_one_customer(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let lead = scene.lead();
    let outcomes: Vec<_> = std::thread::scope(|scope| {
        let all: Vec<_> = (0..8).map(|_| scope.spawn(|| engine.act(&scene.sales, "lead", lead, "convert", json!({})))).collect();
        all.into_iter().map(|it| it.join().unwrap()).collect()
    });
    assert_eq!(outcomes.iter().filter(|it| it.is_ok()).count(), 1);
    assert!(outcomes.iter().filter_map(|it| it.as_ref().err()).all(|it| error_code(it) == "state_conflict"), "{outcomes:?}");
    for object in ["account", "contact", "opportunity"] {
        assert_eq!(engine.list(&scene.sales, object, "").len(), 1, "{object}");
    }
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
    // Its first stage asks for more than a lead has, so the opportunity is refused after account and contact were made.
    let pipeline = engine.create(&engine.system(), "pipeline", json!({ "name": "服务", "is_default": true, "stages": ["negotiation"] }));
    let asks = json!({ "pipeline": pipeline, "stage": "negotiation", "required_fields": ["competitor"] });
    engine.create(&engine.system(), "pipeline_stage", asks);
    let error = engine.act(sales, "lead", lead, "convert", json!({})).unwrap_err();
    assert_eq!(problem_fields(&error), ["competitor: required"]);
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

fn origin_files_comments_and_followers_are_found_afterwards_and_undo_takes_all_back(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let (sales, system) = (&scene.sales, engine.system());
    let boss = engine.member("zhao", &["sales_manager"], sales.access.member.department.unwrap());
    let campaign = engine.create(&system, "campaign", json!({ "name": "工博会", "kind": "event" }));
    let community = engine.create(&system, "community", json!({ "name": "望江村", "kind": "physical" }));
    let values = json!({ "name": "张建国", "company": "华锐机械", "mobile": "13800001234", "campaign": campaign, "community": community });
    let lead = engine.create(sales, "lead", values);
    let file = engine.create(&sales.as_system(), "file", json!({ "name": "图纸.pdf", "size": 3, "content_type": "application/pdf" }));
    let call = json!({ "subject": "通话", "kind": "call", "status": "done", "lead": lead, "attachment": file });
    let call = engine.create(sales, "activity", call);
    let target = json!({ "object": "lead", "id": lead });
    engine.create(&boss, "follow", json!({ "target": target }));
    engine.create(&boss, "comment", json!({ "target": target, "body": "<p>先看样机</p>" }));
    readers::read_all(&system).unwrap();

    let answer = engine.act(sales, "lead", lead, "convert", json!({})).unwrap();
    let (account, opportunity) = (id(&answer["account"]), id(&answer["opportunity"]));
    let seen = engine.get(sales, "account", account);
    assert_eq!((id(&seen["campaign"]), id(&seen["community"]), &seen["source"]), (campaign, community, &json!("event")));
    let seen = engine.get(sales, "opportunity", opportunity);
    assert_eq!((id(&seen["campaign"]), &seen["source"]), (campaign, &json!("event")));
    // The file hangs on the call, which stands on the account and the opportunity now.
    let calls = engine.list(sales, "activity", &format!("account == '{account}' && opportunity == '{opportunity}'"));
    assert_eq!(calls.iter().map(|it| id(&it["attachment"])).collect::<Vec<_>>(), [file]);
    assert_eq!(engine.get(sales, "file", file)["name"], "图纸.pdf");
    // What was said stays where it was said; the lead stands on both.
    for (object, record) in [("account", account), ("opportunity", opportunity)] {
        let from = engine.list(sales, "lead", &format!("converted_{object} == '{record}'"));
        assert_eq!(from.iter().map(id).collect::<Vec<_>>(), [lead]);
    }
    assert_eq!(engine.list(sales, "comment", &format!("target == '{lead}'")).len(), 1);
    readers::read_all(&system).unwrap();
    let follows = |record: Uuid| engine.list(&engine.again(&boss), "follow", &format!("target == '{record}'")).len();
    assert_eq!((follows(lead), follows(account), follows(opportunity)), (1, 1, 1));

    let last = engine.workspace.store.read_with(|tx| history::history(&system, tx, "lead", lead, None, 1)).unwrap();
    let undone = undo(&engine.again(sales), last[0].change).unwrap();
    assert!(undone.skipped.is_empty(), "{:?}", undone.skipped);
    for object in ["account", "contact", "opportunity"] {
        assert!(engine.list(&system, object, "").is_empty(), "{object}");
    }
    let seen = engine.get(sales, "lead", lead);
    assert_eq!((&seen["status"], &seen["converted_account"], id(&seen["campaign"])), (&json!("new"), &Json::Null, campaign));
    let seen = engine.get(sales, "activity", call);
    assert_eq!((&seen["account"], &seen["opportunity"], id(&seen["lead"])), (&Json::Null, &Json::Null, lead));
    let counted = engine.get(&system, "campaign", campaign);
    assert_eq!((&counted["leads"], &counted["converted_leads"], &counted["opportunities"]), (&json!(1), &json!(0), &json!(0)));
}

fn where_a_lead_came_from_stays_true_whoever_converts_it(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let system = engine.system();
    let partner = engine.member("huaxing", &["partner"], engine.department("渠道", None));
    let campaign = engine.create(&system, "campaign", json!({ "name": "工博会", "kind": "event" }));
    let lead = engine.create(&partner, "lead", json!({ "name": "王芳", "mobile": "13900005678" }));
    engine.update(&system, "lead", lead, json!({ "campaign": campaign }));
    let answer = engine.act(&partner, "lead", lead, "convert", json!({})).unwrap();
    for object in ["account", "opportunity"] {
        assert_eq!(id(&engine.get(&system, object, id(&answer[object]))["campaign"]), campaign, "{object}");
        assert!(engine.get(&partner, object, id(&answer[object]))["campaign"]["label"].is_null(), "{object}");
    }
    // A campaign in the bin is no origin any more.
    let other = scene.lead();
    engine.update(&system, "lead", other, json!({ "campaign": campaign }));
    engine.try_delete(&system, "campaign", campaign).unwrap();
    let answer = engine.act(&scene.sales, "lead", other, "convert", json!({})).unwrap();
    assert_eq!(engine.get(&system, "account", id(&answer["account"]))["campaign"], Json::Null);
}
