//! What a person may say in the search box beside words: `object:商机`, `owner:me`, `is:open`, `"exact words"`.
//!
//! Operators become a filter of the one expression language, so that they are checked and bound like any other. What is
//! no operator is words.

use serde_json::Value as Json;

use super::index::searched;
use crate::context::Context;
use crate::schema::{Field, FieldKind, OWNER_FIELD, Object};

/// Longest part of a query that counts, in characters.
const MAX_CHARS: usize = 500;
/// Most exact phrases of one query.
const MAX_PHRASES: usize = 5;

/// A query, taken apart.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct SearchQuery {
    /// Words to be found.
    pub words: String,
    phrases: Vec<String>,
    object: Option<String>,
    owner: Option<String>,
    state: Option<State>,
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum State {
    Open,
    Closed,
    Mine,
}

impl State {
    fn named(word: &str) -> Option<Self> {
        match word {
            "open" | "进行中" | "未完成" => Some(Self::Open),
            "closed" | "已结束" | "已完成" => Some(Self::Closed),
            "mine" | "我的" => Some(Self::Mine),
            _ => None,
        }
    }
}

impl SearchQuery {
    /// Takes a query apart.
    pub fn read(text: &str) -> Self {
        let text: String = text.chars().take(MAX_CHARS).map(|it| if matches!(it, '“' | '”' | '＂') { '"' } else { it }).collect();
        let mut query = Self::default();
        let mut words: Vec<String> = Vec::new();
        for piece in pieces(&text) {
            match piece {
                Piece::Phrase(phrase) if query.phrases.len() < MAX_PHRASES => {
                    words.push(phrase.clone());
                    query.phrases.push(phrase);
                }
                Piece::Operator(name, value) if query.takes(&name, &value) => {}
                Piece::Operator(name, value) => words.push(format!("{name}:{value}")),
                Piece::Phrase(word) | Piece::Word(word) => words.push(word),
            }
        }
        query.words = words.join(" ");
        query
    }

    /// Whether it asks for nothing.
    pub fn is_empty(&self) -> bool {
        self.words.trim().is_empty() && self.object.is_none() && self.owner.is_none() && self.state.is_none()
    }

    /// Whether something is to be there just as it was written.
    pub fn has_phrases(&self) -> bool {
        !self.phrases.is_empty()
    }

    fn takes(&mut self, name: &str, value: &str) -> bool {
        match name {
            "object" | "对象" | "类型" => self.object = Some(value.to_lowercase()),
            "owner" | "负责人" => self.owner = Some(value.to_owned()),
            "is" | "状态" => match State::named(value) {
                Some(state) => self.state = Some(state),
                None => return false,
            },
            _ => return false,
        }
        true
    }

    /// Whether records of an object are wanted: by its name, or the beginning of its label in either language.
    pub fn wants(&self, object: &Object) -> bool {
        let Some(wanted) = &self.object else { return true };
        let definition = &object.definition;
        let labels = [Some(&definition.label), definition.plural.as_ref()];
        let called = |it: &str| it.to_lowercase().starts_with(wanted.as_str());
        called(&object.name) || labels.into_iter().flatten().any(|it| called(&it.zh_cn) || called(&it.en))
    }

    /// The filter the operators come to for an object, empty where there is none; nothing where no record of it can be meant.
    pub fn filter(&self, context: &Context, object: &Object) -> Option<String> {
        let mut terms = Vec::new();
        if let Some(owner) = &self.owner {
            terms.push(owned_by(object, owner)?);
        }
        match self.state {
            Some(State::Mine) => terms.push(owned_by(object, "me")?),
            Some(state) => terms.push(in_state(context, object, state)?),
            None => {}
        }
        Some(all_of(terms))
    }

    /// The filter that texts the database can look through say each phrase; nothing where none of those is searched.
    pub(super) fn said(&self, context: &Context, object: &Object) -> Option<String> {
        self.phrases.iter().map(|it| says(context, object, it)).collect::<Option<Vec<_>>>().map(all_of)
    }

    /// What is to be there just as it was written.
    pub(super) fn phrases(&self) -> &[String] {
        &self.phrases
    }
}

fn all_of(terms: Vec<String>) -> String {
    terms.into_iter().map(|it| format!("({it})")).collect::<Vec<_>>().join(" && ")
}

/// Whether the text of a field stands in its column as it is.
fn is_plain_text(field: &Field) -> bool {
    use FieldKind::{Email, LongText, PersonName, Text, Url};
    matches!(field.definition.kind, Text | LongText | PersonName | Email | Url)
}

fn owned_by(object: &Object, owner: &str) -> Option<String> {
    if !object.definition.owned {
        return None;
    }
    let is_me = ["me", "我"].contains(&owner);
    Some(if is_me { format!("{OWNER_FIELD} == me.id") } else { format!("{OWNER_FIELD}.name.contains({})", literal(owner)) })
}

/// By the first field whose options say which of them end it.
fn in_state(context: &Context, object: &Object, state: State) -> Option<String> {
    let ends = |it: &&Field| it.definition.kind == FieldKind::Select && it.definition.options.iter().any(|it| it.closed);
    let field = object.fields.iter().filter(ends).find(|it| context.access.may_group(object, it))?;
    let ended: Vec<String> = field.definition.options.iter().filter(|it| it.closed).map(|it| literal(&it.value)).collect();
    let (name, ended) = (field.name(), ended.join(", "));
    Some(if state == State::Closed { format!("{name} in [{ended}]") } else { format!("{name} == null || !({name} in [{ended}])") })
}

/// One of the texts that are searched and that the caller sees whole contains the phrase as it is.
fn says(context: &Context, object: &Object, phrase: &str) -> Option<String> {
    let fields = searched(object).filter(|it| is_plain_text(it) && context.access.may_group(object, it));
    let terms: Vec<String> = fields.map(|it| format!("{}.contains({})", it.name(), literal(phrase))).collect();
    (!terms.is_empty()).then(|| terms.join(" || "))
}

/// A text as the expression language writes it.
fn literal(text: &str) -> String {
    Json::from(text).to_string()
}

#[derive(Debug, PartialEq, Eq)]
enum Piece {
    Word(String),
    Phrase(String),
    Operator(String, String),
}

/// Words by spaces, phrases by quotes, operators by a colon; an open quote ends with the text.
fn pieces(text: &str) -> Vec<Piece> {
    let mut found = Vec::new();
    let mut rest = text.trim_start();
    while !rest.is_empty() {
        if let Some(quoted) = rest.strip_prefix('"') {
            let (phrase, after) = quoted.split_once('"').unwrap_or((quoted, ""));
            found.extend(Some(phrase.trim()).filter(|it| !it.is_empty()).map(|it| Piece::Phrase(it.to_owned())));
            rest = after.trim_start();
            continue;
        }
        let end = rest.find(|it: char| it.is_whitespace() || it == '"').unwrap_or(rest.len());
        let (word, after) = rest.split_at(end);
        let named = word.split_once([':', '：']).filter(|it| !it.0.is_empty());
        rest = after.trim_start();
        match named {
            Some((name, "")) if after.starts_with('"') => {
                let (value, left) = after[1..].split_once('"').unwrap_or((&after[1..], ""));
                found.push(Piece::Operator(name.to_lowercase(), value.trim().to_owned()));
                rest = left.trim_start();
            }
            Some((name, value)) if !value.is_empty() => found.push(Piece::Operator(name.to_lowercase(), value.to_owned())),
            _ => found.push(Piece::Word(word.to_owned())),
        }
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn operators_phrases_and_words_are_told_apart() {
        let query = SearchQuery::read("object:商机  产线 owner:\"林 芳\" “二期 改造” is:open");
        assert_eq!((query.words.as_str(), query.object.as_deref(), query.owner.as_deref()), ("产线 二期 改造", Some("商机"), Some("林 芳")));
        assert_eq!((query.state, query.phrases), (Some(State::Open), vec!["二期 改造".to_owned()]));
        let chinese = SearchQuery::read("对象：客户 负责人：我 状态：未完成");
        assert_eq!((chinese.object.as_deref(), chinese.owner.as_deref(), chinese.state), (Some("客户"), Some("我"), Some(State::Open)));
        assert!(chinese.words.is_empty() && !chinese.is_empty());
    }

    #[test]
    fn what_is_no_operator_is_words() {
        for text in ["https://xinghe.example", "is:blue", "12:30", ":x", "x:", "比例1：2"] {
            let query = SearchQuery::read(text);
            assert_eq!(
                (query.words.as_str(), query.object, query.owner, query.state),
                (text.replace('：', ":").as_str(), None, None, None),
                "{text}"
            );
        }
        assert!(SearchQuery::read(" \"\" \" ").is_empty());
        assert_eq!(SearchQuery::read("\"open end").phrases, ["open end"]);
        assert_eq!(SearchQuery::read(&"\"a\"".repeat(9)).phrases.len(), MAX_PHRASES);
    }

    #[test]
    fn values_cannot_leave_their_quotes() {
        assert_eq!(literal("a\" || true || \"\\\n"), "\"a\\\" || true || \\\"\\\\\\n\"");
    }
}
