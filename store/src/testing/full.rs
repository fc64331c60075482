//! A full disk: SQLite's own page limit plays it.

use std::sync::Arc;

use guanxi_kernel::KernelError;
use guanxi_kernel::store::{OnConflict, StoreError, WriteTx};

use super::statements::{account, accounts, insert_accounts};

#[test]
fn no_space_is_told_and_survived() {
    let folder = tempfile::tempdir().unwrap();
    let connection = crate::sqlite::open_for_test(&folder.path().join("full.db"));
    connection.pragma_update(None, "max_page_count", 60).unwrap();
    let writer = Arc::new(crate::sqlite::start_for_test(connection));
    writer.run(Box::new(|tx| Ok(tx.create_table(&accounts())?))).unwrap();
    let mut written = 0;
    let refused = loop {
        let insert = insert_accounts(vec![account(written)], OnConflict::Fail);
        match writer.run(Box::new(move |tx: &mut dyn WriteTx| Ok(tx.insert(&insert).map(|_| ())?))) {
            Ok(()) => written += 1,
            Err(error) => break error,
        }
        assert!(written < 10_000, "the limit is never met");
    };
    assert!(matches!(refused, KernelError::Store(StoreError::Full)), "{refused:?}");
    // What is there can still be counted and changed.
    writer
        .run(Box::new(move |tx| {
            let all = guanxi_kernel::store::Select::all(&accounts(), guanxi_kernel::store::Condition::True);
            assert_eq!(u128::from(tx.count(&all, None)?), written);
            let delete = guanxi_kernel::store::Delete { table: accounts(), condition: guanxi_kernel::store::Condition::True };
            assert_eq!(u128::from(tx.delete(&delete)?), written);
            Ok(())
        }))
        .unwrap();
}
