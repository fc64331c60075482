//! A workspace with the real objects and a company in it, and the records to measure with.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use guanxi_kernel::access::Member as AccessMember;
use guanxi_kernel::context::{Context, Locale};
use guanxi_kernel::definition::SchemaChange;
use guanxi_kernel::identity;
use guanxi_kernel::store::{Store, StoreExt as _};
use guanxi_kernel::workspace::Workspace;
use guanxi_server::auth::token::sha256_hex;
use guanxi_server::wiring::{SystemClock, SystemIds, registry};
use guanxi_store::{PostgresOptions, PostgresStore, SqliteOptions, SqliteStore};
use uuid::Uuid;

use crate::data;
use crate::organisation::{FURTHER_ROLES, Organisation, further_role};
use crate::report::Report;

/// The workspace a server serves at its root.
const WORKSPACE: &str = "main";
/// A role beside the standard ones: what two expressions open, one of them through a reference.
pub const WATCHER: &str = "bench_watcher";
/// Left in the folder of a database that is complete, so that it may serve again.
const COMPLETE: &str = "complete";

/// Which store.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Kind {
    /// One file.
    Sqlite,
    /// A server named by `GUANXI_TEST_POSTGRES`.
    Postgres,
}

impl Kind {
    /// From the command line.
    pub fn from_name(name: &str) -> Result<Self, String> {
        match name {
            "sqlite" => Ok(Self::Sqlite),
            "postgres" => Ok(Self::Postgres),
            other => Err(format!("--store: {other} is neither sqlite nor postgres")),
        }
    }
    /// For people.
    pub fn name(self) -> &'static str {
        match self {
            Self::Sqlite => "SQLite",
            Self::Postgres => "PostgreSQL",
        }
    }
}

/// One database under measurement.
pub struct Bench {
    /// Contacts in it.
    pub size: usize,
    /// The workspace.
    pub workspace: Arc<Workspace>,
    /// The data folder, as a server takes it.
    pub data: PathBuf,
    /// Server and schema, on PostgreSQL.
    pub postgres: Option<PostgresOptions>,
    /// Who works there.
    pub organisation: Organisation,
    folder: Option<tempfile::TempDir>,
    runtime: Arc<tokio::runtime::Runtime>,
}

impl Bench {
    /// Opens a database of `size` contacts: a fresh one, or the one that `keep` holds from an earlier run.
    pub fn open(kind: Kind, size: usize, keep: Option<&Path>, report: &mut Report) -> Result<Self, Box<dyn std::error::Error>> {
        let (data, folder) = match keep {
            Some(keep) => (keep.join(format!("{}-{size}", kind.name())), None),
            None => {
                let folder = tempfile::tempdir()?;
                (folder.path().to_owned(), Some(folder))
            }
        };
        std::fs::create_dir_all(&data)?;
        let runtime = Arc::new(tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?);
        let postgres = if kind == Kind::Postgres { Some(database(&runtime, size)?) } else { None };
        let store: Arc<dyn Store> = match &postgres {
            Some(options) => Arc::new(PostgresStore::connect(options.clone())?),
            None => Arc::new(SqliteStore::open(data.join("guanxi.db"), SqliteOptions::default())?),
        };
        let complete = data.join(COMPLETE).exists();
        if !complete && !store.existing_tables()?.is_empty() {
            return Err(format!("{} holds a database that is not complete; remove it", data.display()).into());
        }
        let workspace = Workspace::open(WORKSPACE, store, Arc::new(registry()?), Arc::new(SystemClock), Arc::new(SystemIds::default()))?;
        let mut bench = Self { size, workspace, data, postgres, organisation: Organisation::default(), folder, runtime };
        bench.fill(complete, report)?;
        Ok(bench)
    }

    fn fill(&mut self, complete: bool, report: &mut Report) -> Result<(), Box<dyn std::error::Error>> {
        if !complete {
            guanxi_kernel::definition::apply(&self.system(), &roles()?, false)?;
            Organisation::make(&self.system())?;
        }
        self.organisation = Organisation::load(&self.system())?;
        if complete {
            return Ok(());
        }
        if self.size > 0 {
            let loaded = data::load(&self.system(), &self.organisation, self.size)?;
            let told = format!("{:.0} rows/s ({} rows in {:.1} s)", loaded.rate(), loaded.rows, loaded.seconds);
            report.note(self.size, "load through the write path", told);
            guanxi_kernel::search::index_all(&self.system())?;
        }
        self.settle()?;
        std::fs::write(self.data.join(COMPLETE), "")?;
        Ok(())
    }

    /// The engine itself.
    pub fn system(&self) -> Context {
        self.workspace.system_context(Uuid::nil(), "bench")
    }

    /// A member as he is signed in, with further roles.
    pub fn member(&self, id: Uuid, further: &[&str]) -> Result<Context, Box<dyn std::error::Error>> {
        let found = self.workspace.store.read_with(|tx| self.workspace.identity(tx, id))?.ok_or("no such member")?;
        let mut roles = found.member.roles.clone();
        roles.extend(further.iter().map(|it| (*it).into()));
        let member = AccessMember { roles, ..found.member };
        Ok(self.workspace.member_context(member, found.name, Locale::ZhCn, jiff::tz::TimeZone::UTC, "bench".into()))
    }

    /// The same workspace as a server has it that was started just now: nothing is worked out yet.
    pub fn afresh(&self) -> Result<Arc<Workspace>, Box<dyn std::error::Error>> {
        let Workspace { store, registry, clock, ids, .. } = &*self.workspace;
        Ok(Workspace::open(WORKSPACE, store.clone(), registry.clone(), clock.clone(), ids.clone())?)
    }

    /// The members who have records, as they are signed in.
    pub fn owners(&self, n: usize) -> Result<Vec<Context>, Box<dyn std::error::Error>> {
        let members = &self.organisation.members[1..data::owners(self.size)];
        (0..n.min(members.len())).map(|it| self.member(members[it * members.len() / n].id, &[])).collect()
    }

    /// An API key of a member.
    pub fn key_of(&self, context: &Context) -> Result<String, Box<dyn std::error::Error>> {
        let secret = format!("gx_bench_{}", self.workspace.ids.next(self.workspace.clock.now()).simple());
        identity::add_api_key(context, "bench", &sha256_hex(secret.as_bytes()), None, None)?;
        Ok(secret)
    }

    /// Gives PostgreSQL the statistics its autovacuum would give it in a minute; the SQLite store gathers its own.
    fn settle(&self) -> Result<(), Box<dyn std::error::Error>> {
        if let Some(options) = &self.postgres {
            let client = crate::direct::connect(&self.runtime, options)?;
            self.runtime.block_on(client.batch_execute("VACUUM ANALYZE"))?;
        }
        Ok(())
    }

    /// The runtime of the PostgreSQL driver.
    pub fn runtime(&self) -> &tokio::runtime::Runtime {
        &self.runtime
    }

    /// Removes what was made, unless it is kept.
    pub fn close(self) -> Result<(), Box<dyn std::error::Error>> {
        let Self { workspace, postgres, folder, runtime, size, .. } = self;
        drop(workspace);
        if let (Some(_), Some(_)) = (postgres, &folder) {
            let (server, name) = (server_url()?, database_name(size));
            runtime.block_on(async {
                let client = administrator(&server).await?;
                client.batch_execute(&format!("DROP DATABASE {name} WITH (FORCE)")).await
            })?;
        }
        Ok(())
    }
}

/// The company's own roles, made as its administrator would, so that the server knows them too.
fn roles() -> Result<Vec<SchemaChange>, serde_json::Error> {
    let when = "decision_role == 'decision_maker' && relationship == 'close' || account.owner == me.id";
    let watcher = serde_json::json!({
        "name": WATCHER, "label": { "zh-CN": "关注者", "en": "Watcher" }, "objects": { "contact": { "read": { "when": when } } },
    });
    let further = (0..FURTHER_ROLES).map(|number| {
        let scope = ["own", "department", "department_tree", "subordinates"][number % 4];
        let rights = serde_json::json!({ "read": scope, "update": "own", "create": true, "fields": { "phone": "masked" } });
        serde_json::json!({
            "name": further_role(number), "label": { "zh-CN": format!("岗位{number}"), "en": format!("Post {number}") },
            "objects": { "account": rights, "opportunity": { "read": scope }, "activity": { "read": scope } },
        })
    });
    std::iter::once(watcher).chain(further).map(|it| Ok(SchemaChange::PutRole { role: serde_json::from_value(it)? })).collect()
}

#[expect(clippy::disallowed_methods, reason = "a benchmark names its server by an environment variable")]
fn server_url() -> Result<String, String> {
    std::env::var("GUANXI_TEST_POSTGRES").map_err(|_| "GUANXI_TEST_POSTGRES is not set; `make bench` sets it".into())
}

fn database_name(size: usize) -> String {
    format!("guanxi_bench_{size}")
}

async fn administrator(url: &str) -> Result<tokio_postgres::Client, tokio_postgres::Error> {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await?;
    tokio::spawn(connection);
    Ok(client)
}

/// A database of its own on the server, made where it is missing.
fn database(runtime: &Arc<tokio::runtime::Runtime>, size: usize) -> Result<PostgresOptions, Box<dyn std::error::Error>> {
    let (server, name) = (server_url()?, database_name(size));
    runtime.block_on(async {
        let client = administrator(&server).await?;
        if client.query_opt("SELECT 1 FROM pg_database WHERE datname = $1", &[&name]).await?.is_none() {
            client.batch_execute(&format!("CREATE DATABASE {name}")).await?;
        }
        Ok::<_, tokio_postgres::Error>(())
    })?;
    let (start, _) = server.rsplit_once('/').ok_or("GUANXI_TEST_POSTGRES names no database")?;
    Ok(PostgresOptions {
        url: format!("{start}/{name}"),
        schema: format!("guanxi_{WORKSPACE}"),
        max_connections: 16,
        runtime: runtime.handle().clone(),
    })
}
