//! The API as clients see it, on both stores: what each operation answers, to whom, and what it refuses.

#![expect(clippy::unwrap_used, reason = "helpers of tests: what goes wrong in them fails the test")]

mod api_keys;
mod auth;
mod automatic_merging;
mod bad_input;
mod branches;
mod bulk;
mod caldav;
mod caldav_changes;
mod caldav_clients;
mod caldav_entering;
mod calendar;
mod changing_definitions;
mod coedit;
mod comments;
mod conflicts;
mod contract;
mod demo_night;
mod directory;
mod divisions;
mod duplicates;
mod duplicates_across;
mod enrichment;
mod erasure;
mod exports;
mod exports_background;
mod feed;
mod file_kinds;
mod file_links;
mod file_store;
mod file_versions;
mod files;
mod idempotency;
mod import_databases;
mod import_fixing;
mod import_kin;
mod import_mappings;
mod import_parts;
mod import_plans;
mod import_schedules;
mod import_sources;
mod import_versions;
mod imports;
mod jobs;
mod links;
mod live;
mod marked_reads;
mod merging;
mod meta;
mod notifications;
mod openapi;
mod operations;
mod outreach;
mod packs;
mod pools;
mod privacy;
mod profile;
mod provenance;
mod providers;
mod quality;
mod real_files;
mod records;
mod refusals;
mod requests;
mod rights;
mod roles;
mod schema;
mod scim;
mod sealing;
mod search;
mod second_factor;
mod sessions;
mod setup;
mod shared_options;
mod spaces;
mod text_forms;
mod timeline;
mod undo;
mod view_as;
mod web_forms;
mod work;
mod workspace;
mod workspaces;

use guanxi_testkit::Client;
use serde_json::{Value as Json, json};

/// Makes an account of this name and answers it.
fn make_account(client: &Client<'_>, name: &str) -> Json {
    client.post("/records/account", json!({ "name": name })).expect(201)
}

/// `/records/account/ID`.
fn path_of(object: &str, record: &Json) -> String {
    format!("/records/{object}/{}", record["id"].as_str().unwrap())
}

/// Percent-encodes a query value.
fn encode(text: &str) -> String {
    text.bytes().map(|it| if it.is_ascii_alphanumeric() { char::from(it).to_string() } else { format!("%{it:02X}") }).collect()
}

/// The names in a list's answer.
fn names(list: &Json) -> Vec<&str> {
    list["items"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect()
}
