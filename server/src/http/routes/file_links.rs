//! `GET|POST /files/{id}/links`, `DELETE /files/{id}/links/{link}`: links that open a file to whoever has them.

use axum::extract::{Path, State};
use axum::http::StatusCode;
use guanxi_kernel::KernelError;
use guanxi_kernel::context::Context;
use guanxi_kernel::files::{self, FileLink, FilePolicy, NewFileLink};
use guanxi_kernel::identity::MEMBER_OBJECT;
use guanxi_kernel::store::StoreExt as _;
use jiff::Timestamp;
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use uuid::Uuid;

use super::get_record::record_id;
use crate::auth::file_link_path;
use crate::auth::token::{random_token, sha256_hex};
use crate::errors::ApiFailure;
use crate::http::body::JsonBody;
use crate::http::parts::Actor;
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query, Shared};

/// Characters of the shortest password of a link.
const SHORTEST: usize = 6;
/// Characters of the longest one.
const LONGEST: usize = 100;

/// A link to a file.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "FileLink")]
pub struct ToldLink {
    /// Its id; it opens nothing.
    id: Uuid,
    /// Who made it.
    created_by: Actor,
    /// When.
    created_at: Timestamp,
    /// When it ends.
    expires_at: Timestamp,
    /// Whether a password is asked for.
    has_password: bool,
    /// How often it may be used; as often as one likes where null.
    max_downloads: Option<i64>,
    /// How often it was.
    downloads: i64,
    /// When it was last.
    used_at: Option<Timestamp>,
    /// When it was revoked.
    revoked_at: Option<Timestamp>,
    /// Whether it still opens the file.
    good: bool,
}

/// The links to a file, the newest first, and what a new one may be.
#[derive(Serialize, JsonSchema)]
pub struct FileLinks {
    /// The links.
    items: Vec<ToldLink>,
    /// Whether links may be made at all.
    allowed: bool,
    /// Days for which one is good at most.
    most_days: u32,
}

fn told(context: &Context, link: &FileLink, titles: &Titles) -> ToldLink {
    ToldLink {
        id: link.id,
        created_by: titles.actor(context, link.created_by),
        created_at: link.created_at,
        expires_at: link.expires_at,
        has_password: link.password_hash.is_some(),
        max_downloads: link.max_downloads,
        downloads: link.downloads,
        used_at: link.used_at,
        revoked_at: link.revoked_at,
        good: link.is_good(context.now),
    }
}

/// The links there are.
pub async fn list(caller: Caller, Path(id): Path<String>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let (context, id) = (&signed_in.context, record_id(&id)?);
            let found = context.workspace.store.read_with(|tx| {
                let links = files::links_of(context, tx, id)?;
                let mut titles = Titles::default();
                links.iter().for_each(|it| titles.want(MEMBER_OBJECT, it.created_by));
                titles.load(context, tx)?;
                Ok((links, titles, FilePolicy::load(tx)?))
            })?;
            let (links, titles, policy) = found;
            let items = links.iter().map(|it| told(context, it, &titles)).collect();
            Answer::json(&FileLinks { items, allowed: policy.links, most_days: policy.link_days })
        })
        .await
}

/// A link to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewFileLink")]
pub struct WantedLink {
    /// When it ends.
    expires_at: Timestamp,
    /// What is asked for before the file is told of, 6 to 100 characters; nothing where absent.
    #[serde(default)]
    password: Option<String>,
    /// How often it may be used; as often as one likes where absent.
    #[serde(default)]
    max_downloads: Option<i64>,
}

/// A link just made.
#[derive(Serialize, JsonSchema)]
pub struct MadeFileLink {
    /// Its id; it opens nothing.
    id: Uuid,
    /// When it ends.
    expires_at: Timestamp,
    /// Where it leads on this server. It is not told again.
    path: String,
    /// The whole address, where this server knows its own.
    url: Option<String>,
}

/// Makes a link; it is in this answer and nowhere else. Not under an idempotency key: answers kept would hold it.
pub async fn make(State(app): State<Shared>, caller: Caller, Path(id): Path<String>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    let file = record_id(&id)?;
    let wanted = caller
        .clone()
        .call(move |signed_in| {
            let context = &signed_in.context;
            context.workspace.store.read_with(|tx| files::require_may_link(context, tx, file))?;
            let wanted: WantedLink = body.read()?;
            check_password(wanted.password.as_deref())?;
            Ok(wanted)
        })
        .await?;
    let WantedLink { expires_at, password, max_downloads } = wanted;
    let password_hash = match password {
        Some(password) => Some(app.hashing(move |app| app.passwords.hash(&password, app.workspaces.ids().as_ref())).await??),
        None => None,
    };
    let token = random_token(app.workspaces.ids().as_ref());
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let new = NewFileLink { expires_at, password_hash: password_hash.clone(), max_downloads };
            let link = files::make_link(context, file, &new, &sha256_hex(token.as_bytes()))?;
            let path = file_link_path(&context.workspace.id, &token);
            let url = app.settings.public_url.as_ref().map(|it| format!("{it}{path}"));
            Ok(Answer::json(&MadeFileLink { id: link.id, expires_at: link.expires_at, path, url })?.with_status(StatusCode::CREATED))
        })
        .await
}

fn check_password(password: Option<&str>) -> Result<(), KernelError> {
    let length = password.map(|it| it.chars().count());
    if length.is_some_and(|it| !(SHORTEST..=LONGEST).contains(&it)) {
        let code = if length.is_some_and(|it| it > LONGEST) { "too_long" } else { "too_short" };
        return Err(KernelError::invalid(
            "password",
            code,
            format!("密码应为{SHORTEST}到{LONGEST}个字符"),
            format!("must have {SHORTEST} to {LONGEST} characters"),
        ));
    }
    Ok(())
}

/// Makes a link void at once.
pub async fn revoke(caller: Caller, Path((id, link)): Path<(String, String)>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            files::revoke_link(&signed_in.context, record_id(&id)?, record_id(&link)?)?;
            Ok(Answer::empty())
        })
        .await
}
