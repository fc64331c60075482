//! Company names in the form two spellings of the same company share.

use crate::script::{fold_for_search, is_cjk, is_han, is_invisible};

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

/// A company's name as it is stored, however it is typed or pasted: letters, digits and blanks of half width, no blanks within
/// Chinese, the brackets of Chinese names of full width as on the business licence and others of half width, `Co., Ltd.` in
/// one way. Words and case stay as they are.
pub fn written(name: &str) -> String {
    let narrow: String = name.chars().filter(|it| !is_invisible(*it)).map(narrow).collect();
    let is_chinese = narrow.chars().any(is_han);
    let text: String = if is_chinese { narrow.chars().map(wide_bracket).collect() } else { narrow };
    let mut written = String::with_capacity(text.len());
    for word in text.split_whitespace() {
        if let (Some(before), Some(after)) = (written.chars().next_back(), word.chars().next())
            && keeps_blank(before, after)
        {
            written.push(' ');
        }
        written.push_str(word);
    }
    if is_chinese { without_stop(&written).to_owned() } else { with_usual_ltd(written) }
}

/// Letters, digits, signs and the blank of full width as those of half width; brackets of other kinds as round ones.
fn narrow(character: char) -> char {
    match character {
        '\u{3000}' => ' ',
        '\u{ff01}'..='\u{ff5e}' => char::from_u32(u32::from(character) - 0xfee0).unwrap_or(character),
        '\u{fe59}' | '\u{3014}' | '\u{fe5d}' => '(',
        '\u{fe5a}' | '\u{3015}' | '\u{fe5e}' => ')',
        other => other,
    }
}

fn wide_bracket(character: char) -> char {
    match character {
        '(' => '（',
        ')' => '）',
        other => other,
    }
}

fn is_wide(character: char) -> bool {
    is_cjk(character) || matches!(character, '（' | '）')
}

fn keeps_blank(before: char, after: char) -> bool {
    let in_chinese = is_wide(before) && is_wide(after);
    let at_bracket = matches!(before, '(' | '（' | '）') || matches!(after, ')' | '（' | '）' | ',');
    !in_chinese && !at_bracket
}

/// A Chinese name is no sentence.
fn without_stop(name: &str) -> &str {
    let bare = name.trim_end_matches(['。', '.', ',', ';', ' ']);
    if bare.chars().next_back().is_some_and(is_wide) { bare } else { name }
}

/// `Co.,Ltd`, `CO. LTD.` and the like as `Co., Ltd.`, in the case they are in.
fn with_usual_ltd(name: String) -> String {
    let between = |it: char| matches!(it, ' ' | ',' | '.');
    let without = |text: &str, word: &str| {
        let start = text.len().checked_sub(word.len())?;
        (text.is_char_boundary(start) && text[start..].eq_ignore_ascii_case(word)).then_some(start)
    };
    let body = name.trim_end_matches('.');
    let parts = without(body, "ltd").and_then(|ltd| {
        let before = body[..ltd].trim_end_matches(between);
        let co = without(before, "co").filter(|_| before.len() < ltd)?;
        let own = before[..co].trim_end_matches([' ', ',']);
        (own.len() < co && !own.is_empty() && !own.ends_with('(')).then(|| format!("{own} {}., {}.", &before[co..], &body[ltd..]))
    });
    parts.unwrap_or(name)
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
    fn a_name_is_written_in_one_form() {
        for (form, others) in [
            (
                "星河智能设备（上海）有限公司",
                &[
                    "星河智能设备(上海)有限公司",
                    "星河智能设备 ( 上海 ) 有限公司",
                    " 星河 智能设备（上海）有限公司。 ",
                    "星河智能设备〔上海〕有限公司\u{200b}",
                ][..],
            ),
            ("ABC科技有限公司", &["ＡＢＣ科技有限公司", "ABC科技有限公司.", "ＡＢＣ科技\u{3000}有限公司"][..]),
            ("3M 中国有限公司", &["3M  中国有限公司", "３Ｍ　中国有限公司"][..]),
            ("Xinghe Co., Ltd.", &["Xinghe Co.,Ltd", "Xinghe Co. Ltd.", "Xinghe, Co., Ltd.", "Ｘｉｎｇｈｅ　Co.,Ltd."][..]),
            ("XINGHE (SHANGHAI) CO., LTD.", &["XINGHE （SHANGHAI） CO.,LTD.", "XINGHE ( SHANGHAI ) CO.,LTD"][..]),
            ("Müller GmbH & Co. KG", &["Müller  GmbH & Co. KG"][..]),
        ] {
            assert_eq!(written(form), form);
            for other in others {
                assert_eq!(written(other), form, "{other}");
                assert_eq!(comparison_key(&written(other)), comparison_key(form), "{other}");
            }
        }
        for name in ["Marco Ltd", "Ltd", "Co., Ltd.", "上海A.B.C.", "O'Reilly Media, Inc.", "Smith, Jones", "𠮷野家", "！"] {
            assert_eq!(written(name), if name == "！" { "!" } else { name }, "what there is no other way for stays");
        }
        assert_eq!(written("\u{200e} \u{3000}"), "");
    }

    proptest::proptest! {
        #[test]
        fn writing_it_again_changes_nothing(name in "([星河（）()〔〕 　.,，。ＡｂcoCO＆]|Ltd|Co|有限公司|\\PC){0,12}") {
            let once = written(&name);
            proptest::prop_assert_eq!(written(&once), once.clone());
            proptest::prop_assert!(once.chars().count() <= name.chars().count() + 4);
        }
    }

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
