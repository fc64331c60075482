//! `GET /me/push`, `POST /me/push/key`, `POST /me/push`, `DELETE /me/push/{id}`: browsers that show the caller's news while he does not look.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use guanxi_kernel::KernelError;
use guanxi_kernel::outreach::push::{self, NewSubscription, Subscription};
use guanxi_messages::SubscriberKeys;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query, Shared};
use crate::messages::{present_key, push_key};

/// A browser that shows news.
#[derive(Serialize, JsonSchema)]
pub struct PushSubscription {
    /// Id.
    id: Uuid,
    /// Where its push service listens.
    endpoint: String,
    /// What the browser says it is.
    device: String,
    /// When it was taken in.
    created_at: Timestamp,
    /// When something last came through.
    used_at: Option<Timestamp>,
    /// Why the last push did not come through.
    last_error: Option<String>,
    /// It is of the session that asks.
    current: bool,
}

/// What a browser needs to take pushes, and those that do.
#[derive(Serialize, JsonSchema)]
pub struct PushState {
    /// The server's key, for `applicationServerKey`: base64url; null until a first browser asks for it.
    public_key: Option<String>,
    /// The caller's browsers, the newest first. They end with the session they were taken in with.
    items: Vec<PushSubscription>,
}

fn told(it: Subscription, session: Uuid) -> PushSubscription {
    PushSubscription {
        id: it.id,
        endpoint: it.endpoint,
        device: it.device,
        created_at: it.created_at,
        used_at: it.used_at,
        last_error: it.last_error,
        current: it.session == session,
    }
}

/// The key, and the caller's browsers.
pub async fn list(State(app): State<Shared>, caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let session = signed_in.require_session()?.id;
            let context = &signed_in.context;
            let public_key = present_key(context, &app.messages.vault)?.map(|it| it.public());
            let items = push::own_subscriptions(context)?.into_iter().map(|it| told(it, session)).collect();
            Answer::json(&PushState { public_key, items })
        })
        .await
}

/// What push services know this server by.
#[derive(Serialize, JsonSchema)]
pub struct PushKey {
    /// For `applicationServerKey`: base64url.
    public_key: String,
}

/// The server's key, made where there is none.
pub async fn make_key(State(app): State<Shared>, caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            signed_in.require_session()?;
            Answer::json(&PushKey { public_key: push_key(&signed_in.context, &app.messages.vault)?.public() })
        })
        .await
}

/// The keys of a browser.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct PushKeys {
    /// Its public key, base64url.
    p256dh: String,
    /// Its secret, base64url.
    auth: String,
}

/// A browser's subscription, as it tells it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct NewPushSubscription {
    /// Where its push service listens: https.
    endpoint: String,
    /// Its keys.
    keys: PushKeys,
}

/// Takes this browser in.
pub async fn add(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let device = caller.device.clone();
    caller
        .write(body, move |signed_in, body| {
            let session = signed_in.require_session()?.id;
            let NewPushSubscription { endpoint, keys } = body.read()?;
            check(&app, &endpoint, &keys)?;
            let new = NewSubscription { session, endpoint, p256dh: keys.p256dh, auth: keys.auth, device: device.clone() };
            // Where there is no key yet this one is of the first, not of one that was lost.
            push_key(&signed_in.context, &app.messages.vault)?;
            let made = push::subscribe(&signed_in.context, &new)?;
            Ok(Answer::json(&told(made, session))?.with_status(StatusCode::CREATED))
        })
        .await
}

fn check(app: &Shared, endpoint: &str, keys: &PushKeys) -> Result<(), ApiError> {
    if let Err(reason) = app.messages.push.check(endpoint) {
        return Err(KernelError::invalid(
            "endpoint",
            "bad_format",
            "推送服务地址须为公网的 https 地址，请换一个浏览器，或联系服务器管理员（--push-hosts）",
            format!("no address of a push service on the internet: {reason}"),
        )
        .into());
    }
    SubscriberKeys::read(&keys.p256dh, &keys.auth)
        .map(drop)
        .map_err(|name| KernelError::invalid(format!("keys.{name}"), "bad_format", "不是浏览器推送的密钥", "is no key of a browser").into())
}

/// Takes a browser out.
pub async fn remove(caller: Caller, Path(id): Path<Uuid>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            signed_in.require_session()?;
            push::unsubscribe(&signed_in.context, id)?;
            Ok(Answer::empty())
        })
        .await
}
