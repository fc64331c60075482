//! To which department customers belong: a bank's own objects and rules, their order, ties, what is left alone, who may ask.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::KernelError;
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::definition::{SchemaChange, apply};
use guanxi_kernel::locks::{NewLock, lock, release};
use guanxi_kernel::write::act;
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    the_branch_with_the_largest_monthly_average_is_it,
    else_the_branch_of_the_latest_opening_is_it,
    who_has_nothing_but_a_credit_card_belongs_where_he_was_recommended,
    the_order_is_a_setting_and_its_effect_is_previewed,
    ties_keep_the_present_branch_or_take_the_first,
    what_is_fixed_locked_or_in_a_pool_stays,
    deciding_again_changes_nothing,
    every_rule_is_explained,
    figures_are_shown_to_those_who_could_add_them_up,
    a_rule_that_broke_says_so_and_nothing_moves,
    what_makes_no_sense_is_refused_by_its_field,
    who_may_not_ask_is_refused,
    the_head_of_the_branch_becomes_the_owner_where_the_rule_says_so,
    leads_have_rules_of_their_own,
    what_is_covered_or_hidden_is_not_explained,
    a_broken_rule_behind_the_one_that_decides_stops_it_too,
    amounts_are_compared_in_the_companys_own_currency,
    a_head_who_left_gets_nothing,
    what_cannot_be_saved_is_told_on_the_rule,
);

const BALANCE: &str = r#"
name = "asset_balance"
label = { zh-CN = "资产余额", en = "Balance" }
title_field = "name"
owned = false
explicit_rights = true
[[field]]
name = "name"
type = "text"
label = { zh-CN = "摘要", en = "Name" }
[[field]]
name = "customer"
type = "reference"
target = "account"
label = { zh-CN = "客户", en = "Customer" }
on_delete = "cascade"
[[field]]
name = "branch"
type = "department"
label = { zh-CN = "网点", en = "Branch" }
[[field]]
name = "day"
type = "date"
label = { zh-CN = "日期", en = "Day" }
indexed = true
[[field]]
name = "amount"
type = "money"
label = { zh-CN = "金额", en = "Amount" }
"#;

const BANK_ACCOUNT: &str = r#"
name = "bank_account"
label = { zh-CN = "账户", en = "Bank account" }
title_field = "name"
owned = false
[[field]]
name = "name"
type = "text"
label = { zh-CN = "账号", en = "Number" }
[[field]]
name = "customer"
type = "reference"
target = "account"
label = { zh-CN = "客户", en = "Customer" }
on_delete = "cascade"
[[field]]
name = "branch"
type = "department"
label = { zh-CN = "开户网点", en = "Branch" }
[[field]]
name = "opened_on"
type = "date"
label = { zh-CN = "开户日", en = "Opened on" }
[[field]]
name = "kind"
type = "text"
label = { zh-CN = "种类", en = "Kind" }
"#;

struct Bank {
    east: Uuid,
    west: Uuid,
    /// The three rules, in the order of the requirements: assets, opening, recommendation.
    rules: [Uuid; 3],
}

/// What an administrator sets up for a bank: two objects, three fields, three rules.
fn bank(engine: &TestEngine) -> Bank {
    let object = |text: &str| SchemaChange::AddObject { object: toml::from_str(text).unwrap() };
    let field = |json: Json| SchemaChange::AddField { object: "account".into(), field: serde_json::from_value(json).unwrap() };
    let label = json!({ "zh-CN": "字段", "en": "Field" });
    let count = |name: &str, filter: &str| {
        let rollup = json!({ "object": "bank_account", "via": "customer", "function": "count", "filter": filter });
        field(json!({ "name": name, "type": "rollup", "label": label, "rollup": rollup }))
    };
    let changes = [
        object(BALANCE),
        object(BANK_ACCOUNT),
        field(json!({ "name": "recommended_branch", "type": "department", "label": label })),
        count("credit_cards", "kind == 'credit_card'"),
        count("other_accounts", "kind != 'credit_card'"),
    ];
    apply(&engine.system(), &changes, false).unwrap();
    let city = engine.department("市分行", None);
    let [east, west] = ["城东支行", "城西支行"].map(|it| engine.department(it, Some(city)));
    let rules = [
        json!({ "name": "近六个月月日均最大", "position": 10, "finds": "largest", "measure": "monthly_average_daily", "related": "asset_balance",
            "via": "customer", "branch": "branch", "amount": "amount", "day": "day", "window_months": 6 }),
        json!({ "name": "最近开户网点", "position": 20, "finds": "latest", "related": "bank_account", "via": "customer", "branch": "branch",
            "day": "opened_on", "condition": "other_accounts > 0" }),
        json!({ "name": "纯信用卡客户归推荐机构", "position": 30, "finds": "reference", "branch": "recommended_branch",
            "condition": "credit_cards > 0 && other_accounts == 0" }),
    ];
    Bank { east, west, rules: rules.map(|it| engine.create(&engine.system(), "ownership_rule", it)) }
}

fn customer(engine: &TestEngine, name: &str, more: Json) -> Uuid {
    let mut values = json!({ "name": name, "kind": "person" });
    values.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
    engine.create(&engine.system(), "account", values)
}

fn balance(engine: &TestEngine, customer: Uuid, branch: Uuid, day: &str, amount: i64) {
    let values = json!({ "customer": customer, "branch": branch, "day": day, "amount": amount.to_string() });
    engine.create(&engine.system(), "asset_balance", values);
}

fn opening(engine: &TestEngine, customer: Uuid, branch: Uuid, day: &str, kind: &str) {
    engine.create(&engine.system(), "bank_account", json!({ "customer": customer, "branch": branch, "opened_on": day, "kind": kind }));
}

fn run(engine: &TestEngine) {
    let job = engine.workspace.registry.job("ownership.decide").unwrap().clone();
    JobHandler::run(job.as_ref(), &engine.system(), &json!({})).unwrap();
}

fn department(engine: &TestEngine, id: Uuid) -> Json {
    engine.get(&engine.system(), "account", id)["department"]["id"].clone()
}

fn ask(context: &Context, action: &str, input: &Json) -> Result<Json, KernelError> {
    act(context, "ownership_rule", None, action, &input.as_object().cloned().unwrap_or_default())
}

fn decisions(engine: &TestEngine, id: Uuid) -> Vec<Json> {
    engine.list(&engine.system(), "ownership_decision", &format!("record == '{id}'"))
}

fn the_branch_with_the_largest_monthly_average_is_it(engine: &TestEngine) {
    let bank = bank(engine);
    // A larger sum, but in months of more days; and amounts of before and after the six months do not count.
    let one = customer(engine, "张伟", json!({ "department": bank.west }));
    balance(engine, one, bank.east, "2026-06-10", 30_000);
    balance(engine, one, bank.west, "2026-07-10", 30_500);
    balance(engine, one, bank.west, "2026-04-30", 9_000_000);
    balance(engine, one, bank.west, "2026-11-01", 9_000_000);
    // Every day of a month is worth more than one day of it.
    let two = customer(engine, "李娜", json!({}));
    for day in 1..=30 {
        balance(engine, two, bank.west, &format!("2026-09-{day:02}"), 1_000);
    }
    balance(engine, two, bank.east, "2026-10-31", 29_000);
    run(engine);
    assert_eq!(department(engine, one), json!(bank.east));
    assert_eq!(department(engine, two), json!(bank.west));
    let told = &decisions(engine, two)[0];
    assert_eq!((&told["kind"], &told["rule"]["id"], &told["from_department"]), (&json!("rule"), &json!(bank.rules[0]), &Json::Null));
    let candidates = told["figures"]["candidates"].as_array().unwrap();
    let west = candidates.iter().find(|it| it["department"]["id"] == json!(bank.west)).unwrap();
    assert_eq!((&west["value"], &west["months"][0]["average"]), (&json!("166.67"), &json!("1000")), "1,000 a day in one of six months: {told}");
    assert_eq!(engine.get(&engine.system(), "account", two)["ownership_rule"]["id"], json!(bank.rules[0]));
}

fn else_the_branch_of_the_latest_opening_is_it(engine: &TestEngine) {
    let bank = bank(engine);
    let it = customer(engine, "王强", json!({}));
    opening(engine, it, bank.west, "2024-03-01", "savings");
    opening(engine, it, bank.east, "2026-02-01", "savings");
    balance(engine, it, bank.west, "2025-12-01", 500_000);
    run(engine);
    assert_eq!(department(engine, it), json!(bank.east));
    // A branch that was closed since is none.
    engine.update(&engine.system(), "department", bank.east, json!({ "active": false }));
    run(engine);
    assert_eq!(department(engine, it), json!(bank.west));
}

fn who_has_nothing_but_a_credit_card_belongs_where_he_was_recommended(engine: &TestEngine) {
    let bank = bank(engine);
    let it = customer(engine, "赵敏", json!({ "recommended_branch": bank.east }));
    opening(engine, it, bank.west, "2026-05-01", "credit_card");
    let unknown = customer(engine, "孙丽", json!({}));
    opening(engine, unknown, bank.west, "2026-05-01", "credit_card");
    run(engine);
    assert_eq!(department(engine, it), json!(bank.east));
    assert_eq!(department(engine, unknown), Json::Null, "nobody recommended her");
    opening(engine, it, bank.west, "2026-06-01", "savings");
    run(engine);
    assert_eq!(department(engine, it), json!(bank.west), "he has more than a credit card now");
}

fn the_order_is_a_setting_and_its_effect_is_previewed(engine: &TestEngine) {
    let bank = bank(engine);
    let it = customer(engine, "周杰", json!({ "department": bank.east }));
    balance(engine, it, bank.east, "2026-08-01", 1_000);
    opening(engine, it, bank.west, "2026-07-01", "savings");
    let admin = engine.system();
    let same = ask(&admin, "preview", &json!({})).unwrap();
    assert_eq!((&same["looked_at"], &same["changed"], &same["same"]), (&json!(1), &json!(0), &json!(1)));
    let [assets, opening, card] = bank.rules;
    let other = ask(&admin, "preview", &json!({ "order": [opening, assets, card] })).unwrap();
    let told = json!([{ "from": { "id": bank.east, "label": "城东支行" }, "to": { "id": bank.west, "label": "城西支行" },
        "rule": { "id": opening, "label": "最近开户网点" }, "count": 1 }]);
    assert_eq!((&other["moves"], &other["rules"][0]["changed"]), (&told, &json!(1)), "{other}");
    let named = &other["records"][0];
    let first = json!({ "department": { "id": bank.west, "label": "城西支行" }, "value": "2026-07-01" });
    assert_eq!((&named["label"], &named["candidates"][0]), (&json!("周杰"), &first));
    assert_eq!(department(engine, it), json!(bank.east), "a preview changes nothing");
    for wrong in [json!(["x"]), json!([Uuid::nil()]), json!([assets, assets]), json!("x")] {
        assert!(problem_fields(&ask(&admin, "preview", &json!({ "order": wrong })).unwrap_err())[0].starts_with("order"), "{wrong}");
    }
    engine.update(&admin, "ownership_rule", opening, json!({ "position": 5 }));
    run(engine);
    assert_eq!(department(engine, it), json!(bank.west));
}

fn ties_keep_the_present_branch_or_take_the_first(engine: &TestEngine) {
    let bank = bank(engine);
    let known = customer(engine, "吴刚", json!({ "department": bank.west }));
    let new = customer(engine, "郑爽", json!({}));
    for it in [known, new] {
        balance(engine, it, bank.east, "2026-08-01", 700);
        balance(engine, it, bank.west, "2026-08-02", 700);
    }
    let nothing = customer(engine, "冯军", json!({}));
    balance(engine, nothing, bank.east, "2026-08-01", 0);
    run(engine);
    assert_eq!((department(engine, known), department(engine, new)), (json!(bank.west), json!(bank.east)));
    assert_eq!(department(engine, nothing), Json::Null, "nothing is no figure");
    assert_eq!(decisions(engine, new)[0]["figures"]["tie"], "first_in_order");
    let told = engine.act(&engine.system(), "account", known, "explain_ownership", json!({})).unwrap();
    assert_eq!((&told["rules"][0]["tie"], &told["changes"]), (&json!("present_kept"), &json!(false)));
}

fn what_is_fixed_locked_or_in_a_pool_stays(engine: &TestEngine) {
    let bank = bank(engine);
    let system = engine.system();
    let manager = engine.member("zhou", &["sales_manager"], bank.west);
    let pool = engine.create(&system, "pool", json!({ "name": "公海", "object": "account", "departments": [bank.west] }));
    let fixed = customer(engine, "固定", json!({ "department": bank.west, "ownership_fixed": true }));
    let locked = customer(engine, "锁定", json!({ "department": bank.west, "owner": manager.actor }));
    let pooled = customer(engine, "公海里", json!({ "pool": pool }));
    for it in [fixed, locked, pooled] {
        balance(engine, it, bank.east, "2026-08-01", 700);
    }
    let object = engine.object("account");
    lock(&manager, &object, locked, &NewLock { reason: "合同审批中".into(), except: Vec::new(), until: None }).unwrap();
    let told = ask(&system, "preview", &json!({})).unwrap();
    assert_eq!((&told["fixed"], &told["locked"], &told["in_pool"], &told["changed"]), (&json!(1), &json!(1), &json!(1), &json!(0)));
    run(engine);
    assert_eq!((department(engine, fixed), department(engine, locked), department(engine, pooled)), (json!(bank.west), json!(bank.west), Json::Null));
    let why = engine.act(&system, "account", locked, "explain_ownership", json!({})).unwrap();
    assert_eq!((&why["locked"], &why["changes"], &why["to"]["id"]), (&json!(true), &json!(false), &json!(bank.east)));
    // Whom the lock binds may ask all the same.
    let why = engine.act(&manager, "account", locked, "explain_ownership", json!({})).unwrap();
    assert_eq!(why["locked"], true);
    release(&manager, &object, locked).unwrap();
    engine.update(&system, "account", fixed, json!({ "ownership_fixed": false }));
    run(engine);
    assert_eq!((department(engine, fixed), department(engine, locked)), (json!(bank.east), json!(bank.east)));
}

fn deciding_again_changes_nothing(engine: &TestEngine) {
    let bank = bank(engine);
    let it = customer(engine, "陈晨", json!({}));
    balance(engine, it, bank.east, "2026-08-01", 700);
    run(engine);
    let version = engine.get(&engine.system(), "account", it)["version"].clone();
    run(engine);
    run(engine);
    assert_eq!((engine.get(&engine.system(), "account", it)["version"].clone(), decisions(engine, it).len()), (version, 1));
    // Six months later the balance is over, and nothing says otherwise: it stays.
    engine.clock.advance(200 * 24 * 3600);
    run(engine);
    assert_eq!((department(engine, it), decisions(engine, it).len()), (json!(bank.east), 1));
    let answer = ask(&engine.system(), "decide_now", &json!({})).unwrap();
    assert!(answer["job"].is_string());
}

fn every_rule_is_explained(engine: &TestEngine) {
    let bank = bank(engine);
    let it = customer(engine, "褚健", json!({ "recommended_branch": bank.west }));
    balance(engine, it, bank.east, "2026-08-01", 62_000);
    opening(engine, it, bank.west, "2026-07-01", "savings");
    let told = ask(&engine.system(), "explain", &json!({ "record": { "object": "account", "id": it } })).unwrap();
    assert_eq!((&told["decided_by"]["id"], &told["to"]["label"], &told["changes"]), (&json!(bank.rules[0]), &json!("城东支行"), &json!(true)));
    let outcomes: Vec<&Json> = told["rules"].as_array().unwrap().iter().map(|it| &it["outcome"]).collect();
    assert_eq!(outcomes, ["decided", "not_needed", "condition_not_met"]);
    let assets = &told["rules"][0];
    assert_eq!(assets["window"], json!({ "from": "2026-05-01", "until": "2026-11-01" }));
    let months = json!([{ "month": "2026-08-01", "days": 31, "sum": "62000.00", "average": "2000" }]);
    let month = &assets["candidates"][0]["months"];
    assert_eq!((&month[0]["month"], &month[0]["days"]), (&months[0]["month"], &months[0]["days"]), "{assets}");
    assert_eq!(month[0]["average"].as_str().unwrap().parse::<f64>().unwrap(), 2000.0);
    assert_eq!(assets["candidates"][0]["value"], "333.33");
    assert_eq!(told["rules"][1]["found"]["id"], json!(bank.west), "what it would say is told all the same");
    assert!(assets["reason"]["zh-CN"].as_str().unwrap().contains("城东支行"), "{assets}");
    assert_eq!(told["last"], Json::Null);
    run(engine);
    let told = engine.act(&engine.system(), "account", it, "explain_ownership", json!({})).unwrap();
    assert_eq!((&told["last"]["to"]["id"], &told["changes"]), (&json!(bank.east), &json!(false)));
}

fn figures_are_shown_to_those_who_could_add_them_up(engine: &TestEngine) {
    let bank = bank(engine);
    let rep = engine.member("lin", &["sales"], bank.east);
    let it = customer(engine, "卫青", json!({ "owner": rep.actor, "department": bank.east }));
    balance(engine, it, bank.west, "2026-08-01", 62_000);
    let told = engine.act(&rep, "account", it, "explain_ownership", json!({})).unwrap();
    let assets = &told["rules"][0]["candidates"][0];
    assert_eq!((&assets["department"]["label"], &assets["value"], assets.get("months")), (&json!("城西支行"), &Json::Null, None));
    // The trail does not tell it to him either.
    run(engine);
    let seen = engine.list(&engine.again(&rep), "ownership_decision", &format!("record == '{it}'"));
    assert!(seen.iter().all(|it| it.get("figures").is_none()), "{seen:?}");
    // Somebody else's customer is none.
    let other = customer(engine, "别人的", json!({ "department": bank.west }));
    let record = json!({ "record": { "object": "account", "id": other } });
    assert_eq!(problem_fields(&ask(&rep, "explain", &record).unwrap_err()), ["record: no_such_record"]);
    assert_eq!(error_code(&engine.act(&rep, "account", other, "explain_ownership", json!({})).unwrap_err()), "not_found");
    // A manager previews what he sees and no more.
    let manager = engine.member("zhou", &["sales_manager"], bank.west);
    balance(engine, other, bank.east, "2026-08-01", 62_000);
    let preview = ask(&manager, "preview", &json!({})).unwrap();
    assert_eq!((&preview["partial"], &preview["records"][0]["candidates"][0]["value"]), (&json!(true), &Json::Null));
    assert!(preview["looked_at"].as_i64().unwrap() < 3, "{preview}");
}

fn a_rule_that_broke_says_so_and_nothing_moves(engine: &TestEngine) {
    let bank = bank(engine);
    let it = customer(engine, "蒋欣", json!({}));
    opening(engine, it, bank.west, "2026-07-01", "savings");
    apply(&engine.system(), &[SchemaChange::RemoveField { object: "asset_balance".into(), name: "amount".into() }], true).unwrap();
    let told = ask(&engine.system(), "preview", &json!({})).unwrap();
    assert!(told["rules"][0]["problem"]["zh-CN"].as_str().is_some_and(|it| it.contains("amount")), "{told}");
    run(engine);
    assert_eq!(department(engine, it), Json::Null, "a rule behind the broken one does not decide in its place");
    let problem = engine.get(&engine.system(), "ownership_rule", bank.rules[0])["problem"].as_str().unwrap().to_owned();
    let (zh, en) = problem.split_once(" / ").unwrap();
    assert!(zh.contains("amount") && en.is_ascii(), "in both languages: {problem}");
    engine.update(&engine.system(), "ownership_rule", bank.rules[0], json!({ "active": false }));
    run(engine);
    assert_eq!(department(engine, it), json!(bank.west));
}

fn what_makes_no_sense_is_refused_by_its_field(engine: &TestEngine) {
    bank(engine);
    let refused = |values: Json| problem_fields(&engine.try_create(&engine.system(), "ownership_rule", values).unwrap_err());
    let base = |more: Json| {
        let mut values = json!({ "name": "规则", "finds": "largest", "measure": "sum", "related": "asset_balance", "via": "customer",
            "branch": "branch", "amount": "amount" });
        values.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        values
    };
    engine.create(&engine.system(), "ownership_rule", base(json!({ "name": "合计", "where": "day >= date('2026-01-01')" })));
    engine.create(&engine.system(), "ownership_rule", base(json!({ "name": "经过引用", "branch": "customer.recommended_branch" })));
    let wrong = [
        (json!({ "object": "product" }), "object: rule"),
        (json!({ "object": "nothing" }), "object: rule"),
        (json!({ "condition": "department == null" }), "condition: rule"),
        (json!({ "condition": "owner == null", "owner_becomes": "head" }), "condition: rule"),
        (json!({ "related": "nothing" }), "related: rule"),
        (json!({ "via": "branch" }), "via: rule"),
        (json!({ "branch": "amount" }), "branch: rule"),
        (json!({ "amount": "day" }), "amount: rule"),
        (json!({ "day": "amount" }), "day: rule"),
        (json!({ "where": "nothing == 1" }), "where: rule"),
        (json!({ "where": "branch == me.department" }), "where: rule"),
        (json!({ "amount": null }), "amount: required"),
        (json!({ "measure": "monthly_average_daily" }), "day: required"),
        (json!({ "finds": "reference", "branch": "department" }), "branch: rule"),
    ];
    for (more, field) in wrong {
        let problems = refused(base(more.clone()));
        assert!(problems.iter().any(|it| it == field), "{more}: {problems:?}");
    }
}

fn who_may_not_ask_is_refused(engine: &TestEngine) {
    let bank = bank(engine);
    let rep = engine.member("lin", &["sales"], bank.east);
    let manager = engine.member("zhou", &["sales_manager"], bank.east);
    for (who, action) in [(&rep, "preview"), (&rep, "decide_now"), (&manager, "decide_now")] {
        assert_eq!(error_code(&ask(who, action, &json!({})).unwrap_err()), "forbidden", "{action}");
    }
    for who in [&rep, &manager] {
        assert_eq!(error_code(&engine.try_update(who, "ownership_rule", bank.rules[0], json!({ "position": 1 })).unwrap_err()), "forbidden");
    }
    let row = json!({ "kind": "rule", "decided_at": "2026-11-16T00:00:00Z" });
    assert!(engine.try_create(&manager, "ownership_decision", row).is_err(), "the trail is the system's");
}

fn the_head_of_the_branch_becomes_the_owner_where_the_rule_says_so(engine: &TestEngine) {
    let bank = bank(engine);
    let head = engine.member("tao", &["sales_manager"], bank.east);
    engine.update(&engine.system(), "department", bank.east, json!({ "head": head.actor }));
    let rep = engine.member("lin", &["sales"], bank.west);
    let it = customer(engine, "沈阳", json!({ "owner": rep.actor, "department": bank.west }));
    balance(engine, it, bank.east, "2026-08-01", 700);
    let kept = customer(engine, "韩梅", json!({ "owner": rep.actor, "department": bank.west }));
    opening(engine, kept, bank.east, "2026-07-01", "savings");
    engine.update(&engine.system(), "ownership_rule", bank.rules[0], json!({ "owner_becomes": "head" }));
    run(engine);
    let owner = |id: Uuid| engine.get(&engine.system(), "account", id)["owner"]["id"].clone();
    assert_eq!((owner(it), owner(kept)), (json!(head.actor), json!(rep.actor)));
    assert_eq!(department(engine, kept), json!(bank.east));
    let told = &decisions(engine, it)[0];
    assert_eq!((&told["from_owner"]["id"], &told["to_owner"]["id"]), (&json!(rep.actor), &json!(head.actor)));
}

fn leads_have_rules_of_their_own(engine: &TestEngine) {
    let bank = bank(engine);
    let rule = json!({ "name": "线索归活动最多的部门", "object": "lead", "finds": "largest", "measure": "count", "related": "activity", "via": "lead",
        "branch": "owner.department" });
    engine.create(&engine.system(), "ownership_rule", rule);
    let rep = engine.member("lin", &["sales"], bank.east);
    let lead = engine.create(&engine.system(), "lead", json!({ "name": "杨柳", "mobile": "13812345678", "department": bank.west }));
    engine.create(&engine.system(), "activity", json!({ "subject": "电话", "kind": "call", "status": "done", "lead": lead, "owner": rep.actor }));
    run(engine);
    let at = engine.get(&engine.system(), "lead", lead)["department"]["id"].clone();
    assert_eq!(at, json!(bank.east), "through the owner of the activity");
}

fn role(engine: &TestEngine, name: &str, hidden: &[&str]) {
    let fields: Vec<String> = hidden.iter().map(|it| format!("{it} = 'hidden'")).collect();
    let text = format!(
        "name = '{name}'\nlabel = {{ zh-CN = '柜员', en = 'Clerk' }}\n[objects.account]\nread = 'all'\nactions = ['explain_ownership']
fields = {{ {} }}\n[objects.ownership_rule]\nread = 'all'\nactions = ['explain']\n",
        fields.join(", ")
    );
    apply(&engine.system(), &[SchemaChange::PutRole { role: toml::from_str(&text).unwrap() }], false).unwrap();
}

fn what_is_covered_or_hidden_is_not_explained(engine: &TestEngine) {
    let bank = bank(engine);
    let system = engine.system();
    let rep = engine.member("lin", &["sales"], bank.east);
    let pool = json!({ "name": "公海", "object": "account", "members": [rep.actor], "hidden_fields": ["phone"] });
    let pool = engine.create(&system, "pool", pool);
    let pooled = customer(engine, "公海客户", json!({ "pool": pool }));
    let rep = engine.again(&rep);
    let ask_of = |who: &Context, id: Uuid| ask(who, "explain", &json!({ "record": { "object": "account", "id": id } }));
    assert_eq!(error_code(&ask_of(&rep, pooled).unwrap_err()), "forbidden");
    assert_eq!(error_code(&engine.act(&rep, "account", pooled, "explain_ownership", json!({})).unwrap_err()), "forbidden");
    // Where the department is what a field says, who does not see the field is not told the department.
    let it = customer(engine, "纯信用卡", json!({ "recommended_branch": bank.east }));
    opening(engine, it, bank.west, "2026-05-01", "credit_card");
    role(engine, "clerk", &["recommended_branch"]);
    role(engine, "teller", &["credit_cards", "other_accounts"]);
    let outcomes =
        |told: &Json| -> Vec<String> { told["rules"].as_array().unwrap().iter().map(|it| it["outcome"].as_str().unwrap().to_owned()).collect() };
    let clerk = engine.member("tao", &["clerk"], bank.west);
    let told = ask_of(&clerk, it).unwrap();
    assert_eq!(outcomes(&told), ["nothing_found", "condition_not_met", "withheld"], "{told}");
    assert_eq!((&told["to"], &told["withheld"], &told["decided_by"]), (&Json::Null, &json!(true), &Json::Null));
    assert!(!told.to_string().contains("城东支行"), "{told}");
    // Nor whether it meets a condition over what he does not see.
    let teller = engine.member("mei", &["teller"], bank.west);
    let told = ask_of(&teller, it).unwrap();
    assert_eq!(outcomes(&told), ["nothing_found", "withheld", "withheld"], "{told}");
    assert_eq!(ask_of(&system, it).unwrap()["to"]["id"], json!(bank.east));
}

fn a_broken_rule_behind_the_one_that_decides_stops_it_too(engine: &TestEngine) {
    let bank = bank(engine);
    let it = customer(engine, "蒋欣", json!({}));
    balance(engine, it, bank.east, "2026-08-01", 700);
    apply(&engine.system(), &[SchemaChange::RemoveField { object: "bank_account".into(), name: "opened_on".into() }], true).unwrap();
    run(engine);
    assert_eq!(department(engine, it), Json::Null, "nothing of the object moves");
    let problem = |rule: Uuid| engine.get(&engine.system(), "ownership_rule", rule)["problem"].clone();
    assert!(problem(bank.rules[1]).is_string() && problem(bank.rules[0]).is_null());
    let preview = ask(&engine.system(), "preview", &json!({})).unwrap();
    assert!(preview["rules"][1]["problem"].is_object(), "{preview}");
    let told = engine.act(&engine.system(), "account", it, "explain_ownership", json!({})).unwrap();
    let outcomes: Vec<&Json> = told["rules"].as_array().unwrap().iter().map(|it| &it["outcome"]).collect();
    assert_eq!(outcomes, ["blocked", "problem", "condition_not_met"], "{told}");
    assert_eq!((&told["blocked"], &told["to"], &told["changes"]), (&json!(true), &Json::Null, &json!(false)));
}

fn amounts_are_compared_in_the_companys_own_currency(engine: &TestEngine) {
    let bank = bank(engine);
    let rates = [("USD".to_owned(), "7".to_owned())].into();
    apply(&engine.system(), &[SchemaChange::PutRates { rates }], false).unwrap();
    let it = customer(engine, "何平", json!({}));
    let amount = |branch: Uuid, day: &str, amount: &str, currency: &str| {
        let values = json!({ "customer": it, "branch": branch, "day": day, "amount": { "amount": amount, "currency": currency } });
        engine.create(&engine.system(), "asset_balance", values);
    };
    amount(bank.east, "2026-08-01", "100", "USD");
    amount(bank.east, "2026-08-02", "20", "CNY");
    amount(bank.west, "2026-08-01", "500", "CNY");
    // What has no rate does not count.
    amount(bank.west, "2026-08-02", "9000", "JPY");
    run(engine);
    assert_eq!(department(engine, it), json!(bank.east));
    let told = engine.act(&engine.system(), "account", it, "explain_ownership", json!({})).unwrap();
    let first = &told["rules"][0]["candidates"][0];
    assert_eq!((&first["months"][0]["sum"], first["months"].as_array().unwrap().len()), (&json!("720"), 1), "{told}");
    engine.update(&engine.system(), "ownership_rule", bank.rules[0], json!({ "measure": "sum" }));
    let told = engine.act(&engine.system(), "account", it, "explain_ownership", json!({})).unwrap();
    let values: Vec<&Json> = told["rules"][0]["candidates"].as_array().unwrap().iter().map(|it| &it["value"]).collect();
    assert_eq!(values, ["720", "500"], "{told}");
}

fn a_head_who_left_gets_nothing(engine: &TestEngine) {
    let bank = bank(engine);
    let head = engine.member("tao", &["sales_manager"], bank.east);
    engine.update(&engine.system(), "department", bank.east, json!({ "head": head.actor }));
    engine.update(&engine.system(), "user", head.actor, json!({ "active": false }));
    let rep = engine.member("lin", &["sales"], bank.west);
    let it = customer(engine, "沈阳", json!({ "owner": rep.actor, "department": bank.west }));
    balance(engine, it, bank.east, "2026-08-01", 700);
    engine.update(&engine.system(), "ownership_rule", bank.rules[0], json!({ "owner_becomes": "head" }));
    run(engine);
    let owner = engine.get(&engine.system(), "account", it)["owner"]["id"].clone();
    assert_eq!((department(engine, it), owner), (json!(bank.east), json!(rep.actor)));
}

fn what_cannot_be_saved_is_told_on_the_rule(engine: &TestEngine) {
    let bank = bank(engine);
    let [stuck, free] = ["卡住的", "能动的"].map(|it| customer(engine, it, json!({})));
    for it in [stuck, free] {
        balance(engine, it, bank.east, "2026-08-01", 700);
    }
    let mut account = engine.object("account").definition.clone();
    let rule = json!({ "name": "custom_stuck", "expression": "department == null || name != '卡住的'",
        "message": { "zh-CN": "不能动它", "en": "it must not move" } });
    account.rules.push(serde_json::from_value(rule).unwrap());
    apply(&engine.system(), &[SchemaChange::ChangeObject { object: account }], false).unwrap();
    run(engine);
    assert_eq!((department(engine, stuck), department(engine, free)), (Json::Null, json!(bank.east)));
    let problem = engine.get(&engine.system(), "ownership_rule", bank.rules[0])["problem"].as_str().unwrap_or_default().to_owned();
    assert!(problem.contains("1条") && problem.contains("不能动它") && problem.contains("it must not move"), "{problem}");
}
