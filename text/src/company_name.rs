//! Company names in the form two spellings of the same company share.

use crate::script::{fold_for_search, is_cjk};

/// Legal forms at the end of Chinese names, longer ones before those they end with.
const CHINESE_FORMS: [&str; 12] = [
    "股份有限责任公司",
    "集团股份有限公司",
    "股份有限公司",
    "有限责任公司",
    "集团有限公司",
    "股份公司",
    "有限公司",
    "集团公司",
    "集团",
    "公司",
    "(普通合伙)",
    "(有限合伙)",
];

const WESTERN_FORMS: [&str; 44] = [
    "co",
    "ltd",
    "limited",
    "inc",
    "incorporated",
    "corp",
    "corporation",
    "company",
    "llc",
    "llp",
    "lp",
    "plc",
    "gmbh",
    "mbh",
    "ag",
    "kg",
    "kgaa",
    "ohg",
    "se",
    "sa",
    "sas",
    "sarl",
    "srl",
    "spa",
    "sl",
    "bv",
    "nv",
    "oy",
    "oyj",
    "ab",
    "as",
    "asa",
    "aps",
    "pty",
    "pte",
    "pvt",
    "sdn",
    "bhd",
    "kk",
    "kabushiki",
    "kaisha",
    "cia",
    "ltda",
    "zrt",
];

/// A key that is equal for spellings of the same company: width, case, punctuation, brackets and the legal form do not
/// count. 星河智能设备（上海）有限公司 and 星河智能设备上海 agree; a branch (分公司) keeps its own key. Falls back to the folded name when
/// nothing else would be left.
pub fn comparison_key(name: &str) -> String {
    let folded = fold_for_search(name);
    let mut chinese = folded.trim().to_owned();
    while let Some(shorter) = without_chinese_form(&chinese) {
        chinese = shorter;
    }
    let spaced = chinese.replace('&', " and ");
    let mut words: Vec<&str> = spaced.split(|character: char| !character.is_alphanumeric() && character != '.' && character != '\'').collect();
    words.retain(|word| !word.is_empty());
    let mut plain: Vec<String> = words.iter().map(|word| word.replace(['.', '\''], "")).filter(|word| !word.is_empty()).collect();
    while plain.len() > 1 && plain.last().is_some_and(|last| WESTERN_FORMS.contains(&last.as_str())) {
        plain.pop();
        if plain.len() > 1 && plain.last().is_some_and(|last| last == "and") {
            plain.pop();
        }
    }
    if plain.len() > 1 && plain.first().is_some_and(|first| first == "the") {
        plain.remove(0);
    }
    let key = plain.concat();
    if key.is_empty() { folded.split_whitespace().collect() } else { key }
}

fn without_chinese_form(name: &str) -> Option<String> {
    let trimmed = name.trim_end_matches([' ', '.', ',']);
    if trimmed.ends_with("分公司") || trimmed.ends_with("子公司") {
        return None;
    }
    let stem = CHINESE_FORMS.iter().find_map(|form| trimmed.strip_suffix(form))?;
    // 公司 alone, or a single character before it, is not a name without its legal form.
    (stem.chars().filter(|character| is_cjk(*character) || character.is_alphanumeric()).count() >= 2).then(|| stem.to_owned())
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn spellings_of_one_company_agree() {
        for group in [
            &["星河智能设备有限公司", "星河智能设备股份有限公司", "星河智能设备", " 星河智能设备 有限责任公司", "星河智能设备集团有限公司"][..],
            &["星河（上海）贸易有限公司", "星河(上海)贸易有限公司", "星河上海贸易"],
            &["XingHe Co., Ltd.", "Xinghe Co. Ltd", "ＸＩＮＧＨＥ", "XINGHE CO.,LTD", "The Xinghe Company, Limited"],
            &["Johnson & Johnson Inc.", "Johnson and Johnson"],
            &["Müller GmbH & Co. KG", "Muller"],
            &["O'Reilly Media, Inc.", "OReilly Media"],
            &["Acme S.A.", "ACME SA"],
            &["台湾积体电路制造股份有限公司", "臺灣積體電路製造股份有限公司", "台湾积体电路制造"],
            &["广东长隆集团有限公司", "廣東長隆集團有限公司", "廣東長隆集團"],
        ] {
            for name in group {
                assert_eq!(comparison_key(name), comparison_key(group[0]), "{name}");
            }
        }
    }

    #[test]
    fn different_companies_differ() {
        for (one, other) in [
            ("星河智能设备有限公司", "星河智能制造有限公司"),
            ("星河智能有限公司", "星河智能有限公司上海分公司"),
            ("Acme", "Acme Europe"),
            ("有限公司", "股份公司"),
            ("Co", "Ltd"),
            ("!!!", "???"),
        ] {
            assert_ne!(comparison_key(one), comparison_key(other), "{one} and {other}");
        }
        assert_eq!(comparison_key(""), "");
    }
}
