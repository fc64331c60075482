//! Databases of the tests' own. Making a workspace's tables takes far longer than copying them: each test binary prepares
//! one database of each store, and each of its tests is given a copy.

use std::fs::{self, File};
use std::hash::{DefaultHasher, Hash, Hasher};
use std::path::Path;
use std::sync::atomic::{AtomicU32, Ordering};
use std::time::{Duration, Instant, UNIX_EPOCH};

use guanxi_store::PostgresOptions;
use tokio::runtime::Runtime;
use tokio_postgres::{Client, NoTls};

/// Schema of the workspace in each of these databases.
const SCHEMA: &str = "guanxi_test";

/// A database that goes with this.
pub(crate) struct Database {
    /// How it is reached, and the schema that holds the workspace.
    pub(crate) options: PostgresOptions,
    server: String,
    name: String,
}

impl Database {
    /// A database for one test on the server that `GUANXI_TEST_POSTGRES` names. `prepare` makes what all tests of this
    /// `kind` begin with, and is called by the first of them only.
    pub(crate) fn make(runtime: &Runtime, kind: &str, prepare: impl FnOnce(PostgresOptions)) -> Self {
        static COUNT: AtomicU32 = AtomicU32::new(0);
        let server = std::env::var_os("GUANXI_TEST_POSTGRES").unwrap().into_string().unwrap();
        let name = format!("guanxi_test_{}_{}", std::process::id(), COUNT.fetch_add(1, Ordering::SeqCst));
        let client = connect(runtime, &server);
        let template = runtime.block_on(template(&client, kind, |database| prepare(options(runtime, &server, database))));
        runtime.block_on(client.batch_execute(&copy(&name, &template))).unwrap();
        Self { options: options(runtime, &server, &name), server, name }
    }
}

impl Drop for Database {
    fn drop(&mut self) {
        // Not the test's own runtime: the test may have ended in the middle of it.
        let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build().unwrap();
        let client = connect(&runtime, &self.server);
        if let Err(error) = runtime.block_on(client.batch_execute(&drop_database(&self.name))) {
            println!("the test's database stays behind: {error}");
        }
    }
}

/// Puts a SQLite file at `path` that holds what all tests of this `kind` begin with; `prepare` makes it where none of
/// them did before.
pub(crate) fn copy_sqlite(kind: &str, path: &Path, prepare: impl FnOnce(&Path)) {
    let (family, name) = names(kind);
    // Beside the program, where nobody else writes.
    let folder = std::env::current_exe().unwrap().with_file_name("test-templates");
    fs::create_dir_all(&folder).unwrap();
    let template = folder.join(format!("{name}.db"));
    // Tests run as processes of their own: the first prepares it, the others wait here.
    let lock = File::create(folder.join(format!("{family}lock"))).unwrap();
    lock.lock().unwrap();
    if !template.exists() {
        for stale in fs::read_dir(&folder).unwrap().map(|it| it.unwrap()) {
            let stale_name = stale.file_name().to_string_lossy().into_owned();
            if stale_name.starts_with(&family) && !stale_name.ends_with("lock") {
                fs::remove_file(stale.path()).unwrap();
            }
        }
        let unfinished = folder.join(format!("{family}making.db"));
        prepare(&unfinished);
        wait_until_closed(&folder.join(format!("{family}making.db-wal")));
        fs::rename(&unfinished, &template).unwrap();
    }
    drop(lock);
    fs::copy(&template, path).unwrap();
}

/// Waits until SQLite has brought this log home, which the last connection does: the store's own thread may be who lets go last.
fn wait_until_closed(log: &Path) {
    let patience = Instant::now() + Duration::from_secs(30);
    while log.exists() {
        assert!(Instant::now() < patience, "whoever prepares a database closes it");
        std::thread::sleep(Duration::from_millis(2));
    }
}

/// What the templates of this program and kind are called, and the one of this build.
fn names(kind: &str) -> (String, String) {
    let program = std::env::current_exe().unwrap();
    let program = program.file_stem().unwrap().to_string_lossy().into_owned();
    let family = format!("guanxi_template_{kind}_{:016x}_", hash(&program));
    let name = format!("{family}{:016x}", hash(&built()));
    (family, name)
}

/// Name of the database that tests of this kind are copied from; prepared where it is missing.
async fn template(client: &Client, kind: &str, prepare: impl FnOnce(&str)) -> String {
    let (family, name) = names(kind);
    let key = i64::from_ne_bytes(hash(&family).to_ne_bytes());
    // Tests run as processes of their own: the first prepares it, the others wait here.
    client.execute("SELECT pg_advisory_lock($1)", &[&key]).await.unwrap();
    let rows = client.query("SELECT datname FROM pg_database WHERE starts_with(datname, $1)", &[&family]).await.unwrap();
    let there: Vec<String> = rows.iter().map(|row| row.get(0)).collect();
    if !there.contains(&name) {
        for stale in &there {
            client.batch_execute(&drop_database(stale)).await.unwrap();
        }
        let unfinished = format!("{family}making");
        client.batch_execute(&format!("CREATE DATABASE {unfinished}")).await.unwrap();
        tokio::task::block_in_place(|| prepare(&unfinished));
        let sessions = "SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = $1";
        client.execute(sessions, &[&unfinished]).await.unwrap();
        client.batch_execute(&format!("ALTER DATABASE {unfinished} RENAME TO {name}")).await.unwrap();
    }
    client.execute("SELECT pg_advisory_unlock($1)", &[&key]).await.unwrap();
    name
}

/// Copying files beats writing each page to the log: what the copy loses in a crash of the machine is a test's.
fn copy(name: &str, template: &str) -> String {
    format!("CREATE DATABASE {name} TEMPLATE {template} STRATEGY file_copy")
}

fn drop_database(name: &str) -> String {
    format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)")
}

fn connect(runtime: &Runtime, url: &str) -> Client {
    runtime.block_on(async {
        let (client, connection) = tokio_postgres::connect(url, NoTls).await.unwrap();
        tokio::spawn(connection);
        client
    })
}

fn options(runtime: &Runtime, server: &str, database: &str) -> PostgresOptions {
    let (address, _) = server.rsplit_once('/').unwrap();
    let url = format!("{address}/{database}");
    PostgresOptions { url, schema: SCHEMA.to_owned(), max_connections: 4, runtime: runtime.handle().clone() }
}

/// When this program was built: what it prepares may differ from what the last build prepared.
fn built() -> u128 {
    let program = std::env::current_exe().unwrap().metadata().unwrap();
    program.modified().unwrap().duration_since(UNIX_EPOCH).unwrap().as_nanos()
}

fn hash(value: &impl Hash) -> u64 {
    let mut hasher = DefaultHasher::new();
    value.hash(&mut hasher);
    hasher.finish()
}
