//! Search follows the log and tells nothing of hidden fields.

use guanxi_kernel::context::Context;
use guanxi_kernel::read::{AggregateRequest, CountMode, ListRequest, aggregate};
use guanxi_kernel::search::{index_all, search};
use guanxi_kernel::store::StoreExt;
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
