//! The engine with all apps on a fresh store.

use std::sync::Arc;

use guanxi_kernel::access::Member;
use guanxi_kernel::app::Registry;
use guanxi_kernel::context::{Context, Locale};
use guanxi_kernel::read::{self, ListRequest};
use guanxi_kernel::schema::Object;
use guanxi_kernel::store::{Store, StoreExt};
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::write::{Batch, BatchMode, Operation, PlanOptions, act, execute};
use guanxi_kernel::{KernelError, Result};
use guanxi_store::{PostgresStore, SqliteOptions, SqliteStore};
use jiff::tz::TimeZone;
use serde_json::{Map, Value as Json, json};
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::clock::{TestClock, TestIds};
use crate::database::{Database, copy_sqlite};

/// A workspace for one test.
pub struct TestEngine {
    /// The workspace.
    pub workspace: Arc<Workspace>,
    /// Its clock; stands at 10 o'clock in Shanghai on 16 November 2026, a Monday.
    pub clock: Arc<TestClock>,
    _place: Place,
}

/// Where the data lies; it goes with this, and after the workspace.
#[derive(Default)]
struct Place {
    _folder: Option<tempfile::TempDir>,
    _runtime: Option<Runtime>,
    _database: Option<Database>,
}

/// Makes two tests of each function named: one on SQLite, and one on PostgreSQL where `GUANXI_TEST_POSTGRES` names a
/// server. Each is given the engine with all apps on a fresh store: `fn name(engine: &TestEngine)`.
#[macro_export]
macro_rules! on_each_store {
    ($($test:ident),+ $(,)?) => {
        mod sqlite {
            $(#[test] fn $test() { super::$test(&$crate::TestEngine::on_sqlite()) })+
        }
        mod postgresql {
            $(#[test] fn $test() { if let Some(engine) = $crate::TestEngine::on_postgresql() { super::$test(&engine) } })+
        }
    };
}

impl TestEngine {
    /// A fresh workspace without any records, on SQLite.
    pub fn on_sqlite() -> Self {
        let folder = tempfile::tempdir().unwrap();
        let path = folder.path().join("test.db");
        copy_sqlite("engine", &path, |template| {
            let (clock, ids) = (Arc::new(TestClock::on_a_monday()), TestIds::default());
            drop(workspace(Arc::new(SqliteStore::open(template, SqliteOptions::default()).unwrap()), clock, ids));
        });
        let store = SqliteStore::open(path, SqliteOptions::default()).unwrap();
        let clock = Arc::new(TestClock::on_a_monday());
        let place = Place { _folder: Some(folder), ..Place::default() };
        Self { workspace: workspace(Arc::new(store), clock.clone(), TestIds::of_a_copy()), clock, _place: place }
    }

    /// The same on PostgreSQL; says so where no server is named.
    pub fn on_postgresql() -> Option<Self> {
        if std::env::var_os("GUANXI_TEST_POSTGRES").is_none() {
            println!("skipped: GUANXI_TEST_POSTGRES is not set");
            return None;
        }
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let database = Database::make(&runtime, "engine", |options| {
            let (clock, ids) = (Arc::new(TestClock::on_a_monday()), TestIds::default());
            drop(workspace(Arc::new(PostgresStore::connect(options).unwrap()), clock, ids));
        });
        let store = Arc::new(PostgresStore::connect(database.options.clone()).unwrap());
        let clock = Arc::new(TestClock::on_a_monday());
        let place = Place { _runtime: Some(runtime), _database: Some(database), ..Place::default() };
        Some(Self { workspace: workspace(store, clock.clone(), TestIds::of_a_copy()), clock, _place: place })
    }

    /// The engine itself.
    pub fn system(&self) -> Context {
        self.workspace.system_context(Uuid::nil(), "test")
    }

    /// Makes a department.
    pub fn department(&self, name: &str, parent: Option<Uuid>) -> Uuid {
        self.create(&self.system(), "department", json!({ "name": name, "parent": parent }))
    }

    /// Makes a member with roles in a department and answers his context. The department counts without those below it.
    pub fn member(&self, login: &str, roles: &[&str], department: Uuid) -> Context {
        let values = json!({ "name": login, "email": format!("{login}@test.example"), "roles": roles, "department": department });
        let id = self.create(&self.system(), "user", values);
        let roles = roles.iter().map(|it| (*it).into()).collect();
        let member = Member::of(id, roles, Some(department), vec![department]);
        let time_zone = TimeZone::get("Asia/Shanghai").unwrap();
        self.workspace.member_context(member, login.to_owned(), Locale::ZhCn, time_zone, "test".to_owned())
    }

    /// A member's next request: with his rights as they are now.
    pub fn again(&self, context: &Context) -> Context {
        let identity = self.workspace.store.read_with(|tx| self.workspace.identity(tx, context.actor)).unwrap().unwrap();
        self.workspace.member_context(identity.member, identity.name, context.locale, context.time_zone.clone(), "test".to_owned())
    }

    /// The object of this name.
    pub fn object(&self, name: &str) -> Arc<Object> {
        self.workspace.schema().object(name).unwrap().clone()
    }

    fn run(&self, context: &Context, object: &str, operation: Operation) -> Result<Uuid> {
        let batch = Batch { object: self.object(object), operations: vec![operation], mode: BatchMode::AllOrNothing, verb: "test", change: None };
        Ok(execute(context, &batch)?.results.remove(0)?.id)
    }

    /// Makes a record; answers what the engine says.
    ///
    /// # Errors
    /// Whatever the engine refuses it for.
    pub fn try_create(&self, context: &Context, object: &str, values: Json) -> Result<Uuid> {
        self.run(context, object, Operation::Create { values: members(values) })
    }

    /// Makes a record.
    pub fn create(&self, context: &Context, object: &str, values: Json) -> Uuid {
        self.try_create(context, object, values).unwrap_or_else(|error| panic!("{object}: {error:?}"))
    }

    /// Changes a record; answers what the engine says.
    ///
    /// # Errors
    /// Whatever the engine refuses it for.
    pub fn try_update(&self, context: &Context, object: &str, id: Uuid, values: Json) -> Result<()> {
        let operation = Operation::Update { id, values: members(values), options: PlanOptions::default() };
        self.run(context, object, operation).map(drop)
    }

    /// Changes a record.
    pub fn update(&self, context: &Context, object: &str, id: Uuid, values: Json) {
        self.try_update(context, object, id, values).unwrap_or_else(|error| panic!("{object}: {error:?}"));
    }

    /// Moves a record to the bin; answers what the engine says.
    ///
    /// # Errors
    /// Whatever the engine refuses it for.
    pub fn try_delete(&self, context: &Context, object: &str, id: Uuid) -> Result<()> {
        self.run(context, object, Operation::Delete { id }).map(drop)
    }

    /// Brings a record back from the bin; answers what the engine says.
    ///
    /// # Errors
    /// Whatever the engine refuses it for.
    pub fn try_restore(&self, context: &Context, object: &str, id: Uuid) -> Result<()> {
        self.run(context, object, Operation::Restore { id }).map(drop)
    }

    /// A record as the caller sees it; null where he sees none.
    pub fn get(&self, context: &Context, object: &str, id: Uuid) -> Json {
        let object = self.object(object);
        self.workspace.store.read_with(|tx| read::get_json(context, tx, &object, id)).unwrap().unwrap_or_default()
    }

    /// The first 500 records a filter finds, as the caller sees them, newest first.
    ///
    /// # Errors
    /// Whatever the engine refuses it for.
    pub fn try_list(&self, context: &Context, object: &str, filter: &str) -> Result<Vec<Json>> {
        let object = self.object(object);
        let filter = (!filter.is_empty()).then(|| filter.to_owned());
        let request = ListRequest { filter, limit: 500, ..ListRequest::default() };
        let page = self.workspace.store.read_with(|tx| read::list(context, tx, &object, &request))?;
        Ok(serde_json::from_str(&page.items).unwrap())
    }

    /// The first 500 records a filter finds, as the caller sees them, newest first.
    pub fn list(&self, context: &Context, object: &str, filter: &str) -> Vec<Json> {
        self.try_list(context, object, filter).unwrap_or_else(|error| panic!("{object}: {error:?}"))
    }

    /// Runs an action on a record.
    ///
    /// # Errors
    /// Whatever the engine or the action refuses it for.
    pub fn act(&self, context: &Context, object: &str, id: Uuid, action: &str, input: Json) -> Result<Json> {
        act(context, object, Some(id), action, &members(input))
    }
}

/// The workspace with all apps.
fn workspace(store: Arc<dyn Store>, clock: Arc<TestClock>, ids: TestIds) -> Arc<Workspace> {
    let apps = [
        guanxi_org::app(),
        guanxi_customers::app(),
        guanxi_sales::app(),
        guanxi_marketing::app(),
        guanxi_pools::app(),
        guanxi_work::app(),
        guanxi_collaboration::app(),
        guanxi_process::app(),
        guanxi_quality::app(),
        guanxi_privacy::app(),
    ];
    let registry = Arc::new(Registry::new(apps.into_iter().map(std::result::Result::unwrap).collect()));
    Workspace::open("test", store, registry, clock, Arc::new(ids)).unwrap()
}

fn members(json: Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap()
}

/// The code of an error, as the API tells it.
pub fn error_code(error: &KernelError) -> &'static str {
    match error {
        KernelError::BadRequest { code, .. } | KernelError::Conflict { code, .. } => code,
        KernelError::NotFound => "not_found",
        KernelError::Merged { .. } => "merged",
        KernelError::Forbidden(_) => "forbidden",
        KernelError::ProofNeeded => "proof_needed",
        KernelError::ViewOnly => "view_only",
        KernelError::NotSignedIn => "not_signed_in",
        KernelError::Invalid(_) => "invalid",
        KernelError::VersionConflict { .. } => "version_conflict",
        KernelError::Store(_) => "store",
        KernelError::Internal(_) => "internal",
    }
}

/// `field: code` of everything an error says is invalid.
pub fn problem_fields(error: &KernelError) -> Vec<String> {
    match error {
        KernelError::Invalid(problems) => problems.iter().map(|it| format!("{}: {}", it.field, it.code)).collect(),
        other => vec![error_code(other).to_owned()],
    }
}
