//! What holds whatever the records are.

mod common;

use std::collections::HashSet;

use common::{Dice, columns, persons, table_of};
use guanxi_matching::{Agreement, Checking, Matcher, Pair, REVIEW, Table, clusters};
use proptest::prelude::*;

fn ids(pairs: &[Pair]) -> HashSet<(u64, u64)> {
    pairs.iter().map(|pair| (pair.left, pair.right)).collect()
}

/// Few, where every pair is compared, and more, where blocks decide.
const SIZES: [(usize, usize); 2] = [(300, 60), (2000, 150)];

#[test]
fn duplicates_are_found() {
    for (many, copies) in SIZES {
        let (persons, same) = persons(many, copies, 1);
        let matcher = Matcher::fit(table_of(&persons, 0..persons.len()));
        let found = ids(&matcher.pairs(REVIEW, 2));
        let right = found.intersection(&same).count();
        assert!(right * 100 >= same.len() * 97, "{right} of {} found", same.len());
        assert!((found.len() - right) * 100 <= same.len(), "{} wrong", found.len() - right);
    }
}

#[test]
fn order_of_records_does_not_matter() {
    for (many, copies) in SIZES {
        let (persons, _) = persons(many, copies, 2);
        let mut order: Vec<usize> = (0..persons.len()).collect();
        let mut dice = Dice(5);
        for place in (1..order.len()).rev() {
            order.swap(place, dice.below(place + 1));
        }
        let one = Matcher::fit(table_of(&persons, 0..persons.len()));
        let other = Matcher::fit(table_of(&persons, order));
        let (pairs, others) = (one.pairs(REVIEW, 1), other.pairs(REVIEW, 2));
        assert_eq!(ids(&pairs), ids(&others));
        for pair in &pairs {
            // Up to the last digits, in which sums may differ.
            assert!((one.bits(pair.left, pair.right).unwrap() - other.bits(pair.left, pair.right).unwrap()).abs() < 1e-6);
        }
        assert_eq!(clusters(&one, &pairs, REVIEW), clusters(&other, &others, REVIEW));
        assert!(!pairs.is_empty());
    }
}

#[test]
fn removing_undoes_adding() {
    for (many, copies) in SIZES {
        let (persons, _) = persons(many, copies, 3);
        let mut matcher = Matcher::fit(table_of(&persons, 0..persons.len()));
        let before = matcher.pairs(REVIEW, 2);
        for id in 0..50 {
            // Copies and strangers, some under ids that come and go.
            let values = persons[(id * 7) % persons.len()].each_ref().map(String::as_str);
            matcher.add(1_000_000 + id as u64, &values);
            matcher.add(2_000_000 + id as u64, &["someone", "else", "1999-09-09", &format!("1770000{id:04}"), "1 other street"]);
        }
        assert!(matcher.pairs(REVIEW, 2).len() > before.len());
        for id in 0..50 {
            assert!(matcher.remove(1_000_000 + id) && matcher.remove(2_000_000 + id));
        }
        assert!(!matcher.remove(1_000_000));
        assert_eq!(matcher.pairs(REVIEW, 2), before);
    }
}

#[test]
fn one_record_checked_finds_what_all_together_find() {
    for (many, copies) in SIZES {
        let (persons, same) = persons(many, copies, 4);
        let matcher = Matcher::fit(table_of(&persons, 0..persons.len()));
        let found = ids(&matcher.pairs(REVIEW, 2));
        let mut checking = Checking::default();
        for (original, copy) in same.iter().filter(|pair| found.contains(pair)).take(100) {
            let values = persons[*copy as usize].each_ref().map(String::as_str);
            let candidates = matcher.check_with(&mut checking, &values, REVIEW, 10);
            assert!(candidates.iter().any(|candidate| candidate.id == *copy), "itself too");
            let of_original = candidates.iter().find(|candidate| candidate.id == *original).unwrap();
            assert_eq!(Some(of_original.bits), matcher.bits(*original, *copy));
            assert_eq!(matcher.explain_values(&values, *original), matcher.explain(*original, *copy));
        }
    }
}

#[test]
fn an_added_record_is_found_at_once() {
    let (persons, _) = persons(2000, 150, 5);
    let mut matcher = Matcher::fit(table_of(&persons, 0..persons.len()));
    let new = ["Zoltan", "Quagmire", "1971-03-04", "19912345678", "7 nowhere lane"];
    assert!(matcher.check(&new, REVIEW, 5).is_empty());
    matcher.add(77_777, &new);
    let found = matcher.check(&["Zoltan", "Quagmier", "1971-03-04", "", "7 nowhere lane"], REVIEW, 5);
    assert_eq!(found.iter().map(|candidate| candidate.id).collect::<Vec<_>>(), [77_777]);
    matcher.remove(77_777);
    assert!(matcher.check(&new, REVIEW, 5).is_empty());
}

#[test]
fn explanations_add_up() {
    let (persons, same) = persons(300, 60, 6);
    let matcher = Matcher::fit(table_of(&persons, 0..persons.len()));
    for (left, right) in same.into_iter().chain([(0, 200), (3, 5)]) {
        let explanation = matcher.explain(left, right).unwrap();
        let sum: f64 = explanation.reasons.iter().map(|reason| reason.bits).sum();
        assert!((sum + explanation.prior + explanation.neighbours - explanation.total).abs() < 1e-9);
        assert!((matcher.bits(left, right).unwrap() - explanation.total).abs() < 1e-9);
        assert_eq!(matcher.bits(left, right), matcher.bits(right, left), "either way round");
        for reason in &explanation.reasons {
            match reason.agreement {
                Agreement::Missing => assert_eq!(reason.bits, 0.0, "what is not said is neutral"),
                Agreement::Equal => assert!(reason.bits >= 0.0, "{reason:?}"),
                Agreement::Different => assert!(reason.bits < 0.0, "{reason:?}"),
                _ => {}
            }
        }
    }
    assert_eq!(matcher.explain(0, 999_999), None);
}

proptest! {
    #![proptest_config(ProptestConfig::with_cases(24))]
    #[test]
    fn whatever_is_in_it(rows in proptest::collection::vec(proptest::array::uniform5(".{0,8}|[a-b王]{0,3}|[0-9]{0,11}"), 0..30)) {
        let mut table = Table::new(columns());
        for (id, row) in (0..).zip(&rows) {
            table.add(id, &row.each_ref().map(String::as_str));
        }
        let matcher = Matcher::fit(table);
        for pair in matcher.pairs(0.0, 2) {
            prop_assert!(pair.bits.is_finite() && (0.0..=1.0).contains(&pair.probability) && pair.left < pair.right);
            prop_assert_eq!(matcher.bits(pair.right, pair.left), Some(pair.bits));
        }
    }
}
