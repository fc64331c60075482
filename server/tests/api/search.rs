//! Search: where something was found, what was nearly typed, what files say; each to whom it is shown, and to nobody else.

use std::path::{Path, PathBuf};
use std::time::{Duration, Instant};

use guanxi_kernel::search::{FileText, keep_text};
use guanxi_kernel::store::{Condition, Insert, OnConflict, Select, StoreExt as _};
use guanxi_kernel::system_tables::FILE_TEXT;
use guanxi_kernel::{Value, jobs};
use guanxi_testkit::{Client, TestServer, on_both_stores};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use super::file_versions::upload;
use super::{encode, make_account, path_of};

fn search(client: &Client<'_>, words: &str) -> Json {
    client.get(&format!("/search?q={}", encode(words))).expect(200)
}

fn found(client: &Client<'_>, words: &str) -> Vec<Json> {
    search(client, words)["items"].as_array().unwrap().clone()
}

/// What is told of each field in which something was found, with what is marked in brackets.
fn marked(hit: &Json) -> Vec<String> {
    let text = |it: &Json| {
        let units: Vec<u16> = it["text"].as_str().unwrap().encode_utf16().collect();
        let part = |from: usize, to: usize| String::from_utf16(&units[from..to]).unwrap();
        let (mut at, mut shown) = (0, format!("{}: ", it["field"].as_str().unwrap()));
        for range in it["ranges"].as_array().unwrap() {
            let [from, to] = [0, 1].map(|it| usize::try_from(range[it].as_u64().unwrap()).unwrap());
            shown.push_str(&format!("{}[{}]", part(at, from), part(from, to)));
            at = to;
        }
        shown + &part(at, units.len())
    };
    hit["matched"].as_array().unwrap().iter().map(text).collect()
}

#[test]
fn it_is_told_where_something_was_found_and_of_few_digits_why_not() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let account = make_account(&client, "上海星河智能设备有限公司");
        client
            .post("/records/contact", json!({ "name": "璩鹤轩", "mobile": "13905274816", "email": "he@xinghe.example", "account": account["id"] }))
            .expect(201);
        let long = format!("{}会上提到了量子退火方案{}", "前言".repeat(300), "后记".repeat(300));
        client.post("/records/note", json!({ "title": "纪要", "body": format!("<p>{long}</p>"), "account": account["id"] })).expect(201);
        server.settle();
        for (words, told) in [
            ("鶴軒", "name: 璩[鹤轩]"),
            ("heXuan", "name: 璩[鹤轩]"),
            ("0527 4816", "mobile: 139 [0527 4816]"),
            ("2748", "mobile: 139 05[27 48]16"),
            ("xinghe.example", "email: he@[xinghe].[example]"),
        ] {
            let hits = found(&client, words);
            let contact = hits.iter().find(|it| it["object"] == "contact").unwrap_or_else(|| panic!("{words}: {hits:?}"));
            assert!(marked(contact).contains(&told.to_owned()), "{words}: {:?}", marked(contact));
            assert_eq!(contact["typo"], false);
        }
        let note = &found(&client, "量子退火")[0];
        let snippet = marked(note).into_iter().find(|it| it.starts_with("body: ")).unwrap();
        assert!(snippet.contains("提到了[量子退火]方案") && snippet.chars().count() < 180 && snippet.contains('…'), "{snippet}");
        for words in ["1", "27", "２７", "object:联系人 27"] {
            let hint = search(&client, words)["hint"].clone();
            assert_eq!(hint["code"], "few_digits", "{words}");
            assert!(hint["message"].as_str().unwrap().contains('3'));
        }
        let english = client.with_header("accept-language", "en");
        assert!(search(&english, "27")["hint"]["message"].is_string());
        for words in ["274", "星河", "a1"] {
            assert!(search(&client, words).get("hint").is_none(), "{words}");
        }
    });
}

#[test]
fn nothing_is_marked_in_what_is_covered() {
    on_both_stores(|server| {
        let (sales, analyst) = (server.caller("sales"), server.caller("analyst"));
        sales.post("/records/contact", json!({ "name": "店 13887654321", "mobile": "13887654321" })).expect(201);
        server.settle();
        let whole = &found(&sales, "13887654321 店")[0];
        assert_eq!(marked(whole)[0], "name: [店] [13887654321]");
        assert!(marked(&found(&sales, "8765 4321")[0]).contains(&"name: 店 138[87654321]".to_owned()));
        let hits = found(&analyst, "13887654321");
        assert_eq!(marked(&hits[0]), ["name: 店 [13887654321]"], "his role hides the number");
        assert!(!hits[0]["matched"].to_string().contains("138 8765"), "{hits:?}");
    });
}

#[test]
fn what_was_nearly_typed_is_told_as_that_and_only_of_what_one_may_see() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let account = make_account(&client, "上海星河智能设备有限公司");
        let elsewhere = server.create("department", json!({ "name": "别处" }));
        server.add_member("ma", &["sales"], elsewhere);
        server.settle();
        for words in ["shanghaixignhe", "星河职能", "上海星河只能设备"] {
            let hits = found(&client, words);
            assert_eq!((&hits[0]["id"], &hits[0]["typo"]), (&account["id"], &json!(true)), "{words}");
            assert!(!marked(&hits[0]).is_empty());
            assert_eq!(search(&server.sign_in("ma"), words), json!({ "items": [], "more": false }), "{words}");
        }
        assert_eq!(found(&client, "xqzzqx"), Vec::<Json>::new());
    });
}

/// A PDF of one page that says something in Helvetica, and something in Chinese by a map from signs to letters.
fn pdf(latin: &str, chinese: &str) -> Vec<u8> {
    let units: Vec<u16> = chinese.encode_utf16().collect();
    let signs: String = (1..=units.len()).map(|it| format!("{it:04X}")).collect();
    let map: String = units.iter().enumerate().map(|(at, it)| format!("<{:04X}> <{it:04X}>\n", at + 1)).collect();
    let cmap = format!(
        "/CIDInit /ProcSet findresource begin 12 dict begin begincmap /CMapName /X def 1 begincodespacerange <0000> <FFFF> endcodespacerange \
         {} beginbfchar\n{map}endbfchar endcmap CMapName currentdict /CMap defineresource pop end end",
        units.len()
    );
    let content = format!("BT /F1 12 Tf 50 700 Td ({latin}) Tj ET BT /F2 12 Tf 50 650 Td <{signs}> Tj ET");
    pdf_of(&[
        "<< /Type /Catalog /Pages 2 0 R >>".into(),
        "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".into(),
        "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 600 800] /Contents 4 0 R /Resources << /Font << /F1 5 0 R /F2 6 0 R >> >> >>".into(),
        format!("<< /Length {} >>\nstream\n{content}\nendstream", content.len()),
        "<< /Type /Font /Subtype /Type1 /BaseFont /Helvetica /Encoding /WinAnsiEncoding >>".into(),
        "<< /Type /Font /Subtype /Type0 /BaseFont /X /Encoding /Identity-H /DescendantFonts [7 0 R] /ToUnicode 8 0 R >>".into(),
        "<< /Type /Font /Subtype /CIDFontType2 /BaseFont /X /CIDSystemInfo << /Registry (Adobe) /Ordering (Identity) /Supplement 0 >> /DW 1000 /FontDescriptor 9 0 R >>"
            .into(),
        format!("<< /Length {} >>\nstream\n{cmap}\nendstream", cmap.len()),
        "<< /Type /FontDescriptor /FontName /X /Flags 4 >>".into(),
    ])
}

fn pdf_of(objects: &[String]) -> Vec<u8> {
    let mut file = "%PDF-1.7\n".to_owned();
    let mut places = Vec::new();
    for (number, object) in objects.iter().enumerate() {
        places.push(file.len());
        file.push_str(&format!("{} 0 obj\n{object}\nendobj\n", number + 1));
    }
    let start = file.len();
    let table: String = places.iter().map(|it| format!("{it:010} 00000 n \n")).collect();
    file.push_str(&format!(
        "xref\n0 {0}\n0000000000 65535 f \n{table}trailer << /Size {0} /Root 1 0 R >>\nstartxref\n{start}\n%%EOF",
        places.len() + 1
    ));
    file.into_bytes()
}

fn id_of(file: &str) -> Json {
    json!(file.rsplit('/').next().unwrap())
}

fn states(server: &TestServer) -> Vec<String> {
    let rows = server.workspace.store.read_with(|tx| Ok(tx.rows(&Select::all(&FILE_TEXT, Condition::True))?)).unwrap();
    rows.iter().map(|it| it[1].as_text().unwrap().to_owned()).collect()
}

#[test]
fn what_a_file_says_is_found_by_those_who_see_it_on_its_record() {
    guanxi_server::file_texts::use_program(env!("CARGO_BIN_EXE_guanxi").into());
    on_both_stores(|server| {
        let (client, partner) = (server.caller("sales"), server.caller("partner"));
        let account = make_account(&client, "星河");
        let elsewhere = server.create("department", json!({ "name": "别处" }));
        server.add_member("ma", &["sales"], elsewhere);
        let offer = upload(&client, "offer.pdf", &pdf("Zebrafish quotation 4711", "含税报价单"));
        let text = upload(&client, "list.csv", "品名,价格\n超导线圈,100\n".as_bytes());
        server.settle();
        assert_eq!(found(&client, "zebrafish"), Vec::<Json>::new(), "it hangs nowhere yet: there is nowhere to go");
        let note = client.post("/records/note", json!({ "body": "附件", "account": account["id"], "attachment": id_of(&offer) })).expect(201);
        let other = client.post("/records/note", json!({ "body": "附件", "account": account["id"], "attachment": id_of(&text) })).expect(201);
        server.settle();
        assert_eq!(states(server), ["read", "read"]);
        for (words, of, said) in [
            ("zebrafish", &note, "[Zebrafish] quotation"),
            ("报价单", &note, "含税[报价单]"),
            ("報價單", &note, "含税[报价单]"),
            ("超导线圈", &other, "[超导线圈]"),
        ] {
            let hits = found(&client, words);
            assert_eq!(hits.len(), 1, "{words}: {hits:?}");
            assert_eq!((&hits[0]["object"], &hits[0]["on"]), (&json!("file"), &json!({ "object": "note", "id": of["id"] })), "{words}");
            assert!(marked(&hits[0]).iter().any(|it| it.contains(said)), "{words}: {:?}", marked(&hits[0]));
            for stranger in [&partner, &server.sign_in("ma")] {
                assert_eq!(search(stranger, words)["items"], json!([]), "{words}");
            }
        }
        assert_eq!(found(&client, "offer.pdf").len(), 1, "by its name too");
        // In the bin it is not found, and another content has other words.
        client.delete(&path_of("note", &note)).expect(204);
        assert_eq!(found(&client, "zebrafish"), Vec::<Json>::new());
        let named = client.with_header("content-disposition", "attachment; filename=\"list.csv\"");
        named.post_bytes(&format!("{text}/versions"), "text/csv", "品名\n永磁体组件\n".as_bytes()).expect(201);
        server.settle();
        assert_eq!((found(&client, "超导线圈").len(), found(&client, "永磁体组件").len()), (0, 1));
    });
}

/// Who sees a file sees one of the many things it may hang on, each with the departments it may be of.
#[test]
fn who_sees_hundreds_of_departments_finds_files_and_comments() {
    on_both_stores(|server| {
        let administrator = server.administrator();
        let department = |it: usize| json!({ "op": "create", "values": { "name": format!("网点 {it}"), "parent": server.department() } });
        let operations: Vec<Json> = (0..600).map(department).collect();
        let made = administrator.post("/records/department/batch", json!({ "mode": "all_or_nothing", "operations": operations })).expect(200);
        let (first, last) = (made["results"][0]["id"].clone(), made["results"][599]["id"].clone());
        let manager = server.caller("sales_manager");
        let ids: Vec<Json> = [&first, &last]
            .into_iter()
            .map(|department| {
                let account = make_account(&administrator, "星河");
                administrator.patch(&path_of("account", &account), json!({ "department": department })).expect(200);
                let file = upload(&administrator, "璩鹤轩.csv", "品名\n超导线圈\n".as_bytes());
                let note = json!({ "body": "附件", "account": account["id"], "department": department, "attachment": id_of(&file) });
                administrator.post("/records/note", note).expect(201)["id"].clone()
            })
            .collect();
        server.settle();
        let hits = found(&manager, "璩鹤轩");
        let on: Vec<&Json> = hits.iter().filter(|it| it["object"] == "file").map(|it| &it["on"]["id"]).collect();
        assert!(on.len() == 2 && ids.iter().all(|it| on.contains(&it)), "{hits:?}");
        assert_eq!(found(&server.caller("partner"), "璩鹤轩"), Vec::<Json>::new());
    });
}

#[test]
fn a_content_that_cannot_be_had_is_read_when_it_can_and_none_is_kept_that_no_file_has() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let account = make_account(&client, "星河");
        let lost = upload(&client, "lost.csv", "品名\n超导线圈\n".as_bytes());
        let there = upload(&client, "there.csv", "品名\n永磁体组件\n".as_bytes());
        for file in [&lost, &there] {
            client.post("/records/note", json!({ "body": "附件", "account": account["id"], "attachment": id_of(file) })).expect(201);
        }
        let folder = server.data_folder().join("files");
        let away = server.data_folder().join("away");
        let content = content_of(&folder, "超导线圈");
        std::fs::rename(&content, &away).unwrap();
        server.settle();
        assert_eq!((states(server), found(&client, "永磁体组件").len()), (vec!["read".to_owned()], 1), "the other one is read");
        std::fs::rename(&away, &content).unwrap();
        let context = server.workspace.system_context(Uuid::nil(), "test");
        let run = |kind: &'static str| {
            let (inner, at) = (context.clone(), context.now);
            server.workspace.store.write_with(move |tx| jobs::enqueue(&inner, tx, kind, json!({}), None, at)).unwrap();
            server.settle();
        };
        run("files.read_texts");
        assert_eq!((states(server).len(), found(&client, "超导线圈").len()), (2, 1));
        // It was erased while it was being read.
        keep_text(&context, &"0".repeat(64), &FileText::Read("zebrafish".into())).unwrap();
        assert_eq!(states(server).len(), 2);
        let orphan = vec![
            Value::Text("0".repeat(64)),
            Value::Text("read".into()),
            Value::Text("zebrafish".into()),
            Value::Int(1),
            Value::DateTime(server.workspace.clock.now()),
        ];
        let insert = Insert { table: FILE_TEXT.clone(), columns: (0..5).collect(), rows: vec![orphan], on_conflict: OnConflict::Fail };
        server.workspace.store.write_with(move |tx| Ok(tx.insert(&insert)?)).unwrap();
        assert_eq!(states(server).len(), 3);
        run("files.tidy");
        assert_eq!(states(server).len(), 2);
    });
}

/// The file of a folder that says something.
fn content_of(folder: &Path, said: &str) -> PathBuf {
    let mut folders = vec![folder.to_owned()];
    while let Some(folder) = folders.pop() {
        for entry in std::fs::read_dir(folder).unwrap() {
            let path = entry.unwrap().path();
            if path.is_dir() {
                folders.push(path);
            } else if String::from_utf8_lossy(&std::fs::read(&path).unwrap()).contains(said) {
                return path;
            }
        }
    }
    panic!("no content says {said}");
}

#[test]
fn files_made_to_do_harm_say_nothing_and_harm_nobody() {
    guanxi_server::file_texts::use_program(env!("CARGO_BIN_EXE_guanxi").into());
    let page = |content: &str| -> Vec<String> {
        vec![
            "<< /Type /Catalog /Pages 2 0 R >>".into(),
            "<< /Type /Pages /Kids [3 0 R] /Count 1 >>".into(),
            "<< /Type /Page /Parent 2 0 R /MediaBox [0 0 9 9] /Contents 4 0 R /Resources << /XObject << /X 4 0 R >> >> >>".into(),
            format!(
                "<< /Type /XObject /Subtype /Form /Resources << /XObject << /X 4 0 R >> >> /Length {} >>\nstream\n{content}\nendstream",
                content.len()
            ),
        ]
    };
    let own_parent = ["<< /Type /Catalog /Pages 2 0 R >>", "<< /Type /Pages /Kids [2 0 R 2 0 R] /Count 99999999 >>"].map(str::to_owned);
    let files: Vec<Vec<u8>> = vec![
        b"%PDF-1.7 zebra".to_vec(),
        pdf_of(&own_parent),
        pdf_of(&page("/X Do")),
        pdf_of(&page(&"q ".repeat(200_000))),
        pdf_of(&page(&"[".repeat(500_000))),
        pdf_of(&["<< /Type /Catalog /Pages ".to_owned() + &"<< /A ".repeat(200_000)]),
        pdf("x", "报").iter().map(|it| if it.is_ascii_digit() { b'9' } else { *it }).collect(),
        [b"%PDF-1.7\n".to_vec(), vec![0xff; 100_000]].concat(),
    ];
    on_both_stores(|server| {
        let client = server.caller("sales");
        let account = make_account(&client, "星河");
        let began = Instant::now();
        for (at, bytes) in files.iter().enumerate() {
            let file = upload(&client, &format!("{at}.pdf"), bytes);
            client.post("/records/note", json!({ "body": "附件", "account": account["id"], "attachment": id_of(&file) })).expect(201);
        }
        server.settle();
        assert!(began.elapsed() < Duration::from_secs(120), "{:?}", began.elapsed());
        assert_eq!(states(server).len(), files.len(), "each was looked at, and none again and again");
        assert_eq!(found(&client, "zebra"), Vec::<Json>::new());
    });
}

#[test]
fn exact_words_are_found_in_all_that_is_searched() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let address = json!({ "province": "广东省", "city": "深圳市", "district": "南山区", "street": "科技园南路1号" });
        let account = client.post("/records/account", json!({ "name": "店", "phone": "010-6552 9988", "address": address })).expect(201);
        let number = account["number"].as_str().unwrap();
        let note = |body: &str| {
            let note = json!({ "title": "纪要", "body": format!("<p>{body}</p>"), "account": account["id"] });
            client.post("/records/note", note).expect(201)["id"].clone()
        };
        let (said, other) = (note("谈到<b>二期</b> 改造，下周再谈"), note("改造之后再说二期"));
        let file = upload(&client, "list.csv", "品名\n超导 线圈\n".as_bytes());
        let attached = json!({ "body": "附件", "account": account["id"], "attachment": id_of(&file) });
        client.post("/records/note", attached).expect(201);
        server.settle();
        let ids = |words: &str| found(&client, words).iter().map(|it| it["id"].clone()).collect::<Vec<Json>>();
        assert_eq!(ids("\"二期 改造\""), std::slice::from_ref(&said));
        let both = ids("二期 改造");
        assert!(both.contains(&said) && both.contains(&other), "{both:?}");
        for words in [number, "科技园南路", "广东省深圳市", "01065529988", "6552 9988"] {
            assert_eq!(ids(&format!("\"{words}\"")), [account["id"].clone()], "{words}");
        }
        assert_eq!(found(&client, "\"超导 线圈\"").iter().map(|it| it["object"].clone()).collect::<Vec<_>>(), ["file"]);
        assert_eq!(ids("\"线圈 超导\""), Vec::<Json>::new());
    });
}

#[test]
fn a_long_contract_is_found_by_its_last_clause() {
    on_both_stores(|server| {
        let client = server.caller("sales");
        let account = make_account(&client, "星河");
        let mixed = |n: u32| (n ^ (n >> 15)).wrapping_mul(2_246_822_519);
        let han = |n: u32| char::from_u32(0x4e00 + (mixed(n.wrapping_mul(2_654_435_761)) >> 8) % 3_000).unwrap();
        let body: String = (0..80_000_u32).map(han).collect();
        let file = upload(&client, "contract.txt", format!("{body}\n第九条 违约金另计，联系 139 0527 4816。\n").as_bytes());
        client.post("/records/note", json!({ "body": "合同", "account": account["id"], "attachment": id_of(&file) })).expect(201);
        server.settle();
        for words in ["违约金另计", "13905274816", "274816"] {
            assert_eq!(found(&client, words).len(), 1, "{words}");
        }
    });
}
