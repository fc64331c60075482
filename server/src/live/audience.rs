//! Events on their way to those who may see them: read once for all who see the same, and written as JSON once.

use std::collections::{BTreeSet, HashMap};
use std::sync::{Arc, OnceLock};

use guanxi_kernel::Result;
use guanxi_kernel::access::Place;
use guanxi_kernel::context::Context;
use guanxi_kernel::events::{Event, visible};
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::schema::{FieldKind, Object, Schema};
use guanxi_kernel::store::StoreExt as _;
use tokio_tungstenite::tungstenite::Utf8Bytes;

use crate::http::Titles;

/// Most events of one message.
const MOST_TOLD: usize = 200;

/// An event as some callers may see it.
#[derive(Debug, Clone)]
pub struct Told {
    /// Its place in the order.
    pub seq: i64,
    /// An `Event` as JSON.
    pub json: Arc<str>,
}

/// Events for those who see the same of them and want the same of them.
#[derive(Debug)]
pub struct Batch {
    /// All up to here that they want has been told with this.
    pub seq: i64,
    /// In their order.
    pub events: Vec<Told>,
    message: OnceLock<Utf8Bytes>,
}

impl Batch {
    /// As one message of the socket.
    pub fn message(&self) -> Utf8Bytes {
        let write = || {
            let events: Vec<&str> = self.events.iter().map(|it| &*it.json).collect();
            Utf8Bytes::from(format!("{{\"type\":\"events\",\"seq\":{},\"events\":[{}]}}", self.seq, events.join(",")))
        };
        self.message.get_or_init(write).clone()
    }
}

/// Events in batches of bounded size; the last one says how far all of it reaches.
pub fn batches(events: Vec<Told>, seq: i64) -> Vec<Arc<Batch>> {
    let count = events.len().div_ceil(MOST_TOLD);
    let parts = events.chunks(MOST_TOLD).enumerate();
    let batch = |(at, part): (usize, &[Told])| {
        let reaches = if at + 1 == count { seq } else { part.last().map_or(seq, |it| it.seq) };
        Arc::new(Batch { seq: reaches, events: part.to_vec(), message: OnceLock::new() })
    };
    parts.map(batch).collect()
}

/// What a caller may see of some events, by their places among them, as it is now. Goes the way of the feed: the same
/// rights on rows and fields, the same names.
///
/// # Errors
/// Fails where the database does, or a value cannot be JSON, which would be a fault of the program.
pub fn told(context: &Context, events: &[(usize, Event)]) -> Result<HashMap<usize, Told>> {
    let places: HashMap<i64, usize> = events.iter().map(|(at, event)| (event.seq, *at)).collect();
    let all: Vec<Event> = events.iter().map(|it| it.1.clone()).collect();
    let told = context.workspace.store.read_with(|tx| {
        let seen = visible(context, tx, all.clone(), Place::List)?;
        Titles::told(context, tx, &seen)
    })?;
    let mut found = HashMap::with_capacity(told.len());
    for event in told {
        let json = serde_json::to_string(&event).map_err(|error| guanxi_kernel::KernelError::Internal(format!("an event: {error}")))?;
        if let Some(at) = places.get(&event.seq) {
            found.insert(*at, Told { seq: event.seq, json: json.into() });
        }
    }
    Ok(found)
}

/// The objects whose rights decide what is seen of some events: their own, those they name, and members, who did it all.
pub fn objects_of(schema: &Schema, events: &[Event]) -> Vec<Arc<Object>> {
    let mut names: BTreeSet<&str> = BTreeSet::from([MEMBER_OBJECT]);
    for event in events {
        let Some(object) = schema.object(&event.object) else { continue };
        names.insert(&object.name);
        let changed = || event.changes.keys().filter_map(|it| object.field(it));
        names.extend(changed().filter_map(|it| it.target.as_deref()));
        if changed().any(|it| it.definition.kind == FieldKind::Record) {
            // It may name a record of any object, with its title.
            names.extend(schema.objects.keys().map(String::as_str));
        }
    }
    names.into_iter().filter_map(|it| schema.object(it)).cloned().collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_batch_is_bounded_and_the_last_one_reaches_to_the_end() {
        let told = |seq: i64| Told { seq, json: format!("{{\"seq\":{seq}}}").into() };
        let parts = batches((1..=401).map(told).collect(), 450);
        assert_eq!(parts.iter().map(|it| (it.events.len(), it.seq)).collect::<Vec<_>>(), [(200, 200), (200, 400), (1, 450)]);
        assert_eq!(parts[2].message().as_str(), r#"{"type":"events","seq":450,"events":[{"seq":401}]}"#);
        assert!(batches(Vec::new(), 450).is_empty());
    }
}
