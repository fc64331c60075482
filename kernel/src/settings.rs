//! Changing the settings of a workspace: what of them an administrator may set, and what is wrong with it.

use std::sync::Arc;

use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;

use crate::context::Context;
use crate::error::{FieldError, KernelError, Result};
use crate::fields::is_currency;
use crate::workspace::Settings;

/// Longest company name in characters.
const MAX_NAME: usize = 200;

/// What an administrator changes of the settings; what is absent stays.
#[derive(Debug, Clone, Default, Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "ChangedWorkspace")]
pub struct ChangedSettings {
    /// Name of the company, at most 200 characters.
    pub name: Option<String>,
    /// ISO 4217 code of amounts that name none.
    pub currency: Option<String>,
    /// ISO 3166 code of two letters, for national phone forms.
    pub region: Option<String>,
    /// IANA name; days of reports begin here.
    pub time_zone: Option<String>,
}

/// Changes the settings named. Answers them all as they are now.
///
/// # Errors
/// Forbidden to callers who are not administrators; every problem at once, by the name of the setting.
pub fn change_settings(context: &Context, values: ChangedSettings) -> Result<Arc<Settings>> {
    context.access.require_administrator()?;
    let workspace = &context.workspace;
    if values.currency.as_ref().is_some_and(|it| it.trim() != workspace.settings().currency) && !workspace.schema().rates.is_empty() {
        return Err(KernelError::invalid(
            "currency",
            "rule",
            "已有按当前币种填写的汇率，请先在“币种与汇率”中去掉，再更改币种",
            "there are rates in the present currency; remove them in Currencies first",
        ));
    }
    let settings = workspace.update_settings(context, move |before| changed(before, &values))?;
    crate::definition::keep_computed(workspace)?;
    Ok(settings)
}

fn changed(before: &Settings, values: &ChangedSettings) -> Result<Settings> {
    let mut settings = before.clone();
    let wanted = [
        ("name", &values.name, &mut settings.name),
        ("currency", &values.currency, &mut settings.currency),
        ("region", &values.region, &mut settings.region),
        ("time_zone", &values.time_zone, &mut settings.time_zone),
    ];
    let mut problems = Vec::new();
    for (key, value, place) in wanted {
        let Some(text) = value.as_deref().map(str::trim) else { continue };
        match check(key, text) {
            None => text.clone_into(place),
            Some(problem) => problems.push(problem),
        }
    }
    if problems.is_empty() { Ok(settings) } else { Err(KernelError::Invalid(problems)) }
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
    use serde_json::{Value as Json, json};

    fn change(values: Json) -> Result<Settings> {
        changed(&Settings { name: "星河".into(), ..Settings::default() }, &serde_json::from_value(values).expect("settings"))
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
    }
}
