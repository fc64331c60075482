//! `GET|POST /records/{object}/{id}/shares`, `DELETE /records/{object}/{id}/shares/{kind}/{principal}`: with whom a
//! record is shared.

use axum::extract::Path;
use axum::http::StatusCode;
use guanxi_kernel::access::{Principal, ShareLevel};
use guanxi_kernel::context::Context;
use guanxi_kernel::identity::{DEPARTMENT_OBJECT, MEMBER_OBJECT, TEAM_OBJECT};
use guanxi_kernel::schema::Object;
use guanxi_kernel::shares::{self, NewShare, Share};
use guanxi_kernel::store::StoreExt as _;
use guanxi_kernel::{KernelError, read};
use jiff::Timestamp;
use serde::Deserialize;
use serde_json::{Value as Json, json};
use std::sync::Arc;
use uuid::Uuid;

use super::get_record::record_id;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct With {
    kind: String,
    id: Uuid,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Request {
    with: With,
    level: ShareLevel,
    #[serde(default)]
    expires_at: Option<Timestamp>,
}

/// With whom a record is shared.
pub async fn list(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            Ok(Answer::json(&shares_json(context, &object, record_id(&id)?)?))
        })
        .await
}

/// Shares a record.
pub async fn add(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query, body: JsonBody) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, body| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let id = record_id(&id)?;
            let Request { with, level, expires_at } = body.read()?;
            let principal = Principal::new(&with.kind, with.id).ok_or_else(bad_kind)?;
            shares::share(context, &object, id, &NewShare { principal, level, expires_at })?;
            Ok(Answer::json(&shares_json(context, &object, id)?).with_status(StatusCode::CREATED))
        })
        .await
}

/// Ends a share.
pub async fn remove(
    caller: Caller,
    Path((object, id, kind, principal)): Path<(String, String, String, String)>,
    query: Query,
    body: JsonBody,
) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .write(body, move |signed_in, _| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            let principal = Principal::new(&kind, record_id(&principal)?).ok_or(KernelError::NotFound)?;
            shares::unshare(context, &object, record_id(&id)?, principal)?;
            Ok(Answer::empty())
        })
        .await
}

fn bad_kind() -> ApiError {
    ApiError::bad(
        "bad_request",
        "with.kind",
        "可选值：member、team、department、department_tree",
        "with.kind is member, team, department or department_tree",
    )
}

fn shares_json(context: &Context, object: &Arc<Object>, id: Uuid) -> Result<Json, KernelError> {
    context.workspace.store.read_with(|tx| {
        let shares = shares::shares_of(context, tx, object, id)?;
        let mut titles = Titles::default();
        for share in &shares {
            titles.want(object_of(share.principal), share.principal.id());
            titles.want(MEMBER_OBJECT, share.granted_by);
        }
        titles.load(context, tx)?;
        let items: Vec<Json> = shares.iter().map(|it| share_json(context, &titles, it)).collect();
        Ok(json!({ "items": items }))
    })
}

/// The object whose records a kind of principal is.
pub fn object_of(principal: Principal) -> &'static str {
    match principal {
        Principal::Member(_) => MEMBER_OBJECT,
        Principal::Team(_) => TEAM_OBJECT,
        Principal::Department(_) | Principal::DepartmentTree(_) => DEPARTMENT_OBJECT,
    }
}

fn share_json(context: &Context, titles: &Titles, share: &Share) -> Json {
    let id = share.principal.id();
    json!({
        "with": { "kind": share.principal.kind(), "id": id, "label": titles.label(id) },
        "level": share.level, "expires_at": share.expires_at, "reason": share.reason,
        "granted_by": titles.actor(context, share.granted_by), "created_at": share.created_at,
    })
}
