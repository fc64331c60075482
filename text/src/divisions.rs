//! The administrative divisions of China down to streets and towns, as trees and as lists for pickers.
//!
//! What the official table pads with helpers ("市辖区", "县", "省直辖县级行政区划") is shown as people know it: the four
//! municipalities are a province with one city of the same name, and a county directly under a province is a city
//! without districts.

use std::collections::HashMap;
use std::sync::LazyLock;

/// One division; `code` is the official code (2, 4, 6 or 9 digits).
#[derive(Clone, Copy, Debug, PartialEq, Eq, Hash)]
pub struct Division {
    /// Digits: the first two name the province, the first four the city.
    pub code: &'static str,
    /// Official name: 上海市, 浦东新区.
    pub name: &'static str,
}

/// How deep a division stands.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Level {
    /// Province, municipality or autonomous region.
    Province,
    /// City or prefecture, also a county-level city directly below a province.
    City,
    /// District or county.
    District,
    /// Street, town or township.
    Street,
}

struct Tree {
    provinces: Vec<Division>,
    cities: HashMap<&'static str, Vec<Division>>,
    districts: HashMap<&'static str, Vec<Division>>,
}

const STREETS: &str = include_str!("../data/streets.txt");
const SOURCE: &str = include_str!("../data/divisions.txt");
const PLACEHOLDERS: [&str; 4] = ["市辖区", "县", "省直辖县级行政区划", "自治区直辖县级行政区划"];

static TREE: LazyLock<Tree> = LazyLock::new(|| build(SOURCE));
/// The lines of each district; read when the first street is asked for.
static STREETS_BELOW: LazyLock<HashMap<&'static str, &'static str>> = LazyLock::new(|| blocks(STREETS));

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

/// The streets, towns and townships of a district, a county or a city without districts, given by its code.
pub fn streets(district_code: &str) -> impl Iterator<Item = Division> {
    STREETS_BELOW.get(district_code).copied().unwrap_or_default().lines().filter_map(division)
}

/// What stands directly below a division, `None` being the country, and how deep that is; empty below a street and below
/// a district whose streets the table does not know. `None` for a code that is no division's.
pub fn below(parent: Option<&str>) -> Option<(Level, Vec<Division>)> {
    let Some(code) = parent else { return Some((Level::Province, provinces().to_vec())) };
    if code.len() == 2 {
        return TREE.cities.get(code).map(|cities| (Level::City, cities.clone()));
    }
    if let Some(districts) = TREE.districts.get(code) {
        return Some((Level::District, districts.clone()));
    }
    if code.len() == 9 {
        let is_street = code.get(..6).is_some_and(|district| streets(district).any(|it| it.code == code));
        return is_street.then(|| (Level::Street, Vec::new()));
    }
    let (province, city) = (code.get(..2)?, code.get(..4)?);
    let mut siblings = cities(province).iter().chain(districts(city)).chain(districts_of_stand_in(province));
    siblings.any(|it| it.code == code).then(|| (Level::Street, streets(code).collect()))
}

/// Counties of a municipality bear codes below a helper division (5002), yet belong to its one city (5001).
fn districts_of_stand_in(province_code: &str) -> &'static [Division] {
    match cities(province_code) {
        [only] => districts(only.code),
        _ => &[],
    }
}

fn division(line: &'static str) -> Option<Division> {
    line.split_once(' ').map(|(code, name)| Division { code, name })
}

/// The lines of a sorted list by the first six digits of their code.
fn blocks(source: &'static str) -> HashMap<&'static str, &'static str> {
    let mut blocks = HashMap::new();
    let mut rest = source;
    while let Some(district) = rest.get(..6) {
        let is_other = |line: &str| !line.starts_with(district);
        let length = rest.split_inclusive('\n').take_while(|line| !is_other(line)).map(str::len).sum::<usize>().max(1);
        let (block, after) = rest.split_at_checked(length).unwrap_or((rest, ""));
        if !block.starts_with('#') {
            blocks.insert(district, block);
        }
        rest = after;
    }
    blocks
}

fn build(source: &'static str) -> Tree {
    let lines = source.lines().filter(|line| !line.starts_with('#'));
    let rows: Vec<Division> = lines.filter_map(division).collect();
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
    fn one_level_leads_to_the_next() {
        let names = |parent: Option<&str>| below(parent).map(|(level, all)| (level, all.iter().map(|it| it.name).collect::<Vec<_>>()));
        assert_eq!(below(None).map(|it| (it.0, it.1.len())), Some((Level::Province, 34)));
        assert_eq!(names(Some("31")), Some((Level::City, vec!["上海市"])));
        assert!(names(Some("3101")).is_some_and(|(level, all)| level == Level::District && all.contains(&"浦东新区")));
        let (level, streets) = names(Some("440305")).expect("a district");
        assert_eq!(level, Level::Street);
        assert!(streets.contains(&"粤海街道") && streets.len() < 20, "{streets:?}");
        assert!(names(Some("429004")).is_some_and(|(level, all)| level == Level::Street && all.contains(&"沙嘴街道")), "a city without districts");
        assert!(names(Some("500229")).is_some_and(|(level, all)| level == Level::Street && !all.is_empty()), "a county of a municipality");
        assert_eq!(names(Some("440305007")).map(|it| it.1.len()), Some(0), "below a street there is nothing");
        for code in ["", "9", "99", "9999", "999999", "440305999", "440305\u{30ab}", "é1", "4403050071"] {
            assert_eq!(below(Some(code)), None, "{code}");
        }
    }

    #[test]
    fn every_street_hangs_below_a_district_that_is_offered() {
        let mut found = 0;
        for province in provinces() {
            for city in cities(province.code) {
                let leaves = if districts(city.code).is_empty() { std::slice::from_ref(city) } else { districts(city.code) };
                found += leaves.iter().map(|it| streets(it.code).count()).sum::<usize>();
            }
        }
        assert_eq!(found, STREETS.lines().filter(|line| !line.starts_with('#')).count());
    }

    #[test]
    fn nothing_of_the_source_is_lost() {
        let listed: usize = TREE.districts.values().map(Vec::len).sum::<usize>() + TREE.cities.values().map(Vec::len).sum::<usize>();
        let source = SOURCE.lines().filter(|line| !line.starts_with('#')).count();
        let helpers = SOURCE.lines().filter(|line| PLACEHOLDERS.iter().any(|name| line.ends_with(&format!(" {name}")))).count();
        assert_eq!(listed + provinces().len() + helpers, source + 4, "four municipalities replace helpers");
    }
}
