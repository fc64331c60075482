//! Taking the organisation over in the background: by an administrator's word, and every night.

use std::sync::Arc;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{self, DirectoryConnector, Provider};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, Result};
use serde_json::Value as Json;
use uuid::Uuid;

use crate::auth::vault::Vault;

/// Kind of the job for one directory; payload `{provider, leavers}`.
pub const SYNC: &str = "identity.sync_directory";

/// What both jobs need.
pub struct Means {
    /// Asks directories.
    pub connector: Arc<dyn DirectoryConnector>,
    /// Opens their secrets.
    pub vault: Vault,
}

impl Means {
    fn run(&self, context: &Context, provider: &Provider, leavers: Option<u64>) -> Result<()> {
        let found = super::ask(self.connector.as_ref(), &self.vault, provider)?;
        let found = found.map_err(|error| KernelError::Internal(format!("{}: {}", error.message.en, error.cause)))?;
        super::synchronise(context, provider, &found, leavers)
    }
}

/// Takes the organisation of one directory over.
pub struct SyncOne(pub Arc<Means>);

impl JobHandler for SyncOne {
    fn kind(&self) -> &str {
        SYNC
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let Some(id) = payload["provider"].as_str().and_then(|it| it.parse::<Uuid>().ok()) else { return Ok(()) };
        let found = context.workspace.store.read_with(|tx| identity::provider(tx, id));
        let provider = match found {
            // It was removed since: there is nothing to take over.
            Err(KernelError::NotFound) => return Ok(()),
            other => other?,
        };
        if !provider.enabled || super::settings_of(&provider).is_none() {
            return Ok(());
        }
        self.0.run(context, &provider, payload["leavers"].as_u64())
    }
}

/// Takes the organisation of every directory over whose settings say so.
pub struct SyncAll(pub Arc<Means>);

impl JobHandler for SyncAll {
    fn kind(&self) -> &str {
        "identity.sync_directories"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::At("0 2 * * *"))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        let all = context.workspace.store.read_with(|tx| identity::providers(tx))?;
        let wanted = all.iter().filter(|it| it.enabled && super::settings_of(it).is_some_and(|it| it.1.daily));
        // One that cannot be asked keeps none of the others waiting.
        let outcomes: Vec<Result<()>> = wanted.map(|it| self.0.run(context, it, None)).collect();
        outcomes.into_iter().collect()
    }
}
