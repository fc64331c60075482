//! `sync-collection` (RFC 6578): what changed in one of the member's own calendars since he last asked. A token is a place in
//! the log of events and the rights he had then: with other rights everything may be otherwise, and is read anew.

use std::collections::BTreeSet;

use guanxi_kernel::Result;
use guanxi_kernel::Value;
use guanxi_kernel::context::Context;
use guanxi_kernel::events::{self, Event};
use guanxi_kernel::read::Record;
use guanxi_kernel::schema::{ID, OWNER_FIELD};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select};
use guanxi_work::calendar_copies::{CALENDAR_COPY, names_of_the_gone};
use guanxi_work::own_calendar::once_own;
use uuid::Uuid;

use super::place::Collection;
use super::refusal::Refusal;
use super::shelf::{Resource, Shelf, Which, load, own_name};
use crate::http::rights_stamp;

/// Most events of calendars looked through; whoever was away longer reads everything anew.
const MOST_EVENTS: u64 = 5_000;
/// So far back the log is gone through, whatever is in it.
const FARTHEST: i64 = 1_000_000;
/// Objects that calendars are made of.
const OBJECTS: [&str; 3] = ["activity", "attendance", CALENDAR_COPY];
/// What a token begins with.
const TOKEN: &str = "urn:guanxi:sync:";

/// What changed.
#[derive(Debug, Default)]
pub struct Changed {
    /// What is new or otherwise.
    pub there: Vec<Resource>,
    /// Names of what went.
    pub gone: Vec<String>,
    /// Where to go on from.
    pub token: String,
}

/// The token of a place in the log.
pub fn token(context: &Context, seq: i64) -> String {
    format!("{TOKEN}{seq}:{}", stamp(context))
}

/// What a member's calendar rests on beside its records: rights, definitions, and where his days begin.
fn stamp(context: &Context) -> String {
    let whole = format!("{}{}", rights_stamp(context), context.time_zone.iana_name().unwrap_or_default());
    crate::auth::token::sha256_hex(whole.as_bytes())[..16].to_owned()
}

fn invalid() -> Refusal {
    Refusal::dav("valid-sync-token", "同步标记已失效，请重新完整同步", "the token is not valid any more; read the whole calendar again")
}

/// What changed since a token; everything where there is none.
///
/// # Errors
/// Fails where the database does; a token that is none, or too old, is refused in the answer.
pub fn changes(context: &Context, tx: &mut dyn ReadTx, collection: Collection, since: &str) -> Result<std::result::Result<Changed, Refusal>> {
    let head = events::head(tx)?;
    let now = token(context, head);
    let since = since.trim();
    if since.is_empty() {
        let Shelf { resources, .. } = load(context, tx, collection, Which::All)?;
        return Ok(Ok(Changed { there: resources, gone: Vec::new(), token: now }));
    }
    let parts = since.strip_prefix(TOKEN).and_then(|it| it.split_once(':'));
    let Some((Ok(seq), rights)) = parts.map(|(seq, rights)| (seq.parse::<i64>(), rights)) else { return Ok(Err(invalid())) };
    if rights != stamp(context) || seq < 0 || seq > head || head - seq > FARTHEST {
        return Ok(Err(invalid()));
    }
    let happened = events::read_after_of(tx, seq, &OBJECTS, MOST_EVENTS)?;
    if happened.len() as u64 >= MOST_EVENTS || !erased_before(tx, &happened, seq)? {
        return Ok(Err(invalid()));
    }
    let touched = touched(context, tx, &happened)?;
    let ids: Vec<Uuid> = touched.ids.iter().copied().collect();
    let found = load(context, tx, collection, Which::Of(&ids))?.resources;
    let there: BTreeSet<Uuid> = found.iter().flat_map(Resource::records).collect();
    let absent: Vec<Uuid> = ids.into_iter().filter(|it| !there.contains(it)).collect();
    let was_here = once_own(context, tx, &absent, &touched.given_away)?;
    let is_tasks = collection == Collection::Tasks;
    let gone: Vec<Uuid> = was_here.iter().filter(|it| it.is_task == is_tasks || touched.turned.contains(&it.id)).map(|it| it.id).collect();
    let names = names_of_the_gone(context, tx, &gone)?;
    let name = |id: Uuid| names.iter().find(|it| it.0 == id).map_or_else(|| own_name(id), |it| it.1.clone());
    let still: BTreeSet<&str> = found.iter().map(|it| it.name.as_str()).collect();
    let gone: BTreeSet<String> = gone.into_iter().map(name).filter(|it| !still.contains(it.as_str())).collect();
    let still_there = of_gone_repeats(context, tx, collection, &gone)?;
    let gone = gone.into_iter().filter(|it| still_there.iter().all(|there| there.name != *it)).collect();
    Ok(Ok(Changed { there: found.into_iter().chain(still_there).collect(), gone, token: now }))
}

/// Whether everything erased for good meanwhile lay in the bin already: that it went was told when it went there. Of anything
/// else cannot be told by whose it was.
fn erased_before(tx: &mut dyn ReadTx, happened: &[Event], seq: i64) -> Result<bool> {
    let of = |kind: &str| -> BTreeSet<Uuid> {
        happened.iter().filter(|it| it.object == "activity" && it.kind.strip_prefix("activity.") == Some(kind)).filter_map(|it| it.record).collect()
    };
    let erased: Vec<Uuid> = of("erased").into_iter().collect();
    if erased.is_empty() {
        return Ok(true);
    }
    let moved: BTreeSet<Uuid> = of("deleted").into_iter().chain(of("restored")).collect();
    let in_bin = events::in_bin_at(tx, "activity", &erased, seq)?;
    Ok(erased.iter().all(|it| in_bin.contains(it) && !moved.contains(it)))
}

/// A repeat of which one time went is there all the same, without it.
fn of_gone_repeats(context: &Context, tx: &mut dyn ReadTx, collection: Collection, names: &BTreeSet<String>) -> Result<Vec<Resource>> {
    let names: Vec<String> = names.iter().cloned().collect();
    Ok(if names.is_empty() { Vec::new() } else { load(context, tx, collection, Which::Named(&names))?.resources })
}

/// Activities that events are about.
#[derive(Debug, Default)]
struct Touched {
    ids: BTreeSet<Uuid>,
    /// Those that were the caller's and became another's.
    given_away: BTreeSet<Uuid>,
    /// Those of which the kind changed.
    turned: BTreeSet<Uuid>,
}

fn touched(context: &Context, tx: &mut dyn ReadTx, happened: &[Event]) -> Result<Touched> {
    let mut touched = Touched::default();
    let mut beside: Vec<(&'static str, Uuid)> = Vec::new();
    let me = context.actor.to_string();
    for event in happened {
        let Some(record) = event.record else { continue };
        match event.object.as_str() {
            "activity" => {
                touched.ids.insert(record);
                let was_mine = event.changes.get(OWNER_FIELD).and_then(|it| it.get(0)).and_then(|it| it.as_str()) == Some(me.as_str());
                if was_mine {
                    touched.given_away.insert(record);
                }
                if event.changes.get("kind").is_some_and(|it| it.get(0).is_some_and(|it| !it.is_null())) {
                    touched.turned.insert(record);
                }
            }
            "attendance" => beside.push(("attendance", record)),
            CALENDAR_COPY => beside.push((CALENDAR_COPY, record)),
            _ => {}
        }
    }
    for name in ["attendance", CALENDAR_COPY] {
        let ids: Vec<Uuid> = beside.iter().filter(|it| it.0 == name).map(|it| it.1).collect();
        touched.ids.extend(activities_of(context, tx, name, &ids)?);
    }
    Ok(touched)
}

/// The activities that attendances or copies belong to, those in the bin too.
fn activities_of(context: &Context, tx: &mut dyn ReadTx, object: &str, ids: &[Uuid]) -> Result<Vec<Uuid>> {
    let Some(object) = context.schema.object(object).cloned() else { return Ok(Vec::new()) };
    let mut found = Vec::new();
    for chunk in ids.chunks(500) {
        let these = Condition::In(ColumnRef::main(ID), chunk.iter().copied().map(Value::Id).collect(), false);
        for row in tx.rows(&Select::all(&object.table, these))? {
            found.extend(Record { object: object.clone(), row }.reference("activity"));
        }
    }
    Ok(found)
}
