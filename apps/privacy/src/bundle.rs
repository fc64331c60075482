//! Everything that is kept about the person of a request, put together for him.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_kernel::access::{Place, Verb};
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Context;
use guanxi_kernel::events::{events_of_record, visible};
use guanxi_kernel::read::{ListRequest, MAX_LIMIT, Record, among, known_records, list, load_records};
use guanxi_kernel::schema::{FILE_OBJECT, FieldKind, Object};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::request::{REQUEST, id_of, object_of, open_records, set_outcome};
use crate::values::{kept, to_second, values};

/// Kind of the job that makes the bundle; the server has it. Its payload: `request`, `days`.
pub const EXPORT: &str = "privacy.export";
/// Most records of one object that refer to the person.
const MOST_OF_EACH: usize = 5_000;
/// Most changes told of one record.
const MOST_CHANGES: u64 = 2_000;
/// What says how members work with a record, not what is known of the person.
const LEFT_OUT: [&str; 8] =
    ["request_record", "person_request", "notification", "follow", "comment_reaction", "notice_receipt", "legal_hold", "saved_view"];

/// Asks for the bundle.
pub struct Export(pub ActionDefinition);

impl Action for Export {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let request = required_record(record)?;
        unit.context.require_proof()?;
        if open_records(unit.context, unit.tx, request.id())?.is_empty() {
            let (zh_cn, en) = ("请先查找并确认当事人的记录", "find and confirm the person's records first");
            return Err(KernelError::conflict("state_conflict", zh_cn, en));
        }
        let days = input.get("days").and_then(Json::as_u64).unwrap_or(7);
        let saved = unit.update_as_system(REQUEST, request.id(), &values([("bundle_state", json!("waiting"))]))?;
        unit.emit(&saved, "bundle_asked", Map::new());
        let payload = json!({ "request": request.id(), "days": days });
        unit.enqueue(EXPORT, payload, Some(format!("{EXPORT}.{}", request.id().simple())))?;
        unit.note(json!({ "days": days }));
        Ok(json!({ "id": saved.id(), "version": saved.version(), "bundle_state": "waiting" }))
    }
}

/// Records of one object.
#[derive(Debug, Serialize)]
pub struct Share {
    /// The object.
    pub object: String,
    /// What it is called, Chinese and English.
    pub label: (String, String),
    /// Its fields that are told, with what they are called.
    pub fields: Vec<(String, String, String)>,
    /// The records as the caller may see them.
    pub records: Vec<Map<String, Json>>,
}

/// A file among them.
#[derive(Debug, Serialize)]
pub struct BundledFile {
    /// Its id.
    pub id: Uuid,
    /// Its name.
    pub name: String,
    /// Of its content.
    pub sha256: String,
    /// Bytes.
    pub size: u64,
}

/// Everything.
#[derive(Debug, Serialize)]
pub struct Bundle {
    /// Number of the request.
    pub number: String,
    /// The person's name, as he gave it.
    pub requester: String,
    /// When it was put together.
    pub made_at: Timestamp,
    /// What the records are.
    pub shares: Vec<Share>,
    /// What was changed of the records confirmed, as far as the log tells.
    pub history: Vec<Json>,
    /// The files that hang on them.
    pub files: Vec<BundledFile>,
    /// Confirmed records that could not be read by who asked for the bundle.
    pub unread: usize,
}

/// Puts together what the caller may see of the records confirmed and of what refers to them.
///
/// # Errors
/// Not found where the request is not his to see; fails where the database does.
pub fn collect(context: &Context, tx: &mut dyn ReadTx, request: Uuid) -> Result<Bundle> {
    let object = guanxi_kernel::read::object_of(context, REQUEST)?;
    let request = load_records(context, tx, &object, &[request], Verb::Read, false)?.pop().ok_or(KernelError::NotFound)?;
    let mut gathered = Gathered::default();
    let (mut history, mut unread) = (Vec::new(), 0);
    for link in open_records(context, tx, request.id())? {
        let (Some(object), Some(id)) = (object_of(context, &link), id_of(&link)) else { continue };
        if !gathered.add(context, tx, &object, &format!("id == '{id}'"))? {
            unread += 1;
            continue;
        }
        let events = events_of_record(tx, id, None, MOST_CHANGES)?;
        history.extend(
            visible(context, tx, events, Place::Record)?
                .into_iter()
                .map(|it| json!({ "at": it.at, "kind": it.kind, "record": it.record, "changes": it.changes })),
        );
        gathered.add_referring(context, tx, &object, id)?;
    }
    let files = files_of(context, tx, &gathered)?;
    Ok(Bundle {
        number: kept(&request, "number"),
        requester: kept(&request, "requester"),
        made_at: to_second(context.now),
        shares: gathered.shares(context),
        history,
        files,
        unread,
    })
}

/// Records by object, each once.
#[derive(Default)]
struct Gathered(BTreeMap<String, BTreeMap<Uuid, Map<String, Json>>>);

impl Gathered {
    /// Adds what a filter accepts. Answers whether there was anything.
    fn add(&mut self, context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, filter: &str) -> Result<bool> {
        let (mut cursor, mut count) = (None, 0);
        loop {
            let request = ListRequest {
                filter: Some(filter.to_owned()),
                sort: Some("id".into()),
                limit: MAX_LIMIT,
                cursor,
                place: Place::Record,
                ..ListRequest::default()
            };
            let page = list(context, tx, object, &request)?;
            let items: Vec<Map<String, Json>> = serde_json::from_str(&page.items).map_err(|error| KernelError::Internal(error.to_string()))?;
            count += items.len();
            for item in items {
                if let Some(id) = item.get("id").and_then(Json::as_str).and_then(|it| Uuid::try_parse(it).ok()) {
                    self.0.entry(object.name.clone()).or_default().insert(id, item);
                }
            }
            cursor = page.next_cursor;
            if cursor.is_none() || count >= MOST_OF_EACH {
                return Ok(count > 0);
            }
        }
    }

    /// Whatever names a record: activities, notes, consents, what was said about it.
    fn add_referring(&mut self, context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid) -> Result<()> {
        for child in context.schema.objects.values() {
            if LEFT_OUT.contains(&child.name.as_str()) || !context.access.may(child, Verb::Read) {
                continue;
            }
            for field in &child.fields {
                let names =
                    field.definition.kind == FieldKind::Record || (field.is_reference() && field.target.as_deref() == Some(object.name.as_str()));
                let may = context.access.shown_uncovered(child, field, Place::List) == guanxi_kernel::access::Shown::Whole;
                if names && may && !field.is_engine_managed() {
                    self.add(context, tx, child, &format!("{} == '{id}'", field.name()))?;
                }
            }
        }
        Ok(())
    }

    fn shares(self, context: &Context) -> Vec<Share> {
        let told = |(name, records): (String, BTreeMap<Uuid, Map<String, Json>>)| {
            let object = context.schema.object(&name)?;
            let there: BTreeSet<&String> = records.values().flat_map(Map::keys).collect();
            let of_field =
                |it: &guanxi_kernel::schema::Field| (it.name().to_owned(), it.definition.label.zh_cn.clone(), it.definition.label.en.clone());
            let fields = object.fields.iter().filter(|it| there.contains(&it.definition.name)).map(of_field).collect();
            let label = (object.definition.label.zh_cn.clone(), object.definition.label.en.clone());
            Some(Share { object: name, label, fields, records: records.into_values().collect() })
        };
        self.0.into_iter().filter_map(told).collect()
    }
}

/// The files that hang on the records, as they are kept.
fn files_of(context: &Context, tx: &mut dyn ReadTx, gathered: &Gathered) -> Result<Vec<BundledFile>> {
    let mut ids = BTreeSet::new();
    for (name, records) in &gathered.0 {
        let Some(object) = context.schema.object(name) else { continue };
        for field in object.fields.iter().filter(|it| object.keeps_files_in(it)) {
            records.values().filter_map(|it| it.get(field.name())).for_each(|it| ids_in(it, &mut ids));
        }
    }
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let mut files = Vec::new();
    for some in ids.chunks(500) {
        for file in known_records(context, tx, FILE_OBJECT, |it| among(it("id"), some.iter().copied()), 500)? {
            let size = crate::values::number(&file, "size").and_then(|it| u64::try_from(it).ok()).unwrap_or(0);
            files.push(BundledFile { id: file.id(), name: kept(&file, "name"), sha256: kept(&file, "sha256"), size });
        }
    }
    Ok(files)
}

/// Ids of records that JSON names.
fn ids_in(json: &Json, ids: &mut BTreeSet<Uuid>) {
    match json {
        Json::String(text) => ids.extend(Uuid::try_parse(text).ok()),
        Json::Array(all) => all.iter().for_each(|it| ids_in(it, ids)),
        Json::Object(one) => one.get("id").into_iter().for_each(|it| ids_in(it, ids)),
        _ => {}
    }
}

/// Hangs the bundle on its request, in the transaction that made its file; one that was there before goes.
///
/// # Errors
/// Not found where the request is gone.
pub fn hand_over(unit: &mut Unit<'_>, request: Uuid, file: Uuid, days: u64) -> Result<()> {
    let found = known_records(unit.context, unit.tx, REQUEST, |it| among(it("id"), [request]), 1)?.pop();
    let request = found.ok_or(KernelError::NotFound)?;
    let before = request.reference("bundle");
    let hours = i64::try_from(days).unwrap_or(7).clamp(1, 30).saturating_mul(24);
    let until = to_second(unit.context.now + SignedDuration::from_hours(hours));
    let changed = values([("bundle", json!(file)), ("bundle_until", json!(until.to_string())), ("bundle_state", json!("ready"))]);
    let saved = unit.update_as_system(REQUEST, request.id(), &changed)?;
    unit.emit(&saved, "bundle_ready", Map::new());
    if let Some(before) = before.filter(|it| *it != file) {
        unit.erase_as_system(FILE_OBJECT, before)?;
    }
    for link in open_records(unit.context, unit.tx, request.id())? {
        if kept(&link, "outcome") == "open" {
            set_outcome(unit, &link, "exported")?;
        }
    }
    Ok(())
}
