//! Reading and writing over a [`Driver`]: what both databases do alike.

use std::collections::BTreeSet;
use std::ops::ControlFlow;
use std::time::Duration;

use guanxi_expr::Value;
use guanxi_kernel::KernelError;
use guanxi_kernel::store::{
    Aggregate, Column, ColumnRef, Condition, Counted, Delete, Index, Insert, MeasureFunction, ReadTx, RowSink, Select, Set, Storage, StoreError,
    Table, Update, WriteTx, chained_hash,
};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::build::{Builder, Output, Scope, Segment, Statement, ddl, lookup, page, segments, words};
use crate::dialect::Dialect;
use crate::driver::{Driver, Streamed};

/// Digits after the point of an average.
const AVERAGE_DIGITS: u32 = 6;

/// A transaction of a database.
///
/// A statement that failed spoils it: PostgreSQL would refuse everything that follows and roll back at the end, and so
/// that no code can come to depend on one store's leniency, both behave like that.
pub(crate) struct Transaction<D> {
    driver: D,
    /// Why the first statement that failed did.
    spoiled: Option<StoreError>,
    /// Something may have been changed.
    wrote: bool,
}

impl<D> Transaction<D> {
    pub(crate) fn new(driver: D) -> Self {
        Self { driver, spoiled: None, wrote: false }
    }

    pub(crate) fn driver(&self) -> &D {
        &self.driver
    }

    /// Whether the work may have changed anything, even if it failed then.
    pub(crate) fn has_written(&self) -> bool {
        self.wrote
    }

    /// The outcome of the work: no success where a statement failed on the way.
    pub(crate) fn outcome(&self, outcome: Result<(), KernelError>) -> Result<(), KernelError> {
        match &self.spoiled {
            Some(reason) => outcome.and_then(|()| Err(spoiled(reason).into())),
            None => outcome,
        }
    }

    /// Runs one statement that changes something.
    fn change<T>(&mut self, statement: impl FnOnce(&mut Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        self.wrote = true;
        self.run(statement)
    }

    /// Runs one statement that changes the rows it finds, undone by the database where it fails; answers how many.
    fn change_found(&mut self, statement: impl FnOnce(&mut Self) -> Result<u64, StoreError>) -> Result<u64, StoreError> {
        let changed = self.run(statement)?;
        self.wrote |= changed > 0;
        Ok(changed)
    }

    /// Runs one statement, unless one before it failed.
    fn run<T>(&mut self, statement: impl FnOnce(&mut Self) -> Result<T, StoreError>) -> Result<T, StoreError> {
        if let Some(reason) = &self.spoiled {
            return Err(spoiled(reason));
        }
        let result = statement(self);
        if let Err(error) = &result {
            self.spoiled = Some(error.clone());
        }
        result
    }
}

/// What is told of a transaction one of whose statements failed: what the database is in trouble with, it still is.
fn spoiled(reason: &StoreError) -> StoreError {
    match reason {
        StoreError::Duplicate { .. } | StoreError::Other(_) => StoreError::Other(format!("an earlier statement of the transaction failed: {reason}")),
        trouble => trouble.clone(),
    }
}

/// What a panic said.
pub(crate) fn panic_text(panic: &(dyn std::any::Any + Send)) -> &str {
    panic.downcast_ref::<&str>().copied().or_else(|| panic.downcast_ref::<String>().map(String::as_str)).unwrap_or("no reason given")
}

/// Every row has a value for each column given.
fn check_rows(insert: &Insert) -> Result<(), StoreError> {
    if insert.columns.is_empty() || insert.rows.iter().any(|row| row.len() != insert.columns.len()) {
        return Err(StoreError::Other(format!("rows for {} do not fit the columns given", insert.table.name)));
    }
    Ok(())
}

impl<D: Driver> Transaction<D> {
    /// The transaction's end; a driver may have statements left that nobody waited for.
    pub(crate) fn into_driver(self) -> D {
        self.driver
    }

    /// Runs an update as `run` does; answers how many rows it changed.
    fn run_update(&mut self, update: &Update, run: impl FnOnce(&mut D, Statement<'_>) -> Result<u64, StoreError>) -> Result<u64, StoreError> {
        if update.set.is_empty() {
            return Ok(0);
        }
        let mut computed = Vec::new();
        for (_, set) in &update.set {
            if let Set::Aggregate(aggregate) = set {
                computed.push(self.computed(aggregate)?);
            }
        }
        let mut builder = Builder::new(self.driver.dialect());
        let query = builder.update(update, &computed)?;
        let statement = builder.finish(&query);
        run(&mut self.driver, statement)
    }

    /// Inserts a chained row where the row before can be looked at first: no other writer comes between.
    fn insert_after_looking(&mut self, insert: &Insert, hash: usize, text: &str) -> Result<(), StoreError> {
        let [row] = insert.rows.as_slice() else { return Err(StoreError::Other("rows are chained one by one".into())) };
        let last = Select { columns: vec![ColumnRef::main(hash)], ..Select::all(&insert.table, Condition::True).order_by(0, true).limited(1) };
        let mut before = None;
        self.select_part(&last, &[&last.condition], None, last.limit, &[Storage::Text], &mut |row| {
            before = row.first().and_then(Value::as_text).map(str::to_owned);
            ControlFlow::Break(())
        })?;
        let row = row.iter().cloned().chain([Value::Text(chained_hash(before.as_deref(), text))]).collect();
        let columns = insert.columns.iter().copied().chain([hash]).collect();
        self.driver.insert_later(&Insert { table: insert.table.clone(), columns, rows: vec![row], on_conflict: insert.on_conflict.clone() })
    }

    fn drop_indexes_with(&mut self, table: &str, column: &str) -> Result<(), StoreError> {
        for index in self.driver.indexes_with(table, column)? {
            self.drop_index(table, &index)?;
        }
        Ok(())
    }

    fn select_segments(&mut self, select: &Select, segments: &[Segment<'_>], storages: &[Storage], sink: &mut RowSink<'_>) -> Result<(), StoreError> {
        let conditions: Vec<&Condition> = match &select.condition {
            Condition::And(all) => all.iter().filter(|one| !matches!(one, Condition::After(_))).collect(),
            _ => Vec::new(),
        };
        let mut left = select.limit;
        for segment in segments {
            if left == Some(0) {
                return Ok(());
            }
            let streamed = self.select_part(select, &conditions, Some(segment), left, storages, sink)?;
            if streamed.stopped {
                return Ok(());
            }
            left = left.map(|limit| limit.saturating_sub(streamed.rows));
        }
        Ok(())
    }

    /// Rows of a select whose condition is given in parts.
    fn select_part<'a>(
        &mut self,
        select: &'a Select,
        conditions: &[&'a Condition],
        segment: Option<&Segment<'a>>,
        limit: Option<u64>,
        storages: &[Storage],
        sink: &mut RowSink<'_>,
    ) -> Result<Streamed, StoreError> {
        let dialect = self.driver.dialect();
        let statement = match page(dialect, select, conditions, segment, limit)? {
            Some(page) => page,
            None => {
                let mut builder = Builder::new(dialect);
                let query = builder.select_part(select, conditions, segment, limit)?;
                builder.finish(&query)
            }
        };
        self.driver.query(&statement, storages, sink)
    }

    fn aggregate_rows(&mut self, aggregate: &Aggregate) -> Result<Vec<Vec<Value>>, StoreError> {
        let mut builder = Builder::new(self.driver.dialect());
        let query = builder.aggregate(aggregate)?;
        let statement = builder.finish(&query.query);
        let mut rows = Vec::new();
        self.driver.query(&statement, &query.storages, &mut |row| {
            rows.push(std::mem::take(row));
            ControlFlow::Continue(())
        })?;
        if query.outputs.contains(&Output::Average) {
            for row in &mut rows {
                divide(row, &query.outputs)?;
            }
        }
        Ok(rows)
    }

    /// The value an aggregate gives a column.
    fn computed(&mut self, aggregate: &Aggregate) -> Result<Value, StoreError> {
        let [measure] = aggregate.measures.as_slice() else {
            return Err(StoreError::Other("a set takes an aggregate of one measure".into()));
        };
        let value = self.aggregate_rows(aggregate)?.into_iter().next().and_then(|row| row.into_iter().next()).unwrap_or_default();
        Ok(match (measure.function, value) {
            (MeasureFunction::Count | MeasureFunction::CountDistinct | MeasureFunction::Sum, Value::Null) => Value::Int(0),
            (_, value) => value,
        })
    }
}

/// Sum and count become an average.
fn divide(row: &mut Vec<Value>, outputs: &[Output]) -> Result<(), StoreError> {
    let mut answered = std::mem::take(row).into_iter();
    for output in outputs {
        let first = answered.next().unwrap_or_default();
        row.push(match output {
            Output::Plain => first,
            Output::Average => match (first, answered.next()) {
                (Value::Decimal(sum), Some(Value::Int(count))) if count > 0 => {
                    let average = sum.checked_div(Decimal::from(count)).ok_or_else(|| StoreError::Other("an average is out of range".into()))?;
                    let mut average = average.round_dp_with_strategy(AVERAGE_DIGITS, RoundingStrategy::MidpointAwayFromZero);
                    average.rescale(AVERAGE_DIGITS);
                    Value::Decimal(average)
                }
                _ => Value::Null,
            },
        });
    }
    Ok(())
}

/// Storages of a select's answered columns.
fn storages_of(select: &Select) -> Result<Vec<Storage>, StoreError> {
    let scope = Scope::of(&select.table, &select.joins);
    select.columns.iter().map(|column| Ok(scope.column(*column)?.storage)).collect()
}

/// The segments of a paging position that stands alone or beside other conditions, where running them one by one pays:
/// more than one, and all on columns of the main table, where an index may give their order.
fn paging_segments(select: &Select) -> Result<Option<Vec<Segment<'_>>>, StoreError> {
    let mut found = None;
    let parts = match &select.condition {
        Condition::And(all) => all.as_slice(),
        one => std::slice::from_ref(one),
    };
    for part in parts {
        if let Condition::After(position) = part {
            if found.is_some() {
                return Ok(None);
            }
            found = Some(position);
        }
    }
    let Some(position) = found else { return Ok(None) };
    let ordered = position.len() <= select.order.len() && position.iter().zip(&select.order).all(|((order, _), wanted)| order == wanted);
    if !ordered || position.iter().any(|(order, _)| order.column.table > 0) {
        return Ok(None);
    }
    let segments = segments(&Scope::of(&select.table, &select.joins), position)?;
    Ok((segments.len() != 1).then_some(segments))
}

impl<D: Driver> ReadTx for Transaction<D> {
    fn select(&mut self, select: &Select, sink: &mut RowSink<'_>) -> Result<(), StoreError> {
        self.run(|tx| {
            let storages = storages_of(select)?;
            if let Some(segments) = paging_segments(select)? {
                return tx.select_segments(select, &segments, &storages, sink);
            }
            let dialect = tx.driver.dialect();
            let statement = match page(dialect, select, &[&select.condition], None, select.limit)? {
                Some(page) => page,
                None => lookup(dialect, select)?,
            };
            tx.driver.query(&statement, &storages, sink).map(|_| ())
        })
    }

    fn count(&mut self, select: &Select, cap: Option<u64>) -> Result<u64, StoreError> {
        self.run(|tx| {
            let mut builder = Builder::new(tx.driver.dialect());
            let query = builder.count(select, cap)?;
            let statement = builder.finish(&query);
            let mut count = 0;
            tx.driver.query(&statement, &[Storage::Int], &mut |row| {
                if let Some(Value::Int(number)) = row.first() {
                    count = u64::try_from(*number).unwrap_or(0);
                }
                ControlFlow::Continue(())
            })?;
            Ok(count)
        })
    }

    fn count_briefly(&mut self, select: &Select, most: u64, patience: Duration) -> Result<Counted, StoreError> {
        self.run(|tx| {
            let mut builder = Builder::new(tx.driver.dialect());
            let query = builder.counted(select, most)?;
            let statement = builder.finish(&query);
            tx.driver.count_briefly(&statement, &select.table, patience)
        })
    }

    fn aggregate(&mut self, aggregate: &Aggregate) -> Result<Vec<Vec<Value>>, StoreError> {
        self.run(|tx| tx.aggregate_rows(aggregate))
    }

    fn objects_with(&mut self, words: &[(String, bool)], most: u64) -> Result<Option<BTreeSet<String>>, StoreError> {
        self.run(|tx| {
            let mut found = BTreeSet::new();
            let mut seen = 0;
            let Some(statement) = words::objects(tx.driver.dialect(), words, most + 1) else { return Ok(Some(found)) };
            tx.driver.query(&statement, &[Storage::Text, Storage::Int], &mut |row| {
                if let [Value::Text(object), Value::Int(count)] = row.as_mut_slice() {
                    seen += u64::try_from(*count).unwrap_or(0);
                    found.insert(std::mem::take(object));
                }
                ControlFlow::Continue(())
            })?;
            Ok((seen <= most).then_some(found))
        })
    }

    fn last_identity(&mut self, table: &Table) -> Result<i64, StoreError> {
        self.run(|tx| tx.driver.last_identity(table))
    }

    fn settle(&mut self) -> Result<(), StoreError> {
        self.run(|tx| tx.driver.settle())
    }
}

impl<D: Driver> WriteTx for Transaction<D> {
    fn insert(&mut self, insert: &Insert) -> Result<i64, StoreError> {
        self.change(|tx| {
            check_rows(insert)?;
            tx.driver.insert(insert)
        })
    }

    fn insert_later(&mut self, insert: &Insert) -> Result<(), StoreError> {
        self.change(|tx| {
            check_rows(insert)?;
            tx.driver.insert_later(insert)
        })
    }

    fn insert_chained(&mut self, insert: &Insert, hash: usize, text: &str) -> Result<(), StoreError> {
        self.change(|tx| {
            check_rows(insert)?;
            let dialect = tx.driver.dialect();
            if dialect == Dialect::Sqlite {
                return tx.insert_after_looking(insert, hash, text);
            }
            let mut builder = Builder::new(dialect);
            let query = builder.insert_chained(insert, hash, text)?;
            let statement = builder.finish(&query);
            tx.driver.execute_later(statement, &insert.table).map(|_| ())
        })
    }

    fn update(&mut self, update: &Update) -> Result<u64, StoreError> {
        self.change_found(|tx| tx.run_update(update, |driver, statement| driver.execute(&statement, &update.table)))
    }

    fn update_later(&mut self, update: &Update) -> Result<(), StoreError> {
        let later = |driver: &mut D, statement: Statement<'_>| driver.execute_later(statement, &update.table).map(u64::from);
        self.change_found(|tx| tx.run_update(update, later)).map(|_| ())
    }

    fn delete(&mut self, delete: &Delete) -> Result<u64, StoreError> {
        self.change_found(|tx| {
            let mut builder = Builder::new(tx.driver.dialect());
            let query = builder.delete(delete)?;
            let statement = builder.finish(&query);
            tx.driver.execute(&statement, &delete.table)
        })
    }

    fn serialise(&mut self, name: &str) -> Result<(), StoreError> {
        self.run(|tx| tx.driver.serialise(name))
    }

    fn set_last_identity(&mut self, table: &Table, last: i64) -> Result<(), StoreError> {
        self.change(|tx| tx.driver.set_last_identity(table, last))
    }

    fn create_table(&mut self, table: &Table) -> Result<(), StoreError> {
        self.change(|tx| ddl::create_table(tx.driver.dialect(), table).iter().try_for_each(|sql| tx.driver.schema(sql)))
    }

    fn drop_table(&mut self, name: &str) -> Result<(), StoreError> {
        self.change(|tx| tx.driver.schema(&ddl::drop_table(tx.driver.dialect(), name)))
    }

    fn add_column(&mut self, table: &str, column: &Column) -> Result<(), StoreError> {
        self.change(|tx| tx.driver.schema(&ddl::add_column(tx.driver.dialect(), table, column)))
    }

    fn drop_column(&mut self, table: &str, column: &str) -> Result<(), StoreError> {
        self.change(|tx| {
            // PostgreSQL would take them along, SQLite refuses while they are there.
            tx.drop_indexes_with(table, column)?;
            tx.driver.schema(&ddl::drop_column(tx.driver.dialect(), table, column))
        })
    }

    fn rename_column(&mut self, table: &str, column: &str, name: &str) -> Result<(), StoreError> {
        self.change(|tx| {
            tx.drop_indexes_with(table, column)?;
            tx.driver.schema(&ddl::rename_column(tx.driver.dialect(), table, column, name))
        })
    }

    fn create_index(&mut self, table: &str, index: &Index) -> Result<(), StoreError> {
        self.change(|tx| {
            let required = tx.driver.required_columns(table)?;
            let nullable = |name: &str| !required.iter().any(|column| column == name);
            tx.driver.schema(&ddl::create_index(tx.driver.dialect(), table, index, &nullable))?;
            tx.driver.look_over(&index.name)
        })
    }

    fn drop_index(&mut self, _table: &str, index: &str) -> Result<(), StoreError> {
        self.change(|tx| tx.driver.schema(&ddl::drop_index(tx.driver.dialect(), index)))
    }

    fn index_words(&mut self, object: &str, record: uuid::Uuid, words: Option<&str>) -> Result<(), StoreError> {
        self.change(|tx| tx.driver.index_words(object, record, words))
    }
}
