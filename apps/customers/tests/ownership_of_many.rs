//! Rules over many customers: right for each of them, and quick, since each rule is one statement for hundreds of records.
//! `GUANXI_TEST_CUSTOMERS` says how many.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use std::time::Instant;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::definition::{SchemaChange, apply};
use guanxi_kernel::write::{Batch, BatchMode, Operation, act, execute};
use guanxi_testkit::TestEngine;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(many_customers_are_decided_at_once);

/// Records written together.
const AT_ONCE: usize = 1_000;
const BRANCHES: usize = 7;

const BALANCE: &str = r#"
name = "asset_balance"
label = { zh-CN = "资产余额", en = "Balance" }
title_field = "name"
owned = false
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

fn write(engine: &TestEngine, object: &str, rows: impl Iterator<Item = Json>) -> Vec<Uuid> {
    let (object, system) = (engine.object(object), engine.system());
    let mut ids = Vec::new();
    let mut rows = rows.peekable();
    while rows.peek().is_some() {
        let operations = rows.by_ref().take(AT_ONCE).map(|it| Operation::Create { values: it.as_object().cloned().unwrap() }).collect();
        let batch = Batch { object: object.clone(), operations, mode: BatchMode::AllOrNothing, verb: "test", change: None };
        ids.extend(execute(&system, &batch).unwrap().results.into_iter().map(|it| it.unwrap().id));
    }
    ids
}

/// Which branch is the largest of a customer, by his number.
fn home(number: usize) -> usize {
    number * 31 % BRANCHES
}

fn many_customers_are_decided_at_once(engine: &TestEngine) {
    let many: usize = std::env::var_os("GUANXI_TEST_CUSTOMERS").and_then(|it| it.to_str()?.parse().ok()).unwrap_or(1_200);
    apply(&engine.system(), &[SchemaChange::AddObject { object: toml::from_str(BALANCE).unwrap() }], false).unwrap();
    let system = engine.system();
    let branches: Vec<Uuid> = (0..BRANCHES).map(|it| engine.department(&format!("支行{it}"), None)).collect();
    let rule = json!({ "name": "月日均最大", "finds": "largest", "measure": "monthly_average_daily", "related": "asset_balance", "via": "customer",
        "branch": "branch", "amount": "amount", "day": "day", "window_months": 6 });
    engine.create(&system, "ownership_rule", rule);
    let customers = write(engine, "account", (0..many).map(|it| json!({ "name": format!("客户{it}"), "kind": "person", "department": branches[0] })));
    // Of every customer, in every one of the six months, some at home and somewhat less at the next branch.
    let balances = customers.iter().enumerate().flat_map(|(number, customer)| {
        let at = [branches[home(number)], branches[(home(number) + 1) % BRANCHES]];
        (5..=10).flat_map(move |month| {
            let row = move |branch: Uuid, amount: &str| json!({ "customer": customer, "branch": branch, "day": format!("2026-{month:02}-15"), "amount": amount });
            [row(at[0], "1000.01"), row(at[1], "1000.00")]
        })
    });
    write(engine, "asset_balance", balances);
    let begun = Instant::now();
    let told = act(&system, "ownership_rule", None, "preview", &Map::new()).unwrap();
    let previewed = begun.elapsed();
    let away = (0..many).filter(|it| home(*it) != 0).count();
    assert_eq!((&told["looked_at"], &told["changed"], &told["same"]), (&json!(many), &json!(away), &json!(many - away)));
    assert_eq!(told["records"].as_array().unwrap().len(), 100);
    let job = engine.workspace.registry.job("ownership.decide").unwrap().clone();
    let begun = Instant::now();
    JobHandler::run(job.as_ref(), &system, &json!({})).unwrap();
    let decided = begun.elapsed();
    let begun = Instant::now();
    JobHandler::run(job.as_ref(), &system, &json!({})).unwrap();
    println!("{many} customers: previewed in {previewed:?}, {away} moved in {decided:?}, looked at again in {:?}", begun.elapsed());
    for number in (0..many).step_by(many / 50) {
        assert_eq!(engine.get(&system, "account", customers[number])["department"]["id"], json!(branches[home(number)]), "{number}");
    }
    let again = act(&system, "ownership_rule", None, "preview", &Map::new()).unwrap();
    assert_eq!((&again["changed"], &again["same"]), (&json!(0), &json!(many)));
}
