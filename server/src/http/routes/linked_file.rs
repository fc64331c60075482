//! `POST /linked-file`, `POST /linked-file/content`: what a link opens, for whoever has it. The token comes in the body, so
//! that it stands in no log of addresses.

use axum::extract::State;
use axum::http::{HeaderMap, StatusCode};
use axum::response::Response;
use guanxi_kernel::files::{self, OpenedLink};
use guanxi_kernel::identity::Attempt;
use guanxi_kernel::store::StoreExt as _;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};

use crate::auth::token::sha256_hex;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::file_bytes::Sent;
use crate::http::sign_in::{begin_attempt, succeed_attempt};
use crate::http::{Answer, Caller, Query, Shared, transfers};

/// A link, by what stands in it.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
pub struct FileLinkToken {
    /// What stands in it.
    token: String,
    /// The password, where one is asked for.
    #[serde(default)]
    password: Option<String>,
}

/// What a link opens.
#[derive(Serialize, JsonSchema)]
pub struct LinkedFile {
    /// Name of the company.
    company: String,
    /// When the link ends.
    expires_at: Timestamp,
    /// Whether a password is asked for.
    has_password: bool,
    /// The file; null until the password is given.
    file: Option<LinkedContent>,
}

/// The file a link opens.
#[derive(Serialize, JsonSchema)]
pub struct LinkedContent {
    /// Name.
    name: String,
    /// Bytes.
    size: u64,
    /// Media type.
    content_type: String,
}

/// What the link opens. Where a password is asked for and none is given, nothing is told of the file.
pub async fn look(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let token: FileLinkToken = body.read()?;
    let opened = find(&app, &caller, &token.token).await?;
    let is_open = match (&opened.link.password_hash, token.password) {
        (Some(_), None) => false,
        (_, password) => require_password(&app, &caller, &opened, password).await.map(|()| true)?,
    };
    let OpenedLink { link, version } = opened;
    let content = version.content;
    let file = is_open.then_some(LinkedContent { name: content.name, size: content.size, content_type: content.content_type });
    let company = caller.workspace.settings().name.clone();
    Ok(Answer::json(&LinkedFile { company, expires_at: link.expires_at, has_password: link.password_hash.is_some(), file })?)
}

/// The bytes, always as an attachment; each time counts and is noted.
pub async fn content(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Response, ApiFailure> {
    query.finish()?;
    let token: FileLinkToken = body.read()?;
    let place = transfers::begin()?;
    let OpenedLink { link, version } = {
        let opened = find(&app, &caller, &token.token).await?;
        require_password(&app, &caller, &opened, token.password).await?;
        opened
    };
    // Nothing is left out of what was asked for: who uses up a link gets all of it.
    let sent = app.outside(move |app| Sent::open(app, version.content, false, &HeaderMap::new())).await??;
    let (workspace, request_id, address) = (caller.workspace.clone(), caller.request_id.clone(), caller.address.to_string());
    app.engine(move |_| Ok(files::use_link(&workspace, &link, &request_id, &address)?)).await?;
    Ok(sent.respond(place)?)
}

/// The link of this token. Guessing one is hopeless, and slowed down all the same.
async fn find(app: &Shared, caller: &Caller, token: &str) -> Result<OpenedLink, ApiFailure> {
    caller.require_own_origin()?;
    let attempt = Attempt::new(&format!("file-link/{}", caller.address), caller.address);
    begin_attempt(app, caller, &attempt).await?;
    let (workspace, request_id, hash) = (caller.workspace.clone(), caller.request_id.clone(), sha256_hex(token.as_bytes()));
    let found = app.engine(move |_| Ok(workspace.store.read_with(|tx| files::open_link(&workspace, tx, &hash, &request_id)))).await?;
    // One that ended was no guess.
    let is_guess = matches!(found, Err(guanxi_kernel::KernelError::NotFound));
    if !is_guess {
        succeed_attempt(app, &attempt).await?;
    }
    Ok(found?)
}

/// Fails unless the password is right, if one is asked for; of one link few can be tried, wherever they come from.
async fn require_password(app: &Shared, caller: &Caller, opened: &OpenedLink, password: Option<String>) -> Result<(), ApiFailure> {
    let Some(hash) = opened.link.password_hash.clone() else { return Ok(()) };
    let attempt = Attempt::new(&format!("file-link-password/{}", opened.link.id), caller.address);
    begin_attempt(app, caller, &attempt).await?;
    let password = password.unwrap_or_default();
    if !app.hashing(move |app| app.passwords.verify(&password, Some(&hash))).await? {
        return Err(ApiError::http(StatusCode::UNAUTHORIZED, "bad_credentials", "密码错误", "the password is wrong").about("password").into());
    }
    succeed_attempt(app, &attempt).await
}
