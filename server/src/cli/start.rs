//! What every command begins with: settings, logs, a runtime, the main workspace.

use std::sync::Arc;

use clap::ArgMatches;
use guanxi_kernel::workspace::Workspace;
use tokio::runtime::Runtime;

use super::{CliError, arguments};
use crate::settings::Settings;
use crate::shutdown::Shutdown;
use crate::wiring::{self, SystemClock, SystemIds};
use crate::{OpenWorkspaces, Workspaces, log};

/// A process that has begun.
pub struct Started {
    /// Drives connections and HTTP.
    pub runtime: Runtime,
    /// The settings.
    pub settings: Settings,
    /// The workspaces, the main one open.
    pub workspaces: Workspaces,
    /// The main workspace.
    pub main: Arc<Workspace>,
    /// The one the command is about: that of `--workspace`, else the main one.
    pub workspace: Arc<Workspace>,
    /// Ends everything in order.
    pub shutdown: Shutdown,
}

/// Begins.
///
/// # Errors
/// Wrong settings; a database that cannot be used; a workspace that is not there.
pub fn start(matches: &ArgMatches) -> Result<Started, CliError> {
    let settings = arguments::settings(matches)?;
    log::start(&settings);
    super::backup::refuse_unfinished(&settings.data)?;
    let runtime = tokio::runtime::Builder::new_multi_thread().enable_all().thread_name("guanxi").build()?;
    let shutdown = Shutdown::default();
    let open = OpenWorkspaces::default();
    let registry = Arc::new(wiring::registry_with_jobs(&settings, &shutdown, &open).map_err(CliError::Other)?);
    let clock = Arc::new(SystemClock);
    let workspaces = Workspaces::new(settings.clone(), runtime.handle().clone(), registry, clock, Arc::new(SystemIds::default()), open);
    let main = workspaces.open_all()?;
    let workspace = match arguments::workspace(matches) {
        None => main.clone(),
        Some(id) => {
            let found = workspaces.find(id)?;
            found.ok_or_else(|| CliError::Other(format!("there is no workspace {id}; `guanxi workspace list` tells those there are")))?
        }
    };
    Ok(Started { runtime, settings, workspaces, main, workspace, shutdown })
}
