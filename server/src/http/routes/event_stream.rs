//! `GET /events/stream`: the feed as server-sent events. Rights are worked out anew for every delivery; the stream ends
//! with the session.

use std::convert::Infallible;
use std::sync::Arc;
use std::time::Duration;

use axum::extract::State;
use axum::http::HeaderMap;
use axum::response::sse::{Event, KeepAlive, Sse};
use axum::response::{IntoResponse as _, Response};
use futures_util::stream;
use guanxi_kernel::events::head;
use guanxi_kernel::store::StoreExt as _;

use super::events::{MAX_EVENTS, page};
use crate::errors::ApiFailure;
use crate::http::parts::ToldEvent;
use crate::http::streams::Place;
use crate::http::{Caller, Query, Shared};

/// Looks this often even without news: for news of other nodes, and for sessions that ended.
const LOOK: Duration = Duration::from_secs(5);

/// Streams.
pub async fn stream(State(app): State<Shared>, caller: Caller, query: Query, headers: HeaderMap) -> Result<Response, ApiFailure> {
    let resumed = headers.get("last-event-id").and_then(|it| it.to_str().ok()).and_then(|it| it.parse::<i64>().ok());
    let after = query.value::<i64>("after")?;
    let objects = query.list("objects");
    query.finish()?;
    // It stays open: not for the pages of other sites, even where they could not read it.
    caller.require_own_origin()?;
    let streams = app.streams.clone();
    let (place, from) = caller
        .clone()
        .call(move |signed_in| {
            let place = streams.take(&signed_in.context)?;
            let from = match resumed.or(after) {
                Some(after) => after,
                None => signed_in.context.workspace.store.read_with(|tx| head(tx))?,
            };
            Ok((place, from))
        })
        .await?;
    let state = Streaming {
        news: app.news.subscribe(),
        app,
        caller: caller.watching(),
        after: from,
        objects: objects.map(Arc::new),
        waiting: Vec::new(),
        _place: place,
    };
    let events = stream::unfold(state, |mut state| async move { state.next().await.map(|event| (Ok::<_, Infallible>(event), state)) });
    Ok(Sse::new(events).keep_alive(KeepAlive::new().interval(Duration::from_secs(15))).into_response())
}

struct Streaming {
    app: Shared,
    caller: Caller,
    after: i64,
    objects: Option<Arc<Vec<String>>>,
    news: tokio::sync::watch::Receiver<u64>,
    /// Read and not yet sent, last first.
    waiting: Vec<ToldEvent>,
    _place: Place,
}

impl Streaming {
    /// The next event to send; `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some(event) = self.waiting.pop() {
                // An event that could not be written would be a fault of the program; the stream ends rather than skip it.
                let data = serde_json::to_string(&event).ok()?;
                return Some(Event::default().event("change").id(event.seq.to_string()).data(data));
            }
            // Marked as seen before reading, so that news during the reading wake us at once.
            self.news.borrow_and_update();
            if self.read().await? {
                continue;
            }
            tokio::select! {
                changed = self.news.changed() => changed.ok()?,
                () = tokio::time::sleep(LOOK) => {}
                () = self.app.shutdown.wait() => return None,
            }
        }
    }

    /// Reads on; answers whether there was anything, `None` where the caller may no longer.
    async fn read(&mut self) -> Option<bool> {
        let (after, objects) = (self.after, self.objects.clone());
        let answer = self
            .caller
            .clone()
            .call(move |signed_in| Ok(page(&signed_in.context, after, u64::from(MAX_EVENTS), objects.as_ref().map(|it| it.as_slice()))?))
            .await;
        let (page, mut items) = answer.ok()?;
        let moved = page.next > self.after;
        self.after = page.next;
        items.reverse();
        self.waiting = items;
        Some(moved)
    }
}
