//! Reading and writing over a [`Driver`]: what both databases do alike.

use std::ops::ControlFlow;

use guanxi_expr::Value;
use guanxi_kernel::store::{
    Aggregate, Column, Condition, Delete, Index, Insert, MeasureFunction, ReadTx, RowSink, Select, Set, StoreError, Storage, Table, Update, WriteTx,
};
use rust_decimal::{Decimal, RoundingStrategy};

use crate::build::{Builder, Output, Scope, Segment, ddl, segments};
use crate::driver::Driver;
use crate::shape;

/// Digits after the point of an average.
const AVERAGE_DIGITS: u32 = 6;

/// A transaction of a database.
pub(crate) struct Transaction<D>(pub(crate) D);

impl<D: Driver> Transaction<D> {
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
            let mut builder = Builder::new(self.0.dialect());
            let query = builder.select_part(select, &conditions, Some(segment), left)?;
            let statement = builder.finish(&query);
            let (rows, flow) = self.0.query(&statement, storages, sink)?;
            if flow.is_break() {
                return Ok(());
            }
            left = left.map(|limit| limit.saturating_sub(rows));
        }
        Ok(())
    }

    fn aggregate_rows(&mut self, aggregate: &Aggregate) -> Result<Vec<Vec<Value>>, StoreError> {
        let mut builder = Builder::new(self.0.dialect());
        let query = builder.aggregate(aggregate)?;
        let statement = builder.finish(&query.query);
        let mut rows = Vec::new();
        self.0.query(&statement, &query.storages, &mut |row| {
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
            (MeasureFunction::Count | MeasureFunction::Sum, Value::Null) => Value::Int(0),
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
        let storages = storages_of(select)?;
        if let Some(segments) = paging_segments(select)? {
            return self.select_segments(select, &segments, &storages, sink);
        }
        let statement = shape::select(self.0.dialect(), select)?;
        self.0.query(&statement, &storages, sink)?;
        Ok(())
    }

    fn count(&mut self, select: &Select, cap: Option<u64>) -> Result<u64, StoreError> {
        let mut builder = Builder::new(self.0.dialect());
        let query = builder.count(select, cap)?;
        let statement = builder.finish(&query);
        let mut count = 0;
        self.0.query(&statement, &[Storage::Int], &mut |row| {
            if let Some(Value::Int(number)) = row.first() {
                count = u64::try_from(*number).unwrap_or(0);
            }
            ControlFlow::Continue(())
        })?;
        Ok(count)
    }

    fn aggregate(&mut self, aggregate: &Aggregate) -> Result<Vec<Vec<Value>>, StoreError> {
        self.aggregate_rows(aggregate)
    }
}

impl<D: Driver> WriteTx for Transaction<D> {
    fn insert(&mut self, insert: &Insert) -> Result<i64, StoreError> {
        if insert.columns.is_empty() || insert.rows.iter().any(|row| row.len() != insert.columns.len()) {
            return Err(StoreError::Other(format!("rows for {} do not fit the columns given", insert.table.name)));
        }
        let dialect = self.0.dialect();
        let mut identity = 0;
        for rows in insert.rows.chunks((dialect.most_binds() / insert.columns.len()).clamp(1, 256)) {
            let statement = shape::insert(dialect, insert, rows)?;
            if insert.table.identity {
                identity = self.0.insert_identity(&statement, &insert.table)?;
            } else {
                self.0.execute(&statement, &insert.table)?;
            }
        }
        Ok(identity)
    }

    fn update(&mut self, update: &Update) -> Result<u64, StoreError> {
        if update.set.is_empty() {
            return Ok(0);
        }
        let mut computed = Vec::new();
        for (_, set) in &update.set {
            if let Set::Aggregate(aggregate) = set {
                computed.push(self.computed(aggregate)?);
            }
        }
        let mut builder = Builder::new(self.0.dialect());
        let query = builder.update(update, &computed)?;
        let statement = builder.finish(&query);
        self.0.execute(&statement, &update.table)
    }

    fn delete(&mut self, delete: &Delete) -> Result<u64, StoreError> {
        let mut builder = Builder::new(self.0.dialect());
        let query = builder.delete(delete)?;
        let statement = builder.finish(&query);
        self.0.execute(&statement, &delete.table)
    }

    fn serialise(&mut self, name: &str) -> Result<(), StoreError> {
        self.0.serialise(name)
    }

    fn create_table(&mut self, table: &Table) -> Result<(), StoreError> {
        ddl::create_table(self.0.dialect(), table).iter().try_for_each(|sql| self.0.schema(sql))
    }

    fn drop_table(&mut self, name: &str) -> Result<(), StoreError> {
        self.0.schema(&ddl::drop_table(self.0.dialect(), name))
    }

    fn add_column(&mut self, table: &str, column: &Column) -> Result<(), StoreError> {
        self.0.schema(&ddl::add_column(self.0.dialect(), table, column))
    }

    fn drop_column(&mut self, table: &str, column: &str) -> Result<(), StoreError> {
        for index in self.0.indexes_in_the_way(table, column)? {
            self.drop_index(table, &index)?;
        }
        self.0.schema(&ddl::drop_column(self.0.dialect(), table, column))
    }

    fn create_index(&mut self, table: &str, index: &Index) -> Result<(), StoreError> {
        self.0.schema(&ddl::create_index(self.0.dialect(), table, index))
    }

    fn drop_index(&mut self, _table: &str, index: &str) -> Result<(), StoreError> {
        self.0.schema(&ddl::drop_index(self.0.dialect(), index))
    }

    fn index_words(&mut self, object: &str, record: uuid::Uuid, words: Option<&str>) -> Result<(), StoreError> {
        self.0.index_words(object, record, words)
    }
}
