//! The administrative divisions of China down to the county level, as trees and as lists for pickers.
//!
//! What the official table pads with helpers ("市辖区", "县", "省直辖县级行政区划") is shown as people know it: the four
//! municipalities are a province with one city of the same name, and a county directly under a province is a city
//! without districts.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One division; `code` is the official code (2, 4 or 6 digits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Division {
    /// Digits: the first two name the province, the first four the city.
    pub code: &'static str,
    /// Official name: 上海市, 浦东新区.
    pub name: &'static str,
}

struct Tree {
    provinces: Vec<Division>,
    cities: HashMap<&'static str, Vec<Division>>,
    districts: HashMap<&'static str, Vec<Division>>,
}

const SOURCE: &str = include_str!("../data/divisions.txt");
const PLACEHOLDERS: [&str; 4] = ["市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"];

static TREE: LazyLock<Tree> = LazyLock::new(|| build(SOURCE));

/// All provinces, in the official order.
pub fn provinces() -> &'static [Division] {
    &TREE.provinces
}

/// The cities of a province, given by its code; empty for an unknown one.
pub fn cities(province_code: &str) -> &'static [Division] {
    TREE.cities.get(province_code).map_or(&[], Vec::as_slice)
}

/// The districts and counties of a city, given by its code; empty for an unknown one and for cities without districts.
pub fn districts(city_code: &str) -> &'static [Division] {
    TREE.districts.get(city_code).map_or(&[], Vec::as_slice)
}

fn build(source: &'static str) -> Tree {
    let lines = source.lines().filter(|line| !line.starts_with('#'));
    let rows: Vec<Division> = lines.filter_map(|line| line.split_once(' ')).map(|(code, name)| Division { code, name }).collect();
    let mut tree = Tree { provinces: Vec::new(), cities: HashMap::new(), districts: HashMap::new() };
    let mut province_names = HashMap::new();
    // Code of a helper division -> code of the city that stands in for it; None when its children are cities themselves.
    let mut stand_in: HashMap<&str, Option<&str>> = HashMap::new();
    for row in rows {
        let (province, city) = (row.code.get(..2).unwrap_or_default(), row.code.get(..4).unwrap_or_default());
        match row.code.len() {
            2 => {
                province_names.insert(row.code, row.name);
                tree.provinces.push(row);
            }
            4 if PLACEHOLDERS.contains(&row.name) => {
                let known = tree.cities.entry(province).or_default();
                let is_municipality = matches!(province, "11" | "12" | "31" | "50");
                if is_municipality && known.is_empty() {
                    let name = province_names.get(province).copied().unwrap_or_default();
                    known.push(Division { code: row.code, name });
                }
                stand_in.insert(row.code, known.first().map(|first| first.code).filter(|_| is_municipality));
            }
            4 => tree.cities.entry(province).or_default().push(row),
            _ => match stand_in.get(city) {
                Some(None) => tree.cities.entry(province).or_default().push(row),
                Some(Some(municipality)) => tree.districts.entry(municipality).or_default().push(row),
                None => tree.districts.entry(city).or_default().push(row),
            },
        }
    }
    tree
}

#[cfg(test)]
mod tests {
    use super::*;

    fn names(divisions: &[Division]) -> Vec<&str> {
        divisions.iter().map(|division| division.name).collect()
    }

    #[test]
    fn pickers_have_what_people_know() {
        assert_eq!(provinces().len(), 34);
        assert_eq!(names(cities("31")), ["上海市"]);
        assert!(names(districts("3101")).contains(&"浦东新区"));
        assert_eq!(names(cities("50")), ["重庆市"]);
        assert!(names(districts("5001")).contains(&"万州区") && names(districts("5001")).contains(&"城口县"));
        assert!(names(cities("42")).contains(&"仙桃市") && names(cities("42")).contains(&"武汉市"));
        assert!(cities("99").is_empty() && districts("").is_empty());
    }

    #[test]
    fn nothing_of_the_source_is_lost() {
        let listed: usize = TREE.districts.values().map(Vec::len).sum::<usize>() + TREE.cities.values().map(Vec::len).sum::<usize>();
        let source = SOURCE.lines().filter(|line| !line.starts_with('#')).count();
        let helpers = SOURCE.lines().filter(|line| PLACEHOLDERS.iter().any(|name| line.ends_with(&format!(" {name}")))).count();
        assert_eq!(listed + provinces().len() + helpers, source + 4, "four municipalities replace helpers");
    }
}
