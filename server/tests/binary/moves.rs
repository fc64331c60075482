//! Backups of one store brought into the other, and what is refused.

use std::path::Path;

use serde_json::{Value as Json, json};

use crate::database::{Database, with_database};
use crate::process::{HttpClient, PASSWORD, Server, fail, guanxi, succeed};

fn names(client: &HttpClient) -> Vec<String> {
    let items = client.get("/records/account?fields=name&sort=name&limit=100")["items"].clone();
    items.as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect()
}

fn create(client: &HttpClient, name: &str) {
    let (status, json) = client.call("POST", "/records/account", &json!({ "name": name })).unwrap();
    assert_eq!(status, 201, "{json}");
}

/// Words are found at once: a backup carries them.
fn found(client: &HttpClient, words: &str) -> Json {
    client.get(&format!("/search?q={words}"))["items"][0]["label"].clone()
}

fn schemas(database: &Database) -> Vec<String> {
    database.texts("SELECT nspname::text FROM pg_namespace WHERE nspname LIKE 'guanxi%' ORDER BY 1")
}

#[test]
fn a_company_moves_to_postgres_and_back_with_everything() {
    with_database(|database| {
        let (data, backups) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
        let (first, second) = (backups.path().join("first"), backups.path().join("second"));
        let (first, second) = (first.to_str().unwrap(), second.to_str().unwrap());
        let (moved, back) = (data.path().join("moved"), data.path().join("back"));
        let on_postgres = ["--database-url", &database.url];
        {
            let start = data.path().join("start");
            let server = Server::start(&start, &[]);
            let client = server.set_up();
            ["xinghe", "yinhe"].iter().for_each(|it| create(&client, it));
            let (status, json) = client.call("POST", "/workspaces", &json!({ "id": "exam", "name": "考试", "template": "main" })).unwrap();
            assert_eq!(status, 201, "{json}");
            std::fs::create_dir_all(start.join("files/ab/cd")).unwrap();
            std::fs::write(start.join("files/ab/cd/x"), "content").unwrap();
            succeed(&start, &["backup", first]);
        }
        let said = succeed(&moved, &["restore", first, on_postgres[0], on_postgres[1]]);
        assert!(said.contains("main: ") && said.contains("exam: "), "{said}");
        assert_eq!(schemas(database), ["guanxi_exam", "guanxi_main"]);
        assert_eq!(std::fs::read(moved.join("files/ab/cd/x")).unwrap(), b"content");
        {
            let server = Server::start(&moved, &[("GUANXI_DATABASE_URL", &database.url)]);
            let client = server.sign_in();
            assert_eq!((names(&client), found(&client, "xinghe")), (vec!["xinghe".to_owned(), "yinhe".into()], json!("xinghe")));
            let ids: Vec<Json> = client.get("/workspaces")["items"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
            assert_eq!(ids, ["main", "exam"]);
            create(&client, "zuihou");
            succeed(&moved, &["backup", second, on_postgres[0], on_postgres[1]]);
        }
        let copied: Vec<String> = std::fs::read_dir(second).unwrap().map(|it| it.unwrap().file_name().into_string().unwrap()).collect();
        assert!(copied.iter().all(|it| ["manifest.json", "guanxi.db", "workspaces", "files"].contains(&it.as_str())), "{copied:?}");
        succeed(&back, &["restore", second]);
        let server = Server::start(&back, &[]);
        let client = server.sign_in();
        assert_eq!((names(&client).len(), found(&client, "zuihou")), (3, json!("zuihou")));
        assert_eq!(std::fs::read(back.join("files/ab/cd/x")).unwrap(), b"content");
        assert!(guanxi(&back, &["doctor"]).status.success());
        let exam = server.client();
        let login = json!({ "email": "admin@test.example", "password": PASSWORD });
        assert_eq!(exam.at("/w/exam/api/v1/auth/login", &login), 200);

        let third = data.path().join("third");
        let said = fail(&third, &["restore", second, on_postgres[0], on_postgres[1]]);
        assert!(said.contains("the schema guanxi_exam is not empty"), "{said}");
        assert_eq!(schemas(database), ["guanxi_exam", "guanxi_main"], "what was there stays");
        assert!(!third.join("files").exists());
    });
}

/// Puts a file into a backup and the manifest right, as nothing of ours would.
fn plant(backup: &Path, name: &str, content: &[u8]) {
    use sha2::Digest as _;
    std::fs::write(backup.join(name), content).unwrap();
    let path = backup.join("manifest.json");
    let mut manifest: Json = serde_json::from_slice(&std::fs::read(&path).unwrap()).unwrap();
    let sha256 = sha2::Sha256::digest(content).iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"));
    manifest["files"][name] = json!({ "size": content.len(), "sha256": sha256 });
    std::fs::write(path, manifest.to_string()).unwrap();
}

/// Every way to spoil a backup, and what is said of it.
fn refusals(backup: &Path, mut refused: impl FnMut(&str)) {
    let path = backup.join("guanxi.db");
    let whole = std::fs::read(&path).unwrap();
    let manifest = std::fs::read(backup.join("manifest.json")).unwrap();
    let mut one_bit = whole.clone();
    one_bit[whole.len() / 2] ^= 1;
    std::fs::write(&path, &one_bit).unwrap();
    refused("guanxi.db is not what the manifest says");
    plant(backup, "guanxi.db", b"this is no database at all");
    refused("file is not a database");
    let mut torn = whole.clone();
    torn[4096 * 3..4096 * 6].fill(7);
    plant(backup, "guanxi.db", &torn);
    refused("guanxi.db: ");
    let strange = backup.parent().unwrap().join("strange.db");
    rusqlite::Connection::open(&strange).unwrap().execute_batch("CREATE TABLE shop (id INTEGER)").unwrap();
    plant(backup, "guanxi.db", &std::fs::read(&strange).unwrap());
    std::fs::remove_file(&strange).unwrap();
    refused("this is no workspace");
    plant(backup, "guanxi.db", &whole);
    let later = String::from_utf8(manifest.clone()).unwrap().replace(env!("CARGO_PKG_VERSION"), "99.0.0");
    std::fs::write(backup.join("manifest.json"), later).unwrap();
    refused("later than this one");
    std::fs::write(backup.join("manifest.json"), "{").unwrap();
    refused("manifest.json");
    std::fs::write(backup.join("manifest.json"), manifest).unwrap();
}

#[test]
fn a_damaged_or_foreign_backup_leaves_nothing_half_made() {
    let (data, backups) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let backup = backups.path().join("one");
    let source = backup.to_str().unwrap();
    succeed(data.path(), &["migrate"]);
    succeed(data.path(), &["backup", source]);
    let target = data.path().join("target");
    let nothing = |target: &Path| !target.exists() || std::fs::read_dir(target).unwrap().next().is_none();
    refusals(&backup, |reason| {
        let said = fail(&target, &["restore", source]);
        assert!(said.contains(reason) && nothing(&target), "{reason}: {said}");
    });
    with_database(|database| {
        let arguments = ["restore", source, "--database-url", &database.url];
        refusals(&backup, |reason| {
            let said = fail(&target, &arguments);
            assert!(said.contains(reason) && nothing(&target) && schemas(database).is_empty(), "{reason}: {said}");
        });
        // A database that gives out in the middle: a value that one store holds and the other does not.
        let path = backup.join("guanxi.db");
        let whole = std::fs::read(&path).unwrap();
        let connection = rusqlite::Connection::open(&path).unwrap();
        connection.execute_batch("INSERT INTO gx_setting (key, value) VALUES ('odd', '\"a\\u0000b\"')").unwrap();
        drop(connection);
        plant(&backup, "guanxi.db", &std::fs::read(&path).unwrap());
        let said = fail(&target, &arguments);
        assert!(nothing(&target) && schemas(database).is_empty(), "{said}");
        plant(&backup, "guanxi.db", &whole);
        succeed(&target, &arguments);
        assert_eq!(schemas(database), ["guanxi_main"]);
    });
    std::fs::create_dir_all(data.path().join("cut/.restoring")).unwrap();
    for command in [&["migrate"][..], &["restore", source]] {
        let said = fail(&data.path().join("cut"), command);
        assert!(said.contains("did not come to its end"), "{said}");
    }
}
