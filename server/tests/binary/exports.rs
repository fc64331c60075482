//! `guanxi export`: every form, on both stores, while a server serves the same data.

use std::path::Path;

use serde_json::{Value as Json, json};

use crate::database::with_database;
use crate::process::{Server, fail, guanxi_told, succeed};

/// Rows of CSV without the mark of its encoding.
fn rows(csv: &str) -> Vec<String> {
    csv.trim_start_matches('\u{feff}').lines().map(str::to_owned).collect()
}

fn go_through_all(data: &Path, settings: &[(&str, &str)], flags: &[&str]) {
    let server = Server::start(data, settings);
    let client = server.set_up();
    for (name, industry) in [("星河科技", "electronics"), ("=危险公式", "food"), ("逗号, \"引号\"", "electronics")] {
        let (status, made) = client.call("POST", "/records/account", &json!({ "name": name, "industry": industry })).unwrap();
        assert_eq!(status, 201, "{made}");
    }
    let with = |arguments: &[&str]| -> Vec<String> { ["export"].iter().chain(arguments).chain(flags).map(|it| (*it).to_owned()).collect() };
    let run = |arguments: &[&str]| succeed(data, &with(arguments).iter().map(String::as_str).collect::<Vec<_>>());
    let refuse = |arguments: &[&str]| fail(data, &with(arguments).iter().map(String::as_str).collect::<Vec<_>>());

    let csv = run(&["--object", "account", "--fields", "name,industry", "--sort", "-name"]);
    assert_eq!(rows(&csv).len(), 4, "{csv}");
    assert!(csv.contains("\"逗号, \"\"引号\"\"\"") && csv.contains("'=危险公式") && !csv.contains("\n=危险"), "{csv}");
    let filtered = run(&["--object", "account", "--filter", "industry == 'electronics'", "--fields", "name", "--sort", "name"]);
    assert_eq!(rows(&filtered).len(), 3, "{filtered}");
    let listed: Json = serde_json::from_str(&run(&["--object", "account", "--format", "json"])).unwrap();
    assert_eq!(listed.as_array().unwrap().len(), 3);
    assert!(listed[0]["id"].is_string() && listed[0]["owner"].is_object(), "{listed}");

    let file = data.join("out.xlsx");
    let said = run(&["--object", "account", "--format", "xlsx", "--out", file.to_str().unwrap()]);
    assert_eq!(said, "", "the table goes into the file alone");
    let table = guanxi_tabular::open(file, "out.xlsx", guanxi_tabular::Limits::default()).unwrap();
    assert_eq!(table.count_rows().unwrap(), (3, 0));
    let back = data.join("out.csv");
    run(&["--object", "account", "--out", back.to_str().unwrap()]);
    let import: Vec<&str> = ["import", back.to_str().unwrap(), "--object", "account", "--match", "id", "--on-match", "overwrite"].to_vec();
    let said = succeed(data, &import.into_iter().chain(flags.iter().copied()).collect::<Vec<_>>());
    assert!(said.contains("0 created, 0 changed, 3 left as they are, 0 refused"), "what went out comes in as it was: {said}");

    let member = ["user", "add", "li@x.example", "--name", "李雷", "--role", "sales"].into_iter().chain(flags.iter().copied()).collect::<Vec<_>>();
    assert!(guanxi_told(data, &member, "Blue-kettle-42\n").status.success());
    let own = run(&["--object", "account", "--user", "li@x.example", "--fields", "name"]);
    assert_eq!(rows(&own).len(), 1, "a member's export holds what he may see, here nothing: {own}");
    let agent = ["user", "add", "agent@x.example", "--name", "Agent", "--role", "service_agent"];
    assert!(guanxi_told(data, &agent.into_iter().chain(flags.iter().copied()).collect::<Vec<_>>(), "Blue-kettle-42\n").status.success());
    assert!(refuse(&["--object", "account", "--user", "agent@x.example"]).contains("forbidden"));

    for (arguments, told) in [
        (vec!["--object", "nothing"], "nothing"),
        (vec!["--object", "account", "--fields", "name,colour"], "colour"),
        (vec!["--object", "account", "--filter", "industry =="], "bad_filter"),
        (vec!["--object", "account", "--sort", "colour"], "colour"),
        (vec!["--object", "account", "--format", "pdf"], "pdf"),
        (vec!["--object", "account", "--user", "nobody@x.example"], "nobody@x.example"),
        (vec!["--object", "account", "--out", "/no/such/folder/x.csv"], "/no/such/folder/x.csv"),
    ] {
        let said = refuse(&arguments);
        assert!(said.contains(told), "{arguments:?}: {said}");
    }
    let audit = client.get("/audit?verb=export&limit=50");
    assert!(audit["items"].as_array().unwrap().len() >= 6, "each export is in the audit log: {audit}");
}

#[test]
fn what_goes_out_is_whole_and_what_may_on_sqlite() {
    let data = tempfile::tempdir().unwrap();
    go_through_all(data.path(), &[], &[]);
}

#[test]
fn what_goes_out_is_whole_and_what_may_on_postgres() {
    with_database(|database| {
        let data = tempfile::tempdir().unwrap();
        go_through_all(data.path(), &[("GUANXI_DATABASE_URL", &database.url)], &["--database-url", &database.url]);
    });
}

#[test]
fn companies_and_their_parents_go_in_by_the_command_line() {
    let data = tempfile::tempdir().unwrap();
    let file = data.path().join("集团.csv");
    std::fs::write(&file, "客户名称,上级公司\n上海公司,控股集团\n控股集团,\n孤儿,没有的公司\n自环,自环\n").unwrap();
    let file = file.to_str().unwrap();
    let dry = succeed(data.path(), &["import", file, "--object", "account", "--dry-run"]);
    assert!(dry.contains("2 would be created") && dry.contains("2 would be refused") && dry.contains("row 4, parent"), "{dry}");
    let done = succeed(data.path(), &["import", file, "--object", "account"]);
    assert!(done.contains("2 created") && done.contains("row 5, parent: the row refers to itself"), "{done}");
    let csv = succeed(data.path(), &["export", "--object", "account", "--fields", "name,parent", "--sort", "name"]);
    assert!(csv.contains("上海公司,控股集团"), "{csv}");
    let workbook = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/data/group.xlsx");
    succeed(data.path(), &["import", workbook, "--object", "account"]);
    let people = succeed(data.path(), &["import", workbook, "--object", "contact", "--sheet", "联系人"]);
    assert!(people.contains("2 created") && people.contains("公司 -> account"), "{people}");
    assert!(fail(data.path(), &["import", workbook, "--object", "contact", "--sheet", "没有"]).contains("公司, 联系人"));
}
