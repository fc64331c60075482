//! A PostgreSQL database of a test's own, where a server is named.

use std::sync::atomic::{AtomicU32, Ordering};

use tokio::runtime::Runtime;
use tokio_postgres::Client;

/// A database and somebody to look into it.
pub struct Database {
    /// Its URL.
    pub url: String,
    /// What drives its connections.
    pub runtime: Runtime,
}

impl Database {
    /// The first column of a query's rows, as text.
    pub fn texts(&self, sql: &str) -> Vec<String> {
        self.runtime.block_on(async {
            let rows = connect(&self.url).await.query(sql, &[]).await.unwrap();
            rows.iter().map(|row| row.get(0)).collect()
        })
    }
}

/// Runs a test with a fresh database, which is dropped afterwards; says so where there is no server.
#[expect(clippy::disallowed_methods, reason = "the harness names the server by an environment variable")]
pub fn with_database(test: impl FnOnce(&Database)) {
    static NEXT: AtomicU32 = AtomicU32::new(0);
    let Ok(server) = std::env::var("GUANXI_TEST_POSTGRES") else {
        println!("skipped: GUANXI_TEST_POSTGRES is not set");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let name = format!("guanxi_binary_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::Relaxed));
    let client = runtime.block_on(connect(&server));
    runtime.block_on(client.batch_execute(&format!("CREATE DATABASE {name}"))).unwrap();
    let database = Database { url: format!("{}/{name}", server.rsplit_once('/').unwrap().0), runtime };
    let outcome = std::panic::catch_unwind(std::panic::AssertUnwindSafe(|| test(&database)));
    database.runtime.block_on(client.batch_execute(&format!("DROP DATABASE IF EXISTS {name} WITH (FORCE)"))).unwrap();
    if let Err(panic) = outcome {
        std::panic::resume_unwind(panic);
    }
}

/// A connection.
pub async fn connect(url: &str) -> Client {
    let (client, connection) = tokio_postgres::connect(url, tokio_postgres::NoTls).await.unwrap();
    tokio::spawn(connection);
    client
}
