//! The labelled sets and how their columns are named to the matcher. Labels are only read to score.

use std::collections::{HashMap, HashSet};
use std::path::Path;

use guanxi_matching::{Column, FieldKind, List, Table};

/// A set of records of which it is known which are the same.
pub struct Dataset {
    /// Its name.
    pub name: &'static str,
    /// The records.
    pub table: Table,
    /// Pairs that are the same, the smaller id first (of two lists, the first list's).
    pub truth: HashSet<(u64, u64)>,
    /// Best F1 of the reference results.
    pub reference: f64,
    /// Is it known that each record has one counterpart at most?
    pub is_one_to_one: bool,
}

type Rows = Vec<HashMap<String, String>>;
type Loaded = Result<Dataset, Box<dyn std::error::Error>>;

fn read(folder: &Path, file: &str) -> Result<Rows, Box<dyn std::error::Error>> {
    let path = folder.join(file);
    let mut reader = csv::Reader::from_path(&path).map_err(|error| format!("{}: {error}", path.display()))?;
    Ok(reader.deserialize().collect::<Result<Rows, _>>()?)
}

/// Every labelled set of the folder.
pub fn load_all(folder: &Path) -> Result<Vec<Dataset>, Box<dyn std::error::Error>> {
    Ok(vec![
        febrl(folder, "febrl1", &["febrl1.csv"], 0.9990)?,
        febrl(folder, "febrl2", &["febrl2.csv"], 0.9984)?,
        febrl(folder, "febrl3", &["febrl3.csv"], 0.9990)?,
        febrl(folder, "febrl4", &["febrl4a.csv", "febrl4b.csv"], 0.9982)?,
        rldata(folder)?,
        restaurants(folder)?,
    ])
}

const FEBRL: [(&str, FieldKind); 9] = [
    ("given_name", FieldKind::GivenName),
    ("surname", FieldKind::Surname),
    ("street_number", FieldKind::HouseNumber),
    ("address_1", FieldKind::Address),
    ("address_2", FieldKind::Address),
    ("suburb", FieldKind::Place),
    ("postcode", FieldKind::Postcode),
    ("state", FieldKind::Category),
    ("date_of_birth", FieldKind::Date),
];

/// One of the Febrl sets: one file, or two that are linked.
fn febrl(folder: &Path, name: &'static str, files: &[&str], reference: f64) -> Loaded {
    let mut table = Table::new(FEBRL.map(|(column, kind)| Column::new(column, kind)));
    let mut persons: HashMap<String, Vec<(List, u64)>> = HashMap::new();
    let mut id = 0;
    for (file, list) in files.iter().zip([List::First, List::Second]) {
        for row in read(folder, file)? {
            let values: Vec<&str> = FEBRL.iter().map(|(column, _)| row[*column].trim()).collect();
            table.add_to(list, id, &values);
            let person = row["rec_id"].trim().split('-').nth(1).unwrap_or_default().to_owned();
            persons.entry(person).or_default().push((list, id));
            id += 1;
        }
    }
    Ok(Dataset { name, table, truth: pairs_within(persons, files.len() > 1), reference, is_one_to_one: files.len() > 1 })
}

fn pairs_within(groups: HashMap<String, Vec<(List, u64)>>, across: bool) -> HashSet<(u64, u64)> {
    let mut pairs = HashSet::new();
    for group in groups.values() {
        for (place, (list, id)) in group.iter().enumerate() {
            let others = group[place + 1..].iter().filter(|(other, _)| !across || other != list);
            pairs.extend(others.map(|(_, other)| (*id.min(other), *id.max(other))));
        }
    }
    pairs
}

/// German names with errors; the three columns of the date are put together as an import would.
fn rldata(folder: &Path) -> Loaded {
    let mut table = Table::new([
        Column::new("first name", FieldKind::GivenName),
        Column::new("second name", FieldKind::GivenName),
        Column::new("surname", FieldKind::Surname),
        Column::new("second surname", FieldKind::Surname),
        Column::new("birth", FieldKind::Date),
    ]);
    let mut persons: HashMap<String, Vec<(List, u64)>> = HashMap::new();
    for (id, row) in (0..).zip(read(folder, "rldata500.csv")?) {
        let birth = format!("{:0>4}-{:0>2}-{:0>2}", row["by"], row["bm"], row["bd"]);
        table.add(id, &[&row["fname_c1"], &row["fname_c2"], &row["lname_c1"], &row["lname_c2"], &birth]);
        persons.entry(row["identity"].clone()).or_default().push((List::First, id));
    }
    Ok(Dataset { name: "rldata500", table, truth: pairs_within(persons, false), reference: 0.9899, is_one_to_one: false })
}

/// Two lists of restaurants.
fn restaurants(folder: &Path) -> Loaded {
    let mut table = Table::new([
        Column::new("name", FieldKind::Company),
        Column::new("addr", FieldKind::Address),
        Column::new("city", FieldKind::Place),
        Column::new("phone", FieldKind::Phone),
        Column::new("type", FieldKind::Category),
    ]);
    for (list, file) in [(List::First, "restaurants_fodors.csv"), (List::Second, "restaurants_zagats.csv")] {
        for row in read(folder, file)? {
            let values = ["name", "addr", "city", "phone", "type"].map(|column| row[column].trim());
            table.add_to(list, restaurant(list, &row["id"])?, &values);
        }
    }
    let mut truth = HashSet::new();
    for row in read(folder, "restaurants_matches.csv")? {
        truth.insert((restaurant(List::First, &row["fodors_id"])?, restaurant(List::Second, &row["zagats_id"])?));
    }
    Ok(Dataset { name: "restaurants", table, truth, reference: 0.9867, is_one_to_one: true })
}

/// Both lists count their own.
fn restaurant(list: List, id: &str) -> Result<u64, std::num::ParseIntError> {
    Ok(id.trim().parse::<u64>()? + if list == List::First { 0 } else { 100_000 })
}

/// Precision, recall and F1.
#[derive(Clone, Copy, Debug)]
pub struct Score {
    /// Share of the pairs found that are the same.
    pub precision: f64,
    /// Share of the pairs that are the same which were found.
    pub recall: f64,
    /// Their harmonic mean.
    pub f1: f64,
    /// Pairs found that are not the same.
    pub wrong: usize,
}

/// Holds what was found against the truth.
pub fn score(found: impl IntoIterator<Item = (u64, u64)>, truth: &HashSet<(u64, u64)>) -> Score {
    let found: HashSet<(u64, u64)> = found.into_iter().collect();
    let right = found.iter().filter(|pair| truth.contains(pair)).count();
    let share = |of: usize| if of == 0 { 1.0 } else { right as f64 / of as f64 };
    let f1 = 2.0 * right as f64 / (found.len() + truth.len()).max(1) as f64;
    Score { precision: share(found.len()), recall: share(truth.len()), f1, wrong: found.len() - right }
}

/// All pairs of groups.
pub fn pairs_of(groups: &[Vec<u64>]) -> Vec<(u64, u64)> {
    groups.iter().flat_map(|group| group.iter().enumerate().flat_map(|(place, one)| group[place + 1..].iter().map(|other| (*one, *other)))).collect()
}
