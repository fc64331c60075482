//! When the tables of schedules are fetched.

use std::sync::Arc;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::jobs;
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, Result};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::Means;

/// Kind of the job for one schedule; payload `{id, anew?}`.
pub const FETCH: &str = "import.fetch";

/// Puts the schedules whose time has come into the queue.
pub struct LookForDue;

impl JobHandler for LookForDue {
    fn kind(&self) -> &str {
        "import.due"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::Every(60))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        for id in super::due(context)? {
            let (inner, now) = (context.clone(), context.workspace.clock.now());
            context
                .workspace
                .store
                .write_with(move |tx| jobs::enqueue(&inner, tx, FETCH, json!({ "id": id }), Some(format!("{FETCH}.{id}")), now).map(drop))?;
        }
        Ok(())
    }
}

/// Fetches the tables of one.
pub struct FetchTables(pub Arc<Means>);

impl JobHandler for FetchTables {
    fn kind(&self) -> &str {
        FETCH
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let id = payload["id"].as_str().and_then(|it| Uuid::try_parse(it).ok());
        let anew = payload["anew"].as_bool().unwrap_or_default();
        super::run(context, &self.0, id.ok_or_else(|| KernelError::Internal("a fetch of nothing".into()))?, anew)
    }
}
