//! How text is cut into search tokens, the same for every store.
//!
//! A token is lower-case letters and digits or CJK characters, never an operator or a quote, so it can stand in an FTS5
//! query or a tsquery as it is. A record matches a query when it has every token of [`query_tokens`], those marked
//! `prefix` as the beginning of one of its own.

use crate::han_variants::simplify;
use crate::pinyin;
use crate::script::{fold_for_search, fold_width, is_cjk, is_han};

/// Raised whenever texts are cut otherwise than before, so that what was indexed is indexed anew.
pub const VERSION: u32 = 4;
/// Longest token, in characters; longer words are cut there on both sides.
const MAX_TOKEN_CHARS: usize = 64;
/// Text beyond this many characters is not indexed.
const MAX_INDEXED_CHARS: usize = 100_000;
/// Tokens of one field's text at most. Of a text of 20,000 characters none is left out.
const MAX_INDEX_TOKENS: usize = 20_000;
/// Tokens of what a file says at most: a text of [`MAX_INDEXED_CHARS`] has few more, whatever it says.
const MAX_FILE_TOKENS: usize = 100_000;
/// Tokens of one query at most.
pub(crate) const MAX_QUERY_TOKENS: usize = 16;
/// Pinyin is indexed from each of the first so many syllables on...
pub(crate) const PINYIN_STARTS: usize = 16;
/// ...for so many syllables.
pub(crate) const PINYIN_SYLLABLES: usize = 8;
/// Fewest digits by which a number is found. A query is the beginning of a token, so the endings of a number, down to this
/// many digits, find every piece of it.
pub(crate) const MIN_PIECE: usize = 3;
/// Runs of digits with fewer than this are ordinary numbers, not phone or document numbers.
pub(crate) const MIN_LONG_NUMBER: usize = 7;
/// Digit groups that add up to more are not one phone number.
pub(crate) const MAX_LONG_NUMBER: usize = 20;

/// One thing a record must have to match.
#[derive(Clone, Debug, PartialEq, Eq, Hash)]
pub struct QueryToken {
    /// Letters, digits or CJK characters only.
    pub text: String,
    /// Is it enough that a token of the record begins with it?
    pub prefix: bool,
}

/// Tokens of any text: words, CJK characters and pairs, long numbers with their endings.
pub fn index_tokens(text: &str) -> Vec<String> {
    let mut tokens = Tokens::default();
    add_text(text, &mut tokens);
    tokens.into_list()
}

/// As [`index_tokens`], of what a file says: of all that is read of it.
pub fn index_file_tokens(text: &str) -> Vec<String> {
    let mut tokens = Tokens { most: MAX_FILE_TOKENS, ..Tokens::default() };
    add_text(text, &mut tokens);
    tokens.into_list()
}

/// Tokens of a text that is a name (person, company, product): as [`index_tokens`], with pinyin and its initials from
/// every syllable on.
pub fn index_name_tokens(text: &str) -> Vec<String> {
    let mut tokens = Tokens::default();
    add_text(text, &mut tokens);
    if text.chars().take(MAX_INDEXED_CHARS).any(is_han) {
        let beginning: String = text.chars().take(200).collect();
        add_pinyin(&pinyin::name_syllables(&beginning), &mut tokens);
        add_pinyin(&pinyin::syllables(&beginning), &mut tokens);
        // 歐陽 is read as what 欧阳 is; of what is read as written, the tokens are there already.
        let plain = simplify(&beginning);
        if plain != beginning {
            add_pinyin(&pinyin::name_syllables(&plain), &mut tokens);
            add_pinyin(&pinyin::syllables(&plain), &mut tokens);
        }
    }
    tokens.into_list()
}

/// Tokens of a stored phone number (`+8613812345678;ext=12`): with and without country code, with the trunk prefix of
/// China, and all its endings.
pub fn index_phone_tokens(stored: &str) -> Vec<String> {
    let mut tokens = Tokens::default();
    let number = stored.split(';').next().unwrap_or_default();
    let digits: String = fold_width(number).chars().filter(char::is_ascii_digit).take(MAX_LONG_NUMBER).collect();
    add_long_number(&digits, &mut tokens);
    if let Some(national) = digits.strip_prefix("86") {
        tokens.add(national.to_owned());
        tokens.add(format!("0{national}"));
    } else if number.starts_with('+') {
        for code_length in 1..=3 {
            tokens.add(digits.chars().skip(code_length).collect());
        }
    }
    tokens.into_list()
}

/// The tokens a record must have so that it is found by what a person typed.
pub fn query_tokens(query: &str) -> Vec<QueryToken> {
    let query: String = query.chars().take(500).collect();
    if let Some(digits) = phone_digits(&query) {
        return vec![QueryToken { text: digits, prefix: true }];
    }
    let mut found: Vec<QueryToken> = Vec::new();
    let mut add = |text: String, prefix: bool| {
        let token = QueryToken { text, prefix };
        if !token.text.is_empty() && found.len() < MAX_QUERY_TOKENS && !found.contains(&token) {
            found.push(token);
        }
    };
    for run in runs(&fold_for_search(&query)) {
        match run {
            Run::Word(word) => add(cut(&word), true),
            Run::Cjk(characters) if characters.len() == 1 => add(characters.iter().collect(), false),
            Run::Cjk(characters) => characters.windows(2).for_each(|pair| add(pair.iter().collect(), false)),
        }
    }
    found
}

struct Tokens {
    list: Vec<String>,
    seen: std::collections::HashSet<String>,
    most: usize,
}

impl Default for Tokens {
    fn default() -> Self {
        Self { list: Vec::new(), seen: std::collections::HashSet::new(), most: MAX_INDEX_TOKENS }
    }
}

impl Tokens {
    fn add(&mut self, token: String) {
        let token = cut(&token);
        if !token.is_empty() && self.list.len() < self.most && self.seen.insert(token.clone()) {
            self.list.push(token);
        }
    }

    fn into_list(self) -> Vec<String> {
        self.list
    }
}

/// A stretch of a folded text.
pub(crate) enum Run {
    /// Letters and digits.
    Word(String),
    /// Characters of a script without spaces.
    Cjk(Vec<char>),
}

fn cut(word: &str) -> String {
    word.chars().take(MAX_TOKEN_CHARS).collect()
}

/// Runs of word characters and runs of CJK characters, in order; everything else separates.
pub(crate) fn runs(folded: &str) -> Vec<Run> {
    let mut runs: Vec<Run> = Vec::new();
    let mut continues = false;
    for character in folded.chars() {
        if is_cjk(character) {
            match runs.last_mut() {
                Some(Run::Cjk(characters)) if continues => characters.push(character),
                _ => runs.push(Run::Cjk(vec![character])),
            }
            continues = true;
        } else if character.is_alphanumeric() {
            match runs.last_mut() {
                Some(Run::Word(word)) if continues => word.push(character),
                _ => runs.push(Run::Word(character.to_string())),
            }
            continues = true;
        } else {
            continues = false;
        }
    }
    runs
}

fn add_text(text: &str, tokens: &mut Tokens) {
    let beginning: String = text.chars().take(MAX_INDEXED_CHARS).collect();
    let folded = fold_for_search(&beginning);
    let runs = runs(&folded);
    // Where there are too many, it is not what people look for exactly that is left out.
    for run in &runs {
        match run {
            Run::Word(word) if word.len() >= MIN_LONG_NUMBER && word.bytes().all(|byte| byte.is_ascii_digit()) => add_long_number(word, tokens),
            _ => {}
        }
    }
    add_spaced_numbers(&folded, tokens);
    add_joined_words(&folded, tokens);
    let (words, rest): (Vec<Run>, Vec<Run>) = runs.into_iter().partition(|it| matches!(it, Run::Word(_)));
    for run in words.into_iter().chain(rest) {
        match run {
            Run::Word(word) => tokens.add(word),
            Run::Cjk(characters) => {
                for character in &characters {
                    tokens.add(character.to_string());
                }
                for pair in characters.windows(2) {
                    tokens.add(pair.iter().collect());
                }
            }
        }
    }
}

/// `o'neil` is also found as `oneil`, `xh-2000` as `xh2000`.
fn add_joined_words(folded: &str, tokens: &mut Tokens) {
    let is_joiner = |character: char| matches!(character, '-' | '_' | '\'' | '’' | '.' | '/');
    let is_part = |character: char| character.is_alphanumeric() && !is_cjk(character);
    for piece in folded.split(|character: char| !is_part(character) && !is_joiner(character)) {
        let piece = piece.trim_matches(is_joiner);
        if piece.contains(is_joiner) && piece.len() <= MAX_TOKEN_CHARS {
            tokens.add(piece.chars().filter(|character| is_part(*character)).collect());
        }
    }
}

/// `138 1234 5678` and `010-6552 9988` inside a text are indexed as the numbers they are.
fn add_spaced_numbers(folded: &str, tokens: &mut Tokens) {
    let is_number_character = |character: char| character.is_ascii_digit() || matches!(character, ' ' | '-' | '(' | ')');
    for piece in folded.split(|character: char| !is_number_character(character)) {
        let digits: String = piece.chars().filter(char::is_ascii_digit).take(MAX_LONG_NUMBER + 1).collect();
        let has_groups = piece.trim().contains(|character: char| !character.is_ascii_digit());
        if has_groups && (MIN_LONG_NUMBER..=MAX_LONG_NUMBER).contains(&digits.len()) {
            add_long_number(&digits, tokens);
        }
    }
}

fn add_long_number(digits: &str, tokens: &mut Tokens) {
    tokens.add(digits.to_owned());
    for start in 1..=digits.len().saturating_sub(MIN_PIECE) {
        if let Some(ending) = digits.get(start..) {
            tokens.add(ending.to_owned());
        }
    }
}

fn add_pinyin(syllables: &[String], tokens: &mut Tokens) {
    for start in 0..syllables.len().min(PINYIN_STARTS) {
        let window = &syllables[start..syllables.len().min(start + PINYIN_SYLLABLES)];
        tokens.add(window.concat());
        tokens.add(window.iter().filter_map(|syllable| syllable.chars().next()).collect());
    }
}

/// Whether a query is nothing but fewer digits than any piece of a number is found by.
pub fn has_too_few_digits(query: &str) -> bool {
    let folded = fold_width(query);
    let digits = folded.trim();
    (1..MIN_PIECE).contains(&digits.len()) && digits.bytes().all(|it| it.is_ascii_digit())
}

/// A query that is the beginning of a phone number written in groups: its digits in one piece.
pub(crate) fn phone_digits(query: &str) -> Option<String> {
    let folded = fold_width(query);
    let trimmed = folded.trim();
    let is_phone_character = |character: char| character.is_ascii_digit() || matches!(character, ' ' | '-' | '(' | ')' | '+' | '.');
    if !trimmed.chars().all(is_phone_character) {
        return None;
    }
    let digits: String = trimmed.chars().filter(char::is_ascii_digit).collect();
    let has_groups = trimmed.contains(|character: char| !character.is_ascii_digit());
    let international = trimmed.starts_with('+') || digits.starts_with("00");
    let begins_like_phone = international || digits.starts_with(['0', '1', '4', '8']);
    if !has_groups || !begins_like_phone || digits.len() > MAX_LONG_NUMBER || digits.len() < 4 {
        return (digits.len() > 4 && digits.starts_with("00")).then(|| digits[2..].to_owned());
    }
    if !international && digits.len() < MIN_LONG_NUMBER - 1 {
        return None;
    }
    let digits = digits.strip_prefix("00").map(str::to_owned).unwrap_or(digits);
    (digits.len() >= 2).then_some(digits)
}

#[cfg(test)]
mod tests {
    use super::*;

    /// What a store does: every query token must be there, as a whole or as a beginning.
    fn finds(index: &[String], query: &str) -> bool {
        let wanted = query_tokens(query);
        let has = |token: &QueryToken| index.iter().any(|own| if token.prefix { own.starts_with(&token.text) } else { *own == token.text });
        !wanted.is_empty() && wanted.iter().all(has)
    }

    #[test]
    fn companies_are_found_by_parts_pinyin_and_initials() {
        let index = index_name_tokens("北京星河智能设备有限公司 (XingHe Ltd.)");
        for query in [
            "星河",
            "河智",
            "星",
            "星河智能",
            "xinghe",
            "XINGHE",
            "xinghezhineng",
            "xhzn",
            "bjxh",
            "beijing",
            "xing he",
            "设备 星河",
            "ltd",
            "lt",
            "ＸＩＮＧＨＥ",
            "北京星河",
            "星河 ltd",
            "zhineng",
        ] {
            assert!(finds(&index, query), "{query}");
        }
        for query in ["河星", "明月", "xhzm", "", "  ", "!!", "智星"] {
            assert!(!finds(&index, query), "{query}");
        }
    }

    #[test]
    fn persons() {
        let index = index_name_tokens("王伟");
        for query in ["wang wei", "WANG", "wangwei", "wangw", "ww", "王", "wei", "王伟"] {
            assert!(finds(&index, query), "{query}");
        }
        assert!(finds(&index_name_tokens("单田芳"), "shantianfang"));
        assert!(finds(&index_name_tokens("单田芳"), "dan"), "both readings");
        let western = index_name_tokens("Dr. Mary Ann O'Neil-Smith");
        for query in ["o'neil", "oneil", "smith", "mary sm", "neil"] {
            assert!(finds(&western, query), "{query}");
        }
        assert!(finds(&index_name_tokens("Jürgen Müller"), "muller jurgen"));
    }

    #[test]
    fn traditional_and_simplified_find_each_other() {
        for (written, queries) in [
            ("張偉", &["张伟", "張偉", "张", "zhangwei", "zw"][..]),
            ("张伟", &["張偉", "張"]),
            ("歐陽娜娜", &["欧阳", "ouyangnana", "oynn"]),
            ("重慶鋼鐵", &["重庆钢铁", "chongqing", "cqgt"]),
            ("臺灣積體電路", &["台湾", "台灣積體"]),
        ] {
            let index = index_name_tokens(written);
            for query in queries {
                assert!(finds(&index, query), "{query} in {written}");
            }
        }
        assert!(!finds(&index_name_tokens("張偉"), "章偉"));
    }

    #[test]
    fn few_digits_are_told_apart() {
        for query in ["1", "13", " １３ "] {
            assert!(has_too_few_digits(query), "{query}");
        }
        for query in ["", "138", "1a", "a1", "1 3", "-1"] {
            assert!(!has_too_few_digits(query), "{query}");
        }
    }

    #[test]
    fn phones_are_found_by_any_usual_piece() {
        let mobile = index_phone_tokens("+8613812345678;ext=12");
        for query in [
            "13812345678",
            "138 1234 5678",
            "138 1234",
            "138-1234",
            "5678",
            "45678",
            "1234 5678",
            "12345678",
            "+86 138",
            "+8613812345678",
            "8613812345678",
            "0086 138",
            "1381",
            "138",
            "1234",
        ] {
            assert!(finds(&mobile, query), "{query}");
        }
        let digits = "13812345678";
        for start in 0..digits.len() {
            for end in start + MIN_PIECE..=digits.len() {
                assert!(finds(&mobile, &digits[start..end]), "{}", &digits[start..end]);
            }
        }
        assert!(!finds(&mobile, "8765"));
        let land_line = index_phone_tokens("+861065529988");
        for query in ["010-6552 9988", "010 6552", "65529988", "6552 9988", "9988", "(010) 6552"] {
            assert!(finds(&land_line, query), "{query}");
        }
        assert!(finds(&index_phone_tokens("+12125550123"), "(212) 555-0123".trim_start_matches('(')));
        assert!(finds(&index_tokens("请打 138 1234 5678 找王工"), "13812345678"));
        assert!(finds(&index_tokens("合同号20260012345"), "2345"));
    }

    #[test]
    fn mail_addresses_and_codes() {
        let index = index_tokens("wei.wang@xinghe.example XH-2000A");
        for query in ["wei.wang@xinghe.example", "wang@xing", "xinghe", "xh2000", "xh-2000", "2000a"] {
            assert!(finds(&index, query), "{query}");
        }
    }

    #[test]
    fn a_long_text_is_found_by_its_end() {
        // Nearly every pair of characters stands in it once.
        let mixed = |n: u32| (n ^ (n >> 15)).wrapping_mul(2_246_822_519);
        let han = |n: u32| char::from_u32(0x4e00 + (mixed(n.wrapping_mul(2_654_435_761)) >> 8) % 4_000).unwrap();
        let varied: String = (0..90_000_u32).map(han).collect();
        let text = format!("{varied}。违约金另计，联系人 138 1234 5678，编号 XH-2000。");
        let index = index_file_tokens(&text);
        for query in ["违约金", "13812345678", "5678", "xh2000", "违约金 13812345678"] {
            assert!(finds(&index, query), "{query}");
        }
        // Of less even, numbers and codes come first.
        let index = index_tokens(&text);
        assert!(index.len() == MAX_INDEX_TOKENS && finds(&index, "13812345678") && finds(&index, "xh-2000"));
        let beginning: String = varied.chars().take(9_000).collect();
        assert!(finds(&index_tokens(&format!("{beginning}。违约金另计")), "违约金"));
    }

    #[test]
    fn tokens_are_bounded_and_plain() {
        let hostile = format!("\" OR 1=1 -- * NEAR(a b) ^x:y \u{0} {} {}", "a".repeat(10_000), "1 ".repeat(1_000_000));
        let tokens = index_tokens(&hostile);
        assert!(tokens.len() <= MAX_INDEX_TOKENS);
        assert!(tokens.iter().all(|token| token.chars().count() <= MAX_TOKEN_CHARS && token.chars().all(char::is_alphanumeric)));
        assert!(query_tokens(&hostile).len() <= MAX_QUERY_TOKENS);
        assert!(finds(&tokens, &"a".repeat(10_000)), "cut the same way on both sides");
    }

    proptest::proptest! {
        #[test]
        fn a_text_is_found_by_itself(text in "[a-zA-Z0-9 星河智能@.\\-+()é]{0,40}") {
            let wanted = query_tokens(&text);
            let index = index_tokens(&text);
            for token in wanted {
                proptest::prop_assert!(token.text.chars().all(char::is_alphanumeric));
                let found = index.iter().any(|own| own.starts_with(&token.text));
                let only_a_number = phone_digits(&text).is_some();
                proptest::prop_assert!(found || only_a_number, "{:?} in {:?}", token, index);
            }
        }
    }
}
