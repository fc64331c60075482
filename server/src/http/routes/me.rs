//! `GET /me`, `PATCH /me`: the caller and what he sets for himself.

use std::collections::BTreeMap;

use guanxi_kernel::identity::{self, MEMBER_OBJECT};
use guanxi_kernel::schema::AnyJson;
use guanxi_kernel::write::run_unit;
use guanxi_kernel::{FieldError, KernelError};
use jiff::tz::TimeZone;
use schemars::JsonSchema;
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};

use super::me_json::{DENSITY, PREFERENCES, THEME, me_json};
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query, SignedIn};

/// Largest preferences in bytes.
const MAX_PREFERENCES: usize = 64 * 1024;

/// Languages of the interface.
pub const LOCALES: [&str; 2] = ["zh-CN", "en"];
/// Colours of the interface.
pub const THEMES: [&str; 3] = ["light", "dark", "system"];
/// How close things stand.
pub const DENSITIES: [&str; 2] = ["comfortable", "compact"];

/// Choices of what may be left out, and so be null.
pub fn or_null<const N: usize>(choices: [&'static str; N]) -> Vec<Option<&'static str>> {
    choices.into_iter().map(Some).chain([None]).collect()
}

/// Who am I?
pub async fn get(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller.call(|signed_in| Answer::json(&me_json(signed_in)?)).await
}

/// What a member changes of himself; what is absent stays.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct ChangedMe {
    /// Name.
    name: Option<String>,
    /// Language.
    #[schemars(extend("enum" = or_null(LOCALES)))]
    locale: Option<String>,
    /// IANA name.
    time_zone: Option<String>,
    /// Colours.
    #[schemars(extend("enum" = or_null(THEMES)))]
    theme: Option<String>,
    /// How close things stand.
    #[schemars(extend("enum" = or_null(DENSITIES)))]
    density: Option<String>,
    /// Whatever the web app wants to keep, 64 kB in all: entries named replace those of their name, null forgets one, the
    /// others stay.
    #[schemars(with = "Option<BTreeMap<String, AnyJson>>")]
    preferences: Option<Map<String, Json>>,
}

/// Changes what is the caller's own to change.
pub async fn change(caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let again = caller.clone();
    caller.write(body, |signed_in, body| apply(signed_in, body.read()?)).await?;
    // Read anew: name and language may be others now.
    again.call(|signed_in| Answer::json(&me_json(signed_in)?)).await
}

fn apply(signed_in: &SignedIn, change: ChangedMe) -> Result<Answer, ApiError> {
    check(&change)?;
    // Who somebody is and how he likes it is not a key's to change, however much else it may.
    signed_in.require_session()?;
    let context = &signed_in.context;
    let own = [("name", &change.name), ("locale", &change.locale), ("time_zone", &change.time_zone)];
    let values: Map<String, Json> = own.into_iter().filter_map(|(name, value)| Some((name.to_owned(), json!(value.as_ref()?)))).collect();
    if !values.is_empty() {
        let id = context.actor;
        run_unit(context, context.new_id(), "change_profile", Box::new(move |unit| unit.update_as_system(MEMBER_OBJECT, id, &values).map(|_| ())))?;
    }
    let ChangedMe { theme, density, preferences, .. } = change;
    if theme.is_some() || density.is_some() || preferences.is_some() {
        identity::change_preferences(context, move |stored| {
            for (key, value) in [(THEME, &theme), (DENSITY, &density)] {
                if let Some(value) = value {
                    stored.insert(key.into(), json!(value));
                }
            }
            preferences.as_ref().map_or(Ok(()), |it| merge(stored, it))
        })?;
    }
    Ok(Answer::empty())
}

/// Entries that are named replace what stands under their name, `null` forgets it, the others stay: two tabs that each
/// keep something do not undo each other.
fn merge(stored: &mut Map<String, Json>, changes: &Map<String, Json>) -> Result<(), KernelError> {
    let mut all = stored.get(PREFERENCES).and_then(Json::as_object).cloned().unwrap_or_default();
    for (key, value) in changes {
        if value.is_null() {
            all.remove(key);
        } else {
            all.insert(key.clone(), value.clone());
        }
    }
    let all = Json::Object(all);
    if all.to_string().len() > MAX_PREFERENCES {
        return Err(KernelError::invalid("preferences", "too_long", "偏好设置过大，上限64 kB", "preferences are limited to 64 kB"));
    }
    stored.insert(PREFERENCES.into(), all);
    Ok(())
}

fn check(change: &ChangedMe) -> Result<(), KernelError> {
    let mut problems = Vec::new();
    let mut check = |field: &str, value: &Option<String>, choices: &[&str]| {
        if value.as_deref().is_some_and(|it| !choices.contains(&it)) {
            let list = choices.join(", ");
            problems.push(FieldError::new(field, "bad_option", format!("可选值：{list}"), format!("one of {list}")));
        }
    };
    check("locale", &change.locale, &LOCALES);
    check("theme", &change.theme, &THEMES);
    check("density", &change.density, &DENSITIES);
    if change.time_zone.as_deref().is_some_and(|it| TimeZone::get(it).is_err()) {
        problems.push(FieldError::new("time_zone", "bad_option", "没有这个时区", "there is no such time zone"));
    }
    if problems.is_empty() { Ok(()) } else { Err(KernelError::Invalid(problems)) }
}
