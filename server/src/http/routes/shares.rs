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
use schemars::JsonSchema;
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use uuid::Uuid;

use super::get_record::record_id;
use crate::errors::{ApiError, ApiFailure};
use crate::http::body::JsonBody;
use crate::http::parts::{Actor, Items};
use crate::http::values::Titles;
use crate::http::{Answer, Caller, Query};

/// With whom a record can be shared.
const KINDS: [&str; 4] = ["member", "team", "department", "department_tree"];

/// Somebody a record can be shared with.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "PrincipalInput")]
struct With {
    /// What the id is one of.
    #[schemars(extend("enum" = KINDS))]
    kind: String,
    /// Which one.
    id: Uuid,
}

/// A share to be made.
#[derive(Deserialize, JsonSchema)]
#[serde(deny_unknown_fields)]
#[schemars(rename = "NewShare")]
pub struct WantedShare {
    /// With whom.
    with: With,
    /// How much it gives.
    level: ShareLevel,
    /// When it ends; never where absent.
    #[serde(default)]
    expires_at: Option<Timestamp>,
}

/// Somebody a record is shared with.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Principal")]
pub struct ToldPrincipal {
    /// What the id is one of.
    #[schemars(extend("enum" = KINDS))]
    pub kind: &'static str,
    /// Which one.
    pub id: Uuid,
    /// The name; null where the caller may not see it.
    pub label: Option<String>,
}

/// A share of a record.
#[derive(Serialize, JsonSchema)]
#[schemars(rename = "Share")]
pub struct ToldShare {
    /// With whom.
    with: ToldPrincipal,
    /// How much it gives.
    level: ShareLevel,
    /// When it ends; never where null.
    expires_at: Option<Timestamp>,
    /// What made it.
    reason: String,
    /// Who made it.
    granted_by: Actor,
    /// When it was made.
    created_at: Timestamp,
}

/// With whom a record is shared.
pub async fn list(caller: Caller, Path((object, id)): Path<(String, String)>, query: Query) -> Result<Answer, ApiFailure> {
    query.finish()?;
    caller
        .call(move |signed_in| {
            let context = &signed_in.context;
            let object = read::object_of(context, &object)?;
            Answer::json(&told_shares(context, &object, record_id(&id)?)?)
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
            let WantedShare { with, level, expires_at } = body.read()?;
            let principal = Principal::new(&with.kind, with.id).ok_or_else(bad_kind)?;
            shares::share(context, &object, id, &NewShare { principal, level, expires_at })?;
            Ok(Answer::json(&told_shares(context, &object, id)?)?.with_status(StatusCode::CREATED))
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
    ApiError::bad("bad_request", "with.kind", format!("可选值：{}", KINDS.join("、")), format!("with.kind is one of {}", KINDS.join(", ")))
}

fn told_shares(context: &Context, object: &Arc<Object>, id: Uuid) -> Result<Items<ToldShare>, KernelError> {
    context.workspace.store.read_with(|tx| {
        let shares = shares::shares_of(context, tx, object, id)?;
        let mut titles = Titles::default();
        for share in &shares {
            titles.want(object_of(share.principal), share.principal.id());
            titles.want(MEMBER_OBJECT, share.granted_by);
        }
        titles.load(context, tx)?;
        Ok(Items { items: shares.iter().map(|it| told_share(context, &titles, it)).collect() })
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

/// Somebody by his name.
pub fn told_principal(titles: &Titles, kind: &'static str, id: Uuid) -> ToldPrincipal {
    ToldPrincipal { kind, id, label: titles.reference(id).label }
}

fn told_share(context: &Context, titles: &Titles, share: &Share) -> ToldShare {
    ToldShare {
        with: told_principal(titles, share.principal.kind(), share.principal.id()),
        level: share.level,
        expires_at: share.expires_at,
        reason: share.reason.clone(),
        granted_by: titles.actor(context, share.granted_by),
        created_at: share.created_at,
    }
}
