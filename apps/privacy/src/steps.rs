//! The steps of a request: who asks is checked, what is wrong is corrected, and it is answered, refused or dropped.

use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::read::{Record, record_json};
use guanxi_kernel::write::{PlanOptions, Planner, Unit};
use guanxi_kernel::{KernelError, Result};
use serde_json::{Map, Value as Json, json};

use crate::request::{confirmed, id_of, object_of, open_records, set_outcome, step};
use crate::values::{day, kept, now, text_in, today, values};

/// What became of a record that was to go.
const GONE: [&str; 2] = ["erased", "anonymised"];

/// Who asks is the person, or is not for certain.
pub struct CheckIdentity(pub ActionDefinition);
/// A record of the person is corrected.
pub struct Correct(pub ActionDefinition);
/// More time, once.
pub struct Extend(pub ActionDefinition);
/// The person was answered.
pub struct Finish(pub ActionDefinition);
/// The person is not given what he asks for.
pub struct Refuse(pub ActionDefinition);
/// The person asks no more.
pub struct Drop(pub ActionDefinition);

fn required<'a>(input: &'a Map<String, Json>, name: &str) -> Result<&'a str> {
    text_in(input, name).ok_or_else(|| KernelError::invalid(name, "required", "请填写", "say it"))
}

impl Action for CheckIdentity {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let request = required_record(record)?;
        let how = required(input, "how")?;
        let verified = input.get("verified").and_then(Json::as_bool).unwrap_or(false);
        let by = Some(unit.context.actor).filter(|it| !it.is_nil());
        let mut changed = values([
            ("identity", json!(if verified { "verified" } else { "doubtful" })),
            ("identity_how", json!(how)),
            ("identity_by", json!(by)),
            ("identity_at", json!(now(unit.context))),
        ]);
        if verified {
            changed.insert("state".to_owned(), json!("working"));
        }
        step(unit, &request, if verified { "identity_verified" } else { "identity_doubted" }, &changed)
    }
}

impl Action for Correct {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let request = required_record(record)?;
        let wanted = required(input, "record")?.to_ascii_lowercase();
        let Some(new) = input.get("values").and_then(Json::as_object).filter(|it| !it.is_empty()).cloned() else {
            return Err(KernelError::invalid("values", "bad_format", "请按字段给出新的值", "give new values by field"));
        };
        let link = open_records(unit.context, unit.tx, request.id())?.into_iter().find(|it| kept(it, "record_id") == wanted);
        let (Some(link), Some(object), Some(id)) = (&link, link.as_ref().and_then(|it| object_of(unit.context, it)), link.as_ref().and_then(id_of))
        else {
            let (zh_cn, en) = ("这条记录没有确认为当事人的", "this record was not confirmed to be about the person");
            return Err(KernelError::invalid("record", "no_such_record", zh_cn, en));
        };
        // With the caller's own rights: who may not change the record cannot do so by a request either.
        let context = unit.context;
        let mut planner = Planner::new(context);
        let draft = planner.update(unit.tx, &object, id, &new, PlanOptions { check_unique: true, ..PlanOptions::default() })?;
        if !draft.problems.is_empty() {
            return Err(KernelError::Invalid(draft.problems));
        }
        let before = draft.before.as_ref().map(|it| record_json(&object, &it.row)).unwrap_or_default();
        let after = record_json(&object, &draft.row);
        let changes: Vec<Json> = object
            .user_fields()
            .filter(|it| new.contains_key(it.name()) && draft.changes(it.name()))
            .map(|it| json!({ "field": it.name(), "old": before.get(it.name()), "new": after.get(it.name()) }))
            .collect();
        let preview = input.get("preview").and_then(Json::as_bool).unwrap_or(false);
        if !preview && !changes.is_empty() {
            unit.update(&object.name, id, &new)?;
            set_outcome(unit, link, "corrected")?;
            unit.emit(&request, "corrected", Map::new());
            let fields: Vec<&str> = new.keys().map(String::as_str).collect();
            unit.note(json!({ "corrected": { "object": object.name, "record": id, "fields": fields } }));
        }
        Ok(json!({ "object": object.name, "id": id, "preview": preview, "changes": changes }))
    }
}

impl Action for Extend {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let request = required_record(record)?;
        let reason = required(input, "reason")?;
        if day(&request, "due_on").is_some_and(|it| it < today(unit.context)) {
            let (zh_cn, en) = ("期限已过，不能再延期", "the term is over already and cannot be extended any more");
            return Err(KernelError::conflict("state_conflict", zh_cn, en));
        }
        let changed = values([("extended_reason", json!(reason))]);
        step(unit, &request, "extended", &changed)
    }
}

fn close(unit: &mut Unit<'_>, request: &Record, state: &str, outcome: Option<&str>) -> Result<Json> {
    let changed = values([("state", json!(state)), ("outcome", json!(outcome)), ("closed_at", json!(now(unit.context)))]);
    step(unit, request, if state == "done" { "answered" } else { state }, &changed)
}

impl Action for Finish {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let request = required_record(record)?;
        let outcome = required(input, "outcome")?;
        // What was asked to go and was confirmed must have gone, whatever else was done with it.
        if kept(&request, "kind") == "erase" {
            let left = confirmed(unit.context, unit.tx, request.id())?.iter().filter(|it| !GONE.contains(&kept(it, "outcome").as_str())).count();
            if left > 0 {
                let (zh_cn, en) = (
                    format!("还有{left}条已确认的记录没有处理，请先删除、匿名化或移出"),
                    format!("{left} confirmed records are left: erase, anonymise or leave them out first"),
                );
                return Err(KernelError::conflict("state_conflict", zh_cn, en));
            }
        }
        close(unit, &request, "done", Some(outcome))
    }
}

impl Action for Refuse {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let request = required_record(record)?;
        close(unit, &request, "refused", Some(required(input, "reason")?))
    }
}

impl Action for Drop {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, _input: &Map<String, Json>) -> Result<Json> {
        let request = required_record(record)?;
        close(unit, &request, "dropped", None)
    }
}
