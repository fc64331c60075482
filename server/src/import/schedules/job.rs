//! When the tables of schedules are fetched.

use std::sync::Arc;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::jobs;
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::store::{StoreError, StoreExt as _, WriteTx};
use guanxi_kernel::{KernelError, Result};
use jiff::SignedDuration;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::Means;

/// Kind of the job for one schedule; payload `{id, anew?, after?}`.
pub const FETCH: &str = "import.fetch";
/// How long a run by hand waits for one that goes on, before it looks again.
const AFTER: SignedDuration = SignedDuration::from_secs(15);

/// The key of a schedule's runs, of which there is one at a time.
fn key_of(id: Uuid) -> String {
    format!("{FETCH}.{id}")
}

/// The key of a run by hand that comes after one that goes on.
fn key_after(id: Uuid) -> String {
    format!("{FETCH}.{id}.after")
}

/// Has a schedule run now, files included that could not be used before. A run that waits for its time does that now; one that
/// goes on has looked at the files already, so another comes after it.
///
/// # Errors
/// Fails where the database does.
pub fn run_by_hand(context: &Context, tx: &mut dyn WriteTx, id: Uuid) -> Result<()> {
    let now = context.workspace.clock.now();
    if !jobs::hasten(context, tx, FETCH, json!({ "id": id, "anew": true }), &key_of(id), now)? {
        jobs::hasten(context, tx, FETCH, json!({ "id": id, "anew": true, "after": true }), &key_after(id), now + AFTER)?;
    }
    Ok(())
}

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
            context.workspace.store.write_with(move |tx| {
                // Two at a time would begin the same files twice.
                if jobs::is_live(tx, &key_after(id))? {
                    return Ok(());
                }
                jobs::enqueue(&inner, tx, FETCH, json!({ "id": id }), Some(key_of(id)), now).map(drop)
            })?;
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
        let id = id.ok_or_else(|| KernelError::Internal("a fetch of nothing".into()))?;
        let says = |name: &str| payload[name].as_bool().unwrap_or_default();
        if says("after") && context.workspace.store.read_with(|tx| jobs::is_live(tx, &key_of(id)))? {
            return Err(KernelError::Store(StoreError::Busy));
        }
        super::run(context, &self.0, id, says("anew"))
    }
}
