//! What files say, read in the background so that search finds them: texts, tables, presentations and PDF, within limits of
//! size and time.

mod pdf;
mod read;

use std::io::ErrorKind;

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::events::Event;
use guanxi_kernel::readers::{Consequences, LogReader};
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::schema::FILE_OBJECT;
use guanxi_kernel::search::{keep_text, unread_contents};
use guanxi_kernel::store::{ReadTx, StoreError, StoreExt as _};
use guanxi_kernel::{KernelError, Result, jobs};
use serde_json::{Value as Json, json};

use crate::blobs::Blobs;
use crate::errors::disk_error;
use crate::shutdown::Shutdown;

pub(crate) use pdf::COMMAND;
pub use pdf::{read_here, use_program};

const KIND: &str = "files.read_texts";
/// Contents looked up at once.
const AT_ONCE: u64 = 20;
/// Contents read by one job; the next one goes on.
const MOST: u64 = 500;

/// Notices files that came or were replaced.
pub struct Watch;

impl LogReader for Watch {
    fn name(&self) -> &str {
        "files.watch_texts"
    }

    fn read(&self, _context: &Context, _tx: &mut dyn ReadTx, events: &[Event]) -> Result<Option<Consequences>> {
        let is_new = |it: &Event| it.object == FILE_OBJECT && ["file.created", "file.updated", "file.restored"].contains(&it.kind.as_str());
        if !events.iter().any(is_new) {
            return Ok(None);
        }
        Ok(Some(Box::new(|unit| {
            if !jobs::is_waiting(unit.tx, KIND)? {
                jobs::enqueue(unit.context, unit.tx, KIND, json!({}), None, unit.context.workspace.clock.now())?;
            }
            Ok(())
        })))
    }
}

/// Reads what was not read yet. Nightly too: what was there before the server knew how, and what another reader reads better.
pub struct ReadTexts {
    /// Contents.
    pub blobs: Blobs,
    /// Whether the process is to end.
    pub shutdown: Shutdown,
}

impl JobHandler for ReadTexts {
    fn kind(&self) -> &str {
        KIND
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::At("10 4 * * *"))
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let context = context.as_system();
        let mut after = payload["after"].as_str().and_then(|it| it.parse().ok()).unwrap_or_default();
        // What the disk or the store of contents does not give is read another time; it says nothing of the file.
        let mut missing: Option<KernelError> = None;
        for read in 0.. {
            let unread = context.workspace.store.read_with(|tx| unread_contents(&context, tx, after, AT_ONCE))?;
            if unread.is_empty() {
                break;
            }
            if read * AT_ONCE >= MOST {
                let (inner, payload, at) = (context.clone(), json!({ "after": after }), context.workspace.clock.now());
                context.workspace.store.write_with(move |tx| jobs::enqueue(&inner, tx, KIND, payload.clone(), None, at))?;
                break;
            }
            for (file, content) in unread {
                after = file;
                if self.shutdown.has_begun() {
                    return Err(KernelError::Store(StoreError::Busy));
                }
                match read::text_of(&self.blobs, &content) {
                    Ok(said) => keep_text(&context, &content.sha256, &said)?,
                    Err(error) => {
                        tracing::warn!(%error, sha256 = content.sha256, "a file's text could not be read now");
                        let one_is_missing = error.kind() == ErrorKind::NotFound;
                        missing = Some(disk_error(&error).into());
                        if !one_is_missing {
                            return missing.map_or(Ok(()), Err);
                        }
                    }
                }
            }
        }
        missing.map_or(Ok(()), Err)
    }
}
