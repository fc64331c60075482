//! Imports that come again and again: fetched from a folder, an address or a database at their times, and run with the rights
//! of who owns them. What each is to do is a saved mapping; what comes of each is an import like any other.

mod connection;
mod fetch;
mod guard;
mod job;

use std::path::PathBuf;
use std::str::FromStr as _;

use guanxi_kernel::context::Context;
use guanxi_kernel::events::{self, NewEvent};
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::schedule::Cron;
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::{Condition, StoreExt as _};
use guanxi_kernel::write::run_unit;
use guanxi_kernel::{KernelError, Result, Value};
use guanxi_sources::Fetcher;
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::job::start_planned;
use super::{NewFile, Recipe, importer, saved_mapping, take_in};
use crate::auth::vault::Vault;
use crate::errors::{ApiError, detail_of};

pub use connection::{connections, has_connection, open as open_connection, reseal, set as set_connection};
pub use guard::{MappingGuard, ScheduleGuard};
pub use job::{FETCH, FetchTables, LookForDue};

/// Object of the schedules.
pub const SCHEDULE_OBJECT: &str = "import_schedule";
/// Most schedules that are looked at.
const MOST: u64 = 1_000;
/// Longest reason that is kept, in characters.
const LONGEST: usize = 900;

/// What fetching takes.
pub struct Means {
    /// Folder of the imports' files.
    pub folder: PathBuf,
    /// Folder that tables may be taken from, where whoever runs the server names one.
    pub inbox: Option<PathBuf>,
    /// Asks addresses.
    pub fetcher: Fetcher,
    /// Hosts of the internal network that may be asked.
    pub internal_hosts: Vec<String>,
    /// Opens the passwords of databases.
    pub vault: Vault,
}

/// How a run of a schedule ended.
enum Outcome {
    /// So many imports began.
    Begun(usize),
    NothingNew,
    Failed(Label),
}

/// The schedules that are on and whose time has come.
fn due(context: &Context) -> Result<Vec<Uuid>> {
    let on = |column: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| Ok(Condition::equals(column("active")?, Value::Bool(true)));
    let records = context.workspace.store.read_with(|tx| known_records(context, tx, SCHEDULE_OBJECT, on, MOST))?;
    let (now, zone) = (context.workspace.clock.now(), context.workspace.time_zone());
    let is_due = |it: &Record| {
        let moment = |name: &str| if let Value::DateTime(at) = it.value(name) { Some(at) } else { None };
        let last = moment("last_run_at").or_else(|| moment("created_at")).unwrap_or(Timestamp::UNIX_EPOCH);
        let times = it.text("times").and_then(|it| Cron::from_str(&it).ok());
        times.and_then(|it| it.next(last, &zone)).is_some_and(|it| it <= now)
    };
    Ok(records.iter().filter(|it| is_due(it)).map(Record::id).collect())
}

fn schedule(context: &Context, id: Uuid) -> Result<Option<Record>> {
    let one = move |column: &dyn Fn(&str) -> Result<guanxi_kernel::store::ColumnRef>| Ok(Condition::equals(column("id")?, Value::Id(id)));
    Ok(context.workspace.store.read_with(|tx| known_records(context, tx, SCHEDULE_OBJECT, one, 1))?.into_iter().next())
}

/// Fetches what a schedule is about and begins an import of each table that is new.
///
/// # Errors
/// The database: try again later. What else goes wrong is noted with the schedule and told to its owner.
fn run(context: &Context, means: &Means, id: Uuid) -> Result<()> {
    let Some(record) = schedule(context, id)? else { return Ok(()) };
    let owner = record.reference("owner");
    let outcome = match begin_all(context, means, &record, owner) {
        Ok(0) => Outcome::NothingNew,
        Ok(begun) => Outcome::Begun(begun),
        Err(ApiError::Kernel(error @ KernelError::Store(_))) => return Err(error),
        Err(error) => Outcome::Failed(Label::new(
            detail_of(&error, guanxi_kernel::context::Locale::ZhCn),
            detail_of(&error, guanxi_kernel::context::Locale::En),
        )),
    };
    note(context, &record, owner, &outcome)
}

fn begin_all(context: &Context, means: &Means, record: &Record, owner: Option<Uuid>) -> std::result::Result<usize, ApiError> {
    let nobody = || KernelError::conflict("state_conflict", "此定时导入没有负责人，请指定", "this import belongs to nobody; give it an owner");
    let owner = importer(&context.workspace, owner.ok_or_else(nobody)?, &context.request_id)?;
    let mapping = saved_mapping(&owner, record.reference("mapping").ok_or(KernelError::NotFound)?)?;
    let object = guanxi_kernel::read::object_of(&owner, &mapping.object)?;
    owner.access.require(&object, guanxi_kernel::access::Verb::Import)?;
    let mut begun = 0;
    for table in fetch::tables(context, means, record)? {
        let file = table.file?;
        let new = NewFile {
            id: owner.new_id(),
            object: object.name.clone(),
            file_name: table.name,
            schedule: Some(record.id()),
            source: Some(table.source),
            ..NewFile::default()
        };
        let (import, opened) = take_in(&owner, &means.folder, &new, file.path(), |place| file.keep(place))?;
        let plan = mapping.plan_for(opened.headers())?;
        Recipe::compile(&owner, &object, &plan, opened.headers(), opened.format() == guanxi_tabular::Format::Csv)?;
        start_planned(&owner, import, plan)?;
        begun += 1;
    }
    Ok(begun)
}

/// Keeps how it went with the schedule, and lets its owner be told of a failure.
fn note(context: &Context, record: &Record, owner: Option<Uuid>, outcome: &Outcome) -> Result<()> {
    let failures = if let Value::Int(count) = record.value("failures") { count } else { 0 };
    let locale = context.locale;
    let (state, message, failures) = match outcome {
        Outcome::Begun(count) => {
            ("begun", locale.pick(&Label::new(format!("开始了 {count} 个导入"), format!("{count} imports begun"))).to_owned(), 0)
        }
        Outcome::NothingNew => ("nothing_new", String::new(), 0),
        Outcome::Failed(reason) => ("failed", locale.pick(reason).chars().take(LONGEST).collect(), failures + 1),
    };
    let values: Map<String, Json> = Map::from_iter([
        ("last_run_at".to_owned(), json!(context.workspace.clock.now().to_string())),
        ("last_outcome".to_owned(), json!(state)),
        ("last_message".to_owned(), if message.is_empty() { Json::Null } else { json!(message) }),
        ("failures".to_owned(), json!(failures)),
    ]);
    let facts = [
        ("member", json!(owner.unwrap_or_default())),
        ("object", json!(SCHEDULE_OBJECT)),
        ("file", json!(record.title())),
        ("state", json!("failed")),
        ("written", json!(0)),
        ("rejected", json!(0)),
    ];
    let told = matches!(outcome, Outcome::Failed(_)).then(|| NewEvent {
        kind: "import.ended".to_owned(),
        object: "import".to_owned(),
        record: record.id(),
        version: 1,
        changes: facts.into_iter().map(|(name, now)| (name.to_owned(), json!([null, now]))).collect(),
        written: None,
        stamp: None,
    });
    // By nobody: whoever asked for the run is told of it as well.
    let (id, inner) = (record.id(), context.workspace.system_context(Uuid::nil(), "import"));
    run_unit(
        context,
        context.new_id(),
        "scheduled_import",
        Box::new(move |unit| {
            unit.update_as_system(SCHEDULE_OBJECT, id, &values)?;
            match told.clone() {
                Some(event) => events::append(&inner, unit.tx, unit.change, vec![event]),
                None => Ok(()),
            }
        }),
    )
}
