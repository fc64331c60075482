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
use serde_json::{Map, Value as Json, json};
use uuid::Uuid;

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

const DEPARTMENT: &str = r#"
name = "department"
label = { zh-CN = "部门", en = "Department" }
title_field = "name"
owned = false
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
required = true
[[field]]
name = "parent"
type = "department"
label = { zh-CN = "上级", en = "Parent" }
"#;

const USER: &str = r#"
name = "user"
label = { zh-CN = "成员", en = "Member" }
title_field = "name"
owned = false
[[field]]
name = "name"
type = "text"
label = { zh-CN = "姓名", en = "Name" }
required = true
"#;

const TAG: &str = r#"
name = "tag"
label = { zh-CN = "标签", en = "Tag" }
title_field = "name"
owned = false
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
required = true
unique = true
"#;

const FILE: &str = r#"
name = "file"
label = { zh-CN = "文件", en = "File" }
title_field = "name"
internal = true
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
[[field]]
name = "size"
type = "number"
label = { zh-CN = "大小", en = "Size" }
[[field]]
name = "content_type"
type = "text"
label = { zh-CN = "类型", en = "Type" }
"#;

const ACCOUNT: &str = r#"
name = "account"
label = { zh-CN = "客户", en = "Account" }
title_field = "name"
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
required = true
searchable = true
[[field]]
name = "code"
type = "text"
label = { zh-CN = "编码", en = "Code" }
unique = true
[[field]]
name = "number"
type = "auto_number"
number_format = "C{yyyy}-{0000}"
label = { zh-CN = "编号", en = "Number" }
[[field]]
name = "level"
type = "select"
label = { zh-CN = "级别", en = "Level" }
indexed = true
options = [
  { value = "a", label = { zh-CN = "甲", en = "A" } },
  { value = "b", label = { zh-CN = "乙", en = "B" } },
]
[[field]]
name = "phone"
type = "phone"
label = { zh-CN = "电话", en = "Phone" }
searchable = true
[[field]]
name = "margin"
type = "decimal"
label = { zh-CN = "毛利", en = "Margin" }
indexed = true
searchable = true
[[field]]
name = "parent"
type = "reference"
target = "account"
label = { zh-CN = "上级客户", en = "Parent" }
[[field]]
name = "tags"
type = "tags"
label = { zh-CN = "标签", en = "Tags" }
[[field]]
name = "channels"
type = "multi_select"
label = { zh-CN = "渠道", en = "Channels" }
options = [
  { value = "phone", label = { zh-CN = "电话", en = "Phone" } },
  { value = "mail", label = { zh-CN = "邮件", en = "Mail" } },
]
[[field]]
name = "deals"
type = "rollup"
label = { zh-CN = "商机数", en = "Deals" }
rollup = { object = "deal", via = "account", function = "count" }
[[field]]
name = "won"
type = "rollup"
label = { zh-CN = "赢单额", en = "Won" }
rollup = { object = "deal", via = "account", function = "sum", field = "amount", filter = "stage == 'won'" }
[[field]]
name = "last_close"
type = "rollup"
label = { zh-CN = "最近成交", en = "Last close" }
rollup = { object = "deal", via = "account", function = "latest", field = "close_date" }
[[field]]
name = "won_class"
type = "formula"
result = "text"
expression = "won >= 1000 ? 'big' : 'small'"
label = { zh-CN = "规模", en = "Class" }
[[index]]
fields = ["owner", "name"]
"#;

const DEAL: &str = r#"
name = "deal"
label = { zh-CN = "商机", en = "Deal" }
title_field = "name"
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
required = true
searchable = true
[[field]]
name = "account"
type = "reference"
target = "account"
label = { zh-CN = "客户", en = "Account" }
required = true
on_delete = "cascade"
[[field]]
name = "stage"
type = "select"
label = { zh-CN = "阶段", en = "Stage" }
required = true
default = "new"
options = [
  { value = "new", label = { zh-CN = "新建", en = "New" }, next = ["offer", "lost"] },
  { value = "offer", label = { zh-CN = "报价", en = "Offer" }, next = ["won", "lost"] },
  { value = "won", label = { zh-CN = "赢单", en = "Won" }, closed = true },
  { value = "lost", label = { zh-CN = "输单", en = "Lost" }, closed = true },
]
[[field]]
name = "amount"
type = "money"
label = { zh-CN = "金额", en = "Amount" }
min = 0.0
[[field]]
name = "probability"
type = "percent"
label = { zh-CN = "可能性", en = "Probability" }
default = "10"
[[field]]
name = "weighted"
type = "formula"
result = "decimal"
expression = "amount * probability / 100"
label = { zh-CN = "加权", en = "Weighted" }
[[field]]
name = "close_date"
type = "date"
label = { zh-CN = "成交日期", en = "Close date" }
indexed = true
[[field]]
name = "loss_reason"
type = "text"
label = { zh-CN = "输单原因", en = "Loss reason" }
required_when = "stage == 'lost'"
[[rule]]
name = "amount_when_offered"
expression = "stage != 'offer' || amount != null"
message = { zh-CN = "报价阶段必须有金额", en = "an offer needs an amount" }
field = "amount"
[[rule]]
name = "sane_date"
expression = "close_date == null || close_date >= date('2000-01-01')"
message = { zh-CN = "日期太早", en = "the date is too early" }
field = "close_date"
"#;

const BILL: &str = r#"
name = "bill"
label = { zh-CN = "发票", en = "Bill" }
title_field = "name"
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
[[field]]
name = "tag"
type = "reference"
target = "tag"
label = { zh-CN = "标签", en = "Tag" }
on_delete = "restrict"
"#;

const ROLES: [&str; 3] = [
    r#"
name = "administrator"
label = { zh-CN = "管理员", en = "Administrator" }
administrator = true
"#,
    r#"
name = "manager"
label = { zh-CN = "经理", en = "Manager" }
[objects."*"]
read = "department_tree"
update = "department_tree"
delete = "department_tree"
create = true
export = true
bulk = true
actions = ["*"]
[objects.user]
read = "all"
[objects.department]
read = "all"
[objects.tag]
read = "all"
"#,
    r#"
name = "rep"
label = { zh-CN = "销售", en = "Rep" }
[objects.account]
read = "own"
update = "own"
create = true
hidden_fields = ["margin"]
read_only_fields = ["level"]
[objects.deal]
read = "own"
update = "own"
delete = "own"
create = true
[objects.user]
read = "all"
[objects.tag]
read = "all"
"#,
];

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
    let mut objects: Vec<_> =
        [("department", DEPARTMENT), ("user", USER), ("tag", TAG), ("file", FILE), ("account", ACCOUNT), ("deal", DEAL), ("bill", BILL)]
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
        let member = Member { id, roles: vec![role.into()], department: Some(department), departments };
        self.workspace.member_context(member, role.into(), Locale::En, jiff::tz::TimeZone::UTC, "test".into()).unwrap()
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
        KernelError::Forbidden(_) => "forbidden",
        KernelError::NotSignedIn => "not_signed_in",
        KernelError::Invalid(_) => "invalid",
        KernelError::VersionConflict { .. } => "version_conflict",
        KernelError::Store(_) => "store",
        KernelError::Internal(_) => "internal",
    }
}
