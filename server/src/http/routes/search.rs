//! `GET /search`: records of all objects by words.

use guanxi_kernel::search;
use guanxi_kernel::store::StoreExt as _;
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
    /// The words asked for.
    matched: String,
    /// The record it stands on, where it has no page of its own: a comment.
    #[serde(skip_serializing_if = "Option::is_none")]
    on: Option<FoundOn>,
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
            let hit = |it: search::Hit| SearchHit {
                on: it.on.map(|(object, id)| FoundOn { object, id }),
                object: it.object,
                id: it.id,
                label: it.label,
                subtitle: it.subtitle,
                matched: words.clone(),
            };
            Answer::json(&SearchAnswer { items: hits.into_iter().map(hit).collect(), more })
        })
        .await
}
