//! The engine's own tables. Described like any other, so that a store has one path for all.

use std::sync::{Arc, LazyLock};

use crate::store::{Column, Index, IndexRows, Storage, Table};

fn table(name: &str, primary_key: &[&str], columns: &[(&str, Storage, bool)], indexes: &[(&str, &[&str], bool)]) -> Arc<Table> {
    Arc::new(Table {
        name: name.to_owned(),
        columns: columns
            .iter()
            .map(|(name, storage, nullable)| Column { name: (*name).to_owned(), storage: *storage, nullable: *nullable })
            .collect(),
        primary_key: primary_key.iter().map(|it| (*it).to_owned()).collect(),
        identity: columns.first().is_some_and(|it| it.0 == "seq"),
        indexes: indexes
            .iter()
            .map(|(suffix, columns, unique)| Index {
                name: format!("{name}__{suffix}"),
                columns: columns.iter().map(|it| (*it).to_owned()).collect(),
                unique: *unique,
                rows: IndexRows::All,
            })
            .collect(),
    })
}

use Storage::{Bool, DateTime, Id, Int, Json, Text};

/// Settings of the workspace: `key`, `value`.
pub static SETTING: LazyLock<Arc<Table>> = LazyLock::new(|| table("gx_setting", &["key"], &[("key", Text, false), ("value", Json, true)], &[]));

/// Objects and fields the workspace added: `name`, `definition` (JSON of what was added), `updated_at`.
pub static DEFINITION: LazyLock<Arc<Table>> =
    LazyLock::new(|| table("gx_definition", &["name"], &[("name", Text, false), ("definition", Json, false), ("updated_at", DateTime, false)], &[]));

/// The event log. `changes` maps field names to `[old, new]`.
pub static EVENT: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_event",
        &["seq"],
        &[
            ("seq", Int, false),
            ("at", DateTime, false),
            ("actor", Id, false),
            ("kind", Text, false),
            ("object", Text, false),
            ("record", Id, true),
            ("version", Int, true),
            ("change", Id, false),
            ("changes", Json, true),
        ],
        &[("record", &["record", "seq"], false), ("change", &["change", "seq"], false)],
    )
});

/// The audit log: who did what, one row per operation. `hash` is over the row and the one before; NULL in rows from before
/// there was a chain.
pub static AUDIT: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_audit",
        &["seq"],
        &[
            ("seq", Int, false),
            ("at", DateTime, false),
            ("actor", Id, false),
            ("actor_name", Text, false),
            ("verb", Text, false),
            ("object", Text, true),
            ("record", Id, true),
            ("change", Id, true),
            ("records", Int, false),
            ("request_id", Text, false),
            ("detail", Json, true),
            ("hash", Text, true),
        ],
        &[("at", &["at", "seq"], false), ("actor", &["actor", "seq"], false)],
    )
});

/// Durable jobs.
pub static JOB: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_job",
        &["id"],
        &[
            ("id", Id, false),
            ("kind", Text, false),
            ("payload", Json, false),
            ("state", Text, false),
            ("run_at", DateTime, false),
            ("attempts", Int, false),
            ("max_attempts", Int, false),
            ("lease_owner", Text, true),
            ("lease_until", DateTime, true),
            ("unique_key", Text, true),
            ("last_error", Text, true),
            ("created_at", DateTime, false),
            ("finished_at", DateTime, true),
            ("actor", Id, false),
            ("progress", Json, true),
        ],
        &[("due", &["state", "run_at", "id"], false), ("unique", &["unique_key"], true)],
    )
});

/// How far each reader of the event log has come.
pub static CURSOR: LazyLock<Arc<Table>> = LazyLock::new(|| table("gx_cursor", &["name"], &[("name", Text, false), ("seq", Int, false)], &[]));

/// Counters of auto-numbers.
pub static COUNTER: LazyLock<Arc<Table>> = LazyLock::new(|| table("gx_counter", &["name"], &[("name", Text, false), ("value", Int, false)], &[]));

/// Password hashes.
pub static CREDENTIAL: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table("gx_credential", &["member"], &[("member", Id, false), ("password_hash", Text, false), ("updated_at", DateTime, false)], &[])
});

/// Sessions by the hash of their token. What was added later may be NULL, as every column added to a table of the
/// engine: such a session is over.
pub static SESSION: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_session",
        &["token_hash"],
        &[
            ("token_hash", Text, false),
            ("member", Id, false),
            ("csrf", Text, false),
            ("created_at", DateTime, false),
            ("seen_at", DateTime, false),
            ("expires_at", DateTime, false),
            ("id", Id, true),
            ("stage", Text, true),
            ("device", Text, true),
            ("address", Text, true),
            ("proved_at", DateTime, true),
            ("previous_hash", Text, true),
            ("renewed_at", DateTime, true),
            ("due", Bool, true),
            ("viewed", Id, true),
            ("provider", Id, true),
            ("provider_session", Text, true),
        ],
        &[("member", &["member"], false), ("previous", &["previous_hash"], false), ("there", &["provider_session"], false)],
    )
});

/// Tickets by the hash of their token: links sent out, and what a step of signing in leads on with. Single use.
pub static TICKET: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_ticket",
        &["token_hash"],
        &[
            ("token_hash", Text, false),
            ("kind", Text, false),
            ("member", Id, true),
            ("data", Json, true),
            ("created_at", DateTime, false),
            ("created_by", Id, false),
            ("expires_at", DateTime, false),
        ],
        &[("member", &["member", "kind"], false), ("expires", &["expires_at"], false)],
    )
});

/// Attempts to prove something, by digest of the account or the address: failures of late, and places somebody is known
/// from. `told`: somebody was told to wait since the last one.
pub static ATTEMPT: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_attempt",
        &["key"],
        &[("key", Text, false), ("kind", Text, false), ("count", Int, false), ("last", DateTime, false), ("told", Bool, false)],
        &[("last", &["kind", "last"], false)],
    )
});

/// Second factors. `handle` is by what a factor is found when nobody said whose it is; `step` the last one accepted of
/// those that count.
pub static FACTOR: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_factor",
        &["id"],
        &[
            ("id", Id, false),
            ("member", Id, false),
            ("kind", Text, false),
            ("name", Text, false),
            ("data", Json, false),
            ("handle", Text, true),
            ("step", Int, true),
            ("created_at", DateTime, false),
            ("used_at", DateTime, true),
        ],
        &[("member", &["member"], false), ("handle", &["handle"], true)],
    )
});

/// Recovery codes that are left, by hash.
pub static RECOVERY_CODE: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_recovery_code",
        &["member", "selector"],
        &[("member", Id, false), ("selector", Text, false), ("code_hash", Text, false), ("created_at", DateTime, false)],
        &[],
    )
});

/// Providers of identities. `secret` is sealed by the server.
pub static PROVIDER: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_provider",
        &["id"],
        &[
            ("id", Id, false),
            ("name", Text, false),
            ("enabled", Bool, false),
            ("settings", Json, false),
            ("secret", Text, true),
            ("created_at", DateTime, false),
            ("updated_at", DateTime, false),
        ],
        &[],
    )
});

/// Whom a provider of identities knows by which `subject`, as which member. `email` is the address it vouched for then.
pub static FOREIGN_IDENTITY: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_foreign_identity",
        &["provider", "subject"],
        &[
            ("provider", Id, false),
            ("subject", Text, false),
            ("member", Id, false),
            ("email", Text, false),
            ("created_at", DateTime, false),
            ("used_at", DateTime, true),
        ],
        &[("member", &["member"], false)],
    )
});

/// API keys by the hash of the secret.
pub static API_KEY: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_api_key",
        &["id"],
        &[
            ("id", Id, false),
            ("member", Id, false),
            ("name", Text, false),
            ("key_hash", Text, false),
            ("created_at", DateTime, false),
            ("expires_at", DateTime, true),
            ("used_at", DateTime, true),
            ("scope", Json, true),
        ],
        &[("hash", &["key_hash"], true), ("member", &["member"], false)],
    )
});

/// Answers given under an idempotency key.
pub static IDEMPOTENCY: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_idempotency",
        &["key"],
        &[("key", Text, false), ("body_hash", Text, false), ("status", Int, false), ("answer", Text, false), ("at", DateTime, false)],
        &[("at", &["at"], false)],
    )
});

/// What a member set for himself: language, theme, columns.
pub static PREFERENCE: LazyLock<Arc<Table>> =
    LazyLock::new(|| table("gx_preference", &["member"], &[("member", Id, false), ("value", Json, false)], &[]));

/// Imports with their state and report. `schedule` and `file_group` are the nil id where there is none, and NULL in rows from before
/// there were these columns.
pub static IMPORT: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_import",
        &["id"],
        &[
            ("id", Id, false),
            ("member", Id, false),
            ("object", Text, false),
            ("file_name", Text, false),
            ("state", Text, false),
            ("data", Json, false),
            ("created_at", DateTime, false),
            ("updated_at", DateTime, false),
            ("schedule", Id, true),
            ("file_group", Id, true),
        ],
        &[
            ("member", &["member", "created_at"], false),
            ("schedule", &["schedule", "created_at"], false),
            ("file_group", &["file_group", "created_at"], false),
        ],
    )
});

/// Changes that were taken back, or are about to be: `change` by the change `undo`, for `member`. `place` is the sequence of the
/// event that was taken back last, going down; `done` of `total` events; `data` what came of it.
pub static UNDO: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_undo",
        &["change"],
        &[
            ("change", Id, false),
            ("undo", Id, false),
            ("member", Id, false),
            ("state", Text, false),
            ("place", Int, false),
            ("done", Int, false),
            ("total", Int, false),
            ("data", Json, false),
            ("created_at", DateTime, false),
            ("updated_at", DateTime, false),
        ],
        &[],
    )
});

/// Rows of imports that something is to be told or kept of: `state` is `problem`, `fixed` or `left_out`; `attempt` the run that
/// refused it last, 0 for the dry run; `data` its cells, its problems and what people changed of it.
pub static IMPORT_ROW: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_import_row",
        &["import", "row"],
        &[("import", Id, false), ("row", Int, false), ("state", Text, false), ("attempt", Int, false), ("data", Json, false)],
        &[],
    )
});

/// Files of a scheduled folder that could not be used, each by its mark, with the mapping it was tried with and the reason.
pub static IMPORT_UNUSABLE: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_import_unusable",
        &["schedule", "source"],
        &[("schedule", Id, false), ("source", Text, false), ("mapping", Text, false), ("reason", Json, false)],
        &[],
    )
});

/// Exports that are made in the background, each its member's own. `content` is the hash of the file, for as long as it is kept; `data`
/// what was asked for, how far it has come, and what the member was when the file was made.
pub static EXPORT: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_export",
        &["id"],
        &[
            ("id", Id, false),
            ("member", Id, false),
            ("object", Text, false),
            ("state", Text, false),
            ("data", Json, false),
            ("content", Text, true),
            ("created_at", DateTime, false),
            ("updated_at", DateTime, false),
        ],
        &[("member", &["member", "created_at"], false), ("state", &["state", "updated_at"], false)],
    )
});

/// Which row of a file each record came from: a line per batch of a change, with the smallest and the largest id in it.
pub static IMPORT_ORIGIN: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_import_origin",
        &["change", "batch"],
        &[("change", Id, false), ("batch", Id, false), ("first", Id, false), ("last", Id, false), ("rows", Text, false)],
        &[],
    )
});

/// Records shared one by one. `principal` is whom (see `access::Principal`), `reason` why, `source` the record of
/// `source_object` it ends with.
pub static SHARE: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_share",
        &["id"],
        &[
            ("id", Id, false),
            ("object", Text, false),
            ("record", Id, false),
            ("principal", Text, false),
            ("level", Text, false),
            ("expires_at", DateTime, true),
            ("reason", Text, false),
            ("source", Id, true),
            ("granted_by", Id, false),
            ("created_at", DateTime, false),
            ("source_object", Text, true),
        ],
        &[
            ("reach", &["object", "principal", "level", "record"], false),
            ("record", &["record", "principal"], false),
            ("source", &["source"], false),
            ("expires", &["expires_at"], false),
        ],
    )
});

/// With whom records of which objects have ever been shared: `principal`, `object`. Spares those nobody shares with the
/// look into [`SHARE`].
pub static SHARED_OBJECT: LazyLock<Arc<Table>> =
    LazyLock::new(|| table("gx_shared_object", &["principal", "object"], &[("principal", Text, false), ("object", Text, false)], &[]));

/// Records that are locked, one by one. `except` are the members who may change one all the same.
pub static LOCK: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_lock",
        &["record"],
        &[
            ("record", Id, false),
            ("object", Text, false),
            ("reason", Text, false),
            ("except", Json, false),
            ("until", DateTime, true),
            ("locked_by", Id, false),
            ("locked_at", DateTime, false),
        ],
        &[("object", &["object"], false), ("until", &["until"], false)],
    )
});

/// Records that became part of another one ([`crate::write::merge`]): where their ids lead, by which change, and the shares
/// that went along, as a JSON list of ids.
pub static MERGED_RECORD: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_merged_record",
        &["record"],
        &[
            ("record", Id, false),
            ("object", Text, false),
            ("survivor", Id, false),
            ("change", Id, false),
            ("merged_by", Id, false),
            ("merged_at", DateTime, false),
            ("shares", Text, false),
        ],
        &[("survivor", &["survivor"], false), ("change", &["change"], false)],
    )
});

/// Records of an object that may mean the same, two by two: `smaller` and `larger` id, bits for it in thousandths, the group
/// they stand in and its place in the queue. `run` is the search that found them last; `state` is `open` or `different`.
pub static DUPLICATE: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_duplicate",
        &["smaller", "larger"],
        &[
            ("smaller", Id, false),
            ("larger", Id, false),
            ("object", Text, false),
            ("bits", Int, false),
            ("is_automatic", Bool, false),
            ("reasons", Json, false),
            ("cluster", Text, false),
            ("certainty", Int, false),
            ("state", Text, false),
            ("run", Id, false),
            ("found_at", DateTime, false),
            ("decided_by", Id, true),
            ("decided_at", DateTime, true),
        ],
        &[("queue", &["object", "state", "certainty", "cluster"], false), ("larger", &["larger"], false), ("cluster", &["cluster"], false)],
    )
});

/// Searches for duplicates among all records of an object: the last one of each, and how far the log has been followed since.
pub static DUPLICATE_SCAN: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_duplicate_scan",
        &["object"],
        &[
            ("object", Text, false),
            ("state", Text, false),
            ("done", Int, false),
            ("total", Int, false),
            ("records", Int, false),
            ("seq", Int, false),
            ("scanned_at", DateTime, true),
        ],
        &[],
    )
});

/// Links that open a file to whoever has them, by the hash of their token.
pub static FILE_LINK: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_file_link",
        &["id"],
        &[
            ("id", Id, false),
            ("file", Id, false),
            ("token_hash", Text, false),
            ("created_by", Id, false),
            ("created_at", DateTime, false),
            ("expires_at", DateTime, false),
            ("password_hash", Text, true),
            ("max_downloads", Int, true),
            ("downloads", Int, false),
            ("used_at", DateTime, true),
            ("revoked_at", DateTime, true),
        ],
        &[("token", &["token_hash"], true), ("file", &["file"], false), ("expires", &["expires_at"], false)],
    )
});

/// Texts that are edited together ([`crate::coedit`]): the document when its record was last in line with it, what the
/// record said then, and the last edit in it.
pub static DOCUMENT: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_document",
        &["record", "field"],
        &[
            ("record", Id, false),
            ("field", Text, false),
            ("object", Text, false),
            ("epoch", Id, false),
            ("state", Text, false),
            ("saved", Text, false),
            ("last_seq", Int, false),
            ("updated_at", DateTime, false),
        ],
        &[("updated", &["updated_at"], false)],
    )
});

/// Edits of such texts that their records do not have yet.
pub static DOCUMENT_EDIT: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_document_edit",
        &["seq"],
        &[
            ("seq", Int, false),
            ("record", Id, false),
            ("field", Text, false),
            ("object", Text, false),
            ("actor", Id, false),
            ("at", DateTime, false),
            ("data", Text, false),
        ],
        &[("record", &["record", "field", "seq"], false), ("at", &["at"], false)],
    )
});

/// Records that members opened, of those a circle counts ([`crate::openings`]): each once a day, by the day of the workspace.
pub static OPENING: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_opening",
        &["member", "day", "circle", "record"],
        &[("member", Id, false), ("day", Text, false), ("circle", Id, false), ("record", Id, false), ("at", DateTime, false)],
        &[("day", &["day"], false)],
    )
});

/// How each record stands by the rules of quality of its object ([`crate::quality`]): two sets of rules by their places in the
/// plan, as bits, and when time alone changes that.
pub static QUALITY_RECORD: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_quality_record",
        &["record"],
        &[("record", Id, false), ("object", Text, false), ("applies", Int, false), ("fails", Int, false), ("due_at", DateTime, true)],
        &[("due", &["object", "due_at"], false)],
    )
});

/// Rules a record breaks, and since when.
pub static QUALITY_FINDING: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_quality_finding",
        &["record", "rule"],
        &[("record", Id, false), ("rule", Id, false), ("object", Text, false), ("since", DateTime, false)],
        &[("rule", &["rule", "record"], false), ("object", &["object"], false)],
    )
});

/// By which rules the records of an object are judged, and how far that has come.
pub static QUALITY_PLAN: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_quality_plan",
        &["object"],
        &[
            ("object", Text, false),
            ("rules", Json, false),
            ("run", Id, false),
            ("state", Text, false),
            ("done", Int, false),
            ("total", Int, false),
            ("judged_at", DateTime, true),
        ],
        &[],
    )
});

/// What quality was on a day: of the records of an object that one member had in one department (nil ids for nobody), how many rules
/// applied and were broken, by rule.
pub static QUALITY_DAY: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_quality_day",
        &["object", "day", "department", "owner"],
        &[
            ("object", Text, false),
            ("day", Text, false),
            ("department", Id, false),
            ("owner", Id, false),
            ("records", Int, false),
            ("rules", Json, false),
        ],
        &[("day", &["day"], false)],
    )
});

/// What set fields of records, where it was not typing ([`crate::provenance`]): a row for each change that a record still has values
/// of, with their names between bars.
pub static FIELD_SOURCE: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_field_source",
        &["record", "change"],
        &[("record", Id, false), ("change", Id, false), ("kind", Text, false), ("at", DateTime, false), ("fields", Text, false)],
        &[("change", &["change"], false)],
    )
});

/// Records an outside source is asked about in one go ([`crate::enrichment`]).
pub static ENRICHMENT_RUN: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_enrichment_run",
        &["id"],
        &[
            ("id", Id, false),
            ("source", Id, false),
            ("object", Text, false),
            ("member", Id, false),
            ("state", Text, false),
            ("terms", Json, false),
            ("change", Id, true),
            ("created_at", DateTime, false),
            ("ready_at", DateTime, true),
            ("failures", Int, true),
        ],
        &[("change", &["change"], false), ("state", &["state", "created_at"], false), ("member", &["member", "state"], false)],
    )
});

/// What a source answered about each record of a run, until that was written or dropped.
pub static ENRICHMENT_ANSWER: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_enrichment_answer",
        &["run", "record"],
        &[
            ("run", Id, false),
            ("record", Id, false),
            ("source", Id, false),
            ("position", Int, false),
            ("state", Text, false),
            ("reason", Text, true),
            ("values", Json, true),
            ("at", DateTime, false),
        ],
        &[("record", &["record"], false), ("source", &["source", "state"], false)],
    )
});

/// Words of Latin letters that records of an object have, for what was nearly typed ([`crate::search`]).
pub static KNOWN_WORD: LazyLock<Arc<Table>> =
    LazyLock::new(|| table("gx_known_word", &["word", "object"], &[("word", Text, false), ("object", Text, false)], &[]));

/// What contents of files say, by their SHA-256, as far as it is kept for search; NULL of what says nothing that can be read.
/// `state` is `read`, `none` (a kind nothing is read of) or `failed`.
pub static FILE_TEXT: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_file_text",
        &["sha256"],
        &[("sha256", Text, false), ("state", Text, false), ("text", Text, true), ("reader", Int, false), ("read_at", DateTime, false)],
        &[],
    )
});

/// Browsers of members that take what is pushed to them, each bound to the session in which its holder said so. `endpoint` is
/// where its push service listens, `keys` what only the browser can open what is encrypted for.
pub static PUSH_SUBSCRIPTION: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_push_subscription",
        &["id"],
        &[
            ("id", Id, false),
            ("member", Id, false),
            ("session", Id, false),
            ("endpoint", Text, false),
            ("endpoint_hash", Text, false),
            ("keys", Json, false),
            ("device", Text, false),
            ("created_at", DateTime, false),
            ("used_at", DateTime, true),
            ("last_error", Text, true),
        ],
        &[("endpoint", &["endpoint_hash"], true), ("member", &["member"], false), ("session", &["session"], false)],
    )
});

/// Mobile numbers members confirmed as theirs, and those they are about to: `pending` holds the number, the hash of the code
/// and how often it was guessed.
pub static SMS_NUMBER: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_sms_number",
        &["member"],
        &[("member", Id, false), ("number", Text, true), ("confirmed_at", DateTime, true), ("pending", Json, true)],
        &[],
    )
});

/// Text messages handed to the gateway, or to be. Never what they say: that is worded when they are sent.
pub static SMS_MESSAGE: LazyLock<Arc<Table>> = LazyLock::new(|| {
    table(
        "gx_sms_message",
        &["id"],
        &[
            ("id", Id, false),
            ("member", Id, false),
            ("number", Text, false),
            ("purpose", Text, false),
            ("state", Text, false),
            ("attempts", Int, false),
            ("last_error", Text, true),
            ("news", Json, true),
            ("created_at", DateTime, false),
            ("sent_at", DateTime, true),
        ],
        &[("member", &["member", "created_at"], false), ("created", &["created_at", "id"], false)],
    )
});

/// All of them.
pub fn all() -> [&'static LazyLock<Arc<Table>>; 46] {
    [
        &SETTING,
        &DEFINITION,
        &EVENT,
        &AUDIT,
        &JOB,
        &CURSOR,
        &COUNTER,
        &CREDENTIAL,
        &SESSION,
        &TICKET,
        &ATTEMPT,
        &FACTOR,
        &RECOVERY_CODE,
        &PROVIDER,
        &FOREIGN_IDENTITY,
        &API_KEY,
        &IDEMPOTENCY,
        &PREFERENCE,
        &IMPORT,
        &IMPORT_ORIGIN,
        &IMPORT_ROW,
        &IMPORT_UNUSABLE,
        &UNDO,
        &EXPORT,
        &SHARE,
        &SHARED_OBJECT,
        &LOCK,
        &DUPLICATE,
        &DUPLICATE_SCAN,
        &MERGED_RECORD,
        &FILE_LINK,
        &DOCUMENT,
        &DOCUMENT_EDIT,
        &OPENING,
        &FIELD_SOURCE,
        &ENRICHMENT_RUN,
        &ENRICHMENT_ANSWER,
        &KNOWN_WORD,
        &FILE_TEXT,
        &QUALITY_RECORD,
        &QUALITY_FINDING,
        &QUALITY_PLAN,
        &QUALITY_DAY,
        &PUSH_SUBSCRIPTION,
        &SMS_NUMBER,
        &SMS_MESSAGE,
    ]
}
