//! `GET /divisions`: provinces, cities, districts and streets of China, for pickers of addresses.

use std::time::Duration;

use axum::http::{HeaderValue, header};
use axum::response::{IntoResponse as _, Response};
use guanxi_kernel::KernelError;
use guanxi_text::divisions::{self, Level, below};
use guanxi_text::pinyin;
use schemars::JsonSchema;
use serde::Serialize;

use crate::errors::{ApiError, ApiFailure};
use crate::http::parts::Items;
use crate::http::{Answer, Caller, Query};

/// How long an answer may be used again: divisions change with a release.
const FRESH: Duration = Duration::from_hours(24);
/// Levels above streets.
const MAX_DEPTH: u64 = 3;
/// Names of the levels, from the country down.
const LEVELS: [&str; 4] = ["province", "city", "district", "street"];

/// A part of China.
#[derive(Serialize, JsonSchema)]
pub struct Division {
    /// Official code: 2, 4, 6 or 9 digits.
    code: &'static str,
    /// Name.
    name: &'static str,
    /// How deep it stands.
    #[schemars(extend("enum" = LEVELS))]
    level: &'static str,
    /// Syllables of the name, separated by spaces.
    pinyin: String,
    /// What stands directly below, as deep as was asked for.
    #[serde(skip_serializing_if = "Option::is_none")]
    items: Option<Vec<Self>>,
}

/// The divisions below one.
pub async fn list(caller: Caller, query: Query) -> Result<Response, ApiFailure> {
    let parent = query.text("parent");
    let depth = query.value("depth")?.unwrap_or(1);
    query.finish()?;
    if !(1..=MAX_DEPTH).contains(&depth) {
        let (zh_cn, en) = (format!("应为1到{MAX_DEPTH}"), format!("must be 1 to {MAX_DEPTH}"));
        return Err(ApiError::bad("bad_request", "depth", zh_cn, en).into());
    }
    let answer = caller
        .call(move |_| {
            let (level, divisions) = below(parent.as_deref()).ok_or(ApiError::Kernel(KernelError::NotFound))?;
            Answer::json(&Items { items: divisions.iter().map(|it| told(it, level, depth)).collect() })
        })
        .await?;
    let mut response = answer.into_response();
    if let Ok(value) = HeaderValue::from_str(&format!("private, max-age={}", FRESH.as_secs())) {
        response.headers_mut().insert(header::CACHE_CONTROL, value);
    }
    Ok(response)
}

fn told(division: &divisions::Division, level: Level, depth: u64) -> Division {
    // There are forty thousand streets: they are told of one district at a time.
    let deeper = if depth > 1 { below(Some(division.code)).filter(|it| it.0 != Level::Street) } else { None };
    Division {
        code: division.code,
        name: division.name,
        level: match level {
            Level::Province => LEVELS[0],
            Level::City => LEVELS[1],
            Level::District => LEVELS[2],
            Level::Street => LEVELS[3],
        },
        pinyin: pinyin::syllables(division.name).join(" "),
        items: deeper.map(|(level, divisions)| divisions.iter().map(|it| told(it, level, depth - 1)).collect()),
    }
}
