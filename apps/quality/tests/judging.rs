//! What is kept of records, followed change by change, is what a judge says who looks at all of them anew.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::collections::{BTreeMap, BTreeSet};

use guanxi_kernel::quality;
use guanxi_kernel::read::ListRequest;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{jobs, readers};
use guanxi_quality::{Asked, Of, Wanted, keep_day, of_record, summary, trend, worklist};
use guanxi_testkit::TestEngine;
use jiff::{SignedDuration, Timestamp};
use serde_json::{Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(
    what_is_followed_is_what_a_naive_judge_says,
    rules_that_come_and_go_leave_nothing_behind,
    a_list_moves_those_alone_whose_value_it_is,
    a_rule_follows_what_its_records_refer_to,
    a_trend_tells_of_the_question_that_is_asked_now,
    a_day_half_judged_is_not_kept,
);

/// A rule and what it says, told apart from the engine: nothing where it does not concern the record.
struct Naive {
    id: Uuid,
    weight: i64,
    active: bool,
    says: fn(&Json, &World) -> Option<bool>,
}

struct World {
    now: Timestamp,
    products: BTreeSet<String>,
}

/// Numbers that are the same in every run.
struct Dice(u64);

impl Dice {
    fn below(&mut self, most: u64) -> u64 {
        self.0 = self.0.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        (self.0 >> 33) % most
    }

    fn one_of<'t>(&mut self, all: &[&'t str]) -> &'t str {
        all[usize::try_from(self.below(all.len() as u64)).unwrap()]
    }
}

const NAMES: [&str; 5] = ["AB1", "AB12", "乙", "甲", "X"];

fn text<'t>(record: &'t Json, field: &str) -> Option<&'t str> {
    record[field].as_str()
}

fn rules(engine: &TestEngine) -> Vec<Naive> {
    let rule = |values: Json, weight: i64, says| {
        let mut all = json!({ "name": "规则", "object": "account", "message": "请改", "weight": weight });
        all.as_object_mut().unwrap().extend(values.as_object().unwrap().clone());
        Naive { id: engine.create(&engine.system(), "quality_rule", all), weight, active: true, says }
    };
    vec![
        rule(json!({ "check": "required", "field": "industry" }), 30, |it, _| Some(text(it, "industry").is_some())),
        rule(json!({ "check": "required", "field": "phone", "filter": "level == 'a'" }), 7, |it, _| {
            (it["level"] == "a").then(|| text(it, "phone").is_some())
        }),
        rule(json!({ "check": "pattern", "field": "short_name", "pattern": "[A-Z]{2}[0-9]" }), 11, |it, _| {
            text(it, "short_name").map(|it| it.len() == 3 && it.starts_with("AB"))
        }),
        rule(json!({ "check": "one_of", "field": "short_name", "values": "AB1\n乙" }), 13, |it, _| {
            text(it, "short_name").map(|it| ["AB1", "乙"].contains(&it))
        }),
        rule(json!({ "check": "expression", "expression": "employees == null || employees < 100" }), 5, |it, _| {
            Some(it["employees"].as_i64().is_none_or(|it| it < 100))
        }),
        rule(json!({ "check": "fresh", "field": "last_activity_at", "days": 30, "filter": "level != 'd'", "kind": "stale" }), 17, |it, world| {
            let from = text(it, "last_activity_at").or_else(|| text(it, "created_at")).unwrap().parse::<Timestamp>().unwrap();
            (it["level"] != "d").then(|| world.now < from + SignedDuration::from_hours(24 * 30))
        }),
        rule(json!({ "check": "exists_in", "field": "short_name", "list_object": "product", "list_field": "name" }), 19, |it, world| {
            text(it, "short_name").map(|it| world.products.contains(it))
        }),
    ]
}

fn settle(engine: &TestEngine) {
    let context = engine.system();
    engine.workspace.registry.job("quality.freshness").unwrap().run(&context, &json!({})).unwrap();
    readers::read_all(&context).unwrap();
    while jobs::run_next(&context, "test").unwrap() {}
}

fn compare(engine: &TestEngine, rules: &[Naive], step: usize) {
    let context = engine.system();
    let products = engine.list(&context, "product", "").iter().filter_map(|it| text(it, "name").map(str::to_owned)).collect();
    let world = World { now: engine.workspace.clock.now(), products };
    let (mut expected, mut failing): (BTreeMap<Uuid, BTreeSet<Uuid>>, usize) = (BTreeMap::new(), 0);
    let accounts = engine.list(&context, "account", "");
    for account in &accounts {
        let id: Uuid = text(account, "id").unwrap().parse().unwrap();
        let said: Vec<(&Naive, bool)> = rules.iter().filter(|it| it.active).filter_map(|it| Some((it, (it.says)(account, &world)?))).collect();
        let broken: BTreeSet<Uuid> = said.iter().filter(|it| !it.1).map(|it| it.0.id).collect();
        let weights = |holds: &dyn Fn(bool) -> bool| said.iter().filter(|it| holds(it.1)).map(|it| it.0.weight).sum::<i64>();
        let (applies, holds) = (weights(&|_| true), weights(&|it| it));
        let score = (applies > 0).then(|| f64::from(i32::try_from(holds * 1_000 / applies).unwrap()) / 10.0);
        let told = of_record(&context, "account", id).unwrap();
        let found: BTreeSet<Uuid> = told.findings.iter().map(|it| it.rule.id).collect();
        assert_eq!(found, broken, "step {step}: {account}");
        assert_eq!(told.score, score, "step {step}: {account}");
        failing += broken.len();
        if !broken.is_empty() {
            expected.insert(id, broken);
        }
    }
    let list = ListRequest { limit: 500, ..ListRequest::default() };
    let page = worklist(&context, "account", &Wanted { list, ..Wanted::default() }).unwrap();
    let found: BTreeMap<Uuid, BTreeSet<Uuid>> =
        page.items.iter().map(|it| (text(&it.record, "id").unwrap().parse().unwrap(), it.findings.iter().map(|it| it.rule).collect())).collect();
    assert_eq!(found, expected, "step {step}");
    let whole = summary(&context, "account", Some("owner"), Of::default()).unwrap();
    let told = whole.findings;
    assert_eq!((told.incomplete + told.wrong + told.stale, whole.whole.records), (i64::try_from(failing).unwrap(), accounts.len() as i64));
    assert_eq!(whole.groups.iter().map(|it| it.records).sum::<i64>(), whole.whole.records);
}

fn what_is_followed_is_what_a_naive_judge_says(engine: &TestEngine) {
    let context = engine.system();
    let mut rules = rules(engine);
    let mut dice = Dice(42);
    let (mut accounts, mut binned, mut calls, mut products) = (Vec::new(), Vec::new(), Vec::new(), Vec::new());
    for step in 0..220 {
        let values = json!({
            "industry": if dice.below(2) == 0 { Json::Null } else { json!("food") },
            "level": dice.one_of(&["a", "c", "d"]),
            "phone": if dice.below(2) == 0 { Json::Null } else { json!("13812345678") },
            "short_name": if dice.below(4) == 0 { Json::Null } else { json!(dice.one_of(&NAMES)) },
            "employees": if dice.below(3) == 0 { Json::Null } else { json!(dice.below(200)) },
        });
        let any = |dice: &mut Dice, all: &[Uuid]| all.get(usize::try_from(dice.below(all.len().max(1) as u64)).unwrap()).copied();
        match dice.below(12) {
            0..=2 => {
                let mut values = values;
                values["name"] = json!(format!("客户{step}"));
                accounts.push(engine.create(&context, "account", values));
            }
            3 | 4 => {
                if let Some(id) = any(&mut dice, &accounts) {
                    engine.update(&context, "account", id, values);
                }
            }
            5 => {
                if let Some(id) = any(&mut dice, &accounts) {
                    engine.try_delete(&context, "account", id).unwrap();
                    accounts.retain(|it| *it != id);
                    binned.push(id);
                }
            }
            6 => {
                if let Some(id) = binned.pop() {
                    engine.try_restore(&context, "account", id).unwrap();
                    accounts.push(id);
                }
            }
            7 => {
                if let Some(id) = any(&mut dice, &accounts) {
                    let call = json!({ "kind": "call", "subject": "回访", "account": id, "status": "done" });
                    calls.push(engine.create(&context, "activity", call));
                }
            }
            8 => match (calls.pop(), any(&mut dice, &accounts)) {
                (Some(call), Some(id)) if dice.below(2) == 0 => {
                    // Both customers' last contact moves.
                    engine.update(&context, "activity", call, json!({ "account": id }));
                    calls.push(call);
                }
                (Some(call), _) => engine.try_delete(&context, "activity", call).unwrap(),
                _ => {}
            },
            9 => match products.pop() {
                Some(id) if dice.below(2) == 0 => engine.try_delete(&context, "product", id).unwrap(),
                last => {
                    products.extend(last);
                    let name = dice.one_of(&NAMES);
                    let product = json!({ "name": name, "code": format!("P{step}"), "family": "sensor", "list_price": "100" });
                    products.push(engine.create(&context, "product", product));
                }
            },
            10 => {
                let at = usize::try_from(dice.below(rules.len() as u64)).unwrap();
                rules[at].active = !rules[at].active;
                engine.update(&context, "quality_rule", rules[at].id, json!({ "active": rules[at].active }));
            }
            _ => engine.clock.advance(i64::try_from(dice.below(12)).unwrap() * 86_400),
        }
        if dice.below(4) == 0 {
            settle(engine);
            compare(engine, &rules, step);
        }
    }
    settle(engine);
    compare(engine, &rules, 1_000);
    // The night finds nothing that the day had not.
    engine.workspace.registry.job("quality.night").unwrap().run(&context, &json!({})).unwrap();
    compare(engine, &rules, 1_001);
}

fn rules_that_come_and_go_leave_nothing_behind(engine: &TestEngine) {
    let context = engine.system();
    let account = engine.create(&context, "account", json!({ "name": "甲" }));
    // More rules, one after the other, than there are places.
    for turn in 0..70 {
        let values = json!({ "name": format!("r{turn}"), "object": "account", "check": "required", "field": "website", "message": "请改" });
        let rule = engine.create(&context, "quality_rule", values);
        settle(engine);
        let told = of_record(&context, "account", account).unwrap();
        assert_eq!(told.findings.iter().map(|it| it.rule.id).collect::<Vec<_>>(), [rule], "{turn}");
        // Another question is another rule, though it is the same record.
        engine.update(&context, "quality_rule", rule, json!({ "field": "name" }));
        assert_eq!(of_record(&context, "account", account).unwrap().findings.len(), 0, "what it asked is not what it asks");
        settle(engine);
        assert_eq!(of_record(&context, "account", account).unwrap().score, Some(100.0));
        engine.try_delete(&context, "quality_rule", rule).unwrap();
        settle(engine);
        let told = of_record(&context, "account", account).unwrap();
        assert_eq!((told.score, told.judged), (None, false));
    }
}

fn a_list_moves_those_alone_whose_value_it_is(engine: &TestEngine) {
    let context = engine.system();
    let account = |name: &str| engine.create(&context, "account", json!({ "name": name, "short_name": name }));
    let (first, second) = (account("AB1"), account("乙"));
    let rule = json!({ "name": "r", "object": "account", "check": "exists_in", "field": "short_name", "list_object": "product", "list_field": "name",
        "message": "请改" });
    engine.create(&context, "quality_rule", rule);
    settle(engine);
    let score = |id: Uuid| of_record(&context, "account", id).unwrap().score;
    let is_waiting = || engine.workspace.store.read_with(|tx| jobs::is_waiting(tx, "quality.lists")).unwrap();
    let product = |name: &str| {
        engine.create(&context, "product", json!({ "name": name, "code": format!("P-{name}"), "family": "sensor", "list_price": "100" }))
    };
    let made = product("AB1");
    readers::read_all(&context).unwrap();
    assert_eq!((is_waiting(), score(first), score(second)), (false, Some(100.0), Some(0.0)));
    // What is no value of the list moves nothing, another value the two it is about, the bin the one.
    engine.update(&context, "product", made, json!({ "list_price": "200" }));
    readers::read_all(&context).unwrap();
    assert!(!is_waiting());
    engine.update(&context, "product", made, json!({ "name": "乙" }));
    readers::read_all(&context).unwrap();
    assert_eq!((is_waiting(), score(first), score(second)), (false, Some(0.0), Some(100.0)));
    engine.try_delete(&context, "product", made).unwrap();
    readers::read_all(&context).unwrap();
    assert_eq!((is_waiting(), score(second)), (false, Some(0.0)));
    engine.try_restore(&context, "product", made).unwrap();
    readers::read_all(&context).unwrap();
    assert_eq!((is_waiting(), score(second)), (false, Some(100.0)));
}

fn rule_about(engine: &TestEngine, field: &str) -> Uuid {
    let values = json!({ "name": "r", "object": "account", "check": "required", "field": field, "message": "请改" });
    engine.create(&engine.system(), "quality_rule", values)
}

fn a_trend_tells_of_the_question_that_is_asked_now(engine: &TestEngine) {
    let context = engine.system();
    engine.create(&context, "account", json!({ "name": "甲" }));
    let rule = rule_about(engine, "website");
    settle(engine);
    let asked = Asked { days: 30, by_rule: true, ..Asked::default() };
    let told = |at: usize| trend(&engine.system(), "account", &asked).unwrap().points.into_iter().nth(at).unwrap();
    assert_eq!((told(0).score, told(0).incomplete), (Some(0.0), 1));
    engine.clock.advance(86_400);
    engine.update(&engine.system(), "quality_rule", rule, json!({ "field": "name" }));
    settle(engine);
    keep_day(&engine.system(), "account").unwrap();
    assert_eq!((told(0).score, told(0).incomplete, told(0).records, told(0).rules.unwrap().len()), (None, 0, 1, 0));
    assert_eq!((told(1).score, told(1).incomplete), (Some(100.0), 0));
    // Asked again what it asked, it is told of again. What it weighs is another matter.
    engine.update(&engine.system(), "quality_rule", rule, json!({ "field": "website", "weight": 3 }));
    settle(engine);
    assert_eq!((told(0).score, told(1).score), (Some(0.0), None));
}

fn a_day_half_judged_is_not_kept(engine: &TestEngine) {
    let context = engine.system();
    engine.create(&context, "account", json!({ "name": "甲" }));
    rule_about(engine, "website");
    settle(engine);
    engine.clock.advance(86_400);
    let days = || trend(&engine.system(), "account", &Asked { days: 30, ..Asked::default() }).unwrap().points.len();
    assert_eq!(days(), 1);
    // Another run has begun while the night's was on its way.
    let store = &engine.workspace.store;
    let kept = store.read_with(|tx| quality::plan_of(tx, "account")).unwrap().unwrap();
    let run = engine.system().new_id();
    store.write_with(move |tx| quality::begin(tx, "account", &kept.rules, run, 1)).unwrap();
    keep_day(&engine.system(), "account").unwrap();
    assert_eq!(days(), 1);
    engine.workspace.registry.job("quality.night").unwrap().run(&engine.system(), &json!({})).unwrap();
    assert_eq!(days(), 2);
}

/// What the rule about contacts says, told apart from the engine: contacts of large customers need a title.
fn naive_contact(contact: &Json, accounts: &BTreeMap<String, Json>) -> Option<bool> {
    let account = accounts.get(contact["account"]["id"].as_str()?)?;
    let concerned = account["level"] == "a" && account["address"]["city"] == "上海市";
    concerned.then(|| !contact["title"].is_null() || account["employees"].as_i64().is_some_and(|it| it < 10))
}

fn a_rule_follows_what_its_records_refer_to(engine: &TestEngine) {
    let context = engine.system();
    let rule = json!({ "name": "大客户联系人有职务", "object": "contact", "check": "expression", "message": "请补充",
        "filter": "account.level == 'a' && account.address.city == '上海市'", "expression": "title != null || account.employees < 10" });
    let rule = engine.create(&context, "quality_rule", rule);
    let mut dice = Dice(7);
    let (mut accounts, mut contacts): (Vec<Uuid>, Vec<Uuid>) = (Vec::new(), Vec::new());
    let mut failing = 0;
    for step in 0..160 {
        let account = json!({
            "level": dice.one_of(&["a", "a", "c"]),
            "employees": if dice.below(3) == 0 { Json::Null } else { json!(dice.below(20)) },
            "address": { "province": dice.one_of(&["上海市", "北京市"]), "city": dice.one_of(&["上海市", "上海市", "北京市"]) },
        });
        let any = |dice: &mut Dice, all: &[Uuid]| all.get(usize::try_from(dice.below(all.len().max(1) as u64)).unwrap()).copied();
        match dice.below(7) {
            0 => {
                let mut values = account;
                values["name"] = json!(format!("客户{step}"));
                accounts.push(engine.create(&context, "account", values));
            }
            1 | 2 => {
                let of = any(&mut dice, &accounts);
                contacts.push(engine.create(&context, "contact", json!({ "name": format!("人{step}"), "mobile": "13812345678", "account": of })));
            }
            3 | 4 => {
                if let Some(id) = any(&mut dice, &accounts) {
                    engine.update(&context, "account", id, account);
                }
            }
            5 => {
                if let Some(id) = any(&mut dice, &contacts) {
                    let title = if dice.below(2) == 0 { Json::Null } else { json!("经理") };
                    engine.try_update(&context, "contact", id, json!({ "title": title, "account": any(&mut dice, &accounts) })).ok();
                }
            }
            _ => {
                if let Some(id) = any(&mut dice, &accounts)
                    && engine.try_delete(&context, "account", id).is_ok()
                {
                    accounts.retain(|it| *it != id);
                    if dice.below(2) == 0 {
                        engine.try_restore(&context, "account", id).unwrap();
                        accounts.push(id);
                    }
                }
            }
        }
        if step % 4 == 3 {
            settle(engine);
            let of_id = |it: Json| (it["id"].as_str().unwrap().to_owned(), it);
            let known: BTreeMap<String, Json> = engine.list(&context, "account", "").into_iter().map(of_id).collect();
            for contact in engine.list(&context, "contact", "") {
                let told = of_record(&context, "contact", text(&contact, "id").unwrap().parse().unwrap()).unwrap();
                let found: Vec<Uuid> = told.findings.iter().map(|it| it.rule.id).collect();
                let said = naive_contact(&contact, &known);
                assert_eq!(found, if said == Some(false) { vec![rule] } else { vec![] }, "step {step}: {contact}");
                assert_eq!(told.score.is_some(), said.is_some(), "step {step}: {contact}");
                failing += found.len();
            }
        }
    }
    assert!(failing > 20, "the steps hardly ever broke the rule: {failing}");
    // Who does not see all customers is not told of a rule about them; two steps away none can ask.
    let department = engine.department("销售部", None);
    let rep = engine.member("lin", &["sales"], department);
    let own = engine.create(&rep, "contact", json!({ "name": "王伟", "mobile": "13812345678" }));
    assert!(of_record(&rep, "contact", own).unwrap().held.is_empty() && of_record(&rep, "contact", own).unwrap().score.is_none());
    let too_far = json!({ "name": "x", "object": "contact", "check": "expression", "expression": "account.parent.level == 'a'", "message": "m" });
    let error = engine.try_create(&context, "quality_rule", too_far).unwrap_err();
    assert_eq!(guanxi_testkit::problem_fields(&error), ["expression: rule"]);
}
