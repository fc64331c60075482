//! What people agreed to, and whether they may be contacted.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_kernel::write::merge::{MergeRequest, merge};
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    without_consent_nobody_is_contacted_for_what_rests_on_it,
    a_consent_is_evidence_and_withdrawn_in_one_act,
    a_consent_names_one_person,
    an_objection_stops_all_that_may_be_objected_to,
    a_web_form_makes_a_consent_word_for_word,
    a_consent_ends_by_itself,
    a_consent_follows_the_person_and_his_lead,
    whoever_does_not_see_the_person_sees_no_consent,
    a_merge_takes_consents_along,
);

struct Scene<'e> {
    engine: &'e TestEngine,
    rep: Context,
    other: Context,
    newsletter: Uuid,
    contract: Uuid,
    contact: Uuid,
}

impl<'e> Scene<'e> {
    fn new(engine: &'e TestEngine) -> Self {
        let system = engine.system();
        let (east, south) = (engine.department("华东", None), engine.department("华南", None));
        let rep = engine.member("lin", &["sales"], east);
        let newsletter = json!({ "name": "产品通讯", "legal_ground": "consent", "wording": "我同意接收产品资讯。", "consent_months": 24, "channels": ["email", "sms"] });
        let contact = engine.create(&rep, "contact", json!({ "name": "王小明", "email": "wang@kehu.example", "mobile": "13800001234" }));
        Self {
            engine,
            other: engine.member("wu", &["sales"], south),
            newsletter: engine.create(&system, "purpose", newsletter),
            contract: engine.create(&system, "purpose", json!({ "name": "合同履行", "legal_ground": "contract" })),
            contact,
            rep,
        }
    }

    fn consent(&self, values: Json) -> Uuid {
        let mut all =
            json!({ "person": { "object": "contact", "id": self.contact }, "purpose": self.newsletter, "channel": "email", "source": "paper" });
        all.as_object_mut().unwrap().extend(values.as_object().cloned().unwrap());
        self.engine.create(&self.rep, "consent", all)
    }

    fn may(&self, channel: &str) -> (bool, String) {
        let input = json!({ "purpose": self.newsletter, "channel": channel });
        let answer = self.engine.act(&self.rep, "contact", self.contact, "may_contact", input).unwrap();
        let told = &answer["purposes"][0]["channels"][0];
        assert_eq!(answer["allowed"], told["allowed"]);
        (told["allowed"].as_bool().unwrap(), told["why"].as_str().unwrap().to_owned())
    }
}

fn yes(why: &str) -> (bool, String) {
    (true, why.to_owned())
}

fn no(why: &str) -> (bool, String) {
    (false, why.to_owned())
}

fn without_consent_nobody_is_contacted_for_what_rests_on_it(engine: &TestEngine) {
    let scene = Scene::new(engine);
    assert_eq!(scene.may("email"), no("no_consent"));
    assert_eq!(scene.may("phone"), no("channel"));
    scene.consent(json!({}));
    assert_eq!(scene.may("email"), yes("consent"));
    assert_eq!(scene.may("sms"), no("no_consent"));
    let all = engine.act(&scene.rep, "contact", scene.contact, "may_contact", json!({})).unwrap();
    assert_eq!(all["purposes"].as_array().unwrap().len(), 2);
    assert_eq!((&all["purposes"][0]["name"], &all["purposes"][0]["allowed"]), (&json!("产品通讯"), &json!(true)));
    assert_eq!((&all["purposes"][1]["legal_ground"], &all["purposes"][1]["allowed"]), (&json!("contract"), &json!(true)));
    engine.update(&scene.rep, "contact", scene.contact, json!({ "do_not_contact": true }));
    assert_eq!(scene.may("email"), no("do_not_contact"));
    let refused = engine.act(&scene.rep, "contact", scene.contact, "may_contact", json!({ "purpose": Uuid::from_u128(7) })).unwrap_err();
    assert_eq!(problem_fields(&refused), ["purpose: no_such_record"]);
    let refused = engine.act(&scene.rep, "contact", scene.contact, "may_contact", json!({ "channel": "pigeon" })).unwrap_err();
    assert_eq!(problem_fields(&refused), ["channel: bad_option"]);
}

fn a_consent_is_evidence_and_withdrawn_in_one_act(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let consent = scene.consent(json!({}));
    let kept = engine.get(&scene.rep, "consent", consent);
    assert_eq!((&kept["wording"], &kept["expires_on"]), (&json!("我同意接收产品资讯。"), &json!("2028-11-16")), "from the purpose");
    let refused = engine.try_update(&engine.system(), "consent", consent, json!({ "wording": "别的" }));
    assert!(refused.is_ok(), "the engine itself may, for merging");
    let officer = engine.member("dpo", &["administrator"], engine.department("合规", None));
    let refused = engine.try_update(&officer, "consent", consent, json!({ "wording": "又是别的", "channel": "any" })).unwrap_err();
    assert_eq!(problem_fields(&refused).len(), 2, "{refused:?}");
    engine.update(&officer, "consent", consent, json!({ "note": "扫描件在案卷里" }));
    let refused = engine.act(&scene.rep, "consent", consent, "withdraw", json!({})).unwrap_err();
    assert_eq!(problem_fields(&refused), ["reason: required"]);
    let refused = engine.act(&scene.rep, "consent", consent, "withdraw", json!({ "reason": "退订", "at": "2030-01-01T00:00:00Z" })).unwrap_err();
    assert_eq!(problem_fields(&refused), ["at: too_large"]);
    let trainer = engine.member("tang", &["trainer"], engine.department("培训", None));
    let refused = engine.act(&trainer, "consent", consent, "withdraw", json!({ "reason": "退订" })).unwrap_err();
    assert_eq!(error_code(&refused), "forbidden");
    engine.clock.advance(60);
    let rep = engine.again(&scene.rep);
    engine.act(&rep, "consent", consent, "withdraw", json!({ "reason": "退订" })).unwrap();
    let kept = engine.get(&rep, "consent", consent);
    assert_eq!((&kept["state"], &kept["withdrawn_reason"], &kept["withdrawn_by"]["id"]), (&json!("withdrawn"), &json!("退订"), &json!(rep.actor)));
    assert_eq!(scene.may("email"), no("withdrawn"));
    let again = engine.act(&rep, "consent", consent, "withdraw", json!({ "reason": "退订" })).unwrap_err();
    assert_eq!(error_code(&again), "state_conflict");
}

fn a_consent_names_one_person(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let lead = engine.create(&scene.rep, "lead", json!({ "name": "李四", "mobile": "13800001235" }));
    let make = |values: Json| {
        let mut all = json!({ "purpose": scene.newsletter });
        all.as_object_mut().unwrap().extend(values.as_object().cloned().unwrap());
        engine.try_create(&scene.rep, "consent", all)
    };
    let by_reference = make(json!({ "contact": scene.contact })).unwrap();
    assert_eq!(engine.get(&scene.rep, "consent", by_reference)["person"]["id"], json!(scene.contact));
    let by_person = make(json!({ "person": { "object": "lead", "id": lead } })).unwrap();
    assert_eq!(engine.get(&scene.rep, "consent", by_person)["lead"]["id"], json!(lead));
    assert_eq!(problem_fields(&make(json!({})).unwrap_err()), ["person: required"]);
    assert_eq!(problem_fields(&make(json!({ "contact": scene.contact, "lead": lead })).unwrap_err()), ["person: rule"]);
    let deal = json!({ "person": { "object": "purpose", "id": scene.newsletter } });
    assert_eq!(problem_fields(&make(deal).unwrap_err()), ["person: rule"]);
    let future = json!({ "contact": scene.contact, "given_at": "2030-01-01T00:00:00Z" });
    assert_eq!(problem_fields(&make(future).unwrap_err()), ["given_at: too_large"]);
    engine.update(&engine.system(), "purpose", scene.newsletter, json!({ "active": false }));
    assert_eq!(problem_fields(&make(json!({ "contact": scene.contact })).unwrap_err()), ["purpose: rule"]);
}

fn an_objection_stops_all_that_may_be_objected_to(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let interest = engine.create(&engine.system(), "purpose", json!({ "name": "售后回访", "legal_ground": "legitimate_interest" }));
    scene.consent(json!({}));
    let refused = engine.act(&scene.rep, "contact", scene.contact, "stop_contact", json!({})).unwrap_err();
    assert_eq!(problem_fields(&refused), ["reason: required"]);
    let refused = json!({ "purpose": scene.contract, "reason": "不想" });
    let refused = engine.act(&scene.rep, "contact", scene.contact, "stop_contact", refused).unwrap_err();
    assert_eq!(problem_fields(&refused), ["purpose: rule"], "a contract goes on");
    let answer = engine.act(&scene.rep, "contact", scene.contact, "stop_contact", json!({ "reason": "不再联系" })).unwrap();
    assert_eq!((&answer["withdrawn"], &answer["objected"]), (&json!(1), &json!(1)));
    assert_eq!(scene.may("email"), no("withdrawn"));
    let all = engine.act(&scene.rep, "contact", scene.contact, "may_contact", json!({})).unwrap();
    let allowed: Vec<(&str, bool)> =
        all["purposes"].as_array().unwrap().iter().map(|it| (it["legal_ground"].as_str().unwrap(), it["allowed"].as_bool().unwrap())).collect();
    assert!(allowed.contains(&("contract", true)) && allowed.contains(&("legitimate_interest", false)), "{allowed:?}");
    let objection = engine.list(&scene.rep, "consent", &format!("purpose == '{interest}'"));
    assert_eq!((&objection[0]["state"], &objection[0]["wording"]), (&json!("objected"), &json!("不再联系")));
    let again = engine.act(&scene.rep, "contact", scene.contact, "stop_contact", json!({ "reason": "不再联系" })).unwrap();
    assert_eq!((&again["withdrawn"], &again["objected"]), (&json!(0), &json!(0)), "there is nothing left to stop");
    // Whoever agrees later may be contacted again.
    engine.clock.advance(60);
    let rep = engine.again(&scene.rep);
    let anew = json!({ "contact": scene.contact, "purpose": scene.newsletter, "channel": "email", "source": "message" });
    engine.create(&rep, "consent", anew);
    assert_eq!(scene.may("email"), yes("consent"));
    let refused = engine.act(&scene.other, "contact", scene.contact, "stop_contact", json!({ "reason": "x" })).unwrap_err();
    assert_eq!(error_code(&refused), "not_found");
}

fn a_web_form_makes_a_consent_word_for_word(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let system = engine.system();
    let lead = engine.create(&scene.rep, "lead", json!({ "name": "赵六", "mobile": "13800001236" }));
    let form = json!({ "name": "官网", "title": "预约", "consent_text": "我同意。", "fields": [{ "field": "name" }, { "field": "mobile" }] });
    let form = engine.create(&system, "web_form", form);
    let sent = json!({
        "form": form, "received_at": "2026-11-16T01:00:00Z", "state": "held", "values": { "name": "赵六" },
        "consent_at": "2026-11-16T01:00:00Z", "consent_text": "我同意贵司回复我的咨询。", "token": "t", "digest": "d",
    });
    let sent = engine.create(&system, "web_form_submission", sent);
    assert!(engine.list(&system, "consent", "").is_empty(), "nobody yet");
    engine.update(&system, "web_form_submission", sent, json!({ "lead": lead, "state": "accepted" }));
    engine.update(&system, "web_form_submission", sent, json!({ "review_note": "好" }));
    let consents = engine.list(&scene.rep, "consent", "");
    assert_eq!(consents.len(), 1);
    let consent = &consents[0];
    assert_eq!((&consent["wording"], &consent["source"]), (&json!("我同意贵司回复我的咨询。"), &json!("web_form")));
    assert_eq!((&consent["given_at"], &consent["person"]["id"]), (&json!("2026-11-16T01:00:00Z"), &json!(lead)));
    assert_eq!(consent["submission"]["id"], json!(sent));
    let purpose = engine.list(&system, "purpose", "for_forms");
    assert_eq!((purpose.len(), &purpose[0]["id"]), (1, &consent["purpose"]["id"]), "made where there was none");
}

fn a_consent_ends_by_itself(engine: &TestEngine) {
    let scene = Scene::new(engine);
    scene.consent(json!({ "expires_on": "2026-11-20" }));
    assert_eq!(scene.may("email"), yes("consent"));
    engine.clock.advance(5 * 24 * 3600);
    let rep = engine.again(&scene.rep);
    let input = json!({ "purpose": scene.newsletter, "channel": "email" });
    let answer = engine.act(&rep, "contact", scene.contact, "may_contact", input).unwrap();
    assert_eq!(answer["purposes"][0]["channels"][0]["why"], "expired");
}

fn a_consent_follows_the_person_and_his_lead(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let lead = engine.create(&scene.rep, "lead", json!({ "name": "孙七", "mobile": "13800001237", "email": "sun@kehu.example" }));
    engine.create(&scene.rep, "consent", json!({ "lead": lead, "purpose": scene.newsletter, "channel": "any" }));
    let converted = engine.act(&scene.rep, "lead", lead, "convert", json!({ "amount": "1000" })).unwrap();
    let contact: Uuid = converted["contact"].as_str().unwrap().parse().unwrap();
    let input = json!({ "purpose": scene.newsletter, "channel": "email" });
    let answer = engine.act(&scene.rep, "contact", contact, "may_contact", input.clone()).unwrap();
    assert_eq!(answer["allowed"], true, "what he agreed to as a lead holds for the contact");
    engine.act(&scene.rep, "contact", contact, "stop_contact", json!({ "reason": "不要" })).unwrap();
    let answer = engine.act(&scene.rep, "lead", lead, "may_contact", input).unwrap();
    assert_eq!(answer["allowed"], false);
}

fn whoever_does_not_see_the_person_sees_no_consent(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let consent = scene.consent(json!({}));
    assert_eq!(engine.get(&scene.other, "consent", consent), Json::Null);
    assert!(engine.list(&scene.other, "consent", "").is_empty());
    let refused = engine.act(&scene.other, "consent", consent, "withdraw", json!({ "reason": "x" })).unwrap_err();
    assert_eq!(error_code(&refused), "not_found");
    let refused = engine.act(&scene.other, "contact", scene.contact, "may_contact", json!({})).unwrap_err();
    assert_eq!(error_code(&refused), "not_found");
    let hidden = json!({ "contact": scene.contact, "purpose": scene.newsletter });
    assert!(engine.try_create(&scene.other, "consent", hidden).is_err());
    let refused = engine.try_create(&scene.rep, "purpose", json!({ "name": "我的目的" })).unwrap_err();
    assert_eq!(error_code(&refused), "forbidden");
}

fn a_merge_takes_consents_along(engine: &TestEngine) {
    let scene = Scene::new(engine);
    let twin = engine.create(&scene.rep, "contact", json!({ "name": "王小明", "email": "w2@kehu.example" }));
    let consent = engine.create(&scene.rep, "consent", json!({ "contact": twin, "purpose": scene.newsletter, "channel": "email" }));
    let request = MergeRequest { survivor: scene.contact, others: vec![twin], ..MergeRequest::default() };
    merge(&scene.rep, &engine.object("contact"), &request).unwrap();
    let kept = engine.get(&scene.rep, "consent", consent);
    assert_eq!((&kept["person"]["id"], &kept["contact"]["id"]), (&json!(scene.contact), &json!(scene.contact)));
    assert_eq!(scene.may("email"), yes("consent"));
}
