//! Taking a backup back, into a data folder or into PostgreSQL. All or nothing: what fails or is cut off leaves nothing
//! that a server would serve.

use std::path::{Path, PathBuf};
use std::sync::Arc;

use clap::ArgMatches;
use guanxi_kernel::KernelError;
use guanxi_kernel::store::Store;
use guanxi_kernel::workspace_copy::require_workspace;
use guanxi_store::{PostgresOptions, PostgresStore, SqliteStore};

use super::manifest::{self, Manifest};
use super::{copy, empty, is_empty, other};
use crate::cli::output::say;
use crate::cli::{CliError, arguments};
use crate::log;
use crate::settings::Settings;
use crate::shutdown::Shutdown;
use crate::wiring::{self, SystemClock, SystemIds, postgres_options, sqlite_path};
use crate::workspaces::{MAIN, is_workspace_id};
use crate::{OpenWorkspaces, Workspaces};

/// Folder within the data folder in which a restore gathers what it puts there at the end.
const GATHERING: &str = ".restoring";

/// A workspace's id and its file.
type Database = (String, Arc<dyn Store>);

/// Fails where a restore was cut off.
///
/// # Errors
/// With the remedy.
pub fn refuse_unfinished(data: &Path) -> Result<(), CliError> {
    if data.join(GATHERING).exists() {
        return Err(other(data, "a restore into this folder did not come to its end; empty the folder and restore again"));
    }
    Ok(())
}

/// Takes a backup back.
///
/// # Errors
/// A data folder or database that is not empty; a backup with anything missing, added, changed, or of something else.
pub fn restore(matches: &ArgMatches) -> Result<(), CliError> {
    let source = PathBuf::from(matches.get_one::<String>("dir").cloned().unwrap_or_default());
    let settings = arguments::settings(matches)?;
    log::start(&settings);
    refuse_unfinished(&settings.data)?;
    if !is_empty(&settings.data)? {
        return Err(other(&settings.data, "is not empty; restore into a new data folder"));
    }
    let manifest = manifest::read(&source)?;
    manifest::verify(&source, &manifest)?;
    let databases = databases(&source, &manifest)?;
    let restored = match settings.database_url {
        Some(_) => into_postgres(&settings, &source, &manifest, &databases),
        None => into_folder(&settings.data, &source, &manifest),
    };
    if let Err(error) = restored {
        empty(&settings.data)?;
        return Err(error);
    }
    let place = if settings.database_url.is_some() { "PostgreSQL and " } else { "" };
    say(&format!("{} files of {} in {place}{}", manifest.files.len(), manifest.created_at, settings.data.display()));
    Ok(())
}

/// The workspaces of a backup with their files: whole databases of ours, the main one among them and last.
fn databases(source: &Path, manifest: &Manifest) -> Result<Vec<Database>, CliError> {
    let mut ids: Vec<String> = manifest.files.keys().filter_map(|it| Some(it.strip_prefix("workspaces/")?.strip_suffix(".db")?.to_owned())).collect();
    ids.push(MAIN.to_owned());
    let open = |id: String| {
        let path = sqlite_path(source, &id);
        let open = || -> Result<Arc<dyn Store>, KernelError> {
            let store: Arc<dyn Store> = Arc::new(SqliteStore::open_unchanging(&path)?);
            require_workspace(&store.existing_tables()?)?;
            match store.integrity()?.first() {
                Some(damage) => Err(guanxi_kernel::store::StoreError::Other(format!("the database is damaged: {damage}")).into()),
                None => Ok(store),
            }
        };
        let named = id == MAIN || is_workspace_id(&id);
        let store = if named { open() } else { Err(KernelError::Internal("no name of a workspace".into())) };
        store.map(|store| (id, store)).map_err(|error| other(&path, error))
    };
    ids.into_iter().map(open).collect()
}

/// Puts files into the data folder: gathered first, then moved to their places, the main database last.
fn into_folder(data: &Path, source: &Path, manifest: &Manifest) -> Result<(), CliError> {
    let gathering = data.join(GATHERING);
    std::fs::create_dir_all(&gathering)?;
    for name in manifest.files.keys() {
        copy(&source.join(name), &gathering.join(name))?;
    }
    manifest::verify(&gathering, manifest)?;
    let main = sqlite_path(&gathering, MAIN);
    let mut entries: Vec<PathBuf> = std::fs::read_dir(&gathering)?.map(|it| Ok(it?.path())).collect::<std::io::Result<_>>()?;
    entries.sort_by_key(|it| *it == main);
    for path in entries {
        if let Some(name) = path.file_name() {
            std::fs::rename(&path, data.join(name))?;
        }
    }
    std::fs::File::open(data)?.sync_all()?;
    Ok(std::fs::remove_dir(&gathering)?)
}

/// Puts the databases into schemas of a PostgreSQL server and the files into the data folder. Each schema has another
/// name until all are whole.
fn into_postgres(settings: &Settings, source: &Path, manifest: &Manifest, databases: &[Database]) -> Result<(), CliError> {
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("guanxi").build()?;
    let registry = Arc::new(wiring::registry_with_jobs(settings, &Shutdown::default(), &OpenWorkspaces::default()).map_err(CliError::Other)?);
    let handle = runtime.handle().clone();
    let workspaces =
        Workspaces::new(settings.clone(), handle.clone(), registry, Arc::new(SystemClock), Arc::new(SystemIds::default()), OpenWorkspaces::default());
    let final_of = |id: &str| postgres_options(settings, &handle, id);
    let gathering_of = |id: &str| {
        let options = final_of(id);
        PostgresOptions { schema: format!("{}__restoring", options.schema), ..options }
    };
    for (id, _) in databases {
        if let Some(table) = PostgresStore::tables_in(final_of(id)).map_err(KernelError::from)?.first() {
            return Err(CliError::Other(format!("the schema {} is not empty: it holds the table {}", final_of(id).schema, table.name)));
        }
    }
    let gather = || -> Result<(), CliError> {
        for (id, file) in databases {
            // What an attempt that was cut off left.
            PostgresStore::drop_schema(gathering_of(id)).map_err(KernelError::from)?;
            let target: Arc<dyn Store> = Arc::new(PostgresStore::connect(gathering_of(id)).map_err(KernelError::from)?);
            let copied = workspaces.copy_whole(id, file, &target)?;
            say(&format!("{id}: {} rows", copied.rows));
            copied.left_out.iter().for_each(|it| say(&format!("left out of {id}: {it}, which no definition names any more")));
        }
        into_folder(&settings.data, source, &manifest.without_databases())?;
        // The main one is the last: a server finds the others through it.
        let rename = |id: &String| PostgresStore::rename_schema(gathering_of(id), &final_of(id).schema);
        Ok(databases.iter().try_for_each(|(id, _)| rename(id)).map_err(KernelError::from)?)
    };
    let gathered = gather();
    if gathered.is_err() {
        for (id, _) in databases {
            for options in [gathering_of(id), final_of(id)] {
                PostgresStore::drop_schema(options).map_err(KernelError::from)?;
            }
        }
    }
    gathered
}
