//! Connections: taken in within bounds, over TLS where there is a certificate, and given up when the client is silent.
//!
//! axum's own server waits for ever for a client that sends nothing, and answers what it cannot parse with an empty body;
//! this one needs no proxy before it.

mod connection;
mod guarded;
mod handover;
mod holding;
mod limits;
mod places;
mod refusal;
mod tls;

use std::io::ErrorKind;
use std::sync::Arc;
use std::time::Duration;

use axum::Router;
use tokio::net::TcpListener;
use tokio::sync::Semaphore;
use tokio::task::JoinSet;

pub use handover::{Handover, Upgraded, Wire};
pub use limits::connections as affordable_connections;
pub use tls::Tls;

use crate::http::Shared;
use places::Places;

/// Pause after the operating system refused a connection, mostly for want of file descriptors.
const AFTER_FAILURE: Duration = Duration::from_secs(1);
/// Clients who are told at once that there is no place; further ones are cut off without a word.
const REFUSALS: usize = 64;

/// What all connections of one listener share.
struct Front {
    app: Shared,
    router: Router,
    tls: Option<Arc<Tls>>,
    places: Places,
    /// Room for those who are told that there is no place.
    refusals: Semaphore,
}

/// Serves until the shutdown begins, and then until every connection has had its answer.
pub async fn serve(app: &Shared, router: Router, listener: TcpListener, tls: Option<Arc<Tls>>, connections: usize) {
    let places = Places::new(connections, app.settings.trust_proxy);
    let front = Arc::new(Front { app: app.clone(), router, tls, places, refusals: Semaphore::new(REFUSALS) });
    let mut connections = JoinSet::new();
    loop {
        tokio::select! {
            accepted = listener.accept() => match accepted {
                Ok((stream, peer)) => {
                    // Here and not in its task, so that places go by the order of coming.
                    let place = front.places.take(peer.ip());
                    connections.spawn(connection::serve(front.clone(), stream, peer, place));
                }
                Err(error) => after_failure(&error).await,
            },
            Some(ended) = connections.join_next() => report(ended),
            () = app.shutdown.wait() => break,
        }
    }
    drop(listener);
    while let Some(ended) = connections.join_next().await {
        report(ended);
    }
}

fn report(ended: Result<(), tokio::task::JoinError>) {
    if let Err(error) = ended {
        tracing::error!(%error, "a connection panicked");
    }
}

async fn after_failure(error: &std::io::Error) {
    // The client gave up before we took it.
    if matches!(error.kind(), ErrorKind::ConnectionRefused | ErrorKind::ConnectionAborted | ErrorKind::ConnectionReset) {
        return;
    }
    tracing::error!(%error, "no connection can be accepted");
    tokio::time::sleep(AFTER_FAILURE).await;
}
