//! `guanxi user`: members from the command line, while a server serves the same data.

use std::path::Path;

use serde_json::{Value as Json, json};

use crate::database::with_database;
use crate::process::{HttpClient, Server, fail, guanxi_told, succeed};

const FIRST: &str = "Blue-kettle-42";
const SECOND: &str = "Green-kettle-43";

fn login(server: &Server, email: &str, password: &str) -> (u16, Json) {
    server.client().call("POST", "/auth/login", &json!({ "email": email, "password": password })).unwrap()
}

fn signed_in(server: &Server, email: &str, password: &str) -> HttpClient {
    server.client().signed_in("/api/v1/auth/login", &json!({ "email": email, "password": password }))
}

fn status(client: &HttpClient) -> u16 {
    client.call("GET", "/me", &Json::Null).unwrap().0
}

/// Runs `guanxi user ...` with a password on its standard input; whether it succeeded, and what it said.
fn user(data: &Path, arguments: &[&str], password: &str) -> (bool, String) {
    let all: Vec<&str> = ["user"].into_iter().chain(arguments.iter().copied()).collect();
    let output = guanxi_told(data, &all, &format!("{password}\n"));
    (output.status.success(), String::from_utf8_lossy(&output.stdout).into_owned() + &String::from_utf8_lossy(&output.stderr))
}

fn go_through_all(data: &Path, settings: &[(&str, &str)], flags: &[&str]) {
    let server = Server::start(data, settings);
    server.set_up();
    let with = |arguments: &[&str]| -> Vec<String> { arguments.iter().chain(flags).map(|it| (*it).to_owned()).collect() };
    let run = |arguments: &[&str], password: &str| {
        let all = with(arguments);
        user(data, &all.iter().map(String::as_str).collect::<Vec<_>>(), password)
    };
    let add = ["add", "li@x.example", "--name", "李雷", "--role", "sales"];

    let (done, said) = run(&["add", "li@x.example", "--name", "李雷", "--role", "juggler"], FIRST);
    assert!(!done && said.contains("no role `juggler`") && said.contains("sales_manager"), "it names the roles there are: {said}");
    for weak in ["", "short", "12345678901", "li@x.example", "password"] {
        let (done, said) = run(&add, weak);
        assert!(!done && said.to_lowercase().contains("password"), "`{weak}`: {said}");
    }
    assert_eq!(login(&server, "li@x.example", FIRST).0, 401, "nobody was added");

    let (done, said) = run(&add, FIRST);
    assert!(done && said.contains("added li@x.example"), "{said}");
    let (done, said) = run(&add, FIRST);
    assert!(!done && said.contains("email"), "an address is one member's: {said}");
    let client = signed_in(&server, "li@x.example", FIRST);
    assert_eq!(client.get("/me")["user"]["roles"], json!(["sales"]));
    let listed = run(&["list"], "").1;
    assert!(listed.lines().any(|it| it == "li@x.example\t李雷\tsales\tactive"), "{listed}");
    assert!(listed.lines().any(|it| it.starts_with("admin@test.example\t管理员\tadministrator\t")), "{listed}");
    let (done, said) = run(&["add", "plain@x.example", "--name", "Plain"], FIRST);
    assert!(done, "{said}");
    assert!(run(&["list"], "").1.contains("plain@x.example\tPlain\tmember\tactive"));

    assert!(!run(&["password", "li@x.example"], "short").0);
    assert_eq!(status(&client), 200, "what was refused changed nothing");
    let (done, said) = run(&["password", "li@x.example"], SECOND);
    assert!(done && said.contains("set the password of li@x.example"), "{said}");
    assert_eq!(status(&client), 401, "his sessions end");
    assert_eq!((login(&server, "li@x.example", FIRST).0, login(&server, "li@x.example", SECOND).0), (401, 200));

    let client = signed_in(&server, "li@x.example", SECOND);
    let (done, said) = run(&["deactivate", "li@x.example"], "");
    assert!(done && said.contains("deactivated li@x.example"), "{said}");
    assert_eq!((status(&client), login(&server, "li@x.example", SECOND).0), (401, 401));
    assert!(run(&["list"], "").1.contains("li@x.example\t李雷\tsales\tdeactivated"));
    for command in ["password", "deactivate"] {
        let (done, said) = run(&[command, "nobody@x.example"], FIRST);
        assert!(!done && said.contains("there is no member nobody@x.example"), "{said}");
    }
    let audit = server.sign_in().get("/audit?limit=50").to_string();
    assert!(audit.contains("deactivate"), "what the command line does is in the audit log: {audit}");
}

#[test]
fn members_come_change_and_go_on_sqlite() {
    let data = tempfile::tempdir().unwrap();
    go_through_all(data.path(), &[], &[]);
    assert!(fail(data.path(), &["user"]).contains("list"), "it says what there is");
    assert!(fail(data.path(), &["user", "promote", "li@x.example"]).contains("promote"));
    assert!(fail(data.path(), &["user", "add", "x@x.example"]).contains("--name"));
}

#[test]
fn members_come_change_and_go_on_postgres() {
    with_database(|database| {
        let data = tempfile::tempdir().unwrap();
        go_through_all(data.path(), &[("GUANXI_DATABASE_URL", &database.url)], &["--database-url", &database.url]);
    });
}

#[test]
fn a_member_can_be_made_before_anybody_serves() {
    let data = tempfile::tempdir().unwrap();
    assert_eq!(succeed(data.path(), &["user", "list"]), "", "nobody yet");
    let (done, said) = user(data.path(), &["add", "root@x.example", "--name", "Root", "--role", "administrator", "nobody"], FIRST);
    assert!(!done && said.contains("`nobody`"), "{said}");
    let (done, said) = user(data.path(), &["add", "root@x.example", "--name", "Root", "--role", "administrator", "sales"], FIRST);
    assert!(done, "{said}");
    let server = Server::start(data.path(), &[]);
    assert_eq!(signed_in(&server, "root@x.example", FIRST).get("/me")["user"]["roles"], json!(["administrator", "sales"]));
}
