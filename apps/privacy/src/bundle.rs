//! Everything that is kept about the person of a request, put together for him.

use std::collections::BTreeSet;

use guanxi_kernel::access::{Place, Verb};
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Context;
use guanxi_kernel::events::{events_of_record, visible};
use guanxi_kernel::read::{Record, among, known_records, load_records};
use guanxi_kernel::schema::FILE_OBJECT;
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result};
use jiff::{SignedDuration, Timestamp};
use serde::Serialize;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::gathered::{Gathered, files_of};
use crate::request::{REQUEST, id_of, object_of, open_records, set_outcome};
use crate::values::{kept, to_second, values};

/// Kind of the job that makes the bundle; the server has it. Its payload: `request`, `days`, and `version`, that of the request
/// when it was asked for.
pub const EXPORT: &str = "privacy.export";
/// Most changes told of one record.
const MOST_CHANGES: u64 = 2_000;
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
        // Until when it is wanted is a change each time: what was asked for before is not what is asked for now.
        let until = json!(until(unit.context, days).to_string());
        let changed = values([("bundle_state", json!("waiting")), ("bundle_problem", Json::Null), ("bundle_until", until)]);
        let saved = unit.update_as_system(REQUEST, request.id(), &changed)?;
        unit.emit(&saved, "bundle_asked", Map::new());
        ask(unit, &saved, days)?;
        unit.note(json!({ "days": days }));
        Ok(json!({ "id": saved.id(), "version": saved.version(), "bundle_state": "waiting" }))
    }
}

/// The end of so many days.
fn until(context: &Context, days: u64) -> Timestamp {
    let hours = i64::try_from(days).unwrap_or(7).clamp(1, 30).saturating_mul(24);
    to_second(context.now + SignedDuration::from_hours(hours))
}

/// Asks for the bundle of a request as it is now. One that is being made meanwhile does not stand in the way.
fn ask(unit: &mut Unit<'_>, request: &Record, days: u64) -> Result<()> {
    let payload = json!({ "request": request.id(), "days": days, "version": request.version() });
    unit.enqueue(EXPORT, payload, Some(format!("{EXPORT}.{}.{}", request.id().simple(), request.version()))).map(drop)
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
    /// Whether its content is not there any more.
    pub missing: bool,
}

/// Records that were too many.
#[derive(Debug, Serialize)]
pub struct LeftOut {
    /// Of which object.
    pub object: String,
    /// How many.
    pub count: u64,
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
    /// Records that refer to the person and were too many.
    pub left_out: Vec<LeftOut>,
    /// Confirmed records of whose history only the newest part is told.
    pub history_cut: usize,
    /// The confirmed records that are in it.
    #[serde(skip)]
    pub collected: BTreeSet<Uuid>,
}

/// Puts together what the caller may see of the records confirmed and of what refers to them.
///
/// # Errors
/// Not found where the request is not his to see; fails where the database does.
pub fn collect(context: &Context, tx: &mut dyn ReadTx, request: Uuid) -> Result<Bundle> {
    let object = guanxi_kernel::read::object_of(context, REQUEST)?;
    let request = load_records(context, tx, &object, &[request], Verb::Read, false)?.pop().ok_or(KernelError::NotFound)?;
    let mut gathered = Gathered::default();
    let (mut history, mut unread, mut history_cut, mut collected) = (Vec::new(), 0, 0, BTreeSet::new());
    for link in open_records(context, tx, request.id())? {
        let (Some(object), Some(id)) = (object_of(context, &link), id_of(&link)) else { continue };
        if !gathered.add(context, tx, &object, &format!("id == '{id}'"), true)? {
            unread += 1;
            continue;
        }
        collected.insert(id);
        let events = events_of_record(tx, id, None, MOST_CHANGES)?;
        history_cut += usize::from(events.len() as u64 >= MOST_CHANGES);
        history.extend(
            visible(context, tx, events, Place::Record)?
                .into_iter()
                .map(|it| json!({ "at": it.at, "kind": it.kind, "record": it.record, "changes": it.changes })),
        );
        gathered.add_person(context, tx, &object, id)?;
    }
    let files = files_of(context, tx, &gathered)?;
    Ok(Bundle {
        number: kept(&request, "number"),
        requester: kept(&request, "requester"),
        made_at: to_second(context.now),
        left_out: gathered.left_out.iter().map(|(object, count)| LeftOut { object: object.clone(), count: *count }).collect(),
        shares: gathered.shares(context),
        history,
        files,
        unread,
        history_cut,
        collected,
    })
}

/// A request, as the engine knows it.
fn known(unit: &mut Unit<'_>, request: Uuid) -> Result<Record> {
    known_records(unit.context, unit.tx, REQUEST, |it| among(it("id"), [request]), 1)?.pop().ok_or(KernelError::NotFound)
}

/// Says that a bundle that was waited for could not be made, and why: `left`, `rights`, `room`, `time`.
///
/// # Errors
/// As a change's.
pub fn failed(unit: &mut Unit<'_>, request: Uuid, why: &str) -> Result<()> {
    let request = known(unit, request)?;
    if kept(&request, "bundle_state") != "waiting" {
        return Ok(());
    }
    let changed = values([("bundle_state", json!("failed")), ("bundle_problem", json!(why))]);
    let saved = unit.update_as_system(REQUEST, request.id(), &changed)?;
    unit.emit(&saved, "bundle_failed", Map::new());
    Ok(())
}

/// Hangs the bundle on its request, in the transaction that made its file; one that was there before goes. Answers false, and
/// asks once more, where the request was changed since `version`: what was put together may not be what is asked any more.
///
/// # Errors
/// Not found where the request is gone.
pub fn hand_over(unit: &mut Unit<'_>, request: Uuid, file: Uuid, days: u64, version: i64, collected: &BTreeSet<Uuid>) -> Result<bool> {
    let request = known(unit, request)?;
    if request.version() != version {
        unit.erase_as_system(FILE_OBJECT, file)?;
        if kept(&request, "bundle_state") == "waiting" {
            ask(unit, &request, days)?;
        }
        return Ok(false);
    }
    let before = request.reference("bundle");
    let until = until(unit.context, days);
    let changed = values([
        ("bundle", json!(file)),
        ("bundle_until", json!(until.to_string())),
        ("bundle_state", json!("ready")),
        ("bundle_problem", Json::Null),
    ]);
    let saved = unit.update_as_system(REQUEST, request.id(), &changed)?;
    unit.emit(&saved, "bundle_ready", Map::new());
    if let Some(before) = before.filter(|it| *it != file) {
        unit.erase_as_system(FILE_OBJECT, before)?;
    }
    for link in open_records(unit.context, unit.tx, request.id())? {
        if kept(&link, "outcome") == "open" && id_of(&link).is_some_and(|it| collected.contains(&it)) {
            set_outcome(unit, &link, "exported")?;
        }
    }
    Ok(true)
}
