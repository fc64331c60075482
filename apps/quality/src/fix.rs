//! Mends many records at once: what would change is worked out and shown first, and run as one change that can be undone.

use std::sync::Arc;

use guanxi_kernel::access::{Place, Shown, Verb};
use guanxi_kernel::context::Context;
use guanxi_kernel::quality::fingerprint;
use guanxi_kernel::read::{ListRequest, Record, load_records};
use guanxi_kernel::schema::{Field, FieldKind, ID, Label, Object};
use guanxi_kernel::store::{ColumnRef, Condition, StoreExt as _};
use guanxi_kernel::write::{Batch, BatchMode, BatchResult, Draft, Operation, PlanOptions, execute, plan_only};
use guanxi_kernel::{FieldError, KernelError, Result, Value};
use guanxi_text::address::{complete, parse_line};
use guanxi_text::{id_numbers, script};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::seen::Seen;
use crate::summary::plan_for;
use crate::valid::address_in;
use crate::worklist::{Wanted, ids_of, narrowed, stream};

/// Most records of one change.
const MOST: usize = 10_000;
/// Records looked at together.
const AT_ONCE: usize = 500;

/// What is done to each record.
#[derive(Debug, Clone)]
pub enum Fix {
    /// The field is written in its usual form.
    Normalise(String),
    /// Levels of the address that are missing are filled in.
    FillAddress(String),
    /// Fields are set.
    Set(Map<String, Json>),
}

/// Which records are mended: those that all of it accepts.
#[derive(Debug, Clone, Default)]
pub struct Chosen {
    /// Some of these; any where absent.
    pub ids: Option<Vec<Uuid>>,
    /// Those that break its rule, if it names one, and are of its owners, its departments and its filter.
    pub wanted: Wanted,
}

/// What a record would become.
#[derive(Debug)]
pub struct Proposal {
    /// The record as it is.
    pub record: Record,
    /// Values that would be set, by field.
    pub values: Map<String, Json>,
    /// What they are now.
    pub before: Map<String, Json>,
    /// What forbids it.
    pub problems: Vec<FieldError>,
}

/// What a change would do.
#[derive(Debug)]
pub struct Proposals {
    /// Records looked at.
    pub total: usize,
    /// Those that would change, whether they can or not.
    pub changes: Vec<Proposal>,
    /// Tells this set of changes from any other.
    pub digest: String,
}

impl Proposals {
    /// How many of them something forbids.
    pub fn refused(&self) -> usize {
        self.changes.iter().filter(|it| !it.problems.is_empty()).count()
    }
}

/// What a fix would do to the records chosen that the caller may change in bulk. Nothing is written.
///
/// # Errors
/// Not found or forbidden, a field that cannot be mended so, too many records; the database's.
pub fn propose(context: &Context, object: &str, chosen: &Chosen, fix: &Fix) -> Result<(Arc<Object>, Proposals)> {
    let (object, ids) = choose(context, object, chosen)?;
    check(context, &object, fix)?;
    let mut changes = Vec::new();
    for some in ids.chunks(AT_ONCE) {
        let records = context.workspace.store.read_with(|tx| load_records(context, tx, &object, some, Verb::Bulk, false))?;
        changes.extend(records.into_iter().filter_map(|it| proposal(context, it, fix)));
    }
    changes.sort_by_key(|it| it.record.id());
    let planned = plan_only(context, &batch(&object, &changes))?;
    for (change, draft) in changes.iter_mut().zip(planned) {
        change.problems = problems_of(draft)?;
    }
    let digest = digest(&changes);
    Ok((object, Proposals { total: ids.len(), changes, digest }))
}

/// Does it, if it still is what was shown: one change, of which each record stands for itself.
///
/// # Errors
/// As [`propose`]; a conflict where the records, or what would become of them, are others by now.
pub fn mend(context: &Context, object: &str, chosen: &Chosen, fix: &Fix, digest: &str) -> Result<(usize, Vec<Uuid>, BatchResult)> {
    let (object, proposals) = propose(context, object, chosen, fix)?;
    if proposals.digest != digest {
        return Err(KernelError::conflict(
            "state_conflict",
            "预览之后数据有变化，请重新预览并确认",
            "the records have changed since they were shown; look again and confirm",
        ));
    }
    let batch = batch(&object, &proposals.changes);
    let ids = proposals.changes.iter().map(|it| it.record.id()).collect();
    Ok((proposals.total, ids, execute(context, &batch)?))
}

/// Each record is changed as it was looked at: one that somebody changes meanwhile refuses.
pub(crate) fn batch(object: &Arc<Object>, changes: &[Proposal]) -> Batch {
    let options = |it: &Proposal| PlanOptions { expected_version: Some(it.record.version()), ..PlanOptions::default() };
    let operation = |it: &Proposal| Operation::Update { id: it.record.id(), values: it.values.clone(), options: options(it) };
    let operations = changes.iter().map(operation).collect();
    Batch { object: object.clone(), operations, mode: BatchMode::RowByRow, verb: "bulk", change: None }
}

pub(crate) fn problems_of(draft: std::result::Result<Draft, KernelError>) -> Result<Vec<FieldError>> {
    match draft {
        Ok(draft) => Ok(draft.problems),
        Err(KernelError::Invalid(problems)) => Ok(problems),
        Err(error @ KernelError::Store(_)) => Err(error),
        Err(other) => {
            let Label { zh_cn, en } = reason(other);
            Ok(vec![FieldError::new("id", "refused", format!("这条记录不能修改：{zh_cn}"), format!("this record cannot be changed: {en}"))])
        }
    }
}

/// Why one record is not changed, and what to do.
fn reason(error: KernelError) -> Label {
    match error {
        KernelError::BadRequest { message, .. } | KernelError::Conflict { message, .. } => message,
        KernelError::Forbidden(_) => Label::new("您没有权限，请联系它的负责人或管理员", "you may not; ask its owner or an administrator"),
        KernelError::VersionConflict { .. } => Label::new("刚被别人修改，请重新预览", "somebody has just changed it; look again"),
        KernelError::NotFound => Label::new("记录已不存在", "it is not there any more"),
        KernelError::Merged { .. } => Label::new("已合并到另一条记录", "it became part of another record"),
        other => Label::new("请稍后再试", format!("try again later ({other})")),
    }
}

/// The records meant, of those the caller may change in bulk.
fn choose(context: &Context, object: &str, chosen: &Chosen) -> Result<(Arc<Object>, Vec<Uuid>)> {
    context.workspace.store.read_with(|tx| {
        let (object, plan) = plan_for(context, tx, object)?;
        context.access.require(&object, Verb::Bulk)?;
        let list = ListRequest { fields: Some(Vec::new()), sort: Some("id".into()), ..chosen.wanted.list.clone() };
        let seen = plan.as_ref().map_or_else(Seen::nothing, |it| Seen::of(context, it));
        let mut stream = match chosen.wanted.rule {
            Some(_) => stream(context, tx, &object, &seen, &chosen.wanted, Verb::Bulk, &list)?,
            None => narrowed(context, &object, &chosen.wanted, Verb::Bulk, &list)?,
        };
        if let Some(ids) = &chosen.ids {
            if ids.len() > MOST {
                return Err(too_many());
            }
            let those = Condition::In(ColumnRef::main(ID), ids.iter().copied().map(Value::Id).collect(), false);
            let before = std::mem::replace(&mut stream.select.condition, Condition::True);
            stream.select.condition = those.and(before);
        }
        let ids = ids_of(tx, &stream, MOST as u64)?;
        if ids.len() > MOST { Err(too_many()) } else { Ok((object, ids)) }
    })
}

fn too_many() -> KernelError {
    KernelError::bad_request("bad_request", "一次最多10,000条，请缩小范围", "at most 10,000 records at once; narrow the filter")
}

/// A fix is of fields the caller sees whole and may change.
fn check(context: &Context, object: &Object, fix: &Fix) -> Result<()> {
    let named = |name: &String| {
        let field = object.field(name).filter(|it| context.access.may_group(object, it));
        field.ok_or_else(|| guanxi_kernel::read::unknown_field(name))
    };
    match fix {
        Fix::Normalise(name) => named(name).map(drop),
        Fix::FillAddress(name) if named(name)?.definition.kind != FieldKind::Address => {
            Err(KernelError::invalid(name.clone(), "wrong_type", "这个字段不是地址", "this field is no address"))
        }
        Fix::FillAddress(_) => Ok(()),
        Fix::Set(values) => values.keys().try_for_each(|it| named(it).map(drop)),
    }
}

/// What would become of a record; nothing where nothing would change, or its field is covered.
fn proposal(context: &Context, record: Record, fix: &Fix) -> Option<Proposal> {
    let object = record.object.clone();
    let shown = |it: &Field| context.access.shown_of(&object, it, Place::List, &record.row) == Shown::Whole;
    let wanted: Map<String, Json> = match fix {
        Fix::Normalise(name) => Map::from_iter([(name.clone(), normalised(context, &record, object.field(name).filter(|it| shown(it))?)?)]),
        Fix::FillAddress(name) => Map::from_iter([(name.clone(), filled_address(&record, object.field(name).filter(|it| shown(it))?)?)]),
        Fix::Set(values) => values.clone(),
    };
    let mut before = Map::new();
    for name in wanted.keys() {
        let field = object.field(name).filter(|it| shown(it))?;
        before.insert(name.clone(), json_of(field, &field.cells(&record.row)));
    }
    (before != wanted).then_some(Proposal { record, values: wanted, before, problems: Vec::new() })
}

fn json_of(field: &Field, cells: &[Value]) -> Json {
    if cells.iter().all(Value::is_null) {
        return Json::Null;
    }
    let mut text = String::new();
    field.kind().write_json(&field.definition, cells, &mut text);
    serde_json::from_str(&text).unwrap_or_default()
}

/// The value in its usual form: what the field's type and form make of it today; a text of no form without double and wide
/// blanks, wide letters and digits narrow, a credit code or an identity number in capitals without blanks.
fn normalised(context: &Context, record: &Record, field: &Field) -> Option<Json> {
    let cells = field.cells(&record.row);
    let mut json = Some(json_of(field, &cells)).filter(|it| !it.is_null())?;
    if let (FieldKind::Text, None, Some(text)) = (field.definition.kind, field.definition.form, json.as_str()) {
        json = Json::String(usual(text));
    }
    let parsed = field.kind().parse(&field.definition, &json, &context.parse_context()).ok()?;
    (parsed != cells).then(|| json_of(field, &parsed))
}

fn usual(text: &str) -> String {
    if let Ok(code) = id_numbers::unified_social_credit_code(text) {
        return code;
    }
    if let Ok(id) = id_numbers::resident_id(text) {
        return id.number;
    }
    let narrow = script::fold_width(text);
    let visible: String = narrow.chars().filter(|it| !script::is_invisible(*it) || it.is_whitespace()).collect();
    visible.split_whitespace().collect::<Vec<_>>().join(" ")
}

/// The address with the levels that are missing, as far as its own parts, or its line, say them without doubt.
fn filled_address(record: &Record, field: &Field) -> Option<Json> {
    let given = address_in(record, field.name());
    let mut found = complete(given.clone());
    if found.division_code.len() < 6 {
        // The whole line stands in the street as often as not.
        let read = parse_line(&given.one_line());
        if read.division_code.len() > found.division_code.len() {
            let postcode = if read.postcode.is_empty() { given.postcode.clone() } else { read.postcode.clone() };
            found = guanxi_text::address::Address { postcode, ..read };
        }
    }
    if found.division_code.is_empty() {
        return None;
    }
    let parts = [
        ("country", &given.country, &found.country),
        ("province", &given.province, &found.province),
        ("city", &given.city, &found.city),
        ("district", &given.district, &found.district),
        ("street", &given.street, &found.street),
        ("postcode", &given.postcode, &found.postcode),
    ];
    if parts.iter().all(|(_, before, after)| before == after) {
        return None;
    }
    let text = |it: &String| if it.is_empty() { Json::Null } else { json!(it) };
    Some(Json::Object(parts.iter().map(|(name, _, after)| ((*name).to_owned(), text(after))).collect()))
}

fn digest(changes: &[Proposal]) -> String {
    let all: Vec<Json> = changes.iter().map(|it| json!([it.record.id(), it.before, it.values])).collect();
    fingerprint(&Json::Array(all).to_string())
}
