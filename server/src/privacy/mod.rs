//! The bundle of everything kept about a person: made in the background, kept as a file of his request until its time is over.

mod pages;

use std::fs::File;
use std::io::{BufReader, BufWriter, Read, Seek as _, SeekFrom, Write as _};

use guanxi_kernel::access::context_of;
use guanxi_kernel::app::JobHandler;
use guanxi_kernel::context::Context;
use guanxi_kernel::files::take_room;
use guanxi_kernel::schema::FILE_OBJECT;
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::write::{Unit, run_unit};
use guanxi_kernel::{KernelError, Result};
use guanxi_privacy::{Bundle, EXPORT, collect, failed, hand_over};
use serde::Deserialize;
use serde_json::{Map, Value as Json, json};
use sha2::{Digest as _, Sha256};
use uuid::Uuid;
use zip::ZipWriter;
use zip::write::SimpleFileOptions;

use crate::blobs::Blobs;
use crate::errors::disk_error;
use crate::http::Incoming;

/// `privacy.export`.
pub struct ExportPerson {
    /// Contents of files.
    pub blobs: Blobs,
}

#[derive(Deserialize)]
struct Asked {
    request: Uuid,
    days: u64,
    /// Of the request when it was asked for.
    #[serde(default)]
    version: i64,
}

impl JobHandler for ExportPerson {
    fn kind(&self) -> &str {
        EXPORT
    }

    fn run(&self, context: &Context, payload: &Json) -> Result<()> {
        let Asked { request, days, version } = serde_json::from_value(payload.clone()).map_err(|error| KernelError::Internal(error.to_string()))?;
        let store = &context.workspace.store;
        // With the rights of who asked for it, as they are now; who left gets nothing.
        let Some(theirs) = store.read_with(|tx| context_of(context, tx, context.actor))? else { return say(context, request, "left") };
        let mut bundle = match store.read_with(|tx| collect(&theirs, tx, request)) {
            Err(KernelError::NotFound | KernelError::Forbidden(_)) => return say(context, request, "rights"),
            other => other?,
        };
        for file in &mut bundle.files {
            file.missing = self.blobs.open(&file.sha256, None).is_err();
        }
        let name = format!("{}.zip", bundle.number);
        let incoming = self.incoming(context)?;
        let (size, sha256) = self.write(&bundle, &incoming).map_err(|error| disk_error(&error))?;
        self.blobs.keep(&incoming, &sha256).map_err(|error| disk_error(&error))?;
        let file = json!({ "name": name, "size": size, "content_type": "application/zip", "sha256": sha256 });
        let file: Map<String, Json> = serde_json::from_value(file).map_err(|error| KernelError::Internal(error.to_string()))?;
        let collected = bundle.collected;
        let work = move |unit: &mut Unit<'_>| {
            take_room(unit.context, unit.tx, size)?;
            let made = unit.create_as_system(FILE_OBJECT, &file)?;
            hand_over(unit, request, made.id(), days, version, &collected).map(drop)
        };
        match run_unit(context, context.new_id(), "export", Box::new(work)) {
            Err(KernelError::NotFound) => Ok(()),
            Err(KernelError::Conflict { code: "quota_exceeded", .. }) => say(context, request, "room"),
            other => other,
        }
    }
}

/// Says on the request that there will be no bundle, where it is still there.
fn say(context: &Context, request: Uuid, why: &'static str) -> Result<()> {
    match run_unit(context, context.new_id(), "export", Box::new(move |unit: &mut Unit<'_>| failed(unit, request, why))) {
        Err(KernelError::NotFound) => Ok(()),
        other => other,
    }
}

impl ExportPerson {
    /// Where the archive is written before it is kept.
    fn incoming(&self, context: &Context) -> Result<Incoming> {
        let path = self.blobs.incoming(&context.new_id().simple().to_string());
        Incoming::at(path).map_err(|error| KernelError::Internal(format!("{error:?}")))
    }

    /// Writes the archive; answers its size and hash.
    fn write(&self, bundle: &Bundle, incoming: &Incoming) -> std::io::Result<(u64, String)> {
        let file = File::options().read(true).write(true).create(true).truncate(true).open(incoming.path())?;
        let mut archive = ZipWriter::new(BufWriter::new(file));
        let options = SimpleFileOptions::default().large_file(true);
        let put = |archive: &mut ZipWriter<BufWriter<File>>, name: &str, content: &[u8]| {
            archive.start_file(name, options).map_err(std::io::Error::other)?;
            archive.write_all(content)
        };
        put(&mut archive, "data.json", &serde_json::to_vec_pretty(bundle).map_err(std::io::Error::other)?)?;
        put(&mut archive, "index.html", pages::readable(bundle).as_bytes())?;
        for share in &bundle.shares {
            put(&mut archive, &format!("csv/{}.csv", share.object), &pages::table(share)?)?;
        }
        // A content that is not there any more is named in data.json all the same.
        for file in bundle.files.iter().filter(|it| !it.missing) {
            archive.start_file(format!("files/{}", pages::file_name(file)), options).map_err(std::io::Error::other)?;
            if let Ok(mut content) = self.blobs.open(&file.sha256, None) {
                std::io::copy(&mut content, &mut archive)?;
            }
        }
        let mut written = archive.finish().map_err(std::io::Error::other)?;
        written.flush()?;
        let mut file = written.into_inner().map_err(|error| error.into_error())?;
        file.sync_all()?;
        file.seek(SeekFrom::Start(0))?;
        hashed(BufReader::new(file))
    }
}

/// Size and hash of what is read.
pub(crate) fn hashed(mut from: impl Read) -> std::io::Result<(u64, String)> {
    let (mut hash, mut size, mut piece) = (Sha256::new(), 0, vec![0; 64 * 1024]);
    loop {
        let read = from.read(&mut piece)?;
        if read == 0 {
            return Ok((size, hash.finalize().iter().map(|it| format!("{it:02x}")).collect()));
        }
        hash.update(&piece[..read]);
        size += read as u64;
    }
}
