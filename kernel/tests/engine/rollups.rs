//! Roll-ups of all functions against a recount, whatever is made, changed, moved, binned, brought back and erased.

use std::collections::BTreeMap;

use guanxi_kernel::app::{App, parse_object};
use guanxi_kernel::write::{Batch, BatchMode, Operation, execute};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::fixture::{Fixture, on_both_stores_with, on_cases, picks};

const FUNCTIONS: [&str; 3] = ["min", "max", "latest"];
const PARENTS: usize = 3;
const STEPS: usize = 40;

fn field(name: &str, rest: &str) -> String {
    format!("[[field]]\nname = \"{name}\"\nlabel = {{ zh-CN = \"{name}\", en = \"{name}\" }}\n{rest}\n")
}

/// A shelf with every roll-up over its books, and books with a number and a date.
fn app() -> App {
    let object = |name: &str| format!("name = \"{name}\"\nlabel = {{ zh-CN = \"{name}\", en = \"{name}\" }}\ntitle_field = \"name\"\n");
    let roll_up = |name: String, function: &str, over: &str, filter: &str| {
        let over = if over.is_empty() { String::new() } else { format!(", field = \"{over}\"") };
        let filter = if filter.is_empty() { String::new() } else { format!(", filter = \"{filter}\"") };
        field(&name, &format!("type = \"rollup\"\nrollup = {{ object = \"book\", via = \"shelf\", function = \"{function}\"{over}{filter} }}"))
    };
    let mut shelf = object("shelf") + &field("name", "type = \"text\"");
    for (suffix, filter) in [("", ""), ("_lent", "lent")] {
        shelf += &roll_up(format!("n_count{suffix}"), "count", "", filter);
        shelf += &roll_up(format!("n_sum{suffix}"), "sum", "pages", filter);
        for function in FUNCTIONS {
            for over in ["pages", "printed"] {
                shelf += &roll_up(format!("{function}_{over}{suffix}"), function, over, filter);
            }
        }
    }
    let book = object("book")
        + &field("name", "type = \"text\"")
        + &field("shelf", "type = \"reference\"\ntarget = \"shelf\"")
        + &field("pages", "type = \"number\"")
        + &field("printed", "type = \"date\"")
        + &field("lent", "type = \"boolean\"");
    App { objects: vec![parse_object("shelf", &shelf, "").unwrap(), parse_object("book", &book, "").unwrap()], ..App::default() }
}

/// What a live book holds.
#[derive(Clone)]
struct Book {
    shelf: Option<usize>,
    pages: Option<i64>,
    printed: Option<String>,
    lent: bool,
    binned: bool,
}

fn any_book(pick: &mut impl FnMut(usize) -> usize) -> Book {
    Book {
        shelf: Some(pick(PARENTS + 1)).filter(|it| *it < PARENTS),
        // Few values, so that several books hold the extreme.
        pages: Some(pick(5)).filter(|it| *it < 4).map(|it| i64::try_from(it).unwrap() - 1),
        printed: Some(pick(5)).filter(|it| *it < 4).map(|it| format!("2026-0{}-15", it + 1)),
        lent: pick(2) == 0,
        binned: false,
    }
}

fn values(book: &Book, shelves: &[Uuid]) -> Json {
    json!({ "shelf": book.shelf.map(|it| shelves[it]), "pages": book.pages, "printed": book.printed, "lent": book.lent })
}

/// What the roll-ups of a shelf must be.
fn recount(books: &BTreeMap<Uuid, Book>, shelf: usize) -> Json {
    let mut expected = json!({});
    for (suffix, lent_only) in [("", false), ("_lent", true)] {
        let of_it: Vec<&Book> = books.values().filter(|it| !it.binned && it.shelf == Some(shelf) && (it.lent || !lent_only)).collect();
        expected[format!("n_count{suffix}")] = json!(of_it.len());
        expected[format!("n_sum{suffix}")] = json!(of_it.iter().filter_map(|it| it.pages).sum::<i64>());
        let (pages, printed) = (of_it.iter().filter_map(|it| it.pages), of_it.iter().filter_map(|it| it.printed.clone()));
        expected[format!("min_pages{suffix}")] = json!(pages.clone().min());
        expected[format!("min_printed{suffix}")] = json!(printed.clone().min());
        for function in ["max", "latest"] {
            expected[format!("{function}_pages{suffix}")] = json!(pages.clone().max());
            expected[format!("{function}_printed{suffix}")] = json!(printed.clone().max());
        }
    }
    expected
}

fn erase(it: &Fixture, id: Uuid) {
    let batch =
        Batch { object: it.object("book"), operations: vec![Operation::Erase { id }], mode: BatchMode::AllOrNothing, verb: "erase", change: None };
    execute(&it.as_admin(), &batch).unwrap();
}

fn walk(it: &Fixture, seed: u64) {
    let admin = it.as_admin();
    let mut pick = picks(seed);
    let shelves: Vec<Uuid> = (0..PARENTS).map(|n| it.create(&admin, "shelf", json!({ "name": format!("S{n}") }))).collect();
    let mut books: BTreeMap<Uuid, Book> = BTreeMap::new();
    for step in 0..STEPS {
        let ids: Vec<Uuid> = books.keys().copied().collect();
        let chosen = (!ids.is_empty()).then(|| ids[pick(ids.len())]);
        match (pick(8), chosen) {
            (0..=2, _) | (_, None) => {
                let book = any_book(&mut pick);
                books.insert(it.create(&admin, "book", values(&book, &shelves)), book);
            }
            (3 | 4, Some(id)) if !books[&id].binned => {
                let book = any_book(&mut pick);
                it.update(&admin, "book", id, values(&book, &shelves));
                books.insert(id, book);
            }
            (5, Some(id)) if !books[&id].binned => {
                it.delete(&admin, "book", id).unwrap();
                books.get_mut(&id).unwrap().binned = true;
            }
            (7, Some(id)) => {
                erase(it, id);
                books.remove(&id);
            }
            (_, Some(id)) if books[&id].binned => {
                it.restore(&admin, "book", id).unwrap();
                books.get_mut(&id).unwrap().binned = false;
            }
            _ => {}
        }
        for (number, id) in shelves.iter().enumerate() {
            let shelf = it.get(&admin, "shelf", *id).unwrap();
            for (name, expected) in recount(&books, number).as_object().unwrap() {
                assert_eq!(&shelf[name], expected, "{name} of shelf {number} after step {step} of seed {seed}");
            }
        }
    }
}

#[test]
fn every_roll_up_is_what_a_recount_says() {
    on_both_stores_with(|| vec![app()], |it| on_cases(12, &any::<u64>(), |seed| walk(it, seed)));
}
