//! Tables, columns and indexes change within transactions.

use guanxi_expr::Value;
use guanxi_kernel::KernelError;
use guanxi_kernel::store::{Column, Condition, Index, IndexRows, Select, Storage, StoreExt};

use crate::stores::{Shared, bare, contract, create, decimal, everything, fill, rows, text};

contract!(existing_tables_are_described, schema_changes_roll_back, columns_come_and_go, a_column_keeps_its_values_under_another_name);

fn existing_tables_are_described(store: &Shared) {
    assert_eq!(store.existing_tables().unwrap(), []);
    let table = everything();
    create(store, &table);
    let existing = store.existing_tables().unwrap();
    assert_eq!(existing.len(), 1);
    assert_eq!(existing[0].name, "everything");
    assert_eq!(existing[0].columns, table.columns.iter().map(|column| column.name.clone()).collect::<Vec<_>>());
    assert_eq!(existing[0].indexes, ["everything__name", "everything__note", "everything__number"]);
    store.write_with(|tx| Ok(tx.drop_table("everything")?)).unwrap();
    assert_eq!(store.existing_tables().unwrap(), []);
}

fn schema_changes_roll_back(store: &Shared) {
    let table = everything();
    create(store, &table);
    fill(store, &table, vec![bare(1, "a")]);
    let before = store.existing_tables().unwrap();
    let outcome = store.write_with(move |tx| -> Result<(), KernelError> {
        tx.add_column("everything", &Column::nullable("extra", Storage::Int))?;
        tx.create_index(
            "everything",
            &Index { name: "everything__extra".into(), columns: vec!["extra".into()], unique: false, rows: IndexRows::Live },
        )?;
        tx.drop_index("everything", "everything__name")?;
        let mut other = (*everything()).clone();
        other.name = "other".into();
        other.indexes.clear();
        tx.create_table(&other)?;
        tx.drop_column("everything", "number")?;
        tx.drop_table("everything")?;
        Err(KernelError::NotFound)
    });
    assert!(matches!(outcome, Err(KernelError::NotFound)), "{outcome:?}");
    assert_eq!(store.existing_tables().unwrap(), before);
    assert_eq!(rows(store, &Select::all(&table, Condition::True)).len(), 1);
}

fn columns_come_and_go(store: &Shared) {
    let table = everything();
    create(store, &table);
    fill(store, &table, vec![bare(1, "a")]);
    // The same name with another storage, while plans for the old one are still about.
    for (storage, value) in [(Storage::Text, text("t")), (Storage::Int, Value::Int(1)), (Storage::Decimal { scale: 3 }, decimal("1.500"))] {
        let column = Column::nullable("extra", storage);
        let mut wider = (*table).clone();
        wider.columns.push(column.clone());
        let wider = std::sync::Arc::new(wider);
        store
            .write_with(move |tx| {
                tx.add_column("everything", &column)?;
                tx.create_index(
                    "everything",
                    &Index { name: "everything__extra".into(), columns: vec!["extra".into()], unique: false, rows: IndexRows::All },
                )?;
                Ok(())
            })
            .unwrap();
        let set = guanxi_kernel::store::Update {
            table: wider.clone(),
            set: vec![(13, guanxi_kernel::store::Set::To(value.clone()))],
            condition: Condition::True,
        };
        store.write_with(move |tx| Ok(tx.update(&set)?)).unwrap();
        let read = rows(store, &Select::all(&wider, Condition::NotNull(guanxi_kernel::store::ColumnRef::main(13))));
        assert_eq!(read[0][13], value);
        store.write_with(|tx| Ok(tx.drop_column("everything", "extra")?)).unwrap();
        assert!(!store.existing_tables().unwrap()[0].indexes.contains(&"everything__extra".to_owned()));
    }
}

fn a_column_keeps_its_values_under_another_name(store: &Shared) {
    let table = everything();
    create(store, &table);
    fill(store, &table, vec![bare(1, "a")]);
    store
        .write_with(|tx| {
            tx.rename_column("everything", "name", "title")?;
            // The old name is free again, in the same transaction.
            tx.add_column("everything", &Column::nullable("name", Storage::Int))?;
            Ok(())
        })
        .unwrap();
    let existing = &store.existing_tables().unwrap()[0];
    assert!(["title", "name"].iter().all(|it| existing.columns.iter().any(|column| column == it)), "{existing:?}");
    assert!(!existing.indexes.contains(&"everything__name".to_owned()), "{existing:?}");
    let mut renamed = (*table).clone();
    renamed.columns.iter_mut().filter(|it| it.name == "name").for_each(|it| it.name = "title".into());
    let title = renamed.columns.iter().position(|it| it.name == "title").unwrap();
    assert_eq!(rows(store, &Select::all(&std::sync::Arc::new(renamed), Condition::True))[0][title], text("a"));
}
