//! Imports that come again and again: fetched from a folder, an address or a database at their times, and run with the rights
//! of who owns them. What each is to do is a saved mapping; what comes of each is an import like any other.

mod apart;
mod connection;
mod fetch;
mod guard;
mod job;
mod unusable;

use std::collections::HashSet;
use std::path::PathBuf;
use std::str::FromStr as _;
use std::sync::Arc;

use guanxi_kernel::context::{Context, Locale};
use guanxi_kernel::events::{self, NewEvent};
use guanxi_kernel::read::{Record, known_records};
use guanxi_kernel::schedule::Cron;
use guanxi_kernel::schema::{Label, Object};
use guanxi_kernel::store::{Condition, StoreExt as _};
use guanxi_kernel::write::run_unit;
use guanxi_kernel::{KernelError, Result, Value};
use guanxi_sources::Fetcher;
use jiff::Timestamp;
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use super::job::start_planned;
use super::{NewFile, Recipe, SavedMapping, file_of, importer, intake, saved_mapping, take_in};
use crate::auth::vault::Vault;
use crate::errors::{ApiError, detail_of, disk_error};

pub use apart::{COMMAND, ask_here, use_program};
pub use connection::{connections, open as open_connection, reseal, set as set_connection};
pub use guard::{MappingGuard, ScheduleGuard};
pub use job::{FETCH, FetchTables, LookForDue, run_by_hand};

/// Object of the schedules.
pub const SCHEDULE_OBJECT: &str = "import_schedule";
/// Most schedules that are looked at.
const MOST: u64 = 1_000;
/// Most new tables that one run begins imports of, and most that it looks at for it in vain.
const MOST_BEGUN: usize = 50;
const MOST_REFUSED: usize = 200;
/// Longest reason that is kept, in characters of each language.
const LONGEST: usize = 450;

/// What fetching takes.
pub struct Means {
    /// Folder of the imports' files.
    pub folder: PathBuf,
    /// Folder that tables may be taken from, where whoever runs the server names one.
    pub inbox: Option<PathBuf>,
    /// Asks addresses.
    pub fetcher: Fetcher,
    /// Hosts of the internal network that may be asked, each with its port.
    pub hosts: Vec<String>,
    /// Opens the passwords of databases.
    pub vault: Vault,
}

/// How a run of a schedule ended.
enum Outcome {
    /// So many imports began; and what is to be told of files that cannot be used.
    Begun(usize, Option<Label>),
    NothingNew(Option<Label>),
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

/// Fetches what a schedule is about and begins an import of each table that is new; `anew`: of files too that could not be used.
///
/// # Errors
/// The database: try again later. What else goes wrong is noted with the schedule and told to its owner.
fn run(context: &Context, means: &Means, id: Uuid, anew: bool) -> Result<()> {
    let Some(record) = schedule(context, id)? else { return Ok(()) };
    let owner = record.reference("owner");
    let outcome = match begin_all(context, means, &record, owner, anew) {
        Ok(Begun { count, first: Some(first), .. }) => Outcome::Failed(Label::new(
            format!("{}（另开始了 {count} 个导入）", first.zh_cn),
            format!("{} ({count} imports begun all the same)", first.en),
        )),
        Ok(Begun { count: 0, still, .. }) => Outcome::NothingNew(still),
        Ok(Begun { count, still, .. }) => Outcome::Begun(count, still),
        Err(ApiError::Kernel(error @ KernelError::Store(_))) => return Err(error),
        Err(error) => Outcome::Failed(reason_of(&error)),
    };
    note(context, &record, owner, &outcome)
}

/// What came of the tables that are there.
#[derive(Default)]
struct Begun {
    /// How many imports began.
    count: usize,
    /// What is wrong with the first table that none could begin of now: it does not hold up the others.
    first: Option<Label>,
    /// What is to be told of those that none could begin of before.
    still: Option<Label>,
}

fn reason_of(error: &ApiError) -> Label {
    Label::new(detail_of(error, Locale::ZhCn), detail_of(error, Locale::En))
}

fn begin_all(context: &Context, means: &Means, record: &Record, owner: Option<Uuid>, anew: bool) -> std::result::Result<Begun, ApiError> {
    let nobody = || KernelError::conflict("state_conflict", "此定时导入没有负责人，请指定", "this import belongs to nobody; give it an owner");
    let owner = importer(&context.workspace, owner.ok_or_else(nobody)?, &context.request_id)?;
    let mapping = saved_mapping(&owner, record.reference("mapping").ok_or(KernelError::NotFound)?)?;
    if !mapping.mine {
        // Whoever can change what it does would act with the rights of somebody else.
        return Err(KernelError::conflict("state_conflict", guard::NOT_HIS.0, guard::NOT_HIS.1).into());
    }
    let object = guanxi_kernel::read::object_of(&owner, &mapping.object)?;
    owner.access.require(&object, guanxi_kernel::access::Verb::Import)?;
    let beginning = Beginning { context, means, schedule: record.id(), owner: &owner, mapping: &mapping, object: &object };
    beginning.begin_each(fetch::tables(context, means, record)?, anew)
}

/// What the imports of a run have in common.
struct Beginning<'a> {
    context: &'a Context,
    means: &'a Means,
    schedule: Uuid,
    owner: &'a Context,
    mapping: &'a SavedMapping,
    object: &'a Arc<Object>,
}

impl Beginning<'_> {
    /// Begins an import of each, as many as one run may; of files that could not be used before only where they are to be tried anew.
    fn begin_each(&self, tables: Vec<fetch::Fetched>, anew: bool) -> std::result::Result<Begun, ApiError> {
        let mark = self.mapping.mark();
        let before = unusable::known(self.context, self.schedule, &mark)?;
        let there: HashSet<String> = tables.iter().filter(|it| it.is_file()).map(|it| it.source.clone()).collect();
        let mut known = before.clone();
        known.retain(|source, _| there.contains(source));
        let (mut begun, mut refused, mut tried, mut fits) = (Begun::default(), 0, HashSet::new(), None);
        for table in tables {
            if !anew && known.contains_key(&table.source) {
                continue;
            }
            let (name, source, is_file) = (table.name.clone(), table.source.clone(), table.is_file());
            // What is not tried this time stays known.
            known.remove(&source);
            tried.insert(source.clone());
            match self.begin(table) {
                Ok(()) => begun.count += 1,
                // The database, the disk: another time.
                Err(ApiError::Kernel(error @ KernelError::Store(_))) => return Err(error.into()),
                Err(error) => {
                    refused += 1;
                    let reason = reason_of(&error);
                    let reason = Label::new(format!("{name}：{}", reason.zh_cn), format!("{name}: {}", reason.en));
                    if is_file && unusable::is_its_own(&error) && *fits.get_or_insert_with(|| self.fits()) {
                        known.insert(source, reason.clone());
                    }
                    begun.first.get_or_insert(reason);
                }
            }
            if begun.count == MOST_BEGUN || refused == MOST_REFUSED {
                break;
            }
        }
        begun.still = unusable::told(&known, &(&there - &tried));
        if known != before {
            unusable::keep(self.context, self.schedule, &mark, &known)?;
        }
        Ok(begun)
    }

    /// Whether the mapping does with a table as it was made for: then what is refused is so for the table's sake, and not for that of
    /// a member or a field that is not there today.
    fn fits(&self) -> bool {
        let headers = self.mapping.headers();
        let compiled = self.mapping.plan_for(headers).and_then(|plan| Recipe::compile(self.owner, self.object, &plan, headers, true));
        compiled.is_ok()
    }

    /// Begins the import of a table. Of one that does not fit the mapping nothing is kept.
    fn begin(&self, table: fetch::Fetched) -> std::result::Result<(), ApiError> {
        let (owner, means) = (self.owner, self.means);
        let new = NewFile {
            id: owner.new_id(),
            object: self.object.name.clone(),
            file_name: table.name.clone(),
            schedule: Some(self.schedule),
            source: Some(table.source.clone()),
            ..NewFile::default()
        };
        let file = table.bring(self.context, means)?;
        let (import, opened) = take_in(owner, &means.folder, &new, file.path(), |place| file.keep(place))?;
        let started = self.mapping.plan_for(opened.headers()).and_then(|plan| {
            Recipe::compile(owner, self.object, &plan, opened.headers(), opened.format() == guanxi_tabular::Format::Csv)?;
            start_planned(owner, import, plan)
        });
        if started.is_err() && intake::remove(owner, new.id)? {
            std::fs::remove_file(file_of(&means.folder, new.id)).map_err(|error| disk_error(&error))?;
        }
        Ok(started?)
    }
}

/// Keeps how it went with the schedule, and lets its owner be told of a failure.
fn note(context: &Context, record: &Record, owner: Option<Uuid>, outcome: &Outcome) -> Result<()> {
    let failures = if let Value::Int(count) = record.value("failures") { count } else { 0 };
    // In both languages: who reads it is not who asked for the run.
    let both = |it: &Label| {
        let short = |it: &str| it.chars().take(LONGEST).collect::<String>();
        format!("{} / {}", short(&it.zh_cn), short(&it.en))
    };
    let (state, message, failures) = match outcome {
        Outcome::Begun(count, still) => {
            let begun = Label::new(format!("开始了 {count} 个导入"), format!("{count} imports begun"));
            let all = still.as_ref().map(|it| Label::new(format!("{}；{}", begun.zh_cn, it.zh_cn), format!("{}; {}", begun.en, it.en)));
            ("begun", both(&all.unwrap_or(begun)), 0)
        }
        Outcome::NothingNew(still) => ("nothing_new", still.as_ref().map(both).unwrap_or_default(), 0),
        Outcome::Failed(reason) => ("failed", both(reason), failures + 1),
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
