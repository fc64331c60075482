//! Search follows the log and tells nothing of hidden fields.

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{AggregateRequest, CountMode, ListRequest, aggregate};
use guanxi_kernel::search::{Hit, Matched, index_all, index_next, rebuild, rebuilding, search};
use guanxi_kernel::store::{Condition, Select, StoreExt};
use guanxi_kernel::system_tables::KNOWN_WORD;
use guanxi_kernel::write::{Batch, BatchMode, Operation, execute};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::fixture::{Fixture, on_both_stores};

fn found(it: &Fixture, context: &Context, query: &str) -> Vec<Uuid> {
    let (hits, _) = it.workspace.store.read_with(|tx| search(context, tx, query, None, 20)).unwrap();
    hits.into_iter().map(|it| it.id).collect()
}

#[test]
fn records_are_found_by_words_pinyin_and_the_end_of_a_number() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let id = it.create(&admin, "account", json!({"name": "上海星河智能", "phone": "138 1234 5678"}));
        it.create(&admin, "account", json!({"name": "Other Ltd", "phone": "139 8765 4321"}));
        index_all(&admin).unwrap();
        for query in ["星河", "上海 智能", "xinghe", "xhzn", "5678", "12345678", "13812345678", "+86 138 1234 5678"] {
            assert_eq!(found(it, &admin, query), [id], "{query}");
        }
        for query in ["河星", "zz", "", "  ", "' OR 1=1 --", "\"*", "(((", "\u{0}"] {
            assert!(!found(it, &admin, query).contains(&id), "{query}");
        }
        it.update(&admin, "account", id, json!({"name": "Beijing Moon"}));
        index_all(&admin).unwrap();
        assert!(found(it, &admin, "星河").is_empty());
        assert_eq!(found(it, &admin, "moon"), [id]);
        it.delete(&admin, "account", id).unwrap();
        index_all(&admin).unwrap();
        assert!(found(it, &admin, "moon").is_empty());
        it.restore(&admin, "account", id).unwrap();
        index_all(&admin).unwrap();
        assert_eq!(found(it, &admin, "moon"), [id]);
        assert!(found(it, &it.as_ann(), "moon").is_empty(), "not hers");
    });
}

#[test]
fn words_of_hidden_fields_find_nothing_in_search_lists_counts_and_groups() {
    on_both_stores(|it| {
        let (admin, ann) = (it.as_admin(), it.as_ann());
        for n in 0..60 {
            it.create(&admin, "account", json!({"name": format!("Plain {n:02}"), "margin": "777.25", "owner": it.ann}));
        }
        let named = it.create(&admin, "account", json!({"name": "Room 777", "margin": "1", "owner": it.ann}));
        index_all(&admin).unwrap();
        assert_eq!(found(it, &admin, "777").len(), 20, "an administrator sees them");
        assert_eq!(found(it, &ann, "777"), [named]);
        assert!(found(it, &ann, "plain 777").is_empty(), "not one word from here and one from there");
        let mut request =
            ListRequest { words: Some("777".into()), sort: Some("name".into()), limit: 10, count: CountMode::Exact, ..ListRequest::default() };
        let page = it.try_list(&ann, "account", &request).unwrap();
        assert_eq!((page.length, page.count.unwrap().value, page.next_cursor), (1, 1, None));
        request.words = Some("plain".into());
        let mut names: Vec<String> = Vec::new();
        loop {
            let page = it.try_list(&ann, "account", &request).unwrap();
            let items: Vec<Json> = serde_json::from_str(&page.items).unwrap();
            names.extend(items.iter().map(|it| it["name"].as_str().unwrap().to_owned()));
            request.cursor = page.next_cursor;
            if request.cursor.is_none() {
                break;
            }
        }
        assert_eq!(names, (0..60).map(|n| format!("Plain {n:02}")).collect::<Vec<_>>());
        let groups = |context: &Context, words: &str| {
            let request = AggregateRequest { measures: vec!["count".into()], words: Some(words.into()), ..AggregateRequest::default() };
            let object = it.object("account");
            it.workspace.store.read_with(|tx| aggregate(context, tx, &object, &request)).unwrap().groups[0].values["count"].clone()
        };
        assert_eq!((groups(&admin, "777"), groups(&ann, "777"), groups(&ann, "plain")), (json!(61), json!(1), json!(60)));
        let hits = it.workspace.store.read_with(|tx| search(&ann, tx, "plain", None, 5)).unwrap();
        assert!(hits.1 && hits.0.len() == 5 && hits.0.iter().all(|it| !it.subtitle.contains("777")));
    });
}

fn hits(it: &Fixture, context: &Context, query: &str) -> Vec<Hit> {
    it.workspace.store.read_with(|tx| search(context, tx, query, None, 20)).unwrap().0
}

/// The texts of what was found, with what is marked in brackets.
fn marked(hit: &Hit) -> Vec<String> {
    let text = |it: &Matched| {
        let units: Vec<u16> = it.text.encode_utf16().collect();
        let part = |from: usize, to: usize| String::from_utf16(&units[from..to]).unwrap();
        let mut at = 0;
        let mut shown = format!("{}: ", it.field);
        for (from, to) in &it.ranges {
            shown.push_str(&format!("{}[{}]", part(at, *from), part(*from, *to)));
            at = *to;
        }
        shown + &part(at, units.len())
    };
    hit.matched.iter().map(text).collect()
}

#[test]
fn traditional_and_simplified_are_one_in_search_and_lists() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let one = it.create(&admin, "account", json!({"name": "臺灣積體電路製造"}));
        let other = it.create(&admin, "account", json!({"name": "张伟贸易"}));
        index_all(&admin).unwrap();
        for (query, id) in [("台湾", one), ("積體電路", one), ("积体电路", one), ("taiwan", one), ("張偉", other), ("張偉貿易", other)]
        {
            assert_eq!(found(it, &admin, query), [id], "{query}");
            let request = ListRequest { words: Some(query.into()), limit: 9, ..ListRequest::default() };
            assert_eq!(it.try_list(&admin, "account", &request).unwrap().length, 1, "{query}");
        }
        assert_eq!(marked(&hits(it, &admin, "台湾")[0]), ["name: [臺灣]積體電路製造"]);
        assert_eq!(marked(&hits(it, &admin, "張偉")[0]), ["name: [张伟]贸易"]);
    });
}

#[test]
fn what_was_nearly_typed_is_found_after_what_was_typed_and_told_apart() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let star = it.create(&admin, "account", json!({"name": "上海星河智能"}));
        let moon = it.create(&admin, "account", json!({"name": "Microsoft Beijing"}));
        let zhang = it.create(&admin, "account", json!({"name": "张伟明商行"}));
        index_all(&admin).unwrap();
        for (query, id) in [
            ("xignhe", star),
            ("xinhe", star),
            ("xingheh", star),
            ("shnaghaixinghi", star),
            ("星河知能", star),
            ("上海星和智能", star),
            ("上河星", star),
            ("mircosoft", moon),
            ("micorsotf", moon),
            ("Mikrosoft beijing", moon),
            ("张卫明", zhang),
            ("張衛明", zhang),
            ("zhnagweiming", zhang),
        ] {
            let all = hits(it, &admin, query);
            assert_eq!(all.iter().map(|it| (it.id, it.typo)).collect::<Vec<_>>(), [(id, true)], "{query}");
            assert!(!all[0].matched.is_empty(), "{query}");
        }
        for query in ["xqnhq", "yingcheng", "inghe", "ixnghe", "天地星河", "上河新", "张卫民", "\"xignhe\"", "xin he9", "999", "zzzzzzzzzzzz"]
        {
            assert_eq!(hits(it, &admin, query).iter().filter(|it| it.typo).count(), 0, "{query}");
        }
        // What is there as it was typed comes first, and is no typo.
        let exact = it.create(&admin, "account", json!({"name": "Mircosoft"}));
        index_all(&admin).unwrap();
        let all: Vec<(Uuid, bool)> = hits(it, &admin, "mircosoft").iter().map(|it| (it.id, it.typo)).collect();
        assert_eq!(all, [(exact, false), (moon, true)]);
        // Where enough is found, nothing else is looked for.
        for n in 0..3 {
            it.create(&admin, "account", json!({"name": format!("Mircosoft {n}")}));
        }
        index_all(&admin).unwrap();
        assert!(hits(it, &admin, "mircosoft").iter().all(|it| !it.typo));
    });
}

#[test]
fn nothing_is_suggested_that_one_could_not_find_and_nothing_marked_that_is_covered() {
    on_both_stores(|it| {
        let (admin, ann) = (it.as_admin(), it.as_ann());
        it.create(&admin, "account", json!({"name": "Canaryhouse", "owner": it.bob}));
        let own = it.create(&admin, "account", json!({"name": "Plain house", "code": "zebrafish", "margin": "7770007", "owner": it.ann}));
        let before = hits(it, &ann, "plian");
        index_all(&admin).unwrap();
        assert!(before.is_empty());
        assert_eq!(hits(it, &admin, "canaryhosue").len(), 1, "the word is known");
        for query in ["canaryhosue", "cnaary", "cananryhouse", "canaryhouse"] {
            assert!(hits(it, &ann, query).is_empty(), "{query}");
        }
        // That others have the very word changes nothing for her.
        it.create(&admin, "account", json!({"name": "Plian", "owner": it.bob}));
        index_all(&admin).unwrap();
        let found = hits(it, &ann, "plian");
        assert_eq!(found.iter().map(|it| (it.id, it.typo)).collect::<Vec<_>>(), [(own, true)]);
        assert_eq!(marked(&found[0]), ["name: [Plain] house"]);
        let told = format!("{:?}{:?}", hits(it, &ann, "7770007"), hits(it, &ann, "house"));
        assert!(!told.contains("7770007"), "{told}");
        assert!(marked(&hits(it, &admin, "7770")[0]).iter().any(|it| it.starts_with("margin: [7770]")), "{:?}", hits(it, &admin, "7770"));
    });
}

#[test]
fn however_many_words_others_have_what_one_may_see_is_found_as_before() {
    on_both_stores(|it| {
        let (admin, ann) = (it.as_admin(), it.as_ann());
        let plain = it.create(&admin, "account", json!({"name": "Plzin", "owner": it.ann}));
        let micro = it.create(&admin, "account", json!({"name": "mizrosofz", "owner": it.ann}));
        let joined = it.create(&admin, "account", json!({"name": "zebrafish2000", "owner": it.ann}));
        it.create(&admin, "account", json!({"name": "Wan", "owner": it.ann}));
        index_all(&admin).unwrap();
        let queries = ["plain", "microsoft", "zebarfish", "wang", "xinghe"];
        let told = || queries.map(|query| hits(it, &ann, query).iter().map(|it| (it.id, it.typo)).collect::<Vec<_>>());
        let before = told();
        assert_eq!(before, [vec![(plain, true)], vec![(micro, true)], vec![(joined, true)], vec![], vec![]]);
        let one = guanxi_text::spelling::one_edit("plain").into_iter().filter(|it| it.as_str() < "plzin");
        let two = ('a'..='y').flat_map(|one| ('a'..='f').map(move |other| format!("mi{one}rosof{other}")));
        let words: Vec<String> = one.chain(two).chain(["wanda", "zebrafish", "xinghi"].map(str::to_owned)).collect();
        assert!(words.len() > 300);
        for some in words.chunks(10) {
            it.create(&admin, "account", json!({"name": some.join(" "), "owner": it.bob}));
        }
        index_all(&admin).unwrap();
        assert_eq!(told(), before);
        assert!(hits(it, &admin, "plain").len() > 10, "they are known");
        // Of what was typed there may be more than is told: the rest is no typo, whatever others have.
        for _ in 0..2 {
            it.create(&admin, "account", json!({"name": "Weather", "owner": it.ann}));
        }
        it.create(&admin, "account", json!({"name": "Wether", "owner": it.bob}));
        index_all(&admin).unwrap();
        let (hits, more) = it.workspace.store.read_with(|tx| search(&ann, tx, "weather", None, 1)).unwrap();
        assert_eq!((hits.len(), hits[0].typo, more), (1, false, true));
    });
}

#[test]
fn what_was_erased_leaves_others_their_words() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let account = it.create(&admin, "account", json!({"name": "zebrafish"}));
        let other = it.create(&admin, "account", json!({"name": "Moon"}));
        let deal = it.create(&admin, "deal", json!({"name": "zebrafish", "account": other}));
        index_all(&admin).unwrap();
        let operations = vec![Operation::Erase { id: account }];
        let erase = Batch { object: it.object("account"), operations, mode: BatchMode::AllOrNothing, verb: "erase", change: None };
        execute(&admin, &erase).unwrap();
        assert_eq!(hits(it, &admin, "zebarfish").iter().map(|it| (it.id, it.typo)).collect::<Vec<_>>(), [(deal, true)]);
    });
}

#[test]
fn words_of_what_was_erased_are_known_no_more() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let once = it.create(&admin, "account", json!({"name": "zebrafish shop"}));
        it.update(&admin, "account", once, json!({"name": "zebracorn shop"}));
        it.create(&admin, "account", json!({"name": "oxen shop"}));
        index_all(&admin).unwrap();
        let known = || {
            let rows = it.workspace.store.read_with(|tx| Ok(tx.rows(&Select::all(&KNOWN_WORD, Condition::True))?)).unwrap();
            rows.iter().map(|it| it[0].as_text().unwrap().to_owned()).collect::<Vec<_>>()
        };
        assert!(known().contains(&"zebracorn".to_owned()) && known().contains(&"shop".to_owned()));
        let operations = vec![Operation::Erase { id: once }];
        let erase = Batch { object: it.object("account"), operations, mode: BatchMode::AllOrNothing, verb: "erase", change: None };
        execute(&admin, &erase).unwrap();
        assert!(known().iter().all(|it| !it.starts_with("zebra")), "{:?}", known());
        assert!(known().contains(&"shop".to_owned()), "another one has it");
    });
}

#[test]
fn bombs_are_answered_in_no_time() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        it.create(&admin, "account", json!({"name": format!("{} end", "星河".repeat(100))}));
        index_all(&admin).unwrap();
        for query in [
            "z".repeat(500),
            "zhangwei ".repeat(60),
            "星".repeat(500),
            "星河知能 ".repeat(60),
            "a b c d e f g h i j k l m n o p q r s t u v w x y z".into(),
            "\"".repeat(499),
            "object:".repeat(70),
            "( OR AND NOT NEAR * ^ : {} [] \\ ' \" -- ;".into(),
            "\u{202e}\u{0}\u{feff}𠮷𠮷𠮷".into(),
            "😀".repeat(400),
        ] {
            for hit in hits(it, &admin, &query) {
                for matched in &hit.matched {
                    assert!(matched.text.chars().count() <= 162 && !matched.ranges.is_empty(), "{query}");
                }
            }
        }
    });
}

fn many(it: &Fixture, context: &Context, object: &str, values: impl Fn(usize) -> Json, count: usize) -> Vec<Uuid> {
    let operations = (0..count).map(|n| Operation::Create { values: values(n).as_object().unwrap().clone() }).collect();
    let batch = Batch { object: it.object(object), operations, mode: BatchMode::AllOrNothing, verb: "test", change: None };
    execute(context, &batch).unwrap().results.into_iter().map(|it| it.unwrap().id).collect()
}

#[test]
fn among_two_hundred_of_a_name_ones_own_and_what_is_called_just_so_come_first() {
    on_both_stores(|it| {
        let boss = it.as_boss();
        // The oldest of all: one called so and nothing else, one that is his own.
        let just_so = it.create(&it.system(), "account", json!({"name": "ACME", "department": it.north, "owner": it.ann}));
        let own = it.create(&boss, "account", json!({"name": "The other Acme", "department": it.north}));
        let own_just_so = it.create(&boss, "account", json!({"name": "Acme", "department": it.north}));
        let foreign = it.create(&it.system(), "account", json!({"name": "Acme", "department": it.south, "owner": it.bob}));
        let more = |n: usize| json!({"name": format!("Acme {n}"), "department": it.north, "owner": it.ann});
        let others = many(it, &it.system(), "account", more, 200);
        it.clock.advance(60);
        it.update(&it.system(), "account", others[5], json!({"code": "changed"}));
        index_all(&boss).unwrap();
        let (hits, more) = it.workspace.store.read_with(|tx| search(&boss, tx, "acme", None, 8)).unwrap();
        let ids: Vec<Uuid> = hits.iter().map(|it| it.id).collect();
        assert!(more && ids.len() == 8);
        assert_eq!(ids[..2], [own_just_so, just_so], "called so, the own one first");
        // Of those that only begin so the one that was changed last.
        assert_eq!(ids[2], others[5]);
        assert!(!ids.contains(&foreign), "not his to see");
        // What has the word somewhere comes after what begins with it, and yet is found by who owns it.
        let owned = it.workspace.store.read_with(|tx| search(&boss, tx, "acme other", None, 8)).unwrap().0;
        assert_eq!(owned.iter().map(|it| it.id).collect::<Vec<_>>(), [own]);
        assert!(!found(it, &it.as_bob(), "acme").contains(&just_so));
    });
}

#[test]
fn a_phrase_is_found_in_whatever_is_searched_and_only_where_it_stands() {
    on_both_stores(|it| {
        let (admin, ann) = (it.as_admin(), it.as_ann());
        let phone = it.create(&admin, "account", json!({"name": "Shop", "phone": "138 1234 5678", "owner": it.ann}));
        let number = it.create(&admin, "account", json!({"name": "Room", "margin": "777.25", "owner": it.ann}));
        let name = it.create(&admin, "account", json!({"name": "二期 改造（东区）", "owner": it.ann}));
        let other = it.create(&admin, "account", json!({"name": "改造 二期", "owner": it.ann}));
        index_all(&admin).unwrap();
        for query in ["\"13812345678\"", "\"138 1234 5678\"", "\"1234 5678\"", "\"+86 138 1234\""] {
            assert_eq!(found(it, &admin, query), [phone], "{query}");
            assert_eq!(found(it, &ann, query), [phone], "{query}");
        }
        assert_eq!(found(it, &admin, "\"777.25\""), [number]);
        assert!(found(it, &ann, "\"777.25\"").is_empty(), "hidden from her");
        assert_eq!(found(it, &ann, "\"二期 改造\""), [name]);
        assert_eq!(found(it, &ann, "\"二期 改造(东区)\""), [name], "in other characters of the same width");
        let mut both = found(it, &ann, "二期 改造");
        both.sort_unstable();
        assert_eq!(both, [name, other]);
        assert!(found(it, &ann, "\"138 5678\"").is_empty() && found(it, &ann, "\"二期改造\"").is_empty());
    });
}

#[test]
fn while_an_object_is_indexed_anew_what_was_found_is_found_and_what_is_new_too() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let ids = many(it, &it.system(), "account", |n| json!({"name": format!("Plain {n}")}), 1_300);
        let deal = it.create(&admin, "deal", json!({"name": "Deal", "account": ids[0]}));
        index_all(&admin).unwrap();
        let rebuilding_now = || it.workspace.store.read_with(|tx| rebuilding(&it.system(), tx)).unwrap();
        assert!(rebuilding_now().is_empty() && rebuild(&it.system(), Some("nothing")).is_err());
        assert_eq!(rebuild(&it.system(), Some("account")).unwrap(), ["account"]);
        assert_eq!(rebuilding_now(), ["account"]);
        // One batch of it is done, and what came meanwhile is there.
        let late = it.create(&admin, "deal", json!({"name": "Late", "account": ids[1]}));
        let fresh = it.create(&admin, "account", json!({"name": "Fresh"}));
        it.update(&admin, "account", ids[1_200], json!({"name": "Renamed"}));
        assert!(index_next(&admin).unwrap());
        assert_eq!(
            (found(it, &admin, "late"), found(it, &admin, "fresh"), found(it, &admin, "renamed")),
            (vec![late], vec![fresh], vec![ids[1_200]])
        );
        assert_eq!((found(it, &admin, "\"Plain 3\" object:account").len(), found(it, &admin, "deal")), (20, vec![deal]));
        assert_eq!(rebuilding_now(), ["account"]);
        // Whoever comes next, after a crash too, goes on: two more batches, and not from the beginning.
        let after = it.after_upgrade(crate::fixture::registry(Vec::new()));
        let mut batches = 0;
        while index_next(&after.system()).unwrap() {
            batches += 1;
        }
        assert!(batches <= 3, "{batches}");
        assert!(rebuilding_now().is_empty());
        assert_eq!((found(it, &admin, "renamed"), found(it, &admin, "\"Plain 1299\"")), (vec![ids[1_200]], vec![ids[1_299]]));
        assert!(found(it, &admin, "\"Plain 1200\"").is_empty(), "its old name");
        // All of them, and begun anew in the middle.
        rebuild(&it.system(), None).unwrap();
        index_next(&admin).unwrap();
        rebuild(&it.system(), None).unwrap();
        index_all(&admin).unwrap();
        assert!(rebuilding_now().is_empty());
        assert_eq!((found(it, &admin, "late"), found(it, &it.as_ann(), "plain")), (vec![late], Vec::new()));
    });
}
