//! The real routes on a workspace of their own, on either store.

use std::collections::{BTreeMap, BTreeSet};
use std::path::Path;
use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use axum::Router;
use guanxi_kernel::Value;
use guanxi_kernel::identity::{self, NewMember};
use guanxi_kernel::store::{Condition, Select, Store, StoreExt as _};
use guanxi_kernel::system_tables::AUDIT;
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::{jobs, readers, search};
use guanxi_server::Workspaces;
use guanxi_server::auth::password::Passwords;
use guanxi_server::http::{App, Shared, router};
use guanxi_server::settings::{Settings, Sources};
use guanxi_server::shutdown::Shutdown;
use guanxi_store::{PostgresStore, SqliteOptions, SqliteStore};
use serde_json::{Value as Json, json};
use tokio::runtime::Runtime;
use uuid::Uuid;

use crate::client::Client;
use crate::clock::{TestClock, TestIds};
use crate::contract::Contract;
use crate::database::{Database, copy_sqlite};
use crate::meddler::Meddler;

/// Password of every member a test makes.
pub const PASSWORD: &str = "Correct-horse-9";

/// A server for one test.
pub struct TestServer {
    /// What its requests share.
    pub app: Shared,
    /// Its workspace.
    pub workspace: Arc<Workspace>,
    /// Comes between its calls of the database.
    pub meddler: Arc<Meddler>,
    /// Its clock; stands at 10 o'clock in Shanghai on 16 November 2026, a Monday.
    pub clock: Arc<TestClock>,
    pub(crate) router: Router,
    pub(crate) runtime: Runtime,
    pub(crate) contract: Contract,
    pub(crate) address: crate::live::Address,
    department: Uuid,
    folder: tempfile::TempDir,
    // Last: it goes when nothing uses it any more.
    _database: Option<Database>,
}

/// Runs a test on SQLite, and on PostgreSQL where `GUANXI_TEST_POSTGRES` names a server.
pub fn on_both_stores(test: impl Fn(&TestServer)) {
    on_both_stores_with(&[], test);
}

/// As [`on_both_stores`], with other settings than the defaults.
pub fn on_both_stores_with(settings: &[(&'static str, &str)], test: impl Fn(&TestServer)) {
    test(&TestServer::open(settings, false));
    if std::env::var_os("GUANXI_TEST_POSTGRES").is_some() {
        test(&TestServer::open(settings, true));
    } else {
        println!("skipped: GUANXI_TEST_POSTGRES is not set");
    }
}

impl TestServer {
    /// A fresh server on SQLite.
    pub fn sqlite() -> Self {
        Self::open(&[], false)
    }

    /// A fresh server on SQLite with other settings than the defaults.
    pub fn with_settings(settings: &[(&'static str, &str)]) -> Self {
        Self::open(settings, false)
    }

    fn open(others: &[(&'static str, &str)], postgres: bool) -> Self {
        let folder = tempfile::tempdir().unwrap();
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build().unwrap();
        let mut flags: BTreeMap<&'static str, String> = others.iter().map(|(name, text)| (*name, (*text).to_owned())).collect();
        flags.insert("data", folder.path().to_string_lossy().into_owned());
        flags.insert("secret-key-file", folder.path().join("secret.key").to_string_lossy().into_owned());
        let database = postgres.then(|| Database::make(&runtime, "server", |options| prepare(Arc::new(PostgresStore::connect(options).unwrap()))));
        if let Some(database) = &database {
            flags.insert("database-url", database.options.url.clone());
        }
        let settings = Settings::read(&Sources::gather(flags, std::iter::empty(), None).unwrap()).unwrap();
        let store: Arc<dyn Store> = match &database {
            Some(database) => Arc::new(PostgresStore::connect(database.options.clone()).unwrap()),
            None => {
                let path = folder.path().join("guanxi.db");
                let open = |path: &Path| Arc::new(SqliteStore::open(path, SqliteOptions::default()).unwrap());
                copy_sqlite("server", &path, |template| prepare(open(template)));
                open(&path)
            }
        };
        let meddler = Arc::new(Meddler::new(store));
        let store: Arc<dyn Store> = meddler.clone();
        let clock = Arc::new(TestClock::on_a_monday());
        let ids = Arc::new(TestIds::of_a_copy());
        let shutdown = Shutdown::default();
        let open = guanxi_server::OpenWorkspaces::default();
        let registry = Arc::new(guanxi_server::wiring::registry_with_jobs(&settings, &shutdown, &open).unwrap());
        let workspace = Workspace::open("main", store, registry.clone(), clock.clone(), ids.clone()).unwrap();
        let passwords = Passwords::cheap(ids.as_ref()).unwrap();
        let workspaces = Workspaces::new(settings.clone(), runtime.handle().clone(), registry, clock.clone(), ids, open);
        workspaces.adopt(workspace.clone());
        let token = settings.setup_token.clone();
        let app = App::new(workspaces, settings, token, passwords, shutdown);
        app.live.open(&workspace, &app.shutdown).unwrap();
        let (router, contract) = (router(&app), Contract::default());
        let mut server = Self {
            router,
            app,
            workspace,
            meddler,
            clock,
            runtime,
            contract,
            address: crate::live::Address::new(),
            department: Uuid::nil(),
            folder,
            _database: database,
        };
        if others.iter().all(|it| it.0 != "setup-token") {
            server.department = server.create("department", json!({ "name": "总部" }));
        }
        server
    }

    /// Another process that serves the same database, by the same clock.
    pub fn beside(&self) -> Self {
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
        let (settings, ids, shutdown) = (self.app.settings.clone(), Arc::new(TestIds::default()), Shutdown::default());
        let open = guanxi_server::OpenWorkspaces::default();
        let registry = Arc::new(guanxi_server::wiring::registry_with_jobs(&settings, &shutdown, &open).unwrap());
        let workspace = Workspace::open("main", self.workspace.store.clone(), registry.clone(), self.clock.clone(), ids.clone()).unwrap();
        let passwords = Passwords::cheap(ids.as_ref()).unwrap();
        let workspaces = Workspaces::new(settings.clone(), runtime.handle().clone(), registry, self.clock.clone(), ids, open);
        workspaces.adopt(workspace.clone());
        let app = App::new(workspaces, settings, None, passwords, shutdown);
        app.live.open(&workspace, &app.shutdown).unwrap();
        let (meddler, clock, folder) = (self.meddler.clone(), self.clock.clone(), tempfile::tempdir().unwrap());
        let (router, contract, address) = (router(&app), Contract::default(), crate::live::Address::new());
        Self { router, app, workspace, meddler, clock, runtime, contract, address, department: self.department, folder, _database: None }
    }

    /// The data folder.
    pub fn data_folder(&self) -> &std::path::Path {
        self.folder.path()
    }

    /// Ids of the operations that succeeded so far, each answer as the API tells.
    pub fn operations_kept(&self) -> BTreeSet<String> {
        self.contract.kept()
    }

    /// Makes a record as the engine itself.
    pub fn create(&self, object: &str, values: Json) -> Uuid {
        let context = self.workspace.system_context(Uuid::nil(), "test");
        let (object, values) = (object.to_owned(), values.as_object().cloned().unwrap());
        let work = move |unit: &mut guanxi_kernel::write::Unit<'_>| Ok(unit.create_as_system(&object, &values)?.id());
        guanxi_kernel::write::run_unit(&context, context.new_id(), "test", Box::new(work)).unwrap()
    }

    /// The department members are made in.
    pub fn department(&self) -> Uuid {
        self.department
    }

    /// Makes a member who can sign in as `LOGIN@test.example` with [`PASSWORD`].
    pub fn add_member(&self, login: &str, roles: &[&str], department: Uuid) -> Uuid {
        let context = self.workspace.system_context(Uuid::nil(), "test");
        let values = json!({ "name": login, "email": format!("{login}@test.example"), "roles": roles, "department": department });
        let password_hash = self.app.passwords.hash(PASSWORD, self.workspace.ids.as_ref()).unwrap();
        identity::add_member(&context, &NewMember { values: values.as_object().cloned().unwrap(), password_hash }).unwrap()
    }

    /// Somebody who is not signed in.
    pub fn anonymous(&self) -> Client<'_> {
        Client::new(self)
    }

    /// A signed-in member of this role, made for the purpose.
    pub fn caller(&self, role: &str) -> Client<'_> {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let login = format!("{}{}", role.replace('_', "-"), COUNT.fetch_add(1, Ordering::SeqCst));
        self.add_member(&login, &[role], self.department);
        self.sign_in(&login)
    }

    /// What the audit log holds of these verbs, oldest first: verb, record and detail.
    pub fn audit(&self, verbs: &[&str]) -> Vec<(String, Option<Uuid>, Json)> {
        let select = Select::all(&AUDIT, Condition::True).order_by(0, false);
        let rows = self.workspace.store.read_with(|tx| Ok(tx.rows(&select)?)).unwrap();
        let read = |row: &Vec<Value>| {
            let record = if let Value::Id(id) = row[6] { Some(id) } else { None };
            let detail = if let Value::Json(json) = &row[10] { (**json).clone() } else { Json::Null };
            (row[4].as_text().unwrap().to_owned(), record, detail)
        };
        rows.iter().map(read).filter(|it| verbs.contains(&it.0.as_str())).collect()
    }

    /// A signed-in administrator.
    pub fn administrator(&self) -> Client<'_> {
        self.caller("administrator")
    }

    /// A member who exists, signed in.
    pub fn sign_in(&self, login: &str) -> Client<'_> {
        let mut client = self.anonymous();
        client.sign_in(&format!("{login}@test.example"), PASSWORD).expect(200);
        client
    }

    /// Runs all due jobs and brings the search index up to date.
    pub fn settle(&self) {
        let context = self.workspace.system_context(Uuid::nil(), "test");
        readers::read_all(&context).unwrap();
        while jobs::run_next(&context, "test").unwrap() {}
        search::index_all(&context).unwrap();
    }
}

impl Drop for TestServer {
    fn drop(&mut self) {
        self.app.shutdown.begin();
    }
}

/// What every server begins with.
fn prepare(store: Arc<dyn Store>) {
    let folder = tempfile::tempdir().unwrap();
    let flags = [("data", folder.path().to_string_lossy().into_owned())].into();
    let settings = Settings::read(&Sources::gather(flags, std::iter::empty(), None).unwrap()).unwrap();
    let open = guanxi_server::OpenWorkspaces::default();
    let registry = Arc::new(guanxi_server::wiring::registry_with_jobs(&settings, &Shutdown::default(), &open).unwrap());
    Workspace::open("main", store, registry, Arc::new(TestClock::on_a_monday()), Arc::new(TestIds::default())).unwrap();
}
