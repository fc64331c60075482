//! SCIM 2.0 (RFC 7643, 7644): an identity system keeps members and teams as it has them. A protocol of its own beside the
//! API, on the same read and write path: a program may here what its token was given and its owner may, and nothing more.

mod answer;
mod attributes;
mod discovery;
mod filter;
mod groups;
mod openapi;
mod patch;
mod resource;
mod search;
mod users;

use axum::Router;
use axum::extract::Path;
use axum::http::{HeaderMap, StatusCode, header};
use axum::middleware::from_fn;
use axum::response::Response;
use axum::routing::get;
use guanxi_kernel::KernelError;
use serde_json::Value as Json;

use crate::errors::{ApiError, ApiFailure, of_status};
use crate::http::body::JsonBody;
use crate::http::{Caller, Query, Shared, SignedIn};
use answer::{Found, answer};
use attributes::Selection;
use resource::{Kind, Wanted};

pub use openapi::document;

/// Where it is, below the address of the workspace.
pub const BASE: &str = "/scim/v2";

type Outcome = Result<Response, ApiFailure>;

/// All its routes.
pub fn router() -> Router<Shared> {
    Router::new()
        .route("/ServiceProviderConfig", get(async |caller: Caller| discovered(caller, || Some(discovery::service())).await))
        .route("/ResourceTypes", get(async |caller: Caller| discovered(caller, || Some(discovery::resource_types())).await))
        .route(
            "/ResourceTypes/{id}",
            get(async |caller: Caller, Path(id): Path<String>| {
                discovered(caller, move || discovery::one_of(&discovery::resource_types(), &id)).await
            }),
        )
        .route("/Schemas", get(async |caller: Caller| discovered(caller, || Some(discovery::schemas())).await))
        .route(
            "/Schemas/{id}",
            get(async |caller: Caller, Path(id): Path<String>| discovered(caller, move || discovery::one_of(&discovery::schemas(), &id)).await),
        )
        .merge(of_kind("/Users", Kind::User))
        .merge(of_kind("/Groups", Kind::Group))
        .fallback(async || ApiFailure::from(of_status(StatusCode::NOT_FOUND)))
        .method_not_allowed_fallback(async || ApiFailure::from(of_status(StatusCode::METHOD_NOT_ALLOWED)))
        .layer(from_fn(answer::errors))
}

/// The routes of members or of teams.
fn of_kind(path: &str, kind: Kind) -> Router<Shared> {
    let list = async move |caller: Caller, query: Query| {
        let wanted = Wanted::of(kind, &query)?;
        run(caller, move |signed_in| kind.list(signed_in, &wanted)).await
    };
    let create = async move |caller: Caller, body: JsonBody| run(caller, move |signed_in| kind.create(signed_in, &body.object()?)).await;
    let read = async move |caller: Caller, Path(id): Path<String>, query: Query| {
        let selection = Selection::of(&query);
        run(caller, move |signed_in| kind.read(signed_in, &id, &selection)).await
    };
    let replace = async move |caller: Caller, Path(id): Path<String>, headers: HeaderMap, body: JsonBody| {
        let version = expected(&headers)?;
        run(caller, move |signed_in| kind.replace(signed_in, &id, version, &body.object()?)).await
    };
    let patch = async move |caller: Caller, Path(id): Path<String>, headers: HeaderMap, body: JsonBody| {
        let version = expected(&headers)?;
        run(caller, move |signed_in| kind.patch(signed_in, &id, version, &body.object()?)).await
    };
    let remove = async move |caller: Caller, Path(id): Path<String>, headers: HeaderMap| {
        let version = expected(&headers)?;
        run(caller, move |signed_in| kind.remove(signed_in, &id, version)).await
    };
    Router::new().route(path, get(list).post(create)).route(&format!("{path}/{{id}}"), get(read).put(replace).patch(patch).delete(remove))
}

/// Runs a call with the rights of the token.
async fn run(caller: Caller, work: impl Fn(&SignedIn) -> Result<Found, ApiError> + Send + 'static) -> Outcome {
    let base = caller.scim_base();
    Ok(answer(&base, caller.speaking_scim().call(work).await?))
}

async fn discovered(caller: Caller, what: impl Fn() -> Option<Json> + Send + 'static) -> Outcome {
    run(caller, move |_| Ok(Found::document(what().ok_or(KernelError::NotFound)?))).await
}

/// The version in `If-Match: W/"3"`.
fn expected(headers: &HeaderMap) -> Result<Option<i64>, ApiError> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().unwrap_or_default().trim();
    if text == "*" {
        return Ok(None);
    }
    let version = text.strip_prefix("W/").unwrap_or(text).trim_matches('"').parse().ok();
    // What is no version of ours is none the resource has.
    version.map(Some).ok_or_else(resource::other_version)
}
