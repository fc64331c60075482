//! Files: up, down, and what is refused.

use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::json;

use super::{make_account, path_of};

const PNG: &[u8] = b"\x89PNG\r\n\x1a\n0000";

#[test]
fn a_file_goes_up_into_a_field_and_comes_down_again() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let named = client.with_header("content-disposition", "attachment; filename*=UTF-8''%E6%8A%A5%E4%BB%B7.pdf");
        let file = named.post_bytes("/files", "application/pdf", b"%PDF-1.7 text").expect(201);
        assert_eq!((&file["name"], &file["size"], &file["content_type"]), (&json!("报价.pdf"), &json!(13), &json!("application/pdf")));
        let path = format!("/files/{}", file["id"].as_str().unwrap());
        let down = client.get(&path);
        assert_eq!((down.status, down.bytes.as_slice()), (200, b"%PDF-1.7 text".as_slice()));
        assert_eq!(down.header("content-disposition"), "attachment; filename=\"__.pdf\"; filename*=UTF-8''%E6%8A%A5%E4%BB%B7.pdf");
        assert!(down.header("content-security-policy").contains("sandbox"));
        assert_eq!((down.header("x-content-type-options"), down.header("content-length")), ("nosniff", "13"));
        assert_eq!(client.with_header("if-none-match", down.header("etag")).get(&path).status, 304);
        let account = make_account(&client, "星河");
        let note = client.post("/records/note", json!({ "body": "见附件", "account": account["id"], "attachment": file["id"] })).expect(201);
        assert_eq!(
            note["attachment"],
            json!({ "id": file["id"], "name": "报价.pdf", "size": 13, "content_type": "application/pdf", "label": "报价.pdf" })
        );
        assert_eq!(client.get(&path_of("note", &note)).expect(200)["attachment"]["size"], 13);
        named.post_bytes("/files", "application/pdf", b"%PDF-1.7 text").expect(201);
        server.anonymous().get(&path).problem(401, "not_signed_in");
        server.caller("partner").get(&path).problem(404, "not_found");
        client.get("/files/01890000-0000-7000-8000-000000000000").problem(404, "not_found");
        client.get("/files/..%2F..%2Fguanxi.db").problem(404, "not_found");
    });
}

#[test]
fn the_bytes_of_a_file_follow_its_record() {
    on_both_stores(|server| {
        let elsewhere = server.create("department", json!({ "name": "华南" }));
        server.add_member("bob", &["sales"], elsewhere);
        let (ann, bob, manager) = (server.caller("sales"), server.sign_in("bob"), server.caller("sales_manager"));
        let upload = |client: &Client<'_>| {
            let named = client.with_header("content-disposition", "attachment; filename=\"offer.pdf\"");
            named.post_bytes("/files", "application/pdf", b"%PDF-1.7 canary").expect(201)["id"].as_str().unwrap().to_owned()
        };
        let file = upload(&ann);
        let (bytes, entry) = (format!("/files/{file}"), format!("/records/file/{file}"));
        let etag = ann.get(&bytes).header("etag").to_owned();
        let seen_by = |client: &Client<'_>| {
            let (bytes, entry) = (client.get(&bytes).status, client.get(&entry).status);
            assert_eq!(bytes, entry);
            let listed = client.get("/records/file?limit=500").expect(200)["items"].as_array().unwrap().iter().any(|it| it["id"] == file.as_str());
            assert_eq!(listed, bytes == 200);
            bytes == 200
        };
        assert_eq!((seen_by(&ann), seen_by(&bob), seen_by(&manager)), (true, false, false), "it hangs nowhere");
        bob.with_header("if-none-match", &etag).get(&bytes).problem(404, "not_found");
        let account = make_account(&bob, "别家");
        let stolen = bob.post("/records/note", json!({ "body": "见附件", "account": account["id"], "attachment": file }));
        stolen.field_problem(422, "attachment", "no_such_record");
        let missing =
            bob.post("/records/note", json!({ "body": "x", "account": account["id"], "attachment": "01890000-0000-7000-8000-000000000000" }));
        missing.field_problem(422, "attachment", "no_such_record");
        let account = make_account(&ann, "星河");
        let note = ann.post("/records/note", json!({ "body": "见附件", "account": account["id"], "attachment": file })).expect(201);
        assert_eq!((seen_by(&ann), seen_by(&bob), seen_by(&manager)), (true, false, true), "who sees the note sees its file");
        let events = bob.get("/events?after=0&limit=500").expect(200);
        assert!(!events["items"].to_string().contains("offer.pdf") && !events["items"].to_string().contains(&file), "{events}");
        bob.get(&format!("/records/file/{file}/history")).problem(404, "not_found");
        ann.patch(&path_of("note", &note), json!({ "attachment": null })).expect(200);
        assert_eq!((seen_by(&ann), seen_by(&manager)), (true, false), "it hangs nowhere again");
    });
}

#[test]
fn only_real_pictures_are_shown_in_place() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let up = |name: &str, content_type: &str, bytes: &[u8]| {
        let named = client.with_header("content-disposition", &format!("attachment; filename=\"{name}\""));
        let file = named.post_bytes("/files", content_type, bytes).expect(201);
        let down = client.get(&format!("/files/{}?inline=1", file["id"].as_str().unwrap()));
        (file["content_type"].as_str().unwrap().to_owned(), down.header("content-disposition").starts_with("inline"))
    };
    assert_eq!(up("a.png", "image/png", PNG), ("image/png".into(), true));
    assert_eq!(up("a.png", "image/png", b"<script>alert(1)</script>"), ("application/octet-stream".into(), false));
    assert_eq!(up("a.html", "text/html", b"<script>alert(1)</script>"), ("text/html".into(), false));
    assert_eq!(up("a.svg", "image/svg+xml", b"<svg/>"), ("image/svg+xml".into(), false));
    assert_eq!(up("a.bin", "not a type", b"x"), ("application/octet-stream".into(), false));
}

#[test]
fn uploads_that_are_too_large_cut_off_or_nameless_leave_nothing() {
    let server = TestServer::with_settings(&[("max-file", "100kB")]);
    let client = server.caller("sales");
    let named = client.with_header("content-disposition", "attachment; filename=\"a.bin\"");
    named.post_bytes("/files", "application/octet-stream", &vec![0; 100_001]).problem(413, "too_large");
    let pieces = (0..11).map(|_| Ok(vec![0; 10_000])).collect();
    named.send_pieces("/files", "application/octet-stream", pieces).problem(413, "too_large");
    let cut = vec![Ok(vec![0; 10]), Err(std::io::Error::other("gone"))];
    named.send_pieces("/files", "application/octet-stream", cut).problem(400, "bad_request");
    let short = named.with_header("content-length", "50");
    short.send_pieces("/files", "application/octet-stream", vec![Ok(vec![0; 10])]).problem(400, "bad_request");
    client.post_bytes("/files", "application/octet-stream", b"x").problem(400, "bad_request");
    server.anonymous().post_bytes("/files", "application/octet-stream", b"x").problem(401, "not_signed_in");
    let left: Vec<_> = std::fs::read_dir(server.data_folder().join("files/incoming")).unwrap().collect();
    assert!(left.is_empty(), "{left:?}");
    named.post_bytes("/files", "application/octet-stream", &vec![0; 100_000]).expect(201);
}
