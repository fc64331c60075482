//! Files follow the records they hang on: what a member learns of them, on every way there is, is what a naive model says.

use std::collections::{BTreeMap, BTreeSet};

use guanxi_expr::Value;
use guanxi_kernel::access::Verb;
use guanxi_kernel::app::{App, parse_object};
use guanxi_kernel::context::Context;
use guanxi_kernel::events::feed;
use guanxi_kernel::history::history;
use guanxi_kernel::read::{self, AggregateRequest, ListRequest, Stream};
use guanxi_kernel::schema::{CREATED_BY, DELETED_AT, FieldRight, Label, ObjectRights, RoleDefinition, RowScope};
use guanxi_kernel::search::{FileText, index_all, keep_text, search, unread_contents};
use guanxi_kernel::store::StoreExt;
use guanxi_kernel::write::{Batch, BatchMode, Operation, PlanOptions, plan_only, undo};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::fixture::{Fixture, code, map, on_both_stores_with, on_cases, picks};
use crate::model::{Asker, Model, Rights, Shared};
use crate::rights::{ids, list, member_context};

/// Objects with files: `paper` has two fields of them.
const HOLDERS: [(&str, &[&str]); 2] = [("paper", &["scan", "draft"]), ("memo", &["picture"])];

const PAPER: &str = r#"
name = "paper"
label = { zh-CN = "文书", en = "Paper" }
title_field = "name"
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
[[field]]
name = "scan"
type = "file"
label = { zh-CN = "扫描件", en = "Scan" }
[[field]]
name = "draft"
type = "file"
label = { zh-CN = "草稿", en = "Draft" }
"#;

const MEMO: &str = r#"
name = "memo"
label = { zh-CN = "便签", en = "Memo" }
title_field = "name"
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名称", en = "Name" }
[[field]]
name = "paper"
type = "reference"
target = "paper"
label = { zh-CN = "文书", en = "Paper" }
[[field]]
name = "picture"
type = "image"
label = { zh-CN = "图片", en = "Picture" }
"#;

fn apps() -> Vec<App> {
    vec![App { objects: vec![parse_object("paper", PAPER, "").unwrap(), parse_object("memo", MEMO, "").unwrap()], ..App::default() }]
}

fn on_both_stores(test: impl Fn(&Fixture)) {
    on_both_stores_with(apps, test);
}

/// A file this member uploaded, as the routes of the server enter it.
fn upload(it: &Fixture, member: &Context, name: &str) -> Uuid {
    it.create(&member.as_system(), "file", json!({ "name": name, "size": 3, "content_type": "image/png", "sha256": format!("sha of {name}") }))
}

/// What every file says is kept, and found by a word of its own.
fn read_texts(it: &Fixture) {
    let system = it.system();
    let unread = it.workspace.store.read_with(|tx| unread_contents(&system, tx, Uuid::nil(), 500)).unwrap();
    for (_, content) in &unread {
        keep_text(&system, &content.sha256, &FileText::Read(format!("It says word{}", content.name))).unwrap();
    }
    assert!(!unread.is_empty() && it.workspace.store.read_with(|tx| unread_contents(&system, tx, Uuid::nil(), 500)).unwrap().is_empty());
    index_all(&system).unwrap();
}

fn reads(it: &Fixture, context: &Context, file: Uuid) -> bool {
    let object = it.object("file");
    it.workspace.store.read_with(|tx| read::load_record(context, tx, &object, file, Verb::Read, false)).unwrap().is_some()
}

fn scope() -> impl Strategy<Value = RowScope> {
    prop_oneof![
        Just(RowScope::None),
        Just(RowScope::Own),
        Just(RowScope::DepartmentTree),
        Just(RowScope::All),
        Just(RowScope::When("name < 'paper12' || owner.name == 'Ann'".into())),
    ]
}

fn rights(hidden: &'static [&'static str]) -> impl Strategy<Value = ObjectRights> {
    (scope(), scope(), proptest::sample::subsequence(hidden, 0..=1)).prop_map(|(read, delete, hidden)| ObjectRights {
        read,
        delete,
        update: RowScope::All,
        create: true,
        export: true,
        fields: hidden.into_iter().map(|it| (it.to_owned(), FieldRight::Hidden)).collect(),
        ..ObjectRights::default()
    })
}

fn role() -> impl Strategy<Value = RoleDefinition> {
    let file = prop_oneof![Just(RowScope::All), Just(RowScope::All), Just(RowScope::Own), Just(RowScope::None)];
    (rights(&["scan", "draft", "name"]), rights(&["picture"]), file).prop_map(|(paper, memo, file)| {
        let open = |read: RowScope| ObjectRights { read, export: true, ..ObjectRights::default() };
        let objects = [("paper", paper), ("memo", memo), ("file", open(file)), ("user", open(RowScope::All))];
        RoleDefinition {
            objects: objects.into_iter().map(|(name, rights)| (name.to_owned(), rights)).collect(),
            ..RoleDefinition::new("", Label::new("角色", "Role"))
        }
    })
}

/// Files of everybody, some on a record or two, some on none, some on records in the bin.
fn populate(it: &Fixture) {
    let admin = it.as_admin();
    let mut pick = picks(11);
    let members = [it.as_ann(), it.as_bob(), it.as_boss()];
    let files: Vec<Uuid> = (0..30).map(|n| upload(it, &members[pick(3)], &format!("file{n:02}x"))).collect();
    let departments = [it.north, it.north_one, it.south];
    let some = |any: &[Uuid], pick: &mut dyn FnMut(usize) -> usize| if pick(3) == 0 { Json::Null } else { json!(any[pick(any.len())]) };
    let (mut papers, mut memos) = (Vec::new(), Vec::new());
    for n in 0..24 {
        let owned = json!({ "name": format!("paper{n:02}"), "owner": members[pick(3)].actor, "department": departments[pick(3)] });
        let (scan, draft) = (some(&files, &mut pick), some(&files, &mut pick));
        let mut values = map(owned);
        values.extend(map(json!({ "scan": scan, "draft": draft })));
        papers.push(it.create(&admin, "paper", Json::Object(values.clone())));
        let memo = json!({ "name": format!("memo{n:02}"), "owner": members[pick(3)].actor, "department": departments[pick(3)],
            "paper": papers[pick(papers.len())], "picture": some(&files, &mut pick) });
        memos.push(it.create(&admin, "memo", memo));
    }
    for (object, id) in papers.into_iter().map(|it| ("paper", it)).chain(memos.into_iter().map(|it| ("memo", it))) {
        if pick(4) == 0 {
            it.delete(&admin, object, id).unwrap();
        }
    }
}

/// The files a member may know of, worked out without the engine.
fn known(it: &Fixture, model: &Model, rights: &Rights, member: Uuid) -> BTreeSet<Uuid> {
    let mut held: BTreeMap<Uuid, bool> = BTreeMap::new();
    for (holder, fields) in HOLDERS {
        let object = it.object(holder);
        for (id, row) in &model.rows[holder] {
            let reached = if row[DELETED_AT].is_null() { rights.sees(holder, *id) } else { rights.delete[holder].contains(id) };
            for field in fields {
                if let Value::Id(file) = &row[object.field(field).unwrap().part("").unwrap().column] {
                    *held.entry(*file).or_default() |= reached && rights.may_name(holder, field);
                }
            }
        }
    }
    let of_file = |(id, row): (Uuid, &Vec<Value>)| {
        let follows = held.get(&id).copied().unwrap_or(row[CREATED_BY] == Value::Id(member));
        (follows && rights.sees("file", id)).then_some(id)
    };
    model.live("file").filter_map(of_file).collect()
}

fn check_case(it: &Fixture, roles: &[RoleDefinition], who: usize) {
    let context = member_context(it, roles, who, &Shared::new());
    let model = Model::load(it, &["paper", "memo", "file", "user"]);
    let rights = Rights::work_out(&model, &Asker::of(&context), &Shared::new());
    let known = known(it, &model, &rights, context.actor);
    let object = it.object("file");
    let all: Vec<Uuid> = model.live("file").map(|it| it.0).collect();
    check_texts(it, &context, &model, &rights);
    if context.access.may(&object, Verb::Read) {
        check_ways(it, &context, &known, &all);
    } else {
        assert!(known.is_empty());
    }
    let events = it.workspace.store.read_with(|tx| feed(&context, tx, 0, 1_000, None)).unwrap().events;
    let told: BTreeSet<Uuid> = events.iter().filter(|it| it.object == "file").filter_map(|it| it.record).collect();
    assert_eq!(told, known, "events");
    check_labels(it, &context, &rights);
    if context.access.may(&it.object("paper"), Verb::Read) && rights.may_name("paper", "scan") {
        let operations = all.iter().map(|id| Operation::Create { values: map(json!({ "scan": id })) }).collect();
        let batch = Batch { object: it.object("paper"), operations, mode: BatchMode::RowByRow, verb: "create", change: None };
        for (id, plan) in all.iter().zip(plan_only(&context, &batch).unwrap()) {
            let refused = match plan {
                Ok(draft) => draft.problems.iter().any(|it| it.field == "scan"),
                Err(error) => panic!("{error}"),
            };
            assert_eq!(refused, !known.contains(id), "who may not read a file cannot hang it anywhere");
        }
    }
}

/// By what a file says it is found where it hangs on a record one reads, in a field one reads; and it leads there.
fn check_texts(it: &Fixture, context: &Context, model: &Model, rights: &Rights) {
    let mut held: BTreeMap<Uuid, BTreeSet<(String, Uuid)>> = BTreeMap::new();
    for (holder, fields) in HOLDERS {
        let object = it.object(holder);
        for (id, row) in model.live(holder).filter(|(id, _)| rights.sees(holder, *id)) {
            for field in fields.iter().filter(|it| rights.may_name(holder, it)) {
                if let Value::Id(file) = &row[object.field(field).unwrap().part("").unwrap().column] {
                    held.entry(*file).or_default().insert((holder.to_owned(), id));
                }
            }
        }
    }
    let name = it.object("file").field("name").and_then(|it| it.part("")).unwrap().column;
    for (id, row) in model.live("file") {
        let word = format!("word{}", row[name].as_text().unwrap());
        let hits = it.workspace.store.read_with(|tx| search(context, tx, &word, None, 9)).unwrap().0;
        let ways = held.get(&id).filter(|_| rights.sees("file", id));
        assert_eq!(hits.len(), usize::from(ways.is_some()), "{word}: {hits:?}");
        if let (Some(hit), Some(ways)) = (hits.first(), ways) {
            assert!(ways.contains(hit.on.as_ref().unwrap()), "it leads to {:?}", hit.on);
            assert!(hit.matched.iter().any(|it| it.field == "text" && it.text.contains(&word)));
        }
    }
}

fn check_ways(it: &Fixture, context: &Context, known: &BTreeSet<Uuid>, all: &[Uuid]) {
    let object = it.object("file");
    let page = list(it, context, "file", "true").unwrap();
    assert_eq!((ids(&page.items), page.count.unwrap().value), (known.clone(), known.len() as u64), "list");
    for id in all {
        assert_eq!(it.get(context, "file", *id).is_some(), known.contains(id), "get");
        assert_eq!(reads(it, context, *id), known.contains(id), "load");
        let past = it.workspace.store.read_with(|tx| history(context, tx, "file", *id, None, 9));
        assert_eq!(past.is_ok(), known.contains(id), "history");
    }
    let request = AggregateRequest { measures: vec!["count".into()], ..AggregateRequest::default() };
    let groups = it.workspace.store.read_with(|tx| read::aggregate(context, tx, &object, &request)).unwrap().groups;
    assert_eq!(groups[0].values["count"], json!(known.len()), "aggregate");
    let export = ListRequest { limit: 500, sort: Some("id".into()), ..ListRequest::default() };
    let stream = Stream::compile(context, &object, &export, Verb::Export).unwrap();
    let page = it.workspace.store.read_with(|tx| read::page_sink(context, tx, &object, &stream, 500, None)).unwrap();
    assert_eq!(ids(&page.items), *known, "export");
}

/// In a field he may read of a record he may read, a member is told the file's name, if his role opens files at all.
fn check_labels(it: &Fixture, context: &Context, rights: &Rights) {
    for (holder, fields) in HOLDERS {
        let Ok(page) = list(it, context, holder, "true") else { continue };
        let items: Vec<Json> = serde_json::from_str(&page.items).unwrap();
        for (item, field) in items.iter().flat_map(|item| fields.iter().map(move |field| (item, field))) {
            let Some(file) = item.get(*field).filter(|it| !it.is_null()) else { continue };
            let id: Uuid = file["id"].as_str().unwrap().parse().unwrap();
            assert!(rights.may_name(holder, field));
            assert_eq!(!file["label"].is_null(), rights.sees("file", id), "{file}");
        }
    }
}

#[test]
fn a_file_is_known_to_those_who_may_read_what_it_hangs_on() {
    on_both_stores(|it| {
        populate(it);
        read_texts(it);
        on_cases(48, &(proptest::collection::vec(role(), 1..=2), 0..3_usize), |(roles, who)| check_case(it, &roles, who));
    });
}

/// Everybody's role here: own records, all files.
fn own_records() -> RoleDefinition {
    let own = || ObjectRights { read: RowScope::Own, update: RowScope::Own, delete: RowScope::Own, create: true, ..ObjectRights::default() };
    let file = ObjectRights { read: RowScope::All, ..ObjectRights::default() };
    RoleDefinition {
        objects: [("paper".to_owned(), own()), ("memo".to_owned(), own()), ("file".to_owned(), file)].into(),
        ..RoleDefinition::new("", Label::new("角色", "Role"))
    }
}

#[test]
fn a_file_goes_where_its_record_goes() {
    on_both_stores(|it| {
        let (ann, bob) = (member_context(it, &[own_records()], 0, &Shared::new()), member_context(it, &[own_records()], 2, &Shared::new()));
        let file = upload(it, &ann, "contract.pdf");
        let seen = || (reads(it, &ann, file), reads(it, &bob, file));
        assert_eq!(seen(), (true, false), "it hangs nowhere yet");
        let stolen = it.try_create(&bob, "paper", json!({ "name": "mine", "owner": bob.actor, "scan": file })).unwrap_err();
        assert_eq!(code(&stolen), "invalid");
        let paper = it.create(&ann, "paper", json!({ "name": "p", "owner": ann.actor, "scan": file }));
        assert_eq!(seen(), (true, false));
        it.update(&it.as_admin(), "paper", paper, json!({ "owner": bob.actor }));
        assert_eq!(seen(), (false, true), "who uploaded it has no more claim to it than to the record");
        let stolen = it.try_create(&ann, "paper", json!({ "name": "mine", "owner": ann.actor, "scan": file })).unwrap_err();
        assert_eq!(code(&stolen), "invalid", "not even to what was his upload");
        it.delete(&bob, "paper", paper).unwrap();
        assert_eq!(seen(), (false, true), "the bin is for those who may restore from it");
        it.restore(&bob, "paper", paper).unwrap();
        let cleared = it.update(&bob, "paper", paper, json!({ "scan": null }));
        assert_eq!(seen(), (true, false), "it hangs nowhere again");
        let taken_back = undo(&bob, cleared).unwrap();
        assert_eq!((taken_back.undone, taken_back.skipped.len()), (1, 0), "a record gets its own file back");
        assert_eq!(seen(), (false, true));
        let options = PlanOptions::default();
        it.try_update(&bob, "paper", paper, json!({ "name": "q", "scan": file }), options).unwrap();
    });
}
