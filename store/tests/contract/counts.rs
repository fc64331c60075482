//! Counts that are broken off.

use std::time::Duration;

use guanxi_kernel::store::{ColumnRef, Condition, Counted, Select, StoreExt, TextOp};

use crate::stores::{Shared, bare, contract, create, everything, fill};

contract!(a_long_count_is_broken_off, a_small_table_is_counted_to_the_end);

const AT_ONCE: Duration = Duration::ZERO;
const EVER: Duration = Duration::from_secs(600);

fn named(part: &str) -> Select {
    Select::all(&everything(), Condition::Text(ColumnRef::main(1), TextOp::Contains, part.into(), false))
}

fn a_long_count_is_broken_off(store: &Shared) {
    let table = everything();
    create(store, &table);
    let long = "a name that makes the table a large one, so that nobody counts it in no time at all ".repeat(2);
    for part in 0..10_u128 {
        fill(store, &table, (0..4_000).map(|it| bare(part * 4_000 + it, &format!("{long}{it}"))).collect());
    }
    let (nothing, all) = (named("nowhere"), named("a name"));
    let counted = store.read_with(|tx| {
        let broken_off = tx.count_briefly(&nothing, 1_000, AT_ONCE)?;
        // The transaction goes on, and nothing is left of the haste.
        let whole = tx.count(&all, None)?;
        Ok((broken_off, whole, tx.count_briefly(&nothing, 1_000, EVER)?, tx.count_briefly(&all, 1_000, EVER)?))
    });
    let to_the_end = |rows| Counted { rows, broken_off: false };
    assert_eq!(counted.unwrap(), (Counted { rows: 0, broken_off: true }, 40_000, to_the_end(0), to_the_end(1_000)));
    // Whoever writes has all the time he wants, on SQLite; a write transaction goes on after a count on both.
    let ended = store.write_with(move |tx| {
        tx.count_briefly(&nothing, 1_000, AT_ONCE)?;
        Ok(tx.count(&all, Some(5))?)
    });
    assert_eq!(ended.unwrap(), 5);
}

fn a_small_table_is_counted_to_the_end(store: &Shared) {
    let table = everything();
    create(store, &table);
    fill(store, &table, (0..200).map(|it| bare(it, &format!("name {it}"))).collect());
    let counted = store.read_with(|tx| Ok(tx.count_briefly(&named("name 1"), 1_000, AT_ONCE)?));
    assert_eq!(counted.unwrap(), Counted { rows: 111, broken_off: false });
}
