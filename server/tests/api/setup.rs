//! The first administrator.

use guanxi_testkit::TestServer;
use serde_json::json;

#[test]
fn the_first_visit_makes_the_administrator_once() {
    let server = TestServer::sqlite();
    let mut client = server.anonymous();
    assert_eq!(
        client.get("/setup").expect(200),
        json!({ "needed": true, "token_required": false, "demo": false, "mail": false, "passkeys": false, "password_length": 8, "providers": [] })
    );
    let asked = json!({ "company": "测试公司", "name": "陈志远", "email": "chen@test.example", "password": "Correct-horse-9", "locale": "en" });
    let with = |key: &str, value: &str| {
        let mut other = asked.clone();
        other[key] = json!(value);
        other
    };
    client.post("/setup", with("password", "short")).field_problem(422, "password", "too_small");
    client.post("/setup", with("company", " ")).field_problem(422, "company", "required");
    client.post("/setup", with("email", "nonsense")).expect(422);
    client.post("/setup", with("locale", "fr")).expect(422);
    let reply = client.post("/setup", asked.clone());
    let me = reply.expect(200);
    assert_eq!(me["user"]["roles"], json!(["administrator"]));
    assert_eq!((&me["workspace"]["name"], &me["workspace"]["demo"], &me["locale"]), (&json!("测试公司"), &json!(false), &json!("en")));
    client.take_session(&reply);
    client.get("/jobs").expect(200);
    server.anonymous().post("/setup", with("email", "other@test.example")).problem(409, "already_set_up");
    assert_eq!(client.get("/setup").expect(200)["needed"], false);
}

#[test]
fn a_server_with_a_setup_token_asks_for_it() {
    let server = TestServer::with_settings(&[("setup-token", "open-sesame")]);
    let client = server.anonymous();
    assert_eq!(client.get("/setup").expect(200)["token_required"], true);
    let mut asked = json!({ "company": "测试公司", "name": "陈志远", "email": "chen@test.example", "password": "Correct-horse-9" });
    client.post("/setup", asked.clone()).problem(403, "forbidden");
    asked["token"] = json!("open-sesamy");
    client.post("/setup", asked.clone()).problem(403, "forbidden");
    asked["token"] = json!("open-sesame");
    client.post("/setup", asked).expect(200);
}
