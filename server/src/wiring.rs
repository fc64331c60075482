//! The real clock, ids, registry and stores.

use std::path::Path;
use std::sync::{Arc, Mutex, PoisonError};

use guanxi_kernel::app::{App, JobHandler, Registry};
use guanxi_kernel::context::{Clock, Ids};
use guanxi_kernel::store::{Store, StoreError};
use guanxi_store::{PostgresOptions, PostgresStore, SqliteOptions, SqliteStore};
use jiff::Timestamp;
use uuid::{Builder, Uuid};

use crate::auth::vault::Vault;
use crate::blobs::Blobs;
use crate::directory::{Means, SyncAll, SyncOne};
use crate::erasure::{EraseTraces, TidyFiles};
use crate::file_texts::{self, ReadTexts};
use crate::settings::Settings;
use crate::shutdown::Shutdown;
use crate::workspaces::OpenWorkspaces;

/// The machine's clock, to the microsecond: what every store keeps.
pub struct SystemClock;

impl Clock for SystemClock {
    #[expect(clippy::disallowed_methods, reason = "the one place that reads the machine's clock")]
    fn now(&self) -> Timestamp {
        let now = Timestamp::now();
        Timestamp::from_microsecond(now.as_microsecond()).unwrap_or(now)
    }
}

/// Ids of version 7, each greater than the one before.
#[derive(Default)]
pub struct SystemIds {
    /// Milliseconds and the 74 bits behind them of the last id.
    last: Mutex<(u64, u128)>,
}

const TAIL_BITS: u32 = 74;

impl SystemIds {
    fn advance(&self, millis: u64, random: u128) -> (u64, u128) {
        let mut last = self.last.lock().unwrap_or_else(PoisonError::into_inner);
        *last = if millis > last.0 {
            // The top bit stays free, so that counting on within the millisecond cannot run over.
            (millis, random >> (128 - TAIL_BITS + 1))
        } else {
            (last.0, last.1 + 1 + (random >> 100))
        };
        *last
    }
}

impl Ids for SystemIds {
    fn next(&self, now: Timestamp) -> Uuid {
        let mut bytes = [0; 16];
        self.random(&mut bytes);
        let (millis, tail) = self.advance(u64::try_from(now.as_millisecond()).unwrap_or(0), u128::from_be_bytes(bytes));
        let mut counter = [0; 10];
        let (high, low) = ((tail >> 62) & 0xfff, tail & ((1 << 62) - 1));
        counter[..2].copy_from_slice(&high.to_be_bytes()[14..]);
        counter[2..].copy_from_slice(&low.to_be_bytes()[8..]);
        Builder::from_unix_timestamp_millis(millis, &counter).into_uuid()
    }

    fn random(&self, bytes: &mut [u8]) {
        // Without randomness no secret can be made: an operating system that refuses it is broken beyond our help.
        if let Err(error) = getrandom::fill(bytes) {
            tracing::error!(%error, "the operating system gives no random bytes");
            std::process::abort();
        }
    }
}

/// Everything the apps bring.
///
/// # Errors
/// Says which app's files are wrong.
pub fn registry() -> Result<Registry, String> {
    let mut registry = Registry::new(business_apps()?);
    crate::packs::offer(&mut registry, None)?;
    Ok(registry)
}

/// As [`registry`], with the server's own jobs and the operator's packs: what a process that runs jobs needs.
///
/// # Errors
/// Says which app's files are wrong, or that the folder of packs cannot be read.
pub fn registry_with_jobs(settings: &Settings, shutdown: &Shutdown, open: &OpenWorkspaces) -> Result<Registry, String> {
    let mut apps = business_apps()?;
    apps.push(server_jobs(settings, shutdown, open));
    apps.push(crate::duplicates::app(open.residents(), shutdown));
    apps.push(App { jobs: crate::mail::jobs(settings)?, ..App::default() });
    apps.push(App { jobs: crate::messages::jobs(settings), ..App::default() });
    apps.push(App { jobs: directory_jobs(settings), ..App::default() });
    apps.push(scheduled_imports(settings));
    apps.push(crate::enrichment::app(settings));
    let mut registry = Registry::new(apps);
    registry.public_url.clone_from(&settings.public_url);
    crate::packs::offer(&mut registry, settings.packs.as_deref())?;
    Ok(registry)
}

fn directory_jobs(settings: &Settings) -> Vec<Arc<dyn JobHandler>> {
    let connector = Arc::new(guanxi_identity::Ldap::new(&settings.internal_hosts));
    let means = Arc::new(Means { connector, vault: Vault::new(settings.secret_key_file.clone()) });
    vec![Arc::new(SyncOne(means.clone())), Arc::new(SyncAll(means))]
}

/// Imports that come by themselves.
fn scheduled_imports(settings: &Settings) -> App {
    use crate::import::schedules::{FetchTables, LookForDue, MappingGuard, Means, ScheduleGuard};
    let fetcher = || guanxi_sources::Fetcher::new(&settings.source_hosts);
    let means = Means {
        folder: crate::import::folder(&settings.data),
        inbox: settings.import_folder.clone(),
        fetcher: fetcher(),
        hosts: settings.source_hosts.clone(),
        vault: Vault::new(settings.secret_key_file.clone()),
    };
    App {
        jobs: vec![Arc::new(LookForDue), Arc::new(FetchTables(Arc::new(means)))],
        hooks: vec![Arc::new(ScheduleGuard(fetcher())), Arc::new(MappingGuard)],
        ..App::default()
    }
}

fn business_apps() -> Result<Vec<App>, String> {
    Ok(vec![
        guanxi_org::app()?,
        guanxi_customers::app()?,
        guanxi_sales::app()?,
        guanxi_marketing::app()?,
        guanxi_pools::app()?,
        guanxi_work::app()?,
        guanxi_collaboration::app()?,
        guanxi_process::app()?,
        guanxi_quality::app()?,
        guanxi_privacy::app()?,
    ])
}

/// Jobs the server brings itself.
pub fn server_jobs(settings: &Settings, shutdown: &Shutdown, open: &OpenWorkspaces) -> App {
    let (folder, blobs) = (crate::import::folder(&settings.data), Blobs::of(settings));
    let run = crate::import::ImportJob { folder: folder.clone(), shutdown: shutdown.clone(), under_way: crate::import::UnderWay::default() };
    let tidy = crate::import::TidyImports { folder: folder.clone() };
    let late = crate::import::MakeLateIndexes;
    let ending = shutdown.clone();
    let undo = guanxi_kernel::write::UndoJob::until(move || ending.has_begun());
    let traces = EraseTraces { imports: folder, blobs: blobs.clone(), everywhere: open.for_jobs() };
    let bundles = crate::privacy::ExportPerson { blobs: blobs.clone() };
    let exports = crate::export::WriteExport { blobs: blobs.clone(), shutdown: shutdown.clone() };
    let texts = ReadTexts { blobs: blobs.clone(), shutdown: shutdown.clone() };
    let tidy_files = TidyFiles { blobs, everywhere: open.for_jobs() };
    App {
        jobs: vec![
            Arc::new(run),
            Arc::new(undo),
            Arc::new(tidy),
            Arc::new(late),
            Arc::new(traces),
            Arc::new(tidy_files),
            Arc::new(bundles),
            Arc::new(texts),
            Arc::new(exports),
            Arc::new(crate::export::TidyExports),
        ],
        readers: vec![Arc::new(file_texts::Watch)],
        ..App::default()
    }
}

/// Opens the database of a workspace, making it where it is missing.
///
/// # Errors
/// Where the folder or the database cannot be used.
pub fn open_store(settings: &Settings, runtime: &tokio::runtime::Handle, id: &str) -> Result<Arc<dyn Store>, StoreError> {
    if settings.database_url.is_some() {
        return Ok(Arc::new(PostgresStore::connect(postgres_options(settings, runtime, id))?));
    }
    let path = sqlite_path(&settings.data, id);
    if let Some(folder) = path.parent() {
        std::fs::create_dir_all(folder).map_err(|error| StoreError::Unavailable(format!("{}: {error}", folder.display())))?;
    }
    Ok(Arc::new(SqliteStore::open(path, SqliteOptions::default())?))
}

/// How to reach the schema of a workspace.
pub fn postgres_options(settings: &Settings, runtime: &tokio::runtime::Handle, id: &str) -> PostgresOptions {
    PostgresOptions {
        url: settings.database_url.clone().unwrap_or_default(),
        schema: format!("guanxi_{id}"),
        max_connections: settings.database_connections,
        runtime: runtime.clone(),
    }
}

/// The file of a workspace.
pub fn sqlite_path(data: &Path, id: &str) -> std::path::PathBuf {
    if id == crate::workspaces::MAIN { data.join("guanxi.db") } else { data.join("workspaces").join(format!("{id}.db")) }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn ids_grow_even_when_the_clock_stands_or_goes_back() {
        let ids = SystemIds::default();
        let now = Timestamp::from_millisecond(1_790_000_000_000).unwrap();
        let mut last = ids.next(now);
        for step in 0..10_000_i64 {
            let next = ids.next(Timestamp::from_millisecond(1_790_000_000_000 + if step % 1_000 == 0 { step } else { 0 }).unwrap());
            assert!(next > last, "{next} after {last}");
            assert_eq!(next.get_version_num(), 7);
            last = next;
        }
    }
}
