//! What there is, for the caller.

use guanxi_testkit::TestServer;
use serde_json::{Value as Json, json};

fn object<'a>(meta: &'a Json, name: &str) -> &'a Json {
    meta["objects"].as_array().unwrap().iter().find(|it| it["name"] == name).unwrap_or(&Json::Null)
}

#[test]
fn meta_tells_each_role_its_own() {
    let server = TestServer::sqlite();
    let (admin, sales, analyst) = (server.administrator(), server.caller("sales"), server.caller("analyst"));
    let (all, own, reading) = (admin.get("/meta").expect(200), sales.get("/meta").expect(200), analyst.get("/meta").expect(200));
    assert_eq!(object(&all, "account")["access"]["bulk"], true);
    assert_eq!(object(&own, "account")["access"]["create"], true);
    assert_eq!(
        object(&reading, "account")["access"],
        json!({ "create": false, "update": false, "delete": false, "restore": false, "import": false, "export": true, "bulk": false, "share": false,
            "assign": false, "lock": false })
    );
    let field = |meta: &Json, of: &str, name: &str| object(meta, of)["fields"].as_array().unwrap().iter().find(|it| it["name"] == name).cloned();
    assert!(field(&all, "product", "cost").is_some() && field(&own, "product", "cost").is_none());
    let level = field(&own, "account", "level").unwrap();
    assert_eq!((&level["type"], &level["required"], &level["default"]), (&json!("select"), &json!(true), &json!("c")));
    assert_eq!(level["options"][0]["label"]["zh-CN"].as_str().map(str::is_empty), Some(false));
    let owner = field(&own, "account", "owner").unwrap();
    assert_eq!((&owner["type"], &owner["target"]), (&json!("user"), &json!("user")));
    let won = field(&own, "account", "won_amount").unwrap();
    assert_eq!((&won["computed"], &won["read_only"], &won["result"]), (&json!(true), &json!(true), &json!("decimal")));
    // What is rolled up from amounts is an amount in the company's own currency; other numbers are in none.
    assert_eq!((&won["currency"], field(&own, "account", "contact_count").unwrap().get("currency")), (&json!("CNY"), None));
    let views = &object(&own, "account")["views"];
    assert!(!views["list"].as_array().unwrap().is_empty());
    assert!(views["record"]["related"].as_array().unwrap().iter().any(|it| it["object"] == "contact" && it["via"] == "account"));
    assert_eq!(object(&own, "opportunity")["views"]["board"]["group_by"], "stage");
    let actions: Vec<&str> = object(&own, "opportunity")["actions"].as_array().unwrap().iter().map(|it| it["name"].as_str().unwrap()).collect();
    assert!(!actions.is_empty());
    assert_eq!(object(&reading, "opportunity")["actions"], json!([]));
    let cost_in_lists = object(&own, "product")["views"].to_string();
    assert!(!cost_in_lists.contains("\"cost\""), "{cost_in_lists}");
    assert!(all["currencies"].as_array().unwrap().contains(&json!("CNY")));
}
