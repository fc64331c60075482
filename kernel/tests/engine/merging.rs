//! Several records become one, and several again.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_kernel::access::{Principal, ShareLevel};
use guanxi_kernel::app::{App, Hook, parse_object};
use guanxi_kernel::context::Context;
use guanxi_kernel::locks::{self, NewLock};
use guanxi_kernel::shares::{NewShare, share};
use guanxi_kernel::store::StoreExt;
use guanxi_kernel::write::merge::{MAX_OTHERS, MergeAnswer, MergePreview, MergeRequest, merge, merges_of, preview_merge, survivor_of};
use guanxi_kernel::write::{Batch, BatchMode, Draft, DraftKind, Operation, Unit, execute, undo};
use guanxi_kernel::{KernelError, Result};
use proptest::prelude::*;
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::fixture::{Fixture, code, map, on_both_stores_with, on_cases};
use crate::roles::member;

/// Who has a seat at which account: said once of each.
const SEAT: &str = r#"
name = "seat"
label = { zh-CN = "席位", en = "Seat" }
title_field = "person"
[[field]]
name = "person"
type = "text"
label = { zh-CN = "人", en = "Person" }
[[field]]
name = "account"
type = "reference"
target = "account"
label = { zh-CN = "客户", en = "Account" }
on_delete = "cascade"
[[index]]
fields = ["account", "person"]
unique = true
"#;

/// What is said about a record of any object.
const REMARK: &str = r#"
name = "remark"
label = { zh-CN = "评语", en = "Remark" }
title_field = "text"
follows = "about"
[[field]]
name = "text"
type = "text"
label = { zh-CN = "内容", en = "Text" }
[[field]]
name = "about"
type = "record"
indexed = true
label = { zh-CN = "关于", en = "About" }
[[field]]
name = "others"
type = "many_to_many"
target = "account"
label = { zh-CN = "另及", en = "Others" }
"#;

fn more() -> Vec<App> {
    let objects = vec![parse_object("seat", SEAT, "").unwrap(), parse_object("remark", REMARK, "").unwrap()];
    vec![App { objects, hooks: vec![Arc::new(Stuck)], ..App::default() }]
}

/// A remark that says `stuck` is not made one about something else, which is found out once it is written.
struct Stuck;

impl Hook for Stuck {
    fn object(&self) -> &str {
        "remark"
    }
    fn after_save(&self, _unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        let stays = draft.kind == DraftKind::Update && draft.changes("about") && draft.value("text").as_text() == Some("stuck");
        if stays { Err(KernelError::conflict("state_conflict", "不能移动", "it stays")) } else { Ok(()) }
    }
}

fn on_stores(test: impl Fn(&Fixture)) {
    on_both_stores_with(more, test);
}

fn request(survivor: Uuid, others: &[Uuid]) -> MergeRequest {
    MergeRequest { survivor, others: others.to_vec(), take: BTreeMap::new() }
}

fn try_merge(it: &Fixture, context: &Context, survivor: Uuid, others: &[Uuid]) -> Result<MergeAnswer> {
    merge(context, &it.object("account"), &request(survivor, others))
}

fn account(it: &Fixture, context: &Context, id: Uuid) -> Json {
    it.get(context, "account", id).unwrap()
}

fn leads_to(it: &Fixture, context: &Context, id: Uuid) -> Option<Uuid> {
    it.workspace.store.read_with(|tx| survivor_of(context, tx, &it.object("account"), id)).unwrap()
}

fn about(id: Uuid) -> Json {
    json!({ "object": "account", "id": id })
}

#[test]
fn what_refers_to_the_others_refers_to_the_survivor_and_back_again() {
    on_stores(|it| {
        let admin = it.as_admin();
        let [a, b, c] = ["A", "B", "C"].map(|name| it.create(&admin, "account", json!({"name": name})));
        let below = it.create(&admin, "account", json!({"name": "Below", "parent": b}));
        let deal = it.create(&admin, "deal", json!({"name": "D", "account": b, "amount": "5"}));
        it.create(&admin, "deal", json!({"name": "E", "account": a, "amount": "5"}));
        it.create(&admin, "seat", json!({"person": "Li", "account": a}));
        let double = it.create(&admin, "seat", json!({"person": "Li", "account": b}));
        let seat = it.create(&admin, "seat", json!({"person": "Wu", "account": c}));
        let remark = it.create(&admin, "remark", json!({"text": "good", "about": about(b), "others": [b, c, below]}));

        let done = try_merge(it, &admin, a, &[b, c]).unwrap();
        // Below, a deal, a seat, what the remark is about, and its links once for each.
        assert_eq!((done.moved, done.removed), (6, 1));
        assert_eq!(account(it, &admin, a)["deals"], 2, "roll-ups count what came along");
        assert_eq!(it.get(&admin, "deal", deal).unwrap()["account"]["id"], json!(a));
        assert_eq!(account(it, &admin, below)["parent"]["id"], json!(a));
        assert_eq!(it.names(&admin, "account", "true", "name"), ["A", "Below"]);
        assert_eq!(it.get(&admin, "seat", seat).unwrap()["account"]["id"], json!(a));
        assert!(it.get(&admin, "seat", double).is_none(), "a seat is had once");
        let told = it.get(&admin, "remark", remark).unwrap();
        assert_eq!(told["about"]["id"], json!(a));
        let others: Vec<Json> = told["others"].as_array().unwrap().iter().map(|it| it["id"].clone()).collect();
        assert_eq!((others.len(), others.contains(&json!(a)), others.contains(&json!(below))), (2, true, true));
        assert_eq!((leads_to(it, &admin, b), leads_to(it, &admin, c), leads_to(it, &admin, a)), (Some(a), Some(a), None));

        let back = undo(&admin, done.change_id).unwrap();
        assert!(back.skipped.is_empty(), "{:?}", back.skipped);
        assert_eq!(it.names(&admin, "account", "true", "name"), ["A", "B", "Below", "C"]);
        assert_eq!((account(it, &admin, a)["deals"].clone(), account(it, &admin, b)["deals"].clone()), (json!(1), json!(1)));
        assert_eq!(account(it, &admin, below)["parent"]["id"], json!(b));
        assert_eq!(it.get(&admin, "seat", double).unwrap()["account"]["id"], json!(b));
        assert_eq!(it.get(&admin, "seat", seat).unwrap()["account"]["id"], json!(c));
        let told = it.get(&admin, "remark", remark).unwrap();
        assert_eq!((told["about"]["id"].clone(), told["others"].as_array().unwrap().len()), (json!(b), 3));
        assert_eq!(leads_to(it, &admin, b), None);
    });
}

/// More than a request may change.
const MANY: usize = 25_000;

#[test]
fn what_many_thousands_refer_to_comes_along_and_goes_back_as_one_change() {
    on_stores(|it| {
        let admin = it.as_admin();
        let [a, b, c] = ["A", "B", "C"].map(|name| it.create(&admin, "account", json!({"name": name})));
        let make = |from: usize, count: usize| {
            let values = |number: usize| map(json!({ "name": format!("D{number:05}"), "account": b, "amount": "2" }));
            let operations = (from..from + count).map(|number| Operation::Create { values: values(number) }).collect();
            let batch = Batch { object: it.object("deal"), operations, mode: BatchMode::AllOrNothing, verb: "import", change: None };
            execute(&admin, &batch).unwrap().results.into_iter().map(|it| it.unwrap().id).collect::<Vec<_>>()
        };
        let mut deals: Vec<Uuid> = (0..MANY).step_by(5_000).flat_map(|from| make(from, 5_000)).collect();
        // What can be said once of each, among what moves together.
        it.create(&admin, "seat", json!({"person": "Li", "account": a}));
        it.create(&admin, "seat", json!({"person": "Li", "account": b}));
        deals.sort_unstable();
        let counts = || (account(it, &admin, a)["deals"].clone(), it.get(&admin, "account", b).map(|it| it["deals"].clone()));
        assert_eq!(counts(), (json!(0), Some(json!(MANY))));

        let done = try_merge(it, &admin, a, &[b]).unwrap();
        assert_eq!((done.moved, done.removed), (MANY as u64, 1));
        assert_eq!(counts(), (json!(MANY), None));
        for deal in [deals[0], deals[499], deals[500], deals[MANY - 1]] {
            let now = it.get(&admin, "deal", deal).unwrap();
            assert_eq!((&now["account"]["id"], &now["version"]), (&json!(a), &json!(2)));
        }
        // Later, one is moved on and one changed otherwise.
        it.update(&admin, "deal", deals[7], json!({"account": c}));
        it.update(&admin, "deal", deals[8], json!({"amount": "3"}));

        let back = undo(&admin, done.change_id).unwrap();
        let left: Vec<(Uuid, &str, &[String])> = back.skipped.iter().map(|it| (it.id, it.reason, it.fields.as_slice())).collect();
        assert_eq!(left, [(deals[7], "changed_since", ["account".to_owned()].as_slice())]);
        assert_eq!(counts(), (json!(0), Some(json!(MANY - 1))));
        assert_eq!(account(it, &admin, c)["deals"], 1);
        assert_eq!(it.get(&admin, "deal", deals[8]).unwrap()["account"]["id"], json!(b));
    });
}

#[test]
fn what_cannot_go_back_among_many_that_go_together_is_left_and_the_rest_goes() {
    on_stores(|it| {
        let admin = it.as_admin();
        let [a, b] = ["A", "B"].map(|name| it.create(&admin, "account", json!({"name": name})));
        let operations = (0..1_200).map(|n| Operation::Create { values: map(json!({"text": format!("R{n}"), "about": about(b)})) }).collect();
        let batch = Batch { object: it.object("remark"), operations, mode: BatchMode::AllOrNothing, verb: "import", change: None };
        let remarks: Vec<Uuid> = execute(&admin, &batch).unwrap().results.into_iter().map(|it| it.unwrap().id).collect();
        let done = try_merge(it, &admin, a, &[b]).unwrap();
        let mut stuck = vec![remarks[3], remarks[700], remarks[701]];
        for id in &stuck {
            it.update(&admin, "remark", *id, json!({"text": "stuck"}));
        }
        let back = undo(&admin, done.change_id).unwrap();
        let mut left: Vec<Uuid> = back.skipped.iter().map(|it| it.id).collect();
        left.sort_unstable();
        stuck.sort_unstable();
        assert_eq!(left, stuck);
        assert!(back.skipped.iter().all(|it| it.reason == "invalid"), "{:?}", back.skipped);
        let of = |id: Uuid| it.get(&admin, "remark", id).unwrap()["about"]["id"].clone();
        assert_eq!((of(remarks[0]), of(remarks[700]), of(remarks[702]), of(remarks[1_199])), (json!(b), json!(a), json!(b), json!(b)));
    });
}

#[test]
fn empty_fields_are_filled_links_put_together_and_the_rest_as_chosen() {
    on_stores(|it| {
        let admin = it.as_admin();
        let [t1, t2] = ["T1", "T2"].map(|name| it.create(&admin, "tag", json!({"name": name})));
        let a = it.create(&admin, "account", json!({"name": "A", "level": "a", "tags": [t1]}));
        let b = it.create(&admin, "account", json!({"name": "B", "level": "b", "code": "X1", "phone": "13800138000", "tags": [t2]}));
        let c = it.create(&admin, "account", json!({"name": "C", "phone": "13900139000", "margin": "7"}));
        let number = account(it, &admin, a)["number"].clone();
        let take = BTreeMap::from([("name".to_owned(), c), ("level".to_owned(), b)]);
        let wanted = MergeRequest { take, ..request(a, &[b, c]) };

        let MergePreview { fields, moves, problems } = preview_merge(&admin, &it.object("account"), &wanted).unwrap();
        assert!(problems.is_empty() && moves.is_empty());
        let of = |name: &str| fields.iter().find(|it| it.name == name).map(|it| (it.chosen, it.differs, it.may_choose));
        assert_eq!(of("name"), Some((Some(c), true, true)));
        assert_eq!(of("code"), Some((Some(b), false, true)));
        assert_eq!(of("phone"), Some((Some(b), true, true)));
        assert_eq!(of("tags"), Some((None, true, true)));
        assert!(of("number").is_none() && of("deals").is_none() && of("created_at").is_none());
        assert_eq!(account(it, &admin, a)["name"], "A", "a preview changes nothing");

        let done = merge(&admin, &it.object("account"), &wanted).unwrap();
        let now = account(it, &admin, a);
        assert_eq!((now["name"].clone(), now["level"].clone(), now["code"].clone()), (json!("C"), json!("b"), json!("X1")));
        assert_eq!((now["phone"].as_str().unwrap().ends_with("13800138000"), now["margin"].clone()), (true, json!("7.00")));
        assert_eq!((now["tags"].as_array().unwrap().len(), now["number"].clone()), (2, number));
        let told = it.workspace.store.read_with(|tx| merges_of(&admin, tx, &it.object("account"), a)).unwrap();
        assert_eq!(told.iter().map(|it| it.title.clone().unwrap()).collect::<Vec<_>>(), ["B", "C"]);

        undo(&admin, done.change_id).unwrap();
        let now = account(it, &admin, a);
        assert_eq!((now["name"].clone(), now["level"].clone(), now.get("code").cloned().unwrap_or_default()), (json!("A"), json!("a"), Json::Null));
        assert_eq!(account(it, &admin, b)["code"], "X1", "what must be unique goes back too");
    });
}

#[test]
fn it_is_taken_back_after_later_edits_which_stay() {
    on_stores(|it| {
        let admin = it.as_admin();
        let [a, b] = ["A", "B"].map(|name| it.create(&admin, "account", json!({"name": name})));
        let other = it.create(&admin, "account", json!({"name": "Other"}));
        it.update(&admin, "account", b, json!({"phone": "13800138000", "margin": "3"}));
        let [moved, again] = ["D", "E"].map(|name| it.create(&admin, "deal", json!({"name": name, "account": b, "amount": "5"})));
        let done = try_merge(it, &admin, a, &[b]).unwrap();
        it.update(&admin, "account", a, json!({"margin": "9", "name": "A2"}));
        it.update(&admin, "deal", moved, json!({"amount": "6"}));
        it.update(&admin, "deal", again, json!({"account": other}));

        let back = undo(&admin, done.change_id).unwrap();
        let now = account(it, &admin, a);
        assert_eq!((now["name"].clone(), now["margin"].clone()), (json!("A2"), json!("9.00")));
        assert!(now.get("phone").is_none_or(Json::is_null), "what only came by the merge goes");
        assert_eq!((account(it, &admin, b)["margin"].clone(), account(it, &admin, b)["deals"].clone()), (json!("3.00"), json!(1)));
        let deal = it.get(&admin, "deal", moved).unwrap();
        assert_eq!((deal["account"]["id"].clone(), deal["amount"]["amount"].clone()), (json!(b), json!("6.00")));
        assert_eq!(it.get(&admin, "deal", again).unwrap()["account"]["id"], json!(other));
        let told: Vec<_> = back.skipped.iter().map(|it| (it.id, it.reason, it.fields.clone())).collect();
        assert_eq!(told, [(a, "changed_since", vec!["margin".to_owned()]), (again, "changed_since", vec!["account".to_owned()])]);
    });
}

#[test]
fn old_ids_lead_on_in_changes_references_and_through_several_merges() {
    on_stores(|it| {
        let admin = it.as_admin();
        let [a, b, c] = ["A", "B", "C"].map(|name| it.create(&admin, "account", json!({"name": name})));
        let first = try_merge(it, &admin, b, &[c]).unwrap();
        let second = try_merge(it, &admin, a, &[b]).unwrap();
        assert_eq!(leads_to(it, &admin, c), Some(a));
        let refused = it.try_update(&admin, "account", c, json!({"name": "C2"}), Default::default()).unwrap_err();
        assert!(matches!(refused, KernelError::Merged { survivor, .. } if survivor == a));
        assert_eq!(code(&it.restore(&admin, "account", b).unwrap_err()), "merged");
        assert_eq!(code(&it.delete(&admin, "account", c).unwrap_err()), "merged");
        assert_eq!(code(&try_merge(it, &admin, c, &[a]).unwrap_err()), "merged", "of A into B while B into C one is told");
        let deal = it.create(&admin, "deal", json!({"name": "D", "account": c}));
        assert_eq!(it.get(&admin, "deal", deal).unwrap()["account"]["id"], json!(a));
        let remark = it.create(&admin, "remark", json!({"text": "x", "others": [c, a, b]}));
        assert_eq!(it.get(&admin, "remark", remark).unwrap()["others"].as_array().unwrap().len(), 1);
        assert_eq!(code(&undo(&admin, first.change_id).unwrap_err()), "state_conflict");
        undo(&admin, second.change_id).unwrap();
        undo(&admin, first.change_id).unwrap();
        assert_eq!(it.names(&admin, "account", "true", "name"), ["A", "B", "C"]);
        try_merge(it, &admin, c, &[b, a]).unwrap();
        assert_eq!(leads_to(it, &admin, a), Some(c));
    });
}

#[test]
fn rights_locks_and_nonsense_are_refused_and_change_nothing() {
    on_stores(|it| {
        let (admin, ann, boss) = (it.as_admin(), it.as_ann(), it.as_boss());
        let [a, b] = ["A", "B"].map(|name| it.create(&admin, "account", json!({"name": name, "owner": it.ann, "department": it.north_one})));
        let hidden = it.create(&admin, "account", json!({"name": "Hidden", "owner": it.bob, "department": it.south}));
        let before = crate::fixture::digest(it, &["account", "deal", "seat", "remark"]);
        let refused = |context: &Context, survivor, others: &[Uuid]| code(&try_merge(it, context, survivor, others).unwrap_err());
        assert_eq!(refused(&ann, a, &[b]), "forbidden", "a rep may not delete");
        assert_eq!(refused(&boss, a, &[hidden]), "not_found");
        assert_eq!(refused(&boss, hidden, &[a]), "not_found");
        assert_eq!(refused(&admin, a, &[]), "bad_request");
        assert_eq!(refused(&admin, a, &[a]), "bad_request");
        assert_eq!(refused(&admin, a, &[b, b]), "bad_request");
        assert_eq!(refused(&admin, a, &vec![b; MAX_OTHERS + 1]), "bad_request");
        assert_eq!(refused(&admin, a, &[Uuid::from_u128(7)]), "not_found");
        let with = |context: &Context, name: &str, from: Uuid| {
            let take = BTreeMap::from([(name.to_owned(), from)]);
            code(&merge(context, &it.object("account"), &MergeRequest { take, ..request(a, &[b]) }).unwrap_err())
        };
        assert_eq!(with(&admin, "name", hidden), "bad_request");
        assert_eq!(with(&admin, "nonsense", b), "unknown_field");
        assert_eq!(with(&admin, "number", b), "unknown_field");
        assert_eq!(with(&admin, "deals", b), "unknown_field");
        let take_owner = MergeRequest { take: BTreeMap::from([("owner".to_owned(), b)]), ..request(a, &[b]) };
        assert_eq!(code(&merge(&boss, &it.object("account"), &take_owner).unwrap_err()), "forbidden", "a manager here may not assign");
        let of_users = merge(&admin, &it.object("user"), &request(it.ann, &[it.bob])).unwrap_err();
        assert_eq!(code(&of_users), "bad_request");
        assert_eq!(crate::fixture::digest(it, &["account", "deal", "seat", "remark"]), before);

        let lock = NewLock { reason: "audit".into(), except: Vec::new(), until: None };
        locks::lock(&admin, &it.object("account"), b, &lock).unwrap();
        assert_eq!(refused(&boss, a, &[b]), "record_locked");
        assert_eq!(refused(&boss, b, &[a]), "record_locked");
    });
}

#[test]
fn who_sees_less_loses_nothing_and_takes_it_back_whole() {
    on_stores(|it| {
        let (admin, boss) = (it.as_admin(), it.as_boss());
        let of_north = |name: &str| json!({"name": name, "owner": it.boss, "department": it.north});
        let [a, b] = ["A", "B"].map(|name| it.create(&admin, "account", of_north(name)));
        let elsewhere = it.create(&admin, "deal", json!({"name": "South's", "account": b, "owner": it.bob, "department": it.south}));
        let preview = preview_merge(&boss, &it.object("account"), &request(a, &[b])).unwrap();
        assert!(preview.moves.is_empty(), "what he does not see is not counted for him");
        let done = try_merge(it, &boss, a, &[b]).unwrap();
        assert_eq!(it.get(&admin, "deal", elsewhere).unwrap()["account"]["id"], json!(a));
        assert_eq!(code(&undo(&it.as_bob(), done.change_id).unwrap_err()), "not_found", "not his change");
        let back = undo(&boss, done.change_id).unwrap();
        assert!(back.skipped.is_empty());
        assert_eq!(it.get(&admin, "deal", elsewhere).unwrap()["account"]["id"], json!(b));
    });
}

#[test]
fn those_it_was_shared_with_keep_it_and_erasing_takes_all_of_it() {
    on_stores(|it| {
        let admin = it.as_admin();
        member(it, it.bob, json!({"roles": ["rep"], "department": it.south}));
        let [a, b] = ["A", "B"].map(|name| it.create(&admin, "account", json!({"name": name})));
        share(&admin, &it.object("account"), b, &NewShare { principal: Principal::Member(it.bob), level: ShareLevel::Read, expires_at: None })
            .unwrap();
        let done = try_merge(it, &admin, a, &[b]).unwrap();
        assert_eq!(it.names(&it.signed_in(it.bob), "account", "true", "name"), ["A"]);
        undo(&admin, done.change_id).unwrap();
        assert_eq!(it.names(&it.signed_in(it.bob), "account", "true", "name"), ["B"]);
        try_merge(it, &admin, a, &[b]).unwrap();
        let erase = Batch {
            object: it.object("account"),
            operations: vec![Operation::Erase { id: a }],
            mode: BatchMode::AllOrNothing,
            verb: "erase",
            change: None,
        };
        execute(&admin, &erase).unwrap();
        let left = it.workspace.store.read_with(|tx| {
            let every = guanxi_kernel::store::Select::all(&it.object("account").table, guanxi_kernel::store::Condition::True);
            Ok(tx.rows(&every)?.len())
        });
        assert_eq!(left.unwrap(), 0, "the same person stood in the bin as well");
        assert_eq!(leads_to(it, &admin, b), None);
    });
}

#[test]
fn nobody_opens_a_record_to_others_by_a_merge_who_may_not_by_sharing_it() {
    on_stores(|it| {
        let (admin, boss) = (it.as_admin(), it.as_boss());
        member(it, it.bob, json!({"roles": ["rep"], "department": it.south}));
        let of_north = |name: &str| json!({"name": name, "owner": it.boss, "department": it.north});
        let [a, b] = ["A", "B"].map(|name| it.create(&admin, "account", of_north(name)));
        share(&admin, &it.object("account"), b, &NewShare { principal: Principal::Member(it.bob), level: ShareLevel::Read, expires_at: None })
            .unwrap();
        let done = try_merge(it, &boss, a, &[b]).unwrap();
        assert!(it.names(&it.signed_in(it.bob), "account", "true", "name").is_empty());
        undo(&boss, done.change_id).unwrap();
        assert_eq!(it.names(&it.signed_in(it.bob), "account", "true", "name"), ["B"], "what he had he has again");
    });
}

#[test]
fn a_record_is_not_linked_to_itself_and_a_group_stays_one() {
    on_stores(|it| {
        let admin = it.as_admin();
        let b = it.create(&admin, "account", json!({"name": "B"}));
        let a = it.create(&admin, "account", json!({"name": "A", "parent": b}));
        let done = try_merge(it, &admin, a, &[b]).unwrap();
        assert!(account(it, &admin, a).get("parent").is_none_or(Json::is_null));
        undo(&admin, done.change_id).unwrap();
        assert_eq!(account(it, &admin, a)["parent"]["id"], json!(b));
    });
}

#[test]
fn both_ways_at_once_one_wins_and_the_other_is_told() {
    on_stores(|it| {
        let admin = it.as_admin();
        for round in 0..6 {
            let [a, b, c] = ["A", "B", "C"].map(|name| it.create(&admin, "account", json!({"name": format!("{name}{round}")})));
            let start = Arc::new(std::sync::Barrier::new(2));
            let (first, second) = std::thread::scope(|scope| {
                let run = |survivor: Uuid, other: Uuid| {
                    let (start, admin) = (start.clone(), admin.clone());
                    scope.spawn(move || {
                        start.wait();
                        try_merge(it, &admin, survivor, &[other])
                    })
                };
                let (one, two) = (run(b, a), run(c, b));
                (one.join().unwrap(), two.join().unwrap())
            });
            let alive = it.names(&admin, "account", &format!("name.endsWith('{round}')"), "name");
            match (&first, &second) {
                // A into B, then B into C: in that order both.
                (Ok(_), Ok(_)) => assert_eq!((alive.len(), leads_to(it, &admin, a)), (1, Some(c))),
                (Err(error), Ok(_)) => assert_eq!((code(error), alive.len()), ("merged", 2)),
                other => panic!("{other:?}"),
            }
        }
    });
}

/// Some accounts with deals and seats, merged at will and taken back in the other order: all is as it was.
#[test]
fn any_merges_taken_back_leave_all_as_it_was() {
    let merges = prop::collection::vec((0..5usize, prop::collection::btree_set(0..5usize, 1..4)), 1..4);
    let deals = prop::collection::vec((0..5usize, 0..3usize), 0..8);
    on_cases(12, &(merges, deals), |(merges, deals)| {
        on_stores(|it| {
            let admin = it.as_admin();
            let ids: Vec<Uuid> = (0..5).map(|n| it.create(&admin, "account", json!({"name": format!("N{n}"), "code": format!("c{n}")}))).collect();
            for (n, (of, person)) in deals.iter().enumerate() {
                it.create(&admin, "deal", json!({"name": format!("D{n}"), "account": ids[*of], "amount": "5"}));
                // Said already of some.
                let _ = it.try_create(&admin, "seat", json!({"person": format!("P{person}"), "account": ids[*of]}));
            }
            let state = || {
                let rows = |object: &str| -> Vec<Json> {
                    let strip = |mut row: Json| {
                        map(row.clone())
                            .keys()
                            .filter(|it| ["version", "updated_at", "updated_by"].contains(&it.as_str()))
                            .for_each(|it| row[it] = Json::Null);
                        row
                    };
                    it.list(&admin, object, "true", "id").into_iter().map(strip).collect()
                };
                (rows("account"), rows("deal"), rows("seat"))
            };
            let before = state();
            let mut changes = Vec::new();
            for (survivor, others) in &merges {
                let others: Vec<Uuid> = others.iter().filter(|it| *it != survivor).map(|it| ids[*it]).collect();
                if let Ok(done) = try_merge(it, &admin, ids[*survivor], &others) {
                    changes.push(done.change_id);
                }
            }
            for change in changes.into_iter().rev() {
                let back = undo(&admin, change).unwrap();
                assert!(back.skipped.is_empty(), "{:?}", back.skipped);
            }
            assert_eq!(state(), before);
        });
    });
}

#[test]
fn values_that_break_a_rule_are_told_before_anything_is_done() {
    on_stores(|it| {
        let admin = it.as_admin();
        let account = it.create(&admin, "account", json!({"name": "A"}));
        let [lost, open] = ["lost", "open"].map(|name| it.create(&admin, "deal", json!({"name": name, "account": account, "amount": "5"})));
        it.update(&admin, "deal", lost, json!({"stage": "lost", "loss_reason": "price"}));
        let deal = it.object("deal");
        // The stage of the one with the reason of the other, which has none.
        let take = BTreeMap::from([("stage".to_owned(), lost), ("loss_reason".to_owned(), open)]);
        let wanted = MergeRequest { take, ..request(open, &[lost]) };
        let preview = preview_merge(&admin, &deal, &wanted).unwrap();
        assert_eq!(preview.problems.iter().map(|it| (it.field.as_str(), it.code)).collect::<Vec<_>>(), [("loss_reason", "required")]);
        assert_eq!(code(&merge(&admin, &deal, &wanted).unwrap_err()), "invalid");
        assert_eq!(it.names(&admin, "deal", "true", "name"), ["lost", "open"]);
        // States move freely here: a deal that was lost stays lost, whichever of the two records survives.
        merge(&admin, &deal, &MergeRequest { take: BTreeMap::from([("stage".to_owned(), lost)]), ..request(open, &[lost]) }).unwrap();
        assert_eq!(it.get(&admin, "deal", open).unwrap()["stage"], "lost");
    });
}
