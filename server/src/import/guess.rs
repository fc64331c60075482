//! Guessing which column is which field: by the header against names, labels and their synonyms, and by the form of the
//! cells. Every field is given away once, to the column that fits it best.

use std::collections::HashSet;

use guanxi_kernel::context::Context;
use guanxi_kernel::schema::{FieldKind, Object};
use guanxi_tabular::Table;
use schemars::JsonSchema;
use serde::Serialize;

use super::shape::{self, Shape};
use super::synonyms::{are_alike, folded};
use super::targets::{ImportTarget, targets};
use super::{ColumnOptions, DateOrder, shortened};

/// Below this a guess would mislead more than it helps.
const LEAST: f64 = 0.45;
/// Samples told of each column.
const SAMPLES: usize = 5;

/// A column with the field it seems to be.
#[derive(Debug, Clone, PartialEq, Serialize, JsonSchema)]
#[schemars(rename = "ImportColumn")]
pub struct ColumnGuess {
    /// Position from 0.
    pub index: usize,
    /// Its header.
    pub header: String,
    /// The first cells that hold something.
    pub samples: Vec<String>,
    /// Path of the field; null where none seems to fit.
    pub field: Option<String>,
    /// From 0 to 1.
    pub confidence: f64,
    /// How its cells seem to be read.
    #[serde(skip_serializing_if = "ColumnOptions::is_default")]
    pub options: ColumnOptions,
}

/// Guesses all columns of a table.
pub fn guess(context: &Context, object: &Object, table: &Table) -> Vec<ColumnGuess> {
    let targets = targets(context, object);
    let cells = |column: usize| -> Vec<&str> { table.samples().iter().filter_map(|it| it.cells.get(column).map(String::as_str)).collect() };
    let shapes: Vec<Shape> = (0..table.headers().len()).map(|it| shape::of(&cells(it))).collect();
    let mut scores: Vec<(f64, usize, usize)> = Vec::new();
    for (column, header) in table.headers().iter().enumerate() {
        let header = folded(if table.has_header_row() { header } else { "" });
        for (position, target) in targets.iter().enumerate() {
            let score = score(object, &header, shapes[column], target);
            if score >= LEAST {
                scores.push((score, column, position));
            }
        }
    }
    // The best first; among equals the order of the file, then of the fields.
    scores.sort_by(|left, right| right.0.total_cmp(&left.0).then((left.1, left.2).cmp(&(right.1, right.2))));
    let mut taken: HashSet<&str> = HashSet::new();
    let mut chosen: Vec<Option<(f64, &ImportTarget)>> = vec![None; shapes.len()];
    for (score, column, position) in scores {
        let target = &targets[position];
        let (field, part) = target.path.split_once('.').unwrap_or((&target.path, ""));
        // A whole field and its parts exclude each other, but for an amount and its currency.
        let rival = if part.is_empty() {
            targets.iter().any(|it| it.path.starts_with(&format!("{field}.")) && taken.contains(it.path.as_str()))
        } else {
            taken.contains(field)
        };
        let excluded = rival && target.kind != FieldKind::Money;
        if chosen[column].is_none() && !excluded && taken.insert(&target.path) {
            chosen[column] = Some((score, target));
        }
    }
    let column = |(index, header): (usize, &String)| {
        let cells = cells(index);
        let filled = cells.iter().map(|it| it.trim()).filter(|it| !it.is_empty());
        let date_order = chosen[index].filter(|(_, it)| matches!(it.kind, FieldKind::Date | FieldKind::Datetime)).and_then(|_| date_order(&cells));
        ColumnGuess {
            index,
            header: header.clone(),
            samples: filled.take(SAMPLES).map(shortened).collect(),
            field: chosen[index].map(|(_, it)| it.path.clone()),
            confidence: chosen[index].map_or(0.0, |(score, _)| (score * 100.0).round() / 100.0),
            options: ColumnOptions { date_order, ..ColumnOptions::default() },
        }
    };
    table.headers().iter().enumerate().map(column).collect()
}

fn score(object: &Object, header: &str, shape: Shape, target: &ImportTarget) -> f64 {
    let (field, part) = target.path.split_once('.').unwrap_or((&target.path, ""));
    let by_name = if header.is_empty() {
        0.0
    } else {
        let name = folded(&field.replace('_', ""));
        let is_title = object.title_field().name() == field;
        let own = if part.is_empty() {
            vec![folded(&target.label.zh_cn), folded(&target.label.en), name.clone()]
        } else {
            vec![folded(&target.label.zh_cn), folded(&target.label.en), format!("{name}.{part}")]
        };
        // Parts go by their own name too: a column `city` is the city of the address.
        let alike = if part.is_empty() { own.clone() } else { vec![format!("{name}.{part}"), part.to_owned()] };
        if own.iter().any(|it| it == header) {
            1.0
        } else if alike.iter().any(|it| are_alike(header, it)) {
            if is_title { 0.92 } else { 0.9 }
        } else if alike.iter().any(|it| it.chars().count() >= 2 && header.contains(it.as_str())) {
            0.65
        } else {
            0.0
        }
    };
    match fit(shape, target.kind, part) {
        // A header that says it in so many words is believed, if not much.
        Fit::Wrong => by_name * 0.46,
        Fit::Possible => by_name,
        // The form alone says enough where few fields have it.
        Fit::Tells => {
            if by_name > 0.0 {
                by_name.max(0.7)
            } else {
                0.5
            }
        }
    }
}

enum Fit {
    Wrong,
    Possible,
    Tells,
}

fn fit(shape: Shape, kind: FieldKind, part: &str) -> Fit {
    use FieldKind::{Boolean, Date, Datetime, Decimal, Email, Money, Number, Percent, PersonName, Phone, Url};
    match (kind, shape) {
        (_, Shape::Empty) => Fit::Possible,
        (Email, Shape::Email) => Fit::Tells,
        (Phone, Shape::Phone) => Fit::Tells,
        (Url, Shape::Url) => Fit::Tells,
        (Phone, Shape::Number) | (Url, Shape::Text) => Fit::Possible,
        (Email | Phone | Url, _) => Fit::Wrong,
        (Date | Datetime, Shape::Date) => Fit::Possible,
        (Date | Datetime, _) => Fit::Wrong,
        (Money, _) if part == "currency" => {
            if shape == Shape::Text {
                Fit::Possible
            } else {
                Fit::Wrong
            }
        }
        (Money | Decimal | Percent | Number, Shape::Number | Shape::Money | Shape::Date) => Fit::Possible,
        (Money | Decimal | Percent | Number, _) => Fit::Wrong,
        (Boolean, Shape::Boolean | Shape::Number | Shape::Text) => Fit::Possible,
        (Boolean, _) => Fit::Wrong,
        (PersonName, Shape::Text) => Fit::Possible,
        (PersonName, _) => Fit::Wrong,
        _ => Fit::Possible,
    }
}

/// Which of day and month comes first, where a cell shows it.
fn date_order(cells: &[&str]) -> Option<DateOrder> {
    let pairs = cells.iter().filter_map(|it| {
        let mut pieces = it.trim().split([' ', 'T']).next()?.split(['/', '-', '.']);
        let (first, second, third) = (pieces.next()?, pieces.next()?, pieces.next()?);
        (third.len() == 4).then_some((first.parse::<u8>().ok()?, second.parse::<u8>().ok()?))
    });
    let pairs: Vec<(u8, u8)> = pairs.collect();
    if pairs.iter().any(|(first, _)| *first > 12) {
        Some(DateOrder::Dmy)
    } else if pairs.iter().any(|(_, second)| *second > 12) {
        Some(DateOrder::Mdy)
    } else {
        None
    }
}
