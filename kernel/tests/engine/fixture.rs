//! A small company on a fresh store: departments, members with roles, accounts, contacts, deals.

use std::sync::atomic::{AtomicI64, AtomicU64, Ordering};
use std::sync::{Arc, Mutex};

use guanxi_kernel::access::Member;
use guanxi_kernel::app::{App, Registry, parse_object};
use guanxi_kernel::context::{Clock, Context, Ids, Locale};
use guanxi_kernel::read::{self, ListRequest, Page};
use guanxi_kernel::schema::{AppDefinition, Label, Object, RoleDefinition};
use guanxi_kernel::store::{Store, StoreExt};
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::write::{Batch, BatchMode, Operation, PlanOptions, execute};
use guanxi_kernel::{KernelError, Result};
use guanxi_store::{SqliteOptions, SqliteStore};
use jiff::Timestamp;
use proptest::prelude::Strategy;
use proptest::test_runner::{Config, RngAlgorithm, TestRng, TestRunner};
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

use crate::fixture_objects::{ACCOUNT, BILL, DEAL, DEPARTMENT, FILE, ROLE_GRANT, ROLES, TAG, TEAM, USER};

/// A clock that stands still until told.
pub struct TestClock(AtomicI64);

impl TestClock {
    pub fn advance(&self, seconds: i64) {
        self.0.fetch_add(seconds * 1_000_000, Ordering::SeqCst);
    }
}

impl Clock for TestClock {
    fn now(&self) -> Timestamp {
        Timestamp::from_microsecond(self.0.load(Ordering::SeqCst)).unwrap()
    }
}

/// Ids that count up.
#[derive(Default)]
pub struct TestIds {
    next: AtomicU64,
    state: Mutex<u64>,
}

impl Ids for TestIds {
    fn next(&self, now: Timestamp) -> Uuid {
        let millis = u64::try_from(now.as_millisecond()).unwrap();
        let count = self.next.fetch_add(1, Ordering::SeqCst);
        let mut bytes = [0_u8; 16];
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        bytes[8..].copy_from_slice(&count.to_be_bytes());
        bytes[6] = 0x70;
        bytes[8] |= 0x80;
        Uuid::from_bytes(bytes)
    }

    fn random(&self, bytes: &mut [u8]) {
        let mut state = self.state.lock().unwrap();
        for byte in bytes {
            *state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
            *byte = (*state >> 33) as u8;
        }
    }
}

/// A workspace with a clock.
pub struct Fixture {
    pub workspace: Arc<Workspace>,
    pub clock: Arc<TestClock>,
    pub admin: Uuid,
    pub north: Uuid,
    pub north_one: Uuid,
    pub south: Uuid,
    pub ann: Uuid,
    pub bob: Uuid,
    pub boss: Uuid,
    _folder: tempfile::TempDir,
}

/// Runs a test on every store there is.
pub fn on_both_stores(test: impl Fn(&Fixture)) {
    on_both_stores_with(Vec::new, test);
}

/// The same with further apps.
pub fn on_both_stores_with(more: impl Fn() -> Vec<App>, test: impl Fn(&Fixture)) {
    let folder = tempfile::tempdir().unwrap();
    let store = SqliteStore::open(folder.path().join("test.db"), SqliteOptions::default()).unwrap();
    test(&Fixture::new(Arc::new(store), folder, more()));
    crate::fixture_postgres::with_store(|store| test(&Fixture::new(store, tempfile::tempdir().unwrap(), more())));
}

pub fn registry(more: Vec<App>) -> Registry {
    let mut objects: Vec<_> = [
        ("department", DEPARTMENT),
        ("user", USER),
        ("team", TEAM),
        ("role_grant", ROLE_GRANT),
        ("tag", TAG),
        ("file", FILE),
        ("account", ACCOUNT),
        ("deal", DEAL),
        ("bill", BILL),
    ]
    .iter()
    .map(|(name, source)| parse_object(name, source, "").unwrap())
    .collect();
    objects.reverse();
    let definition = AppDefinition {
        name: "test".into(),
        label: Label::new("测试", "Test"),
        icon: None,
        order: 0,
        objects: vec!["account".into(), "deal".into()],
        uses: Vec::new(),
    };
    let roles: Vec<RoleDefinition> = ROLES.iter().map(|it| toml::from_str(it).unwrap()).collect();
    let mut apps = vec![App { definition: Some(definition), objects, roles, ..App::default() }];
    apps.extend(more);
    Registry::new(apps)
}

impl Fixture {
    pub fn new(store: Arc<dyn Store>, folder: tempfile::TempDir, more: Vec<App>) -> Self {
        let clock = Arc::new(TestClock(AtomicI64::new(1_795_000_000_000_000)));
        let workspace = Workspace::open("test", store, Arc::new(registry(more)), clock.clone(), Arc::new(TestIds::default())).unwrap();
        let mut it = Self {
            workspace,
            clock,
            admin: Uuid::nil(),
            north: Uuid::nil(),
            north_one: Uuid::nil(),
            south: Uuid::nil(),
            ann: Uuid::nil(),
            bob: Uuid::nil(),
            boss: Uuid::nil(),
            _folder: folder,
        };
        let system = it.system();
        it.north = it.create(&system, "department", json!({"name": "North"}));
        it.north_one = it.create(&system, "department", json!({"name": "North One", "parent": it.north}));
        it.south = it.create(&system, "department", json!({"name": "South"}));
        it.admin = it.create(&system, "user", json!({"name": "Admin"}));
        it.ann = it.create(&system, "user", json!({"name": "Ann"}));
        it.bob = it.create(&system, "user", json!({"name": "Bob"}));
        it.boss = it.create(&system, "user", json!({"name": "Boss"}));
        it
    }

    pub fn system(&self) -> Context {
        self.workspace.system_context(Uuid::nil(), "test")
    }
    pub fn member(&self, id: Uuid, role: &str, department: Uuid, departments: Vec<Uuid>) -> Context {
        let member = Member::of(id, vec![role.into()], Some(department), departments);
        self.workspace.member_context(member, role.into(), Locale::En, jiff::tz::TimeZone::UTC, "test".into())
    }
    /// A member as the organisation has him now, as if he had just signed in.
    pub fn signed_in(&self, id: Uuid) -> Context {
        let identity = self.workspace.store.read_with(|tx| self.workspace.identity(tx, id)).unwrap().unwrap();
        let zone = jiff::tz::TimeZone::UTC;
        self.workspace.member_context(identity.member, identity.name, Locale::En, zone, "test".into())
    }
    /// The administrator.
    pub fn as_admin(&self) -> Context {
        self.member(self.admin, "administrator", self.north, vec![self.north, self.north_one])
    }
    /// A rep of North One: sees his own, never `margin`.
    pub fn as_ann(&self) -> Context {
        self.member(self.ann, "rep", self.north_one, vec![self.north_one])
    }
    /// A rep of South.
    pub fn as_bob(&self) -> Context {
        self.member(self.bob, "rep", self.south, vec![self.south])
    }
    /// The manager of North and below.
    pub fn as_boss(&self) -> Context {
        self.member(self.boss, "manager", self.north, vec![self.north, self.north_one])
    }

    /// The same data under other definitions, as after an upgrade.
    pub fn reopened(&self, registry: Registry) -> Result<Arc<Workspace>> {
        let store = self.workspace.store.clone();
        Workspace::open("test", store, Arc::new(registry), self.clock.clone(), self.workspace.ids.clone())
    }

    /// The same company after an upgrade.
    pub fn after_upgrade(&self, registry: Registry) -> Self {
        Self {
            workspace: self.reopened(registry).unwrap(),
            clock: self.clock.clone(),
            admin: self.admin,
            north: self.north,
            north_one: self.north_one,
            south: self.south,
            ann: self.ann,
            bob: self.bob,
            boss: self.boss,
            _folder: tempfile::tempdir().unwrap(),
        }
    }

    pub fn object(&self, name: &str) -> Arc<Object> {
        self.workspace.schema().object(name).unwrap().clone()
    }
    fn one(&self, context: &Context, object: &str, operation: Operation, verb: &'static str) -> Result<(Uuid, Uuid)> {
        let batch = Batch { object: self.object(object), operations: vec![operation], mode: BatchMode::AllOrNothing, verb, change: None };
        let done = execute(context, &batch)?;
        Ok((done.results.into_iter().next().unwrap()?.id, done.change))
    }
    pub fn try_create(&self, context: &Context, object: &str, values: Json) -> Result<Uuid> {
        Ok(self.one(context, object, Operation::Create { values: map(values) }, "create")?.0)
    }
    pub fn create(&self, context: &Context, object: &str, values: Json) -> Uuid {
        self.try_create(context, object, values).unwrap()
    }
    /// Answers the id of the change.
    pub fn try_update(&self, context: &Context, object: &str, id: Uuid, values: Json, options: PlanOptions) -> Result<Uuid> {
        Ok(self.one(context, object, Operation::Update { id, values: map(values), options }, "update")?.1)
    }
    pub fn update(&self, context: &Context, object: &str, id: Uuid, values: Json) -> Uuid {
        self.try_update(context, object, id, values, PlanOptions::default()).unwrap()
    }
    pub fn delete(&self, context: &Context, object: &str, id: Uuid) -> Result<Uuid> {
        Ok(self.one(context, object, Operation::Delete { id }, "delete")?.1)
    }
    pub fn restore(&self, context: &Context, object: &str, id: Uuid) -> Result<Uuid> {
        Ok(self.one(context, object, Operation::Restore { id }, "restore")?.1)
    }
    pub fn get(&self, context: &Context, object: &str, id: Uuid) -> Option<Json> {
        let object = self.object(object);
        self.workspace.store.read_with(|tx| read::get_json(context, tx, &object, id)).unwrap()
    }
    pub fn try_list(&self, context: &Context, object: &str, request: &ListRequest) -> Result<Page> {
        let object = self.object(object);
        self.workspace.store.read_with(|tx| read::list(context, tx, &object, request))
    }
    pub fn list(&self, context: &Context, object: &str, filter: &str, sort: &str) -> Vec<Json> {
        let request = ListRequest { filter: Some(filter.into()), sort: Some(sort.into()), limit: 500, ..ListRequest::default() };
        serde_json::from_str(&self.try_list(context, object, &request).unwrap().items).unwrap()
    }
    pub fn names(&self, context: &Context, object: &str, filter: &str, sort: &str) -> Vec<String> {
        self.list(context, object, filter, sort).iter().map(|it| it["name"].as_str().unwrap_or_default().to_owned()).collect()
    }
}

pub fn map(json: Json) -> Map<String, Json> {
    json.as_object().cloned().unwrap()
}

/// Numbers below a bound, as if by chance and the same every time.
pub fn picks(seed: u64) -> impl FnMut(usize) -> usize {
    let mut state = seed;
    move |bound| {
        state = state.wrapping_mul(6_364_136_223_846_793_005).wrapping_add(1_442_695_040_888_963_407);
        usize::try_from(state >> 40).unwrap() % bound
    }
}

/// Runs a test on so many cases: the same every time, unless `GUANXI_SEED` (a number) asks for others. The seed is told, so
/// that a failure can be had again.
#[expect(clippy::disallowed_methods, reason = "the seed is given from outside")]
pub fn on_cases<S: Strategy>(cases: u32, strategy: &S, test: impl Fn(S::Value)) {
    let config = Config { cases, failure_persistence: None, max_shrink_iters: 60, ..Config::default() };
    let number: u64 = std::env::var("GUANXI_SEED").ok().and_then(|it| it.parse().ok()).unwrap_or(1);
    println!("GUANXI_SEED={number}");
    let mut seed = [0; 32];
    seed[..8].copy_from_slice(&number.to_le_bytes());
    let mut runner = TestRunner::new_with_rng(config, TestRng::from_seed(RngAlgorithm::ChaCha, &seed));
    let run = |case| {
        test(case);
        Ok(())
    };
    runner.run(strategy, run).unwrap();
}

/// Everything the tables of objects, their links and the engine's own logs hold, as one text.
pub fn digest(it: &Fixture, objects: &[&str]) -> String {
    use guanxi_kernel::store::{Condition, Select};
    let mut tables =
        vec![guanxi_kernel::system_tables::EVENT.clone(), guanxi_kernel::system_tables::AUDIT.clone(), guanxi_kernel::system_tables::JOB.clone()];
    for name in objects {
        let object = it.object(name);
        tables.push(object.table.clone());
        tables.extend(object.fields.iter().filter_map(|it| it.link.clone()));
    }
    let mut text = String::new();
    for table in tables {
        let rows =
            it.workspace.store.read_with(|tx| Ok(tx.rows(&Select::all(&table, Condition::True).order_by(0, false).order_by(1, false))?)).unwrap();
        text.push_str(&format!("{}: {rows:?}\n", table.name));
    }
    text
}

/// The code of an error, as the API tells it.
pub fn code(error: &KernelError) -> &'static str {
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
