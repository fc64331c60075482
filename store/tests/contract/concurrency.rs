//! Many at once.

use std::sync::Barrier;
use std::sync::atomic::{AtomicU32, Ordering};

use guanxi_expr::Value;
use guanxi_kernel::KernelError;
use guanxi_kernel::store::{ColumnRef, Condition, Insert, OnConflict, Select, Set, StoreError, StoreExt, Update, WriteTx};

use crate::stores::{Shared, bare, contract, create, everything, fill, found, id, insert_all, rows, text};

contract!(a_hundred_writers, one_winner_of_fifty, increments_are_not_lost, serialised_work_commits_in_order, opposite_locks_end_well);

fn a_hundred_writers(store: &Shared) {
    let table = everything();
    create(store, &table);
    std::thread::scope(|scope| {
        for number in 0..100 {
            let table = &table;
            scope.spawn(move || {
                for part in 0..5 {
                    let insert = insert_all(table, vec![bare(number * 5 + part, "n")]);
                    // Every fifth fails and must not harm those beside it in the group.
                    let outcome = store.write_with(move |tx| {
                        tx.insert(&insert)?;
                        if part == 4 { Err(KernelError::NotFound) } else { Ok(()) }
                    });
                    assert_eq!(outcome.is_ok(), part != 4);
                    let seen =
                        store.read_with(|tx| Ok(tx.count(&Select::all(table, Condition::equals(ColumnRef::main(0), id(number * 5 + part))), None)?));
                    assert_eq!(seen.unwrap(), u64::from(part != 4));
                }
            });
        }
    });
    assert_eq!(found(store, &table, Condition::True).len(), 400);
}

fn one_winner_of_fifty(store: &Shared) {
    let table = everything();
    create(store, &table);
    let mut row = bare(1, "open");
    row[3] = Value::Int(1);
    fill(store, &table, vec![row]);
    let (start, winners) = (Barrier::new(50), AtomicU32::new(0));
    std::thread::scope(|scope| {
        for number in 0..50 {
            let (table, start, winners) = (&table, &start, &winners);
            scope.spawn(move || {
                start.wait();
                let update = Update {
                    table: table.clone(),
                    set: vec![(1, Set::To(text(&format!("taken by {number}")))), (3, Set::Add(Value::Int(1)))],
                    condition: Condition::equals(ColumnRef::main(0), id(1)).and(Condition::equals(ColumnRef::main(3), Value::Int(1))),
                };
                let changed = store.write_with(move |tx| Ok(tx.update(&update)?)).unwrap();
                winners.fetch_add(u32::try_from(changed).unwrap(), Ordering::Relaxed);
            });
        }
    });
    assert_eq!(winners.into_inner(), 1);
    assert_eq!(rows(store, &Select::all(&table, Condition::True))[0][3], Value::Int(2));
}

fn increments_are_not_lost(store: &Shared) {
    let table = everything();
    create(store, &table);
    fill(store, &table, vec![bare(1, "n")]);
    std::thread::scope(|scope| {
        for _ in 0..10 {
            let table = &table;
            scope.spawn(move || {
                for _ in 0..10 {
                    // Read, then write what was read plus one: right only because the row is locked.
                    let mut select = Select::all(table, Condition::equals(ColumnRef::main(0), id(1)));
                    select.lock = true;
                    let table = table.clone();
                    store
                        .write_with(move |tx| {
                            let read = tx.first(&select)?.unwrap();
                            let before = if let Value::Int(number) = read[3] { number } else { 0 };
                            let set = vec![(3, Set::To(Value::Int(before + 1)))];
                            Ok(tx.update(&Update { table: table.clone(), set, condition: select.condition.clone() })?)
                        })
                        .unwrap();
                }
            });
        }
    });
    assert_eq!(rows(store, &Select::all(&table, Condition::True))[0][3], Value::Int(100));
}

fn serialised_work_commits_in_order(store: &Shared) {
    let table = everything();
    create(store, &table);
    std::thread::scope(|scope| {
        for thread in 0..8_u128 {
            let table = &table;
            scope.spawn(move || {
                for part in 0..10_u128 {
                    let table = table.clone();
                    store
                        .write_with(move |tx| {
                            tx.serialise("events")?;
                            // No gaps and no repeats: whoever holds the lock sees all that committed before.
                            let next = tx.count(&Select::all(&table, Condition::True), None)?;
                            let mut row = bare(1000 + thread * 10 + part, "n");
                            row[3] = Value::Int(i64::try_from(next).unwrap());
                            tx.insert(&Insert { table: table.clone(), columns: (0..13).collect(), rows: vec![row], on_conflict: OnConflict::Fail })?;
                            Ok(())
                        })
                        .unwrap();
                }
            });
        }
    });
    let read = rows(store, &Select::all(&table, Condition::True).order_by(3, false));
    let sequence: Vec<Value> = read.into_iter().map(|row| row[3].clone()).collect();
    assert_eq!(sequence, (0..80).map(Value::Int).collect::<Vec<_>>());
}

fn opposite_locks_end_well(store: &Shared) {
    let table = everything();
    create(store, &table);
    fill(store, &table, vec![bare(1, "a"), bare(2, "b")]);
    std::thread::scope(|scope| {
        for thread in 0..4_u128 {
            let table = &table;
            scope.spawn(move || {
                for _ in 0..4 {
                    let order = if thread % 2 == 0 { [1, 2] } else { [2, 1] };
                    let table = table.clone();
                    let add_both = move |tx: &mut dyn WriteTx| {
                        for number in order {
                            let condition = Condition::equals(ColumnRef::main(0), id(number));
                            tx.update(&Update { table: table.clone(), set: vec![(3, Set::Add(Value::Int(1)))], condition })?;
                        }
                        Ok(())
                    };
                    // Deadlocks are run again by the store; if that fails too often it says so, and nothing was done.
                    loop {
                        match store.write_with(add_both.clone()) {
                            Ok(()) => break,
                            Err(KernelError::Store(StoreError::Busy)) => {}
                            Err(error) => panic!("{error}"),
                        }
                    }
                }
            });
        }
    });
    for row in rows(store, &Select::all(&table, Condition::True)) {
        assert_eq!(row[3], Value::Int(16));
    }
}
