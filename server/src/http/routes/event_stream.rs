//! `GET /events/stream`: the feed as server-sent events, for those whom the socket does not reach. What was before comes
//! from the log, page by page; from there on the hub hands it on. The stream ends with the session.

use std::collections::VecDeque;
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
use tokio::sync::mpsc::Receiver;

use super::events::{MAX_EVENTS, page};
use crate::errors::{ApiError, ApiFailure};
use crate::http::streams::Place;
use crate::http::{Caller, Query, Shared};
use crate::live::{Interest, Out, Ticket, Watch};

/// Streams.
pub async fn stream(State(app): State<Shared>, caller: Caller, query: Query, headers: HeaderMap) -> Result<Response, ApiFailure> {
    let resumed = headers.get("last-event-id").and_then(|it| it.to_str().ok()).and_then(|it| it.parse::<i64>().ok());
    let after = query.value::<i64>("after")?;
    let objects = query.list("objects");
    query.finish()?;
    // It stays open: not for the pages of other sites, even where they could not read it.
    caller.require_own_origin()?;
    let streams = app.streams.clone();
    let (place, from, context) = caller
        .clone()
        .call(move |signed_in| {
            let place = streams.take(&signed_in.context)?;
            let from = match resumed.or(after) {
                Some(after) => after,
                None => signed_in.context.workspace.store.read_with(|tx| head(tx))?,
            };
            Ok((place, from, signed_in.context.clone()))
        })
        .await?;
    let hub = app.live.of(&caller.workspace.id).ok_or_else(ApiError::busy)?;
    let caller = caller.watching();
    let (ticket, messages) = hub.join(caller.clone(), context);
    let state = Streaming {
        app,
        caller,
        after: from,
        objects: objects.map(Arc::new),
        waiting: VecDeque::new(),
        ticket,
        messages,
        live: false,
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
    /// Read and not yet sent: sequence and JSON.
    waiting: VecDeque<(i64, Arc<str>)>,
    ticket: Ticket,
    messages: Receiver<Out>,
    /// Whether the hub hands it what happens.
    live: bool,
    _place: Place,
}

impl Streaming {
    /// The next event to send; `None` ends the stream.
    async fn next(&mut self) -> Option<Event> {
        loop {
            if let Some((seq, json)) = self.waiting.pop_front() {
                return Some(Event::default().event("change").id(seq.to_string()).data(json));
            }
            if self.live {
                self.hear().await?;
            } else if !self.read().await? {
                let interest = Interest::of_objects(self.objects.as_deref().cloned());
                self.ticket.watch(Watch { interest, after: Some(self.after), age: None });
                self.live = true;
            }
        }
    }

    /// Takes what the hub hands on; `None` at the end.
    async fn hear(&mut self) -> Option<()> {
        tokio::select! {
            message = self.messages.recv() => match message? {
                Out::Batch(batch) => self.waiting.extend(batch.events.iter().map(|it| (it.seq, it.json.clone()))),
                // Too much happened between the last page and the watch: the client resumes page by page.
                Out::Close(_) | Out::Say(crate::live::ToClient::Reset { .. }) => return None,
                Out::Say(_) | Out::Text(_) => {}
            },
            () = self.app.shutdown.wait() => return None,
        }
        Some(())
    }

    /// Reads on in the log; answers whether there was anything, `None` where the caller may no longer.
    async fn read(&mut self) -> Option<bool> {
        let (after, objects) = (self.after, self.objects.clone());
        let answer = self
            .caller
            .clone()
            .call(move |signed_in| Ok(page(&signed_in.context, after, u64::from(MAX_EVENTS), objects.as_ref().map(|it| it.as_slice()))?))
            .await;
        let (page, items) = answer.ok()?;
        let moved = page.next > self.after;
        self.after = page.next;
        for event in items {
            // An event that could not be written would be a fault of the program; the stream ends rather than skip it.
            self.waiting.push_back((event.seq, serde_json::to_string(&event).ok()?.into()));
        }
        Some(moved)
    }
}
