//! Whole workspaces copied between stores, in all four directions.

use std::collections::BTreeMap;
use std::sync::Arc;

use guanxi_kernel::Value;
use guanxi_kernel::definition::{SchemaChange, apply};
use guanxi_kernel::store::{Column, ColumnRef, Condition, Delete, Select, Storage, Store, StoreExt, Table};
use guanxi_kernel::system_tables::{AUDIT, EVENT};
use guanxi_kernel::workspace::{Workspace, load_customisation, schema_of};
use guanxi_kernel::workspace_copy::{copy_workspace, tables_of};
use guanxi_kernel::write::{Batch, BatchMode, Operation, execute};
use guanxi_store::{SqliteOptions, SqliteStore};
use serde_json::json;

use crate::fixture::{Fixture, map, on_both_stores, registry};
use crate::fixture_postgres::with_store;

/// Every row of every table, in an order of its own making.
fn contents(store: &Arc<dyn Store>) -> BTreeMap<String, Vec<String>> {
    let schema = schema_of(&registry(Vec::new()), &load_customisation(store).unwrap()).unwrap();
    let (tables, _) = tables_of(&schema, &store.existing_tables().unwrap());
    let rows = |table: &Arc<Table>| {
        let mut rows: Vec<String> =
            store.read_with(|tx| Ok(tx.rows(&Select::all(table, Condition::True))?)).unwrap().iter().map(|it| format!("{it:?}")).collect();
        rows.sort();
        rows
    };
    tables.iter().map(|it| (it.name.clone(), rows(it))).collect()
}

/// The indexes of a store's tables.
fn indexes(store: &Arc<dyn Store>) -> BTreeMap<String, Vec<String>> {
    let keyless = |names: Vec<String>| names.into_iter().filter(|it| !it.ends_with("_key")).collect();
    store.existing_tables().unwrap().into_iter().map(|it| (it.name, keyless(it.indexes))).collect()
}

/// Records, links, history, counters and a definition of one's own; the newest rows of the log are gone.
fn lived_in(it: &Fixture) {
    let motto = toml::from_str("name = \"motto\"\ntype = \"json\"\nlabel = { zh-CN = \"口号\", en = \"Motto\" }").unwrap();
    apply(&it.as_admin(), &[SchemaChange::AddField { object: "account".into(), field: motto }], false).unwrap();
    let admin = it.as_admin();
    let tag = it.create(&admin, "tag", json!({"name": "重点"}));
    let values = |number: usize| {
        json!({"name": format!("公司{number}"), "margin": format!("{number}.25"), "level": if number.is_multiple_of(2) { "a" } else { "b" }, "channels": ["mail"],
            "tags": [tag], "phone": "13812345678", "motto": {"n": number, "half": 0.5, "text": "引\"号", "list": [null, true, []]}})
    };
    // More rows than are written at once.
    let operations = (0..2_100).map(|number| Operation::Create { values: map(values(number)) }).collect();
    let batch = Batch { object: it.object("account"), operations, mode: BatchMode::AllOrNothing, verb: "create", change: None };
    let made = execute(&admin, &batch).unwrap().results;
    for (number, account) in made.into_iter().take(10).map(|it| it.unwrap().id).enumerate() {
        it.create(&admin, "deal", json!({"name": "D", "account": account, "amount": "1234567.89", "close_date": "2026-11-22", "stage": "won"}));
        it.update(&admin, "account", account, json!({"name": format!("新名{number}")}));
        if number == 5 {
            it.delete(&admin, "account", account).unwrap();
        }
    }
    let last = |table: &Arc<Table>| it.workspace.store.read_with(|tx| Ok(tx.last_identity(table)?)).unwrap();
    let seq = last(&AUDIT);
    let newest = Condition::equals(ColumnRef::main(0), Value::Int(seq));
    it.workspace.store.write_with(move |tx| Ok(tx.delete(&Delete { table: AUDIT.clone(), condition: newest.clone() })?)).unwrap();
    assert_eq!(last(&AUDIT), seq, "a number is not given twice");
    guanxi_kernel::search::index_all(&it.system()).unwrap();
}

fn copies_whole(it: &Fixture, target: Arc<dyn Store>) {
    let source = &it.workspace.store;
    let copied = copy_workspace(&it.workspace.registry, source, &target).unwrap();
    let before = contents(source);
    assert_eq!(copied.left_out, Vec::<String>::new());
    assert_eq!(copied.rows, before.values().map(|it| it.len() as u64).sum::<u64>());
    assert_eq!(indexes(&target), indexes(source));
    let there = Workspace::open("copy", target.clone(), it.workspace.registry.clone(), it.clock.clone(), it.workspace.ids.clone()).unwrap();
    let context = there.system_context(it.admin, "test");
    guanxi_kernel::search::index_all(&context).unwrap();
    for (table, rows) in contents(&target) {
        assert!(rows == before[&table], "{table} of {} differs in {}", source.kind(), target.kind());
    }
    let hits = target.read_with(|tx| guanxi_kernel::search::search(&context, tx, "gongsi2077", None, 10)).unwrap().0;
    assert_eq!(hits[0].label, "公司2077", "words are found in the copy");
    for table in [&EVENT, &AUDIT] {
        let last = |store: &Arc<dyn Store>| store.read_with(|tx| Ok(tx.last_identity(table)?)).unwrap();
        assert_eq!(last(&target), last(source));
    }
    let object = there.schema().object("account").unwrap().clone();
    let operations = vec![Operation::Create { values: map(json!({"name": "Later"})) }];
    let batch = Batch { object, operations, mode: BatchMode::AllOrNothing, verb: "create", change: None };
    assert!(execute(&context, &batch).unwrap().results.iter().all(Result::is_ok));
    let again = copy_workspace(&it.workspace.registry, source, &target).unwrap_err();
    assert!(again.to_string().contains("is not empty"), "{again}");
    assert_eq!(contents(source), before, "the source is as it was");
}

#[test]
fn a_copy_holds_every_row_of_every_table_whatever_the_stores() {
    on_both_stores(|it| {
        lived_in(it);
        let folder = tempfile::tempdir().unwrap();
        copies_whole(it, Arc::new(SqliteStore::open(folder.path().join("copy.db"), SqliteOptions::default()).unwrap()));
        with_store(|target| copies_whole(it, target));
    });
}

#[test]
fn what_no_definition_names_stays_behind_and_is_told() {
    on_both_stores(|it| {
        let more = Table {
            name: "o_gone".into(),
            columns: vec![Column::required("id", Storage::Id)],
            primary_key: vec!["id".into()],
            identity: false,
            indexes: Vec::new(),
        };
        it.workspace
            .store
            .write_with(move |tx| {
                tx.create_table(&more)?;
                Ok(tx.add_column("o_account", &Column::nullable("fax", Storage::Text))?)
            })
            .unwrap();
        let folder = tempfile::tempdir().unwrap();
        let target: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path().join("copy.db"), SqliteOptions::default()).unwrap());
        let copied = copy_workspace(&it.workspace.registry, &it.workspace.store, &target).unwrap();
        assert_eq!(copied.left_out, ["o_gone", "o_account.fax"]);
    });
}

#[test]
fn what_is_no_workspace_is_not_copied() {
    let folder = tempfile::tempdir().unwrap();
    let open = |name: &str| -> Arc<dyn Store> { Arc::new(SqliteStore::open(folder.path().join(name), SqliteOptions::default()).unwrap()) };
    let (strange, target) = (open("strange.db"), open("target.db"));
    let registry = registry(Vec::new());
    let error = copy_workspace(&registry, &strange, &target).unwrap_err();
    assert!(error.to_string().contains("no workspace: the table gx_setting"), "{error}");
    let shop = Table {
        name: "gx_setting".into(),
        columns: vec![Column::required("id", Storage::Id)],
        primary_key: vec!["id".into()],
        identity: false,
        indexes: Vec::new(),
    };
    strange.write_with(move |tx| Ok(tx.create_table(&shop)?)).unwrap();
    assert!(copy_workspace(&registry, &strange, &target).is_err());
    assert!(target.existing_tables().unwrap().is_empty());
}

#[test]
fn writes_go_on_while_a_copy_is_made_and_do_not_tear_it() {
    on_both_stores(|it| {
        let admin = it.as_admin();
        for number in 0..50 {
            it.create(&admin, "account", json!({"name": format!("A{number}")}));
        }
        let folder = tempfile::tempdir().unwrap();
        let target: Arc<dyn Store> = Arc::new(SqliteStore::open(folder.path().join("copy.db"), SqliteOptions::default()).unwrap());
        std::thread::scope(|scope| {
            let writer = scope.spawn(|| {
                for number in 0..200 {
                    it.create(&it.as_admin(), "account", json!({"name": format!("B{number}")}));
                }
            });
            copy_workspace(&it.workspace.registry, &it.workspace.store, &target).unwrap();
            writer.join().unwrap();
        });
        // One event, one audit row and one record a create: a torn copy would have more of one than of another.
        let count = |table: &Arc<Table>, kind: Option<&str>| {
            let condition = kind.map_or(Condition::True, |kind| Condition::equals(ColumnRef::main(3), Value::Text(kind.into())));
            target.read_with(|tx| Ok(tx.count(&Select::all(table, condition.clone()), None)?)).unwrap()
        };
        let accounts = it.object("account").table.clone();
        assert_eq!(count(&accounts, None), count(&EVENT, Some("account.created")));
    });
}
