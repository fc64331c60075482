//! The workspaces of this server: the main one and those beside it, each a database of its own. The list of those beside
//! it is a setting of the main one.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use guanxi_kernel::app::Registry;
use guanxi_kernel::context::{Clock, Context, Ids};
use guanxi_kernel::store::{Store, StoreError, StoreExt as _};
use guanxi_kernel::workspace::{Settings as WorkspaceSettings, Workspace, load_setting, save_setting};
use guanxi_kernel::workspace_copy::{Copied, copy_workspace};
use guanxi_kernel::{KernelError, Result, audit, identity, search};
use guanxi_store::PostgresStore;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::settings::Settings;
use crate::wiring;

/// Id of the workspace that is always there.
pub const MAIN: &str = guanxi_kernel::workspace::MAIN;
/// Setting of the main workspace that lists the others.
const SETTING: &str = "workspaces";
/// Most workspaces beside the main one.
const MAX_WORKSPACES: usize = 500;

/// A workspace beside the main one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Listed {
    /// Id; names its file or schema and stands in its address, `/w/ID/`.
    pub id: String,
    /// Name for people.
    pub name: String,
    /// When it was made.
    pub created_at: jiff::Timestamp,
}

/// Opens, lists, makes and drops workspaces.
pub struct Workspaces {
    settings: Settings,
    runtime: tokio::runtime::Handle,
    registry: Arc<Registry>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    open: RwLock<BTreeMap<String, Arc<Workspace>>>,
}

impl Workspaces {
    /// None open yet.
    pub fn new(settings: Settings, runtime: tokio::runtime::Handle, registry: Arc<Registry>, clock: Arc<dyn Clock>, ids: Arc<dyn Ids>) -> Self {
        Self { settings, runtime, registry, clock, ids, open: RwLock::default() }
    }

    /// The main workspace, opened where it is not yet, and all that are listed in it. Blocks.
    ///
    /// # Errors
    /// Where a database cannot be used.
    pub fn open_all(&self) -> Result<Arc<Workspace>> {
        let main = self.open(MAIN)?;
        for listed in self.list()? {
            self.open(&listed.id)?;
        }
        Ok(main)
    }

    fn open(&self, id: &str) -> Result<Arc<Workspace>> {
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(workspace) = open.get(id) {
            return Ok(workspace.clone());
        }
        let store = wiring::open_store(&self.settings, &self.runtime, id)?;
        let workspace = Workspace::open(id, store, self.registry.clone(), self.clock.clone(), self.ids.clone())?;
        open.insert(id.to_owned(), workspace.clone());
        Ok(workspace)
    }

    /// Takes a workspace that somebody else opened.
    pub fn adopt(&self, workspace: Arc<Workspace>) {
        self.open.write().unwrap_or_else(PoisonError::into_inner).insert(workspace.id.clone(), workspace);
    }

    /// An open workspace.
    pub fn get(&self, id: &str) -> Option<Arc<Workspace>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).get(id).cloned()
    }

    /// All open workspaces.
    pub fn all(&self) -> Vec<Arc<Workspace>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).values().cloned().collect()
    }

    /// The clock of all workspaces.
    pub fn clock(&self) -> &Arc<dyn Clock> {
        &self.clock
    }

    /// The ids of all workspaces.
    pub fn ids(&self) -> &Arc<dyn Ids> {
        &self.ids
    }

    /// The main workspace, which a server that serves always has open.
    ///
    /// # Errors
    /// `Unavailable` where it is not.
    pub fn main(&self) -> Result<Arc<Workspace>> {
        self.get(MAIN).ok_or_else(|| KernelError::Store(StoreError::Unavailable("the main workspace is not open".into())))
    }

    /// The workspaces beside the main one.
    ///
    /// # Errors
    /// Where the list cannot be read.
    pub fn list(&self) -> Result<Vec<Listed>> {
        self.main()?.store.read_with(|tx| match load_setting(tx, SETTING)? {
            Some(json) => serde_json::from_value(json).map_err(|error| KernelError::Internal(format!("the list of workspaces: {error}"))),
            None => Ok(Vec::new()),
        })
    }

    /// Makes a workspace, empty or as a copy of another one. Its administrator is the caller, with the same password.
    ///
    /// # Errors
    /// Wrong or taken ids; templates that are not there or cannot be copied.
    pub fn create(&self, context: &Context, id: &str, name: &str, template: Option<&str>) -> Result<Arc<Workspace>> {
        context.access.require_administrator()?;
        if !is_workspace_id(id) || id == MAIN {
            return Err(KernelError::invalid(
                "id",
                "bad_format",
                "以小写字母开头，只含小写字母、数字和下划线，最多30个字符",
                "lower-case letters, digits and underscores, a letter first, at most 30",
            ));
        }
        let mut listed = self.list()?;
        if listed.iter().any(|it| it.id == id) {
            return Err(KernelError::invalid("id", "duplicate", "该编号已被使用", "this id is taken"));
        }
        if listed.len() >= MAX_WORKSPACES {
            return Err(KernelError::conflict("state_conflict", "企业空间数量已达上限", "there are too many workspaces"));
        }
        if let Some(template) = template {
            self.copy_into(template, id)?;
        }
        let workspace = self.open(id)?;
        self.prepare(context, &workspace, name)?;
        listed.push(Listed { id: id.to_owned(), name: name.to_owned(), created_at: context.now });
        save_list(context, listed, "create_workspace", id)?;
        Ok(workspace)
    }

    fn copy_into(&self, template: &str, id: &str) -> Result<()> {
        let source =
            self.get(template).ok_or_else(|| KernelError::invalid("template", "no_such_record", "没有这个企业空间", "there is no such workspace"))?;
        if self.settings.database_url.is_some() {
            return self.copy_into_schema(&source, id);
        }
        let target = wiring::sqlite_path(&self.settings.data, id);
        let failed = |error: std::io::Error| StoreError::Unavailable(error.to_string());
        if let Some(folder) = target.parent() {
            std::fs::create_dir_all(folder).map_err(failed)?;
        }
        // A rest of an attempt that failed: it is in no list.
        remove_database(&target).map_err(failed)?;
        Ok(source.store.backup(&target)?)
    }

    /// A rest of an attempt that failed goes first: it is in no list. Words are made by the indexer of the copy.
    fn copy_into_schema(&self, source: &Workspace, id: &str) -> Result<()> {
        let options = wiring::postgres_options(&self.settings, &self.runtime, id);
        PostgresStore::drop_schema(options.clone())?;
        let target: Arc<dyn Store> = Arc::new(PostgresStore::connect(options.clone())?);
        let copied = copy_workspace(&self.registry, &source.store, &target);
        if copied.is_err() {
            PostgresStore::drop_schema(options)?;
        }
        copied.map(|_| ())
    }

    /// Copies the workspace in one store into another, empty one, and makes the words of search there.
    ///
    /// # Errors
    /// As [`copy_workspace`]; where the copy cannot be opened.
    pub fn copy_whole(&self, id: &str, source: &Arc<dyn Store>, target: &Arc<dyn Store>) -> Result<Copied> {
        let copied = copy_workspace(&self.registry, source, target)?;
        let workspace = Workspace::open(id, target.clone(), self.registry.clone(), self.clock.clone(), self.ids.clone())?;
        search::index_all(&workspace.system_context(Uuid::nil(), "copy"))?;
        Ok(copied)
    }

    /// Nobody who could enter the original enters the copy but with his password; the caller enters as administrator.
    fn prepare(&self, context: &Context, workspace: &Arc<Workspace>, name: &str) -> Result<()> {
        let system = workspace.system_context(Uuid::nil(), &context.request_id);
        identity::forget_everyone_signed_in(&system)?;
        workspace.save_settings(&system, WorkspaceSettings { name: name.to_owned(), ..(*workspace.settings()).clone() })?;
        let main = &context.workspace;
        let (caller, hash) = main.store.read_with(|tx| Ok((main.identity(tx, context.actor)?, identity::credential(tx, context.actor)?)))?;
        let (Some(caller), Some(password_hash)) = (caller, hash) else { return Ok(()) };
        let there = workspace.schema();
        if workspace.store.read_with(|tx| identity::find_member(&there, tx, &caller.email))?.is_some() {
            return Ok(());
        }
        let values = serde_json::json!({ "name": caller.name, "email": caller.email, "roles": ["administrator"], "locale": caller.locale.tag() });
        let values = values.as_object().cloned().unwrap_or_default();
        identity::add_member(&system, &identity::NewMember { values, password_hash }).map(|_| ())
    }

    /// Drops a workspace with everything in it.
    ///
    /// # Errors
    /// Not found; the main one cannot be dropped.
    pub fn drop_workspace(&self, context: &Context, id: &str) -> Result<()> {
        context.access.require_administrator()?;
        let mut listed = self.list()?;
        let before = listed.len();
        listed.retain(|it| it.id != id);
        if listed.len() == before {
            return Err(KernelError::NotFound);
        }
        save_list(context, listed, "drop_workspace", id)?;
        drop(self.open.write().unwrap_or_else(PoisonError::into_inner).remove(id));
        if self.settings.database_url.is_some() {
            return Ok(PostgresStore::drop_schema(wiring::postgres_options(&self.settings, &self.runtime, id))?);
        }
        remove_database(&wiring::sqlite_path(&self.settings.data, id)).map_err(|error| StoreError::Unavailable(error.to_string()).into())
    }
}

/// Whether a text can be the id of a workspace.
pub fn is_workspace_id(id: &str) -> bool {
    id.len() <= 30
        && id.bytes().next().is_some_and(|it| it.is_ascii_lowercase())
        && id.bytes().all(|it| matches!(it, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

fn save_list(context: &Context, listed: Vec<Listed>, verb: &'static str, id: &str) -> Result<()> {
    let list = serde_json::to_value(listed).map_err(|error| KernelError::Internal(error.to_string()))?;
    let (inner, id) = (context.clone(), id.to_owned());
    context.workspace.store.write_with(move |tx| {
        save_setting(tx, SETTING, &list)?;
        audit::append(&inner, tx, verb, None, None, None, 0, Some(serde_json::json!({ "workspace": id })))
    })
}

/// Removes a SQLite database with what stands beside it.
pub(crate) fn remove_database(path: &std::path::Path) -> std::io::Result<()> {
    for suffix in ["", "-wal", "-shm"] {
        let mut file = path.as_os_str().to_owned();
        file.push(suffix);
        match std::fs::remove_file(&file) {
            Err(error) if error.kind() != std::io::ErrorKind::NotFound => return Err(error),
            _ => {}
        }
    }
    Ok(())
}
