//! `POST /calendar/import`: appointments of another calendar, out of its file. `?preview=true` tells what is in it and what
//! would become of it.

use std::collections::BTreeSet;

use guanxi_kernel::access::Verb;
use guanxi_kernel::context::Context;
use guanxi_kernel::read::{known_records, object_of};
use guanxi_kernel::schema::OWNER_FIELD;
use guanxi_kernel::store::{Condition, ReadTx, StoreExt as _};
use guanxi_kernel::write::{Batch, BatchMode, Operation, execute, plan_only};
use guanxi_kernel::{KernelError, Value};
use jiff::Timestamp;
use jiff::civil::Date;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use serde_json::{Map, Value as Json, json};

use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query};
use crate::ics::read::{Fault, ReadEvent, read};

/// Most appointments of one import.
const MOST: usize = 1_000;
/// The object they become.
const ACTIVITY: &str = "activity";
/// The field that tells them when they come again.
const UID: &str = "calendar_uid";
/// Longest id of another calendar that is kept.
const LONGEST_UID: usize = 250;
/// Longest subject.
const LONGEST_TITLE: usize = 200;

/// A file of another calendar.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct CalendarFile {
    /// Its text (iCalendar, RFC 5545).
    ics: String,
    /// The last day up to which repeats are taken; needed where one has no end.
    until: Option<Date>,
}

/// What is in a file and what becomes of it.
#[derive(Serialize, JsonSchema)]
pub struct CalendarImport {
    /// Appointments made, or that would be.
    made: usize,
    /// Those there already from an earlier import.
    known: usize,
    /// Those left out because something is wrong with them.
    refused: usize,
    /// The events of the file, at most 200 of them.
    events: Vec<ImportedEvent>,
}

/// An event of the file.
#[derive(Serialize, JsonSchema)]
struct ImportedEvent {
    /// What it is.
    title: String,
    /// When it takes place first.
    start: Option<Timestamp>,
    /// When that ends.
    end: Option<Timestamp>,
    /// Whether it is of whole days.
    all_day: bool,
    /// How many times.
    times: usize,
    /// Of them those there already.
    known: usize,
    /// A stable code of what is wrong.
    #[serde(skip_serializing_if = "Option::is_none")]
    code: Option<&'static str>,
    /// What is wrong, with its remedy.
    #[serde(skip_serializing_if = "Option::is_none")]
    problem: Option<String>,
}

/// Most events told one by one.
const MOST_TOLD: usize = 200;

/// Takes a file in, or tells what it would become.
pub async fn import(caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    let preview = query.flag("preview")?;
    query.finish()?;
    caller
        .write(body, move |signed_in, body| {
            let file: CalendarFile = body.read()?;
            let context = &signed_in.context;
            let object = object_of(context, ACTIVITY)?;
            context.access.require(&object, Verb::Create)?;
            let events = read(&file.ics, &context.time_zone, file.until).map_err(|it| KernelError::invalid("ics", "bad_format", it.zh_cn, it.en))?;
            let mut there = context.workspace.store.read_with(|tx| known(context, tx, &events))?;
            let mut told = CalendarImport { made: 0, known: 0, refused: 0, events: Vec::new() };
            let mut operations = Vec::new();
            for event in &events {
                let before = operations.len();
                // What stands twice in the file comes once.
                let fresh = event.occurrences.iter().filter(|it| there.insert(uid_of(event, it.0)));
                operations.extend(fresh.map(|it| Operation::Create { values: values(context, event, *it) }));
                told.take(context, event, operations.len() - before);
            }
            if operations.len() > MOST {
                let (zh_cn, en) =
                    (format!("一次最多导入{MOST}个日程，请选择较早的截止日"), format!("at most {MOST} at once; choose an earlier last day"));
                return Err(KernelError::invalid("until", "too_large", zh_cn, en).into());
            }
            told.made = operations.len();
            let batch = Batch { object, operations, mode: BatchMode::AllOrNothing, verb: "import_calendar", change: None };
            if preview {
                refuse_unfit(context, &batch)?;
            } else if told.made > 0 {
                execute(context, &batch)?;
            }
            Answer::json(&told)
        })
        .await
}

/// What would stand in the way of writing them.
fn refuse_unfit(context: &Context, batch: &Batch) -> Result<(), KernelError> {
    for draft in plan_only(context, batch)? {
        let problems = draft?.problems;
        if !problems.is_empty() {
            return Err(KernelError::Invalid(problems));
        }
    }
    Ok(())
}

impl CalendarImport {
    fn take(&mut self, context: &Context, event: &ReadEvent, fresh: usize) {
        let known = event.occurrences.len() - fresh;
        self.known += known;
        self.refused += usize::from(event.problem.is_some());
        if self.events.len() < MOST_TOLD {
            let first = event.occurrences.first();
            self.events.push(ImportedEvent {
                title: event.title.chars().take(LONGEST_TITLE).collect(),
                start: first.map(|it| it.0),
                end: first.map(|it| it.1),
                all_day: event.all_day,
                times: event.occurrences.len(),
                known,
                code: event.problem.as_ref().map(Fault::code),
                problem: event.problem.as_ref().map(|it| context.locale.pick(&it.text()).to_owned()),
            });
        }
    }
}

/// What one time of an event is known by. One without an id is known by what it is.
fn uid_of(event: &ReadEvent, at: Timestamp) -> String {
    let id = if event.uid.is_empty() { &event.title } else { &event.uid };
    let id: String = id.chars().filter(|it| !it.is_control()).take(LONGEST_UID - 20).collect();
    format!("{id}/{}", at.as_second())
}

/// Those of the caller's that came in before.
fn known(context: &Context, tx: &mut dyn ReadTx, events: &[ReadEvent]) -> Result<BTreeSet<String>, KernelError> {
    let all: Vec<String> = events.iter().flat_map(|event| event.occurrences.iter().map(|it| uid_of(event, it.0))).collect();
    let mut there = BTreeSet::new();
    for chunk in all.chunks(500) {
        let uids = chunk.iter().cloned().map(Value::Text).collect();
        let found = known_records(
            context,
            tx,
            ACTIVITY,
            |it| Ok(Condition::In(it(UID)?, uids, false).and(Condition::equals(it(OWNER_FIELD)?, Value::Id(context.actor)))),
            chunk.len() as u64,
        )?;
        there.extend(found.iter().filter_map(|it| it.value(UID).as_text().map(str::to_owned)));
    }
    Ok(there)
}

fn values(context: &Context, event: &ReadEvent, (from, until): (Timestamp, Timestamp)) -> Map<String, Json> {
    let untitled = guanxi_kernel::schema::Label::new("（无标题）", "(no title)");
    let title: String = event.title.split_whitespace().collect::<Vec<_>>().join(" ").chars().take(LONGEST_TITLE).collect();
    let title = if title.is_empty() { context.locale.pick(&untitled).to_owned() } else { title };
    let place = guanxi_kernel::schema::Label::new("地点：", "Place: ");
    let place = event.location.as_ref().map(|it| format!("{}{it}", context.locale.pick(&place)));
    let told: Vec<String> = place.into_iter().chain(event.description.clone()).collect();
    let mut values = Map::from_iter([
        ("subject".to_owned(), json!(title)),
        ("kind".to_owned(), json!("appointment")),
        ("start_at".to_owned(), json!(from.to_string())),
        (UID.to_owned(), json!(uid_of(event, from))),
    ]);
    if until > from {
        values.insert("end_at".to_owned(), json!(until.to_string()));
    }
    if event.all_day {
        values.insert("all_day".to_owned(), json!(true));
    }
    if !told.is_empty() {
        values.insert("description".to_owned(), json!(told.join("\n\n")));
    }
    // What is over need not be done any more.
    if until < context.now {
        values.insert("status".to_owned(), json!("done"));
    }
    values
}
