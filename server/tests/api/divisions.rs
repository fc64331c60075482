//! The divisions of China for pickers, and lines of address taken apart.

use guanxi_testkit::TestServer;
use serde_json::{Value as Json, json};

fn named<'j>(answer: &'j Json, name: &str) -> &'j Json {
    let items = answer["items"].as_array().unwrap();
    items.iter().find(|it| it["name"] == name).unwrap_or_else(|| panic!("no {name} in {answer}"))
}

#[test]
fn divisions_lead_from_the_province_to_the_street() {
    let server = TestServer::sqlite();
    let client = server.caller("partner");
    let provinces = client.get("/divisions").expect(200);
    assert_eq!(provinces["items"].as_array().unwrap().len(), 34);
    assert_eq!(*named(&provinces, "广东省"), json!({ "code": "44", "name": "广东省", "level": "province", "pinyin": "guang dong sheng" }));
    assert_eq!(named(&provinces, "重庆市")["pinyin"], "chong qing shi");
    let cities = client.get("/divisions?parent=44").expect(200);
    assert_eq!((&named(&cities, "深圳市")["code"], &named(&cities, "深圳市")["level"]), (&json!("4403"), &json!("city")));
    let districts = client.get("/divisions?parent=4403").expect(200);
    assert_eq!(named(&districts, "南山区")["level"], "district");
    let streets = client.get("/divisions?parent=440305").expect(200);
    assert_eq!(*named(&streets, "粤海街道"), json!({ "code": "440305007", "name": "粤海街道", "level": "street", "pinyin": "yue hai jie dao" }));
    assert_eq!(named(&client.get("/divisions?parent=441900").expect(200), "虎门镇")["level"], "street");
    assert_eq!(client.get("/divisions?parent=440305007").expect(200), json!({ "items": [] }));
}

#[test]
fn the_whole_tree_comes_in_one_answer_that_may_be_kept() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let reply = client.get("/divisions?depth=3");
    let tree = reply.expect(200);
    let nanshan = named(named(named(&tree, "广东省"), "深圳市"), "南山区");
    assert!(nanshan["items"].is_null(), "streets are told of one district at a time");
    assert_eq!(named(named(named(&tree, "上海市"), "上海市"), "浦东新区")["code"], "310115");
    assert!(named(named(&tree, "湖北省"), "仙桃市")["items"].is_null());
    assert_eq!(reply.header("cache-control"), "private, max-age=86400");
    assert!(reply.bytes.len() < 400_000, "{}", reply.bytes.len());
    let two = client.get("/divisions?parent=44&depth=2").expect(200);
    assert_eq!(named(named(&two, "深圳市"), "南山区")["code"], "440305");
}

#[test]
fn divisions_are_for_members_and_wrong_questions_are_refused() {
    let server = TestServer::sqlite();
    let refused = server.anonymous().get("/divisions");
    refused.problem(401, "not_signed_in");
    assert_eq!(refused.header("cache-control"), "no-store", "a refusal must not be kept");
    let client = server.caller("sales");
    for parent in ["99", "4403051", "x", "%E5%B9%BF"] {
        client.get(&format!("/divisions?parent={parent}")).problem(404, "not_found");
    }
    for depth in ["0", "4", "-1", "x"] {
        client.get(&format!("/divisions?depth={depth}")).field_problem(400, "depth", "bad_request");
    }
    client.get("/divisions?name=x").field_problem(400, "name", "bad_request");
}

#[test]
fn a_line_is_split_as_saving_it_would() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let split = |line: &str| client.post("/addresses/split", json!({ "line": line })).expect(200);
    let parts = split("广东省深圳市南山区粤海街道科技园南路1号 518057");
    let account = client.post("/records/account", json!({ "name": "星河", "address": "广东省深圳市南山区粤海街道科技园南路1号 518057" })).expect(201);
    assert_eq!(parts, account["address"]);
    assert_eq!(parts["postcode"], "518057");
    assert_eq!((&parts["district"], &parts["street"]), (&json!("南山区"), &json!("粤海街道科技园南路1号")));
    assert_eq!(split("221B Baker Street")["street"], "221B Baker Street");
    assert_eq!(split(" ")["street"], json!(null));
    client.post("/addresses/split", json!({ "line": "路".repeat(501) })).field_problem(422, "line", "too_long");
    client.post("/addresses/split", json!({ "text": "x" })).problem(400, "bad_request");
    server.anonymous().post("/addresses/split", json!({ "line": "x" })).problem(401, "not_signed_in");
}
