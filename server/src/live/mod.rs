//! News for those who look: one hub for each workspace reads the event log once for all of them, asks what each may see,
//! and hands it on. `docs/adr/0018-one-hub-reads-for-all.md` tells why it is as it is.

mod audience;
mod desk;
mod hub;
mod interest;
mod limits;
mod meeting;
mod news;
mod page;
mod pages;
mod presence;
mod protocol;
mod room;
mod saving;
pub mod socket;
mod views;
mod watcher;

use std::collections::BTreeMap;
use std::sync::{Arc, Mutex, PoisonError};

use guanxi_kernel::workspace::Workspace;

pub use audience::Batch;
pub use hub::{Hub, Ticket, Watch};
pub use interest::Interest;
pub use protocol::{FromClient, Out, ToClient, Why};

use crate::shutdown::Shutdown;

/// The hubs of a server.
#[derive(Default)]
pub struct Live(Mutex<BTreeMap<String, Arc<Hub>>>);

impl Live {
    /// Starts the hub of a workspace; it ends with the server, or with [`Self::close`].
    ///
    /// # Errors
    /// Where the operating system gives no thread.
    pub fn open(&self, workspace: &Arc<Workspace>, shutdown: &Shutdown) -> std::io::Result<()> {
        let hub = Hub::start(workspace, shutdown)?;
        self.0.lock().unwrap_or_else(PoisonError::into_inner).insert(workspace.id.clone(), hub);
        Ok(())
    }

    /// The hub of a workspace; `None` where it is closed.
    pub fn of(&self, workspace: &str) -> Option<Arc<Hub>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).get(workspace).cloned()
    }

    /// Ends the hub of a workspace; whoever listened is sent away.
    pub fn close(&self, workspace: &str) {
        let hub = self.0.lock().unwrap_or_else(PoisonError::into_inner).remove(workspace);
        if let Some(hub) = hub {
            hub.end();
        }
    }

    /// Ends all hubs.
    pub fn close_all(&self) {
        let all = std::mem::take(&mut *self.0.lock().unwrap_or_else(PoisonError::into_inner));
        all.into_values().for_each(|hub| hub.end());
    }
}
