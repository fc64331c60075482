//! The commands for whoever has the data folder.

use serde_json::json;

use crate::process::{Server, fail, guanxi, guanxi_told, succeed};

#[test]
fn a_table_goes_in_and_comes_out() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("客户.csv");
    std::fs::write(&file, "姓名,手机,邮箱,奇怪\n王伟,13812345678,wei@x.example,a\n李娜,123,na@x.example,b\n").unwrap();
    let file = file.to_str().unwrap();
    let dry = succeed(data.path(), &["import", file, "--object", "contact", "--dry-run"]);
    assert!(dry.contains("姓名 -> name") && dry.contains("1 would be created") && dry.contains("1 would be refused"), "{dry}");
    let done = succeed(data.path(), &["import", file, "--object", "contact", "--map", "奇怪=title", "--map", "2="]);
    assert!(done.contains("奇怪 -> title") && done.contains("2 created, 0 changed"), "{done}");
    let again = succeed(data.path(), &["import", file, "--object", "contact", "--match", "email", "--on-match", "fill"]);
    assert!(again.contains("0 created, 1 changed, 0 left as they are, 1 refused") && again.contains("row 3"), "{again}");
    let csv = succeed(data.path(), &["export", "--object", "contact", "--fields", "name,mobile,title", "--sort", "name"]);
    let lines: Vec<&str> = csv.trim_start_matches('\u{feff}').lines().collect();
    assert_eq!(lines.len(), 3, "{csv}");
    assert!(csv.contains("王伟,+8613812345678,a"), "{csv}");
    assert!(fail(data.path(), &["export", "--object", "nothing"]).contains("nothing"));
    assert!(fail(data.path(), &["import", file, "--object", "contact", "--map", "没有=title"]).contains("没有"));
    assert!(fail(data.path(), &["import", "missing.csv", "--object", "contact"]).contains("missing.csv"));
    assert!(fail(data.path(), &["import", file, "--object", "contact", "--user", "nobody@x.example"]).contains("nobody@x.example"));
}

#[test]
fn an_import_tells_what_is_there_already() {
    let data = tempfile::tempdir().unwrap();
    let write = |name: &str, text: &str| {
        let file = data.path().join(name);
        std::fs::write(&file, text).unwrap();
        file.to_str().unwrap().to_owned()
    };
    let leads = write("线索.csv", "姓名,手机,邮箱\n欧阳明,13812345678,ouyang@xinghe.example\n李娜,13955556666,na@y.example\n");
    let first = succeed(data.path(), &["import", &leads, "--object", "lead"]);
    assert!(first.contains("2 created") && !first.contains("there already"), "{first}");
    // A contact is compared with leads, too.
    let contacts = write("联系人.csv", "姓名,手机,邮箱\n欧阳明,13812345678,ouyang@xinghe.example\n周瑞,13700001111,zhou@z.example\n");
    let contact = |more: &[&str]| succeed(data.path(), &[&["import", &contacts, "--object", "contact"], more].concat());
    let dry = contact(&["--dry-run"]);
    assert!(dry.contains("1 of the first 2 new records likely are there already") && dry.contains("row 2: 欧阳明: lead 欧阳明 ("), "{dry}");
    let done = contact(&[]);
    assert!(done.contains("row 2: 欧阳明: lead 欧阳明 (") && done.contains("2 created"), "told, and done all the same: {done}");
    let unchecked = contact(&["--unchecked"]);
    assert!(!unchecked.contains("there already") && unchecked.contains("2 created"), "{unchecked}");
}

#[test]
fn a_backup_made_while_serving_comes_back_whole() {
    let (data, backups, empty) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = Server::start(data.path(), &[]);
    let client = server.set_up();
    client.call("POST", "/records/account", &json!({ "name": "星河" })).unwrap();
    std::fs::create_dir_all(data.path().join("files/ab/cd")).unwrap();
    std::fs::write(data.path().join("files/ab/cd/x"), "content").unwrap();
    let target = backups.path().join("one");
    let target = target.to_str().unwrap();
    assert!(succeed(data.path(), &["backup", target]).contains("2 files"));
    client.call("POST", "/records/account", &json!({ "name": "之后的" })).unwrap();
    drop(server);
    assert!(fail(data.path(), &["backup", target]).contains("is not empty"));
    assert!(fail(data.path(), &["restore", target]).contains("is not empty"));
    let restored = empty.path().join("data");
    succeed(&restored, &["restore", target]);
    assert_eq!(std::fs::read(restored.join("files/ab/cd/x")).unwrap(), b"content");
    let server = Server::start(&restored, &[]);
    let client = server.sign_in();
    let names = client.get("/records/account?fields=name")["items"].clone();
    assert_eq!((names.as_array().unwrap().len(), &names[0]["name"]), (1, &json!("星河")));
    drop(server);

    let second = empty.path().join("second");
    let content = std::path::Path::new(target).join("files/ab/cd/x");
    std::fs::write(&content, "Content").unwrap();
    assert!(fail(&second, &["restore", target]).contains("files/ab/cd/x is not what the manifest says"));
    std::fs::remove_file(&content).unwrap();
    assert!(fail(&second, &["restore", target]).contains("files/ab/cd/x is missing"));
    std::fs::write(&content, "content").unwrap();
    std::fs::write(std::path::Path::new(target).join("stranger"), "x").unwrap();
    assert!(fail(&second, &["restore", target]).contains("stranger is not in the manifest"));
    assert!(!second.join("guanxi.db").exists(), "nothing is restored from a damaged backup");
}

#[test]
fn the_doctor_finds_what_is_wrong() {
    let data = tempfile::tempdir().unwrap();
    let well = guanxi(data.path(), &["doctor"]);
    let said = String::from_utf8_lossy(&well.stdout).into_owned();
    for thing in ["settings", "database", "tables", "files", "jobs", "search"] {
        assert!(said.contains(&format!("ok       {thing}:")), "{said}");
    }
    let connection = rusqlite::Connection::open(data.path().join("guanxi.db")).unwrap();
    connection.execute_batch("CREATE TABLE o_stranger (id BLOB); ").unwrap();
    connection
        .execute("INSERT INTO gx_job (id, kind, payload, state, run_at, attempts, max_attempts, created_at, actor) VALUES (randomblob(16), 'x', '{}', 'dead', 0, 8, 8, 0, zeroblob(16))", [])
        .unwrap();
    let said = fail(data.path(), &["doctor"]);
    assert!(said.contains("trouble  tables: the table o_stranger belongs to no object") && said.contains("trouble  jobs: 1 jobs"), "{said}");
    assert!(fail(data.path(), &["doctor", "--listen"]).contains("--listen"));
}

#[test]
fn an_older_database_is_brought_up_to_date() {
    let data = tempfile::tempdir().unwrap();
    let first = succeed(data.path(), &["migrate"]);
    assert!(first.contains("objects, schema version") && first.contains("sqlite: up to date"), "{first}");
    let connection = rusqlite::Connection::open(data.path().join("guanxi.db")).unwrap();
    let older = "DROP TABLE gx_share; DROP TABLE gx_document; DROP TABLE gx_document_edit; ALTER TABLE gx_session DROP COLUMN provider; ALTER TABLE o_account DROP COLUMN description";
    connection.execute_batch(older).unwrap();
    assert_eq!(succeed(data.path(), &["migrate"]), first);
    let columns = |table: &str| -> Vec<String> {
        let mut rows = connection.prepare("SELECT name FROM pragma_table_info(?)").unwrap();
        rows.query_map([table], |row| row.get(0)).unwrap().map(Result::unwrap).collect()
    };
    for (table, column) in
        [("gx_share", "principal"), ("gx_document", "state"), ("gx_document_edit", "seq"), ("gx_session", "provider"), ("o_account", "description")]
    {
        assert!(columns(table).iter().any(|it| it == column), "{table}.{column}");
    }
    assert!(succeed(data.path(), &["doctor"]).contains("ok       tables:"));
}

#[test]
fn another_key_seals_every_secret_anew() {
    let folder = tempfile::tempdir().unwrap();
    let (data, keys) = (folder.path().join("data"), folder.path().join("data.key"));
    let secret = "a provider's secret";
    let server = Server::start(&data, &[]);
    let client = server.set_up();
    let settings = json!({ "kind": "oidc", "issuer": "https://id.example.com", "client_id": "crm", "signs_out": false, "new_members": null });
    let new = json!({ "name": "统一登录", "enabled": false, "settings": settings, "secret": secret });
    assert_eq!(client.call("POST", "/identity-providers", &new).unwrap().0, 201);
    drop(server);
    let sealed = || {
        let connection = rusqlite::Connection::open(data.join("guanxi.db")).unwrap();
        connection.query_row("SELECT secret FROM gx_provider", [], |row| row.get::<_, String>(0)).unwrap()
    };
    let lines = || std::fs::read_to_string(&keys).unwrap().lines().map(str::to_owned).collect::<Vec<_>>();
    let (first, before) = (lines(), sealed());
    assert!(first.len() == 1 && !before.contains(secret), "{before}");
    let said = succeed(&data, &["rotate-key"]);
    assert!(said.contains("1 secrets are sealed with key"), "{said}");
    let (both, after) = (lines(), sealed());
    assert!(both.len() == 2 && both[1] == first[0] && both[0] != first[0], "the new one stands first");
    assert!(after != before && !after.contains(secret));
    // The old one is needed by backups alone: without it everything opens, without the new one nothing.
    std::fs::write(&keys, format!("{}\n", both[0])).unwrap();
    assert!(succeed(&data, &["doctor"]).contains("ok       secrets: 1, all open"));
    std::fs::write(&keys, format!("{}\n", first[0])).unwrap();
    assert!(fail(&data, &["doctor"]).contains("trouble  secrets: provider 统一登录"));
    // Whatever cannot be opened is not sealed anew and lost.
    assert!(!fail(&data, &["rotate-key"]).is_empty());
    assert_eq!(sealed(), after);
    std::fs::write(&keys, format!("{}\n", both[0])).unwrap();
    assert_eq!(Server::start(&data, &[]).sign_in().get("/identity-providers")["items"][0]["secret_set"], true);
}

#[test]
fn packs_come_and_go_while_a_server_runs_and_are_in_the_backup() {
    let (data, backups, empty) = (tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap(), tempfile::tempdir().unwrap());
    let server = Server::start(data.path(), &[]);
    let client = server.set_up();
    assert!(succeed(data.path(), &["pack", "list"]).contains("property\t1.1.0\tnot installed"));
    assert!(fail(data.path(), &["pack", "install", "nothing"]).contains("guanxi pack list"));
    assert!(fail(data.path(), &["pack", "remove", "property"]).contains("not installed"));
    assert!(succeed(data.path(), &["pack", "install", "property"]).contains("installed property"));
    let (status, project) = client.call("POST", "/records/property_project", &json!({ "name": "云庭" })).unwrap();
    assert_eq!(status, 201, "the server has noticed: {project}");
    let target = backups.path().join("one");
    let target = target.to_str().unwrap();
    succeed(data.path(), &["backup", target]);
    assert!(fail(data.path(), &["pack", "remove", "property"]).contains("1 records of property_project"));
    succeed(data.path(), &["pack", "remove", "property", "--accept-loss"]);
    assert_eq!(client.call("GET", "/records/property_project", &json!(null)).unwrap().0, 404);
    drop(server);
    let restored = empty.path().join("data");
    succeed(&restored, &["restore", target]);
    assert!(succeed(&restored, &["pack", "list"]).contains("property\t1.1.0\tinstalled 1.1.0"));
    assert!(succeed(&restored, &["export", "--object", "property_project", "--fields", "name"]).contains("云庭"));
}

#[test]
fn workspaces_are_made_filled_cloned_and_dropped_by_hand() {
    let data = tempfile::tempdir().unwrap();
    let csv = data.path().join("t.csv");
    std::fs::write(&csv, "name,email\nWang Wei,wei@x.example\n").unwrap();
    let csv = csv.to_str().unwrap();
    let server = Server::start(data.path(), &[]);
    let admin = server.set_up();
    assert!(succeed(data.path(), &["workspace", "create", "exam", "--name", "考试"]).contains("/w/exam/"));
    assert!(fail(data.path(), &["workspace", "create", "exam", "--name", "x"]).contains("taken"));
    assert!(fail(data.path(), &["workspace", "create", "Exam!", "--name", "x"]).contains("lower-case"));
    assert!(fail(data.path(), &["workspace", "create", "other", "--name", " "]).contains("--name"));
    succeed(data.path(), &["import", csv, "--object", "contact", "--workspace", "exam"]);
    let added = guanxi_told(
        data.path(),
        &["user", "add", "chief@x.example", "--name", "Chief", "--role", "administrator", "--workspace", "exam"],
        "Correct-horse-9\n",
    );
    assert!(added.status.success(), "{}", String::from_utf8_lossy(&added.stderr));
    // The server that runs knows it, and lets its administrator in.
    let login = json!({ "email": "chief@x.example", "password": "Correct-horse-9" });
    let mut inside = server.client().signed_in("/w/exam/api/v1/auth/login", &login);
    inside.base = "/w/exam/api/v1".into();
    assert_eq!(inside.get("/records/contact")["items"][0]["name"]["full"], "Wang Wei");
    let object = json!({ "name": "vehicle", "label": { "zh-CN": "车辆", "en": "Vehicle" }, "title_field": "plate",
        "field": [{ "name": "plate", "type": "text", "label": { "zh-CN": "车牌", "en": "Plate" } }] });
    let change = json!({ "changes": [{ "op": "add_object", "object": object }] });
    assert_eq!(inside.call("POST", "/schema/apply", &change).unwrap().0, 200);
    assert_eq!(admin.get("/records/contact")["items"], json!([]));
    succeed(data.path(), &["workspace", "clone", "exam", "sandbox", "--name", "练习"]);
    let exported = |workspace: &str| succeed(data.path(), &["export", "--object", "contact", "--fields", "name", "--workspace", workspace]);
    assert!(exported("exam").contains("Wang Wei") && exported("sandbox").contains("Wang Wei") && !exported("main").contains("Wang Wei"));
    assert!(succeed(data.path(), &["user", "list", "--workspace", "sandbox"]).contains("chief@x.example"));
    assert!(succeed(data.path(), &["openapi", "--workspace", "sandbox"]).contains("/records/vehicle"));
    assert!(!succeed(data.path(), &["openapi"]).contains("/records/vehicle"));
    let listed = succeed(data.path(), &["workspace", "list"]);
    let ids: Vec<&str> = listed.lines().map(|it| it.split('\t').next().unwrap()).collect();
    assert_eq!(ids, ["main", "exam", "sandbox"], "{listed}");
    assert!(fail(data.path(), &["workspace", "drop", "exam"]).contains("--yes"));
    succeed(data.path(), &["workspace", "drop", "exam", "--yes"]);
    assert_eq!(server.client().at("/w/exam/api/v1/auth/login", &login), 404);
    assert!(!data.path().join("workspaces/exam.db").exists());
    for gone in [
        &["workspace", "drop", "exam", "--yes"][..],
        &["workspace", "drop", "main", "--yes"],
        &["workspace", "clone", "exam", "x", "--name", "x"],
        &["user", "list", "--workspace", "exam"],
    ] {
        assert!(fail(data.path(), gone).contains("no"), "{gone:?}");
    }
}
