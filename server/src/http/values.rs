//! Who acted, and what changed from what to what, with the names of what is referred to.

use std::collections::{BTreeMap, BTreeSet, HashMap};

use guanxi_kernel::Result;
use guanxi_kernel::access::{Place, Shown, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::events::Event;
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::read::load_records;
use guanxi_kernel::schema::{Field, Label};
use guanxi_kernel::store::ReadTx;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::parts::{Actor, Change, Reference, ToldEvent};

/// Names of records by object and id, as far as the caller may see them.
#[derive(Debug, Default)]
pub struct Titles {
    wanted: BTreeMap<String, BTreeSet<Uuid>>,
    known: HashMap<Uuid, String>,
}

impl Titles {
    /// Asks for a record's name.
    pub fn want(&mut self, object: &str, id: Uuid) {
        if !id.is_nil() {
            self.wanted.entry(object.to_owned()).or_default().insert(id);
        }
    }

    /// Asks for everyone and everything a list of events names.
    pub fn want_events(&mut self, context: &Context, events: &[Event]) {
        for event in events {
            self.want(MEMBER_OBJECT, event.actor);
            let Some(object) = context.schema.object(&event.object) else { continue };
            for (name, pair) in &event.changes {
                let Some((field, target)) = object.field(name).and_then(|it| Some((it, it.target.as_deref()?))) else { continue };
                for id in pair.as_array().into_iter().flatten().flat_map(|it| ids_in(field, it)) {
                    self.want(target, id);
                }
            }
        }
    }

    /// Looks up what was asked for.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn load(&mut self, context: &Context, tx: &mut dyn ReadTx) -> Result<()> {
        for (name, ids) in std::mem::take(&mut self.wanted) {
            let Some(object) = context.schema.object(&name) else { continue };
            let title = object.title_field();
            if context.access.shown(object, title, Place::List) == Shown::No {
                continue;
            }
            let ids: Vec<Uuid> = ids.into_iter().filter(|it| !self.known.contains_key(it)).collect();
            for record in load_records(context, tx, object, &ids, Verb::Read, true)? {
                self.known.insert(record.id(), record.text_for(context, title.name()).unwrap_or_default());
            }
        }
        Ok(())
    }

    /// A record by its name.
    pub fn reference(&self, id: Uuid) -> Reference {
        Reference { id, label: self.known.get(&id).cloned() }
    }

    /// Who acted: a member, or the system itself.
    pub fn actor(&self, context: &Context, id: Uuid) -> Actor {
        if id.is_nil() {
            return Actor { id: None, label: Some(context.locale.pick(&Label::new("系统", "System")).to_owned()) };
        }
        Actor { id: Some(id), label: self.known.get(&id).cloned() }
    }

    /// What an event changed, fields in the order of the object.
    pub fn changes(&self, context: &Context, event: &Event) -> Vec<Change> {
        let Some(object) = context.schema.object(&event.object) else { return Vec::new() };
        let named = |field: &&Field| event.changes.contains_key(field.name());
        object.fields.iter().filter(named).map(|field| self.change(field, event)).collect()
    }

    fn change(&self, field: &Field, event: &Event) -> Change {
        let pair = event.changes.get(field.name());
        let side = |at: usize| pair.and_then(|it| it.get(at)).map_or(Json::Null, |it| self.with_labels(field, it));
        Change { field: field.name().to_owned(), old: side(0), new: side(1) }
    }

    fn with_labels(&self, field: &Field, value: &Json) -> Json {
        if field.target.is_none() {
            return value.clone();
        }
        match value {
            Json::Array(items) => items.iter().filter_map(id_of).map(|it| json!(self.reference(it))).collect(),
            other => id_of(other).map_or(Json::Null, |it| json!(self.reference(it))),
        }
    }

    /// Events as the feed tells them: those the caller may see, with the names he may know.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn told(context: &Context, tx: &mut dyn ReadTx, events: &[Event]) -> Result<Vec<ToldEvent>> {
        let mut titles = Self::default();
        titles.want_events(context, events);
        titles.load(context, tx)?;
        Ok(events.iter().map(|it| titles.event(context, it)).collect())
    }

    /// An event as the feed tells it.
    pub fn event(&self, context: &Context, event: &Event) -> ToldEvent {
        ToldEvent {
            seq: event.seq,
            at: event.at,
            kind: event.kind.clone(),
            object: event.object.clone(),
            id: event.record,
            version: event.version,
            actor: self.actor(context, event.actor),
            change_id: event.change,
            changes: self.changes(context, event),
        }
    }
}

fn id_of(value: &Json) -> Option<Uuid> {
    value.as_str().or_else(|| value.get("id").and_then(Json::as_str)).and_then(|it| Uuid::try_parse(it).ok())
}

fn ids_in(field: &Field, value: &Json) -> Vec<Uuid> {
    if field.target.is_none() {
        return Vec::new();
    }
    match value {
        Json::Array(items) => items.iter().filter_map(id_of).collect(),
        other => id_of(other).into_iter().collect(),
    }
}
