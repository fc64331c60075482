//! Changing the settings of a workspace: what of them an administrator may set, and what is wrong with it.

use std::sync::Arc;

use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json};

use crate::context::Context;
use crate::error::{FieldError, KernelError, Result};
use crate::fields::is_currency;
use crate::workspace::Settings;

/// Longest company name in characters.
const MAX_NAME: usize = 200;

/// Changes the settings named: `name`, `currency`, `region`, `time_zone`. Answers them all as they are now.
///
/// # Errors
/// Forbidden to callers who are not administrators; every problem at once, by the name of the setting.
pub fn change_settings(context: &Context, values: Map<String, Json>) -> Result<Arc<Settings>> {
    context.access.require_administrator()?;
    context.workspace.update_settings(context, move |before| changed(before, &values))
}

fn changed(before: &Settings, values: &Map<String, Json>) -> Result<Settings> {
    let mut settings = before.clone();
    let mut problems = Vec::new();
    for (key, json) in values {
        let Some(place) = place(&mut settings, key) else {
            let message = crate::schema::Label::new(format!("没有设置项“{key}”"), format!("there is no setting `{key}`"));
            return Err(KernelError::BadRequest { code: "unknown_field", message, field: Some(key.clone()), position: None });
        };
        match json.as_str() {
            Some(text) => match check(key, text.trim()) {
                None => text.trim().clone_into(place),
                Some(problem) => problems.push(problem),
            },
            None => problems.push(FieldError::new(key.as_str(), "wrong_type", "应为文本", "must be text")),
        }
    }
    if problems.is_empty() { Ok(settings) } else { Err(KernelError::Invalid(problems)) }
}

fn place<'s>(settings: &'s mut Settings, key: &str) -> Option<&'s mut String> {
    match key {
        "name" => Some(&mut settings.name),
        "currency" => Some(&mut settings.currency),
        "region" => Some(&mut settings.region),
        "time_zone" => Some(&mut settings.time_zone),
        _ => None,
    }
}

fn check(key: &str, text: &str) -> Option<FieldError> {
    let problem = |code, zh_cn: &str, en: &str| Some(FieldError::new(key, code, zh_cn, en));
    match key {
        "name" if text.is_empty() => problem("required", "请填写企业名称", "the company needs a name"),
        "name" if text.chars().count() > MAX_NAME => problem("too_long", "最多200个字符", "at most 200 characters"),
        "name" if text.chars().any(char::is_control) => problem("bad_format", "不能含有控制字符", "must not hold control characters"),
        "currency" if !is_currency(text) => {
            problem("bad_option", "没有这种货币，请填写 ISO 4217 代码，如 CNY", "there is no such currency; give an ISO 4217 code such as CNY")
        }
        "region" if !guanxi_text::phone::is_region(text) => problem(
            "bad_option",
            "没有这个国家或地区，请填写 ISO 3166 两位代码，如 CN",
            "there is no such country or region; give an ISO 3166 code of two letters such as CN",
        ),
        "time_zone" if TimeZone::get(text).is_err() => problem(
            "bad_option",
            "没有这个时区，请填写 IANA 名称，如 Asia/Shanghai",
            "there is no such time zone; give an IANA name such as Asia/Shanghai",
        ),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn change(values: Json) -> Result<Settings> {
        changed(&Settings { name: "星河".into(), ..Settings::default() }, values.as_object().expect("an object"))
    }

    fn problems(values: Json) -> Vec<(String, &'static str)> {
        match change(values) {
            Err(KernelError::Invalid(problems)) => problems.into_iter().map(|it| (it.field, it.code)).collect(),
            other => panic!("{other:?}"),
        }
    }

    #[test]
    fn only_what_is_named_changes() {
        let after = change(json!({ "name": " 星河智能 ", "currency": "USD" })).expect("settings");
        assert_eq!((after.name.as_str(), after.currency.as_str(), after.region.as_str()), ("星河智能", "USD", "CN"));
        assert_eq!(change(json!({})).expect("settings").name, "星河");
    }

    #[test]
    fn every_problem_names_its_setting() {
        let all = problems(json!({ "name": " ", "currency": "RMB", "region": "cn", "time_zone": "Mars/Olympus" }));
        assert_eq!(all.len(), 4);
        for (field, code) in [("name", "required"), ("currency", "bad_option"), ("region", "bad_option"), ("time_zone", "bad_option")] {
            assert!(all.contains(&(field.to_owned(), code)), "{field}: {all:?}");
        }
        assert_eq!(problems(json!({ "name": "星".repeat(201) })), [("name".to_owned(), "too_long")]);
        assert_eq!(problems(json!({ "name": "a\nb" })), [("name".to_owned(), "bad_format")]);
        assert_eq!(problems(json!({ "region": null })), [("region".to_owned(), "wrong_type")]);
        let demo = change(json!({ "demo": false }));
        assert!(matches!(demo, Err(KernelError::BadRequest { code: "unknown_field", .. })), "{demo:?}");
    }
}
