//! `GET /live`: the handshake of the socket. What is said on it is in `server/src/live`.

use axum::Extension;
use axum::body::Body;
use axum::extract::State;
use axum::http::{HeaderMap, HeaderName, HeaderValue, StatusCode, header};
use axum::response::{IntoResponse as _, Response};
use tokio_tungstenite::tungstenite::handshake::derive_accept_key;

use crate::errors::{ApiError, ApiFailure};
use crate::http::{Caller, Query, Shared};
use crate::listen::Handover;
use crate::live::socket::{self, Opened};

/// Opens the socket.
pub async fn open(
    State(app): State<Shared>,
    caller: Caller,
    query: Query,
    headers: HeaderMap,
    handover: Option<Extension<Handover>>,
) -> Result<Response, ApiFailure> {
    query.finish()?;
    // A page of another site could speak on it: browsers let it, and send our cookie along where they are old.
    caller.require_own_origin()?;
    let streams = app.streams.clone();
    let (place, context, csrf) = caller
        .clone()
        .call(move |signed_in| {
            Ok((streams.take(&signed_in.context)?, signed_in.context.clone(), signed_in.session.as_ref().map(|it| it.csrf.clone())))
        })
        .await?;
    let (Some(key), Some(Extension(handover))) = (handshake(&headers), handover) else { return Err(not_a_handshake().into()) };
    let hub = app.live.of(&caller.workspace.id).ok_or_else(ApiError::busy)?;
    let (shutdown, opened) = (app.shutdown.clone(), Opened { caller, context, csrf });
    handover.to(move |upgraded| async move {
        socket::serve(upgraded, opened, hub, shutdown).await;
        drop(place);
    });
    let mut response = (StatusCode::SWITCHING_PROTOCOLS, Body::empty()).into_response();
    response.headers_mut().insert(header::CONNECTION, HeaderValue::from_static("upgrade"));
    response.headers_mut().insert(header::UPGRADE, HeaderValue::from_static("websocket"));
    response.headers_mut().insert(
        header::SEC_WEBSOCKET_ACCEPT,
        HeaderValue::try_from(derive_accept_key(key.as_bytes())).map_err(|error| ApiError::internal(error.to_string()))?,
    );
    Ok(response)
}

/// The key of a handshake of RFC 6455; `None` where the request is none.
fn handshake(headers: &HeaderMap) -> Option<&HeaderValue> {
    let has = |name: HeaderName, wanted: &str| {
        let values = headers.get_all(name).into_iter().filter_map(|it| it.to_str().ok());
        values.flat_map(|it| it.split(',')).any(|it| it.trim().eq_ignore_ascii_case(wanted))
    };
    let is_handshake = has(header::CONNECTION, "upgrade") && has(header::UPGRADE, "websocket") && has(header::SEC_WEBSOCKET_VERSION, "13");
    headers.get(header::SEC_WEBSOCKET_KEY).filter(|it| is_handshake && it.len() == 24)
}

fn not_a_handshake() -> ApiError {
    ApiError::bad("bad_request", "upgrade", "此地址只接受WebSocket连接（第13版）", "this address takes WebSocket connections (version 13) only")
}
