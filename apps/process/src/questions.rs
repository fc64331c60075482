//! What a step asks beside fields of the record, and whether an answer is one.

use guanxi_kernel::FieldError;
use guanxi_kernel::schema::Label;
use jiff::civil::Date;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

/// Most questions of one step.
const MOST: usize = 40;
/// Most choices of one question.
const MOST_OPTIONS: usize = 100;
/// Longest short answer, and longest long one, in characters.
const SHORT: usize = 500;
const LONG: usize = 10_000;
/// Longest answers of one step as JSON, in bytes.
const MOST_BYTES: usize = 60_000;
/// Types of answers.
const TYPES: [&str; 7] = ["text", "long_text", "number", "decimal", "boolean", "date", "select"];

/// A question.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Question {
    /// By which its answer is kept.
    pub name: String,
    /// What an answer is.
    #[serde(rename = "type")]
    pub kind: String,
    /// How it is asked.
    pub label: Label,
    /// Whether the step is done only with an answer.
    #[serde(default)]
    pub required: bool,
    /// What there is to choose from.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub options: Vec<Choice>,
}

/// A choice.
#[derive(Debug, Clone, PartialEq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Choice {
    /// As it is kept.
    pub value: String,
    /// As it is shown.
    pub label: Label,
}

fn is_name(name: &str) -> bool {
    let mut letters = name.chars();
    letters.next().is_some_and(|it| it.is_ascii_lowercase())
        && name.len() <= 40
        && letters.all(|it| it.is_ascii_lowercase() || it.is_ascii_digit() || it == '_')
}

/// Reads the questions of a step.
///
/// # Errors
/// What is wrong with them.
pub fn read_questions(json: &Json) -> Result<Vec<Question>, Label> {
    if json.is_null() {
        return Ok(Vec::new());
    }
    let questions: Vec<Question> = serde_json::from_value(json.clone()).map_err(|error| {
        let wrong = error.to_string();
        Label::new(
            format!("不是问题的列表，每个问题要有 name、type、label：{wrong}"),
            format!("is no list of questions, each with name, type and label: {wrong}"),
        )
    })?;
    if questions.len() > MOST {
        return Err(Label::new(format!("最多{MOST}个问题"), format!("at most {MOST} questions")));
    }
    for (number, question) in questions.iter().enumerate() {
        problem_of(question, questions.iter().take(number).any(|it| it.name == question.name)).map_or(Ok(()), Err)?;
    }
    Ok(questions)
}

fn problem_of(question: &Question, again: bool) -> Option<Label> {
    let Question { name, kind, label, options, .. } = question;
    let shown: String = name.chars().take(40).collect();
    let say = |zh: &str, en: &str| Some(Label::new(format!("问题“{shown}”：{zh}"), format!("question `{shown}`: {en}")));
    if !is_name(name) {
        return say("名称应为小写字母开头的字母、数字和下划线，最多40个", "its name must be lower case letters, digits and _, 40 at most");
    }
    if again {
        return say("名称重复", "its name is there twice");
    }
    if !TYPES.contains(&kind.as_str()) {
        return say(
            "类型应为 text、long_text、number、decimal、boolean、date、select",
            "its type must be one of text, long_text, number, decimal, boolean, date, select",
        );
    }
    if label.zh_cn.trim().is_empty() && label.en.trim().is_empty() {
        return say("没有写问什么", "it does not say what is asked");
    }
    let mut seen = std::collections::BTreeSet::new();
    let fine = options.iter().all(|it| !it.value.trim().is_empty() && seen.insert(it.value.as_str())) && options.len() <= MOST_OPTIONS;
    if (kind == "select") == options.is_empty() || !fine {
        return say("单选要有选项，选项的值不能重复，其他类型没有选项", "a select needs choices with different values, others have none");
    }
    None
}

/// Answers as they are kept: those given, beside those there are. Null takes an answer away.
///
/// # Errors
/// A problem for each that is none, by `answers.NAME`.
pub fn take_answers(questions: &[Question], before: &Json, given: &Json) -> Result<Json, Vec<FieldError>> {
    let mut answers = before.as_object().cloned().unwrap_or_default();
    let none = Map::new();
    let given = match given {
        Json::Null => &none,
        Json::Object(members) => members,
        _ => {
            return Err(vec![FieldError::new("answers", "wrong_type", "应为名称和回答的对象", "must be an object of names and answers")]);
        }
    };
    let mut problems = Vec::new();
    for (name, answer) in given {
        let place = format!("answers.{}", name.chars().take(40).collect::<String>());
        let Some(question) = questions.iter().find(|it| it.name == *name) else {
            problems.push(FieldError::new(place, "unknown_field", "这一步没有这个问题", "this step asks no such question"));
            continue;
        };
        if answer.is_null() || answer.as_str().is_some_and(|it| it.trim().is_empty()) {
            answers.remove(name);
            continue;
        }
        match answer_of(question, answer) {
            Ok(answer) => drop(answers.insert(name.clone(), answer)),
            Err((code, problem)) => problems.push(FieldError::new(place, code, problem.zh_cn, problem.en)),
        }
    }
    if problems.is_empty() && Json::Object(answers.clone()).to_string().len() > MOST_BYTES {
        problems.push(FieldError::new(
            "answers",
            "too_long",
            "回答太长，请缩短或放进附件",
            "the answers are too long; shorten them or attach a file",
        ));
    }
    if problems.is_empty() { Ok(Json::Object(answers)) } else { Err(problems) }
}

fn answer_of(question: &Question, answer: &Json) -> Result<Json, (&'static str, Label)> {
    let wrong = |zh: &str, en: &str| Err(("wrong_type", Label::new(zh, en)));
    let text = answer.as_str().map(str::trim);
    match question.kind.as_str() {
        "text" | "long_text" => {
            let most = if question.kind == "text" { SHORT } else { LONG };
            match text {
                Some(text) if text.chars().count() > most => {
                    Err(("too_long", Label::new(format!("最多{most}个字符"), format!("at most {most} characters"))))
                }
                Some(text) => Ok(json!(text)),
                None => wrong("应为文字", "must be text"),
            }
        }
        "number" => match answer.as_i64().or_else(|| text.and_then(|it| it.parse().ok())) {
            Some(number) => Ok(json!(number)),
            None => wrong("应为整数", "must be a whole number"),
        },
        "decimal" => {
            let digits = text.map_or_else(|| if answer.is_number() { answer.to_string() } else { String::new() }, str::to_owned);
            if is_decimal(&digits) { Ok(json!(digits)) } else { wrong("应为数字，如 12.50", "must be a number such as 12.50") }
        }
        "boolean" => answer.as_bool().map_or_else(|| wrong("应为是或否", "must be true or false"), |it| Ok(json!(it))),
        "date" => match text.and_then(|it| it.parse::<Date>().ok()) {
            Some(date) => Ok(json!(date.to_string())),
            None => wrong("应为日期，如 2026-12-31", "must be a day such as 2026-12-31"),
        },
        _ => match text.filter(|it| question.options.iter().any(|option| option.value == *it)) {
            Some(choice) => Ok(json!(choice)),
            None => Err(("bad_option", Label::new("没有这个选项", "there is no such choice"))),
        },
    }
}

fn is_decimal(text: &str) -> bool {
    let digits = text.strip_prefix('-').unwrap_or(text);
    let (whole, part) = digits.split_once('.').unwrap_or((digits, "0"));
    let all = |it: &str| !it.is_empty() && it.bytes().all(|it| it.is_ascii_digit());
    all(whole) && all(part) && digits.len() <= 30
}

/// What is still to be answered.
pub fn unanswered<'q>(questions: &'q [Question], answers: &Json) -> Vec<&'q Question> {
    questions.iter().filter(|it| it.required && answers.get(&it.name).is_none_or(Json::is_null)).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    fn questions() -> Vec<Question> {
        let label = json!({ "zh-CN": "问", "en": "asked" });
        let all = json!([
            { "name": "plan", "type": "text", "label": label, "required": true },
            { "name": "budget", "type": "decimal", "label": label },
            { "name": "day", "type": "date", "label": label },
            { "name": "fit", "type": "select", "label": label, "options": [{ "value": "good", "label": label }] },
        ]);
        read_questions(&all).unwrap_or_default()
    }

    #[test]
    fn answers_are_taken_by_their_type() {
        let given = json!({ "plan": " 线下沙龙 ", "budget": 1200.5, "day": "2026-12-31", "fit": "good" });
        let kept = take_answers(&questions(), &Json::Null, &given);
        assert_eq!(kept, Ok(json!({ "plan": "线下沙龙", "budget": "1200.5", "day": "2026-12-31", "fit": "good" })));
        let wrong = json!({ "plan": 1, "budget": "1e9", "day": "2026-02-30", "fit": "bad", "other": 1 });
        let problems = take_answers(&questions(), &Json::Null, &wrong).err().unwrap_or_default();
        let mut names: Vec<_> = problems.iter().map(|it| format!("{} {}", it.field, it.code)).collect();
        names.sort();
        assert_eq!(
            names,
            [
                "answers.budget wrong_type",
                "answers.day wrong_type",
                "answers.fit bad_option",
                "answers.other unknown_field",
                "answers.plan wrong_type"
            ]
        );
    }

    #[test]
    fn what_is_required_and_empty_is_unanswered() {
        let kept = take_answers(&questions(), &json!({ "plan": "有" }), &json!({ "plan": "" })).unwrap_or_default();
        assert_eq!(unanswered(&questions(), &kept).len(), 1);
    }

    #[test]
    fn questions_that_are_none_are_told() {
        let label = json!({ "zh-CN": "问", "en": "" });
        for wrong in [
            json!("x"),
            json!([{ "name": "A b", "type": "text", "label": label }]),
            json!([{ "name": "a", "type": "file", "label": label }]),
            json!([{ "name": "a", "type": "select", "label": label }]),
            json!([{ "name": "a", "type": "text", "label": label }, { "name": "a", "type": "text", "label": label }]),
        ] {
            assert!(read_questions(&wrong).is_err(), "{wrong}");
        }
    }
}
