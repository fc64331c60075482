//! Indexes put off for a load: lists are right without them, on every node, and they come back as they were.

use std::collections::BTreeSet;

use guanxi_kernel::definition::{SchemaChange, apply, make_put_off, put_off, put_offs};
use guanxi_kernel::schema::{Audience, Label, SharingRule};
use serde_json::json;
use uuid::Uuid;

use crate::fixture::{Fixture, on_both_stores, registry};

/// The indexes of the table of accounts.
fn indexes(it: &Fixture) -> BTreeSet<String> {
    let tables = it.workspace.store.existing_tables().unwrap();
    tables.into_iter().find(|it| it.name == "o_account").unwrap().indexes.into_iter().collect()
}

/// Those the schema speaks of.
fn spoken_of(it: &Fixture) -> BTreeSet<String> {
    it.object("account").table.indexes.iter().map(|it| it.name.clone()).collect()
}

/// A rule that brings indexes of its own.
fn by_level() -> SharingRule {
    let with = Audience { roles: vec!["rep".into()], ..Audience::default() };
    let (label, write, paused) = (Label::new("规则", "Rule"), false, false);
    SharingRule { name: "by_level".into(), label, object: "account".into(), when: "level == 'a'".into(), with, write, paused }
}

#[test]
fn lists_go_on_without_the_indexes_of_a_load_and_get_them_back() {
    on_both_stores(|it| {
        let (load, other) = (Uuid::from_u128(1), Uuid::from_u128(2));
        let (admin, account) = (it.as_admin(), "account");
        for name in ["丙", "甲", "乙"] {
            it.create(&it.as_ann(), account, json!({ "name": name, "code": name }));
        }
        apply(&admin, &[SchemaChange::PutSharingRule { rule: by_level() }], false).unwrap();
        let (before, listed) = (indexes(it), it.names(&it.as_ann(), account, "true", "name"));
        let gains = it.workspace.store.gains_by_late_indexes();
        assert_eq!(put_off(&it.workspace, account, load, true).unwrap(), gains);
        if !gains {
            assert_eq!((indexes(it), put_offs(&it.workspace).unwrap().len()), (before, 0));
            return;
        }
        let without = indexes(it);
        let gone: BTreeSet<String> = before.difference(&without).cloned().collect();
        let of_rights = ["i_owner_name", "i_department_name", "i_owner_updated_at", "i_department_updated_at", "w_name__sort"];
        let names = of_rights.into_iter().chain(["i_level_name", "i_level_updated_at"]);
        assert_eq!(gone, names.map(|it| format!("o_account__{it}")).collect());
        assert!(spoken_of(it).is_disjoint(&gone), "nobody counts on them");
        assert_eq!(it.names(&it.as_ann(), account, "true", "name"), listed);
        assert!(it.try_create(&it.as_ann(), account, json!({ "name": "又一个", "code": "甲" })).is_err(), "what is unique stays so");

        // It is one load's business, and whoever opens the workspace or changes definitions leaves it alone.
        assert!(!put_off(&it.workspace, account, other, true).unwrap());
        assert!(put_off(&it.workspace, account, load, true).unwrap());
        let reopened = it.reopened(registry(Vec::new())).unwrap();
        assert_eq!((indexes(it), put_offs(&reopened).unwrap()[account].load), (without.clone(), load));
        let motto = toml::from_str("name = \"motto\"\ntype = \"text\"\nindexed = true\nlabel = { zh-CN = \"口号\", en = \"Motto\" }").unwrap();
        apply(&admin, &[SchemaChange::AddField { object: account.into(), field: motto }], false).unwrap();
        assert_eq!(indexes(it).difference(&without).collect::<Vec<_>>(), ["o_account__i_motto"]);

        make_put_off(&it.workspace, account).unwrap();
        make_put_off(&it.workspace, account).unwrap();
        assert!(put_offs(&it.workspace).unwrap().is_empty());
        assert_eq!(indexes(it).difference(&before).collect::<Vec<_>>(), ["o_account__i_motto"]);
        assert!(before.is_subset(&indexes(it)) && before.is_subset(&spoken_of(it)));
        reopened.follow_definitions().unwrap();
        assert_eq!(reopened.schema().object(account).unwrap().table.indexes.len(), spoken_of(it).len(), "another node learns of it");
        assert_eq!(it.names(&it.as_ann(), account, "true", "name"), listed);
    });
}

#[test]
fn titles_that_records_are_found_by_keep_their_index() {
    on_both_stores(|it| {
        if put_off(&it.workspace, "account", Uuid::from_u128(1), false).unwrap() {
            assert!(indexes(it).contains("o_account__w_name__sort"));
            assert!(!indexes(it).contains("o_account__i_owner_name"));
        }
    });
}
