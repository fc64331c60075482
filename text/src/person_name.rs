//! Names of persons, Chinese and western: split into family and given name, and joined again.

use crate::han_variants::{simplified, simplify};
use crate::script::{is_han, is_invisible};

/// A name with its parts; a part that is not known is empty.
#[derive(Clone, Debug, Default, PartialEq, Eq, Hash)]
pub struct PersonName {
    /// As people write it: 王小明, Dr. Mary Smith.
    pub full: String,
    /// Surname: 王, Smith.
    pub family: String,
    /// Given names: 小明, Mary.
    pub given: String,
}

/// Longest name looked at, in characters; the rest stays in `full` only.
const MAX_SPLIT_CHARS: usize = 200;

const COMPOUND_SURNAMES: [&str; 51] = [
    "欧阳", "司马", "上官", "诸葛", "司徒", "司空", "夏侯", "东方", "皇甫", "尉迟", "公孙", "慕容", "令狐", "长孙", "宇文", "南宫", "端木", "轩辕",
    "百里", "呼延", "东郭", "西门", "独孤", "拓跋", "淳于", "单于", "申屠", "公冶", "太史", "闻人", "钟离", "仲孙", "宗政", "濮阳", "澹台", "赫连",
    "鲜于", "闾丘", "万俟", "亓官", "司寇", "乐正", "漆雕", "公西", "壤驷", "公良", "夹谷", "左丘", "东门", "南门", "第五",
];

const HONORIFICS: [&str; 22] = [
    "总经理",
    "董事长",
    "副总",
    "先生",
    "女士",
    "小姐",
    "老师",
    "经理",
    "主任",
    "医生",
    "教授",
    "部长",
    "处长",
    "局长",
    "科长",
    "校长",
    "院长",
    "师傅",
    "会计",
    "律师",
    "总",
    "工",
];

const PREFIXES: [&str; 14] = ["dr", "prof", "professor", "mr", "mrs", "ms", "miss", "mx", "sir", "dame", "rev", "hon", "ing", "dipl"];
const SUFFIXES: [&str; 14] = ["jr", "sr", "ii", "iii", "iv", "phd", "md", "esq", "mba", "cpa", "dds", "rn", "jd", "bsc"];
const PARTICLES: [&str; 24] = [
    "van", "von", "der", "den", "de", "du", "da", "di", "del", "della", "dos", "das", "la", "le", "ter", "ten", "zu", "zum", "al", "el", "bin",
    "ibn", "st", "bint",
];

/// Splits a name. `full` is what was given, with white space tidied; titles and suffixes are kept there only.
pub fn split(text: &str) -> PersonName {
    let cleaned: String = text.chars().filter(|character| !is_invisible(*character) && !character.is_control()).collect();
    let full = cleaned.split_whitespace().collect::<Vec<_>>().join(" ");
    if full.chars().count() > MAX_SPLIT_CHARS {
        return PersonName { full, ..PersonName::default() };
    }
    let han_only = full.chars().all(|character| is_han(character) || matches!(character, ' ' | '·' | '•' | '‧' | '・'));
    let (family, given) = if full.is_empty() {
        (String::new(), String::new())
    } else if han_only {
        split_chinese(&full)
    } else {
        split_western(&full)
    };
    PersonName { full, family, given }
}

/// The full name for two parts: Chinese family name first and without space, others given name first.
pub fn join(family: &str, given: &str) -> String {
    let (family, given) = (family.trim(), given.trim());
    let is_chinese = |part: &str| !part.is_empty() && part.chars().all(|character| is_han(character) || character == '·');
    match (family.is_empty(), given.is_empty()) {
        (true, _) => given.to_owned(),
        (_, true) => family.to_owned(),
        _ if is_chinese(family) && is_chinese(given) => format!("{family}{given}"),
        _ => format!("{given} {family}"),
    }
}

fn split_chinese(full: &str) -> (String, String) {
    // 阿依古丽·买买提: the given name comes first, the father's name second.
    if let Some((given, family)) = full.split_once(['·', '•', '‧', '・']) {
        return (family.trim().to_owned(), given.trim().to_owned());
    }
    if let Some((family, given)) = full.split_once(' ') {
        // "王 小明", and "王 伟" spaced out to the width of three characters.
        let given: String = given.chars().filter(|character| *character != ' ').collect();
        if family.chars().count() <= 2 {
            return (family.to_owned(), given);
        }
    }
    let name: Vec<char> = full.chars().filter(|character| *character != ' ').collect();
    // 歐陽 is one surname as 欧阳 is.
    let beginning = || name.iter().take(2).map(|it| simplified(*it));
    let compound = COMPOUND_SURNAMES.iter().any(|surname| surname.chars().eq(beginning()));
    let surname_length = if compound { 2 } else { 1 };
    let (family, given) = name.split_at(surname_length.min(name.len()));
    let family: String = family.iter().collect();
    let given: String = given.iter().collect();
    // 张先生 and 李总: a surname and how to address its bearer. 张总 is one, 王工 too; 李工匠 is a name.
    if HONORIFICS.contains(&simplify(&given).as_str()) {
        return (family, String::new());
    }
    // More than six characters are a company or a remark, not a name.
    if name.len() > 6 { (String::new(), String::new()) } else { (family, given) }
}

fn split_western(full: &str) -> (String, String) {
    if let Some((before, after)) = full.split_once(',') {
        let after_words = words_without_titles(after);
        // "Smith, John" turns the order round, "John Smith, PhD" does not.
        if !after_words.is_empty() {
            let family = words_without_titles(before).join(" ");
            return (family, after_words.join(" "));
        }
        return split_words(&words_without_titles(before));
    }
    split_words(&words_without_titles(full))
}

fn split_words(words: &[&str]) -> (String, String) {
    match words {
        [] => (String::new(), String::new()),
        [only] => (String::new(), (*only).to_owned()),
        [first, rest @ ..] if is_capitals(first) && !rest.iter().all(|word| is_capitals(word)) && first.len() > 2 => {
            // WANG Wei: capitals mark the family name wherever it stands.
            ((*first).to_owned(), rest.join(" "))
        }
        words => {
            let is_particle = |word: &&str| PARTICLES.contains(&word.to_lowercase().trim_end_matches(['.', '-', '\'']));
            let last = words.len() - 1;
            let mut start = last;
            while start > 1 && is_particle(&words[start - 1]) {
                start -= 1;
            }
            (words[start..].join(" "), words[..start].join(" "))
        }
    }
}

fn is_capitals(word: &str) -> bool {
    word.chars().filter(|character| character.is_alphabetic()).count() > 1 && !word.chars().any(char::is_lowercase) && !word.ends_with('.')
}

fn words_without_titles(text: &str) -> Vec<&str> {
    let words: Vec<&str> = text.split([' ', ',']).filter(|word| !word.is_empty()).collect();
    let plain = |word: &str| word.to_lowercase().replace('.', "");
    let mut rest = words.as_slice();
    while let [first, others @ ..] = rest
        && !others.is_empty()
        && PREFIXES.contains(&plain(first).as_str())
    {
        rest = others;
    }
    while let [others @ .., last] = rest
        && SUFFIXES.contains(&plain(last).as_str())
    {
        rest = others;
    }
    rest.to_vec()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn parts(text: &str) -> (String, String) {
        let name = split(text);
        (name.family, name.given)
    }

    #[test]
    fn chinese_names() {
        for (full, family, given) in [
            ("王伟", "王", "伟"),
            ("王小明", "王", "小明"),
            ("欧阳修", "欧阳", "修"),
            ("欧阳娜娜", "欧阳", "娜娜"),
            ("司马相如", "司马", "相如"),
            ("上官婉儿", "上官", "婉儿"),
            ("诸葛亮", "诸葛", "亮"),
            ("欧阳", "欧阳", ""),
            ("张王小明", "张", "王小明"),
            ("王 伟", "王", "伟"),
            ("王\u{3000}小 明", "王", "小明"),
            ("张先生", "张", ""),
            ("欧阳总", "欧阳", ""),
            ("阿依古丽·买买提", "买买提", "阿依古丽"),
            ("王", "王", ""),
            ("北京星河智能设备有限公司", "", ""),
        ] {
            assert_eq!(parts(full), (family.to_owned(), given.to_owned()), "{full}");
        }
    }

    #[test]
    fn western_names() {
        for (full, family, given) in [
            ("John Smith", "Smith", "John"),
            ("Smith, John", "Smith", "John"),
            ("Dr. Mary Ann O'Neil-Smith Jr.", "O'Neil-Smith", "Mary Ann"),
            ("John Smith, PhD", "Smith", "John"),
            ("van Gogh, Vincent", "van Gogh", "Vincent"),
            ("Ludwig van Beethoven", "van Beethoven", "Ludwig"),
            ("Maria de la Cruz", "de la Cruz", "Maria"),
            ("WANG Wei", "WANG", "Wei"),
            ("JOHN SMITH", "SMITH", "JOHN"),
            ("Madonna", "", "Madonna"),
            ("Prof. Dr. Hans Müller", "Müller", "Hans"),
            ("Martin Luther King Jr.", "King", "Martin Luther"),
            ("Mr.", "", "Mr."),
            ("", "", ""),
        ] {
            assert_eq!(parts(full), (family.to_owned(), given.to_owned()), "{full}");
        }
        assert_eq!(split("  Dr.  Mary   Smith ").full, "Dr. Mary Smith");
    }

    #[test]
    fn joining() {
        assert_eq!(join("王", "小明"), "王小明");
        assert_eq!(join("Smith", "John"), "John Smith");
        assert_eq!(join("", "Madonna"), "Madonna");
        assert_eq!(join("王", ""), "王");
    }

    proptest::proptest! {
        #[test]
        fn never_panics_and_keeps_the_full_name(text in ".{0,60}") {
            let name = split(&text);
            proptest::prop_assert_eq!(&split(&name.full), &name);
        }
    }
}
