//! A database as the last release left it: it opens with what was in it, and what came since works on it. What the last
//! release did not have is taken out of a new database, table by table and column by column.

use std::path::Path;

use serde_json::{Value as Json, json};

use crate::database::with_database;
use crate::process::{HttpClient, Server};

/// Tables of the engine that came since.
const ENGINE: [&str; 4] = ["gx_file_link", "gx_document", "gx_document_edit", "gx_undo"];
/// Objects that came since.
const OBJECTS: [&str; 15] = [
    "absence",
    "attendance",
    "calendar_copy",
    "checklist_item",
    "escalation_rule",
    "file_version",
    "handover",
    "holiday",
    "resource",
    "space",
    "space_file",
    "space_folder",
    "space_pin",
    "space_topic",
    "time_entry",
];
/// Fields that came since, of objects there were.
const FIELDS: [(&str, &[&str]); 2] = [
    (
        "activity",
        &[
            "calendar_uid",
            "regarding",
            "acceptance",
            "assigned_by",
            "assigned_at",
            "assignment_note",
            "handed_over_by",
            "decline_reason",
            "skill",
            "blockers",
            "checklist_total",
            "checklist_done",
            "estimate",
            "spent",
            "repeat_every",
            "repeat_interval",
            "repeat_days",
            "repeat_from",
            "repeat_until",
            "repeat_times",
            "occurrence",
            "series_start",
            "repeated",
            "previous_task",
            "escalated_at",
            "escalated_to",
            "escalated_hours",
            "handover",
        ],
    ),
    ("file", &["revised_by", "revised_at"]),
];
/// Links that came since.
const LINKS: [&str; 3] = ["l_activity__resources", "l_activity__watchers", "l_activity__depends_on"];

/// A database that statements can be put to.
trait Bare {
    /// The first column of a query's rows.
    fn texts(&self, sql: &str) -> Vec<String>;
    /// Runs a statement.
    fn run(&self, sql: &str);
    /// The columns of a table.
    fn columns(&self, table: &str) -> Vec<String>;
    /// The indexes over a column, by name.
    fn indexes_over(&self, table: &str, column: &str) -> Vec<String>;
    /// All tables.
    fn tables(&self) -> Vec<String>;
}

impl Bare for rusqlite::Connection {
    fn texts(&self, sql: &str) -> Vec<String> {
        let mut rows = self.prepare(sql).unwrap();
        rows.query_map([], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    }
    fn run(&self, sql: &str) {
        self.execute_batch(sql).unwrap_or_else(|error| panic!("{sql}: {error}"));
    }
    fn columns(&self, table: &str) -> Vec<String> {
        self.texts(&format!("SELECT name FROM pragma_table_info('{table}')"))
    }
    fn indexes_over(&self, table: &str, column: &str) -> Vec<String> {
        let over = "SELECT il.name FROM pragma_index_list('TABLE') il JOIN pragma_index_info(il.name) ii WHERE ii.name = 'COLUMN'";
        self.texts(&over.replace("TABLE", table).replace("COLUMN", column))
    }
    fn tables(&self) -> Vec<String> {
        self.texts("SELECT name FROM sqlite_master WHERE type = 'table' AND name NOT LIKE 'sqlite%'")
    }
}

struct Postgres<'a> {
    database: &'a crate::database::Database,
    schema: String,
}

impl Bare for Postgres<'_> {
    fn texts(&self, sql: &str) -> Vec<String> {
        self.database.texts(sql)
    }
    fn run(&self, sql: &str) {
        let sql = format!("SET search_path TO \"{}\"; {sql}", self.schema);
        self.database.runtime.block_on(async { crate::database::connect(&self.database.url).await.batch_execute(&sql).await.unwrap() });
    }
    fn columns(&self, table: &str) -> Vec<String> {
        let schema = &self.schema;
        self.texts(&format!("SELECT column_name::text FROM information_schema.columns WHERE table_schema = '{schema}' AND table_name = '{table}'"))
    }
    fn indexes_over(&self, _table: &str, _column: &str) -> Vec<String> {
        // They go with their columns.
        Vec::new()
    }
    fn tables(&self) -> Vec<String> {
        self.texts(&format!("SELECT tablename::text FROM pg_tables WHERE schemaname = '{}'", self.schema))
    }
}

/// Takes out of a database what the last release did not have. Answers the tables and columns that went.
fn make_older(database: &dyn Bare) -> (Vec<String>, Vec<(String, String)>) {
    let named: Vec<String> = ENGINE.iter().map(|it| (*it).to_owned()).chain(OBJECTS.map(|it| format!("o_{it}"))).collect();
    let linked = |it: &String| LINKS.contains(&it.as_str()) || OBJECTS.iter().any(|of| it.starts_with(&format!("l_{of}__")));
    let tables: Vec<String> = database.tables().into_iter().filter(|it| named.contains(it) || linked(it)).collect();
    assert!(named.iter().all(|it| tables.contains(it)), "{named:?}: {tables:?}");
    for table in &tables {
        database.run(&format!("DROP TABLE {table}"));
    }
    let mut columns = Vec::new();
    for (object, fields) in FIELDS {
        let table = format!("o_{object}");
        let all = database.columns(&table);
        for field in fields {
            let of_field: Vec<&String> = all.iter().filter(|it| *it == field || it.starts_with(&format!("{field}__"))).collect();
            assert!(!of_field.is_empty(), "{object}.{field}");
            for column in of_field {
                database.indexes_over(&table, column).iter().for_each(|it| database.run(&format!("DROP INDEX IF EXISTS {it}")));
                database.run(&format!("ALTER TABLE {table} DROP COLUMN {column}"));
                columns.push((table.clone(), column.clone()));
            }
        }
    }
    (tables, columns)
}

fn made(client: &HttpClient, object: &str, values: &Json) -> String {
    let (status, record) = client.call("POST", &format!("/records/{object}"), values).unwrap();
    assert_eq!(status, 201, "{record}");
    record["id"].as_str().unwrap().to_owned()
}

/// What there was: a customer with a task, an appointment and a note, on which a file hangs.
struct Before {
    account: String,
    task: String,
    meeting: String,
    note: String,
    file: String,
}

fn fill(client: &HttpClient) -> Before {
    let mut uploading = client.clone();
    uploading.headers.push(("content-disposition".into(), "attachment; filename=\"offer.txt\"".into()));
    let (status, _, up) = uploading.exchange("POST", &format!("{}/files", client.base), "first").unwrap();
    assert_eq!(status, 201, "{up}");
    let file = serde_json::from_str::<Json>(&up).unwrap()["id"].as_str().unwrap().to_owned();
    let account = made(client, "account", &json!({ "name": "博远食品有限公司" }));
    let task = json!({ "subject": "寄样册", "account": account, "due_at": "2030-01-01T10:00:00Z", "description": "三份" });
    let meeting = json!({ "subject": "评审会", "kind": "appointment", "account": account, "start_at": "2030-01-02T01:00:00Z", "all_day": true });
    Before {
        task: made(client, "activity", &task),
        meeting: made(client, "activity", &meeting),
        note: made(client, "note", &json!({ "body": "<p>报价</p>", "account": account, "attachment": file })),
        account,
        file,
    }
}

/// What there was is there as it was.
fn is_intact(client: &HttpClient, before: &Before) {
    let record = |object: &str, id: &str| client.get(&format!("/records/{object}/{id}"));
    assert_eq!(record("account", &before.account)["name"], "博远食品有限公司");
    let task = record("activity", &before.task);
    assert_eq!((&task["subject"], &task["description"], &task["status"]), (&json!("寄样册"), &json!("三份"), &json!("open")));
    assert_eq!((&task["account"]["id"], &task["acceptance"], &task["version"]), (&json!(before.account), &json!(null), &json!(1)));
    assert_eq!(record("activity", &before.meeting)["all_day"], true);
    let note = record("note", &before.note);
    assert_eq!((&note["body"], &note["attachment"]["name"]), (&json!("<p>报价</p>"), &json!("offer.txt")));
    let (status, _, bytes) = client.exchange("GET", &format!("{}/files/{}", client.base, before.file), "").unwrap();
    assert_eq!((status, bytes.as_str()), (200, "first"));
    let history = client.get(&format!("/records/activity/{}/history", before.task));
    assert_eq!(history["items"].as_array().unwrap().len(), 1, "{history}");
    let found = client.get(&format!("/records/activity?filter={}&count=exact", "account%20!%3D%20null"));
    assert_eq!(found["items"].as_array().unwrap().len(), 2, "{found}");
}

/// What came since works on what there was.
fn is_new(client: &HttpClient, before: &Before) {
    made(client, "checklist_item", &json!({ "task": before.task, "text": "装箱" }));
    let room = made(client, "resource", &json!({ "name": "望江厅" }));
    let change = |id: &str, values: Json| {
        let (status, changed) = client.call("PATCH", &format!("/records/activity/{id}"), &values).unwrap();
        assert_eq!(status, 200, "{changed}");
        changed
    };
    change(&before.meeting, json!({ "resources": [room] }));
    let successor = made(client, "activity", &json!({ "subject": "收款", "depends_on": [before.task] }));
    let task = change(&before.task, json!({ "repeat_every": "week", "repeat_times": 3, "estimate": 3_600 }));
    assert_eq!((&task["checklist_total"], &task["occurrence"]), (&json!(1), &json!(1)));
    assert_eq!(client.get(&format!("/records/activity/{successor}"))["blockers"], 1);
    let space = made(client, "space", &json!({ "name": "项目组" }));
    made(client, "space_topic", &json!({ "space": space, "title": "第一个话题" }));
    made(client, "absence", &json!({ "first_day": "2030-01-01", "last_day": "2030-01-02" }));
    let mut uploading = client.clone();
    uploading.headers.push(("content-disposition".into(), "attachment; filename=\"offer.txt\"".into()));
    let (status, _, up) = uploading.exchange("POST", &format!("{}/files/{}/versions", client.base, before.file), "second").unwrap();
    assert_eq!(status, 201, "{up}");
    let versions = client.get(&format!("/files/{}/versions", before.file));
    assert_eq!(versions["items"].as_array().unwrap().len(), 2, "{versions}");
    let made_at: jiff::Timestamp = task["updated_at"].as_str().unwrap().parse().unwrap();
    let expires = made_at + jiff::SignedDuration::from_hours(24);
    let (status, link) = client.call("POST", &format!("/files/{}/links", before.file), &json!({ "expires_at": expires })).unwrap();
    assert_eq!(status, 201, "{link}");
}

fn filled(data: &Path, settings: &[(&str, &str)]) -> Before {
    fill(&Server::start(data, settings).set_up())
}

/// Takes out of a filled database what the last release did not have, and opens it again.
fn goes_on(data: &Path, settings: &[(&str, &str)], database: &dyn Bare, before: &Before) {
    let (tables, columns) = make_older(database);
    assert!(tables.len() > 18 && columns.len() > 30, "{} tables, {} columns", tables.len(), columns.len());
    let server = Server::start(data, settings);
    let client = server.sign_in();
    is_intact(&client, before);
    is_new(&client, before);
    drop(server);
    let there = database.tables();
    assert!(tables.iter().all(|it| there.contains(it)), "{tables:?}");
    assert!(columns.iter().all(|(table, column)| database.columns(table).contains(column)), "{columns:?}");
}

#[test]
fn a_database_of_the_last_release_opens_with_all_that_was_in_it() {
    let data = tempfile::tempdir().unwrap();
    let before = filled(data.path(), &[]);
    let bare = rusqlite::Connection::open(data.path().join("guanxi.db")).unwrap();
    goes_on(data.path(), &[], &bare, &before);
}

#[test]
fn a_postgres_database_of_the_last_release_opens_with_all_that_was_in_it() {
    with_database(|database| {
        let data = tempfile::tempdir().unwrap();
        let settings = [("GUANXI_DATABASE_URL", database.url.as_str())];
        let before = filled(data.path(), &settings);
        let schema = database.texts("SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'guanxi%' ORDER BY 1").remove(0);
        goes_on(data.path(), &settings, &Postgres { database, schema }, &before);
    });
}
