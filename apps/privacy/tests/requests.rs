//! What people ask of their data, from the request to its end.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::events::{events_of_record, read_after};
use guanxi_kernel::store::StoreExt as _;
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    a_request_is_due_by_working_days_or_by_the_calendar,
    nothing_is_done_before_the_identity_is_checked,
    the_person_is_found_by_mail_phone_and_name,
    only_what_was_confirmed_is_touched,
    a_correction_is_previewed_and_under_rights,
    what_is_erased_leaves_no_trace,
    what_is_anonymised_stays_without_who_it_was,
    what_keeps_a_record_is_told_and_heeded,
    only_officers_work_on_requests,
    late_requests_are_brought_before_somebody,
    an_objection_of_a_request_stops_contact,
    a_bundle_holds_what_is_kept_of_the_person,
);

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
        let values =
            json!({ "name": "王小明", "email": "wang@kehu.example", "mobile": "13800001234", "birthday": "1990-05-01", "title": "采购经理" });
        Self { engine, officer: engine.member("dpo", &["data_protection"], compliance), contact: engine.create(&rep, "contact", values), rep }
    }

    fn ask(&self, kind: &str) -> Uuid {
        let values = json!({ "kind": kind, "requester": "王小明", "email": "WANG@kehu.example", "phone": "138 0000 1234", "wish": "请处理" });
        self.engine.create(&self.officer, "person_request", values)
    }

    fn act(&self, request: Uuid, action: &str, input: Json) -> guanxi_kernel::Result<Json> {
        self.engine.act(&self.officer, "person_request", request, action, input)
    }

    /// A request whose identity is checked, with the contact confirmed.
    fn ready(&self, kind: &str) -> Uuid {
        let request = self.ask(kind);
        self.act(request, "concern", json!({ "records": [{ "object": "contact", "id": self.contact, "matched_by": "email" }] })).unwrap();
        self.act(request, "check_identity", json!({ "verified": true, "how": "回拨登记电话" })).unwrap();
        request
    }

    fn get(&self, request: Uuid) -> Json {
        self.engine.get(&self.officer, "person_request", request)
    }
}

fn watch(engine: &TestEngine) {
    let job = engine.workspace.registry.job("privacy.watch_requests").unwrap().clone();
    JobHandler::run(job.as_ref(), &engine.system(), &json!({})).unwrap();
}

fn kinds(engine: &TestEngine, record: Uuid) -> Vec<String> {
    engine.workspace.store.read_with(|tx| events_of_record(tx, record, None, 100)).unwrap().into_iter().map(|it| it.kind).collect()
}

fn a_request_is_due_by_working_days_or_by_the_calendar(engine: &TestEngine) {
    let scene = Scene::new(engine);
    engine.create(&engine.system(), "holiday", json!({ "name": "节", "date": "2026-11-20", "kind": "day_off" }));
    let request = scene.ask("see");
    // Fifteen days of work after Monday, 16 November, one of them a holiday.
    assert_eq!(scene.get(request)["due_on"], "2026-12-08");
    engine.update(&scene.officer, "person_request", request, json!({ "term": "days_30" }));
    assert_eq!(scene.get(request)["due_on"], "2026-12-16");
    scene.act(request, "extend", json!({ "reason": "记录很多" })).unwrap();
    assert_eq!(scene.get(request)["due_on"], "2027-01-15");
    assert_eq!(error_code(&scene.act(request, "extend", json!({ "reason": "再" })).unwrap_err()), "state_conflict", "once");
    let future = json!({ "kind": "see", "requester": "甲", "wish": "x", "received_at": "2030-01-01T00:00:00Z" });
    assert_eq!(problem_fields(&engine.try_create(&scene.officer, "person_request", future).unwrap_err()), ["received_at: too_large"]);
    let empty = engine.try_create(&scene.officer, "person_request", json!({})).unwrap_err();
    assert_eq!(problem_fields(&empty), ["kind: required", "requester: required", "wish: required"]);
}

fn nothing_is_done_before_the_identity_is_checked(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let request = scene.ask("erase");
    let records = json!([{ "object": "contact", "id": scene.contact }]);
    scene.act(request, "concern", json!({ "records": records })).unwrap();
    let erase = json!({ "records": [{ "id": scene.contact, "way": "erase" }], "reason": "x" });
    for (action, input) in [
        ("export", json!({})),
        ("erase", erase),
        ("correct", json!({ "record": scene.contact, "values": { "title": "x" } })),
        ("stop_processing", json!({ "reason": "x" })),
        ("finish", json!({ "outcome": "x" })),
    ] {
        assert_eq!(error_code(&scene.act(request, action, input).unwrap_err()), "state_conflict", "{action}");
    }
    assert_eq!(problem_fields(&scene.act(request, "check_identity", json!({ "verified": true })).unwrap_err()), ["how: required"]);
    scene.act(request, "check_identity", json!({ "verified": false, "how": "号码打不通" })).unwrap();
    assert_eq!((&scene.get(request)["identity"], &scene.get(request)["state"]), (&json!("doubtful"), &json!("received")));
    scene.act(request, "check_identity", json!({ "verified": true, "how": "核对合同" })).unwrap();
    let told = scene.get(request);
    assert_eq!((&told["state"], &told["identity_by"]["id"]), (&json!("working"), &json!(scene.officer.actor)));
    let left = scene.act(request, "finish", json!({ "outcome": "已处理" })).unwrap_err();
    assert_eq!(error_code(&left), "state_conflict", "a record is left");
    scene.act(request, "refuse", json!({ "reason": "法定保存期未满" })).unwrap();
    assert_eq!((&scene.get(request)["state"], &scene.get(request)["outcome"]), (&json!("refused"), &json!("法定保存期未满")));
    assert_eq!(error_code(&scene.act(request, "drop", json!({})).unwrap_err()), "state_conflict");
    let changed = engine.try_update(&scene.officer, "person_request", request, json!({ "wish": "别的" })).unwrap_err();
    assert_eq!(problem_fields(&changed), ["wish: rule"]);
    assert!(kinds(engine, request).contains(&"person_request.refused".to_owned()));
}

fn the_person_is_found_by_mail_phone_and_name(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let lead = engine.create(&scene.rep, "lead", json!({ "name": "小王", "mobile": "13800001234" }));
    let account = engine.create(&scene.rep, "account", json!({ "name": "王小明", "kind": "person" }));
    let gone = engine.create(&scene.rep, "contact", json!({ "name": "王小明", "email": "old@kehu.example" }));
    engine.try_delete(&scene.rep, "contact", gone).unwrap();
    engine.create(&scene.rep, "contact", json!({ "name": "王大明", "email": "da@kehu.example" }));
    let request = scene.ask("see");
    let found = scene.act(request, "find", json!({})).unwrap();
    let told: Vec<(&str, Uuid, &Json, bool)> = found["candidates"]
        .as_array()
        .unwrap()
        .iter()
        .map(|it| (it["object"].as_str().unwrap(), it["id"].as_str().unwrap().parse().unwrap(), &it["matched"], it["deleted"] == json!(true)))
        .collect();
    assert_eq!(told.len(), 4, "{told:?}");
    assert_eq!(told[0], ("contact", scene.contact, &json!(["email", "name", "phone"]), false));
    assert!(told.contains(&("lead", lead, &json!(["phone"]), false)));
    assert!(told.contains(&("account", account, &json!(["name"]), false)));
    assert!(told.contains(&("contact", gone, &json!(["name"]), true)), "what lies in the bin is still kept");
}

fn only_what_was_confirmed_is_touched(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let request = scene.ready("erase");
    let stranger = engine.create(&scene.rep, "contact", json!({ "name": "路人", "email": "lu@kehu.example" }));
    let erase = |id: Uuid, way: &str| scene.act(request, "erase", json!({ "records": [{ "id": id, "way": way }], "reason": "当事人请求" }));
    assert_eq!(problem_fields(&erase(stranger, "erase").unwrap_err()), ["records: no_such_record"]);
    assert_eq!(problem_fields(&erase(scene.contact, "burn").unwrap_err()), ["records: bad_format"]);
    let correct = json!({ "record": stranger, "values": { "title": "x" } });
    assert_eq!(problem_fields(&scene.act(request, "correct", correct).unwrap_err()), ["record: no_such_record"]);
    for wrong in [json!([]), json!("x"), json!([{ "object": "contact" }]), json!([{ "object": "nothing", "id": stranger }]), json!([7])] {
        assert_eq!(problem_fields(&scene.act(request, "concern", json!({ "records": wrong })).unwrap_err()), ["records: bad_format"], "{wrong}");
    }
    let missing = json!({ "records": [{ "object": "contact", "id": Uuid::from_u128(7) }] });
    assert_eq!(problem_fields(&scene.act(request, "concern", missing).unwrap_err()), ["records: no_such_record"]);
    let twice = json!({ "records": [{ "object": "contact", "id": stranger }, { "object": "contact", "id": stranger }] });
    assert_eq!(scene.act(request, "concern", twice).unwrap()["added"], 1);
    scene.act(request, "leave_out", json!({ "record": stranger })).unwrap();
    assert_eq!(problem_fields(&erase(stranger, "erase").unwrap_err()), ["records: no_such_record"]);
}

fn a_correction_is_previewed_and_under_rights(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let request = scene.ready("correct");
    let values = json!({ "title": "采购总监", "email": "wang.xm@kehu.example" });
    let preview = json!({ "record": scene.contact, "values": values, "preview": true });
    let told = scene.act(request, "correct", preview).unwrap();
    assert_eq!(told["changes"].as_array().unwrap().len(), 2);
    assert_eq!(engine.get(&scene.rep, "contact", scene.contact)["title"], "采购经理", "nothing yet");
    scene.act(request, "correct", json!({ "record": scene.contact, "values": values })).unwrap();
    assert_eq!(engine.get(&scene.rep, "contact", scene.contact)["title"], "采购总监");
    let wrong = json!({ "record": scene.contact, "values": { "email": "no mail" } });
    assert_eq!(problem_fields(&scene.act(request, "correct", wrong).unwrap_err())[0].split(':').next(), Some("email"));
    let unknown = json!({ "record": scene.contact, "values": { "shoe": 1 } });
    assert!(scene.act(request, "correct", unknown).is_err());
    scene.act(request, "finish", json!({ "outcome": "已更正并告知" })).unwrap();
    assert_eq!(scene.get(request)["state"], "done");
}

fn what_is_erased_leaves_no_trace(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let purpose = engine.create(&engine.system(), "purpose", json!({ "name": "通讯" }));
    let consent = engine.create(&scene.rep, "consent", json!({ "contact": scene.contact, "purpose": purpose }));
    let request = scene.ready("erase");
    let preview = scene.act(request, "erasure_preview", json!({})).unwrap();
    let fate = &preview["records"][0]["fate"];
    assert_eq!((&fate["may_erase"], &fate["goes"]), (&json!(true), &json!([{ "object": "consent", "count": 1 }])));
    let before = engine.workspace.store.read_with(|tx| events_of_record(tx, scene.contact, None, 10)).unwrap();
    assert!(before.iter().any(|it| it.changes.contains_key("email")));
    let answer = scene.act(request, "erase", json!({ "records": [{ "id": scene.contact, "way": "erase" }], "reason": "当事人请求" })).unwrap();
    assert_eq!(answer["erased"], 1);
    assert_eq!(engine.get(&engine.system(), "contact", scene.contact), Json::Null);
    assert_eq!(engine.get(&engine.system(), "consent", consent), Json::Null);
    let after = engine.workspace.store.read_with(|tx| events_of_record(tx, scene.contact, None, 10)).unwrap();
    assert!(after.iter().all(|it| it.changes.is_empty()), "{after:?}");
    let link = &engine.list(&scene.officer, "request_record", "")[0];
    assert_eq!((&link["outcome"], &link["about"], &link["record_id"]), (&json!("erased"), &Json::Null, &json!(scene.contact)));
    scene.act(request, "finish", json!({ "outcome": "已删除并告知" })).unwrap();
    let all = engine.workspace.store.read_with(|tx| read_after(tx, 0, 1_000)).unwrap();
    let told = all.iter().filter(|it| it.object != "person_request").map(|it| json!(it.changes).to_string()).collect::<String>();
    assert!(!told.contains("wang@kehu.example"), "{told}");
}

fn what_is_anonymised_stays_without_who_it_was(engine: &TestEngine) {
    let scene = Scene::new(engine);
    engine.update(&scene.rep, "contact", scene.contact, json!({ "email": "wang2@kehu.example", "decision_role": "decision_maker" }));
    let lead = engine.create(&scene.rep, "lead", json!({ "name": "王小明", "mobile": "13800001234" }));
    let request = scene.ready("erase");
    scene.act(request, "concern", json!({ "records": [{ "object": "lead", "id": lead }] })).unwrap();
    let records = json!([{ "id": scene.contact, "way": "anonymise" }, { "id": lead, "way": "anonymise" }]);
    let answer = scene.act(request, "erase", json!({ "records": records, "reason": "当事人请求" })).unwrap();
    assert_eq!(answer["anonymised"], 2, "even where a rule wants a way to reach somebody");
    let left = engine.get(&engine.system(), "contact", scene.contact);
    assert_eq!(
        (&left["name"]["full"], &left["email"], &left["mobile"], &left["birthday"]),
        (&json!("已匿名"), &Json::Null, &Json::Null, &Json::Null)
    );
    assert_eq!(left["decision_role"], "decision_maker", "what tells nothing of him stays");
    let log = engine.workspace.store.read_with(|tx| events_of_record(tx, scene.contact, None, 50)).unwrap();
    assert!(log.iter().all(|it| !json!(it.changes).to_string().contains("kehu.example")), "{log:?}");
    assert!(log.iter().any(|it| it.changes.contains_key("decision_role")), "the rest of the history stays");
    assert_eq!(log[0].kind, "contact.anonymised");
    let found = scene.act(request, "find", json!({})).unwrap();
    assert_eq!(found["candidates"], json!([]));
}

fn what_keeps_a_record_is_told_and_heeded(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let account = engine.create(&scene.rep, "account", json!({ "name": "王小明", "kind": "person", "level": "a" }));
    let keeps = json!({ "name": "合同档案", "legal_ground": "legal_obligation", "keeps_object": "account", "keeps_when": "level == 'a'" });
    engine.create(&scene.officer, "purpose", keeps);
    let request = scene.ready("erase");
    scene.act(request, "concern", json!({ "records": [{ "object": "account", "id": account }] })).unwrap();
    let erase = |id: Uuid, way: &str| scene.act(request, "erase", json!({ "records": [{ "id": id, "way": way }], "reason": "请求" }));
    let preview = scene.act(request, "erasure_preview", json!({})).unwrap();
    let fate = preview["records"].as_array().unwrap().iter().find(|it| it["object"] == "account").unwrap()["fate"].clone();
    assert_eq!((&fate["may_erase"], &fate["may_anonymise"]), (&json!(false), &json!(true)));
    assert_eq!(fate["keepers"], json!([{ "why": "purpose", "what": "合同档案", "count": 1 }]));
    assert_eq!(error_code(&erase(account, "erase").unwrap_err()), "state_conflict");
    erase(account, "anonymise").unwrap();
    assert_eq!(engine.get(&engine.system(), "account", account)["name"], "已匿名");
    let hold = json!({ "about": { "object": "contact", "id": scene.contact }, "reason": "劳动仲裁", "until": "2026-11-30" });
    let hold = engine.create(&scene.officer, "legal_hold", hold);
    for way in ["erase", "anonymise"] {
        assert_eq!(error_code(&erase(scene.contact, way).unwrap_err()), "state_conflict", "{way}");
    }
    engine.update(&scene.officer, "legal_hold", hold, json!({ "lifted": true }));
    erase(scene.contact, "erase").unwrap();
    let twice = erase(scene.contact, "erase").unwrap_err();
    assert_eq!(problem_fields(&twice), ["records: no_such_record"], "it is done");
}

fn only_officers_work_on_requests(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let request = scene.ready("erase");
    assert_eq!(engine.get(&scene.rep, "person_request", request), Json::Null);
    let own = engine.create(&scene.rep, "person_request", json!({ "kind": "see", "requester": "甲", "wish": "转来的邮件" }));
    assert_ne!(engine.get(&scene.rep, "person_request", own), Json::Null, "who took it in sees it");
    let erase = json!({ "records": [{ "id": scene.contact, "way": "erase" }], "reason": "x" });
    for action in ["find", "check_identity", "export", "erasure_preview"] {
        let input = if action == "check_identity" { json!({ "verified": true, "how": "x" }) } else { json!({}) };
        assert_eq!(error_code(&engine.act(&scene.rep, "person_request", own, action, input).unwrap_err()), "forbidden", "{action}");
    }
    assert_eq!(error_code(&engine.act(&scene.rep, "person_request", own, "erase", erase.clone()).unwrap_err()), "forbidden");
    let unproved = Context { proved: false, ..scene.officer.clone() };
    let refused = engine.act(&unproved, "person_request", request, "erase", erase).unwrap_err();
    assert_eq!(error_code(&refused), "proof_needed");
    let refused = engine.act(&unproved, "person_request", request, "export", json!({})).unwrap_err();
    assert_eq!(error_code(&refused), "proof_needed");
    let refused = engine.try_update(&scene.officer, "person_request", request, json!({ "state": "done" })).unwrap_err();
    assert_eq!(error_code(&refused), "read_only_field", "only by its actions");
}

fn late_requests_are_brought_before_somebody(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let request = scene.ask("see");
    watch(engine);
    assert_eq!(scene.get(request)["reminded"], Json::Null);
    engine.clock.advance(18 * 24 * 3600);
    watch(engine);
    watch(engine);
    assert_eq!(scene.get(request)["reminded"], "soon");
    engine.clock.advance(5 * 24 * 3600);
    watch(engine);
    watch(engine);
    let told = kinds(engine, request);
    let count = |kind: &str| told.iter().filter(|it| *it == kind).count();
    assert_eq!((count("person_request.due_soon"), count("person_request.overdue")), (1, 1), "{told:?}");
    let officer = engine.again(&scene.officer);
    engine.act(&officer, "person_request", request, "drop", json!({})).unwrap();
    engine.clock.advance(24 * 3600);
    watch(engine);
    assert_eq!(kinds(engine, request).iter().filter(|it| it.ends_with("overdue")).count(), 1);
}

fn an_objection_of_a_request_stops_contact(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let purpose = engine.create(&engine.system(), "purpose", json!({ "name": "通讯" }));
    engine.create(&scene.rep, "consent", json!({ "contact": scene.contact, "purpose": purpose }));
    let request = scene.ready("object");
    let answer = scene.act(request, "stop_processing", json!({ "reason": "来信拒绝" })).unwrap();
    assert_eq!((&answer["people"], &answer["withdrawn"]), (&json!(1), &json!(1)));
    let told = engine.act(&scene.rep, "contact", scene.contact, "may_contact", json!({})).unwrap();
    assert_eq!(told["allowed"], false);
    let empty = scene.ask("object");
    scene.act(empty, "check_identity", json!({ "verified": true, "how": "x" })).unwrap();
    assert_eq!(error_code(&scene.act(empty, "stop_processing", json!({ "reason": "x" })).unwrap_err()), "state_conflict");
}

fn a_bundle_holds_what_is_kept_of_the_person(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let activity = json!({ "subject": "回访电话", "kind": "call", "contact": scene.contact });
    let activity = engine.create(&scene.rep, "activity", activity);
    let stranger = engine.create(&scene.rep, "contact", json!({ "name": "路人", "email": "lu@kehu.example" }));
    let empty = scene.ask("export");
    scene.act(empty, "check_identity", json!({ "verified": true, "how": "x" })).unwrap();
    assert_eq!(error_code(&scene.act(empty, "export", json!({})).unwrap_err()), "state_conflict", "nothing was confirmed");
    let request = scene.ready("export");
    assert_eq!(scene.act(request, "export", json!({ "days": 3 })).unwrap()["bundle_state"], "waiting");
    assert_eq!(problem_fields(&scene.act(request, "export", json!({ "days": 300 })).unwrap_err()), ["days: too_large"]);
    let bundle = engine.workspace.store.read_with(|tx| guanxi_privacy::collect(&scene.officer, tx, request)).unwrap();
    let text = serde_json::to_string(&bundle).unwrap();
    assert!(text.contains("回访电话") && text.contains(&activity.to_string()) && text.contains("13800001234"), "{text}");
    assert!(!text.contains(&stranger.to_string()));
    assert_eq!(bundle.unread, 0);
    assert!(!bundle.history.is_empty());
    let refused = engine.workspace.store.read_with(|tx| guanxi_privacy::collect(&scene.rep, tx, request)).unwrap_err();
    assert_eq!(error_code(&refused), "not_found");
}
