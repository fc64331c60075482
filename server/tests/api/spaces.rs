//! Spaces: who is in one, what he may do there, and what of it is seen from outside.

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};

use super::file_versions::upload;
use super::{make_account, path_of};

fn space(client: &Client<'_>) -> Json {
    client.post("/records/space", json!({ "name": "投标小组", "purpose": "城西项目" })).expect(201)
}

fn join(owner: &Client<'_>, space: &Json, member: uuid::Uuid, level: &str) {
    let with = json!({ "kind": "member", "id": member });
    owner.post(&format!("{}/shares", path_of("space", space)), json!({ "with": with, "level": level })).expect(201);
}

/// An owner, an editor, a reader and somebody outside.
fn people(server: &TestServer) -> [(uuid::Uuid, Client<'_>); 4] {
    ["owner", "editor", "reader", "stranger"].map(|name| {
        let id = server.add_member(name, &["sales"], server.department());
        (id, server.sign_in(name))
    })
}

#[test]
fn what_is_in_a_space_is_for_its_members_by_what_they_may_do_with_it() {
    on_both_stores(|server| {
        let [(_, owner), (edits, editor), (reads, reader), (_, stranger)] = people(server);
        let space = space(&owner);
        join(&owner, &space, edits, "write");
        join(&owner, &space, reads, "read");
        let topic = |client: &Client<'_>| client.post("/records/space_topic", json!({ "space": space["id"], "title": "报价策略" }));
        let made = topic(&editor).expect(201);
        topic(&owner).expect(201);
        topic(&reader).problem(403, "forbidden");
        topic(&stranger).field_problem(422, "space", "no_such_record");
        let path = path_of("space_topic", &made);
        assert_eq!(reader.get(&path).expect(200)["title"], "报价策略");
        stranger.get(&path).problem(404, "not_found");
        assert_eq!(stranger.get("/records/space_topic").expect(200)["items"], json!([]));
        reader.patch(&path, json!({ "state": "closed" })).problem(403, "forbidden");
        reader.delete(&path).problem(403, "forbidden");
        owner.patch(&path, json!({ "state": "closed" })).expect(200);
        editor.delete(&path).expect(204);
        editor.post(&format!("{path}/restore"), json!({})).expect(200);
        // Whoever may read it may say something; who is outside learns of nothing.
        let on = json!({ "object": "space_topic", "id": made["id"] });
        reader.post("/records/comment", json!({ "target": on, "body": "<p>同意</p>" })).expect(201);
        stranger.post("/records/comment", json!({ "target": on, "body": "<p>?</p>" })).field_problem(422, "target", "no_such_record");
        let board = json!({ "object": "space", "id": space["id"] });
        reader.post("/records/comment", json!({ "target": board, "body": "<p>大家好</p>" })).expect(201);
        // A topic is not carried into a space one may only read.
        let other = editor.post("/records/space", json!({ "name": "另一个" })).expect(201);
        let own = editor.post("/records/space_topic", json!({ "space": other["id"], "title": "x" })).expect(201);
        join(&owner, &space, edits, "read");
        editor.patch(&path_of("space_topic", &own), json!({ "space": space["id"] })).problem(403, "forbidden");
        editor.patch(&path, json!({ "state": "open" })).problem(403, "forbidden");
        owner.delete(&format!("{}/shares/member/{reads}", path_of("space", &space))).expect(204);
        reader.get(&path).problem(404, "not_found");
    });
}

#[test]
fn files_lie_in_folders_of_their_space_and_have_versions() {
    on_both_stores(|server| {
        let [(_, owner), (edits, editor), (reads, reader), (_, stranger)] = people(server);
        let space = space(&owner);
        join(&owner, &space, edits, "write");
        join(&owner, &space, reads, "read");
        let folder = |name: &str, parent: Json| {
            owner.post("/records/space_folder", json!({ "space": space["id"], "name": name, "parent": parent })).expect(201)
        };
        let top = folder("标书", json!(null));
        let below = folder("附件", top["id"].clone());
        owner.patch(&path_of("space_folder", &top), json!({ "parent": below["id"] })).field_problem(422, "parent", "rule");
        let bytes = upload(&owner, "bid.txt", b"first");
        let file = bytes.rsplit('/').next().unwrap();
        let values = json!({ "space": space["id"], "folder": below["id"], "name": "标书", "file": file });
        let shared = owner.post("/records/space_file", values).expect(201);
        assert_eq!(reader.get(&bytes).bytes, b"first");
        stranger.get(&bytes).problem(404, "not_found");
        let named = |client: &Client<'_>| {
            let named = client.with_header("content-disposition", "attachment; filename=\"bid.txt\"");
            named.post_bytes(&format!("{bytes}/versions"), "text/plain", b"second")
        };
        named(&reader).problem(403, "forbidden");
        named(&editor).expect(201);
        assert_eq!(reader.get(&format!("{bytes}/versions")).expect(200)["items"].as_array().unwrap().len(), 2);
        let elsewhere = editor.post("/records/space", json!({ "name": "另一个" })).expect(201);
        let foreign = editor.post("/records/space_folder", json!({ "space": elsewhere["id"], "name": "x" })).expect(201);
        editor.patch(&path_of("space_file", &shared), json!({ "folder": foreign["id"] })).field_problem(422, "folder", "rule");
        editor.patch(&path_of("space_file", &shared), json!({ "space": elsewhere["id"], "folder": null })).field_problem(422, "space", "rule");
        // A folder goes with what is in it, and comes back with it.
        owner.delete(&path_of("space_folder", &top)).expect(204);
        reader.get(&path_of("space_file", &shared)).problem(404, "not_found");
        reader.get(&bytes).problem(404, "not_found");
        owner.post(&format!("{}/restore", path_of("space_folder", &top)), json!({})).expect(200);
        assert_eq!(reader.get(&bytes).bytes, b"second");
    });
}

#[test]
fn a_pinned_record_is_named_to_those_only_who_may_see_it() {
    on_both_stores(|server| {
        let [(_, owner), (reads, _), ..] = people(server);
        let elsewhere = server.create("department", json!({ "name": "华南" }));
        let far = server.add_member("far", &["sales"], elsewhere);
        let space = space(&owner);
        join(&owner, &space, reads, "read");
        join(&owner, &space, far, "read");
        let account = make_account(&owner, "机密客户");
        let record = json!({ "object": "account", "id": account["id"] });
        let pin = owner.post("/records/space_pin", json!({ "space": space["id"], "title": "客户", "record": record })).expect(201);
        let shown = server.sign_in("far").get(&path_of("space_pin", &pin)).expect(200);
        assert!(!shown.to_string().contains("机密客户"), "{shown}");
        assert!(server.sign_in("editor").get(&path_of("space_pin", &pin)).expect(200).to_string().contains("机密客户"));
        owner.post("/records/space_pin", json!({ "space": space["id"], "title": "无" })).problem(422, "invalid");
    });
}

#[test]
fn what_is_in_a_space_leaves_it_by_those_only_who_may_change_the_space() {
    on_both_stores(|server| {
        let [(_, owner), (edits, editor), ..] = people(server);
        let space = space(&owner);
        join(&owner, &space, edits, "write");
        let task = |name: &str| editor.post("/records/activity", json!({ "kind": "task", "subject": name, "space": space["id"] })).expect(201);
        let (kept, taken) = (task("报价"), task("复核"));
        editor.patch(&path_of("activity", &taken), json!({ "space": null })).expect(200);
        owner.delete(&format!("{}/shares/member/{edits}", path_of("space", &space))).expect(204);
        editor.get(&path_of("space", &space)).problem(404, "not_found");
        // The task is his own, and he may change it; that it stands in the space is not his to change any more.
        editor.patch(&path_of("activity", &kept), json!({ "subject": "报价单" })).expect(200);
        editor.patch(&path_of("activity", &kept), json!({ "space": null })).problem(403, "forbidden");
        owner.get(&path_of("activity", &kept)).expect(200);
        // A space that is not there holds nothing.
        owner.delete(&path_of("space", &space)).expect(204);
        editor.patch(&path_of("activity", &kept), json!({ "space": null })).expect(200);
    });
}
