//! A PostgreSQL schema of the test's own, where a server is named.

use std::sync::Arc;
use std::sync::atomic::{AtomicU32, Ordering};

use guanxi_kernel::store::Store;
use guanxi_store::{PostgresOptions, PostgresStore};

static NEXT: AtomicU32 = AtomicU32::new(0);

/// Runs `test` on a fresh schema, which is dropped afterwards; says so where there is no server.
#[expect(clippy::disallowed_methods, reason = "the harness names the server by an environment variable")]
pub fn with_store(test: impl FnOnce(Arc<dyn Store>)) {
    let Ok(url) = std::env::var("GUANXI_TEST_POSTGRES") else {
        println!("skipped: GUANXI_TEST_POSTGRES is not set");
        return;
    };
    let runtime = tokio::runtime::Builder::new_multi_thread().worker_threads(1).enable_all().build().unwrap();
    let schema = format!("gx_engine_{}_{}", std::process::id(), NEXT.fetch_add(1, Ordering::SeqCst));
    let options = PostgresOptions { url, schema, max_connections: 8, runtime: runtime.handle().clone() };
    let store = PostgresStore::connect(options.clone()).unwrap();
    test(Arc::new(store));
    PostgresStore::drop_schema(options).unwrap();
}
