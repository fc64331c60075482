//! The corners of the write path: hooks, references, links, computed fields, hostile values.

use std::sync::{Arc, Mutex};

use guanxi_kernel::app::{App, Hook, parse_object};
use guanxi_kernel::context::Context;
use guanxi_kernel::read::Record;
use guanxi_kernel::store::{ReadTx, StoreExt};
use guanxi_kernel::write::{Batch, BatchMode, Draft, DraftKind, Operation, PlanOptions, Unit, execute, run_unit};
use guanxi_kernel::{KernelError, Result};
use serde_json::{Value as Json, json};
use uuid::Uuid;

use crate::fixture::{Fixture, code, digest, map, on_both_stores, on_both_stores_with};

fn problems(error: KernelError) -> Vec<(String, &'static str)> {
    let KernelError::Invalid(problems) = error else { panic!("{error}") };
    problems.into_iter().map(|it| (it.field, it.code)).collect()
}

struct Noting {
    name: &'static str,
    heard: Arc<Mutex<Vec<String>>>,
}

impl Noting {
    fn note(&self, what: &str) {
        self.heard.lock().unwrap().push(format!("{} {what}", self.name));
    }
}

impl Hook for Noting {
    fn object(&self) -> &str {
        "account"
    }
    fn before_save(&self, context: &Context, _tx: &mut dyn ReadTx, draft: &mut Draft) -> Result<()> {
        self.note("before");
        if draft.value("name").as_text() == Some("forbidden word") {
            draft.problem("name", "rule", "不行", "not this");
        }
        if self.name == "first" && draft.kind == DraftKind::Create && draft.value("level").is_null() {
            draft.set(context, "level", &json!("b"))?;
        }
        Ok(())
    }
    fn after_save(&self, unit: &mut Unit<'_>, draft: &Draft) -> Result<()> {
        self.note("after");
        match draft.value("name").as_text() {
            Some("with deal") if self.name == "second" && draft.kind == DraftKind::Create => {
                unit.create_as_system("deal", &map(json!({"name": "from hook", "account": draft.id(), "amount": "5"}))).map(|_| ())
            }
            Some("late refusal") => Err(KernelError::invalid("name", "rule", "太晚", "too late")),
            Some("without end") => {
                let next = format!("{}x", draft.value("code").as_text().unwrap_or_default());
                unit.update("account", draft.id(), &map(json!({"code": next}))).map(|_| ())
            }
            Some("swallowed") => {
                // A hook that passes over the error of a change that was half done.
                let _ = unit.create_as_system("account", &map(json!({"name": "late refusal"})));
                Ok(())
            }
            _ => Ok(()),
        }
    }
    fn after_delete(&self, _unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        self.note(&format!("deleted {}", record.title()));
        Ok(())
    }
    fn after_restore(&self, _unit: &mut Unit<'_>, record: &Record) -> Result<()> {
        self.note(&format!("restored {} {}", record.title(), record.is_deleted()));
        if record.title() == "never again" { Err(KernelError::conflict("state_conflict", "不行", "no")) } else { Ok(()) }
    }
}

#[test]
fn hooks_run_in_order_and_what_they_refuse_leaves_nothing() {
    let heard = Arc::new(Mutex::new(Vec::new()));
    let app = || {
        let hook = |name| Arc::new(Noting { name, heard: heard.clone() }) as Arc<dyn Hook>;
        vec![App { hooks: vec![hook("first"), hook("second")], ..App::default() }]
    };
    on_both_stores_with(app, |it| {
        let admin = it.as_admin();
        heard.lock().unwrap().clear();
        let id = it.create(&admin, "account", json!({"name": "with deal"}));
        assert_eq!(*heard.lock().unwrap(), ["first before", "second before", "first after", "second after"]);
        let json = it.get(&admin, "account", id).unwrap();
        assert_eq!((json["level"].as_str(), json["deals"].as_i64()), (Some("b"), Some(1)), "set by the hook, counted in the same transaction");
        heard.lock().unwrap().clear();
        it.delete(&admin, "account", id).unwrap();
        assert_eq!(*heard.lock().unwrap(), ["first deleted with deal", "second deleted with deal"]);
        heard.lock().unwrap().clear();
        it.restore(&admin, "account", id).unwrap();
        assert_eq!(*heard.lock().unwrap(), ["first restored with deal false", "second restored with deal false"]);
        let never = it.create(&admin, "account", json!({"name": "never again"}));
        it.delete(&admin, "account", never).unwrap();
        assert_eq!(code(&it.restore(&admin, "account", never).unwrap_err()), "state_conflict");
        assert!(it.get(&admin, "account", never).is_none(), "what is refused stays in the bin");
        // For good and from outside the bin it is deleted too.
        heard.lock().unwrap().clear();
        run_unit(&admin, admin.new_id(), "erase", Box::new(move |unit| unit.erase("account", id))).unwrap();
        assert_eq!(*heard.lock().unwrap(), ["first deleted with deal", "second deleted with deal"]);
        run_unit(&admin, admin.new_id(), "erase", Box::new(move |unit| unit.erase("account", never))).unwrap();
        assert_eq!(heard.lock().unwrap().len(), 2, "from the bin it had gone already");
        let before = digest(it, &["account", "deal"]);
        assert_eq!(
            problems(it.try_create(&admin, "account", json!({"name": "forbidden word"})).unwrap_err()),
            [("name".to_owned(), "rule"), ("name".to_owned(), "rule")]
        );
        assert_eq!(problems(it.try_create(&admin, "account", json!({"name": "late refusal"})).unwrap_err()), [("name".to_owned(), "rule")]);
        assert_eq!(code(&it.try_create(&admin, "account", json!({"name": "without end", "code": "c"})).unwrap_err()), "state_conflict");
        assert_eq!(code(&it.try_create(&admin, "account", json!({"name": "swallowed"})).unwrap_err()), "internal", "half done must not commit");
        assert_eq!(digest(it, &["account", "deal"]), before);
    });
}

#[test]
fn references_lead_to_live_visible_others() {
    on_both_stores(|it| {
        let (admin, ann, bob) = (it.as_admin(), it.as_ann(), it.as_bob());
        let own = it.create(&ann, "account", json!({"name": "Own"}));
        let of_bob = it.create(&bob, "account", json!({"name": "Bob's"}));
        let gone = it.create(&ann, "account", json!({"name": "Gone"}));
        it.delete(&admin, "account", gone).unwrap();
        let try_parent = |context: &Context, parent: Json| it.try_update(context, "account", own, json!({"parent": parent}), PlanOptions::default());
        for parent in [json!(own), json!(of_bob), json!(gone), json!(Uuid::from_u128(1)), json!(it.ann)] {
            assert_eq!(problems(try_parent(&ann, parent.clone()).unwrap_err())[0], ("parent".to_owned(), "no_such_record"), "{parent}");
        }
        for parent in [json!(7), json!("x"), json!([own]), json!({"label": "x"})] {
            assert_eq!(code(&try_parent(&admin, parent).unwrap_err()), "invalid");
        }
        try_parent(&admin, json!(of_bob)).unwrap();
        it.update(&ann, "account", own, json!({"name": "Kept"}));
        assert_eq!(it.get(&ann, "account", own).unwrap()["parent"], json!({"id": of_bob, "label": null}), "what she cannot see stays as it is");
        assert_eq!(problems(it.try_create(&ann, "account", json!({"name": "x", "owner": Uuid::from_u128(3)})).unwrap_err())[0].0, "owner");
    });
}

#[test]
fn links_are_set_as_a_whole_and_only_real_changes_count() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        let tags: Vec<Uuid> = ["a", "b", "c"].iter().map(|name| it.create(&admin, "tag", json!({"name": name}))).collect();
        let id = it.create(&admin, "account", json!({"name": "A", "tags": [tags[1], tags[0], tags[1]]}));
        let state = || {
            let json = it.get(&admin, "account", id).unwrap();
            (
                json["version"].as_i64().unwrap(),
                json["tags"].as_array().unwrap().iter().map(|it| it["label"].as_str().unwrap().to_owned()).collect::<String>(),
            )
        };
        assert_eq!(state(), (1, "ab".into()));
        it.update(&admin, "account", id, json!({"tags": [tags[1], tags[0]]}));
        assert_eq!(state(), (1, "ab".into()), "the same links in another order are no change");
        it.update(&admin, "account", id, json!({"tags": [tags[2]]}));
        assert_eq!(state(), (2, "c".into()));
        let events = it.workspace.store.read_with(|tx| guanxi_kernel::history::history(&admin, tx, "account", id, None, 5)).unwrap();
        assert_eq!(events[0].changes["tags"], json!([[tags[0], tags[1]], [tags[2]]]));
        it.update(&admin, "account", id, json!({"tags": null}));
        assert_eq!(state(), (3, String::new()));
        assert_eq!(
            problems(it.try_update(&admin, "account", id, json!({"tags": [it.ann]}), PlanOptions::default()).unwrap_err())[0].1,
            "no_such_record"
        );
        it.update(&admin, "account", id, json!({"tags": [tags[0], tags[1]]}));
        it.delete(&admin, "tag", tags[0]).unwrap();
        it.update(&admin, "account", id, json!({"tags": [tags[0], tags[1], tags[2]]}));
        assert_eq!(state().0, 5, "a tag in the bin that was there may stay");
    });
}

const REGION: &str = r#"
name = "region"
label = { zh-CN = "大区", en = "Region" }
title_field = "name"
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名", en = "Name" }
[[field]]
name = "total"
type = "rollup"
label = { zh-CN = "合计", en = "Total" }
rollup = { object = "shop", via = "region", function = "sum", field = "turnover" }
[[field]]
name = "grade"
type = "formula"
result = "text"
expression = "total > 100 ? 'high' : 'low'"
label = { zh-CN = "等级", en = "Grade" }
"#;

const SHOP: &str = r#"
name = "shop"
label = { zh-CN = "门店", en = "Shop" }
title_field = "name"
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名", en = "Name" }
[[field]]
name = "number"
type = "auto_number"
number_format = "S{000}"
label = { zh-CN = "号", en = "Number" }
[[field]]
name = "shown"
type = "formula"
result = "text"
expression = "number + ' ' + name"
label = { zh-CN = "显示", en = "Shown" }
[[field]]
name = "region"
type = "reference"
target = "region"
on_delete = "cascade"
label = { zh-CN = "大区", en = "Region" }
[[field]]
name = "sold"
type = "rollup"
label = { zh-CN = "销量", en = "Sold" }
rollup = { object = "sale", via = "shop", function = "sum", field = "amount" }
[[field]]
name = "turnover"
type = "formula"
result = "decimal"
expression = "sold * 2"
label = { zh-CN = "营业额", en = "Turnover" }
"#;

const SALE: &str = r#"
name = "sale"
label = { zh-CN = "销售", en = "Sale" }
title_field = "name"
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名", en = "Name" }
[[field]]
name = "shop"
type = "reference"
target = "shop"
on_delete = "cascade"
label = { zh-CN = "门店", en = "Shop" }
[[field]]
name = "amount"
type = "decimal"
label = { zh-CN = "数", en = "Amount" }
read_only_when = "name == 'locked'"
[[field]]
name = "day"
type = "date"
default = "@today"
label = { zh-CN = "日", en = "Day" }
[[field]]
name = "seller"
type = "user"
default = "@me"
label = { zh-CN = "人", en = "Seller" }
"#;

fn shops() -> Vec<App> {
    let objects = [("region", REGION), ("shop", SHOP), ("sale", SALE)].iter().map(|(name, source)| parse_object(name, source, "").unwrap()).collect();
    vec![App { objects, ..App::default() }]
}

#[test]
fn numbers_climb_to_grandparents_through_every_move_deletion_and_return() {
    on_both_stores_with(shops, |it| {
        let admin = it.as_admin();
        let regions: Vec<Uuid> = ["R1", "R2"].iter().map(|name| it.create(&admin, "region", json!({"name": name}))).collect();
        let shop = it.create(&admin, "shop", json!({"name": "S", "region": regions[0]}));
        assert_eq!(it.get(&admin, "shop", shop).unwrap()["shown"], "S001 S", "a formula over the number it is given");
        let sales: Vec<Uuid> = (1..=3).map(|n| it.create(&admin, "sale", json!({"name": "x", "shop": shop, "amount": n * 10}))).collect();
        let totals = || {
            regions
                .iter()
                .map(|id| {
                    it.get(&admin, "region", *id)
                        .map_or("gone".into(), |it| format!("{} {}", it["total"].as_str().unwrap_or("null"), it["grade"].as_str().unwrap()))
                })
                .collect::<Vec<_>>()
        };
        assert_eq!(totals(), ["120.00 high", "0.00 low"]);
        it.update(&admin, "sale", sales[2], json!({"amount": "1.5"}));
        assert_eq!(totals(), ["63.00 low", "0.00 low"]);
        it.update(&admin, "shop", shop, json!({"region": regions[1]}));
        assert_eq!(totals(), ["0.00 low", "63.00 low"]);
        it.delete(&admin, "shop", shop).unwrap();
        assert_eq!(totals(), ["0.00 low", "0.00 low"]);
        assert_eq!(code(&it.restore(&admin, "sale", sales[0]).unwrap_err()), "state_conflict", "its shop is still in the bin");
        it.restore(&admin, "shop", shop).unwrap();
        assert_eq!(totals(), ["0.00 low", "63.00 low"]);
        it.delete(&admin, "region", regions[1]).unwrap();
        assert!(it.get(&admin, "sale", sales[0]).is_none());
        it.restore(&admin, "region", regions[1]).unwrap();
        assert_eq!(totals(), ["0.00 low", "63.00 low"]);
        let erase = |object: &str, id| {
            let operations = vec![Operation::Erase { id }];
            execute(&admin, &Batch { object: it.object(object), operations, mode: BatchMode::AllOrNothing, verb: "erase", change: None }).unwrap();
        };
        it.delete(&admin, "sale", sales[1]).unwrap();
        erase("sale", sales[1]);
        assert_eq!(totals(), ["0.00 low", "23.00 low"], "what is erased from the bin is not taken away twice");
        erase("sale", sales[2]);
        assert_eq!(totals(), ["0.00 low", "20.00 low"]);
        it.update(&admin, "shop", shop, json!({"region": null}));
        assert_eq!(totals(), ["0.00 low", "0.00 low"]);
        let sale = it.get(&admin, "sale", sales[0]).unwrap();
        assert_eq!((sale["day"].as_str().unwrap().len(), sale["seller"]["id"].clone()), (10, json!(it.admin)), "@today and @me");
        it.update(&admin, "sale", sales[0], json!({"name": "locked"}));
        assert_eq!(
            problems(it.try_update(&admin, "sale", sales[0], json!({"amount": 1}), PlanOptions::default()).unwrap_err()),
            [("amount".to_owned(), "read_only_field")]
        );
    });
}

#[test]
fn two_roles_add_what_they_open_and_nothing_more() {
    on_both_stores(|it: &Fixture| {
        let admin = it.as_admin();
        let id = it.create(&admin, "account", json!({"name": "A", "owner": it.ann, "margin": "3"}));
        let member = guanxi_kernel::access::Member::of(it.ann, vec!["rep".into(), "viewer".into(), "maker".into()], None, vec![]);
        let mut schema = crate::fixture::registry(Vec::new());
        let role = |toml: &str| toml::from_str(toml).unwrap();
        schema.roles.push(role(
            "name = \"viewer\"\nlabel = { zh-CN = \"看\", en = \"V\" }\n[objects.account]\nread = \"own\"\nfields = { margin = \"hidden\" }",
        ));
        schema
            .roles
            .push(role("name = \"maker\"\nlabel = { zh-CN = \"建\", en = \"M\" }\n[objects.account]\ncreate = true\nfields = { level = \"read\" }"));
        let workspace = it.reopened(schema).unwrap();
        let ann = workspace.member_context(member, "Ann".into(), guanxi_kernel::context::Locale::En, jiff::tz::TimeZone::UTC, "t".into());
        assert!(it.get(&ann, "account", id).unwrap().get("margin").is_none(), "a role that only creates does not open a field to reading");
        let error = it.try_update(&ann, "account", id, json!({"level": "a"}), PlanOptions::default()).unwrap_err();
        assert_eq!(code(&error), "forbidden", "a role that only reads does not open a field to writing");
    });
}

const RING: &str = r#"
name = "ring"
label = { zh-CN = "环", en = "Ring" }
title_field = "name"
[[field]]
name = "name"
type = "text"
label = { zh-CN = "名", en = "Name" }
[[field]]
name = "next"
type = "reference"
target = "ring"
on_delete = "cascade"
label = { zh-CN = "下一个", en = "Next" }
"#;

#[test]
fn records_that_belong_to_each_other_in_a_circle_or_a_long_chain_go_together() {
    let rings = || vec![App { objects: vec![parse_object("ring", RING, "").unwrap()], ..App::default() }];
    on_both_stores_with(rings, |it| {
        let admin = it.as_admin();
        let make = |count: usize, prefix: &str| {
            let mut ids: Vec<Uuid> = Vec::new();
            for n in 0..count {
                ids.push(it.create(&admin, "ring", json!({"name": format!("{prefix}{n}"), "next": ids.last()})));
            }
            ids
        };
        let circle = make(5, "c");
        it.update(&admin, "ring", circle[0], json!({"next": circle[4]}));
        it.delete(&admin, "ring", circle[2]).unwrap();
        assert!(it.names(&admin, "ring", "true", "name").is_empty());
        it.restore(&admin, "ring", circle[2]).unwrap();
        assert_eq!(it.names(&admin, "ring", "true", "name").len(), 5);
        it.delete(&admin, "ring", circle[3]).unwrap();
        let chain = make(40, "d");
        it.delete(&admin, "ring", chain[0]).unwrap();
        assert!(it.names(&admin, "ring", "true", "name").is_empty());
        it.restore(&admin, "ring", chain[0]).unwrap();
        assert_eq!(it.names(&admin, "ring", "true", "name").len(), 40);
        let too_long = make(70, "e");
        let before = digest(it, &["ring"]);
        assert_eq!(code(&it.delete(&admin, "ring", too_long[0]).unwrap_err()), "state_conflict");
        assert_eq!(digest(it, &["ring"]), before);
        let circle = make(3, "f");
        it.update(&admin, "ring", circle[0], json!({"next": circle[2]}));
        let operations = vec![Operation::Erase { id: circle[1] }];
        execute(&admin, &Batch { object: it.object("ring"), operations, mode: BatchMode::AllOrNothing, verb: "erase", change: None }).unwrap();
        assert!(it.names(&admin, "ring", "name.startsWith('f')", "name").is_empty());
    });
}
