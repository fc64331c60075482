//! kill -9 in the middle of writing: what was acknowledged is there, once, with its event, its history and its audit row;
//! batches are there whole or not at all, roll-ups are what a recount says, and an import goes on where it stood.

use std::collections::{BTreeMap, HashMap};
use std::sync::Mutex;
use std::sync::atomic::{AtomicBool, AtomicUsize, Ordering};

use serde_json::{Value as Json, json};

use crate::database::{connect, with_database};
use crate::process::{HttpClient, Server};

/// Writers at once.
const WRITERS: usize = 4;
/// Acknowledged writes before the axe falls.
const BEFORE_THE_KILL: usize = 60;
/// How often.
const CYCLES: usize = 3;

/// Rows of the import that is under way when the axe falls.
const ROWS: usize = 20_000;

/// What the server said it had done: the name and version of each record.
type Ledger = Mutex<BTreeMap<String, (String, i64)>>;

/// Writes until the server is gone. Notes only what was acknowledged.
fn write_until_killed(client: &HttpClient, cycle: usize, writer: usize, ledger: &Ledger, acknowledged: &AtomicUsize, over: &AtomicBool) {
    for count in 0.. {
        if over.load(Ordering::SeqCst) {
            return;
        }
        let name = format!("公司 {cycle}-{writer}-{count}");
        let Ok((status, made)) = client.call("POST", "/records/account", &json!({ "name": name })) else { return };
        assert_eq!(status, 201, "{made}");
        let id = made["id"].as_str().unwrap().to_owned();
        ledger.lock().unwrap().insert(id.clone(), (name.clone(), 1));
        acknowledged.fetch_add(1, Ordering::SeqCst);
        if count % 3 == 0 {
            let name = format!("{name} 改");
            let Ok((status, changed)) = client.call("PATCH", &format!("/records/account/{id}"), &json!({ "name": name })) else { return };
            assert_eq!(status, 200, "{changed}");
            ledger.lock().unwrap().insert(id.clone(), (name, 2));
        }
        if count % 4 == 0 {
            let pair = [1, 2].map(|it| json!({ "op": "create", "values": { "name": "Pair Person", "account": id, "email": format!("p{it}-{cycle}-{writer}-{count}@x.example") } }));
            let batch = json!({ "mode": "all_or_nothing", "operations": pair });
            let Ok((status, made)) = client.call("POST", "/records/contact/batch", &batch) else { return };
            assert_eq!(status, 200, "{made}");
        }
    }
}

/// Two people made together are there together, and their company counts them.
fn check_batches(client: &HttpClient) {
    let mut pairs: HashMap<String, usize> = HashMap::new();
    let mut counted: HashMap<String, i64> = HashMap::new();
    for person in all(client, "/records/contact", "&sort=id&fields=email,account") {
        // `p1-...` and `p2-...`; those of the import begin otherwise.
        if let Some((_, rest)) = person["email"].as_str().and_then(|it| it.strip_prefix('p')?.split_once('-')) {
            *pairs.entry(rest.to_owned()).or_default() += 1;
        }
        if let Some(account) = person["account"]["id"].as_str() {
            *counted.entry(account.to_owned()).or_default() += 1;
        }
    }
    assert!(pairs.values().all(|it| *it == 2), "a batch is there in part: {pairs:?}");
    for account in all(client, "/records/account", "&sort=id&fields=name,contact_count") {
        let expected = counted.get(account["id"].as_str().unwrap()).copied().unwrap_or_default();
        assert_eq!(account["contact_count"].as_i64(), Some(expected), "{account}");
    }
}

/// Starts an import that is not done when the axe falls; answers its address.
fn start_import(client: &HttpClient, rows: usize) -> String {
    let table: String = (0..rows).map(|it| format!("Person {it},i{it}@x.example\n")).collect();
    let mut uploading = client.clone();
    uploading.headers.push(("content-disposition".into(), "attachment; filename=\"people.csv\"".into()));
    let (status, _, body) = uploading.exchange("POST", "/api/v1/imports?object=contact", &format!("name,email\n{table}")).unwrap();
    assert_eq!(status, 201, "{body}");
    let up: Json = serde_json::from_str(&body).unwrap();
    let path = format!("/imports/{}", up["id"].as_str().unwrap());
    let mapping: Vec<Json> = up["columns"].as_array().unwrap().iter().map(|it| json!({ "column": it["index"], "field": it["field"] })).collect();
    assert_eq!(client.call("POST", &format!("{path}/plan"), &json!({ "mapping": mapping, "match": null })).unwrap().0, 200);
    assert_eq!(client.call("POST", &format!("{path}/run"), &json!({})).unwrap().0, 202);
    path
}

/// What the import has noted is what is there; it comes to its end, each row once.
fn check_import(client: &HttpClient, path: &str) {
    let told = crate::wait::until(|| Some(client.get(path)).filter(|it| it["state"] != "running"));
    assert_eq!((&told["state"], &told["counts"]["create"]), (&json!("done"), &json!(ROWS)), "{told}");
    let found = client.get("/records/contact?count=exact&limit=1&filter=email.startsWith(%22i%22)");
    assert_eq!(found["count"]["value"], json!(ROWS), "each row once");
    let job = client.get("/jobs?limit=200")["items"].as_array().unwrap().iter().find(|it| it["kind"] == "import.run").cloned().unwrap();
    assert_eq!(job["state"], "done", "{job}");
}

fn all(client: &HttpClient, path: &str, more: &str) -> Vec<Json> {
    let (mut items, mut cursor) = (Vec::new(), String::new());
    loop {
        let page = client.get(&format!("{path}?limit=500{more}{cursor}"));
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        match page["next_cursor"].as_str() {
            Some(next) => cursor = format!("&cursor={next}"),
            None => return items,
        }
    }
}

fn events(client: &HttpClient) -> Vec<Json> {
    let (mut items, mut after) = (Vec::new(), 0);
    loop {
        let page = client.get(&format!("/events?after={after}&limit=500&objects=account"));
        items.extend(page["items"].as_array().unwrap().iter().cloned());
        let (next, head) = (page["next"].as_i64().unwrap(), page["head"].as_i64().unwrap());
        if next <= after || next >= head {
            return items;
        }
        after = next;
    }
}

/// Every acknowledged write is there once; nothing is there half.
fn check(client: &HttpClient, ledger: &Ledger, audit: &dyn Fn() -> HashMap<String, usize>) {
    let ledger = ledger.lock().unwrap();
    let mut records: HashMap<String, Json> = HashMap::new();
    for record in all(client, "/records/account", "&sort=id&fields=name") {
        assert!(records.insert(record["id"].as_str().unwrap().to_owned(), record).is_none(), "a record stands in the list twice");
    }
    let mut told: HashMap<(String, i64), usize> = HashMap::new();
    let mut changes: HashMap<String, usize> = HashMap::new();
    for event in events(client) {
        *told.entry((event["id"].as_str().unwrap().to_owned(), event["version"].as_i64().unwrap())).or_default() += 1;
        *changes.entry(event["change_id"].as_str().unwrap().to_owned()).or_default() += 1;
    }
    for (id, (name, version)) in ledger.iter() {
        let record = records.get(id).unwrap_or_else(|| panic!("{name} was acknowledged and is gone"));
        // A change that was carried out but not acknowledged any more may have followed.
        assert!(record["version"].as_i64().unwrap() >= *version, "{name}: {record}");
        for version in 1..=*version {
            assert_eq!(told.get(&(id.clone(), version)), Some(&1), "the event of {name}, version {version}");
        }
    }
    // The route is asked of some: it reads what was told above.
    for (id, (name, version)) in ledger.iter().step_by(10) {
        let history = client.get(&format!("/records/account/{id}/history"));
        let versions: Vec<i64> = history["items"].as_array().unwrap().iter().map(|it| it["version"].as_i64().unwrap()).collect();
        assert!((1..=*version).all(|it| versions.contains(&it)), "the history of {name}: {history}");
    }
    check_batches(client);
    for (id, record) in &records {
        for version in 1..=record["version"].as_i64().unwrap() {
            assert_eq!(told.get(&(id.clone(), version)), Some(&1), "every version of every record has its event");
        }
    }
    assert_eq!(
        told.len(),
        records.values().map(|it| usize::try_from(it["version"].as_i64().unwrap()).unwrap()).sum::<usize>(),
        "no event without its record"
    );
    let audit = audit();
    for change in changes.keys() {
        assert_eq!(audit.get(change), Some(&1), "the audit row of change {change}");
    }
}

fn survive(data: &std::path::Path, settings: &[(&str, &str)], audit: &dyn Fn() -> HashMap<String, usize>) {
    let ledger = Ledger::default();
    let mut import = None;
    for cycle in 0..CYCLES {
        let server = Server::start(data, settings);
        let client = if cycle == 0 { server.set_up() } else { server.sign_in() };
        check(&client, &ledger, audit);
        if cycle == CYCLES - 1 {
            import = Some(start_import(&client, ROWS));
        }
        let (acknowledged, over) = (AtomicUsize::new(0), AtomicBool::new(false));
        std::thread::scope(|scope| {
            for writer in 0..WRITERS {
                let (client, ledger, acknowledged, over) = (&client, &ledger, &acknowledged, &over);
                scope.spawn(move || write_until_killed(client, cycle, writer, ledger, acknowledged, over));
            }
            while acknowledged.load(Ordering::SeqCst) < BEFORE_THE_KILL + 17 * cycle {
                std::thread::yield_now();
            }
            server.kill();
            over.store(true, Ordering::SeqCst);
        });
    }
    let server = Server::start(data, settings);
    let client = server.sign_in();
    check_import(&client, &import.unwrap());
    check(&client, &ledger, audit);
    assert!(ledger.lock().unwrap().len() >= CYCLES * BEFORE_THE_KILL);
}

#[test]
fn sqlite_keeps_what_was_acknowledged() {
    let data = tempfile::tempdir().unwrap();
    let path = data.path().join("guanxi.db");
    survive(data.path(), &[], &|| {
        let connection = rusqlite::Connection::open_with_flags(&path, rusqlite::OpenFlags::SQLITE_OPEN_READ_ONLY).unwrap();
        let mut rows = connection.prepare("SELECT lower(hex(change)), count(*) FROM gx_audit WHERE change IS NOT NULL GROUP BY 1").unwrap();
        let rows = rows.query_map([], |row| Ok((dashed(&row.get::<_, String>(0)?), row.get::<_, i64>(1)?))).unwrap();
        rows.map(|it| it.map(|(change, count)| (change, usize::try_from(count).unwrap())).unwrap()).collect()
    });
    let connection = rusqlite::Connection::open(data.path().join("guanxi.db")).unwrap();
    assert_eq!(connection.query_row("PRAGMA integrity_check", [], |row| row.get::<_, String>(0)).unwrap(), "ok");
}

/// Rows of the import that is taken back.
const TAKEN_BACK: usize = 4_000;

#[test]
fn an_undo_that_is_killed_goes_on_where_it_stood() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[]);
    let client = server.set_up();
    let import = start_import(&client, TAKEN_BACK);
    let ended = crate::wait::until(|| Some(client.get(&import)).filter(|it| it["state"] != "running"));
    let undo = format!("/changes/{}/undo", ended["change_id"].as_str().unwrap());
    let (status, begun) = client.call("POST", &undo, &json!({})).unwrap();
    assert_eq!((status, &begun["total"]), (202, &json!(TAKEN_BACK)), "{begun}");
    crate::wait::until(|| Some(client.get(&undo)).filter(|it| it["done"].as_u64().unwrap() >= 400));
    server.kill();
    let server = Server::start(data.path(), &[]);
    let client = server.sign_in();
    let half = client.get(&import)["undo"].clone();
    assert_eq!(half["state"], "undoing", "{half}");
    let there = client.get("/records/contact?count=exact&limit=1")["count"]["value"].as_u64().unwrap();
    assert!(there > 0 && there <= TAKEN_BACK as u64 - half["undone"].as_u64().unwrap(), "in the middle: {half}, {there} left");
    let told = crate::wait::until(|| Some(client.get(&import)["undo"].clone()).filter(|it| it["state"] != "undoing"));
    assert_eq!((&told["state"], &told["undone"], &told["left"]), (&json!("undone"), &json!(TAKEN_BACK), &json!(0)), "{told}");
    assert_eq!(client.get("/records/contact?count=exact&limit=1")["count"]["value"], json!(0));
}

fn dashed(hex: &str) -> String {
    format!("{}-{}-{}-{}-{}", &hex[..8], &hex[8..12], &hex[12..16], &hex[16..20], &hex[20..])
}

#[test]
fn postgres_keeps_what_was_acknowledged() {
    with_database(|database| {
        let data = tempfile::tempdir().unwrap();
        survive(data.path(), &[("GUANXI_DATABASE_URL", &database.url)], &|| {
            database.runtime.block_on(async {
                let reader = connect(&database.url).await;
                let rows =
                    reader.query("SELECT change::text, count(*) FROM guanxi_main.gx_audit WHERE change IS NOT NULL GROUP BY 1", &[]).await.unwrap();
                rows.iter().map(|row| (row.get::<_, String>(0), usize::try_from(row.get::<_, i64>(1)).unwrap())).collect()
            })
        });
    });
}
