//! Every route of `docs/api.md`.

mod aggregate_records;
mod api_keys;
mod audit;
pub(crate) mod batch_records;
pub(crate) mod bulk_records;
mod busy;
mod calendar_feed;
mod calendar_import;
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
use guanxi_kernel::access::Simulation;
use guanxi_kernel::audit::Verification;
use guanxi_kernel::files::FilePolicy;
use guanxi_kernel::identity::{ApiKey, SignInPolicy, Waiting};
use guanxi_kernel::protection::ProtectionPolicy;
use guanxi_kernel::read::AggregateAnswer;
use guanxi_kernel::schema::{AnyJson, SharingRule};
use guanxi_kernel::settings::ChangedSettings;
use guanxi_kernel::write::{RestoredVersion, UndoAnswer};

use super::Shared;
use super::factor_check::{AskedQuestion, Presented, Signature};
use super::parts::{Items, Page};
use super::route::{Route, router};
use super::sign_in::NextStep;
use crate::directory::SyncPlan;
use crate::errors::{ApiFailure, of_status};
use crate::export::ExportTerms;
use crate::import::{ImportPlan, KnownMapping, RowFix, ToldImport, ToldRow, ToldRows, Tries, TryAsked};
use crate::openapi::{AnyRecord, AnyRecordPage, AnyValues, Operation, delete, get, patch, post};
use crate::preview::FilePreview;

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

/// The API: every route with what it takes and answers. `docs/adding-a-route.md` says how to add one.
pub fn api_routes() -> Vec<Route> {
    [
        own(),
        outreach(),
        ways_in(),
        by_providers(),
        factors(),
        members(),
        identity_providers(),
        records(),
        duplicates_of_records(),
        quality::routes(),
        enrichment::routes(),
        reports(),
        files(),
        transfers(),
        rights(),
        administration(),
    ]
    .into_iter()
    .flatten()
    .collect()
}

/// Setting up, signing in, one's own account.
fn own() -> Vec<Route> {
    vec![
        get("/setup", "getSetup", "Whether the server still needs its first administrator")
            .for_everyone()
            .answers::<setup::SetupState>()
            .by(setup::state),
        post("/setup", "setUp", "Make the first administrator").for_everyone().takes::<setup::SetUp>().answers::<me_json::Me>().by(setup::set_up),
        get("/me", "getMe", "Who I am").answers::<me_json::Me>().by(me::get),
        patch("/me", "changeMe", "Change my name and preferences").takes::<me::ChangedMe>().answers::<me_json::Me>().by(me::change),
        post("/me/password", "changePassword", "Change my password").takes::<password::ChangedPassword>().by(password::change),
        get("/me/sessions", "listSessions", "Where I am signed in").answers::<Items<sessions::ToldSession>>().by(sessions::list),
        delete("/me/sessions", "endOtherSessions", "End all my sessions but this one").answers::<sessions::EndedSessions>().by(sessions::end_others),
        delete("/me/sessions/{id}", "endSession", "End one of my sessions").by(sessions::end),
        get("/me/views", "listViewsLeft", "How many records I may still open today, of each pool that counts them")
            .answers::<Items<my_views::ViewAllowance>>()
            .by(my_views::list),
        delete("/me/view", "endView", "Look with my own rights again").by(view_as::end),
        get("/me/api-keys", "listApiKeys", "My keys").answers::<Items<ApiKey>>().by(api_keys::list),
        post("/me/api-keys", "addApiKey", "Make a key; it is shown once")
            .takes::<api_keys::NewApiKey>()
            .creates::<api_keys::MadeApiKey>()
            .by(api_keys::add),
        delete("/me/api-keys/{id}", "removeApiKey", "Remove a key").by(api_keys::remove),
    ]
}

/// Where one is reached while one does not look, and the gateway text messages go through.
fn outreach() -> Vec<Route> {
    vec![
        get("/me/push", "getPush", "What a browser needs to show my news, and my browsers that do").answers::<push::PushState>().by(push::list),
        post("/me/push", "addPushSubscription", "Have my news shown by this browser")
            .takes::<push::NewPushSubscription>()
            .creates::<push::PushSubscription>()
            .by(push::add),
        delete("/me/push/{id}", "removePushSubscription", "Have my news shown by a browser no more").by(push::remove),
        get("/me/phone", "getPhone", "The number my news are texted to").answers::<phone::PhoneState>().by(phone::get),
        post("/me/phone", "beginPhone", "Have a code sent to a number of mine")
            .takes::<phone::NewPhone>()
            .answers::<phone::PhoneState>()
            .by(phone::begin),
        post("/me/phone/confirm", "confirmPhone", "Confirm the number by the code")
            .takes::<phone::PhoneCode>()
            .answers::<phone::PhoneState>()
            .by(phone::confirm),
        delete("/me/phone", "removePhone", "Have nothing texted any more").by(phone::remove),
        get("/sms-gateway", "getSmsGateway", "The gateway text messages go through; administrators")
            .answers::<sms_gateway::ToldGateway>()
            .by(sms_gateway::get),
        patch("/sms-gateway", "changeSmsGateway", "Change the gateway text messages go through; administrators")
            .takes::<sms_gateway::ChangedSmsGateway>()
            .answers::<sms_gateway::ToldGateway>()
            .by(sms_gateway::change),
        post("/sms-gateway/test", "testSmsGateway", "Send a trial by the gateway; administrators")
            .takes::<sms_gateway::SmsTrial>()
            .answers::<sms_gateway::SmsTried>()
            .by(sms_gateway::test),
        get("/sms-messages", "listSmsMessages", "What became of text messages, the newest first; administrators")
            .with(&["limit-200"])
            .answers::<Items<sms_gateway::ToldSms>>()
            .by(sms_gateway::messages),
    ]
}

impl Operation {
    /// Answers who is signed in now, or 202 with the next step.
    fn signs_in(self) -> Self {
        self.answers::<me_json::Me>().or_begins::<NextStep>()
    }
}

/// Signing in, step by step.
fn ways_in() -> Vec<Route> {
    vec![
        post("/auth/login", "signIn", "Sign in").for_everyone().takes::<login::Credentials>().signs_in().by(login::login),
        post("/auth/logout", "signOut", "Sign out").answers::<logout::SignedOut>().by(logout::logout),
        post("/auth/forgotten", "forgotPassword", "Have a link to another password sent to an address")
            .for_everyone()
            .takes::<links::ForgottenPassword>()
            .by(links::forgotten),
        post("/auth/link", "lookAtLink", "For whom a link is")
            .for_everyone()
            .takes::<links::LinkToken>()
            .answers::<links::LinkOwner>()
            .by(links::look),
        post("/auth/password", "choosePassword", "Set the password a link is for, and sign in")
            .for_everyone()
            .takes::<links::ChosenPassword>()
            .signs_in()
            .by(links::choose),
        post("/auth/prove", "proveIdentity", "Prove again who I am, before something sensitive").takes::<prove::PresentedProof>().by(prove::prove),
        get("/auth/step", "getStep", "How far this browser has come with signing in").answers::<NextStep>().by(second_factor::step),
        post("/auth/second-factor", "presentSecondFactor", "The second step of signing in")
            .takes::<Presented>()
            .answers::<me_json::Me>()
            .by(second_factor::second_factor),
        post("/auth/sign", "askToSign", "What my passkeys are asked to sign").answers::<AskedQuestion>().by(second_factor::sign),
        post("/auth/passkey/options", "askForPasskey", "What a passkey is asked to sign to sign in")
            .for_everyone()
            .answers::<AskedQuestion>()
            .by(second_factor::options),
        post("/auth/passkey", "signInByPasskey", "Sign in by a passkey alone")
            .for_everyone()
            .takes::<Signature>()
            .signs_in()
            .by(second_factor::passkey),
    ]
}

/// Signing in by identity providers.
fn by_providers() -> Vec<Route> {
    vec![
        post("/auth/providers/{id}/begin", "beginAtProvider", "Begin to sign in by an identity provider")
            .for_everyone()
            .answers::<providers::ProviderPage>()
            .by(providers::begin),
        post("/auth/providers/{id}/answer", "answerOfProvider", "Sign in by what the provider sent the browser back with")
            .for_everyone()
            .takes::<providers::ReturnedAnswer>()
            .answers::<me_json::Me>()
            .or_begins::<providers::ProviderStep>()
            .by(providers::answer),
        post("/auth/providers/{id}/password", "signInByDirectory", "Sign in by an account of a directory")
            .for_everyone()
            .takes::<directory_login::DirectoryCredentials>()
            .answers::<me_json::Me>()
            .or_begins::<providers::ProviderStep>()
            .by(directory_login::login),
        post("/auth/providers/{id}/logout", "signedOutAtProvider", "An identity provider says, signed, that somebody signed out there")
            .for_everyone()
            .takes_form(&["logout_token"])
            .answers::<provider_logout::SignedOutThere>()
            .by(provider_logout::signed_out),
        post("/auth/providers/confirm", "confirmByPassword", "Confirm by the password that the provider's account is mine")
            .for_everyone()
            .takes::<providers::PasswordConfirmation>()
            .signs_in()
            .by(providers::confirm),
        post("/auth/providers/confirm/mail", "confirmByMail", "Have a link sent to confirm it by")
            .for_everyone()
            .takes::<providers::MailConfirmation>()
            .by(providers::confirm_by_mail),
        post("/auth/providers/confirm/link", "confirmByLink", "Confirm it by the link")
            .for_everyone()
            .takes::<providers::MailedConfirmation>()
            .signs_in()
            .by(providers::confirm_by_link),
        get("/me/identities", "listIdentities", "My accounts at identity providers")
            .answers::<Items<my_identities::OwnIdentity>>()
            .by(my_identities::list),
        post("/me/identities/{id}", "bindIdentity", "Begin to bind my account at a provider")
            .answers::<providers::ProviderPage>()
            .by(my_identities::begin),
        delete("/me/identities/{id}", "releaseIdentity", "Sign in by my account at a provider no more").by(my_identities::remove),
    ]
}

/// Identity providers and systems, for administrators.
fn identity_providers() -> Vec<Route> {
    vec![
        get("/identity-providers", "listIdentityProviders", "Identity providers members may sign in by")
            .answers::<Items<identity_providers::ToldProvider>>()
            .by(identity_providers::list),
        post("/identity-providers", "addIdentityProvider", "Set an identity provider up")
            .takes::<identity_providers::NewProvider>()
            .creates::<identity_providers::ToldProvider>()
            .by(identity_providers::add),
        patch("/identity-providers/{id}", "changeIdentityProvider", "Change an identity provider")
            .takes::<identity_providers::ChangedProvider>()
            .answers::<identity_providers::ToldProvider>()
            .by(identity_providers::change),
        delete("/identity-providers/{id}", "removeIdentityProvider", "Remove an identity provider with all its bindings")
            .by(identity_providers::remove),
        post("/identity-providers/{id}/check", "checkIdentityProvider", "Ask an identity provider whether it is there")
            .answers::<identity_providers::CheckedProvider>()
            .by(identity_providers::check),
        post("/identity-providers/{id}/sync/plan", "planDirectorySync", "What taking the organisation over from a directory would do")
            .answers::<SyncPlan>()
            .by(directory_sync::plan),
        post("/identity-providers/{id}/sync", "runDirectorySync", "Take the organisation over from a directory")
            .takes::<directory_sync::WantedSync>()
            .begins::<directory_sync::BegunSync>()
            .by(directory_sync::run),
        get("/scim-tokens", "listScimTokens", "Tokens of identity systems that keep members and teams")
            .answers::<scim_tokens::ScimTokens>()
            .by(scim_tokens::list),
        post("/scim-tokens", "addScimToken", "Make a token for an identity system; it is shown once")
            .takes::<scim_tokens::NewScimToken>()
            .creates::<scim_tokens::MadeScimToken>()
            .by(scim_tokens::add),
        delete("/scim-tokens/{id}", "removeScimToken", "Remove a token of an identity system").by(scim_tokens::remove),
    ]
}

/// Second factors of one's own.
fn factors() -> Vec<Route> {
    vec![
        get("/me/factors", "listFactors", "My second factors").answers::<factors::OwnFactors>().by(factors::list),
        post("/me/factors/totp", "newTotp", "A secret for an app that counts time").answers::<factors::TotpSecret>().by(factors::new_totp),
        post("/me/factors/totp/confirm", "confirmTotp", "Set the app up by its first code")
            .takes::<factors::FirstCode>()
            .answers::<factors::AddedFactor>()
            .by(factors::confirm_totp),
        post("/me/factors/passkey", "newPasskey", "What the browser needs to make a passkey").answers::<AskedQuestion>().by(factors::new_passkey),
        post("/me/factors/passkey/confirm", "confirmPasskey", "Take the passkey the browser made")
            .takes::<factors::MadePasskey>()
            .answers::<factors::AddedFactor>()
            .by(factors::confirm_passkey),
        delete("/me/factors/{id}", "removeFactor", "Remove one of my factors").by(factors::remove),
        post("/me/recovery-codes", "replaceRecoveryCodes", "Other recovery codes; they are shown once")
            .answers::<factors::RecoveryCodes>()
            .by(factors::recovery_codes),
    ]
}

/// How other members sign in, for administrators.
fn members() -> Vec<Route> {
    vec![
        get("/users/waiting", "listWaiting", "Members who have no password yet").answers::<Items<Waiting>>().by(user_link::waiting),
        post("/users/{id}/link", "makeLink", "Invite a member, or let him choose another password")
            .answers::<user_link::MadeLink>()
            .by(user_link::make),
        delete("/users/{id}/link", "revokeLink", "Make a member's link void").by(user_link::revoke),
        get("/users/{id}/factors", "listFactorsOf", "A member's second factors").answers::<factors::MemberFactors>().by(factors::list_of_member),
        delete("/users/{id}/factors", "resetFactors", "Take a member's factors from him").by(factors::reset),
        get("/users/{id}/sessions", "listSessionsOf", "Where a member is signed in")
            .answers::<Items<sessions::ToldSession>>()
            .by(sessions::list_of_member),
        delete("/users/{id}/sessions", "endSessionsOf", "End a member's sessions")
            .answers::<sessions::EndedSessions>()
            .by(sessions::end_all_of_member),
        delete("/users/{id}/sessions/{session}", "endSessionOf", "End one session of a member").by(sessions::end_of_member),
        get("/users/{id}/identities", "listIdentitiesOf", "A member's accounts at identity providers")
            .answers::<Items<my_identities::OwnIdentity>>()
            .by(my_identities::list_of_member),
        delete("/users/{id}/identities/{provider}", "releaseIdentityOf", "Release a member's account at an identity provider")
            .by(my_identities::remove_of_member),
        post("/users/{id}/view", "beginView", "Look with a member's rights").by(view_as::begin),
        get("/protection-policy", "getProtectionPolicy", "What may be exported and how long the audit log is kept")
            .answers::<ProtectionPolicy>()
            .by(protection_policy::get),
        patch("/protection-policy", "changeProtectionPolicy", "Change what may be exported and how long the audit log is kept")
            .takes::<ProtectionPolicy>()
            .answers::<ProtectionPolicy>()
            .by(protection_policy::change),
        get("/file-policy", "getFilePolicy", "How much there may be of files, and what they may be")
            .answers::<file_policy::FileRules>()
            .by(file_policy::get),
        patch("/file-policy", "changeFilePolicy", "Change how much there may be of files, and what they may be")
            .takes::<FilePolicy>()
            .answers::<file_policy::FileRules>()
            .by(file_policy::change),
        get("/sign-in-policy", "getSignInPolicy", "How members sign in").answers::<SignInPolicy>().by(sign_in_policy::get),
        patch("/sign-in-policy", "changeSignInPolicy", "Change how members sign in")
            .takes::<SignInPolicy>()
            .answers::<SignInPolicy>()
            .by(sign_in_policy::change),
    ]
}

/// Records of any object and what can be done with them.
fn records() -> Vec<Route> {
    vec![
        get("/meta", "getMeta", "What there is: objects, fields, views and actions").answers::<meta::Meta>().by(meta::meta),
        get("/records/{object}", "listRecords", "List records of any object").with(LIST).answers::<AnyRecordPage>().by(list_records::list),
        post("/records/{object}", "createRecord", "New record of any object")
            .dry_runs()
            .takes::<AnyValues>()
            .creates::<AnyRecord>()
            .by(create_record::create),
        post("/records/{object}/batch", "batchRecords", "Many changes of records of any object")
            .dry_runs()
            .takes::<batch_records::BatchRequest>()
            .answers::<batch_records::BatchAnswer>()
            .by(batch_records::batch),
        post("/records/{object}/bulk", "bulkRecords", "One change of many records of any object")
            .dry_runs()
            .takes::<bulk_records::BulkRequest>()
            .answers::<bulk_records::BulkAnswer>()
            .by(bulk_records::bulk),
        get("/records/{object}/{id}", "getRecord", "One record of any object").with(READ).answers::<AnyRecord>().by(get_record::get),
        patch("/records/{object}/{id}", "updateRecord", "Change a record of any object")
            .with(UPDATE)
            .dry_runs()
            .takes::<AnyValues>()
            .answers::<AnyRecord>()
            .by(update_record::update),
        delete("/records/{object}/{id}", "deleteRecord", "Delete a record of any object").with(&["permanent"]).by(delete_record::delete),
        post("/records/{object}/{id}/restore", "restoreRecord", "Back from the recycle bin").answers::<AnyRecord>().by(restore_record::restore),
        post("/records/{object}/{id}/actions/{action}", "runRecordAction", "Run an action on a record")
            .dry_runs()
            .takes::<AnyValues>()
            .answers::<AnyJson>()
            .by(run_action::on_record),
        post("/records/{object}/actions/{action}", "runObjectAction", "Run an action of an object as a whole")
            .dry_runs()
            .takes::<AnyValues>()
            .answers::<AnyJson>()
            .by(run_action::on_object),
        post("/actions/{action}", "runAction", "Run an action that belongs to no object")
            .dry_runs()
            .takes::<AnyValues>()
            .answers::<AnyJson>()
            .by(run_action::on_nothing),
        post("/changes/{id}/undo", "undoChange", "Take a change back").answers::<UndoAnswer>().by(undo_change::undo_change),
    ]
}

/// Records that may mean the same.
fn duplicates_of_records() -> Vec<Route> {
    vec![
        post("/records/{object}/duplicates/check", "checkDuplicates", "Likely duplicates of what is being entered")
            .takes::<duplicates::EnteredValues>()
            .answers::<duplicates::DuplicateCheck>()
            .by(duplicates::check),
        get("/records/{object}/duplicates", "listDuplicates", "Groups of records that may be one, the surest first")
            .with(&["group-state", "limit-100", "cursor"])
            .answers::<duplicate_review::DuplicateGroups>()
            .by(duplicate_review::list),
        post("/records/{object}/duplicates/decide", "decideDuplicates", "Say that records are not the same, or take that back")
            .takes::<duplicate_review::DuplicateVerdict>()
            .by(duplicate_review::decide),
        get("/records/{object}/duplicates/status", "getDuplicateStatus", "How it stands with the duplicates of an object")
            .answers::<duplicate_review::DuplicateStatus>()
            .by(duplicate_review::status),
        post("/records/{object}/duplicates/scan", "scanDuplicates", "Have all records of an object compared anew; administrators")
            .begins::<duplicate_review::DuplicateStatus>()
            .by(duplicate_review::scan),
        post("/records/{object}/duplicates/automatic", "setAutomaticMerging", "Let sure duplicates be merged by themselves, or not; administrators")
            .takes::<duplicate_review::AutomaticMerging>()
            .answers::<duplicate_review::DuplicateStatus>()
            .by(duplicate_review::automatic),
    ]
}

/// What records tell: groups, history, search, the feed; and what is known of addresses.
fn reports() -> Vec<Route> {
    vec![
        get("/records/{object}/aggregate", "aggregate", "Groups and measures")
            .with(AGGREGATE)
            .answers::<AggregateAnswer>()
            .by(aggregate_records::aggregate),
        get("/records/{object}/{id}/history", "getHistory", "Every change of a record")
            .with(&["cursor", "limit-200"])
            .answers::<Page<record_history::HistoryEntry>>()
            .by(record_history::history),
        post("/records/{object}/{id}/versions/{version}/restore", "restoreRecordVersion", "Give a record back what it held in a version before")
            .answers::<RestoredVersion>()
            .by(restore_version::restore),
        get("/records/{object}/{id}/timeline", "getTimeline", "Everything about a record")
            .with(&["kinds", "cursor", "limit-200"])
            .answers::<Page<record_timeline::TimelineEntry>>()
            .by(record_timeline::timeline),
        get("/search", "search", "Find records by words").with(&["q", "objects", "limit-50"]).answers::<search::SearchAnswer>().by(search::search),
        get("/calendar/busy", "getBusy", "When members and rooms are taken, to plan with them")
            .with(&["members", "resources", "span-from", "span-until", "except"])
            .answers::<busy::BusyAnswer>()
            .by(busy::get),
        get("/calendar/feeds/{secret}", "getCalendarFeed", "A member's calendar for calendar programs, by the secret in its address")
            .for_everyone()
            .answers_bytes(&[calendar_feed::MEDIA_TYPE])
            .by(calendar_feed::get),
        post("/calendar/import", "importCalendar", "Appointments out of another calendar's file")
            .with(&["preview"])
            .takes::<calendar_import::CalendarFile>()
            .answers::<calendar_import::CalendarImport>()
            .by(calendar_import::import),
        get("/workload", "getWorkload", "Who of some people has how much to do on which day")
            .with(&["members", "department", "team", "day", "days"])
            .answers::<workload::WorkloadBoard>()
            .by(workload::get),
        get("/divisions", "listDivisions", "Provinces, cities, districts and streets of China")
            .with(&["parent", "depth"])
            .answers::<Items<divisions::Division>>()
            .by(divisions::list),
        post("/addresses/split", "splitAddress", "The parts of an address written in one line")
            .takes::<split_address::AddressLine>()
            .answers::<split_address::AddressParts>()
            .by(split_address::split),
        get("/events", "listEvents", "Changes in order, resumable for ever")
            .with(&["after", "limit", "objects"])
            .answers::<events::EventPage>()
            .by(events::events),
        get("/events/stream", "streamEvents", "The same as server-sent events; the data of each is an Event")
            .with(&["after", "objects"])
            .answers_bytes(&["text/event-stream"])
            .by(event_stream::stream),
        get("/live", "openLive", "Open the socket of live news; its messages are LiveRequest and LiveMessage, as JSON text")
            .switches::<crate::live::FromClient, crate::live::ToClient>()
            .by(live::open),
    ]
}

/// Files: their bytes, versions and links.
fn files() -> Vec<Route> {
    vec![
        post("/files", "uploadFile", "Upload a file")
            .with(&["content-disposition"])
            .takes_bytes()
            .creates::<upload_file::UploadedFile>()
            .by(upload_file::upload),
        get("/files/{id}", "downloadFile", "Its content").with(&["inline", "version"]).answers_bytes(&["*/*"]).by(download_file::download),
        get("/files/{id}/preview", "previewFile", "What a text, a table or a presentation says")
            .with(&["version", "sheet"])
            .answers::<FilePreview>()
            .by(file_preview::get),
        get("/files/{id}/versions", "listFileVersions", "What it holds and held, the newest first")
            .answers::<file_versions::FileVersions>()
            .by(file_versions::list),
        post("/files/{id}/versions", "replaceFile", "Another content for it; its id and what names it stay")
            .with(&["content-disposition"])
            .takes_bytes()
            .creates::<upload_file::UploadedFile>()
            .by(file_versions::add),
        post("/files/{id}/versions/{number}/restore", "restoreFileVersion", "Back to an older content")
            .answers::<upload_file::UploadedFile>()
            .by(file_versions::restore),
        get("/files/{id}/links", "listFileLinks", "Links that open it to whoever has them").answers::<file_links::FileLinks>().by(file_links::list),
        post("/files/{id}/links", "makeFileLink", "Make a link; it is told once")
            .takes::<file_links::WantedLink>()
            .creates::<file_links::MadeFileLink>()
            .by(file_links::make),
        delete("/files/{id}/links/{link}", "revokeFileLink", "Make a link void").by(file_links::revoke),
        post("/linked-file", "lookAtLinkedFile", "What a link opens")
            .takes::<linked_file::FileLinkToken>()
            .answers::<linked_file::LinkedFile>()
            .for_everyone()
            .by(linked_file::look),
        post("/linked-file/content", "downloadLinkedFile", "Its content, by a link")
            .takes::<linked_file::FileLinkToken>()
            .answers_bytes(&["*/*"])
            .for_everyone()
            .by(linked_file::content),
    ]
}

/// Imports and exports.
fn transfers() -> Vec<Route> {
    vec![
        post("/imports", "uploadImport", "Upload a table to import")
            .with(&["into", "sheet", "file-name"])
            .takes_bytes()
            .creates::<upload_import::ImportUpload>()
            .by(upload_import::upload),
        get("/imports", "listImports", "Imports, newest first: your own, all of them for administrators")
            .with(&["object", "import-state", "group", "schedule", "limit-200", "cursor"])
            .answers::<Page<ToldImport>>()
            .by(import_list::list),
        post("/imports/from-rows", "pushImport", "Rows of a program as an import")
            .takes::<push_import::ImportedRows>()
            .creates::<upload_import::ImportUpload>()
            .by(push_import::push),
        post("/imports/uploads", "beginImportUpload", "Begin a file that comes in pieces")
            .takes::<import_uploads::NewImportUpload>()
            .creates::<import_uploads::ImportUploadProgress>()
            .by(import_uploads::begin),
        get("/imports/uploads/{id}", "getImportUpload", "How much of it came")
            .answers::<import_uploads::ImportUploadProgress>()
            .by(import_uploads::get),
        post("/imports/uploads/{id}/pieces", "sendImportPiece", "Its next piece")
            .with(&["offset"])
            .takes_bytes()
            .answers::<import_uploads::ImportUploadProgress>()
            .by(import_uploads::piece),
        post("/imports/uploads/{id}/finish", "finishImportUpload", "All of it came: it becomes an import")
            .creates::<upload_import::ImportUpload>()
            .by(import_uploads::finish),
        delete("/imports/uploads/{id}", "giveUpImportUpload", "Give it up").by(import_uploads::give_up),
        post("/imports/schedules/{id}/connection", "setImportConnection", "The database that a regular import asks")
            .takes::<import_schedules::ImportConnection>()
            .by(import_schedules::connect),
        post("/imports/schedules/{id}/run", "runImportSchedule", "Fetch it now").by(import_schedules::run),
        get("/imports/mappings", "listImportMappings", "Mappings that can be used again: saved ones, and those for exports of other systems")
            .with(&["into", "import"])
            .answers::<Items<KnownMapping>>()
            .by(import_mappings::list),
        get("/imports/{id}/rows", "listImportRows", "Rows of an import that something is to be told of")
            .with(&["only", "after-row", "limit", "field", "code", "part"])
            .answers::<ToldRows>()
            .by(import_rows::list),
        patch("/imports/{id}/rows/{row}", "fixImportRow", "Change cells of a row, or leave it out")
            .takes::<RowFix>()
            .answers::<ToldRow>()
            .by(import_rows::fix),
        delete("/imports/{id}/rows/{row}", "resetImportRow", "A row back to what the file says").answers::<ToldRow>().by(import_rows::reset),
        get("/imports/{id}/guess", "guessImport", "What the columns of a table seem to be, in any object")
            .with(&["import-object"])
            .answers::<import_try::ImportGuess>()
            .by(import_try::guess),
        post("/imports/{id}/try", "tryImport", "What the first cells of a column become")
            .takes::<TryAsked>()
            .answers::<Tries>()
            .by(import_try::try_cells),
        post("/imports/{id}/pause", "pauseImport", "Halt it; run goes on with it").answers::<ToldImport>().by(imports::pause),
        get("/imports/{id}", "getImport", "How far an import has come").answers::<ToldImport>().by(imports::get),
        post("/imports/{id}/plan", "planImport", "What an import would do")
            .takes::<ImportPlan>()
            .answers::<imports::ImportPreview>()
            .by(imports::plan),
        post("/imports/{id}/run", "runImport", "Begin it, go on with it, or try again what was refused")
            .takes::<imports::ImportRun>()
            .begins::<ToldImport>()
            .by(imports::run),
        post("/imports/{id}/cancel", "cancelImport", "End it").answers::<ToldImport>().by(imports::cancel),
        get("/imports/{id}/rejected", "getRejectedRows", "The rows refused, with the reason").answers_bytes(&["text/csv"]).by(imports::rejected),
        get("/records/{object}/export/terms", "getExportTerms", "How many records an export would have, and what holds for it")
            .with(&["filter", "q"])
            .answers::<ExportTerms>()
            .by(export_records::terms),
        get("/records/{object}/export", "exportRecords", "Records as a file").with(EXPORT).answers_bytes(EXPORTED).by(export_records::export),
    ]
}

/// What rights there are, what they come from, what a change of them would do, and who did what.
fn rights() -> Vec<Route> {
    vec![
        get("/roles", "listRoles", "All roles with their rights").answers::<Items<rights::StoredRole>>().by(rights::roles),
        get("/me/rights", "getMyRights", "My roles, where they come from, until when, and what they open")
            .answers::<held_rights::ToldRights>()
            .by(held_rights::mine),
        get("/users/{id}/rights", "getRightsOf", "A member's roles and what they open")
            .answers::<held_rights::ToldRights>()
            .by(held_rights::of_member),
        get("/rights/holders", "listHolders", "Who holds which role, where, from when and until when")
            .with(&["member", "role", "department", "ending", "cursor", "limit"])
            .answers::<Page<held_rights::ToldHolder>>()
            .by(held_rights::holders),
        get("/rights/holders/export", "exportHolders", "The same as a file, by role held or by kind of record opened")
            .with(&["member", "role", "department", "ending", "table-format", "by"])
            .answers_bytes(&["text/csv", "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"])
            .by(held_rights::export),
        get("/audit", "listAudit", "Who did what, newest first")
            .with(&["from", "until", "actor", "verb", "object", "record", "cursor", "limit-200"])
            .answers::<Page<audit::ToldEntry>>()
            .by(audit::list),
        get("/audit/export", "exportAudit", "The audit log as CSV, oldest first")
            .with(&["from", "until", "actor", "verb", "object", "record"])
            .answers_bytes(&["text/csv"])
            .by(audit::export),
        get("/audit/verify", "verifyAudit", "Whether the audit log is as it was written").answers::<Verification>().by(audit::verify),
        get("/sharing-rules", "listSharingRules", "All sharing rules").answers::<Items<SharingRule>>().by(rights::sharing_rules),
        post("/rights/simulate", "simulateRights", "Who would gain or lose which records by a change of roles or sharing rules")
            .takes::<rights::TriedChanges>()
            .answers::<Simulation>()
            .by(rights::simulate),
        get("/records/{object}/{id}/access", "explainAccess", "What a member may do with a record and why")
            .with(&["member"])
            .answers::<rights::ToldExplanation>()
            .by(rights::explain),
        get("/records/{object}/{id}/viewers", "listViewers", "Who may see a record and why")
            .with(&["cursor"])
            .answers::<Page<rights::ToldViewer>>()
            .by(rights::viewers),
        get("/records/{object}/{id}/shares", "listShares", "With whom a record is shared").answers::<Items<shares::ToldShare>>().by(shares::list),
        post("/records/{object}/{id}/shares", "addShare", "Share a record")
            .takes::<shares::WantedShare>()
            .creates::<Items<shares::ToldShare>>()
            .by(shares::add),
        delete("/records/{object}/{id}/shares/{kind}/{principal}", "removeShare", "End a share").by(shares::remove),
        post("/records/{object}/{id}/merge", "mergeRecords", "Make one record of several; this one stays")
            .with(&["dry_run"])
            .takes::<merge_records::WantedMerge>()
            .answers::<merge_records::MergeResult>()
            .by(merge_records::merge),
        get("/records/{object}/{id}/merges", "listMerges", "The records that became part of this one")
            .answers::<Items<merge_records::ToldMerge>>()
            .by(merge_records::list),
        get("/records/{object}/{id}/provenance", "listProvenance", "Where the values of a record come from")
            .answers::<Items<record_provenance::ToldSource>>()
            .by(record_provenance::list),
        get("/records/{object}/{id}/lock", "getRecordLock", "Whether a record is locked").answers::<record_lock::ToldState>().by(record_lock::look),
        post("/records/{object}/{id}/lock", "lockRecord", "Lock a record")
            .takes::<record_lock::WantedLock>()
            .creates::<record_lock::ToldState>()
            .by(record_lock::lock),
        delete("/records/{object}/{id}/lock", "releaseRecord", "Release a locked record").by(record_lock::release),
    ]
}

/// Definitions, jobs, members, workspaces, the API itself.
fn administration() -> Vec<Route> {
    vec![
        get("/openapi.json", "getOpenApi", "This document, as far as the caller may know").answers::<AnyJson>().by(openapi::get),
        get("/schema/objects", "listDefinitions", "Definitions of all objects").answers::<schema::StoredObjects>().by(schema::objects),
        get("/schema/objects/{object}", "getDefinition", "Definition of one").answers::<schema::StoredObject>().by(schema::object),
        post("/schema/plan", "planDefinitions", "What changes of definitions would do")
            .takes::<schema::SchemaChanges>()
            .answers::<schema::ToldPlan>()
            .by(schema::plan),
        post("/schema/apply", "applyDefinitions", "Change definitions")
            .takes::<schema::SchemaChanges>()
            .answers::<schema::AppliedSchema>()
            .by(schema::apply),
        get("/packs", "listPacks", "Industry packs: installed, offered, and those that cannot be read").answers::<packs::ToldPacks>().by(packs::list),
        get("/packs/{pack}", "getPack", "One of them, with what it brings").answers::<packs::ToldPack>().by(packs::get),
        post("/packs/{pack}/plan", "planPack", "What installing, upgrading or removing it would do")
            .takes::<packs::WantedPlan>()
            .answers::<packs::PackPlan>()
            .by(packs::plan),
        post("/packs/{pack}/apply", "installPack", "Install it, or bring it to the version offered")
            .takes::<packs::WantedPack>()
            .answers::<schema::AppliedSchema>()
            .by(packs::apply),
        delete("/packs/{pack}", "removePack", "Remove it with its records").with(&["accept_loss"]).by(packs::remove),
        get("/jobs", "listJobs", "Background jobs").with(&["state", "limit-200"]).answers::<jobs::JobQueue>().by(jobs::list),
        post("/jobs/{id}/retry", "retryJob", "Give a dead job another chance").by(jobs::retry),
        get("/workspace", "getWorkspace", "Settings of the company").answers::<workspace::WorkspaceSettings>().by(workspace::get),
        patch("/workspace", "changeWorkspace", "Change settings of the company")
            .takes::<ChangedSettings>()
            .answers::<workspace::WorkspaceSettings>()
            .by(workspace::change),
        get("/workspaces", "listWorkspaces", "Workspaces of this server").answers::<Items<workspaces::WorkspaceEntry>>().by(workspaces::list),
        post("/workspaces", "addWorkspace", "Make a workspace")
            .takes::<workspaces::NewWorkspace>()
            .creates::<workspaces::MadeWorkspace>()
            .by(workspaces::create),
        delete("/workspaces/{id}", "removeWorkspace", "Remove a workspace with everything in it").by(workspaces::remove),
    ]
}

async fn unknown() -> ApiFailure {
    of_status(StatusCode::NOT_FOUND).into()
}

async fn wrong_method() -> axum::response::Response {
    ApiFailure::from(of_status(StatusCode::METHOD_NOT_ALLOWED)).into_response()
}
