//! Records as bad files bring them.

mod common;

use common::{columns, persons, table_of};
use guanxi_matching::{Column, FieldKind, Matcher, REVIEW, Table, clusters};

fn matcher_of(rows: &[[&str; 5]]) -> Matcher {
    let mut table = Table::new(columns());
    for (id, row) in (0..).zip(rows) {
        table.add(id, row);
    }
    Matcher::fit(table)
}

#[test]
fn nothing_or_next_to_nothing() {
    let nothing = Matcher::fit(Table::new(Vec::new()));
    assert!(nothing.pairs(REVIEW, 4).is_empty() && nothing.check(&["a"], REVIEW, 5).is_empty());
    let mut empty = matcher_of(&[]);
    assert!(empty.pairs(0.0, 0).is_empty());
    empty.add(1, &["Ann", "Smith", "1990-01-01", "13800138000", "1 Long Street"]);
    assert_eq!(empty.check(&["Ann", "Smith", "1990-01-01", "13800138000", "1 Long Street"], REVIEW, 5).len(), 1);
    let one = matcher_of(&[["Ann", "Smith", "1990-01-01", "13800138000", "1 Long Street"]]);
    assert!(one.pairs(0.0, 2).is_empty());
}

#[test]
fn empty_columns_say_nothing() {
    let missing = matcher_of(&[["", "N/A", "-", "无", " "]; 50]);
    assert!(missing.pairs(REVIEW, 2).is_empty());
    let mut table = Table::new(columns());
    let (persons, same) = persons(300, 60, 21);
    for (id, person) in (0..).zip(&persons) {
        table.add(id, &[&person[0], &person[1], &person[2], "", ""]);
    }
    let pairs = Matcher::fit(table).pairs(REVIEW, 2);
    let right = pairs.iter().filter(|pair| same.contains(&(pair.left, pair.right))).count();
    assert!(right >= 45 && pairs.len() - right <= 4, "{right} right of {}", pairs.len());
}

#[test]
fn all_the_same_are_one() {
    let row = ["Ann", "Smith", "1990-01-01", "13800138000", "1 Long Street"];
    for many in [2, 5, 300] {
        let matcher = matcher_of(&vec![row; many]);
        let groups = clusters(&matcher, &matcher.pairs(REVIEW, 2), REVIEW);
        assert_eq!(groups, [(0..many as u64).collect::<Vec<_>>()], "{many}");
    }
}

#[test]
fn thousands_alike_among_others_are_one() {
    let (persons, _) = persons(500, 50, 22);
    let mut table = table_of(&persons, 0..persons.len());
    let row = ["Zoltan", "Quagmire", "1971-03-04", "19912345678", "7 nowhere lane"];
    for id in 10_000..13_000 {
        table.add(id, &row);
    }
    let matcher = Matcher::fit(table);
    let groups = clusters(&matcher, &matcher.pairs(REVIEW, 2), REVIEW);
    assert!(groups.contains(&(10_000..13_000).collect::<Vec<_>>()));
    assert!(!matcher.check(&row, REVIEW, 5).is_empty());
}

#[test]
fn values_nobody_should_have() {
    let long = "x".repeat(3_000_000);
    let han = "长".repeat(1_000_000);
    let matcher = matcher_of(&[
        [&long, &han, &long, &long, &han],
        [&long, &han, &long, &long, &han],
        ["\0", "a\0b", "0000-00-00", "\u{202e}123", "😀😀"],
        ["👨‍👩‍👧", "\u{feff}", "99999999999999999999", "+", "é\u{301}"],
        ["'; DROP TABLE", "%s%n", "NaN", "1e309", "-1"],
    ]);
    for pair in matcher.pairs(0.0, 2) {
        assert!(pair.bits.is_finite());
    }
    assert!(matcher.bits(0, 1).unwrap() > matcher.bits(0, 2).unwrap());
    assert!(matcher.explain(2, 3).is_some());
}

#[test]
fn too_few_values_and_too_many_columns() {
    let mut table = Table::new((0..40).map(|number| Column::new(format!("c{number}"), FieldKind::Text)));
    assert_eq!(table.columns().len(), guanxi_matching::MAX_COLUMNS);
    table.add(1, &[]);
    table.add(2, &["only one"]);
    table.add(3, &vec!["too many"; 60]);
    let matcher = Matcher::fit(table);
    assert!(matcher.pairs(REVIEW, 1).is_empty());
    assert_eq!(matcher.table().len(), 3);
}

#[test]
fn the_same_id_again_replaces() {
    let mut matcher = matcher_of(&[["Ann", "Smith", "1990-01-01", "13800138000", "1 Long Street"]]);
    matcher.add(0, &["Bob", "Jones", "1980-02-02", "13900139000", "2 Short Road"]);
    assert_eq!(matcher.table().len(), 1);
    assert!(matcher.check(&["Ann", "Smith", "1990-01-01", "13800138000", "1 Long Street"], REVIEW, 5).is_empty());
}
