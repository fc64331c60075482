//! Retention rules: which records are past their time, and the nightly job that anonymises or erases them.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use guanxi_kernel::access::Verb;
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{CountMode, ListRequest, MAX_LIMIT, Record, Stream, count_of, known_records, list, load_records};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::schema::{FieldKind, ID, Object};
use guanxi_kernel::store::{ColumnRef, CompareOp, Condition, Delete, Insert, OnConflict, ReadTx, Select, StoreExt as _, WriteTx};
use guanxi_kernel::system_tables::SETTING;
use guanxi_kernel::write::{Unit, in_steps_telling, run_unit};
use guanxi_kernel::{KernelError, Result, Value};
use jiff::{SignedDuration, ToSpan as _};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::about::may_be_taken;
use crate::erasure::Fate;
use crate::personal::{is_anonymous, personal_fields, personal_fields_of, something_left};
use crate::request::REQUEST;
use crate::submissions::anonymise;
use crate::values::{kept, now, number, today, values};

/// The object of rules.
pub const RULE: &str = "retention_rule";
/// Most rules.
const MOST_RULES: u64 = 200;
/// Records one rule takes in a night; the next night goes on.
const MOST: usize = 2_000;
/// Records one rule looks at in a night; most of them may have to stay.
const MOST_LOOKED_AT: usize = 50_000;
/// Records changed in one transaction: others write between two of them.
const AT_ONCE: usize = 20;
/// From here on a part of all records is a large one, a fifth, and so many are few in any case.
pub const LARGE_SHARE: u64 = 5;
/// As [`LARGE_SHARE`].
pub const FEW: u64 = 20;

/// What a rule says.
#[derive(Debug, Clone)]
pub struct Terms {
    /// Of which object.
    pub object: Arc<Object>,
    /// The records past their time.
    pub filter: String,
    /// The same, whatever is left in them: what the rule itself asks.
    asked: String,
    /// Whether they are erased; anonymised where not.
    pub erased: bool,
    /// Fields anonymised, where the rule names them.
    fields: Option<Vec<String>>,
}

impl Terms {
    /// Of a rule as saved.
    ///
    /// # Errors
    /// A rule that names what is not there any more.
    pub fn of(context: &Context, rule: &Record) -> Result<Self> {
        let name = kept(rule, "object");
        let object = context
            .schema
            .object(&name)
            .cloned()
            .ok_or_else(|| KernelError::bad_request("bad_request", format!("没有对象“{name}”"), format!("there is no object `{name}`")))?;
        let erased = kept(rule, "act") == "erase";
        // What was made a setting since, or is evidence, is not taken whatever an older rule says.
        if !may_be_taken(&object) && (erased || object.name != REQUEST) {
            let (zh_cn, en) = (format!("“{name}”不能按保存规则清理"), format!("no records of `{name}` may be taken by a rule"));
            return Err(KernelError::bad_request("bad_request", zh_cn, en));
        }
        let fields = named_fields(&kept(rule, "fields"));
        let fields = (!fields.is_empty()).then_some(fields);
        let days = number(rule, "days").unwrap_or(36_500);
        let since = kept(rule, "since");
        let since = if since.trim().is_empty() { "updated_at" } else { since.trim() };
        let mut terms = vec![format!("{since} != null"), past(context, &object, since, days)];
        if object.name == REQUEST {
            terms.push("state in ['done', 'refused', 'dropped']".to_owned());
        }
        let condition = kept(rule, "condition");
        if !condition.trim().is_empty() {
            terms.push(format!("({condition}\n)"));
        }
        let asked = terms.join(" && ");
        if !erased {
            terms.push(format!("({})", something_left(&object, fields.as_deref().unwrap_or(&personal_fields(&object)))));
        }
        Ok(Self { filter: terms.join(" && "), asked, object, erased, fields })
    }

    /// What the rule asks, whatever is left in the records.
    pub fn as_asked(&self) -> Self {
        Self { filter: self.asked.clone(), ..self.clone() }
    }

    /// The fields of one record that are anonymised.
    pub fn fields_of(&self, record: &Record) -> Vec<String> {
        self.fields.clone().unwrap_or_else(|| personal_fields_of(record))
    }
}

/// A field lies longer back than so many days.
fn past(context: &Context, object: &Object, since: &str, days: i64) -> String {
    let is_day = object.field(since).is_some_and(|it| it.definition.kind == FieldKind::Date);
    if is_day {
        let before = today(context).saturating_sub(i32::try_from(days).unwrap_or(36_500).days());
        return format!("{since} < date('{before}')");
    }
    let before = context.now.checked_sub(SignedDuration::from_hours(days.saturating_mul(24))).unwrap_or(jiff::Timestamp::MIN);
    format!("{since} < datetime('{}')", crate::values::to_second(before))
}

/// The fields a text names, separated by commas, blanks or lines.
pub fn named_fields(text: &str) -> Vec<String> {
    text.split([',', '，', '、', ' ', '\n', '\t', '\r']).map(str::trim).filter(|it| !it.is_empty()).map(str::to_owned).collect()
}

/// How many records are past their time, and how many there are.
///
/// # Errors
/// A condition that is not understood; fails where the database does.
pub fn counted(context: &Context, tx: &mut dyn ReadTx, terms: &Terms) -> Result<(u64, u64)> {
    let mut count = |filter: Option<String>| {
        let request = ListRequest { filter, count: CountMode::Exact, ..ListRequest::default() };
        Ok::<_, KernelError>(count_of(context, tx, &terms.object, &request)?.map_or(0, |it| it.value))
    };
    Ok((count(Some(terms.filter.clone()))?, count(None)?))
}

/// How many are past their time and how many there are, as far as the caller may know, and whether there are others: how many a
/// condition finds would tell what stands in fields that are covered for him, or in records he does not see.
///
/// # Errors
/// As [`counted`]; a condition on what he may not see.
pub fn counted_for(context: &Context, tx: &mut dyn ReadTx, terms: &Terms) -> Result<(u64, u64, bool)> {
    let (asked, system) = (terms.as_asked(), context.as_system());
    let mine = counted(context, tx, &asked)?;
    if mine != counted(&system, tx, &asked)? {
        return Ok((mine.0, mine.1, true));
    }
    let (due, all) = counted(&system, tx, terms)?;
    Ok((due, all, false))
}

/// Whether so many of all are a large part.
pub fn is_large(due: u64, all: u64) -> bool {
    due > FEW && due > all / LARGE_SHARE
}

/// One page of the records past their time, the oldest first.
///
/// # Errors
/// As [`counted`].
pub fn page(context: &Context, tx: &mut dyn ReadTx, terms: &Terms, limit: u32, cursor: Option<String>) -> Result<(Vec<Uuid>, Option<String>)> {
    let request = ListRequest {
        filter: Some(terms.filter.clone()),
        sort: Some("id".into()),
        fields: Some(vec!["id".into()]),
        limit,
        cursor,
        ..ListRequest::default()
    };
    let found = list(context, tx, &terms.object, &request)?;
    let items: Vec<Json> = serde_json::from_str(&found.items).map_err(|error| KernelError::Internal(error.to_string()))?;
    Ok((items.iter().filter_map(|it| Uuid::try_parse(it["id"].as_str()?).ok()).collect(), found.next_cursor))
}

/// `privacy.run_retention`.
pub struct RunRules;

impl JobHandler for RunRules {
    fn kind(&self) -> &str {
        "privacy.run_retention"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::At("20 3 * * *"))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let active = |it: &dyn Fn(&str) -> Result<ColumnRef>| Ok(Condition::equals(it("state")?, Value::Text("active".into())));
        let mut rules = context.workspace.store.read_with(|tx| known_records(context, tx, RULE, active, MOST_RULES))?;
        rules.sort_by_key(Record::id);
        for rule in rules {
            match run_rule(context, &rule) {
                // A rule that cannot be asked any more says so and does not keep the others back.
                Err(KernelError::BadRequest { message, .. }) => pause(context, &rule, &format!("{} · {}", message.zh_cn, message.en))?,
                other => other?,
            }
        }
        Ok(())
    }
}

fn pause(context: &Context, rule: &Record, why: &str) -> Result<()> {
    let (id, why) = (rule.id(), why.chars().take(500).collect::<String>());
    let work = move |unit: &mut Unit<'_>| {
        let saved = unit.update_as_system(RULE, id, &values([("state", json!("paused")), ("paused_reason", json!(why))]))?;
        unit.emit(&saved, "paused", serde_json::Map::new());
        Ok(())
    };
    run_unit(context, context.new_id(), "retention", Box::new(work))
}

fn run_rule(context: &Context, rule: &Record) -> Result<()> {
    run_rule_within(context, rule, MOST_LOOKED_AT, MAX_LIMIT)
}

/// Does a rule's work of a night, looking at so many records at most, so many at once.
fn run_rule_within(context: &Context, rule: &Record, most_looked_at: usize, at_once: u32) -> Result<()> {
    let terms = Terms::of(context, rule)?;
    let store = &context.workspace.store;
    let (due, all) = store.read_with(|tx| counted(context, tx, &terms))?;
    let confirmed = u64::try_from(number(rule, "confirmed").unwrap_or(0)).unwrap_or(0);
    if due > confirmed && is_large(due, all) {
        let why = format!(
            "到期{due}条，占全部{all}条的五分之一以上，请预览后重新启用 · {due} of {all} records are due, more than a fifth; preview and activate it again"
        );
        return pause(context, rule, &why);
    }
    let (tally, rule_id) = (Tally::default(), rule.id());
    // What must stay is passed by, however much of it there is: others behind it are past their time, too. Where a night is not
    // enough for all of it, the next goes on from there, and begins anew behind the last.
    let began = store.read_with(|tx| place_of(tx, rule_id))?;
    let (mut after, mut looked_at, mut is_around) = (began, 0, false);
    loop {
        let found = store.read_with(|tx| ids_after(context, tx, &terms, after, at_once))?;
        let is_last = found.len() < at_once as usize;
        // The second time round those from which the night began were looked at already.
        let ids: Vec<Uuid> = found.iter().copied().filter(|it| !is_around || began.is_some_and(|began| *it <= began)).collect();
        let is_past = ids.len() < found.len();
        looked_at += ids.len();
        let (inner, told) = (terms.clone(), tally.clone());
        let work = move |unit: &mut Unit<'_>, ids: &[Uuid]| take(unit, rule_id, &inner, ids, &told);
        in_steps_telling(context, "retention", &ids, AT_ONCE, &work, &mut |id, _| tally.note(*id, "other"))?;
        after = ids.last().copied().or(after);
        if looked_at >= most_looked_at || tally.count(DONE) >= MOST {
            break;
        }
        if is_past || (is_last && (is_around || began.is_none())) {
            after = None;
            break;
        }
        if is_last {
            (after, is_around) = (None, true);
        }
    }
    finish(context, rule, &tally, after)
}

/// The records past their time behind one of them, in the order of their ids.
fn ids_after(context: &Context, tx: &mut dyn ReadTx, terms: &Terms, after: Option<Uuid>, limit: u32) -> Result<Vec<Uuid>> {
    let request = ListRequest { filter: Some(terms.filter.clone()), sort: Some("id".into()), fields: Some(Vec::new()), ..ListRequest::default() };
    let mut select = Stream::compile(context, &terms.object, &request, Verb::Read)?.select;
    select.columns = vec![ColumnRef::main(ID)];
    if let Some(after) = after {
        select.condition = select.condition.and(Condition::Compare(ColumnRef::main(ID), CompareOp::Gt, Value::Id(after)));
    }
    let rows = tx.rows(&select.limited(u64::from(limit)))?;
    Ok(rows.iter().filter_map(|row| if let Some(Value::Id(id)) = row.first() { Some(*id) } else { None }).collect())
}

/// Name of the setting that says how far a rule came in the last night.
fn place_key(rule: Uuid) -> Value {
    Value::Text(format!("retention_place.{rule}"))
}

/// Forgets how far a rule came: it is gone, or looks for other records.
///
/// # Errors
/// Fails where the database does.
pub fn forget_place(tx: &mut dyn WriteTx, rule: Uuid) -> Result<()> {
    let condition = Condition::equals(ColumnRef::main(0), place_key(rule));
    Ok(tx.delete(&Delete { table: SETTING.clone(), condition }).map(drop)?)
}

fn place_of(tx: &mut dyn ReadTx, rule: Uuid) -> Result<Option<Uuid>> {
    let row = tx.first(&Select::all(&SETTING, Condition::equals(ColumnRef::main(0), place_key(rule))))?;
    let kept = row.and_then(|mut it| if let Some(Value::Json(json)) = it.pop() { json["after"].as_str().map(str::to_owned) } else { None });
    Ok(kept.and_then(|it| Uuid::try_parse(&it).ok()))
}

/// What became of a record that went, and why others stayed.
const DONE: &str = "done";
/// Why a record stays, with what it is called.
const STAYS: [(&str, &str, &str); 5] = [
    ("hold", "保全", "on hold"),
    ("lock", "锁定", "locked"),
    ("purpose", "因目的保留", "kept for a purpose"),
    ("referenced", "仍被引用", "still referred to"),
    ("other", "无法处理", "could not be changed"),
];

/// What became of each record in one night. A transaction that runs again says the same again.
#[derive(Clone, Default)]
struct Tally(Arc<Mutex<BTreeMap<Uuid, &'static str>>>);

impl Tally {
    fn note(&self, id: Uuid, what: &'static str) {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(id, what);
    }

    fn count(&self, what: &str) -> usize {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).values().filter(|it| **it == what).count()
    }

    /// How many stayed, and why, in both languages.
    fn stayed(&self) -> (usize, Option<String>) {
        let counts: Vec<_> = STAYS.iter().map(|it| (it, self.count(it.0))).filter(|it| it.1 > 0).collect();
        if counts.is_empty() {
            return (0, None);
        }
        let zh_cn: Vec<String> = counts.iter().map(|(it, count)| format!("{}{count}条", it.1)).collect();
        let en: Vec<String> = counts.iter().map(|(it, count)| format!("{count} {}", it.2)).collect();
        (counts.iter().map(|it| it.1).sum(), Some(format!("{} · {}", zh_cn.join("、"), en.join(", "))))
    }
}

/// Keeps how the night went, and behind which record the next goes on.
fn finish(context: &Context, rule: &Record, tally: &Tally, after: Option<Uuid>) -> Result<()> {
    let done = i64::try_from(tally.count(DONE)).unwrap_or(i64::MAX);
    let total = number(rule, "total_done").unwrap_or(0).saturating_add(done);
    let (stayed, why) = tally.stayed();
    let told = values([
        ("last_run_at", json!(now(context))),
        ("last_done", json!(done)),
        ("total_done", json!(total)),
        ("last_stayed", json!(stayed)),
        ("stayed_why", json!(why)),
    ]);
    let id = rule.id();
    let work = move |unit: &mut Unit<'_>| {
        let row = vec![place_key(id), Value::Json(Box::new(json!({ "after": after })))];
        unit.tx.insert(&Insert { table: SETTING.clone(), columns: vec![0, 1], rows: vec![row], on_conflict: OnConflict::Replace(vec![1]) })?;
        unit.update_as_system(RULE, id, &told).map(drop)
    };
    run_unit(context, context.new_id(), "retention", Box::new(work))
}

/// Does with some records what the rule says, now that nobody else changes them: who was changed meanwhile stays.
fn take(unit: &mut Unit<'_>, rule: Uuid, terms: &Terms, ids: &[Uuid], tally: &Tally) -> Result<()> {
    let context = unit.context;
    unit.lock(&terms.object, ids.to_vec())?;
    let named = ids.iter().map(|it| format!("'{it}'")).collect::<Vec<_>>().join(", ");
    let still = Terms { filter: format!("id in [{named}] && ({}\n)", terms.filter), ..terms.clone() };
    let (still, _) = page(context, unit.tx, &still, MAX_LIMIT, None)?;
    let mut done = Vec::new();
    for record in load_records(context, unit.tx, &terms.object, &still, Verb::Read, false)? {
        if let Some(keeper) = Fate::of(context, unit.tx, &record)?.keeper(terms.erased) {
            tally.note(record.id(), keeper.why);
            continue;
        }
        if terms.erased {
            unit.erase_as_system(&terms.object.name, record.id())?;
        } else {
            let fields = terms.fields_of(&record);
            if is_anonymous(&record, &fields) {
                continue;
            }
            anonymise(unit, &record, &fields)?;
        }
        tally.note(record.id(), DONE);
        done.push(record.id());
    }
    unit.is_about(RULE, rule);
    unit.note(json!({ "rule": rule, "object": terms.object.name, "erased": terms.erased, "records": done }));
    Ok(())
}

#[cfg(test)]
#[path = "retention_tests.rs"]
mod tests;
