//! Many at the same time.

use std::collections::BTreeSet;
use std::sync::Barrier;

use guanxi_kernel::write::{Batch, BatchMode, Operation, PlanOptions, execute};
use serde_json::json;
use uuid::Uuid;

use crate::fixture::{Fixture, code, map, on_both_stores};

/// Runs the work in so many threads that begin together; answers their results.
fn together<T: Send>(threads: usize, work: impl Fn(usize) -> T + Sync) -> Vec<T> {
    let barrier = Barrier::new(threads);
    let (barrier, work) = (&barrier, &work);
    std::thread::scope(|scope| {
        let running: Vec<_> = (0..threads)
            .map(|n| {
                scope.spawn(move || {
                    barrier.wait();
                    work(n)
                })
            })
            .collect();
        running.into_iter().map(|it| it.join().unwrap()).collect()
    })
}

fn version(it: &Fixture, id: Uuid) -> i64 {
    it.get(&it.as_admin(), "account", id).unwrap()["version"].as_i64().unwrap()
}

#[test]
fn of_fifty_with_the_same_version_one_wins() {
    on_both_stores(|it| {
        let id = it.create(&it.as_admin(), "account", json!({"name": "A"}));
        let answers = together(50, |n| {
            let options = PlanOptions { expected_version: Some(1), ..PlanOptions::default() };
            it.try_update(&it.as_admin(), "account", id, json!({"name": format!("N{n}")}), options).map_err(|error| code(&error))
        });
        assert_eq!(answers.iter().filter(|it| it.is_ok()).count(), 1);
        assert!(answers.iter().all(|it| it.is_ok() || *it == Err("version_conflict")), "{answers:?}");
        assert_eq!(version(it, id), 2);
    });
}

#[test]
fn stale_plans_are_made_again_until_all_are_in() {
    on_both_stores(|it| {
        let id = it.create(&it.as_admin(), "account", json!({"name": "A"}));
        let answers = together(30, |n| {
            it.try_update(&it.as_admin(), "account", id, json!({"name": format!("N{n}")}), PlanOptions::default()).map_err(|error| code(&error))
        });
        assert!(answers.iter().all(Result::is_ok), "{answers:?}");
        assert_eq!(version(it, id), 31);
    });
}

#[test]
fn a_unique_value_is_given_once_and_numbers_never_twice() {
    on_both_stores(|it| {
        let answers = together(24, |n| {
            it.try_create(&it.as_admin(), "account", json!({"name": format!("N{n}"), "code": format!("c{}", n % 6)})).map_err(|error| code(&error))
        });
        assert_eq!(answers.iter().filter(|it| it.is_ok()).count(), 6);
        assert!(answers.iter().all(|it| it.is_ok() || *it == Err("duplicate_value")), "{answers:?}");
        let ids = together(20, |n| it.create(&it.as_admin(), "account", json!({"name": format!("M{n}")})));
        let numbers: BTreeSet<String> =
            ids.iter().map(|id| it.get(&it.as_admin(), "account", *id).unwrap()["number"].as_str().unwrap().to_owned()).collect();
        assert_eq!(numbers.len(), 20);
        assert!(numbers.iter().next_back().unwrap().as_str() <= "C2026-0026", "what was refused took no number: {numbers:?}");
    });
}

#[test]
fn rollups_count_everyone_however_they_come_and_go() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let accounts = [it.create(&admin, "account", json!({"name": "A"})), it.create(&admin, "account", json!({"name": "B"}))];
        together(16, |n| {
            let admin = it.as_admin();
            let mut own = Vec::new();
            for round in 0..4 {
                let date = format!("2026-0{}-1{}", 1 + (n + round) % 9, round);
                let values = json!({"name": "D", "account": accounts[n % 2], "amount": "10.10", "stage": "won", "close_date": date});
                own.push(it.create(&admin, "deal", values));
            }
            it.update(&admin, "deal", own[0], json!({"account": accounts[(n + 1) % 2]}));
            it.update(&admin, "deal", own[1], json!({"amount": "20.20", "close_date": null}));
            it.delete(&admin, "deal", own[2]).unwrap();
        });
        for account in accounts {
            let deals = it.list(&admin, "deal", &format!("account == '{account}'"), "id");
            let cents: i64 = deals.iter().map(|it| it["amount"]["amount"].as_str().unwrap().replace('.', "").parse::<i64>().unwrap()).sum();
            let last = deals.iter().filter_map(|it| it["close_date"].as_str()).max();
            let json = it.get(&admin, "account", account).unwrap();
            assert_eq!(json["deals"], json!(deals.len()));
            assert_eq!(json["won"], json!(format!("{}.{:02}", cents / 100, cents % 100)));
            assert_eq!(json["last_close"].as_str(), last);
        }
    });
}

#[test]
fn batches_that_lock_each_other_all_get_through() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let ids: Vec<Uuid> = (0..8).map(|n| it.create(&admin, "account", json!({"name": format!("A{n}")}))).collect();
        let answers = together(12, |n| {
            let mut order = ids.clone();
            order.rotate_left(n % 8);
            if n % 2 == 0 {
                order.reverse();
            }
            let operations = order
                .iter()
                .map(|id| Operation::Update {
                    id: *id,
                    values: map(json!({"level": (if n % 2 == 0 { "a" } else { "b" }), "name": format!("by {n}")})),
                    options: PlanOptions::default(),
                })
                .collect();
            let batch = Batch { object: it.object("account"), operations, mode: BatchMode::AllOrNothing, verb: "bulk", change: None };
            execute(&it.as_admin(), &batch).map(|it| it.succeeded()).map_err(|error| error.to_string())
        });
        assert!(answers.iter().all(|it| *it == Ok(8)), "{answers:?}");
        let names: BTreeSet<String> = it.names(&admin, "account", "true", "id").into_iter().collect();
        assert_eq!(names.len(), 1, "one batch was the last, as a whole: {names:?}");
        assert!(ids.iter().all(|id| version(it, *id) == 13));
    });
}

#[test]
fn deleting_while_others_write_leaves_nothing_half_done() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let account = it.create(&admin, "account", json!({"name": "A"}));
        let deals: Vec<Uuid> = (0..6).map(|n| it.create(&admin, "deal", json!({"name": format!("D{n}"), "account": account}))).collect();
        let answers = together(7, |n| match deals.get(n) {
            None => it.delete(&it.as_admin(), "account", account).map(|_| ()).map_err(|error| code(&error)),
            Some(deal) => it
                .try_update(&it.as_admin(), "deal", *deal, json!({"name": "changed"}), PlanOptions::default())
                .map(|_| ())
                .map_err(|error| code(&error)),
        });
        assert!(answers.iter().all(|it| it.is_ok() || *it == Err("not_found")), "{answers:?}");
        assert_eq!(answers[6], Ok(()));
        assert!(it.names(&admin, "deal", "true", "id").is_empty(), "all went along");
        it.restore(&admin, "account", account).unwrap();
        assert_eq!(it.get(&admin, "account", account).unwrap()["deals"], 6);
    });
}
