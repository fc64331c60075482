//! Records that come into a saved view somebody follows: a search that tells.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_kernel::access::{self, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::events::Event;
use guanxi_kernel::read::{Record, entered, known_records as records, load_record, may_be_named};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::{Condition, ReadTx};
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::FOLLOW;
use super::news::News;

/// The object of saved views.
const VIEW: &str = "saved_view";
/// Most followed views that are looked at.
const MOST_FOLLOWS: u64 = 2_000;
/// So many records are named in one line; of more only the number is told.
const FEW: usize = 10;

/// Who is told that something came into a view: under his own rights, as the view is now.
///
/// # Errors
/// Fails where the database does.
pub fn news_of_views(context: &Context, tx: &mut dyn ReadTx, events: &[&Event]) -> Result<Vec<News>> {
    let changed = changed_records(context, events);
    if changed.is_empty() {
        return Ok(Vec::new());
    }
    let mut news = Vec::new();
    let mut members: BTreeMap<Uuid, Option<Context>> = BTreeMap::new();
    for follow in records(context, tx, FOLLOW, |it| Ok(Condition::NotNull(it("view")?)), MOST_FOLLOWS)? {
        let (Some(member), Some(view)) = (follow.reference("member"), follow.reference("view")) else { continue };
        if let std::collections::btree_map::Entry::Vacant(unknown) = members.entry(member) {
            unknown.insert(access::context_of(context, tx, member)?);
        }
        // A view that is not his to see any more finds him nothing.
        let Some(theirs) = members.get(&member).and_then(Option::as_ref) else { continue };
        let Some(definition) = context.schema.object(VIEW).cloned() else { continue };
        let Some(view) = load_record(theirs, tx, &definition, view, Verb::Read, false)? else { continue };
        news.extend(news_of_view(theirs, tx, &view, member, &changed)?);
    }
    Ok(news)
}

type Changed<'e> = BTreeMap<String, (Arc<Object>, Vec<&'e Event>)>;

fn changed_records<'e>(context: &Context, events: &[&'e Event]) -> Changed<'e> {
    let mut changed: Changed<'e> = BTreeMap::new();
    for event in events.iter().filter(|it| ["created", "updated", "restored"].iter().any(|verb| it.kind.ends_with(verb))) {
        let object = context.schema.object(&event.object).filter(|it| may_be_named(it)).cloned();
        if let Some(object) = object.filter(|_| event.record.is_some()) {
            changed.entry(object.name.clone()).or_insert_with(|| (object, Vec::new())).1.push(event);
        }
    }
    changed
}

fn news_of_view(theirs: &Context, tx: &mut dyn ReadTx, view: &Record, member: Uuid, changed: &Changed<'_>) -> Result<Vec<News>> {
    let name = view.value("object_name");
    let Some((object, events)) = name.as_text().and_then(|it| changed.get(it)) else { return Ok(Vec::new()) };
    let config = if let Value::Json(config) = view.value("config") { *config } else { Json::Null };
    let filter = config["filter"].as_str().unwrap_or_default();
    let found = match entered(theirs, tx, object, filter, events) {
        // It names a field that is gone, or hidden from him since.
        Err(KernelError::BadRequest { .. } | KernelError::Forbidden(_)) => return Ok(Vec::new()),
        found => found?,
    };
    let name = view.text("name").unwrap_or_default();
    let few = found.len() <= FEW;
    Ok(found
        .into_iter()
        .map(|event| {
            let mut news = News::of(event, member, "found", None).with("view", json!(view.id()));
            news = news.with("object", object.name.clone()).with("view_name", name.clone());
            news.group = format!("found:{}", view.id().simple());
            if few { news.with("records", json!([event.record])) } else { news }
        })
        .collect())
}
