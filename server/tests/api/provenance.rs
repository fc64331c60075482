//! Where the values of a record come from.

use guanxi_testkit::on_both_stores;
use serde_json::{Value as Json, json};

use super::imports::{carry_out, upload};
use super::{make_account, path_of};

fn of<'j>(told: &'j Json, field: &str) -> &'j Json {
    told["items"].as_array().unwrap().iter().find(|it| it["field"] == field).unwrap_or(&Json::Null)
}

#[test]
fn each_value_names_the_last_change_that_set_it_and_an_import_taken_back_gives_the_old_ones_back() {
    on_both_stores(|server| {
        let client = server.administrator();
        let contact = |values: Json| client.post("/records/contact", values).expect(201);
        let wang = contact(json!({ "name": "王伟", "email": "wei@x.example", "title": "经理" }));
        let path = path_of("contact", &wang);
        let ask = || client.get(&format!("{path}/provenance")).expect(200);
        server.clock.advance(60);
        let up = upload(&client, "contact", "年底清理.csv", "e-mail,job title\nwei@x.example,总监\n".as_bytes());
        let ended = carry_out(server, &client, &up, json!({ "field": "email", "on_match": "overwrite" }));
        assert_eq!(ended["counts"]["update"], 1, "{ended}");
        let told = ask();
        assert_eq!((&of(&told, "title")["source"], &of(&told, "title")["file"]), (&json!("imported"), &json!("年底清理.csv")));
        assert_eq!((&of(&told, "email")["source"], &of(&told, "email")["file"]), (&json!("entered"), &Json::Null));
        assert!(of(&told, "email")["actor"]["label"].is_string() && of(&told, "mobile").is_null());

        server.clock.advance(60);
        let double = contact(json!({ "name": "王伟伟", "mobile": "13812345678" }));
        client.post(&format!("{path}/merge"), json!({ "others": [double["id"]] })).expect(200);
        assert_eq!(of(&ask(), "mobile")["source"], "merged");

        // Taking the import back gives updated fields their old values; what was changed since would stay.
        server.clock.advance(60);
        let change = ended["change_id"].as_str().unwrap();
        let back = client.post(&format!("/changes/{change}/undo"), json!({})).expect(200);
        assert_eq!((&back["undone"], &back["skipped"]), (&json!(1), &json!([])));
        assert_eq!(client.get(&path).expect(200)["title"], "经理");
        assert_eq!(of(&ask(), "title")["source"], "undone");
    });
}

#[test]
fn it_tells_nothing_that_is_hidden() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let account = make_account(&client, "星河");
        let elsewhere = server.create("department", json!({ "name": "别处" }));
        server.add_member("ma", &["sales"], elsewhere);
        server.sign_in("ma").get(&format!("{}/provenance", path_of("account", &account))).problem(404, "not_found");
        client.get("/records/account/01890000-0000-7000-8000-000000000000/provenance").problem(404, "not_found");
        let contact = client.post("/records/contact", json!({ "name": "王伟", "mobile": "13812345678" })).expect(201);
        let path = path_of("contact", &contact);
        let analyst = server.caller("analyst");
        assert_ne!(analyst.get(&path).expect(200)["mobile"], contact["mobile"], "analysts see numbers covered");
        let told = analyst.get(&format!("{path}/provenance")).expect(200);
        assert!(of(&told, "mobile").is_null() && !of(&told, "name").is_null(), "{told}");
    });
}
