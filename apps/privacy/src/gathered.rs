//! What refers to a person: his own affairs whole, a company's in brief, other people's not at all.

use std::collections::btree_map::Entry;
use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_kernel::access::{Place, Shown, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{CountMode, ListRequest, MAX_LIMIT, among, count_of, known_records, list, load_records};
use guanxi_kernel::schema::{FILE_OBJECT, Field, FieldKind, Object};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json};
use uuid::Uuid;

use crate::bundle::{BundledFile, Share};
use crate::people::{PEOPLE, same_person};
use crate::values::{kept, number};

/// Most records of one object that refer to the person.
const MOST_OF_EACH: usize = 5_000;
/// What says how members work with a record, not what is known of the person.
const LEFT_OUT: [&str; 13] = [
    "request_record",
    "person_request",
    "notification",
    "follow",
    "comment_reaction",
    "notice_receipt",
    "legal_hold",
    "saved_view",
    "handover",
    "pool_move",
    "process_case",
    "ownership_decision",
    "lifecycle_move",
];
/// What was done with the person himself is told whole, whatever company he was met for.
const WHOLE: [&str; 4] = ["activity", "note", "consent", "attendance"];

/// Records by object, each once, and how many were too many.
#[derive(Default)]
pub struct Gathered {
    found: BTreeMap<String, BTreeMap<Uuid, Map<String, Json>>>,
    /// How many were too many, by object.
    pub left_out: BTreeMap<String, u64>,
}

impl Gathered {
    /// Adds what a filter accepts; what was confirmed is told whole. Answers whether there was anything.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn add(&mut self, context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, filter: &str, is_confirmed: bool) -> Result<bool> {
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
                    let of_object = self.found.entry(object.name.clone()).or_default();
                    if is_confirmed {
                        of_object.insert(id, item);
                    } else if let Entry::Vacant(place) = of_object.entry(id) {
                        let is_brief = is_of_company(context, tx, object, &item)?;
                        place.insert(if is_brief { brief(object, item) } else { item });
                    }
                }
            }
            cursor = page.next_cursor;
            if cursor.is_none() {
                return Ok(count > 0);
            }
            if count >= MOST_OF_EACH {
                let all = ListRequest { filter: Some(filter.to_owned()), count: CountMode::Exact, ..ListRequest::default() };
                let all = count_of(context, tx, object, &all)?.map_or(0, |it| it.value);
                *self.left_out.entry(object.name.clone()).or_default() += all.saturating_sub(count as u64);
                return Ok(true);
            }
        }
    }

    /// Whatever names the person, under this record and under others that are the same person.
    ///
    /// # Errors
    /// Fails where the database does.
    pub fn add_person(&mut self, context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid) -> Result<()> {
        let Some(record) = load_records(context, tx, object, &[id], Verb::Read, false)?.pop() else { return Ok(()) };
        // What a company has is not the person's, though he may be the one who was called.
        if object.name != "account" || kept(&record, "kind") == "person" {
            self.add_referring(context, tx, object, id)?;
        }
        for same in same_person(context, tx, &record)?.into_iter().filter(|it| *it != id) {
            for name in ["contact", "lead"] {
                let Some(object) = context.schema.object(name).cloned().filter(|it| context.access.may(it, Verb::Read)) else { continue };
                if self.add(context, tx, &object, &format!("id == '{same}'"), false)? {
                    self.add_referring(context, tx, &object, same)?;
                }
            }
        }
        Ok(())
    }

    /// Whatever names a record: activities, notes, consents, what was said about it. Never other people: who reports to the
    /// person or was recommended by him has data of his own.
    fn add_referring(&mut self, context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, id: Uuid) -> Result<()> {
        for child in context.schema.objects.values() {
            let name = child.name.as_str();
            if LEFT_OUT.contains(&name) || PEOPLE.contains(&name) || !context.access.may(child, Verb::Read) {
                continue;
            }
            for field in &child.fields {
                let may = context.access.shown_uncovered(child, field, Place::List) == Shown::Whole;
                if may
                    && !field.is_engine_managed()
                    && let Some(filter) = naming(field, object, id)
                {
                    self.add(context, tx, child, &filter, false)?;
                }
            }
        }
        Ok(())
    }

    /// As they are told.
    pub fn shares(self, context: &Context) -> Vec<Share> {
        let told = |(name, records): (String, BTreeMap<Uuid, Map<String, Json>>)| {
            let object = context.schema.object(&name)?;
            let there: BTreeSet<&String> = records.values().flat_map(Map::keys).collect();
            let of_field = |it: &Field| (it.name().to_owned(), it.definition.label.zh_cn.clone(), it.definition.label.en.clone());
            let fields = object.fields.iter().filter(|it| there.contains(&it.definition.name)).map(of_field).collect();
            let label = (object.definition.label.zh_cn.clone(), object.definition.label.en.clone());
            Some(Share { object: name, label, fields, records: records.into_values().collect() })
        };
        self.found.into_iter().filter_map(told).collect()
    }
}

/// The filter by which records name one in a field; several are named by those who take part.
fn naming(field: &Field, object: &Object, id: Uuid) -> Option<String> {
    let leads_here = field.target.as_deref() == Some(object.name.as_str());
    match field.definition.kind {
        FieldKind::Record => Some(format!("{} == '{id}'", field.name())),
        _ if leads_here && field.link.is_some() => Some(format!("{}.contains('{id}')", field.name())),
        _ if leads_here && field.is_reference() => Some(format!("{} == '{id}'", field.name())),
        _ => None,
    }
}

/// Whether a record is a company's affair in which the person only takes part: a deal, a ticket.
fn is_of_company(context: &Context, tx: &mut dyn ReadTx, object: &Object, item: &Map<String, Json>) -> Result<bool> {
    if WHOLE.contains(&object.name.as_str()) || PEOPLE.contains(&object.name.as_str()) {
        return Ok(false);
    }
    let of_account = object.fields.iter().filter(|it| it.is_reference() && it.target.as_deref() == Some("account"));
    let mut accounts = BTreeSet::new();
    of_account.filter_map(|it| item.get(it.name())).for_each(|it| ids_in(it, &mut accounts));
    if accounts.is_empty() {
        return Ok(false);
    }
    let found = known_records(context, tx, "account", |it| among(it("id"), accounts.iter().copied()), 10)?;
    Ok(found.iter().any(|it| kept(it, "kind") != "person"))
}

/// What is told of a company's affair: that there is one, and what it is called.
fn brief(object: &Object, mut item: Map<String, Json>) -> Map<String, Json> {
    let title = object.title_field().name();
    item.retain(|name, _| ["id", "number"].contains(&name.as_str()) || name == title);
    item
}

/// The files that hang on the records, as the caller may see them.
///
/// # Errors
/// Fails where the database does.
pub fn files_of(context: &Context, tx: &mut dyn ReadTx, gathered: &Gathered) -> Result<Vec<BundledFile>> {
    let mut ids = BTreeSet::new();
    for (name, records) in &gathered.found {
        let Some(object) = context.schema.object(name) else { continue };
        for field in object.fields.iter().filter(|it| object.keeps_files_in(it)) {
            records.values().filter_map(|it| it.get(field.name())).for_each(|it| ids_in(it, &mut ids));
        }
    }
    let ids: Vec<Uuid> = ids.into_iter().collect();
    let mut files = Vec::new();
    let Some(object) = context.schema.object(FILE_OBJECT).cloned() else { return Ok(files) };
    for some in ids.chunks(500) {
        for file in load_records(context, tx, &object, some, Verb::Read, false)? {
            let size = number(&file, "size").and_then(|it| u64::try_from(it).ok()).unwrap_or(0);
            files.push(BundledFile { id: file.id(), name: kept(&file, "name"), sha256: kept(&file, "sha256"), size, missing: false });
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
