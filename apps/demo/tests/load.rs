//! The whole demo company through the write path with all hooks, and what its members then see.

#![expect(clippy::unwrap_used, reason = "a failed preparation ends the test")]

use std::collections::HashMap;
use std::sync::Arc;

use guanxi_demo::{demo_records, resolved};
use guanxi_kernel::access::Member;
use guanxi_kernel::context::Locale;
use guanxi_kernel::write::{Batch, BatchMode, Operation, PlanOptions, execute};
use guanxi_testkit::TestEngine;
use jiff::civil::date;
use serde_json::{Map, Value as Json};
use uuid::Uuid;

guanxi_testkit::on_each_store!(the_engine_takes_the_whole_company_and_counts_right);

fn resolve(value: &Json, ids: &HashMap<String, Uuid>) -> Json {
    let known: Result<Json, String> = resolved(value, &mut |key| ids.get(key).map(Uuid::to_string).ok_or_else(|| key.to_owned()));
    known.unwrap()
}

/// A record that waits to be written with others: key, object, values, and the id where it changes an earlier one.
type Waiting = (String, &'static str, Map<String, Json>, Option<Uuid>);

/// Loads everything, one batch for each run of new records of one object; answers the ids by key.
fn load(engine: &TestEngine) -> HashMap<String, Uuid> {
    let context = engine.system();
    let mut ids: HashMap<String, Uuid> = HashMap::new();
    let mut waiting: Vec<Waiting> = Vec::new();
    let write = |waiting: &mut Vec<Waiting>, ids: &mut HashMap<String, Uuid>| {
        let Some(object) = waiting.first().map(|it| it.1) else { return };
        let (keys, operations): (Vec<String>, Vec<Operation>) = waiting
            .drain(..)
            .map(|(key, _, values, id)| match id {
                Some(id) => (key, Operation::Update { id, values, options: PlanOptions::default() }),
                None => (key, Operation::Create { values }),
            })
            .unzip();
        let object: Arc<_> = engine.object(object);
        let batch = Batch { object: object.clone(), operations, mode: BatchMode::AllOrNothing, verb: "demo", change: None };
        let done = execute(&context, &batch).unwrap_or_else(|error| panic!("{}: {error:?}", object.name));
        for (key, result) in keys.into_iter().zip(done.results) {
            ids.insert(key.clone(), result.unwrap_or_else(|error| panic!("{key}: {error:?}")).id);
        }
    };
    for record in demo_records(1, date(2026, 11, 15)) {
        let known = ids.get(&record.key).copied();
        let breaks = waiting.first().is_some_and(|it| it.1 != record.object || it.3.is_some() != known.is_some())
            || waiting.iter().any(|it| it.0 == record.key)
            // Departments, members and accounts refer to earlier ones of their own kind.
            || matches!(record.object, "department" | "user" | "account" | "contact" | "comment" | "space_folder" | "opportunity_contact" | "pool_rule" | "process_step");
        if breaks {
            write(&mut waiting, &mut ids);
        }
        let known = ids.get(&record.key).copied();
        let values = record.values.iter().map(|(name, value)| (name.clone(), resolve(value, &ids))).collect();
        waiting.push((record.key, record.object, values, known));
    }
    write(&mut waiting, &mut ids);
    ids
}

fn the_engine_takes_the_whole_company_and_counts_right(engine: &TestEngine) {
    let ids = load(engine);
    let system = engine.system();
    let amount = |it: &Json| it["amount"]["amount"].as_str().and_then(|it| it.parse::<f64>().ok()).unwrap_or_default();
    let mut with_deals = 0;
    for number in 0..300 {
        let id = ids[&format!("account:{number}")];
        let account = engine.get(&system, "account", id);
        let deals = engine.list(&system, "opportunity", &format!("account == '{id}'"));
        let won: f64 = deals.iter().filter(|it| it["stage"] == "won").map(amount).sum();
        let open = deals.iter().filter(|it| it["stage"] != "won" && it["stage"] != "lost").count();
        assert_eq!(account["won_amount"].as_str().and_then(|it| it.parse().ok()).unwrap_or(0.0), won, "{account}");
        assert_eq!(account["open_opportunity_count"], open, "{account}");
        assert!(!account["last_activity_at"].is_null() || account["lifecycle"] == "acquire", "{account}");
        with_deals += usize::from(!deals.is_empty());
    }
    assert!(with_deals > 120, "{with_deals}");
    let moves = engine.list(&system, "lifecycle_move", "to_stage == 'convert'").len();
    assert!(moves > 80, "{moves}");
    let lists: Vec<usize> = ["owner == '{sales}'", "level == 'a'", "next_follow_up <= date('2026-11-16')"]
        .iter()
        .map(|it| engine.list(&system, "account", &it.replace("{sales}", &ids["user:sales"].to_string())).len())
        .collect();
    assert!(lists.iter().all(|it| *it >= 10), "{lists:?}");
    every_login_sees_what_its_work_needs(engine, &ids);
}

/// Login, then how many accounts, leads, opportunities and activities it should see at least and at most.
const SEEN: [(&str, [(usize, usize); 4]); 10] = [
    ("admin", [(304, 304), (215, 215), (262, 262), (500, 500)]),
    ("sales", [(40, 130), (10, 60), (30, 130), (300, 500)]),
    ("sales2", [(40, 130), (10, 60), (30, 130), (300, 500)]),
    ("salesmanager", [(100, 220), (30, 120), (70, 220), (500, 500)]),
    ("marketing", [(304, 304), (215, 215), (0, 0), (8, 100)]),
    ("service", [(304, 304), (0, 0), (262, 262), (500, 500)]),
    ("operator", [(304, 304), (215, 215), (0, 0), (30, 300)]),
    ("trainer", [(304, 304), (0, 0), (0, 0), (20, 300)]),
    ("analyst", [(304, 304), (215, 215), (262, 262), (500, 500)]),
    ("partner", [(3, 30), (0, 20), (1, 40), (20, 200)]),
];

fn every_login_sees_what_its_work_needs(engine: &TestEngine, ids: &HashMap<String, Uuid>) {
    let system = engine.system();
    let departments = engine.list(&system, "department", "");
    let mut wrong = Vec::new();
    for (login, expected) in SEEN {
        let user = engine.get(&system, "user", ids[&format!("user:{login}")]);
        let department: Uuid = user["department"]["id"].as_str().unwrap().parse().unwrap();
        let mut below = vec![department];
        let mut at = 0;
        while at < below.len() {
            let children = departments.iter().filter(|it| it["parent"]["id"] == below[at].to_string());
            below.extend(children.map(|it| it["id"].as_str().unwrap().parse::<Uuid>().unwrap()).collect::<Vec<_>>());
            at += 1;
        }
        let roles = user["roles"].as_array().unwrap().iter().map(|it| it.as_str().unwrap().into()).collect();
        let member = Member::of(ids[&format!("user:{login}")], roles, Some(department), below);
        let zone = jiff::tz::TimeZone::get("Asia/Shanghai").unwrap();
        let context = engine.workspace.member_context(member, login.to_owned(), Locale::ZhCn, zone, "test".to_owned());
        let seen = ["account", "lead", "opportunity", "activity"].map(|object| match engine.try_list(&context, object, "") {
            Ok(found) => found.len(),
            Err(_) => 0,
        });
        if seen.iter().zip(expected).any(|(seen, (least, most))| !(least..=most).contains(seen)) {
            wrong.push(format!("{login} sees {seen:?}, not {expected:?}"));
        }
    }
    assert!(wrong.is_empty(), "{wrong:#?}");
}
