//! The event log, the feed and the history as callers may see them.

use guanxi_kernel::events::{Event, feed, read_after};
use guanxi_kernel::history::history;
use guanxi_kernel::store::StoreExt;
use guanxi_kernel::write::{Batch, BatchMode, Operation, execute};
use serde_json::json;

use crate::fixture::{Fixture, code, on_both_stores};
use guanxi_kernel::context::Context;

fn read_feed(it: &Fixture, context: &Context, after: i64, limit: u64) -> (Vec<Event>, i64, i64) {
    let page = it.workspace.store.read_with(|tx| feed(context, tx, after, limit, None)).unwrap();
    (page.events, page.next, page.head)
}

#[test]
fn the_feed_comes_in_order_and_goes_on_where_it_stopped() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let ids: Vec<_> = (0..25).map(|n| it.create(&admin, "account", json!({"name": format!("A{n}")}))).collect();
        let (mut after, mut seen) = (0, Vec::new());
        loop {
            let (events, next, head) = read_feed(it, &admin, after, 7);
            seen.extend(events.into_iter().filter(|it| it.object == "account"));
            assert!(next > after || next == head);
            if next == head {
                break;
            }
            after = next;
        }
        assert!(seen.is_sorted_by_key(|it| it.seq));
        assert_eq!(seen.iter().filter_map(|it| it.record).collect::<Vec<_>>(), ids);
        assert_eq!(seen[3].changes["name"], json!([null, "A3"]));
    });
}

#[test]
fn invisible_events_are_passed_over_and_the_place_moves_on() {
    on_both_stores(|it| {
        let (ann, bob) = (it.as_ann(), it.as_bob());
        for n in 0..30 {
            it.create(&bob, "account", json!({"name": format!("B{n}")}));
        }
        let own = it.create(&ann, "account", json!({"name": "Mine"}));
        let start = it.workspace.store.read_with(|tx| read_after(tx, 0, 1_000)).unwrap().iter().find(|it| it.object == "account").unwrap().seq - 1;
        let (events, next, _) = read_feed(it, &ann, start, 10);
        assert_eq!((events.len(), next), (0, start + 10), "nothing for ann, but she gets on");
        let (events, ..) = read_feed(it, &ann, start, 500);
        assert_eq!(events.iter().map(|it| it.record).collect::<Vec<_>>(), [Some(own)]);
    });
}

#[test]
fn rights_of_the_moment_decide_row_and_field() {
    on_both_stores(|it| {
        let (admin, ann, bob) = (it.as_admin(), it.as_ann(), it.as_bob());
        let id = it.create(&admin, "account", json!({"name": "A", "margin": "5", "owner": it.ann}));
        let of = |context: &Context| read_feed(it, context, 0, 500).0.into_iter().filter(|it| it.record == Some(id)).collect::<Vec<_>>();
        assert_eq!(of(&admin)[0].changes["margin"], json!([null, "5.00"]));
        assert!(of(&ann)[0].changes.get("margin").is_none() && of(&ann)[0].changes.contains_key("name"));
        assert!(of(&bob).is_empty());
        it.update(&admin, "account", id, json!({"owner": it.bob}));
        assert!(of(&ann).is_empty(), "handed over: what was is no longer hers");
        assert_eq!(of(&bob).len(), 2);
        let histories = |context: &Context| it.workspace.store.read_with(|tx| history(context, tx, "account", id, None, 50));
        assert_eq!(code(&histories(&ann).unwrap_err()), "not_found");
        assert!(histories(&bob).unwrap().iter().all(|it| !it.changes.contains_key("margin")));
    });
}

#[test]
fn of_what_went_to_the_bin_others_learn_only_that() {
    on_both_stores(|it| {
        let (admin, ann) = (it.as_admin(), it.as_ann());
        let account = it.create(&ann, "account", json!({"name": "A"}));
        let deal = it.create(&ann, "deal", json!({"name": "Mine", "account": account}));
        it.delete(&admin, "account", account).unwrap();
        let (events, ..) = read_feed(it, &ann, 0, 500);
        let of_account: Vec<_> = events.iter().filter(|it| it.record == Some(account)).collect();
        assert_eq!(
            of_account.iter().map(|it| (it.kind.as_str(), it.changes.is_empty())).collect::<Vec<_>>(),
            [("account.created", true), ("account.deleted", true)]
        );
        let of_deal: Vec<_> = events.iter().filter(|it| it.record == Some(deal)).collect();
        assert!(of_deal[0].changes.contains_key("name"), "deals are hers to restore");
        let read = |object: &str, id| it.workspace.store.read_with(|tx| history(&ann, tx, object, id, None, 50));
        assert_eq!(code(&read("account", account).unwrap_err()), "not_found");
        assert_eq!(read("deal", deal).unwrap().len(), 2);
    });
}

#[test]
fn an_erased_record_leaves_no_word_in_any_log() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let tag = it.create(&admin, "tag", json!({"name": "zebratag"}));
        let id = it.create(&admin, "account", json!({"name": "zebrafish", "phone": "13812345678", "tags": [tag]}));
        let deal = it.create(&admin, "deal", json!({"name": "zebradeal", "account": id}));
        it.update(&admin, "account", id, json!({"name": "zebracorn"}));
        guanxi_kernel::search::index_all(&admin).unwrap();
        for (object, id) in [("account", id), ("tag", tag)] {
            let batch = Batch {
                object: it.object(object),
                operations: vec![Operation::Erase { id }],
                mode: BatchMode::AllOrNothing,
                verb: "erase",
                change: None,
            };
            execute(&admin, &batch).unwrap();
        }
        let everything = crate::fixture::digest(it, &["account", "deal", "tag", "bill"]);
        assert!(!everything.contains("zebra"), "{everything}");
        assert!(it.get(&admin, "deal", deal).is_none(), "what belonged to it went too");
        let hits = it.workspace.store.read_with(|tx| guanxi_kernel::search::search(&admin, tx, "zebra", None, 9)).unwrap().0;
        assert!(hits.is_empty());
        let events = read_feed(it, &admin, 0, 500).0;
        assert_eq!(events.iter().filter(|it| it.kind == "account.erased" && it.record == Some(id)).count(), 1);
        assert_eq!(code(&it.restore(&admin, "account", id).unwrap_err()), "not_found");
    });
}

#[test]
fn history_pages_newest_first() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let id = it.create(&admin, "account", json!({"name": "0"}));
        for n in 1..10 {
            it.update(&admin, "account", id, json!({"name": n.to_string()}));
        }
        let (mut before, mut versions) = (None, Vec::new());
        loop {
            let page = it.workspace.store.read_with(|tx| history(&admin, tx, "account", id, before, 3)).unwrap();
            let Some(last) = page.last() else { break };
            before = Some(last.seq);
            versions.extend(page.iter().map(|it| it.version));
        }
        assert_eq!(versions, (1..=10).rev().collect::<Vec<_>>());
    });
}
