//! What stays hidden, held and whole where people ask for their data: other persons', other members', and what must be kept.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::run_unit;
use guanxi_kernel::{KernelError, Result};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_bundle_tells_nothing_of_other_people_and_little_of_a_company,
    a_bundle_holds_meetings_the_person_came_to,
    only_records_of_people_are_confirmed,
    a_hold_on_what_belongs_to_a_record_keeps_it,
    a_purpose_keeps_a_record_from_whoever_erases_it,
    a_hold_on_what_is_gone_is_refused,
    what_was_sent_by_a_web_form_goes_when_the_lead_is_anonymised,
    what_was_said_about_a_person_goes_with_him,
    a_request_to_erase_ends_when_all_is_gone,
    what_cannot_be_anonymised_is_said,
    a_name_is_not_proposed_any_more,
    a_term_that_is_over_is_not_extended,
    another_name_is_checked_again,
    silence_asked_under_one_record_holds_for_all,
    a_hold_is_told_to_who_may_know,
    a_rule_passes_by_what_must_stay_and_says_why,
    a_closed_request_can_be_anonymised,
    nobody_else_does_any_step,
);

const DAY: i64 = 24 * 3600;

struct Scene<'e> {
    engine: &'e TestEngine,
    officer: Context,
    rep: Context,
    contact: Uuid,
}

impl<'e> Scene<'e> {
    fn new(engine: &'e TestEngine) -> Self {
        let (compliance, sales) = (engine.department("合规部", None), engine.department("销售部", None));
        let rep = engine.member("lin", &["sales"], sales);
        let values = json!({ "name": "王小明", "email": "wang@kehu.example", "mobile": "13800001234" });
        Self { engine, officer: engine.member("dpo", &["data_protection"], compliance), contact: engine.create(&rep, "contact", values), rep }
    }

    fn act(&self, request: Uuid, action: &str, input: Json) -> Result<Json> {
        self.engine.act(&self.engine.again(&self.officer), "person_request", request, action, input)
    }

    fn ask(&self, kind: &str) -> Uuid {
        let values = json!({ "kind": kind, "requester": "王小明", "email": "wang@kehu.example", "wish": "请处理" });
        self.engine.create(&self.officer, "person_request", values)
    }

    /// A request whose identity is checked, with a record confirmed.
    fn ready(&self, kind: &str, object: &str, id: Uuid) -> Uuid {
        let request = self.ask(kind);
        self.act(request, "concern", json!({ "records": [{ "object": object, "id": id }] })).unwrap();
        self.act(request, "check_identity", json!({ "verified": true, "how": "回拨" })).unwrap();
        request
    }

    fn erase(&self, request: Uuid, id: Uuid, way: &str) -> Result<Json> {
        self.act(request, "erase", json!({ "records": [{ "id": id, "way": way }], "reason": "当事人请求" }))
    }

    fn fate(&self, request: Uuid) -> Json {
        self.act(request, "erasure_preview", json!({})).unwrap()["records"][0]["fate"].clone()
    }

    fn account(&self, name: &str, kind: &str) -> Uuid {
        self.engine.create(&self.rep, "account", json!({ "name": name, "kind": kind, "phone": "021-62345678" }))
    }

    fn opportunity(&self, account: Uuid) -> Uuid {
        let values =
            json!({ "name": "二期采购", "account": account, "primary_contact": self.contact, "close_date": "2026-12-31", "amount": 987_654 });
        self.engine.create(&self.rep, "opportunity", values)
    }

    fn hold(&self, object: &str, id: Uuid) -> Result<Uuid> {
        let about = json!({ "about": { "object": object, "id": id }, "reason": "仲裁" });
        self.engine.try_create(&self.officer, "legal_hold", about)
    }
}

fn there(engine: &TestEngine, object: &str, id: Uuid) -> bool {
    !engine.get(&engine.system(), object, id).is_null()
}

fn bundle(scene: &Scene<'_>, request: Uuid) -> String {
    let bundle = scene.engine.workspace.store.read_with(|tx| guanxi_privacy::collect(&scene.officer, tx, request)).unwrap();
    serde_json::to_string(&bundle).unwrap()
}

fn a_bundle_tells_nothing_of_other_people_and_little_of_a_company(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let company = scene.account("某公司", "company");
    let chief = json!({ "name": "李总", "email": "li@kehu.example", "mobile": "13811112222", "account": company, "reports_to": scene.contact });
    engine.create(&scene.rep, "contact", chief);
    scene.opportunity(company);
    let text = bundle(&scene, scene.ready("see", "contact", scene.contact));
    assert!(!text.contains("li@kehu.example") && !text.contains("13811112222"), "another person: {text}");
    assert!(text.contains("二期采购") && !text.contains("987654"), "a company's deal has a number and a name: {text}");
    let text = bundle(&scene, scene.ready("see", "account", company));
    assert!(!text.contains("li@kehu.example") && !text.contains("二期采购"), "a company's records are not a person's: {text}");
}

fn a_bundle_holds_meetings_the_person_came_to(engine: &TestEngine) {
    let scene = Scene::new(engine);
    engine.create(&scene.rep, "activity", json!({ "subject": "产品演示", "kind": "call", "attendees": [scene.contact] }));
    let text = bundle(&scene, scene.ready("see", "contact", scene.contact));
    assert!(text.contains("产品演示"), "{text}");
}

fn only_records_of_people_are_confirmed(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let request = scene.ask("erase");
    let department = engine.department("财务部", None);
    let purpose = engine.create(&engine.system(), "purpose", json!({ "name": "通讯" }));
    let hold = scene.hold("contact", scene.contact).unwrap();
    for (object, id) in
        [("department", department), ("purpose", purpose), ("legal_hold", hold), ("user", scene.rep.actor), ("person_request", request)]
    {
        let refused = scene.act(request, "concern", json!({ "records": [{ "object": object, "id": id }] })).unwrap_err();
        assert_eq!(problem_fields(&refused), ["records: bad_format"], "{object}");
    }
    let free = json!({ "records": [{ "object": "contact", "id": scene.contact, "matched_by": "电话里说身份证 310101" }] });
    scene.act(request, "concern", free).unwrap();
    assert_eq!(engine.list(&scene.officer, "request_record", "")[0]["matched_by"], "hand", "only how it was found");
}

fn erased_by_administrator(engine: &TestEngine, object: &'static str, id: Uuid) -> Result<()> {
    let work = move |unit: &mut guanxi_kernel::write::Unit<'_>| unit.erase(object, id);
    run_unit(&engine.system(), engine.system().new_id(), "erase", Box::new(work))
}

fn a_hold_on_what_belongs_to_a_record_keeps_it(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let account = scene.account("王小明", "person");
    let opportunity = scene.opportunity(account);
    let hold = scene.hold("opportunity", opportunity).unwrap();
    let request = scene.ready("erase", "account", account);
    let fate = scene.fate(request);
    assert_eq!((&fate["may_erase"], &fate["keepers"][0]["why"]), (&json!(false), &json!("hold")), "{fate}");
    assert_eq!(error_code(&scene.erase(request, account, "erase").unwrap_err()), "state_conflict");
    assert_eq!(error_code(&erased_by_administrator(engine, "account", account).unwrap_err()), "state_conflict", "nor by ?permanent=true");
    assert_eq!(error_code(&erased_by_administrator(engine, "opportunity", opportunity).unwrap_err()), "state_conflict");
    assert!(there(engine, "account", account) && there(engine, "opportunity", opportunity));
    engine.update(&scene.officer, "legal_hold", hold, json!({ "lifted": true }));
    scene.erase(request, account, "erase").unwrap();
    assert!(!there(engine, "account", account) && !there(engine, "opportunity", opportunity));
}

fn a_purpose_keeps_a_record_from_whoever_erases_it(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let account = scene.account("王小明", "person");
    engine.update(&scene.rep, "account", account, json!({ "level": "a" }));
    let keeps = json!({ "name": "账簿", "legal_ground": "legal_obligation", "keeps_object": "account", "keeps_when": "level == 'a'" });
    engine.create(&scene.officer, "purpose", keeps);
    let request = scene.ready("erase", "account", account);
    assert_eq!(error_code(&scene.erase(request, account, "erase").unwrap_err()), "state_conflict");
    assert_eq!(error_code(&erased_by_administrator(engine, "account", account).unwrap_err()), "state_conflict", "nor by ?permanent=true");
    assert!(there(engine, "account", account));
    scene.erase(request, account, "anonymise").unwrap();
}

fn a_hold_on_what_is_gone_is_refused(engine: &TestEngine) {
    let scene = Scene::new(engine);
    erased_by_administrator(engine, "contact", scene.contact).unwrap();
    assert!(matches!(scene.hold("contact", scene.contact).unwrap_err(), KernelError::Invalid(_)));
}

fn what_was_sent_by_a_web_form_goes_when_the_lead_is_anonymised(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let lead = engine.create(&scene.rep, "lead", json!({ "name": "王小明", "mobile": "13800001234" }));
    let sent = json!({ "name": "王小明", "lead": lead, "state": "accepted", "values": { "mobile": "13800001234" }, "network": "10.0.0.0/24" });
    let sent = engine.create(&engine.system(), "web_form_submission", sent);
    let request = scene.ready("erase", "lead", lead);
    assert_eq!(scene.fate(request)["sent"], 1);
    scene.erase(request, lead, "anonymise").unwrap();
    assert!(there(engine, "lead", lead) && !there(engine, "web_form_submission", sent));
}

fn what_was_said_about_a_person_goes_with_him(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let target = json!({ "object": "contact", "id": scene.contact });
    let comment = engine.create(&scene.rep, "comment", json!({ "target": target, "body": "王小明身体不好" }));
    let request = scene.ready("erase", "contact", scene.contact);
    assert_eq!(scene.fate(request)["others"], json!(false));
    scene.erase(request, scene.contact, "erase").unwrap();
    let object = engine.object("comment");
    let left = engine
        .workspace
        .store
        .read_with(|tx| guanxi_kernel::read::load_record(&engine.system(), tx, &object, comment, guanxi_kernel::access::Verb::Read, true));
    assert!(left.unwrap().is_none());
}

fn a_request_to_erase_ends_when_all_is_gone(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let request = scene.ready("erase", "contact", scene.contact);
    scene.act(request, "correct", json!({ "record": scene.contact, "values": { "title": "总监" } })).unwrap();
    let left = scene.act(request, "finish", json!({ "outcome": "已处理" })).unwrap_err();
    assert_eq!(error_code(&left), "state_conflict", "corrected is not erased");
    scene.erase(request, scene.contact, "anonymise").unwrap();
    scene.act(request, "finish", json!({ "outcome": "已匿名化" })).unwrap();
}

fn what_cannot_be_anonymised_is_said(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let request = scene.ready("erase", "contact", scene.contact);
    engine.try_delete(&scene.rep, "contact", scene.contact).unwrap();
    assert_eq!(problem_fields(&scene.erase(request, scene.contact, "anonymise").unwrap_err()), ["records: rule"]);
    scene.erase(request, scene.contact, "erase").unwrap();
}

fn a_name_is_not_proposed_any_more(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let person = engine.create(&scene.rep, "contact", json!({ "name": "Zephyrine Quackenbush", "email": "z@kehu.example" }));
    let found = |typed: &str| {
        guanxi_kernel::search::index_all(&engine.system()).unwrap();
        engine.workspace.store.read_with(|tx| guanxi_kernel::search::search(&engine.system(), tx, typed, None, 10)).unwrap().0.len()
    };
    assert_eq!(found("quackenbusj"), 1, "one letter is wrong");
    let request = scene.ready("erase", "contact", person);
    scene.erase(request, person, "anonymise").unwrap();
    assert_eq!((found("quackenbush"), found("quackenbusj")), (0, 0));
    assert!(found("已匿名") > 0, "what stands there now is found");
}

fn a_term_that_is_over_is_not_extended(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let request = scene.ask("see");
    engine.clock.advance(40 * DAY);
    assert_eq!(error_code(&scene.act(request, "extend", json!({ "reason": "记录很多" })).unwrap_err()), "state_conflict");
}

fn another_name_is_checked_again(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let request = scene.ready("erase", "contact", scene.contact);
    engine.update(&scene.officer, "person_request", request, json!({ "wish": "补充说明" }));
    assert_eq!(engine.get(&scene.officer, "person_request", request)["identity"], "verified");
    engine.update(&scene.officer, "person_request", request, json!({ "email": "other@kehu.example" }));
    let told = engine.get(&scene.officer, "person_request", request);
    assert_eq!((&told["identity"], &told["state"], &told["identity_how"]), (&json!("unchecked"), &json!("received"), &Json::Null));
    assert_eq!(error_code(&scene.erase(request, scene.contact, "erase").unwrap_err()), "state_conflict");
}

fn silence_asked_under_one_record_holds_for_all(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let purpose = json!({ "name": "回访", "legal_ground": "legitimate_interest" });
    engine.create(&engine.system(), "purpose", purpose);
    let quiet = json!({ "name": "王小明", "mobile": "13800001234", "do_not_contact": true });
    let lead = engine.create(&engine.system(), "lead", quiet);
    let ask = || engine.act(&scene.rep, "contact", scene.contact, "may_contact", json!({})).unwrap();
    assert_eq!(ask()["do_not_contact"], false);
    let work = {
        let contact = scene.contact;
        move |unit: &mut guanxi_kernel::write::Unit<'_>| {
            let values = json!({ "converted_contact": contact });
            unit.update_as_system("lead", lead, values.as_object().unwrap()).map(drop)
        }
    };
    run_unit(&engine.system(), engine.system().new_id(), "test", Box::new(work)).unwrap();
    assert_eq!((&ask()["do_not_contact"], &ask()["allowed"]), (&json!(true), &json!(false)));
}

fn a_hold_is_told_to_who_may_know(engine: &TestEngine) {
    let scene = Scene::new(engine);
    scene.hold("contact", scene.contact).unwrap();
    let told = |context: &Context| engine.act(context, "contact", scene.contact, "may_contact", json!({})).unwrap()["held"].clone();
    assert_eq!((told(&scene.officer), told(&scene.rep)), (json!(true), json!(false)));
}

fn a_rule_passes_by_what_must_stay_and_says_why(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let accounts: Vec<Uuid> = (0..3).map(|it| scene.account(&format!("客户{it}"), "person")).collect();
    scene.hold("opportunity", scene.opportunity(accounts[0])).unwrap();
    scene.hold("account", accounts[1]).unwrap();
    engine.clock.advance(31 * DAY);
    let officer = engine.again(&scene.officer);
    let rule = engine.create(&officer, "retention_rule", json!({ "name": "过期客户", "object": "account", "days": 30, "act": "erase" }));
    engine.act(&officer, "retention_rule", rule, "activate", json!({})).unwrap();
    let job = engine.workspace.registry.job("privacy.run_retention").unwrap().clone();
    JobHandler::run(job.as_ref(), &engine.system(), &json!({})).unwrap();
    let left: Vec<bool> = accounts.iter().map(|it| there(engine, "account", *it)).collect();
    assert_eq!(left, [true, true, false]);
    let told = engine.get(&officer, "retention_rule", rule);
    assert_eq!((&told["last_done"], &told["last_stayed"]), (&json!(1), &json!(2)));
    assert!(told["stayed_why"].as_str().unwrap().contains("2 on hold"), "{told}");
}

fn a_closed_request_can_be_anonymised(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let (closed, open) = (scene.ask("see"), scene.ask("see"));
    scene.act(closed, "drop", json!({})).unwrap();
    engine.clock.advance(400 * DAY);
    let officer = engine.again(&scene.officer);
    let rule = json!({ "name": "旧请求", "object": "person_request", "days": 365, "act": "erase" });
    assert_eq!(problem_fields(&engine.try_create(&officer, "retention_rule", rule).unwrap_err()), ["act: rule"]);
    let rule = engine.create(&officer, "retention_rule", json!({ "name": "旧请求", "object": "person_request", "days": 365, "act": "anonymise" }));
    engine.act(&officer, "retention_rule", rule, "activate", json!({})).unwrap();
    let job = engine.workspace.registry.job("privacy.run_retention").unwrap().clone();
    JobHandler::run(job.as_ref(), &engine.system(), &json!({})).unwrap();
    let told = engine.get(&officer, "person_request", closed);
    assert_eq!(
        (&told["requester"], &told["email"], &told["wish"], &told["state"]),
        (&json!("已匿名"), &Json::Null, &json!("已匿名"), &json!("dropped"))
    );
    assert_eq!(engine.get(&officer, "person_request", open)["requester"], "王小明");
}

fn nobody_else_does_any_step(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let own = engine.create(&scene.rep, "person_request", json!({ "kind": "erase", "requester": "王小明", "wish": "转来的邮件" }));
    let steps = [
        ("concern", json!({ "records": [{ "object": "contact", "id": scene.contact }] })),
        ("leave_out", json!({ "record": scene.contact })),
        ("correct", json!({ "record": scene.contact, "values": { "title": "x" } })),
        ("extend", json!({ "reason": "x" })),
        ("stop_processing", json!({ "reason": "x" })),
        ("finish", json!({ "outcome": "x" })),
        ("refuse", json!({ "reason": "x" })),
        ("drop", json!({})),
    ];
    for (action, input) in steps {
        let refused = engine.act(&scene.rep, "person_request", own, action, input).unwrap_err();
        assert_eq!(error_code(&refused), "forbidden", "{action}");
    }
    let told = engine.get(&scene.rep, "person_request", own);
    assert!(told.get("bundle").is_none() && told.get("letter").is_none() && told.get("identity_how").is_none(), "{told}");
    let trainer = engine.member("zhou", &["trainer"], engine.department("培训部", None));
    let refused = engine.act(&trainer, "contact", scene.contact, "stop_contact", json!({ "reason": "x" })).unwrap_err();
    assert!(["forbidden", "not_found"].contains(&error_code(&refused)), "{refused:?}");
    let rule = engine.create(&scene.officer, "retention_rule", json!({ "name": "x", "object": "lead", "days": 30 }));
    let unproved = Context { proved: false, ..engine.again(&scene.officer) };
    assert_eq!(error_code(&engine.act(&unproved, "retention_rule", rule, "activate", json!({})).unwrap_err()), "proof_needed");
}
