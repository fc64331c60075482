//! `GET /search`: records of all objects by words.

use guanxi_kernel::context::Locale;
use guanxi_kernel::search::{self, SearchQuery};
use guanxi_kernel::store::StoreExt as _;
use guanxi_text::search_tokens::has_too_few_digits;
use schemars::JsonSchema;
use serde::Serialize;
use uuid::Uuid;

use crate::errors::{ApiError, ApiFailure};
use crate::http::{Answer, Caller, Query};

/// Longest query in characters.
const MAX_QUERY: usize = 200;

/// A record found.
#[derive(Serialize, JsonSchema)]
pub struct SearchHit {
    /// Its object.
    object: String,
    /// Its id.
    id: Uuid,
    /// Its title.
    label: String,
    /// A second fact that tells it from others of the same title.
    subtitle: String,
    /// The field of that fact.
    #[serde(skip_serializing_if = "Option::is_none")]
    subtitle_field: Option<String>,
    /// Where it was found, in fields the caller sees whole: the title, the second fact, others as far as they add something.
    matched: Vec<MatchedField>,
    /// Whether it has only what was nearly typed.
    typo: bool,
    /// The record it stands on, where it has no page of its own: a comment, a file.
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<FoundOn>,
}

/// A field in which something was found.
#[derive(Serialize, JsonSchema)]
pub struct MatchedField {
    /// Its name; `text` of a file is what it says.
    field: String,
    /// Its text; of a long one, the part around what was found.
    text: String,
    /// From and to where in the text, in units of UTF-16; in order and apart.
    ranges: Vec<[usize; 2]>,
}

/// Something worth knowing about the search.
#[derive(Serialize, JsonSchema)]
pub struct SearchHint {
    /// `few_digits`: by fewer than three digits no number is found by its middle or end.
    code: &'static str,
    /// The same for people.
    message: String,
}

/// A record that something found stands on.
#[derive(Serialize, JsonSchema)]
pub struct FoundOn {
    /// Its object.
    object: String,
    /// Its id.
    id: Uuid,
}

/// What was found.
#[derive(Serialize, JsonSchema)]
pub struct SearchAnswer {
    /// The best of each object.
    items: Vec<SearchHit>,
    /// Whether there are more.
    more: bool,
    /// Why something may not be found.
    #[serde(skip_serializing_if = "Option::is_none")]
    hint: Option<SearchHint>,
}

fn hit(it: search::Hit) -> SearchHit {
    let matched = |it: search::Matched| MatchedField { field: it.field, text: it.text, ranges: it.ranges.into_iter().map(Into::into).collect() };
    SearchHit {
        on: it.on.map(|(object, id)| FoundOn { object, id }),
        object: it.object,
        id: it.id,
        label: it.label,
        subtitle: it.subtitle,
        subtitle_field: it.subtitle_field,
        matched: it.matched.into_iter().map(matched).collect(),
        typo: it.typo,
    }
}

/// Of one or two digits: what is found by them and what is not.
fn few_digits(words: &str, locale: Locale) -> Option<SearchHint> {
    let message = match locale {
        Locale::ZhCn => "电话和编号需输入至少 3 位数字，才能按中间或末尾查找",
        Locale::En => "enter at least 3 digits to find a phone or other number by its middle or end",
    };
    has_too_few_digits(&SearchQuery::read(words).words).then(|| SearchHint { code: "few_digits", message: message.to_owned() })
}

/// Searches.
pub async fn search(caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    let words = query.text("q").unwrap_or_default();
    let objects = query.list("objects");
    let limit = u64::from(query.limit(8, 50)?);
    query.finish()?;
    if words.chars().count() > MAX_QUERY {
        return Err(ApiError::bad("bad_request", "q", "搜索内容过长", "the query is too long").into());
    }
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let (hits, more) = context.workspace.store.read_with(|tx| search::search(context, tx, &words, objects.as_deref(), limit))?;
            Answer::json(&SearchAnswer { items: hits.into_iter().map(hit).collect(), more, hint: few_digits(&words, context.locale) })
        })
        .await
}
