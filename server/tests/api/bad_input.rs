//! Whatever comes in: a 4xx that names the field, nothing half written, and the server lives.

use axum::http::Method;
use guanxi_testkit::{TestServer, on_both_stores};
use serde_json::json;

use super::{make_account, path_of};

#[test]
fn bodies_that_are_no_json_of_ours() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let post = |body: &[u8]| client.post_bytes("/records/account", "application/json", body);
        let broken = |body: &[u8], field: &str| {
            let reply = post(body);
            reply.problem(400, "bad_json");
            reply.field_problem(400, field, "bad_json");
        };
        broken(b"{\"name\": \"\xff\xfe\"}", "name");
        broken(b"{\"name\": ", "name");
        post(b"[]").problem(400, "bad_json");
        broken(b"{\"name\": \"a\", \"name\": \"b\"}", "name");
        broken(b"{\"name\": \"raw \x00 nul\"}", "name");
        broken(format!("{{\"name\": {}{}}}", "[".repeat(100), "]".repeat(100)).as_bytes(), "name[0][0][0][0][0]");
        broken("[".repeat(300_000).as_bytes(), "[0][0][0][0][0][0]");
        broken(b"{\"name\": \"a\", \"address\": {\"city\": 1e999}}", "address.city");
        client.post_bytes("/records/account", "text/plain", b"{}").problem(415, "unsupported_media_type");
        client.post_bytes("/records/account", "application/json; charset=gb18030", b"{}").problem(415, "unsupported_media_type");
        let large = format!("{{\"name\": \"{}\"}}", "x".repeat(1_000_000));
        post(large.as_bytes()).field_problem(413, "body", "too_large");
        let pieces = (0..20).map(|_| Ok(vec![b' '; 100_000])).collect();
        client.send_pieces("/records/account", "application/json", pieces).field_problem(413, "body", "too_large");
        let cut = vec![Ok(b"{\"name\":".to_vec()), Err(std::io::Error::other("gone"))];
        client.send_pieces("/records/account", "application/json", cut).field_problem(400, "body", "bad_request");
        assert_eq!(client.get("/records/account?count=exact").expect(200)["count"]["value"], 0);
    });
}

#[test]
fn uploads_that_are_cut_off_or_too_large() {
    server_with_small_files(|server| {
        let client = server.caller("sales").with_header("content-disposition", "attachment; filename=\"a.csv\"");
        for path in ["/files", "/imports?object=contact"] {
            let cut = vec![Ok(b"name".to_vec()), Err(std::io::Error::other("gone"))];
            client.send_pieces(path, "application/octet-stream", cut).field_problem(400, "file", "bad_request");
        }
        client.post_bytes("/files", "application/octet-stream", &vec![b'x'; 2_000_000]).field_problem(413, "file", "too_large");
        let pieces = (0..20).map(|_| Ok(vec![b'x'; 100_000])).collect();
        client.send_pieces("/files", "application/octet-stream", pieces).field_problem(413, "file", "too_large");
        for folder in ["files/incoming", "imports"] {
            let left = std::fs::read_dir(server.data_folder().join(folder)).into_iter().flatten().count();
            assert_eq!(left, 0, "{folder}");
        }
    });
}

fn server_with_small_files(test: impl Fn(&TestServer)) {
    guanxi_testkit::on_both_stores_with(&[("max-file", "1MB")], test);
}

#[test]
fn a_ten_megabyte_string_is_refused_by_its_field() {
    let server = TestServer::with_settings(&[("max-body", "20MB")]);
    let client = server.caller("sales");
    let operations = json!([{ "op": "create", "values": { "name": "x".repeat(10_000_000) } }]);
    client.post("/records/account/batch", json!({ "mode": "all_or_nothing", "operations": operations })).field_problem(422, "name", "too_long");
    let reply = client.get("/records/account?count=exact");
    assert_eq!(reply.expect(200)["count"]["value"], 0);
}

#[test]
fn values_that_do_not_fit_are_all_named() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let reply = client.post(
            "/records/account",
            json!({
                "name": "nul \u{0} in it", "employees": "many", "founded_on": "2026-02-30", "email": "nobody", "phone": "123", "level": "z",
                "annual_revenue": -1, "location": { "lat": 91, "lng": 0 }, "parent": "01890000-0000-7000-8000-000000000000",
                "credit_code": "short", "do_not_contact": "maybe", "website": "javascript:alert(1)",
            }),
        );
        let problem = reply.problem(422, "invalid");
        for field in [
            "name",
            "employees",
            "founded_on",
            "email",
            "phone",
            "level",
            "annual_revenue",
            "location",
            "parent",
            "credit_code",
            "do_not_contact",
            "website",
        ] {
            let named = problem["field_errors"].as_array().unwrap().iter().any(|it| it["field"].as_str().unwrap().split('.').next() == Some(field));
            assert!(named, "{field} in {problem}");
        }
        reply.field_problem(422, "parent", "no_such_record");
        reply.field_problem(422, "level", "bad_option");
        let english = client.with_header("accept-language", "en").post("/records/account", json!({ "name": "x".repeat(201) }));
        english.field_problem(422, "name", "too_long");
        assert_eq!(client.get("/records/account?count=exact").expect(200)["count"]["value"], 0);
    });
}

#[test]
fn fields_that_are_not_there_or_not_to_be_set() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        client.post("/records/account", json!({ "name": "a", "colour": "red" })).field_problem(400, "colour", "unknown_field");
        for field in ["id", "version", "created_at", "number", "won_amount", "contact_count"] {
            client.post("/records/account", json!({ "name": "a", field: 1 })).field_problem(400, field, "read_only_field");
        }
        client.post("/records/account", json!({})).field_problem(422, "name", "required");
    });
}

#[test]
fn duplicates_and_references_to_the_invisible() {
    on_both_stores(|server| {
        let (first, second) = (server.caller("partner"), server.caller("partner"));
        let body = json!({ "name": "星河", "credit_code": "91310000MA1K000006" });
        let account = first.post("/records/account", body.clone()).expect(201);
        second.post("/records/account", body).field_problem(409, "credit_code", "duplicate");
        second.get(&path_of("account", &account)).problem(404, "not_found");
        second.post("/records/contact", json!({ "name": "欧阳明", "account": account["id"] })).field_problem(422, "account", "no_such_record");
        first.post("/records/contact", json!({ "name": "欧阳明", "account": account["id"] })).expect(201);
    });
}

#[test]
fn a_circle_of_parents_is_refused() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let top = make_account(&client, "集团");
        let below = client.post("/records/account", json!({ "name": "子公司", "parent": top["id"] })).expect(201);
        let reply = client.patch(&path_of("account", &top), json!({ "parent": below["id"] }));
        assert!((400..500).contains(&reply.status), "{}", reply.status);
    });
}

#[test]
fn addresses_that_are_not_there() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    client.get("/records/nothing").problem(404, "not_found");
    client.get("/records/account/not-an-id").problem(404, "not_found");
    client.get("/records/account/01890000-0000-7000-8000-000000000000").problem(404, "not_found");
    client.get("/nowhere").problem(404, "not_found");
    client.send(Method::GET, "/api/v2/me", None).problem(404, "not_found");
    let wrong = client.send(Method::PUT, "/api/v1/me", None);
    wrong.problem(405, "method_not_allowed");
    assert!(wrong.header("allow").contains("GET"), "{}", wrong.header("allow"));
    client.with_header("accept", "application/xml").get("/me").problem(406, "not_acceptable");
    client.get("/me?x=1").problem(400, "bad_request");
    client.get("/search?q=%ff").problem(400, "bad_request");
    client.get("/search?q=%00").problem(400, "bad_request");
}

#[test]
fn a_filter_made_to_hurt_is_refused() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let filters = [
        format!("{}true{}", "(".repeat(3_000), ")".repeat(3_000)),
        "name == 'a' || ".repeat(1_500) + "true",
        "name.matches('(a+)+$')".to_owned(),
        "name == '\\u0000'".to_owned(),
        "'; DROP TABLE o_account; --".to_owned(),
    ];
    for filter in filters {
        let reply = client.get(&format!("/records/account?filter={}", super::encode(&filter)));
        assert!((400..500).contains(&reply.status), "{} for {}", reply.status, filter.chars().take(40).collect::<String>());
    }
    client.get("/records/account").expect(200);
}
