//! Every route of `docs/api.md`.

mod aggregate_records;
mod api_keys;
mod audit;
pub(crate) mod batch_records;
pub(crate) mod bulk_records;
mod busy;
mod calendar_feed;
mod calendar_import;
mod change_size;
pub(crate) mod create_record;
mod delete_record;
mod directory_login;
mod directory_sync;
mod divisions;
mod download_file;
pub(crate) mod dry_run;
mod duplicate_review;
mod duplicates;
mod enrichment;
mod event_stream;
mod events;
mod export_records;
mod exports;
mod factors;
mod file_links;
mod file_policy;
mod file_preview;
mod file_versions;
pub(crate) mod get_record;
mod health;
mod held_rights;
mod holders_file;
mod identity_providers;
mod import_list;
mod import_mappings;
mod import_rows;
mod import_schedules;
mod import_try;
mod import_uploads;
mod imports;
mod jobs;
mod linked_file;
mod links;
mod list_records;
mod live;
mod login;
mod logout;
mod me;
pub(crate) mod me_json;
mod merge_records;
mod meta;
mod meta_fields;
mod meta_views;
mod my_identities;
mod my_views;
mod openapi;
mod packs;
mod password;
mod phone;
mod policy;
mod protection_policy;
mod prove;
mod provider_logout;
mod providers;
mod push;
mod push_import;
mod quality;
mod record_history;
mod record_lock;
mod record_provenance;
mod record_timeline;
mod registry;
mod restore_record;
mod restore_version;
mod rights;
mod run_action;
mod schema;
mod scim_tokens;
mod search;
mod second_factor;
mod sessions;
mod setup;
mod shares;
mod sign_in_policy;
mod sms_gateway;
mod split_address;
mod timeline_kin;
mod undo_change;
mod update_record;
mod upload_file;
mod upload_import;
mod user_link;
mod view_as;
mod workload;
mod workspace;
mod workspaces;

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing;

pub use registry::api_routes;

use super::Shared;
use super::route::router;
use crate::errors::{ApiFailure, of_status};

/// Parameters of a list of records.
pub(crate) const LIST: &[&str] = &["filter", "sort", "fields", "limit", "cursor", "count", "deleted", "q", "imported_by"];
/// Parameters of one record.
pub(crate) const READ: &[&str] = &["fields"];
/// Parameters of a change of a record.
pub(crate) const UPDATE: &[&str] = &["if-match", "prefer"];

/// Parameters of groups.
pub(crate) const AGGREGATE: &[&str] = &["group_by", "measures", "filter", "q", "limit-groups"];
/// Parameters of an export.
pub(crate) const EXPORT: &[&str] = &["format", "filter", "sort", "fields", "q", "reason"];

/// What an export is, by `format`.
pub(crate) const EXPORTED: &[&str] = &["text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", "application/json"];

/// All routes; addresses that are no route of the API belong to the web app.
pub fn all() -> Router<Shared> {
    Router::new()
        .nest("/api/v1", router(api_routes()).fallback(unknown).method_not_allowed_fallback(wrong_method))
        .nest(crate::scim::BASE, crate::scim::router())
        .merge(crate::caldav::router())
        .merge(super::public_forms::router())
        .route("/healthz", routing::get(health::alive))
        .route("/readyz", routing::get(health::ready))
        .route("/metrics", routing::get(health::metrics))
        .fallback(crate::web_app::serve)
}

async fn unknown() -> ApiFailure {
    of_status(StatusCode::NOT_FOUND).into()
}

async fn wrong_method() -> axum::response::Response {
    ApiFailure::from(of_status(StatusCode::METHOD_NOT_ALLOWED)).into_response()
}
