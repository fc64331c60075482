//! Texts that several edit at once, over real sockets: no character lost, whoever comes and goes; and no harm from those who
//! send what is no edit.

use std::collections::BTreeMap;

use base64::Engine as _;
use base64::engine::general_purpose::STANDARD as BASE64;
use guanxi_kernel::coedit;
use guanxi_kernel::store::{Condition, Select, StoreExt as _};
use guanxi_kernel::system_tables::DOCUMENT;
use guanxi_testkit::{Client, Replica, TestServer, Writer, on_both_stores};
use serde_json::{Value as Json, json};

use super::path_of;

fn note(client: &Client<'_>, body: &str) -> Json {
    client.post("/records/note", json!({ "title": "纪要", "body": body })).expect(201)
}

fn body(client: &Client<'_>, note: &Json) -> Json {
    client.get(&path_of("note", note)).expect(200)["body"].clone()
}

fn join<'a>(client: &Client<'a>, name: u32, note: &Json) -> Writer<'a> {
    Writer::join(client, name, "note", &note["id"], "body")
}

/// Leaves, and waits until the record has what was written.
fn leave_and_wait(client: &Client<'_>, writer: Writer<'_>) {
    let mut watching = client.watch(&["note"]);
    drop(writer);
    watching.events(1);
}

#[test]
fn two_see_each_other_write_and_the_record_gets_it_with_its_history() {
    on_both_stores(|server| {
        let (ann, bob) = (server.caller("sales"), server.caller("sales_manager"));
        let made = note(&ann, "<p>一</p><ul><li>二</li></ul>");
        let (mut one, mut other) = (join(&ann, 1, &made), join(&bob, 2, &made));
        assert_eq!(one.copy.whole(), other.copy.whole());
        one.write(1, "甲");
        other.until(|copy, _| copy.text() == "一甲");
        one.until(|copy, _| copy.is_taken());
        other.write(0, "😀乙");
        one.until(|copy, _| copy.text() == "😀乙一甲");
        other.until(|copy, _| copy.is_taken());
        // Where they stand they tell each other.
        one.live.say(&json!({ "type": "cursor", "doc": one.copy.number, "client": 1, "at": "{\"x\":1}" }));
        let cursor = other.wait("cursor");
        assert_eq!((&cursor["client"], &cursor["at"]), (&json!(1), &json!("{\"x\":1}")));
        assert!(cursor["label"].is_string(), "{cursor}");
        one.live.say(&json!({ "type": "leave", "doc": one.copy.number }));
        assert_eq!(other.wait("cursor")["at"], Json::Null, "he stands nowhere any more");
        assert_eq!(body(&ann, &made), "<p>一</p><ul><li>二</li></ul>", "the record waits until nobody writes");
        leave_and_wait(&ann, other);
        let saved = ann.get(&path_of("note", &made)).expect(200);
        assert_eq!(saved["body"], "<p>😀乙一甲</p><ul><li><p>二</p></li></ul>");
        assert_eq!(saved["version"], 2);
        let history = ann.get(&format!("{}/history", path_of("note", &made))).expect(200);
        let change = &history["items"][0]["changes"][0];
        assert_eq!((&change["field"], &change["old"]), (&json!("body"), &json!("<p>一</p><ul><li>二</li></ul>")));
        server.settle();
        let found = ann.get("/records/note?q=乙一甲").expect(200);
        assert_eq!(found["items"].as_array().map(Vec::len), Some(1), "and it is found");
        // Joined again without a change, nothing is written.
        drop(join(&ann, 3, &made));
        ann.patch(&path_of("note", &made), json!({ "pinned": true })).expect(200);
        assert_eq!(ann.get(&path_of("note", &made)).expect(200)["version"], 3);
    });
}

/// Every character somebody wrote, once.
fn counted(text: &str) -> BTreeMap<char, usize> {
    text.chars().fold(BTreeMap::new(), |mut all, it| {
        *all.entry(it).or_default() += 1;
        all
    })
}

#[test]
fn thirty_write_at_once_and_no_character_is_lost() {
    const WRITERS: u32 = 30;
    const EACH: u32 = 40;
    on_both_stores(|server| {
        let clients: Vec<Client<'_>> = (0..WRITERS).map(|_| server.caller("sales_manager")).collect();
        let made = note(&clients[0], "<p>.</p>");
        let character = |it: u32| char::from_u32(0x4e00 + it).unwrap();
        let write = |(name, client): (u32, &Client<'_>)| {
            let mut writer = join(client, name + 1, &made);
            for at in 0..EACH {
                writer.write(at * 7 % (at + 1), &character(name).to_string());
                if at % 8 == 7 {
                    writer.until(|copy, _| copy.is_taken());
                }
            }
            writer.until(|copy, _| copy.is_taken() && copy.text().chars().count() == (WRITERS * EACH + 1) as usize);
            writer.copy.text()
        };
        let texts: Vec<String> = std::thread::scope(|scope| {
            let write = &write;
            let threads: Vec<_> = (0..).zip(&clients).map(|it| scope.spawn(move || write(it))).collect();
            threads.into_iter().map(|it| it.join().unwrap()).collect()
        });
        let mut expected: BTreeMap<char, usize> = (0..WRITERS).map(|it| (character(it), EACH as usize)).collect();
        expected.insert('.', 1);
        for text in &texts {
            assert_eq!(text, &texts[0], "all copies say the same");
        }
        assert_eq!(counted(&texts[0]), expected);
        // And so does whoever comes now; and the record, once the last has gone, who adds a character so that something is unsaved.
        let mut last = join(&clients[0], 99, &made);
        assert_eq!(last.copy.text(), texts[0]);
        last.write_durably(0, "末");
        leave_and_wait(&clients[0], last);
        assert_eq!(body(&clients[0], &made), format!("<p>末{}</p>", texts[0]));
    });
}

#[test]
fn who_was_away_for_a_while_merges_what_he_wrote() {
    on_both_stores(|server| {
        let (ann, bob) = (server.caller("sales"), server.caller("sales_manager"));
        let made = note(&ann, "<p>中</p>");
        let (mut one, mut other) = (join(&ann, 1, &made), join(&bob, 2, &made));
        // Ann's network is gone; both go on.
        let Writer { live, copy: mut away } = one;
        drop(live);
        away.insert(0, "前");
        away.insert(9, "后");
        other.write_durably(1, "间");
        assert_eq!(other.copy.text(), "中间");
        one = Writer { live: ann.live(), copy: away };
        one.rejoin();
        one.until(|copy, _| copy.is_taken());
        other.until(|copy, _| copy.text().chars().count() == 4);
        assert_eq!(one.copy.text(), other.copy.text());
        assert_eq!(counted(&one.copy.text()), counted("前中间后"));
    });
}

#[test]
fn what_others_write_into_the_field_is_taken_as_an_edit_of_theirs() {
    on_both_stores(|server| {
        let (ann, bob) = (server.caller("sales"), server.caller("sales_manager"));
        let made = note(&ann, "<p>一</p><p>二</p><p>三</p>");
        let mut writer = join(&ann, 1, &made);
        writer.write_durably(1, "甲");
        // A program writes the record, and knows nothing of what is not in it yet.
        bob.patch(&path_of("note", &made), json!({ "body": "<p>一</p><p>贰</p><p>三</p><p>四</p>" })).expect(200);
        writer.until(|copy, _| copy.whole().contains('四'));
        leave_and_wait(&bob, writer);
        assert_eq!(body(&ann, &made), "<p>一甲</p><p>贰</p><p>三</p><p>四</p>", "both, paragraph by paragraph");
        // The same while nobody has it open.
        bob.patch(&path_of("note", &made), json!({ "body": "<p>新</p>" })).expect(200);
        let writer = join(&ann, 2, &made);
        assert_eq!(writer.copy.text(), "新");
        // Undone, it is as it was; whoever has it open sees it.
        let history = ann.get(&format!("{}/history", path_of("note", &made))).expect(200);
        let change = history["items"][0]["change_id"].as_str().unwrap().to_owned();
        let mut writer = writer;
        bob.post(&format!("/changes/{change}/undo"), json!({})).expect(200);
        writer.until(|copy, _| copy.text() == "一甲");
    });
}

#[test]
fn two_nodes_on_one_database_come_to_the_same() {
    on_both_stores(|server| {
        let beside = server.beside();
        let (ann, bob) = (server.caller("sales"), server.caller("sales_manager"));
        let mut far = beside.anonymous();
        (far.cookie, far.csrf) = (bob.cookie.clone(), bob.csrf.clone());
        let made = note(&ann, "<p>.</p>");
        let (mut here, mut there) = (join(&ann, 1, &made), join(&far, 2, &made));
        for at in 0..10 {
            here.write(at, "甲");
            there.write(0, "乙");
        }
        here.until(|copy, _| copy.is_taken());
        there.until(|copy, _| copy.is_taken());
        let all = |copy: &Replica, _: &Json| copy.text().chars().count() == 21;
        here.until(all);
        there.until(all);
        assert_eq!(here.copy.text(), there.copy.text());
    });
}

#[test]
fn an_edit_after_a_text_was_saved_is_found_by_another_node() {
    on_both_stores(|server| {
        let ann = server.caller("sales");
        let made = note(&ann, "<p>.</p>");
        let mut writer = join(&ann, 1, &made);
        (0..3).for_each(|_| writer.write_durably(0, "甲"));
        leave_and_wait(&ann, writer);
        // No record has it yet: another node, or this one after a kill, finds it among the edits.
        let mut again = join(&ann, 2, &made);
        again.write_durably(0, "乙");
        let beside = server.beside();
        let mut far = beside.anonymous();
        (far.cookie, far.csrf) = (ann.cookie.clone(), ann.csrf.clone());
        assert_eq!((join(&far, 3, &made).copy.text(), again.copy.text()), ("乙甲甲甲.".into(), "乙甲甲甲.".into()));
    });
}

#[test]
fn who_may_only_read_reads_along_and_what_is_withdrawn_holds_at_once() {
    on_both_stores(|server| {
        let (admin, sales) = (server.administrator(), server.caller("sales"));
        let made = note(&sales, "<p>一</p>");
        let roles = admin.get("/roles").expect(200);
        let role = roles["items"].as_array().unwrap().iter().map(|it| &it["definition"]).find(|it| it["name"] == "sales").unwrap().clone();
        let put = |role: &Json| {
            admin.post("/schema/apply", json!({ "changes": [{ "op": "put_role", "role": role }] })).expect(200);
        };
        let (mut boss, mut writer) = (join(&admin, 1, &made), join(&sales, 2, &made));
        writer.write_durably(1, "甲");
        let mut narrow = role.clone();
        narrow["objects"]["note"]["fields"]["body"] = json!("read");
        put(&narrow);
        let left = writer.wait("left");
        assert_eq!((&left["reason"], &left["field"]), (&json!("read_only"), &json!("body")));
        writer.rejoin();
        assert!(!writer.copy.write);
        boss.write_durably(0, "乙");
        writer.until(|copy, _| copy.text() == "乙一甲");
        writer.write(0, "丙");
        assert_eq!(writer.wait("left")["reason"], "read_only", "what he sends all the same is refused");
        let mut none = role;
        none["objects"]["note"]["read"] = json!("none");
        writer = join(&sales, 3, &made);
        put(&none);
        assert_eq!(writer.wait("left")["reason"], "gone");
        let join = writer.copy.join();
        writer.live.say(&join);
        assert_eq!(writer.wait("left")["reason"], "gone");
        boss.write_durably(0, "丁");
        assert_eq!(boss.copy.text(), "丁乙一甲", "nothing of the refused is there");
        // What he wrote while he might counts as his.
        leave_and_wait(&admin, boss);
        assert_eq!(body(&admin, &made), "<p>丁乙一甲</p>");
    });
}

#[test]
fn what_is_no_text_or_locked_or_gone_cannot_be_edited() {
    on_both_stores(|server| {
        let (admin, sales) = (server.administrator(), server.caller("sales"));
        let made = note(&sales, "<p>一</p>");
        let mut live = sales.live();
        let absent = json!("00000000-0000-7000-8000-000000000001");
        for (object, id, field) in
            [("note", &made["id"], "title"), ("note", &made["id"], "nothing"), ("note", &absent, "body"), ("thing", &absent, "x")]
        {
            live.say(&json!({ "type": "join", "object": object, "id": id, "field": field }));
            assert_eq!(live.expect("left")["reason"], "gone", "{object} {field}");
        }
        let mut writer = join(&sales, 1, &made);
        admin.post(&format!("{}/lock", path_of("note", &made)), json!({ "reason": "定稿" })).expect(201);
        assert_eq!(writer.wait("left")["reason"], "read_only");
        writer.rejoin();
        assert!(!writer.copy.write);
        admin.delete(&format!("{}/lock", path_of("note", &made))).expect(204);
        let mut writer = join(&sales, 2, &made);
        admin.delete(&path_of("note", &made)).expect(204);
        assert_eq!(writer.wait("left")["reason"], "gone");
    });
}

#[test]
fn what_nobody_can_come_back_to_is_forgotten() {
    on_both_stores(|server| {
        let admin = server.administrator();
        let made: Vec<Json> = (0..3).map(|_| note(&admin, "<p>一</p>")).collect();
        for note in &made {
            let mut writer = join(&admin, 1, note);
            writer.write(0, "甲");
            writer.until(|copy, _| copy.is_taken());
            leave_and_wait(&admin, writer);
        }
        let kept = || server.workspace.store.read_with(|tx| Ok(tx.count(&Select::all(&DOCUMENT, Condition::True), None)?)).unwrap();
        let tidy = || coedit::forget_gone(&server.workspace.system_context(uuid::Uuid::nil(), "test")).unwrap();
        assert_eq!((kept(), tidy()), (3, 0), "what is there keeps its document");
        admin.delete(&path_of("note", &made[0])).expect(204);
        assert_eq!((tidy(), kept()), (0, 3), "it may come back from the bin");
        admin.delete(&format!("{}?permanent=true", path_of("note", &made[1]))).expect(204);
        assert_eq!(kept(), 2, "what is erased takes its document along");
        server.clock.advance(31 * 24 * 3_600);
        assert_eq!((tidy(), kept()), (1, 1));
        // Nobody stays signed in for so long.
        let admin = server.administrator();
        admin.post(&format!("{}/restore", path_of("note", &made[0])), json!({})).expect(200);
        let again = join(&admin, 2, &made[0]);
        assert_eq!(again.copy.text(), "甲一", "it is begun anew from its record");
    });
}

#[test]
fn what_a_record_does_not_take_is_told_and_kept() {
    let server = TestServer::sqlite();
    let sales = server.caller("sales");
    let made = note(&sales, "<p>一</p>");
    let mut writer = join(&sales, 1, &made);
    // Longer than the field may be.
    for _ in 0..3 {
        writer.write_durably(0, &"长".repeat(40_000));
    }
    let mut watching = sales.watch(&["note"]);
    drop(writer);
    sales.patch(&path_of("note", &made), json!({ "pinned": true })).expect(200);
    watching.events(1);
    assert_eq!(body(&sales, &made), "<p>一</p>");
    let again = join(&sales, 2, &made);
    assert_eq!(again.copy.text().chars().count(), 120_001, "it is still there");
}

#[test]
fn what_is_no_edit_ends_the_connection_with_a_reason_and_others_are_unaffected() {
    let server = TestServer::sqlite();
    let (ann, bob) = (server.caller("sales"), server.caller("sales_manager"));
    let made = note(&ann, "<p>一</p>");
    let mut bystander = join(&bob, 1, &made);
    let edit = |doc: u64, bytes: &[u8]| json!({ "type": "edit", "doc": doc, "n": 1, "update": BASE64.encode(bytes) });
    let good = {
        let mut other = join(&ann, 77, &made);
        BASE64.decode(other.copy.insert(0, "好")["update"].as_str().unwrap()).unwrap()
    };
    let mut hostile: Vec<Vec<u8>> = vec![vec![], vec![255; 40], vec![1], good[..good.len() / 2].to_vec(), [&good[..], &[0]].concat()];
    // An array of arrays of arrays, and clients and clocks beyond all bounds.
    hostile.push([&[1, 1, 9, 0, 8, 1, 7][..], b"default", &[1], &[117; 40_000][..]].concat());
    hostile.push([&[1, 1][..], &[255; 9], &[0, 0, 1, 0]].concat());
    hostile.push(vec![1, 1, 9, 255, 255, 255, 255, 15, 0, 255, 255, 255, 255, 15, 0]);
    for bytes in &hostile {
        let mut writer = join(&ann, 9, &made);
        let doc = writer.copy.number;
        writer.live.say(&edit(doc, bytes));
        let (code, reason) = writer.live.end();
        assert_eq!(code, 4400, "{reason} {:?}", &bytes[..bytes.len().min(20)]);
    }
    // Under another's name he would write in the place of what the other writes.
    bystander.write_durably(0, "甲");
    let mut writer = join(&ann, 1, &made);
    writer.write(0, "乙");
    assert_eq!(writer.live.end(), (4400, "this is no edit: it edits under the name of another".into()));
    for (what, code) in [
        (json!({ "type": "edit", "doc": 1, "n": 1, "update": "AAA=" }), 4400),
        (json!({ "type": "edit", "doc": 1, "n": 1, "update": "!" }), 4400),
        (json!({ "type": "cursor", "doc": 1, "client": 1, "at": "x".repeat(2_000) }), 4400),
        (json!({ "type": "edit", "doc": -1, "n": 1, "update": "" }), 4400),
    ] {
        let mut live = ann.live();
        live.say(&what);
        assert_eq!(live.end().0, code, "{what}");
    }
    let mut writer = join(&ann, 10, &made);
    let doc = writer.copy.number;
    let part = BASE64.encode(vec![0; 40_000]);
    for _ in 0..8 {
        writer.live.say(&json!({ "type": "edit", "doc": doc, "n": 1, "update": part, "more": true }));
    }
    assert_eq!(writer.live.end().0, 1009, "larger than an edit may be");
    let mut writer = join(&ann, 11, &made);
    for _ in 0..1_000 {
        let edit = writer.copy.insert(0, "洪");
        writer.live.say(&edit);
    }
    assert_eq!(writer.live.end().0, 4429, "a flood");
    bystander.write_durably(0, "安");
    assert!(bystander.copy.text().starts_with("安"));
}
