//! The workspaces of this server: the main one and those beside it, each a database of its own. The list of those beside
//! it is a setting of the main one.

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError, RwLock, Weak};

use guanxi_kernel::app::Registry;
use guanxi_kernel::context::{Clock, Context, Ids};
use guanxi_kernel::store::{ReadTx, Store, StoreError, StoreExt as _};
use guanxi_kernel::workspace::{Settings as WorkspaceSettings, Workspace, load_setting, save_setting};
use guanxi_kernel::workspace_copy::{Copied, copy_workspace};
use guanxi_kernel::{KernelError, Result, audit, identity, search};
use guanxi_store::PostgresStore;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::duplicates::Residents;
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

type Open = RwLock<BTreeMap<String, OpenOne>>;

/// An open workspace.
struct OpenOne {
    workspace: Arc<Workspace>,
    /// When it was made: another one may have its id by now.
    made: Option<jiff::Timestamp>,
}

/// The workspaces a process has open, and which of their records it has in memory.
#[derive(Clone, Default)]
pub struct OpenWorkspaces {
    open: Arc<Open>,
    residents: Arc<Residents>,
}

impl OpenWorkspaces {
    /// For jobs, which look beyond their own workspace and are themselves part of each: they must not keep it open.
    pub fn for_jobs(&self) -> EveryWorkspace {
        EveryWorkspace(Arc::downgrade(&self.open))
    }

    /// Records that are compared to find duplicates.
    pub fn residents(&self) -> &Arc<Residents> {
        &self.residents
    }
}

/// Every workspace of the server, as far as this process has them open.
pub struct EveryWorkspace(Weak<Open>);

impl EveryWorkspace {
    /// All of them.
    ///
    /// # Errors
    /// Where the process ends, or has one not open (yet) that is in the list: come again.
    pub fn all(&self) -> Result<Vec<Arc<Workspace>>> {
        let open = self.0.upgrade().ok_or(KernelError::Store(StoreError::Busy))?;
        let open = open.read().unwrap_or_else(PoisonError::into_inner);
        let not_open = |id: &str| KernelError::Store(StoreError::Unavailable(format!("the workspace {id} is not open here")));
        let main = open.get(MAIN).ok_or_else(|| not_open(MAIN))?.workspace.clone();
        let others = listed_in(&main)?.into_iter().map(|it| match open.get(&it.id) {
            Some(found) if found.made == Some(it.created_at) => Ok(found.workspace.clone()),
            _ => Err(not_open(&it.id)),
        });
        std::iter::once(Ok(main.clone())).chain(others).collect()
    }
}

/// Opens, lists, makes and drops workspaces.
pub struct Workspaces {
    settings: Settings,
    runtime: tokio::runtime::Handle,
    registry: Arc<Registry>,
    clock: Arc<dyn Clock>,
    ids: Arc<dyn Ids>,
    open: Arc<Open>,
    residents: Arc<Residents>,
    /// Held while one is made or dropped here, and while those that others made and dropped are followed.
    changing: Mutex<()>,
}

impl Workspaces {
    /// None open yet.
    pub fn new(
        settings: Settings,
        runtime: tokio::runtime::Handle,
        registry: Arc<Registry>,
        clock: Arc<dyn Clock>,
        ids: Arc<dyn Ids>,
        open: OpenWorkspaces,
    ) -> Self {
        Self { settings, runtime, registry, clock, ids, open: open.open, residents: open.residents, changing: Mutex::default() }
    }

    /// Records that are compared to find duplicates.
    pub fn residents(&self) -> &Arc<Residents> {
        &self.residents
    }

    /// The main workspace, opened where it is not yet, and all that are listed in it. Blocks.
    ///
    /// # Errors
    /// Where a database cannot be used.
    pub fn open_all(&self) -> Result<Arc<Workspace>> {
        let main = self.open(MAIN, None)?;
        for listed in self.list()? {
            self.open(&listed.id, Some(listed.created_at))?;
        }
        Ok(main)
    }

    /// The workspace of this id that was made then; another one that had its id before is closed.
    fn open(&self, id: &str, made: Option<jiff::Timestamp>) -> Result<Arc<Workspace>> {
        let is_it = |it: &&OpenOne| it.made == made;
        if let Some(found) = self.open.read().unwrap_or_else(PoisonError::into_inner).get(id).filter(is_it) {
            return Ok(found.workspace.clone());
        }
        let mut open = self.open.write().unwrap_or_else(PoisonError::into_inner);
        if let Some(found) = open.get(id).filter(is_it) {
            return Ok(found.workspace.clone());
        }
        let store = wiring::open_store(&self.settings, &self.runtime, id)?;
        let workspace = Workspace::open(id, store, self.registry.clone(), self.clock.clone(), self.ids.clone())?;
        open.insert(id.to_owned(), OpenOne { workspace: workspace.clone(), made });
        Ok(workspace)
    }

    fn close(&self, id: &str) {
        self.open.write().unwrap_or_else(PoisonError::into_inner).remove(id);
    }

    /// Takes a workspace that somebody else opened.
    pub fn adopt(&self, workspace: Arc<Workspace>) {
        self.open.write().unwrap_or_else(PoisonError::into_inner).insert(workspace.id.clone(), OpenOne { workspace, made: None });
    }

    /// An open workspace.
    pub fn get(&self, id: &str) -> Option<Arc<Workspace>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).get(id).map(|it| it.workspace.clone())
    }

    /// The workspace of this id as the list has it at this moment, whichever node made it: opened where it is not yet.
    /// `None` where there is none, or it was dropped.
    ///
    /// # Errors
    /// Where the list cannot be read or the workspace not be opened.
    pub fn find(&self, id: &str) -> Result<Option<Arc<Workspace>>> {
        if id == MAIN {
            return self.main().map(Some);
        }
        let listed = self.list()?.into_iter().find(|it| it.id == id);
        listed.map(|it| self.open(id, Some(it.created_at))).transpose()
    }

    /// Opens what other processes made and closes what they dropped. Answers all that are open then; one that cannot be
    /// opened is left out and tried again the next time.
    ///
    /// # Errors
    /// Where the list cannot be read.
    pub fn follow(&self) -> Result<Vec<Arc<Workspace>>> {
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let listed = self.list()?;
        for open in self.all() {
            if open.id != MAIN && listed.iter().all(|it| it.id != open.id) {
                self.close(&open.id);
            }
        }
        let mut all = vec![self.main()?];
        for it in listed {
            match self.open(&it.id, Some(it.created_at)) {
                Ok(workspace) => all.push(workspace),
                Err(error) => tracing::warn!(%error, workspace = it.id, "a workspace cannot be opened"),
            }
        }
        Ok(all)
    }

    /// All open workspaces.
    pub fn all(&self) -> Vec<Arc<Workspace>> {
        self.open.read().unwrap_or_else(PoisonError::into_inner).values().map(|it| it.workspace.clone()).collect()
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
        listed_in(self.main()?.as_ref())
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
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let listed = self.list()?;
        if listed.iter().any(|it| it.id == id) {
            return Err(taken());
        }
        if listed.len() >= MAX_WORKSPACES {
            return Err(KernelError::conflict("state_conflict", "企业空间数量已达上限", "there are too many workspaces"));
        }
        if let Some(template) = template {
            self.copy_into(template, id)?;
        }
        let workspace = self.open(id, Some(context.now))?;
        let new = Listed { id: id.to_owned(), name: name.to_owned(), created_at: context.now };
        let listed = self.prepare(context, &workspace, name).and_then(|()| {
            change_list(context, "create_workspace", id, move |listed| {
                if listed.iter().any(|it| it.id == new.id) {
                    return Err(taken());
                }
                listed.push(new.clone());
                Ok(())
            })
        });
        if listed.is_err() {
            self.close(id);
        }
        listed.map(|()| workspace)
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
        let _one_at_a_time = self.changing.lock().unwrap_or_else(PoisonError::into_inner);
        let own = id.to_owned();
        change_list(context, "drop_workspace", id, move |listed| {
            let before = listed.len();
            listed.retain(|it| it.id != own);
            if listed.len() == before { Err(KernelError::NotFound) } else { Ok(()) }
        })?;
        self.close(id);
        if self.settings.database_url.is_some() {
            return Ok(PostgresStore::drop_schema(wiring::postgres_options(&self.settings, &self.runtime, id))?);
        }
        remove_database(&wiring::sqlite_path(&self.settings.data, id)).map_err(|error| StoreError::Unavailable(error.to_string()).into())
    }
}

fn listed_in(main: &Workspace) -> Result<Vec<Listed>> {
    main.store.read_with(|tx| list_of(tx))
}

fn list_of(tx: &mut (impl ReadTx + ?Sized)) -> Result<Vec<Listed>> {
    match load_setting(tx, SETTING)? {
        Some(json) => serde_json::from_value(json).map_err(|error| KernelError::Internal(format!("the list of workspaces: {error}"))),
        None => Ok(Vec::new()),
    }
}

/// Whether a text can be the id of a workspace.
pub fn is_workspace_id(id: &str) -> bool {
    id.len() <= 30
        && id.bytes().next().is_some_and(|it| it.is_ascii_lowercase())
        && id.bytes().all(|it| matches!(it, b'a'..=b'z' | b'0'..=b'9' | b'_'))
}

fn taken() -> KernelError {
    KernelError::invalid("id", "duplicate", "该编号已被使用", "this id is taken")
}

/// Changes the list in one transaction: other nodes change it too.
fn change_list(context: &Context, verb: &'static str, id: &str, change: impl Fn(&mut Vec<Listed>) -> Result<()> + Send + 'static) -> Result<()> {
    let (inner, id) = (context.clone(), id.to_owned());
    context.workspace.store.write_with(move |tx| {
        tx.serialise("workspaces")?;
        let mut listed = list_of(tx)?;
        change(&mut listed)?;
        let list = serde_json::to_value(listed).map_err(|error| KernelError::Internal(error.to_string()))?;
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
