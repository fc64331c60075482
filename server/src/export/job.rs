//! Exports as durable jobs, and what is left of old ones tidied away.

use std::fs::File;
use std::io::{BufReader, BufWriter};

use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::files::check_quota;
use guanxi_kernel::read::object_of;
use guanxi_kernel::schedule::Schedule;
use guanxi_kernel::schema::Label;
use guanxi_kernel::store::{StoreError, StoreExt as _};
use guanxi_kernel::{KernelError, Result};
use serde_json::Value as Json;
use uuid::Uuid;

use super::run::{self, ExportRun, Made};
use super::{Export, Format, Target};
use crate::blobs::Blobs;
use crate::errors::disk_error;
use crate::http::Incoming;
use crate::import::importer;
use crate::privacy::hashed;
use crate::shutdown::Shutdown;

pub(super) const KIND: &str = "export.write";
/// After so many pages it is noted how far it has come.
const NOTED: u64 = 10;

/// What tells the job of an export from others.
pub(super) fn key_of(id: Uuid) -> String {
    format!("export.{}", id.simple())
}

/// `export.write`: writes the file of an export.
pub struct WriteExport {
    /// Where files are kept.
    pub blobs: Blobs,
    /// Whether the process is to end.
    pub shutdown: Shutdown,
}

impl JobHandler for WriteExport {
    fn kind(&self) -> &str {
        KIND
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let id = payload["id"].as_str().and_then(|it| Uuid::try_parse(it).ok());
        let id = id.ok_or_else(|| KernelError::Internal("an export job without an id".into()))?;
        let Some(run) = context.workspace.store.read_with(|tx| run::find(tx, id))?.filter(|it| it.state.is_open()) else { return Ok(()) };
        match self.make(context, &run) {
            Ok(Some(made)) => run::end(context, &run, Ok(made)),
            Ok(None) => Ok(()),
            Err(error @ (KernelError::Store(_) | KernelError::Internal(_))) => Err(error),
            Err(error) => run::end(context, &run, Err(reason_of(&error))),
        }
    }
}

impl WriteExport {
    /// Writes the file with the rights that whoever asked for it has now. `None`: it was cancelled.
    fn make(&self, context: &Context, run: &ExportRun) -> Result<Option<Made>> {
        let theirs = importer(&context.workspace, run.member, &context.request_id)?;
        let object = object_of(&theirs, &run.object)?;
        let format = run.data.asked.format;
        let export = Export::again(&theirs, &object, run.data.asked.wanted(), format)?;
        let path = self.blobs.incoming(&context.new_id().simple().to_string());
        let incoming = Incoming::at(path).map_err(|error| KernelError::Internal(format!("{error:?}")))?;
        let file = File::create(incoming.path()).map_err(|error| disk_error(&error))?;
        // What is packed comes in large pieces, and must not wait in a buffer that is dropped unasked.
        let target: Target = if format == Format::Xlsx { Box::new(file) } else { Box::new(BufWriter::new(file)) };
        let (mut data, mut pages, mut is_cancelled) = (run.data.clone(), 0, false);
        data.records = export.records;
        let written = export.write_and_tell(target, &mut |done| {
            if self.shutdown.has_begun() {
                return Err(KernelError::Store(StoreError::Busy));
            }
            data.done = done;
            is_cancelled = pages % NOTED == 0 && !run::note(context, run.id, &data)?;
            pages += 1;
            // It ends the writing; nobody is told.
            if is_cancelled { Err(KernelError::NotFound) } else { Ok(()) }
        });
        if is_cancelled {
            return Ok(None);
        }
        let written = written?;
        let file = File::open(incoming.path()).map_err(|error| disk_error(&error))?;
        file.sync_all().map_err(|error| disk_error(&error))?;
        let (size, sha256) = hashed(BufReader::new(file)).map_err(|error| disk_error(&error))?;
        context.workspace.store.read_with(|tx| check_quota(&theirs, tx, size))?;
        self.blobs.keep(&incoming, &sha256).map_err(|error| disk_error(&error))?;
        Ok(Some(Made { sha256, size, written }))
    }
}

/// Why there will be no file, for the person who asked for it.
fn reason_of(error: &KernelError) -> Label {
    match error {
        KernelError::BadRequest { message, .. } | KernelError::Conflict { message, .. } => message.clone(),
        KernelError::Forbidden(_) | KernelError::NotFound => Label::new("您已没有导出此对象的权限", "you may not export from this object any more"),
        KernelError::Invalid(errors) => errors.first().map_or_else(Label::default, |it| it.message.clone()),
        other => Label::new(other.to_string(), other.to_string()),
    }
}

/// `export.tidy`: removes files whose time is over.
pub struct TidyExports;

impl JobHandler for TidyExports {
    fn kind(&self) -> &str {
        "export.tidy"
    }

    fn schedule(&self) -> Option<Schedule> {
        Some(Schedule::At("10 * * * *"))
    }

    fn run(&self, context: &Context, _payload: &Json) -> Result<()> {
        run::tidy(context)
    }
}
