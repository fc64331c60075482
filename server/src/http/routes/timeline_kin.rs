//! Records whose story is part of another's: the contacts and deals of a customer. Which they are is the object's own
//! declaration (`views.record.related.timeline`); they are read through the read path, so only those the caller may see.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_kernel::access::{Place, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::events::{Event, events_of_records, visible};
use guanxi_kernel::read::{ListRequest, Stream, page_sink};
use guanxi_kernel::schema::{FieldGate as _, FieldKind, Object, TimelineShare};
use guanxi_kernel::store::ReadTx;
use guanxi_kernel::{KernelError, Result};
use serde_json::Value as Json;
use uuid::Uuid;

use super::record_timeline::plain;

/// Most records of one object that are asked about: those changed last.
const MOST: usize = 200;
/// How often further events are looked for where those found tell nothing.
const MAX_ROUNDS: usize = 8;

/// The related records of one object.
pub struct Kin {
    /// Their object.
    pub object: Arc<Object>,
    /// Whether what became of them is told, too.
    pub whole: bool,
    /// Their titles by id.
    pub records: BTreeMap<Uuid, String>,
    /// The files in their fields, as far as the caller may see those.
    pub files: Vec<Uuid>,
}

/// The records whose story is part of this one's.
///
/// # Errors
/// Fails where the database does.
pub fn kin_of(context: &Context, tx: &mut dyn ReadTx, object: &Object, id: Uuid) -> Result<Vec<Kin>> {
    let mut kin: Vec<Kin> = Vec::new();
    for related in &object.definition.views.record.related {
        let (Some(share), Some(of)) = (related.timeline, context.schema.object(&related.object)) else { continue };
        let via = of.field(&related.via).is_some_and(|it| context.access.may_read(of, it));
        if !via || !context.access.may(of, Verb::Read) {
            continue;
        }
        let title = of.title_field().name();
        let files = of.fields.iter().filter(|it| it.is_file() && context.access.may_read(of, it));
        let files: Vec<&str> = files.map(|it| it.name()).collect();
        let fields = Some(["id", title].into_iter().chain(files.iter().copied()).map(str::to_owned).collect());
        let filter = Some(format!("{} == \"{id}\"", related.via));
        let list = ListRequest { filter, fields, ..ListRequest::default() };
        let mut stream = Stream::compile(context, of, &list, Verb::Read)?;
        stream.select.limit = Some(MOST as u64);
        let found = page_sink(context, tx, of, &stream, MOST, None)?;
        let found: Vec<Json> = serde_json::from_str(&found.items).map_err(|error| KernelError::Internal(error.to_string()))?;
        let named = |it: &Json| Some((Uuid::try_parse(it["id"].as_str()?).ok()?, plain(&it[title])));
        let records = found.iter().filter_map(named).collect();
        let held = found.iter().flat_map(|it| files.iter().filter_map(move |name| Uuid::try_parse(it[*name]["id"].as_str()?).ok()));
        kin.push(Kin { object: of.clone(), whole: share == TimelineShare::Whole, records, files: held.collect() });
    }
    Ok(kin)
}

/// Objects whose records say what became of others (the stages of a deal), with the field that names the other.
pub fn trails_of<'c>(context: &'c Context, object: &Object) -> Vec<(&'c Arc<Object>, usize)> {
    let schema = &context.schema;
    let trail = |it: &'c Arc<Object>| {
        let field = it.field(it.definition.follows.as_deref().filter(|_| it.definition.trail)?)?;
        let names = field.definition.kind == FieldKind::Reference && field.target.as_deref() == Some(object.name.as_str());
        let open = names && context.access.may(it, Verb::Read) && context.access.may_read(it, field);
        Some((it, field.part("")?.column)).filter(|_| open)
    };
    schema.objects.values().filter_map(trail).collect()
}

/// Events of the kin that tell something, newest first: what people changed of them, unless a trail tells it already. That a
/// record was made its own entry says.
///
/// # Errors
/// Fails where the database does.
pub fn kin_events(context: &Context, tx: &mut dyn ReadTx, kin: &[Kin], before: Option<i64>, limit: u64) -> Result<Vec<Event>> {
    let ids: Vec<Uuid> = kin.iter().filter(|it| it.whole).flat_map(|it| it.records.keys().copied()).collect();
    let told: BTreeMap<&str, BTreeSet<String>> = kin.iter().map(|it| (it.object.name.as_str(), told_by_trails(context, &it.object))).collect();
    let (mut kept, mut before) = (Vec::new(), before);
    for _ in 0..MAX_ROUNDS {
        let found = events_of_records(tx, &ids, before, limit)?;
        let is_end = (found.len() as u64) < limit;
        before = found.last().map(|it| it.seq).or(before);
        let seen = visible(context, tx, found, Place::Record)?;
        kept.extend(seen.into_iter().filter(|event| tells(context, event, told.get(event.object.as_str()))));
        if is_end || kept.len() as u64 >= limit {
            break;
        }
    }
    Ok(kept)
}

/// Fields whose changes a trail of the object tells.
fn told_by_trails(context: &Context, object: &Object) -> BTreeSet<String> {
    let own = format!("{}.", object.name);
    let trails = trails_of(context, object);
    let options = trails.iter().flat_map(|it| it.0.fields.iter()).filter_map(|it| it.definition.options_of.as_deref());
    options.filter_map(|it| it.strip_prefix(&own).map(str::to_owned)).collect()
}

fn tells(context: &Context, event: &Event, told: Option<&BTreeSet<String>>) -> bool {
    let by_trail = |name: &str| told.is_some_and(|it| it.contains(name));
    match event.kind.rsplit('.').next().unwrap_or_default() {
        "created" => false,
        "updated" => {
            let Some(object) = context.schema.object(&event.object) else { return false };
            let by_people = |name: &str| object.field(name).is_some_and(|it| !it.is_computed() && !it.definition.read_only);
            // What changes with a stage (the probability) is part of the move.
            let changed = || event.changes.keys().map(String::as_str);
            changed().any(by_people) && !changed().any(by_trail)
        }
        "deleted" | "restored" => true,
        // What is done to a deal besides (won, lost, moved) its trail says.
        _ => told.is_none_or(BTreeSet::is_empty),
    }
}
