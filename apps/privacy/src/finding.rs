//! Finding what is kept about a person, and confirming by hand what really is about him.

use std::collections::{BTreeMap, BTreeSet};
use std::sync::Arc;

use guanxi_kernel::access::{Place, Shown, Verb};
use guanxi_kernel::app::{Action, ActionDefinition, required_record};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{Record, load_records};
use guanxi_kernel::schema::{FieldKind, ID, Object};
use guanxi_kernel::store::{ColumnRef, Condition, ReadTx, Select, TextOp};
use guanxi_kernel::write::Unit;
use guanxi_kernel::{KernelError, Result, Value};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::about::may_concern;
use crate::people::PEOPLE;
use crate::request::{CONCERNED, MOST, confirmed, open_records};
use crate::values::{kept, text_in, values};

/// Most records told of each object.
const MOST_OF_EACH: u64 = 50;

/// How a record may have been found.
const WAYS: [&str; 5] = ["email", "phone", "name", "similar", "hand"];

/// What is kept about the person, by e-mail, phone and name.
pub struct Find(pub ActionDefinition);
/// These are.
pub struct Concern(pub ActionDefinition);
/// This one is not.
pub struct LeaveOut(pub ActionDefinition);

impl Action for Find {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn only_reads(&self) -> bool {
        true
    }

    fn answer_of(&self, context: &Context, tx: &mut dyn ReadTx, request: &Record, _input: &Map<String, Json>) -> Result<Json> {
        let known: BTreeSet<String> = confirmed(context, tx, request.id())?.iter().map(|it| kept(it, "record_id")).collect();
        let mut candidates = Vec::new();
        let mut more = false;
        let schema = context.schema.clone();
        for object in schema.objects.values().filter(|it| is_searched(context, it)) {
            let found = matches(context, tx, object, request)?;
            more |= found.len() as u64 >= MOST_OF_EACH;
            candidates.extend(found.into_iter().map(|(record, matched)| {
                json!({
                    "object": object.name,
                    "id": record.id(),
                    "label": record.text_for(context, object.title_field().name()),
                    "matched": matched,
                    "deleted": record.is_deleted(),
                    "confirmed": known.contains(&record.id().to_string()),
                })
            }));
        }
        // Contacts, leads and accounts first, and what agrees in more than the name.
        candidates.sort_by_key(|it| {
            let of_people = PEOPLE.iter().position(|object| it["object"] == json!(object)).unwrap_or(PEOPLE.len());
            let ways = it["matched"].as_array().map_or(0, |it| it.iter().filter(|it| **it != json!("name")).count());
            (std::cmp::Reverse(ways), of_people)
        });
        Ok(json!({ "candidates": candidates, "more": more }))
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let record = required_record(record)?;
        self.answer_of(unit.context, unit.tx, &record, input)
    }
}

fn is_searched(context: &Context, object: &Arc<Object>) -> bool {
    may_concern(object) && context.access.may(object, Verb::Read)
}

/// What of the request each field is compared with.
fn asked(context: &Context, object: &Arc<Object>, request: &Record) -> Vec<(&'static str, Condition)> {
    let mut ways = Vec::new();
    for field in object.fields.iter().filter(|it| context.access.shown_uncovered(object, it, Place::Record) == Shown::Whole) {
        let Some(part) = field.part("") else { continue };
        let is_title = PEOPLE.contains(&object.name.as_str()) && field.name() == object.title_field().name();
        let (way, value) = match field.definition.kind {
            FieldKind::Email => ("email", request.value("email")),
            FieldKind::Phone => ("phone", request.value("phone")),
            FieldKind::PersonName => ("name", request.value("requester")),
            FieldKind::Text if is_title => ("name", request.value("requester")),
            _ => continue,
        };
        let at = ColumnRef::main(part.column);
        let agrees = match value {
            Value::Null => continue,
            // A phone number is kept in one form; mail and names are the same but for case.
            Value::Text(text) if way != "phone" => Condition::Text(at, TextOp::EqualsIgnoreCase, text, false),
            value => Condition::equals(at, value),
        };
        // What is covered for the caller does not agree with anything.
        ways.push((way, context.access.covers_of(object, field).map(|it| it.others(0)).fold(agrees, Condition::and)));
    }
    ways
}

/// The records of an object that agree in something, with what; those in the bin too.
fn matches(context: &Context, tx: &mut dyn ReadTx, object: &Arc<Object>, request: &Record) -> Result<Vec<(Record, Vec<&'static str>)>> {
    let mut found: BTreeMap<Uuid, BTreeSet<&'static str>> = BTreeMap::new();
    for (way, condition) in asked(context, object, request) {
        let select = Select { columns: vec![ColumnRef::main(ID)], ..Select::all(&object.table, condition) };
        for row in tx.rows(&select.limited(MOST_OF_EACH))? {
            if let Some(Value::Id(id)) = row.first() {
                found.entry(*id).or_default().insert(way);
            }
        }
    }
    // What stands in the columns is not his to see before his rights to the records have been asked.
    let ids: Vec<Uuid> = found.keys().copied().collect();
    let records = load_records(context, tx, object, &ids, Verb::Read, true)?;
    let told = |it: Record| {
        let ways = found.get(&it.id()).map(|it| it.iter().copied().collect()).unwrap_or_default();
        (it, ways)
    };
    Ok(records.into_iter().map(told).collect())
}

impl Action for Concern {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let request = required_record(record)?;
        let wrong = |zh_cn: &str, en: &str| Err(KernelError::invalid("records", "bad_format", zh_cn, en));
        let Some(wanted) = input.get("records").and_then(Json::as_array).filter(|it| !it.is_empty()) else {
            return wrong("请选择至少一条记录", "choose at least one record");
        };
        let known = confirmed(unit.context, unit.tx, request.id())?;
        if known.len() + wanted.len() > MOST {
            return Err(KernelError::invalid(
                "records",
                "too_large",
                format!("一个请求最多{MOST}条记录"),
                format!("at most {MOST} records for one request"),
            ));
        }
        let mut known: BTreeSet<String> = known.iter().map(|it| kept(it, "record_id")).collect();
        let mut added = 0;
        for it in wanted {
            let object = it["object"].as_str().and_then(|it| unit.context.schema.object(it)).cloned();
            let id = it["id"].as_str().and_then(|it| Uuid::try_parse(it).ok());
            let (Some(object), Some(id)) = (object.filter(|it| is_searched(unit.context, it)), id) else {
                return wrong("每条记录要有对象和标识", "each record is an object and an id");
            };
            let Some(found) = load_records(unit.context, unit.tx, &object, &[id], Verb::Read, true)?.pop() else {
                return Err(KernelError::invalid("records", "no_such_record", "没有这条记录", "there is no such record"));
            };
            if known.insert(id.to_string()) {
                concern(unit, request.id(), &found, it["matched_by"].as_str().unwrap_or("hand"))?;
                added += 1;
            }
        }
        if added > 0 {
            unit.emit(&request, "records_confirmed", Map::new());
        }
        Ok(json!({ "id": request.id(), "added": added }))
    }
}

fn concern(unit: &mut Unit<'_>, request: Uuid, record: &Record, by: &str) -> Result<()> {
    // What is told is how it was found, not what somebody writes there.
    let known = by.split([' ', ',']).filter(|it| WAYS.contains(it)).collect::<BTreeSet<_>>().into_iter().collect::<Vec<_>>().join(" ");
    let matched = if known.is_empty() { "hand".to_owned() } else { known };
    // What lies in the bin can be named by nothing; its id says which it is.
    let about = (!record.is_deleted()).then(|| json!({ "object": record.object.name, "id": record.id() }));
    let link = values([
        ("request", json!(request)),
        ("about", json!(about)),
        ("record_object", json!(record.object.name)),
        ("record_id", json!(record.id().to_string())),
        ("matched_by", json!(matched)),
    ]);
    unit.create_as_system(CONCERNED, &link).map(drop)
}

impl Action for LeaveOut {
    fn definition(&self) -> &ActionDefinition {
        &self.0
    }

    fn run(&self, unit: &mut Unit<'_>, record: Option<Record>, input: &Map<String, Json>) -> Result<Json> {
        let request = required_record(record)?;
        let wanted = text_in(input, "record").unwrap_or_default().to_ascii_lowercase();
        let all = open_records(unit.context, unit.tx, request.id())?;
        let Some(link) = all.iter().find(|it| kept(it, "record_id") == wanted) else {
            let (zh_cn, en) = ("这条记录没有确认为当事人的", "this record was not confirmed to be about the person");
            return Err(KernelError::invalid("record", "no_such_record", zh_cn, en));
        };
        if ["corrected", "anonymised", "stopped"].contains(&kept(link, "outcome").as_str()) {
            return Err(KernelError::conflict("state_conflict", "这条记录已经处理过", "something was done to this record already"));
        }
        unit.delete_as_system(CONCERNED, link.id())?;
        Ok(json!({ "id": request.id() }))
    }
}
