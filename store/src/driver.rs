//! What a database must do for the common code: run one built statement.

use std::sync::Arc;
use std::time::Duration;

use guanxi_kernel::store::{Counted, Insert, RowSink, Storage, StoreError, Table};

use crate::build::Statement;
use crate::dialect::Dialect;

/// How a query went.
#[derive(Debug, Clone, Copy)]
pub(crate) struct Streamed {
    /// Rows handed to the sink.
    pub(crate) rows: u64,
    /// The sink broke off.
    pub(crate) stopped: bool,
}

/// One open transaction of a database.
pub(crate) trait Driver {
    fn dialect(&self) -> Dialect;
    /// Streams rows, decoded by the storages of the answered columns.
    fn query(&mut self, statement: &Statement<'_>, storages: &[Storage], sink: &mut RowSink<'_>) -> Result<Streamed, StoreError>;
    /// Counts the rows a query answers, for about as long as `patience`.
    fn count_briefly(&mut self, statement: &Statement<'_>, table: &Table, patience: Duration) -> Result<Counted, StoreError>;
    /// Runs a change of a table (which names the indexes for errors); answers the number of rows.
    fn execute(&mut self, statement: &Statement<'_>, table: &Table) -> Result<u64, StoreError>;
    /// Inserts rows, each of which fits the columns given; answers the last value of the table's identity column, 0 where
    /// it has none.
    fn insert(&mut self, insert: &Insert) -> Result<i64, StoreError>;
    /// As [`Driver::insert`], but need not wait for the end of it: a later statement tells where it failed.
    fn insert_later(&mut self, insert: &Insert) -> Result<(), StoreError> {
        self.insert(insert).map(|_| ())
    }
    /// As [`Driver::execute`], but need not wait for the end of it; answers whether something may have changed.
    fn execute_later(&mut self, statement: Statement<'_>, table: &Arc<Table>) -> Result<bool, StoreError> {
        Ok(self.execute(&statement, table)? > 0)
    }
    /// Waits until all that the transaction can see is durable. Nothing to do where only what is durable can be seen.
    fn settle(&mut self) -> Result<(), StoreError> {
        Ok(())
    }
    /// The last value an identity column was given; 0 where none was.
    fn last_identity(&mut self, table: &Table) -> Result<i64, StoreError>;
    /// Lets an identity column count on from here.
    fn set_last_identity(&mut self, table: &Table, last: i64) -> Result<(), StoreError>;
    /// Runs a schema statement.
    fn schema(&mut self, sql: &str) -> Result<(), StoreError>;
    /// Tells the planner of an index that was made just now, where nothing else does.
    fn look_over(&mut self, _index: &str) -> Result<(), StoreError> {
        Ok(())
    }
    /// Takes the lock of this name until the transaction ends.
    fn serialise(&mut self, name: &str) -> Result<(), StoreError>;
    /// Names of a table's columns that are never NULL, where an index must know.
    fn required_columns(&mut self, table: &str) -> Result<Vec<String>, StoreError>;
    /// Names of a table's indexes that hold a column; its primary key is none.
    fn indexes_with(&mut self, table: &str, column: &str) -> Result<Vec<String>, StoreError>;
    /// Writes or forgets the words of a record.
    fn index_words(&mut self, object: &str, record: uuid::Uuid, words: Option<&str>) -> Result<(), StoreError>;
}
