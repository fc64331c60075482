//! `GET /records/{object}/export`: records as a file, streamed.

use std::io::{BufWriter, Write};

use axum::body::Body;
use axum::extract::Path;
use axum::http::header;
use axum::response::{IntoResponse as _, Response};
use bytes::Bytes;
use futures_util::stream::unfold;
use futures_util::{Stream, StreamExt as _};
use guanxi_kernel::read::{self, ListRequest};
use tokio::sync::{Semaphore, mpsc};

use crate::errors::{ApiError, ApiFailure};
use crate::export::{Export, ExportTerms, Format, Target, Wanted};
use crate::http::{Answer, Caller, Query, transfers};

/// Pieces that may wait for the client.
const WAITING: usize = 8;
/// Bytes of a piece.
pub const PIECE: usize = 64 * 1024;
/// Exports at once; each keeps a thread busy for as long as it lasts.
const AT_ONCE: usize = 4;

static EXPORTS: Semaphore = Semaphore::const_new(AT_ONCE);

/// Exports.
pub async fn export(caller: Caller, Path(object): Path<String>, query: Query) -> Result<Response, ApiFailure> {
    let format = query.text("format").unwrap_or_else(|| "csv".into());
    let format =
        Format::of(&format).ok_or_else(|| ApiError::bad("bad_request", "format", "可选值：csv、xlsx、json", "format is csv, xlsx or json"))?;
    let reason = query.text("reason");
    let request = ListRequest {
        filter: query.text("filter"),
        sort: query.text("sort"),
        fields: query.list("fields"),
        words: query.text("q"),
        ..ListRequest::default()
    };
    query.finish()?;
    let permit = EXPORTS.try_acquire().map_err(|_| ApiError::busy())?;
    let (export, name) = caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let day = context.now.to_zoned(context.time_zone.clone()).date();
            let name = format!("{}-{day}.{}", object.name, format.extension());
            Ok((Export::begin(context, &object, request.clone(), format, reason.as_deref())?, name))
        })
        .await?;
    Ok(as_file(format, &name, move |target| {
        let _permit = permit;
        export.write(target).map(drop)
    }))
}

/// What holds for an export: how many records it would have, how many the caller may export, and whether he must say why.
pub async fn terms(caller: Caller, Path(object): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    let request = ListRequest { filter: query.text("filter"), words: query.text("q"), ..ListRequest::default() };
    let wanted = Wanted::from(request);
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            Answer::json(&ExportTerms::of(context, &read::object_of(context, &object)?, &wanted)?)
        })
        .await
}

/// A file that is written while it is sent; its name is plain ASCII.
pub fn as_file(format: Format, name: &str, write: impl FnOnce(Target) -> guanxi_kernel::Result<()> + std::marker::Send + 'static) -> Response {
    let body = Body::from_stream(stream_of(move |send| {
        let target = BufWriter::with_capacity(PIECE, Pieces(send));
        write(Box::new(target)).map_err(|error| std::io::Error::other(error.to_string()))
    }));
    let headers =
        [(header::CONTENT_TYPE, format.content_type().to_owned()), (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\""))];
    (headers, body).into_response()
}

/// Takes a piece; `false`: nobody listens any more.
pub type Send = Box<dyn FnMut(Bytes) -> bool + std::marker::Send>;

/// Hands what is written on in pieces.
pub struct Pieces(pub Send);

impl Write for Pieces {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        if (self.0)(Bytes::copy_from_slice(bytes)) { Ok(bytes.len()) } else { Err(std::io::ErrorKind::BrokenPipe.into()) }
    }
    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

/// What blocking work sends, as a stream. An error in the middle breaks the connection off, so that nobody takes a part
/// for the whole.
pub fn stream_of(work: impl FnOnce(Send) -> std::io::Result<()> + std::marker::Send + 'static) -> impl Stream<Item = std::io::Result<Bytes>> {
    let (sender, receiver) = mpsc::channel::<std::io::Result<Bytes>>(WAITING);
    tokio::task::spawn_blocking(move || {
        let pieces = sender.clone();
        let outcome = work(Box::new(move |piece| transfers::hand_over(&pieces, Ok(piece))));
        if let Err(error) = outcome {
            tracing::warn!(%error, "a download broke off");
            // Nobody listens: then there is nobody to tell.
            transfers::hand_over(&sender, Err(error));
        }
    });
    // The layer that compresses asks once more after the end, which a bare unfold answers with a panic.
    unfold(receiver, |mut receiver| async move { receiver.recv().await.map(|piece| (piece, receiver)) }).fuse()
}
