//! Create, read, list, change, delete, restore, undo.

use guanxi_kernel::KernelError;
use guanxi_kernel::read::{CountMode, ListRequest};
use guanxi_kernel::write::{PlanOptions, undo};
use serde_json::json;

use crate::fixture::{code, on_both_stores};

#[test]
fn a_record_comes_back_as_saved_with_its_labels() {
    on_both_stores(|it| {
        let ann = it.as_ann();
        let tag = it.create(&it.system(), "tag", json!({"name": "VIP"}));
        let id = it.create(&ann, "account", json!({"name": "星河智能", "phone": "138 1234 5678", "tags": [tag], "channels": ["mail"]}));
        let json = it.get(&ann, "account", id).unwrap();
        assert_eq!(json["name"], "星河智能");
        assert_eq!(json["phone"], "+8613812345678");
        assert_eq!(json["owner"], json!({"id": it.ann, "label": "Ann"}));
        assert_eq!(json["department"], json!({"id": it.north_one, "label": null}), "ann may not read departments");
        assert_eq!(json["tags"], json!([{"id": tag, "label": "VIP"}]));
        assert_eq!(json["channels"], json!(["mail"]));
        assert_eq!(json["version"], 1);
        assert_eq!(json["deals"], json!(0));
        assert_eq!(json["number"], "C2026-0001");
        assert!(json.get("margin").is_none(), "a hidden field is not there at all");
    });
}

#[test]
fn pages_follow_each_other_in_pinyin_order_without_gaps() {
    on_both_stores(|it| {
        let ann = it.as_ann();
        for name in ["张三", "李四", "阿里", "Beta", "alpha", "王五", "赵六", "欧阳"] {
            it.create(&ann, "account", json!({"name": name}));
        }
        let mut names = Vec::new();
        let mut cursor = None;
        loop {
            let request =
                ListRequest { sort: Some("name".into()), limit: 3, cursor: cursor.clone(), count: CountMode::Exact, ..ListRequest::default() };
            let page = it.try_list(&ann, "account", &request).unwrap();
            assert_eq!(page.count.unwrap().value, 8);
            let items: Vec<serde_json::Value> = serde_json::from_str(&page.items).unwrap();
            names.extend(items.iter().map(|it| it["name"].as_str().unwrap().to_owned()));
            cursor = page.next_cursor;
            if cursor.is_none() {
                break;
            }
        }
        assert_eq!(names, it.names(&ann, "account", "true", "name"));
        assert_eq!(names, ["阿里", "李四", "欧阳", "王五", "张三", "赵六", "alpha", "Beta"], "Chinese by pinyin, then Latin");
    });
}

#[test]
fn own_rows_only_and_hidden_fields_cannot_be_named() {
    on_both_stores(|it| {
        let (ann, bob, boss) = (it.as_ann(), it.as_bob(), it.as_boss());
        let of_ann = it.create(&ann, "account", json!({"name": "Ann's"}));
        let of_bob = it.create(&bob, "account", json!({"name": "Bob's"}));
        assert_eq!(it.names(&ann, "account", "true", "name"), ["Ann's"]);
        assert_eq!(it.names(&boss, "account", "true", "name"), ["Ann's"], "the tree of North");
        assert!(it.get(&ann, "account", of_bob).is_none());
        assert_eq!(code(&it.try_update(&ann, "account", of_bob, json!({"name": "x"}), PlanOptions::default()).unwrap_err()), "not_found");
        assert_eq!(code(&it.delete(&ann, "account", of_ann).unwrap_err()), "forbidden");
        for (filter, sort) in [("margin > 5", "name"), ("true", "margin"), ("parent.margin > 5", "name"), ("nonsense == 1", "name")] {
            let request = ListRequest { filter: Some(filter.into()), sort: Some(sort.into()), limit: 10, ..ListRequest::default() };
            let error = it.try_list(&ann, "account", &request).unwrap_err();
            assert!(matches!(code(&error), "unknown_field" | "bad_filter"), "{filter} {sort}: {error}");
        }
        assert_eq!(code(&it.try_create(&ann, "account", json!({"name": "x", "margin": 5})).unwrap_err()), "unknown_field");
        assert_eq!(code(&it.try_create(&ann, "account", json!({"name": "x", "level": "a"})).unwrap_err()), "forbidden");
        assert_eq!(code(&it.try_create(&ann, "account", json!({"name": "x", "deals": 5})).unwrap_err()), "read_only_field");
        assert_eq!(code(&it.try_create(&ann, "bill", json!({"name": "x"})).unwrap_err()), "not_found");
    });
}

#[test]
fn everything_wrong_is_told_at_once() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let missing = uuid::Uuid::from_u128(7);
        let error = it.try_create(&admin, "deal", json!({"account": missing, "amount": "-5", "close_date": "2026-02-30"})).unwrap_err();
        let KernelError::Invalid(problems) = error else { panic!("{error}") };
        let mut found: Vec<(&str, &str)> = problems.iter().map(|it| (it.field.as_str(), it.code)).collect();
        found.sort_unstable();
        assert_eq!(found, [("account", "no_such_record"), ("amount", "too_small"), ("close_date", "bad_format"), ("name", "required")]);
    });
}

#[test]
fn rollups_and_formulas_follow_every_change() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let first = it.create(&admin, "account", json!({"name": "First"}));
        let second = it.create(&admin, "account", json!({"name": "Second"}));
        let deal =
            it.create(&admin, "deal", json!({"name": "D", "account": first, "amount": "1500.50", "probability": 20, "close_date": "2026-05-01"}));
        assert_eq!(it.get(&admin, "deal", deal).unwrap()["weighted"], "300.10");
        let of = |id| {
            let json = it.get(&admin, "account", id).unwrap();
            (json["deals"].clone(), json["won"].clone(), json["last_close"].clone(), json["won_class"].clone())
        };
        assert_eq!(of(first), (json!(1), json!("0.00"), json!("2026-05-01"), json!("small")));
        it.update(&admin, "deal", deal, json!({"stage": "offer"}));
        it.update(&admin, "deal", deal, json!({"stage": "won"}));
        assert_eq!(of(first), (json!(1), json!("1500.50"), json!("2026-05-01"), json!("big")));
        it.update(&admin, "deal", deal, json!({"account": second}));
        assert_eq!(of(first), (json!(0), json!("0.00"), json!(null), json!("small")));
        assert_eq!(of(second), (json!(1), json!("1500.50"), json!("2026-05-01"), json!("big")));
        it.delete(&admin, "deal", deal).unwrap();
        assert_eq!(of(second).0, json!(0));
        it.restore(&admin, "deal", deal).unwrap();
        assert_eq!(of(second).1, json!("1500.50"));
    });
}

#[test]
fn states_move_only_where_they_may() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let account = it.create(&admin, "account", json!({"name": "A"}));
        let deal = it.create(&admin, "deal", json!({"name": "D", "account": account}));
        let refused = |values| {
            let error = it.try_update(&admin, "deal", deal, values, PlanOptions::default()).unwrap_err();
            let KernelError::Invalid(problems) = error else { panic!("{error}") };
            problems.into_iter().map(|it| (it.field, it.code)).collect::<Vec<_>>()
        };
        assert_eq!(refused(json!({"stage": "won"})), [("stage".into(), "bad_option")]);
        assert_eq!(refused(json!({"stage": "lost"})), [("loss_reason".into(), "required")]);
        assert_eq!(refused(json!({"stage": "offer"})), [("amount".into(), "rule")]);
        it.update(&admin, "deal", deal, json!({"stage": "lost", "loss_reason": "price"}));
    });
}

#[test]
fn a_stale_version_conflicts_and_other_fields_merge() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let id = it.create(&admin, "account", json!({"name": "A", "code": "1"}));
        it.update(&admin, "account", id, json!({"name": "B"}));
        let stale = PlanOptions { expected_version: Some(1), ..PlanOptions::default() };
        let error = it.try_update(&admin, "account", id, json!({"name": "C"}), stale).unwrap_err();
        let KernelError::VersionConflict { current_version, conflicting_fields, current, .. } = error else { panic!("{error}") };
        assert_eq!((current_version, conflicting_fields, current["name"].as_str()), (2, vec!["name".to_owned()], Some("B")));
        let merge = PlanOptions { merge: true, ..stale };
        assert_eq!(code(&it.try_update(&admin, "account", id, json!({"name": "C"}), merge).unwrap_err()), "version_conflict");
        it.try_update(&admin, "account", id, json!({"code": "2"}), merge).unwrap();
        let json = it.get(&admin, "account", id).unwrap();
        assert_eq!((json["name"].as_str(), json["code"].as_str(), json["version"].as_i64()), (Some("B"), Some("2"), Some(3)));
        it.try_update(&admin, "account", id, json!({"code": "2"}), PlanOptions::default()).unwrap();
        assert_eq!(it.get(&admin, "account", id).unwrap()["version"], 3, "a change that changes nothing is none");
    });
}

#[test]
fn a_duplicate_names_its_field_and_the_bin_does_not_count() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let first = it.create(&admin, "account", json!({"name": "A", "code": "X1"}));
        let error = it.try_create(&admin, "account", json!({"name": "B", "code": "X1"})).unwrap_err();
        let KernelError::Conflict { code: "duplicate_value", fields, .. } = error else { panic!("{error}") };
        assert_eq!(fields[0].field, "code");
        it.delete(&admin, "account", first).unwrap();
        it.create(&admin, "account", json!({"name": "B", "code": "X1"}));
    });
}

#[test]
fn deleting_takes_along_what_belongs_and_stops_at_what_must_stay() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let account = it.create(&admin, "account", json!({"name": "A"}));
        let deal = it.create(&admin, "deal", json!({"name": "D", "account": account}));
        let earlier = it.create(&admin, "deal", json!({"name": "E", "account": account}));
        it.delete(&admin, "deal", earlier).unwrap();
        it.delete(&admin, "account", account).unwrap();
        assert!(it.get(&admin, "deal", deal).is_none());
        it.restore(&admin, "account", account).unwrap();
        assert!(it.get(&admin, "deal", deal).is_some(), "deleted along, restored along");
        assert!(it.get(&admin, "deal", earlier).is_none(), "deleted before, stays in the bin");
        let tag = it.create(&admin, "tag", json!({"name": "T"}));
        it.create(&admin, "bill", json!({"name": "B", "tag": tag}));
        assert_eq!(code(&it.delete(&admin, "tag", tag).unwrap_err()), "still_referenced");
    });
}

#[test]
fn a_change_is_taken_back_except_what_changed_since() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let id = it.create(&admin, "account", json!({"name": "A", "code": "1", "level": "a"}));
        let change = it.update(&admin, "account", id, json!({"name": "B", "code": "2"}));
        it.update(&admin, "account", id, json!({"code": "3"}));
        let answer = undo(&admin, change).unwrap();
        assert_eq!(answer.skipped[0].fields, ["code"]);
        let json = it.get(&admin, "account", id).unwrap();
        assert_eq!((json["name"].as_str(), json["code"].as_str()), (Some("A"), Some("3")));
        let deleted = it.delete(&admin, "account", id).unwrap();
        undo(&admin, deleted).unwrap();
        assert!(it.get(&admin, "account", id).is_some());
        assert_eq!(code(&undo(&it.as_ann(), change).unwrap_err()), "not_found", "somebody else's change");
    });
}
