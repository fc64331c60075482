//! `GET /events`: what happened, as far as the caller may see it, in order and for ever resumable.

use guanxi_kernel::Result;
use guanxi_kernel::context::Context;
use guanxi_kernel::events::{FeedPage, feed};
use guanxi_kernel::store::StoreExt as _;
use schemars::JsonSchema;
use serde::Serialize;

use crate::errors::ApiFailure;
use crate::http::parts::ToldEvent;
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query};

/// Most log entries read at once.
pub const MAX_EVENTS: u32 = 500;

/// A page of the feed.
#[derive(Serialize, JsonSchema)]
#[schemars(inline)]
pub struct EventPage {
    /// In their order.
    items: Vec<ToldEvent>,
    /// `after` of the next page.
    next: i64,
    /// The last event there is, whether the caller may see it or not.
    head: i64,
}

/// One page of the feed.
pub async fn events(caller: Caller, query: Query) -> std::result::Result<Answer, ApiFailure> {
    let after = query.value::<i64>("after")?.unwrap_or(0);
    let limit = u64::from(query.limit(100, MAX_EVENTS)?);
    let objects = query.list("objects");
    query.finish()?;
    caller
        .call(move |signed_in| {
            let (page, items) = page(&signed_in.context, after, limit, objects.as_deref())?;
            Answer::json(&EventPage { items, next: page.next, head: page.head })
        })
        .await
}

/// A page of the feed and its events in their JSON form.
///
/// # Errors
/// Fails where the database does.
pub fn page(context: &Context, after: i64, limit: u64, objects: Option<&[String]>) -> Result<(FeedPage, Vec<ToldEvent>)> {
    context.workspace.store.read_with(|tx| {
        let page = feed(context, tx, after, limit, objects)?;
        let items = Titles::told(context, tx, &page.events)?;
        Ok((page, items))
    })
}
