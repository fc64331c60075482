//! What is erased is nowhere any more: in no table of the database, in no file of the data folder.

use std::path::{Path, PathBuf};
use std::time::Duration;

use guanxi_kernel::store::{Condition, Select, StoreExt as _};
use guanxi_kernel::system_tables;
use guanxi_testkit::{Client, PASSWORD, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::imports::{path, upload};
use super::{make_account, path_of};

/// Whatever the workspace's tables hold.
fn every_table(server: &TestServer) -> String {
    let schema = server.workspace.schema();
    let objects = schema.objects.values();
    let links = objects.clone().flat_map(|it| it.fields.iter().filter_map(|it| it.link.clone()));
    let mut tables: Vec<_> = objects.clone().map(|it| it.table.clone()).chain(links).collect();
    tables.extend(system_tables::all().iter().map(|it| (**it).clone()));
    let rows = |table| server.workspace.store.read_with(|tx| Ok(tx.rows(&Select::all(table, Condition::True))?)).unwrap();
    tables.iter().map(|it| format!("{}: {:?}\n", it.name, rows(it))).collect()
}

fn files_below(folder: &Path) -> Vec<PathBuf> {
    let Ok(entries) = std::fs::read_dir(folder) else { return Vec::new() };
    let paths = entries.map(|it| it.unwrap().path());
    paths.flat_map(|it| if it.is_dir() { files_below(&it) } else { vec![it] }).collect()
}

/// The files beside the database that hold a word. The database's own pages are not text: its tables are read instead.
fn files_that_hold(server: &TestServer, word: &str) -> Vec<PathBuf> {
    let holds = |it: &PathBuf| {
        let is_database = it.file_name().is_some_and(|it| it.to_string_lossy().starts_with("guanxi.db"));
        !is_database && std::fs::read(it).unwrap().windows(word.len()).any(|it| it == word.as_bytes())
    };
    files_below(server.data_folder()).into_iter().filter(holds).collect()
}

/// Lets the contents that were uploaded be two hours old.
fn age_contents(server: &TestServer) {
    for path in files_below(&server.data_folder().join("files")) {
        let file = std::fs::File::options().write(true).open(path).unwrap();
        let then = file.metadata().unwrap().modified().unwrap() - Duration::from_secs(7_200);
        file.set_modified(then).unwrap();
    }
}

fn attach(client: &Client<'_>, name: &str, bytes: &[u8]) -> Json {
    let named = client.with_header("content-disposition", &format!("attachment; filename=\"{name}\""));
    named.post_bytes("/files", "application/pdf", bytes).expect(201)["id"].clone()
}

fn erase(admin: &Client<'_>, object: &str, record: &Json) {
    admin.delete(&format!("{}?permanent=true", path_of(object, record))).expect(204);
}

#[test]
fn what_was_erased_is_in_no_table_and_no_file() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let once = |key: &str| admin.with_header("idempotency-key", key);
        let account = once("a").post("/records/account", json!({ "name": "zebrafish" })).expect(201);
        once("b").patch(&path_of("account", &account), json!({ "name": "zebracorn" })).expect(200);
        let (old, new, other) = (
            attach(&admin, "zebra.pdf", b"%PDF-1.7 zebra one"),
            attach(&admin, "zebra.pdf", b"%PDF-1.7 zebra two"),
            attach(&admin, "ox.pdf", b"%PDF-1.7 ox"),
        );
        let note = admin.post("/records/note", json!({ "body": "zebra note", "account": account["id"], "attachment": old })).expect(201);
        admin.patch(&path_of("note", &note), json!({ "attachment": new })).expect(200);
        let kept = make_account(&admin, "ox");
        let shared = admin.post("/records/note", json!({ "body": "ox", "account": kept["id"], "attachment": other })).expect(201);
        let also = admin.post("/records/note", json!({ "body": "zebra too", "account": account["id"], "attachment": other })).expect(201);
        let table = "姓名,邮箱\nzebra person,zebra@x.example\nzebra other,zebra mail\n";
        let up = upload(&admin, "contact", "t.csv", table.as_bytes());
        let mapping = json!([{ "column": 0, "field": "name" }, { "column": 1, "field": "email" }]);
        admin.post(&path(&up, "/plan"), json!({ "mapping": mapping, "match": null })).expect(200);
        admin.post(&path(&up, "/run"), json!({})).expect(202);
        server.settle();
        let told = admin.get(&path(&up, "")).expect(200);
        assert_eq!((&told["counts"]["create"], &told["problems"][0]["value"]), (&json!(1), &json!("zebra mail")), "{told}");
        let contact = admin.get("/records/contact").expect(200)["items"][0].clone();
        age_contents(server);
        assert!(every_table(server).contains("zebra") && files_that_hold(server, "zebra").len() >= 4, "the test would find it");
        for (object, record) in [("note", &note), ("note", &also), ("account", &account), ("contact", &contact)] {
            erase(&admin, object, record);
        }
        server.settle();
        let tables = every_table(server);
        let line = tables.lines().find(|it| it.contains("zebra")).unwrap_or_default();
        assert!(line.is_empty(), "{line}");
        assert_eq!(files_that_hold(server, "zebra"), Vec::<PathBuf>::new());
        assert_eq!(admin.get("/search?q=zebra").expect(200)["items"], json!([]));
        once("a").post("/records/account", json!({ "name": "zebrafish" })).problem(409, "state_conflict");
        assert_eq!(admin.get("/records/account?count=exact").expect(200)["count"]["value"], 1, "carried out once all the same");
        let file = admin.get(&path_of("note", &shared)).expect(200)["attachment"]["id"].clone();
        assert_eq!(admin.get(&format!("/files/{}", file.as_str().unwrap())).bytes, b"%PDF-1.7 ox", "it hangs on another record too");
        let told = admin.get(&path(&up, "")).expect(200);
        assert_eq!((&told["counts"]["reject"], &told["problems"]), (&json!(1), &json!([])));
        admin.get(&path(&up, "/rejected")).problem(404, "not_found");
    });
}

#[test]
fn of_an_erased_member_nothing_is_kept_to_sign_in_with() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let member = server.add_member("zebra", &["sales"], server.department());
        let mut theirs = server.anonymous().with_header("user-agent", "zebra device");
        theirs.sign_in("zebra@test.example", PASSWORD).expect(200);
        theirs.patch("/me/preferences", json!({ "theme": "dark" }));
        erase(&admin, "user", &json!({ "id": member }));
        server.settle();
        theirs.get("/me").problem(401, "not_signed_in");
        for table in [&system_tables::CREDENTIAL, &system_tables::SESSION, &system_tables::PREFERENCE, &system_tables::API_KEY] {
            let rows = server.workspace.store.read_with(|tx| Ok(tx.rows(&Select::all(table, Condition::True))?)).unwrap();
            assert!(!format!("{rows:?}").contains(&member.to_string()), "{}: {rows:?}", table.name);
        }
        assert!(!every_table(server).contains("zebra@test.example"));
    });
}

#[test]
fn files_that_hang_nowhere_go_after_a_month_and_contents_without_an_entry_at_once() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let lone = attach(&admin, "lone.pdf", b"%PDF-1.7 lone");
        let late = attach(&admin, "late.pdf", b"%PDF-1.7 late");
        let orphan = server.data_folder().join("files/ab/cd").join(format!("abcd{}", "0".repeat(60)));
        std::fs::create_dir_all(orphan.parent().unwrap()).unwrap();
        std::fs::write(&orphan, "orphan").unwrap();
        let look = || guanxi_kernel::schedule::enqueue_due(&server.workspace.system_context(uuid::Uuid::nil(), "test")).unwrap();
        look();
        let day = || {
            server.clock.advance(24 * 3_600);
            look();
            server.settle();
        };
        day();
        assert!(orphan.exists(), "it came just now: its entry may come yet");
        age_contents(server);
        day();
        assert!(!orphan.exists());
        (0..20).for_each(|_| day());
        let account = make_account(&server.administrator(), "星河");
        let admin = server.administrator();
        let note = admin.post("/records/note", json!({ "body": "x", "account": account["id"], "attachment": late })).expect(201);
        (0..10).for_each(|_| day());
        let admin = server.administrator();
        let bytes_of = |it: &Json| format!("/files/{}", it.as_str().unwrap());
        admin.get(&bytes_of(&lone)).problem(404, "not_found");
        assert_eq!(admin.get(&bytes_of(&late)).status, 200, "attached after all");
        assert!(files_that_hold(server, "lone").is_empty());
        admin.patch(&path_of("note", &note), json!({ "attachment": null })).expect(200);
        (0..10).for_each(|_| day());
        assert_eq!(server.administrator().get(&bytes_of(&late)).status, 200, "who took it off may take that back");
    });
}
