//! Every route of `docs/api.md`.

mod aggregate_records;
mod api_keys;
mod audit;
mod batch_records;
mod bulk_records;
mod create_record;
mod delete_record;
mod download_file;
mod dry_run;
mod event_stream;
mod events;
mod export_records;
mod factors;
mod get_record;
mod health;
mod imports;
mod jobs;
mod links;
mod list_records;
mod login;
mod logout;
mod me;
mod me_json;
mod meta;
mod meta_fields;
mod meta_views;
mod openapi;
mod password;
mod prove;
mod record_history;
mod record_timeline;
mod restore_record;
mod rights;
mod run_action;
mod schema;
mod search;
mod second_factor;
mod sessions;
mod setup;
mod shares;
mod sign_in_policy;
mod undo_change;
mod update_record;
mod upload_file;
mod upload_import;
mod user_link;
mod workspaces;

use axum::Router;
use axum::http::StatusCode;
use axum::response::IntoResponse as _;
use axum::routing::{delete, get, post};

pub use me_json::me_json;

use super::Shared;
use crate::errors::{ApiFailure, of_status};

/// All routes; addresses that are no route of the API belong to the web app.
pub fn all() -> Router<Shared> {
    Router::new()
        .nest("/api/v1", api().fallback(unknown).method_not_allowed_fallback(wrong_method))
        .route("/healthz", get(health::alive))
        .route("/readyz", get(health::ready))
        .route("/metrics", get(health::metrics))
        .fallback(crate::web_app::serve)
}

fn api() -> Router<Shared> {
    Router::new()
        .route("/setup", get(setup::state).post(setup::set_up))
        .route("/auth/login", post(login::login))
        .route("/auth/logout", post(logout::logout))
        .route("/auth/forgotten", post(links::forgotten))
        .route("/auth/link", post(links::look))
        .route("/auth/password", post(links::choose))
        .route("/auth/prove", post(prove::prove))
        .route("/auth/step", get(second_factor::step))
        .route("/auth/second-factor", post(second_factor::second_factor))
        .route("/auth/sign", post(second_factor::sign))
        .route("/auth/passkey/options", post(second_factor::options))
        .route("/auth/passkey", post(second_factor::passkey))
        .route("/me", get(me::get).patch(me::change))
        .route("/me/password", post(password::change))
        .route("/me/factors", get(factors::list))
        .route("/me/factors/totp", post(factors::new_totp))
        .route("/me/factors/totp/confirm", post(factors::confirm_totp))
        .route("/me/factors/passkey", post(factors::new_passkey))
        .route("/me/factors/passkey/confirm", post(factors::confirm_passkey))
        .route("/me/factors/{id}", delete(factors::remove))
        .route("/me/recovery-codes", post(factors::recovery_codes))
        .route("/me/sessions", get(sessions::list).delete(sessions::end_others))
        .route("/me/sessions/{id}", delete(sessions::end))
        .route("/me/api-keys", get(api_keys::list).post(api_keys::add))
        .route("/me/api-keys/{id}", delete(api_keys::remove))
        .route("/meta", get(meta::meta))
        .route("/openapi.json", get(openapi::get))
        .route("/records/{object}", get(list_records::list).post(create_record::create))
        .route("/records/{object}/batch", post(batch_records::batch))
        .route("/records/{object}/bulk", post(bulk_records::bulk))
        .route("/records/{object}/aggregate", get(aggregate_records::aggregate))
        .route("/records/{object}/export", get(export_records::export))
        .route("/records/{object}/{id}", get(get_record::get).patch(update_record::update).delete(delete_record::delete))
        .route("/records/{object}/{id}/restore", post(restore_record::restore))
        .route("/records/{object}/{id}/history", get(record_history::history))
        .route("/records/{object}/{id}/timeline", get(record_timeline::timeline))
        .route("/records/{object}/{id}/access", get(rights::explain))
        .route("/records/{object}/{id}/viewers", get(rights::viewers))
        .route("/records/{object}/{id}/shares", get(shares::list).post(shares::add))
        .route("/records/{object}/{id}/shares/{kind}/{principal}", delete(shares::remove))
        .route("/records/{object}/{id}/actions/{action}", post(run_action::on_record))
        .route("/records/{object}/actions/{action}", post(run_action::on_object))
        .route("/actions/{action}", post(run_action::on_nothing))
        .route("/changes/{id}/undo", post(undo_change::undo_change))
        .route("/search", get(search::search))
        .route("/events", get(events::events))
        .route("/events/stream", get(event_stream::stream))
        .route("/files", post(upload_file::upload))
        .route("/files/{id}", get(download_file::download))
        .route("/schema/objects", get(schema::objects))
        .route("/schema/objects/{object}", get(schema::object))
        .route("/schema/plan", post(schema::plan))
        .route("/schema/apply", post(schema::apply))
        .route("/roles", get(rights::roles))
        .route("/sharing-rules", get(rights::sharing_rules))
        .route("/rights/simulate", post(rights::simulate))
        .route("/audit", get(audit::list))
        .route("/audit/export", get(audit::export))
        .route("/audit/verify", get(audit::verify))
        .route("/imports", post(upload_import::upload))
        .route("/imports/{id}", get(imports::get))
        .route("/imports/{id}/plan", post(imports::plan))
        .route("/imports/{id}/run", post(imports::run))
        .route("/imports/{id}/cancel", post(imports::cancel))
        .route("/imports/{id}/rejected", get(imports::rejected))
        .route("/jobs", get(jobs::list))
        .route("/jobs/{id}/retry", post(jobs::retry))
        .route("/users/waiting", get(user_link::waiting))
        .route("/users/{id}/link", post(user_link::make).delete(user_link::revoke))
        .route("/users/{id}/factors", get(factors::list_of_member).delete(factors::reset))
        .route("/users/{id}/sessions", get(sessions::list_of_member).delete(sessions::end_all_of_member))
        .route("/users/{id}/sessions/{session}", delete(sessions::end_of_member))
        .route("/sign-in-policy", get(sign_in_policy::get).patch(sign_in_policy::change))
        .route("/workspaces", get(workspaces::list).post(workspaces::create))
        .route("/workspaces/{id}", delete(workspaces::remove))
}

async fn unknown() -> ApiFailure {
    of_status(StatusCode::NOT_FOUND).into()
}

async fn wrong_method() -> axum::response::Response {
    ApiFailure::from(of_status(StatusCode::METHOD_NOT_ALLOWED)).into_response()
}
