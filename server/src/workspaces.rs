//! The workspaces of this server: the main one and those beside it, each a database of its own.

use std::collections::BTreeMap;
use std::sync::{Arc, PoisonError, RwLock};

use guanxi_kernel::app::Registry;
use guanxi_kernel::context::{Clock, Ids};
use guanxi_kernel::workspace::Workspace;
use guanxi_kernel::{KernelError, Result};

use crate::settings::Settings;
use crate::wiring;

/// Id of the workspace that is always there.
pub const MAIN: &str = "main";

/// Opens, lists and drops workspaces.
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

    /// The main workspace, opened where it is not yet. Blocks.
    ///
    /// # Errors
    /// Where the database cannot be used.
    pub fn open_main(&self) -> Result<Arc<Workspace>> {
        self.open(MAIN)
    }

    /// Opens a workspace, making it where it is missing. Blocks.
    ///
    /// # Errors
    /// Where the database cannot be used.
    pub fn open(&self, id: &str) -> Result<Arc<Workspace>> {
        if let Some(workspace) = self.get(id) {
            return Ok(workspace);
        }
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
        self.get(MAIN).ok_or_else(|| KernelError::Store(guanxi_kernel::store::StoreError::Unavailable("the main workspace is not open".into())))
    }
}
