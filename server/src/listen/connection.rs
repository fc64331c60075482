//! One connection, from its first byte to its last.

use std::convert::Infallible;
use std::future::poll_fn;
use std::net::SocketAddr;
use std::pin::{Pin, pin};
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use axum::body::Body;
use axum::extract::ConnectInfo;
use axum::response::Response;
use futures_util::future::BoxFuture;
use hyper::Request;
use hyper::body::Incoming;
use hyper::server::conn::http1;
use hyper::service::{Service, service_fn};
use hyper_util::rt::{TokioIo, TokioTimer};
use tokio::io::{AsyncRead, AsyncReadExt as _, AsyncWrite, AsyncWriteExt as _};
use tokio::net::TcpStream;
use tokio::time::timeout;
use tower::ServiceExt as _;

use super::Front;
use super::guarded::Guarded;
use super::handover::{Handover, Upgraded};
use super::holding::Holding;
use super::places::Place;
use super::refusal::{self, Refusal};

/// Largest head of a request in bytes. Above what an address may have, so that one that is too long is told so.
const MAX_HEAD: usize = 96 * 1024;
/// Most header fields.
const MAX_FIELDS: usize = 100;
/// How long we go on taking in what a refused client still sends: closed at once, the connection would be reset, and our
/// answer lost with it.
const LINGER: Duration = Duration::from_secs(5);
/// First byte of everything a client says that wants TLS.
const TLS_HANDSHAKE: u8 = 0x16;

/// Serves a connection; without a place it is turned away.
pub async fn serve(front: Arc<Front>, stream: TcpStream, peer: SocketAddr, place: Option<Place>) {
    // Answers are written whole; waiting for more to send along only delays them.
    if let Err(error) = stream.set_nodelay(true) {
        tracing::debug!(%error, "a connection ended before it began");
        return;
    }
    let patience = front.app.settings.client_timeout;
    let Some(_place) = place else {
        return turn_away(&front, Guarded::new(stream, patience), peer).await;
    };
    let Some(tls) = front.tls.clone() else {
        return http_and_beyond(&front, Guarded::new(stream, patience), peer).await;
    };
    if !matches!(timeout(patience, speaks_tls(&stream)).await, Ok(Ok(true))) {
        return refuse(&front, Guarded::new(stream, patience), Refusal::PlainHttp).await;
    }
    match timeout(patience, tls.acceptor().accept(Guarded::new(stream, patience))).await {
        Ok(Ok(stream)) => http_and_beyond(&front, stream, peer).await,
        Ok(Err(error)) => tracing::debug!(%peer, %error, "a TLS handshake failed"),
        Err(_) => tracing::debug!(%peer, "a TLS handshake took too long"),
    }
}

/// Tells a client that there is no place for him, if that costs little.
async fn turn_away(front: &Front, stream: Guarded<TcpStream>, peer: SocketAddr) {
    tracing::warn!(%peer, "too many connections");
    if front.tls.is_none()
        && let Ok(_room) = front.refusals.try_acquire()
    {
        refuse(front, stream, Refusal::Busy).await;
    }
}

/// Whether the client begins as TLS does; a silent one is taken to mean it.
async fn speaks_tls(stream: &TcpStream) -> std::io::Result<bool> {
    let mut first = [0];
    Ok(stream.peek(&mut first).await? == 0 || first[0] == TLS_HANDSHAKE)
}

/// Serves HTTP/1.1 on a stream, and then what the connection was handed over to.
async fn http_and_beyond<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(front: &Front, stream: S, peer: SocketAddr) {
    if let Some(next) = http(front, stream, peer).await {
        next.await;
    }
}

/// Serves HTTP/1.1 on a stream; answers what goes on with it, if anything.
async fn http<S: AsyncRead + AsyncWrite + Send + Unpin + 'static>(front: &Front, stream: S, peer: SocketAddr) -> Option<BoxFuture<'static, ()>> {
    let handover = Handover::default();
    let service = service_of(front.router.clone(), peer, handover.clone());
    let mut builder = http1::Builder::new();
    builder.timer(TokioTimer::new()).header_read_timeout(front.app.settings.client_timeout).max_header_size(MAX_HEAD).max_headers(MAX_FIELDS);
    let mut connection = builder.serve_connection(TokioIo::new(Holding::new(stream)), service);
    let mut stopping = pin!(front.app.shutdown.wait());
    let mut told = false;
    let outcome = poll_fn(|context| {
        if !told && stopping.as_mut().poll(context).is_ready() {
            told = true;
            Pin::new(&mut connection).graceful_shutdown();
        }
        connection.poll_without_shutdown(context)
    })
    .await;
    let parts = connection.into_parts();
    let (stream, held) = parts.io.into_inner().into_parts();
    match outcome {
        Err(error) => match Refusal::of(&error, held.as_deref(), &parts.read_buf) {
            Some(refusal) => refuse(front, stream, refusal).await,
            None => tracing::debug!(%peer, %error, "a connection broke off"),
        },
        Ok(()) => match handover.take() {
            Some(next) => return Some(next(Upgraded { stream: Box::new(stream), read: parts.read_buf.into() })),
            // On our way out nobody is listened to any more.
            None => end(stream, &held.unwrap_or_default(), !told).await,
        },
    }
    None
}

/// Hands requests to the routes, with the client's address.
fn service_of(
    router: Router,
    peer: SocketAddr,
    handover: Handover,
) -> impl Service<Request<Incoming>, Response = Response, Error = Infallible, Future = BoxFuture<'static, Result<Response, Infallible>>> + Unpin {
    service_fn(move |request: Request<Incoming>| {
        let mut request = request.map(Body::new);
        request.extensions_mut().insert(ConnectInfo(peer));
        request.extensions_mut().insert(handover.clone());
        let answer: BoxFuture<'static, Result<Response, Infallible>> = Box::pin(router.clone().oneshot(request));
        answer
    })
}

async fn refuse(front: &Front, stream: impl AsyncRead + AsyncWrite + Unpin, refusal: Refusal) {
    let id = front.app.workspaces.ids().next(front.app.workspaces.clock().now()).simple().to_string();
    tracing::info!(request_id = %id, status = refusal.status().as_u16(), "request refused");
    front.app.metrics.count_request("(refused)", refusal.status().as_u16(), Duration::ZERO);
    end(stream, &refusal::response(&refusal, &id), true).await;
}

/// Says the last words; lingers, where the client may still be sending, so that he hears them.
async fn end(mut stream: impl AsyncRead + AsyncWrite + Unpin, last_words: &[u8], linger: bool) {
    let farewell = async {
        stream.write_all(last_words).await?;
        stream.flush().await?;
        stream.shutdown().await?;
        let mut rest = vec![0; 16 * 1024];
        while linger && stream.read(&mut rest).await? > 0 {}
        std::io::Result::Ok(())
    };
    // Whoever went away or keeps sending has heard all we had to say.
    let _ = timeout(LINGER, farewell).await;
}
