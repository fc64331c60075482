//! Many changes at once.

use std::collections::BTreeSet;

use guanxi_kernel::KernelError;
use guanxi_kernel::write::{Batch, BatchMode, Operation, PlanOptions, execute};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::fixture::{Fixture, code, digest, map, on_both_stores};

fn create(values: Json) -> Operation {
    Operation::Create { values: map(values) }
}

fn update(id: Uuid, values: Json) -> Operation {
    Operation::Update { id, values: map(values), options: PlanOptions::default() }
}

fn batch(it: &Fixture, operations: Vec<Operation>, mode: BatchMode) -> Batch {
    Batch { object: it.object("account"), operations, mode, verb: "batch", change: None }
}

const TABLES: [&str; 3] = ["account", "deal", "tag"];

#[test]
fn a_refused_batch_leaves_the_whole_database_as_it_was() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let first = it.create(&admin, "account", json!({"name": "A", "code": "1"}));
        it.create(&admin, "deal", json!({"name": "D", "account": first}));
        let before = digest(it, &TABLES);
        let good = || create(json!({"name": "new", "code": "n"}));
        let refused: [(Vec<Operation>, &str); 6] = [
            (vec![good(), create(json!({"code": "2"}))], "invalid"),
            (vec![good(), create(json!({"name": "x", "code": "1"}))], "duplicate_value"),
            (vec![good(), good()], "duplicate_value"),
            (vec![good(), update(Uuid::from_u128(9), json!({"name": "x"}))], "not_found"),
            (vec![Operation::Delete { id: first }, update(first, json!({"name": "x"}))], "not_found"),
            (vec![good(), create(json!({"name": "x", "nonsense": 1}))], "unknown_field"),
        ];
        for (operations, expected) in refused {
            let error = execute(&admin, &batch(it, operations.clone(), BatchMode::AllOrNothing)).unwrap_err();
            assert_eq!(code(&error), expected, "{operations:?}: {error}");
            assert_eq!(digest(it, &TABLES), before, "{operations:?}");
        }
    });
}

#[test]
fn problems_of_all_rows_are_told_with_their_row() {
    on_both_stores(|it| {
        let operations = vec![create(json!({"name": "ok"})), create(json!({})), create(json!({"name": "x", "phone": "abc"}))];
        let KernelError::Invalid(problems) = execute(&it.as_admin(), &batch(it, operations, BatchMode::AllOrNothing)).unwrap_err() else { panic!() };
        let fields: Vec<_> = problems.iter().map(|it| it.field.as_str()).collect();
        assert_eq!(fields, ["operations[1].name", "operations[2].phone"]);
        it.create(&it.as_admin(), "account", json!({"name": "there", "code": "k"}));
        let taken = |code: &str| create(json!({"name": "x", "code": code}));
        let operations = vec![taken("a"), taken("k"), taken("b"), taken("a")];
        let error = execute(&it.as_admin(), &batch(it, operations, BatchMode::AllOrNothing)).unwrap_err();
        let KernelError::Conflict { code: "duplicate_value", fields, .. } = error else { panic!("{error}") };
        assert_eq!(fields.iter().map(|it| it.field.as_str()).collect::<Vec<_>>(), ["operations[1].code", "operations[3].code"]);
    });
}

#[test]
fn row_by_row_writes_the_good_ones_whatever_the_database_says_of_others() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        it.create(&admin, "account", json!({"name": "A", "code": "c7"}));
        let mut operations: Vec<Operation> = (0..40).map(|n| create(json!({"name": format!("R{n:02}"), "code": format!("c{}", n % 35)}))).collect();
        operations.push(create(json!({"code": "nameless"})));
        let done = execute(&admin, &batch(it, operations, BatchMode::RowByRow)).unwrap();
        let failed: Vec<usize> = done.results.iter().enumerate().filter(|(_, it)| it.is_err()).map(|(row, _)| row).collect();
        assert_eq!(failed, [7, 35, 36, 37, 38, 39, 40], "the one there was, the five repeated, the invalid one");
        for row in [7, 35] {
            assert_eq!(code(done.results[row].as_ref().unwrap_err()), "duplicate_value");
        }
        assert_eq!(it.names(&admin, "account", "name.startsWith('R')", "name").len(), 34);
        let numbers: BTreeSet<String> =
            it.list(&admin, "account", "true", "name").iter().map(|it| it["number"].as_str().unwrap().to_owned()).collect();
        assert_eq!(numbers.len(), 35, "no number twice");
    });
}

#[test]
fn one_record_may_be_changed_several_times_in_a_batch() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let id = it.create(&admin, "account", json!({"name": "A"}));
        for mode in [BatchMode::AllOrNothing, BatchMode::RowByRow] {
            let before = it.get(&admin, "account", id).unwrap()["version"].as_i64().unwrap();
            let operations = vec![
                update(id, json!({"name": format!("B{before}")})),
                update(id, json!({"code": format!("k{before}")})),
                update(id, json!({"name": format!("C{before}")})),
            ];
            let done = execute(&admin, &batch(it, operations, mode)).unwrap();
            assert_eq!(done.succeeded(), 3, "{mode:?}");
            let json = it.get(&admin, "account", id).unwrap();
            assert_eq!(
                (json["name"].clone(), json["code"].clone(), json["version"].as_i64()),
                (json!(format!("C{before}")), json!(format!("k{before}")), Some(before + 3))
            );
        }
        let operations = vec![Operation::Delete { id }, Operation::Restore { id }, update(id, json!({"name": "back"}))];
        execute(&admin, &batch(it, operations, BatchMode::AllOrNothing)).unwrap();
        assert_eq!(it.get(&admin, "account", id).unwrap()["name"], "back");
    });
}

#[test]
fn ten_thousand_at_once_and_not_one_more() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let many = |n: usize| (0..n).map(|n| create(json!({"name": format!("N{n:05}"), "code": n.to_string()}))).collect::<Vec<_>>();
        let error = execute(&admin, &batch(it, many(10_001), BatchMode::AllOrNothing)).unwrap_err();
        assert_eq!(code(&error), "bad_request");
        let done = execute(&admin, &batch(it, many(10_000), BatchMode::AllOrNothing)).unwrap();
        assert_eq!(done.succeeded(), 10_000);
        let request = guanxi_kernel::read::ListRequest { count: guanxi_kernel::read::CountMode::Exact, ..Default::default() };
        assert_eq!(it.try_list(&admin, "account", &request).unwrap().count.unwrap().value, 10_000);
        let last = it.list(&admin, "account", "code == '9999'", "name");
        assert_eq!(last[0]["number"], "C2026-10000");
        let bad =
            done.results.iter().take(5_000).map(|it| update(it.as_ref().unwrap().id, json!({"level": "a"}))).chain([create(json!({}))]).collect();
        assert!(execute(&admin, &batch(it, bad, BatchMode::AllOrNothing)).is_err());
        assert!(it.list(&admin, "account", "level == 'a'", "name").is_empty());
    });
}
