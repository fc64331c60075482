//! Addresses: one line or loose parts to province, city, district and street, by the administrative divisions.

use std::collections::HashMap;
use std::sync::LazyLock;

use crate::divisions::{self, Division};
use crate::script::is_invisible;

mod names;

/// Longest line looked at, in characters; the rest stays in the street.
const MAX_LINE_CHARS: usize = 500;

/// An address in parts. Empty strings stand for what is not known.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct Address {
    /// ISO 3166 alpha-2; `CN` as soon as a Chinese division is recognised.
    pub country: String,
    /// Official name of the province or municipality: 广东省, 上海市.
    pub province: String,
    /// Official name of the city: 深圳市, 上海市.
    pub city: String,
    /// Official name of the district or county: 南山区.
    pub district: String,
    /// Everything below the district.
    pub street: String,
    /// Six digits in China.
    pub postcode: String,
    /// Code of the deepest division recognised (2, 4 or 6 digits), whose beginnings are the codes above it.
    pub division_code: String,
}

impl Address {
    /// The address in one line, largest part first and without repetition for Chinese ones.
    pub fn one_line(&self) -> String {
        let province = if self.province == self.city { "" } else { &self.province };
        let district = if self.district == self.city { "" } else { &self.district };
        [province, &self.city, district, &self.street].concat()
    }
}

/// Splits an address written in one line. What is not recognised stays in `street`; nothing is dropped.
pub fn parse_line(line: &str) -> Address {
    let cleaned: String = line.chars().filter(|c| !is_invisible(*c)).map(|c| if c.is_control() { ' ' } else { c }).collect();
    let trimmed = cleaned.split_whitespace().collect::<Vec<_>>().join(" ");
    let has_chinese = trimmed.chars().take(MAX_LINE_CHARS).any(crate::script::is_han);
    if !has_chinese {
        return Address { street: trimmed, ..Address::default() };
    }
    let (postcode, rest) = take_postcode(&trimmed);
    let (in_china, rest) = take_country(skip_separators(rest));
    let mut found = Found::default();
    let street = found.take_divisions(rest);
    let mut address = Address { street: street.to_owned(), postcode: postcode.to_owned(), ..Address::default() };
    found.fill(&mut address);
    if in_china && address.country.is_empty() {
        address.country = "CN".to_owned();
    }
    address
}

/// Completes loose parts: short names become official ones, levels that are missing are filled in where they are
/// unambiguous, codes are added. Parts that match no division are kept as they are.
pub fn complete(parts: Address) -> Address {
    let mut found = Found { province: named(divisions::provinces(), &parts.province), ..Found::default() };
    let cities = match found.province {
        Some(province) => divisions::cities(province.code),
        None => all_cities(),
    };
    found.city = named(cities, &parts.city);
    let district_name = parts.district.trim();
    found.district = match (found.city, found.province) {
        (Some(city), _) => named(divisions::districts(city.code), district_name),
        (None, Some(province)) => only(districts_below(province.code), district_name),
        (None, None) => only(all_districts(), district_name),
    };
    // "city: 昆山" is a county-level city: one level lower than it was put.
    if found.city.is_none() && found.district.is_none() && !parts.city.is_empty() {
        let below = found.province.map_or_else(all_districts, |province| districts_below(province.code));
        found.district = only(below, parts.city.trim());
    }
    found.infer_upwards();
    let mut address = parts;
    found.fill(&mut address);
    address
}

#[derive(Default)]
struct Found {
    province: Option<Division>,
    city: Option<Division>,
    district: Option<Division>,
    /// A district name that exists in several cities, none of which is given.
    ambiguous_district: Option<&'static str>,
}

impl Found {
    /// Takes province, city and district from the front of the text; answers what is left.
    fn take_divisions<'t>(&mut self, text: &'t str) -> &'t str {
        let mut rest = text;
        if let Some((province, after)) = match_front(rest, divisions::provinces()) {
            // 吉林市 and 海南藏族自治州 are cities whose short names are provinces: the longer match wins.
            let city = match_full(rest, all_cities()).filter(|(city, _)| city.name != province.name);
            let city_is_longer = city.is_some_and(|(_, after_city)| after_city.len() < after.len());
            if !city_is_longer {
                self.province = Some(province);
                rest = skip_separators(after);
            }
        }
        let cities = self.province.map_or_else(all_cities, |province| divisions::cities(province.code));
        let district_first = match_full(rest, self.districts_in_reach());
        if let Some((city, after)) = match_front(rest, cities)
            && district_first.is_none_or(|(_, after_district)| after.len() <= after_district.len())
        {
            self.city = Some(city);
            rest = skip_separators(after);
        }
        if let Some(after) = rest.strip_prefix("市辖区") {
            rest = skip_separators(after);
        }
        self.infer_upwards();
        rest = self.take_district(rest);
        self.infer_upwards();
        rest
    }

    fn take_district<'t>(&mut self, rest: &'t str) -> &'t str {
        let reach = self.districts_in_reach();
        let known_above = self.province.is_some() || self.city.is_some();
        let full = match_full(rest, reach);
        let matched = if known_above { full.or_else(|| match_front(rest, reach)) } else { full };
        let Some((district, after)) = matched else { return rest };
        let same_name = reach.iter().filter(|other| other.name == district.name).count();
        if same_name > 1 {
            self.ambiguous_district = Some(district.name);
        } else {
            self.district = Some(district);
        }
        skip_separators(after)
    }

    fn districts_in_reach(&self) -> &'static [Division] {
        match (self.city, self.province) {
            (Some(city), _) => divisions::districts(city.code),
            (None, Some(province)) => districts_below(province.code),
            (None, None) => all_districts(),
        }
    }

    /// A district names its city, a city its province, a municipality its only city.
    fn infer_upwards(&mut self) {
        if self.city.is_none() {
            self.city = self.district.and_then(|district| parent_city(district.code));
        }
        if self.province.is_none() {
            let code = self.city.or(self.district).and_then(|division| division.code.get(..2));
            self.province = divisions::provinces().iter().find(|province| Some(province.code) == code).copied();
        }
        if self.city.is_none()
            && let Some(province) = self.province
            && let [only] = divisions::cities(province.code)
        {
            self.city = Some(*only);
        }
        // 东莞市 and the like have no districts: the official table repeats the city one level lower.
        if self.district.is_none()
            && let Some(city) = self.city
            && let [only] = divisions::districts(city.code)
            && only.name == city.name
        {
            self.district = Some(*only);
        }
    }

    fn fill(&self, address: &mut Address) {
        let set = |field: &mut String, division: Option<Division>| {
            if let Some(division) = division {
                division.name.clone_into(field);
            }
        };
        set(&mut address.province, self.province);
        set(&mut address.city, self.city);
        set(&mut address.district, self.district);
        if let Some(name) = self.ambiguous_district {
            name.clone_into(&mut address.district);
        }
        if let Some(deepest) = self.district.or(self.city).or(self.province) {
            deepest.code.clone_into(&mut address.division_code);
            if address.country.is_empty() {
                "CN".clone_into(&mut address.country);
            }
        }
    }
}

fn all_cities() -> &'static [Division] {
    static ALL: LazyLock<Vec<Division>> =
        LazyLock::new(|| divisions::provinces().iter().flat_map(|province| divisions::cities(province.code)).copied().collect());
    &ALL
}

fn all_districts() -> &'static [Division] {
    static ALL: LazyLock<Vec<Division>> =
        LazyLock::new(|| divisions::provinces().iter().flat_map(|province| districts_below(province.code)).copied().collect());
    &ALL
}

fn districts_below(province_code: &str) -> &'static [Division] {
    static BELOW: LazyLock<HashMap<&'static str, Vec<Division>>> = LazyLock::new(|| {
        let below = |province: &Division| divisions::cities(province.code).iter().flat_map(|city| divisions::districts(city.code)).copied().collect();
        divisions::provinces().iter().map(|province| (province.code, below(province))).collect()
    });
    BELOW.get(province_code).map_or(&[], Vec::as_slice)
}

fn parent_city(district_code: &str) -> Option<Division> {
    static PARENTS: LazyLock<HashMap<&'static str, Division>> = LazyLock::new(|| {
        let mut parents = HashMap::new();
        for city in all_cities() {
            parents.extend(divisions::districts(city.code).iter().map(|district| (district.code, *city)));
        }
        parents
    });
    PARENTS.get(district_code).copied()
}

/// The division of that official or short name.
fn named(among: &[Division], name: &str) -> Option<Division> {
    let name = name.trim();
    // All are called in Chinese; the addresses of other countries need not be compared with thousands of names.
    if !name.chars().any(crate::script::is_han) {
        return None;
    }
    let full = among.iter().find(|division| division.name == name);
    let short = || among.iter().find(|division| names::short(division.name) == name && name.chars().count() >= 2);
    full.or_else(short).copied()
}

/// As [`named`], but only if no other division has the name.
fn only(among: &[Division], name: &str) -> Option<Division> {
    let found = named(among, name)?;
    let same = among.iter().filter(|division| division.name == found.name).count();
    (same == 1).then_some(found)
}

/// The division whose official name, or else short name, stands at the front, and what follows it.
fn match_front<'t>(text: &'t str, among: &[Division]) -> Option<(Division, &'t str)> {
    match_full(text, among).or_else(|| {
        let short_match = |division: &Division| {
            let short = names::short(division.name);
            let after = text.strip_prefix(short)?;
            (short.chars().count() >= 2 && !names::continues_other_name(after)).then_some((*division, after))
        };
        among.iter().filter_map(short_match).min_by_key(|(_, after)| after.len())
    })
}

fn match_full<'t>(text: &'t str, among: &[Division]) -> Option<(Division, &'t str)> {
    let matches = among.iter().filter_map(|division| Some((*division, text.strip_prefix(division.name)?)));
    matches.min_by_key(|(_, after)| after.len())
}

fn skip_separators(text: &str) -> &str {
    text.trim_start_matches([' ', ',', '，', '、', '-', '/', '\\', '·', '|', '>', ':', '：', ';', '；', '.', '。'])
}

fn take_country(text: &str) -> (bool, &str) {
    for country in ["中华人民共和国", "中国"] {
        if let Some(rest) = text.strip_prefix(country) {
            return (true, skip_separators(rest));
        }
    }
    (false, text)
}

/// Six digits that stand alone at the beginning or the end.
fn take_postcode(text: &str) -> (&str, &str) {
    let is_code = |code: &str| code.len() == 6 && code.bytes().all(|byte| byte.is_ascii_digit());
    if let (Some(front), Some(after)) = (text.get(..6), text.get(6..))
        && is_code(front)
        && !after.starts_with(|next: char| next.is_ascii_digit() || next == '号')
    {
        return (front, skip_separators(after));
    }
    let bare = text.trim_end_matches([')', '）', ' ']);
    if let Some((before, code)) = bare.len().checked_sub(6).and_then(|start| Some((bare.get(..start)?, bare.get(start..)?)))
        && is_code(code)
    {
        let label_end = before.trim_end_matches([' ', ':', '：', '(', '（', ',', '，']);
        let without_label = label_end.strip_suffix("邮政编码").or_else(|| label_end.strip_suffix("邮编"));
        let stands_alone = without_label.is_some() || before.ends_with([' ', ',', '，', '(', '（']);
        if stands_alone {
            return (code, without_label.unwrap_or(label_end).trim_end_matches([' ', '(', '（', ',', '，']));
        }
    }
    ("", text)
}

#[cfg(test)]
mod tests;
