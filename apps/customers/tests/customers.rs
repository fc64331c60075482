//! Accounts, contacts and their ties; what each role sees of them.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::KernelError;
use guanxi_testkit::{TestEngine, problem_fields};
use serde_json::json;

guanxi_testkit::on_each_store!(
    a_customer_moves_through_his_lifecycle_by_rules,
    a_stage_that_is_fixed_stays,
    groups_of_companies_form_no_circles_and_codes_are_unique,
    an_account_has_one_main_contact,
    a_tie_is_named_after_its_kind_and_made_once,
    marketing_sees_basic_information_only,
);

fn groups_of_companies_form_no_circles_and_codes_are_unique(engine: &TestEngine) {
    let sales = engine.member("lin", &["sales"], engine.department("一部", None));
    let group = engine.create(&sales, "account", json!({ "name": "华锐集团", "credit_code": "91320506MA1000017G" }));
    let child = engine.create(&sales, "account", json!({ "name": "华锐机械", "parent": group }));
    let error = engine.try_update(&sales, "account", group, json!({ "parent": child })).unwrap_err();
    assert_eq!(problem_fields(&error), ["parent: rule"]);
    let twice = engine.try_create(&sales, "account", json!({ "name": "华锐", "credit_code": "91320506MA1000017G" })).unwrap_err();
    assert!(problem_fields(&twice).iter().any(|it| it.contains("duplicate")), "{twice:?}");
    let wrong = engine.try_create(&sales, "account", json!({ "name": "华锐", "credit_code": "1234" })).unwrap_err();
    assert_eq!(problem_fields(&wrong), ["credit_code: bad_format"]);
    let mistyped = engine.try_create(&sales, "account", json!({ "name": "华锐", "credit_code": "91320506MA10000G71" })).unwrap_err();
    assert_eq!(problem_fields(&mistyped), ["credit_code: bad_check_digit"]);
    let person = engine.try_create(&sales, "account", json!({ "name": "王芳", "kind": "person", "parent": group })).unwrap_err();
    assert_eq!(problem_fields(&person), ["parent: rule"]);
}

fn an_account_has_one_main_contact(engine: &TestEngine) {
    let sales = engine.member("lin", &["sales"], engine.department("一部", None));
    let account = engine.create(&sales, "account", json!({ "name": "博远食品" }));
    let first = engine.create(&sales, "contact", json!({ "name": "张伟", "account": account, "primary": true }));
    let second = engine.create(&sales, "contact", json!({ "name": "李娜", "account": account, "primary": true, "reports_to": first }));
    assert_eq!(engine.get(&sales, "contact", first)["primary"], false);
    engine.update(&sales, "contact", first, json!({ "primary": true }));
    assert_eq!(engine.get(&sales, "contact", second)["primary"], false);
    assert_eq!(engine.get(&sales, "account", account)["contact_count"], 2);
    let error = engine.try_update(&sales, "contact", first, json!({ "reports_to": second })).unwrap_err();
    assert_eq!(problem_fields(&error), ["reports_to: rule"]);
    let nobody = engine.try_create(&sales, "contact", json!({ "name": "无名" })).unwrap_err();
    assert_eq!(problem_fields(&nobody), ["mobile: rule"]);
}

fn a_tie_is_named_after_its_kind_and_made_once(engine: &TestEngine) {
    let sales = engine.member("lin", &["sales"], engine.department("一部", None));
    let account = engine.create(&sales, "account", json!({ "name": "博远食品" }));
    let contact = engine.create(&sales, "contact", json!({ "name": "张伟", "account": account }));
    let tie = json!({ "contact": contact, "account": account, "role": "shareholder", "share_percent": "12.5" });
    let made = engine.create(&sales, "account_contact", tie.clone());
    assert_eq!(engine.get(&sales, "account_contact", made)["title"], "股东");
    let KernelError::Conflict { code, fields, .. } = engine.try_create(&sales, "account_contact", tie).unwrap_err() else { panic!("no conflict") };
    let named: Vec<(&str, &str)> = fields.iter().map(|it| (it.field.as_str(), it.code)).collect();
    assert_eq!((code, named), ("duplicate_value", vec![("contact", "duplicate"), ("account", "duplicate"), ("role", "duplicate")]));
    let backwards = json!({ "contact": contact, "account": account, "role": "director", "since": "2025-05-01", "until": "2024-05-01" });
    assert_eq!(problem_fields(&engine.try_create(&sales, "account_contact", backwards).unwrap_err()), ["until: rule"]);
    engine.try_delete(&sales, "account", account).unwrap();
    assert!(engine.list(&sales, "account_contact", "").is_empty(), "ties go along with the account");
    assert_eq!(engine.list(&sales, "contact", "").len(), 1, "people stay");
}

fn marketing_sees_basic_information_only(engine: &TestEngine) {
    let sales = engine.member("lin", &["sales"], engine.department("一部", None));
    let account = engine.create(&sales, "account", json!({ "name": "博远食品", "phone": "021-55501234", "annual_revenue": "90000000" }));
    let contact =
        engine.create(&sales, "contact", json!({ "name": "张伟", "account": account, "mobile": "13800001234", "email": "zhang@boyuan.example" }));
    let marketer = engine.member("su", &["marketer"], engine.department("市场部", None));
    let seen = engine.get(&marketer, "contact", contact);
    assert_eq!(seen["name"]["full"], "张伟");
    assert!(["mobile", "email", "wechat"].iter().all(|it| seen.get(*it).is_none()), "{seen}");
    assert!(engine.get(&marketer, "account", account).get("annual_revenue").is_none());
    assert!(engine.try_update(&marketer, "account", account, json!({ "name": "改名" })).is_err());
    let partner = engine.member("wu", &["partner"], engine.department("渠道", None));
    assert!(engine.get(&partner, "account", account).is_null());
    let own = engine.create(&partner, "account", json!({ "name": "自己的客户" }));
    assert_eq!(engine.get(&partner, "account", own)["owner"]["id"], json!(partner.actor));
}

fn lifecycle_rule(engine: &TestEngine, position: i64, condition: &str, stage: &str) {
    let values = json!({ "name": condition, "position": position, "condition": condition, "stage": stage });
    engine.create(&engine.system(), "lifecycle_rule", values);
}

fn move_lifecycles(engine: &TestEngine) {
    let job = engine.workspace.registry.job("customers.move_lifecycles").unwrap().clone();
    guanxi_kernel::app::JobHandler::run(job.as_ref(), &engine.system(), &json!({})).unwrap();
}

fn a_customer_moves_through_his_lifecycle_by_rules(engine: &TestEngine) {
    let system = engine.system();
    let account = engine.create(&system, "account", json!({ "name": "博远食品有限公司" }));
    lifecycle_rule(engine, 20, "open_opportunity_count > 0", "convert");
    lifecycle_rule(engine, 10, "won_amount > 0", "retain");
    let wrong = engine.try_create(&system, "lifecycle_rule", json!({ "name": "错", "condition": "nothing > 0", "stage": "grow" })).unwrap_err();
    assert_eq!(guanxi_testkit::problem_fields(&wrong), ["condition: rule"]);
    move_lifecycles(engine);
    let stage = || engine.get(&system, "account", account)["lifecycle"].clone();
    assert_eq!(stage(), "acquire", "where no rule holds it stays");
    let deal = json!({ "name": "灌装线", "account": account, "amount": "200000", "close_date": "2026-12-31" });
    let deal = engine.create(&system, "opportunity", deal);
    engine.clock.advance(36 * 3600);
    move_lifecycles(engine);
    move_lifecycles(engine);
    assert_eq!(stage(), "convert");
    engine.update(&system, "opportunity", deal, json!({ "stage": "need_confirmed" }));
    engine.update(&system, "opportunity", deal, json!({ "stage": "won", "win_reason": "product" }));
    engine.clock.advance(10 * 24 * 3600);
    move_lifecycles(engine);
    assert_eq!(stage(), "retain");
    let moves = engine.list(&system, "lifecycle_move", "");
    let told: Vec<_> = moves.iter().map(|it| (it["from_stage"].clone(), it["to_stage"].clone(), it["days"].clone())).collect();
    assert_eq!(moves.len(), 2, "{told:?}");
    assert!(
        told.contains(&(json!("acquire"), json!("convert"), json!("1.5"))) && told.contains(&(json!("convert"), json!("retain"), json!("10.0"))),
        "{told:?}"
    );
}

fn a_stage_that_is_fixed_stays(engine: &TestEngine) {
    let system = engine.system();
    let account = engine.create(&system, "account", json!({ "name": "博远食品有限公司", "lifecycle": "grow", "lifecycle_fixed": true }));
    lifecycle_rule(engine, 10, "contact_count >= 0", "acquire");
    move_lifecycles(engine);
    assert_eq!(engine.get(&system, "account", account)["lifecycle"], "grow");
    engine.update(&system, "account", account, json!({ "lifecycle_fixed": false }));
    move_lifecycles(engine);
    let moved = &engine.list(&system, "lifecycle_move", "")[0];
    assert_eq!((&moved["to_stage"], moved["rule"]["id"].is_string()), (&json!("acquire"), true));
    // By hand it is nobody's rule.
    engine.update(&system, "account", account, json!({ "lifecycle": "lost" }));
    assert_eq!(engine.list(&system, "lifecycle_move", "to_stage == 'lost'").len(), 1);
}
