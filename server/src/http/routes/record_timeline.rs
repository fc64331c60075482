//! `GET /records/{object}/{id}/timeline`: everything about a record, newest first: what refers to it, and what changed.
//!
//! Which objects take part is the object's own declaration (`views.record.related`); each is read through the read path,
//! so what the caller may not see is not there. A record stands where its object says that it happened
//! (`views.record.timeline_at`), otherwise where it was made. Records and history keep places of their own in the cursor.
//! What stands on the timeline of a customer beside what refers to it, the story of its contacts and deals, is `timeline_kin`.

use std::sync::Arc;

use axum::extract::Path;
use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::events::Event;
use guanxi_kernel::read::{self, ListRequest, Stream, page_sink};
use guanxi_kernel::schema::{FILE_OBJECT, Field, FieldGate as _, FieldKind, ID, Label, Object};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, StoreExt as _};
use guanxi_kernel::{KernelError, Result, Value, history, openings};
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::Serialize;
use serde_json::Value as Json;
use uuid::Uuid;

use super::get_record::record_id;
use super::record_history::page_size;
use super::timeline_kin::{Kin, kin_events, kin_of, trails_of};
use crate::errors::ApiFailure;
use crate::http::parts::{Actor, Change, Page};
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query};
use crate::openapi::AnyRecord;

/// Kind of the entries that come from the record's history.
const CHANGE: &str = "change";
/// When a record was made.
const CREATED: &str = "created_at";
/// The choice by which some records of an object are asked for: `activity.message`.
const KIND: &str = "kind";
/// Longest text of an entry in characters.
const MAX_TEXT: usize = 500;

/// The timeline of a record.
pub async fn timeline(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query) -> std::result::Result<Answer, ApiFailure> {
    let kinds = query.list("kinds").map(|it| it.iter().map(|kind| Wanted::parse(kind)).collect::<Vec<_>>());
    let limit = page_size(&query)?;
    let cursor = query.text("cursor").map(|it| Place::parse(&it)).transpose()?.unwrap_or_default();
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let request = Request { object, id: record_id(&id)?, kinds: kinds.clone(), limit, place: cursor };
            let context = &openings::open(context, &request.object, request.id)?;
            let (items, next) = context.workspace.store.read_with(|tx| page(context, tx, &request))?;
            Answer::json(&Page { items, next_cursor: next.map(Place::to_text) })
        })
        .await
}

struct Request {
    object: Arc<Object>,
    id: Uuid,
    kinds: Option<Vec<Wanted>>,
    limit: u64,
    place: Place,
}

/// A kind of entry, or some of it.
#[derive(Debug, Clone, PartialEq, Eq)]
struct Wanted {
    kind: String,
    option: Option<String>,
}

impl Wanted {
    fn parse(text: &str) -> Self {
        let (kind, option) = text.split_once('.').map_or((text, None), |(kind, option)| (kind, Some(option.to_owned())));
        Self { kind: kind.to_owned(), option }
    }
}

/// An object with records about this one.
struct Source {
    object: Arc<Object>,
    /// Finds them.
    filter: Option<String>,
    /// Finds them, where an expression would be too long.
    among: Condition,
}

/// How far the records and the history were told.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq)]
struct Place {
    record: Option<(Timestamp, Uuid)>,
    event: Option<i64>,
}

impl Place {
    fn parse(text: &str) -> Result<Self> {
        let bad = || {
            KernelError::bad_request(
                "bad_cursor",
                "分页位置无效，请从第一页重新开始",
                "the cursor is not valid for this list; start again from the first page",
            )
        };
        let pieces: Vec<&str> = text.split('.').collect();
        let [micros, id, seq] = pieces.as_slice() else { return Err(bad()) };
        let record = if *micros == "-" {
            None
        } else {
            let at = micros.parse().ok().and_then(|it| Timestamp::from_microsecond(it).ok()).ok_or_else(bad)?;
            Some((at, Uuid::try_parse(id).map_err(|_| bad())?))
        };
        let event = if *seq == "-" { None } else { Some(seq.parse().map_err(|_| bad())?) };
        Ok(Self { record, event })
    }
    fn to_text(self) -> String {
        let record = self.record.map_or_else(|| "-.-".to_owned(), |(at, id)| format!("{}.{}", at.as_microsecond(), id.simple()));
        format!("{record}.{}", self.event.map_or_else(|| "-".to_owned(), |it| it.to_string()))
    }
}

struct Entry {
    place: EntryPlace,
    told: TimelineEntry,
}

/// Something about a record: a record that refers to it, or a change of its own.
#[derive(Serialize, JsonSchema)]
pub struct TimelineEntry {
    /// When.
    at: Timestamp,
    /// `change`, or the object of the record that refers to it.
    kind: String,
    /// Object of what is told.
    object: String,
    /// Record of what is told.
    id: Uuid,
    /// For people.
    title: String,
    /// The beginning of its longest text.
    text: Option<String>,
    /// Who did it; null where the caller may not see it.
    actor: Option<Actor>,
    /// The record that refers to it.
    #[serde(skip_serializing_if = "Option::is_none")]
    #[schemars(with = "AnyRecord")]
    record: Option<Json>,
    #[serde(flatten)]
    change: Option<TimelineChange>,
}

/// What a change was.
#[derive(Serialize, JsonSchema)]
struct TimelineChange {
    /// Fields that changed.
    changes: Vec<Change>,
    /// What was done: `created`, `updated`, `won`...
    verb: String,
    /// Place in the order of the workspace.
    seq: i64,
    /// The change it was part of.
    change_id: Uuid,
}

#[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord)]
enum EntryPlace {
    Record(Uuid),
    Event(i64),
}

fn page(context: &Context, tx: &mut dyn ReadTx, request: &Request) -> Result<(Vec<TimelineEntry>, Option<Place>)> {
    history::require_record(context, tx, &request.object, request.id)?;
    let kin = kin_of(context, tx, &request.object, request.id)?;
    let mut entries = Vec::new();
    for source in sources(context, request, &kin) {
        entries.extend(record_entries(context, tx, source, request)?);
    }
    if request.wants(CHANGE) {
        entries.extend(change_entries(context, tx, request, &kin)?);
    }
    entries.sort_by_key(|it| std::cmp::Reverse((it.told.at, it.place)));
    let more = entries.len() as u64 > request.limit;
    entries.truncate(usize::try_from(request.limit).unwrap_or(usize::MAX));
    let mut place = request.place;
    for entry in &entries {
        match entry.place {
            EntryPlace::Record(id) => place.record = Some((entry.told.at, id)),
            EntryPlace::Event(seq) => place.event = Some(seq),
        }
    }
    Ok((entries.into_iter().map(|it| it.told).collect(), more.then_some(place)))
}

impl Request {
    fn wants(&self, kind: &str) -> bool {
        self.kinds.as_ref().is_none_or(|it| it.iter().any(|it| it.kind == kind))
    }

    /// Which records of an object are wanted, by their kind.
    fn some_of(&self, context: &Context, object: &Object) -> Condition {
        let wanted: Vec<&Wanted> = self.kinds.iter().flatten().filter(|it| it.kind == object.name).collect();
        let options: Vec<Value> = wanted.iter().filter_map(|it| it.option.clone().map(Value::Text)).collect();
        if options.len() < wanted.len() || wanted.is_empty() {
            return Condition::True;
        }
        let field = object.field(KIND).filter(|it| context.access.may_group(object, it));
        field.and_then(column_of).map_or(Condition::False, |it| Condition::In(it, options, false))
    }
}

/// The column of a field's main cell.
fn column_of(field: &Field) -> Option<ColumnRef> {
    field.part("").map(|it| ColumnRef::main(it.column))
}

/// What finds records about this one or its kin.
fn sources(context: &Context, request: &Request, kin: &[Kin]) -> Vec<Source> {
    let mut sources: Vec<(Arc<Object>, Vec<String>)> = Vec::new();
    for related in &request.object.definition.views.record.related {
        let Some(object) = context.schema.object(&related.object).filter(|it| !it.definition.internal && request.wants(&it.name)) else { continue };
        let is_link = object.field(&related.via).is_some_and(|it| it.link.is_some());
        let term = if is_link { format!("{}.contains(\"{}\")", related.via, request.id) } else { format!("{} == \"{}\"", related.via, request.id) };
        let via = object.field(&related.via).is_some_and(|it| context.access.may_read(object, it));
        if !via || !context.access.may(object, Verb::Read) {
            continue;
        }
        match sources.iter_mut().find(|it| it.0.name == object.name) {
            Some(known) => known.1.push(term),
            None => sources.push((object.clone(), vec![term])),
        }
    }
    let some_of = |object: &Object| request.some_of(context, object);
    let by_terms = |(object, terms): (Arc<Object>, Vec<String>)| {
        let among = some_of(&object);
        Source { object, filter: Some(terms.join(" || ")), among }
    };
    let mut sources: Vec<Source> = sources.into_iter().map(by_terms).collect();
    sources.extend(belonging(context, request, kin));
    sources.extend(files(context, request, kin));
    for of in kin.iter().filter(|it| it.whole && !it.records.is_empty()) {
        let ids: Vec<Value> = of.records.keys().copied().map(Value::Id).collect();
        for (trail, column) in trails_of(context, &of.object).into_iter().filter(|it| request.wants(&it.0.name)) {
            let among = Condition::In(ColumnRef::main(column), ids.clone(), false);
            sources.push(Source { object: trail.clone(), filter: None, among });
        }
    }
    sources
}

/// What belongs to whatever record it names: what was said about this one and its kin.
fn belonging(context: &Context, request: &Request, kin: &[Kin]) -> Vec<Source> {
    let kin = kin.iter().flat_map(|it| it.records.keys());
    let ids: Vec<Value> = std::iter::once(&request.id).chain(kin).copied().map(Value::Id).collect();
    let named = |object: &Arc<Object>| {
        let field = object.definition.follows.as_deref().and_then(|name| object.field(name))?;
        let open = field.definition.kind == FieldKind::Record && context.access.may_read(object, field);
        let among = Condition::In(column_of(field).filter(|_| open)?, ids.clone(), false);
        Some(Source { object: object.clone(), filter: None, among })
    };
    let open = context.schema.objects.values().filter(|it| request.wants(&it.name) && context.access.may(it, Verb::Read));
    open.filter_map(named).collect()
}

/// The files that hang on this record and its kin, or stand in fields of those.
fn files(context: &Context, request: &Request, kin: &[Kin]) -> Option<Source> {
    let file = context.schema.object(FILE_OBJECT).filter(|it| request.wants(&it.name) && context.access.may(it, Verb::Read))?;
    let column = |name: &str| file.field(name).filter(|it| context.access.may_read(file, it)).and_then(column_of);
    let (of, record) = (column("record_object")?, column("record_id")?);
    let on = |object: &Object, ids: Vec<Value>| Condition::equals(of, Value::Text(object.name.clone())).and(Condition::In(record, ids, false));
    let text = |id: &Uuid| Value::Text(id.to_string());
    let mut holders = vec![on(&request.object, vec![text(&request.id)])];
    let with_records = kin.iter().filter(|it| !it.records.is_empty());
    holders.extend(with_records.map(|it| on(&it.object, it.records.keys().map(text).collect())));
    let held: Vec<Value> = kin.iter().flat_map(|it| it.files.iter().copied()).map(Value::Id).collect();
    if !held.is_empty() {
        holders.push(Condition::In(ColumnRef::main(ID), held, false));
    }
    Some(Source { object: file.clone(), filter: None, among: Condition::Or(holders) })
}

fn record_entries(context: &Context, tx: &mut dyn ReadTx, source: Source, request: &Request) -> Result<Vec<Entry>> {
    let Source { object, filter, among } = source;
    let object = &object;
    let when = when_of(context, object);
    let list = ListRequest { filter, sort: Some(format!("-{when}")), ..ListRequest::default() };
    let mut stream = Stream::compile(context, object, &list, Verb::Read)?;
    let mut condition = std::mem::replace(&mut stream.select.condition, Condition::True).and(among);
    if let Some((at, id)) = request.place.record {
        let values = [Value::DateTime(at), Value::Id(id)];
        condition = condition.and(Condition::After(stream.select.order.iter().copied().zip(values).collect()));
    }
    stream.select.condition = condition;
    let limit = request.limit + 1;
    stream.select.limit = Some(limit);
    let found = page_sink(context, tx, object, &stream, usize::try_from(limit).unwrap_or(usize::MAX), None)?;
    let records: Vec<Json> = serde_json::from_str(&found.items).map_err(|error| KernelError::Internal(error.to_string()))?;
    Ok(records.into_iter().filter_map(|record| record_entry(object, when, record)).collect())
}

/// The field that says when a record happened, as far as the caller may see it.
fn when_of<'o>(context: &Context, object: &'o Object) -> &'o str {
    let declared = object.definition.views.record.timeline_at.as_deref();
    let open = |it: &&str| object.field(it).is_some_and(|field| context.access.may_group(object, field));
    declared.filter(open).unwrap_or(CREATED)
}

fn record_entry(object: &Object, when: &str, record: Json) -> Option<Entry> {
    let at: Timestamp = record[when].as_str()?.parse().ok()?;
    let id = Uuid::try_parse(record["id"].as_str()?).ok()?;
    let title = plain(&record[object.title_field().name()]);
    let long = object.fields.iter().find(|it| matches!(it.definition.kind, FieldKind::LongText | FieldKind::RichText));
    let text = long.and_then(|it| record[it.name()].as_str().map(|text| (it.definition.kind, text)));
    let text = text.map(|(kind, text)| if kind == FieldKind::RichText { guanxi_text::html::plain_text(text) } else { text.to_owned() });
    let text = text.map(|it| it.chars().take(MAX_TEXT).collect::<String>());
    let (kind, actor) = (object.name.clone(), author(&record["created_by"]));
    let told = TimelineEntry { at, kind, object: object.name.clone(), id, title, text, actor, record: Some(record), change: None };
    Some(Entry { place: EntryPlace::Record(id), told })
}

/// Who made a record, by the value of its field.
fn author(created_by: &Json) -> Option<Actor> {
    let id = Uuid::try_parse(created_by["id"].as_str()?).ok()?;
    Some(Actor { id: Some(id), label: created_by["label"].as_str().map(str::to_owned) })
}

/// A title field's value for people.
pub fn plain(value: &Json) -> String {
    let text = value.as_str().or_else(|| value.get("full").and_then(Json::as_str)).or_else(|| value.get("label").and_then(Json::as_str));
    text.unwrap_or_default().to_owned()
}

fn change_entries(context: &Context, tx: &mut dyn ReadTx, request: &Request, kin: &[Kin]) -> Result<Vec<Entry>> {
    let (before, limit) = (request.place.event, request.limit + 1);
    let mut events = history::history(context, tx, &request.object.name, request.id, before, limit)?;
    events.extend(kin_events(context, tx, kin, before, limit)?);
    let mut titles = Titles::default();
    titles.want_events(context, &events);
    titles.load(context, tx)?;
    Ok(events.iter().map(|event| change_entry(context, &titles, request, kin, event)).collect())
}

fn change_entry(context: &Context, titles: &Titles, request: &Request, kin: &[Kin], event: &Event) -> Entry {
    let verb = event.kind.rsplit('.').next().unwrap_or_default();
    let title = match verb {
        "created" => Label::new("新建", "Created"),
        "updated" => Label::new("修改", "Changed"),
        "deleted" => Label::new("移入回收站", "Moved to the recycle bin"),
        "restored" => Label::new("从回收站恢复", "Restored from the recycle bin"),
        other => Label::new(other, other),
    };
    let id = event.record.unwrap_or(request.id);
    // Another record's change is told by its name.
    let name = kin.iter().filter(|it| it.object.name == event.object).find_map(|it| it.records.get(&id));
    let change = TimelineChange { changes: titles.changes(context, event), verb: verb.to_owned(), seq: event.seq, change_id: event.change };
    let told = TimelineEntry {
        at: event.at,
        kind: CHANGE.to_owned(),
        object: event.object.clone(),
        id,
        title: name.cloned().unwrap_or_else(|| context.locale.pick(&title).to_owned()),
        text: None,
        actor: Some(titles.actor(context, event.actor)),
        record: None,
        change: Some(change),
    };
    Entry { place: EntryPlace::Event(event.seq), told }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_kind_may_be_narrowed() {
        let wanted = |kind: &str, option: Option<&str>| Wanted { kind: kind.into(), option: option.map(Into::into) };
        assert_eq!(Wanted::parse("activity"), wanted("activity", None));
        assert_eq!(Wanted::parse("activity.message"), wanted("activity", Some("message")));
    }

    #[test]
    fn a_place_comes_back() {
        let at = Timestamp::from_microsecond(1_790_000_000_123_456).unwrap();
        for place in [
            Place::default(),
            Place { record: Some((at, Uuid::from_u128(7))), event: None },
            Place { record: None, event: Some(9) },
            Place { record: Some((at, Uuid::from_u128(7))), event: Some(12) },
        ] {
            assert_eq!(Place::parse(&place.to_text()).unwrap(), place);
        }
        for text in ["", "1.2", "x.-.-", "1.x.2", "-.-.x"] {
            assert!(Place::parse(text).is_err(), "{text}");
        }
    }
}
