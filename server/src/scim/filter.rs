//! Filters of SCIM (RFC 7644, 3.4.2.2), read into a tree: of it become expressions of ours for records, and tests of values
//! of an attribute within a `PATCH`.

use guanxi_kernel::KernelError;
use serde_json::{Map, Value as Json};

use super::attributes::member;

/// Longest filter in characters.
const LONGEST: usize = 4_000;
/// Deepest nesting.
const DEEPEST: usize = 10;
/// Most comparisons.
const MOST: usize = 50;

/// A filter.
#[derive(Debug, Clone, PartialEq)]
pub enum Filter {
    /// All of them hold.
    All(Vec<Filter>),
    /// One of them holds.
    Any(Vec<Filter>),
    /// It does not hold.
    Not(Box<Filter>),
    /// A comparison.
    Test(Test),
}

/// How an attribute is compared.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Comparison {
    /// Equal.
    Equal,
    /// Not equal.
    Unequal,
    /// Contains.
    Contains,
    /// Starts with.
    Starts,
    /// Ends with.
    Ends,
    /// Has a value.
    Present,
    /// After, or greater.
    Greater,
    /// At or after.
    AtLeast,
    /// Before, or less.
    Less,
    /// At or before.
    AtMost,
}

/// One comparison.
#[derive(Debug, Clone, PartialEq)]
pub struct Test {
    /// Path of the attribute as written.
    pub path: String,
    /// How.
    pub by: Comparison,
    /// What it is compared with; null for [`Comparison::Present`].
    pub value: Json,
}

/// A filter that is not understood.
pub fn refuse(zh_cn: &str, en: &str) -> KernelError {
    KernelError::bad_request("bad_filter", format!("筛选条件有误：{zh_cn}"), format!("the filter: {en}"))
}

struct Reader<'a> {
    rest: &'a str,
    tests: usize,
}

/// Reads a filter.
///
/// # Errors
/// `bad_filter`.
pub fn parse(text: &str) -> Result<Filter, KernelError> {
    if text.chars().count() > LONGEST {
        return Err(refuse("过长", "it is too long"));
    }
    let mut reader = Reader { rest: text.trim(), tests: 0 };
    let filter = reader.any(0)?;
    if reader.rest.trim().is_empty() { Ok(filter) } else { Err(refuse("末尾有多余内容", "something is left at its end")) }
}

impl<'a> Reader<'a> {
    /// Whether this word comes next; it is taken then.
    fn word(&mut self, word: &str) -> bool {
        let rest = self.rest.trim_start();
        let Some(after) = rest.get(..word.len()).filter(|it| it.eq_ignore_ascii_case(word)).and_then(|_| rest.get(word.len()..)) else {
            return false;
        };
        if !after.is_empty() && !after.starts_with(|it: char| it.is_whitespace() || matches!(it, '(' | ')')) {
            return false;
        }
        self.rest = after;
        true
    }

    fn sign(&mut self, sign: char) -> bool {
        let found = self.rest.trim_start().strip_prefix(sign);
        if let Some(after) = found {
            self.rest = after;
        }
        found.is_some()
    }

    fn any(&mut self, depth: usize) -> Result<Filter, KernelError> {
        let mut parts = vec![self.all(depth)?];
        while self.word("or") {
            parts.push(self.all(depth)?);
        }
        Ok(joined(parts, Filter::Any))
    }

    fn all(&mut self, depth: usize) -> Result<Filter, KernelError> {
        let mut parts = vec![self.one(depth)?];
        while self.word("and") {
            parts.push(self.one(depth)?);
        }
        Ok(joined(parts, Filter::All))
    }

    fn one(&mut self, depth: usize) -> Result<Filter, KernelError> {
        if depth > DEEPEST {
            return Err(refuse("嵌套过深", "it is nested too deeply"));
        }
        let not = self.word("not");
        if self.sign('(') {
            let inner = self.any(depth + 1)?;
            if !self.sign(')') {
                return Err(refuse("缺少右括号", "a bracket is not closed"));
            }
            return Ok(if not { Filter::Not(Box::new(inner)) } else { inner });
        }
        if not { Err(refuse("not 之后应为括号", "a bracket must follow `not`")) } else { self.test().map(Filter::Test) }
    }

    fn test(&mut self) -> Result<Test, KernelError> {
        self.tests += 1;
        if self.tests > MOST {
            return Err(refuse("比较过多", "it has too many comparisons"));
        }
        let path = self.path()?.to_owned();
        let operators = [
            ("eq", Comparison::Equal),
            ("ne", Comparison::Unequal),
            ("co", Comparison::Contains),
            ("sw", Comparison::Starts),
            ("ew", Comparison::Ends),
            ("gt", Comparison::Greater),
            ("ge", Comparison::AtLeast),
            ("lt", Comparison::Less),
            ("le", Comparison::AtMost),
        ];
        if self.word("pr") {
            return Ok(Test { path, by: Comparison::Present, value: Json::Null });
        }
        let by = operators.into_iter().find(|it| self.word(it.0)).ok_or_else(|| refuse("缺少比较符", "a comparison such as `eq` is missing"))?.1;
        let value = self.value().filter(|it| !it.is_object() && !it.is_array()).ok_or_else(|| {
            refuse("比较值应为带引号的文本、数字、true、false 或 null", "the value must be a quoted text, a number, true, false or null")
        })?;
        Ok(Test { path, by, value })
    }

    fn value(&mut self) -> Option<Json> {
        let rest = self.rest.trim_start();
        let end = if rest.starts_with('"') {
            let mut values = serde_json::Deserializer::from_str(rest).into_iter::<String>();
            values.next()?.ok()?;
            values.byte_offset()
        } else {
            rest.find(|it: char| it.is_whitespace() || it == ')').unwrap_or(rest.len())
        };
        let (value, after) = rest.split_at_checked(end)?;
        self.rest = after;
        serde_json::from_str(value).ok()
    }

    /// A path, brackets such as in `emails[type eq "work"].value` included.
    fn path(&mut self) -> Result<&'a str, KernelError> {
        let rest = self.rest.trim_start();
        let (mut inside, mut end) = (false, rest.len());
        for (at, it) in rest.char_indices() {
            match it {
                '[' => inside = true,
                ']' => inside = false,
                '(' | ')' if !inside => return Err(refuse("缺少属性", "an attribute is missing")),
                _ if it.is_whitespace() && !inside => {
                    end = at;
                    break;
                }
                _ => {}
            }
        }
        let path = rest.get(..end).filter(|it| !it.is_empty() && !inside).ok_or_else(|| refuse("缺少属性", "an attribute is missing"))?;
        self.rest = rest.get(end..).unwrap_or_default();
        Ok(path)
    }
}

fn joined(mut parts: Vec<Filter>, by: fn(Vec<Filter>) -> Filter) -> Filter {
    match (parts.len(), parts.pop()) {
        (1, Some(only)) => only,
        (_, last) => {
            parts.extend(last);
            by(parts)
        }
    }
}

impl Filter {
    /// Whether a value of a list meets it.
    pub fn holds(&self, item: &Json) -> bool {
        match self {
            Self::All(parts) => parts.iter().all(|it| it.holds(item)),
            Self::Any(parts) => parts.iter().any(|it| it.holds(item)),
            Self::Not(inner) => !inner.holds(item),
            Self::Test(test) => test.holds(item),
        }
    }

    /// What a value must be like that meets it, as far as it says so: its comparisons by `eq`.
    pub fn described(&self, into: &mut Map<String, Json>) {
        match self {
            Self::All(parts) => parts.iter().for_each(|it| it.described(into)),
            Self::Test(Test { path, by: Comparison::Equal, value }) => drop(into.insert(path.clone(), value.clone())),
            _ => {}
        }
    }
}

impl Test {
    fn holds(&self, item: &Json) -> bool {
        let have = match item {
            Json::Object(parts) => member(parts, &self.path),
            // A list of plain texts.
            other => Some(other).filter(|_| self.path.eq_ignore_ascii_case("value")),
        };
        let texts = || Some((have?.as_str()?.to_lowercase(), self.value.as_str()?.to_lowercase()));
        let equal = || texts().map_or_else(|| have == Some(&self.value), |(have, want)| have == want);
        match self.by {
            Comparison::Equal => equal(),
            Comparison::Unequal => !equal(),
            Comparison::Present => have.is_some_and(|it| !it.is_null()),
            Comparison::Contains => texts().is_some_and(|(have, want)| have.contains(&want)),
            Comparison::Starts => texts().is_some_and(|(have, want)| have.starts_with(&want)),
            Comparison::Ends => texts().is_some_and(|(have, want)| have.ends_with(&want)),
            Comparison::Greater => texts().is_some_and(|(have, want)| have > want),
            Comparison::AtLeast => texts().is_some_and(|(have, want)| have >= want),
            Comparison::Less => texts().is_some_and(|(have, want)| have < want),
            Comparison::AtMost => texts().is_some_and(|(have, want)| have <= want),
        }
    }
}

#[cfg(test)]
mod tests {
    use serde_json::json;

    use super::*;

    #[test]
    fn what_binds_tighter_stands_deeper() {
        let of = |text: &str| parse(text).unwrap();
        let test = |path: &str| Filter::Test(Test { path: path.into(), by: Comparison::Present, value: Json::Null });
        assert_eq!(of("a pr or b pr and c pr"), Filter::Any(vec![test("a"), Filter::All(vec![test("b"), test("c")])]));
        assert_eq!(of("(a pr OR b pr) And not (c pr)"), Filter::All(vec![Filter::Any(vec![test("a"), test("b")]), Filter::Not(Box::new(test("c")))]));
        // Words within names and texts are none.
        let wanted = Test { path: "organisation".into(), by: Comparison::Equal, value: json!("a\" or b pr") };
        assert_eq!(of(r#"organisation eq "a\" or b pr""#), Filter::Test(wanted));
        assert!(matches!(of(r#"emails[type eq "work"].value eq "x""#), Filter::Test(it) if it.path == r#"emails[type eq "work"].value"#));
    }

    #[test]
    fn what_makes_no_sense_is_refused() {
        let deep = format!("{}a pr{}", "(".repeat(12), ")".repeat(12));
        let wide = vec!["a pr"; 51].join(" or ");
        let long = format!("a eq \"{}\"", "x".repeat(4_000));
        for text in [
            "",
            "a",
            "a eq",
            "a xx \"b\"",
            "a eq b",
            "a eq {}",
            "a eq [1]",
            "a pr and",
            "(a pr",
            "a pr)",
            "not a pr",
            "a[b pr",
            "a eq \"x\" b",
            &deep,
            &wide,
            &long,
        ] {
            assert!(parse(text).is_err(), "{text}");
        }
    }

    #[test]
    fn values_of_a_list_are_tested() {
        let item = json!({ "type": "work", "value": "Lin@test.example" });
        let holds = |text: &str| parse(text).unwrap().holds(&item);
        assert!(holds(r#"TYPE eq "Work" and value co "TEST""#));
        assert!(holds(r#"not (value sw "x") and value pr and display ne "y""#));
        assert!(!holds(r#"type eq "home" or primary eq true"#));
        assert!(parse(r#"value eq "a""#).unwrap().holds(&json!("A")));
    }
}
