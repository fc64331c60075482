//! A person's request and the records confirmed to be about him.

use std::sync::Arc;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, known_records, load_record};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::values::{kept, now, values};

/// The object of requests.
pub const REQUEST: &str = "person_request";
/// The object of records concerned.
pub const CONCERNED: &str = "request_record";
/// Most records of one request.
pub const MOST: usize = 200;

/// The records confirmed, those done with too, in the order in which they were.
///
/// # Errors
/// Fails where the database does.
pub fn confirmed(context: &Context, tx: &mut dyn ReadTx, request: Uuid) -> Result<Vec<Record>> {
    let mut found = known_records(context, tx, CONCERNED, |it| Ok(Condition::equals(it("request")?, Value::Id(request))), MOST as u64 * 2)?;
    found.sort_by_key(Record::id);
    Ok(found)
}

/// Those that still are there.
///
/// # Errors
/// Fails where the database does.
pub fn open_records(context: &Context, tx: &mut dyn ReadTx, request: Uuid) -> Result<Vec<Record>> {
    let mut found = confirmed(context, tx, request)?;
    found.retain(|it| kept(it, "outcome") != "erased");
    Ok(found)
}

/// The object of a record concerned.
pub fn object_of(context: &Context, link: &Record) -> Option<Arc<Object>> {
    context.schema.object(&kept(link, "record_object")).cloned()
}

/// Its id.
pub fn id_of(link: &Record) -> Option<Uuid> {
    Uuid::try_parse(&kept(link, "record_id")).ok()
}

/// The record itself, in the bin too, as the engine knows it.
///
/// # Errors
/// Fails where the database does.
pub fn person_of(context: &Context, tx: &mut dyn ReadTx, link: &Record) -> Result<Option<Record>> {
    let (Some(object), Some(id)) = (object_of(context, link), id_of(link)) else { return Ok(None) };
    load_record(&context.as_system(), tx, &object, id, Verb::Read, true)
}

/// Notes what became of a record.
///
/// # Errors
/// As a change's.
pub fn set_outcome(unit: &mut Unit<'_>, link: &Record, outcome: &str) -> Result<()> {
    let by = Some(unit.context.actor).filter(|it| !it.is_nil());
    let mut changed = values([("outcome", json!(outcome)), ("done_at", json!(now(unit.context))), ("done_by", json!(by))]);
    if outcome == "erased" {
        changed.insert("about".to_owned(), Json::Null);
    }
    unit.update_as_system(CONCERNED, link.id(), &changed).map(drop)
}

/// Takes a request to another state and says so.
///
/// # Errors
/// As a change's.
pub fn step(unit: &mut Unit<'_>, request: &Record, verb_past: &str, changed: &Map<String, Json>) -> Result<Json> {
    let saved = unit.change_as_system(request, changed)?;
    unit.emit(&saved, verb_past, Map::new());
    Ok(json!({ "id": saved.id(), "version": saved.version(), "state": kept(&saved, "state") }))
}
