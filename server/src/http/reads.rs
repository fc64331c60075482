//! Which records of marked objects (`audit_reads`) an answer shows goes into the audit log, whatever operation it is of: a
//! record by its id, a list, a search, groups, a history, a timeline. What the same caller is shown again within a minute
//! is not written down again, so that a page that reads itself anew does not fill the disk.

use std::collections::hash_map::DefaultHasher;
use std::collections::{BTreeMap, BTreeSet, HashMap};
use std::hash::{Hash as _, Hasher as _};
use std::sync::{Mutex, PoisonError};

use guanxi_kernel::audit;
use guanxi_kernel::context::Context;
use guanxi_kernel::store::StoreExt as _;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::Answer;
use super::refusals::Asked;
use crate::errors::ApiError;

/// What was shown to whom, remembered at most; beyond that it is written down again.
const CAPACITY: usize = 50_000;
/// Longest part of an address that is kept.
const MAX_ASKED: usize = 1_000;

/// What was shown of late: workspace and caller, and what it was; with the minute.
#[derive(Debug, Default)]
pub struct Reads {
    seen: Mutex<HashMap<(String, Uuid, u64), i64>>,
}

/// What an answer shows of one object.
#[derive(Debug, Default, PartialEq, Eq)]
struct Shown {
    ids: BTreeSet<Uuid>,
    /// Groups of records that are not told one by one.
    groups: usize,
}

impl Reads {
    /// Notes what an answer shows of marked objects.
    ///
    /// # Errors
    /// Fails where the database does; then it must not be shown.
    pub fn note(&self, context: &Context, target: &str, answer: &Answer) -> Result<(), ApiError> {
        let marked: BTreeSet<&str> = context.schema.objects.values().filter(|it| it.definition.audit_reads).map(|it| it.name.as_str()).collect();
        let Some(body) = answer.body.as_deref().filter(|_| !marked.is_empty() && is_read(target) && !context.access.is_system()) else {
            return Ok(());
        };
        let asked = Asked::of(target);
        let names_one = asked.object.as_deref().is_some_and(|it| marked.contains(it));
        if !names_one && !tells_records(&asked.operation) {
            return Ok(());
        }
        if !names_one && !marked.iter().any(|it| body.contains(&format!("\"{it}\""))) {
            return Ok(());
        }
        let body: Json = serde_json::from_str(body).map_err(|error| ApiError::internal(format!("an answer that is no JSON: {error}")))?;
        let mut shown: BTreeMap<String, Shown> = BTreeMap::new();
        if let Some(object) = asked.object.as_deref().filter(|_| names_one) {
            shown.insert(object.to_owned(), of_path(&asked, target, &body));
        }
        if tells_records(&asked.operation) {
            of_values(&body, &marked, &mut shown);
        }
        for (object, it) in shown.into_iter().filter(|it| !it.1.ids.is_empty() || it.1.groups > 0) {
            if self.is_new(context, target, &object, &it) {
                append(context, target, &asked, &object, &it)?;
            }
        }
        Ok(())
    }

    /// Whether the caller was not shown just this within the minute.
    fn is_new(&self, context: &Context, target: &str, object: &str, shown: &Shown) -> bool {
        let minute = context.now.as_second().div_euclid(60);
        let actor = context.viewer.as_ref().map_or(context.actor, |it| it.id);
        let mut hash = DefaultHasher::new();
        (object, &shown.ids, shown.groups).hash(&mut hash);
        if shown.ids.is_empty() {
            target.hash(&mut hash);
        }
        let key = (context.workspace.id.clone(), actor, hash.finish());
        let mut seen = self.seen.lock().unwrap_or_else(PoisonError::into_inner);
        if seen.len() >= CAPACITY {
            seen.retain(|_, it| *it == minute);
        }
        if seen.len() >= CAPACITY {
            return true;
        }
        seen.insert(key, minute) != Some(minute)
    }
}

/// Of a record, what tells about rights and nothing of what it holds.
const ABOUT_RIGHTS: [&str; 4] = ["/access", "/viewers", "/shares", "/lock"];

/// Whether a request reads what records hold: what writes is in the log as what it wrote, but for what only tries; and the
/// log itself tells no more than that.
fn is_read(target: &str) -> bool {
    let path = target.split('?').next().unwrap_or_default();
    if path.starts_with("GET /audit") || (path.starts_with("GET /records/") && ABOUT_RIGHTS.iter().any(|it| path.ends_with(it))) {
        return false;
    }
    let tries = ["dry_run", "preview"].iter().any(|it| target.contains(&format!("{it}=true")) || target.contains(&format!("{it}=1")));
    target.starts_with("GET ") || tries
}

/// Whether an answer tells of records of any object, each with its `object` and `id`. Elsewhere the two stand for other
/// things: what a view, an import or a rule is for, and which one it is.
fn tells_records(operation: &str) -> bool {
    operation.starts_with("GET /search") || operation.starts_with("GET /events") || operation.ends_with("/timeline")
}

/// What is shown of the object the address names: the record it names, or those listed.
fn of_path(asked: &Asked, target: &str, body: &Json) -> Shown {
    let mut shown = Shown::default();
    if let Some(named) = asked.record {
        // Of one that became part of another, that other one is shown.
        let itself = id_in(body, "id").filter(|_| asked.operation.ends_with("/{id}"));
        shown.ids.insert(itself.unwrap_or(named));
        return shown;
    }
    let items = body.get("items").and_then(Json::as_array);
    shown.ids.extend(items.into_iter().flatten().filter_map(|it| id_in(it, "id")));
    let grouped = target.contains("group_by=") || target.contains("measures=");
    shown.groups = body.get("groups").and_then(Json::as_array).filter(|_| grouped).map_or(0, Vec::len);
    shown
}

fn id_in(value: &Json, name: &str) -> Option<Uuid> {
    value.get(name)?.as_str().and_then(|it| Uuid::try_parse(it).ok())
}

/// Whatever in an answer says of which object and record it is: what was found, entries of a timeline, events.
fn of_values(value: &Json, marked: &BTreeSet<&str>, shown: &mut BTreeMap<String, Shown>) {
    match value {
        Json::Array(items) => items.iter().for_each(|it| of_values(it, marked, shown)),
        Json::Object(fields) => {
            let object = fields.get("object").and_then(Json::as_str).filter(|it| marked.contains(it));
            let id = || ["id", "record"].iter().find_map(|it| id_in(value, it));
            if let Some((object, id)) = object.and_then(|it| Some((it, id()?))) {
                shown.entry(object.to_owned()).or_default().ids.insert(id);
            }
            fields.values().for_each(|it| of_values(it, marked, shown));
        }
        _ => {}
    }
}

fn append(context: &Context, target: &str, asked: &Asked, object: &str, shown: &Shown) -> Result<(), ApiError> {
    let only = shown.ids.first().copied().filter(|_| shown.ids.len() == 1);
    let query: Option<String> = target.split_once('?').map(|it| it.1.chars().take(MAX_ASKED).collect());
    let mut detail = json!({ "operation": asked.operation });
    if let Some(query) = query {
        detail["query"] = json!(query);
    }
    if only.is_none() && !shown.ids.is_empty() {
        detail["ids"] = json!(shown.ids);
    }
    if shown.groups > 0 {
        detail["groups"] = json!(shown.groups);
    }
    let (inner, object) = (context.clone(), object.to_owned());
    let count = i64::try_from(shown.ids.len()).unwrap_or(i64::MAX);
    let written =
        context.workspace.store.write_with(move |tx| audit::append(&inner, tx, "read", Some(&object), only, None, count, Some(detail.clone())));
    Ok(written?)
}

#[cfg(test)]
mod tests {
    use super::*;

    fn id(n: u128) -> Uuid {
        Uuid::from_u128(n)
    }

    #[test]
    fn what_an_answer_shows_is_found_wherever_it_stands() {
        let target = format!("GET /records/contact/{}", id(1));
        let asked = Asked::of(&target);
        // It became part of another.
        assert_eq!(of_path(&asked, &target, &json!({ "id": id(2), "owner": { "id": id(9) } })).ids, [id(2)].into());
        let target = format!("GET /records/contact/{}/history", id(1));
        assert_eq!(of_path(&Asked::of(&target), &target, &json!({ "items": [{ "id": id(3) }] })).ids, [id(1)].into());
        let target = "GET /records/contact?limit=2";
        assert_eq!(of_path(&Asked::of(target), target, &json!({ "items": [{ "id": id(1) }, { "id": id(2) }] })).ids, [id(1), id(2)].into());
        let target = "GET /records/contact/aggregate?group_by=level";
        assert_eq!(of_path(&Asked::of(target), target, &json!({ "groups": [{}, {}] })).groups, 2);
        let mut shown = BTreeMap::new();
        let found = json!({ "items": [{ "object": "contact", "id": id(4) }, { "object": "account", "id": id(5) },
            { "object": "contact", "record": id(6), "kind": "contact.updated" }] });
        of_values(&found, &BTreeSet::from(["contact"]), &mut shown);
        assert_eq!(shown.into_iter().map(|it| (it.0, it.1.ids)).collect::<Vec<_>>(), [("contact".to_owned(), [id(4), id(6)].into())]);
    }

    #[test]
    fn only_what_tells_of_records_is_looked_through_for_them() {
        for operation in ["GET /search", "GET /events", "GET /records/account/{id}/timeline"] {
            assert!(tells_records(operation), "{operation}");
        }
        for operation in ["GET /records/saved_view", "GET /imports", "GET /meta"] {
            assert!(!tells_records(operation), "{operation}: its `object` is what it is for");
        }
    }

    #[test]
    fn what_writes_is_no_read_but_what_only_tries_is() {
        assert!(is_read("GET /records/contact") && is_read("POST /records/contact/batch?dry_run=true"));
        assert!(!is_read("GET /audit?object=contact") && !is_read("GET /records/contact/x/viewers?cursor=y"));
        assert!(!is_read("POST /records/contact") && !is_read("PATCH /records/contact/x?preview=false"));
    }
}
