//! A workspace with the real objects on a fresh store.

use std::path::PathBuf;
use std::sync::Arc;
use std::sync::atomic::{AtomicU64, Ordering};

use guanxi_kernel::access::Member;
use guanxi_kernel::app::Registry;
use guanxi_kernel::context::{Clock, Context, Ids, Locale};
use guanxi_kernel::store::Store;
use guanxi_kernel::workspace::Workspace;
use guanxi_store::{PostgresOptions, PostgresStore, SqliteOptions, SqliteStore};
use jiff::Timestamp;
use uuid::Uuid;

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

struct StandingClock;

impl Clock for StandingClock {
    fn now(&self) -> Timestamp {
        Timestamp::constant(1_795_000_000, 0)
    }
}

#[derive(Default)]
struct CountingIds(AtomicU64);

impl Ids for CountingIds {
    fn next(&self, now: Timestamp) -> Uuid {
        // The counter fills the time bits' low end as a real clock would: ids keep coming in order.
        let count = self.0.fetch_add(1, Ordering::Relaxed);
        let millis = u64::try_from(now.as_millisecond()).unwrap_or_default() + count / 1_000;
        let mut bytes = [0_u8; 16];
        bytes[..6].copy_from_slice(&millis.to_be_bytes()[2..]);
        bytes[8..].copy_from_slice(&count.wrapping_mul(0x9e37_79b9_7f4a_7c15).to_be_bytes());
        bytes[6] = 0x70 | (count % 16) as u8;
        bytes[8] = 0x80 | (bytes[8] & 0x3f);
        Uuid::from_bytes(bytes)
    }
    fn random(&self, bytes: &mut [u8]) {
        bytes.fill(7);
    }
}

/// One database under measurement.
pub struct Bench {
    /// The workspace.
    pub workspace: Arc<Workspace>,
    /// Where the SQLite file is.
    pub file: Option<PathBuf>,
    /// Server and schema, on PostgreSQL.
    pub postgres: Option<PostgresOptions>,
    /// Members that own the records.
    pub owners: Vec<Uuid>,
    /// Their department.
    pub department: Uuid,
    _folder: tempfile::TempDir,
    runtime: tokio::runtime::Runtime,
}

impl Bench {
    /// Opens a fresh one.
    pub fn open(kind: Kind) -> Result<Self, Box<dyn std::error::Error>> {
        let folder = tempfile::tempdir()?;
        let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(2).enable_all().build()?;
        let file = (kind == Kind::Sqlite).then(|| folder.path().join("bench.db"));
        let mut postgres = None;
        let store: Arc<dyn Store> = match &file {
            Some(file) => Arc::new(SqliteStore::open(file, SqliteOptions::default())?),
            None => {
                #[expect(clippy::disallowed_methods, reason = "a benchmark names its server by an environment variable")]
                let url = std::env::var("GUANXI_TEST_POSTGRES").map_err(|_| "GUANXI_TEST_POSTGRES is not set")?;
                let options = PostgresOptions {
                    url,
                    schema: format!("gx_bench_{}", std::process::id()),
                    max_connections: 8,
                    runtime: runtime.handle().clone(),
                };
                let store = PostgresStore::connect(options.clone())?;
                postgres = Some(options);
                Arc::new(store)
            }
        };
        let apps = vec![guanxi_org::app()?, guanxi_customers::app()?, guanxi_sales::app()?, guanxi_work::app()?];
        let workspace = Workspace::open("bench", store, Arc::new(Registry::new(apps)), Arc::new(StandingClock), Arc::new(CountingIds::default()))?;
        Ok(Self { workspace, file, postgres, owners: Vec::new(), department: Uuid::nil(), _folder: folder, runtime })
    }

    /// The engine itself.
    pub fn system(&self) -> Context {
        self.workspace.system_context(Uuid::nil(), "bench")
    }

    /// A sales rep with his rights.
    pub fn rep(&self, owner: usize) -> Context {
        let member = Member {
            id: self.owners[owner % self.owners.len()],
            roles: vec!["sales".into()],
            department: Some(self.department),
            departments: vec![self.department],
        };
        self.workspace.member_context(member, "rep".into(), Locale::ZhCn, jiff::tz::TimeZone::UTC, "bench".into()).unwrap_or_else(|_| self.system())
    }

    /// Gives PostgreSQL the statistics its autovacuum would give it in a minute; the SQLite store gathers its own.
    pub fn settle(&self) -> Result<(), Box<dyn std::error::Error>> {
        if self.postgres.is_some() {
            let client = crate::direct::connect(self)?;
            self.runtime.block_on(client.batch_execute("VACUUM ANALYZE"))?;
        }
        Ok(())
    }

    /// The runtime of the PostgreSQL driver.
    pub fn runtime(&self) -> &tokio::runtime::Runtime {
        &self.runtime
    }

    /// Removes what was made.
    pub fn close(self) {
        if let Some(options) = self.postgres.clone() {
            drop(self.workspace);
            if let Err(error) = PostgresStore::drop_schema(options) {
                eprintln!("the schema stays: {error}");
            }
        }
    }
}
