//! `GET /file-policy`, `PATCH /file-policy`: how much there may be of files, and what they may be.

use axum::extract::State;
use guanxi_kernel::files::{FilePolicy, Programs, save_file_policy, usage};
use guanxi_kernel::store::StoreExt as _;
use schemars::JsonSchema;
use serde::Serialize;

use super::policy::changed;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::{Answer, Caller, Query, Shared, SignedIn};

/// What holds for files, and what there is of them.
#[derive(Serialize, JsonSchema)]
pub struct FileRules {
    /// Bytes of all files and their versions together; any number where null.
    quota: Option<u64>,
    /// Bytes of the largest file; what the server takes at most where null.
    largest: Option<u64>,
    /// What is done with programs and scripts.
    programs: Programs,
    /// Whether links may be made that open a file to whoever has them.
    links: bool,
    /// Days for which a link is good at most.
    link_days: u32,
    /// Bytes of the largest file the server takes, whatever the policy says.
    server_largest: u64,
    /// Bytes of all files and their versions; for administrators and auditors.
    #[serde(skip_serializing_if = "Option::is_none")]
    used: Option<u64>,
}

fn rules(app: &Shared, signed_in: &SignedIn) -> Result<FileRules, ApiError> {
    let context = &signed_in.context;
    let may_know = context.access.require_auditor().is_ok();
    let (policy, used) =
        context.workspace.store.read_with(|tx| Ok((FilePolicy::load(tx)?, if may_know { Some(usage(&context.schema, tx)?) } else { None })))?;
    let FilePolicy { quota, largest, programs, links, link_days } = policy;
    Ok(FileRules { quota, largest, programs, links, link_days, server_largest: app.settings.max_file, used })
}

/// The rules, for every member: he is told before he uploads.
pub async fn get(State(app): State<Shared>, caller: Caller, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller.call(move |signed_in| Answer::json(&rules(&app, signed_in)?)).await
}

/// Changes what is named.
pub async fn change(State(app): State<Shared>, caller: Caller, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, body| {
            let context = &signed_in.context;
            context.access.require_administrator()?;
            let before = context.workspace.store.read_with(|tx| FilePolicy::load(tx))?;
            let policy = changed(&before, body)?;
            save_file_policy(context, &policy)?;
            Answer::json(&rules(&app, signed_in)?)
        })
        .await
}
