//! Links to other systems: an administrator declares them, everybody sees those meant for his roles.

#![expect(clippy::unwrap_used, reason = "a test fails by panicking")]

use guanxi_kernel::context::Context;
use guanxi_testkit::{TestEngine, error_code, problem_fields};
use serde_json::{Value, json};

guanxi_testkit::on_each_store!(a_link_is_seen_by_the_roles_it_names, only_administrators_declare_links, what_is_no_encrypted_address_is_refused);

const LINK: &str = "navigation_link";

fn names(engine: &TestEngine, who: &Context) -> Vec<String> {
    let mut all: Vec<String> = engine.list(who, LINK, "").iter().map(|it| it["name"].as_str().unwrap().to_owned()).collect();
    all.sort();
    all
}

fn link(name: &str, more: &[(&str, Value)]) -> Value {
    let mut values = json!({ "name": name, "url": "https://erp.xinghe.example/" });
    values.as_object_mut().unwrap().extend(more.iter().map(|(key, value)| ((*key).to_owned(), value.clone())));
    values
}

fn a_link_is_seen_by_the_roles_it_names(engine: &TestEngine) {
    let department = engine.department("总部", None);
    let admin = engine.member("chen", &["administrator"], department);
    let (sales, marketer) = (engine.member("lin", &["sales"], department), engine.member("fang", &["marketer"], department));
    let both = engine.member("wu", &["member", "sales"], department);
    let (partner, customer) = (engine.member("hua", &["partner"], department), engine.member("gu", &["customer"], department));
    engine.create(&admin, LINK, link("a-all", &[]));
    engine.create(&admin, LINK, link("b-none", &[("roles", json!([]))]));
    let sold = engine.create(&admin, LINK, link("c-sales", &[("roles", json!(["sales", "sales_manager"]))]));
    engine.create(&admin, LINK, link("d-partner", &[("roles", json!(["partner"]))]));
    engine.create(&admin, LINK, link("e-off", &[("active", json!(false))]));
    assert_eq!(names(engine, &admin), ["a-all", "b-none", "c-sales", "d-partner", "e-off"]);
    assert_eq!(names(engine, &sales), ["a-all", "b-none", "c-sales"]);
    assert_eq!(names(engine, &both), ["a-all", "b-none", "c-sales"]);
    assert_eq!(names(engine, &marketer), ["a-all", "b-none"]);
    assert_eq!(names(engine, &partner), ["d-partner"], "what the company uses is no partner's concern");
    assert!(names(engine, &customer).is_empty());
    // Withdrawn, it is gone from the next request on.
    engine.update(&admin, LINK, sold, json!({ "roles": ["sales_manager"] }));
    assert_eq!(names(engine, &sales), ["a-all", "b-none"]);
}

fn only_administrators_declare_links(engine: &TestEngine) {
    let department = engine.department("总部", None);
    let admin = engine.member("chen", &["administrator"], department);
    let made = engine.create(&admin, LINK, link("OA", &[]));
    for role in ["sales", "sales_manager", "branch_administrator", "auditor", "partner", "api_client"] {
        let who = engine.member(role, &[role], department);
        // A program has no navigation: for it there is no such object.
        let refused = if role == "api_client" { "not_found" } else { "forbidden" };
        assert_eq!(error_code(&engine.try_create(&who, LINK, link("钓鱼", &[])).unwrap_err()), refused, "{role}");
        assert!(engine.try_update(&who, LINK, made, json!({ "url": "https://evil.example/" })).is_err(), "{role}");
        assert!(engine.try_delete(&who, LINK, made).is_err(), "{role}");
    }
}

fn what_is_no_encrypted_address_is_refused(engine: &TestEngine) {
    let admin = engine.member("chen", &["administrator"], engine.department("总部", None));
    for url in ["http://erp.xinghe.example", "javascript:alert(1)", "data:text/html,x", "https://me:secret@erp.xinghe.example", "https://", "ftp://x"]
    {
        let error = engine.try_create(&admin, LINK, link("ERP", &[("url", json!(url))])).unwrap_err();
        assert!(problem_fields(&error).iter().all(|it| it.starts_with("url: ")), "{url}: {error:?}");
    }
    for (field, value) in [("icon", json!("skull")), ("roles", json!(["nobody"])), ("name", json!("长".repeat(41))), ("position", json!(-1))] {
        let error = engine.try_create(&admin, LINK, link("ERP", &[(field, value)])).unwrap_err();
        assert!(problem_fields(&error).iter().any(|it| it.starts_with(&format!("{field}: "))), "{field}: {error:?}");
    }
    let id = engine.create(&admin, LINK, link("ERP", &[("url", json!("HTTPS://ERP.xinghe.example/a?b=1"))]));
    let stored = engine.get(&admin, LINK, id);
    assert!(stored["url"].as_str().unwrap().starts_with("https://"), "{stored}");
    assert_eq!((&stored["new_tab"], &stored["icon"]), (&json!(true), &json!("link")));
}
