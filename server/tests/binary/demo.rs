//! The demo company and the documents the command line prints.

use std::path::Path;

use guanxi_demo::{DEMO_LOGINS, DEMO_PASSWORD};
use serde_json::{Value as Json, json};

use crate::process::{Server, fail, succeed};

const EVERYWHERE: &str = "0.0.0.0:0";

#[test]
fn public_passwords_stay_on_this_machine() {
    let data = tempfile::tempdir().unwrap();
    let refused = fail(data.path(), &["serve", "--demo", "--listen", EVERYWHERE]);
    assert!(refused.contains("allow-public-demo"), "{refused}");
    // Nothing was made: the company can be.
    let made = succeed(data.path(), &["demo"]);
    assert!(made.contains(DEMO_PASSWORD) && DEMO_LOGINS.iter().all(|it| made.contains(it)), "{made}");
    let again = fail(data.path(), &["demo"]);
    assert!(again.contains("members already"), "{again}");
    let without = fail(data.path(), &["serve", "--listen", EVERYWHERE]);
    assert!(without.contains("allow-public-demo"), "a folder that holds one, without --demo: {without}");
    let meant = Server::start(data.path(), &[("GUANXI_LISTEN", EVERYWHERE), ("GUANXI_ALLOW_PUBLIC_DEMO", "true")]);
    assert!(meant.address.starts_with("0.0.0.0:"), "{}", meant.address);
    drop(meant);

    let local = Server::start(data.path(), &[("GUANXI_DEMO", "true")]);
    let said = local.said.join("\n");
    assert!(said.contains(&format!("password {DEMO_PASSWORD}")), "{said}");
    for login in DEMO_LOGINS {
        assert!(local.said.iter().any(|it| it.trim() == login), "{login} in {said}");
        let answer = local.client().at("/api/v1/auth/login", &json!({ "email": login, "password": DEMO_PASSWORD }));
        assert_eq!(answer, 200, "{login}");
    }
}

#[test]
fn a_company_of_ones_own_listens_where_it_likes() {
    let data = tempfile::tempdir().unwrap();
    let server = Server::start(data.path(), &[("GUANXI_LISTEN", EVERYWHERE), ("GUANXI_SETUP_TOKEN", "token")]);
    assert!(server.said.is_empty(), "{:?}", server.said);
}

#[test]
fn the_same_seed_makes_the_same_company() {
    let made = |seed: &str| {
        let data = tempfile::tempdir().unwrap();
        succeed(data.path(), &["demo", "--seed", seed]);
        let table = |object: &str, fields: &str| succeed(data.path(), &["export", "--object", object, "--fields", fields, "--sort", "name"]);
        let told = table("account", "name,phone,employees") + &table("opportunity", "name,amount,stage");
        // Ids come first, and are drawn anew. Those of the same name stand in the order of their ids.
        let mut lines: Vec<String> = told.lines().map(|it| it.split_once(',').unwrap_or_default().1.to_owned()).collect();
        lines.sort_unstable();
        lines
    };
    let (one, again, other) = (made("7"), made("7"), made("8"));
    assert!(one.len() > 300, "{}", one.len());
    assert_eq!(one, again);
    assert_ne!(one, other);
}

#[test]
fn the_documents_printed_are_those_of_the_documentation() {
    let docs = Path::new(env!("CARGO_MANIFEST_DIR")).join("../docs");
    let kept = |name: &str| -> Json { serde_json::from_slice(&std::fs::read(docs.join(name)).unwrap()).unwrap() };
    let folder = tempfile::tempdir().unwrap();
    let missing = folder.path().join("none");
    let printed = |arguments: &[&str]| -> Json { serde_json::from_str(&succeed(&missing, arguments)).unwrap() };
    assert_eq!(printed(&["openapi", "--standard"]), kept("openapi.json"));
    assert_eq!(printed(&["openapi", "--definitions"]), kept("schema/object.schema.json"));
    assert!(!missing.exists(), "neither needs a data folder");
}
