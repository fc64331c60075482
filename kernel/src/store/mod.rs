//! The boundary to the database: tables, logical statements and the traits a store implements.
//!
//! The kernel says *what* it wants in the types of this module; only the `guanxi-store` crate knows SQL. System tables and
//! object tables are described by the same [`Table`], so a store has one code path for everything.
//!
//! Architecture invariant: nothing here names SQL text, a driver or a dialect.

mod chain;
mod copy;
mod statement;
mod table;

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::sync::Arc;
use std::time::Duration;

pub use chain::chained_hash;
pub use copy::copy_tables;
pub use statement::{
    Aggregate, Bucket, BucketUnit, ColumnRef, CompareOp, Condition, Delete, Insert, Join, Measure, MeasureFunction, OnConflict, Order, Select, Set,
    Term, TextOp, Update,
};
pub use table::{Column, Index, IndexRows, Storage, Table};

use guanxi_expr::Value;

/// Why the database did not do it.
#[derive(Debug, Clone, thiserror::Error)]
pub enum StoreError {
    /// A unique index refused the row; `index` is its name as in [`Index::name`].
    #[error("unique index {index} refused a duplicate")]
    Duplicate {
        /// Name of the index, or of the table for a primary key.
        index: String,
    },
    /// Lock wait or deadlock; the caller may try again.
    #[error("the database is busy")]
    Busy,
    /// No space left on the device; nothing was written.
    #[error("the disk is full")]
    Full,
    /// The database cannot be reached.
    #[error("the database is unavailable: {0}")]
    Unavailable(String),
    /// The statement names a table or a column that is not there: definitions changed since it was made.
    #[error("the definitions changed: {0}")]
    Outdated(String),
    /// Anything else.
    #[error("database error: {0}")]
    Other(String),
}

/// What happens to each row a select finds. Values stand in the order of [`Select::columns`]; break to stop early.
pub type RowSink<'a> = dyn FnMut(&mut Vec<Value>) -> ControlFlow<()> + 'a;

/// How far a count came.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Counted {
    /// Rows found.
    pub rows: u64,
    /// Whether it was ended for taking too long: there may be more.
    pub broken_off: bool,
}

/// A consistent snapshot that can be read.
pub trait ReadTx {
    /// Streams the rows of a select.
    fn select(&mut self, select: &Select, sink: &mut RowSink<'_>) -> Result<(), StoreError>;
    /// Number of rows, counted no further than `cap` where given.
    fn count(&mut self, select: &Select, cap: Option<u64>) -> Result<u64, StoreError>;
    /// Number of rows, counted no further than `most` and for about as long as `patience`; a small table is counted to
    /// the end all the same. Transactions that write have all the time they want.
    fn count_briefly(&mut self, select: &Select, most: u64, patience: Duration) -> Result<Counted, StoreError>;
    /// Groups and measures; rows hold the keys, then the measures.
    fn aggregate(&mut self, aggregate: &Aggregate) -> Result<Vec<Vec<Value>>, StoreError>;
    /// The objects that have records with all of some words (true: beginning so), as the index of words knows them; nothing
    /// where more than `most` have them.
    fn objects_with(&mut self, words: &[(String, bool)], most: u64) -> Result<Option<BTreeSet<String>>, StoreError>;
    /// The last value a table's identity column was given; 0 where none was. It may be gone with its row.
    fn last_identity(&mut self, table: &Table) -> Result<i64, StoreError>;
    /// Waits until all that this snapshot shows is durable. A write may be seen a moment before it is, and be gone after a
    /// crash of the database; what must never be taken back is told only after this.
    fn settle(&mut self) -> Result<(), StoreError>;

    /// Collects the rows of a select.
    fn rows(&mut self, select: &Select) -> Result<Vec<Vec<Value>>, StoreError> {
        let mut rows = Vec::new();
        self.select(select, &mut |row| {
            rows.push(std::mem::take(row));
            ControlFlow::Continue(())
        })?;
        Ok(rows)
    }
    /// The first row of a select.
    fn first(&mut self, select: &Select) -> Result<Option<Vec<Value>>, StoreError> {
        let mut found = None;
        self.select(select, &mut |row| {
            found = Some(std::mem::take(row));
            ControlFlow::Break(())
        })?;
        Ok(found)
    }
}

/// A transaction that can write. It commits when the closure that got it returns `Ok`.
///
/// A statement that failed spoils the transaction: every later one fails too, and `Ok` at the end becomes an error. What may
/// fail in the ordinary course (a row that may exist) is asked for as such ([`OnConflict::Ignore`]), not tried.
pub trait WriteTx: ReadTx {
    /// Inserts rows; answers the value of the table's identity column for the last row (0 where it has none).
    fn insert(&mut self, insert: &Insert) -> Result<i64, StoreError>;
    /// Inserts rows without waiting for the end of it: where that fails, a later statement or the end of the transaction
    /// tells. The statements of a transaction run in their order all the same.
    fn insert_later(&mut self, insert: &Insert) -> Result<(), StoreError>;
    /// Inserts one row, as [`WriteTx::insert_later`], with the hash ([`chained_hash`]) of `text` and of the row before it in
    /// the column at `hash`, which is none of the columns given. The caller holds the lock under which such rows follow
    /// each other.
    fn insert_chained(&mut self, insert: &Insert, hash: usize, text: &str) -> Result<(), StoreError>;
    /// Changes rows; answers how many.
    fn update(&mut self, update: &Update) -> Result<u64, StoreError>;
    /// Changes rows without waiting for the end of it, as [`WriteTx::insert_later`].
    fn update_later(&mut self, update: &Update) -> Result<(), StoreError>;
    /// Deletes rows; answers how many.
    fn delete(&mut self, delete: &Delete) -> Result<u64, StoreError>;
    /// Holds a workspace-wide lock of this name until the transaction ends, so that what follows commits in order on
    /// every node. Free where there is only one writer. It may be taken no sooner than with the next statement.
    fn serialise(&mut self, name: &str) -> Result<(), StoreError>;

    /// Lets a table's identity column count on from here.
    fn set_last_identity(&mut self, table: &Table, last: i64) -> Result<(), StoreError>;

    /// Creates a table with its indexes.
    fn create_table(&mut self, table: &Table) -> Result<(), StoreError>;
    /// Drops a table with everything in it.
    fn drop_table(&mut self, name: &str) -> Result<(), StoreError>;
    /// Adds a nullable column.
    fn add_column(&mut self, table: &str, column: &Column) -> Result<(), StoreError>;
    /// Drops a column with everything in it.
    fn drop_column(&mut self, table: &str, column: &str) -> Result<(), StoreError>;
    /// Gives a column another name. The indexes it is in are dropped.
    fn rename_column(&mut self, table: &str, column: &str, name: &str) -> Result<(), StoreError>;
    /// Creates an index.
    fn create_index(&mut self, table: &str, index: &Index) -> Result<(), StoreError>;
    /// Drops an index.
    fn drop_index(&mut self, table: &str, index: &str) -> Result<(), StoreError>;
    /// Writes the words by which a record is found, replacing earlier ones; none deletes them.
    fn index_words(&mut self, object: &str, record: uuid::Uuid, words: Option<&str>) -> Result<(), StoreError>;
}

/// The work of one transaction. It may be run again after a deadlock, so it must be repeatable.
pub type WriteWork = Box<dyn FnMut(&mut dyn WriteTx) -> Result<(), crate::KernelError> + Send>;

/// Told what other processes on the same database say; an empty text where something was said that nobody heard.
pub type Heard = dyn Fn(&str) + Send + Sync;

/// Carries short messages to the other processes on the same database. They may be lost and they tell nothing that must be
/// believed: the database is the truth.
pub trait Messenger: Send + Sync {
    /// Tells all others something of at most 7,900 bytes. Does not wait.
    fn tell(&self, message: &str);
}

/// One workspace's database.
pub trait Store: Send + Sync {
    /// `sqlite` or `postgresql`; for people, never for decisions.
    fn kind(&self) -> &'static str;
    /// Runs `work` on a read-only snapshot. Where its very first query failed because a connection was lost, it may be run again.
    fn read(&self, work: &mut dyn FnMut(&mut dyn ReadTx) -> Result<(), crate::KernelError>) -> Result<(), crate::KernelError>;
    /// Runs `work` in a transaction. When this returns `Ok` the change is durable; on an error nothing of it remains.
    fn write(&self, work: WriteWork) -> Result<(), crate::KernelError>;
    /// Names of the tables that exist, with the names of their columns and indexes.
    fn existing_tables(&self) -> Result<Vec<ExistingTable>, StoreError>;
    /// Copies everything, consistently, into a new file of the store's own kind. A store that keeps no file refuses: its
    /// workspace is copied row by row ([`crate::workspace_copy`]).
    fn backup(&self, target: &std::path::Path) -> Result<(), StoreError>;
    /// Fails where the database cannot serve.
    fn check(&self) -> Result<(), StoreError>;
    /// Listens to the other processes on the same database, as long as the messenger is held; `None` where there are none
    /// that could be told.
    fn messenger(&self, _heard: Arc<Heard>) -> Option<Arc<dyn Messenger>> {
        None
    }
    /// Gives back memory that only serves to be faster. Called now and then; what is read next is a little slower.
    fn rest(&self) {}
    /// Whether many rows come in much faster when an index is made after them.
    fn gains_by_late_indexes(&self) -> bool {
        false
    }
    /// Reads through the whole database and answers what is damaged; nothing where the database watches over itself.
    fn integrity(&self) -> Result<Vec<String>, StoreError> {
        Ok(Vec::new())
    }
}

/// A table found in the database.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExistingTable {
    /// Table name.
    pub name: String,
    /// Column names.
    pub columns: Vec<String>,
    /// Index names.
    pub indexes: Vec<String>,
}

/// Typed results over the object-safe closures of [`Store`].
pub trait StoreExt {
    /// Reads and answers a value.
    fn read_with<T>(&self, work: impl FnMut(&mut dyn ReadTx) -> Result<T, crate::KernelError>) -> Result<T, crate::KernelError>;
    /// Writes and answers a value.
    fn write_with<T: Send + 'static>(
        &self,
        work: impl FnMut(&mut dyn WriteTx) -> Result<T, crate::KernelError> + Send + 'static,
    ) -> Result<T, crate::KernelError>;
}

impl StoreExt for Arc<dyn Store> {
    fn read_with<T>(&self, mut work: impl FnMut(&mut dyn ReadTx) -> Result<T, crate::KernelError>) -> Result<T, crate::KernelError> {
        let mut answer = None;
        self.read(&mut |tx| {
            answer = Some(work(tx)?);
            Ok(())
        })?;
        answer.ok_or_else(|| StoreError::Other("the store did not run the read".into()).into())
    }

    fn write_with<T: Send + 'static>(
        &self,
        mut work: impl FnMut(&mut dyn WriteTx) -> Result<T, crate::KernelError> + Send + 'static,
    ) -> Result<T, crate::KernelError> {
        let (sender, receiver) = std::sync::mpsc::channel();
        self.write(Box::new(move |tx| {
            let answer = work(tx)?;
            // A second run after a deadlock sends again; the last answer is the one that committed.
            sender.send(answer).map_err(|_| StoreError::Other("the caller is gone".into()))?;
            Ok(())
        }))?;
        receiver.try_iter().last().ok_or_else(|| StoreError::Other("the store did not run the write".into()).into())
    }
}
