//! What files may be, how much there may be of them, and what is told of what they say.

use guanxi_kernel::Value;
use guanxi_kernel::store::{ColumnRef, Condition, Select, Set, StoreExt as _, Update};
use guanxi_kernel::system_tables::COUNTER;
use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::json;

use super::file_versions::upload;

fn named<'a>(client: &Client<'a>, name: &str) -> Client<'a> {
    client.with_header("content-disposition", &format!("attachment; filename=\"{name}\""))
}

#[test]
fn programs_and_the_test_virus_are_refused_and_what_is_mislabelled_is_only_downloaded() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let refused = |name: &str, bytes: &[u8], code: &str| {
            named(&client, name).post_bytes("/files", "application/octet-stream", bytes).field_problem(422, "file", code);
        };
        let eicar = ["X5O!P%@AP[4\\PZX54(P^)7CC)7}$EICAR", "-STANDARD-ANTIVIRUS-TEST-FILE!$H+H*"].concat();
        refused("notes.txt", eicar.as_bytes(), "file_infected");
        refused("invoice.pdf.exe", b"hello", "file_program");
        refused("picture.png", b"MZ\x90\x00\x03\x00\x00\x00\x04\x00\x00\x00\xff\xff\x00\x00", "file_program");
        refused("run.pdf", b"#!/bin/sh\nrm -rf /", "file_program");
        let page = named(&client, "photo.png").post_bytes("/files", "image/png", b"<html><script>alert(1)</script>").expect(201);
        assert_eq!(page["content_type"], "application/octet-stream");
        for (name, bytes) in [("logo.svg", b"<svg onload=\"alert(1)\"/>".as_slice()), ("page.html", b"<html><body>".as_slice())] {
            let file = upload(&client, name, bytes);
            let down = client.get(&format!("{file}?inline=1"));
            assert!(down.header("content-disposition").starts_with("attachment"), "{name}");
            assert!(down.header("content-security-policy").contains("sandbox") && down.header("x-content-type-options") == "nosniff");
        }
        let boss = server.administrator();
        client.patch("/file-policy", json!({ "programs": "download" })).problem(403, "forbidden");
        boss.patch("/file-policy", json!({ "programs": "download" })).expect(200);
        let kept = named(&client, "tool.exe").post_bytes("/files", "application/octet-stream", b"MZ....").expect(201);
        assert_eq!(kept["content_type"], "application/octet-stream");
        refused("notes.txt", eicar.as_bytes(), "file_infected");
    });
}

#[test]
fn a_quota_holds_for_all_versions_together_and_the_largest_file_for_each() {
    on_both_stores(|server| {
        let (client, boss) = (server.caller("sales"), server.administrator());
        assert_eq!(client.get("/file-policy").expect(200)["quota"], json!(null));
        assert!(client.get("/file-policy").expect(200).get("used").is_none(), "what there is of them is for administrators");
        boss.patch("/file-policy", json!({ "largest": 10 })).field_problem(422, "largest", "too_small");
        boss.patch("/file-policy", json!({ "link_days": 0 })).field_problem(422, "link_days", "too_small");
        boss.patch("/file-policy", json!({ "qouta": 1 })).problem(400, "bad_request");
        let told = boss.patch("/file-policy", json!({ "quota": 5_000, "largest": 2_000 })).expect(200);
        assert_eq!((&told["used"], &told["server_largest"]), (&json!(0), &json!(50_000_000)));
        let put = |size: usize| named(&client, "a.txt").post_bytes("/files", "text/plain", &vec![b'x'; size]);
        put(2_001).problem(413, "too_large");
        let file = format!("/files/{}", put(2_000).expect(201)["id"].as_str().unwrap());
        named(&client, "b.txt").post_bytes(&format!("{file}/versions"), "text/plain", &vec![b'y'; 2_000]).expect(201);
        assert_eq!(boss.get("/file-policy").expect(200)["used"], 4_000, "the older version counts");
        let full = put(1_500).problem(507, "quota_exceeded");
        assert!(full["detail"].as_str().unwrap().contains("1000"), "{full}");
        named(&client, "b.txt").post_bytes(&format!("{file}/versions"), "text/plain", &vec![b'y'; 1_500]).problem(507, "quota_exceeded");
        client.post(&format!("{file}/versions/1/restore"), json!({})).problem(507, "quota_exceeded");
        put(1_000).expect(201);
        assert_eq!(server.audit(&["change_file_policy"]).len(), 1);
    });
}

#[test]
fn what_files_take_is_kept_as_they_come_and_go() {
    on_both_stores(|server| {
        let boss = server.administrator();
        let used = || boss.get("/file-policy").expect(200)["used"].as_u64().unwrap();
        let kept = || {
            let own = Condition::equals(ColumnRef::main(0), Value::Text("files.bytes".into()));
            server.workspace.store.read_with(|tx| Ok(tx.first(&Select::all(&COUNTER, own.clone()))?)).unwrap().map(|row| row[1].clone())
        };
        upload(&boss, "before.txt", &[b'x'; 500]);
        assert_eq!((used(), kept()), (500, None), "added up until it is counted");
        // An older database has files and no sum: the first upload under a quota counts.
        boss.patch("/file-policy", json!({ "quota": 10_000 })).expect(200);
        let file = upload(&boss, "a.txt", &[b'x'; 1_000]);
        assert_eq!((used(), kept()), (1_500, Some(Value::Int(1_500))));
        named(&boss, "a.txt").post_bytes(&format!("{file}/versions"), "text/plain", &[b'y'; 2_000]).expect(201);
        assert_eq!(used(), 3_500);
        let id = file.rsplit('/').next().unwrap();
        let note = boss.post("/records/note", json!({ "body": "x", "attachment": id })).expect(201);
        let path = format!("/records/note/{}", note["id"].as_str().unwrap());
        boss.delete(&path).expect(204);
        assert_eq!(used(), 3_500, "what is in the bin takes room");
        boss.delete(&format!("{path}?permanent=true")).expect(204);
        assert_eq!((used(), kept()), (500, Some(Value::Int(500))));
        // Whatever became of the sum, the daily job counts it.
        let own = Condition::equals(ColumnRef::main(0), Value::Text("files.bytes".into()));
        let wrong = Update { table: COUNTER.clone(), set: vec![(1, Set::To(Value::Int(7)))], condition: own };
        server.workspace.store.write_with(move |tx| Ok(tx.update(&wrong)?)).unwrap();
        assert_eq!(used(), 7);
        guanxi_kernel::files::count_usage(&server.workspace.system_context(uuid::Uuid::nil(), "test")).unwrap();
        assert_eq!(used(), 500);
    });
}

#[test]
fn uploads_at_the_same_moment_do_not_exceed_the_quota() {
    on_both_stores(|server| {
        let boss = server.administrator();
        boss.patch("/file-policy", json!({ "quota": 3_000 })).expect(200);
        let client = server.caller("sales");
        let outcomes: Vec<u16> = std::thread::scope(|scope| {
            let one = |_| {
                let client = client.with_new_key();
                scope.spawn(move || named(&client, "a.txt").post_bytes("/files", "text/plain", &[b'x'; 1_000]).status)
            };
            (0..8).map(one).collect::<Vec<_>>().into_iter().map(|it| it.join().unwrap()).collect()
        });
        assert_eq!(outcomes.iter().filter(|it| **it == 201).count(), 3, "{outcomes:?}");
        assert!(outcomes.iter().all(|it| [201, 507].contains(it)), "{outcomes:?}");
    });
}

#[test]
fn texts_tables_and_documents_are_told_and_bombs_are_not() {
    let server = TestServer::sqlite();
    let client = server.caller("sales");
    let text = upload(&client, "a.txt", "报价".as_bytes());
    assert_eq!(client.get(&format!("{text}/preview")).expect(200), json!({ "kind": "text", "text": "报价", "cut": false }));
    let table = client.get(&format!("{}/preview", upload(&client, "a.csv", "姓名,电话\n王伟,138\n".as_bytes()))).expect(200);
    assert_eq!((&table["kind"], &table["rows"]), (&json!("table"), &json!([["姓名", "电话"], ["王伟", "138"]])));
    let docx = archive("word/document.xml", "<w:document><w:p><w:t>你好</w:t></w:p></w:document>");
    let said = client.get(&format!("{}/preview", upload(&client, "a.docx", &docx))).expect(200);
    assert_eq!(said["blocks"], json!([{ "kind": "paragraph", "text": "你好" }]));
    let bomb = archive("word/document.xml", &" ".repeat(60 << 20));
    assert!(bomb.len() < 1_000_000);
    client.get(&format!("{}/preview", upload(&client, "bomb.docx", &bomb))).problem(413, "too_large");
    let broken = upload(&client, "b.docx", &docx[..docx.len() / 2]);
    client.get(&format!("{broken}/preview")).field_problem(422, "file", "file_broken");
    let picture = upload(&client, "a.png", b"\x89PNG\r\n\x1a\n0000");
    client.get(&format!("{picture}/preview")).problem(415, "unsupported_media_type");
}

fn archive(name: &str, text: &str) -> Vec<u8> {
    use std::io::Write as _;
    let mut writer = zip::ZipWriter::new(std::io::Cursor::new(Vec::new()));
    let options = zip::write::SimpleFileOptions::default();
    for (name, text) in [("[Content_Types].xml", "<Types/>"), ("_rels/.rels", "<Relationships/>"), (name, text)] {
        writer.start_file(name, options).unwrap();
        writer.write_all(text.as_bytes()).unwrap();
    }
    writer.finish().unwrap().into_inner()
}
